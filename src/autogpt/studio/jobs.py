"""Jobs: work on models in child processes, each with a folder that says what it does, how far it is and how it ended.

A folder holds job.json (what to do), and for each attempt N: attempt-N.json (which process), stop-N (somebody asked it
to stop), ending-N.json (how it ended); progress.jsonl and log.txt go on over all attempts, state/ is what a later
attempt goes on from, and `replaced` names a later job that makes the same. Each is written once, whole, so a crash at
any point leaves a folder that tells the truth. What is not kept here: a queue. A job starts at once.
"""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import Field, ValidationError

from autogpt.core.errors import UsageError
from autogpt.core.schema import JsonValue, Value
from autogpt.studio.process import mark_of
from autogpt.studio.report import Advance

State = Literal["queued", "running", "done", "failed", "cancelled", "interrupted"]
"""interrupted: its process is gone and did not say how it ended (killed, power cut), or was stopped by Ctrl-C."""

_LOOK_AGAIN = 0.05
"""Seconds between two looks at a folder while waiting for another process."""
_GRACE = 15.0
"""Seconds in which a job may end by itself when it is told to stop."""
_CLAIMS = 5.0
"""Seconds in which a process writes down that it works on a job, at the most."""
_SPIN = "1000"
"""Turns for which a waiting OpenMP thread spins before it sleeps. By default it spins for milliseconds, so keeps the
thread it waits for from running when another process is busy (LoRA on two cores: 97 s with this, 133 s without)."""
_RESUMABLE: tuple[State, ...] = ("queued", "failed", "cancelled", "interrupted")


class Limits(Value):
    """What a job may use; checked twice a second, so a burst may go over."""

    seconds: Annotated[float, Field(gt=0)] | None = None
    """Of wall time, for each attempt."""
    memory_bytes: Annotated[int, Field(gt=0)] | None = None
    """Of resident memory of its process."""


class Job(Value):
    """What to do."""

    id: str
    kind: str
    """'train', 'quantize', ..., as in `autogpt.studio.work`."""
    arguments: Mapping[str, JsonValue]
    limits: Limits = Limits()
    created: datetime


class Attempt(Value):
    """Which process works, or worked, on a job."""

    pid: int
    mark: str
    """What tells it from a later process with the same pid."""
    began: datetime


class Ending(Value):
    """How an attempt ended, by its own word."""

    state: Literal["done", "failed", "cancelled", "interrupted"]
    message: str = ""
    result: JsonValue = None
    ended: datetime
    resumable: bool = True
    """Whether another attempt can end otherwise: not where what the person gave cannot be used as it is."""


class Status(Value):
    """A job as it is now."""

    job: Job
    state: State
    attempts: int
    pid: int | None = None
    began: datetime | None = None
    """When the last attempt began."""
    ended: datetime | None = None
    message: str = ""
    """Why it failed, for the person."""
    result: JsonValue = None
    resumable: bool = True
    """Whether another attempt can end otherwise."""


def submit(root: Path, kind: str, arguments: Mapping[str, JsonValue], limits: Limits | None = None) -> Path:
    """Write a new job down below the root; `start` then works on it. Returns its folder, named by the job's id."""
    now = datetime.now(UTC)
    job = Job(
        id=f"{now:%y%m%d-%H%M%S}-{secrets.token_hex(2)}",
        kind=kind,
        arguments=arguments,
        limits=limits or Limits(),
        created=now,
    )
    folder = root / job.id
    for before in jobs(root):
        if target_of(job) is not None and target_of(before.job) == target_of(job) and before.state in _RESUMABLE:
            (root / before.job.id / "replaced").write_text(job.id, "utf-8")
    folder.mkdir(parents=True, mode=0o700)
    write(folder / "job.json", job)
    return folder


def target_of(job: Job) -> Path | None:
    """What the job is to make, by its arguments; None if that is no file and no folder."""
    target = job.arguments.get("out") or job.arguments.get("target")
    return Path(target) if isinstance(target, str) else None


def replaced(folder: Path) -> str:
    """The id of a later job that was begun to make the same; empty if there is none."""
    later = folder / "replaced"
    return later.read_text("utf-8") if later.exists() else ""


