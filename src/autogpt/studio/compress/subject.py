"""Subjects: what a network that is made smaller is taught, by its task, and how far it is from its teacher."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, cast

import torch
from torch import nn
from torch.nn import functional

from autogpt.core.errors import UsageError
from autogpt.studio.compress.encoder import TASKS, encoder_kind, gold, loss
from autogpt.studio.kind import Loaded
from autogpt.studio.rows import Collate, Row, Rows

if TYPE_CHECKING:
    from datasets import Dataset

Batch = dict[str, torch.Tensor]
LEARNERS = (*TASKS, "causal-lm", "sft", "embedding")
"""Tasks whose networks can be pruned and distilled."""


@dataclass(frozen=True)
class Said:
    """What a network makes of a batch."""

    loss: torch.Tensor
    """Mean, of what the labels say."""
    logits: torch.Tensor
    """(answers, choices), of the places that count."""
    each: bool = False
    """Whether every choice is a yes or no of its own."""
    hidden: tuple[torch.Tensor, ...] = ()
    """States after the embeddings and after each layer, where they were asked for and can be compared."""


class Subject(Protocol):
    """What is taught. Stateless."""

    def rows(self, loaded: Loaded, rows: "Dataset") -> Rows:
        """Rows as tokens, with labels."""
        ...

    def collate(self, loaded: Loaded) -> Callable[[Sequence[Row]], Batch]:
        """How such rows become a batch."""
        ...

    def ask(self, network: nn.Module, batch: Batch, *, hidden: bool = False) -> Said:
        """The network's word on a batch."""
        ...


def subject(task: str) -> Subject:
    """The subject of a task. Raises UsageError for one whose networks can be quantised alone."""
    if task in TASKS:
        return _Labels(task)
    found: Mapping[str, Subject] = {"causal-lm": _Texts(), "sft": _Texts(), "embedding": _Pairs()}
    if task not in found:
        raise UsageError(
            f"a model for {task!r} cannot be pruned or distilled, but quantised; this works for {', '.join(LEARNERS)}"
        )
    return found[task]


@dataclass(frozen=True)
class _Labels:
    task: str

    def rows(self, loaded: Loaded, rows: "Dataset") -> Rows:
        return encoder_kind(self.task).encode(loaded, rows, loaded.checkpoint.max_length)

    def collate(self, loaded: Loaded) -> Callable[[Sequence[Row]], Batch]:
        return Collate(loaded.tokenizer, gold)

    def ask(self, network: nn.Module, batch: Batch, *, hidden: bool = False) -> Said:
        labels = batch["labels"]
        inputs = {name: value for name, value in batch.items() if name != "labels"}
        out: Any = network(**inputs, output_hidden_states=hidden)
        each = labels.is_floating_point()
        # In tokens of which none begins a word nobody asks for an answer.
        counts = torch.ones(labels.shape[:1], dtype=torch.bool) if each else labels != -100
        states = tuple(out.hidden_states) if hidden else ()
        return Said(loss(out.logits, labels), out.logits[counts], each, states)


class _Texts:
    """The next token. States are not compared; see `Lessons.of`, which refuses it."""

    def rows(self, loaded: Loaded, rows: "Dataset") -> Rows:
        from autogpt.studio.compress.yardstick import text_rows

        return text_rows(loaded, rows)

    def collate(self, loaded: Loaded) -> Callable[[Sequence[Row]], Batch]:
        from autogpt.studio.lm.trainer import collate

        return collate(loaded.tokenizer)

    def ask(self, network: nn.Module, batch: Batch, *, hidden: bool = False) -> Said:
        from autogpt.studio.lm.trainer import label_logits

        # Not shared: what two passes leave in between hides from those that watch the layers.
        out, targets = label_logits(network, batch, share=False)
        logits = out.logits.reshape(-1, out.logits.shape[-1])
        return Said(functional.cross_entropy(logits, targets), logits)


class _Pairs:
    """Each text finds its pair among those of the batch, as in training; both sides are one batch, firsts first."""

    def rows(self, loaded: Loaded, rows: "Dataset") -> Rows:
        tokenizer = cast(Any, loaded.tokenizer)
        most = loaded.checkpoint.max_length
        sides = [
            tokenizer(list(rows[column]), truncation=True, max_length=most)["input_ids"]
            for column in ("text", "text_pair")
        ]
        return Rows([{"input_ids": one, "pair_ids": other} for one, other in zip(*sides, strict=True)])

    def collate(self, loaded: Loaded) -> Callable[[Sequence[Row]], Batch]:
        from autogpt.studio.contrast import Pairs, Side

        return Pairs(Side(loaded.tokenizer))

    def ask(self, network: nn.Module, batch: Batch, *, hidden: bool = False) -> Said:
        out: Any = network(**batch, output_hidden_states=hidden)
        mask = batch["attention_mask"][..., None].to(out.last_hidden_state.dtype)
        vectors = functional.normalize((out.last_hidden_state * mask).sum(1) / mask.sum(1), dim=-1)
        from autogpt.studio.contrast import contrast

        firsts, seconds = vectors.chunk(2)
        states = tuple(out.hidden_states) if hidden else ()
        return Said(contrast(vectors, batch["input_ids"], _SHARP), firsts @ seconds.T / _SHARP, hidden=states)


_SHARP = 0.05
"""How sharply likeness is judged, as in training."""
