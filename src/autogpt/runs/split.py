"""Independent items as sub-runs: each in a process and a copy of the workspace of its own, merged when all are over.

A process has one DBOS, so a sub-run is worked on by a child process, which stops when this one lets go of its stdin,
however that comes about. Ids are made from the run, the event and the item; so whoever takes the run up finds the
sub-runs there are, repeats none that is over, and starts none that another process still works on.
"""

import asyncio
import contextlib
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any, cast

from pydantic import JsonValue, TypeAdapter

from autogpt.core.contracts import Journal, Merged, Workspace
from autogpt.core.errors import ToolError, UsageError
from autogpt.core.event import Joined, Outcome, Split
from autogpt.core.plan import Item
from autogpt.core.run import Run, fold
from autogpt.core.task import Limits, Task
from autogpt.runs.ending import end
from autogpt.runs.hold import at_work, held
from autogpt.runs.spec import RunFolder, RunSpec, now, sub_id
from autogpt.runs.steps import Steps
from autogpt.runs.underway import UnderWay

_ITEMS: TypeAdapter[tuple[Item, ...]] = TypeAdapter(tuple[Item, ...])
_JOINED: TypeAdapter[tuple[Joined, ...]] = TypeAdapter(tuple[Joined, ...])
_LOOK_AGAIN = 0.1
"""Seconds between two looks at a child process or a lock."""
_TRIES = 3
_TAKEN = 2
"""Exit code of a child that could not begin, as when somebody held the run's lock for a moment to look at it."""


@dataclass(frozen=True)
class Means:
    """What sub-runs are made of and worked on with."""

    command: tuple[str, ...]
    """Starts our command line in a process of its own; `sub-run RUN` is added."""
    environment: Mapping[str, str]
    """The whole environment of that process."""
    at_once: int
    """How many work at the same time."""
    folder: Callable[[str], RunFolder]
    workspace: Callable[[str], Workspace]
    """The workspace of the sub-run with this id, made if it is missing."""


