"""Tables as files: how each form is read, and how it is written, with the style of a file that was there.

Runs inside the sandbox, and outside it on the texts that were seen. One program with `values`.
"""

import csv
import io
import json
import re
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, cast

from autogpt.agent.programs.inside.values import Table, Unclear, plain, said

Read = Callable[[str], bytes]
"""Gives the content of a file."""
_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
"""Unlike splitlines, which takes a line separator within a cell for an end."""


def lines_of(text: str) -> list[str]:
    """The lines of a text that are not blank, without their ends."""
    return [line.rstrip("\r\n") for line in _LINES.findall(text) if line.strip()]


def records(text: str, sign: str) -> list[tuple[str, list[str]]]:
    """Each row of a CSV text: as it is written, with its line end and blank lines before it, and its cells."""
    lines = _LINES.findall(text)
    reader = csv.reader(lines, delimiter=sign, strict=True)
    found: list[tuple[str, list[str]]] = []
    at = 0
    try:
        for cells in reader:
            if cells:
                found.append(("".join(lines[at : reader.line_num]), cells))
                at = reader.line_num
    except csv.Error as error:
        raise Unclear(f"no CSV: {error}") from None
    return found


def separator(text: str, usual: str = ",") -> str:
    """What stands between the cells of the first row."""
    bare = re.sub(r'"(?:[^"]|"")*"', "", text.removeprefix("\ufeff").lstrip("\r\n"))
    first = next(iter(lines_of(bare)), "")
    counts = {sign: first.count(sign) for sign in ",;\t|"}
    if counts[usual] and usual != ",":
        return usual
    best = max(counts, key=lambda sign: counts[sign])
    if counts[best] and [*counts.values()].count(counts[best]) > 1:
        raise Unclear("two signs may separate the cells")
    return best if counts[best] else usual


def table_of(text: str, kind: str, sign: str = "", under: Sequence[str] = (), even: bool = False) -> Table:
    """The table in a text. kind: 'csv', 'tsv', 'json', 'jsonl', 'md', 'lines'.

    sign: what separates the cells of a CSV file; under: the keys that lead to the list in a JSON file; even: whether
    entries must have the same fields, and no lists within.
    """
    return _KINDS.get(kind, _listed)(text.removeprefix("\ufeff"), sign, under, even)


def _listed(text: str, *_: Any) -> Table:
    return Table(["line"], [[line] for line in lines_of(text)])


def _csv_table(text: str, sign: str, *_: Any) -> Table:
    return _even([cells for _, cells in records(text, sign or separator(text))])


def _tsv_table(text: str, sign: str, *_: Any) -> Table:
    return _csv_table(text, sign or separator(text, "\t"))


def _json_table(text: str, _: str, under: Sequence[str], even: bool) -> Table:
    value = json_of(text)
    for name in under:
        value = value[name]
    return _entries(value, even)


def _jsonl_table(text: str, _: str, under: Sequence[str], even: bool) -> Table:
    return _entries([json_of(line) for line in lines_of(text)], even)


def _md_table(text: str, *_: Any) -> Table:
    found = _piped(text)
    return _even(found) if found else _listed(text)


_KINDS: dict[str, Any] = {
    "csv": _csv_table,
    "tsv": _tsv_table,
    "json": _json_table,
    "jsonl": _jsonl_table,
    "ndjson": _jsonl_table,
    "md": _md_table,
}


def _even(rows: Sequence[Sequence[str]]) -> Table:
    """The table of rows of which the first has the names."""
    head = [name.strip() for name in rows[0]] if rows else []
    names = {" ".join(name.split()).casefold() for name in head}
    if any(len(row) != len(head) for row in rows) or len(names) < len(head) or not rows:
        raise Unclear("rows of different lengths, or a column name that is there twice")
    return Table(head, [list(row) for row in rows[1:]])


