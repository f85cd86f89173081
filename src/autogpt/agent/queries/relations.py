"""The tables that a query may be asked of, as the heads of the files that a goal names show them."""

import json
import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any, NamedTuple, cast

from autogpt.agent.programs.inside.querywork import typed
from autogpt.agent.programs.inside.sources import table_of as read_table
from autogpt.agent.programs.inside.values import Unclear, said
from autogpt.agent.programs.oddities import table_of, whole_lines
from autogpt.core.contracts import FileHead
from autogpt.core.schema import JsonValue

DATABASES = (".db", ".sqlite", ".sqlite3")
"""Endings of databases."""
MOST = 5
"""Tables that are told of; where there are more, no query is asked for."""
_SHOWN = 4
"""Rows of each that are shown."""
_ENTRY = 60
"""Characters of a line of a text that is a list."""
_WORDS = frozenset(
    "add all alter and as asc between by case check column constraint create cross default delete desc distinct drop else end "
    "escape except exists foreign from full group having in index inner insert intersect into is join key left like limit "
    "natural not null on or order outer primary references right rows select set table then to transaction trigger union "
    "unique update using values view when where with".split()
)
"""Words that cannot stand as the name of a table."""


class Column(NamedTuple):
    name: str
    kind: str
    values: tuple[str, ...]
    """The different texts that were seen in it; empty where not all were."""


class Relation(NamedTuple):
    """A table that a query knows by a name."""

    source: dict[str, JsonValue]
    """Where it is: `name`, `path`, `kind`, and how it is read (see `querywork.read`)."""
    columns: tuple[Column, ...]
    told: str
    """What the model is told of it."""

    @property
    def name(self) -> str:
        return str(self.source["name"])

    @property
    def pairs(self) -> bool:
        """Whether it is a mapping of keys to values."""
        return self.source["kind"] == "json" and [column.name for column in self.columns] == ["key", "value"]

    @property
    def path(self) -> str:
        return str(self.source["path"])


def relations(goal: str, files: Sequence[FileHead], looked: str = "") -> tuple[Relation, ...]:
    """The tables in the files that the goal names, or in all there are if it names none; () where one is no table.

    looked: what a look into databases printed.
    """
    data = [file for file in files if _kind(file)]
    named = [f for f in data if re.search(rf"(?<![\w-]){re.escape(PurePosixPath(f.path).name)}", goal, re.A)]
    chosen = named or (data if len(data) == len(files) <= 2 else [])
    found: list[Relation] = []
    for file in chosen:
        names = [one.name for one in found]
        if _kind(file) == "base":
            inside = _bases(file, looked, names)
        else:
            table = _table(file, names)
            inside = [table] if table else []
        if not inside:
            return ()
        found += inside
    return tuple(found) if 0 < len(found) <= MOST else ()


def _kind(file: FileHead) -> str:
    ending = file.path.lower().rpartition(".")[2]
    if file.path.lower().endswith(DATABASES):
        return "base" if file.size else ""
    kinds = {"csv": "csv", "tsv": "tsv", "json": "json", "jsonl": "jsonl", "ndjson": "jsonl", "txt": "lines"}
    return kinds.get(ending, "") if file.head.strip() else ""


def identifier(name: str) -> str:
    """The name as SQL writes it."""
    plain = re.fullmatch(r"[^\W\d]\w*", name) and name.lower() not in _WORDS
    return name if plain else '"' + name.replace('"', '""') + '"'


def _named(file: FileHead, taken: Sequence[str]) -> str:
    name = re.sub(r"\W+", "_", PurePosixPath(file.path).stem).strip("_") or "data"
    if name.lower() in _WORDS or name[0].isdigit():
        name = f"{name}_table" if not name[0].isdigit() else f"t{name}"
    while name.lower() in {one.lower() for one in taken}:
        name += "_2"
    return name


