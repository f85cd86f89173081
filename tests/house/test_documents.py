"""The documents are true: their commands work, and they name every option and setting that there is, and no other."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
import typer.main
from documents import DOCUMENTS, ROOT, blocks, commands

from autogpt.agent.reading.given import compile_text
from autogpt.cli.commands import app
from autogpt.core.check import Check, describe
from autogpt.core.task import Limits
from autogpt.runs.intake import make_task, read_bytes
from autogpt.settings import Settings

TEXT = {path: path.read_text("utf-8") for path in DOCUMENTS}
REFERENCE = ROOT / "docs" / "commands.md"


@pytest.fixture
def desk(tmp_path) -> dict[str, str]:
    """An environment in which `autogpt` is the scripted one, and nothing of the user's own is touched."""
    programs = tmp_path / "bin"
    programs.mkdir()
    script = Path(__file__).with_name("scripted_autogpt.py")
    (programs / "autogpt").write_text(f'#!/bin/sh\nexec "{sys.executable}" "{script}" "$@"\n')
    (programs / "autogpt").chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AUTOGPT_")}
    return kept | {
        "PATH": f"{programs}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "AUTOGPT_HOME": str(tmp_path / "home"),
        "AUTOGPT_CONFIG": str(tmp_path / "own.toml"),
        "LC_ALL": "C.UTF-8",
    }


@pytest.mark.parametrize(
    "path",
    [path for path in DOCUMENTS if any(commands(path))],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_the_commands_of_a_document_do_what_it_says(path, desk, tmp_path):
    here = tmp_path / "here"
    here.mkdir()
    for command in commands(path):
        done = subprocess.run(
            ["bash", "-c", command.line],
            cwd=here,
            env=desk,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == command.code, f"$ {command.line}\n{done.stdout}"
        assert command.is_told(done.stdout), f"$ {command.line}\n{done.stdout}\n--- is not as told:\n{command.output}"


def test_documents_speak_of_make_targets_that_exist():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    named = {
        target
        for path in DOCUMENTS
        for body in blocks(path, "sh", "console", "bash")
        for target in re.findall(r"^(?:\$ )?make ([a-z-]+)", body, re.M)
    }
    named |= {target for text in TEXT.values() for target in re.findall(r"`make ([a-z-]+)", text)}
    assert named <= targets
    assert {"run", "test", "check"} <= named


def options(group=None, before: str = "") -> dict[str, set[str]]:
    """Of each command, also those of groups ('studio train'), its options."""
    found: dict[str, set[str]] = {}
    for name, command in (group or typer.main.get_command(app)).commands.items():
        if hasattr(command, "commands"):
            found |= options(command, f"{before}{name} ")
        elif not command.hidden:
            flags = {flag for param in command.params for flag in (*param.opts, *param.secondary_opts) if "-" in flag}
            found[f"{before}{name}"] = flags
    return found


def described() -> dict[str, set[str]]:
    parts = re.split(r"^## `autogpt ([a-z]+(?: [a-z]+(?= |`))*)", REFERENCE.read_text("utf-8"), flags=re.M)
    return {
        name: set(re.findall(r"(?<![\w-])(--?[a-z][a-z-]*)", "\n".join(re.findall(r"^\|.*?\|", body, re.M))))
        for name, body in zip(parts[1::2], parts[2::2], strict=True)
    }


def test_the_reference_names_every_command_and_every_option_and_no_other():
    assert described() == {name: flags - {"--help", "-h"} for name, flags in options().items()}


def test_no_document_uses_an_option_that_does_not_exist():
    known = {flag for flags in options().values() for flag in flags} | {"--lang", "--version", "--help"}
    known |= {"--install-completion", "--show-completion"}
    used = {
        (path.name, flag)
        for path, text in TEXT.items()
        for line in re.findall(r"\bautogpt [a-z][^\n`|]*", text)
        for flag in re.findall(r"(?<![\w-])--[a-z][a-z-]+", line.partition(" -- ")[0])
    }
    assert {(name, flag) for name, flag in used if flag not in known} == set()


def test_every_setting_is_described_and_none_that_does_not_exist():
    variables = {f"AUTOGPT_{name.upper()}" for name in Settings.model_fields if name != "limits"}
    variables |= {f"AUTOGPT_LIMITS__{name.upper()}" for name in Limits.model_fields}
    # The settings file itself, and the data of the second exam suite, are named from outside only.
    variables |= {"AUTOGPT_CONFIG", "AUTOGPT_BENCH_DATA"}
    named = {name for text in TEXT.values() for name in re.findall(r"\bAUTOGPT_[A-Z_]+", text)}
    assert named == variables


def test_settings_files_in_documents_can_be_read(tmp_path):
    import tomllib

    for path in DOCUMENTS:
        for body in blocks(path, "toml"):
            assert set(tomllib.loads(body)) <= set(Settings.model_fields)


def test_tasks_in_documents_can_be_read():
    read = [
        make_task(read_bytes(body.encode(), path.name), Limits())
        for path in DOCUMENTS
        for body in blocks(path, "json")
        if "goal" in json.loads(body)
    ]
    assert read


def test_free_text_checks_mean_what_the_document_says():
    (table,) = blocks(ROOT / "docs" / "tasks-and-checks.md", "checks")
    told = [tuple(part.strip() for part in line.split(" => ")) for line in table.splitlines()]
    assert len(told) >= 12
    assert [(text, describe(compile_text(text))) for text, _ in told] == told


def test_every_kind_of_check_is_described_with_its_fields():
    table = TEXT[ROOT / "docs" / "tasks-and-checks.md"].split("| `kind` |")[1].split("\n\n")[0]
    told = {
        name: set(re.findall(r"`(\w+)`", fields))
        for name, fields in re.findall(r"^\| `(\w+)` \| (.+?) \|", table, re.M)
    }
    kinds = {kind.model_fields["kind"].default: kind for kind in get_args(get_args(Check)[0])}
    assert told == {name: set(kind.model_fields) - {"kind", "source"} for name, kind in kinds.items()}


def test_links_between_documents_lead_somewhere():
    dead = [
        (path.name, target)
        for path, text in TEXT.items()
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
        if "://" not in target and not (path.parent / target).exists()
    ]
    assert dead == []
