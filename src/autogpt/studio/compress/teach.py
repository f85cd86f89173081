"""Teach: a smaller network learns from labels, and from what a larger one says of the same rows."""

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import torch
from pydantic import Field
from torch import nn
from torch.nn import functional

from autogpt.core.errors import UsageError
from autogpt.core.schema import Value
from autogpt.studio.compress.bookmark import Bookmark, Place
from autogpt.studio.compress.subject import Batch, Subject, subject
from autogpt.studio.compress.yardstick import LANGUAGE
from autogpt.studio.kind import Loaded
from autogpt.studio.report import Advance, OnAdvance
from autogpt.studio.rows import LengthGrouped

if TYPE_CHECKING:
    from datasets import Dataset


class Lessons(Value):
    """How a smaller network is taught. Rate and weight of the hidden states are what was best of an encoder's on rows
    that were not reported on (benchmarks/results/studio/shrink.md), those of language models were measured
    (shrink_lm.md), see `of`; the others were set by hand."""

    epochs: Annotated[int, Field(ge=0, le=1_000)] = 3
    batch: Annotated[int, Field(ge=1)] = 16
    learning_rate: Annotated[float, Field(gt=0)] = 4e-4
    soft: Annotated[float, Field(ge=0, le=1)] = 0.5
    """Share of the teacher's probabilities in the loss; the rest is the labels'. Without a teacher it is nothing."""
    temperature: Annotated[float, Field(gt=0)] = 2.0
    """Divides both networks' logits before they are compared (Hinton et al. 2015, arXiv:1503.02531)."""
    hidden: Annotated[float, Field(ge=0)] = 10.0
    """Weight of the distance between hidden states after matched layers (Jiao et al. 2020, arXiv:1909.10351). Of
    language models 0: compared by direction, they brought next to nothing (shrink_lm.md)."""
    weight_decay: Annotated[float, Field(ge=0)] = 0.01
    embeddings: bool = False
    """Whether the token embeddings learn, too."""
    seed: int = 0

    def of(self, task: str, **usual: Any) -> "Lessons":
        """The same, with what was not given as it is usual for the task or, before that, as `usual` says.

        Raises UsageError for a weight of states that this task's networks are not compared by.
        """
        if task in LANGUAGE and "hidden" in self.model_fields_set and self.hidden > 0:
            raise UsageError(
                f"the hidden states of a model for {task!r} are not compared, which brought next to nothing; "
                f"leave out 'hidden' = {self.hidden:g}, or give 0"
            )
        best = (_WRITING if task in LANGUAGE else Lessons()).model_copy(update=usual)
        return best.model_copy(update={name: getattr(self, name) for name in self.model_fields_set})


_WRITING = Lessons(batch=4, learning_rate=2e-4, hidden=0)
"""For networks that write."""


def teach(
    student: Loaded,
    rows: "Dataset",
    lessons: Lessons,
    *,
    teacher: Loaded | None = None,
    matched: Sequence[int] = (),
    after_step: Callable[[], None] = lambda: None,
    bookmark: Bookmark | None = None,
    on_advance: OnAdvance = lambda _: None,
) -> list[float]:
    """Train the student in place. Returns the mean loss of each epoch.

    matched: for each layer of the student the teacher's layer whose output it is to copy; empty: none.
    after_step: called after each step of the optimiser, such as to put pruned weights back to zero.
    bookmark: where it keeps, every now and then, what a call after a kill goes on from, to the very same weights.
    Raises UsageError if what was kept cannot be used, or nothing can be learned at this rate.
    """
    network, bookmark = student.network, bookmark or Bookmark()
    topic = subject(student.checkpoint.task)
    encoded, collate = topic.rows(student, rows), topic.collate(student)
    sampler = LengthGrouped(encoded.lengths, lessons.batch, lessons.seed)
    steps = math.ceil(len(encoded) / lessons.batch) * lessons.epochs
    embeddings = {id(parameter) for parameter in network.get_input_embeddings().parameters()}
    trained = {
        name: value for name, value in network.named_parameters() if lessons.embeddings or id(value) not in embeddings
    }
    optimizer = torch.optim.AdamW(trained.values(), lr=lessons.learning_rate, weight_decay=lessons.weight_decay)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, steps))
    torch.manual_seed(lessons.seed)
    parts = {"optimizer": optimizer, "schedule": schedule}
    place = bookmark.read(trained, parts)
    while place.epoch < lessons.epochs:
        sampler.set_epoch(place.epoch)
        network.train()
        order = list(sampler)
        while place.row < len(order):
            some = [encoded[at] for at in order[place.row : place.row + lessons.batch]]
            value = _loss(network, collate(some), lessons, teacher, matched, topic)
            optimizer.zero_grad()
            value.backward()
            nn.utils.clip_grad_norm_(trained.values(), 1.0)
            optimizer.step()
            schedule.step()
            after_step()
            place = _further(place, float(value.detach()), len(some), lessons)
            on_advance(Advance(stage="train", done=schedule.last_epoch, total=steps, loss=float(value.detach())))
            if bookmark.due:
                bookmark.write(place, trained, parts)
        place = Place(epoch=place.epoch + 1, losses=(*place.losses, place.total / len(order)))
        bookmark.write(place, trained, parts)
    network.eval()
    return list(place.losses)


def _further(place: Place, loss: float, rows: int, lessons: Lessons) -> Place:
    if not math.isfinite(loss):
        raise UsageError(
            f"in epoch {place.epoch + 1} the loss is no number any more; the learning rate {lessons.learning_rate:g} "
            "is too high for this network"
        )
    return place.model_copy(update={"row": place.row + rows, "total": place.total + loss * rows})


def _loss(
    network: nn.Module, batch: Batch, lessons: Lessons, teacher: Loaded | None, matched: Sequence[int], topic: Subject
) -> torch.Tensor:
    look = teacher is not None and bool(matched) and lessons.hidden > 0
    said = topic.ask(network, batch, hidden=look)
    if teacher is None:
        return said.loss
    with torch.no_grad():
        told = topic.ask(teacher.network, batch, hidden=look)
    soft = _soft(said.logits, told.logits, lessons.temperature, said.each)
    value = (1 - lessons.soft) * said.loss + lessons.soft * soft
    if said.hidden:
        mask = batch["attention_mask"].bool()
        apart = [
            functional.mse_loss(said.hidden[mine + 1][mask], told.hidden[theirs + 1][mask])
            for mine, theirs in enumerate(matched)
        ]
        value = value + lessons.hidden * torch.stack(apart).mean()
    return value


def _soft(said: torch.Tensor, told: torch.Tensor, temperature: float, each: bool) -> torch.Tensor:
    """How far what is said is from what was told, (rows, labels); scaled so that gradients keep their size.

    each: every label is a yes or no of its own.
    """
    if each:
        return functional.binary_cross_entropy_with_logits(said / temperature, (told / temperature).sigmoid()) * (
            temperature**2
        )
    return functional.kl_div(
        functional.log_softmax(said / temperature, -1),
        functional.log_softmax(told / temperature, -1),
        log_target=True,
        reduction="batchmean",
    ) * (temperature**2)


def _rate(step: int, steps: int) -> float:
    """Up over the first 6 %, then down to nothing."""
    warm = max(1, round(0.06 * steps))
    return step / warm if step < warm else max(0.0, (steps - step) / max(1, steps - warm))
