"""How far a check has come that does not pass yet, and what counts as passed although it does not."""

import re

from autogpt.agent.reading.orders import writes_anew
from autogpt.core.check import CheckResult
from autogpt.core.run import Run, Step
from autogpt.core.verdict import Verdict

_COUNTED = re.compile(r"^(\d+) passed, (\d+) failed")


def credit(result: CheckResult) -> float:
    """1 for a check that passes; for one that fails the share of its tests or asserts that hold, short of 1."""
    if result.passed:
        return 1.0
    counted = _COUNTED.match(result.evidence)
    good, bad = (int(counted[1]), int(counted[2])) if counted else (0, 0)
    if not counted and result.check.kind == "python_holds":
        heads = [line.partition(":")[0] for line in result.evidence.splitlines()]
        good, bad = heads.count("holds"), heads.count("fails")
    return 0.9 * good / (good + bad) if good + bad else 0.0


def tested(verdict: Verdict) -> float:
    """How much of what is asked of the result holds; that a file was changed at all is no part of it."""
    results = [result for result in verdict.results if not says_changed(result)]
    return sum(credit(result) for result in results) / len(results) if results else 0.0


def says_changed(result: CheckResult) -> bool:
    """Whether the check only asks that a file is no longer as it was."""
    return result.check.kind == "python_holds" and result.check.label.endswith(" has changed")


def renewed(result: CheckResult, run: Run) -> bool:
    """Whether a file that has not changed was written once more, with what it held: the same goal, given again.

    Only where the goal has it written and not edited, and an action that went well wrote it: a file that was left over
    proves nothing. What asks for another content all the same gets the right one twice, one below the other.
    """
    if result.passed or not says_changed(result) or not writes_anew(run.task.goal):
        return False
    path = result.check.label.removesuffix(" has changed") if result.check.kind == "python_holds" else ""
    last = run.steps[-1:]
    before = [one for step in run.steps for one in (step.verdict.results if step.verdict else ())]
    return any(_wrote(step, path) for step in last) or any(one.passed and one.check == result.check for one in before)


def _wrote(step: Step, path: str) -> bool:
    well = {seen.action_id for seen in step.observations if seen.ok}
    for action in (one for one in step.actions if one.id in well):
        code = str(action.args.get("code", "")) if action.tool == "run_python" else ""
        opened = rf"open\(\s*[rf]?['\"]{re.escape(path)}['\"]\s*,\s*['\"][wx]"
        if (action.tool == "write_file" and action.args.get("path") == path) or re.search(opened, code):
            return True
    return False
