"""Programs that are run as the agent runs them, without its sandbox, and mended by what was seen of them."""

import inspect
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from autogpt.agent.programs.slips import without_slip
from autogpt.core.contracts import FileHead
from autogpt.tools import launch


@pytest.fixture
def ran(tmp_path: Path) -> Callable[[str], tuple[str, str]]:
    """Runs a program in the folder of the test: what it prints, and what is seen where it breaks."""

    def run(program: str) -> tuple[str, str]:
        launcher = inspect.getsource(launch) + "\n\nlaunch()\n"
        argv = [sys.executable, "-X", "utf8", "-c", launcher]
        done = subprocess.run(argv, input=program, capture_output=True, encoding="utf-8", cwd=tmp_path, check=False)
        return done.stdout, done.stderr

    return run


@pytest.fixture
def mend(tmp_path: Path, ran: Callable[[str], tuple[str, str]]) -> Callable[..., str]:
    """Runs a program that breaks, and gives the mended one; '' where it is left alone."""

    def mended(program: str, goal: str = "Do it.", **files: str) -> str:
        program = dedent(program)
        for name, text in files.items():
            (tmp_path / name.replace("__", ".")).write_text(text, encoding="utf-8")
        heads = [
            FileHead(path=str(path.relative_to(tmp_path)), size=path.stat().st_size, head=path.read_text("utf-8"))
            for path in sorted(tmp_path.rglob("*"))
            if path.is_file()
        ]
        _, seen = ran(program)
        assert seen.startswith("Traceback"), "a program that does not break shows nothing of how it is mended"
        return without_slip(program, seen, goal, heads)

    return mended
