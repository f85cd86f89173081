"""Sits an exam: each task in a fresh folder, solved by whoever is examined, marked by hidden checks in a copy."""

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, Protocol

import anyio
from pydantic import ValidationError

from autogpt.core.check import Check, CheckResult
from autogpt.core.contracts import Model, Sandbox, Workspace
from autogpt.core.errors import AutoGPTError, ToolError, UsageError
from autogpt.core.message import Usage
from autogpt.core.schema import Value
from autogpt.core.task import Language
from autogpt.exam.checks import CheckRunner
from autogpt.exam.suite import Difficulty, ExamTask, Suite, lay_out

Failure = Literal[
    "", "no_file", "wrong_value", "wrong_text", "wrong_language", "exception", "tests_fail", "changed_input",
    "no_answer", "time", "error",
]  # fmt: skip
"""What kind of failure the first failing check shows; '' for a task that was solved."""


class Sat(Value):
    """How a solver says its attempt went."""

    usage: Usage = Usage()
    seconds: float = 0.0
    outcome: str = ""
    """Its own word for it; 'complete' means that it claims success."""
    detail: str = ""
    steps: int = 0


class Solver(Protocol):
    """Whoever is examined. Works in the folder; raises an AutoGPTError for what keeps it from working at all."""

    async def __call__(self, goal: str, workspace: Path, checks: Sequence[Check]) -> Sat: ...


class Mark(Value):
    """One task, sat and marked; a line of the results file."""

    task: str
    digest: str
    """Of the task as it was; see `ExamTask.digest`."""
    difficulty: Difficulty
    language: Language
    tags: tuple[str, ...]
    passed: bool
    failure: Failure
    results: tuple[CheckResult, ...]
    sat: Sat


class Report(Value):
    """All marks of one suite for one solver ('arm')."""

    suite: str
    arm: str
    marks: tuple[Mark, ...]


class Room:
    """Where exams are sat: how folders are opened safely, and the sandbox the hidden checks run in.

    judge: asked only by hidden checks of kind `judged`.
    """

    def __init__(
        self, open_workspace: Callable[[Path, Path], Workspace], sandbox: Sandbox | None, judge: Model | None = None
    ) -> None:
        self.open_workspace = open_workspace
        """Opens the folder (first argument), keeping snapshots in the second."""
        self.sandbox = sandbox
        self.judge = judge


async def sit(
    suite: Suite,
    solver: Solver,
    room: Room,
    *,
    arm: str,
    results: Path | None = None,
    seconds: float = 1_800.0,
    on_mark: Callable[[Mark], None] | None = None,
) -> Report:
    """Let the solver sit every task of the suite, one after the other.

    arm: name of the solver in reports.
    results: JSONL file to which each mark is added as it comes; tasks that are marked there are not sat again.
    seconds: wall-clock limit for one task.
    Raises UsageError if the results file cannot be read or written.
    """
    done = _read_marks(results) if results else {}
    marks: list[Mark] = []
    for task in suite.tasks:
        mark = done.get((task.id, task.digest))
        if mark is None:
            mark = await _sit_one(task, solver, room, seconds)
            if results:
                _add(results, mark)
            if on_mark:
                on_mark(mark)
        marks.append(mark)
    return Report(suite=suite.name, arm=arm, marks=tuple(marks))


async def _sit_one(task: ExamTask, solver: Solver, room: Room, seconds: float) -> Mark:
    with tempfile.TemporaryDirectory(prefix="autogpt-exam-", ignore_cleanup_errors=True) as made:
        folder = Path(made, "workspace")
        folder.mkdir()  # noqa: ASYNC240 - one folder
        workspace = room.open_workspace(folder, Path(made, "snapshots"))
        lay_out(task, workspace)
        sat, kept_from = await _solve(task, solver, folder, seconds)
        results = await mark_workspace(task, workspace, room, Path(made, "copy"))
    passed = all(result.passed for result in results)
    return Mark(
        task=task.id,
        digest=task.digest,
        difficulty=task.difficulty,
        language=task.language,
        tags=task.tags,
        passed=passed,
        failure="" if passed else kept_from or classify(results),
        results=results,
        sat=sat,
    )


