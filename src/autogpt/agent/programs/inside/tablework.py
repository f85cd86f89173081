"""Work on one table that a goal says in full: rows picked, sorted, grouped and counted, and written in the form told.

Runs inside the sandbox. What is not plain in the data (a gap in a summed column, a tie for the first place, a number
that is none) stops the whole work before a file is written.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from autogpt.agent.programs.inside.sources import based, table_of
from autogpt.agent.programs.inside.values import Unclear, alike, day, empty, number, once, ranks, said

Row = dict[str, Any]
Rows = list[Row]
Step = Sequence[Any]

_PLACES = 4
"""Decimals that an average may have where nobody said how many."""


def exact(value: Fraction, decimals: int | None) -> Decimal:
    """The number with so many decimals; where none are told, as it is, if it ends soon."""
    if decimals is None:
        for places in range(_PLACES + 1):
            if (value * 10**places).denominator == 1:
                return Decimal(int(value * 10**places)).scaleb(-places)
        raise Unclear("a number without an end, and nobody said how many decimals")
    scaled = value * 10**decimals
    if (scaled * 2).denominator == 1 and scaled.denominator != 1:
        raise Unclear("a number half way between two that it could be rounded to")
    return Decimal(round(scaled)).scaleb(-decimals)


def holds(row: Row, test: Mapping[str, Any]) -> bool:
    """Whether a row meets a condition: `column`, `op`, `value`, and `kind` ('text', 'number', or the form of dates)."""
    cell, op, kind = row[test["column"]], test["op"], test.get("kind", "text")
    told: Any = test.get("value")
    values: list[Any] = [*told] if isinstance(told, list) else [told]  # pyright: ignore[reportUnknownVariableType]
    if op in ("empty", "filled"):
        return empty(cell) == (op == "empty")
    if kind == "text":
        text = said(cell).strip().casefold()
        folded = [str(one).strip().casefold() for one in values]
        if op in ("eq", "ne"):
            if op == "ne" and empty(cell):
                raise Unclear("an empty cell is not equal, or not known")
            return (text in folded) == (op == "eq")
        found = {
            "contains": any(one in text for one in folded),
            "starts": any(text.startswith(one) for one in folded),
            "ends": any(text.endswith(one) for one in folded),
        }
        return found[op]
    if empty(cell):
        raise Unclear(f"an empty cell in {test['column']}")
    have: Any = number(cell) if kind == "number" else day(cell, kind)
    want: list[Any] = [number(one) if kind == "number" else date.fromisoformat(str(one)) for one in values]
    if op == "between":
        return want[0] <= have <= want[1]
    ways: dict[str, bool] = {"lt": have < want[0], "le": have <= want[0], "gt": have > want[0], "ge": have >= want[0]}
    return (ways | {"eq": have == want[0], "ne": have != want[0]})[op]


def where(rows: Rows, groups: Sequence[Sequence[Mapping[str, Any]]], wanted: bool = True) -> Rows:
    """The rows that meet one condition of each group; or all others."""
    return [row for row in rows if all(any([holds(row, t) for t in tests]) for tests in groups) == wanted]


def ordered(rows: Rows, keys: Sequence[Sequence[Any]]) -> Rows:
    """The rows in order; a key is a column, how it is compared, and whether the largest comes first."""
    for name, how, down in reversed(keys):
        places = ranks([row[name] for row in rows], how)
        rows = [rows[at] for at in sorted(range(len(rows)), key=lambda at: places[at], reverse=down)]
    return rows


def placed(rows: Rows, keys: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """What each of the rows was sorted by."""
    return list(zip(*(ranks([row[name] for row in rows], how) for name, how, _ in keys), strict=True))


def first(rows: Rows, count: int, keys: Sequence[Sequence[Any]]) -> Rows:
    """The first rows. Where they were sorted, none behind them may be as good as the last of them."""
    if 0 < count < len(rows) and keys:
        places = placed(rows, keys)
        if places[count - 1] == places[count]:
            raise Unclear("a tie for the last place")
    if count > len(rows):
        raise Unclear(f"only {len(rows)} rows")
    return rows[:count]


def unique(rows: Rows, columns: Sequence[str]) -> Rows:
    """The rows without those that are there before."""
    return [rows[at] for at in once([tuple(said(row[name]) for name in columns) for row in rows])]


def figure(rows: Rows, fn: str, column: str, decimals: int | None) -> Any:
    """One number for these rows."""
    if fn == "count":
        return len(rows)
    if fn == "distinct":
        alike([said(row[column]) for row in rows])
        return len({said(row[column]) for row in rows if not empty(row[column])})
    numbers = [number(row[column]) for row in rows]
    if fn == "sum":
        total = sum(numbers, Decimal(0))
        return total if decimals is None else exact(Fraction(total), decimals)
    if not numbers:
        raise Unclear("no rows")
    if fn == "average":
        return exact(sum(map(Fraction, numbers), Fraction(0)) / len(numbers), decimals)
    if fn == "range":
        return max(numbers) - min(numbers)
    best = max(numbers) if fn == "max" else min(numbers)
    return best if decimals is None else exact(Fraction(best), decimals)


def grouped(rows: Rows, columns: Sequence[str], figures: Sequence[Sequence[Any]]) -> Rows:
    """One row for each value of the columns, in the order they come. A figure: new column, what, of which, decimals."""
    groups: dict[tuple[str, ...], Rows] = {}
    for name in columns:
        alike([said(row[name]) for row in rows])
    for row in rows:
        if any(empty(row[name]) for name in columns):
            raise Unclear("an empty cell in a column that is grouped by")
        groups.setdefault(tuple(said(row[name]) for name in columns), []).append(row)
    if not columns:
        groups = {(): rows}
    return [
        {
            **{name: group[0][name] for name in columns},
            **{new: figure(group, fn, column, decimals) for new, fn, column, decimals in figures},
        }
        for group in groups.values()
    ]


def listed(rows: Rows, by: str, column: str) -> Rows:
    """For each value of a column those of another."""
    alike([said(row[by]) for row in rows])
    groups: dict[str, list[Any]] = {}
    for row in rows:
        groups.setdefault(said(row[by]), []).append(row[column])
    return [{by: key, column: values} for key, values in groups.items()]


def computed(row: Row, op: str, names: Sequence[str], more: Any, decimals: int | None) -> Any:
    """What comes of some cells of a row: 'times', 'plus', 'minus', 'over', 'percent' of a number, 'join'."""
    if op == "join":
        return str(more).join(said(row[name]).strip() for name in names)
    numbers = [Fraction(number(row[name])) for name in names]
    if more is not None:
        numbers.append(Fraction(str(more)))
    value = numbers[0]
    for other in numbers[1:]:
        if op in ("over", "percent") and other == 0:
            raise Unclear("a division by zero")
        match op:
            case "times":
                value = value * other
            case "plus":
                value = value + other
            case "minus":
                value = value - other
            case "over":
                value = value / other
            case _:
                value = value / other * 100
    if decimals is None and op != "over" and op != "percent":
        places = max(-int(number(row[name]).as_tuple().exponent) for name in names)
        if op in ("plus", "minus") or (value * 10**places).denominator == 1:
            return exact(value, places) if places else int(value) if value.denominator == 1 else exact(value, None)
    return exact(value, decimals)


def shared(rows: Rows, new: str, column: str, decimals: int | None) -> Rows:
    """The rows with each one's share of the sum of a column, in percent."""
    total = sum((Fraction(number(row[column])) for row in rows), Fraction(0))
    if total == 0:
        raise Unclear("a division by zero")
    return [{**row, new: exact(Fraction(number(row[column])) / total * 100, decimals)} for row in rows]


