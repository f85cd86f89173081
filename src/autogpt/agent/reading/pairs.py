"""Examples that a goal gives of a function of one argument without calling it: '"a b" becomes "a-b"'."""

import re

MENDS = re.compile(r"\b(?:fix|bugs?|repair|debug)\b|修复|缺陷|修正|修好|改正|纠正|算错|改对", re.I)
"""Goals that tell of what code does wrongly: what it is said to give may be the fault."""
_HEAD = re.compile(
    r"^[ \t]*(?:[-*•]|\d+[.)、])?[ \t]*`?(?P<name>[a-z_]\w*)\(\w+\)`?[ \t]*(?:->[^:：\n]*)?[:：—–-]", re.M
)
"""Where a goal begins to tell of a function of one argument."""
_DEFINED = re.compile(r"(?<![\w.])(?P<name>[A-Za-z_]\w*)\((?P<inside>[^()\n]*)\)")
_QUOTED = r"\"[^\"\n]*\"|'[^'\n]*'|“[^”\n]*”|「[^」\n]*」"
_VALUE = rf"{_QUOTED}|-?\d+(?:\.\d+)?"
_GOT = rf"{_VALUE}|True|False|None|\[[^\[\]\n]*\]"
_LIST = rf"(?:{_VALUE})(?:(?:\s*(?:,|，|、|\bor\b|\band\b|或|和))+\s*(?:{_VALUE}))+"
_PAIR = re.compile(
    rf"(?<![\w(.])(?P<given>{_VALUE})`?\s*"
    r"(?:应?(?:返回|变成|变为|得到|得|是)|→|->|=>|returns?|becomes?|gives?|turns into|is)\s*"
    rf"`?(?P<got>{_VALUE}|True|False|None)(?![\w.]\w)"
)
_BECOMES = re.compile(
    rf"(?<![\w(.\"'“])(?P<given>{_VALUE})`?\s*(?:,\s*)?"
    r"(?:(?:应该?|就|会|则|要)*(?:返回|变成|变为|得到|转换成|转换为|转成|换成|对应)|→|->|=>|"
    r"(?:should |must |will )?(?:returns?|becomes?|gives?|yields?|turns into|is turned into|results? in|maps to|(?:is )?converted to))\s*"
    rf"`?(?P<got>{_GOT})(?![\w.]\w|\s*(?:%|[年月日个元位]))"
)
_TURNS = re.compile(
    rf"\b(?:turns?|converts?|changes?|maps?)\s+(?P<given>{_QUOTED})\s+(?:into|to)\s+(?P<got>{_GOT})|"
    rf"把\s*(?P<given2>{_QUOTED})\s*(?:变成|变为|转换成|转换为|转成|换成)\s*(?P<got2>{_QUOTED})"
)
_FOR = re.compile(
    rf"(?<![\w(.])(?P<got>{_GOT})`?\s+(?:for|on|given|when given)\s+(?:the (?:string|text|number|input|word)\s+)?"
    rf"`?(?P<given>(?:{_VALUE})(?:(?:\s*,\s*(?:and\s+|or\s+)?|\s+and\s+|\s+or\s+)(?:{_VALUE}))*)`?"
    r"(?=\s*(?:[,;:)，。；、]|\.(?:\s|$)|$|\n|and\b|but\b|so\b|while\b|(?:and|or) (?:True|False|None)))"
)
_HAN_FOR = re.compile(
    rf"(?:对于?|输入|传入|给定?)\s*(?P<given>{_VALUE})\s*[，,]?\s*(?:时|则|就|应该?|会|要|得|，)*\s*(?:返回|得到|输出|结果(?:为|是)|是)\s*(?P<got>{_GOT})(?![\w.]\w|\s*(?:%|[年月日个元位]))"
)
_SEVERAL = re.compile(
    rf"(?:\blike|\bsuch as|例如|比如|如|像)\s*(?P<given>{_LIST})[^.;。；\n(（]{{0,120}}[(（]\s*(?P<got>{_LIST})\s*[)）]"
)
"""'like "45m" or "2h" into minutes (45 and 120)': as many values as examples, in their order."""
_OF_OTHERS = re.compile(
    r"\b(?:currently|at the moment|now|wrongly|incorrectly|instead|not|never|raises?|prints?|command|python3?|page|file|column|folder|line)\b|n['’]t\b|"
    r"现在|目前|错误|不|抛出|打印|命令|文件|列|行|页面",
    re.I,
)
"""Clauses that may tell what is wrong as things are, or of something else than the function."""


def pairs(goal: str) -> list[str]:
    """The examples as asserts: under heads such as 'initials(name): ...', and where one function is told of at all."""
    return [*_under_heads(goal), *_of_the_one(goal)]


def _under_heads(goal: str) -> list[str]:
    """Examples such as '"Ann" returns "A."' in what is told of a function: 'initials(name): the first letters ...'."""
    heads = [*_HEAD.finditer(goal)]
    found: list[str] = []
    for at, head in enumerate(heads):
        following = heads[at + 1].start() if at + 1 < len(heads) else len(goal)
        told = re.split(r"\n[ \t]*\n", goal[head.end() : following])[0]
        found += [_assert(head["name"], pair["given"], pair["got"]) for pair in _PAIR.finditer(told)]
    return found


def _of_the_one(goal: str) -> list[str]:
    """Examples anywhere in a goal that tells of one function and of one argument that it takes."""
    calls = [*_DEFINED.finditer(goal)]
    heads = [call for call in calls if re.fullmatch(r"\s*[A-Za-z_]\w*\s*(?::\s*[\w\[\], ]+)?", call["inside"])]
    names = {call["name"] for call in calls}
    if len(names) != 1 or not heads or MENDS.search(goal):
        return []
    told = goal[heads[0].end() :]
    found: list[tuple[int, str]] = []
    for pattern in (_BECOMES, _TURNS, _FOR, _HAN_FOR):
        for match in pattern.finditer(told):
            clause = re.split(r"[;；。\n]|\.\s|,\s+(?:and|but)\s|，", told[: match.start()])[-1]
            if _OF_OTHERS.search(re.sub(_QUOTED, " ", clause)):
                continue
            groups = {key.removesuffix("2"): value for key, value in match.groupdict().items() if value}
            given = re.findall(_VALUE, groups["given"])
            found += [(match.start(), _assert(heads[0]["name"], one, groups["got"])) for one in given]
    for match in _SEVERAL.finditer(told):
        given, got = (re.findall(_VALUE, match[part]) for part in ("given", "got"))
        if len(given) == len(got):
            both = zip(given, got, strict=True)
            found += [(match.start(), _assert(heads[0]["name"], one, value)) for one, value in both]
    lines = [line for _, line in sorted(found, key=lambda one: one[0])]
    # One input with two results: what was taken for an example is none.
    inputs = [line.partition(" == ")[0] for line in dict.fromkeys(lines)]
    return lines if len(set(inputs)) == len(inputs) else []


def _assert(name: str, given: str, got: str) -> str:
    given, got = (re.sub(r"^[“「](.*)[”」]$", r'"\1"', text) for text in (given, got))
    if re.fullmatch(r"-?\d+\.\d+", got):
        digits = len(got.partition(".")[2])
        return f"assert abs({name}({given}) - {got}) < 1e-{6 if digits < 3 else min(9, digits)}"
    return f"assert {name}({given}) == {got}"
