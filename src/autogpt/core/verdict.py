"""Judgement of the work so far. The same type steers the loop, marks the exam and is the reward."""

from typing import Annotated, Literal

from pydantic import Field

from autogpt.core.check import CheckResult
from autogpt.core.schema import Value


class Verdict(Value):
    decision: Literal["continue", "done", "failed"]
    score: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Share of checks that pass, from 0 to 1. Never NaN: JSON cannot carry it."""
    results: tuple[CheckResult, ...] = ()
    findings: tuple[str, ...] = ()
    """Errors that static analysis saw in new code: 'file:line message'."""
    dangers: tuple[str, ...] = ()
    """Calls in new code that deserve a person's look; the sandbox holds them, the evidence lists them."""

    @property
    def failing(self) -> tuple[CheckResult, ...]:
        return tuple(result for result in self.results if not result.passed)