def cleaned(cell: object, how: str, args: Sequence[str] = ()) -> Any:
    """A cell put right: 'trim', 'upper', 'lower', 'digits', 'plus digits', 'replace', 'set', 'add', 'percent' ..."""
    if how in ("add", "percent"):
        have, by = number(cell), Decimal(args[0])
        if how == "add":
            return have + by
        value = Fraction(have) * (1 + Fraction(args[0]) / 100)
        places = max(0, -int(have.as_tuple().exponent))
        for wide in (places, 2):
            if (value * 10**wide).denominator == 1:
                return exact(value, wide)
        raise Unclear("a price with more decimals than before")
    text = said(cell)
    match how:
        case "trim":
            return text.strip()
        case "squeeze":
            return " ".join(text.split())
        case "upper":
            return text.upper()
        case "lower":
            return text.lower()
        case "title":
            return re.sub(r"[A-Za-z]+", lambda word: word[0].capitalize(), text)
        case "digits":
            if "+" in text:
                raise Unclear("a plus sign before digits")
            return re.sub(r"\D", "", text)
        case "plus digits":
            return ("+" if text.strip().startswith("+") else "") + re.sub(r"\D", "", text)
        case "replace":
            return text.replace(args[0], args[1])
        case "set":
            return args[0]
        case _:
            raise Unclear(how)


