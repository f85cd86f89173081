"""A run is what its events make it: the same events always give the same run, read back or not."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue, TypeAdapter

from autogpt.core.action import Action
from autogpt.core.check import ValueAt
from autogpt.core.effect import Approval, Decision, Labels
from autogpt.core.errors import JournalError
from autogpt.core.event import (
    Answered,
    Asked,
    Decided,
    Delivered,
    Entry,
    Evaluated,
    Event,
    Joined,
    Observed,
    Planned,
    Replied,
    Started,
    Turned,
    Understood,
)
from autogpt.core.message import Profile, Reply, Usage
from autogpt.core.run import Run, apply, fold
from autogpt.core.strategy import Strategy
from autogpt.core.task import Limits, Task

EVENT: TypeAdapter[Event] = TypeAdapter(Event)
NOW = datetime(2026, 11, 22, tzinfo=UTC)
START = Started(task=Task(goal="g"), model="m", profile=Profile(), workspace="/w", version="1")

text = st.text(max_size=4)
counts = st.integers(0, 1_000)
times = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2030, 1, 1), timezones=st.just(UTC))
value = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False, allow_infinity=False) | text,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(text, inner, max_size=2),
    max_leaves=3,
)
usages = st.builds(
    Usage,
    input_tokens=counts,
    cached_tokens=counts,
    output_tokens=counts,
    cost_usd=st.floats(0, 9),
    model_seconds=st.floats(0, 9),
)
st.register_type_strategy(str, text)
st.register_type_strategy(float, st.floats(0, 1))
st.register_type_strategy(datetime, times)
st.register_type_strategy(Action, st.builds(Action, args=st.dictionaries(text, value, max_size=2)))
st.register_type_strategy(ValueAt, st.builds(ValueAt, equals=value))
st.register_type_strategy(Limits, st.builds(Limits, steps=st.integers(1, 10_000)))
st.register_type_strategy(Usage, usages)
st.register_type_strategy(Task, st.builds(Task, goal=st.text(min_size=1, max_size=9)))
_KINDS = [kind for kind in Event.__args__[0].__args__ if kind is not Started]  # pyright: ignore
events = st.one_of(*(st.from_type(kind) for kind in _KINDS))
stories = st.lists(events, max_size=12)


def entries(story: list[Event]) -> list[Entry]:
    return [Entry(run_id="r", seq=seq, at=NOW, event=event, hash="") for seq, event in enumerate([START, *story])]


def folded(story: list[Event]) -> Run | str:
    try:
        return fold(entries(story))
    except JournalError as error:
        return str(error)


def readable(story: list[Event]) -> list[Event]:
    """The story without replies before the first turn, which no run has."""
    first = next((at for at, event in enumerate(story) if isinstance(event, Turned)), len(story))
    return [event for at, event in enumerate(story) if at > first or not isinstance(event, Replied)]


@given(stories)
def test_events_written_as_json_and_read_again_give_the_same_run(story: list[Event]) -> None:
    again = [EVENT.validate_json(EVENT.dump_json(event, by_alias=True)) for event in story]
    assert again == story
    assert folded(again) == folded(story)


@given(stories, st.integers(0, 12))
def test_a_run_taken_up_anywhere_is_the_run_as_if_never_left(story: list[Event], left: int) -> None:
    story = readable(story)
    run = fold(entries(story[:left]))
    before = run.model_dump_json()
    kept = Run.model_validate_json(before)
    for event in story[left:]:
        run, kept = apply(run, event), apply(kept, event)
    assert run == kept == fold(entries(story))
    assert fold(entries(story[:left])).model_dump_json() == before


@given(stories)
def test_any_order_of_events_is_a_run_or_a_journal_error(story: list[Event]) -> None:
    early = any(isinstance(event, Replied) for event in story) and readable(story) != story
    assert isinstance(folded(story), str) == early


def spent(event: Event) -> list[Usage]:
    """What the event says was used: by the model's reply, a sub-run, reading and planning, judges."""
    match event:
        case Replied():
            return [event.reply.usage]
        case Joined() | Understood() | Planned():
            return [event.usage]
        case Evaluated() | Delivered():
            return [result.usage for result in event.verdict.results] if event.verdict else []
        case _:
            return []


