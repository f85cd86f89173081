"""How far the studio's work has come: one bar on a terminal, a line now and then elsewhere, always on stderr."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from autogpt.cli import render
from autogpt.locale import say

if TYPE_CHECKING:
    from autogpt.studio_app import Advance

EVERY = 10.0
"""Seconds between two lines where there is no terminal."""


class Shown(Protocol):
    """Shows how far a piece of work has come."""

    def __enter__(self) -> "Shown": ...

    def __exit__(self, *_: object) -> None: ...

    def saw(self, advance: "Advance") -> None: ...


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
        if now - seen.get(kind, -EVERY) >= EVERY:
            seen[kind] = now
            print(render.line(text), file=sys.stderr, flush=True)

    return note


@dataclass(frozen=True)
class View:
    """What is shown of a piece of work at one moment."""

    label: str
    done: float
    total: float
    """0: nobody knows."""
    more: str
    """What stands beside the bar: counts, loss, score."""
    left: float | None
    """Seconds to the end of what the bar is about; None while nothing can be said."""


class Course:
    """Makes one course of many stages: a training with the evaluations in it is one, and so is a search with all its
    trainings.
    """

    def __init__(self) -> None:
        self._clock = Clock()
        self._train: Advance | None = None
        self._search: Advance | None = None
        self._score: float | None = None

    def saw(self, advance: "Advance") -> View:
        """What to show after this."""
        within = ""
        match advance.stage:
            case "search":
                self._search, self._train = advance, None
            case "train":
                self._train = advance
            case _ if not _unfinished(self._search) and not (advance.stage == "evaluate" and _unfinished(self._train)):
                self._search = self._train = self._score = None
                return self._view(advance.stage, advance.done, advance.total, _detail(advance))
            case _ if advance.score is not None:
                self._score = advance.score
            case _:
                within = f"{stage(advance.stage)} {_count(advance)}".rstrip()
        score = say("score {value}", value=f"{self._score:.4f}") if self._score is not None else ""
        steps, search = self._train, self._search
        more = [_detail(steps) if steps else "", score, within]
        if search is None:
            done, total = (steps.done, steps.total) if steps else (0, 0)
            return self._view("train", done, total, *more)
        number = say("trial {number} of {count}", number=min(search.done + 1, search.total), count=search.total)
        share = steps.done / steps.total if steps and steps.total else 0.0
        return self._view("search", search.done + share, search.total, number, *more)

    def _view(self, name: str, done: float, total: float, *more: str) -> View:
        return View(stage(name), done, total, ", ".join(filter(None, more)), self._clock.left(name, done, total))


def _unfinished(advance: "Advance | None") -> bool:
    return advance is not None and advance.done < advance.total


class Clock:
    """How long a stage will take, from how far it has come since it was first seen."""

    def __init__(self) -> None:
        self._stage = ""
        self._began = (0.0, 0.0)

    def left(self, stage: str, done: float, total: float) -> float | None:
        """Seconds to the end of the stage; None while nothing can be said."""
        now = time.monotonic()
        if stage != self._stage:
            self._stage, self._began = stage, (now, done)
            return None
        seconds, came = now - self._began[0], done - self._began[1]
        if came <= 0 or total <= done:
            return None
        return seconds / came * (total - done)


class _Quiet:
    def __enter__(self) -> "_Quiet":
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def saw(self, advance: "Advance") -> None:
        pass


class _Plain(_Quiet):
    """A line when something begins or ends, and every ten seconds."""

    def __init__(self) -> None:
        self._course = Course()
        self._label: str = ""
        self._last: str = ""
        self._moment = 0.0

    def saw(self, advance: "Advance") -> None:
        view, now = self._course.saw(advance), time.monotonic()
        line = " ".join(filter(None, [view.label, view.more]))
        ends = 0 < view.total <= view.done
        if line == self._last or (view.label == self._label and now - self._moment < EVERY and not ends):
            return
        self._label, self._moment, self._last = view.label, now, line
        told = say("{line}, {seconds} s left", line=line, seconds=f"{view.left:.0f}") if view.left else line
        print(told, file=sys.stderr, flush=True)


class _Bar(_Quiet):
    """One bar, with the time that is left, redrawn in place."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        self._course = Course()
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(20),
            TimeElapsedColumn(),
            TextColumn("{task.fields[left]}", markup=False),
            TextColumn("{task.fields[more]}", markup=False),
            console=Console(stderr=True),
        )
        self._task = self._progress.add_task(stage("prepare"), total=None, more="", left="")

    def __enter__(self) -> "_Bar":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def saw(self, advance: "Advance") -> None:
        view = self._course.saw(advance)
        left = say("{time} left", time=str(timedelta(seconds=round(view.left)))) if view.left else ""
        self._progress.update(
            self._task, description=view.label, completed=view.done, total=view.total or None, more=view.more, left=left
        )


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
        case "layers":
            return say("choosing layers")
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


def in_words(advance: "Advance") -> str:
    """One stage in one line."""
    return " ".join(filter(None, [stage(advance.stage), _detail(advance)]))


def _detail(advance: "Advance") -> str:
    return " ".join(filter(None, [_count(advance), _numbers(advance)]))


def _count(advance: "Advance") -> str:
    if advance.total:
        return f"{advance.done:,}/{advance.total:,}"
    return f"{advance.done:,}" if advance.done else ""


def _numbers(advance: "Advance") -> str:
    loss = say("loss {value}", value=f"{advance.loss:.4f}") if advance.loss is not None else ""
    score = say("score {value}", value=f"{advance.score:.4f}") if advance.score is not None else ""
    return " ".join(filter(None, [loss, score]))
