"""One pursuit of a task, folded from its events."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import assert_never

from autogpt.core.action import Action, Observation
from autogpt.core.effect import Approval, Labels
from autogpt.core.errors import JournalError
from autogpt.core.event import (
    Adapted,
    Answered,
    Artifact,
    Asked,
    Decided,
    Delivered,
    Entry,
    Evaluated,
    Event,
    Joined,
    Observed,
    Outcome,
    Planned,
    Replied,
    Restored,
    Split,
    Started,
    Turned,
    Understood,
)
from autogpt.core.message import Message, Profile, Reply, Usage
from autogpt.core.plan import Item, Plan
from autogpt.core.schema import Value
from autogpt.core.strategy import Strategy
from autogpt.core.task import Task
from autogpt.core.verdict import Verdict


class Step(Value):
    """One turn: what the model answered, what came of it, how the work then stood."""

    number: int
    item: str
    strategy: Strategy
    sample: int = 0
    target: str = ""
    fresh: bool = False
    """Whether it began a new attempt: a new conversation, the workspace as the item found it."""
    reply: Reply | None = None
    actions: tuple[Action, ...] = ()
    observations: tuple[Observation, ...] = ()
    verdict: Verdict | None = None
    change: Adapted | None = None
    """What the loop decided after it."""

    @property
    def signature(self) -> str:
        """Digest of what was done and what came back, seconds and ids left out: equal turns have equal ones."""
        told = [(action.tool, sorted(action.args.items(), key=str)) for action in self.actions]
        seen = [(observation.ok, observation.content) for observation in self.observations]
        return hashlib.sha256(repr((told, seen)).encode()).hexdigest()


class Run(Value):
    id: str
    events: int = 0
    """How many events it is folded from; the next one gets this number."""
    task: Task
    model: str = ""
    profile: Profile = Profile()
    workspace: str = ""
    version: str = ""
    parent: str | None = None
    plan: Plan | None = None
    strategy: Strategy | None = None
    tried: tuple[str, ...] = ()
    """Names of the strategies used for the current item, in order."""
    repairs: int = 0
    """Rounds of repair in the current strategy."""
    steps: tuple[Step, ...] = ()
    messages: tuple[Message, ...] = ()
    """The conversation as the model sees it; only ever appended to, until a turn starts it afresh."""
    looked: tuple[Observation, ...] = ()
    """What was looked at before the first turn."""
    base: str = ""
    """Snapshot of the workspace as the current item found it."""
    base_item: str = ""
    before: Mapping[str, Verdict] = {}
    """How an item stood before its first step, where that was looked at."""
    verdict: Verdict | None = None
    usage: Usage = Usage()
    extra_steps: int = 0
    """Steps used by sub-runs."""
    split: tuple[str, ...] = ()
    """Names of the items that went to sub-runs."""
    labels: Labels = Labels()
    approvals: tuple[Approval, ...] = ()
    calls: Mapping[str, int] = {}
    """How often each exact call (by digest) was made in the present attempt."""
    question: Asked | None = None
    answers: tuple[tuple[str, str], ...] = ()
    """Questions and the person's answers, in order."""
    notes: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    """Workspace paths changed so far."""
    began: datetime | None = None
    now: datetime | None = None
    """The run's own time, as of its last turn."""
    waited: float = 0.0
    """Seconds in which it stood still until a person had answered."""
    outcome: Outcome | None = None
    summary: str = ""
    artifacts: tuple[Artifact, ...] = ()
    error: str = ""

    @property
    def attempt(self) -> tuple[Step, ...]:
        """The steps since the last fresh start."""
        start = max((at for at, step in enumerate(self.steps) if step.fresh), default=0)
        return self.steps[start:]

    def attempt_on(self, item: str) -> tuple[Step, ...]:
        """The steps taken on an item."""
        return tuple(step for step in self.steps if step.item == item)

    @property
    def seconds(self) -> float:
        """Wall-clock seconds from its start to its last turn, without those in which a person was waited for."""
        return self.until(self.now)

    def until(self, now: datetime | None) -> float:
        """As `seconds`, to a time that is given."""
        return max(0.0, (now - self.began).total_seconds() - self.waited) if now and self.began else 0.0

    @property
    def over(self) -> bool:
        return self.outcome is not None

    @property
    def item(self) -> Item | None:
        """The item being worked on: the first that is ready."""
        return self.plan.ready[0] if self.plan and self.plan.ready else None


def start(run_id: str, event: Started) -> Run:
    return Run(
        id=run_id,
        events=1,
        task=event.task,
        model=event.model,
        profile=event.profile,
        workspace=event.workspace,
        version=event.version,
        parent=event.parent,
        labels=event.labels,
        began=event.at,
        now=event.at,
    )


def fold(entries: Iterable[Entry]) -> Run:
    """Read a run from its journal. Raises JournalError if the entries are not a run from its start, without gaps."""
    run: Run | None = None
    for entry in entries:
        if run is None:
            if entry.seq != 0 or not isinstance(entry.event, Started):
                raise JournalError(f"the journal of run {entry.run_id!r} does not begin with its start")
            run = start(entry.run_id, entry.event)
            continue
        if entry.seq != run.events:
            raise JournalError(f"the journal of run {entry.run_id!r} has a gap before entry {entry.seq}")
        run = apply(run, entry.event)
    if run is None:
        raise JournalError("the run has not begun, so there is nothing of it yet; begin it: autogpt resume RUN")
    return run


