"""What moved an answer, by integrated gradients: the section and its figures, the same for every kind of model."""

from collections.abc import Sequence
from typing import Protocol, cast

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


def figures(seen: Seen, own: dict[str, JsonValue], rest: float = 0.0) -> JsonValue:
    """What the JSON tells of the answer: the kind's own facts, the values, and what they lack to the difference.

    rest: what tokens add that have no piece.
    """
    values: list[JsonValue] = [round(value, 5) for value in seen.values]
    missing = seen.logit - seen.baseline - sum(seen.values) - rest
    return {**own, "values": values, "logit": seen.logit, "baseline": seen.baseline, "rest": rest, "missing": missing}


def moved(told: str, parts: Sequence[Words], facts: list[JsonValue]) -> Section:
    """The section. told: how to read its colours."""
    rough = sum(_rough(cast("dict[str, float]", one)) for one in facts)
    said = [told]
    if rough:
        said.append(
            say(
                "In {count} of {all} texts the numbers miss their sum by more than a tenth: read these roughly.",
                count=rough,
                all=len(facts),
            )
        )
    return Section(name="attributions", title=say("What moved the answer"), said=said, parts=parts, facts=facts)


def _rough(one: dict[str, float]) -> bool:
    return abs(one["missing"]) > 0.1 * max(abs(one["logit"] - one["baseline"]), 0.1)
