"""Pairs of answers in training: how likely each is, and the losses that tell the better from the worse."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch.nn import functional

from autogpt.studio.lm.trainer import label_logits, padded_labels
from autogpt.studio.report import Advance, OnAdvance
from autogpt.studio.rows import Collate, Row, Rows, in_batches
from autogpt.studio.trainer import StudioTrainer

if TYPE_CHECKING:
    from torch import nn
    from transformers import PreTrainedTokenizerBase


@dataclass(frozen=True)
class PairCollate:
    """Pairs to tensors (2 * pairs, longest): all chosen answers, then all rejected ones in the same order."""

    tokenizer: "PreTrainedTokenizerBase"

    def __call__(self, rows: Sequence[Row]) -> dict[str, torch.Tensor]:
        sides: list[Row] = [{"input_ids": row["input_ids"], "labels": row["labels"]} for row in rows]
        sides += [{"input_ids": row["rejected_ids"], "labels": row["rejected_labels"]} for row in rows]
        batch = Collate(self.tokenizer, padded_labels)(sides)
        if "reference" in rows[0]:
            batch["reference"] = torch.tensor([row["reference"] for row in rows])
        return batch


class DpoTrainer(StudioTrainer):
    """The sigmoid loss of DPO over pairs that know their log-odds before training (`reference`)."""

    def __init__(self, *args: Any, beta: float, **more: Any) -> None:
        super().__init__(*args, **more)
        self._beta = beta
        self.model_accepts_loss_kwargs = False  # the mean of a batch, not of an optimiser step

    def compute_loss(
        self, model: "nn.Module", inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        """Mean over the pairs of -log sigmoid(beta * (log-odds now - log-odds before))."""
        reference = inputs.pop("reference")
        margins = odds_of(model, inputs, share=self.args.world_size == 1) - reference
        loss = -functional.logsigmoid(self._beta * margins).mean()
        return (loss, {"margins": margins}) if return_outputs else loss


class RewardTrainer(StudioTrainer):
    """The loss of Bradley and Terry: -log sigmoid(reward of the chosen - reward of the rejected)."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.model_accepts_loss_kwargs = False

    def compute_loss(
        self, model: "nn.Module", inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        outputs = model(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"])
        chosen, rejected = outputs.logits[:, 0].float().chunk(2)
        loss = -functional.logsigmoid(chosen - rejected).mean()
        return (loss, outputs) if return_outputs else loss


def with_reference(pairs: Rows, before: Any, tokenizer: "PreTrainedTokenizerBase", batch: int) -> Rows:
    """The pairs, each with its log-odds under the model from before training."""
    known = odds(before, tokenizer, pairs, batch)
    return Rows([{**pairs[at], "reference": one} for at, one in enumerate(known)], pairs.cut, pairs.left)


def odds(
    network: Any,
    tokenizer: "PreTrainedTokenizerBase",
    pairs: Rows,
    batch: int,
    on_advance: OnAdvance = lambda _: None,
) -> list[float]:
    """log p(chosen | prompt) - log p(rejected | prompt) of each pair, in nats."""
    found = [0.0] * len(pairs)
    collate, done = PairCollate(tokenizer), 0
    network.eval()
    for places in in_batches(pairs.lengths, batch):
        inputs = {name: value.to(network.device) for name, value in collate([pairs[at] for at in places]).items()}
        with torch.no_grad():
            for place, one in zip(places, odds_of(network, inputs).tolist(), strict=True):
                found[place] = one
        done += len(places)
        on_advance(Advance(stage="evaluate", done=done, total=len(pairs)))
    return found


def odds_of(network: Any, inputs: Mapping[str, Any], *, share: bool = True) -> torch.Tensor:
    """The same for one batch of `PairCollate`, with gradients: (pairs,)."""
    outputs, targets = label_logits(network, inputs, share=share)
    each = -functional.cross_entropy(outputs.logits.float(), targets, reduction="none")
    follows = inputs["labels"][:, 1:] != -100
    row = follows.nonzero()[:, 0]  # the row each labelled token stands in
    chosen, rejected = each.new_zeros(len(follows)).index_add(0, row, each).chunk(2)
    return chosen - rejected
