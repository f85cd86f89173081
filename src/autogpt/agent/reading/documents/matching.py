"""Two sources compared: what is in one and not in the other, what is in both, and what has changed."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from autogpt.agent.programs.inside.values import Table, plain
from autogpt.agent.reading.documents.facts import JUST, PER_LINE, SAME_FORM, Order, common, counted, ordered
from autogpt.agent.reading.documents.picks import BAD, COLUMNS, Job, Step, key_told, picks, sort_steps
from autogpt.agent.reading.documents.said import GAP, Said, columns_named, known_in
from autogpt.agent.reading.everyday.marks import SIGN as F

_IN = r"(?:in|on|from|of)\s+(?:the\s+)?(?:(?:new|old|other|first|second)\s+)?(?:list\s+|file\s+|table\s+)?"
_THERE = r"(?:(?:are|is|stands?|appears?|occurs?|occur|were|was|that\s+are|listed|do|does)\s+)*"
_NOT_IN = re.compile(
    rf"{_THERE}\b{_IN}(?P<a>{F})\s*,?\s*(?:but|and|yet)?\s*(?:(?:who|which|that)\s+)?{_THERE}(?:not|aren['’]t|isn['’]t|no\s+longer|missing|absent|never)\s+(?:\w+\s+)?{_IN}(?P<b>{F})(?:\s+(?:any\s*more|yet))?|"
    rf"{_THERE}\bmissing\s+{_IN}(?P<b2>{F})\s*,?\s*(?:but|and|although\s+they\s+are|that\s+are)\s+(?:{_THERE})?{_IN}(?P<a2>{F})|"
    rf"(?:在\s*)?(?P<za>{F})\s*(?:文件)?(?:里|中|里面)?(?:都)?(?:出现|列出|存在)?(?:有|的)?[、，,]?\s*(?:但|但是|而|可是|却|而且)?(?:在)?\s*(?P<zb>{F})\s*(?:文件)?(?:里|中|里面)?(?:却|都|还)?(?:没有|没有出现|没出现|找不到|不存在|没列出|缺少)(?:的)?|"
    rf"在\s*(?P<za2>{F})\s*(?:里|中)?[、，,]?\s*(?:但|但是|而|却)?\s*不在\s*(?P<zb2>{F})\s*(?:里|中)?(?:的)?",
    re.I,
)
_WHOSE = re.compile(
    rf"\b(?:in|from|of)\s+(?P<a>{F})\s+whose\s+(?P<ka>\w+)\s+(?:(?:never|does\s+not|doesn['’]t|do\s+not|don['’]t)\s+(?:appear|occur|stand|exist)s?|(?:is|are)(?:n['’]t|\s+not|\s+never)(?:\s+(?:listed|found|mentioned))?|can\s*not\s+be\s+found)\s+(?:in|among|anywhere\s+in)\s+(?:the\s+)?(?:column\s+(?P<kb>\w+)\s+(?:of|in)\s+)?(?P<b>{F})|"
    rf"(?P<za>{F})(?:里|中)(?P<zka>[\u4e00-\u9fff\w]{{1,6}}?)(?:没有|从未|没)(?:出现|被列)?在(?P<zb>{F})(?:里|中)?(?:的(?P<zkb>[\u4e00-\u9fff\w]{{1,6}}?)列?(?:里|中)?)?(?:出现过?)?的",
    re.I,
)
_ON_BOTH = re.compile(
    rf"(?:are\s+|is\s+)?\b(?:in|on)\s+(?:the\s+list\s+of\s+(?:the\s+)?\w+\s*)?[(（]?(?P<a>{F})[)）]?\s+and\s+(?P<also>also\s+)?(?:in|on)\s+(?:(?:the\s+(?:one|list)|that)\s+of\s+(?:the\s+)?\w+\s*)?[(（]?(?P<b>{F})[)）]?(?P<too>\s+(?:as\s+well|too))?",
    re.I,
)
_THEIR = re.compile(
    r"\b(?:(?:I\s+)?(?:want|need|write|save|put|list)\s+)?(?:just\s+|only\s+)?their\s+(?P<c>[A-Za-z_]\w*)(?=\s+(?:in|into|to)\b|\s*[,.;]|\s*$)",
    re.I,
)
_STEM_ORDER = re.compile(r"[,，]?\s*\bin\s+(?:the\s+)?(?P<stem>[a-z]+)\s+order\b", re.I)
_BOTH = re.compile(
    rf"{_THERE}\b(?:in|on)\s+both(?:\s+(?:files|lists|tables|of\s+them)|\s+(?P<a>{F})\s+and\s+(?:in\s+)?(?P<b>{F}))?|\b(?:in|on)\s+(?P<a2>{F})\s+as\s+well\s+as\s+(?:in\s+|on\s+)?(?P<b2>{F})|(?P<za>{F})\s*(?:和|与|跟)\s*(?P<zb>{F})\s*(?:里|中)?都(?:有|出现|在)的?|(?:同时|都)(?:出现)?在(?:这)?两(?:个|份)(?:文件|名单|列表)(?:里|中)的?",
    re.I,
)
_HAVE_NOT = re.compile(
    r"\b(?:who(?:m)?|which(?:\s+\w+)?|that)\s+(?:\w+\s+){0,3}?(?:(?:has|have|had|did|do|does|is|are|was|were)(?:n['’]t|\s+not)|(?:has|have)\s+(?:not\s+)?(?:never|not)|still\s+(?:has|have)\s+to|never)\s+(?:yet\s+)?(?P<verb>[a-z]+)(?:\s+(?:yet|anything|back|up|so\s+far|it|to\s+us))*|"
    r"(?:但|但是|却|可是)?(?:还|尚|至今)?(?:没有?|未)(?:有)?(?P<zverb>交|[\u4e00-\u9fff]{1,3}?)(?:过|作业|表|费|齐)?(?:的|(?=\s*[，,。？?写保]))",
    re.I,
)
_REST_OF = re.compile(
    r"\b(?:(?:the\s+)?(?:people|persons?|everybody|everyone|all|those|names?(?:\s+of)?)\s*)?(?=\x00)", re.I
)
_COMPARE = re.compile(
    r"\bcompare\s+(?:our\s+|the\s+|my\s+)?(?:two\s+|both\s+)?|\bcompared\s+(?:with|to)\b|(?:对比|比较|比对|对照)(?:一下)?",
    re.I,
)
_CHANGED = re.compile(
    r"\b(?:whose|where\s+the|with\s+a(?:nother)?\s+(?:different|new|changed)|for\s+which\s+the)\s*(?P<what>[A-Za-z_]\w*)?\s*(?:(?:has|have|had|is|was|were|are)\s*)?(?:\s*(?:changed|different|differs?|not\s+the\s+same))?(?:\s+(?:in\s+both(?:\s+files)?|between\s+(?:the\s+two|them)))?(?=[\s,.;])|"
    r"(?P<zwhat>[\u4e00-\u9fff\w]{1,6}?)(?:有(?:了)?(?:变化|变动|改变|不同)|(?:发生)?(?:变|改变|变动|变化|调整)了?|不同|不一样|不一致)(?:过)?的",
    re.I,
)
_ONE_ONLY = re.compile(
    r"[,;，；。.]?\s*\b(?:and\s+)?(?:ignore|skip|leave\s+out|omit)\s+(?:the\s+|all\s+|any\s+)?\w+\s+(?:which|that|who)\s+(?:are|is|appear|stand|occur)\s+(?:in\s+)?(?:only\s+in|in\s+only)\s+one\s+(?:of\s+)?(?:the\s+)?(?:two\s+)?(?:lists?|files?|tables?)|[,;，；。.]?\s*(?:只(?:在|出现在)(?:其中)?一(?:个|份|张)(?:文件|表|价目表|名单|清单)?(?:里|中)?(?:出现)?的[\u4e00-\u9fff]{0,4}?(?:都)?(?:不用管|忽略|不管|不算|跳过|不要))",
    re.I,
)


def matched(said: Said) -> list[Job] | None:
    """The rows of one source by what is in the other, where the goal asks for that and nothing else."""
    if len(said.sources) != 2 or len(said.targets) != 1 or any(said.table(path) is None for path in said.sources):
        return None
    rest = counted(common(said).without(PER_LINE, _COMPARE), 2)
    if rest is None:
        return None
    whose, left = rest.cut(_WHOSE)
    if whose:
        a, b = said.path(whose["a"] or whose["za"]), said.path(whose["b"] or whose["zb"])
        one = whose["ka"] or whose["zka"]
        other = whose["kb"] or whose["zkb"] or one
        one_table, other_table = said.table(a), said.table(b)
        if (
            one_table is None
            or other_table is None
            or not known_in([one_table])(one)
            or not known_in([other_table])(other)
        ):
            return None
        return _listed(left, a, b, "without", [one, other])
    for reader in (_told_in, _told_by_verb):
        if found := reader(rest):
            a, b, way, left = found
            return _listed(left, a, b, way)
    return None


def _told_in(said: Said) -> tuple[str, str, str, Said] | None:
    both, rest = said.cut(_ON_BOTH)
    if both and (both["also"] or both["too"]) and sorted(map(said.path, both.group("a", "b"))) == sorted(said.sources):
        return said.path(both["a"]), said.path(both["b"]), "within", rest
    for pattern, way in ((_NOT_IN, "without"), (_BOTH, "within")):
        found, rest = said.cut(pattern)
        if found is None:
            continue
        signs = [value for value in found.groupdict().values() if value]
        names = {name[0] if name[0] != "z" else name[1]: value for name, value in found.groupdict().items() if value}
        paths = [said.path(names[one]) for one in ("a", "b") if one in names] if signs else list(said.sources)
        if sorted(paths) == sorted(said.sources):
            return paths[0], paths[1], way, rest
    return None


def _told_by_verb(said: Said) -> tuple[str, str, str, Said] | None:
    """'Who has not answered yet?', where one of the files is said to have those who did."""
    found, rest = said.cut(_HAVE_NOT)
    if found is None:
        return None
    verb = (found["verb"] or found["zverb"]).casefold()
    stem = verb if found["zverb"] else re.sub(r"(?:ied|ed|d|ing|e|y)$", "", verb)
    clauses = re.split(rf"[.;。；，]\s*|,\s*(?:and\s+)?|\s+and\s+(?={F})|\s+while\s+", rest.rest)
    having = [
        path
        for path in said.sources
        for clause in clauses
        if re.search(re.escape(stem) + ("" if found["zverb"] else r"(?:ied|ed|d|ing|e|y|s|en|t)?\b"), clause, re.I)
        and [said.path(sign) for sign in re.findall(F, clause)] == [path]
    ]
    if len(set(having)) != 1 or len(stem) < (1 if found["zverb"] else 3):
        return None
    other = next(path for path in said.sources if path != having[0])
    told = re.compile(
        rf"\b(?:those\s+)?(?:who|that|which)?\s*(?:has|have|already|did|had|were|was|are)?\s*(?:already\s+)?{stem}\w*|(?:已经?|都)*{stem}(?:过|了|费|齐)*(?:的|人)*"
        if stem
        else GAP,
        re.I,
    )
    rest = rest.without(told, _INVITED)
    return other, having[0], "without", rest


_INVITED = re.compile(
    r"\b(?:we|i)\s+(?:invited|asked|wrote\s+to|mailed|contacted|signed\s+up|expect|registered)\b|\b(?:everybody|everyone|all)\s+(?:we|i)\s+(?:invited|asked|wrote\s+to|mailed|contacted)\b|\b(?:has|lists|names)\s+(?:everybody|everyone|all)\b|(?:谁|哪些(?:人|同学|员工|客户|会员|学生))?(?:已经?)?(?:报了?名|登记了?|邀请了?)(?:了)?|全班|全部|所有人?|应(?:到|交|参加)的?",
    re.I,
)


def _their(said: Said, table: Table) -> tuple[str, Said]:
    """The column that is asked for by 'their titles'."""
    found, rest = said.cut(_THEIR)
    if found is None or not known_in([table])(found["c"]):
        return "", said
    return table.head[table.at(found["c"])], rest


def _listed(said: Said, a: str, b: str, way: str, pair: Sequence[str] = ()) -> list[Job] | None:
    """The job that writes the rows of one file that the other has, or has not."""
    table, other = said.table(a), said.table(b)
    target = said.targets[0]
    if table is None or other is None:
        return None
    key, rest = key_told(said, table, other)
    key = pair or key
    their, rest = _their(rest, table)
    stem, left = rest.cut(_STEM_ORDER)
    if stem and stem["stem"].casefold() in (PurePosixPath(a).stem.casefold(), "same"):
        rest = left
    rest = rest.without(JUST)
    picked, rest = picks(rest, table)
    found = ordered(rest.without(SAME_FORM))
    if found is None or BAD in picked:
        return None
    order, rest = found
    steps: list[Step] = [["load", [a]], ["match", [b], list(key), [], way]]
    if order.like not in ("", "="):
        path = said.path(order.like)
        steps += [] if path == a else [["as in", [path], ""]] if path == b and way == "within" else [BAD]
        order = Order()
    form, options = "csv", {"like": a}
    if target.endswith((".txt", ".md")):
        name = picked[0][1][0][0] if picked else their or _name_column(table, said)  # type: ignore[index]
        if not name:
            return None
        steps.append(["pick", [[name, name]]])
        table, picked = Table([name], []), []
        template = "- {0}" if target.endswith(".md") else "{0}"
        form, options = "lines", {"template": template}
    elif not a.lower().endswith((".csv", ".tsv")) or not target.lower().endswith((".csv", ".tsv")):
        return None
    steps += [*sort_steps(order, table, said), *picked]
    if form == "csv" and not picked and rest.columns_left([table.head[0], *key]):
        return None
    return [["table", target, steps, form, options]] if BAD not in steps and rest.done() else None


def _name_column(table: Table, said: Said) -> str:
    """The column that a list of names is of: the only one, or that of the names where the goal asks for these."""
    if len(table.head) == 1:
        return table.head[0]
    if not re.search(r"\bnames?\b|姓名|名字|名称", said.goal.text, re.I):
        return ""
    found = [name for name in table.head if plain(name) in ("name", "姓名", "名字", "名称", "fullname")]
    return found[0] if len(found) == 1 else ""


def changed(said: Said) -> list[Job] | None:
    """The list of what has another value in the newer file."""
    if len(said.sources) != 2 or len(said.targets) != 1 or not said.targets[0].endswith(".csv"):
        return None
    rest = counted(common(said).without(_ONE_ONLY, _COMPARE), 2)
    old, new = said.sources
    before, after = said.table(old), said.table(new)
    if rest is None or before is None or after is None or not (_older(old, new) or not _older(new, old)):
        return None
    by, rest = key_told(rest, before, after)
    found, rest = rest.cut(_CHANGED)
    if found is None:
        return None
    told = found["what"] or found["zwhat"] or ""
    told = next((told[at:] for at in range(len(told)) if found["zwhat"] and known_in([before])(told[at:])), told)
    value = told if known_in([before])(told) and known_in([after])(told) else ""
    names, rest = columns_named(rest, COLUMNS, lambda text: bool(re.fullmatch(r"[\w\u4e00-\u9fff]{1,12}", text)))
    if len(names) != 3 or (told and not value):
        return None
    key = names[0]
    if by and plain(by[0]) != plain(key):
        return None
    if not (known_in([before])(key) and known_in([after])(key)) or not _sides(names[1], names[2]):
        return None
    order = ordered(rest)
    if order is None or order[0].sorted:
        return None
    steps: list[Step] = [["load", [old]], ["changes", [new], [key], value, names[1:]]]
    like = said.path(order[0].like) if order[0].like not in ("", "=") else ""
    steps += [["as in", [new], ""]] if like == new else []
    steps.append(["pick", [[name, name] for name in names]] if plain(key) in map(plain, before.head) else BAD)
    if (not like and order[0].like) or (not like and not _same_order(before, after, key)):
        return None
    return [["table", said.targets[0], steps, "csv", {}]] if order[1].done() else None


def _same_order(before: Table, after: Table, key: str) -> bool:
    """Whether both tables have what is in both in one order."""
    one, two = [str(cell) for cell in before.cells(key)], [str(cell) for cell in after.cells(key)]
    return [cell for cell in one if cell in two] == [cell for cell in two if cell in one]


def _older(one: str, other: str) -> bool:
    """Whether the names say that the first is the older one."""
    old, new = (
        r"old|before|previous|last|spring|旧|老|原|上|去年|上月|以前",
        r"new|after|current|this|autumn|新|现|今|本月",
    )
    years = [re.findall(r"\d{2,8}", name) for name in (one, other)]
    if years[0] and years[1] and len(years[0][-1]) == len(years[1][-1]):
        return years[0][-1] < years[1][-1]
    return bool(re.search(old, one, re.I) and not re.search(old, other, re.I)) or bool(
        re.search(new, other, re.I) and not re.search(new, one, re.I)
    )


def _sides(one: str, other: str) -> bool:
    """Whether two names of columns are for the value before and the value after, in this order."""
    return bool(re.search(r"old|before|previous|was|旧|原|前", one, re.I)) and bool(
        re.search(r"new|after|current|now|is|新|现|后", other, re.I)
    )
