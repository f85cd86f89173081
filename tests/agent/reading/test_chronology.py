"""Orders of time are demanded by the times that stand in the file, or that the folder's tables have for its lines."""

import hashlib
import sqlite3
import subprocess
import sys

import pytest

from autogpt.agent.reading.chronology import chronologies
from autogpt.core.contracts import FileHead

DOGS = "patients.csv has all animals. Which dogs were born before 2015? Names only, one per line, oldest first, into old.txt."
PATIENTS = "name,born,seen\nTom,2009-02-03,2024-01-05\nPip,2011-05-06,2024-01-04\nNero,2013-01-01,2024-01-03\n"
BILLS = "把 bills.csv 里没付的写到 open.csv，列是 日期、金额，从晚到早。"

MONTHS = "按月份汇总到 m.csv，列是 月份、合计，按时间先后排列，金额保留两位小数。"


def head(path, text):
    return FileHead(path=path, size=len(text.encode()), head=text, sha256=hashlib.sha256(text.encode()).hexdigest())


def holds(check, folder):
    done = subprocess.run([sys.executable, "-c", check.code], cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("goal", "path", "text", "good"),
    [
        (DOGS, "old.txt", "Tom\nPip\nNero\n", True),
        # By the visit, which the words allow too.
        (DOGS, "old.txt", "Nero\nPip\nTom\n", True),
        (DOGS, "old.txt", "Pip\nTom\nNero\n", False),
        (DOGS, "old.txt", "Rex\nTom\n", True),
        (DOGS, "old.txt", "", True),
        (BILLS, "open.csv", "日期,金额\n2025-03-01,5\n2025-02-01,9\n2025-02-01,4\n", True),
        (BILLS, "open.csv", "日期,金额\n2025-02-01,9\n2025-03-01,5\n", False),
        (MONTHS, "m.csv", "月份,合计\n2025-02,9.00\n2025-01,5.00\n", False),
    ],
)
def test_the_order_is_that_of_the_times(tmp_path, goal, path, text, good):
    (tmp_path / "patients.csv").write_text(PATIENTS, encoding="utf-8")
    (tmp_path / path).write_text(text, encoding="utf-8")
    (check,) = chronologies(goal, [path], [head("patients.csv", PATIENTS)])
    assert holds(check, tmp_path)[0] == good


def test_times_are_looked_up_in_a_database(tmp_path):
    database = sqlite3.connect(tmp_path / "clinic.db")
    database.execute("CREATE TABLE patients (name TEXT, born TEXT)")
    database.executemany("INSERT INTO patients VALUES (?, ?)", [("Tom", "2009-02-03"), ("Pip", "2011-05-06")])
    database.commit()
    (check,) = chronologies(DOGS, ["old.txt"], [head("clinic.db", "SQLite format 3")])
    (tmp_path / "old.txt").write_text("Pip\nTom\n")
    good, said = holds(check, tmp_path)
    assert not good
    assert "from the earliest to the latest; it has Pip, Tom of 2011-05-06, 2009-02-03" in said


@pytest.mark.parametrize(
    "goal",
    [
        "Write list.csv, sorted by city, then oldest first.",
        "Write list.csv with all members, the oldest first; their age is in years.csv.".replace(";", ","),
        "Write list.csv. With --newest the newest come first.",
        "Write list.csv, newest first in each group.",
        "每组最新的在前，写到 list.csv。",
        "Write a.csv and b.csv, oldest first.",
    ],
)
def test_no_order_is_demanded_where_another_may_be_meant(goal):
    assert chronologies(goal, [path for path in ("list.csv", "a.csv", "b.csv") if path in goal], []) == ()
