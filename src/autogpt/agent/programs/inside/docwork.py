"""Rows of several tables brought together: where they are, and by which columns they belong together.

Runs inside the sandbox, and outside it on the texts that were seen. One program with `values` and `sources`.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from autogpt.agent.programs.inside.sources import Read, based, table_of
from autogpt.agent.programs.inside.values import Cell, Table, Unclear, alike, key, number, plain

Place = Sequence[str]
"""A file, and in a database its table."""


_BASES: dict[str, Any] = {"db": based, "sqlite": based, "sqlite3": based}


def load(read: Read, place: Place) -> Table:
    """The table at a place: rows of a CSV file, objects of a JSON list, pairs of a JSON object, lines of a text."""
    path = place[0]
    ending = path.lower().rpartition(".")[2]
    if ending in _BASES:
        return _BASES[ending](path, place[1] if len(place) > 1 else "")
    table = table_of(read(path).decode("utf-8"), ending, even=True)
    if table.head == ["line"]:
        return Table(["line"], [[one.strip() if isinstance(one, str) else one] for [one] in table.rows])
    return table


def keys(table: Table, name: str, *, once: bool = True) -> list[str]:
    """What the rows are found by. No two may differ only in what people leave out."""
    found = [key(cell) for cell in table.cells(name)]
    if any(not one for one in found):
        raise Unclear(f"empty cells in {name}")
    if once and len(set(found)) < len(found):
        raise Unclear(f"some {name} stands twice")
    alike(found)
    return found


def link(left: Table, right: Table, told: Sequence[str] = ()) -> tuple[str, str]:
    """The columns by which rows of two tables belong together: the one of the told name, the one of the same name, or
    the only ones of which all values of the first are among those of the second."""
    names = [name for name in told if name]
    if len(names) == 2:
        return left.head[left.at(names[0])], right.head[right.at(names[1])]
    if names:
        return left.head[left.at(names[0])], right.head[right.at(names[0])]
    if len(left.head) == len(right.head) == 1:
        return left.head[0], right.head[0]
    same = [
        (one, other)
        for one in left.head
        for other in right.head
        if plain(one) == plain(other) and _some(left, one) & _some(right, other) and _once(right, other)
    ]
    if len(same) == 1:
        return same[0]
    inside = [
        (one, other)
        for one in left.head
        for other in right.head
        if _some(left, one) <= _some(right, other) and _once(right, other) and len(_some(left, one)) > 1
    ]
    if same or len(inside) != 1:
        raise Unclear("it is not plain by which columns the rows belong together")
    return inside[0]


def _some(table: Table, name: str) -> set[str]:
    return {key(cell) for cell in table.cells(name)}


def _once(table: Table, name: str) -> bool:
    return len(_some(table, name)) == len(table.rows)


def written(value: Decimal, like: Cell) -> Cell:
    """A number in the form of the cell it replaces: text for text, an integer where it is one."""
    if isinstance(like, str):
        places = max(-int(value.as_tuple().exponent), len(like.strip().partition(".")[2]))
        return f"{value:.{places}f}"
    return int(value) if value == value.to_integral_value() and not isinstance(like, float) else float(value)


def typed(table: Table, names: Sequence[str]) -> Table:
    """The table with the numbers of these columns as numbers."""
    places = [table.at(name) for name in names]
    for at in places:
        for row in table.rows:
            number(row[at])
    rows = [[_number(cell) if at in places else cell for at, cell in enumerate(row)] for row in table.rows]
    return Table(table.head, rows)


def _number(cell: Cell) -> Cell:
    value = number(cell)
    text = str(cell).strip()
    if re.match(r"-?0\d", text):
        raise Unclear(f"{text} has a zero before it")
    return float(value) if "." in text else int(value)
