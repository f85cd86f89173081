"""The forms in which tables and values are written: CSV, JSON, Markdown, lines; and values that are no tables."""

import configparser
import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from autogpt.agent.programs.inside.docwork import Place
from autogpt.agent.programs.inside.sources import Read, Style, dumped, json_of, piped, sheet, style_of
from autogpt.agent.programs.inside.values import Cell, Table, Unclear, alike, key, number, said


def shaped(read: Read, table: Table, form: str, options: Mapping[str, Any]) -> bytes:
    """The table in the form that was asked for."""
    if form not in _FORMS:
        raise Unclear(form)
    return _FORMS[form](read, table, options).encode()


def _csv(read: Read, table: Table, options: Mapping[str, Any]) -> str:
    """like: a file in whose style this one is to be written."""
    style = style_of(read(options["like"]).decode("utf-8")) if options.get("like") else Style()
    return sheet([table.head, *table.rows], style)


def _objects(_: Read, table: Table, options: Mapping[str, Any]) -> str:
    return dumped(_value(table, options))


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


def _markdown(_: Read, table: Table, options: Mapping[str, Any]) -> str:
    """title: a heading before the table."""
    title = f"{options['title']}\n\n" if options.get("title") else ""
    return title + piped([table.head, *table.rows])


def _lines(_: Read, table: Table, options: Mapping[str, Any]) -> str:
    """template: a line with {0}, {1} and so on for the cells, {n} for the number of the row; title: the first line."""
    template = options.get("template", "{0}")
    lines = [
        re.sub(
            r"\{(\w)\}", lambda m, row=row, at=at: str(at) if m[1] == "n" else said(row[int(m[1])]).strip(), template
        )
        for at, row in enumerate(table.rows, start=1)
    ]
    if any("\n" in line for line in lines):
        raise Unclear("line ends within a cell")
    title = [f"{options['title']}", ""] if options.get("title") else []
    return "".join(f"{line}\n" for line in [*title, *lines])


_FORMS: dict[str, Any] = {"csv": _csv, "json": _objects, "table": _markdown, "lines": _lines}


def merged(read: Read, paths: Sequence[str], winner: str) -> Any:
    """JSON objects in one; of two values for a key that of the winner counts ('' where none may differ,
    '+' where they are added up)."""
    values = [json_of(read(path).decode("utf-8")) for path in paths]
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


def inverted(read: Read, place: Place, order: str) -> Any:
    """A mapping of lists the other way round: for each entry the keys under which it stands.

    order: 'sorted' for the keys of an entry in alphabetical order.
    """
    lists = json_of(read(place[0]).decode("utf-8"))
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
