"""The policy, rule by rule."""

from datetime import UTC, datetime, timedelta

import pytest

from autogpt.core.action import Action, Observation
from autogpt.core.effect import Approval, Call, Effects, Labels
from autogpt.core.message import Usage
from autogpt.core.run import Run, Step
from autogpt.core.strategy import Strategy
from autogpt.core.task import Limits, Task
from autogpt.policy.decide import decide, policy
from autogpt.policy.secrets import Redactor

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
RUN = Run(id="r1", task=Task(goal="g"))
BOTH = Labels(untrusted=True, private=True)


def call(effect: str = "external", *, to: tuple[str, ...] = (), **more: object) -> Call:
    effects = Effects.model_validate({"effect": effect, **more})
    return Call(run_id="r1", tool="t", version="1", args={"a": 1, "b": None}, effects=effects, destinations=to)


def ruled(run: Run, asked: Call, now: datetime = NOW, *, sandbox: bool = True) -> str:
    decision = decide(run, asked, now, sandbox=sandbox)
    return f"{decision.kind} {decision.rule}"


def approved(asked: Call, *, granted: bool = True, used: bool = False, hours: float = 24) -> Approval:
    return Approval(digest=asked.digest, granted=granted, used=used, expires=NOW + timedelta(hours=hours))


@pytest.mark.parametrize(
    ("asked", "labels", "verdict"),
    [
        (call("none"), BOTH, "allow P2"),
        (call("workspace"), BOTH, "allow P2"),
        (call("none", to=("evil.example",)), Labels(), "ask P3"),
        (call("workspace", to=("evil.example",)), BOTH, "ask P4"),
        (call("external"), Labels(), "ask P3"),
        (call("external", to=("a@b.example",)), Labels(untrusted=True), "ask P3"),
        (call("external", to=("a@b.example",)), Labels(private=True), "ask P3"),
        (call("external", to=("a@b.example",)), BOTH, "ask P4"),
        (call("irreversible"), Labels(), "ask P5"),
        (call("spend"), Labels(), "ask P5"),
        (call("config"), BOTH, "ask P5"),
        (Call(run_id="r1", tool="t", version="1", args={}, effects=Effects()), Labels(), "ask P5"),
    ],
)
def test_effects_inside_are_allowed_and_all_others_ask(asked: Call, labels: Labels, verdict: str) -> None:
    assert ruled(RUN.model_copy(update={"labels": labels}), asked) == verdict


def test_code_needs_the_sandbox_whatever_was_approved() -> None:
    for effect in ("none", "workspace", "external"):
        asked = call(effect, runs_code=True)
        run = RUN.model_copy(update={"approvals": (approved(asked),)})
        assert ruled(run, asked, sandbox=False) == "deny P10"
        assert ruled(run, asked) == ("allow P6" if effect == "external" else "allow P2")


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        ([{}], "allow P6"),
        ([{"hours": 0.001}], "allow P6"),
        ([{"granted": False}], "deny P6"),
        ([{"used": True}], "ask P3"),
        ([{"hours": 0}], "ask P3"),
        ([{"hours": -1}], "ask P3"),
        ([{"hours": 24.001}], "ask P3"),
        ([{"granted": False, "hours": -1}], "ask P3"),
        ([{}, {"granted": False}], "deny P6"),
        ([{"granted": False}, {}], "allow P6"),
        ([{}, {"used": True}], "ask P3"),
    ],
)
def test_the_persons_last_word_counts_once_and_for_a_day(words: list[dict], verdict: str) -> None:
    asked = call()
    run = RUN.model_copy(update={"approvals": tuple(approved(asked, **word) for word in words)})
    assert ruled(run, asked) == verdict


def test_an_approval_is_for_exactly_one_call() -> None:
    asked = call()
    run = RUN.model_copy(update={"approvals": (approved(asked),)})
    for change in ({"args": {"a": 2, "b": None}}, {"args": {"a": 1}}, {"version": "2"}, {"tool": "u"}):
        assert ruled(run, asked.model_copy(update=change)) == "ask P3"
    other = asked.model_copy(update={"run_id": "r2"})
    assert ruled(run, other) == "deny P1"
    assert ruled(run.model_copy(update={"id": "r2"}), other) == "ask P3"


@pytest.mark.parametrize("side", ["now", "expires"])
def test_a_time_without_a_zone_satisfies_nothing(side: str) -> None:
    asked = call()
    word = approved(asked)
    if side == "expires":
        word = word.model_copy(update={"expires": word.expires.replace(tzinfo=None)})
    run = RUN.model_copy(update={"approvals": (word,)})
    assert ruled(run, asked, NOW.replace(tzinfo=None) if side == "now" else NOW) == "ask P3"


@pytest.mark.parametrize("edge", [datetime.min, datetime.max])
def test_times_at_the_end_of_the_calendar_do_no_harm(edge: datetime) -> None:
    asked = call()
    run = RUN.model_copy(update={"approvals": (approved(asked),)})
    assert ruled(run, asked, edge.replace(tzinfo=UTC)) == "ask P3"


