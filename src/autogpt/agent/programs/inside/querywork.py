"""The rows that a query gives over tables that are read from files, written in the form that is wanted.

Runs inside the sandbox, after `values` and `sources`; `typed` also outside it, on the texts that were seen.
"""

import json
import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from autogpt.agent.programs.inside.queryfunctions import FUNCTIONS, Median
from autogpt.agent.programs.inside.sources import Style, based, dumped, piped, quoted, sheet, table_of
from autogpt.agent.programs.inside.values import Table, Unclear, empty, meant, said

_PLAIN = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_DAYS = {
    "%Y/%m/%d": r"\d{4}/\d{1,2}/\d{1,2}",
    "%Y.%m.%d": r"\d{4}\.\d{1,2}\.\d{1,2}",
    "%d.%m.%Y": r"\d{1,2}\.\d{1,2}\.\d{4}",
    "%Y年%m月%d日": r"\d{4}年\d{1,2}月\d{1,2}日",
}
"""Forms of dates that sort otherwise than they follow each other, and in which day and month are told apart."""


def typed(cells: Sequence[Any]) -> tuple[str, list[Any]]:
    """The kind of a column for SQLite ('INTEGER', 'REAL', 'TEXT'), and its cells so: numbers as people write them are
    numbers, dates YYYY-MM-DD; what is empty is NULL."""
    held = [cell for cell in cells if not empty(cell)]
    if any(isinstance(cell, dict | list) for cell in held):
        raise Unclear("lists within a table")
    if held and all(isinstance(cell, int | float) for cell in held):
        whole = all(isinstance(cell, int) for cell in held)
        return "INTEGER" if whole else "REAL", [None if empty(cell) else cell + 0 for cell in cells]
    texts = ["" if empty(cell) else said(cell).strip() for cell in cells]
    full = [text for text in texts if text]
    if full and all(_PLAIN.fullmatch(text) for text in full):
        whole = all("." not in text for text in full)
        return "INTEGER" if whole else "REAL", [_number(text) if text else None for text in texts]
    amounts = [meant(text) for text in full]
    if full and all(value is not None for value in amounts) and not any(re.search(r"^\+?0\d|[%万亿]", t) for t in full):
        return "REAL", [float(str(meant(text))) if text else None for text in texts]
    for form, pattern in _DAYS.items():
        if full and all(re.fullmatch(pattern, text) for text in full):
            return "TEXT", [str(datetime.strptime(text, form).date()) if text else None for text in texts]
    return "TEXT", [text or None for text in texts]


def _number(text: str) -> int | float:
    return float(text) if "." in text else int(text)


def read(source: dict[str, Any]) -> Table:
    """The table of a source: `path`, `kind`, and `sign`, `under` or `table` where they say where it is in the file."""
    if source["kind"] == "base":
        return based(source["path"], source["table"])
    text = Path(source["path"]).read_text("utf-8-sig")
    return table_of(text, source["kind"], source.get("sign", ""), source.get("under", ()))


class Base:
    """The tables in memory, and how each value was written in the files."""

    def __init__(self, sources: Sequence[dict[str, Any]]) -> None:
        self.link = sqlite3.connect(":memory:")
        self.written: dict[str, dict[Any, set[str]]] = {}
        for name, count, work in FUNCTIONS:
            self.link.create_function(name, count, work)
        self.link.create_aggregate("MEDIAN", 1, Median)  # pyright: ignore[reportArgumentType]
        for source in sources:
            self._take(source)

    def _take(self, source: dict[str, Any]) -> None:
        table = read(source)
        kinds: list[str] = []
        columns: list[list[Any]] = []
        for name in table.head:
            cells = table.cells(name)
            kind, values = ("", list(cells)) if source["kind"] == "base" else typed(cells)
            kinds.append(kind)
            columns.append(values)
            if source["kind"] != "base":
                told = self.written.setdefault(name.casefold(), {})
                for cell, value in zip(cells, values, strict=True):
                    told.setdefault(value, set()).add(said(cell))
        head = ", ".join(f"{quoted(name)} {kind}" for name, kind in zip(table.head, kinds, strict=True))
        self.link.execute(f"create table {quoted(source['name'])} ({head})")
        places = ", ".join("?" * len(table.head))
        self.link.executemany(
            f"insert into {quoted(source['name'])} values ({places})",  # noqa: S608 - a quoted name
            list(zip(*columns, strict=True)),
        )

    def as_written(self, column: str, value: Any) -> Any:
        """A value of a column as its file has it, where it is always written in the same way there."""
        ways = self.written.get(column.casefold(), {}).get(value, set[str]())
        return next(iter(ways)) if len(ways) == 1 else value


