"""A cell: one sandbox that lives for many calls, with background processes and a Python interpreter that keeps state.

Everything in it shares one private loopback network and one memory limit. What a program leaves running is ended with
it; only `start` makes things that stay. If the sandbox as a whole has to be ended (memory, disk), the next call gets
a new one and is told so.
"""

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path

from pydantic import JsonValue

from autogpt.core.contracts import Finished, Program
from autogpt.core.errors import ToolError
from autogpt.sandbox.execute import refuse_nonsense
from autogpt.sandbox.limits import Limits
from autogpt.sandbox.session import Call, Ended, Session
from autogpt.sandbox.supervisor import Backend, Capture, EndedBy

_TAIL_BYTES = 64 * 1024
_NEW = "[the sandbox had to be started again: names defined earlier and background processes are gone]\n"
_LOST = "[the Python interpreter has ended: names defined earlier are gone; the next call starts a new one]\n"
_OVER = "[the sandbox as a whole was ended; the next call starts a new one]\n"
_PATIENCE = 2.0
"""Seconds that the agent inside has to end a call, before the whole sandbox is ended."""


class _Background:
    """A background process and the tail of its output."""

    def __init__(self, session: Session, order: Mapping[str, JsonValue]) -> None:
        self._tail = bytearray()
        self.session = session
        self.call = session.call(order, self._take)

    def _take(self, _: bytes, data: bytes) -> None:
        self._tail += data
        if len(self._tail) > 2 * _TAIL_BYTES:
            del self._tail[:-_TAIL_BYTES]

    def text(self) -> str:
        return self._tail[-_TAIL_BYTES:].decode("utf-8", "replace")

    def exit(self) -> int | None:
        return self.call.ended.result().exit if self.call.ended.done() else None


class SandboxCell:
    """The contract `Cell`. Belongs to the event loop it is used in; close it when done."""

    def __init__(self, backend: Backend, workspace: Path, limits: Limits) -> None:
        self._backend = backend
        self._workspace = workspace
        self._limits = limits
        self._session: Session | None = None
        self._opening = asyncio.Lock()
        self._thinking = asyncio.Lock()
        self._background: dict[str, _Background] = {}
        self._note = ""
        self._closed = False

    async def run(self, program: Program) -> Finished:
        """Run a program to its end, beside whatever else runs in the cell. Its leftovers end with it.

        Raises ToolError for a command that cannot be, SandboxUnavailable if the sandbox cannot be built.
        """
        return await self._finish(_order(program), program.seconds)

    async def python(self, code: str, seconds: float = 60.0) -> Finished:
        """Run code in the kept interpreter; like at a prompt, the value of a last expression is shown.

        When the time is up, the code gets a KeyboardInterrupt and names are kept; if that does not stop it, they are
        lost. Calls are made one after the other.
        """
        if "\0" in code:
            raise ToolError("Python code cannot hold the character NUL")
        order: dict[str, JsonValue] = {"do": "python", "code": code, "memory": Program(argv=()).memory_bytes}
        async with self._thinking:
            return await self._finish(order, seconds)

    async def start(self, program: Program) -> str:
        """Start a background process; returns its name."""
        order = _order(program)
        session = await self.ready()
        name = f"p{len(self._background) + 1}"
        self._background[name] = _Background(session, order)
        return name

    async def log(self, name: str) -> tuple[str, int | None]:
        """Its output so far (at most the last 64 KiB), and its exit status, None while it runs."""
        process = self._named(name)
        return process.text(), process.exit()

    async def stop(self, name: str) -> str:
        """Stop it and its descendants; returns its last output."""
        process = self._named(name)
        if process.exit() is None:
            await self._end(process.session, process.call)
        return process.text()

    async def close(self) -> None:
        """End everything in the cell. Closing twice is no error; using it afterwards is."""
        self._closed = True
        if self._session:
            await self._session.close()

    async def ready(self) -> Session:
        """The living session, opened if there is none. Raises SandboxUnavailable."""
        async with self._opening:
            if self._closed:
                raise ToolError("the cell is closed; open a new one")
            if self._session and self._session.doomed:
                await self._session.end()
            if self._session is None or self._session.over:
                self._note = _NEW if self._session else ""
                self._session = await Session.open(self._backend, self._workspace, self._limits)
            return self._session

    async def _finish(self, order: Mapping[str, JsonValue], seconds: float) -> Finished:
        session = await self.ready()
        note, self._note = self._note, ""
        began = time.monotonic()
        out, err = Capture(self._limits.output_keep_bytes), Capture(self._limits.output_keep_bytes)
        flooded = False

        def take(kind: bytes, data: bytes) -> None:
            nonlocal flooded
            (out if kind == b"o" else err).add(data)
            if not flooded and out.count + err.count > self._limits.output_kill_bytes:
                flooded = True
                session.tell(call, {"do": "kill"})

        call = session.call(order, take)
        why: EndedBy | None = None
        try:
            await asyncio.wait([call.ended], timeout=seconds)
            if not call.ended.done():
                why = "time"
                await self._end(session, call, gently=order["do"] == "python")
        except asyncio.CancelledError:
            await self._abandon(session, call)
            raise
        ended = call.ended.result()
        if session.doomed and not ended.session_over and ended.exit == -9:
            # Killed with the whole session, and reported by the agent in its last moment.
            await session.end()
            ended = Ended(exit=-9, why=session.doomed, session_over=True)
        lost = _OVER if ended.session_over else _LOST if ended.lost else ""
        return Finished(
            exit=ended.exit,
            stdout=out.text(),
            stderr=note + err.text() + lost,
            seconds=time.monotonic() - began,
            ended_by="output" if flooded else why or ended.why,
        )

    async def _end(self, session: Session, call: Call, *, gently: bool = False) -> None:
        """End a call; if that does not work, the session."""
        if gently:
            session.tell(call, {"do": "interrupt"})
            await asyncio.wait([call.ended], timeout=1.0)
        if not call.ended.done():
            session.tell(call, {"do": "kill"})
            await asyncio.wait([call.ended], timeout=_PATIENCE)
        if not call.ended.done():
            await session.close()
            await asyncio.wait([call.ended])

    async def _abandon(self, session: Session, call: Call) -> None:
        """End a call whose caller was cancelled, before the cancellation goes on."""
        ending = asyncio.ensure_future(self._end(session, call))
        while not ending.done():
            try:
                await asyncio.shield(ending)
            except asyncio.CancelledError:
                continue

    def _named(self, name: str) -> _Background:
        if name not in self._background:
            known = ", ".join(self._background) or "none was started"
            raise ToolError(f"there is no background process {name!r}; known: {known}")
        return self._background[name]


def _order(program: Program) -> dict[str, JsonValue]:
    refuse_nonsense(program)
    if program.hosts:
        raise ToolError("a program in a cell cannot be given hosts; run it in a fresh sandbox")
    return {
        "do": "run",
        "argv": list(program.argv),
        "env": dict(program.env),
        "stdin": program.stdin,
        "memory": program.memory_bytes,
    }
