"""Programs that must do after a change what they did before it: '`python app.py` has to print the same as before'."""

import re
import shlex
from collections.abc import Sequence

from autogpt.agent.legible import legible
from autogpt.agent.programs.usage import COMMAND, arguments_of
from autogpt.core.check import PythonHolds
from autogpt.core.contracts import FileHead

_SAME = re.compile(
    r"\b(?:prints?|outputs?|shows?|output)\b[^.;\n]{0,30}\b(?:the )?same\b[^.;\n]{0,20}\bas (?:before|now)\b|"
    r"\b(?:keeps?|goes? on) (?:working|running) (?:exactly |just )?as (?:before|now|it does)\b|\b(?:behaves?|works?) (?:exactly |just )?as (?:before|now)\b|"
    r"\bsame output as (?:before|now)\b|输出(?:要|应|必须|应该)?(?:保持)?(?:不变|和(?:以前|之前|原来)(?:一样|相同)|与(?:以前|之前|原来)(?:一样|相同|一致))|"
    r"(?:行为|用法)(?:要|应|必须)?(?:保持)?不变",
    re.I,
)
_MOST = 12_000
"""Bytes of all files of a folder whose former state a check carries."""


def as_before(goal: str, changed: Sequence[str], files: Sequence[FileHead]) -> list[PythonHolds]:
    """That a command prints in the folder as it is what it printed in the folder as it was.

    changed: the files that the goal wants changed. The command is the one that the goal shows in that sentence, else
    the one script that is changed, without arguments.
    """
    goal = legible(goal)
    said = next((one for one in re.split(r"(?<=[.!?;])\s+|[。；\n]", goal) if _SAME.search(one)), "")
    scripts = [path for path in changed if path.endswith(".py")]
    whole = all(len(file.head.encode()) >= file.size for file in files)
    if not said or not scripts or not whole or sum(file.size for file in files) > _MOST:
        return []
    shown = COMMAND.search(said)
    there = {file.path for file in files}
    path = (shown["file"] or shown["file2"]) if shown else scripts[0] if len(scripts) == 1 else ""
    if path not in there:
        return []
    command = [path, *shlex.split(arguments_of(shown))] if shown else [path]
    before = {file.path: file.head for file in files}
    label = f"{shlex.join(['python', *command])} prints what it printed before"
    return [PythonHolds(code=_RUNS.format(before=before, command=command), label=label, source="goal")]


_RUNS = """\
import pathlib, shutil, subprocess, sys, tempfile

def told(folder):
    done = subprocess.run([sys.executable, '-B', *{command!r}], cwd=folder, capture_output=True, text=True, timeout=20)
    return done.returncode, done.stdout

with tempfile.TemporaryDirectory() as room:
    before, now = pathlib.Path(room, 'before'), pathlib.Path(room, 'now')
    for path, text in {before!r}.items():
        (before / path).parent.mkdir(parents=True, exist_ok=True)
        (before / path).write_text(text, encoding='utf-8')
    shutil.copytree('.', now, ignore=shutil.ignore_patterns('__pycache__'))
    was, is_now = told(before), told(now)
if was[0] == 0 and is_now != was:
    raise AssertionError('it printed ' + repr(was[1])[:300] + ' before, and now ' + repr(is_now[1])[:300])"""