def main(
    sources: Sequence[dict[str, Any]],
    query: str,
    path: str,
    form: str,
    columns: Sequence[str | None],
    decimals: int | None,
) -> None:
    """Write what the query gives to the path.

    form: 'csv', 'tsv', 'md', 'lines', 'jsonl', or of JSON 'rows', 'list', 'object', 'one', 'auto'. columns: for each
    of the result the column that it is taken from as it is, or None where it was computed; none of them where the
    query takes all columns. decimals: how many the computed numbers are to have.
    """
    base = Base(sources)
    cursor = base.link.execute(query)
    head = [one[0] for one in cursor.description]
    taken = list(columns) or list[str | None](head)
    tree = form in ("jsonl", "rows", "list", "object", "one", "auto")
    rows = [
        [_cell(base, name, value, decimals, tree) for name, value in zip(taken, row, strict=True)]
        for row in cursor.fetchall()
    ]
    text = _text(head, rows, form)
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, "utf-8", newline="")


def change(path: str, statements: Sequence[str]) -> None:
    """Carry out all statements on a database, or none."""
    with closing(sqlite3.connect(path)) as base, base:
        for name, count, work in FUNCTIONS:
            base.create_function(name, count, work)
        base.execute("begin")
        for statement in statements:
            base.execute(statement)


def _cell(base: Base, name: str | None, value: Any, decimals: int | None, tree: bool) -> Any:
    if name is not None:
        written = base.as_written(name, value)
        if not tree or not isinstance(value, int | float):
            return written if written != value or not isinstance(value, float) else _short(value)
    if isinstance(value, float) and decimals is not None and name is None:
        return round(value + 0.0, decimals) if tree else f"{round(value, decimals):.{decimals}f}"
    return _short(value) if isinstance(value, float) else value


def _short(value: float) -> int | float:
    """A number without what adding binary fractions leaves, and without a point where it is whole."""
    value = round(value, 10)
    return int(value) if value.is_integer() else value


def _text(head: Sequence[str], rows: Sequence[Sequence[Any]], form: str) -> str:
    if form in ("csv", "tsv"):
        return sheet([head, *rows], Style("\t" if form == "tsv" else ","))
    if form == "md":
        return piped([head, *rows])
    if form == "lines":
        if len(head) != 1:
            raise Unclear("the lines of a text are one column: join what stands in a line with ||")
        return "".join(f"{said(row[0])}\n" for row in rows)
    ones = [dict(zip(head, row, strict=True)) for row in rows]
    if form == "jsonl":
        return "".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in ones)
    return dumped(_tree(head, rows, ones, form))


def _tree(head: Sequence[str], rows: Sequence[Sequence[Any]], ones: list[dict[str, Any]], form: str) -> Any:
    if form == "object" and len(head) == 2:
        keys = [said(row[0]) for row in rows]
        if len(set(keys)) == len(keys):
            return dict(zip(keys, (row[1] for row in rows), strict=True))
        return {key: [row[1] for row in rows if said(row[0]) == key] for key in keys}
    if form == "object" and len(head) > 2:
        return {said(row[0]): dict(zip(head[1:], row[1:], strict=True)) for row in rows}
    if form == "list" and len(head) == 1:
        return [row[0] for row in rows]
    if form in ("one", "object", "auto") and len(rows) == 1 and len(head) > (form == "auto"):
        return ones[0]
    return [row[0] for row in rows] if form == "auto" and len(head) == 1 and len(rows) > 1 else ones
