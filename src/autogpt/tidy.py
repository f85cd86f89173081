"""Gives the room back that runs of the past take: their snapshots, and the workspaces of their sub-runs."""

import asyncio
import shutil
from collections.abc import Iterable, Sequence
from datetime import datetime

from autogpt.core.contracts import Journal
from autogpt.core.errors import JournalError, RunNotFound
from autogpt.core.event import Entry, Joined, Observed, Restored, Turned
from autogpt.core.run import fold
from autogpt.core.schema import Value
from autogpt.parts import Home
from autogpt.runs.spec import RunFolder, RunSpec, whole_run
from autogpt.sandbox.snapshots import Snapshots
from autogpt.store.lock import alone

__all__ = ["Tidied", "tidy"]


class Tidied(Value):
    """What was given back."""

    folders: int
    """Workspaces of sub-runs that were removed."""
    bytes: int
    """Room in the keep of snapshots that is used again, and that of the folders."""


async def tidy(home: Home, journal: Journal, before: datetime) -> Tidied:
    """Forget the snapshots of runs that were over before that time, and remove the workspaces of their sub-runs.

    What the runs delivered, their journals and reports stay; only `undo` and `fork` of them end. Workspaces that a
    person works with are never touched. Raises UsageError while a run is at work.
    """
    with alone(home.root / "locks"):
        old: list[tuple[RunFolder, RunSpec]] = []
        kept: set[str] = set()
        known: dict[str, bool] = {}
        for folder in home.runs():
            try:
                spec = folder.read()
                entries = await journal.read(folder.id)
            except (JournalError, RunNotFound):
                continue  # it cannot be undone either way
            known[folder.id] = bool(entries) and fold(entries).over and entries[-1].at < before
            if known[folder.id]:
                old.append((folder, spec))
            else:
                kept.update(_snapshots(spec, entries))
        # A sub-run is over before its run, whose steps may still be wanted.
        done = [spec for folder, spec in old if (run := whole_run(folder.id)) and known.get(run, False)]
        sizes = [await asyncio.to_thread(_remove, home, spec) for spec in done]
        room = await asyncio.to_thread(Snapshots(home.snapshots).retain, kept) if old else 0
    return Tidied(folders=sum(size is not None for size in sizes), bytes=sum(size or 0 for size in sizes) + room)


def _snapshots(spec: RunSpec, entries: Sequence[Entry]) -> Iterable[str]:
    """Every snapshot that undo, fork or a resumed run may want."""
    yield spec.snapshot
    for entry in entries:
        match entry.event:
            case Observed(observation=seen) if seen.snapshot:
                yield seen.snapshot
            case Joined(snapshot=found) | Restored(snapshot=found) if found:
                yield found
            case Turned(base=found) if found:
                yield found
            case _:
                pass


def _remove(home: Home, spec: RunSpec) -> int | None:
    """Remove the workspace of a sub-run, which is ours alone; returns how many bytes its files had, if it was there."""
    place = home.workspaces / spec.run_id
    if not place.is_dir() or place.is_symlink():
        return None
    size = sum(path.lstat().st_size for path in place.rglob("*"))
    shutil.rmtree(place, ignore_errors=True)
    return size
