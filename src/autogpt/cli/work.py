"""The commands that work on a run: run, resume, answer, approve, fork. Progress on stderr, the result on stdout."""

import asyncio
import json as json_
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autogpt import locale
from autogpt.app import App, Given, make_task, read_bytes, read_file
from autogpt.cli import door, render
from autogpt.cli.live import Watcher, watcher
from autogpt.cli.main import BUG, FAILED, INTERRUPTED, USAGE, WAITING, complain
from autogpt.cli.result import as_json, exit_code
from autogpt.core.errors import AutoGPTError, UsageError
from autogpt.core.event import Asked
from autogpt.core.task import Task
from autogpt.core.text import printable
from autogpt.locale import say
from autogpt.settings import Settings, load

if TYPE_CHECKING:
    from autogpt.runs.workflow import Ending, Session


@dataclass(frozen=True)
class Manner:
    """How the person wants it."""

    yes: bool = False
    no_input: bool = False
    json: bool = False
    quiet: bool = False
    lang: str | None = None

    @property
    def attended(self) -> bool:
        return not self.no_input and sys.stdin.isatty() and sys.stderr.isatty()


def run(
    goal: Sequence[str],
    task_file: str | None,
    *,
    checks: Sequence[str],
    limits: Mapping[str, float | None],
    workspace: Path | None,
    model: str | None,
    stronger: str | None,
    manner: Manner,
) -> int:
    settings = load(lang=manner.lang)
    task = _task(" ".join(goal), task_file, checks, limits, settings)
    if settings.lang is None and manner.lang is None and task.language == "zh":
        locale.use("zh")

    async def begin(app: App) -> str:
        return await app.start(task, workspace=workspace, model=model, stronger=stronger, attended=manner.attended)

    return _go(settings, manner, begin, fresh=True)


def resume(run: str, manner: Manner) -> int:
    async def begin(app: App) -> str:
        return app.find(run)

    return _go(load(), manner, begin)


def answer(run: str, text: str, manner: Manner) -> int:
    async def begin(app: App) -> str:
        await app.answer(run_id := app.find(run), text)
        return run_id

    return _go(load(), manner, begin)


def approve(run: str, leave: str, manner: Manner) -> int:
    granted = {"yes": True, "y": True, "是": True, "no": False, "n": False, "否": False}.get(leave.lower())
    if granted is None:
        raise UsageError("say yes or no: autogpt approve RUN yes")

    async def begin(app: App) -> str:
        await app.approve(run_id := app.find(run), granted)
        return run_id

    return _go(load(), manner, begin)


def fork(
    run: str, step: int | None, *, restart: bool, workspace: Path | None, model: str | None, manner: Manner
) -> int:
    if restart == (step is not None):
        raise UsageError("say from where: --step N, or --restart for the very start")

    async def begin(app: App) -> str:
        return await app.fork(app.find(run), step, workspace=workspace, model=model)

    return _go(load(), manner, begin, fresh=True)


def _task(
    words: str, task_file: str | None, checks: Sequence[str], limits: Mapping[str, float | None], settings: Settings
) -> Task:
    if task_file is not None and words.strip():
        raise UsageError("give the goal either in words or with --task-file, not both")
    if task_file is None:
        given = Given(goal=words)
    elif task_file == "-":
        given = read_bytes(sys.stdin.buffer.read(5_000_000), "stdin")
    else:
        given = read_file(Path(task_file))
    flags = {name: value for name, value in limits.items() if value is not None}
    given = given.model_copy(update={"limits": {**given.limits, **flags}})
    return make_task(given, settings.limits, checks)


def _go(settings: Settings, manner: Manner, begin: Callable[[App], Awaitable[str]], *, fresh: bool = False) -> int:
    """Work on the run that `begin` names, show it, print its result; returns the exit code."""
    shown = watcher(quiet=manner.quiet)
    app = door.app(settings, shown)
    return asyncio.run(_Visit(app, manner, shown).go(begin, fresh))


