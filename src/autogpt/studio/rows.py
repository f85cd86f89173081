"""Encoded rows: what a trainer draws from, how rows become a batch, and in which order they come."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch.utils.data import Dataset, Sampler

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

Row = Mapping[str, Any]
"""input_ids and perhaps token_type_ids: list[int]; labels: int, list[int] or list[float], as the kind wants them."""


class Rows(Dataset[Row]):
    """Rows in memory. `cut` counts those that were longer than allowed and lost their end, `left` those that lost so
    much by it that they are not among them."""

    def __init__(self, rows: Sequence[Row], cut: int = 0, left: int = 0) -> None:
        self._rows = rows
        self.cut = cut
        self.left = left
        self.lengths = [len(row["input_ids"]) for row in rows]

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: int) -> Row:
        return self._rows[index]

    def set_epoch(self, epoch: int) -> None:
        """Told before each pass over the rows; some show themselves another way in each."""


@dataclass(frozen=True)
class Collate:
    """Rows to tensors (rows, longest): padded to the longest of the batch, not of the corpus."""

    tokenizer: "PreTrainedTokenizerBase"
    labels: Callable[[Sequence[Row], int], torch.Tensor] | None = None
    """labels(rows, longest): the tensor of labels."""

    def __call__(self, rows: Sequence[Row]) -> dict[str, torch.Tensor]:
        longest = max(len(row["input_ids"]) for row in rows)
        fill = {"input_ids": self.tokenizer.pad_token_id or 0, "token_type_ids": 0}
        batch = {
            name: torch.tensor([[*row[name], *[value] * (longest - len(row[name]))] for row in rows])
            for name, value in fill.items()
            if name in rows[0]
        }
        batch["attention_mask"] = torch.tensor(
            [[1] * len(row["input_ids"]) + [0] * (longest - len(row["input_ids"])) for row in rows]
        )
        if self.labels is not None:
            batch["labels"] = self.labels(rows, longest)
        return batch


class LengthGrouped(Sampler[int]):
    """Rows of like length side by side, in an order that depends on nothing but the seed and the epoch.

    So a training that was killed goes on with exactly the rows that were left. Rows are shuffled, sorted by length
    within groups of 50 batches, and the batches shuffled again: as random as it can be with hardly any padding.
    """

    def __init__(
        self, lengths: Sequence[int], batch: int, seed: int, on_epoch: Callable[[int], None] = lambda _: None
    ) -> None:
        self._lengths = lengths
        self._on_epoch = on_epoch
        self._batch = batch
        self._seed = seed
        self._epoch = 0

    def set_epoch(self, epoch: int) -> None:
        self._epoch = epoch
        self._on_epoch(epoch)

    def __len__(self) -> int:
        return len(self._lengths)

    def __iter__(self) -> Iterator[int]:
        dice = torch.Generator().manual_seed(self._seed * 100_003 + self._epoch)
        order = torch.randperm(len(self._lengths), generator=dice).tolist()
        group = 50 * self._batch
        batches: list[list[int]] = []
        for start in range(0, len(order), group):
            alike = sorted(order[start : start + group], key=lambda row: self._lengths[row])
            batches += [alike[at : at + self._batch] for at in range(0, len(alike), self._batch)]
        # Only the last batch may be short: samplers are cut into batches by count.
        short = [batch for batch in batches if len(batch) < self._batch]
        whole = [batch for batch in batches if len(batch) == self._batch]
        for number in torch.randperm(len(whole), generator=dice).tolist():
            yield from whole[number]
        for batch in short:
            yield from batch


def in_batches(lengths: Sequence[int], batch: int) -> Iterator[list[int]]:
    """Positions of rows in batches of like length, for prediction."""
    order = sorted(range(len(lengths)), key=lambda row: lengths[row])
    for start in range(0, len(order), batch):
        yield order[start : start + batch]
