"""Every task of the library can be solved, and none is solved by doing nothing."""

import subprocess
import sys
from pathlib import Path

import anyio
import pytest

from autogpt.core.check import WrittenIn
from autogpt.core.contracts import Workspace
from autogpt.exam.checks import CheckRunner
from autogpt.exam.runner import Room, mark_workspace
from autogpt.exam.suite import ExamTask, lay_out, load_suite
from autogpt.sandbox import open_sandbox
from autogpt.sandbox.workspace import Folder

SOLUTIONS = Path(__file__).parent / "solutions"
TASKS = load_suite("workspace").tasks


@pytest.fixture(scope="module")
def room() -> Room:
    return Room(Folder, open_sandbox())


def laid_out(task: ExamTask, tmp_path: Path) -> Workspace:
    folder = tmp_path / "workspace"
    folder.mkdir()
    workspace = Folder(folder, tmp_path / "keep")
    lay_out(task, workspace)
    return workspace


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.id)
def test_the_reference_solution_of_a_task_passes_all_its_hidden_checks(task: ExamTask, room: Room, tmp_path: Path):
    workspace = laid_out(task, tmp_path)
    subprocess.run([sys.executable, SOLUTIONS / f"{task.id}.py"], cwd=workspace.root, check=True, timeout=60)
    results = anyio.run(mark_workspace, task, workspace, room, tmp_path / "copy")
    assert [(result.check, result.evidence) for result in results if not result.passed] == []


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.id)
def test_an_untouched_workspace_fails(task: ExamTask, room: Room, tmp_path: Path):
    workspace = laid_out(task, tmp_path)
    checker = CheckRunner(workspace, room.sandbox, workspace.root)
    # One after the other, so that the first failure ends it.
    assert any(not anyio.run(checker.check, [check])[0].passed for check in task.marking)


def test_the_library_is_as_large_and_as_mixed_as_we_say():
    assert len(TASKS) >= 36
    assert len({task.id for task in TASKS}) == len(TASKS)
    easy = [task for task in TASKS if task.difficulty == "easy"]
    chinese = [task for task in TASKS if task.language == "zh"]
    assert 0.3 <= len(easy) / len(TASKS) <= 0.4
    assert 0.3 <= len(chinese) / len(TASKS) <= 0.4


@pytest.mark.parametrize("task", [task for task in TASKS if task.language == "zh"], ids=lambda task: task.id)
def test_a_chinese_task_asks_for_chinese_text(task: ExamTask):
    assert any(isinstance(check, WrittenIn) and check.language == "zh" for check in task.hidden)
