"""The forms in which tables and values are written: CSV, JSON, Markdown, lines; and values that are no tables."""

import configparser
import csv
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, cast

from autogpt.agent.programs.inside.docwork import Cell, Place, Read, Table, Unclear, alike, key, number, separator


def shaped(read: Read, table: Table, form: str, options: Mapping[str, Any]) -> bytes:
    """The table in the form that was asked for."""
    match form:
        case "csv":
            return _csv(read, table, options)
        case "json":
            return _dumped(_value(table, options)).encode()
        case "table":
            return _markdown(table, options).encode()
        case "lines":
            return _lines(table, options).encode()
        case _:
            raise Unclear(form)


def _csv(read: Read, table: Table, options: Mapping[str, Any]) -> bytes:
    """like: a file whose separator, line ends and byte order mark this one is to have."""
    sign, end, mark = options.get("separator", ","), "\n", ""
    if like := options.get("like"):
        text = read(like).decode("utf-8")
        sign, end = separator(text.removeprefix("\ufeff")), "\r\n" if "\r\n" in text else "\n"
        mark = "\ufeff" if text.startswith("\ufeff") else ""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=sign, lineterminator=end)
    writer.writerows([table.head, *([_text(cell) for cell in row] for row in table.rows)])
    return (mark + out.getvalue()).encode()


def _text(cell: Cell) -> str:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return "" if cell is None else str(cell)


def _value(table: Table, options: Mapping[str, Any]) -> Any:
    """shape: 'objects', 'values' (of one column), 'pairs' (of two), 'keyed' (objects by the key) or 'groups' (lists of
    the second column by the first)."""
    rows = [dict(zip(table.head, row, strict=True)) for row in table.rows]
    match options.get("shape", "objects"):
        case "objects":
            return rows
        case "values" if len(table.head) == 1:
            return [row[0] for row in table.rows]
        case "pairs" if len(table.head) == 2:
            return {one: row[1] for one, row in zip(_singles(table), table.rows, strict=True)}
        case "keyed":
            return {
                one: {name: cell for name, cell in list(row.items())[1:]}
                for one, row in zip(_singles(table), rows, strict=True)
            }
        case "groups" if len(table.head) == 2:
            found: dict[str, list[Cell]] = {}
            for one, cell in table.rows:
                found.setdefault(key(one), []).append(cell)
            alike(list(found))
            return found
        case other:
            raise Unclear(str(other))


def _singles(table: Table) -> list[str]:
    names = [key(row[0]) for row in table.rows]
    if len(set(names)) < len(names) or "" in names:
        raise Unclear(f"{table.head[0]} is no key")
    return names


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _markdown(table: Table, options: Mapping[str, Any]) -> str:
    """title: a heading before the table."""

    def row(cells: Sequence[Cell]) -> str:
        return "| " + " | ".join(_text(cell).strip().replace("|", "\\|").replace("\n", "<br>") for cell in cells) + " |"

    lines = [row(table.head), "|" + " --- |" * len(table.head), *(row(cells) for cells in table.rows)]
    title = [f"{options['title']}", ""] if options.get("title") else []
    return "\n".join([*title, *lines]) + "\n"


def _lines(table: Table, options: Mapping[str, Any]) -> str:
    """template: a line with {0}, {1} and so on for the cells, {n} for the number of the row; title: the first line."""
    template = options.get("template", "{0}")
    lines = [
        re.sub(
            r"\{(\w)\}", lambda m, row=row, at=at: str(at) if m[1] == "n" else _text(row[int(m[1])]).strip(), template
        )
        for at, row in enumerate(table.rows, start=1)
    ]
    if any("\n" in line for line in lines):
        raise Unclear("line ends within a cell")
    title = [f"{options['title']}", ""] if options.get("title") else []
    return "".join(f"{line}\n" for line in [*title, *lines])


def merged(read: Read, paths: Sequence[str], winner: str) -> Any:
    """JSON objects in one; of two values for a key that of the winner counts ('' where none may differ,
    '+' where they are added up)."""
    values = [_pure(read, path) for path in paths]
    if not all(isinstance(value, dict) for value in values):
        raise Unclear("not all are objects")
    found: dict[str, Any] = {}
    for path, value in zip(paths, values, strict=True):
        for name, one in value.items():
            if winner == "+" and name in found:
                total = number(found[name]) + number(one)
                found[name] = int(total) if total == total.to_integral_value() else float(total)
                continue
            if name in found and found[name] != one:
                if isinstance(one, dict | list) or not winner:
                    raise Unclear(f"two values for {name}")
                if path != winner:
                    continue
            found[name] = one
    if winner and winner != "+":
        found |= values[list(paths).index(winner)]
    alike(list(found))
    return found


