"""Goals done by rules in a real folder: what is there afterwards, and whether the checks tell before from after."""

import subprocess
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from autogpt.agent.reading.compile import implied
from autogpt.agent.reading.ready import ready
from autogpt.agent.understand import reading_of
from autogpt.core.check import Check, FileAbsent, FileContains, FileExists, FileUnchanged, PythonHolds
from autogpt.core.contracts import FileHead
from autogpt.core.task import Task

SEEN = 4_000
"""Characters of a text that the survey shows."""


def named(*names: str) -> dict[str, str]:
    """Files with their own names in them."""
    return {name: f"{name}\n" for name in names}


def heads(files: Mapping[str, str]) -> list[FileHead]:
    return [
        FileHead(
            path=path,
            size=len(text.encode()),
            head=text[:SEEN],
            lines=len(text.splitlines()),
            sha256=sha256(text.encode()).hexdigest(),
        )
        for path, text in sorted(files.items())
    ]


def done(goal: str, files: Mapping[str, str], folder: Path) -> dict[str, str] | None:
    """What is in the folder after the goal's program; None where the goal is left to a model.

    On the way the checks are held to their word: one of them fails before, none afterwards.
    """
    seen = heads(files)
    reading = reading_of(Task(goal=goal), (), seen)
    work = ready(goal, reading, seen)
    if work is None or not work.all:
        return None
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text.encode())
    before = set(folder.rglob("*"))
    checks = implied(goal, reading, seen)
    assert not all(holds(check, folder) for check in checks)
    subprocess.run([sys.executable, "-c", work.program], cwd=folder, check=True, capture_output=True)
    assert [check for check in checks if not holds(check, folder)] == []
    return {
        str(path.relative_to(folder)) + ("/" if path.is_dir() else ""): path.read_bytes().decode()
        if path.is_file()
        else ""
        for path in folder.rglob("*")
        if path.is_file() or (path not in before and not any(path.iterdir()))
    }


def holds(check: Check, folder: Path) -> bool:
    match check:
        case FileExists():
            return (folder / check.path).is_file() and (folder / check.path).stat().st_size > 0
        case FileAbsent():
            return not (folder / check.path).exists()
        case FileUnchanged():
            path = folder / check.path
            return path.is_file() and sha256(path.read_bytes()).hexdigest() == check.sha256
        case FileContains(exact=True, absent=True):
            return check.text not in (folder / check.path).read_text()
        case PythonHolds():
            return subprocess.run([sys.executable, "-c", check.code], cwd=folder, capture_output=True).returncode == 0
        case _:
            raise AssertionError(f"no such check is expected here: {check!r}")
