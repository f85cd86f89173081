"""One uncertain call as one durable step: its result is kept, with proof of which call it answers."""

import asyncio
import contextlib
import hashlib
import sqlite3
from collections.abc import Callable, Coroutine
from typing import cast

from pydantic import JsonValue

from autogpt.core import errors
from autogpt.core.errors import AutoGPTError, JournalError, ModelError, ToolError
from autogpt.core.schema import canonical_json
from autogpt.runs.spec import RunFolder

Work = Callable[[], Coroutine[None, None, JsonValue]]


class Diverged(JournalError):
    """The code asks for another call than the one whose result was kept: the run was made by other code."""


class Steps:
    """Runs calls as steps of the current DBOS workflow, in the order in which they are asked for.

    Kept with each result: a digest of the call, so that a replay by changed code is noticed rather than answered
    with another call's result; and how many events the run had, so that a fork finds the steps of a turn.
    """

    def __init__(self, run_id: str, events: Callable[[], int], fail: Callable[[BaseException], None]) -> None:
        """events: how many the run has so far. fail: ends the work here, to be taken up when the error is mended."""
        self._run_id = run_id
        self._events = events
        self._fail = fail

    async def call(self, name: str, args: JsonValue, work: Work) -> JsonValue:
        """Do the work, or return what it returned before.

        A ToolError or ModelError is an answer: it is kept, and raised again on every replay. Any other error is the
        machine's or ours (a full disk, a bug): of it nothing is kept, so that the call is made anew once it is mended.
        Raises Diverged if the kept result belongs to another call.
        """
        from dbos import DBOS
        from dbos import error as dbos_error

        digest = self._digest(name, args)
        events = self._events()

        async def once() -> JsonValue:
            doing = asyncio.ensure_future(work())
            try:
                await asyncio.wait({doing})
            finally:
                doing.cancel()
            if doing.cancelled():
                raise asyncio.CancelledError
            error = doing.exception()
            if error is None:
                return {"call": digest, "events": events, "value": doing.result()}
            if isinstance(error, (ModelError, ToolError)):
                return {"call": digest, "events": events, "error": _pack(error)}
            self._fail(error)
            raise asyncio.CancelledError

        try:
            kept = cast(dict[str, JsonValue], await DBOS.run_step_async({"name": name}, once))
        except dbos_error.DBOSUnexpectedStepError as error:
            raise Diverged(f"run {self._run_id!r} was made by other code: {error}") from None
        if kept["call"] != digest:
            raise Diverged(f"run {self._run_id!r} was made by other code: step {name!r} has other arguments now")
        if "error" in kept:
            raise _unpack(cast(dict[str, JsonValue], kept["error"]))
        return kept["value"]

    def _digest(self, name: str, args: JsonValue) -> str:
        # A fork replays its parent's steps under its own id, so the id itself must not count.
        told = canonical_json([name, args]).replace(self._run_id, "RUN")
        return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()


def _pack(error: AutoGPTError) -> dict[str, JsonValue]:
    known = type(error)
    while not hasattr(errors, known.__name__):
        known = known.__mro__[1]
    return {"kind": known.__name__, "message": str(error)}


def _unpack(packed: dict[str, JsonValue]) -> AutoGPTError:
    kind = getattr(errors, str(packed["kind"]), AutoGPTError)
    return cast(AutoGPTError, kind(str(packed["message"])))


def prepare(folder: RunFolder) -> None:
    """Make the run's step database (write-ahead log: one sync a step), or see that it is whole.

    Raises JournalError if it is damaged.
    """
    try:
        with contextlib.closing(sqlite3.connect(folder.steps)) as steps:
            steps.execute("PRAGMA journal_mode=WAL")
            told = steps.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        told = (str(error),)
    if told != ("ok",):
        raise JournalError(
            f"the kept steps of run {folder.id!r} are damaged ({told[0]}); nothing was changed. "
            f"`autogpt show {folder.id}` still shows what it did, `autogpt fork {folder.id} --restart` begins it anew"
        )
