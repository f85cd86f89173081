"""Jobs of the studio at the terminal: watched while they go, stopped by Ctrl-C, listed, resumed."""

import json as json_
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from autogpt.cli import render
from autogpt.cli.main import COMPLETE, FAILED, INTERRUPTED
from autogpt.cli.studio_told import told
from autogpt.locale import say, translate

if TYPE_CHECKING:
    from rich.progress import TaskID

    from autogpt.studio_app import Advance, Status, Studio


@dataclass(frozen=True)
class Manner:
    """How a command shows what it does."""

    json: bool = False
    quiet: bool = False
    detach: bool = False


class Shown(Protocol):
    """Shows how far a piece of work has come."""

    def __enter__(self) -> "Shown": ...

    def __exit__(self, *_: object) -> None: ...

    def saw(self, advance: "Advance") -> None: ...


def studio() -> "Studio":
    from autogpt.settings import load
    from autogpt.studio_app import Studio

    return Studio(load())


def watch(app: "Studio", folder: Path, manner: Manner) -> int:
    """Start the job and stay with it, unless it is to be left alone. Returns the exit code."""
    child = app.start(folder)
    if manner.detach:
        if manner.json:
            print(app.status(folder).model_dump_json())
        else:
            print(say("job {id} is at work; `autogpt studio jobs show {id}` shows it", id=folder.name))
        return COMPLETE
    try:
        with shown(manner.quiet) as view:
            for advance in app.follow(folder):
                view.saw(advance)
        child.wait()
    except KeyboardInterrupt:
        print(say("stopping; what is done so far is kept"), file=sys.stderr)
        app.interrupt(folder)
        child.wait()
    return _end(app.status(folder), manner)


def list_(json: bool) -> int:
    found = studio().jobs()
    if json:
        print(json_.dumps([one.model_dump(mode="json") for one in found], ensure_ascii=False))
        return COMPLETE
    for one in found:
        began = f"{one.began.astimezone():%m-%d %H:%M}" if one.began else ""
        why = render.line(translate(one.message), 60)
        print(f"{one.job.id:<20} {one.job.kind:<10} {state(one.state):<12} {began:<12} {why}")
    if not found:
        print(say("there are no jobs"))
    return COMPLETE


def show(job: str, follow: bool, manner: Manner) -> int:
    app = studio()
    folder = app.job(job)
    if follow and app.status(folder).state == "running":
        # Ctrl-C ends the looking, not the job.
        with shown(manner.quiet) as view:
            for advance in app.follow(folder):
                view.saw(advance)
    status = app.status(folder)
    if manner.json:
        print(status.model_dump_json())
        return COMPLETE
    print(f"{status.job.id}  {status.job.kind}  {state(status.state)}")
    if status.began:
        ended = status.ended or datetime.now(UTC)
        print(say("began {when}, attempt {number}, {seconds} s", when=f"{status.began.astimezone():%Y-%m-%d %H:%M}",
                  number=status.attempts, seconds=f"{(ended - status.began).total_seconds():.0f}"))  # fmt: skip
    if (last := app.last_advance(folder)) is not None:
        print(_line(last))
    if status.message:
        print(render.line(translate(status.message), 500))
    if status.state == "done":
        for line in told(status):
            print(line)
    print(say("folder: {path}", path=str(folder)))
    return COMPLETE


def log(job: str, lines: int) -> int:
    from autogpt.core.text import printable

    app = studio()
    for line in app.log(app.job(job), lines).splitlines():
        print(printable(line))
    return COMPLETE


def cancel(job: str) -> int:
    app = studio()
    status = app.cancel(app.job(job))
    print(say("job {id}: {state}", id=status.job.id, state=state(status.state)))
    return COMPLETE


def remove(job: str) -> int:
    app = studio()
    app.remove(app.job(job))
    print(say("job {id}: removed", id=job))
    return COMPLETE


def resume(job: str, manner: Manner) -> int:
    app = studio()
    return watch(app, app.job(job), manner)


def _end(status: "Status", manner: Manner) -> int:
    if manner.json:
        print(status.model_dump_json())
    elif status.state == "done":
        for line in told(status):
            print(line)
    if status.state == "done":
        return COMPLETE
    if status.message:
        print(say("autogpt: {message}", message=render.line(translate(status.message), 1_000)), file=sys.stderr)
    print(
        say(
            "job {id}: {state}. `autogpt studio jobs resume {id}` goes on, `autogpt studio jobs log {id}` says more",
            id=status.job.id,
            state=state(status.state),
        ),
        file=sys.stderr,
    )
    return FAILED if status.state == "failed" else INTERRUPTED


