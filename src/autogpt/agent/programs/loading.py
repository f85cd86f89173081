"""How a program of a small model begins: its data is read in, each file as its head shows it to be.

What such models get wrong most in programs is not the work but the reading: the delimiter, the byte order mark, numbers
like "1.234,50 €", dates in three forms. A program that begins with these lines goes on from good data. Each is one line
and opens no block, or the model goes on in the same way with files that are not there.
"""

import builtins
import configparser
import json
import keyword
import re
import tomllib
from collections.abc import Collection, Sequence
from pathlib import PurePosixPath

from autogpt.agent.programs.cells import helpers
from autogpt.agent.programs.listing import listing
from autogpt.agent.programs.months import by_month
from autogpt.agent.programs.oddities import (
    LABELS,
    Table,
    labelled,
    log_pattern,
    split_lines,
    table_of,
    whole_lines,
)
from autogpt.core.contracts import FileHead
from autogpt.core.plan import Item

_MOST = 4
"""Files that are read in for the program; where there are more, it has to walk through them itself."""
_TAKEN = frozenset(
    "csv json re os sys math html sqlite3 datetime configparser parser tomllib file line row cells key value text "
    "number iso_date".split()
) | frozenset(dir(builtins))


def loading(item: Item, files: Sequence[FileHead]) -> str:
    """The lines that read in the data files the goal names, or all of the folder if it holds few and nothing else.

    Returns '' where there are none, or too many.
    """
    data = [file for file in files if (file.head or _is_database(file)) and _ending(file.path) in _READERS]
    named = [
        file for file in data if re.search(rf"(?<![\w-]){re.escape(PurePosixPath(file.path).name)}", item.goal, re.A)
    ]
    chosen = named or (data if len(data) == len(files) <= 2 else [])
    # What was labelled for the goal stands in for what it was made from.
    made = {file.path.removesuffix(LABELS): file for file in data if labelled(file, item.goal)}
    chosen = list(dict.fromkeys(made.get(str(PurePosixPath(file.path).with_suffix("")), file) for file in chosen))
    if not chosen:
        return listing(item.goal, [file.path for file in files])
    if len(chosen) > _MOST:
        return ""
    names: dict[str, None] = {}
    imports: dict[str, None] = {}
    parts: list[str] = []
    rows: list[tuple[str, Table]] = []
    for file in chosen:
        name = variable(file.path, names)
        if lines := _READERS[_ending(file.path)](file, name):
            names[name] = None
            rows += [(name, table)] if "DictReader" in lines and (table := table_of(file)) else []
            imports |= dict.fromkeys(_MODULES[_ending(file.path)].split())
            parts.append(lines)
    if not parts:
        return ""
    tables = [table for file in chosen if _ending(file.path) in ("csv", "tsv") and (table := table_of(file))]
    functions = "".join(helpers(tables, item.goal))
    imports |= {"re": None} if re.search(r"\bre\.(?:sub|compile)\(", "\n".join([functions, *parts])) else {}
    first = "".join(f"import {module}\n" for module in sorted(imports))
    first += "from datetime import datetime\n" if "def iso_date" in functions else ""
    months = by_month(item.goal, rows, names, iso_date="def iso_date" in functions)
    return f"{first}{functions}\n{''.join(parts)}{_by_key(rows, names)}{months}"


def _by_key(rows: Sequence[tuple[str, Table]], taken: Collection[str]) -> str:
    """Of tables that share a column, those rows by its values where each stands once: what one is looked up by.

    A small model that has two lists of rows looks one up with a value, as if it were a dictionary.
    """
    lines: list[str] = []
    for name, table in rows:
        others = [other for known, other in rows if known != name]
        shared = [column for column in table.head if any(column in other.head for other in others)]
        for column in shared[:1]:
            cells = table.column(table.head.index(column))
            looked_up = f"{name}_by_{column.strip()}"
            if len(set(cells)) == len(cells) and looked_up.isidentifier() and looked_up not in taken:
                lines.append(f"{looked_up} = {{row[{column.strip()!r}]: row for row in {name}}}\n")
    return "".join(lines)


def _is_database(file: FileHead) -> bool:
    return file.size > 0 and _ending(file.path) in ("db", "sqlite", "sqlite3")


def _ending(path: str) -> str:
    return path.lower().rpartition(".")[2]


def variable(path: str, taken: Collection[str]) -> str:
    """A variable for the file's content, after the file's name; none of those that are taken."""
    stem = re.sub(r"\W+", "_", PurePosixPath(path.removesuffix(LABELS)).stem.lower(), flags=re.A).strip("_")
    name = stem if stem.isidentifier() and len(stem) > 1 else "data"
    while name in taken or name in _TAKEN or keyword.iskeyword(name):
        name += "_rows" if not name.endswith("_rows") else "2"
    return name


def _coded(file: FileHead) -> str:
    return "utf-8-sig" if file.head.startswith("\ufeff") else "utf-8"


