"""Keeps the events of runs, chained by hash: a changed, missing or foreign entry is refused, never half-read."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import anyio.to_thread
import sqlalchemy as sa
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.exc import IntegrityError

from autogpt.core.errors import JournalError
from autogpt.core.event import Answered, Asked, Delivered, Entry, Event, Started
from autogpt.core.plan import own_part
from autogpt.core.schema import canonical_json
from autogpt.store.process import this_process
from autogpt.store.schema import events, guarded, reading, runs

__all__ = ["Kept", "SqlJournal", "as_text", "chain", "verify"]

_EVENT: TypeAdapter[Event] = TypeAdapter(Event)


class Kept(NamedTuple):
    """An entry as it is written down."""

    seq: int
    at: str
    kind: str
    body: str
    hash: str


def as_text(event: Event) -> str:
    """The event's canonical JSON, which is what is kept and hashed."""
    return canonical_json(event.model_dump(mode="json", by_alias=True))


def chain(previous: str, body: str) -> str:
    """The hash of an entry: SHA-256 over the previous entry's hash (for the first, the run's id) and its body."""
    return hashlib.sha256(f"{previous}\n{body}".encode()).hexdigest()


class SqlJournal:
    """The journal in a database; implements `core.contracts.Journal`."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    async def append(self, run_id: str, seq: int, event: Event) -> Entry:
        """Keep an event; on disk when this returns. The same one at the same place again returns the kept entry.

        Raises JournalError for another event at a place that is taken, for a gap, or where it cannot be written.
        """
        return await anyio.to_thread.run_sync(self._append, run_id, seq, event)

    async def read(self, run_id: str, after: int = -1) -> tuple[Entry, ...]:
        """The entries numbered higher than `after`; () if there is none. Raises JournalError, see `verify`."""
        return await anyio.to_thread.run_sync(self._read, run_id, after)

    def _append(self, run_id: str, seq: int, event: Event) -> Entry:
        try:
            return self._append_once(run_id, seq, event)
        except IntegrityError:
            # Somebody else was first (only Postgres lets it come to that): compare with what is there now.
            return self._append_once(run_id, seq, event)

    def _append_once(self, run_id: str, seq: int, event: Event) -> Entry:
        try:
            body = as_text(event)
            body.encode()
        except (UnicodeEncodeError, ValueError) as error:
            raise JournalError(f"run {run_id!r}: event {seq} ({event.kind}) cannot be kept as text: {error}") from None
        with guarded(self._engine), self._engine.begin() as connection:
            near = connection.execute(
                sa.select(events.c.seq, events.c.at, events.c.hash).where(
                    events.c.run_id == run_id, events.c.seq.in_((seq - 1, seq))
                )
            ).all()
            places = {row.seq: row for row in near}
            if seq > 0 and seq - 1 not in places:
                raise JournalError(f"run {run_id!r}: entry {seq} would leave a gap, entry {seq - 1} is missing")
            digest = chain(places[seq - 1].hash if seq > 0 else run_id, body)
            kept = places.get(seq)
            if kept is not None:
                if kept.hash != digest:
                    raise JournalError(
                        f"run {run_id!r}: entry {seq} is another event already, so this is not the same run; "
                        "the journal was left as it is"
                    )
                return Entry(run_id=run_id, seq=seq, at=datetime.fromisoformat(kept.at), event=event, hash=digest)
            at = datetime.now(UTC)
            connection.execute(
                events.insert().values(
                    run_id=run_id, seq=seq, at=at.isoformat(), kind=event.kind, body=body, hash=digest
                )
            )
            _list(connection, run_id, seq, event, at.isoformat())
        return Entry(run_id=run_id, seq=seq, at=at, event=event, hash=digest)

    def _read(self, run_id: str, after: int) -> tuple[Entry, ...]:
        from_ = max(after, -1)
        with guarded(self._engine), reading(self._engine).connect() as connection:
            rows = connection.execute(
                sa.select(events.c.seq, events.c.at, events.c.kind, events.c.body, events.c.hash)
                .where(events.c.run_id == run_id, events.c.seq > from_)
                .order_by(events.c.seq)
            ).all()
            count = connection.execute(sa.select(runs.c.events).where(runs.c.run_id == run_id)).scalar()
            before = (
                connection.execute(
                    sa.select(events.c.hash).where(events.c.run_id == run_id, events.c.seq == from_)
                ).scalar()
                if from_ >= 0
                else run_id
            )
        kept = [Kept(*row) for row in rows]
        if kept and before is None:
            raise JournalError(
                f"the journal of run {run_id!r} is damaged: entry {from_} is missing; put a backup in its place"
            )
        last = kept[-1].seq + 1 if kept else 0
        if (count or 0) > max(last, from_ + 1) or (kept and count != last):
            raise JournalError(
                f"the journal of run {run_id!r} is damaged: it holds {last} entries of {count}; "
                "put a backup in its place"
            )
        return verify(run_id, kept, from_ + 1, before or run_id)


def verify(run_id: str, kept: Sequence[Kept], first: int = 0, previous: str | None = None) -> tuple[Entry, ...]:
    """Read kept entries, of which the first must be number `first` and follow the hash `previous`.

    Raises JournalError, naming run and entry, for a gap, a changed entry, an event of a kind that this version does
    not know, or one that does not fit it.
    """
    previous = run_id if previous is None else previous
    found: list[Entry] = []
    for expected, row in enumerate(kept, first):
        if row.seq != expected:
            raise JournalError(
                f"the journal of run {run_id!r} is damaged: entry {expected} is missing; put a backup in its place"
            )
        if chain(previous, row.body) != row.hash:
            raise JournalError(
                f"the journal of run {run_id!r}, entry {row.seq}, was changed after it was written; "
                "put a backup in its place"
            )
        try:
            event = _EVENT.validate_json(row.body)
            at = datetime.fromisoformat(row.at)
        except ValidationError as error:
            told = error.errors(include_url=False)[0]
            if told["type"] == "union_tag_invalid":
                raise JournalError(
                    f"the journal of run {run_id!r}, entry {row.seq}, is of a kind this version does not know "
                    f"({row.kind!r}): upgrade"
                ) from None
            place = ".".join(str(part) for part in told["loc"])
            raise JournalError(
                f"the journal of run {run_id!r}, entry {row.seq}, was written by another version that this one "
                f"cannot read ({place}: {told['msg']}); use the version that made it"
            ) from None
        except ValueError:
            raise JournalError(
                f"the journal of run {run_id!r}, entry {row.seq}, has no time that can be read ({row.at!r}); "
                "put a backup in its place"
            ) from None
        if event.kind != row.kind or at.tzinfo is None:
            raise JournalError(
                f"the journal of run {run_id!r}, entry {row.seq}, contradicts itself; put a backup in its place"
            )
        found.append(Entry(run_id=run_id, seq=row.seq, at=at, event=event, hash=row.hash))
        previous = row.hash
    return tuple(found)


def _list(connection: sa.Connection, run_id: str, seq: int, event: Event, at: str) -> None:
    """Bring the run's line in the listing up to date."""
    if seq == 0:
        if not isinstance(event, Started):
            raise JournalError(f"run {run_id!r}: its first event must be its start, not {event.kind!r}")
        connection.execute(
            runs.insert().values(
                run_id=run_id,
                created=at,
                updated=at,
                events=1,
                title=_title(own_part(event.task.goal)),
                goal=event.task.goal.replace("\0", ""),
                workspace=event.workspace.replace("\0", ""),
                model=event.model.replace("\0", ""),
                parent=event.parent,
                owner=this_process(),
            )
        )
        return
    values: dict[str, str | int | None] = {"updated": at, "events": seq + 1, "owner": this_process()}
    match event:
        case Asked(question=question):
            values["waiting"] = question.replace("\0", "")
        case Answered():
            values["waiting"] = None
        case Delivered(outcome=outcome):
            values |= {"waiting": None, "outcome": outcome}
        case _:
            pass
    connection.execute(runs.update().where(runs.c.run_id == run_id).values(**values))


def _title(goal: str, most: int = 80) -> str:
    """The goal in one short line."""
    line = " ".join(goal.replace("\0", "").split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