async def _solve(task: ExamTask, solver: Solver, folder: Path, seconds: float) -> tuple[Sat, Failure]:
    """What the solver says, and what kept it from working, if anything; what it did until then is marked."""
    began = time.monotonic()
    try:
        with anyio.fail_after(seconds):
            sat = await solver(task.goal, folder, task.checks)
    except TimeoutError:
        return Sat(outcome="time", detail=f"stopped after {seconds:.0f} s", seconds=time.monotonic() - began), "time"
    except AutoGPTError as error:
        detail = f"{type(error).__name__}: {error}"
        return Sat(outcome="error", detail=detail[:2_000], seconds=time.monotonic() - began), "error"
    return sat, ""


async def mark_workspace(task: ExamTask, workspace: Workspace, room: Room, copy: Path) -> tuple[CheckResult, ...]:
    """Run the task's hidden checks, each in its own fresh copy of the workspace below `copy`.

    A check may leave files behind; the next one does not see them.
    """
    results: list[CheckResult] = []
    for number, check in enumerate(task.marking):
        folder = copy / str(number)
        folder.mkdir(parents=True)
        fresh = room.open_workspace(folder, copy / "snapshots")
        copy_files(workspace, fresh)
        results += await CheckRunner(fresh, room.sandbox, str(folder), room.judge).check([check])
    return tuple(results)


def copy_files(source: Workspace, target: Workspace) -> None:
    """Copy the regular files that can be read, up to 16 MB each; links and special files are left out."""
    for entry in source.list("", 5_000):
        if entry.kind != "file" or entry.size > 16_000_000:
            continue
        try:
            target.write(entry.path, source.read(entry.path, 16_000_000))
        except ToolError:
            continue  # unreadable, or a name that no file of ours may have: then no check can count on it either


def classify(results: Sequence[CheckResult]) -> Failure:
    """Name the failure that the first failing check shows."""
    first = next((result for result in results if not result.passed), None)
    if first is None:
        return ""
    seen = first.evidence
    if "does not exist" in seen or "No such file" in seen or "No module named" in seen or "no such table" in seen:
        return "no_file"
    match first.check.kind:
        case "file_unchanged":
            return "changed_input"
        case "written_in":
            return "wrong_language"
        case "tests_pass":
            return "tests_fail"
        case "page_answers":
            return "wrong_value" if " answered " in seen else "no_answer"
        case "file_contains" | "file_absent" | "file_exists" | "file_parses":
            return "wrong_text"
        case "python_holds":
            return "wrong_value" if ", expected " in seen.partition("\nholds: ")[0] else "exception"
        case _:
            return "wrong_value"


def read_report(suite: str, arm: str, results: Path) -> Report:
    """Read a report from its results file. Raises UsageError if it cannot be read."""
    return Report(suite=suite, arm=arm, marks=tuple(_read_marks(results).values()))


def _read_marks(results: Path) -> dict[tuple[str, str], Mark]:
    marks: dict[tuple[str, str], Mark] = {}
    try:
        lines = results.read_text("utf-8").splitlines() if results.exists() else []
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the results {str(results)!r} cannot be read: {error}") from None
    for number, line in enumerate(lines, 1):
        try:
            mark = Mark.model_validate_json(line)
        except ValidationError:
            if number == len(lines):
                continue  # the line being written when we were stopped; the task is sat again
            raise UsageError(
                f"line {number} of {str(results)!r} is no mark; move the file away to begin anew"
            ) from None
        marks[mark.task, mark.digest] = mark
    return marks


def _add(results: Path, mark: Mark) -> None:
    try:
        results.parent.mkdir(parents=True, exist_ok=True)
        text = results.read_bytes() if results.exists() else b""
        with results.open("ab") as file:
            if text and not text.endswith(b"\n"):
                file.truncate(text.rfind(b"\n") + 1)
            file.write(mark.model_dump_json().encode() + b"\n")
    except OSError as error:
        raise UsageError(f"the results {str(results)!r} cannot be written: {error}") from None
