"""What is done to a table step by step: rows looked up, left out, put together, ordered, numbered, turned round.

A step is its name and what it needs; each takes the table that the one before left.
"""

import re
from collections.abc import Sequence
from typing import Any

from autogpt.agent.programs.inside.docwork import keys, link, load, typed, written
from autogpt.agent.programs.inside.sources import Read
from autogpt.agent.programs.inside.values import (
    Cell,
    Table,
    Unclear,
    alike,
    column,
    key,
    loose,
    number,
    numeric,
    once,
    plain,
    ranks,
    said,
)

Step = Sequence[Any]


def stepped(read: Read, steps: Sequence[Step]) -> Table:
    """The table after all steps."""
    table = Table([], [])
    for name, *args in steps:
        table = _STEPS[name](read, table, *args)
    return table


def _load(read: Read, table: Table, place: Sequence[str], names: Sequence[str] = ()) -> Table:
    """names: what the columns of a list or mapping are called from here on."""
    found = load(read, place)
    if names and len(names) != len(found.head):
        raise Unclear("not as many columns as names")
    return Table(list(names) or found.head, found.rows)


def _other(read: Read, place: Sequence[str], only: Sequence[Any]) -> Table:
    """Another table, or those of its rows that have a value in a column: ('', value) for the one column that can."""
    table = load(read, place)
    if not only:
        return table
    name, value = only
    names = [name] if name else [one for one in table.head if value in {key(cell) for cell in table.cells(one)}]
    if len(names) != 1:
        raise Unclear(f"no one column holds {value}")
    at = table.at(names[0])
    return Table(table.head, [row for row in table.rows if key(row[at]) == value])


def _join(read: Read, table: Table, place: Sequence[str], told: Sequence[str], missing: str) -> Table:
    """Each row with the cells of the row of another table that belongs to it, but for the column they are found by.

    missing: what becomes of a row without one: 'stop', 'drop' or 'blank'.
    """
    other = load(read, place)
    mine, theirs = link(table, other, told)
    found = dict(zip(keys(other, theirs), other.rows, strict=True))
    left = other.at(theirs)
    names = [name for at, name in enumerate(other.head) if at != left]
    rows: list[list[Cell]] = []
    near = {loose(one) for one in found}
    for row, one in zip(table.rows, keys(table, mine, once=False), strict=True):
        if one not in found and (missing == "stop" or loose(one) in near):
            raise Unclear(f"nothing in {place[0]} for {one!r}")
        if one in found:
            rows.append([*row, *(cell for at, cell in enumerate(found[one]) if at != left)])
        elif missing == "blank":
            rows.append([*row, *([""] * len(names))])
    return Table([*table.head, *(_free(name, table.head, place[0]) for name in names)], rows)


def _free(name: str, taken: Sequence[str], path: str) -> str:
    """A name that no column has: of two alike, the second says which file it is from."""
    stem = re.split(r"[/\\]", path)[-1].partition(".")[0]
    return f"{stem}.{name}" if plain(name) in {plain(one) for one in taken} else name


def _match(read: Read, table: Table, place: Sequence[str], told: Sequence[str], only: Sequence[Any], way: str) -> Table:
    """The rows that another table has ('within'), or has not ('without')."""
    other = load(read, place)
    mine, theirs = _paired(table, other, told)
    alike([*(key(cell) for cell in table.cells(mine)), *(key(cell) for cell in other.cells(theirs))])
    there = {key(cell) for cell in _other(read, place, only).cells(theirs)}
    rows = [
        row
        for row, one in zip(table.rows, keys(table, mine, once=False), strict=True)
        if (one in there) == (way == "within")
    ]
    return Table(table.head, rows)


def _paired(table: Table, other: Table, told: Sequence[str]) -> tuple[str, str]:
    """As `link`, whichever of the two tables has the names once."""
    names = [name for name in told if name]
    if names:
        return link(table, other, names)
    if len(table.head) == len(other.head) == 1:
        return table.head[0], other.head[0]
    same = [(one, two) for one in table.head for two in other.head if plain(one) == plain(two)]
    both = [pair for pair in same if _cells(table, pair[0]) & _cells(other, pair[1])]
    first = table.head[0], other.head[0]
    if first in both and all(
        len(_cells(one, name)) == len(one.rows) for one, name in zip((table, other), first, strict=True)
    ):
        return first
    if len(both) == 1 and plain(both[0][0]) not in ("id", "name"):
        return both[0]
    ways: set[tuple[str, str]] = {(b, a) for a, b in _inside(other, table)} | set(_inside(table, other))
    if len(ways) != 1:
        ways = {(b, a) for a, b in _inside(other, table)}
    if len(ways) == 1:
        return ways.pop()
    if len(both) == 1:
        return both[0]
    raise Unclear("it is not plain by which columns the rows belong together")


