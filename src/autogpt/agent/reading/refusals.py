"""What a goal says a function refuses ('raises ValueError for negative numbers'), as checks that call it so."""

import builtins
import re
from collections.abc import Callable, Iterator, Sequence

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
_SUBJECTS = re.compile(
    r"^\W*(?:but\s+|and\s+)?(?P<cases>[^:!?\n]{3,120}?)\s+(?:(?:should|must|all|each|both)\s+)*(?:raises?|throws?)\s+(?:an?\s+)?"
    + _ERROR
)
"""'Zero, negative weights and anything above 30 raise ...'."""
_HAN = re.compile(
    r"(?P<case>(?:为|是|对|对于|遇到|传入|输入)\s*(?:负数|空列表|空字符串|空文本)|小于\s*[0零](?!\d)|(?:列表|字符串|文本)为空|"
    r"不是\s*\d+\s*[位个](?:的)?(?:纯)?(?:数字|字符|字母)|长度(?:不是|不等于|不为)\s*\d+|(?:大于|超过|小于|低于)\s*-?\d+|"
    r"不在\s*-?\d+\s*(?:到|至|[-~–—])\s*-?\d+\s*(?:之间|范围内|以内)?)"
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
_NUMBER = r"(-?\d+)"
_IT = r"(?:(?:the |an? |any )?(?:{argument}|number|value|input|argument|text|string|integer)s?|it|anything)"
_BOUND = rf"(?:{_IT} (?:is |are )?)?"
_UNIT = (
    r"(?:\s*(?:%|°C|°F|°|[a-z]{1,3}|euros?|dollars?|percent|degrees|years|days|hours|minutes|points|metres|meters))?"
)
_Made = Callable[[list[int]], list[str]]
_MEASURED: tuple[tuple[re.Pattern[str], _Made], ...] = (
    (
        re.compile(
            rf"(?:{_IT} (?:is|are|has|have|contains?|consists? of) ?(?:not|n['’]t)|{_IT} (?:does not|doesn['’]t) (?:have|consist of|contain)|not)"
            rf" (?:exactly |just |a |an )?{_NUMBER}[- ](?:decimal )?digits?(?: long| number| string| code)?|不是\s*{_NUMBER}\s*[位个](?:的)?(?:纯)?数字",
            re.I,
        ),
        lambda n: [repr("1" * (n[0] - 1)), repr("1" * (n[0] + 1)), repr("a" * n[0])],
    ),
    (
        re.compile(
            rf"{_BOUND}not (?:exactly )?{_NUMBER} (?:characters|letters)(?: long)?|长度(?:不是|不等于|不为)\s*{_NUMBER}|不是\s*{_NUMBER}\s*个(?:字符|字母)",
            re.I,
        ),
        lambda n: [repr("a" * (n[0] - 1)), repr("a" * (n[0] + 1))],
    ),
    (
        re.compile(
            rf"(?:{_IT} (?:is |are |has |have |with )?)?(?:longer|more) than {_NUMBER} (?:characters|letters)(?: long)?",
            re.I,
        ),
        lambda n: [repr("a" * (n[0] + 1))],
    ),
    (
        re.compile(
            rf"(?:{_IT} (?:is |are |has |have |with )?)?(?:shorter|fewer|less) than {_NUMBER} (?:characters|letters)(?: long)?",
            re.I,
        ),
        lambda n: [repr("a" * (n[0] - 1))] if n[0] > 1 else [],
    ),
)
"""Texts of a wrong length, and how they are made from it."""
_LONGEST = 500
"""Characters of a text that is made up, at the most."""
_BEYOND: tuple[tuple[re.Pattern[str], _Made], ...] = (
    (
        re.compile(
            rf"{_BOUND}(?:not (?:in|between|within|from)|outside(?: of)?)(?: the)?(?: range)?(?: of| from)? {_NUMBER}\s?(?:and|to|through|[-–—])\s?{_NUMBER}|"
            rf"不在\s*{_NUMBER}\s*(?:到|至|[-~–—])\s*{_NUMBER}\s*(?:之间|范围内|以内)?",
            re.I,
        ),
        lambda n: [str(n[0] - 1), str(n[1] + 1)],
    ),
    (
        re.compile(
            rf"{_BOUND}(?:(?:greater|larger|bigger|higher|more) than|above|over) {_NUMBER}{_UNIT}|(?:大于|超过)\s*{_NUMBER}",
            re.I,
        ),
        lambda n: [str(n[0] + 1)],
    ),
    (
        re.compile(
            rf"{_BOUND}(?:(?:less|smaller|lower) than|below|under) {_NUMBER}{_UNIT}|(?:小于|低于)\s*{_NUMBER}",
            re.I,
        ),
        lambda n: [str(n[0] - 1)],
    ),
    (
        re.compile(
            rf"{_BOUND}(?:not positive|non-positive(?: numbers?| values?| integers?)?|(?:zero|0) or (?:negative|less|below)|"
            r"negative or (?:zero|0)|not a positive (?:whole )?(?:number|integer))|(?:为|是|等于)\s*[0零]或负数|(?:不是|非)正整?数",
            re.I,
        ),
        lambda _: ["0", "-1"],
    ),
    (re.compile(rf"{_BOUND}(?:zero|0)|(?:为|是|等于)\s*[0零]", re.I), lambda _: ["0"]),
)
"""Numbers beyond a bound, and how they are made from it."""
_MANY = re.compile(
    r"(?!(?:\w*_)?(?:days|hours|minutes|seconds|weeks|months|years|cents|points|degrees|celsius|miles|pages)$)\w*s|\w*(?:text|string|str|line|word|name|path|file|list|array|data|seq|sequence|items)\w*",
    re.I,
)
"""Names of arguments that are no numbers."""
_NOT = re.compile(
    r"\b(?:not|never|without|instead|rather|unless|except\w*)\b|n['’]t\b|不|别|勿|除非|除了",
    re.I,
)
_EXCEPT = re.compile(r"\b(?:unless|except\w*|but not|without|instead|rather)\b|除非|除了", re.I)
_TOO = re.compile(
    r"\s*[,，;]?\s*(?:and\s+|while\s+)?`?(?P<name>[A-Za-z_]\w*)`?(?:\(\w*\))?\s+(?:for|if|when|on)\s+(?P<case>[^,.;:!?\n]+)"
)
"""'..., from_text for an empty text': a second function that raises the same."""
_SUCH = re.compile(
    r"\s*[,(，（]?\s*(?:\b(?:such\s+as|like|for\s+(?:example|instance))\b|例如|比如|如|像)\s*(?P<values>[^;；。!?\n)）]+)"
)
_GIVEN = re.compile(
    r"(?:^|\s*(?:,|、|，|\bor\b|\band\b|或|和)\s*)"
    r"(?:[\"'`“「](?P<text>[^\"'`”」]*)[\"'`”」]|(?P<bare>-?(?![A-Z]\b)[A-Z0-9][A-Z0-9:/._-]*(?![\w(])))",
)
"""A value given as an example: quoted, or written without small letters as no word of a sentence is."""
_SENTENCE = re.compile(r"[^.!?。！？；;\n]+(?:\.\d[^.!?。！？；;\n]*)*")
_TRIED = """\
from {module} import {function}
try:
    got = {function}({value})
except {error}:
    pass
else:
    raise AssertionError('{function}({shown}) returned ' + repr(got) + ' instead of raising {error}')"""


def refusals(goal: str, module: str, functions: Sequence[str], source: str = "") -> tuple[Check, ...]:
    """A check for each refusal that a sentence states in full, of the functions of which one argument is known: from
    the goal, or from the module as it is."""
    goal = re.sub(r"\be\.g\.,?", "such as", legible(goal))
    there = {name: argument for name, argument in DEFINED.findall(source) if re.search(rf"\b{name}\b", goal)}
    functions = [*functions, *(name for name in there if name not in functions)]
    shown = {name: re.search(rf"\b{re.escape(name)}\s*\(\s*(\w+)\s*\)", goal) for name in functions}
    taking = there | {name: match[1] for name, match in shown.items() if match}
    if not module or not taking:
        return ()
    found = [
        _refused(module, name, value, error)
        for sentence in _SENTENCE.findall(goal)
        for name, case, such, error in _stated(sentence, functions)
        if name in taking and hasattr(builtins, error)
        for value in (_given(such, taking[name]) or refused_values(case, taking[name]))
    ]
    return tuple(dict.fromkeys(found))


DEFINED = re.compile(r"^def ([a-z]\w*)\(([a-z_]\w*)(?:\s*:[^,()\n]*)?\)", re.M)
"""Functions of one argument."""


def _stated(sentence: str, functions: Sequence[str]) -> Iterator[tuple[str, str, str, str]]:
    """Of each refusal in the sentence: function, case, the examples behind it, and what is raised."""
    for match in (found for pattern in (_RAISES, _FIRST, _HAN) for found in pattern.finditer(sentence)):
        too = _TOO.match(sentence, match.end())
        too = too if too and too["name"] in functions else None
        # What is no numeral is refused: a 'not' in the case itself turns nothing round.
        beside = "".join(
            sentence[begin:end]
            for begin, end in (
                (0, match.start("case")),
                (match.end("case"), too.start("case") if too else len(sentence)),
                (too.end("case") if too else len(sentence), len(sentence)),
            )
        )
        if _NOT.search(beside):
            continue
        named = [name for name in re.findall(r"\w+", sentence[: match.start()]) if name in functions]
        name = named[-1] if named else functions[0] if len(functions) == 1 else ""
        for one in _together(named, sentence[: match.start()]) or [name]:
            yield one, match["case"], "" if too else sentence[match.start("case") :], match["error"]
        if too:
            yield too["name"], too["case"], sentence[too.start("case") :], match["error"]
    subjects = _SUBJECTS.match(sentence)
    if subjects and len(functions) == 1 and not _NOT.search(sentence):
        for case in re.split(r"\s*,\s*(?:and\s+|or\s+)?|\s+(?:and|or)\s+", subjects["cases"]):
            yield functions[0], case, "", subjects["error"]


def _together(named: Sequence[str], before: str) -> list[str]:
    """The functions of which the same is said: 'make mean and median raise ...'."""
    listed = rf"(?:`?(?:{'|'.join(map(re.escape, named))})`?(?:\(\w*\))?(?:\s*,\s*|,?\s+(?:and|both)\s+|\s*[、和]\s*|\s*$|\s+(?=both)))+(?:both\s+|都\s*|均\s*)?$"
    found = re.search(listed, before) if named else None
    return [name for name in dict.fromkeys(named) if found and re.search(rf"\b{re.escape(name)}\b", found[0])]


def _refused(module: str, name: str, value: str, error: str) -> Check:
    code = _TRIED.format(module=module, function=name, value=value, shown=value.replace("'", ""), error=error)
    return PythonHolds(code=code, label=f"{name}({value}) raises {error}", source="goal")


def _given(said: str, argument: str) -> list[str]:
    """The values that a sentence gives as examples of what is refused, as Python writes them."""
    such = _SUCH.search(said)
    if such is None or re.search(r"[,;，]", said[: such.start()]) or _EXCEPT.search(said):
        return []
    values: list[str] = []
    at, listed = 0, such["values"].strip()
    while match := _GIVEN.match(listed, at):
        at = match.end()
        bare = match["bare"] or ""
        number = re.fullmatch(r"-?\d+", bare) is not None and not _MANY.fullmatch(argument)
        values.append(bare if number else repr(match["text"] if match["text"] is not None else bare))
    return values


def refused_values(said: str, argument: str) -> list[str]:
    """Arguments of the kind that is refused; none where the words say more, or speak of something in the argument."""
    for case in (said.strip(), *re.split(r"\s+(?:or|and)\s+", said.strip())):
        text = case.strip(" `")
        for words, value in _CASES:
            known = words.pattern.replace("{argument}", re.escape(argument))
            if re.fullmatch(known, text, re.I) and not (value == "-1" and _MANY.fullmatch(argument)):
                return [value]
        for beyond, made in (*((one, False) for one in _MEASURED), *((one, True) for one in _BEYOND)):
            words, values = beyond
            match = re.fullmatch(words.pattern.replace("{argument}", re.escape(argument)), text, re.I)
            if match and not (made and _MANY.fullmatch(argument)):
                numbers = [int(number) for number in match.groups() if number is not None]
                return values(numbers) if made or numbers[0] <= _LONGEST else []
    return []
