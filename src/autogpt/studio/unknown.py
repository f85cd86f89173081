"""Rows whose labels a model does not know: it can never answer them rightly, which is to be told, not averaged away."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, cast

from autogpt.core.errors import UsageError
from autogpt.locale import say

if TYPE_CHECKING:
    from datasets import Dataset

    from autogpt.studio.checkpoint import Checkpoint

_COLUMNS = {
    "text-classification": "label",
    "text-pair": "label",
    "image-classification": "label",
    "multi-label": "labels",
    "token-classification": "tags",
}
_TOLD = 8


def unknown_labels(task: str, labels: Sequence[str], rows: "Dataset") -> tuple[int, tuple[str, ...]]:
    """How many rows have a label that is not among these, and which labels those are (at most eight, in order).

    Raises UsageError if there is no row that the model knows all labels of.
    """
    column = _COLUMNS.get(task)
    if column is None or column not in rows.column_names or not len(rows):
        return 0, ()
    known, strange, count = set(labels), dict[str, None](), 0
    for value in cast("Iterable[str | Sequence[str]]", rows[column]):
        new = dict.fromkeys([value] if isinstance(value, str) else value)
        new = {label: None for label in new if label not in known}
        count += bool(new)
        strange |= new
    names = tuple(strange)[:_TOLD]
    if count == len(rows):
        raise UsageError(
            f"the model knows the labels of none of the {count} rows: they have {', '.join(names)}, it knows "
            f"{', '.join(labels[:_TOLD])}; give rows with its labels, or train a model on these"
        )
    return count, names


def all_known(checkpoint: "Checkpoint", *splits: "Dataset | None") -> None:
    """See that a checkpoint knows all labels of these rows. Raises UsageError with the first it does not know."""
    for rows in splits:
        count, names = (0, ()) if rows is None else unknown_labels(checkpoint.task, checkpoint.labels, rows)
        if count and rows is not None:
            raise UsageError(
                f"{count} of {len(rows)} rows have labels that {checkpoint.name!r} does not know "
                f"({', '.join(names)}); leave them out, or train a model on these"
            )


def forgotten(before: Sequence[str]) -> str:
    """What is told where a head had to be made anew, since the rows have other labels than it was for (`before`)."""
    return say(
        "the model it began from has a head for other labels ({labels}): it was made anew, and what it knew of these "
        "is forgotten",
        labels=", ".join(before[:_TOLD]),
    )