def _inside(some: Table, whole: Table) -> list[tuple[str, str]]:
    """The pairs of columns of which the first holds nothing but what the second does, which holds each value once."""
    return [
        (one, two)
        for one in some.head
        for two in whole.head
        if _cells(some, one) and _cells(some, one) <= _cells(whole, two) and len(_cells(whole, two)) == len(whole.rows)
    ]


def _cells(table: Table, name: str) -> set[str]:
    return {key(cell) for cell in table.cells(name)}


def _stack(
    read: Read, table: Table, places: Sequence[Sequence[str]], label: str, labels: Sequence[str], first: bool
) -> Table:
    """The rows of several tables of one form, one after the other, with a column that says where each is from."""
    tables = [load(read, place) for place in places]
    head = tables[0].head
    if any(sorted(map(plain, one.head)) != sorted(map(plain, head)) for one in tables):
        raise Unclear("the tables have other columns")
    rows: list[list[Cell]] = []
    for one, told in zip(tables, labels or [""] * len(tables), strict=True):
        order = [column(one.head, name) for name in head]
        for row in one.rows:
            cells = [row[at] for at in order]
            rows.append(([told, *cells] if first else [*cells, told]) if label else cells)
    return Table(([label, *head] if first else [*head, label]) if label else head, rows)


def _changes(
    read: Read, table: Table, place: Sequence[str], told: Sequence[str], value: str, names: Sequence[str]
) -> Table:
    """The keys of which the value is another in the other, newer table, with both values; in the order of the table
    that stands before this step (the older one)."""
    new = load(read, place)
    mine, theirs = _paired(table, new, told)
    before, after = value_of(table, mine, value), value_of(new, theirs, value)
    then = dict(zip(keys(table, mine), table.cells(before), strict=True))
    now = dict(zip(keys(new, theirs), new.cells(after), strict=True))
    alike([*then, *now])
    rows: list[list[Cell]] = [[one, then[one], now[one]] for one in then if one in now and _differ(then[one], now[one])]
    return Table([mine, *(names or ("old", "new"))], rows)


def _differ(one: Cell, other: Cell) -> bool:
    if key(one) == key(other):
        return False
    try:
        return number(one) != number(other)
    except Unclear:
        if loose(key(one)) == loose(key(other)):
            raise Unclear(f"{one!r} and {other!r} are all but the same") from None
        return True


def value_of(table: Table, name: str, value: str) -> str:
    """The column of that name, or the only one beside the key."""
    if value:
        return table.head[table.at(value)]
    rest = [one for one in table.head if one != name]
    if len(rest) != 1:
        raise Unclear("several columns may be compared")
    return rest[0]


def _pick(read: Read, table: Table, columns: Sequence[Sequence[str]]) -> Table:
    """These columns in this order, each by its name here and its name from here on."""
    places = [table.at(name) for name, _ in columns]
    return Table([new for _, new in columns], [[row[at] for at in places] for row in table.rows])


def _where(read: Read, table: Table, name: str, value: str) -> Table:
    at = table.at(name)
    return Table(table.head, [row for row in table.rows if key(row[at]) == value])


def _sort(read: Read, table: Table, name: str, mode: str, way: str) -> Table:
    """mode: 'number', 'text', or '' for what the cells are; way: 'up' or 'down'. Equal ones keep their order, where
    that can be nothing but right."""
    name = name or (table.head[0] if len(table.head) == 1 else "")
    values = ranks(table.cells(name), mode or ("number" if name in numeric(table) else "text"))
    if len(set(values)) < len(values) and len({tuple(map(key, row)) for row in table.rows}) > len(set(values)):
        raise Unclear(f"several rows have the same {name}")
    order = sorted(range(len(values)), key=lambda row: values[row], reverse=way == "down")
    return Table(table.head, [table.rows[row] for row in order])


