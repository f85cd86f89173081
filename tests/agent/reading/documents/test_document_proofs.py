"""Checks of work with databases: they share no function with the program, and find out what is wrong."""

import ast
import sqlite3
from contextlib import closing

import pytest
from making import fill, heads, holds, runs

from autogpt.agent.reading.documents.full import documented

SHOP = "create table goods(id integer, name text, stock integer); insert into goods values (1,'tea',5), (2,'jam',9);"
BOOKS = (
    "create table books(id integer, title text, price real); insert into books values (1,'Emma',9.5), (2,null,12.0);"
)
GOALS = [
    ("Export the table books of lib.db to books.csv.", {"lib.db": BOOKS}, "books.csv"),
    (
        "Create a SQLite database geo.db with a table cities (name, people) and fill it with the rows of cities.csv. people must be an integer.",
        {"cities.csv": "\ufeffname;people\r\nOslo;700\r\nLima;900\r\n"},
        "geo.db",
    ),
    (
        "Add the quantities in in.csv to the column stock of the table goods in shop.db.",
        {"shop.db": SHOP, "in.csv": "name,qty\njam,10\n"},
        "shop.db",
    ),
]


def functions(code):
    return {node.name for node in ast.walk(ast.parse(code)) if isinstance(node, ast.FunctionDef)}


def spoil(path):
    """Take the last row away."""
    if path.suffix != ".db":
        path.write_text("".join(path.read_text("utf-8").splitlines(keepends=True)[:-1]), "utf-8")
        return
    with closing(sqlite3.connect(path)) as base, base:
        (table,) = base.execute("select name from sqlite_master").fetchone()
        base.execute(f"delete from {table} where rowid = (select max(rowid) from {table})")


@pytest.mark.parametrize(("goal", "files", "made"), GOALS)
def test_a_check_of_what_nobody_saw_beforehand_is_made_of_other_code(goal, files, made, tmp_path):
    found = documented(goal, heads(files))
    assert found is not None
    codes = [check.code for check in found.checks if check.kind == "python_holds"]
    assert codes
    assert all(not functions(code) - {"plain", "table_in"} for code in codes)
    fill(tmp_path, files)
    assert not all(holds(check, tmp_path) for check in found.checks)
    assert runs(found.program, tmp_path)
    assert all(holds(check, tmp_path) for check in found.checks)
    spoil(tmp_path / made)
    assert not all(holds(check, tmp_path) for check in found.checks)
