"""A small loop with real durability: what the tests of `runs` put on the stage, also in processes they kill."""

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from autogpt.agent.context import Context
from autogpt.core.action import Action, Observation
from autogpt.core.check import Check, CheckResult, FileContains
from autogpt.core.contracts import OnText
from autogpt.core.effect import Call, Decision, Effects
from autogpt.core.errors import JournalError, ModelBusy, ToolError
from autogpt.core.event import (
    Answered,
    Asked,
    Delivered,
    Entry,
    Evaluated,
    Event,
    Labels,
    Observed,
    Replied,
    Started,
    Turned,
)
from autogpt.core.message import Message, Profile, Reply, Request, ToolSpec, Usage
from autogpt.core.run import Run, start
from autogpt.core.strategy import Strategy
from autogpt.core.task import Task
from autogpt.core.verdict import Verdict
from autogpt.runs.spec import RunFolder, RunSpec, now
from autogpt.runs.workflow import Ending, Parts, Session
from autogpt.sandbox.workspace import Folder

TASK = Task(goal="write two lines", checks=(FileContains(path="log.txt", text="two"),))


class Points:
    """Counts the moments a run passes, notes them in a file, and kills the process at a chosen one."""

    def __init__(self, told: Path, kill_at: int = 0) -> None:
        self._told = told
        self._kill_at = kill_at
        self._passed = 0

    def __call__(self, name: str) -> None:
        self._passed += 1
        with self._told.open("a") as file:
            file.write(f"{name}\n")
        if self._passed == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)


class Lines:
    """A Model that says line after line; which one depends only on the request."""

    name = "lines"
    profile = Profile(window=4_096)

    def __init__(self, points: Points) -> None:
        self._points = points

    async def reply(self, request: Request, on_text: OnText | None = None) -> Reply:
        self._points("model before")
        text = ["one", "two", "three"][len(request.messages) - 1]
        if text == "three":
            raise ModelBusy("try later")
        self._points("model after")
        return Reply(text=text, usage=Usage(input_tokens=3, output_tokens=1))

    async def count(self, messages: Sequence[Message]) -> int:
        return len(messages)


class Adder:
    """A Toolbox whose one tool adds a line to log.txt, in two writes; doing it twice shows."""

    def __init__(self, workspace: Folder, points: Points, effects: Effects) -> None:
        self._workspace = workspace
        self._points = points
        self._effects = effects

    def specs(self) -> tuple[ToolSpec, ...]:
        return ()

    def call(self, action: Action, run_id: str) -> Call:
        return Call(run_id=run_id, tool="add", version="1", args=action.args, effects=self._effects)

    async def run(self, action: Action) -> Observation:
        self._points("tool before")
        try:
            so_far = self._workspace.read("log.txt")
        except ToolError:
            so_far = b""
        line = str(action.args["line"]).encode()
        self._workspace.write("log.txt", so_far + line)
        self._points("tool midway")
        self._workspace.write("log.txt", so_far + line + b"\n")
        self._points("tool after")
        return Observation(
            action_id=action.id,
            tool="add",
            ok=True,
            content=(so_far + line).decode(),
            changed=("log.txt",),
            snapshot=self._workspace.snapshot(),
        )


class Contains:
    def __init__(self, workspace: Folder, points: Points) -> None:
        self._workspace = workspace
        self._points = points

    async def check(self, checks: Sequence[Check]) -> tuple[CheckResult, ...]:
        self._points("check")
        text = self._workspace.read("log.txt").decode()
        return tuple(
            CheckResult(check=check, passed=isinstance(check, FileContains) and check.text in text) for check in checks
        )


class FileJournal:
    """A Journal in one JSON Lines file, as strict as the contract."""

    def __init__(self, path: Path, points: Points) -> None:
        self._path = path
        self._points = points

    async def append(self, run_id: str, seq: int, event: Event) -> Entry:
        self._points(f"journal before {event.kind}")
        entries = await self.read(run_id)
        entry = Entry(run_id=run_id, seq=seq, at=datetime(2020, 1, 1, tzinfo=UTC), event=event, hash="")
        if seq < len(entries):
            if entries[seq].event != event:
                raise JournalError(f"{entries[seq].event} is not {event}")
            return entries[seq]
        assert seq == len(entries)
        with self._path.open("a") as file:
            file.write(entry.model_dump_json(by_alias=True) + "\n")
        self._points(f"journal after {event.kind}")
        return entry

    async def read(self, run_id: str, after: int = -1) -> tuple[Entry, ...]:
        if not self._path.exists():
            return ()
        lines = self._path.read_text().splitlines()
        return tuple(Entry.model_validate(json.loads(line)) for line in lines)[after + 1 :]


