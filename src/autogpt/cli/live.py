"""Live progress: what it is doing now, the plan, checks turning green, tokens, cost and time."""

import re
import sys
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from autogpt.cli import render
from autogpt.core.check import describe
from autogpt.core.event import (
    Adapted,
    Delivered,
    Entry,
    Evaluated,
    Joined,
    Observed,
    Planned,
    Started,
    Turned,
    Understood,
)
from autogpt.core.message import Usage
from autogpt.core.plan import own_part
from autogpt.core.run import Run, apply, start
from autogpt.core.text import printable
from autogpt.locale import say, translate

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_TAIL = 400
"""Characters of the model's newest text that are shown."""


class Watcher(Protocol):
    """Shows a run while it goes. Its methods may be called from any thread."""

    def __enter__(self) -> object: ...

    def __exit__(self, *_: object) -> None: ...

    def saw(self, entry: Entry) -> None: ...

    def heard(self, text: str) -> None:
        """A piece of the model's text."""
        ...

    def note(self, text: str) -> None:
        """Something that is not an event: the model being fetched, a hint."""
        ...

    def paused(self) -> "Pause": ...


class Pause:
    """While a person types, nothing else is drawn."""

    def __init__(self, before: Callable[[], None] = lambda: None, after: Callable[[], None] = lambda: None) -> None:
        self._before, self._after = before, after

    def __enter__(self) -> None:
        self._before()

    def __exit__(self, *_: object) -> None:
        self._after()


class Quiet:
    """Shows nothing but what must be known."""

    def __enter__(self) -> "Quiet":
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def saw(self, entry: Entry) -> None:
        pass

    def heard(self, text: str) -> None:
        pass

    def note(self, text: str) -> None:
        pass

    def paused(self) -> Pause:
        return Pause()


class Plain(Quiet):
    """A line for each thing that happens, on stderr: for pipes, logs and screen readers."""

    def __init__(self) -> None:
        self._last = ("", 0.0)

    def saw(self, entry: Entry) -> None:
        if isinstance(entry.event, Delivered):
            return  # the result itself is told on stdout
        for told in render.tell(entry):
            print(told, file=sys.stderr, flush=True)

    def note(self, text: str) -> None:
        # Progress of a download comes many times a second; a log wants a line every few seconds.
        kind, moment = re.split("[:：]", text)[0], time.monotonic()
        if kind != self._last[0] or moment - self._last[1] > 5:
            self._last = (kind, moment)
            print(render.line(text), file=sys.stderr, flush=True)


class Live:
    """One panel that is redrawn in place on a terminal; what is finished scrolls away above it."""

    def __init__(self, console: "Console") -> None:
        from rich.live import Live as RichLive

        self._console = console
        self._lock = threading.Lock()
        self._run: Run | None = None
        self._now = say("starting")
        self._note = ""
        self._text = ""
        self._began = time.monotonic()
        self._live = RichLive(get_renderable=self._draw, console=console, refresh_per_second=5, transient=True)

    def __enter__(self) -> "Live":
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def saw(self, entry: Entry) -> None:
        event = entry.event
        with self._lock:
            if self._run is None:
                if isinstance(event, Started):
                    self._run = start(entry.run_id, event)
            elif entry.seq == self._run.events:
                self._run = apply(self._run, event)
            self._note = ""
            self._text = ""
            match event:
                case Turned(item=item):
                    self._now = say("the model thinks about {item}", item=render.line(item, 60))
                case Observed() | Evaluated():
                    self._now = say("checking")
                case _:
                    self._now = ""
        if isinstance(event, Understood | Planned | Adapted | Joined | Observed | Started):
            for told in render.tell(entry):
                self._console.print(told, markup=False, highlight=False)

    def heard(self, text: str) -> None:
        with self._lock:
            self._note = ""
            self._text = (self._text + text)[-_TAIL:]

    def note(self, text: str) -> None:
        with self._lock:
            self._note = render.line(text)

    def paused(self) -> Pause:
        return Pause(self._live.stop, self._live.start)

    def _draw(self) -> "RenderableType":
        from rich.console import Group
        from rich.text import Text

        with self._lock:
            run, note, now, tail = self._run, self._note, self._now, self._text
        parts: list[RenderableType] = []
        if run is not None and run.plan is not None and len(run.plan.items) > 1:
            marks = {"done": render.GOOD, "failed": render.BAD, "open": render.OPEN}
            parts += [Text(f"{marks[item.status]} {render.line(own_part(item.goal), 100)}") for item in run.plan.items]
        if run is not None:
            shown = {describe(result.check): result.passed for result in (run.verdict.results if run.verdict else ())}
            for check in run.task.checks or (
                tuple(result.check for result in run.verdict.results) if run.verdict else ()
            ):
                passed = shown.get(describe(check))
                mark, style = {True: (render.GOOD, "green"), False: (render.BAD, "red"), None: (render.OPEN, "dim")}[
                    passed
                ]
                parts.append(Text(f"{mark} {render.line(translate(describe(check)), 100)}", style=style))
        if tail:
            lines = printable(tail).splitlines()[-4:]
            parts.append(Text("\n".join(f"  {part[-110:]}" for part in lines), style="dim"))
        used = run.usage if run is not None else Usage()
        parts.append(Text(f"{note or now}  {render.usage(used, time.monotonic() - self._began)}", style="bold"))
        return Group(*parts)


def watcher(*, quiet: bool) -> Watcher:
    """The fitting one: nothing, plain lines, or a live panel if stderr is a terminal that can be redrawn."""
    if quiet:
        return Quiet()
    if not sys.stderr.isatty():
        return Plain()
    from rich.console import Console

    console = Console(stderr=True)
    return Live(console) if console.is_terminal and not console.is_dumb_terminal else Plain()
