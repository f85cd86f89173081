"""The front door: what a person types at `make run` arrives as it was typed, and set-up is done once."""

import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

PROGRAM = """#!/bin/sh
exec python3 -c 'import json, sys; json.dump(sys.argv[1:], open("said.json", "w"))' "$@"
"""


@pytest.fixture
def checkout(root, tmp_path) -> Path:
    """A folder that is set up already, with an `autogpt` that writes down its arguments, and no pip."""
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(root / name, tmp_path)
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "autogpt").write_text(PROGRAM)
    (programs / "autogpt").chmod(0o755)
    content = (tmp_path / "pyproject.toml").read_bytes() + (tmp_path / "constraints.txt").read_bytes()
    state = hashlib.sha256(content + f"{tmp_path}\n".encode()).hexdigest()
    (tmp_path / ".venv" / ".ready-run").write_text(f"{state}  -\n")
    return tmp_path


def make(checkout: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    return subprocess.run(
        ["make", *arguments], cwd=checkout, env=kept | environment, capture_output=True, text=True, check=False
    )


def said(checkout: Path) -> list[str]:
    return json.loads((checkout / "said.json").read_text("utf-8"))


@pytest.mark.parametrize(
    "goal",
    [
        "write 'hello' to \"a.txt\"",
        "what costs $5, $HOME, $(shell touch owned), ${x} and `touch owned`; touch owned",
        "用中文写一封信，保存到 信.txt",
        "first line\nsecond line # no comment\n\ttab \\ backslash \\\n",
        "--help",
        "100 % of a = b",
    ],
)
def test_a_goal_arrives_as_it_was_typed(checkout, goal):
    done = make(checkout, "run", f"GOAL={goal}")
    assert done.returncode == 0, done.stderr
    assert said(checkout) == ["run", "--", goal]
    assert not (checkout / "owned").exists()
    make(checkout, "run", GOAL=goal)
    assert said(checkout) == ["run", "--", goal]
    assert not (checkout / "owned").exists()


def test_folder_model_check_and_further_options_are_handed_on(checkout):
    make(checkout, "run", "GOAL=g", "WORKSPACE=my $$ folder", "MODEL=m", "CHECK=a b", "ARGS=--quiet --max-steps 3")
    assert said(checkout) == [
        *("run", "--workspace", "my $$ folder", "--model", "m", "--check", "a b"),
        *("--quiet", "--max-steps", "3", "--", "g"),
    ]


def test_variables_that_other_tools_leave_in_the_environment_are_not_ours(checkout):
    make(checkout, "run", "GOAL=g", WORKSPACE="/elsewhere", MODEL="theirs", CHECK="theirs", ARGS="--theirs")
    assert said(checkout) == ["run", "--", "g"]


def test_without_a_goal_it_says_how_to_give_one(checkout):
    done = make(checkout, "run")
    assert done.returncode == 2
    assert 'make run GOAL="' in done.stderr
    assert not (checkout / "said.json").exists()


def test_a_changed_dependency_is_installed_and_a_missing_python_is_told(checkout):
    with (checkout / "constraints.txt").open("a") as file:
        file.write("another==1\n")
    tools = checkout / "bin"
    tools.mkdir()
    for name in ("sh", "sed", "cat", "sha256sum", "make"):
        (tools / name).symlink_to(str(shutil.which(name)))
    done = make(checkout, "run", "GOAL=g", PATH=str(tools))
    assert "needs Python 3.11 or newer: apt install python3" in done.stderr
    assert done.returncode == 2


def test_help_is_the_default_and_names_every_command(checkout):
    told = make(checkout).stdout
    targets = re.findall(r"^([a-z-]+):.*##", (checkout / "Makefile").read_text("utf-8"), re.M)
    assert {"run", "test", "lint", "types", "check", "doctor"} <= set(targets)
    assert [name for name in targets if f"make {name}" not in told] == []