def _pure(read: Read, path: str) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) < len(pairs):
            raise Unclear(f"{path} has a key twice")
        return dict(pairs)

    return json.loads(read(path).decode("utf-8-sig"), object_pairs_hook=once)


def inverted(read: Read, place: Place, order: str) -> Any:
    """A mapping of lists the other way round: for each entry the keys under which it stands.

    order: 'sorted' for the keys of an entry in alphabetical order.
    """
    lists = _pure(read, place[0])
    if not isinstance(lists, dict) or not all(isinstance(one, list) for one in cast(dict[str, Any], lists).values()):
        raise Unclear("no mapping of lists")
    value = cast(dict[str, list[Any]], lists)
    found: dict[str, list[str]] = {}
    for name, ones in value.items():
        for one in ones:
            if not isinstance(one, str) or ones.count(one) > 1:
                raise Unclear(f"{one!r} in {name}")
            found.setdefault(one, []).append(name)
    alike(list(found))
    plainly = all(name.isascii() for name in value) and len({name[:1].isupper() for name in value}) < 2
    if order == "sorted" and not plainly:
        raise Unclear("no alphabetical order for these")
    return {one: sorted(names) if order == "sorted" else names for one, names in found.items()}


def settings(read: Read, path: str) -> Any:
    """The entries of a .env file as one object of texts, of an .ini file as an object of sections."""
    text = read(path).decode("utf-8-sig")
    if path.lower().endswith((".ini", ".cfg")):
        parser = configparser.ConfigParser(interpolation=None, default_section="\0")
        parser.optionxform = str  # type: ignore[assignment, method-assign]
        parser.read_string(text)
        return {name: dict(parser[name]) for name in parser.sections()}
    found: dict[str, str] = {}
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, sign, value = line.partition("=")
        if not sign or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.]*", name.strip()) or name.strip() in found:
            raise Unclear(f"the line {line!r}")
        if re.search(r"\s#|^['\"]|['\"]$|\\|\$", value.strip()) or value != value.lstrip():
            raise Unclear(f"the value {value!r}")
        found[name.strip()] = value.strip()
    return found


def redumped(text: str, value: Any) -> str:
    """A JSON value in the style of the text that it replaces, as far as that is one of the usual ones."""
    before = json.loads(text.removeprefix("\ufeff"))
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    end = "\n" if text.endswith("\n") else ""
    for style in _STYLES:
        if style(before) == text.removeprefix("\ufeff").strip():
            return mark + style(value) + end
    inner = re.search(r"\n([ \t]+)\S", text)
    return mark + json.dumps(value, ensure_ascii=False, indent=inner[1] if inner else None) + end


def _inline(value: Any, indent: int, depth: int = 0) -> str:
    """Lists and objects on several lines, but for those that hold no others."""
    named = isinstance(value, dict)
    entries = cast(dict[str, Any], value) if named else {}
    ones = [*entries.values()] if named else cast(list[Any], value) if isinstance(value, list) else []
    if not any(isinstance(one, dict | list) for one in ones):
        return json.dumps(value, ensure_ascii=False)
    pad = " " * indent * (depth + 1)
    names = [f"{json.dumps(name, ensure_ascii=False)}: " for name in entries] if named else [""] * len(ones)
    rows = [f"{pad}{name}{_inline(one, indent, depth + 1)}" for name, one in zip(names, ones, strict=True)]
    signs = "{}" if named else "[]"
    return signs[0] + "\n" + ",\n".join(rows) + "\n" + " " * indent * depth + signs[1]


def _usual(value: Any, indent: int | str | None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)


def _tight(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


_STYLES: tuple[Callable[[Any], str], ...] = (
    *(partial(_usual, indent=indent) for indent in (None, 2, 4, "\t")),
    _tight,
    *(partial(_inline, indent=indent) for indent in (2, 4, 0)),
)
