"""Exam tasks as data: read, checked, laid out."""

import json
import sqlite3
from pathlib import Path

import anyio
import pytest

from autogpt.core.check import FileExists, FileUnchanged
from autogpt.core.errors import UsageError
from autogpt.exam.mbpp import load_mbpp
from autogpt.exam.runner import Room, mark_workspace
from autogpt.exam.suite import Filler, build, lay_out, load_suite, read_tasks
from autogpt.sandbox.workspace import Folder

TASK = """
- id: one
  goal: Do it.
  files:
    a.txt: "text"
    sub/b.db: {sqlite: "CREATE TABLE t (x); INSERT INTO t VALUES (7);"}
    c.bin: {base64: "AAEC"}
    d.txt: {seed: 1, count: 4, sentences: [x], facts: {0.5: fact}}
  keeps: [a.txt]
  hidden: [{kind: file_exists, path: out.txt}]
"""


def test_a_task_lays_out_its_files(tmp_path: Path):
    (tmp_path / "w").mkdir()
    workspace = Folder(tmp_path / "w", tmp_path / "keep")
    lay_out(read_tasks(TASK, "t.yaml")[0], workspace)
    assert workspace.read("a.txt") == b"text"
    assert workspace.read("c.bin") == b"\0\1\2"
    assert workspace.read("d.txt") == b"x x fact x x\n"
    assert sqlite3.connect(tmp_path / "w/sub/b.db").execute("SELECT x FROM t").fetchall() == [(7,)]


def test_what_a_task_keeps_is_marked_like_its_hidden_checks():
    task = read_tasks(TASK, "t.yaml")[0]
    digest = "982d9e3eb996f559e633f4d194def3761d909f5a3b647d1a851fead67c32c9d1"
    assert task.marking == (
        FileExists(path="out.txt", source="exam"),
        FileUnchanged(path="a.txt", sha256=digest, source="exam"),
    )


def test_filler_is_the_same_every_time():
    filler = Filler(sentences=("a.", "b.", "c."), count=50, seed=3, facts={0.0: "first.", 1.0: "last."})
    text = build(filler)
    assert text == build(filler)
    assert text.startswith(b"first. ")
    assert text.endswith(b" last.\n")
    assert len(text.split()) == 52


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("- id: one\n  goal: [", "is not YAML"),
        ("- id: ONE TASK\n  goal: x", "at 0 / id"),
        ("- id: one\n  goal: x\n  hidden: [{kind: unknown}]", "0 / hidden / 0"),
        ("- id: one\n  goal: x\n  surprise: 1", "0 / surprise"),
        ("hello", "the top"),
        ("- id: one\n  goal: x", "'one' has no hidden check"),
        ("- {id: one, goal: x, keeps: [a]}", "keeps 'a', which is not among its files"),
        (TASK + TASK, "two tasks 'one'"),
    ],
)
def test_a_file_that_holds_no_suite_is_refused_with_the_place(tmp_path: Path, text: str, says: str):
    (tmp_path / "t.yaml").write_text(text)
    with pytest.raises(UsageError, match=says):
        load_suite(str(tmp_path / "t.yaml"))


def test_an_unknown_suite_is_refused_with_what_there_is():
    with pytest.raises(UsageError, match="give 'workspace', 'mbpp' or the path"):
        load_suite("nonsense")
    with pytest.raises(UsageError, match="AUTOGPT_BENCH_DATA"):
        load_suite("mbpp")


def test_a_part_of_a_suite_is_drawn_the_same_way_each_time():
    suite = load_suite("workspace")
    drawn = suite.only(limit=5, seed=4)
    assert drawn == suite.only(limit=5, seed=4)
    assert drawn != suite.only(limit=5, seed=5)
    assert [task for task in suite.tasks if task in drawn.tasks] == list(drawn.tasks)
    assert [task.id for task in suite.only(ids=frozenset({"fizzbuzz"})).tasks] == ["fizzbuzz"]
    with pytest.raises(UsageError, match="no task 'nope'"):
        suite.only(ids=frozenset({"nope"}))


PROBLEMS = [
    {
        "task_id": "mbpp/1",
        "text": "Write a function to double.",
        "test_list": ["assert _twice(1) == 2", "assert _twice(4) == 8"],
    },
    {"task_id": "mbpp/2", "text": "One assert only.", "test_list": ["assert f(1) == 1"]},
]


def test_an_mbpp_problem_shows_its_first_assert_and_hides_the_others(tmp_path: Path, sandbox):
    (tmp_path / "mbpp_dev.jsonl").write_text("\n".join(json.dumps(problem) for problem in PROBLEMS))
    (task,) = load_mbpp(tmp_path).tasks
    assert task.id == "mbpp-1"
    assert task.goal == ("Write a function to double. Write it to solution.py.\nExample: `assert _twice(1) == 2`")
    verdicts: list[bool] = []
    for number, body in enumerate(("return 2 * x", "return 2")):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "solution.py").write_text(f"def _twice(x):\n    {body}\n")
        marked = anyio.run(
            mark_workspace, task, Folder(folder, tmp_path / "k"), Room(Folder, sandbox), tmp_path / f"c{number}"
        )
        verdicts.append(marked[0].passed)
    assert verdicts == [True, False]


def test_damaged_mbpp_data_is_refused_with_the_line(tmp_path: Path):
    with pytest.raises(UsageError, match="is AUTOGPT_BENCH_DATA right"):
        load_mbpp(tmp_path)
    (tmp_path / "mbpp_dev.jsonl").write_text(json.dumps(PROBLEMS[0]) + '\n{"task_id": 1}\n')
    with pytest.raises(UsageError, match="line 2"):
        load_mbpp(tmp_path)
