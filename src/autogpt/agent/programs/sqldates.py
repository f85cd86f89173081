"""Days between dates in SQLite, where a small model subtracts the texts: '2024-05-04' - '2023-06-11' is 1 there.

Texts that begin with digits are subtracted as the numbers they begin with, without an error (SQLite documentation,
"Datatypes in SQLite", 3.1); the days between dates are told by `julianday`.
"""

import ast
import re
from typing import cast

_TABLE = re.compile(r"^.*?CREATE TABLE\s+\S+\s*\((?P<columns>.*)\)\s*$", re.I)
_ROW = re.compile(r"^\s+(?P<row>\(.*\))\s*$")
_DAY = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d)?)?")
_SIDE = r"(?:(?:MAX|MIN)\(\s*)?(?:\w+\.)?(?P<{0}>\w+)(?:\s*\))?"
_SUBTRACTED = re.compile(rf"(?<![\w.(]){_SIDE.format('left')}\s*-\s*{_SIDE.format('right')}(?![\w.])", re.I)


def date_columns(seen: str) -> frozenset[str]:
    """The columns that hold dates, as far as what was seen of a database shows it: its tables, each with two rows."""
    found: set[str] = set()
    names: list[str] = []
    for line in seen.splitlines():
        if table := _TABLE.match(line):
            parts = re.split(r",(?![^(]*\))", table["columns"])
            names = [part.split()[0].strip('"`[]') for part in parts if part.split()]
        elif row := _ROW.match(line):
            try:
                cells: object = ast.literal_eval(row["row"])
            except (SyntaxError, ValueError):
                continue
            row_of = cast("tuple[object, ...]", cells) if isinstance(cells, tuple) else ()
            pairs = zip(names, row_of, strict=False)
            found |= {name for name, cell in pairs if isinstance(cell, str) and _DAY.fullmatch(cell)}
    return frozenset(found)


def with_julian_days(code: str, columns: frozenset[str]) -> str:
    """The program with the days between two of these columns where its SQL subtracts one from the other."""
    if "sqlite3" not in code or not columns:
        return code

    def days(match: re.Match[str]) -> str:
        if match["left"] not in columns or match["right"] not in columns:
            return match[0]
        left, right = (side.strip() for side in match[0].split("-"))
        return f"CAST(julianday({left}) - julianday({right}) AS INTEGER)"

    lines = [
        _SUBTRACTED.sub(days, line) if re.search(r"\b(?:SELECT|MAX|MIN|HAVING|WHERE|ORDER BY|AS)\b", line) else line
        for line in code.splitlines(keepends=True)
    ]
    return "".join(lines)
