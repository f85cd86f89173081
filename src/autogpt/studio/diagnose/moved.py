"""What moved an answer, by integrated gradients: the section and its figures, the same for every kind of model."""

from collections.abc import Sequence
from typing import Protocol

from autogpt.core.schema import JsonValue
from autogpt.locale import say
from autogpt.studio.diagnose.section import Section, Words


class Seen(Protocol):
    """One answer taken apart."""

    @property
    def values(self) -> Sequence[float]:
        """How much each piece adds to the logit."""
        ...

    @property
    def logit(self) -> float: ...

    @property
    def baseline(self) -> float: ...


def figures(seen: Seen, own: dict[str, JsonValue]) -> JsonValue:
    """What the JSON tells of the answer: the kind's own facts, and the values."""
    values: list[JsonValue] = [round(value, 5) for value in seen.values]
    return {**own, "values": values, "logit": seen.logit, "baseline": seen.baseline}


def moved(told: str, parts: Sequence[Words], facts: list[JsonValue]) -> Section:
    """The section. told: how to read its colours."""
    return Section(name="attributions", title=say("What moved the answer"), said=[told], parts=parts, facts=facts)