def start(folder: Path) -> "subprocess.Popen[bytes]":
    """Begin the next attempt in a child process that lives on without this one. Returns once it is at work.

    Raises UsageError if the job is at work already or done, or its process did not come up.
    """
    before = status(folder)
    if before.state not in _RESUMABLE:
        told = "is at work already" if before.state == "running" else "is done"
        raise UsageError(f"the job {folder.name} {told}; `autogpt studio jobs show {folder.name}` shows it")
    if later := replaced(folder):
        raise UsageError(
            f"the job {folder.name} cannot go on: {later} was begun in its place, to make the same; "
            f"`autogpt studio jobs remove {folder.name}` removes it"
        )
    number = before.attempts + 1
    # -P: the current folder must not be searched for modules. Its own session: Ctrl-C and a closed terminal pass it by.
    command = [sys.executable, "-P", "-m", "autogpt.studio.work", str(folder.absolute()), str(number)]
    with (folder / "log.txt").open("ab") as log:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={"GOMP_SPINCOUNT": _SPIN, **os.environ},
        )
    while not (folder / f"attempt-{number}.json").exists():
        if child.poll() is not None:
            raise UsageError(f"the job {folder.name} could not be started: {log_tail(folder, 3) or 'no reason given'}")
        time.sleep(_LOOK_AGAIN)
    return child


def status(folder: Path) -> Status:
    """The job as it is now, whatever happened to its process. Raises UsageError for a folder that is no job."""
    job = _read(folder / "job.json", Job)
    if job is None:
        raise UsageError(f"there is no job {folder.name!r}; `autogpt studio jobs list` shows those there are")
    number = _attempts(folder)
    attempt = _read(folder / f"attempt-{number}.json", Attempt)
    alive = attempt is not None and mark_of(attempt.pid) == attempt.mark
    # Read last: it may have ended since we looked whether it is alive.
    ending = _read(folder / f"ending-{number}.json", Ending)
    found = Status(job=job, state="queued", attempts=number)
    if attempt is not None:
        found = found.model_copy(update={"began": attempt.began, "pid": attempt.pid if alive else None})
    if ending is not None:
        return found.model_copy(update=dict(ending))
    if number == 0:
        return found
    if alive or (attempt is None and _just_begun(folder / f"attempt-{number}.json")):
        return found.model_copy(update={"state": "running"})
    asked = _stop_file(folder, number)
    if asked.exists():
        return found.model_copy(update={"state": asked.read_text("utf-8") or "cancelled"})
    why = "its process is gone without a word: killed, out of memory, or the machine went down"
    return found.model_copy(update={"state": "interrupted", "message": why})


def jobs(root: Path) -> list[Status]:
    """All jobs below the root, the newest first; folders that are no jobs, or damaged, are passed by."""
    found = [status(path) for path in _folders(root) if _read(path / "job.json", Job) is not None]
    return sorted(found, key=lambda one: one.job.created, reverse=True)


def damaged(root: Path) -> list[Path]:
    """The folders of jobs whose job.json cannot be read, as after a power cut."""
    return [path for path in _folders(root) if _read(path / "job.json", Job) is None]


def _folders(root: Path) -> list[Path]:
    return sorted(path for path in root.iterdir() if (path / "job.json").is_file()) if root.is_dir() else []


def find(root: Path, name: str) -> Path:
    """The folder of a job by its id, the beginning of it, or 'last'. Raises UsageError for none or several."""
    ids = [one.job.id for one in jobs(root)]
    found = ids[:1] if name == "last" else [one for one in ids if one == name] or [o for o in ids if o.startswith(name)]
    if len(found) == 1:
        return root / found[0]
    if not found:
        raise UsageError(f"there is no job {name!r}; `autogpt studio jobs list` shows those there are")
    raise UsageError(f"{name!r} is the beginning of several jobs: {', '.join(found[:5])}")


