"""What the parts ask of each other. Small Protocols; a part never imports another part, it is handed one of these."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol

from autogpt.core.action import Action, Observation
from autogpt.core.check import Check, CheckResult
from autogpt.core.effect import Call, Decision
from autogpt.core.event import Artifact, Asked, Entry, Event, Joined, Split
from autogpt.core.message import Message, Profile, Reply, Request, ToolSpec
from autogpt.core.plan import Item
from autogpt.core.run import Run
from autogpt.core.schema import Value

OnText = Callable[[str], None]
"""Called with each piece of text as it is generated; for the eye only, never kept."""


class Model(Protocol):
    """Answers requests. Behaviour is added by a Model around a Model: retry, meter, tape, durability."""

    @property
    def name(self) -> str: ...

    @property
    def profile(self) -> Profile: ...

    async def reply(self, request: Request, on_text: OnText | None = None) -> Reply:
        """Raises ModelBusy (wait and try again), ContextFull, or ModelError (trying again will not help)."""
        ...

    async def count(self, messages: Sequence[Message]) -> int:
        """How many tokens the messages take, exactly or as an upper bound."""
        ...


class Program(Value):
    """A program to run in the sandbox, in the workspace."""

    argv: tuple[str, ...]
    stdin: str = ""
    seconds: float = 60.0
    """Wall-clock limit."""
    memory_bytes: int = 1_610_612_736
    """Limit on the resident memory of all its processes together."""
    hosts: tuple[str, ...] = ()
    """Hosts it may reach through the allow-listing proxy ('example.org:443'); none by default."""
    env: Mapping[str, str] = {}


class Finished(Value):
    """How a program ended."""

    exit: int
    """Exit status; minus the signal's number if a signal ended it."""
    stdout: str
    stderr: str
    """Each at most 256 KiB, undecodable bytes replaced, with a note where it was cut."""
    seconds: float
    ended_by: Literal["exit", "time", "memory", "disk", "files", "output", "cancelled"] = "exit"

    @property
    def ok(self) -> bool:
        return self.exit == 0 and self.ended_by == "exit"


class Cell(Protocol):
    """One long-living sandbox: background processes and a Python interpreter whose state is kept.

    Everything in it shares one private loopback network. It is gone when closed or when our process ends.
    """

    async def run(self, program: Program) -> Finished: ...

    async def python(self, code: str, seconds: float = 60.0) -> Finished:
        """Run code in the kept interpreter; names defined by earlier calls are there."""
        ...

    async def start(self, program: Program) -> str:
        """Start a background process; returns its name ('p1'). `program.seconds` does not apply."""
        ...

    async def log(self, name: str) -> tuple[str, int | None]:
        """Its output so far (at most the last 64 KiB) and its exit status, None while it runs."""
        ...

    async def stop(self, name: str) -> str:
        """Stop it; returns its last output. Stopping one that has ended is no error."""
        ...

    async def close(self) -> None: ...


class Sandbox(Protocol):
    """Runs code that may be hostile. Raises SandboxUnavailable where that cannot be done safely."""

    @property
    def backend(self) -> str:
        """'bubblewrap', 'bubblewrap-root' or 'landlock'."""
        ...

    async def run(self, program: Program, workspace: str) -> Finished:
        """Run one program in a fresh sandbox whose /workspace is the folder."""
        ...

    async def open(self, workspace: str) -> Cell: ...


class FileEntry(Value):
    path: str
    """Relative to the workspace, with '/', also for folders (which end in '/')."""
    size: int
    kind: Literal["file", "folder", "link", "other"]


class Merged(Value):
    """What came of a merge."""

    changed: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    """Paths that changed on both sides, or whose content is not kept; if there is one, nothing was changed."""