class NoBlobs:
    def put(self, content: bytes) -> str:
        return "0" * 64


def allow(run: Run, call: Call, now: datetime) -> Decision:
    return Decision(kind="allow", rule="test", reason="")


async def solve(task: Task, run_id: str, ctx: Context) -> Run:
    """Two turns: say a line, add it, check. `ask` in the goal asks a person first; `busy` meets a busy model."""
    began = Started(
        task=task,
        model=ctx.address,
        profile=ctx.model.profile,
        workspace=ctx.workspace_path,
        version=ctx.version,
        parent=ctx.parent,
    )
    await ctx.journal.append(run_id, 0, began)
    run = start(run_id, began)
    await ctx.workspace.survey()
    if "ask" in task.goal:
        asked = Asked(id=f"{run_id}.q1", question="Which colour?")
        run = await ctx.record(run, asked)
        answer = await ctx.human.ask(asked)
        run = await ctx.record(run, Answered(id=asked.id, answer=answer))
    for turn in range(3 if "busy" in task.goal else 2):
        message = Message(role="user", content=f"turn {turn} of {run_id}")
        run = await ctx.record(
            run, Turned(item="all", strategy=Strategy(name="plain", format="files"), messages=(message,))
        )
        await ctx.model.count(run.messages)
        told = tuple(m for m in run.messages if m.role == "user")
        run = await ctx.record(run, Replied(reply=await ctx.model.reply(Request(messages=told), ctx.on_text)))
        action = Action(id=f"{run_id}.a{turn}", tool="add", args={"line": run.messages[-1].content})
        run = await ctx.record(run, Observed(action=action, observation=await ctx.toolbox.run(action), labels=Labels()))
        results = await ctx.checker.check(task.checks)
        done = all(result.passed for result in results)
        verdict = Verdict(decision="done" if done else "continue", score=float(done), results=results)
        run = await ctx.record(run, Evaluated(verdict=verdict))
    moment = await ctx.clock.now()
    text = await ctx.workspace.read("log.txt")
    artifacts = await ctx.workspace.artifacts(run.changed)
    return await ctx.record(
        run, Delivered(outcome="complete", summary=f"{text!r} at {moment.year}", artifacts=artifacts)
    )


class Stage:
    """A home with one run in it, and the processes that work on it one after another."""

    def __init__(self, home: Path, effects: Effects | None = None) -> None:
        self.home = home
        self.effects = effects or Effects(reads="none", untrusted_output=False, effect="workspace", idempotent="key")
        self.folder = RunFolder(home / "runs" / "r1")
        self.told = home / "told.txt"
        self.workspace = home / "workspace"

    def begin(self, goal: str = TASK.goal, version: str = "1") -> None:
        self.workspace.mkdir(parents=True)
        self.folder.write(
            RunSpec(
                run_id="r1",
                task=TASK.model_copy(update={"goal": goal}),
                workspace=str(self.workspace),
                model="lines",
                version=version,
                workflow="r1",
                snapshot=Folder(self.workspace, self.home / "keep").snapshot(),
                created=now(),
            )
        )

    @contextlib.asynccontextmanager
    async def open(self, spec: RunSpec) -> AsyncIterator[Parts]:
        workspace = Folder(Path(spec.workspace), self.home / "keep")
        yield Parts(
            model=Lines(self.points),
            toolbox=Adder(workspace, self.points, self.effects),
            checker=Contains(workspace, self.points),
            workspace=workspace,
            policy=allow,
            journal=FileJournal(self.home / f"{spec.run_id}.jsonl", self.points),
            keeper=NoBlobs(),
        )

    def session(self, kill_at: int = 0, attended: bool = False) -> Session:
        self.points = Points(self.told, kill_at)
        return Session(self.folder, self.open, solve, attended)

    def work(self, kill_at: int = 0, attended: bool = False) -> Ending:
        return asyncio.run(self.session(kill_at, attended).work())

    def events(self) -> list[Event]:
        journal = FileJournal(self.home / "r1.jsonl", Points(self.told))
        return [entry.event for entry in asyncio.run(journal.read("r1"))]

    def passed(self) -> list[str]:
        return self.told.read_text().splitlines() if self.told.exists() else []


def work(home: Path, kill_at: int, effects: Effects | None = None) -> None:
    """Body of a process that may be killed; leaves word of how it ended if it was not."""
    why = Stage(home, effects).work(kill_at).why
    (home / "ended.txt").write_text(why)
