"""What a goal says of a text it wants written: how long it may be, who signs it, and what it must mention."""

import re
from collections.abc import Iterable, Sequence

from autogpt.agent.legible import legible
from autogpt.agent.reading.goal import Reading
from autogpt.agent.reading.translation import facts
from autogpt.core.check import Check, FileContains, PythonHolds
from autogpt.core.task import Language

_TEXTS = (".txt", ".md", ".rst", ".eml")
_WRITES = re.compile(r"\b(?:write|draft|compose|prepare|reply|answer)\b|写|起草|拟|撰|回复", re.I)
_OTHER_WORK = re.compile(
    r"\b(?:translat|summari[sz]|extract|count|list|convert|analy[sz]|find|search|merge|function|program|script|report on)\w*|"
    r"翻译|摘要|总结|概括|提取|统计|转换|分析|查找|合并|函数|程序|脚本|整理",
    re.I,
)
"""Work whose goal speaks of more than what is to stand in the text."""
_AT_MOST = re.compile(
    r"\b(?:at most|no more than|not more than|(?:a )?max(?:imum)?(?: of)?|up to|under|below|fewer than|less than|within)\s+"
    r"(?P<words>\d{2,4})\s+(?P<unit>words|characters)\b|"
    r"(?:不超过|不多于|最多|不要超过|至多)\s*(?P<han>\d{2,5})\s*(?:个)?(?:汉)?字|(?P<han2>\d{2,5})\s*(?:个)?(?:汉)?字(?:以内|之内)",
    re.I,
)
_AT_LEAST = re.compile(
    r"\b(?:at least|no (?:fewer|less) than|not (?:fewer|less) than|a minimum of)\s+(?P<words>\d{2,4})\s+(?P<unit>words|characters)\b|"
    r"(?:不少于|至少|不低于)\s*(?P<han>\d{2,5})\s*(?:个)?(?:汉)?字",
    re.I,
)
_SIGNED = re.compile(
    r"\b(?:[Ss]ign(?:ed)?(?: it| the \w+)?|[Ss]ignature:?)\s+(?:with|as|by|from)?\s*[\"“']?(?P<en>[A-Z][\w'’-]+(?: [A-Z][\w'’-]+){1,3})|"
    r"(?:署名|落款)(?:请)?(?:写|用|为|是|：|:|\s)*[“\"「]?(?:[\u4e00-\u9fff]{1,2}人(?=[\u4e00-\u9fff]{2}))?(?P<zh>[\u4e00-\u9fff·]{2,12}(?:[ 　][\u4e00-\u9fff·]{2,4})?)(?=[”\"」，。；,;\s]|$)",
)
_CODE = re.compile(
    r"(?<![\w./-])(?!UTF-|ISO-|SHA-|COVID-)(?=[A-Z0-9-]*\d)[A-Z]{1,6}\d{0,6}(?:-[A-Z0-9]{1,10})+(?![\w./-])"
)
_MONTHS: Sequence[str] = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_DAY = re.compile(
    r"\b(?P<d1>\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m1>" + "|".join(_MONTHS) + r")[a-z]*\b|"
    r"\b(?P<m2>" + "|".join(_MONTHS) + r")[a-z]*\.?\s+(?P<d2>\d{1,2})(?:st|nd|rd|th)?\b(?!:)|"
    r"(?<!\d)(?P<m3>\d{1,2})\s*月\s*(?P<d3>\d{1,2})\s*[日号]"
)
_AIM_OF_WORK = re.compile(
    r"\b(?:original\w*|instead of|not|previous\w*|formerly|need it|i need|i want|i(?:'d| would) like|today is|it is now|avoid\w*|"
    r"without|never|omit\w*|leav\w+ out|skip|except|if|in the style of|replaced|cancel+ed|due)\b|n['’]t\b|"
    r"原|不是|之前|今天是|急用|别|勿|无需|不必|不要|不用|不能|不写|省略|如果|若",
    re.I,
)
"""Words of clauses whose facts need not stand in the text."""


_OF_A_PART = re.compile(
    r"\b(?:title|subject|headline|heading|caption|lines?|paragraphs?|sentences?|sections?|each|every|per|entries|texts|"
    r"submissions?|articles)\b|标题|题目|主题|每|段|句|行|征文|来稿|投稿|稿件",
    re.I,
)
"""What a limit may be for instead of the text."""
_NOT_SIGNED = re.compile(
    r"(?:\bnot|n['’]t|\bnever|\bwithout|\bto|\bshould|\bmust|\bwill|不要|不用|别|无需|不必|对方|上|后)\s*$", re.I
)
_NO_NAME = re.compile(
    r"^(?:处|后|为空|空|不|无|上|我|你|您|本人|自己)|名字|姓名|名称|日期|时间|单位|职务|留空|和|以及|^(?:Your|My|On|The Name|Full|Date|Blue|Black)\b"
)