def _piped(text: str) -> list[list[str]]:
    """The cells of a Markdown file that is one table; nothing for any other."""
    lines = [line.strip() for line in lines_of(text)]
    if len(lines) < 2 or not re.fullmatch(r"\|(?:\s*:?-+:?\s*\|)+", lines[1]):
        return []
    if not all(len(line) > 1 and line.startswith("|") and line.endswith("|") for line in lines):
        return []
    rows = [re.split(r"(?<!\\)\|", line[1:-1]) for line in [lines[0], *lines[2:]]]
    return [[cell.strip().replace("\\|", "|").replace("<br>", "\n") for cell in row] for row in rows]


def json_of(text: str) -> Any:
    """The value of a JSON text, in which no key stands twice."""

    def single(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) < len(pairs):
            raise Unclear("a key that is there twice")
        return dict(pairs)

    return json.loads(text.removeprefix("\ufeff"), object_pairs_hook=single)


def _deep(value: object) -> bool:
    return isinstance(value, dict | list)


def _entries(value: Any, even: bool) -> Table:
    if isinstance(value, dict) and not any(map(_deep, cast(dict[str, Any], value).values())):
        return Table(["key", "value"], [[name, one] for name, one in cast(dict[str, Any], value).items()])
    ones = cast(list[Any], value) if isinstance(value, list) else []
    if ones and not any(map(_deep, ones)):
        return Table(["line"], [[one] for one in ones])
    if not ones or not all(isinstance(one, dict) for one in ones):
        raise Unclear("no table")
    entries = cast(list[dict[str, Any]], ones)
    head = list(dict.fromkeys(name for one in entries for name in one))
    if even and any(len(one) < len(head) or any(map(_deep, one.values())) for one in entries):
        raise Unclear("some entries lack a field, or have lists within")
    return Table(head, [[one.get(name) for name in head] for one in entries])


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def table_named(base: sqlite3.Connection, name: str) -> str:
    """The table of a database of that name, or of that but for its form, or the only one."""
    names = [row[0] for row in base.execute("select name from sqlite_master where type = 'table'")]
    names = [one for one in names if not one.startswith("sqlite_")]
    if name in names:
        return name
    found = [one for one in names if not name or plain(one).removesuffix("s") == plain(name).removesuffix("s")]
    if len(found) != 1:
        raise Unclear(f"no one table {name!r}")
    return found[0]


def based(path: str, name: str) -> Table:
    """A table of a database."""
    with closing(sqlite3.connect(Path(path).absolute().as_uri() + "?mode=ro", uri=True)) as base:
        table = quoted(table_named(base, name))
        try:
            cursor = base.execute(f"select * from {table} order by rowid")  # noqa: S608 - a quoted name
        except sqlite3.OperationalError:  # a table without row numbers comes in the order of its key
            cursor = base.execute(f"select * from {table}")  # noqa: S608
        return Table([one[0] for one in cursor.description], [list(row) for row in cursor])


class Style(NamedTuple):
    """How a CSV text is written."""

    sign: str = ","
    end: str = "\n"
    bom: str = ""
    full: bool = False
    """Whether all cells are in quotation marks."""


def style_of(text: str, sign: str = "") -> Style:
    """The style of a CSV text."""
    bom = "\ufeff" if text.startswith("\ufeff") else ""
    bare = text.removeprefix("\ufeff")
    sign = sign or separator(bare)
    ends = re.findall(r"\r\n|\n|\r", bare)
    rows = records(bare, sign)
    all_of = Style(sign, "", full=True)
    full = bool(rows) and all(raw.strip("\r\n") == sheet([cells], all_of) for raw, cells in rows)
    return Style(sign, max(ends, key=ends.count) if ends else "\n", bom, full)


def sheet(rows: Sequence[Sequence[object]], style: Style) -> str:
    """The CSV text of rows."""
    quoting = csv.QUOTE_ALL if style.full else csv.QUOTE_MINIMAL
    lines: list[str] = []
    for row in rows:
        out = io.StringIO(newline="")
        # Up to Python 3.12 only the signs of the line end itself are put in quotation marks.
        csv.writer(out, delimiter=style.sign, lineterminator="\r\n", quoting=quoting).writerow([said(c) for c in row])
        lines.append(out.getvalue().removesuffix("\r\n") + style.end)
    return style.bom + "".join(lines)


