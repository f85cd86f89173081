"""Makes a pruned network one that transformers' own classes can hold: what was cut out is filled up with zeros."""

import copy
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import torch

from autogpt.core.schema import JsonValue

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def filled_up(network: "PreTrainedModel", layers: Sequence[Mapping[str, JsonValue]]) -> "PreTrainedModel":
    """The same network with layers of one width: the heads that its config speaks of, and the inner neurons of the
    widest layer.

    A head whose values are zero, and a neuron that nothing listens to, change no answer: what comes out of either is
    multiplied with zeros. They take room and time again; layers that were taken out stay out.
    layers: the sizes of each, as the checkpoint's card has them.
    """
    config = copy.deepcopy(network.config)
    config.intermediate_size = max(cast(int, layer["neurons"]) for layer in layers)
    full = type(network)(config)
    weights, small = full.state_dict(), network.state_dict()
    with torch.no_grad():
        for name, weight in small.items():
            if name not in weights:  # which heads of MPNet these are
                continue
            room = torch.zeros_like(weights[name])
            part, _, own = name.rpartition(".attn.")
            heads = small.get(f"{part}.attn.heads")
            if heads is None or own == "o.bias":
                # What stayed lies first in every layer: the kept heads, then the kept neurons, in their order.
                room[tuple(slice(size) for size in weight.shape)] = weight
            else:  # MPNet's have to be where they were, for the columns of the bias that all layers share
                room.index_copy_(1 if own == "o.weight" else 0, _rows(heads, full.config), weight)
            weights[name] = room
    full.load_state_dict(weights)
    return full.eval()


def _rows(heads: torch.Tensor, config: Any) -> torch.Tensor:
    """The places of the heads' numbers among those of all heads."""
    width = config.hidden_size // config.num_attention_heads
    return (heads[:, None] * width + torch.arange(width)).flatten()
