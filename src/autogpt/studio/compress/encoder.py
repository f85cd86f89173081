"""The encoders that can be shrunk: what compression asks of their kinds, and how their folders come into memory."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from autogpt.core.errors import UsageError
from autogpt.core.schema import JsonValue
from autogpt.studio.checkpoint import Checkpoint, read_checkpoint
from autogpt.studio.kind import Loaded, kind_of
from autogpt.studio.report import OnAdvance, Scores

if TYPE_CHECKING:
    import torch
    from datasets import Dataset

    from autogpt.studio.rows import Row, Rows

TASKS = ("text-classification", "multi-label", "text-pair", "token-classification")
"""Tasks whose networks are an encoder with one layer of logits on top."""


class EncoderKind(Protocol):
    """A kind whose networks turn token ids into logits."""

    def encode(self, loaded: Loaded, rows: "Dataset", max_length: int) -> "Rows": ...

    def predict(self, loaded: Loaded, rows: "Dataset", batch: int = 32) -> list[JsonValue]: ...

    def score(self, loaded: Loaded, rows: "Dataset", batch: int = 32, on_advance: OnAdvance = ...) -> Scores: ...


def encoder_kind(task: str) -> EncoderKind:
    """The kind of an encoder's task. Raises UsageError for a task of other networks."""
    if task not in TASKS:
        raise UsageError(f"a model for {task!r} is no encoder with labels; this works for {', '.join(TASKS)}")
    return cast(EncoderKind, kind_of(task))


def read_encoder(folder: Path) -> Loaded:
    """The encoder in a checkpoint folder whose weights are all there: neither quantised nor a graph.

    Raises UsageError for others, and for checkpoints of other tasks.
    """
    encoder_kind(read_checkpoint(folder).task)
    return read_whole(folder)


def read_whole(folder: Path) -> Loaded:
    """The model in a checkpoint folder whose weights are all there. Raises UsageError for one that is quantised."""
    from autogpt.studio.model import load

    be_whole(folder, read_checkpoint(folder))
    return load(folder)


def be_whole(folder: Path, checkpoint: Checkpoint) -> None:
    """Raises UsageError for a checkpoint that is quantised: its weights are not all there."""
    if form := checkpoint.shape.get("form"):
        raise UsageError(
            f"{str(folder)!r} is quantised already ({form}); begin from what it was made of, "
            f"{(checkpoint.parents or ('its parent',))[0]!r}"
        )


def gold(rows: "Sequence[Row]", longest: int) -> "torch.Tensor":
    """The labels of encoded rows: (rows,), (rows, labels), or (rows, longest) with -100 where no word begins."""
    import torch

    labels = [row["labels"] for row in rows]
    if isinstance(labels[0], int) or isinstance(labels[0][0], float):
        return torch.tensor(labels)
    return torch.tensor([[*row, *[-100] * (longest - len(row))] for row in labels])


def loss(logits: "torch.Tensor", labels: "torch.Tensor") -> "torch.Tensor":
    """Mean loss over the labels that count: a yes or no for each label where these are floats, else cross-entropy."""
    from torch.nn import functional

    if labels.is_floating_point():
        return functional.binary_cross_entropy_with_logits(logits, labels)
    return functional.cross_entropy(logits.flatten(0, -2), labels.flatten(), ignore_index=-100)


def free(target: Path) -> None:
    """See that a new checkpoint can be written there. Raises UsageError if something is."""
    if target.exists():
        raise UsageError(f"{str(target)!r} is there already; choose another name or remove it first")
    target.parent.mkdir(parents=True, exist_ok=True)


def child(parent: Checkpoint, name: str, shape: Mapping[str, JsonValue]) -> Checkpoint:
    """The card of a checkpoint made from another one."""
    return parent.model_copy(
        update={
            "name": name,
            "parents": (parent.name, *parent.parents),
            "shape": dict(shape),
            "scores": {},
            "files": {},
            "created": datetime.now(UTC),
        }
    )
