"""Asking a trained model: scores on rows whose answers are known, answers for inputs whose are not."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from pydantic import ValidationError

from autogpt.core.errors import UsageError
from autogpt.core.schema import JsonValue
from autogpt.studio.data.chat import to_messages
from autogpt.studio.data.columns import LISTS
from autogpt.studio.kind import Loaded, columns_of, kind_of, targets_of
from autogpt.studio.metrics import scored
from autogpt.studio.report import OnAdvance, Scores
from autogpt.studio.unknown import unknown_labels

if TYPE_CHECKING:
    from datasets import Dataset

_ASKED = {"reward": ("prompt", "answer")}
"""Where what is asked for has other columns than what is learned from."""


def evaluate(
    loaded: Loaded,
    rows: "Dataset",
    batch: int = 32,
    on_advance: OnAdvance = lambda _: None,
    *,
    metrics: Sequence[str] = (),
) -> Scores:
    """How good the model's answers on these rows are, by all scores of the task or by those named in `metrics`.

    Raises UsageError for no rows, rows without the task's columns or with no label that the model knows, a metric
    there is not, or scores that are no numbers.
    """
    task = loaded.checkpoint.task
    if not len(rows):
        raise UsageError("there are no rows to evaluate on")
    columns = columns_of(task)
    if missing := [column for column in columns if column not in rows.column_names]:
        raise UsageError(f"{task} is evaluated on rows with {', '.join(columns)}; {', '.join(missing)} is missing")
    count, names = unknown_labels(task, loaded.checkpoint.labels, rows)
    try:
        scores = scored(loaded, rows, batch, on_advance, metrics=metrics)
    except ValidationError as error:
        if any(fault["type"] != "finite_number" for fault in error.errors()):
            raise
        raise UsageError("the model answers with numbers that are not finite: the training went astray") from error
    return scores.model_copy(update={"unknown_rows": count, "unknown_labels": names}) if count else scores


def predict(loaded: Loaded, inputs: Sequence[Any], batch: int = 32) -> list[JsonValue]:
    """One answer for each input, in order: a text, or a mapping with the task's columns; for token classification also
    a list of words.

    Raises UsageError for an input the task cannot read.
    """
    from datasets import Dataset

    if not inputs:
        return []
    task = loaded.checkpoint.task
    columns = _ASKED.get(task) or tuple(column for column in columns_of(task) if column not in targets_of(task))
    rows = [_row(task, columns, item) for item in inputs]
    return kind_of(task).predict(loaded, Dataset.from_list(rows), batch)


def _row(task: str, columns: Sequence[str], item: Any) -> dict[str, Any]:
    if isinstance(item, Mapping):
        missing = [column for column in columns if column not in item]
        if missing == ["tokens"] and isinstance(item.get("text"), str):
            return _row(task, columns, item["text"])
        if missing and task != "embedding":
            raise UsageError(f"{task} reads {', '.join(columns)}; {', '.join(missing)} is missing in {str(item)[:80]}")
        return {column: _value(column, item[column]) for column in columns if column in item}
    if task == "token-classification":
        from autogpt.studio.kinds.pieces import split_words

        if isinstance(item, str):
            return {"tokens": split_words(str(_value("text", item)))}
        return {"tokens": _value("tokens", item)}
    if isinstance(item, str) and (len(columns) == 1 or task == "embedding"):
        return {columns[0]: _value("text", item)}
    raise UsageError(f"{task} reads {', '.join(columns)}, not {str(item)[:80]!r}; give a mapping with these names")


def _value(column: str, value: Any) -> str | list[str] | list[dict[str, str]]:
    """What stands in a column of a row to ask about. Raises UsageError for what a model cannot read."""
    match value:
        case str():
            try:
                value.encode()
            except UnicodeEncodeError:
                raise UsageError(f"the {column} holds bytes that are not UTF-8; give it as UTF-8") from None
            if column not in (*LISTS, "messages"):
                return value
        case list() if column in LISTS and all(isinstance(one, str) for one in cast(list[object], value)):
            return [str(_value("text", one)) for one in cast(list[str], value)]
        case list() if column == "messages":
            made = to_messages({"messages": cast(object, value)}, asking=True)
            if isinstance(made, str):
                raise UsageError(f"the messages cannot be read: {made}")
            return [{**message} for message in made]
        case _:
            pass
    wanted = "a list of texts" if column in LISTS else "a list of messages" if column == "messages" else "a text"
    raise UsageError(f"{column!r} is {wanted}, not {json.dumps(value, default=str)[:60]}")