class _Visit:
    """One process's work on one run, seen from the terminal."""

    def __init__(self, app: App, manner: Manner, shown: Watcher) -> None:
        self._app = app
        self._manner = manner
        self._shown = shown
        self._session: Session | None = None
        self._interrupts = 0
        self._asking: set[asyncio.Task[None]] = set()

    async def go(self, begin: Callable[[App], Awaitable[str]], fresh: bool) -> int:
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, self._interrupted)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self._interrupted)
        with self._shown:
            run_id = await begin(self._app)
            entries = await self._app.entries(run_id)
            if fresh:
                self._shown.note(say("run {id}", id=run_id))
            work = asyncio.create_task(self._work(run_id, fresh))
            follow = asyncio.create_task(self._follow(run_id, len(entries) - 1 if entries else -1, work))
            await asyncio.wait({work, follow})
        ending = work.result()
        follow.result()
        return await self._end(run_id, ending)

    def _work(self, run_id: str, fresh: bool) -> "Coroutine[None, None, Ending]":
        work = self._app.work if fresh else self._app.resume
        return work(run_id, attended=self._manner.attended, respond=self._respond, hold=self._hold)

    def _hold(self, session: "Session") -> None:
        self._session = session

    def _respond(self, question: Asked) -> str | None:
        return "yes" if self._manner.yes and question.about == "approval" else None

    async def _follow(self, run_id: str, after: int, work: "asyncio.Task[Ending]") -> None:
        async for entry in self._app.follow(run_id, after, until=work.done):
            self._shown.saw(entry)
            if isinstance(entry.event, Asked) and self._manner.attended and self._respond(entry.event) is None:
                task = asyncio.create_task(self._ask(run_id, entry.event))
                self._asking.add(task)
                task.add_done_callback(self._asking.discard)

    async def _ask(self, run_id: str, question: Asked) -> None:
        with self._shown.paused():
            while True:
                choices = (
                    f" [{'/'.join(render.line(choice, 40) for choice in question.choices)}]" if question.choices else ""
                )
                print(f"\n{printable(question.question)}{choices}", file=sys.stderr)
                print("> ", end="", file=sys.stderr, flush=True)
                # Read in a thread that Ctrl-C does not have to wait for.
                text = await _line()
                if text is None:
                    self._interrupted()
                    return
                try:
                    await self._app.answer(run_id, text)
                except UsageError as error:
                    complain(str(error))
                else:
                    return

    def _interrupted(self) -> None:
        self._interrupts += 1
        self._shown.note(say("stopping; once more to stop at once"))
        if self._session is not None:
            self._session.stop()
        if self._interrupts > 1 or self._session is None:
            # The run's steps are kept as they are made: leaving abruptly loses only the one under way.
            import os

            self._shown.__exit__()  # a panel that is left standing hides the cursor

            os._exit(INTERRUPTED)

    async def _end(self, run_id: str, ending: "Ending") -> int:
        run = await self._app.run(run_id)
        entries = await self._app.entries(run_id)
        if self._manner.json:
            print(json_.dumps(as_json(run_id, run, entries, ending), ensure_ascii=False))
        elif run is not None and run.over:
            for told in render.summary(run, entries):
                print(told)
        match ending.why:
            case "over":
                return exit_code(run)
            case "waiting":
                complain(
                    say(
                        'the run waits for an answer: {question}\n  autogpt answer {id} "..."',
                        question=render.line(ending.message, 4_000),
                        id=run_id,
                    )
                )
                return WAITING
            case "stopped":
                complain(say("stopped; nothing is lost. Go on with: autogpt resume {id}", id=run_id))
                return INTERRUPTED
            case "busy":
                complain(
                    say(
                        "the model cannot answer now ({reason}); nothing is lost. Go on later: autogpt resume {id}",
                        reason=locale.translate(ending.message),
                        id=run_id,
                    )
                )
                return FAILED
            case "unfit" | "error":
                return _failed(run_id, ending)


def _failed(run_id: str, ending: "Ending") -> int:
    error = ending.error
    if isinstance(error, (AutoGPTError, OSError)):
        complain(str(error))
        complain(say("the run is kept. When that is mended, go on with: autogpt resume {id}", id=run_id))
        return USAGE if isinstance(error, UsageError) else FAILED
    from autogpt.cli.bug import report

    complain(report(error or RuntimeError(ending.message)))
    complain(say("the run is kept. When that is mended, go on with: autogpt resume {id}", id=run_id))
    return BUG


async def _line() -> str | None:
    """A line from the terminal; None at its end. The thread is left alone if nobody waits for it any more."""
    import threading

    loop = asyncio.get_running_loop()
    answer: asyncio.Future[str | None] = loop.create_future()

    def told(text: str | None) -> None:
        if not answer.done():
            answer.set_result(text)

    def read() -> None:
        text = sys.stdin.readline()
        loop.call_soon_threadsafe(told, text.rstrip("\n") if text else None)

    threading.Thread(target=read, daemon=True).start()
    return await answer
