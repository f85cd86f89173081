"""Conditions for rows, as phrases say them; None wherever the cells do not fit."""

import re
from typing import Any, cast

from autogpt.agent.programs.inside.values import day
from autogpt.agent.reading.tables import amounts
from autogpt.agent.reading.tables.ground import Column
from autogpt.agent.reading.tables.lexicon import Lexicon
from autogpt.agent.reading.tables.tiling import Bit, Found

Test = tuple[Any, ...]
"""Column, operation, value(s), kind: as in `tablework.holds`."""


def kept(*tests: Test | None, out: bool = False) -> list[Bit] | None:
    """The rows that meet one of the tests count; or, with `out`, they do not."""
    if not tests or any(test is None for test in tests):
        return None
    return [("out" if out else "cond", *(test for test in tests if test is not None))]


def sized(column: Column | None, text: str) -> Test | None:
    """A comparison of a column of numbers with a number."""
    told = amounts.size(text)
    if column is None or told is None or column.kind != "number":
        return None
    op, value = told
    if op.endswith("?"):
        op = op[:-1]  # by law and at school, 以上 and 以下 count the number itself
    return column.name, op, tuple(value) if isinstance(value, list) else value, "number"


def timed(lexicon: Lexicon, column: Column | None, text: str) -> Test | None:
    """A comparison of a column of dates with a day, a month or a year; of the only one where none is named."""
    dates = [one for one in lexicon.source.columns if one.is_date]
    if column is None and len(dates) == 1:
        column = dates[0]
    told = amounts.when(text)
    if column is None:
        return _in_year(lexicon, None, text)
    if told is None:
        return None
    if not column.is_date:
        return _in_year(lexicon, column, text)
    op, value = told
    return column.name, op, tuple(value) if isinstance(value, list) else value, column.kind


def _in_year(lexicon: Lexicon, column: Column | None, text: str) -> Test | None:
    """A year, where a column holds years only."""
    years = [
        one
        for one in lexicon.source.columns
        if one.kind == "number" and one.values and all(re.fullmatch(r"(?:19|20)\d\d", value) for value in one.values)
    ]
    if column is None:
        column = years[0] if len(years) == 1 else None
    told = amounts.when(text)
    if column is None or column not in years or told is None:
        return None
    op, value = told
    days = value if isinstance(value, list) else [value]
    if not all(re.fullmatch(r"\d{4}-(?:01-01|12-31)", day) for day in days):
        return None
    spans = [day[:4] for day in days]
    if op == "between":
        return column.name, "between", (spans[0], spans[1]), "number"
    return column.name, op, spans[0], "number"


def in_month(lexicon: Lexicon, text: str) -> Test | None:
    """A month without its year, where all dates are of one year."""
    month = amounts.month_of(text)
    dates = [one for one in lexicon.source.columns if one.is_date]
    if month is None or len(dates) != 1 or dates[0].gaps:
        return None
    years = {day(value, dates[0].kind).year for value in dates[0].values}
    span = amounts.span_of(f"{min(years)}-{month:02d}") if len(years) == 1 else None
    return (dates[0].name, "between", (span.first.isoformat(), span.last.isoformat()), dates[0].kind) if span else None


def valued(lexicon: Lexicon, text: str, column: Column | None = None, op: str = "eq") -> Test | None:
    """One of the values that stand in the text; all of one column, and none of another as well."""
    found: list[set[tuple[str, str]]] = []
    for match in lexicon.v_words.finditer(text):
        found.append(set(lexicon.value(match[0], column.name if column else "")))
    if not found or not all(found):
        return None
    shared = {name for name, _ in found[0]}
    for one in found[1:]:
        shared &= {name for name, _ in one}
    if len(shared) != 1 or (column is None and any(len({name for name, _ in one}) > 1 for one in found)):
        return None
    name = next(iter(shared))
    values = tuple(sorted({value for one in found for at, value in one if at == name}))
    return name, op, values, "text"


def flagged(column: Column | None, *, yes: bool) -> Test | None:
    """A column of yes and no."""
    if column is None or column.truth is None or column.gaps:
        return None
    value = column.truth[0 if yes else 1]
    return column.name, "eq", (value,), "text"


def filled(column: Column | None, *, there: bool) -> Test | None:
    """Cells that are empty, or are not."""
    return (column.name, "filled" if there else "empty", (), "text") if column else None


def like(lexicon: Lexicon, found: Found, op: str, column: Column | None = None) -> Test | None:
    """A text at the beginning, at the end, or anywhere in a cell. Capitals must make no difference."""
    text = lexicon.plain(found["q"]) if "q" in found else found.get("w", "").strip()
    column = column or (lexicon.column(found["c"]) if "c" in found else None)
    if column is None and len(lexicon.source.columns) == 1:
        column = lexicon.source.columns[0]
    if lexicon.source.open or not text or column is None or (column.kind not in ("text",) and not column.is_code):
        return None
    folded = [value for value in column.values if text.casefold() in value.casefold()]
    if any(text not in value for value in folded):
        return None
    if op == "contains" and text.isascii() and text.isalnum() and any(not _apart(text, value) for value in folded):
        return None
    return column.name, op, (text,), "text"


def _apart(text: str, value: str) -> bool:
    """Whether the text stands in the value as a word of its own wherever it does."""
    return len(re.findall(re.escape(text), value)) == len(re.findall(rf"(?<!\w){re.escape(text)}(?!\w)", value))


def plain(test: Test) -> dict[str, Any]:
    """The test as `tablework` takes it."""
    column, op, value, kind = test
    return {
        "column": column,
        "op": op,
        "value": list(cast("tuple[str, ...]", value)) if isinstance(value, tuple) else value,
        "kind": kind,
    }
