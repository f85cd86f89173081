"""Metrics: which scores are wanted by name, those of the task's kind and those that installed packages measure."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, cast

from autogpt.core.errors import AutoGPTError, UsageError
from autogpt.core.schema import JsonValue
from autogpt.studio import plugins
from autogpt.studio.kind import Loaded, kind_of
from autogpt.studio.report import OnAdvance, Scores

if TYPE_CHECKING:
    from datasets import Dataset

_OTHER_NAMES = {"f1_score": "f1", "micro_f1": "f1", "macro_f1": "f1_macro", "weighted_f1": "f1_weighted"}
_FEW = 2
"""Rows that are enough to find out which scores there are."""


class Metric(Protocol):
    """A score of a plug-in (entry point `autogpt.studio.metrics`).

    answers: what the model says to each row, as `predict` gives it. rows: the rows, with the right answers in them.
    Returns one finite number; higher is better.
    """

    def __call__(self, answers: Sequence[JsonValue], rows: "Dataset") -> float: ...


def scored(
    loaded: Loaded,
    rows: "Dataset",
    batch: int = 32,
    on_advance: OnAdvance = lambda _: None,
    *,
    metrics: Sequence[str] = (),
    main: str = "",
) -> Scores:
    """How good the model's answers on these rows are.

    metrics: the scores that are wanted, by name; none: all of the task's kind. main: the one that decides; "": the
    kind's own, or the first of `metrics`. Where the kind and a plug-in have one name, the kind's is meant.
    Raises UsageError for a metric that nobody knows, and AutoGPTError for a plug-in's that fails.
    """
    kind = kind_of(loaded.checkpoint.task)
    asked = [*dict.fromkeys((*metrics, *((main,) if main else ())))]
    if asked and len(rows) > 20 * _FEW:  # a wrong name is told before hours of asking
        _check(asked, named(kind.score(loaded, rows.select(range(_FEW)), batch)), loaded)
    own = kind.score(loaded, rows, batch, on_advance)
    if not asked:
        return own
    values = named(own)
    _check(asked, values, loaded)
    answers: list[JsonValue] | None = None
    for name in asked:
        if _own(name) not in values:
            if answers is None:
                answers = kind.predict(loaded, rows, batch)
            values[name] = _measured(name, answers, rows)
    kept = {name: values[_own(name)] for name in asked} if metrics else {**own.values, main: values[_own(main)]}
    return own.model_copy(update={"values": kept, "main": main or (own.main if own.main in kept else asked[0])})


def named(scores: Scores) -> dict[str, float]:
    """All scores of a task's kind by name, with the averages over its labels."""
    averages = {row: found["f1"] for row, found in scores.per_label.items() if row.endswith(" avg")}
    values = dict(scores.values)
    values |= {f"f1_{row.removesuffix(' avg')}": value for row, value in averages.items()}
    if averages:
        values.setdefault("f1", averages.get("macro avg", 0.0))
    return values


def _own(name: str) -> str:
    return _OTHER_NAMES.get(name, name)


def _check(asked: Sequence[str], values: dict[str, float], loaded: Loaded) -> None:
    there = plugins.offered(plugins.METRICS)
    if unknown := [name for name in asked if _own(name) not in values and name not in there]:
        known = ", ".join((*values, *(name for name in there if name not in values)))
        raise UsageError(f"there is no metric {unknown[0]!r} for {loaded.checkpoint.task}; there are: {known}")


def _measured(name: str, answers: Sequence[JsonValue], rows: "Dataset") -> float:
    metric = cast(Metric, plugins.plug_in(plugins.METRICS, name))
    with plugins.blamed(plugins.METRICS, name):
        value = cast(object, metric(answers, rows))
        if not isinstance(value, int | float) and hasattr(value, "item"):  # a number of numpy or torch
            value = cast(object, value.item())  # pyright: ignore[reportAttributeAccessIssue]
    if not isinstance(value, int | float) or not math.isfinite(value):
        who = plugins.title(plugins.METRICS, name)
        raise AutoGPTError(f"the plug-in {who} returned {value!r} where one finite number is due")
    return float(value)
