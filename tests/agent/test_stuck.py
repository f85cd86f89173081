import pytest

from autogpt.agent.stuck import stuck
from autogpt.core.action import Action, Observation
from autogpt.core.check import CheckResult, FileExists
from autogpt.core.message import Reply
from autogpt.core.run import Run, Step
from autogpt.core.strategy import Strategy
from autogpt.core.task import Task
from autogpt.core.verdict import Verdict

PLAIN = Strategy(name="write", format="files")


def step(did="", saw="", *, ok=True, score=None, strategy=PLAIN, item="task", evidence=""):
    actions = (Action(id="x", tool="write_file", args={"content": did}),) if did else ()
    seen = (Observation(action_id="x", tool="write_file", ok=ok, content=saw),) if did else ()
    verdict = None
    if score is not None:
        results = (CheckResult(check=FileExists(path="a"), passed=score == 1, evidence=evidence),)
        verdict = Verdict(decision="continue", score=score, results=results)
    return Step(
        number=1,
        item=item,
        strategy=strategy,
        reply=Reply(text=did),
        actions=actions,
        observations=seen,
        verdict=verdict,
    )


def pattern(*steps):
    return stuck(Run(id="r", task=Task(goal="g"), steps=steps))


OTHER = Strategy(name="samples", format="files")


@pytest.mark.parametrize(
    ("steps", "name"),
    [
        ([step("a", "x"), step("a", "x")], "same action, same result"),
        ([step("a", "x"), step("a", "y")], ""),
        ([step("a", "x"), step("b", "x")], ""),
        ([step("a", "x"), step("a", "x", strategy=OTHER)], ""),
        ([step("a", "x", item="one"), step("a", "x", item="two")], ""),
        ([step("a"), step("b"), step("a"), step("b")], "alternation"),
        ([step("a"), step("b"), step("a"), step("c")], ""),
        ([step("b"), step("a"), step("b")], ""),
        ([step(d, f"line {n}: no such file 0x{n:x}f", ok=False) for n, d in enumerate("abc")], "repeated error"),
        ([step(d, f"error {d}", ok=False) for d in "abc"], ""),
        ([step(d, "no such file", ok=False) for d in "ab"], ""),
        ([step(d, "no such file", ok=d != "b") for d in "abc"], ""),
        ([step(d, score=0.5, evidence="got 1") for d in "abc"], "repeated error"),
        ([step(d, score=0.5, evidence=f"got {d}") for d in "abcde"], "no progress"),
        ([step(d, score=0.5, evidence=f"got {d}") for d in "abcd"], ""),
        ([step(d, score=s, evidence=d) for d, s in zip("abcde", (0.1, 0.2, 0.3, 0.4, 0.5), strict=True)], ""),
        (
            [step(d, score=s, evidence=d) for d, s in zip("abcde", (0.5, 0.1, 0.2, 0.3, 0.4), strict=True)],
            "no progress",
        ),
        ([step(), step()], "no action"),
        ([step(), step("a")], ""),
        ([step()], ""),
        ([step("a")], ""),
    ],
)
def test_circles_are_seen_and_what_moves_is_left_alone(steps, name):
    assert pattern(*steps) == name
