"""A table as a list in Markdown: one point for each row, in the form that is told or shown."""

import re

from autogpt.agent.programs.inside.values import Table, key, plain
from autogpt.agent.reading.documents.facts import PER_LINE, common, ordered
from autogpt.agent.reading.documents.picks import BAD, Job, Step, sort_steps
from autogpt.agent.reading.documents.said import GAP, Said, known_in
from autogpt.agent.reading.everyday.marks import SIGN as F

_POINTS = re.compile(
    r"[,，:：;]?\s*\b(?:with\s+|as\s+)?(?:one|a)\s+(?:bullet(?:\s+point)?|list\s+item|item|point|line)\s+(?:per|for\s+each|for\s+every)\s+\w+|[,，:：;]?\s*\b(?:as|into)\s+a\s+(?:bullet(?:ed)?|Markdown|unordered)\s+list(?:\s+with\s+one\s+(?:item|line)\s+(?:per|for\s+each)\s+\w+)?|[，,：:；]?\s*(?:每[\u4e00-\u9fff]{1,3}(?:一个|一条|一项|写成一个|对应一个)(?:列表项|条目|项目符号|要点)?|(?:用|写成|做成|改成|变成|以)?(?:一个)?(?:无序|项目符号|Markdown)列表(?:的形式)?)",
    re.I,
)
_BOLD = re.compile(
    r"[,，;]?\s*\b(?:and\s+)?(?:with\s+)?the\s+(?P<a>\w+)\s+(?:in\s+bold|bold|in\s+bold\s+type)\s*,?\s*(?:(?:and\s+)?then|followed\s+by|and)\s+(?P<sign>a\s+colon|a\s+dash|a\s+hyphen|an\s+en\s+dash)\s*,?\s*(?:and\s+)?(?:then\s+)?(?:its|the|their)\s+(?P<b>\w+)|"
    r"[，,；]?\s*(?P<za>[\u4e00-\u9fff\w]{1,6}?)(?:用|要)?(?:加粗|粗体)[，,、]?(?:后面|然后|再)?(?:接|跟|是|加|用)?(?:一个)?(?P<zsign>冒号)(?:和|，|,|再加|、|接|加)*(?P<zb>[\u4e00-\u9fff\w]{1,6}?)(?=$|[，,。；;])",
    re.I,
)
_SHOWN = re.compile(
    rf"[,，:：;；(（]?\s*(?:\b(?:in\s+the\s+(?:form|format|style)(?:\s+of)?|like(?:\s+this)?|such\s+as|e\.g\.?,?|for\s+example|each\s+like|as)|形如|格式(?:为|是|如)?|例如|比如|像|写成)\s*[:：]?\s*(?P<form>{F})(?:\s*(?:这样|的(?:形式|格式|样子)|and\s+so\s+on))?[)）]?",
    re.I,
)
_LINE_EACH = re.compile(r"[，,]?\s*每[\u4e00-\u9fff]{1,2}一行|[,]?\s*one\s+line\s+(?:each|per\s+\w+)", re.I)
_SIGNS = {"a colon": ": ", "冒号": "：", "a dash": " - ", "a hyphen": " - ", "an en dash": " – "}
_MAKES = re.compile(
    r"\b(?:turn|convert|make|create|write|build|generate|save|put|transform)\b|\b(?:in|as)to\b|转换成?|转成|写成|做成|生成|整理成|改成|变成",
    re.I,
)


def points(said: Said) -> list[Job] | None:
    """The list, where the goal asks for that and nothing else."""
    if len(said.sources) != 1 or len(said.targets) != 1 or not said.targets[0].endswith(".md"):
        return None
    table = said.table(said.sources[0])
    if table is None or len(table.head) < 2:
        return None
    points_, rest = common(said).cut(_POINTS)
    order = ordered(rest)
    if not points_ or order is None or order[0].like not in ("", "="):
        return None
    shown, rest = order[1].cut(_SHOWN)
    bold, rest = rest.cut(_BOLD)
    if bool(shown) == bool(bold):
        return None
    template = _template(said.text(shown["form"]), table) if shown else _bold(bold, table) if bold else ""
    if not template:
        return None
    by = order[0]
    if by.sorted and not by.column:
        by = by._replace(column=table.head[int(re.findall(r"\{(\d)\}", template)[0])])
    steps: list[Step] = [["load", [said.sources[0]]], *sort_steps(by, table, said)]
    words = re.compile(
        "|".join(map(re.escape, re.findall(r"[^\W\d_]{2,}", said.text(shown["form"])))) if shown else GAP
    )
    if (
        BAD in steps
        or not rest.without(_MAKES, PER_LINE, _LINE_EACH, *([words] if table.head[0] == "key" else [])).done()
    ):
        return None
    return [["table", said.targets[0], steps, "lines", {"template": template}]]


def _bold(found: re.Match[str], table: Table) -> str:
    """The form that is told: the one in bold, a sign, the other."""
    one, other = found["a"] or found["za"], found["b"] or found["zb"]
    if not (known_in([table])(one) and known_in([table])(other)) or plain(one) == plain(other):
        return ""
    sign = _SIGNS[re.sub(r"\s+", " ", (found["sign"] or found["zsign"]).lower())]
    return f"- **{{{table.at(one)}}}**{sign}{{{table.at(other)}}}"


def _template(shown: str, table: Table) -> str:
    """The form of an example: that of one row, or with the names of the columns in the places of the cells."""
    forms: set[str] = set()
    words = re.findall(r"[^\W\d_]+(?: [^\W\d_]+)*", shown)
    if table.head == ["key", "value"] and len(words) == 2 and not any(word in table.cells("key") for word in words):
        form = shown.replace(words[0], "{0}", 1).replace(words[1], "{1}", 1)
        return form if form.startswith(("- ", "* ", "+ ")) else f"- {form}"
    for row in [*table.rows, list(table.head)]:
        form = shown
        for at, cell in sorted(enumerate(row), key=lambda pair: -len(key(pair[1]))):
            if len(re.findall(rf"(?<!\w){re.escape(key(cell))}(?!\w)", form)) == 1 and key(cell):
                form = re.sub(rf"(?<!\w){re.escape(key(cell))}(?!\w)", f"{{{at}}}", form)
        left = re.sub(r"\{\d\}", "", form)
        if len(re.findall(r"\{\d\}", form)) >= 2 and not re.search(r"\w", left):
            forms.add(form)
    form = forms.pop() if len(forms) == 1 else ""
    return form if form.startswith(("- ", "* ", "+ ")) else f"- {form}" if form.startswith(("{", "**{")) else ""
