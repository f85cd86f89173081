"""Does the jobs of a goal that was read in full: all is worked out before the first file is written."""

import sqlite3
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from autogpt.agent.programs.inside.docforms import inverted, merged, settings, shaped
from autogpt.agent.programs.inside.docsteps import stepped
from autogpt.agent.programs.inside.sources import (
    Read,
    dumped,
    quoted,
    records,
    redumped,
    resheet,
    separator,
    table_named,
)
from autogpt.agent.programs.inside.values import Cell, Table, Unclear, column, key, number, plain

Job = Sequence[Any]


def outcome(read: Read, job: Job) -> bytes:
    """The file that a job makes or changes."""
    kind, *rest = job
    if kind not in _JOBS:
        raise Unclear(str(kind))
    return _JOBS[kind](read, *rest)


def _table(read: Read, _: str, steps: Sequence[Any], form: str, options: Mapping[str, Any]) -> bytes:
    return shaped(read, stepped(read, steps), form, options)


def _count(read: Read, _: str, steps: Sequence[Any]) -> bytes:
    return f"{len(stepped(read, steps).rows)}\n".encode()


def _merge(read: Read, _: str, paths: Sequence[str], winner: str) -> bytes:
    return dumped(merged(read, paths, winner)).encode()


def _invert(read: Read, _: str, place: Sequence[str], order: str) -> bytes:
    return dumped(inverted(read, place, order)).encode()


def _joined(read: Read, _: str, paths: Sequence[str], between: str) -> bytes:
    texts = [read(path).decode("utf-8-sig").replace("\r\n", "\n").strip("\n") + "\n" for path in paths]
    return between.join(texts).encode()


def _settings(read: Read, _: str, path: str) -> bytes:
    return dumped(settings(read, path)).encode()


def _json(read: Read, path: str, change: str, pointer: Sequence[str | int], new: Any) -> bytes:
    return redumped(read(path).decode("utf-8"), lambda value: _changed(value, change, pointer, new)).encode()


def _poured_in(read: Read, path: str, steps: Sequence[Any]) -> bytes:
    head, rows = stepped(read, steps)
    return resheet(read(path).decode("utf-8"), [head, *rows]).encode()


def _changed(value: Any, change: str, pointer: Sequence[str | int], new: Any) -> Any:
    """The value with one thing added to a list, or set or dropped where the pointer leads."""
    there = value
    for part in pointer[:-1] if change != "add" else pointer:
        there = there[part]
    if change == "add":
        there.append(new)
    elif change == "set":
        there[pointer[-1]] = new
    else:
        del there[pointer[-1]]
    return value


def _rows(read: Read, path: str, change: str, at: int, cells: Sequence[str]) -> bytes:
    """The table with a row added at its end, or one put in the place of the row of that number, or that one dropped."""
    text = read(path).decode("utf-8")
    bare = text.removeprefix("\ufeff")
    sign = separator(bare)
    rows: list[Sequence[str]] = [row for _, row in records(bare, sign)]
    if change == "add":
        rows.append(cells)
    else:
        rows[at + 1 : at + 2] = [cells] if change == "set" else []
    return resheet(text, rows, sign).encode()


_JOBS: dict[str, Any] = {
    "table": _table,
    "count": _count,
    "merge": _merge,
    "invert": _invert,
    "texts": _joined,
    "settings": _settings,
    "json": _json,
    "rows": _rows,
    "amounts": _poured_in,
}


def filed(read: Read, path: str, name: str, steps: Sequence[Any], kinds: Sequence[str], names: Sequence[str]) -> None:
    """A new table of a database, with its rows."""
    table = stepped(read, steps)
    with closing(sqlite3.connect(path)) as base, base:
        told = ", ".join(f'"{one}" {kind}' for one, kind in zip(names, kinds, strict=True))
        base.execute(f'create table "{name}" ({told})')
        marks = ", ".join("?" * len(names))
        base.executemany(f'insert into "{name}" values ({marks})', [_fit(row, kinds) for row in table.rows])  # noqa: S608


