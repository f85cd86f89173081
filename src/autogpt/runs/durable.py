"""The contracts, wrapped so that each call whose result is uncertain is a durable step of the run."""

import asyncio
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Literal, cast

from pydantic import JsonValue, TypeAdapter

from autogpt.core.action import Action, Observation
from autogpt.core.check import Check, CheckResult
from autogpt.core.contracts import Checker, Clock, Model, OnText, Survey, Toolbox
from autogpt.core.effect import Call
from autogpt.core.errors import ModelBusy, ToolError
from autogpt.core.event import Artifact, Asked
from autogpt.core.message import Message, Profile, Reply, Request, ToolSpec
from autogpt.runs.mailbox import Mailbox
from autogpt.runs.spec import now
from autogpt.runs.steps import Steps
from autogpt.runs.survey import Ground
from autogpt.runs.underway import Interrupted, UnderWay

_CHECKS: TypeAdapter[tuple[Check, ...]] = TypeAdapter(tuple[Check, ...])
_RESULTS: TypeAdapter[tuple[CheckResult, ...]] = TypeAdapter(tuple[CheckResult, ...])
_ARTIFACTS: TypeAdapter[tuple[Artifact, ...]] = TypeAdapter(tuple[Artifact, ...])
_PROFILE: TypeAdapter[tuple[str, Profile]] = TypeAdapter(tuple[str, Profile])
_MESSAGES: TypeAdapter[tuple[Message, ...]] = TypeAdapter(tuple[Message, ...])

_LOOK_AGAIN = 0.2
"""Seconds between two looks into the mailbox while a run waits for a person."""

Suspend = Callable[[Literal["waiting", "busy"], str], None]
"""Stops the run here, to go on later: (why, what to tell the person)."""


Respond = Callable[[Asked], str | None]


def nobody(question: Asked) -> None:
    """Answers no question."""


def _plain(adapter: TypeAdapter[Any], value: object) -> JsonValue:
    return cast(JsonValue, adapter.dump_python(value, mode="json", by_alias=True))


