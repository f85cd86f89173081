"""Divergence: a training whose numbers have become none, ended with what to try and without a model that is no good."""

from typing import TYPE_CHECKING

from autogpt.core.errors import UsageError

if TYPE_CHECKING:
    from torch import nn


class TrainingDiverged(UsageError):
    """For the person: the loss or the weights are no longer numbers, so that going on teaches nothing."""

    step = total = 0
    """The step it was seen at, and how many there were to be."""
    rate = 0.0
    """The highest learning rate."""
    kept = 0
    """The step of the best weights before, which were put back; 0 if there are none."""


def diverged(step: int, total: int, rate: float) -> TrainingDiverged:
    """The error for a training that was seen to diverge at this step."""
    error = TrainingDiverged(
        f"the training diverged at step {step} of {total}: its numbers are none any more (NaN or infinite), so nothing "
        f"was saved. Try a lower learning rate than {rate:g} (--learning-rate {rate / 10:g}), --set precision=fp32, "
        "or to clip gradients more (--set max_grad_norm=0.3)"
    )
    error.step, error.total, error.rate = step, total, rate
    return error


def rescued(error: TrainingDiverged, name: str) -> TrainingDiverged:
    """The same error where the best weights before were saved as the checkpoint `name`."""
    return TrainingDiverged(
        f"the training diverged at step {error.step} of {error.total}: its numbers are none any more (NaN or "
        f"infinite). The best weights before, of step {error.kept}, are the checkpoint {name!r}. Try a lower learning "
        f"rate than {error.rate:g} (--learning-rate {error.rate / 10:g}), --set precision=fp32, or to clip gradients "
        "more (--set max_grad_norm=0.3)"
    )


def finite(network: "nn.Module") -> bool:
    """Whether all weights that are trained are numbers."""
    import torch

    return all(bool(torch.isfinite(weights).all()) for weights in network.parameters() if weights.requires_grad)
