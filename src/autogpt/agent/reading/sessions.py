"""Commands that a goal shows with what they print, as in a terminal: '$ python size.py 512' and, below it, '512 B'."""

import re
import shlex
from collections.abc import Sequence

from autogpt.agent.legible import legible
from autogpt.agent.programs.trial import RUNS
from autogpt.core.check import Check, PythonHolds
from autogpt.core.contracts import FileHead

_PROMPT = re.compile(r"^(?P<indent>[ \t]*)\$[ \t]+python3?[ \t]+(?P<file>[\w./-]+\.py)(?P<rest>[^\n]*)$", re.M)
_PLACE = re.compile(r"\b[A-Z][A-Z_]{1,}\b|<\w+>|\[[^\]]*\]|\.\.\.|…|[|<>&;]")
_NAMED = re.compile(r"^[\w./-]+\.[A-Za-z]\w{0,4}$")
_DATA = (".csv", ".json", ".jsonl", ".db", ".sqlite", ".txt", ".log", ".md", ".ini", ".yaml", ".toml")


def sessions(goal: str, outputs: Sequence[str], files: Sequence[FileHead]) -> tuple[Check, ...]:
    """A check that the commands print what is shown below them, where no other data than the folder's can be meant."""
    goal = legible(goal)
    there = {file.path for file in files}
    commands: list[list[str]] = []
    printed: list[list[str]] = []
    for match in _PROMPT.finditer(goal):
        call = _words(match["rest"])
        lines = _below(goal[match.end() :], match["indent"])
        named = [word for word in call or () if _NAMED.match(word)]
        made_up = any(path.endswith(_DATA) for path in there) and not named
        if call is None or match["file"] not in outputs or made_up or any(word not in there for word in named):
            return ()
        commands.append([match["file"], *call])
        printed.append(lines)
    if not any(printed) or any(not lines for lines in printed[-1:]):
        return ()
    shown = "; ".join(shlex.join(["python", *command]) for command in commands)
    code = _PRINT.format(commands=commands, printed=printed)
    label = f"printed as shown by: {shown}"
    return (PythonHolds(code=code, label=label[:160], source="goal"),)


def _words(rest: str) -> list[str] | None:
    """The arguments, or None where they stand for others or a shell would have to read them."""
    if _PLACE.search(re.sub(r"\"[^\"]*\"|'[^']*'", "", rest)):
        return None
    try:
        return shlex.split(rest)
    except ValueError:
        return None


def _below(text: str, indent: str) -> list[str]:
    """The lines up to the next prompt, to a line that is less indented, or to the end of the block."""
    lines: list[str] = []
    for line in text.split("\n")[1:]:
        if line.strip().startswith(("$", "```", "~~~")) or not line.strip() or not line.startswith(indent):
            break
        lines.append(line.strip())
    return lines


_PRINT = f"""{RUNS}\
commands, printed = {{commands!r}}, {{printed!r}}
for command, wanted, done in zip(commands, printed, runs(commands)):
    called = 'python ' + ' '.join(command)
    if done is None:
        raise AssertionError(called + ' goes on until it is stopped')
    got = [line.strip() for line in done.stdout.strip().splitlines()]
    if wanted and got != wanted:
        at = next((n for n, (a, b) in enumerate(zip(got, wanted)) if a != b), min(len(got), len(wanted)))
        raise AssertionError(f'{{{{called}}}}: line {{{{at + 1}}}} must be {{{{wanted[at:at + 1]}}}} and is '
                             f'{{{{got[at:at + 1]}}}}; {{{{done.stderr[-200:]}}}}')"""