def _table(file: FileHead, taken: Sequence[str]) -> Relation | None:
    kind = _kind(file)
    source: dict[str, JsonValue] = {"name": _named(file, taken), "path": file.path, "kind": kind}
    whole = len(file.head.encode()) >= file.size
    text = whole_lines(file)
    try:
        if kind in ("csv", "tsv"):
            seen = table_of(file)
            if seen is None:
                return None
            source["sign"] = seen.separator
        elif kind == "json":
            if not whole or (under := _under(text)) is None:
                return None
            source["under"] = list(under)
        elif kind == "lines" and any(len(line) > _ENTRY for line in text.splitlines()):
            return None
        table = read_table(text, kind, str(source.get("sign", "")), cast("list[str]", source.get("under", [])))
        kinds = [typed(table.cells(name)) for name in table.head]
    except (Unclear, ValueError, RecursionError):
        return None
    if not table.rows:
        return None
    columns = tuple(
        Column(name, kind, tuple(dict.fromkeys(said(v) for v in values if v is not None)) if whole else ())
        for name, (kind, values) in zip(table.head, kinds, strict=True)
    )
    rows = list(zip(*(values for _, values in kinds), strict=True))
    return Relation(source, columns, _told(str(source["name"]), file.path, columns, rows, len(rows) if whole else 0))


def _under(text: str) -> tuple[str, ...] | None:
    """The keys that lead to the one list of objects in a JSON text; None where there is no one such list."""
    value: Any = json.loads(text.removeprefix("\ufeff"))
    if isinstance(value, dict):
        entries = cast("dict[str, Any]", value)
        lists = [name for name, one in entries.items() if isinstance(one, list)]
        flat = not any(isinstance(one, dict | list) for one in entries.values())
        return (lists[0],) if len(lists) == 1 else () if flat else None
    return () if isinstance(value, list) else None


def _told(name: str, path: str, columns: Sequence[Column], rows: Sequence[Sequence[Any]], count: int) -> str:
    head = ", ".join(f"{identifier(c.name)} {c.kind}".strip() for c in columns)
    of = f"{path}, {count} rows" if count else path
    lines = [" | ".join("" if cell is None else str(cell)[:60] for cell in row) for row in rows[:_SHOWN]]
    return "\n".join([f"CREATE TABLE {identifier(name)} ({head}); -- {of}", *(f"-- {line}" for line in lines)])


_MADE = re.compile(r"^(?P<path>.+?): (?P<made>CREATE TABLE .+)$", re.I)


def _bases(file: FileHead, looked: str, taken: Sequence[str]) -> list[Relation]:
    """The tables of a database that was looked into."""
    from sqlglot import exp, parse_one  # late: a tenth of a second
    from sqlglot.errors import SqlglotError

    found: list[Relation] = []
    lines = looked.splitlines()
    for at, line in enumerate(lines):
        match = _MADE.match(line)
        if match is None or match["path"] != file.path:
            continue
        try:
            made = parse_one(match["made"], read="sqlite")
        except (SqlglotError, RecursionError):
            return []
        table = made.find(exp.Table)
        columns = tuple(Column(one.name, _kind_of(one), ()) for one in made.find_all(exp.ColumnDef))
        if table is None or not columns or table.name in taken or table.name.startswith("sqlite_"):
            return []
        rows = [one.strip() for one in lines[at + 1 : at + 3] if one.startswith("    (")]
        told = "\n".join([f"{match['made']}; -- {file.path}", *(f"-- {row.strip('()')}" for row in rows)])
        source: dict[str, JsonValue] = {"name": table.name, "path": file.path, "kind": "base", "table": table.name}
        found.append(Relation(source, columns, told))
    return found


def _kind_of(column: Any) -> str:
    kind = str(column.args.get("kind") or "").upper()
    return "INTEGER" if "INT" in kind else "REAL" if re.search("REAL|FLOA|DOUB|DEC|NUM", kind) else "TEXT"
