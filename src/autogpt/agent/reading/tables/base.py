"""A table of a SQLite database, as far as a look into it shows: its columns and what is declared of them."""

import re

from autogpt.agent.reading.tables.ground import Column, Source

_MADE = re.compile(
    r"^(?P<path>[^\n:]+): CREATE TABLE (?:IF NOT EXISTS )?[\"`\[]?(?P<table>\w+)[\"`\]]? ?\((?P<columns>.+)\)",
    re.I | re.M,
)
_RULES = ("primary", "foreign", "unique", "check", "constraint")


def base_of(path: str, goal: str, looked: str) -> Source | None:
    """The one table of the database that the goal names, or that is there.

    looked: what the look into the databases of the folder printed.
    """
    tables = {made["table"]: made["columns"] for made in _MADE.finditer(looked) if made["path"] == path}
    named = [table for table in tables if re.search(rf"(?<![A-Za-z0-9_]){re.escape(table)}(?![A-Za-z0-9_])", goal)]
    chosen = named if len(named) == 1 else list(tables) if len(tables) == 1 else []
    if len(chosen) != 1:
        return None
    table = chosen[0]
    columns = tuple(_column(part) for part in re.split(r",(?![^()]*\))", tables[table]) if not _is_rule(part))
    if len({column.name for column in columns}) < len(columns):
        return None
    load = {"kind": "sqlite", "path": path, "table": table, "columns": [column.name for column in columns]}
    return Source(path, load, columns, ())


def _is_rule(part: str) -> bool:
    return part.strip().lower().startswith(_RULES)


def _column(part: str) -> Column:
    words = part.strip().split()
    name = words[0].strip('"`[]')
    declared = words[1].upper() if len(words) > 1 else ""
    number = declared.startswith(("INT", "REAL", "NUM", "FLOAT", "DOUBLE", "DEC"))
    return Column(name, "number" if number else "text", False, ())
