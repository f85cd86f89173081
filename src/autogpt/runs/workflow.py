"""The loop as a DBOS workflow: begun, taken up after the end of its process, stopped and cancelled.

One run, one SQLite file. DBOS on SQLite is for one process, yet several `autogpt run` may work at once on a machine;
so each run keeps its steps in a system database of its own, `AUTOGPT_HOME/runs/RUN/steps.sqlite`, held by whichever
process works on the run (`runs/RUN/lock`). What the runs share (journal, blobs) is the store's. With a Postgres URL
all runs keep their steps in that one database instead, which is the way to many machines.

A process has one DBOS, hence works on one run at a time: a second one in the same process waits for the first.
"""

import asyncio
import contextlib
import functools
import logging
import sqlite3
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from autogpt.agent.context import Context, plain
from autogpt.core.action import Observation
from autogpt.core.contracts import Checker, Journal, Model, OnText, Policy, Toolbox, Workspace
from autogpt.core.effect import Call, Labels
from autogpt.core.errors import AutoGPTError, JournalError
from autogpt.core.event import Entry, Event
from autogpt.core.run import Run
from autogpt.core.task import Task
from autogpt.runs.durable import (
    DurableChecker,
    DurableClock,
    DurableHuman,
    DurableModel,
    DurableSurveyor,
    DurableToolbox,
    Respond,
    SystemClock,
    nobody,
)
from autogpt.runs.ending import end_cancelled
from autogpt.runs.hold import held
from autogpt.runs.mailbox import Mailbox
from autogpt.runs.spec import RunFolder, RunSpec, now
from autogpt.runs.split import DurableSplitter, Means
from autogpt.runs.steps import Diverged, Steps, prepare
from autogpt.runs.survey import Ground, Keeper
from autogpt.runs.timely import Timely, time_left
from autogpt.runs.underway import UnderWay

if TYPE_CHECKING:
    from dbos import DBOSConfig

Solve = Callable[[Task, str, Context], Awaitable[Run]]
Why = Literal["over", "waiting", "busy", "stopped", "unfit", "error"]
"""over: delivered. waiting: for a person. busy: the model cannot answer now. stopped: on request, to go on later.
unfit: what was kept does not fit the code, another version made it. error: ended by an error."""

_one_at_a_time = threading.Lock()
_LOOK_AGAIN = 0.2
"""Seconds between two looks into the mailbox for the wish to cancel."""


@dataclass(frozen=True)
class Parts:
    """What a run is made of, opened in the loop that works on it."""

    model: Model
    toolbox: Toolbox
    checker: Checker
    workspace: Workspace
    policy: Policy
    journal: Journal
    keeper: Keeper
    stronger: Model | None = None
    on_text: OnText | None = None
    render: Callable[[Call, Labels], str] = plain
    """Shows a person exactly what a call would do."""
    recall: Callable[[Observation], None] | None = None
    """Tells the toolbox of a call that an earlier process made."""
    sub_runs: Means | None = None
    """What sub-runs are worked on with; None where there can be none, as in a sub-run."""


Opener = Callable[[RunSpec], AbstractAsyncContextManager[Parts]]


@dataclass(frozen=True)
class Ending:
    """Why a process stopped working on a run."""

    why: Why
    message: str = ""
    error: BaseException | None = None


