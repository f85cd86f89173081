"""Checks of work on a table: they hold for what the program made, and for nothing else."""

import ast
import sqlite3
import subprocess
import sys
from contextlib import closing
from hashlib import sha256

import pytest

from autogpt.agent.reading.tables.assembly import Work
from autogpt.agent.reading.tables.full import program, proofs
from autogpt.agent.reading.tables.plainly import recounted
from autogpt.core.contracts import FileHead

BASE = """create table sales(region text, rep text, amount real, n integer, day text);
insert into sales values ('N','Ida',12.5,1,'2025-02-03'), ('S','Ole',7.5,2,'2025-03-01 10:30'),
('N','Bo',20,3,'2025-03-01 09:15'), ('W','Ida',3.25,4,'2025-04-02');"""
NAMES = ["region", "rep", "amount", "n", "day"]
LOAD = {"kind": "sqlite", "path": "s.db", "table": "sales", "columns": NAMES}
OVER = [[{"column": "amount", "op": "gt", "value": "5", "kind": "number"}]]
MARCH = [[{"column": "day", "op": "between", "value": ["2025-03-01", "2025-03-31"], "kind": "%Y-%m-%d"}]]
IDA = [[{"column": "rep", "op": "eq", "value": ["ida"], "kind": "text"}]]


def csv(*names):
    return {"path": "o.csv", "form": "csv", "columns": list(names)}


WORKS = [
    ([["where", OVER]], csv(*NAMES)),
    ([["without", IDA]], csv("rep", "n")),
    ([["where", MARCH], ["sort", [["day", "%Y-%m-%d", False]]]], csv("rep", "day")),
    ([["sort", [["rep", "text", False], ["amount", "number", True]]]], csv("rep", "amount")),
    ([["sort", [["n", "number", True]]], ["first", 2]], csv("rep", "n")),
    ([["sort", [["amount", "number", True]]], ["rank", "place"]], csv("place", "rep")),
    ([["last", 2], ["reverse"]], csv("rep")),
    ([["unique", ["rep"]]], csv("rep", "n")),
    ([["group", ["region"], [["t", "sum", "amount", None]]], ["sort", [["t", "number", True]]]], csv("region", "t")),
    ([["group", ["rep"], [["a", "average", "amount", 3], ["k", "count", "", None]]]], csv("rep", "a", "k")),
    ([["group", ["region"], [["d", "distinct", "rep", None], ["m", "max", "n", None], ["r", "range", "n", None]]]], csv("region", "d", "m", "r")),
    ([["compute", "v", "times", ["amount", "n"], None, 2]], csv("rep", "v")),
    ([["share", "p", "amount", 1]], csv("rep", "p")),
    ([["clean", "rep", "upper", [], []], ["pick", [["rep", "who"]]]], csv("who")),
    ([["group", [], [["t", "sum", "amount", None]]]], {"path": "o.txt", "form": "value", "columns": ["t"], "line": [0]}),
    ([["where", OVER]], {"path": "o.txt", "form": "lines", "columns": ["rep", "n"], "line": [0, ": ", 1]}),
    ([["where", OVER]], {"path": "o.txt", "form": "count", "of": "left"}),
    ([["group", ["rep"], [["t", "sum", "n", None]]]], {"path": "o.json", "form": "json map", "columns": ["rep", "t"]}),
    ([["where", OVER]], {"path": "o.json", "form": "json rows", "columns": ["rep", "amount", "n"]}),
    ([["unique", ["rep"]]], {"path": "o.json", "form": "json list", "columns": ["rep"]}),
]  # fmt: skip


def filled(folder):
    with closing(sqlite3.connect(folder / "s.db")) as base, base:
        base.executescript(BASE)
    return [FileHead(path="s.db", size=1, head="", sha256=sha256((folder / "s.db").read_bytes()).hexdigest())]


def runs(code, folder):
    return subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)


def functions(code):
    return {node.name for node in ast.walk(ast.parse(code)) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(("steps", "out"), WORKS)
def test_a_check_works_out_anew_what_the_program_did(steps, out, tmp_path):
    filled(tmp_path)
    work = Work(LOAD, tuple(steps), (out,), {})
    (check,) = proofs(work)
    assert check.code == recounted(LOAD, steps, out)
    assert not functions(check.code) & functions(program(work))
    done = runs(program(work), tmp_path)
    assert done.returncode == 0, done.stderr
    held = runs(check.code, tmp_path)
    assert held.returncode == 0, held.stderr
    made = tmp_path / out["path"]
    text = made.read_text("utf-8")
    lines = text.splitlines(keepends=True)
    signs = [at for at, sign in enumerate(text) if sign.isalnum()]
    wrong = {
        text[:at] + ("7" if text[at] != "7" else "8") + text[at + 1 :] for at in (signs[-1], signs[len(signs) // 2])
    }
    wrong |= {"".join(lines[:-1]), text + lines[-1]}
    for other in wrong:
        made.write_text(other, "utf-8")
        assert runs(check.code, tmp_path).returncode != 0, other


@pytest.mark.parametrize(
    ("column", "how", "value", "wrong"),
    [
        ("", "", "", "update sales set n = 9 where rep = 'Bo'"),
        ("region", "set", "X", "update sales set region = 'Y' where rep = 'Ida' and n = 1"),
        ("rep", "upper", "", "update sales set n = 9 where rep = 'Bo'"),
        ("n", "add", "5", ""),
    ],
)
def test_a_database_that_was_not_changed_as_told_is_found_out(column, how, value, wrong, tmp_path):
    files = filled(tmp_path)
    out = {"path": "s.db", "form": "base", "column": column, "how": how, "value": value, "tests": IDA}
    work = Work(LOAD, (), (out,), {})
    (check,) = proofs(work, files)
    assert runs(check.code, tmp_path).returncode != 0
    if wrong:
        before = (tmp_path / "s.db").read_bytes()
        with closing(sqlite3.connect(tmp_path / "s.db")) as base, base:
            base.execute(wrong)
        assert runs(check.code, tmp_path).returncode != 0
        (tmp_path / "s.db").write_bytes(before)
    done = runs(program(work), tmp_path)
    assert done.returncode == 0, done.stderr
    assert runs(check.code, tmp_path).returncode == 0


def test_the_sums_of_a_table_that_was_seen_are_done_again_by_its_check(tmp_path):
    (tmp_path / "t.csv").write_text("\ufeffteam;sum\nx;0.10\ny;0.20\nx;0.30\n", "utf-8")
    load = {"kind": "csv", "path": "t.csv", "separator": ";", "columns": ["team", "sum"]}
    steps = [["group", ["team"], [["total", "sum", "sum", None]]]]
    right, wrong = "team,total\nx,0.40\ny,0.20\n", "team,total\nx,0.30\ny,0.20\n"
    for text, holds in ((right, True), (wrong, False)):
        (check,) = proofs(Work(load, tuple(steps), (csv("team", "total"),), {"o.csv": text}))
        (tmp_path / "o.csv").write_text(text, "utf-8")
        assert (runs(check.code, tmp_path).returncode == 0) == holds