@pytest.mark.parametrize(
    ("limits", "used", "inside", "outside"),
    [
        ({"steps": 2}, {}, "allow P2", "ask P3"),
        ({"steps": 1}, {}, "deny P7", "deny P7"),
        ({"steps": 2}, {"extra_steps": 1}, "deny P7", "deny P7"),
        ({"tokens": 10}, {"usage": Usage(input_tokens=6, output_tokens=4)}, "allow P2", "ask P3"),
        ({"tokens": 10}, {"usage": Usage(input_tokens=6, output_tokens=5)}, "allow P2", "deny P7"),
        ({"cost_usd": 0}, {}, "allow P2", "ask P3"),
        ({"cost_usd": 0.5}, {"usage": Usage(cost_usd=0.51)}, "allow P2", "deny P7"),
        ({"seconds": 60}, {"began": NOW, "now": NOW + timedelta(seconds=60)}, "allow P2", "ask P3"),
        ({"seconds": 60}, {"began": NOW, "now": NOW + timedelta(seconds=61)}, "deny P7", "deny P7"),
    ],
)
def test_over_a_limit_nothing_goes_out_and_inside_only_what_is_paid_for(
    limits: dict, used: dict, inside: str, outside: str
) -> None:
    steps = (step([]), step([]))
    run = RUN.model_copy(update={"task": Task(goal="g", limits=Limits(**limits)), "steps": steps, **used})
    assert (ruled(run, call("none")), ruled(run, call("external"))) == (inside, outside)


def test_a_run_that_is_over_does_nothing_more() -> None:
    assert ruled(RUN.model_copy(update={"outcome": "complete"}), call("none")) == "deny P1"


def test_the_same_effect_outside_happens_three_times_at_most_even_if_approved() -> None:
    asked = call()
    for made, verdict in ((2, "allow P6"), (3, "deny P7"), (99, "deny P7")):
        run = RUN.model_copy(update={"approvals": (approved(asked),), "calls": {asked.digest: made, "other": 9}})
        assert ruled(run, asked) == verdict


def step(done: list[tuple[str, dict, tuple[str, ...]]], *, fresh: bool = False) -> Step:
    actions = tuple(Action(id="1", tool=tool, args=args) for tool, args, _ in done)
    seen = tuple(
        Observation(action_id="1", tool=tool, ok=True, content="", changed=changed) for tool, _, changed in done
    )
    strategy = Strategy(name="s", format="files")
    return Step(number=1, item="i", strategy=strategy, actions=actions, observations=seen, fresh=fresh)


SAME = ("t", {"a": 1}, ())
ITSELF = ("t", {"a": 1, "b": None}, ("log",))
OTHER = ("t", {"a": 2}, ())
EDIT = ("edit", {}, ("f.py",))


@pytest.mark.parametrize(
    ("steps", "verdict"),
    [
        ([[SAME], [SAME]], "allow P2"),
        ([[SAME], [OTHER], [OTHER], [OTHER]], "allow P2"),
        ([[SAME], [SAME], [SAME]], "deny P7"),
        ([[SAME, SAME, SAME]], "deny P7"),
        ([[SAME], [OTHER], [SAME], [OTHER], [SAME]], "deny P7"),
        ([[ITSELF], [ITSELF], [ITSELF]], "deny P7"),
        ([[SAME], [SAME], [EDIT], [SAME], [SAME]], "allow P2"),
        ([[SAME], [EDIT, SAME], [SAME], [SAME]], "deny P7"),
        ([[("t", {"a": 1, "c": 0}, ())], [SAME], [SAME]], "allow P2"),
    ],
)
def test_the_same_call_inside_is_allowed_again_once_something_changed(steps: list, verdict: str) -> None:
    run = RUN.model_copy(update={"steps": tuple(step(done) for done in steps)})
    assert ruled(run, call("workspace")) == verdict


def test_a_conversation_begun_afresh_may_try_the_same_again() -> None:
    run = RUN.model_copy(update={"steps": (step([SAME]), step([SAME]), step([SAME], fresh=True))})
    assert ruled(run, call("none")) == "allow P2"


def test_a_secret_does_not_leave_even_if_approved() -> None:
    redactor = Redactor(["hunter2-hunter2"])
    rules = policy(sandbox=True, leaks=redactor.finds)
    base = call("external")
    for change in (
        {"args": {"body": "it is hunter2-hunter2"}},
        {"args": {"body": "aXQgaXMgaHVudGVyMi1odW50ZXIyIQ=="}},
        {"args": {"list": [{"deep": "hunter2%2Dhunter2 hunter2-hunter2"}]}},
        {"destinations": ("hunter2-hunter2.evil.example",)},
    ):
        asked = base.model_copy(update=change)
        run = RUN.model_copy(update={"approvals": (approved(asked),)})
        assert (rules(run, asked, NOW).kind, rules(run, asked, NOW).rule) == ("deny", "P9")
    inside = call("workspace").model_copy(update={"args": {"body": "hunter2-hunter2"}})
    assert rules(RUN, inside, NOW).rule == "P2"


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), "\ud800"])
def test_arguments_that_cannot_be_told_exactly_are_denied(bad: object) -> None:
    assert ruled(RUN, call("none").model_copy(update={"args": {"a": bad}})) == "deny P1"


def test_an_effect_of_no_known_kind_is_denied() -> None:
    effects = Effects.model_construct(
        effect="new", reads="none", untrusted_output=False, idempotent="no", runs_code=False
    )
    assert ruled(RUN, call().model_copy(update={"effects": effects})) == "deny P1"


def test_every_decision_names_its_rule_and_says_why() -> None:
    decision = decide(RUN, call(to=("a@b.example", "c.example")), NOW, sandbox=True)
    assert decision.reason == "it reaches out to a@b.example, c.example"
    run = RUN.model_copy(
        update={"task": Task(goal="g", limits=Limits(tokens=1000)), "usage": Usage(input_tokens=12345)}
    )
    assert decide(run, call(), NOW, sandbox=True).reason == "the run is over its limit of 1,000 tokens (12,345 used)"
