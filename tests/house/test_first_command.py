"""What the README promises a newcomer, with the real embedded model and nothing else set."""

import csv
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from documents import ROOT, blocks

pytestmark = pytest.mark.model

README = ROOT / "README.md"


@pytest.fixture
def fresh(tmp_path) -> dict[str, str]:
    """The user's environment with a data folder of its own; fetched models are shared."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AUTOGPT_") or "CACHE" in name}
    return kept | {"AUTOGPT_HOME": str(tmp_path / "home"), "AUTOGPT_CONFIG": str(tmp_path / "own.toml")}


def test_the_first_command_of_the_readme_does_its_job(fresh, tmp_path):
    (goal,) = re.findall(r'^make run GOAL="(.*)"$', blocks(README, "sh")[0], re.M)
    (tmp_path / "work").mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "autogpt", "run", "--no-input", "--workspace", str(tmp_path / "work"), goal],
        env=fresh,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with (tmp_path / "work" / "squares.csv").open(encoding="utf-8") as file:
        rows = [[cell.strip() for cell in row] for row in csv.reader(file)]
    assert rows == [["n", "square"], *([str(n), str(n * n)] for n in range(1, 11))]


def test_the_python_example_of_the_readme_does_its_job(fresh, tmp_path):
    (program,) = blocks(README, "python")
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=fresh, capture_output=True, text=True, check=False
    )
    outcome, _, workspace = done.stdout.strip().partition(" ")
    assert outcome == "complete", done.stdout + done.stderr
    assert "hello" in (Path(workspace) / "hello.txt").read_text("utf-8").lower()
