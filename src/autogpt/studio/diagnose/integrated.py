"""Integrated gradients over token embeddings: how much each token adds to one logit, against padding alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import torch

if TYPE_CHECKING:
    from transformers import PreTrainedModel


_STEPS, _STEPS_LARGE, _LARGE = 1_024, 256, 200_000_000
"""Where it ends, and where for networks of so many parameters, which take too long. It is needed where the embedding
of padding is 0 and a norm divides by its length: near 0 the gradient changes at once."""


@dataclass(frozen=True)
class Integrated:
    """The values add up to logit - baseline, but for `missing`."""

    values: list[float]
    """Of each token, special ones too."""
    logit: float
    baseline: float
    """The logit for padding alone."""
    missing: float


def integrate(
    network: "PreTrainedModel",
    logit: Callable[[torch.Tensor], torch.Tensor],
    ids: torch.Tensor,
    spoken: Sequence[bool],
    pad: int,
    steps: int = 32,
    batch: int = 32,
) -> Integrated:
    """Sundararajan et al. 2017 (arXiv:1703.01365), by captum.

    logit: of ids (batch, tokens) gives (batch,). ids: (1, tokens). spoken: which tokens are text; in the baseline they
    are `pad`, the special ones stay. The number of steps is doubled until the sum is right to 2 % of the
    difference of the logits. batch: how many steps are computed at once.
    """
    from captum.attr import LayerIntegratedGradients

    empty = ids.clone()
    empty[0, [place for place, is_text in enumerate(spoken) if is_text]] = pad
    network.eval()
    with torch.no_grad():
        here, there = float(logit(ids)), float(logit(empty))
    explain: Any = LayerIntegratedGradients(logit, network.get_input_embeddings())

    def attribute(steps: int) -> torch.Tensor:
        found = explain.attribute(ids, baselines=empty, n_steps=steps, internal_batch_size=batch)
        return cast(torch.Tensor, found).sum(-1)[0].detach()

    values, missing = refined(attribute, here - there, steps, _most_steps(network))
    network.zero_grad()
    return Integrated(values.tolist(), here, there, missing)


def integrate_inputs(
    network: "PreTrainedModel",
    logit: Callable[[torch.Tensor], torch.Tensor],
    inputs: torch.Tensor,
    baseline: torch.Tensor,
    steps: int = 32,
    batch: int = 16,
) -> tuple[torch.Tensor, float, float, float]:
    """The same over numbers instead of tokens: pixels (1, 3, height, width), or vectors (1, tokens, width).

    logit: of inputs gives (batch,). What comes back: the values, shaped as the inputs without the first dimension, the
    logit, that of the baseline, and what is missing to their difference.
    """
    from captum.attr import IntegratedGradients

    network.eval()
    with torch.no_grad():
        here, there = float(logit(inputs)), float(logit(baseline))
    explain: Any = IntegratedGradients(logit)

    def attribute(steps: int) -> torch.Tensor:
        found = explain.attribute(inputs, baselines=baseline, n_steps=steps, internal_batch_size=batch)
        return cast(torch.Tensor, found)[0].detach()

    values, missing = refined(attribute, here - there, steps, _most_steps(network))
    network.zero_grad()
    return values, here, there, missing


def _most_steps(network: "PreTrainedModel") -> int:
    return _STEPS if network.num_parameters() < _LARGE else _STEPS_LARGE


def refined(
    attribute: Callable[[int], torch.Tensor], difference: float, steps: int, most: int
) -> tuple[torch.Tensor, float]:
    """Values by so many steps that they add up to the difference but for 2 % of it, and what is missing still.

    most: steps at which it ends.
    """
    while True:
        values = attribute(steps)
        missing = difference - float(values.sum())
        if abs(missing) <= 0.02 * max(abs(difference), 0.1) or steps >= most:
            return values, missing
        steps *= 2
