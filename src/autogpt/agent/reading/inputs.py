"""Inputs to try a function on, from what the goal says: "days is a list of strings like '2025-03-01'"."""

import re
from collections.abc import Sequence
from random import Random

_SIGNATURE = r"\b{name}\(([^()\n]{{0,200}})\)"
_TEXTS = "strings?|str|words|names|dates|texts?|lines|字符串|日期|名字|单词|文本"
_NUMBERS = "ints?|integers?|numbers?|floats?|整数|数字|数"
_LISTS = "lists?|array|sequence|tuple|列表|数组"
_MANY = rf"(?:{_LISTS})(?:\s+of\s+|\[)(?:\w+\s+)?(?:{{kind}})\b|(?:{{kind}})(?:的)?(?:列表|数组)"
_SAMPLE = re.compile(
    r"(?:like|such as|e\.g\.|for example|in the form|如|例如|比如|形如)[\s,:：]*[`\"'“‘]{1,2}([^`\"'”’\n]{1,40})[`\"'”’]"
)


_TAKEN = re.compile(
    r"(?:\b(?:takes?|accepts?|given|gets|receives|expects)\b|接收|接受|传入|输入|参数(?:是|为)?)(?:(?!\breturn|返回)[^.;。；\n\"“']){0,40}"
    r"[\"“'](?P<sample>[^\"”'\n]{2,40})[\"”'](?!\s*(?:return|返回))"
)


def taken(goal: str) -> str:
    """The text that the goal shows as an example of what its function is given; '' where it shows none."""
    found = _TAKEN.search(goal)
    return found["sample"] if found else ""


def pools(goal: str, functions: Sequence[str]) -> dict[str, list[object]]:
    """For each parameter whose kind the goal tells, some values of that kind."""
    found: dict[str, list[object]] = {}
    for function in functions:
        for told in re.findall(_SIGNATURE.format(name=re.escape(function)), goal):
            for one in told.split(","):
                name, _, kind = one.partition("=")[0].partition(":")
                alone = [] if "," in told else _digits(goal)
                if name.strip().isidentifier() and (values := _values(goal, name.strip(), kind) or alone):
                    found.setdefault(name.strip(), values)
                elif name.strip().isidentifier() and "," not in told and len(functions) == 1 and taken(goal):
                    found.setdefault(name.strip(), [*_alike(taken(goal)), ""])
    return found


_LONG = re.compile(r"(?<![\w.-])(\d{1,2})\s*[- ]?(?:digits?\b|digit (?:number|code)s?\b|位(?:数字|数|的数字)?)", re.I)


def lengths(goal: str) -> list[int]:
    """Of how many digits the goal says that something has to be, if that is some number of them."""
    return sorted({int(one) for one in _LONG.findall(goal) if 4 <= int(one) <= 40})[:2]


def _digits(goal: str) -> list[object]:
    """Numbers of the lengths that the goal speaks of ('there have to be 13 digits'), many, for few of them are special."""
    drawn = Random(1)  # noqa: S311  # no secrets, and the same in every run
    texts = ["".join(drawn.choices("0123456789", k=length)) for length in lengths(goal) for _ in range(60)]
    return [*texts, "", f"{texts[0][:-1]}x", texts[0][:-1], f"{texts[0][:3]}-{texts[0][3:]}"] if texts else []


def _values(goal: str, name: str, annotated: str) -> list[object]:
    said = re.search(
        rf"[`'\"]?\b{name}\b[`'\"]?\s*(?:is|are|=|:|：|是|为)\s*(?:an?\s+|the\s+|一个|一组)?([^.;。；\n]{{1,120}})",
        goal,
    )
    words = f"{annotated} {said[1] if said else ''}"
    sample = _SAMPLE.search(said[1]) if said else None
    texts = _alike(sample[1]) if sample else ["b", "a", "cc", "a b"]
    if re.search(_MANY.format(kind=_TEXTS), words, re.I):
        one, two, three, four = texts[:4]
        return [[], [one], [two, one], [one, two, four], [one, one, two, three], [four, one, three, two, one]]
    if re.search(_MANY.format(kind=_NUMBERS), words, re.I):
        return [[], [1], [3, 1, 2, 3], [5, -1, 4], [2, 2, 7, 8, 9]]
    if re.match(rf"\s*(?:\w+\s+)?(?:{_TEXTS})\b|\s*(?:{_TEXTS})", words, re.I):
        return ["", *texts]
    if re.match(rf"\s*(?:\w+\s+)?(?:{_NUMBERS})\b|\s*(?:{_NUMBERS})", words, re.I):
        return [0, 1, 2, 3, 7, 10, 15, 100]
    return []


def _alike(sample: str) -> list[str]:
    """The sample and others made like it: its last number counted on, or its letters changed."""
    number = re.search(r"\d+(?=\D*$)", sample)
    if number is None:
        return [sample, sample[::-1], sample.upper(), sample[1:] + sample[:1]]
    found: list[str] = []
    for more in (0, 1, 2, 5):
        value = str(int(number[0]) + more).zfill(len(number[0]))
        found.append(sample[: number.start()] + value + sample[number.end() :])
    return found