def apply(run: Run, event: Event) -> Run:
    """The run after one more event. Pure: the same events always give the same run."""
    return _after(run, event).model_copy(update={"events": run.events + 1})


def _after(run: Run, event: Event) -> Run:
    match event:
        case Started():
            raise JournalError(f"run {run.id!r} starts twice")
        case Understood(task=task, notes=notes, usage=usage):
            update = {"task": task, "notes": run.notes + notes, "usage": run.usage + usage}
            return run.model_copy(update=update)
        case Asked():
            return run.model_copy(update={"question": event})
        case Answered(answer=answer, approval=approval, waited=waited):
            asked = run.question.question if run.question else ""
            approvals = (*run.approvals, approval) if approval else run.approvals
            answers = (*run.answers, (asked, answer))
            update = {"question": None, "answers": answers, "approvals": approvals, "waited": run.waited + waited}
            return run.model_copy(update=update)
        case Planned(plan=plan, usage=usage):
            return run.model_copy(update={"plan": plan, "usage": run.usage + usage})
        case Turned():
            return _turn(run, event)
        case Replied(reply=reply):
            if not run.steps:
                raise JournalError(f"run {run.id!r} has a reply before its first turn")
            step = run.steps[-1].model_copy(update={"reply": reply})
            message = Message(role="assistant", content=reply.text, actions=reply.actions)
            return run.model_copy(
                update={
                    "steps": (*run.steps[:-1], step),
                    "messages": (*run.messages, message),
                    "usage": run.usage + reply.usage,
                }
            )
        case Decided(digest=digest, decision=decision, approval=used):
            again = run.calls.get(digest, 0) + 1
            calls = {**run.calls, digest: again} if decision.kind == "allow" else run.calls
            approvals = tuple(
                a.model_copy(update={"used": True}) if used and a.digest == digest else a for a in run.approvals
            )
            return run.model_copy(update={"calls": calls, "approvals": approvals})
        case Observed():
            return _observe(run, event)
        case Evaluated(verdict=verdict, item=item):
            judged = run.model_copy(update={"verdict": verdict, "usage": _with_judges(run.usage, verdict)})
            if item and not run.attempt_on(item):
                return judged.model_copy(update={"before": {**run.before, item: verdict}})
            if not run.steps:
                return judged
            step = run.steps[-1].model_copy(update={"verdict": verdict})
            return judged.model_copy(update={"steps": (*run.steps[:-1], step)})
        case Adapted():
            return _adapt(run, event)
        case Split(items=items):
            return run.model_copy(update={"split": run.split + items})
        case Restored():
            return run
        case Joined():
            return _join(run, event)
        case Delivered():
            return run.model_copy(
                update={
                    "outcome": event.outcome,
                    "summary": event.summary,
                    "artifacts": event.artifacts,
                    "verdict": event.verdict or run.verdict,
                    "usage": _with_judges(run.usage, event.verdict) if event.verdict else run.usage,
                    "error": event.error,
                    "question": None,
                }
            )
        case _:
            assert_never(event)


def _join(run: Run, event: Joined) -> Run:
    return run.model_copy(
        update={
            "usage": run.usage + event.usage,
            "extra_steps": run.extra_steps + event.steps,
            "labels": run.labels | event.labels,
            "changed": tuple(dict.fromkeys(run.changed + event.changed)),
        }
    )


def _with_judges(usage: Usage, verdict: Verdict) -> Usage:
    for result in verdict.results:
        usage += result.usage
    return usage


def _turn(run: Run, event: Turned) -> Run:
    step = Step(
        number=len(run.steps) + 1,
        item=event.item,
        strategy=event.strategy,
        sample=event.sample,
        target=event.target,
        fresh=event.fresh,
    )
    tried = run.tried if event.strategy.name in run.tried else (*run.tried, event.strategy.name)
    return run.model_copy(
        update={
            "strategy": event.strategy,
            "tried": tried,
            "now": event.at or run.now,
            # A fresh attempt starts from the folder as it was: the same call is then no repetition.
            "calls": {} if event.fresh else run.calls,
            "base": event.base or run.base,
            "base_item": event.item if event.base else run.base_item,
            "steps": (*run.steps, step),
            "messages": event.messages if event.fresh else run.messages + event.messages,
        }
    )


def _observe(run: Run, event: Observed) -> Run:
    seen = event.observation
    changed = tuple(dict.fromkeys(run.changed + seen.changed))
    after = run.model_copy(update={"labels": run.labels | event.labels, "changed": changed})
    if not run.steps:
        return after.model_copy(update={"looked": (*run.looked, seen)})
    last = run.steps[-1]
    step = last.model_copy(
        update={"actions": (*last.actions, event.action), "observations": (*last.observations, seen)}
    )
    return after.model_copy(update={"steps": (*run.steps[:-1], step)})


def _adapt(run: Run, event: Adapted) -> Run:
    steps = run.steps
    if steps:
        steps = (*steps[:-1], steps[-1].model_copy(update={"change": event}))
    update: dict[str, object] = {"steps": steps}
    match event.change:
        case "repair":
            update["repairs"] = run.repairs + 1
        case "strategy":
            update |= {"repairs": 0, "strategy": event.strategy}
        case "next_item" | "replan":
            update |= {"repairs": 0, "strategy": None, "tried": ()}
        case "go_on" | "sample" | "ask" | "hand_over":
            pass
    return run.model_copy(update=update)