class DurableSplitter:
    """Implements `core.contracts.Splitter`. Both its calls can be made again after a kill at any point."""

    def __init__(
        self,
        means: Means,
        spec: RunSpec,
        workspace: Workspace,
        journal: Journal,
        steps: Steps,
        under_way: UnderWay,
    ) -> None:
        self._means = means
        self._spec = spec
        self._workspace = workspace
        self._journal = journal
        self._steps = steps
        self._under_way = under_way

    async def begin(self, run: Run, items: Sequence[Item]) -> Split:
        async def work() -> JsonValue:
            return list(await asyncio.to_thread(self._make, run, items))

        told = cast(JsonValue, _ITEMS.dump_python(tuple(items), mode="json", by_alias=True))
        runs = cast(list[str], await self._steps.call("split.begin", told, work))
        return Split(runs=tuple(runs), items=tuple(item.name for item in items))

    def _make(self, run: Run, items: Sequence[Item]) -> tuple[str, ...]:
        """Write the specs of the sub-runs, each after its workspace; () where one cannot be an exact copy."""
        places = [item.name for item in run.plan.items] if run.plan else []
        folders = [self._means.folder(sub_id(run.id, run.events, places.index(item.name) + 1)) for item in items]
        there = [folder for folder in folders if _written(folder)]
        base = there[0].read().snapshot if there else self._workspace.snapshot()
        limits = share(run, len(items), self._means.at_once, self._spec.idle)
        for folder, item in zip(folders, items, strict=True):
            if _written(folder):
                continue
            place = self._means.workspace(folder.id)
            if not _filled(place, base):
                return ()
            folder.write(self._spec_of(run, item, folder.id, place.root, base, limits))
        return tuple(folder.id for folder in folders)

    def _spec_of(self, run: Run, item: Item, sub: str, place: str, base: str, limits: Limits) -> RunSpec:
        return RunSpec(
            run_id=sub,
            task=Task(
                goal=item.goal,
                checks=item.checks,
                limits=limits,
                attachments=run.task.attachments,
                language=run.task.language,
            ),
            workspace=place,
            model=self._spec.model,
            stronger=self._spec.stronger,
            parent=run.id,
            version=self._spec.version,
            workflow=sub,
            labels=run.labels,
            snapshot=base,
            created=now(),
        )

    async def join(self, run: Run, items: Sequence[Item], runs: Sequence[str]) -> tuple[Joined, ...]:
        async def work() -> JsonValue:
            gate = asyncio.Semaphore(self._means.at_once)
            pursuits = [asyncio.create_task(self._pursue(self._means.folder(sub), gate)) for sub in runs]
            try:
                await asyncio.gather(*pursuits)
            finally:
                for pursuit in pursuits:
                    pursuit.cancel()
            # An interrupted merge is undone before it is made again.
            await self._under_way.begin(restore=True, repeat=True)
            joined = [await self._join(item, sub) for item, sub in zip(items, runs, strict=True)]
            return cast(JsonValue, _JOINED.dump_python(tuple(joined), mode="json", by_alias=True))

        # Not the sub-runs' ids: a fork takes over those of the run it was forked from.
        names: list[JsonValue] = [item.name for item in items]
        return _JOINED.validate_python(await self._steps.call("split.join", names, work))

    async def _pursue(self, folder: RunFolder, gate: asyncio.Semaphore) -> None:
        """Have the sub-run worked on until it is over or cannot go on; by a process that is there, or a new one."""
        async with gate:
            for _ in range(_TRIES):
                await _free(folder)
                entries = await self._journal.read(folder.id)
                if (entries and fold(entries).over) or await self._process(folder) != _TAKEN:
                    break
            await _free(folder)

    async def _process(self, folder: RunFolder) -> int:
        """Run a child process on the sub-run to its end; it is told to stop if we are. Returns its exit code."""
        command = [*self._means.command, "sub-run", folder.id, str(Path.cwd())]
        with folder.log.open("ab") as log:
            # Begun in the run's own folder, so that no settings of a folder the agent can write are read; in a
            # session of its own, so that Ctrl-C reaches it through us.
            process = subprocess.Popen(  # noqa: ASYNC220 - quick, and killed children need no watcher
                command,
                cwd=folder.root,
                env=dict(self._means.environment),
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
            )
        try:
            return await _ended(process)
        except asyncio.CancelledError:
            _let_go(process)
            await _ended(process)
            raise
        finally:
            _let_go(process)

    async def _join(self, item: Item, sub: str) -> Joined:
        """What came of a sub-run, its changes merged here if it is complete. It is over after this."""
        run = await self._over(self._means.folder(sub))
        merged, reason, outcome = Merged(), "", run.outcome or "failed"
        if outcome == "complete":
            merged, reason = await asyncio.to_thread(self._merge, sub)
            outcome = "partial" if reason else outcome
        else:
            reason = run.summary[:500]
        return Joined(
            run=sub,
            item=item.name,
            outcome=outcome,
            steps=len(run.steps) + run.extra_steps,
            usage=run.usage,
            changed=merged.changed,
            labels=run.labels,
            snapshot=await asyncio.to_thread(self._workspace.snapshot) if merged.changed else None,
            reason=reason,
        )

    def _merge(self, sub: str) -> tuple[Merged, str]:
        """What was merged, and why it was not."""
        base, before = self._means.folder(sub).read().snapshot, self._workspace.snapshot()
        try:
            merged = self._workspace.merge(base, self._means.workspace(sub).snapshot())
        except ToolError as error:
            with contextlib.suppress(ToolError):
                self._workspace.restore(before)
            return Merged(), str(error)
        if merged.conflicts:
            return merged, f"changed here as well: {', '.join(merged.conflicts[:10])}"
        return merged, ""

    async def _over(self, folder: RunFolder) -> Run:
        """The sub-run at its end. One that cannot go on is ended: its item is worked on in the run it came from."""
        spec = folder.read()
        entries = await self._journal.read(folder.id)
        run = fold(entries) if entries else None
        if run is not None and run.over:
            return run
        outcome: Outcome = "failed"
        summary = f"its process ended too early; {str(folder.log)!r} may tell why"
        if run is not None and run.question is not None:
            outcome, summary = "blocked", run.question.question
        while True:
            await _free(folder)
            with contextlib.suppress(UsageError), held(folder):
                return await end(self._journal, spec, outcome, summary)


def share(run: Run, count: int, at_once: int, idle: float = 0.0) -> Limits:
    """What each of so many sub-runs may use: equal parts of what is left, so that together they keep the limits.

    Of the time each has what is left, divided only by how many must follow one another.
    idle: seconds in which nobody worked on the run.
    """
    limits, laps = run.task.limits, ceil(count / at_once)
    left: dict[str, Any] = {"steps": max(1, (limits.steps - len(run.steps) - run.extra_steps) // count)}
    if limits.tokens is not None:
        left["tokens"] = max(1, (limits.tokens - run.usage.tokens) // count)
    if limits.seconds is not None:
        left["seconds"] = max(0.001, (limits.seconds - run.seconds + idle) / laps)
    if limits.cost_usd is not None:
        left["cost_usd"] = max(0.0, (limits.cost_usd - run.usage.cost_usd) / count)
    return Limits(**left)


def _filled(place: Workspace, snapshot: str) -> bool:
    """Make the folder as in the snapshot; False where something in that was too large to be kept."""
    try:
        place.restore(snapshot)
    except ToolError:
        return False
    return place.snapshot() == snapshot


def _written(folder: RunFolder) -> bool:
    return (folder.root / "spec.json").exists()


async def _free(folder: RunFolder) -> None:
    """Wait until nobody works on the run."""
    while at_work(folder):  # noqa: ASYNC110 - a lock of another process has no event
        await asyncio.sleep(_LOOK_AGAIN)


async def _ended(process: "subprocess.Popen[bytes]") -> int:
    while (code := process.poll()) is None:  # noqa: ASYNC110 - no thread or watcher to leave behind
        await asyncio.sleep(_LOOK_AGAIN)
    return code


def _let_go(process: "subprocess.Popen[bytes]") -> None:
    if process.stdin is not None:
        process.stdin.close()
