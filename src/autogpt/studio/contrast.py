"""Learning by contrast: each text must find its pair among those of the batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch.nn import functional

from autogpt.studio.rows import Collate, Row
from autogpt.studio.trainer import StudioTrainer

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


@dataclass(frozen=True)
class Side:
    """Token ids of texts to tensors."""

    tokenizer: "PreTrainedTokenizerBase"

    def __call__(self, texts: Sequence[list[int]]) -> dict[str, torch.Tensor]:
        return Collate(self.tokenizer)([{"input_ids": ids} for ids in texts])


@dataclass(frozen=True)
class Pairs:
    """Pairs to one batch: all first texts, then all second ones, so that one pass through the network does."""

    side: Side

    def __call__(self, rows: Sequence[Row]) -> dict[str, torch.Tensor]:
        return self.side([row["input_ids"] for row in rows] + [row["pair_ids"] for row in rows])


def mean_state(network: Any, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
    """The mean of the token states of each text, at length 1 (texts, width)."""
    states = network(**inputs).last_hidden_state
    mask = inputs["attention_mask"][..., None].to(states.dtype)
    return functional.normalize((states * mask).sum(1) / mask.sum(1), dim=-1)


def contrast(vectors: torch.Tensor, tokens: torch.Tensor, temperature: float) -> torch.Tensor:
    """The mean loss over both directions. vectors: (2 pairs, width), firsts then seconds; tokens: their padded ids."""
    firsts, seconds = vectors.chunk(2)
    logits = firsts @ seconds.T / temperature  # (pairs, pairs)
    own = torch.eye(len(logits), dtype=torch.bool, device=logits.device)
    # The same text twice in a batch is no wrong answer.
    for side in tokens.chunk(2):
        same = (side[:, None] == side[None]).all(-1)
        logits = logits.masked_fill(same & ~own, -1e4)
    target = torch.arange(len(logits), device=logits.device)
    return (functional.cross_entropy(logits, target) + functional.cross_entropy(logits.T, target)) / 2


class ContrastTrainer(StudioTrainer):
    """temperature: how sharply likeness is judged."""

    def __init__(self, *args: Any, temperature: float, **more: Any) -> None:
        super().__init__(*args, **more)
        self._temperature = temperature

    def compute_loss(
        self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        loss = contrast(mean_state(model, inputs), inputs["input_ids"], self._temperature)
        return (loss, None) if return_outputs else loss