def cancel(folder: Path, why: Literal["cancelled", "interrupted"] = "cancelled", grace: float = _GRACE) -> Status:
    """Stop a job, with all its processes: politely, and after `grace` seconds by force. Ended jobs stay as they are."""
    before = status(folder)
    if before.state == "queued":
        write(folder / "ending-0.json", Ending(state=why, ended=datetime.now(UTC)))
    if before.state != "running":
        return status(folder)
    asked = _stop_file(folder, before.attempts)
    asked.write_text(why, "utf-8")
    for number, seconds in ((signal.SIGTERM, grace), (signal.SIGKILL, grace)):
        now = status(folder)
        if now.pid is None:
            break
        try:
            os.killpg(now.pid, number)
        except ProcessLookupError:
            break
        _wait(lambda: status(folder).pid is None, seconds)
    return status(folder)


def remove(folder: Path) -> None:
    """Delete the folder of a job. Raises UsageError for one at work. What it made elsewhere: `leftovers.remove`."""
    if status(folder).state == "running":
        raise UsageError(f"the job {folder.name} is at work; `autogpt studio jobs cancel {folder.name}` ends it first")
    shutil.rmtree(folder)


def follow(folder: Path, after: int | None = None) -> Iterator[Advance]:
    """How far the job has come, as it comes, until it is no longer at work. What came before is left out but the last.

    after: where an attempt before had come to, see `told`; all since then is shown, and nothing of what came before.
    Between two steps of the job it looks again and yields the last one anew, so that the caller can draw a clock.
    """
    path = folder / "progress.jsonl"
    last = last_advance(folder) if after is None else None
    position = told(folder) if after is None else after
    while True:
        over = status(folder).state != "running"
        lines, position = _new_lines(path, position)
        for line in lines:
            if (found := _advance(line)) is not None:
                last = found
                yield last
        if over:
            return
        if last is not None and not lines:
            yield last
        time.sleep(_LOOK_AGAIN * 2)


def told(folder: Path) -> int:
    """How much all attempts have told so far, in bytes."""
    path = folder / "progress.jsonl"
    return path.stat().st_size if path.exists() else 0


def last_advance(folder: Path) -> Advance | None:
    """How far the job had come when it last said so."""
    lines = _tail(folder / "progress.jsonl", 2)
    return next((found for line in reversed(lines) if (found := _advance(line)) is not None), None)


def log_tail(folder: Path, lines: int) -> str:
    """The last lines of what the job's process printed."""
    return "\n".join(_tail(folder / "log.txt", lines))


def write(path: Path, value: Value) -> None:
    """Write a value; whole or not at all."""
    part = path.with_name(f"{path.name}.{os.getpid()}.new")
    part.write_text(value.model_dump_json(indent=1) + "\n", "utf-8")
    part.replace(path)


T = TypeVar("T", bound=Value)


def _read(path: Path, kind: type[T]) -> T | None:
    """The value, or None if it is not there (or is being written by the process that claims it)."""
    try:
        return kind.model_validate_json(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except ValidationError:
        return None
    except OSError as error:
        raise UsageError(f"{str(path)!r} cannot be read: {error.strerror}") from None


def _attempts(folder: Path) -> int:
    numbers = [path.stem.removeprefix("attempt-") for path in folder.glob("attempt-*.json")]
    return max((int(number) for number in numbers if number.isdigit()), default=0)


def _just_begun(claim: Path) -> bool:
    """Whether a claim that cannot be read is being written; an older one was left by a kill while it was."""
    try:
        return time.time() - claim.stat().st_mtime < _CLAIMS
    except FileNotFoundError:
        return False


def _stop_file(folder: Path, number: int) -> Path:
    return folder / f"stop-{number}"


def _wait(over: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not over() and time.monotonic() < end:
        time.sleep(_LOOK_AGAIN)


def _new_lines(path: Path, position: int) -> tuple[list[bytes], int]:
    """Whole lines that were added after the position, and the position after them."""
    if not path.exists():
        return [], position
    with path.open("rb") as file:
        file.seek(position)
        data = file.read()
    end = data.rfind(b"\n") + 1
    return data[:end].splitlines(), position + end


def _tail(path: Path, lines: int) -> list[str]:
    if not path.exists():
        return []
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 400 * (lines + 1)))
        return file.read().decode("utf-8", "replace").splitlines()[-lines:]


def _advance(line: str | bytes) -> Advance | None:
    try:
        return Advance.model_validate_json(line)
    except ValidationError:
        return None  # cut off by a crash
