"""Runs one program in a fresh sandbox and tells how it ended."""

import os
import time
from contextlib import ExitStack
from pathlib import Path

from autogpt.core.contracts import Finished, Program
from autogpt.core.errors import SandboxUnavailable, ToolError
from autogpt.sandbox.descriptors import pipe, sealed
from autogpt.sandbox.limits import MIB, Limits
from autogpt.sandbox.supervisor import Backend, Capture, Job, Stop, drain, supervise

_LONGEST_ARGUMENT = 128 * 1024 - 1  # the kernel's MAX_ARG_STRLEN
_LONGEST_COMMAND = MIB
_LONGEST_STDIN = 64 * MIB


def execute(
    backend: Backend, program: Program, workspace: Path, limits: Limits, stop: Stop, keep: tuple[int, ...] = ()
) -> Finished:
    """Run it to its end, in this thread. keep: descriptors that it gets, under the same numbers.

    Raises SandboxUnavailable if the sandbox cannot be built."""
    began = time.monotonic()
    with ExitStack() as stack:
        out, out_end = pipe(stack)
        err, err_end = pipe(stack)
        given = sealed(program.stdin.encode("utf-8"), stack)
        captures = {out.number: Capture(limits.output_keep_bytes), err.number: Capture(limits.output_keep_bytes)}
        job = Job(
            argv=program.argv,
            workspace=workspace,
            limits=limits,
            env=program.env,
            stdin=given.number,
            stdout=out_end.number,
            stderr=err_end.number,
            keep=keep,
            cpu_seconds=int(program.seconds * (os.cpu_count() or 1)) + 5,
        )
        started = stack.enter_context(backend.start(job))
        for theirs in (out_end, err_end, given):
            theirs.close()
        ended_by = supervise(
            started,
            workspace=workspace,
            limits=limits,
            memory_bytes=program.memory_bytes,
            deadline=began + program.seconds,
            stop=stop,
            captures=captures,
        )
        if ended_by != "exit":
            started.kill()
        drain(captures, 0.5, limits.output_kill_bytes)
        stdout, stderr = (capture.text() for capture in captures.values())
        try:
            code = started.wait()
        except SandboxUnavailable as error:
            if not (said := stderr.strip()[-2000:]):
                raise
            raise SandboxUnavailable(f"{error}; it said: {said}") from None
    return Finished(exit=code, stdout=stdout, stderr=stderr, seconds=time.monotonic() - began, ended_by=ended_by)


def refuse_nonsense(program: Program) -> None:
    """Raises ToolError for a program that no system could start as it is described."""
    if not program.argv or not program.argv[0]:
        raise ToolError("there is no command to run; give the program's name as the first argument")
    for name in program.env:
        if not name or "=" in name:
            raise ToolError(f"{name!r} cannot be the name of an environment variable")
    texts = [*program.argv, *(f"{name}={value}" for name, value in program.env.items())]
    sizes = [len(_bytes(text)) for text in texts]
    if any("\0" in text for text in texts):
        raise ToolError("a command cannot hold the character NUL; write the data to a file and pass its name")
    if max(sizes) > _LONGEST_ARGUMENT or sum(sizes) > _LONGEST_COMMAND:
        raise ToolError(
            f"the command is too long: {max(sizes):,} bytes in one argument, {sum(sizes):,} altogether (at most "
            f"{_LONGEST_ARGUMENT:,} and {_LONGEST_COMMAND:,}); write it to a file and run that"
        )
    if len(_bytes(program.stdin)) > _LONGEST_STDIN:
        raise ToolError(f"the input is over {_LONGEST_STDIN:,} bytes; write it to a file and let the program read that")


def _bytes(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise ToolError("the command or its input holds half a surrogate pair, which is not text") from None


def existing_folder(workspace: str) -> Path:
    """The workspace's real path. Raises ToolError if it is no folder, or not ours to write to."""
    folder = Path(workspace).resolve()
    if not folder.is_dir():
        raise ToolError(f"the workspace {workspace!r} is not a folder; create it first")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ToolError(f"the workspace {workspace!r} cannot be written to; choose a folder of your own")
    return folder
