"""One living sandbox with the agent of `inside.py` in it: gives it orders, sorts its answers, knows its end."""

import asyncio
import math
import os
import struct
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from pydantic import JsonValue, ValidationError

from autogpt.core.errors import SandboxUnavailable
from autogpt.core.schema import Value, canonical_json
from autogpt.sandbox.descriptors import Descriptor, pipe, sealed
from autogpt.sandbox.inside import STARTER
from autogpt.sandbox.limits import Limits
from autogpt.sandbox.supervisor import Backend, Capture, EndedBy, Job, Stop, drain, in_thread, supervise

_HEAD = struct.Struct("=IcI")
_LARGEST_FRAME = 1 << 20
_LONGEST_START = 30.0  # seconds; a loaded machine may need some
_DAY = 86_400


class Ended(Value):
    """How a call in a session ended."""

    exit: int
    why: EndedBy
    lost: bool = False
    """Whether the kept interpreter is gone."""
    session_over: bool = False
    """Whether the whole session is gone."""


class Call:
    """A call that runs in a session. `take` gets the kind of its output, b'o' or b'e', and the bytes."""

    def __init__(self, number: int, take: Callable[[bytes, bytes], None]) -> None:
        self.number = number
        self.take = take
        self.ended: asyncio.Future[Ended] = asyncio.get_running_loop().create_future()


