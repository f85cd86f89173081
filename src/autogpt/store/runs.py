"""Lists, finds and removes runs, from the table that the journal keeps up to date."""

from datetime import datetime

import anyio.to_thread
import sqlalchemy as sa
from pydantic import ValidationError

from autogpt.core.errors import JournalError, RunNotFound, UsageError
from autogpt.core.event import Outcome
from autogpt.core.schema import Value
from autogpt.store.process import is_alive
from autogpt.store.schema import events, guarded, reading, runs

__all__ = ["DamagedLine", "RunLine", "Runs"]


class RunLine(Value):
    """A run in one line."""

    run_id: str
    created: datetime
    updated: datetime
    events: int
    title: str
    """The goal in at most 80 characters."""
    goal: str
    workspace: str
    model: str
    parent: str | None
    outcome: Outcome | None
    waiting: str | None
    """The question it waits with."""
    owner: str
    """The process that wrote last: 'host:pid:start'."""

    @property
    def live(self) -> bool:
        """Whether that process still runs, on this machine."""
        return self.outcome is None and is_alive(self.owner)


class DamagedLine(Value):
    """A run whose line in the database cannot be read."""

    run_id: str
    problem: str


class Runs:
    """The runs in a database."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    async def list(self, most: int = 100, skip: int = 0) -> tuple[RunLine | DamagedLine, ...]:
        """The newest runs first; what cannot be read of one hides no other."""
        return await anyio.to_thread.run_sync(self._list, most, skip)

    async def find(self, prefix: str) -> RunLine:
        """The one run whose id begins so. Raises RunNotFound, or UsageError where several do."""
        return await anyio.to_thread.run_sync(self._find, prefix)

    async def delete(self, run_id: str) -> None:
        """Remove a run with all its events. Raises RunNotFound."""
        await anyio.to_thread.run_sync(self._delete, run_id)

    def _list(self, most: int, skip: int) -> tuple[RunLine | DamagedLine, ...]:
        query = sa.select(runs).order_by(runs.c.created.desc(), runs.c.run_id.desc()).limit(most).offset(skip)
        with guarded(self._engine), reading(self._engine).connect() as connection:
            return tuple(_line_or_damage(row) for row in connection.execute(query).mappings())

    def _find(self, prefix: str) -> RunLine:
        # LIKE leaves upper and lower case equal in SQLite; the ids are few enough to look again.
        query = sa.select(runs).where(runs.c.run_id.startswith(prefix, autoescape=True)).order_by(runs.c.run_id)
        with guarded(self._engine), reading(self._engine).connect() as connection:
            lines = (
                [_line(row) for row in connection.execute(query).mappings()] if prefix and "\0" not in prefix else []
            )
        found = [line for line in lines if line.run_id.startswith(prefix)]
        exact = [line for line in found if line.run_id == prefix]
        if not found:
            raise RunNotFound(f"no run has an id that begins with {prefix!r}; `autogpt list` shows them")
        if len(found) > 1 and not exact:
            some = ", ".join(line.run_id for line in found[:5])
            raise UsageError(f"{prefix!r} could be {len(found)} runs ({some}); give more of the id")
        return (exact or found)[0]

    def _delete(self, run_id: str) -> None:
        with guarded(self._engine), self._engine.begin() as connection:
            row = connection.execute(sa.select(runs).where(runs.c.run_id == run_id)).first()
            if row is None:
                raise RunNotFound(f"no run has the id {run_id!r}; `autogpt list` shows them")
            connection.execute(runs.delete().where(runs.c.run_id == run_id))
            connection.execute(events.delete().where(events.c.run_id == run_id))


def _line_or_damage(row: sa.RowMapping) -> RunLine | DamagedLine:
    try:
        return _line(row)
    except JournalError as error:
        return DamagedLine(run_id=str(row["run_id"]), problem=str(error))


def _line(row: sa.RowMapping) -> RunLine:
    try:
        return RunLine.model_validate(dict(row))
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors(include_url=False)[0]["loc"])
        raise JournalError(
            f"the list of runs is damaged: what it holds of run {row['run_id']!r} cannot be read ({place}); "
            "put a backup in its place"
        ) from None
