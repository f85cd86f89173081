"""Numbers, dates and comparisons as people write them, in English and Chinese."""

import calendar
import re
from datetime import date
from typing import NamedTuple

_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
).split()
_HAN = {sign: at for at, sign in enumerate("零一二三四五六七八九十")} | {"两": 2, "〇": 0}
_MONTHS = [name.lower() for name in calendar.month_name][1:]
_M = "(?:" + "|".join(f"{name[:3]}(?:{name[3:]})?" for name in _MONTHS).replace("sep(", "sept?(") + r")\.?"
UNIT = (
    r"(?:euros?|eur|€|dollars?|usd|\$|pounds?|£|cents?|yuan|rmb|points?|years?(?:\s+old)?|kg|kilos?|km|hours?|minutes?|pieces?|units?|"
    r"%|percent|degrees|pages|days|stars?|votes?|goals?|元|块钱?|分钟?|岁|件|个|本|人|次|天|小时|斤|公斤|千克|公里|页|票|名|台|箱|瓶|份|套|克|米|度|条|单|折|℃)"
)
"""What may stand behind a number where the cells have none."""
NUMBER = (
    r"(?:[$€£¥￥]\s*)?(?:-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?(?![\d.]*\d)(?:万)?|\b(?:"
    + "|".join(_WORDS[1:])
    + r")\b|"
    r"[一二两三四五六七八九十]{1,3}(?![一二三四五六七八九十])|半(?=数))"
)
DAY = (
    rf"(?:\d{{4}}-\d{{1,2}}-\d{{1,2}}|\d{{4}}/\d{{1,2}}/\d{{1,2}}|\d{{4}}年\d{{1,2}}月\d{{1,2}}[日号]|"
    rf"(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_M},?\s+\d{{4}}|{_M}\s+(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}})"
)
MONTH = rf"(?:{_M},?\s+(?:of\s+)?\d{{4}}|\d{{4}}年\d{{1,2}}月(?:份)?(?!\d{{1,2}}[日号])|\d{{4}}-\d{{2}}(?![-\d]))"
YEAR = r"(?:(?:the\s+year\s+)?(?:19|20)\d{2}(?![-/\d.])(?:年(?!\d))?)"
BARE_MONTH = rf"(?:{_M}(?![a-z])|\d{{1,2}}月(?:份)?(?!\d))"
TIME = rf"(?:{DAY}|{MONTH}|{YEAR})"


class Span(NamedTuple):
    """From a day to a day."""

    first: date
    last: date


def number_of(text: str) -> str | None:
    """The number in digits; None if it is none."""
    text = re.sub(r"^[$€£¥￥]\s*", "", text.strip().lower()).replace(",", "")
    if re.fullmatch(r"-?\d+(?:\.\d+)?", text):
        return text
    if found := re.fullmatch(r"(\d+)万", text):
        return f"{found[1]}0000"
    if text in _WORDS:
        return str(_WORDS.index(text))
    if re.fullmatch(r"[零〇一二两三四五六七八九]", text):
        return str(_HAN[text])
    if found := re.fullmatch(r"([二三四五六七八九]?)十([一二三四五六七八九]?)", text):
        return str(10 * _HAN.get(found[1], 1) + _HAN.get(found[2], 0))
    return None


def span_of(text: str) -> Span | None:
    """The day, month or year that is meant."""
    text = re.sub(r"\s+", " ", text.strip().lower()).removeprefix("the year ").removeprefix("the ")
    parts: tuple[int, int, int] | None = None
    if found := re.fullmatch(r"(\d{4})(?:-|/|年)(\d{1,2})(?:-|/|月)(\d{1,2})[日号]?", text):
        parts = int(found[1]), int(found[2]), int(found[3])
    elif found := re.fullmatch(rf"(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?({_M}),? (\d{{4}})", text):
        parts = int(found[3]), _month(found[2]), int(found[1])
    elif found := re.fullmatch(rf"({_M}) (?:the )?(\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})", text):
        parts = int(found[3]), _month(found[1]), int(found[2])
    elif found := re.fullmatch(rf"({_M}),? (?:of )?(\d{{4}})|(\d{{4}})(?:年|-)(\d{{1,2}})(?:月份?)?", text):
        year, month = (int(found[2]), _month(found[1])) if found[1] else (int(found[3]), int(found[4]))
        if not 1 <= month <= 12:
            return None
        return Span(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))
    elif found := re.fullmatch(r"(\d{4})年?", text):
        return Span(date(int(found[1]), 1, 1), date(int(found[1]), 12, 31))
    try:
        return Span(date(*parts), date(*parts)) if parts else None
    except ValueError:
        return None


def month_of(text: str) -> int | None:
    """The number of a month that stands without its year."""
    if found := re.fullmatch(r"(\d{1,2})月份?", text.strip()):
        return int(found[1]) if 1 <= int(found[1]) <= 12 else None
    return _month(text.strip().lower()) if re.fullmatch(_M, text.strip(), re.I) else None


