"""A new run that goes another way from a step of an old one, whose steps up to there it does not repeat."""

import contextlib
import sqlite3
from collections.abc import Sequence
from typing import cast

from pydantic import JsonValue

from autogpt.core.errors import UsageError
from autogpt.core.event import Entry, Joined, Observed, Restored, Turned
from autogpt.runs.spec import RunFolder, RunSpec, application_version, new_id
from autogpt.runs.steps import prepare


def state_before(entries: Sequence[Entry], step: int, first: str) -> tuple[int, str]:
    """Where the journal stands when the step (counted from 1) begins, and the workspace's snapshot there.

    first: the snapshot before the run. Raises UsageError if the run has no such step.
    """
    count = 0
    for number, entry in enumerate(entries):
        if isinstance(entry.event, Turned):
            count += 1
            if count == step:
                return entry.seq, state_after(entries[:number], first)
    raise UsageError(f"the run has no step {step}; it has {count}" + (f", from 1 to {count}" if count else ""))


def state_after(entries: Sequence[Entry], first: str) -> str:
    """The newest snapshot that the entries tell of; `first`, the one before the run, where they tell of none."""
    for entry in reversed(entries):
        match entry.event:
            case Observed(observation=seen) if seen.snapshot is not None:
                return seen.snapshot
            case Joined(snapshot=merged) if merged is not None:
                return merged
            case Restored(snapshot=put_back):
                return put_back
            case _:
                pass
    return first


def kept_before(folder: RunFolder, database_url: str | None, workflow: str, seq: int) -> int:
    """How many of the workflow's kept steps were asked for before journal entry `seq` was written.

    database_url: where steps are kept if not in the run's folder. Raises JournalError if those there are damaged.
    """
    from dbos import DBOSClient, DBOSPortableJSONSerializer

    if database_url is None:
        prepare(folder)
    client = DBOSClient(system_database_url=database_url or folder.steps_url, serializer=DBOSPortableJSONSerializer())
    try:
        steps = client.list_workflow_steps(workflow)
    finally:
        client.destroy()
    last = 0
    for step in sorted(steps, key=lambda step: step["function_id"]):
        kept = cast(JsonValue, step["output"])
        if not isinstance(kept, dict) or cast(int, kept["events"]) > seq:
            break
        last = step["function_id"]
    return last


def copy_steps(source: RunFolder, target: RunFolder) -> None:
    """Copy the kept steps, also while another process adds to them."""
    with (
        contextlib.closing(sqlite3.connect(f"file:{source.steps}?mode=ro", uri=True)) as old,
        contextlib.closing(sqlite3.connect(target.steps)) as new,
    ):
        old.backup(new)


def inherit(source: RunSpec, kept: int, run_id: str, workspace: str, snapshot: str) -> dict[str, object]:
    """The fields in which the spec of the fork differs from its source's."""
    return {
        "run_id": run_id,
        "workflow": run_id,
        "parent": source.run_id,
        "workspace": workspace,
        "snapshot": snapshot,
        "source": source.workflow if kept else None,
        "source_steps": kept,
    }


def reversioned(folder: RunFolder, spec: RunSpec, database_url: str | None) -> RunSpec:
    """The spec by which today's code takes over all kept steps, proving on the way that they fit."""
    kept = 0
    if database_url is not None or folder.steps.exists():
        kept = kept_before(folder, database_url, spec.workflow, 1 << 62)
    version = application_version()
    return spec.model_copy(
        update={
            "version": version,
            "workflow": f"{spec.run_id}-{version.rpartition('+')[2]}-{new_id()[-6:]}",
            "source": spec.workflow if kept else None,
            "source_steps": kept,
        }
    )
