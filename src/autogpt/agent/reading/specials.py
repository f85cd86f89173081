"""What a goal says a function gives in special cases ('None for an empty list'), as checks that call it so."""

import re
from collections.abc import Sequence

from autogpt.agent.legible import legible
from autogpt.agent.reading.inputs import lengths, taken
from autogpt.agent.reading.refusals import DEFINED, refused_values
from autogpt.core.check import Check, PythonHolds

_GOT = (
    r"(?P<got>\"[^\"\n]*\"|'[^'\n]*'|“[^”\n]*”|-?\d+(?:\.\d+)?|True|False|None|\[\]|\{\}|"
    r"(?:an? |the )?empty (?:list|string|text|dict(?:ionary)?)|zero|空列表|空字符串|空字典)"
)
_WORDS = (
    (re.compile(r".*empty list|空列表", re.I), "[]"),
    (re.compile(r".*empty (?:string|text)|空字符串", re.I), "''"),
    (re.compile(r".*empty dict\w*|空字典", re.I), "{}"),
    (re.compile(r"zero", re.I), "0"),
)
_BEHIND = re.compile(
    rf"(?:\b(?:returns?|gives?|yields?|is|be|and|or|but)|[,，:：–—-])\s+(?:just |only )?[`]?{_GOT}[`]?,?\s+(?:for|if|when|on|given)\s+"
    r"(?P<case>[^,.;:!?\n–—]+)",
    re.I,
)
_FIRST = re.compile(
    r"\b(?:for|if|when|on|given)\s+(?P<case>[^,.;:!?\n]{3,60}?),?\s+(?:(?:it|the function|\w+\(\w*\))\s+)?(?:(?:should|must)\s+)?(?:just |simply )?"
    rf"(?:returns?|gives?)\s+(?:just |only )?[`]?{_GOT}(?![\w.]\w)",
    re.I,
)
_HAN = re.compile(
    r"(?P<case>(?:为|是|对|对于|遇到|传入|输入)?\s*(?:负数|空列表|空字符串|空文本)|(?:列表|字符串|文本)(?:为空|是空的)|(?:小于|大于|超过|低于)\s*-?\d+|"
    r"(?:为|是|等于)\s*(?:0|零)(?:或负数)?)"
    rf"\s*(?:时|则|就|的话|，|,|\s|应该?|要|会|都)*返回\s*{_GOT}(?![\w.]\w)"
)
_OTHERS = re.compile(
    r"\b(?:not|never|instead|rather|unless|except\w*|now|currently|wrongly)\b|n['’]t\b|不|现在|目前|却|除非|除了", re.I
)
_SENTENCE = re.compile(r"[^.!?。！？；;\n]+(?:\.\d[^.!?。！？；;\n]*)*")
_TEXT_LIKE = re.compile(
    r"(?:\breturns?\b|返回)[^.;。；\n\"“']{0,40}?(?:\b(?:such as|like|e\.g\.,?|for example)|例如|比如|形如|如)\s*[\"“'](?P<shown>[^\"”'\n]+)[\"”']"
)
_KIND = """\
from {module} import {function}
got = {function}({value!r})
if not isinstance(got, str):
    raise AssertionError('{function} gives ' + repr(got) + ', which is no text')
if {han} and not any('\\u4e00' <= char <= '\\u9fff' for char in got):
    raise AssertionError('{function} gives ' + repr(got) + ' and not a text such as {shown}')"""
_TRIED = """\
from {module} import {function}
got = {function}({value})
if got != {wanted}:
    raise AssertionError('{function}({shown}) returned ' + repr(got) + ' instead of ' + repr({wanted}))"""


_EITHER = re.compile(
    r"\breturns? True\b.*\bFalse (?:for (?:everything|anything|all|any)\b|otherwise|else)|\bFalse otherwise\b|"
    r"返回 ?True[^。；\n]*(?:否则|其他|其余|不然)[^。；\n]{0,8}返回 ?False",
    re.I,
)
_TEXTS = r"\w*(?:text|string|str|word|code|name|line|sentence|mail|password|isbn|wenben|wenzi|zifu\w*|haoma)|s"
_BOTH = """\
from {module} import {function}
for value in {values!r}:
    got = {function}(value)
    if not isinstance(got, bool):
        raise AssertionError('{function}(' + repr(value) + ') returned ' + repr(got) + ', neither True nor False')"""


def specials(goal: str, module: str, functions: Sequence[str], source: str = "") -> tuple[Check, ...]:
    """A check for each special case whose result a sentence states in full, of the one function of one argument that
    the goal tells of.

    source: the module as it is, from which the argument may be known.
    """
    goal = legible(goal)
    there = {name: argument for name, argument in DEFINED.findall(source) if re.search(rf"\b{name}\b", goal)}
    shown = {name: re.search(rf"\b{re.escape(name)}\s*\(\s*(\w+)\s*(?::[^()\n]*)?\)", goal) for name in functions}
    taking = there | {name: match[1] for name, match in shown.items() if match}
    called = set(re.findall(r"(?<![\w.])([A-Za-z_]\w*)\(", goal)) | set(functions)
    if not module or len(taking) != 1 or not called <= set(taking):
        return ()
    ((name, argument),) = taking.items()
    found: dict[str, Check] = {}
    for sentence in _SENTENCE.findall(goal):
        for match in (one for pattern in (_BEHIND, _FIRST, _HAN) for one in pattern.finditer(sentence)):
            clause = re.split(r"[,，:：]", sentence[: match.start()])[-1]
            if _OTHERS.search(clause + match["case"]):
                continue
            wanted = next((value for words, value in _WORDS if words.fullmatch(match["got"])), match["got"])
            wanted = re.sub(r"^“(.*)”$", r'"\1"', wanted)
            for value in refused_values(match["case"], argument):
                code = _TRIED.format(
                    module=module, function=name, value=value, shown=value.replace("'", ""), wanted=wanted
                )
                found.setdefault(value, PythonHolds(code=code, label=f"{name}({value}) is {wanted}", source="goal"))
    sample = taken(goal)
    if sample and (like := _TEXT_LIKE.search(goal)):
        han = re.search(r"[\u4e00-\u9fff]", like["shown"]) is not None
        code = _KIND.format(module=module, function=name, value=sample, han=han, shown=like["shown"])
        label = f"{name}({sample!r}) gives a text"
        if han:
            label = f"{name}({sample!r}) gives a text in Chinese"
        found.setdefault("", PythonHolds(code=code, label=label, source="goal"))
    if _EITHER.search(goal) and re.fullmatch(_TEXTS, argument, re.I):
        values = ["", "abc", *(letter * length for length in lengths(goal) for letter in "x字")]
        code = _BOTH.format(module=module, function=name, values=values)
        found.setdefault("either", PythonHolds(code=code, label=f"{name} is True or False for any text", source="goal"))
    return tuple(found.values())
