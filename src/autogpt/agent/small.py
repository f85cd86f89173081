"""Mending code by small changes that a program tries, not a model: where the tests say what is right, and cost nothing.

What tries them is in `agent/programs/inside`. It runs in the sandbox like a model's program, judged by the same checks.
"""

import re
from functools import cache
from importlib import resources

from autogpt.agent.reading.mentions import is_test
from autogpt.core.check import Check, PythonHolds, TestsPass
from autogpt.core.plan import Item
from autogpt.core.run import Run, Step
from autogpt.core.strategy import Strategy

SLIPS = Strategy(name="likely slips", format="script", repairs=0)
"""Only what is most often wrong, before a model is asked: such a change leaves all else as it was."""
CHANGES = Strategy(name="small changes", format="script", repairs=0)
SECONDS = 40
"""How long changes are tried at the most."""
_LIKELY = 2
"""Up to which rank of `agent/programs/inside/mutants.py` a change is a likely slip."""
_FEW = 3
"""Below how many asserts any far-fetched change that passes them is likely wrong."""


def can_change(item: Item) -> bool:
    """Whether there is code to change and tests that say when it is right."""
    alone = item.recipe == "code" and len(item.delivers) == 1
    # Tests of what is refused alone are passed by code that refuses everything.
    shown = any("suite" in test or _SHOWS.search(test["code"]) for test in _tests(item))
    return (alone or item.recipe == "fix") and bool(_paths(item)) and shown


def program(run: Run, item: Item, strategy: Strategy) -> str:
    """The program that looks for the changes."""
    tests = _tests(item)
    asserts = sum(len(_TRIES.findall(test["code"])) if "code" in test else _FEW for test in tests)
    args = (_paths(item), tests, _answers(run, item) if item.recipe == "code" else [], SECONDS)
    called = ", ".join(map(repr, args))
    few = asserts < _FEW
    most = _LIKELY if few or strategy.name == SLIPS.name else 9
    return f"{_source()}\nmain({called}, most={most}, numbers={not few})\n"


def by_small_changes(run: Run, item: str) -> bool:
    """Whether the item's last turn mended code in this way."""
    steps = [step for step in run.steps if step.item == item]
    return bool(steps) and steps[-1].strategy.name == CHANGES.name and won(steps[-1])


def won(step: Step) -> bool:
    """Whether the changes tried made more tests pass."""
    return any(seen.changed for seen in step.observations)


@cache
def _source() -> str:
    inside = resources.files("autogpt.agent.programs.inside")
    texts = [inside.joinpath(f"{name}.py").read_text("utf-8") for name in ("operators", "whole", "mutants", "search")]
    return re.sub(r"^from autogpt\..*\n", "", "\n".join(texts), flags=re.M)


def _paths(item: Item) -> list[str]:
    return [path for path in item.delivers if path.endswith(".py") and not is_test(path)]


def _tests(item: Item) -> list[dict[str, str]]:
    return [test for check in item.checks if (test := _test(check))]


def _test(check: Check) -> dict[str, str]:
    match check:
        case TestsPass():
            return {"suite": check.path}
        case PythonHolds() if _TRIES.search(check.code) and not check.label.endswith(" has changed"):
            return {} if "subprocess" in check.code else {"code": check.code}
        case _:
            return {}


_SHOWS = re.compile(r"^assert .*==", re.M)
_TRIES = re.compile(r"^\s*(?:assert|raise AssertionError)\b", re.M)
"""What a check does that calls code and looks at what comes of it; one that starts programs is too slow for this."""


def _answers(run: Run, item: Item) -> list[str]:
    """The different answers there were, those that came furthest first."""
    steps = [step for step in run.steps if step.item == item.name and step.target == _paths(item)[0]]
    steps.sort(key=lambda step: -(step.verdict.score if step.verdict else 0.0))
    written = [action for step in steps for action in step.actions if action.tool == "write_file"]
    return list(dict.fromkeys(str(action.args.get("content", "")) for action in written))[:6]
