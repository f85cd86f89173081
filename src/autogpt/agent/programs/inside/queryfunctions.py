"""Functions that other databases have and SQLite has not: small models write them all the same.

Runs inside the sandbox, with `querywork`. NULL gives NULL, but for CONCAT.
"""

import re
import statistics
from collections.abc import Callable
from typing import Any

from autogpt.agent.programs.inside.values import said


class Median:
    """The aggregate MEDIAN."""

    def __init__(self) -> None:
        self.values: list[float] = []

    def step(self, value: float | None) -> None:
        if value is not None:
            self.values.append(value)

    def finalize(self) -> float | None:
        return statistics.median(self.values) if self.values else None


def _known(work: Callable[..., Any]) -> Callable[..., Any]:
    def asked(*values: Any) -> Any:
        return None if any(value is None for value in values) else work(*values)

    return asked


def _found(pattern: str, text: Any) -> bool:
    return re.search(pattern, said(text)) is not None


def _like(text: Any, pattern: str) -> bool:
    return _found(pattern, text)


def _replaced(text: Any, pattern: str, by: str, *_: Any) -> str:
    return re.sub(pattern, re.sub(r"\$(\d)", r"\\\1", by), said(text))


def _joined(*values: Any) -> str:
    return "".join(said(value) for value in values)


def _part(text: Any, sign: str, number: int) -> str | None:
    parts = said(text).split(sign)
    return parts[number - 1] if 0 < number <= len(parts) else None


def _year(day: Any) -> int:
    return int(said(day)[:4])


def _month(day: Any) -> int:
    return int(said(day)[5:7])


def _day(day: Any) -> int:
    return int(said(day)[8:10])


def _left(text: Any, count: int) -> str:
    return said(text)[:count]


def _right(text: Any, count: int) -> str:
    return said(text)[-count:] if count > 0 else ""


def _padded(text: Any, count: int, by: str) -> str:
    return said(text).rjust(count, by)


def _turned(text: Any) -> str:
    return said(text)[::-1]


def _capital(text: Any) -> str:
    return re.sub(r"[^\W\d_]+", lambda word: word[0].capitalize(), said(text))


FUNCTIONS: tuple[tuple[str, int, Callable[..., Any]], ...] = (
    ("REGEXP", 2, _known(_found)),
    ("REGEXP_LIKE", 2, _known(_like)),
    ("REGEXP_REPLACE", -1, _known(_replaced)),
    ("CONCAT", -1, _joined),
    ("SPLIT_PART", 3, _known(_part)),
    ("YEAR", 1, _known(_year)),
    ("MONTH", 1, _known(_month)),
    ("DAY", 1, _known(_day)),
    ("LEFT", 2, _known(_left)),
    ("RIGHT", 2, _known(_right)),
    ("LPAD", 3, _known(_padded)),
    ("REVERSE", 1, _known(_turned)),
    ("INITCAP", 1, _known(_capital)),
)
"""Name, number of arguments (-1: any), and what it does."""