@dataclass
class Session:
    """One process at work on one run."""

    folder: RunFolder
    opener: Opener
    solve: Solve
    attended: bool = False
    """Whether a person is there to answer. If not, a question ends the work here until it is answered by letter."""
    respond: Respond = nobody
    """Answers a question at once, without a person."""
    database_url: str | None = None
    """Postgres URL for the steps; the run's own SQLite file if None."""
    _ending: Ending | None = None
    _inner: "asyncio.Task[str] | None" = None
    _outer: "asyncio.Task[object] | None" = None
    _loop: asyncio.AbstractEventLoop | None = None
    _left: asyncio.Event = field(default_factory=asyncio.Event)
    _cancelling: bool = False

    async def work(self) -> Ending:
        """Begin the run or take it up, and work on it until it is over or cannot go on for now.

        Raises UsageError if another process works on it, JournalError if its kept steps are damaged.
        """
        # Polled: the holder may live in another thread's event loop.
        while not _one_at_a_time.acquire(blocking=False):  # noqa: ASYNC110
            await asyncio.sleep(_LOOK_AGAIN)
        try:
            with held(self.folder), _told_if_unkept(self.folder.id):
                self._loop = asyncio.get_running_loop()
                async with _launched(self):
                    try:
                        await self._begin()
                        await self._left.wait()
                    finally:
                        self.suspend("stopped", "")
                        if self._outer is not None:
                            # Until DBOS has kept the outcome.
                            await _to_its_end(_settled(self._outer))
        finally:
            _one_at_a_time.release()
        return self._ending or Ending("error", "the run ended without saying why")

    def stop(self) -> None:
        """Stop working on the run, to go on later. From any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self.suspend, "stopped", "")

    def suspend(self, why: Why, message: str) -> None:
        """End the work here without a trace in the kept steps."""
        self._ending = self._ending or Ending(why, message)
        if self._inner is not None:
            self._inner.cancel()
        elif self._outer is None:
            self._left.set()

    def _fail(self, error: BaseException) -> None:
        self._ending = self._ending or Ending("error", str(error), error)

    async def _begin(self) -> None:
        from dbos import DBOS, SetWorkflowID

        spec = self.folder.read()
        status = await DBOS.get_workflow_status_async(spec.workflow)
        if status is None and spec.source is None:
            with SetWorkflowID(spec.workflow):
                await DBOS.start_workflow_async(_workflow(), self.folder.id)
        elif status is None and spec.source is not None:
            with SetWorkflowID(spec.workflow):
                await DBOS.fork_workflow_async(spec.source, spec.source_steps + 1, application_version=spec.version)
        elif status is not None and status.status in ("SUCCESS", "ERROR", "CANCELLED"):
            self._ending = Ending("over")
            self._left.set()
        # Otherwise it was pending, and the launch has put it into the queue.

    async def pursue(self) -> str:
        """The workflow's body: the plain loop, with everything uncertain kept. Returns the outcome.

        Unless the run is over it leaves by CancelledError, of which DBOS keeps no trace: the run stays pending and can
        be taken up, whatever ended it.
        """
        self._outer = asyncio.current_task()
        self._inner = asyncio.create_task(self._inside())
        if self._ending is not None:
            self._inner.cancel()
        try:
            await asyncio.wait({self._inner})
        finally:
            self._inner.cancel()
            self._left.set()
        if self._inner.cancelled():
            raise asyncio.CancelledError
        error = self._inner.exception()
        if error is not None:
            error = unkept(error, self.folder.id) or error
            self._ending = Ending("unfit" if isinstance(error, Diverged) else "error", str(error), error)
            raise asyncio.CancelledError
        outcome = self._inner.result()
        self._ending = Ending("over", outcome)
        return outcome

    async def _inside(self) -> str:
        spec = self.folder.read()
        mailbox = Mailbox(self.folder.root)
        async with self.opener(spec) as parts:
            watch = asyncio.create_task(self._watch(mailbox))
            try:
                if not mailbox.cancelled():
                    return (await self._solve(spec, parts)).outcome or "failed"
            except asyncio.CancelledError:
                if not self._cancelling:
                    raise
            finally:
                watch.cancel()
            await end_cancelled(parts.journal, self.folder)
            return "cancelled"

    async def _watch(self, mailbox: Mailbox) -> None:
        while not mailbox.cancelled():  # noqa: ASYNC110 - a file of another process has no event
            await asyncio.sleep(_LOOK_AGAIN)
        if self._inner is not None and self._ending is None:
            self._cancelling = True
            self._inner.cancel()

    async def _solve(self, spec: RunSpec, parts: Parts) -> Run:
        entries = await parts.journal.read(spec.run_id)
        journal = Counting(parts.journal, len(entries))
        if (taken_up := spec.taken_up(entries, now())) != spec:
            spec = taken_up
            self.folder.write(spec)
        steps = Steps(spec.run_id, lambda: journal.events, self._fail)
        left = time_left(spec, parts.journal)
        model = await DurableModel.open(Timely(parts.model, left), "model", steps, self.suspend)
        stronger = parts.stronger
        under_way = UnderWay(self.folder, parts.workspace)
        context = Context(
            model=model,
            stronger=await DurableModel.open(Timely(stronger, left), "stronger", steps, self.suspend)
            if stronger
            else None,
            toolbox=DurableToolbox(parts.toolbox, spec.run_id, steps, under_way, parts.recall),
            checker=DurableChecker(parts.checker, steps, under_way),
            workspace=DurableSurveyor(Ground(parts.workspace, parts.keeper), steps),
            policy=parts.policy,
            render=parts.render,
            human=DurableHuman(Mailbox(self.folder.root), self.attended, self.respond, steps, self.suspend),
            clock=DurableClock(steps, SystemClock()),
            journal=journal,
            address=spec.model,
            workspace_path=spec.workspace,
            version=spec.version,
            split=DurableSplitter(parts.sub_runs, spec, parts.workspace, parts.journal, steps, under_way)
            if parts.sub_runs
            else None,
            parent=spec.parent,
            labels=spec.labels,
            attended=spec.attended,
            on_text=parts.on_text,
            idle=spec.idle,
        )
        return await self.solve(spec.task, spec.run_id, context)


def unkept(error: BaseException, run_id: str) -> JournalError | None:
    """What a person is told if the error says that the database of steps could not be written; None if it does not."""
    seen: BaseException | None = error
    while seen is not None and not isinstance(seen, sqlite3.Error):
        seen = seen.__cause__ or seen.__context__
    if not isinstance(seen, sqlite3.OperationalError):
        return None
    return JournalError(
        f"the steps of run {run_id!r} cannot be kept ({seen}); nothing is lost: see that the disk has free space and "
        f"can be written, then go on with: autogpt resume {run_id}"
    )


@contextlib.contextmanager
def _told_if_unkept(run_id: str) -> Generator[None]:
    try:
        yield
    except AutoGPTError:
        raise
    except Exception as error:
        if (told := unkept(error, run_id)) is not None:
            raise told from error
        raise


class Counting:
    """A journal that knows how many events the run has so far, and how many it had when this process took it up."""

    def __init__(self, journal: Journal, kept: int) -> None:
        self._journal = journal
        self._kept = kept
        self.events = 0

    async def append(self, run_id: str, seq: int, event: Event) -> Entry:
        """Raises Diverged if the run, gone through again, does not come to the event that is kept."""
        try:
            entry = await self._journal.append(run_id, seq, event)
        except JournalError as error:
            if seq < self._kept:
                raise Diverged(f"run {run_id!r} was made by other code: {error}") from None
            raise
        self.events = seq + 1
        return entry

    async def read(self, run_id: str, after: int = -1) -> tuple[Entry, ...]:
        return await self._journal.read(run_id, after)


_sessions: dict[str, Session] = {}


async def _pursue(run_id: str) -> str:
    from dbos import DBOS

    session = _sessions.get(DBOS.workflow_id or run_id)
    if session is None:
        # A run of another process, recovered here by Postgres' shared queue: left pending for its own.
        raise asyncio.CancelledError
    return await session.pursue()


@functools.cache
def _workflow() -> Callable[[str], Coroutine[object, object, str]]:
    from dbos import DBOS

    # Pending for ever is what a run that waits for a person is: no limit to how often it is taken up.
    return DBOS.workflow(name="autogpt.run", max_recovery_attempts=None)(_pursue)


@contextlib.asynccontextmanager
async def _launched(session: Session) -> AsyncGenerator[None]:
    """DBOS, launched late for this one run and gone afterwards."""
    from dbos import DBOS, DBOSPortableJSONSerializer

    _workflow()
    spec = session.folder.read()
    if session.database_url is None:
        prepare(session.folder)
    config: DBOSConfig = {
        "name": "autogpt",
        "system_database_url": session.database_url or session.folder.steps_url,
        "application_version": spec.version,
        # Fixed per run, so that a pending run is recovered by whoever opens it, and no other run is.
        "executor_id": spec.run_id,
        "serializer": DBOSPortableJSONSerializer(),
        "log_level": "CRITICAL",
        "enable_otlp": False,
        "notification_listener_polling_interval_sec": 0.1,
    }
    _sessions[spec.workflow] = session
    DBOS(config=config)
    try:
        DBOS.launch()
        yield
    finally:
        # DBOS made its own threads those of this event loop and takes them along; who uses the loop later needs others.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())
        await _to_its_end(asyncio.to_thread(DBOS.destroy))
        # Its handler keeps the stderr of this moment, which may be closed when the next run begins.
        logging.getLogger("dbos").handlers.clear()
        del _sessions[spec.workflow]


async def _settled(task: "asyncio.Task[object]") -> None:
    await asyncio.wait({task})


async def _to_its_end(work: Coroutine[None, None, None]) -> None:
    """Await it even if we are cancelled meanwhile: the next run must not find DBOS half gone."""
    doing, cancelled = asyncio.ensure_future(work), False
    while not doing.done():
        try:
            await asyncio.wait({doing})
        except asyncio.CancelledError:
            cancelled = True
    if cancelled:
        raise asyncio.CancelledError