def writing(goal: str, reading: Reading) -> tuple[Check, ...]:
    """The checks for a goal that has one text written; () for any other goal."""
    goal = legible(goal)
    outputs = reading.named("output", "change")
    pages = [path for path in outputs if path.endswith((".html", ".htm"))]
    if len(pages) == 1 and pages[0] in reading.named("output") and not reading.named("input") and not reading.obeys:
        still = _PAGE.search(goal) and not _COMPUTED.search(goal)
        return _facts(goal, pages[0], reading.language) if still else ()
    if len(outputs) != 1 or not outputs[0].endswith(_TEXTS) or outputs[0] not in reading.named("output"):
        return ()
    path = outputs[0]
    checks = list(_lengths(goal, path, reading.language))
    if not _WRITES.search(goal) or _OTHER_WORK.search(goal) or reading.obeys:
        return tuple(checks)
    checks += _ends_of(goal, path)
    for match in _SIGNED.finditer(goal):
        name = match["en"] or match["zh"]
        before, after = goal[max(0, match.start() - 20) : match.start()], goal[match.end() :]
        if _NOT_SIGNED.search(before) or _NO_NAME.search(name) or re.match(r"\s+or\b|或", after):
            continue
        checks += [
            FileContains(path=path, text=part, source="goal") for part in re.split(r"[ 　](?=[\u4e00-\u9fff])", name)
        ]
    return (*checks, *_facts(goal, path, reading.language))


_LINE = re.compile(
    r"\b(?P<en>first|last|final) line\s+(?:is|must be|should be|has to be|reads?|says?)\s*(?:exactly\s*)?:?\s*[\"“`](?P<said>[^\"”`\n]{1,80})[\"”`]|"
    r"(?P<zh>第一|首|最后一|末)行(?:必须|应|要|应该)?(?:是|为|写上?|：|:)+(?:落款|署名|标题)?(?:是|为|：|:)?\s*[“\"「`](?P<told>[^”\"」`\n]{1,80})[”\"」`]",
    re.I,
)


def _ends_of(goal: str, path: str) -> Iterable[Check]:
    """What the first and the last line are to be, where the goal says it in quotes."""
    for match in _LINE.finditer(goal):
        last = (match["en"] or "").lower() in ("last", "final") or (match["zh"] or "") in ("最后一", "末")
        text = match["said"] or match["told"]
        label = f"the last line of {path} has {text}" if last else f"the first line of {path} has {text}"
        code = _LINE_HAS.format(path=path, at=-1 if last else 0, text=text)
        yield PythonHolds(code=code, label=label, source="goal")


_LINE_HAS = """\
lines = [line for line in open({path!r}, encoding='utf-8-sig').read().splitlines() if line.strip()]
if not lines or {text!r} not in lines[{at}]:
    raise AssertionError({text!r} + ' is not in the line ' + repr(lines[{at}][:80] if lines else ''))"""


_PAGE = re.compile(r"\b(?:page|site)\b|网页|页面|主页", re.I)


_COMPUTED = re.compile(
    r"\b(?:count(?:s|ing)? ?down|countdown|timer|clock|calendar|form|checks?|validat\w+|game|tells whether|whether|loads?|fetch\w*|calculat\w+|"
    r"slots?|picker|app|such as|like|e\.g\.|from .{1,30} to|between|api)\b|倒计时|时钟|日历|表单|校验|计算|游戏|例如|如",
    re.I,
)
"""Pages that make what they show, or whose goal gives examples."""


def _facts(goal: str, path: str, language: Language) -> tuple[Check, ...]:
    told = _mentioned(goal)
    if not told:
        return ()
    label, missing = (said.format(path=path) for said in _SAID[language])
    return (PythonHolds(code=_MISSING.format(path=path, facts=told, told=missing), label=label, source="goal"),)


def _lengths(goal: str, path: str, language: Language) -> Iterable[Check]:
    for pattern, sign in ((_AT_MOST, "<="), (_AT_LEAST, ">=")):
        found = [match for match in pattern.finditer(goal)]
        if len(found) != 1 or _OF_A_PART.search(re.split(r"[.;!?,:，。；：！？\n]", goal[: found[0].start()])[-1]):
            continue
        groups = found[0].groupdict()
        han = groups.get("han") or groups.get("han2")
        count = han or groups["words"]
        what = "han" if han else groups["unit"].lower()
        # Nobody counts the last word: a tenth more or less is what was meant.
        limit = round(int(count) * (1.1 if sign == "<=" else 0.9))
        label = _LONG[language][what].format(path=path, sign=sign, count=count)
        yield PythonHolds(code=_COUNTED[what].format(path=path, sign=sign, limit=limit), label=label, source="goal")


