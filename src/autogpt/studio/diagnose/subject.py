"""Subject: the model that is looked into, with what is known of it; and which of many rows are looked at."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autogpt.studio.diagnose.section import Found
from autogpt.studio.kind import Loaded
from autogpt.studio.report import Scores

if TYPE_CHECKING:
    from datasets import Dataset

Question = Callable[[], Found]


@dataclass(frozen=True)
class Subject:
    loaded: Loaded
    rows: "Dataset"
    """Held-out."""
    train: "Dataset | None"
    other: Loaded | None
    """What it is held against."""
    examples: int
    """How many rows are looked at in detail."""
    scores: Scores
    whole: bool
    """Whether the weights are there to be looked at: it is neither quantised nor a graph."""


def spread(count: int, most: int) -> list[int]:
    """At most so many places of `count`, at even distances: rows are often sorted, so that the first ones mislead.

    >>> spread(3, 5), spread(10, 4)
    ([0, 1, 2], [0, 2, 5, 7])
    """
    return list(range(count)) if count <= most else [place * count // most for place in range(most)]


def answerable(loaded: Loaded, rows: "Dataset") -> "Dataset":
    """Rows whose labels or tags the model knows: it can be asked about others, but a loss on them there is none."""
    column = next((name for name in ("label", "labels", "tags") if name in rows.column_names), None)
    labels = set(loaded.checkpoint.labels)
    if column is None or not labels:
        return rows
    told = [{each} if isinstance(each, str) else set(each) for each in rows[column]]
    return rows.select([row for row, each in enumerate(told) if each <= labels])


def sampled(rows: "Dataset", most: int) -> "Dataset":
    """Rows at even distances, at most so many."""
    return rows.select(spread(len(rows), most))
