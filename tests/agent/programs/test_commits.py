"""A program that changes a database and forgets to commit does commit; who decides it another way is left alone."""

import sqlite3

import pytest

from autogpt.agent.programs.mending import mended

ADD = "db.execute('INSERT INTO t VALUES (2)')\n"
OPEN = "import sqlite3\ndb = sqlite3.connect('t.db')\n"


@pytest.mark.parametrize(
    "program",
    [
        OPEN + ADD,
        OPEN + ADD + "db.close()\nprint(1)",
        OPEN + "if True:\n    " + ADD + "    db.close()\n",
        OPEN + ADD + "print(1); db.close()",
        OPEN + "cursor = db.cursor()\ncursor.executemany('  insert into t values (?)', [(2,)])\ncursor.close()\n",
        OPEN + "rows = [(2,)]\nfor row in rows: db.execute('''\nINSERT INTO t VALUES (?)''', row)\n",
        "import sqlite3\ndef work():\n    db = sqlite3.connect('t.db')\n    " + ADD + "    db.close()\nwork()\n",
        "db = sqlite3.connect('t.db')\n" + ADD,
        OPEN + "def main():\n    " + ADD,
        OPEN + "try:\n    " + ADD + "finally:\n    db.close()\n",
        OPEN + "try:\n    " + ADD + "    db.close()\nexcept sqlite3.Error:\n    db.close()\n",
        "import sqlite3\ndef work():\n    db = sqlite3.connect('t.db')\n    try:\n        " + ADD
        + "        return 1\n    finally:\n        db.close()\nwork()\n",
    ],
)  # fmt: skip
def test_what_is_changed_is_kept(ran, tmp_path, program):
    path = tmp_path / "t.db"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE t (n)")
    better = mended(program)
    assert ran(better)[1] == ""
    assert db.execute("SELECT n FROM t").fetchall() == [(2,)]
    assert mended(better) == better


@pytest.mark.parametrize(
    "program",
    [
        OPEN + ADD + "db.commit()\n",
        OPEN + ADD + "db.rollback()\n",
        OPEN + "with db:\n    " + ADD,
        "import sqlite3\nwith sqlite3.connect('t.db') as db:\n    " + ADD,
        "import sqlite3\ndb = sqlite3.connect('t.db', isolation_level=None)\n" + ADD,
        OPEN + "print(db.execute('SELECT n FROM t').fetchall())\n",
        OPEN + "other = sqlite3.connect('u.db')\n" + ADD,
        OPEN + "print('update')\n",
        "import sqlite3\ndef work():\n    db = sqlite3.connect('t.db')\n    " + ADD + "    return db\n",
        "def work(db):\n    " + ADD + "    # import sqlite3\n",
        "import sqlite3\nif input():\n    db = sqlite3.connect('t.db')\n    " + ADD,
    ],
)
def test_what_commits_otherwise_or_changes_nothing_is_left_alone(program):
    assert mended(program) == program


def test_what_is_half_done_when_it_breaks_is_not_kept(ran, tmp_path):
    with sqlite3.connect(tmp_path / "t.db") as db:
        db.execute("CREATE TABLE t (n)")
    ends = ("finally:\n    db.close()\n", "except ZeroDivisionError:\n    db.close()\n")
    for end in ends:
        ran(mended(OPEN + "try:\n    " + ADD + "    1 / 0\n    db.close()\n" + end))
    assert db.execute("SELECT n FROM t").fetchall() == []
