"""Makes a pruned network one that transformers' own classes can hold: what was cut out is filled up with zeros."""

import copy
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

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
    weights = full.state_dict()
    with torch.no_grad():
        for name, weight in network.state_dict().items():
            room = torch.zeros_like(weights[name])
            # What stayed lies first in every layer: the kept heads, then the kept neurons, in their order.
            room[tuple(slice(size) for size in weight.shape)] = weight
            weights[name] = room
    full.load_state_dict(weights)
    return full.eval()
