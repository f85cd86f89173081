"""The trainer of the encoders: transformers' own, with a repeatable order of rows and small checkpoints."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import torch
from safetensors.torch import load_file, save_file
from torch.utils.data import Sampler
from transformers import Trainer

from autogpt.studio.rows import LengthGrouped, Rows

if TYPE_CHECKING:
    from torch import nn

LossOf = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
"""Logits and labels to the sum of the losses over the labels that count (others are -100)."""

WEIGHTS = "trained.safetensors"


def learned(network: "nn.Module") -> dict[str, torch.Tensor]:
    """The tensors that training changes, by name: trainable parameters, and buffers such as running means."""
    weights = {name: value for name, value in network.named_parameters() if value.requires_grad}
    buffers = {name: value for name, value in network.named_buffers() if value.is_floating_point()}
    return {name: value.detach().contiguous() for name, value in {**weights, **buffers}.items()}


def restore(network: "nn.Module", weights: dict[str, torch.Tensor]) -> None:
    """Put back what `learned` gave."""
    places = {**dict(network.named_buffers()), **dict(network.named_parameters())}
    with torch.no_grad():
        for name, value in weights.items():
            places[name].copy_(value)


class StudioTrainer(Trainer):
    """Trainer over `Rows`. Its checkpoints hold the trained tensors only: a frozen body is on disk already."""

    def __init__(self, *args: Any, loss_of: LossOf | None = None, **more: Any) -> None:
        def mean_loss(outputs: Any, labels: torch.Tensor, num_items_in_batch: Any = None) -> torch.Tensor:
            assert loss_of is not None
            # The count spans all batches of an optimiser step, so that accumulation weighs rows, not batches.
            return loss_of(outputs["logits"], labels) / (num_items_in_batch or (labels != -100).sum())

        super().__init__(*args, compute_loss_func=mean_loss if loss_of else None, **more)

    def trial_loss(self, network: "nn.Module", inputs: dict[str, Any]) -> torch.Tensor:
        """The loss of one batch, as training computes it, to see what a step costs."""
        return cast(torch.Tensor, self.compute_loss(network, inputs))

    def _get_train_sampler(self, train_dataset: Any = None) -> Sampler[int]:
        rows = cast(Rows, self.train_dataset)
        batch = self.args.train_batch_size * self.args.world_size
        return LengthGrouped(rows.lengths, batch, self.args.seed, rows.set_epoch)

    def _save(self, output_dir: str | None = None, state_dict: dict[str, Any] | None = None) -> None:
        folder = Path(output_dir or cast(str, self.args.output_dir))
        folder.mkdir(parents=True, exist_ok=True)
        save_file(learned(cast("nn.Module", self.model)), folder / WEIGHTS)

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        restore(
            model if model is not None else cast("nn.Module", self.model),
            load_file(Path(resume_from_checkpoint) / WEIGHTS),
        )