def _month(text: str) -> int:
    return next(at for at, name in enumerate(_MONTHS, start=1) if name.startswith(text[:3]))


_N = rf"{NUMBER}(?:\s*{UNIT}(?![a-z]))?"
_T = rf"(?:on\s+|in\s+)?{TIME}"
_BEFORE = {
    "gt": r"(?:is\s+|are\s+|was\s+|were\s+)?(?:over|above|more\s+than|greater\s+than|higher\s+than|larger\s+than|bigger\s+than|exceed(?:s|ing)?|beyond|longer\s+than|older\s+than|heavier\s+than|>|＞|大于|超过|高于|多于|大过|超出)",
    "ge": r"(?:is\s+|are\s+|was\s+|were\s+)?(?:at\s+least|no(?:t)?\s+less\s+than|no(?:t)?\s+fewer\s+than|a\s+minimum\s+of|>=|≥|不低于|不少于|不小于|至少(?:有|为|是)?|大于(?:或)?等于|达到)",
    "lt": r"(?:is\s+|are\s+|was\s+|were\s+)?(?:under|below|less\s+than|fewer\s+than|lower\s+than|smaller\s+than|cheaper\s+than|younger\s+than|shorter\s+than|<|＜|小于|低于|少于|不到|不足|不满)",
    "le": r"(?:is\s+|are\s+|was\s+|were\s+)?(?:at\s+most|no(?:t)?\s+more\s+than|no(?:t)?\s+higher\s+than|a\s+maximum\s+of|<=|≤|不超过|不高于|不大于|不多于|至多|最多|小于(?:或)?等于)",
    "eq": r"(?:is\s+exactly|are\s+exactly|exactly|equal\s+to|equals|is\s+equal\s+to|==?|＝|等于|恰好是|正好是|刚好是)",
}
_BEHIND = {
    "ge": r"\s*(?:or\s+more|or\s+higher|or\s+above|or\s+over|or\s+better|or\s+older|and\s+more|and\s+above|and\s+over|upwards|\(inclusive\)\s+or\s+more)|\s*(?:或|及|或者|和)(?:以上|更多|更高)",
    "le": r"\s*(?:or\s+less|or\s+fewer|or\s+lower|or\s+below|or\s+under|or\s+younger|and\s+less|and\s+below|and\s+under)|\s*(?:或|及|或者|和)(?:以下|更少|更低)",
    "ge?": r"\s*(?:以上|之上)(?!的前)",
    "le?": r"\s*(?:以下|以内|之内)",
}
_INCLUSIVE = r"\s*[(（](?:inclusive|both\s+included|including\s+\d+|含|包含|包括)[^()（）]{0,12}[)）]"
_TIMES = {
    "gt": r"(?:is\s+|are\s+|was\s+|were\s+)?(?:after|later\s+than|晚于)",
    "lt": r"(?:is\s+|are\s+|was\s+|were\s+)?(?:before|earlier\s+than|prior\s+to|早于)",
    "ge": r"(?:is\s+|are\s+|was\s+|were\s+)?(?:since|on\s+or\s+after|from)(?=.{2,22}(?:on(?:wards?)?\b|or\s+later))|(?:is\s+|are\s+|was\s+|were\s+)?(?:since|on\s+or\s+after|不早于)",
    "le": r"(?:is\s+|are\s+|was\s+|were\s+)?(?:on\s+or\s+before|up\s+to(?:\s+and\s+including)?|until(?:\s+and\s+including)?|no\s+later\s+than|by|不晚于|截至)",
    "eq": r"(?:is\s+|are\s+|was\s+|were\s+)?(?:in|during|on|dated|from|于|在|是|为)",
}
_TIMES_BEHIND = {
    "gt": r"(?:之后|以后|后)(?![(（]?含)",
    "lt": r"(?:之前|以前|前)(?![(（]?含)",
    "ge": r"(?:及|或)(?:之后|以后)|(?:起|开始|以来|(?:之后|以后)[(（]含[^()（）]{0,10}[)）])|\s*(?:or\s+later|onwards?|and\s+later)",
    "le": r"(?:及|或)(?:之前|以前)|(?:为止|(?:之前|以前)[(（]含[^()（）]{0,10}[)）])|\s*(?:or\s+earlier|and\s+earlier)",
    "eq": r"(?:当天|全年|那天|这天|全月|期间)?",
}
_RANGE = r"(?:(?:is\s+|are\s+|lies\s+|lie\s+|was\s+|were\s+)?(?:between|from)\s+(?P<{a}>{x})\s+(?:and|to|until|through)\s+(?P<{b}>{x})(?:{inc})?|(?:在|介于|从)?(?P<{a}2>{x})\s*(?:到|至|-|~|～|—|和|与)\s*(?P<{b}2>{x})(?:{inc})?\s*(?:之间|期间|以内)?)"


def _named(patterns: dict[str, str], kind: str, what: str, *, behind: bool) -> str:
    ways = [
        (rf"{what}(?:{pattern})" if behind else rf"(?:{pattern})\s*{what}(?:{_INCLUSIVE})?")
        for pattern in patterns.values()
    ]
    return "|".join(ways) if kind else ""


