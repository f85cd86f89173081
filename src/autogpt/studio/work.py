"""The child process of a job: `python -P -m autogpt.studio.work FOLDER ATTEMPT`. It says in the folder how it ended."""

import os
import shutil
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Literal, cast

from autogpt.core.errors import AutoGPTError, TryAgain, UsageError
from autogpt.core.schema import JsonValue
from autogpt.studio.jobs import Attempt, Ending, Job, Limits, status, write
from autogpt.studio.process import mark_of, resident_bytes
from autogpt.studio.report import Advance, OnAdvance

_EVERY = 0.2
"""Seconds between two lines of progress in one stage."""
_LOOK_AGAIN = 0.5
_GRACE = 20.0
"""Seconds after which a job over its limit, that does not end by itself, is killed."""
STATE = "state"
KINDS = {
    **dict.fromkeys(("train", "evaluate"), "autogpt.studio.works"),
    **dict.fromkeys(("quantize", "prune", "distill", "diagnose", "export"), "autogpt.studio.shrinkworks"),
}
"""The module of each kind of job; the function in it has the kind's name."""


@dataclass(frozen=True)
class Here:
    """What the work on a job may use beside its arguments."""

    folder: Path
    resume: bool
    """Whether an attempt before this one may have left something to go on from."""
    on_advance: OnAdvance

    @property
    def state(self) -> Path:
        """Folder for what a later attempt goes on from; not made yet. It is removed when the job is done."""
        return self.folder / STATE


Work = Callable[[Mapping[str, JsonValue], Here], JsonValue]


def main(folder: Path, number: int) -> int:
    """Work on the job; returns the exit code: 0 if it is done, 1 if not, 75 if another process has this attempt."""
    if not _claim(folder, number):
        return 75
    job = status(folder).job
    watch = _Watch(folder, number, job.limits)
    _listen()
    ending = Ending(state="failed", message="it ended by a fault of ours; the log has the details", ended=_now())
    try:
        watch.start()
        here = Here(folder, number > 1, _Progress(folder / "progress.jsonl"))
        result = work_of(job)(job.arguments, here)
        ending = Ending(state="done", result=result, ended=_now())
    except AutoGPTError as error:
        helps = isinstance(error, TryAgain) or not isinstance(error, UsageError)
        ending = Ending(state="failed", message=str(error), ended=_now(), resumable=helps)
    except (MemoryError, RuntimeError) as error:
        traceback.print_exc()
        if _of_memory(error):
            ending = Ending(
                state="failed",
                message="this machine has not enough memory for it: end other programs and resume it, or begin anew "
                "with a smaller batch (--batch), shorter rows (--max-length) or a smaller model",
                ended=_now(),
            )
    except KeyboardInterrupt:
        ending = watch.over() or Ending(state=_asked(folder, number), ended=_now())
    finally:
        watch.stop()
        write(folder / f"ending-{number}.json", ending)
    if ending.state == "done":
        # Not before its result is written down: until then a kill leaves work to go on with.
        shutil.rmtree(folder / STATE, ignore_errors=True)
    return 0 if ending.state == "done" else 1


def work_of(job: Job) -> Work:
    """The function that does a kind of job: one of ours, or 'package.module:function' of an installed package.

    Raises UsageError for a kind that nobody knows.
    """
    module, _, name = (f"{KINDS[job.kind]}:{job.kind}" if job.kind in KINDS else job.kind).partition(":")
    if not name:
        raise UsageError(f"no job is known as {job.kind!r}; there are: {', '.join(KINDS)}")
    try:
        return cast(Work, getattr(import_module(module), name))
    except (ModuleNotFoundError, AttributeError) as error:
        raise UsageError(f"the job {job.kind!r} cannot be done: {error}") from None


def _of_memory(error: Exception) -> bool:
    """torch says it in an error of its own, for the CPU in one that has no class."""
    told = str(error)
    return isinstance(error, MemoryError) or "out of memory" in told or "can't allocate memory" in told


def _claim(folder: Path, number: int) -> bool:
    """Take the attempt, unless another process has it."""
    attempt = Attempt(pid=os.getpid(), mark=mark_of(os.getpid()) or "", began=_now())
    try:
        with (folder / f"attempt-{number}.json").open("x", encoding="utf-8") as file:
            file.write(attempt.model_dump_json())
    except FileExistsError:
        return False
    return True


def _asked(folder: Path, number: int) -> Literal["cancelled", "interrupted"]:
    try:
        told = (folder / f"stop-{number}").read_text("utf-8")
    except FileNotFoundError:
        return "interrupted"
    return "cancelled" if told == "cancelled" else "interrupted"


def _listen() -> None:
    """SIGTERM stops it like Ctrl-C does; a terminal that closes does not."""

    def stop(number: int, frame: object) -> None:
        # Once: the way out must not be stopped on its way.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


class _Progress:
    """Writes advances as lines of JSON, not more often than anybody reads them."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8", buffering=1)
        self._stage, self._moment = "", 0.0
        self._lock = threading.Lock()

    def __call__(self, advance: Advance) -> None:
        with self._lock:
            now = time.monotonic()
            ends = advance.total and advance.done >= advance.total
            if advance.stage == self._stage and now - self._moment < _EVERY and not ends:
                return
            self._stage, self._moment = advance.stage, now
            self._file.write(advance.model_dump_json(exclude_none=True) + "\n")


class _Watch:
    """Ends the process when it is over its limits; by force if it does not listen."""

    def __init__(self, folder: Path, number: int, limits: Limits) -> None:
        self._folder, self._number, self._limits = folder, number, limits
        self._stopped = threading.Event()
        self._over: Ending | None = None
        self._thread = threading.Thread(target=self._look, daemon=True)

    def start(self) -> None:
        self._began = time.monotonic()
        if self._limits != Limits():
            self._thread.start()

    def stop(self) -> None:
        self._stopped.set()

    def over(self) -> Ending | None:
        """The ending of a job over its limits; None if it is not."""
        return self._over

    def _look(self) -> None:
        while not self._stopped.wait(_LOOK_AGAIN):
            if (over := self._excess()) is not None:
                self._over = over
                os.kill(os.getpid(), signal.SIGTERM)
                if not self._stopped.wait(_GRACE):
                    write(self._folder / f"ending-{self._number}.json", over)
                    os.killpg(os.getpgid(0), signal.SIGKILL)
                return

    def _excess(self) -> Ending | None:
        seconds, memory = self._limits.seconds, self._limits.memory_bytes
        if seconds is not None and time.monotonic() - self._began > seconds:
            why = f"it reached its limit of {seconds:g} seconds; resume it to go on for as long again"
            return Ending(state="failed", message=why, ended=_now())
        if memory is not None and (held := resident_bytes()) > memory:
            why = (
                f"it held {held / 1e6:,.0f} MB, over its limit of {memory / 1e6:,.0f} MB; use a smaller batch or model"
            )
            return Ending(state="failed", message=why, ended=_now(), resumable=False)
        return None


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))
