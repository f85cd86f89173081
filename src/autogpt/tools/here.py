"""Where a tool works: the workspace, the sandbox, and what a run keeps between calls."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

import anyio

from autogpt.core.action import Observation
from autogpt.core.contracts import Cell, Sandbox, Workspace
from autogpt.core.errors import ToolError

AskPerson = Callable[[str], Awaitable[str]]
"""Puts a question to a person and waits for the answer."""


class Blobs(Protocol):
    """Keeps bytes by content."""

    def put(self, content: bytes, /) -> str:
        """Keep the bytes; returns their SHA-256 in hexadecimal. Keeping them twice is no error."""
        ...


class Trail:
    """The states the workspace went through, as snapshot ids, oldest first; two neighbours are never equal."""

    def __init__(self) -> None:
        self._states: list[str] = []

    @property
    def last(self) -> str | None:
        """The newest state that is known, None before the first."""
        return self._states[-1] if self._states else None

    def saw(self, snapshot: str) -> None:
        """Note that the workspace now is in this state."""
        if snapshot != self.last:
            self._states.append(snapshot)

    def back(self, changes: int) -> str:
        """The state before the last so many changes. Raises ToolError if there were fewer."""
        known = len(self._states) - 1
        if known < 1:
            raise ToolError("nothing was changed yet, so there is nothing to take back")
        if changes > known:
            raise ToolError(f"only {known} change{'s' if known > 1 else ''} can be taken back, not {changes}")
        return self._states[-1 - changes]

    def returned(self, snapshot: str) -> None:
        """Note that the workspace was put back: what came after that state is no longer part of the way."""
        if snapshot in self._states:
            newest = len(self._states) - 1 - self._states[::-1].index(snapshot)
            del self._states[newest + 1 :]
        else:
            self.saw(snapshot)

    def recall(self, observations: Iterable[Observation]) -> None:
        """Walk the way again from what a run observed, after a restart."""
        for seen in observations:
            if seen.snapshot is not None:
                (self.returned if seen.tool == "undo" and seen.ok else self.saw)(seen.snapshot)


@dataclass
class Here:
    """What a tool may use. One for each run; closed when the run rests."""

    workspace: Workspace
    sandbox: Sandbox | None
    blobs: Blobs
    ask: AskPerson | None = None
    """How a question reaches a person when the loop does not route it itself."""
    most: int = 6_000
    """How many characters of one result the agent reads; the rest is kept as an artifact."""
    trail: Trail = field(default_factory=Trail)
    processes: set[str] = field(default_factory=set[str])
    """Names of background processes that were started and not yet seen to end."""
    _cell: Cell | None = None
    _opening: anyio.Lock = field(default_factory=anyio.Lock)

    async def cell(self) -> Cell:
        """The run's long-living sandbox, opened at its first use. Raises ToolError where there is no sandbox."""
        if self.sandbox is None:
            raise ToolError("code cannot be run here: there is no sandbox on this machine")
        async with self._opening:
            if self._cell is None:
                self._cell = await self.sandbox.open(self.workspace.root)
            return self._cell

    async def close(self) -> None:
        """End the kept interpreter and all background processes; a later call starts with new ones."""
        async with self._opening:
            cell, self._cell = self._cell, None
            self.processes.clear()
            if cell is not None:
                await cell.close()