class Session:
    """Belongs to the event loop it was opened in. Made by `Session.open`."""

    def __init__(self, backend: Backend, workspace: Path, limits: Limits) -> None:
        self._loop = asyncio.get_running_loop()
        self._stack = ExitStack()
        ends = [Descriptor(number, self._stack) for number in (*os.pipe2(os.O_CLOEXEC), *os.pipe2(os.O_CLOEXEC))]
        self._orders_end, self._orders, self._answers, self._answers_end = ends
        self._heard = bytearray()
        self._unsent = bytearray()
        self._calls: dict[int, Call] = {}
        self._number = 0
        self._ready = self._loop.create_future()
        self.over = False
        self.doomed: EndedBy | None = None
        """Why it is being ended: set before the kill, whose first victims the agent may still report as plain ends."""
        for descriptor in (self._orders, self._answers):
            os.set_blocking(descriptor.number, False)
        self._loop.add_reader(self._answers.number, self._hear)
        self._life = asyncio.create_task(self._run(backend, workspace, limits))
        self._life.add_done_callback(self._finish)

    @classmethod
    async def open(cls, backend: Backend, workspace: Path, limits: Limits) -> Self:
        """Raises SandboxUnavailable if the sandbox cannot be built, or its agent does not answer."""
        session = cls(backend, workspace, limits)
        try:
            await asyncio.wait([session._ready, session._life], timeout=_LONGEST_START, return_when="FIRST_COMPLETED")
            if not session._ready.done():
                if session._life.done():
                    await session._life
                raise SandboxUnavailable(
                    "the sandbox was built, but its agent did not answer; is the machine overloaded?"
                )
        except BaseException:
            await session.close()
            raise
        return session

    def call(self, order: Mapping[str, JsonValue], take: Callable[[bytes, bytes], None]) -> Call:
        """Begin a call: `order` as `inside.py` knows it, without its number."""
        self._number += 1
        call = Call(self._number, take)
        if self.over:
            call.ended.set_result(Ended(exit=-9, why="exit", session_over=True))
        else:
            self._calls[call.number] = call
            self.tell(call, order)
        return call

    def tell(self, call: Call, order: Mapping[str, JsonValue]) -> None:
        """Send an order about a call, such as {"do": "kill"}. Once the session is over, it goes nowhere."""
        if self.over:
            return
        text = canonical_json({**order, "id": call.number}).encode()
        self._unsent += struct.pack("=I", len(text)) + text
        self._send()

    async def end(self) -> None:
        """Wait until it has ended."""
        await asyncio.wait([self._life])

    async def close(self) -> None:
        """End everything in it, now. Returns when it has ended."""
        self._life.cancel()
        await asyncio.wait([self._life])

    async def _run(self, backend: Backend, workspace: Path, limits: Limits) -> EndedBy:
        return await in_thread(lambda stop: self._live(backend, workspace, limits, stop))

    def _live(self, backend: Backend, workspace: Path, limits: Limits, stop: Stop) -> EndedBy:
        """In a thread: start the agent and watch it until its end."""
        with ExitStack() as stack:
            complaints, complaints_end = pipe(stack)
            captures = {complaints.number: Capture(4096)}
            agent, interpreter = (sealed(_text(name), stack).number for name in ("inside", "interpreter"))
            keep = (agent, self._orders_end.number, self._answers_end.number, interpreter)
            job = Job(
                argv=(sys.executable, "-I", "-S", "-c", STARTER, *map(str, keep)),
                workspace=workspace,
                limits=limits,
                stderr=complaints_end.number,
                keep=keep,
                cpu_seconds=_DAY,
            )
            started = stack.enter_context(backend.start(job))
            for theirs in (complaints_end, self._orders_end, self._answers_end):
                theirs.close()
            why = supervise(
                started,
                workspace=workspace,
                limits=limits,
                memory_bytes=limits.cell_memory_bytes,
                deadline=math.inf,
                stop=stop,
                captures=captures,
            )
            self.doomed = why
            started.kill()
            drain(captures, 0.5, limits.output_kill_bytes)
            try:
                started.wait()
            except SandboxUnavailable as error:
                if not (said := captures[complaints.number].text().strip()):
                    raise
                raise SandboxUnavailable(f"{error}; it said: {said}") from None
            return why

    def _finish(self, life: "asyncio.Task[EndedBy]") -> None:
        while self._hear():
            pass
        self.over = True
        if life.cancelled():
            why: EndedBy = "cancelled"
        else:
            why = "exit" if life.exception() else life.result()
        for call in self._calls.values():
            call.ended.set_result(Ended(exit=-9, why=why, session_over=True))
        self._calls.clear()
        self._loop.remove_reader(self._answers.number)
        self._loop.remove_writer(self._orders.number)
        self._stack.close()

    def _send(self) -> None:
        try:
            while self._unsent:
                del self._unsent[: os.write(self._orders.number, self._unsent[: 1 << 16])]
        except BlockingIOError:
            self._loop.add_writer(self._orders.number, self._send)
            return
        except BrokenPipeError:
            self._unsent.clear()
        self._loop.remove_writer(self._orders.number)

    def _hear(self) -> bool:
        """Take what the agent sent; False if there was nothing."""
        try:
            data = os.read(self._answers.number, 1 << 18)
        except BlockingIOError:
            return False
        if not data:
            self._loop.remove_reader(self._answers.number)
        self._heard += data
        while len(self._heard) >= _HEAD.size:
            length, kind, number = _HEAD.unpack_from(self._heard)
            if length > _LARGEST_FRAME:
                self._life.cancel()
                return False
            end = _HEAD.size + length
            if len(self._heard) < end:
                break
            payload = bytes(self._heard[_HEAD.size : end])
            del self._heard[:end]
            self._sort(kind, number, payload)
        return bool(data)

    def _sort(self, kind: bytes, number: int, payload: bytes) -> None:
        call = self._calls.get(number)
        if kind == b"r" and not self._ready.done():
            self._ready.set_result(None)
        elif call and kind in (b"o", b"e"):
            call.take(kind, payload)
        elif call and kind == b"x":
            del self._calls[number]
            try:
                call.ended.set_result(Ended.model_validate_json(payload))
            except ValidationError:
                call.ended.set_result(Ended(exit=-9, why="exit", session_over=True))
                self._life.cancel()


def _text(module: str) -> bytes:
    """Our own source of what runs inside: handed over as text, for our package need not be visible there."""
    return Path(__file__).with_name(f"{module}.py").read_bytes()
