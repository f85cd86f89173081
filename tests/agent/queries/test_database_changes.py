"""Statements of a model that change a database: all of them or none, and nothing else of what it writes."""

import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from autogpt.agent.queries.asking import change_of, statements_of
from autogpt.agent.queries.statement import changes

ADDED = """```sql
ALTER TABLE invoices ADD COLUMN gross REAL;
UPDATE invoices SET gross = ROUND(net * 120 / 100, 2);
SELECT * FROM invoices;
```"""


@pytest.fixture
def base(tmp_path):
    with closing(sqlite3.connect(tmp_path / "b.db")) as link, link:
        link.execute("create table invoices (id integer primary key, net integer)")
        link.executemany("insert into invoices values (?, ?)", [(1, 100), (2, 49)])
    return tmp_path / "b.db"


def rows(path) -> list[tuple]:
    with closing(sqlite3.connect(path)) as link:
        return link.execute("select * from invoices order by id").fetchall()


def run(program: str, folder) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-c", program]
    return subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False)


def test_a_column_is_added_and_filled(base):
    assert run(change_of(statements_of(ADDED), "the work", "b.db"), base.parent).returncode == 0
    assert rows(base) == [(1, 100, 120.0), (2, 49, 58.8)]


def test_where_one_statement_fails_none_is_carried_out(base):
    program = change_of("UPDATE invoices SET net = 0; UPDATE invoices SET vat = 1;", "the work", "b.db")
    done = run(program, base.parent)
    assert "no such column: vat" in done.stderr
    assert rows(base) == [(1, 100), (2, 49)]


def test_whole_numbers_are_divided_into_fractions(base):
    run(change_of("UPDATE invoices SET net = net / 8", "the work", "b.db"), base.parent)
    assert rows(base) == [(1, 12.5), (2, 6.125)]


@pytest.mark.parametrize(
    "text", ["SELECT 1", "BEGIN; COMMIT;", "", "ATTACH DATABASE 'x.db' AS x", "PRAGMA user_version = 3"]
)
def test_what_changes_nothing_is_no_program(text):
    assert change_of(text, "the work", "b.db") == ""


def test_what_cannot_be_read_is_left_to_the_database_to_refuse(base):
    text = "UPDATE invoices SET SET net = = 1"
    assert changes(text) is None
    assert "syntax error" in run(change_of(text, "the work", "b.db"), base.parent).stderr
    assert rows(base) == [(1, 100), (2, 49)]


@pytest.mark.parametrize("goal", ["rounded to cents", "to two decimals", "精确到分"])
def test_what_is_computed_is_rounded_as_the_goal_says(base, goal):
    run(change_of("UPDATE invoices SET net = net * 1.0625 WHERE id = 2", goal, "b.db"), base.parent)
    assert rows(base) == [(1, 100), (2, 52.06)]
