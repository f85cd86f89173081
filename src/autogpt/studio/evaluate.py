"""Asking a trained model: scores on rows whose answers are known, answers for inputs whose are not."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from autogpt.core.errors import UsageError
from autogpt.core.schema import JsonValue
from autogpt.studio.kind import Loaded, kind_of
from autogpt.studio.report import OnAdvance, Scores
from autogpt.studio.tasks import COLUMNS
from autogpt.studio.unknown import unknown_labels

if TYPE_CHECKING:
    from datasets import Dataset

_ANSWERS = {"label", "labels", "tags", "target", "chosen", "rejected", "answer", "item"}
"""Columns a model is trained to fill in; they are not asked for."""
_ASKED = {"reward": ("prompt", "answer")}
"""Where what is asked for has other columns than what is learned from."""


def evaluate(loaded: Loaded, rows: "Dataset", batch: int = 32, on_advance: OnAdvance = lambda _: None) -> Scores:
    """How good the model's answers on these rows are.

    Raises UsageError for no rows, rows without the task's columns, or with no label that the model knows.
    """
    task = loaded.checkpoint.task
    if not len(rows):
        raise UsageError("there are no rows to evaluate on")
    if missing := [column for column in COLUMNS.get(task, ()) if column not in rows.column_names]:
        raise UsageError(
            f"{task} is evaluated on rows with {', '.join(COLUMNS[task])}; {', '.join(missing)} is missing"
        )
    count, names = unknown_labels(task, loaded.checkpoint.labels, rows)
    scores = kind_of(task).score(loaded, rows, batch, on_advance)
    return scores.model_copy(update={"unknown_rows": count, "unknown_labels": names}) if count else scores


def predict(loaded: Loaded, inputs: Sequence[Any], batch: int = 32) -> list[JsonValue]:
    """One answer for each input, in order: a text, or a mapping with the task's columns; for token classification also
    a list of words.

    Raises UsageError for an input the task cannot read.
    """
    from datasets import Dataset

    if not inputs:
        return []
    rows = [_row(loaded.checkpoint.task, item) for item in inputs]
    return kind_of(loaded.checkpoint.task).predict(loaded, Dataset.from_list(rows), batch)


def _row(task: str, item: Any) -> dict[str, Any]:
    columns = _ASKED.get(task) or [column for column in COLUMNS.get(task, ("text",)) if column not in _ANSWERS]
    if isinstance(item, Mapping):
        missing = [column for column in columns if column not in item]
        if missing == ["tokens"] and isinstance(item.get("text"), str):
            return _row(task, item["text"])
        if missing and task != "embedding":
            raise UsageError(f"{task} reads {', '.join(columns)}; {', '.join(missing)} is missing in {str(item)[:80]}")
        return {column: item[column] for column in columns if column in item}
    if task == "token-classification":
        from autogpt.studio.kinds.pieces import split_words

        return {"tokens": split_words(item) if isinstance(item, str) else [str(word) for word in item]}
    if isinstance(item, str) and (len(columns) == 1 or task == "embedding"):
        return {columns[0]: item}
    raise UsageError(f"{task} reads {', '.join(columns)}, not {str(item)[:80]!r}; give a mapping with these names")
