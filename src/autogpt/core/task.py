"""A task: a goal in the user's words, the checks that say it is met, the limits it must keep."""

from typing import Annotated, Literal

from pydantic import Field

from autogpt.core.check import Check
from autogpt.core.schema import Value

Language = Literal["en", "zh"]


class Limits(Value):
    """What a run may use. Reaching one ends the run honestly, with what there is."""

    steps: Annotated[int, Field(ge=1, le=10_000)] = 24
    tokens: Annotated[int, Field(ge=1)] | None = None
    """Input and output tokens together; tokens answered from the prefix cache count as input."""
    seconds: Annotated[float, Field(gt=0)] | None = None
    cost_usd: Annotated[float, Field(ge=0)] | None = None


class Task(Value):
    goal: Annotated[str, Field(min_length=1, max_length=200_000)]
    checks: tuple[Check, ...] = ()
    limits: Limits = Limits()
    attachments: tuple[str, ...] = ()
    """Paths in the workspace of files that the user handed over with the goal."""
    language: Language = "en"
    """The language of the goal; deliverables and messages are written in it."""
