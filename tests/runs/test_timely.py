"""When the time of a run is over, the answer under way is cut off, and nothing more is asked."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from autogpt.core.contracts import OnText
from autogpt.core.event import Answered, Asked, Entry, Event, Planned, Started
from autogpt.core.message import Message, Profile, Rates, Reply, Request
from autogpt.core.plan import Plan
from autogpt.core.task import Limits, Task
from autogpt.runs.spec import RunSpec, now
from autogpt.runs.timely import Timely, time_left

HELLO = Request(messages=(Message(role="user", content="a" * 280),))


class Endless:
    """Says two words and never comes to an end."""

    name = "endless"
    profile = Profile(rates=Rates(input_usd=10_000, output_usd=0))

    def __init__(self) -> None:
        self.cut = False
        self.asked = 0

    async def reply(self, request: Request, on_text: OnText | None = None) -> Reply:
        self.asked += 1
        for piece in ("once ", "upon"):
            if on_text is not None:
                on_text(piece)
        try:
            await asyncio.Event().wait()
        finally:
            self.cut = True
        return Reply(text="never")

    async def count(self, messages: Sequence[Message]) -> int:
        return len(messages)


def ask(model: Endless, left: float, least: float = 0.0, heard: OnText | None = None) -> Reply:
    async def seconds() -> float:
        return left

    return asyncio.run(Timely(model, seconds, least=least).reply(HELLO, heard))


def test_what_was_heard_until_then_is_kept_and_what_it_took_is_counted():
    model, heard = Endless(), list[str]()
    reply = ask(model, 0.01, heard=heard.append)
    assert (reply.text, reply.stopped, model.cut, heard) == ("once upon", "cancelled", True, ["once ", "upon"])
    assert (reply.usage.input_tokens, reply.usage.cost_usd) == (101, pytest.approx(1.01))


@pytest.mark.parametrize(("left", "least", "asked"), [(0.0, 0.0, 0), (-5.0, 0.0, 0), (-5.0, 0.01, 1)])
def test_after_the_end_only_who_may_have_the_last_word_is_asked(left, least, asked):
    model = Endless()
    assert (ask(model, left, least).stopped, model.asked) == ("cancelled", asked)


class Slow(Endless):
    """Meets a fault of the network of its own, which is called as the end of the time is."""

    async def reply(self, request: Request, on_text: OnText | None = None) -> Reply:
        raise TimeoutError("the line")


def test_another_end_of_patience_is_not_taken_for_that_of_the_run():
    with pytest.raises(TimeoutError, match="the line"):
        ask(Slow(), 60.0)


class Kept:
    """A journal of a run that began ten seconds ago, in which a person took an hour of somebody's day to answer."""

    def __init__(self, *events: Event) -> None:
        self.events = events

    async def read(self, run_id: str, after: int = -1) -> tuple[Entry, ...]:
        return tuple(
            Entry(run_id=run_id, seq=at, at=now(), event=event, hash="") for at, event in enumerate(self.events)
        )


@pytest.mark.parametrize(
    ("limit", "waited", "idle", "left"),
    [(60.0, 0.0, 0.0, 50), (60.0, 30.0, 0.0, 80), (60.0, 0.0, 5.0, 55), (5.0, 0.0, 0.0, -5)],
)
def test_the_time_that_is_left_counts_from_the_start_but_not_where_nobody_worked(
    limit, waited, idle, left, monkeypatch
):
    at = now()
    monkeypatch.setattr("autogpt.runs.timely.now", lambda: at)
    began = Started.model_construct(kind="started", at=at - timedelta(seconds=10))
    spec = RunSpec.model_construct(run_id="r1", task=Task(goal="do it", limits=Limits(seconds=limit)), idle=idle)
    kept = Kept(began, Answered(id="q1", answer="yes", waited=waited))
    assert asyncio.run(time_left(spec, kept)()) == left


@pytest.mark.parametrize(
    ("last", "idle"),
    [
        (Planned(plan=Plan(items=())), 130.0),
        (Asked(id="q1", question="which?"), 10.0),  # the time until the answer comes is counted with it
        (None, 10.0),
    ],
)
def test_what_passed_since_the_last_event_was_idle_when_a_run_is_taken_up(last, idle):
    at = now()
    spec = RunSpec.model_construct(run_id="r1", idle=10.0)
    entries = [Entry(run_id="r1", seq=0, at=at - timedelta(minutes=2), event=last, hash="")] if last else []
    assert spec.taken_up(entries, at).idle == idle
