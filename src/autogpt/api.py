"""The Python door: `AutoGPT(ai_name=..., ai_role=..., goals=[...]).run()`."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from autogpt.core.check import Check
from autogpt.core.errors import AutoGPTError, UsageError
from autogpt.core.event import Asked, Entry
from autogpt.core.run import Run

if TYPE_CHECKING:
    from autogpt.app import App
    from autogpt.parts import OpenModel

OnEvent = Callable[[Entry], None]
OnQuestion = Callable[[Asked], str | None]


class AutoGPT:
    """An agent with goals. Every call of `run` is one run, kept under AUTOGPT_HOME like those of the command line.

    ai_name, ai_role: who the agent is; told to the model with the goals.
    goals: what is to be done, in the user's words.
    checks: what must hold at the end: free text ('out.json contains total') or Check values.
    model, stronger_model: addresses as in `autogpt models`. workspace: the folder to work in; a fresh one if None.
    max_steps, max_seconds, max_tokens, max_cost: limits; reaching one ends the run honestly.
    on_event: called with every Entry, in order, from the thread that works on the run. on_text: with each piece of the
    model's text. on_question: answers a question, or returns None to leave the run waiting.
    home: another AUTOGPT_HOME. open_model: opens models by address instead of the usual way.
    """

    def __init__(
        self,
        ai_name: str = "AutoGPT",
        ai_role: str = "",
        goals: Sequence[str] | str = (),
        *,
        checks: Sequence[str | Check] = (),
        model: str | None = None,
        stronger_model: str | None = None,
        workspace: str | Path | None = None,
        max_steps: int | None = None,
        max_seconds: float | None = None,
        max_tokens: int | None = None,
        max_cost: float | None = None,
        on_event: OnEvent | None = None,
        on_text: Callable[[str], None] | None = None,
        on_question: OnQuestion | None = None,
        home: str | Path | None = None,
        open_model: "OpenModel | None" = None,
    ) -> None:
        self.ai_name = ai_name
        self.ai_role = ai_role
        self.goals = (goals,) if isinstance(goals, str) else tuple(goals)
        self._checks = tuple(checks)
        self._model = model
        self._stronger = stronger_model
        self._workspace = Path(workspace) if workspace is not None else None
        self._limits = {"steps": max_steps, "seconds": max_seconds, "tokens": max_tokens, "cost_usd": max_cost}
        self._on_event = on_event
        self._on_text = on_text
        self._on_question = on_question
        self._home = home
        self._open_model = open_model

    @property
    def goal(self) -> str:
        """The goals as one text, with who the agent is before them where that says something."""
        wanted = [goal.strip() for goal in self.goals if goal.strip()]
        told = (
            wanted[0] if len(wanted) == 1 else "\n".join(f"{number}. {goal}" for number, goal in enumerate(wanted, 1))
        )
        if not told or (self.ai_name in ("", "AutoGPT") and self.ai_role in ("", "AI Assistant")):
            return told
        role = f", {self.ai_role}" if self.ai_role else ""
        return f"You are {self.ai_name}{role}.\n\n{told}"

    def run(self) -> Run:
        """Work on the goals until they are met or cannot be; also inside a notebook, whose event loop it leaves alone.

        The run says how it ended (`run.outcome`), or what it waits for (`run.question`). Raises UsageError for what
        cannot be used as it is, and other AutoGPTErrors when the run was interrupted; it can then be resumed by its id.
        """
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return asyncio.run(self.arun())
        return _in_thread(self.arun())

    async def arun(self) -> Run:
        """As `run`, for async code on asyncio."""
        from autogpt.app import App, Given, make_task
        from autogpt.settings import load

        settings = load(home=self._home)
        given = Given(
            goal=self.goal,
            checks=self._checks,
            limits={name: value for name, value in self._limits.items() if value is not None},
        )
        app = App(settings, on_text=self._on_text, open_model=self._open_model)
        run_id = await app.start(
            make_task(given, settings.limits),
            workspace=self._workspace,
            model=self._model,
            stronger=self._stronger,
            attended=self._on_question is not None,
        )
        return await self._see_through(app, run_id)

    async def _see_through(self, app: "App", run_id: str) -> Run:
        work = asyncio.create_task(app.work(run_id, respond=self._on_question or _nobody))
        try:
            async for entry in app.follow(run_id, until=work.done):
                if self._on_event is not None:
                    self._on_event(entry)
            ending = await work
        finally:
            # Only where we are cancelled, or a callback raised: the run stops where it is.
            work.cancel()
            await asyncio.wait({work})
        if ending.error is not None:
            raise ending.error
        if ending.why not in ("over", "waiting"):
            raise AutoGPTError(f"run {run_id!r} was interrupted ({ending.message or ending.why}); resume it later")
        run = await app.run(run_id)
        if run is None:
            raise UsageError(f"run {run_id!r} has no event")
        return run


def _nobody(question: Asked) -> None:
    return None


def _in_thread(work: Coroutine[None, None, Run]) -> Run:
    """Run a coroutine on an event loop of its own beside the one that is running; who interrupts us interrupts it."""
    found: list[Run] = []
    raised: list[BaseException] = []
    doing: list[tuple[asyncio.AbstractEventLoop, asyncio.Task[Run]]] = []

    async def main() -> Run:
        task = asyncio.ensure_future(work)
        doing.append((asyncio.get_running_loop(), task))
        return await task

    def go() -> None:
        try:
            found.append(asyncio.run(main()))
        except BaseException as error:  # carried over to the thread that asked
            raised.append(error)
        finally:
            done.set()

    # Not Thread.join: one that was interrupted takes the thread for ended (bpo-45274).
    done = threading.Event()
    thread = threading.Thread(target=go, name="autogpt")
    thread.start()
    try:
        done.wait()
    except BaseException:
        # Ctrl-C in a notebook: nobody waits for the run any more, so it must not go on unseen. It can be resumed.
        while not doing and not done.wait(0.05):
            pass
        for loop, task in doing:
            with contextlib.suppress(RuntimeError):  # it ended meanwhile
                loop.call_soon_threadsafe(task.cancel)
        done.wait()
        raise
    if raised:
        raise raised[0]
    return found[0]