def _fit(row: Sequence[Cell], kinds: Sequence[str]) -> list[Cell]:
    fit: list[Cell] = []
    for cell, kind in zip(row, kinds, strict=True):
        value = number(cell) if "TEXT" not in kind else None
        if value is not None and "INTEGER" in kind and value != value.to_integral_value():
            raise Unclear(f"{cell!r} is no whole number")
        fit.append(cell if value is None else int(value) if "INTEGER" in kind else float(value))
    return fit


def held(base: sqlite3.Connection, name: str) -> tuple[str, list[str]]:
    """The table of that name, or the only one, and its columns."""
    table = table_named(base, name)
    return table, [row[1] for row in base.execute(f"pragma table_info({quoted(table)})")]


def poured(read: Read, path: str, *rest: Any) -> None:
    """Amounts of another table added to those of a table of the database."""
    with closing(sqlite3.connect(path)) as base, base:
        _pour(base, read, *rest)


def _pour(
    base: sqlite3.Connection, read: Read, name: str, steps: Sequence[Any], told: str, mine: str, sign: int, new: str
) -> None:
    """new: what becomes of an amount that the table has no row for: 'add', 'skip' or 'stop'."""
    more = stepped(read, steps)
    table, head = held(base, name)
    rows = [list(row) for row in base.execute(f'select * from "{table}"')]  # noqa: S608
    ours = Table(head, rows)
    their = more.head[0]
    names = [key(cell) for cell in more.cells(their)]
    if len(set(names)) < len(names):
        raise Unclear("one of them stands twice")
    by = head[column(head, told)] if told else _holds(ours, names)
    what = head[column(head, mine)] if mine else _numbers(ours, by)
    for one, amount in more.rows:
        value = number(amount) * sign
        value = int(value) if value == value.to_integral_value() else float(value)
        count = base.execute(f'update "{table}" set "{what}" = "{what}" + ? where "{by}" = ?', (value, one)).rowcount  # noqa: S608
        if count > 1 or (count == 0 and new == "stop"):
            raise Unclear(f"{one!r} is there {count} times")
        if count == 0 and new == "add":
            base.execute(f'insert into "{table}" ("{by}", "{what}") values (?, ?)', (one, value))  # noqa: S608
    left = base.execute(f'select count(*) from "{table}" where "{what}" is null or "{what}" < 0').fetchone()[0]  # noqa: S608
    if left:
        raise Unclear("less than nothing would be left")


def _holds(table: Table, names: Sequence[str]) -> str:
    found = [one for one in table.head if {key(cell) for cell in table.cells(one)} & set(names)]
    if len(found) != 1:
        raise Unclear("it is not plain by which column the rows belong together")
    return found[0]


def _numbers(table: Table, by: str) -> str:
    found = [
        one
        for one in table.head
        if one != by and plain(one) != "id" and all(isinstance(cell, int | float) for cell in table.cells(one))
    ]
    if len(found) != 1:
        raise Unclear("several columns of numbers")
    return found[0]


def packed(_: Read, kind: str, target: str, members: Sequence[Sequence[str]]) -> None:
    """An archive of files, each by its name there."""
    if len({name for _, name in members}) < len(members):
        raise Unclear("two files of one name")
    if kind == "zip":
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, name in members:
                archive.write(path, name)
        return
    with tarfile.open(target, "w:gz" if target.endswith(("gz", "tgz")) else "w") as archive:
        for path, name in members:
            archive.add(path, name)


def copied(read: Read, path: str, target: str) -> None:
    """A file once more."""
    _put(target, read(path))


_DEEDS: dict[str, Any] = {"pack": packed, "base": filed, "pour": poured, "copy": copied}
"""Jobs that write themselves."""


def _put(path: str, content: bytes) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(content)
    print(path, "written")


def main(jobs: Sequence[Job]) -> None:
    """Do all of them."""

    def read(path: str) -> bytes:
        return Path(path).read_bytes()

    made = [(job[1], outcome(read, job)) for job in jobs if job[0] not in _DEEDS]
    for kind, *rest in jobs:
        if kind in _DEEDS:
            _DEEDS[kind](read, *rest)
    for path, content in made:
        _put(path, content)
