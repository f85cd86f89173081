"""Integrated gradients over token embeddings: how much each token adds to one logit, against padding alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import torch

if TYPE_CHECKING:
    from transformers import PreTrainedModel


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
) -> Integrated:
    """Sundararajan et al. 2017 (arXiv:1703.01365), by captum.

    logit: of ids (batch, tokens) gives (batch,). ids: (1, tokens). spoken: which tokens are text; in the baseline they
    are `pad`, the special ones stay. The number of steps is doubled, up to 256, until the sum is right to 2 % of the
    difference of the logits.
    """
    from captum.attr import LayerIntegratedGradients

    empty = ids.clone()
    empty[0, [place for place, is_text in enumerate(spoken) if is_text]] = pad
    network.eval()
    with torch.no_grad():
        here, there = float(logit(ids)), float(logit(empty))
    explain: Any = LayerIntegratedGradients(logit, network.get_input_embeddings())
    while True:
        found = explain.attribute(ids, baselines=empty, n_steps=steps, internal_batch_size=32)
        values = cast(torch.Tensor, found).sum(-1)[0].detach()
        missing = here - there - float(values.sum())
        if abs(missing) <= 0.02 * max(abs(here - there), 0.1) or steps >= 256:
            break
        steps *= 2
    network.zero_grad()
    return Integrated(values.tolist(), here, there, missing)