def state(name: str) -> str:
    match name:
        case "queued":
            return say("queued")
        case "running":
            return say("running")
        case "done":
            return say("done")
        case "cancelled":
            return say("cancelled")
        case "interrupted":
            return say("interrupted")
        case _:
            return say("failed")


def stage(name: str) -> str:
    match name:
        case "fetch":
            return say("fetching")
        case "load":
            return say("loading")
        case "clean":
            return say("cleaning")
        case "profile":
            return say("looking")
        case "prepare":
            return say("preparing")
        case "train":
            return say("training")
        case "evaluate" | "evaluate before" | "evaluate after":
            return say("evaluating")
        case "export":
            return say("exporting")
        case "diagnose":
            return say("diagnosing")
        case "convert":
            return say("converting")
        case "importance" | "quantise" | "quantize":
            return say("shrinking")
        case "time":
            return say("measuring")
        case "search":
            return say("searching")
        case "verify":
            return say("verifying")
        case _:
            return name


def shown(quiet: bool) -> Shown:
    """A bar on a terminal, a line now and then elsewhere, nothing if quiet; always on stderr."""
    if quiet:
        return _Quiet()
    if not sys.stderr.isatty():
        return _Plain()
    return _Bar()


def plain_note() -> Callable[[str], None]:
    """Prints a line on stderr when it is a new one of its kind, and every ten seconds."""
    seen: dict[str, float] = {}

    def note(text: str) -> None:
        kind, now = text.split(":")[0], time.monotonic()
        if now - seen.get(kind, -_Plain.EVERY) >= _Plain.EVERY:
            seen[kind] = now
            print(render.line(text), file=sys.stderr, flush=True)

    return note


class _Quiet:
    def __enter__(self) -> "_Quiet":
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def saw(self, advance: "Advance") -> None:
        pass


class _Plain(_Quiet):
    """A line when a stage begins or ends, and every ten seconds."""

    EVERY = 10.0
    """Seconds."""

    def __init__(self) -> None:
        self._stage, self._moment, self._last = "", 0.0, ""
        self._clock = Clock()

    def saw(self, advance: "Advance") -> None:
        left = self._clock.left(advance)
        line, now = _line(advance), time.monotonic()
        ends = 0 < advance.total <= advance.done
        if line == self._last or (advance.stage == self._stage and now - self._moment < self.EVERY and not ends):
            return
        self._stage, self._moment, self._last = advance.stage, now, line
        told = say("{line}, {seconds} s left", line=line, seconds=f"{left:.0f}") if left else line
        print(told, file=sys.stderr, flush=True)


class _Bar(_Quiet):
    """A bar for each stage, with the time that is left, redrawn in place."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
        from rich.progress import TimeRemainingColumn as Left

        self._progress: Progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            Left(),
            TextColumn("{task.fields[more]}", markup=False),
            console=Console(stderr=True),
        )
        self._stage = ""
        self._task: TaskID | None = None

    def __enter__(self) -> "_Bar":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def saw(self, advance: "Advance") -> None:
        if advance.stage != self._stage or self._task is None:
            self._stage = advance.stage
            self._task = self._progress.add_task(stage(advance.stage), total=advance.total or None, more="")
        total = advance.total or None
        self._progress.update(self._task, completed=advance.done, total=total, more=_numbers(advance))


class Clock:
    """How long a stage will take, from how far it has come since it was first seen."""

    def __init__(self) -> None:
        self._stage = ""
        self._began = (0.0, 0)

    def left(self, advance: "Advance") -> float | None:
        """Seconds to the end of the stage; None while nothing can be said."""
        now = time.monotonic()
        if advance.stage != self._stage:
            self._stage, self._began = advance.stage, (now, advance.done)
            return None
        seconds, done = now - self._began[0], advance.done - self._began[1]
        if done <= 0 or advance.total <= advance.done:
            return None
        return seconds / done * (advance.total - advance.done)


def _line(advance: "Advance") -> str:
    count = f" {advance.done:,}" if advance.done else ""
    if advance.total:
        count = f" {advance.done:,}/{advance.total:,}"
    return " ".join(filter(None, [f"{stage(advance.stage)}{count}", _numbers(advance)]))


def _numbers(advance: "Advance") -> str:
    loss = say("loss {value}", value=f"{advance.loss:.4f}") if advance.loss is not None else ""
    score = say("score {value}", value=f"{advance.score:.4f}") if advance.score is not None else ""
    return " ".join(filter(None, [loss, score]))
