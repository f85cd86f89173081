"""Exams are sat in fresh folders, marked in copies, resumed where they stopped, and reported with intervals."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import anyio
import pytest

from autogpt.core.check import (
    Check,
    CheckResult,
    FileContains,
    FileExists,
    FileUnchanged,
    PageAnswers,
    PythonHolds,
    TestsPass,
    ValueAt,
    WrittenIn,
)
from autogpt.core.errors import ModelError, UsageError
from autogpt.core.message import Usage
from autogpt.exam.report import compare, difference, render, wilson
from autogpt.exam.runner import Mark, Report, Room, Sat, Solver, classify, read_report, sit
from autogpt.exam.suite import ExamTask, Suite
from autogpt.sandbox.workspace import Folder

SUITE = Suite(
    name="small",
    tasks=(
        ExamTask(
            id="first",
            difficulty="easy",
            goal="Write hello to out.txt",
            files={"in.txt": "given"},
            checks=(FileExists(path="out.txt"),),
            hidden=(FileContains(path="out.txt", text="hello"),),
            keeps=("in.txt",),
            tags=("files",),
        ),
        ExamTask(id="second", language="zh", goal="写一封信", hidden=(WrittenIn(path="letter.txt", language="zh"),)),
    ),
)
ROOM = Room(Folder, None)


class Scripted:
    """A solver that does as told, and remembers what it was given."""

    def __init__(self, act: Callable[[Path], None]) -> None:
        self.act = act
        self.given: list[tuple[str, Sequence[Check]]] = []
        self.folders: list[Path] = []

    async def __call__(self, goal: str, workspace: Path, checks: Sequence[Check]) -> Sat:
        self.given.append((goal, checks))
        self.folders.append(workspace)
        self.act(workspace)
        usage = Usage(input_tokens=90, cached_tokens=45, output_tokens=10)
        return Sat(usage=usage, seconds=2.0, outcome="complete", steps=1)


def take(solver: Solver, **options: object) -> Report:
    async def run() -> Report:
        return await sit(SUITE, solver, ROOM, arm="scripted", **options)  # type: ignore[arg-type]

    return anyio.run(run)


def test_a_solver_sees_goal_and_visible_checks_and_never_the_hidden_ones():
    solver = Scripted(lambda folder: None)
    take(solver)
    assert solver.given == [
        ("Write hello to out.txt", (FileExists(path="out.txt"),)),
        ("写一封信", ()),
    ]
    assert not any(folder.exists() for folder in solver.folders)


def test_marks_say_what_passed_and_what_kind_of_failure_there_was():
    def act(folder: Path) -> None:
        (folder / "out.txt").write_text("hello")
        (folder / "letter.txt").write_text("Dear Mr. Wang, thank you.")

    first, second = take(Scripted(act)).marks
    assert (first.passed, first.failure, first.sat.outcome) == (True, "", "complete")
    assert (second.passed, second.failure) == (False, "wrong_language")


def test_changing_a_file_that_must_be_kept_fails_the_task():
    def act(folder: Path) -> None:
        (folder / "out.txt").write_text("hello")
        (folder / "in.txt").write_text("changed")

    mark = take(Scripted(act)).marks[0]
    assert (mark.passed, mark.failure) == (False, "changed_input")


def test_a_workspace_left_full_of_traps_is_marked_all_the_same(tmp_path: Path):
    def act(folder: Path) -> None:
        os.mkfifo(folder / "pipe")
        (folder / "out").symlink_to("/etc/passwd")
        (folder / "loop").symlink_to(".")
        with (folder / "sparse").open("wb") as file:
            file.truncate(1 << 40)
        (folder / "out.txt").write_text("hello")

    assert take(Scripted(act)).marks[0].passed


def test_a_solver_that_cannot_work_or_takes_too_long_is_marked_by_what_it_left():
    def refuse(folder: Path) -> None:
        raise ModelError("no such model")

    marks = take(Scripted(refuse)).marks
    assert {(mark.passed, mark.failure, mark.sat.outcome, mark.sat.detail) for mark in marks} == {
        (False, "error", "error", "ModelError: no such model")
    }

    async def slow(goal: str, workspace: Path, checks: Sequence[Check]) -> Sat:
        (workspace / "out.txt").write_text("hello")
        await anyio.sleep_forever()
        raise AssertionError

    first, second = take(slow, seconds=0.05).marks
    assert (first.passed, first.sat.outcome) == (True, "time")
    assert (second.passed, second.failure) == (False, "time")


def test_an_exam_that_was_stopped_goes_on_where_it_was(tmp_path: Path):
    results = tmp_path / "marks.jsonl"
    whole = take(Scripted(lambda folder: None), results=results)
    lines = results.read_text().splitlines()
    results.write_text(lines[0] + "\n" + lines[1][: len(lines[1]) // 2])
    solver = Scripted(lambda folder: None)
    seen: list[str] = []
    again = take(solver, results=results, on_mark=lambda mark: seen.append(mark.task))
    assert [goal for goal, _ in solver.given] == ["写一封信"]
    assert seen == ["second"]
    assert [mark.task for mark in again.marks] == ["first", "second"]
    assert read_report("small", "scripted", results).marks[0] == whole.marks[0]
    assert len(results.read_text().splitlines()) == 2


def test_marks_of_another_version_of_a_task_do_not_count(tmp_path: Path):
    results = tmp_path / "marks.jsonl"
    take(Scripted(lambda folder: None), results=results)
    text = results.read_text()
    results.write_text(text.replace(SUITE.tasks[0].digest, "0" * 16))
    solver = Scripted(lambda folder: None)
    take(solver, results=results)
    assert [goal for goal, _ in solver.given] == ["Write hello to out.txt"]


def test_a_results_file_that_is_none_is_refused(tmp_path: Path):
    (tmp_path / "marks.jsonl").write_text("{}\n{}\n")
    with pytest.raises(UsageError, match=r"line 1 of .* is no mark"):
        take(Scripted(lambda folder: None), results=tmp_path / "marks.jsonl")


@pytest.mark.parametrize(
    ("check", "evidence", "failure"),
    [
        (FileExists(path="a"), "a does not exist; the workspace is empty", "no_file"),
        (PythonHolds(code="x"), "fails: import a\n  ModuleNotFoundError: No module named 'a'", "no_file"),
        (PythonHolds(code="x"), "fails: assert f() == 1\n  got 2, expected 1\nholds: assert g()", "wrong_value"),
        (PythonHolds(code="x"), "fails: f()\n  KeyError: 1\nholds: assert 'got, expected 1'", "exception"),
        (ValueAt(path="a", pointer=""), "a: the document is 1, expected 2", "wrong_value"),
        (WrittenIn(path="a", language="zh"), "a: it is not written in Chinese", "wrong_language"),
        (TestsPass(), "0 passed, 2 failed", "tests_fail"),
        (FileUnchanged(path="a", sha256=""), "a has changed", "changed_input"),
        (FileContains(path="a", text="x"), "a does not contain 'x'", "wrong_text"),
        (PageAnswers(command="x", port=8000), "/ answered 404: ''", "wrong_value"),
        (PageAnswers(command="x", port=8000), "/: no answer within 20 s", "no_answer"),
    ],
)
def test_a_failure_is_named_by_the_first_check_that_fails(check: Check, evidence: str, failure: str):
    fine = CheckResult(check=FileExists(path="b"), passed=True)
    results = [fine, CheckResult(check=check, passed=False, evidence=evidence), fine]
    assert classify(results) == failure
    assert classify([fine]) == ""


def marks(passed: str, tokens: int = 100) -> tuple[Mark, ...]:
    return tuple(
        Mark(
            task=f"t{number}",
            digest="d",
            difficulty="easy" if number % 2 else "hard",
            language="en",
            tags=("csv",),
            passed=sign == "+",
            failure="" if sign == "+" else "wrong_value",
            results=(),
            sat=Sat(
                usage=Usage(input_tokens=tokens - 20, cached_tokens=(tokens - 20) // 2, output_tokens=20),
                seconds=3,
                outcome="complete",
            ),
        )
        for number, sign in enumerate(passed)
    )


def test_wilson_gives_the_published_interval():
    # Newcombe 1998, table I: 81 of 263 and 15 of 148.
    assert tuple(round(share, 4) for share in wilson(81, 263)) == (0.2553, 0.3662)
    assert tuple(round(share, 4) for share in wilson(15, 148)) == (0.0624, 0.1605)
    assert wilson(0, 0) == (0.0, 1.0)


def test_a_difference_is_taken_on_the_tasks_that_both_sat():
    left = Report(suite="s", arm="left", marks=marks("+++-"))
    right = Report(suite="s", arm="right", marks=marks("+--"))
    points, low, high = difference(left, right)
    assert round(points, 1) == 66.7
    assert 0 <= low <= points <= high <= 100
    assert difference(left, left) == (0, 0, 0)


def test_a_report_shows_groups_costs_and_failures():
    text = render(Report(suite="s", arm="ours", marks=marks("++-+")))
    assert "| all | 3 | 4 | 75 | 30-95 | 100 | 133 | 3.0 | 4.0 | 50 |" in text
    assert "| easy | 2 | 2 | 100 |" in text
    assert "| hard | 1 | 2 | 50 |" in text
    assert "Failed: 1, of which 1 were claimed to be complete." in text
    assert "| wrong_value | 1 | t2 |" in text


def test_arms_are_compared_to_the_first():
    text = compare(
        [Report(suite="s", arm="bare", marks=marks("+---")), Report(suite="s", arm="ours", marks=marks("++++", 200))]
    )
    assert "| bare | 1 | 4 | 25 |" in text
    assert "| ours | 4 | 4 | 100 | 51-100 | 200 | 200 |" in text
    assert "- ours - bare: +75.0 points (95 %: " in text