def worked(rows: Rows, steps: Sequence[Step]) -> Rows:
    """The rows after all steps: the name of one and what it needs."""
    keys: Sequence[Sequence[Any]] = ()
    for name, *args in steps:
        if name not in _STEPS:
            raise Unclear(name)
        rows = _STEPS[name](rows, *args, *([keys] if name in ("first", "rank") else []))
        keys = args[0] if name == "sort" else () if name == "group" else keys
    return rows


def ranked(rows: Rows, new: str, keys: Sequence[Sequence[Any]]) -> Rows:
    """The sorted rows with their places before them; two with the same place are not plain."""
    if any(a == b for a, b in pairwise(placed(rows, keys))):
        raise Unclear("a tie")
    return [{new: at, **row} for at, row in enumerate(rows, start=1)]


def without(rows: Rows, groups: Sequence[Sequence[Mapping[str, Any]]]) -> Rows:
    """The rows that `where` leaves out."""
    return where(rows, groups, False)


def last(rows: Rows, count: int) -> Rows:
    return rows[-count:]


def reverse(rows: Rows) -> Rows:
    return rows[::-1]


def compute(rows: Rows, new: str, op: str, names: Sequence[str], more: Any, decimals: int | None) -> Rows:
    """The rows with a new column."""
    return [{**row, new: computed(row, op, names, more, decimals)} for row in rows]


def clean(rows: Rows, name: str, how: str, args: Sequence[str], tests: Sequence[Sequence[Mapping[str, Any]]]) -> Rows:
    """The rows with a column put right, where they meet the conditions."""
    return [{**row, name: cleaned(row[name], how, args)} if where([row], tests) else row for row in rows]


def pick(rows: Rows, columns: Sequence[Sequence[str]]) -> Rows:
    """The rows with these columns, each by its name there and its name from here on."""
    return [{new: row[old] for old, new in columns} for row in rows]


_STEPS: dict[str, Any] = {
    "where": where,
    "without": without,
    "sort": ordered,
    "first": first,
    "last": last,
    "reverse": reverse,
    "unique": unique,
    "group": grouped,
    "list": listed,
    "compute": compute,
    "share": shared,
    "rank": ranked,
    "clean": clean,
    "pick": pick,
}


def loaded(text: str, source: Mapping[str, Any]) -> Rows:
    """The rows of a text: CSV, JSON or plain lines."""
    table = table_of(text, source["kind"], source.get("separator", ""), source.get("under", ()))
    return [dict(zip(table.head, row, strict=True)) for row in table.rows]


def read(source: Mapping[str, Any]) -> Rows:
    """The rows of the source as it is in the folder."""
    return _SOURCES.get(source["kind"], _file)(source)


def _file(source: Mapping[str, Any]) -> Rows:
    return loaded(Path(source["path"]).read_bytes().decode("utf-8"), source)


def _base(source: Mapping[str, Any]) -> Rows:
    head, rows = based(source["path"], source["table"])
    if missing := [name for name in source["columns"] if name not in head]:
        raise Unclear(f"no column {missing}")
    return [dict(zip(head, row, strict=True)) for row in rows]


_SOURCES: dict[str, Any] = {"sqlite": _base}
