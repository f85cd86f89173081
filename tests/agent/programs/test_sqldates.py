"""Where SQL subtracts the texts of dates, the days between them are meant; nothing else is touched."""

import sqlite3

import pytest

from autogpt.agent.programs.sqldates import date_columns, with_julian_days

SEEN = """ringing.db: CREATE TABLE birds (ring TEXT PRIMARY KEY, weight NUMERIC(5, 2), born TEXT)
    ('K1', 66.0, '2023-01-01')
ringing.db: CREATE TABLE captures (id INTEGER PRIMARY KEY, ring TEXT REFERENCES birds(ring), day TEXT, wing REAL)
    (1, 'K1', '2023-05-04', 66.0)
    broken ('x'
"""
PROGRAM = "import sqlite3\nrows = db.execute('''SELECT ring, {} AS days\nFROM captures GROUP BY ring''')\n"


def test_columns_of_dates_are_told_by_what_stands_in_them():
    assert date_columns(SEEN) == {"born", "day"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("MAX(day) - MIN(day)", "CAST(julianday(MAX(day)) - julianday(MIN(day)) AS INTEGER)"),
        ("max(c.day)-b.born", "CAST(julianday(max(c.day)) - julianday(b.born) AS INTEGER)"),
        ("MAX(wing) - MIN(wing)", "MAX(wing) - MIN(wing)"),
        ("julianday(MAX(day)) - julianday(MIN(day))", "julianday(MAX(day)) - julianday(MIN(day))"),
        ("day - 1", "day - 1"),
    ],
)
def test_dates_are_subtracted_as_days(written, meant):
    code = PROGRAM.format(written)
    assert with_julian_days(code, date_columns(SEEN)) == PROGRAM.format(meant)
    assert with_julian_days(code, frozenset()) == code


def test_the_days_are_those_between():
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE captures (ring TEXT, day TEXT)")
    db.executemany("INSERT INTO captures VALUES ('K1', ?)", [("2023-05-04",), ("2025-02-16",)])
    scope = {"db": db}
    exec(with_julian_days(PROGRAM.format("MAX(day) - MIN(day)"), frozenset({"day"})), scope)
    assert scope["rows"].fetchall() == [("K1", 654)]
