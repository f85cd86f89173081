"""The rows of each month, for a program of a small model that is to sum up by month.

Such models take months out of dates in ways that break. Rows put together by any other column they can do without: with
them at hand, one of six such tasks was lost and none won.
"""

import re
from collections.abc import Collection, Sequence

from autogpt.agent.programs.oddities import Table

_MONTHLY = re.compile(
    r"\b(?:per|by|each|every|for each|for every) (?:calendar )?month\b|\bmonthly\b|(?:每个?|按|各个?|分)月", re.I
)
_DAY = re.compile(r"(?:\d{4}-\d\d-\d\d|\d{1,4}[/.]\d{1,2}[/.]\d{1,4}|\d{4}年\d{1,2}月\d{1,2}日)(?:[T ]\d\d:\d\d.*)?")
_ISO = re.compile(r"\d{4}-\d\d-\d\d")


def by_month(goal: str, tables: Sequence[tuple[str, Table]], taken: Collection[str], *, iso_date: bool) -> str:
    """Lines that make a dict of months, like 2025-03, and their rows; '' where the goal does not speak of months.

    tables: each with the variable of its rows, which are read in by their names. iso_date: whether the program has a
    function of that name, which makes dates YYYY-MM-DD.
    """
    if not _MONTHLY.search(goal) or "by_month" in taken:
        return ""
    found: list[str] = []
    for name, table in tables:
        columns = {head.strip(): [cell.strip() for cell in table.column(at)] for at, head in enumerate(table.head)}
        dates = {head: cells for head, cells in columns.items() if cells and all(map(_DAY.fullmatch, cells))}
        if len(dates) == 1:
            head, cells = dates.popitem()
            plain = all(map(_ISO.match, cells))
            key = f"row[{head!r}]" if plain else f"iso_date(row[{head!r}])"
            if plain or iso_date:
                found.append(
                    f"by_month = {{}}\nfor row in {name}:\n    by_month.setdefault({key}[:7], []).append(row)\n"
                )
    return found[0] if len(found) == 1 else ""
