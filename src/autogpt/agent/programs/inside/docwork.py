"""Tables, lists and mappings that are read, brought together, turned round and changed, as a goal says in full.

Runs inside the sandbox, and outside it on the texts that were seen. What is not plain stops the whole work.
"""

import csv
import io
import json
import re
import sqlite3
import unicodedata
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple, cast

Cell = str | int | float | bool | None
Read = Callable[[str], bytes]
"""Gives the content of a file."""
Place = Sequence[str]
"""A file, and in a database its table."""


class Unclear(Exception):
    """The data is such that what was asked for could mean several things."""


class Table(NamedTuple):
    head: list[str]
    rows: list[list[Cell]]

    def at(self, name: str) -> int:
        """The place of a column."""
        return column(self.head, name)

    def cells(self, name: str) -> list[Cell]:
        """A column's cells."""
        place = self.at(name)
        return [row[place] for row in self.rows]


def plain(name: object) -> str:
    """A name without what people leave out: case, signs between words, full-width forms."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", str(name))).casefold()


def column(head: Sequence[str], name: str) -> int:
    """Where the column of that name is: written the same way, else in the same letters, or as a plural."""
    if list(head).count(name) == 1:
        return list(head).index(name)
    for end in ("", "s"):
        found = [at for at, one in enumerate(head) if plain(one).removesuffix(end) == plain(name).removesuffix(end)]
        if len(found) == 1:
            return found[0]
    raise Unclear(f"no one column {name!r} in {list(head)}")


def separator(text: str) -> str:
    """What stands between the cells of the first line."""
    first = next(iter(text.splitlines()), "")
    counts = {sign: first.count(sign) for sign in ",;\t|"}
    best = max(counts, key=lambda sign: counts[sign])
    if [*counts.values()].count(counts[best]) > 1 and counts[best]:
        raise Unclear("two signs may separate the cells")
    return best if counts[best] else ","


def load(read: Read, place: Place) -> Table:
    """The table at a place: rows of a CSV file, objects of a JSON list, pairs of a JSON object, lines of a text."""
    path = place[0]
    ending = path.lower().rpartition(".")[2]
    if ending in ("db", "sqlite", "sqlite3"):
        return _base(path, place[1])
    text = read(path).decode("utf-8-sig")
    if ending in ("csv", "tsv"):
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator(text), strict=True) if row]
        if not rows or any(len(row) != len(rows[0]) for row in rows) or len({plain(n) for n in rows[0]}) < len(rows[0]):
            raise Unclear(f"{path} is no even table")
        return Table([name.strip() for name in rows[0]], [list(row) for row in rows[1:]])
    if ending == "json":
        return _told(path, json.loads(text))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return Table(["line"], [[line] for line in lines])


def _base(path: str, name: str) -> Table:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as base:
        names = [row[0] for row in base.execute("select name from sqlite_master where type = 'table'")]
        names = [one for one in names if not one.startswith("sqlite_")]
        if not name and len(names) == 1:
            name = names[0]
        found = [one for one in names if plain(one).removesuffix("s") == plain(name).removesuffix("s")]
        if len(found) != 1:
            raise Unclear(f"no one table {name!r} in {path}")
        cursor = base.execute(f'select * from "{found[0]}" order by rowid')  # noqa: S608 - a name that the base has
        return Table([one[0] for one in cursor.description], [list(row) for row in cursor])


def _told(path: str, value: Any) -> Table:
    if isinstance(value, dict) and not any(map(_deep, cast(dict[str, Any], value).values())):
        pairs = cast(dict[str, Any], value)
        return Table(["key", "value"], [[name, one] for name, one in pairs.items()])
    ones = cast(list[Any], value) if isinstance(value, list) else []
    if ones and all(isinstance(one, dict) for one in ones):
        entries = cast(list[dict[str, Any]], ones)
        head = list(dict.fromkeys(name for one in entries for name in one))
        if any(_deep(cell) for one in entries for cell in one.values()):
            raise Unclear(f"{path} has lists within its entries")
        if any(set(one) != set(head) for one in entries):
            raise Unclear(f"some entries of {path} lack a field")
        return Table(head, [[one[name] for name in head] for one in entries])
    if ones and not any(map(_deep, ones)):
        return Table(["line"], [[one] for one in ones])
    raise Unclear(f"{path} is no table")


def _deep(value: Any) -> bool:
    return isinstance(value, dict | list)


def key(cell: Cell) -> str:
    """What a cell is found by."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else str(cell).strip()


def keys(table: Table, name: str, *, once: bool = True) -> list[str]:
    """What the rows are found by. No two may differ only in what people leave out."""
    found = [key(cell) for cell in table.cells(name)]
    if any(not one for one in found):
        raise Unclear(f"empty cells in {name}")
    if once and len(set(found)) < len(found):
        raise Unclear(f"some {name} stands twice")
    alike(found)
    return found


def alike(found: Sequence[str]) -> None:
    """Stop where two names are the same but for case, spaces, or zeros before a number."""
    if len({loose(one) for one in found}) < len(set(found)):
        raise Unclear("names that differ in case or spaces only")


def loose(one: str) -> str:
    """A key as a person may have meant it."""
    bare = re.sub(r"\s+", "", unicodedata.normalize("NFKC", one)).casefold()
    return str(Decimal(bare).normalize()) if re.fullmatch(r"-?\d+(?:\.\d+)?", bare) else bare


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


def number(cell: Cell) -> Decimal:
    """The number in a cell that holds nothing else."""
    text = str(cell).strip() if cell is not None and not isinstance(cell, bool) else ""
    if not re.fullmatch(r"-?\d+(?:\.\d+)?", text):
        raise Unclear(f"{cell!r} is no plain number")
    return Decimal(text)


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


def numeric(table: Table) -> list[str]:
    """The columns that hold nothing but numbers as a program would write them."""
    form = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")
    return [
        name
        for name in table.head
        if table.rows
        and all(not isinstance(cell, bool) and form.fullmatch(str(cell).strip()) for cell in table.cells(name))
    ]
