"""Rows with some tokens hidden, other ones in every epoch, yet the same whenever the epoch is repeated."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import torch

from autogpt.studio.rows import Row, Rows

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_SHARE = 0.15


class Hiding(Rows):
    """Rows whose labels are the hidden tokens, -100 elsewhere."""

    def __init__(self, rows: Rows, tokenizer: "PreTrainedTokenizerBase", seed: int) -> None:
        super().__init__([rows[at] for at in range(len(rows))], rows.cut, rows.left)
        self._special = torch.tensor(tokenizer.all_special_ids)
        self._mask = cast(int, tokenizer.mask_token_id)
        self._words = len(tokenizer)
        self._seed = seed
        self._epoch = 0

    def set_epoch(self, epoch: int) -> None:
        self._epoch = epoch

    def __getitem__(self, index: int) -> Row:
        dice = torch.Generator().manual_seed(((self._seed * 1_009 + self._epoch) * 10_000_019 + index) % 2**63)
        ids = torch.tensor(super().__getitem__(index)["input_ids"])
        plain = ~torch.isin(ids, self._special)
        chosen = (torch.rand(len(ids), generator=dice) < _SHARE) & plain
        if not chosen.any() and plain.any():  # a short row says something too
            places = plain.nonzero()[:, 0]
            chosen[places[int(torch.randint(len(places), (1,), generator=dice))]] = True
        labels = ids.masked_fill(~chosen, -100)
        fate = torch.rand(len(ids), generator=dice)
        ids = torch.where(chosen & (fate < 0.8), self._mask, ids)
        others = torch.randint(self._words, (len(ids),), generator=dice)
        ids = torch.where(chosen & (fate >= 0.9), others, ids)
        return {"input_ids": ids.tolist(), "labels": labels.tolist()}


def pad_labels(rows: Sequence[Row], longest: int) -> torch.Tensor:
    return torch.tensor([[*row["labels"], *[-100] * (longest - len(row["labels"]))] for row in rows])


def cross_entropy(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """The sum over hidden tokens. logits: (rows, tokens, words), labels: (rows, tokens)."""
    chosen = labels != -100
    return torch.nn.functional.cross_entropy(logits[chosen].float(), labels[chosen], reduction="sum")