_LONG: dict[Language, dict[str, str]] = {
    "en": {
        "words": "{path} has {sign} {count} words",
        "characters": "{path} has {sign} {count} characters",
        "han": "{path} has {sign} {count} Chinese characters",
    },
    "zh": {
        "words": "{path} 的单词数 {sign} {count}",
        "characters": "{path} 的字符数 {sign} {count}",
        "han": "{path} 的字数 {sign} {count}",
    },
}
_COUNTED = {
    "words": "words = len(open({path!r}, encoding='utf-8').read().split())\nassert words {sign} {limit}",
    "characters": "characters = len(open({path!r}, encoding='utf-8').read().strip())\nassert characters {sign} {limit}",
    "han": "import re\ncharacters = len(re.findall('[\\u4e00-\\u9fff]', open({path!r}, encoding='utf-8').read()))\n"
    "assert characters {sign} {limit}",
}


_WHOSE = re.compile(
    r"\b(?:for|from|of|to)\s+(?:(?:the|our|my|a)\s+)?(?:\w+\s+){0,2}[\"“](?P<name>(?=[^\"”]*[A-Za-z])[^\"”\n./]{2,30})[\"”]|"
    r"(?:替|为|给|以|代|帮)[“「『\"](?P<zh>[^”」』\"\n./]{2,14})[”」』\"]"
)
"""For whom something is written, in quotes: 替“老街面馆”, for the cafe "Blue Door"."""
_LEFT_OUT = re.compile(r"\bleave (?:that|it|this) out\b|别写|不要写|不用写", re.I)


def _mentioned(goal: str) -> list[tuple[str, list[str]]]:
    """Codes, days, times and addresses in the goal that the text has to have, with patterns of their forms."""
    found: dict[str, list[str]] = {}
    clauses = re.split(r"[;；。！？!?\n]|\.\s|,\s|，", goal)
    for clause, after in zip(clauses, [*clauses[1:], ""], strict=True):
        if _AIM_OF_WORK.search(clause) or _LEFT_OUT.search(after):
            continue
        for match in _CODE.finditer(clause):
            found[match[0]] = [re.escape(match[0])]
        for match in _WHOSE.finditer(clause):
            name = match["name"] or match["zh"]
            found[name] = [r"\s*".join(map(re.escape, name.split()))]
        for match in _DAY.finditer(clause):
            groups = match.groupdict()
            name = groups["m1"] or groups["m2"]
            month = _MONTHS.index(name) + 1 if name else int(groups["m3"])
            day = int(groups["d1"] or groups["d2"] or groups["d3"])
            if 1 <= month <= 12 and 1 <= day <= 31:
                found[match[0]] = _day(month, day)
        for shown, forms in facts(_DAY.sub(" ", _CODE.sub(" ", clause))).items():
            if re.search(r"@|^https?:|^\d{1,2}:\d{2}$", shown) or len(re.sub(r"\D", "", shown)) >= 7:
                found[shown] = list(forms)
    return list(found.items())[:20]


def _day(month: int, day: int) -> list[str]:
    name = _MONTHS[month - 1]
    return [
        rf"\b0?{day}(?:st|nd|rd|th)?\s*(?:of\s+)?{name}",
        rf"\b{name}[a-z]*\.?\s+0?{day}(?!\d)",
        rf"(?<!\d)0?{month}\s*月\s*0?{day}(?!\d)",
        rf"(?<!\d)0?{month}[-/.]0?{day}(?!\d)",
        rf"(?<!\d)0?{day}[-/.]0?{month}(?!\d)",
    ]


_SAID: dict[Language, tuple[str, str]] = {
    "en": ("{path} mentions the dates, times and numbers of the goal", "{path} does not mention: "),
    "zh": ("{path} 提到任务中的日期、时间和编号", "{path} 没有提到："),
}
_MISSING = """\
import html, re
text = open({path!r}, encoding='utf-8-sig').read()
if {path!r}.endswith(('.html', '.htm')):
    text += html.unescape(re.sub(r'<[^>]*>', ' ', text))
missing = [shown for shown, forms in {facts!r} if not any(re.search(form, text, re.I) for form in forms)]
if missing:
    raise AssertionError({told!r} + ', '.join(missing))"""