def _csv(file: FileHead, name: str) -> str:
    table = table_of(file)
    if table is None or file.head.lstrip("\ufeff").startswith(("#", "sep=")):
        return ""
    delimiter = "" if table.separator == "," else f", delimiter={table.separator!r}"
    if re.search(rf'{re.escape(table.separator)} +"', file.head):
        delimiter += ", skipinitialspace=True"
    reader = "csv.DictReader" if _has_header(table) else "csv.reader"
    reader = f"{reader}(open({file.path!r}, newline='', encoding={_coded(file)!r}){delimiter})"
    cells = [*table.head, *(cell for row in table.body for cell in row)]
    # Of a cut file the rest may be uneven.
    even = all(len(row) == len(table.head) for row in table.body) and len(file.head.encode()) >= file.size
    read = f"list({reader})"
    if even and _has_header(table) and any(cell != cell.strip() for cell in cells):
        read = f"[{{key.strip(): value.strip() for key, value in row.items()}} for row in {reader}]"
    return f"{name} = {read}\n"


def _has_header(table: Table) -> bool:
    names = [name.strip() for name in table.head]
    return len(set(names)) == len(names) and all(names) and not any(re.fullmatch(r"[-+]?[\d.,:/]+", n) for n in names)


def _json(file: FileHead, name: str) -> str:
    if len(file.head.encode()) >= file.size:
        try:
            json.loads(file.head.removeprefix("\ufeff"))
        except (ValueError, RecursionError):
            return ""
    return f"{name} = json.load(open({file.path!r}, encoding={_coded(file)!r}))\n"


def _json_lines(file: FileHead, name: str) -> str:
    if len(file.head.encode()) < file.size:
        return ""
    try:
        for line in whole_lines(file).splitlines():
            if line.strip():
                json.loads(line)
    except (ValueError, RecursionError):
        return ""  # what is to become of broken lines, the goal says
    lines = f"open({file.path!r}, encoding={_coded(file)!r})"
    return f"{name} = [json.loads(line) for line in {lines} if line.strip()]\n"


_RULE = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*")


def _markdown(file: FileHead, name: str) -> str:
    """The one table of the text, as a list of dicts."""
    rules = [line for line in file.head.splitlines() if "|" in line and _RULE.fullmatch(line)]
    rows = [line for line in file.head.splitlines() if line.lstrip().startswith("|")]
    if len(rules) != 1 or len(rows) < 3 or rows[1] != rules[0] or any("\\|" in row for row in rows):
        return ""
    if not all(row.strip().endswith("|") for row in rows):
        return ""
    cells = "[cell.strip() for cell in line.strip()[1:-1].split('|')]"
    lines = f"open({file.path!r}, encoding={_coded(file)!r})"
    return (
        f"cells = [{cells} for line in {lines} if line.lstrip().startswith('|')]\n"
        f"{name} = [dict(zip(cells[0], row)) for row in cells[2:]]\n"
    )


def _ini(file: FileHead, name: str) -> str:
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(whole_lines(file).removeprefix("\ufeff"))
    except configparser.Error:
        return ""
    if not parser.sections() or parser.defaults():
        return ""
    return (
        "parser = configparser.ConfigParser(interpolation=None)\nparser.optionxform = str\n"
        f"parser.read({file.path!r}, encoding={_coded(file)!r})\n"
        f"{name} = {{section: dict(parser[section]) for section in parser.sections()}}\n"
    )


def _toml(file: FileHead, name: str) -> str:
    try:
        tomllib.loads(file.head)
    except tomllib.TOMLDecodeError:
        return ""
    return f"{name} = tomllib.load(open({file.path!r}, 'rb'))\n"


def _log(file: FileHead, name: str) -> str:
    """The parts of each line, by name where the form of the log is known, for lines of one make."""
    if pattern := log_pattern(file):
        lines = f"open({file.path!r}, encoding={_coded(file)!r})"
        return (
            f"{name}_pattern = re.compile({pattern!r})\n"
            f"{name} = [found.groupdict() for line in {lines} if (found := {name}_pattern.match(line))]\n"
        )
    if not split_lines(whole_lines(file)):
        return ""
    remarks = re.search(r"^#", whole_lines(file), re.M)
    wanted = "line.strip() and not line.startswith('#')" if remarks else "line.strip()"
    return f"{name} = [line.split() for line in open({file.path!r}, encoding={_coded(file)!r}) if {wanted}]\n"


def _database(file: FileHead, name: str) -> str:
    return f"{name} = sqlite3.connect({file.path!r})\n{name}.row_factory = sqlite3.Row\n"


_READERS = {
    "db": _database,
    "sqlite": _database,
    "sqlite3": _database,
    "csv": _csv,
    "tsv": _csv,
    "json": _json,
    "jsonl": _json_lines,
    "ndjson": _json_lines,
    "md": _markdown,
    "ini": _ini,
    "cfg": _ini,
    "toml": _toml,
    "log": _log,
}
_MODULES = {
    "db": "sqlite3",
    "sqlite": "sqlite3",
    "sqlite3": "sqlite3",
    "csv": "csv",
    "tsv": "csv",
    "json": "json",
    "jsonl": "json",
    "ndjson": "json",
    "md": "",
    "ini": "configparser",
    "cfg": "configparser",
    "toml": "tomllib",
    "log": "",
}