@given(stories)
def test_what_was_used_adds_up(story: list[Event]) -> None:
    story = readable(story)
    run = fold(entries(story))
    # Added in the order of the events, as floats are.
    total = Usage()
    for event in story:
        for one in spent(event):
            total += one
    assert run.usage == total
    assert run.events == len(story) + 1
    assert len(run.steps) == sum(isinstance(event, Turned) for event in story)
    assert [step.number for step in run.steps] == list(range(1, len(run.steps) + 1))
    assert run.extra_steps == sum(event.steps for event in story if isinstance(event, Joined))
    fresh = max((at for at, event in enumerate(story) if isinstance(event, Turned) and event.fresh), default=0)
    attempt = [event for event in story[fresh:] if isinstance(event, Decided)]
    allowed = [event.digest for event in attempt if event.decision.kind == "allow"]
    assert dict(run.calls) == {digest: allowed.count(digest) for digest in allowed}


@given(stories)
def test_labels_only_go_up_and_approvals_are_never_unused_again(story: list[Event]) -> None:
    run = fold(entries([]))
    for event in readable(story):
        after = apply(run, event)
        assert run.labels | after.labels == after.labels
        assert len(after.approvals) >= len(run.approvals)
        for old, new in zip(run.approvals, after.approvals, strict=False):
            assert (new.digest, new.granted, new.expires) == (old.digest, old.granted, old.expires)
            assert new.used or not old.used
        run = after


@pytest.mark.parametrize(
    ("given_entries", "message"),
    [
        ([], "the run has not begun"),
        (entries([])[1:] + entries([START])[1:], "does not begin with its start"),
        (entries([START]), "run 'r' starts twice"),
        (
            entries([Asked(id="1", question="?")] * 3)[:2] + entries([Asked(id="1", question="?")] * 3)[3:],
            "a gap before",
        ),
        (entries([Replied(reply=Reply())]), "a reply before its first turn"),
    ],
)
def test_what_is_no_run_from_its_start_is_refused(given_entries: list[Entry], message: str) -> None:
    with pytest.raises(JournalError, match=message):
        fold(given_entries)


def test_a_run_waits_from_the_question_to_the_answer() -> None:
    asked = Asked(id="q", question="which?")
    assert fold(entries([asked])).question == asked
    assert fold(entries([asked, Answered(id="q", answer="a")])).question is None
    assert fold(entries([asked, Delivered(outcome="cancelled", summary="")])).question is None


def test_a_story_folds_to_the_run_it_tells() -> None:
    strategy = Strategy(name="s", format="files")
    action = Action(id="1", tool="t", args={"a": 1})
    approval = Approval(digest="d", granted=True, expires=NOW)
    allow = Decision(kind="allow", rule="P6", reason="")
    seen: dict[str, JsonValue] = {"action_id": "1", "tool": "t", "ok": True, "content": "c", "changed": ["f"]}
    run = fold(
        entries(
            [
                Turned(item="i", strategy=strategy),
                Replied(reply=Reply(text="hello", usage=Usage(input_tokens=3, output_tokens=4))),
                Asked(id="q", question="may I?", about="approval", digest="d"),
                Answered(id="q", answer="yes", approval=approval),
                Decided(action_id="1", tool="t", digest="d", decision=allow, labels=Labels(), approval="d"),
                Observed.model_validate(
                    {"action": action, "observation": seen, "labels": Labels(untrusted=True, private=False)}
                ),
                Delivered(outcome="complete", summary="done"),
            ]
        )
    )
    assert (run.over, run.outcome, run.summary, run.question) == (True, "complete", "done", None)
    assert run.answers == (("may I?", "yes"),)
    assert run.approvals == (approval.model_copy(update={"used": True}),)
    assert (run.calls, run.changed, run.labels) == ({"d": 1}, ("f",), Labels(untrusted=True))
    assert [message.content for message in run.messages] == ["hello"]
    assert run.steps[0].actions == (action,)
    assert run.usage.tokens == 7
