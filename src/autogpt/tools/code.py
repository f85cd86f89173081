"""Tools that run code: Python with or without kept state, and shell commands. Only ever inside the sandbox."""

import functools
import re
from pathlib import Path
from typing import Annotated

from pydantic import Field

from autogpt.core.action import SILENT
from autogpt.core.contracts import Finished, Program
from autogpt.core.effect import Effects
from autogpt.core.errors import ToolError
from autogpt.tools.here import Here
from autogpt.tools.tool import tool

# An interrupted call may be repeated once the workspace is put back to the snapshot from before it: the snapshot is
# the key. Nothing else can have changed, since the sandbox has no network and no other folder.
RUNS = Effects(reads="workspace", untrusted_output=True, effect="workspace", idempotent="key", runs_code=True)

Seconds = Annotated[float, Field(gt=0, le=600)]


@functools.cache
def _launcher() -> str:
    """The text that runs a program which comes by standard input."""
    return Path(__file__).with_name("launch.py").read_text("utf-8") + "\n\nlaunch()\n"


_SHELL = 'command -v bash >/dev/null && exec bash -c "$1"; exec sh -c "$1"'


@tool(effects=RUNS)
async def run_python(here: Here, code: str, keep_state: bool = True, seconds: Seconds = 60) -> str:
    """Run Python code in the workspace and read what it prints.

    keep_state: names defined in earlier calls are there; false starts fresh, and folders of files it writes are made
    """
    seconds = float(seconds)
    if keep_state:
        cell = await here.cell()
        return report(await cell.python(_text(code), seconds))
    if here.sandbox is None:
        raise ToolError("code cannot be run here: there is no sandbox on this machine")
    program = Program(argv=("python3", "-c", _launcher()), stdin=_text(code), seconds=seconds)
    return report(await here.sandbox.run(program, here.workspace.root))


@tool(effects=RUNS)
async def run_command(here: Here, command: str, stdin: str = "", seconds: Seconds = 60) -> str:
    """Run a shell command in the workspace and read what it prints.

    stdin: text it can read
    """
    cell = await here.cell()
    return report(await cell.run(Program(argv=shell(command), stdin=stdin, seconds=float(seconds))))


def shell(command: str) -> tuple[str, ...]:
    """The program that runs a command line, in bash where there is one. Raises ToolError for text no shell takes."""
    command = _text(command)
    if len(command.encode()) > 100_000:  # one argument may have 128 KiB (execve(2)), less for the quoting
        raise ToolError("the command is too long; write it to a file with write_file and run that")
    return ("sh", "-c", _SHELL, "sh", command)


def _text(code: str) -> str:
    if not code.strip():
        raise ToolError("there is nothing to run: the text is empty")
    if "\0" in code:
        raise ToolError(r"the text holds a NUL character; write it as \0 inside a string")
    return code


def report(finished: Finished) -> str:
    """What the agent reads of a program that ended. Raises ToolError with the same text if it did not succeed.

    Holds no time, so that equal runs give equal texts.
    """
    told: list[str] = []
    if finished.stdout.strip():
        told.append(finished.stdout.rstrip())
    if finished.stderr.strip():
        told += ["[stderr]", finished.stderr.rstrip()] if told else [finished.stderr.rstrip()]
    if finished.ok:
        return "\n".join(told) or SILENT
    told.append(f"[{_ending(finished)}]")
    told += [f"[{hint}]" for hint in _hints(finished.stderr)]
    raise ToolError("\n".join(told))


def _ending(finished: Finished) -> str:
    match finished.ended_by:
        case "exit" if finished.exit < 0:
            return f"ended by signal {-finished.exit}"
        case "exit":
            return f"exit status {finished.exit}"
        case "time":
            return "stopped: its time was over. Give more seconds, or start_process for what runs on, such as a server"
        case "memory":
            return "stopped: it used too much memory. Work in smaller pieces"
        case "disk":
            return "stopped: it wrote too much to disk"
        case "files":
            return "stopped: it made too many files"
        case "output":
            return "stopped: it printed far too much. Write results to a file"
        case "cancelled":
            return "stopped: it was cancelled"


def _hints(stderr: str) -> list[str]:
    """What the errors seen most often mean in here."""
    hints: list[str] = []
    missing = re.search(r"ModuleNotFoundError: No module named '([\w.]{1,80})'", stderr)
    if missing:
        hints.append(
            f"{missing[1]} is neither in the workspace nor installed, and nothing can be downloaded here: "
            "use Python's standard library"
        )
    if re.search(r"^EOFError: EOF when reading a line", stderr, re.MULTILINE):
        hints.append("nobody types here: give the input as `stdin` of run_command, or call the function itself")
    return hints