def _text(value: JsonValue) -> JsonValue:
    """The value with '?' for halves of surrogate pairs, which JSON can spell and no file can keep."""
    return cast(JsonValue, json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")))


class DurableModel:
    """A model whose replies are kept. Its name and profile are those the run began with.

    ModelBusy does not reach the loop: the run stops where it is and can be taken up when the provider answers again.
    """

    def __init__(self, model: Model, name: str, profile: Profile, role: str, steps: Steps, suspend: Suspend) -> None:
        self._model = model
        self._name = name
        self._profile = profile
        self._role = role
        self._steps = steps
        self._suspend = suspend

    @classmethod
    async def open(cls, model: Model, role: str, steps: Steps, suspend: Suspend) -> "DurableModel":
        async def look() -> JsonValue:
            return _plain(_PROFILE, (model.name, model.profile))

        name, profile = _PROFILE.validate_python(await steps.call(f"{role}.profile", None, look))
        return cls(model, name, profile, role, steps, suspend)

    @property
    def name(self) -> str:
        return self._name

    @property
    def profile(self) -> Profile:
        return self._profile

    async def reply(self, request: Request, on_text: OnText | None = None) -> Reply:
        async def work() -> JsonValue:
            try:
                reply = await self._model.reply(request, on_text)
            except ModelBusy as error:
                self._suspend("busy", str(error))
                raise asyncio.CancelledError from None
            return _text(reply.model_dump(mode="json"))

        args = request.model_dump(mode="json", by_alias=True)
        return Reply.model_validate(await self._steps.call(f"{self._role}.reply", args, work))

    async def count(self, messages: Sequence[Message]) -> int:
        async def work() -> JsonValue:
            return await self._model.count(messages)

        return cast(int, await self._steps.call(f"{self._role}.count", _plain(_MESSAGES, tuple(messages)), work))


class DurableToolbox:
    """A toolbox whose observations are kept; a call that a crash interrupted is mended before it is repeated.

    A call that changes only the workspace: the folder is first put back to how it was before the call. One that
    reaches outside and whose receiver knows no key: never repeated, the agent is told that its fate is unknown.
    """

    def __init__(
        self,
        toolbox: Toolbox,
        run_id: str,
        steps: Steps,
        under_way: UnderWay,
        recall: Callable[[Observation], None] | None,
    ) -> None:
        self._toolbox = toolbox
        self._run_id = run_id
        self._steps = steps
        self._under_way = under_way
        self._recall = recall

    def specs(self) -> tuple[ToolSpec, ...]:
        return self._toolbox.specs()

    def call(self, action: Action, run_id: str) -> Call:
        return self._toolbox.call(action, run_id)

    async def run(self, action: Action) -> Observation:
        args = action.model_dump(mode="json")
        done = False

        async def work() -> JsonValue:
            nonlocal done
            done = True
            return (await self._run(action)).model_dump(mode="json")

        observation = Observation.model_validate(await self._steps.call("toolbox.run", args, work))
        if not done and self._recall is not None:
            self._recall(observation)
        return observation

    async def _run(self, action: Action) -> Observation:
        try:
            effects = self._toolbox.call(action, self._run_id).effects
        except ToolError:
            return await self._toolbox.run(action)
        if effects.effect == "none":
            return await self._toolbox.run(action)
        outside = effects.effect != "workspace" and effects.idempotent == "no"
        try:
            await self._under_way.begin(restore=effects.effect == "workspace", repeat=not outside)
        except Interrupted:
            return Observation(
                action_id=action.id,
                tool=action.tool,
                ok=False,
                content="This call was interrupted and it is unknown whether it took effect. It was not repeated. "
                "Find out whether it did, or ask the person, before trying again.",
            )
        return await self._toolbox.run(action)


class DurableChecker:
    def __init__(self, checker: Checker, steps: Steps, under_way: UnderWay) -> None:
        self._checker = checker
        self._steps = steps
        self._under_way = under_way

    async def check(self, checks: Sequence[Check]) -> tuple[CheckResult, ...]:
        async def work() -> JsonValue:
            # Checks run code of the workspace, which may have changed files before it was interrupted.
            await self._under_way.begin(restore=True, repeat=True)
            return _plain(_RESULTS, await self._checker.check(checks))

        return _RESULTS.validate_python(await self._steps.call("checker.check", _plain(_CHECKS, tuple(checks)), work))


class DurableSurveyor:
    def __init__(self, ground: Ground, steps: Steps) -> None:
        self._ground = ground
        self._steps = steps

    async def survey(self) -> Survey:
        async def work() -> JsonValue:
            return (await asyncio.to_thread(self._ground.survey)).model_dump(mode="json")

        return Survey.model_validate(await self._steps.call("workspace.survey", None, work))

    async def read(self, path: str, most: int = 100_000) -> str | None:
        async def work() -> JsonValue:
            return await asyncio.to_thread(self._ground.read, path, most)

        return cast(str | None, await self._steps.call("workspace.read", [path, most], work))

    async def restore(self, snapshot: str, only: Sequence[str] = ()) -> tuple[str, ...]:
        async def work() -> JsonValue:
            return list(await asyncio.to_thread(self._ground.restore, snapshot, only))

        what: JsonValue = [snapshot, *only] if only else snapshot
        return tuple(cast(list[str], await self._steps.call("workspace.restore", what, work)))

    async def artifacts(self, paths: Sequence[str]) -> tuple[Artifact, ...]:
        async def work() -> JsonValue:
            return _plain(_ARTIFACTS, await asyncio.to_thread(self._ground.artifacts, tuple(paths)))

        return _ARTIFACTS.validate_python(await self._steps.call("workspace.artifacts", list(paths), work))


class DurableHuman:
    """A person reached by letter. Where nobody is there (`attended` is false), the run stops until one answers."""

    def __init__(self, mailbox: Mailbox, attended: bool, respond: Respond, steps: Steps, suspend: Suspend) -> None:
        self._mailbox = mailbox
        self._attended = attended
        self._respond = respond
        self._steps = steps
        self._suspend = suspend

    async def ask(self, question: Asked) -> str:
        async def work() -> JsonValue:
            at_once = self._respond(question)
            if at_once is not None:
                return at_once
            while (answer := self._mailbox.answered(question.id)) is None:
                if not self._attended:
                    self._suspend("waiting", question.question)
                    raise asyncio.CancelledError
                await asyncio.sleep(_LOOK_AGAIN)
            return answer

        # Without its id and digest: those are bound to the run, and a fork asks the same question under another id.
        args = question.model_dump(mode="json", include={"question", "about", "choices"})
        return cast(str, await self._steps.call("human.ask", args, work))


class SystemClock:
    async def now(self) -> datetime:
        return now()


class DurableClock:
    def __init__(self, steps: Steps, clock: Clock) -> None:
        self._steps = steps
        self._clock = clock

    async def now(self) -> datetime:
        async def work() -> JsonValue:
            return (await self._clock.now()).isoformat()

        return datetime.fromisoformat(cast(str, await self._steps.call("clock.now", None, work)))
