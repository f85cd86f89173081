"""The trainer of language models: the vocabulary's logits only where they are needed, a shared beginning only once."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch

from autogpt.studio.rows import Collate, Row
from autogpt.studio.trainer import StudioTrainer

if TYPE_CHECKING:
    from torch import nn
    from transformers import PreTrainedTokenizerBase

_WORTH = 16
"""Shared tokens from which on a second pass through the network costs less than it saves."""


class LanguageTrainer(StudioTrainer):
    """Trains on tokens whose label is not -100; the gradient is that of the plain way, with less work.

    The head over the vocabulary is a fifth of the work of a small model, and most tokens of a chat are the prompt's:
    it is applied to the states that predict a labelled token. Rows that begin with the same tokens (a system prompt,
    a list of tools) share one pass over them, whose keys and values then serve every row.
    """

    def compute_loss(
        self,
        model: "nn.Module",
        inputs: dict[str, torch.Tensor | Any],
        return_outputs: bool = False,
        num_items_in_batch: torch.Tensor | int | None = None,
    ) -> Any:
        """Mean cross-entropy over the labelled tokens of an optimiser step, of all processes."""
        share = self.args.world_size == 1  # two passes before one backward confuse DistributedDataParallel
        outputs, targets = label_logits(model, inputs, share=share)
        loss = torch.nn.functional.cross_entropy(outputs.logits.float(), targets, reduction="sum")
        loss = loss / (num_items_in_batch if num_items_in_batch is not None else max(1, len(targets)))
        if num_items_in_batch is not None and self.args.average_tokens_across_devices:
            loss = loss * self.accelerator.num_processes
        return (loss, outputs) if return_outputs else loss


def label_logits(model: "nn.Module", inputs: Mapping[str, Any], *, share: bool = True) -> tuple[Any, torch.Tensor]:
    """The network's outputs, with logits (labelled tokens, vocabulary), and the labelled tokens' ids.

    inputs: input_ids, attention_mask and labels, each (rows, tokens), padded on the right; a token's logits come from
    the state before it. share: take what all rows begin with through the network once.
    """
    ids, mask, labels = inputs["input_ids"], inputs["attention_mask"], inputs["labels"]
    follows = torch.zeros_like(labels, dtype=torch.bool)
    follows[:, :-1] = labels[:, 1:] != -100  # states that predict a labelled token
    targets = labels[:, 1:][follows[:, :-1]]
    common = _common(ids, follows) if share and len(ids) > 1 else 0
    if common < _WORTH:
        return model(input_ids=ids, attention_mask=mask, logits_to_keep=follows, use_cache=False), targets
    first = model(input_ids=ids[:1, :common], logits_to_keep=1, use_cache=True)
    first.cache.batch_repeat_interleave(len(ids))
    outputs = model(
        input_ids=ids[:, common:],
        attention_mask=mask,
        cache=first.cache,
        logits_to_keep=follows[:, common:],
        use_cache=True,
    )
    return outputs, targets


def _common(ids: torch.Tensor, follows: torch.Tensor) -> int:
    """How many tokens all rows begin with, up to the first state that predicts a labelled token."""
    alike = (ids == ids[:1]).all(0) & ~follows.any(0)
    return int(alike.long().cumprod(0).sum())


def padded_labels(rows: Sequence[Row], longest: int) -> torch.Tensor:
    """Labels (rows, longest), -100 where a row has ended."""
    return torch.tensor([[*row["labels"], *[-100] * (longest - len(row["labels"]))] for row in rows])


def collate(tokenizer: "PreTrainedTokenizerBase") -> Collate:
    return Collate(tokenizer, padded_labels)
