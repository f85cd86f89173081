"""How a program of a small model gets the rows of each group together, where the goal wants one result for each.

"One row per vehicle": such a model writes out every row it has read and adds nothing up. With the rows of each vehicle
at hand it does what is left. Written as plainly as can be, for it goes on in the same way.
"""

import keyword
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_MOST = 2
"""Groupings that a program is given."""
_EACH = (
    r"(?:(?<!sorted )(?<!sort )(?<!ordered )\b(?:grouped|group|summed|totals?|totalled|counts?|broken down|split) by|\bper|"
    r"\b(?:for|maps) (?:each|every)|\b(?:one|a|1) (?:row|line|entry|object|record|item|section) (?:for )?(?:each|every))\s+"
    r"(?:distinct |different |unique |single |calendar )?[`\"'“]?(?P<en>[A-Za-z_][\w-]*)"
)
_EACH_ZH = (
    r"(?:(?:每一?|各)[个位种名家类项款只条间台辆人]?|按|依照?|以)(?P<zh>[\w\u4e00-\u9fff]{1,8}?)"
    r"(?=的|分别|各自|一共|总共|共|平均|最|汇总|统计|分组|分类|合计|求和|累计|计算|一行|有|[，。、；:：\s]|$)"
)
_GROUPED = re.compile(rf"{_EACH}|{_EACH_ZH}|一(?P<one>[\u4e00-\u9fff]{{1,3}}?)一(?:行|条|项|节)", re.I)
_MONTHS = frozenset({"month", "months", "月", "月份", "个月"})
_SINGLE = re.compile(
    r"\b(?:sum|total\w*|average|mean|median|count|number of|how many|most|least|largest|highest|lowest|smallest|latest|newest|last|"
    r"one (?:row|line|entry|object|record|item) (?:per|for)|a (?:row|line) (?:per|for))\b|"
    r"总|一共|多少|几|合计|汇总|平均|数量|次数|笔数|人数|件数|个数|统计|最高|最低|最大|最小|最新|最近|一行|累计|求和",
    re.I,
)
"""That one result is wanted for each group, and not something done to each of its rows."""


@dataclass(frozen=True)
class Records:
    """Rows that a program has read in: its variable, and the cells of each column as far as the head shows them."""

    name: str
    columns: dict[str, list[str]]


def groupings(goal: str, records: Sequence[Records], taken: Sequence[str] = (), *, iso_date: bool = False) -> str:
    """Lines for each grouping that the goal speaks of: a dict from the value to its rows; '' where there is none.

    iso_date: whether the program has a function of that name, which makes dates YYYY-MM-DD.

    A column all of whose values differ has no groups, and one that several tables have may be of either.
    """
    if not _SINGLE.search(goal):
        return ""
    lines: dict[str, None] = {}
    for match in _GROUPED.finditer(goal):
        said = (match["en"] or match["zh"] or match["one"]).strip()
        found = [line for one in records for line in _line(said, one, taken, iso_date=iso_date)]
        lines |= {found[0]: None} if len(found) == 1 else {}
    return "".join(list(lines)[:_MOST])


def _line(said: str, records: Records, taken: Sequence[str], *, iso_date: bool) -> Iterator[str]:
    for column, cells in records.columns.items():
        known = [cell.strip() for cell in cells if cell.strip()]
        if len(set(known)) in (0, 1, len(known)) and said.lower() not in _MONTHS:
            continue
        if _same(said, column):
            yield _written(f"by_{_word(column)}", f"row[{column!r}]", records.name, taken)
            return
    dates = [c for c, cells in records.columns.items() if cells and all(_DAY.fullmatch(x.strip()) for x in cells)]
    if said.lower() in _MONTHS and len(dates) == 1:
        plain = all(_ISO.match(cell.strip()) for cell in records.columns[dates[0]])
        read = f"row[{dates[0]!r}]" if plain else f"iso_date(row[{dates[0]!r}])"
        if plain or iso_date:
            yield _written("by_month", f"{read}[:7]", records.name, taken)


_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_DAY = re.compile(r"(?:\d{4}-\d\d-\d\d|\d{1,4}[/.]\d{1,2}[/.]\d{1,4}|\d{4}年\d{1,2}月\d{1,2}日)(?:[T ]\d\d:\d\d.*)?")


def _written(name: str, key: str, rows: str, taken: Sequence[str]) -> str:
    name = name if name not in taken else f"rows_{name}"
    return f"{name} = {{}}\nfor row in {rows}:\n    {name}.setdefault({key}, []).append(row)\n"


def _same(said: str, column: str) -> bool:
    """Whether the word is the column's name, but for capitals, the plural and an ending such as _id."""
    word, name = (re.sub(r"[\s_-]+", "", text.strip().lower()) for text in (said, column))
    alike = {name, f"{name}s", name.removesuffix("s")}
    alike |= {name.removesuffix(end) for end in ("id", "name", "code") if len(word) > 3}
    short = re.fullmatch(r"[\u4e00-\u9fff]{1,3}", word) and re.fullmatch(rf"{word}[级组号名别称类]", name)
    return bool(word) and (word in alike or short is not None)


def _word(column: str) -> str:
    word = re.sub(r"\W+", "_", column.strip().lower()).strip("_")
    return word if word and f"by_{word}".isidentifier() and not keyword.iskeyword(word) else "group"