NUMERAL = (
    r"(?:[\ue300-\ue3ff\ue500-\ue5ff]|\b(?:"
    + "|".join(_WORDS[1:])
    + r")\b|[一二两三四五六七八九十]{1,3}(?![一二三四五六七八九十]))"
)
"""A number where those in digits have been put for signs."""
MOMENT = r"[\ue400-\ue5ff]"
"""A day, a month or a year, put for a sign."""
_SIGNED = rf"{NUMERAL}(?:\s*{UNIT}(?![a-z]))?"


def _loose(pattern: str) -> str:
    return re.sub(r"\?P<[ab]2?>", "?:", pattern)


SIZE = (
    "(?:"
    + _named(_BEHIND, "n", f"(?:{_SIGNED})", behind=True)
    + "|"
    + _named(_BEFORE, "n", f"(?:{_SIGNED})", behind=False)
    + "|"
    + _loose(_RANGE.format(a="a", b="b", x=_SIGNED, inc=_INCLUSIVE))
    + ")"
)
"""A comparison with a number."""
WHEN = (
    "(?:"
    + _loose(_RANGE.format(a="a", b="b", x=MOMENT, inc=_INCLUSIVE))
    + "|"
    + "|".join(rf"(?:{pattern})\s*{MOMENT}" for pattern in _TIMES.values())
    + "|"
    + "|".join(rf"{MOMENT}(?:{pattern})" for pattern in _TIMES_BEHIND.values())
    + ")"
)
"""A comparison with a day, a month, a year."""
_SPOKEN = re.compile(
    rf"(?P<t>{DAY}|{MONTH})|(?P<y>(?<![\d.,-])(?:19|20)\d\d(?![-/\d]|\.\d|,\d\d\d)年?)|(?P<n>(?:[$€£¥￥]\s*)?(?<![A-Za-z0-9_.])-?\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?(?![A-Za-z\d])|(?:[$€£¥￥]\s*)?(?<![A-Za-z0-9_.])-?\d+(?:\.\d+)?(?![\d]|\.\d|[A-Za-z](?<!k))万?)",
    re.I,
)


def spoken(text: str) -> list[tuple[int, int, str]]:
    """Where numbers and dates stand, and what each is: 'n', 't', or 'y' for what may be a year."""
    return [(found.start(), found.end(), str(found.lastgroup)) for found in _SPOKEN.finditer(text)]


def size(text: str) -> tuple[str, str | list[str]] | None:
    """The operation and the number(s) of a comparison: 'gt', 'ge', 'ge?' where it is not sure that the end counts."""
    text = text.strip()
    if found := re.fullmatch(_RANGE.format(a="a", b="b", x=_N, inc=_INCLUSIVE), text, re.I):
        ends = [_plain(found["a"] or found["a2"]), _plain(found["b"] or found["b2"])]
        return ("between", [end for end in ends if end is not None]) if None not in ends else None
    for op, pattern in _BEHIND.items():
        if found := re.fullmatch(rf"({_N})(?:{pattern})", text, re.I):
            return _told(op, found[1])
    for op, pattern in _BEFORE.items():
        if found := re.fullmatch(rf"(?:{pattern})\s*({_N})(?:{_INCLUSIVE})?", text, re.I):
            return _told(op, found[1])
    return None


def _told(op: str, text: str) -> tuple[str, str] | None:
    value = _plain(text)
    return (op, value) if value is not None else None


def _plain(text: str) -> str | None:
    return number_of(re.sub(rf"\s*{UNIT}$", "", text, flags=re.I))


def when(text: str) -> tuple[str, str | list[str]] | None:
    """The operation and the day(s) of a comparison, in ISO form."""
    text = text.strip()
    if found := re.fullmatch(_RANGE.format(a="a", b="b", x=TIME, inc=_INCLUSIVE), text, re.I):
        ends = [span_of(found["a"] or found["a2"]), span_of(found["b"] or found["b2"])]
        if ends[0] and ends[1]:
            return "between", [ends[0].first.isoformat(), ends[1].last.isoformat()]
        return None
    for patterns, behind in ((_TIMES, False), (_TIMES_BEHIND, True)):
        for op, pattern in patterns.items():
            form = rf"({TIME})(?:{pattern})" if behind else rf"(?:{pattern})\s*({TIME})"
            found = re.fullmatch(form, text, re.I)
            span = span_of(found[1]) if found else None
            if span is None:
                continue
            one = span.first == span.last
            if op == "eq":
                if one and re.match("from", text, re.I):
                    return None  # 'from 1 March': on that day, or since?
                return ("eq", span.first.isoformat()) if one else ("between", [d.isoformat() for d in span])
            if op == "le" and not one and re.match(r"until|by|截至", text, re.I):
                return None  # 'until March' may leave March out
            return op, (span.last if op in ("gt", "le") else span.first).isoformat()
    return None
