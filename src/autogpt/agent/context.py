"""What the loop is handed: every contract it uses, and the one way anything changes."""

from collections.abc import Callable
from dataclasses import dataclass, field

from autogpt.core.contracts import (
    Checker,
    Clock,
    Human,
    Journal,
    Model,
    OnText,
    Policy,
    Splitter,
    Surveyor,
    Toolbox,
)
from autogpt.core.effect import Call, Labels
from autogpt.core.event import Asked, Event
from autogpt.core.run import Run, apply
from autogpt.core.schema import canonical_json


def plain(call: Call, labels: Labels) -> str:
    """A call in one line, for where nothing better is handed in."""
    return f"{call.tool} {canonical_json(call.args)}"


@dataclass(frozen=True)
class Context:
    model: Model
    toolbox: Toolbox
    checker: Checker
    workspace: Surveyor
    policy: Policy
    human: Human
    clock: Clock
    journal: Journal
    address: str
    """Address of the model, as the user gave it."""
    workspace_path: str
    version: str
    stronger: Model | None = None
    """The model to hand a task to when the first one is stuck, if the user configured one."""
    split: Splitter | None = None
    parent: str | None = None
    labels: Labels = field(default_factory=Labels)
    """What the run has seen before its first step: not nothing, for a sub-run."""
    idle: float = 0.0
    """Seconds since the run's start in which nobody worked on it."""
    attended: bool = False
    """Whether a person is there to be asked when the work is stuck; questions about the goal are asked in any case."""
    on_text: OnText | None = None
    render: Callable[[Call, Labels], str] = plain
    """Shows a person exactly what a call would do (P6)."""
    _latest: dict[str, Run] = field(default_factory=dict[str, Run])

    async def record(self, run: Run, event: Event) -> Run:
        """Write the event to the journal, then to the run: the one way anything changes."""
        await self.journal.append(run.id, run.events, event)
        after = apply(run, event)
        self._latest[run.id] = after
        return after

    async def ask(self, run: Run, asked: Asked) -> tuple[Run, str, float]:
        """Ask the person: the run with the question in it, the answer, and how many seconds it took to come."""
        run = await self.record(run, asked)
        began = await self.clock.now()
        answer = await self.human.ask(asked)
        return run, answer, max(0.0, ((await self.clock.now()) - began).total_seconds())

    def latest(self, run: Run) -> Run:
        """The run as of its last event, for one who was cut off by an error in the middle of a turn."""
        return self._latest.get(run.id, run)
