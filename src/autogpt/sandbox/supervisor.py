"""Watches one running sandbox from outside: time, memory, disk, files, output; ends it, all of it, when it must.

Runs in a thread of its own, never in the event loop. The thread stays until the sandbox is gone: bubblewrap dies with
the thread that started it, and in root mode the thread has its own mounts.
"""

import asyncio
import contextlib
import os
import select
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol, TypeVar

from autogpt.sandbox.disk import DiskWatch
from autogpt.sandbox.limits import Limits
from autogpt.sandbox.watch import MemoryWatch, Writes

EndedBy = Literal["exit", "time", "memory", "disk", "files", "output", "cancelled"]
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Job:
    """What to start: a command inside, in a workspace of the host, with its descriptors."""

    argv: tuple[str, ...]
    workspace: Path
    limits: Limits
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    stdin: int = subprocess.DEVNULL
    stdout: int = subprocess.DEVNULL
    stderr: int = subprocess.DEVNULL
    keep: tuple[int, ...] = ()
    """Further descriptors that the command gets, under the same numbers."""
    cpu_seconds: int = 3600


class Started(Protocol):
    """A sandbox that was started."""

    process: "subprocess.Popen[bytes]"

    def memory_folders(self) -> tuple[str, ...]:
        """Folders inside that live in memory, as the host can see them now."""
        ...

    def disk_folders(self) -> tuple[Path, ...]:
        """Further folders of the host that it may write to."""
        ...

    def kill(self) -> None:
        """Begin to end everything in it."""
        ...

    def wait(self) -> int:
        """Wait until nothing of it runs; returns the command's exit status, minus the signal's number if a signal.

        Raises SandboxUnavailable if the command was never started.
        """
        ...


class Backend(Protocol):
    """A way to confine code."""

    name: str

    def start(self, job: Job) -> AbstractContextManager[Started]:
        """Start it, in the calling thread. Leaving the context ends what still runs."""
        ...


class Capture:
    """Keeps the head of a stream and counts the rest."""

    def __init__(self, keep_bytes: int) -> None:
        self._keep = keep_bytes
        self._head = bytearray()
        self.count = 0

    def add(self, data: bytes) -> None:
        self.count += len(data)
        self._head += data[: max(0, self._keep - len(self._head))]

    def text(self) -> str:
        text = self._head.decode("utf-8", "replace")
        cut = self.count - len(self._head)
        return f"{text}\n[cut here: {cut:,} more bytes]" if cut else text


class Stop:
    """A request from another thread to end."""

    def __init__(self) -> None:
        self._event = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)

    def fileno(self) -> int:
        return self._event

    def set(self) -> None:
        os.eventfd_write(self._event, 1)

    def close(self) -> None:
        os.close(self._event)


def supervise(
    started: Started,
    *,
    workspace: Path,
    limits: Limits,
    memory_bytes: int,
    deadline: float,
    stop: Stop,
    captures: Mapping[int, Capture],
) -> EndedBy:
    """Watch until the command ends or must be ended; on return it may still be dying.

    captures: read ends of pipes, non-blocking. deadline: in time.monotonic().
    """
    root = started.process.pid
    memory = MemoryWatch(root, memory_bytes)
    disk = DiskWatch((workspace, *started.disk_folders()), limits, Writes(root), started.memory_folders)
    over = os.pidfd_open(root)
    poll = select.poll()
    for descriptor in (over, stop.fileno(), *captures):
        poll.register(descriptor, select.POLLIN)
    memory.due = disk.due = time.monotonic() + 0.03
    try:
        while True:
            wait = max(0.0, min(memory.due, disk.due, deadline) - time.monotonic())
            ready = {descriptor for descriptor, _ in poll.poll(int(wait * 1000) + 1)}
            for descriptor in ready & captures.keys():
                if not read(descriptor, captures[descriptor]):
                    poll.unregister(descriptor)
            if sum(capture.count for capture in captures.values()) > limits.output_kill_bytes:
                return "output"
            if stop.fileno() in ready:
                return "cancelled"
            if over in ready:
                return "exit"
            now = time.monotonic()
            if now >= deadline:
                return "time"
            excess = (memory.look() if now >= memory.due else None) or (disk.look() if now >= disk.due else None)
            if excess:
                return excess
    finally:
        os.close(over)
        disk.close()


def drain(captures: Mapping[int, Capture], seconds: float, most: int) -> None:
    """Read what is left in the pipes, until their end; at most so long, and until so many bytes are counted."""
    deadline = time.monotonic() + seconds
    poll = select.poll()
    left = set(captures)
    for descriptor in left:
        poll.register(descriptor, select.POLLIN)
    while left and (wait := deadline - time.monotonic()) > 0:
        for descriptor, _ in poll.poll(int(wait * 1000) + 1):
            if not read(descriptor, captures[descriptor]):
                poll.unregister(descriptor)
                left.discard(descriptor)
        if sum(capture.count for capture in captures.values()) > most:
            return


def read(descriptor: int, capture: Capture) -> bool:
    """Take what is there, a few megabytes at most; False at the end of the stream."""
    for _ in range(64):
        try:
            data = os.read(descriptor, 65536)
        except BlockingIOError:
            return True
        if not data:
            return False
        capture.add(data)
    return True


async def in_thread(work: Callable[[Stop], _Result]) -> _Result:
    """Run blocking work in a thread of its own. Cancelling asks it to stop and waits until it has."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[_Result] = loop.create_future()
    stop = Stop()

    def body() -> None:
        try:
            result = work(stop)
        except BaseException as error:  # handed to the task that waits
            report(done.set_exception, error)
        else:
            report(done.set_result, result)

    def report(setter: Callable[..., None], value: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(lambda: None if done.done() else setter(value))

    threading.Thread(target=body, name="sandbox", daemon=True).start()
    try:
        return await asyncio.shield(done)
    except asyncio.CancelledError:
        stop.set()
        await _finished(done)
        raise
    finally:
        stop.close()


async def _finished(done: "asyncio.Future[_Result]") -> None:
    """Wait for the end, however often we are cancelled meanwhile; the thread ends soon, it was told to."""
    while not done.done():
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait([done])
    done.exception()
