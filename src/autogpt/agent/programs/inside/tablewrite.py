"""What a worked table is written as: CSV, JSON, Markdown, lines, one number. One program with `tablework`."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

from autogpt.agent.programs.inside.sources import Style, dumped, piped, quoted, records, resheet, sheet
from autogpt.agent.programs.inside.tablework import Rows, Step, cleaned, read, where, worked
from autogpt.agent.programs.inside.values import Unclear, number, said

Out = Mapping[str, Any]


def as_json(cell: object, *, as_number: bool = False) -> Any:
    """The cell as JSON has it: numbers without an end in zeros only."""
    if as_number and isinstance(cell, str):
        cell = number(cell)
    if isinstance(cell, Decimal):
        return int(cell) if cell == int(cell) and cell.as_tuple().exponent == 0 else float(cell)
    return cell


def written(rows: Rows, out: Out, before: int, changed: int) -> str:
    """The text of one file."""
    form, names = out["form"], out.get("columns", [])
    if form == "csv":
        return table(rows, names, out)
    if form == "count":
        return f"{ {'kept': len(rows), 'left': before - len(rows), 'changed': changed}[out['of']] }\n"
    if form.startswith("json"):
        return dumped(tree(rows, form, names, out.get("numbers", [])))
    if form == "md table":
        return piped([names, *([row[name] for name in names] for row in rows)])
    lines = [filled(row, out, at) for at, row in enumerate(rows, start=1)]
    if form == "value" and len(lines) != 1:
        raise Unclear(f"{len(lines)} values instead of one")
    told = [f"{line}\n" for line in [*out.get("before", []), *lines, *out.get("after", [])]]
    return "".join(told)


def filled(row: Mapping[str, Any], out: Out, at: int) -> str:
    """One line: a pattern of texts, with the place of a column wherever there is a number."""
    parts = [part if isinstance(part, str) else said(row[out["columns"][part]]) for part in out.get("line", [])]
    line = "".join(parts).replace("\0", str(at))
    if "\n" in line:
        raise Unclear("a cell of several lines")
    return line


def table(rows: Rows, names: Sequence[str], out: Out) -> str:
    """A CSV file."""
    head = [names] if out.get("head", True) else []
    style = Style(out.get("separator", ","), out.get("end", "\n"), out.get("bom", ""), out.get("full", False))
    return sheet([*head, *([row[name] for name in names] for row in rows)], style)


def tree(rows: Rows, form: str, names: Sequence[str], numbers: Sequence[str]) -> Any:
    """The value of a JSON file: 'rows', 'list', 'map' (by the first column), 'object' (one row), 'value'."""
    cells = [[as_json(row[name], as_number=name in numbers) for name in names] for row in rows]
    match form.removeprefix("json "):
        case "rows":
            return [dict(zip(names, row, strict=True)) for row in cells]
        case "list":
            return [row[0] for row in cells]
        case "map":
            keys = [said(row[0]) for row in cells]
            if len(set(keys)) < len(keys):
                raise Unclear("a key that is there twice")
            inner = len(names) > 2
            return {
                key: dict(zip(names[1:], row[1:], strict=True)) if inner else row[1]
                for key, row in zip(keys, cells, strict=True)
            }
        case _ if len(cells) != 1:
            raise Unclear("more than one row")
        case "object":
            return dict(zip(names, cells[0], strict=True))
        case _:
            return cells[0][0]


def made(rows: Rows, steps: Sequence[Step], outs: Sequence[Out], tests: Any = ()) -> dict[str, str]:
    """Path and text of each file that comes of the rows. A `then` of a file is what is done for it alone."""
    after = worked(rows, steps)
    changed = len(where(rows, tests)) if tests else 0
    texts: dict[str, str] = {}
    for out in outs:
        if not (after or out["form"] == "count" or out.get("bare")):
            raise Unclear("no row is left")
        own = worked(after, out.get("then", []))
        texts[out["path"]] = written(own, out, len(rows), changed)
    return texts


def alter(source: Mapping[str, Any], out: Out, notes: Sequence[Out]) -> None:
    """Change the rows of a database that meet the conditions, and write the files that say how many."""
    rows, table, name = read(source), quoted(source["table"]), out["column"]
    with closing(sqlite3.connect(source["path"])) as base, base:
        keys = [key for (key,) in base.execute(f"select rowid from {table} order by rowid")]  # noqa: S608
        chosen = [(key, row) for key, row in zip(keys, rows, strict=True) if where([row], out["tests"])]
        if not chosen:
            raise Unclear("no row to be changed")
        for key, row in chosen:
            if out["how"]:
                value = kindred(row[name], cleaned(row[name], out["how"], [out["value"]]))
                base.execute(f"update {table} set {quoted(name)} = ? where rowid = ?", (value, key))  # noqa: S608
            else:
                base.execute(f"delete from {table} where rowid = ?", (key,))  # noqa: S608
    number_of = {"changed": len(chosen), "left": len(chosen), "kept": len(rows) - len(chosen)}
    for note in notes:
        _put(note["path"], f"{number_of[note['of']]}\n")


def kindred(old: object, new: Any) -> Any:
    """The new value as the kind of number that the old one was."""
    if isinstance(old, int) and isinstance(new, Decimal):
        return int(new) if new == int(new) else float(new)
    if isinstance(new, Decimal):
        return float(new)
    return int(new) if isinstance(old, int) and str(new).lstrip("-").isdigit() else new


def main(source: Mapping[str, Any], steps: Sequence[Step], outs: Sequence[Out], tests: Any = ()) -> None:
    """Do all of it: nothing is written before everything is known."""
    for path, text in made(read(source), steps, outs, tests).items():
        if path == source["path"] and source["kind"] == "csv":
            sign, before = source["separator"], Path(path).read_bytes().decode("utf-8")
            text = resheet(before, [row for _, row in records(text.removeprefix("\ufeff"), sign)], sign)
        _put(path, text)


def _put(path: str, text: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(text.encode("utf-8"))
    print(path, "written")