class Workspace(Protocol):
    """The run's folder, as seen from the host: never follows a link out, never blocks on a FIFO, never reads a device.

    Paths are relative to its root. Raises ToolError, with advice, for what cannot be done.
    """

    @property
    def root(self) -> str: ...

    def list(self, under: str = "", most: int = 2_000) -> tuple[FileEntry, ...]: ...

    def read(self, path: str, most: int = 1_000_000) -> bytes: ...

    def write(self, path: str, content: bytes) -> None:
        """Write by rename, making folders on the way."""
        ...

    def remove(self, path: str) -> None: ...

    def move(self, source: str, target: str) -> None: ...

    def snapshot(self) -> str:
        """Keep the whole folder by content hash; returns the snapshot's id. Unchanged files cost one stat each."""
        ...

    def restore(self, snapshot: str, only: Sequence[str] = ()) -> tuple[str, ...]:
        """Put the whole folder back, or only the paths named; returns the paths that changed."""
        ...

    def merge(self, before: str, after: str) -> Merged:
        """Make the changes here that lead from one snapshot to another (of a copy): all of them, or none."""
        ...

    def changes(self, before: str, after: str) -> tuple[str, ...]:
        """Paths that differ between two snapshots."""
        ...

    def diff(self, before: str, after: str, most: int = 8_000) -> str:
        """Unified diff of the text files that differ, capped in characters."""
        ...


class FileHead(Value):
    """A workspace file as the first prompt shows it."""

    path: str
    size: int
    lines: int | None = None
    """How many lines the text has; None if it is not text or was not read."""
    head: str = ""
    """Its text, cut after a few thousand characters; empty if it is not text."""
    sha256: str = ""
    """Of the whole file; empty if it was too large to read."""


class Survey(Value):
    """The workspace at one moment."""

    files: tuple[FileHead, ...]
    snapshot: str
    omitted: int = 0
    """How many more files there are."""


class Surveyor(Protocol):
    """The workspace as the loop uses it: every call is one durable step."""

    async def survey(self) -> Survey: ...

    async def read(self, path: str, most: int = 100_000) -> str | None:
        """Text of a file, or None if it is not there or not text."""
        ...

    async def restore(self, snapshot: str, only: Sequence[str] = ()) -> tuple[str, ...]:
        """As `Workspace.restore`."""
        ...

    async def artifacts(self, paths: Sequence[str]) -> tuple[Artifact, ...]:
        """Keep the files that exist as artifacts."""
        ...


class Splitter(Protocol):
    """Starts sub-runs for independent items, side by side in copies of the workspace, and merges what they changed."""

    async def begin(self, run: Run, items: Sequence[Item]) -> Split:
        """Make the sub-runs, on which nobody works yet; none where the workspace cannot be copied whole."""
        ...

    async def join(self, run: Run, items: Sequence[Item], runs: Sequence[str]) -> tuple[Joined, ...]:
        """See them through, and merge what the complete ones changed, in the order of the items."""
        ...


class Checker(Protocol):
    """Runs checks against the workspace, in the sandbox; asks a judge only for what cannot be run."""

    async def check(self, checks: Sequence[Check]) -> tuple[CheckResult, ...]: ...


class Toolbox(Protocol):
    """The tools a run has. Knows each tool's effects; does not decide whether a call may happen."""

    def specs(self) -> tuple[ToolSpec, ...]: ...

    def call(self, action: Action, run_id: str) -> Call:
        """The call as the policy sees it. Raises ToolError for an unknown tool or arguments that do not fit."""
        ...

    async def run(self, action: Action) -> Observation:
        """Never raises ToolError: a failure is an observation."""
        ...


class Policy(Protocol):
    def __call__(self, run: Run, call: Call, now: datetime) -> Decision: ...


class Journal(Protocol):
    """Where events are kept. Appending the same event at the same place twice is no error; another one there is."""

    async def append(self, run_id: str, seq: int, event: Event) -> Entry: ...

    async def read(self, run_id: str, after: int = -1) -> tuple[Entry, ...]: ...


class Human(Protocol):
    """A person, who may be away."""

    async def ask(self, question: Asked) -> str:
        """Waits, for days if need be. Raises nothing: a run that is cancelled meanwhile simply ends."""
        ...


class Clock(Protocol):
    async def now(self) -> datetime:
        """The time, with a zone. Kept by the durable layer, so that a replay sees the same."""
        ...
