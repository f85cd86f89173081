"""What happened in a run, in order. The only thing that is written; everything else is a view of it."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from autogpt.core.action import Action, Observation
from autogpt.core.effect import Approval, Decision, Labels
from autogpt.core.message import Message, Profile, Reply, Usage
from autogpt.core.plan import Plan
from autogpt.core.schema import Value
from autogpt.core.strategy import Strategy
from autogpt.core.task import Task
from autogpt.core.verdict import Verdict

Outcome = Literal["complete", "partial", "capped", "blocked", "cancelled", "failed"]
"""complete: every check passes. partial: some work, some check fails. capped: a limit was reached. blocked: a person
or a part is missing. cancelled: stopped by the user. failed: nothing useful came of it."""


class Started(Value):
    kind: Literal["started"] = "started"
    task: Task
    model: str
    """Address of the model, as in `--model`."""
    profile: Profile
    workspace: str
    version: str
    parent: str | None = None
    """The run this one was split or forked from."""
    labels: Labels = Labels()
    """What the run it was split from had seen: labels never go down on the way to a sub-run."""
    at: datetime | None = None


class Understood(Value):
    """The goal became a task: language known, checks compiled."""

    kind: Literal["understood"] = "understood"
    task: Task
    notes: tuple[str, ...] = ()
    """How free text was read, one line a choice, for the user to see."""
    usage: Usage = Usage()
    """What asking a model about the goal took."""


class Asked(Value):
    kind: Literal["asked"] = "asked"
    id: str
    question: str
    about: Literal["goal", "approval", "stuck", "tool"] = "goal"
    choices: tuple[str, ...] = ()
    digest: str | None = None
    """For an approval: the call it is bound to."""


class Answered(Value):
    kind: Literal["answered"] = "answered"
    id: str
    answer: str
    approval: Approval | None = None
    """For an approval: what the person granted or refused."""
    waited: float = 0.0
    """Seconds that the answer took to come, which are no time of the run's."""


class Planned(Value):
    kind: Literal["planned"] = "planned"
    plan: Plan
    usage: Usage = Usage()


class Turned(Value):
    """A turn begins: which item, by which strategy; the conversation starts anew if `fresh`."""

    kind: Literal["turned"] = "turned"
    item: str
    strategy: Strategy
    sample: int = 0
    target: str = ""
    """The file this turn is to write, where the format writes files."""
    fresh: bool = False
    base: str = ""
    """Snapshot of the workspace that a fresh attempt starts from."""
    messages: tuple[Message, ...] = ()
    """What is added to the conversation before the model is asked."""
    at: datetime | None = None
    """When it began, by the run's clock."""


class Replied(Value):
    kind: Literal["replied"] = "replied"
    reply: Reply


class Decided(Value):
    """The policy's word on one call, kept for the audit (P15)."""

    kind: Literal["decided"] = "decided"
    action_id: str
    tool: str
    digest: str
    decision: Decision
    labels: Labels
    approval: str | None = None


class Observed(Value):
    kind: Literal["observed"] = "observed"
    action: Action
    observation: Observation
    labels: Labels
    """What the run has seen after this call."""


class Evaluated(Value):
    kind: Literal["evaluated"] = "evaluated"
    verdict: Verdict
    item: str = ""


class Adapted(Value):
    """What the loop does next, and why."""

    kind: Literal["adapted"] = "adapted"
    change: Literal["go_on", "repair", "sample", "strategy", "replan", "next_item", "ask", "hand_over"]
    """go_on: the next turn of the same attempt. repair: another round with the evidence. sample: the same strategy
    anew. strategy: another one. hand_over: give the best there is to the person."""
    reason: str
    stuck: str = ""
    """Name of the stuck pattern that was seen, if one was."""
    strategy: Strategy | None = None


class Split(Value):
    """Independent items go to sub-runs that share this run's budget. An item goes at most once."""

    kind: Literal["split"] = "split"
    runs: tuple[str, ...]
    """One for each item; none where the workspace cannot be copied, and the items are worked on here."""
    items: tuple[str, ...]


class Joined(Value):
    """A sub-run came back: its outcome, what it used, what it changed here."""

    kind: Literal["joined"] = "joined"
    run: str
    item: str
    outcome: Outcome
    steps: int
    usage: Usage
    changed: tuple[str, ...] = ()
    labels: Labels = Labels()
    snapshot: str | None = None
    """The workspace after its changes were merged into it; None if nothing was."""
    reason: str = ""
    """Why the item is not complete: what the sub-run waits for or lacks, or which paths conflict."""


class Restored(Value):
    """The workspace was put back to a snapshot (before another sample, or by undo)."""

    kind: Literal["restored"] = "restored"
    snapshot: str
    reason: str


class Artifact(Value):
    """A file worth keeping, by content hash."""

    path: str
    sha256: str
    size: int


class Delivered(Value):
    kind: Literal["delivered"] = "delivered"
    outcome: Outcome
    summary: str
    artifacts: tuple[Artifact, ...] = ()
    verdict: Verdict | None = None
    error: str = ""


Event = Annotated[
    Started
    | Understood
    | Asked
    | Answered
    | Planned
    | Turned
    | Replied
    | Decided
    | Observed
    | Evaluated
    | Adapted
    | Split
    | Joined
    | Restored
    | Delivered,
    Field(discriminator="kind"),
]


class Entry(Value):
    """An event with its place in the journal."""

    run_id: str
    seq: Annotated[int, Field(ge=0)]
    at: datetime
    event: Event
    hash: str
    """SHA-256 over the previous entry's hash and this event's canonical JSON: a changed past shows (P15)."""
