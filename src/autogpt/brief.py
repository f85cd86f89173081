"""Runs and tools in one line each, for lists."""

from typing import TYPE_CHECKING, Literal

from autogpt.core.errors import JournalError, RunNotFound
from autogpt.core.schema import Value
from autogpt.runs.hold import at_work
from autogpt.runs.spec import RunFolder

if TYPE_CHECKING:
    from autogpt.store.runs import DamagedLine, RunLine

State = Literal["running", "waiting", "stopped", "complete", "partial", "capped", "blocked", "cancelled", "failed"]


class Brief(Value):
    """A run in one line."""

    run_id: str
    state: State | Literal["damaged"]
    goal: str = ""
    started: str = ""
    """ISO 8601, UTC."""
    model: str = ""
    workspace: str = ""
    parent: str = ""
    """The run it was split or forked from."""
    question: str = ""
    """What it waits to be told."""
    problem: str = ""
    """Why it cannot be read, if it is damaged."""


class ToolLine(Value):
    """A tool in one line."""

    name: str
    effect: str
    runs_code: bool
    description: str


def brief(folder: RunFolder, line: "RunLine | DamagedLine | None") -> Brief:
    """One run as a line; `line` is what the store keeps of it, None if it has not begun."""
    from autogpt.store.runs import DamagedLine

    if isinstance(line, DamagedLine):
        return Brief(run_id=line.run_id, state="damaged", problem=line.problem)
    if line is None:
        try:
            spec = folder.read()
        except (JournalError, RunNotFound) as error:
            return Brief(run_id=folder.id, state="damaged", problem=str(error))
        return Brief(
            run_id=folder.id,
            state="running" if at_work(folder) else "stopped",
            goal=spec.task.goal,
            started=spec.created.isoformat(timespec="seconds"),
            model=spec.model,
            workspace=spec.workspace,
            parent=spec.parent or "",
        )
    state: State = line.outcome or ("waiting" if line.waiting else "running" if at_work(folder) else "stopped")
    return Brief(
        run_id=folder.id,
        state=state,
        goal=line.goal,
        started=line.created.isoformat(timespec="seconds"),
        model=line.model,
        workspace=line.workspace,
        parent=line.parent or "",
        question=line.waiting or "",
    )
