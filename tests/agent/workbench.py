"""Runs of the real loop in real folders, with a model whose words are written beforehand."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio

from autogpt.agent.context import Context
from autogpt.agent.loop import solve
from autogpt.core.check import Check
from autogpt.core.contracts import Checker, Policy
from autogpt.core.effect import Call, Decision
from autogpt.core.event import Artifact, Asked, Entry, Event
from autogpt.core.message import Profile, Reply, Request
from autogpt.core.run import Run
from autogpt.core.task import Limits, Task
from autogpt.exam.checks import CheckRunner
from autogpt.models.scripted import Scripted
from autogpt.runs.survey import Ground
from autogpt.sandbox.sandbox import open_sandbox
from autogpt.sandbox.workspace import Folder
from autogpt.tools.here import Here
from autogpt.tools.standard import TOOLS
from autogpt.tools.toolbox import Box

BLOCK = Profile(format="block", prefill=True, small=True, window=16_384, step_tokens=1_000)
NATIVE = Profile(format="native", window=32_768)
SCHEMA = Profile(format="schema", window=32_768)

Line = str | Reply | Exception
Script = Iterable[Line] | Callable[[Request], Line]


class Blobs:
    def put(self, content: bytes, /) -> str:
        return hashlib.sha256(content).hexdigest()


class Notebook:
    """A journal in memory, strict about order."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    async def append(self, run_id: str, seq: int, event: Event) -> Entry:
        assert seq == len(self.entries), "events are numbered without gaps"
        entry = Entry(run_id=run_id, seq=seq, at=datetime(2030, 1, 1, tzinfo=UTC), event=event, hash="")
        # What is kept must be readable again.
        self.entries.append(Entry.model_validate_json(entry.model_dump_json()))
        return entry

    async def read(self, run_id: str, after: int = -1) -> tuple[Entry, ...]:
        return tuple(self.entries[after + 1 :])


class Person:
    """Answers in order, on the next day; a question that nobody expected is an error."""

    def __init__(self, answers: Iterable[str], clock: "Ticking") -> None:
        self._answers = iter(answers)
        self._clock = clock
        self.asked: list[Asked] = []

    async def ask(self, question: Asked) -> str:
        self.asked.append(question)
        for answer in self._answers:
            self._clock.pass_by(timedelta(days=1))
            return answer
        raise AssertionError(f"nobody expected to be asked: {question.question}")


class Ticking:
    """A clock that goes on by a second each time it is asked."""

    def __init__(self) -> None:
        self._at = datetime(2030, 1, 1, tzinfo=UTC)

    async def now(self) -> datetime:
        self.pass_by(timedelta(seconds=1))
        return self._at

    def pass_by(self, time: timedelta) -> None:
        self._at += time


class Surveying:
    """The workspace as the loop uses it, over the real survey."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    async def survey(self):
        return self._ground.survey()

    async def read(self, path: str, most: int = 100_000) -> str | None:
        return self._ground.read(path, most)

    async def restore(self, snapshot: str, only: Sequence[str] = ()) -> tuple[str, ...]:
        return self._ground.restore(snapshot, only)

    async def artifacts(self, paths: Sequence[str]) -> tuple[Artifact, ...]:
        return self._ground.artifacts(paths)


def allow(run: Run, call: Call, now: datetime) -> Decision:
    return Decision(kind="allow", rule="test", reason="")


@dataclass
class Worked:
    """A run that came to its end, and everything it left."""

    run: Run
    events: list[Event]
    entries: list[Entry]
    model: Scripted
    person: Person
    folder: Path

    def of(self, kind: str) -> list[Event]:
        return [event for event in self.events if event.kind == kind]

    def prompts(self) -> list[str]:
        """The last message of each request."""
        return [request.messages[-1].content for request in self.model.requests]

    def text(self, path: str) -> str:
        return (self.folder / path).read_text("utf-8")


@dataclass
class Bench:
    """Real folder, real tools, real sandbox, real checks; only the model's words are written beforehand."""

    home: Path
    count: int = 0
    files: dict[str, str] = field(default_factory=dict)

    def put(self, **files: str) -> "Bench":
        """Files for the next run, named with '__' for '.'."""
        self.files |= {name.replace("__", "."): text for name, text in files.items()}
        return self

    def work(
        self,
        goal: str,
        script: Script,
        *,
        checks: Sequence[Check] = (),
        profile: Profile = BLOCK,
        limits: Limits | None = None,
        answers: Iterable[str] = (),
        policy: Policy = allow,
        checker: Checker | None = None,
        attended: bool = False,
        idle: float = 0.0,
    ) -> Worked:
        self.count += 1
        folder = self.home / f"work{self.count}"
        folder.mkdir()
        for name, text in self.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, "utf-8")
        model = Scripted(script, profile=profile)
        clock = Ticking()
        person = Person(answers, clock)
        journal = Notebook()

        async def go() -> Run:
            workspace = Folder(folder, self.home / f"keep{self.count}")
            sandbox = open_sandbox()
            box = Box(TOOLS, Here(workspace=workspace, sandbox=sandbox, blobs=Blobs()))
            ctx = Context(
                model=model,
                toolbox=box,
                checker=checker or CheckRunner(workspace, sandbox, str(folder), model),
                workspace=Surveying(Ground(workspace, Blobs())),
                policy=policy,
                human=person,
                clock=clock,
                journal=journal,
                address="scripted",
                workspace_path=str(folder),
                version="test",
                attended=attended,
                idle=idle,
            )
            task = Task(goal=goal, checks=tuple(checks), limits=limits or Limits())
            try:
                return await solve(task, "r1", ctx)
            finally:
                await box.close()

        run = anyio.run(go)
        return Worked(run, [entry.event for entry in journal.entries], journal.entries, model, person, folder)
