"""What a goal says a function refuses ('raises ValueError for negative numbers'), as checks that call it so."""

import builtins
import re
from collections.abc import Sequence

from autogpt.agent.legible import legible
from autogpt.core.check import Check, PythonHolds

_ERROR = r"[`\"']?(?P<error>[A-Z]\w*(?:Error|Exception))\b[`\"']?(?:\([^()\n]*\))?"
_RAISES = re.compile(
    r"\b(?:raises?|raising|throws?)\s+(?:an?\s+)?"
    + _ERROR
    + r"(?:\s+with\s+(?:the\s+)?message\s+[\"'`][^\"'`\n]*[\"'`])?,?\s+(?:for|if|when|on|given)\s+(?P<case>[^,.;:!?\n]+)"
)
_FIRST = re.compile(
    r"\b(?:[Ff]or|[Ii]f|[Ww]hen|[Oo]n|[Gg]iven)\s+(?P<case>[^,.;:!?\n]{3,40}?),?\s+(?:(?:it|the function|\w+\(\w*\))\s+)?(?:(?:should|must)\s+)?"
    r"(?:raises?|throws?)\s+(?:an?\s+)?" + _ERROR
)
_HAN = re.compile(
    r"(?P<case>(?:为|是|对|对于|遇到|传入|输入)\s*(?:负数|空列表|空字符串|空文本)|小于\s*[0零]|(?:列表|字符串|文本)为空)"
    r"\s*(?:时|则|就|的话|，|,|\s|应该?|要|必须|会|都|需)*(?:抛出|引发|报)\s*(?:一个)?\s*" + _ERROR
)
_CASES = (
    (
        re.compile(
            r"(?:an? |any |all |the )?negative (?!infin)(?:\w+s|number|value|input|integer|argument|n|x)|"
            r"(?:{argument}|it|the (?:number|value|input|argument)) is (?:negative|less than (?:zero|0)|below (?:zero|0))|"
            r"{argument} ?< ?0|.*负数|小于\s*[0零]"
        ),
        "-1",
    ),
    (
        re.compile(
            r"(?:an? |the )?empty (?:list|sequence|array|input list)s?|(?:the list|{argument}|it) is (?:empty|an empty list)|"
            r".*空列表|列表为空"
        ),
        "[]",
    ),
    (
        re.compile(
            r"(?:an? |the )?empty (?:string|text)s?|(?:the (?:string|text)|it) is (?:empty|an empty string)|"
            r".*空字符串|.*空文本|(?:字符串|文本)为空"
        ),
        "''",
    ),
)
_MANY = re.compile(r"\w*s|\w*(?:text|string|str|line|word|name|path|file|list|array|data|seq|sequence|items)\w*", re.I)
"""Names of arguments that are no numbers."""
_NOT = re.compile(
    r"\b(?:not|never|without|instead|rather|unless|except\w*)\b|n['’]t\b|不|别|勿|除非|除了",
    re.I,
)
_SENTENCE = re.compile(r"[^.!?。！？；;\n]+(?:\.\d[^.!?。！？；;\n]*)*")
_TRIED = """\
from {module} import {function}
try:
    got = {function}({value})
except {error}:
    pass
else:
    raise AssertionError('{function}({shown}) returned ' + repr(got) + ' instead of raising {error}')"""


def refusals(goal: str, module: str, functions: Sequence[str]) -> tuple[Check, ...]:
    """A check for each refusal that a sentence states in full, where the goal has one function of one argument."""
    goal = legible(goal)
    called = re.search(rf"\b{re.escape(functions[0])}\s*\(\s*(\w+)\s*\)", goal) if len(functions) == 1 else None
    if not module or not called:
        return ()
    checks: list[Check] = []
    for sentence in _SENTENCE.findall(goal):
        if _NOT.search(sentence):
            continue
        for match in (found for pattern in (_RAISES, _FIRST, _HAN) for found in pattern.finditer(sentence)):
            value = _value(match["case"], called[1])
            if value and hasattr(builtins, match["error"]):
                code = _TRIED.format(
                    module=module,
                    function=functions[0],
                    value=value,
                    shown=value.replace("'", ""),
                    error=match["error"],
                )
                label = f"{functions[0]}({value}) raises {match['error']}"
                checks.append(PythonHolds(code=code, label=label, source="goal"))
    return tuple(dict.fromkeys(checks))


def _value(said: str, argument: str) -> str:
    """An argument of the kind that is refused; '' where the words say more, or speak of something in the argument."""
    for case in re.split(r"\s+(?:or|and)\s+", said.strip()):
        for words, value in _CASES:
            known = words.pattern.replace("{argument}", re.escape(argument))
            if re.fullmatch(known, case.strip(" `"), re.I) and not (value == "-1" and _MANY.fullmatch(argument)):
                return value
    return ""