def resheet(before: str, rows: Sequence[Sequence[object]], sign: str = "") -> str:
    """The CSV text of rows that take the place of others: each that was there before is as it was written."""
    style = style_of(before, sign)
    bare = before.removeprefix("\ufeff")
    there = records(bare, style.sign)
    end = bare[len("".join(raw for raw, _ in there)) :] if bare.endswith(("\n", "\r")) else None
    raws = {tuple(cells): raw for raw, cells in reversed(there)}
    for raw, cells in there[:1]:
        raws.setdefault(tuple(cell.strip() for cell in cells), raw)
    lines: list[str] = []
    for row in rows:
        raw = raws.get(tuple(map(said, row))) or sheet([row], style._replace(bom=""))
        lines.append(raw if raw.endswith(("\n", "\r")) else raw + style.end)
    text = style.bom + "".join(lines)
    return text.removesuffix(style.end) if end is None else text + end


def piped(rows: Sequence[Sequence[object]]) -> str:
    """The Markdown table of rows of which the first has the names."""
    lines = [
        "| " + " | ".join(re.sub(r"\r\n?|\n", "<br>", said(c).strip().replace("|", "\\|")) for c in row) + " |"
        for row in rows
    ]
    return "\n".join([lines[0], "|" + " --- |" * len(rows[0]), *lines[1:]]) + "\n"


def dumped(value: Any) -> str:
    """The text of a JSON file."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def redumped(text: str, change: Callable[[Any], Any]) -> str:
    """A JSON text with its value changed, in the style that it has, as far as that is one of the usual ones.

    A number with a point or an exponent stays as it is written: read and written anew, 1.10 would be 1.1.
    """
    bare = text.removeprefix("\ufeff").replace("\r\n", "\n")
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    body = bare.strip()
    inner = re.search(r"\n([ \t]+)\S", body)

    def known() -> Any:
        return json.loads(body, parse_float=lambda number: f"\0{number}")

    style = next(
        (style for style in _STYLES if _bare(style(known())) == body),
        partial(_usual, indent=inner[1] if inner else None, ascii=False),
    )
    json_of(body)
    done = bare[: len(bare) - len(bare.lstrip())] + _bare(style(change(known()))) + bare[len(bare.rstrip()) :]
    return mark + (done.replace("\n", "\r\n") if "\r\n" in text else done)


def _bare(text: str) -> str:
    """The text with the numbers that were kept as they are written."""
    return re.sub(r'"\\u0000([^"]*)"', r"\1", text)


def _inline(value: Any, indent: int, depth: int = 0) -> str:
    """Lists and objects on several lines, but for those that hold no others."""
    keyed = isinstance(value, dict)
    entries = cast(dict[str, Any], value) if keyed else {}
    ones = [*entries.values()] if keyed else cast(list[Any], value) if isinstance(value, list) else []
    if not any(map(_deep, ones)):
        return json.dumps(value, ensure_ascii=False)
    pad = " " * indent * (depth + 1)
    names = [f"{json.dumps(name, ensure_ascii=False)}: " for name in entries] if keyed else [""] * len(ones)
    rows = [f"{pad}{name}{_inline(one, indent, depth + 1)}" for name, one in zip(names, ones, strict=True)]
    signs = "{}" if keyed else "[]"
    return signs[0] + "\n" + ",\n".join(rows) + "\n" + " " * indent * depth + signs[1]


def _usual(value: Any, indent: int | str | None, ascii: bool, tight: bool = False) -> str:
    separators = (",", ":") if tight else None
    return json.dumps(value, ensure_ascii=ascii, indent=indent, separators=separators)


_STYLES: tuple[Callable[[Any], str], ...] = (
    *(partial(_usual, indent=indent, ascii=way) for indent in (None, 2, 4, "\t", 1, 3) for way in (False, True)),
    *(partial(_usual, indent=None, ascii=way, tight=True) for way in (False, True)),
    *(partial(_inline, indent=indent) for indent in (2, 4, 0)),
)
