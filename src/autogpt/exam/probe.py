"""Sends our programs (`exam/inside`) into the sandbox and believes only what they say themselves."""

import json
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Literal, cast

import anyio
from pydantic import JsonValue

from autogpt.core.contracts import Finished, Program, Sandbox
from autogpt.core.errors import UsageError
from autogpt.core.schema import Value, read_json

Inside = Literal["holds", "suite", "page", "parse"]


class Told(Value):
    """What one of our programs said before it ended."""

    lines: tuple[dict[str, JsonValue], ...]
    finished: Finished

    @property
    def end(self) -> dict[str, JsonValue] | None:
        """The last word, said only when everything was done; without it nothing has passed."""
        return self.lines[-1] if self.lines and self.lines[-1].get("end") is True else None

    @property
    def why_no_end(self) -> str:
        """Why the program did not come to its end."""
        match self.finished.ended_by:
            case "exit":
                how = f"the program ended itself with exit status {self.finished.exit} before the check was over"
            case "time":
                how = f"it was still running after {self.finished.seconds:.0f} s and was stopped"
            case reason:
                how = f"it was stopped at the limit of {reason}"
        return f"{how}\n{tail(self.finished.stderr, 800)}".strip()


def tail(text: str, most: int) -> str:
    """The end of a text, cut at a line where that loses little."""
    text = text.strip()
    return text if len(text) <= most else "..." + text[-most:]


async def ask_inside(
    program: Inside, payload: Mapping[str, JsonValue], sandbox: Sandbox, root: str, seconds: float
) -> Told:
    """Run one of our programs in a fresh sandbox on the workspace at `root`.

    seconds: wall-clock limit for all of it.
    Raises SandboxUnavailable where code cannot be run safely.
    """
    nonce = secrets.token_hex(16)
    finished = await sandbox.run(
        Program(argv=_argv("python3"), stdin=_brief(program, payload, nonce), seconds=seconds), root
    )
    return Told(lines=_lines(finished.stdout, nonce), finished=finished)


async def parse_apart(payload: Mapping[str, JsonValue], sandbox: Sandbox | None, root: str) -> Told:
    """Run the parsers in the sandbox; without one in a child process of ours, for they parse and run nothing.

    The parsers limit their own processor time and memory either way.
    """
    if sandbox is not None:
        return await ask_inside("parse", payload, sandbox, root, 20)
    nonce = secrets.token_hex(16)
    with tempfile.TemporaryDirectory(prefix="autogpt-parse-") as empty:
        with anyio.move_on_after(20) as limit:
            done = await anyio.run_process(
                _argv(sys.executable),
                input=_brief("parse", payload, nonce).encode(),
                cwd=empty,
                env={},
                check=False,
                stderr=subprocess.PIPE,
            )
            out, err = done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
            finished = Finished(exit=done.returncode, stdout=out, stderr=err, seconds=0)
            return Told(lines=_lines(out, nonce), finished=finished)
    assert limit.cancelled_caught
    return Told(lines=(), finished=Finished(exit=-9, stdout="", stderr="", seconds=20, ended_by="time"))


def _argv(python: str) -> tuple[str, ...]:
    return (python, "-I", "-B", "-c", _text("boot") + "\n_boot()")


def _brief(program: Inside, payload: Mapping[str, JsonValue], nonce: str) -> str:
    return json.dumps({"nonce": nonce, "source": _text(program), "payload": dict(payload)})


@cache
def _text(name: str) -> str:
    text = resources.files("autogpt.exam.inside").joinpath(f"{name}.py").read_text("utf-8")
    return text.split('if __name__ == "__main__":')[0]


def _lines(stdout: str, nonce: str) -> tuple[dict[str, JsonValue], ...]:
    found: list[dict[str, JsonValue]] = []
    for line in stdout.splitlines():
        if not line.startswith(nonce):
            continue
        try:
            value = read_json(line[len(nonce) :])
        except UsageError:
            continue  # cut off at a limit; the last word is then missing, and nothing passes
        if isinstance(value, dict):
            found.append(value)
    return tuple(found)


def texts(lines: Sequence[Mapping[str, JsonValue]], name: str) -> tuple[str, ...]:
    """The strings that the lines hold under a name."""
    return tuple(cast(str, line[name]) for line in lines if isinstance(line.get(name), str))
