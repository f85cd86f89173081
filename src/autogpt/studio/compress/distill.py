"""Distil: a student of fewer and narrower layers learns to answer like its teacher."""

import copy
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import torch
from pydantic import Field

from autogpt.core.errors import UsageError
from autogpt.core.schema import JsonValue, Value
from autogpt.studio.checkpoint import read_checkpoint
from autogpt.studio.compress.bookmark import Bookmark, identity
from autogpt.studio.compress.encoder import child, free, read_whole
from autogpt.studio.compress.importance import most_turning
from autogpt.studio.compress.prune import Cut, Share, finish
from autogpt.studio.compress.resize import (
    blocks,
    heads_of,
    is_llama,
    keep_heads,
    keep_layers,
    keep_neurons,
    outputs_of,
    settle,
    sizes,
)
from autogpt.studio.compress.shrunk import Shrunk
from autogpt.studio.compress.subject import subject
from autogpt.studio.compress.teach import Lessons, teach
from autogpt.studio.kind import Loaded
from autogpt.studio.report import OnAdvance
from autogpt.studio.unknown import all_known

if TYPE_CHECKING:
    from datasets import Dataset
    from transformers import PreTrainedModel


LESSONS = Lessons(epochs=6, learning_rate=2e-4)
"""What a student is taught by: it has more to learn than a pruned network has to recover."""


class Student(Value):
    """The sizes of a student."""

    layers: Annotated[int, Field(ge=1)] | None = None
    """None: as many of the teacher's as `depth` says."""
    depth: Share = 0.5
    """Share of the teacher's layers, where `layers` does not say how many."""
    heads: Annotated[int, Field(ge=1)] | None = None
    """Attention heads of a layer; None: as many as the teacher's."""
    neurons: Annotated[int, Field(ge=1)] | None = None
    """Inner neurons of a layer; None: as many as the teacher's."""

    def layers_of(self, whole: int) -> int:
        """How many layers the student of a teacher with so many has."""
        return self.layers or max(1, int(whole * self.depth))

    def of(self, teacher: "PreTrainedModel") -> "Student":
        """The same, with what was not given as it was measured best for a teacher that is built like this one."""
        if not is_llama(blocks(teacher)[0]):
            return self
        return _DECODER.model_copy(update={name: getattr(self, name) for name in self.model_fields_set})

    def fits(self, teacher: Sequence[Mapping[str, JsonValue]]) -> None:
        """Raises UsageError for a student that is larger than its teacher, of whose layers the `sizes` are given."""
        layers = self.layers_of(len(teacher))
        if layers > len(teacher):
            raise UsageError(f"the teacher has {len(teacher)} layers; a student of {layers} is no smaller")
        copied = [teacher[place] for place in evenly(len(teacher), layers)]
        heads, neurons = (min(int(str(size[name])) for size in copied) for name in ("heads", "neurons"))
        if self.heads is not None and self.heads > heads:
            raise UsageError(f"the teacher's layers have {heads} heads; a student with {self.heads} is no smaller")
        if self.neurons is not None and self.neurons > neurons:
            raise UsageError(
                f"the teacher's layers have {neurons} inner neurons; a student with {self.neurons} is no smaller"
            )


_DECODER = Student(depth=0.7)
"""Of half of its layers a language model does not recover in minutes (benchmarks/results/studio/shrink_lm.md)."""


class Copied(Value):
    """The teacher's layers that a student begins with."""

    layers: tuple[int, ...]


def distill(
    folder: Path,
    target: Path,
    *,
    train: "Dataset",
    rows: "Dataset",
    student: Student | None = None,
    lessons: Lessons | None = None,
    seconds: float = 6.0,
    work: Path | None = None,
    on_advance: OnAdvance = lambda _: None,
) -> Shrunk:
    """Teach a student the answers of the checkpoint in `folder`; it is written to the new folder `target`.

    It begins with layers of the teacher at equal distances, the last among them (Sanh et al. 2019, arXiv:1910.01108);
    of a decoder with those that turn the state the most (see `importance.most_turning`); and with the heads and neurons
    in them whose weights are largest. It learns the labels, the teacher's probabilities and, of an encoder, its hidden
    states.
    train: rows with labels. rows: held-out rows that quality and speed are told on.
    lessons: what is not given is as in `LESSONS`, and usual for the task. work: see `prune.prune`.
    Raises UsageError for a student that is larger than its teacher, or a teacher that is built neither like BERT or
    MPNet nor like Llama.
    """
    started = time.perf_counter()
    free(target)
    subject(read_checkpoint(folder).task)
    teacher = read_whole(folder)
    all_known(teacher.checkpoint, train, rows)
    student = (student or Student()).of(teacher.network)
    student.fits(sizes(teacher.network))
    usual = {name: getattr(LESSONS, name) for name in LESSONS.model_fields_set}
    lessons = (lessons or Lessons()).of(teacher.checkpoint.task, **usual)
    whole = len(blocks(teacher.network))
    bookmark = Bookmark()
    if work is not None:
        settings = student.model_dump(mode="json"), lessons.model_dump(mode="json")
        bookmark = Bookmark(work, identity(teacher.checkpoint, train, *settings))
    after = Loaded(copy.deepcopy(teacher.network), teacher.tokenizer, teacher.checkpoint)
    keep = student.layers_of(whole)
    matched = evenly(whole, keep)
    if is_llama(blocks(teacher.network)[0]) and keep < whole:
        judged = train.shuffle(seed=lessons.seed).select(range(min(len(train), Cut().judged_on)))
        found = bookmark.once(
            "copied", Copied, lambda: Copied(layers=tuple(most_turning(teacher, judged, keep, on_advance)))
        )
        matched = list(found.layers)
    keep_layers(after.network, matched)
    for layer in blocks(after.network):
        _narrow(layer, student)
    left = cast(list[JsonValue], sizes(after.network))
    shape = {**teacher.checkpoint.shape, **settle(after.network)}
    after.checkpoint = child(teacher.checkpoint, target.name, shape)
    losses = teach(after, train, lessons, teacher=teacher, matched=matched, bookmark=bookmark, on_advance=on_advance)
    extra: dict[str, JsonValue] = {
        "layers": left,
        "taught_by_layers": cast(JsonValue, matched),
        "epochs": lessons.epochs,
        "losses": list[JsonValue](losses),
    }
    return finish(teacher, after, target, rows, "distilled", started, seconds, on_advance, extra)


def evenly(layers: int, keep: int) -> list[int]:
    """Places at equal distances, the last among them.

    >>> evenly(6, 3), evenly(12, 4), evenly(6, 1)
    ([1, 3, 5], [2, 5, 8, 11], [5])
    """
    return [round((place + 1) * layers / keep) - 1 for place in range(keep)]


def _narrow(layer: torch.nn.Module, student: Student) -> None:
    heads, neurons = outputs_of(layer)
    if student.heads is not None:
        weight = heads.weight.detach()
        norms = weight.view(len(weight), heads_of(layer), -1).norm(dim=(0, 2))
        keep_heads(layer, _largest(norms, student.heads).tolist())
    if student.neurons is not None:
        norms = neurons.weight.detach().norm(dim=0)
        keep_neurons(layer, _largest(norms, student.neurons))


def _largest(norms: torch.Tensor, keep: int) -> torch.Tensor:
    return norms.topk(keep).indices.sort().values