def _as_in(read: Read, table: Table, place: Sequence[str], name: str) -> Table:
    """The rows in the order in which another table has their keys."""
    other = load(read, place)
    mine = table.head[table.at(name)] if name else table.head[0]
    found = [one for one in other.head if _cells(table, mine) <= _cells(other, one)]
    found = [one for one in found if plain(one) == plain(mine)] or found
    if len(found) != 1:
        raise Unclear("it is not plain what the order goes by")
    order = {one: at for at, one in enumerate(keys(other, found[0], once=False))}
    return Table(table.head, sorted(table.rows, key=lambda row: order[key(row[table.at(mine)])]))


def _number_rows(read: Read, table: Table, name: str, start: int) -> Table:
    if plain(name) in {plain(one) for one in table.head}:
        raise Unclear(f"there is a column {name!r} already")
    return Table([name, *table.head], [[str(at), *row] for at, row in enumerate(table.rows, start=start)])


def _transpose(read: Read, table: Table) -> Table:
    whole = [list(table.head), *table.rows]
    turned = [list(cells) for cells in zip(*whole, strict=True)]
    return Table([key(cell) for cell in turned[0]], turned[1:])


def _typed(read: Read, table: Table, names: Sequence[str]) -> Table:
    return typed(table, names)


def _texts(read: Read, table: Table) -> Table:
    return Table(table.head, [[key(cell) for cell in row] for row in table.rows])


def _unique(read: Read, table: Table) -> Table:
    return Table(table.head, [table.rows[at] for at in once([tuple(map(said, row)) for row in table.rows])])


def _fill(read: Read, table: Table, name: str, value: str) -> Table:
    """Empty cells of a column filled."""
    at = table.at(name)
    return Table(
        table.head, [[value if n == at and key(c) == "" else c for n, c in enumerate(row)] for row in table.rows]
    )


def _amounts(
    read: Read, table: Table, place: Sequence[str], told: Sequence[str], mine: str, theirs: str, sign: int, new: str
) -> Table:
    """The table with the amounts of another one added to (or, with sign -1, taken from) its own.

    new: what becomes of a row of the other that this one lacks: 'add', 'skip' or 'stop'.
    """
    other = load(read, place)
    name, their = _paired(table, other, told)
    what, amount = value_of_number(table, name, mine), value_of_number(other, their, theirs)
    more: dict[str, Any] = {}
    for one, cell in zip(keys(other, their, once=False), other.cells(amount), strict=True):
        more[one] = more.get(one, 0) + number(cell) * sign
    mine_keys = keys(table, name)
    alike([*more, *mine_keys])
    lacking = [one for one in more if one not in mine_keys]
    if lacking and (new == "stop" or (new == "add" and len(table.head) != 2)):
        raise Unclear(f"{lacking[0]!r} is not there")
    at, place_of = table.at(what), table.at(name)
    rows = [
        [written(number(cell) + more[one], cell) if n == at and one in more else cell for n, cell in enumerate(row)]
        for one, row in zip(mine_keys, table.rows, strict=True)
    ]
    if any(number(row[at]) < 0 for row in rows):
        raise Unclear("less than nothing would be left")
    for one in lacking if new == "add" else []:
        cells: list[Cell] = [one, one]
        cells[at], cells[place_of] = written(more[one], rows[0][at] if rows else "0"), one
        rows.append(cells)
    return Table(table.head, rows)


def value_of_number(table: Table, name: str, value: str) -> str:
    """The column of that name, or the only one of numbers beside the key and a column of ids."""
    if value:
        return table.head[table.at(value)]
    rest = [one for one in numeric(table) if one != name and plain(one) not in ("id", "no", "nr", "编号", "序号")]
    if len(rest) != 1:
        raise Unclear("several columns of numbers")
    return rest[0]


_STEPS: dict[str, Any] = {
    "load": _load,
    "join": _join,
    "match": _match,
    "stack": _stack,
    "changes": _changes,
    "pick": _pick,
    "where": _where,
    "sort": _sort,
    "as in": _as_in,
    "number": _number_rows,
    "transpose": _transpose,
    "typed": _typed,
    "texts": _texts,
    "unique": _unique,
    "fill": _fill,
    "amounts": _amounts,
}
