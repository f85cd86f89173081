"""Two runs never work in one workspace."""

import subprocess
import sys
from pathlib import Path

import pytest

from autogpt.core.errors import UsageError
from autogpt.store.lock import lock_workspace

HOLD = """
import sys
from pathlib import Path
from autogpt.store.lock import lock_workspace
with lock_workspace(Path(sys.argv[1]), "first", Path(sys.argv[2])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def work(tmp_path: Path) -> Path:
    (tmp_path / "work").mkdir()
    (tmp_path / "alias").symlink_to("work")
    return tmp_path / "work"


def refused(workspace: Path, locks: Path, message: str) -> None:
    with pytest.raises(UsageError, match=message), lock_workspace(workspace, "another", locks):
        pass


def test_a_second_run_is_refused_naming_the_first_until_it_ends(work: Path, tmp_path: Path) -> None:
    locks = tmp_path / "locks"
    with lock_workspace(work, "first", locks):
        for path in (work, tmp_path / "alias", work / ".." / "work"):
            refused(path, locks, r"run 'first' \(process \d+\) is working in '.*work'")
        (work / "inner").mkdir()
        refused(work / "inner", locks, "run 'first'")
        refused(tmp_path, locks, "another run is working in '.*' or in a folder of it")
        (tmp_path / "beside").mkdir()
        with lock_workspace(tmp_path / "beside", "elsewhere", locks):
            pass
    with lock_workspace(work, "second", locks):
        refused(work, locks, "run 'second'")


def test_the_lock_of_a_killed_process_is_taken_over(work: Path, tmp_path: Path) -> None:
    locks = tmp_path / "locks"
    command = [sys.executable, "-c", HOLD, str(work), str(locks)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        refused(work, locks, rf"run 'first' \(process {process.pid}\)")
        process.kill()
        process.wait()
    with lock_workspace(work, "second", locks):
        pass


def test_locks_that_cannot_be_made_are_said(work: Path, tmp_path: Path) -> None:
    (tmp_path / "locks").write_text("")
    refused(work, tmp_path / "locks", "cannot be locked")
