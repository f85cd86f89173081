"""Lines whose form a goal shows in quotes ('in the form "- [ ] 2 x Milk"'): a check that such lines are there.

Only the skeleton is demanded: punctuation, digits where digits stand, one-letter words, and the Han characters that
belong to no placeholder. It asks for one such line, so that headings and other parts of a file remain free.
"""

import re
from collections.abc import Sequence

from autogpt.agent.legible import legible
from autogpt.core.check import Check, PythonHolds
from autogpt.core.task import Language

_TEXTS = (".txt", ".md", ".log", ".rst")
_OPEN, _CLOSE = "[\"“「`']", "[\"”」`']"
_QUOTED = rf"{_OPEN}(?P<{{name}}>[^\"“”「」`\n]{{{{3,80}}}}){_CLOSE}"
_SHOWN = re.compile(
    r"(?:\b(?:in|with|using|of|following|has)\s+(?:the|this)\s+(?:following\s+)?(?:form|format|pattern)s?\s*:?\s*|"
    r"\bformatted\s+(?:as|like)\s*:?\s*|\b(?:each|every|one)\s+line\s+(?:looks?\s+)?(?:like|as)\s*:?\s*|"
    r"\blines?\s+(?:like|of\s+the\s+form)\s*:?\s*|(?:格式|形式)(?:为|是|如下)?\s*[:：]?\s*)"
    + _QUOTED.format(name="after")
    + r"|(?:用|按|以|按照|采用)\s*"
    + _QUOTED.format(name="before")
    + r"\s*(?:这样)?的?(?:格式|形式|样式)"
)
_FILE = re.compile(r"[\w\u4e00-\u9fff./-]+\.(?:txt|md|log|rst|csv|tsv|jsonl?|py|html?|db|sqlite3?|ya?ml|toml|xml)\b")
_PART = re.compile(
    r"\b(?:dates?|times?|names?|amounts?|prices?|numbers?|address\w*|values?|timestamps?|phones?|ids?|headings?|headers?|titles?|footer|"
    r"columns?|cells?)\s*(?:\w+\s+)?$|(?:日期|时间|金额|价格|姓名|名字|电话|地址|编号|标题|数字)(?:都|均|一律|统一|请)?的?$",
    re.I,
)
"""Words before a form that is not that of a whole line."""
_NOUNS = (
    "书名|作者|年份|年月|日期|时间|姓名|名字|名称|标题|商品名?|产品名?|数量|单价|价格|金额|总额|总计|合计|编号|序号|城市|地址|电话|"
    "邮箱|部门|职位|科目|课程|分数|成绩|平均分|百分比|比例|次数|单位|内容|说明|类别|类型|状态|数字|文件名|路径|月份|地点|国家|省份|学号|班级"
)
_PIECE = re.compile(
    r"(?P<any>\.{3,}|…+|_{2,}|[xX]{2,}|<[^<>]{1,30}>|\{[^{}]{1,30}\}|\[[A-Za-z\u4e00-\u9fff][^\[\]]{1,30}\])"
    r"|(?P<decimal>\d[\d,]*\.\d+)|(?P<number>\d+)|(?P<letter>\b[A-Za-z]\b)|(?P<word>[A-Za-z][A-Za-z_'-]*)"
    rf"|(?P<noun>{_NOUNS})|(?P<han>[\u4e00-\u9fff]+)|(?P<gap>\s+)|(?P<mark>.)"
)


_SAID: dict[Language, tuple[str, str]] = {
    "en": ("{path} has lines in the form {shown}", "no line of {path} has the form {shown}; it has for example: "),
    "zh": ("{path} 中有形如“{shown}”的行", "{path} 中没有一行是“{shown}”的格式，现在例如是："),
}
_CODE = """\
import re
text = open({path!r}, encoding='utf-8-sig').read()
if not re.search({skeleton!r}, text, re.M):
    lines = [line for line in text.splitlines() if line.strip()]
    raise AssertionError({told!r} + (lines[-1][:200] if lines else '-'))"""


def templates(goal: str, outputs: Sequence[str], language: Language) -> tuple[Check, ...]:
    """A check for each form that the goal shows for the lines of one of its text files."""
    goal = legible(goal)
    texts = [path for path in outputs if path.endswith(_TEXTS)]
    checks: list[Check] = []
    for match in _SHOWN.finditer(goal):
        path = _owner(goal, match.start(), match.end(), texts)
        shown = match["after"] or match["before"]
        skeleton = pattern(shown)
        if path and skeleton and not _PART.search(goal[max(0, match.start() - 40) : match.start()]):
            label, told = (said.format(path=path, shown=shown) for said in _SAID[language])
            code = _CODE.format(path=path, skeleton=skeleton, told=told)
            checks.append(PythonHolds(code=code, label=label, source="goal"))
    return tuple(checks[:3])


def pattern(shown: str) -> str:
    """The regular expression of a line in the form shown; '' where the form has nothing to hold on to."""
    parts: list[str] = []
    marks = 0
    for piece in _PIECE.finditer(shown.strip()):
        text = piece[0]
        match piece.lastgroup:
            case "any" | "word" | "noun":
                part = ".+?"
            case "decimal":
                part = rf"-?\d[\d,]*\.\d{{{len(text.partition('.')[2])}}}"
                marks += 1
            case "number":
                part = r"\d[\d,.]*"
            case "gap":
                part = r"\s+"
            case "han":
                # Beside placeholders a character or two are part of the form ('年份年'); more are an example's words.
                part = re.escape(text) if len(text) <= 2 and re.search(_NOUNS, shown) else ".+?"
                marks += part != ".+?"
            case _:
                part = re.escape(text)
                marks += 0 if text.isalnum() else 1 if text in ".,!?'\"。，！？" else 2
        # Neighbouring words are one stretch of text.
        if not (part == ".+?" and parts[-2:] in ([".+?", r"\s+"], [".+?"])):
            parts.append(part)
        elif parts[-1] == r"\s+":
            parts.pop()
    return rf"^\s*{''.join(parts)}\s*$" if marks >= 2 else ""


def _owner(goal: str, start: int, end: int, texts: Sequence[str]) -> str:
    """The file whose lines are meant: the one that is named nearest, if it is one of the texts."""
    near = [
        (min(abs(start - found.end()), abs(found.start() - end)), found[0])
        for found in _FILE.finditer(goal)
        if not start <= found.start() < end
    ]
    named = min(near)[1] if near else ""
    return next((path for path in texts if named.endswith(path)), "" if named or len(texts) != 1 else texts[0])
