"""How far a check has come that does not pass yet."""

import re

from autogpt.core.check import CheckResult
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
