"""App: everything a door can do. It builds the parts from the settings, joins them, and knows where runs lie."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from autogpt.brief import Brief, ToolLine, brief
from autogpt.core.contracts import OnText
from autogpt.core.errors import RunNotFound, UsageError
from autogpt.core.event import Asked, Entry, Restored
from autogpt.core.run import Run, fold
from autogpt.core.task import Task
from autogpt.parts import (
    COMMAND,
    Home,
    Notify,
    OpenModel,
    Shared,
    check_model,
    known_models,
    model_opener,
    open_parts,
    open_shared,
    warn_unpriced,
)
from autogpt.runs import fork as forks
from autogpt.runs.durable import Respond, nobody
from autogpt.runs.ending import end_cancelled
from autogpt.runs.hold import at_work
from autogpt.runs.intake import Given, clean_answer, make_task, read_bytes, read_file
from autogpt.runs.mailbox import Mailbox
from autogpt.runs.place import attach, claim, fill, require_empty, require_writable, told
from autogpt.runs.spec import RunFolder, RunSpec, application_version, find_id, new_id, now, valid_id
from autogpt.settings import Settings, chosen_here, user_file

if TYPE_CHECKING:
    from autogpt.doctor import Finding
    from autogpt.exam.runner import Mark
    from autogpt.models.open import Choice
    from autogpt.runs.workflow import Ending, Session, Solve
    from autogpt.tidy import Tidied

__all__ = ["App", "Brief", "Given", "ToolLine", "make_task", "read_bytes", "read_file"]

_LOOK_AGAIN = 0.1
"""Seconds between two looks into the journal while following a run."""


class App:
    """What every door goes through. Async; use one per process and event loop."""

    def __init__(
        self,
        settings: Settings,
        *,
        notify: Notify = lambda text: None,
        on_text: OnText | None = None,
        open_model: OpenModel | None = None,
        command: Sequence[str] | None = None,
    ) -> None:
        """command: starts this command line, with the same models, in another process; without it, and with
        models of one's own, no run has sub-runs."""
        self.settings = settings
        self.home = Home(settings.home)
        self._on_text, self._notify = on_text, notify
        self._open_model = open_model or model_opener(settings, notify)
        self._usual = open_model is None
        self._command = tuple(command or (() if open_model else COMMAND))
        self._shared: Shared | None = None

    async def start(
        self,
        task: Task,
        *,
        workspace: Path | None = None,
        model: str | None = None,
        stronger: str | None = None,
        attended: bool = False,
    ) -> str:
        """Write down a new run; `work` then works on it. Returns its id.

        workspace: the very folder to work in, made if it is not there; a fresh one under AUTOGPT_HOME if None.
        Raises UsageError for a workspace or a home that cannot be used.
        """
        model, stronger = model or self.settings.model, stronger or self.settings.stronger_model
        self._check_models(model, stronger, costly=task.limits.cost_usd is not None)
        run_id = new_id()
        folder = self.home.run(run_id)
        await self._store()
        if workspace is None:
            workspace = self.home.workspaces / run_id
            with told("the data folder", self.home.root):
                workspace.mkdir(parents=True, mode=0o700)
        else:
            claim(workspace, self.home.root, chosen_here(), (self.settings.cache, user_file()))
        place = self.home.workspace(workspace, self._notify)
        require_writable(Path(place.root))
        with self.home.lock(Path(place.root), run_id), told("the data folder", self.home.root):
            attached = attach(task.attachments, Path(place.root))
            spec = RunSpec(
                run_id=run_id,
                task=task.model_copy(update={"attachments": attached}),
                workspace=place.root,
                model=model,
                stronger=stronger,
                attended=attended,
                version=application_version(),
                workflow=run_id,
                snapshot=await asyncio.to_thread(place.snapshot),
                created=now(),
            )
            folder.write(spec)
        return run_id

    async def work(
        self,
        run_id: str,
        *,
        attended: bool = False,
        respond: Respond = nobody,
        hold: Callable[["Session"], None] = lambda session: None,
    ) -> "Ending":
        """Work on a run until it is over or cannot go on for now; from its start or from where it was left.

        attended: whether somebody is there to answer. hold: is handed the session, by which the work can be stopped.
        Raises RunNotFound, UsageError if another process works on it, JournalError if it is damaged.
        """
        from autogpt.agent.loop import solve
        from autogpt.runs.workflow import Session

        folder = self.folder(run_id)
        shared = await self._store()
        session = Session(
            folder,
            lambda spec: open_parts(spec, shared, self.settings, self._open_model, self._on_text, self._command),
            cast("Solve", solve),
            attended,
            respond,
            self.settings.database_url,
        )
        hold(session)
        return await session.work()

    async def resume(
        self,
        run_id: str,
        *,
        attended: bool = False,
        respond: Respond = nobody,
        hold: Callable[["Session"], None] = lambda session: None,
    ) -> "Ending":
        """Take a run up where it was left. Raises UsageError if it is over or its steps fit only other code."""
        from autogpt.runs.workflow import Ending

        folder = self.folder(run_id)
        spec = folder.read()
        run = await self.run(run_id)
        if run is not None and run.over:
            raise UsageError(
                f"run {run_id!r} is over ({run.outcome}); `autogpt fork {run_id} --step N` goes another way from a step"
            )
        if spec.version == application_version():
            return await self.work(run_id, attended=attended, respond=respond, hold=hold)
        old = spec
        folder.write(forks.reversioned(folder, spec, self.settings.database_url))
        ending = Ending("error")
        try:
            ending = await self.work(run_id, attended=attended, respond=respond, hold=hold)
        finally:
            if ending.why == "unfit":
                folder.write(old)
        if ending.why != "unfit":
            return ending
        raise UsageError(
            f"run {run_id!r} was made by version {old.version}, and its steps do not fit this one "
            f"({application_version()}); nothing was changed. Go on with that version, or begin it anew in a copy of "
            f"its workspace: autogpt fork {run_id} --restart"
        )

    async def cancel(self, run_id: str) -> None:
        """End a run for good: at once if nobody works on it, else at the next look of the process that does."""
        folder = self.folder(run_id)
        run = await self.run(run_id)
        if run is not None and run.over:
            raise UsageError(f"run {run_id!r} is over already ({run.outcome})")
        for sub in folder.subs():
            # Before its run, which lets go of it as soon as it hears of this.
            Mailbox(sub.root).cancel()
        Mailbox(folder.root).cancel()
        if not at_work(folder):
            await end_cancelled((await self._store()).journal, folder)

    def cancelled(self, run_id: str) -> bool:
        """Whether somebody wished the run to end for good."""
        return Mailbox(self.folder(run_id).root).cancelled()

    async def question(self, run_id: str) -> Asked:
        """The question a run waits with. Raises UsageError if there is none."""
        run = await self.run(run_id)
        if run is None or run.question is None or run.over:
            raise UsageError(f"run {run_id!r} waits for no answer; `autogpt show {run_id}` tells what it is at")
        return run.question

    async def answer(self, run_id: str, text: str) -> None:
        """Answer the question a run waits with; whoever works on the run goes on, else `resume` does.

        Raises UsageError if it waits with none, or for what can be no answer to it.
        """
        question = await self.question(run_id)
        Mailbox(self.folder(run_id).root).answer(question.id, clean_answer(text, question.choices))

    async def approve(self, run_id: str, granted: bool) -> None:
        """Grant or refuse exactly the call a run asks leave for. Raises UsageError if it asks for none."""
        question = await self.question(run_id)
        if question.about != "approval":
            raise UsageError(f"run {run_id!r} asks for no approval but a question: autogpt answer {run_id} TEXT")
        Mailbox(self.folder(run_id).root).answer(question.id, "yes" if granted else "no")

    async def fork(
        self, run_id: str, step: int | None, *, workspace: Path | None = None, model: str | None = None
    ) -> str:
        """A new run that goes another way from a step on; what came before is taken over, not repeated.

        step: counted from 1; None begins anew from the very start, with nothing taken over.
        workspace: an empty or new folder for the workspace as it was there; one under AUTOGPT_HOME if None.
        """
        self._check_models(model)
        source = self.folder(run_id)
        spec = source.read()
        kept, snapshot, idle = 0, spec.snapshot, 0.0
        if step is not None:
            if spec.version != application_version():
                raise UsageError(
                    f"run {run_id!r} was made by version {spec.version}, whose steps this one cannot take over; "
                    f"begin it anew: autogpt fork {run_id} --restart"
                )
            entries = await self.entries(run_id)
            seq, snapshot = forks.state_before(entries, step, spec.snapshot)
            kept = forks.kept_before(source, self.settings.database_url, spec.workflow, seq)
            # What was idle before that step counts as used, for nothing tells it from what was idle after it.
            idle = spec.model_copy(update={"idle": 0.0}).taken_up(entries[:seq], now()).idle if kept else 0.0
        new = new_id()
        target = self.home.run(new)
        with told("the data folder", self.home.root):
            root = workspace or self.home.workspaces / new
            require_empty(root)
            place = await asyncio.to_thread(fill, self.home.workspace(root), snapshot)
            target.root.mkdir(parents=True, mode=0o700)
            if kept and self.settings.database_url is None:
                forks.copy_steps(source, target)
            update = forks.inherit(spec, kept, new, place, snapshot)
            update |= {"idle": idle, **({"model": model} if model else {})}
            target.write(spec.model_copy(update={**update, "version": application_version(), "created": now()}))
        return new

    async def undo(self, run_id: str, steps: int = 1, *, force: bool = False) -> tuple[str, ...]:
        """Put the workspace of a finished run back to before its last steps, see `runs.undo`; returns what changed."""
        from autogpt.runs.undo import take_back

        spec, entries = self.folder(run_id).read(), await self.entries(run_id)
        run = fold(entries)
        if not run.over:
            raise UsageError(f"run {run_id!r} is not over; cancel it first (autogpt cancel {run_id}), or fork it")
        place = self.home.workspace(Path(spec.workspace))
        with self.home.lock(Path(spec.workspace), run_id):
            work = (take_back, place, run_id, entries, spec.snapshot, steps, force)
            before, changed = await asyncio.to_thread(*work)
        await (await self._store()).journal.append(run_id, run.events, Restored(snapshot=before, reason="undo"))
        return changed

    async def tidy(self, older_than: timedelta) -> "Tidied":
        """Give back the room of runs that have been over for so long; see `tidy.tidy`."""
        from autogpt.tidy import tidy

        return await tidy(self.home, (await self._store()).journal, now() - older_than)

    def find(self, prefix: str) -> str:
        """The run whose id begins so; 'last' is the newest. Raises RunNotFound, or UsageError if several do."""
        return find_id([folder.id for folder in self.home.runs()], prefix)

    def folder(self, run_id: str) -> RunFolder:
        if not valid_id(run_id):
            raise RunNotFound(f"no run has the id {run_id!r}; `autogpt list` shows the runs there are")
        return self.home.run(run_id)

    async def entries(self, run_id: str, after: int = -1) -> tuple[Entry, ...]:
        """The run's journal. Raises JournalError if it is damaged."""
        self.folder(run_id).read()
        return await (await self._store()).journal.read(run_id, after)

    async def run(self, run_id: str) -> Run | None:
        """The run folded from its journal; None before its first event."""
        entries = await self.entries(run_id)
        return fold(entries) if entries else None

    async def follow(
        self, run_id: str, after: int = -1, until: Callable[[], bool] = lambda: False
    ) -> AsyncGenerator[Entry]:
        """The run's events as they come, from the one after `after` on, until the run is over or `until` says so."""
        while True:
            last = until()
            for entry in await self.entries(run_id, after):
                after = entry.seq
                yield entry
                if entry.event.kind == "delivered":
                    return
            if last:
                return
            await asyncio.sleep(_LOOK_AGAIN)

    def at_work(self, run_id: str) -> bool:
        """Whether some process works on the run right now."""
        return at_work(self.folder(run_id))

    async def list(self, most: int = 50) -> tuple[Brief, ...]:
        """The newest runs first, also those that have not begun."""
        lines = {line.run_id: line for line in await (await self._store()).runs.list(most)}
        names = sorted({*lines, *(folder.id for folder in self.home.runs()[:most])}, reverse=True)[:most]
        return tuple([brief(self.home.run(name), lines.get(name)) for name in names])

    async def export(self, run_id: str, form: Literal["json", "markdown"]) -> str:
        """The whole run as text: its journal as JSON, or a report to read."""
        from autogpt.locale import translate
        from autogpt.runs.export import as_markdown
        from autogpt.store.portable import export_json

        run = fold(entries := await self.entries(run_id))
        if form == "json":
            return json.dumps(export_json(entries), ensure_ascii=False, indent=1) + "\n"
        return as_markdown(run, entries, lambda text: translate(text, run.task.language))

    async def sit(
        self,
        suite: str,
        *,
        data: Path | None = None,
        model: str | None = None,
        limit: int | None = None,
        results: Path | None = None,
        seconds: float = 1_800.0,
        on_mark: "Callable[[Mark], None] | None" = None,
    ) -> str:
        """Let the agent sit an exam; every task is a run of its own. Returns the report in Markdown.

        For the arguments see `exam.runner.sit`.
        """
        from autogpt.exam.report import render
        from autogpt.examine import sit

        report = await sit(
            self,
            suite,
            data=data,
            model=model or self.settings.model,
            limit=limit,
            results=results,
            seconds=seconds,
            on_mark=on_mark,
        )
        return render(report)

    async def doctor(self) -> "tuple[Finding, ...]":
        """What is missing on this machine, and how to mend it."""
        from autogpt.doctor import examine

        return await examine(self.settings)

    def models(self) -> "tuple[Choice, ...]":
        """Every way to name a model, and what each still needs here."""
        return known_models(self.settings)

    def tools(self) -> "tuple[ToolLine, ...]":
        """The tools a run has, and what a call of each does to the world."""
        from autogpt.checkpoint_tools import offered_tools
        from autogpt.tools.standard import TOOLS

        return tuple(
            ToolLine(
                name=tool.name,
                effect=tool.effects.effect,
                runs_code=tool.effects.runs_code,
                description=tool.spec.description,
            )
            for tool in (*TOOLS, *offered_tools(self.settings.home))
        )

    def _check_models(self, *addresses: str | None, costly: bool = False) -> None:
        for address in filter(None, addresses if self._usual else ()):
            check_model(self.settings, address)
            if costly:
                warn_unpriced(address, self._notify)

    async def _store(self) -> Shared:
        if self._shared is None:
            with told("the data folder", self.home.root):
                self._shared = await open_shared(self.settings, self.home)
        return self._shared
