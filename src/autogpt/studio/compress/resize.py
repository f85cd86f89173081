"""Resize: heads and inner neurons taken out of the layers of a BERT-like encoder, the residual stream left alone."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import nn

from autogpt.core.errors import UsageError
from autogpt.core.schema import JsonValue

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def blocks(network: "PreTrainedModel") -> nn.ModuleList:
    """The encoder's layers. Raises UsageError for networks that are not built like BERT."""
    layers = getattr(getattr(network.base_model, "encoder", None), "layer", None)
    if not isinstance(layers, nn.ModuleList) or not all(_is_bert(layer) for layer in layers):
        raise UsageError(
            f"{type(network).__name__} cannot be pruned: heads and neurons are cut out of layers built like BERT's "
            "(BERT, RoBERTa, XLM-RoBERTa, ELECTRA); quantise it instead"
        )
    return layers


def keep_heads(layer: nn.Module, heads: Sequence[int]) -> None:
    """Keep only these heads of a layer, numbered as they are now."""
    attention: Any = layer.attention
    width = attention.self.attention_head_size
    rows = torch.cat([torch.arange(head * width, (head + 1) * width) for head in heads])
    for name in ("query", "key", "value"):
        setattr(attention.self, name, _outputs(getattr(attention.self, name), rows))
    attention.output.dense = _inputs(attention.output.dense, rows)
    attention.self.num_attention_heads = len(heads)
    attention.self.all_head_size = len(heads) * width


def keep_neurons(layer: nn.Module, neurons: torch.Tensor) -> None:
    """Keep only these inner neurons of a layer's feed-forward part."""
    block: Any = layer
    block.intermediate.dense = _outputs(block.intermediate.dense, neurons)
    block.output.dense = _inputs(block.output.dense, neurons)


def keep_layers(network: "PreTrainedModel", layers: Sequence[int]) -> None:
    """Keep only these layers, in their order."""
    old = blocks(network)
    encoder: Any = cast(Any, network.base_model).encoder
    encoder.layer = nn.ModuleList([old[place] for place in layers])
    for place, layer in enumerate(encoder.layer):
        cast(Any, layer).attention.self.layer_idx = place
    network.config.num_hidden_layers = len(layers)


def sizes(network: "PreTrainedModel") -> list[dict[str, JsonValue]]:
    """What is left in each layer, as the checkpoint's card keeps it: `{"heads", "neurons"}`."""
    return [
        {
            "heads": cast(Any, layer).attention.self.num_attention_heads,
            "neurons": cast(Any, layer).intermediate.dense.out_features,
        }
        for layer in blocks(network)
    ]


def resize(network: "PreTrainedModel", layers: Sequence[Mapping[str, JsonValue]]) -> None:
    """Give a freshly made network the sizes of a pruned one; its weights are read afterwards.

    Raises UsageError if the card and the network do not fit together.
    """
    found = blocks(network)
    if len(found) != len(layers):
        raise UsageError(f"the card speaks of {len(layers)} layers, the network's config of {len(found)}")
    for layer, size in zip(found, layers, strict=True):
        heads, neurons = size.get("heads"), size.get("neurons")
        if not isinstance(heads, int) or not isinstance(neurons, int) or heads < 1 or neurons < 1:
            raise UsageError(f"the card gives a layer the size {dict(size)!r}; it takes 'heads' and 'neurons' over 0")
        part: Any = layer
        if heads > part.attention.self.num_attention_heads or neurons > part.intermediate.dense.out_features:
            raise UsageError(f"the card gives a layer the size {dict(size)!r}, more than its network's config has")
        keep_heads(layer, range(heads))
        keep_neurons(layer, torch.arange(neurons))


def _is_bert(layer: nn.Module) -> bool:
    try:
        part = cast(Any, layer)
        found = (part.attention.self.query, part.attention.output.dense, part.intermediate.dense, part.output.dense)
        return all(isinstance(linear, nn.Linear) for linear in found) and hasattr(part.attention.self, "scaling")
    except AttributeError:
        return False


def _outputs(linear: nn.Linear, rows: torch.Tensor) -> nn.Linear:
    """The layer with some of its outputs."""
    small = nn.Linear(linear.in_features, len(rows))
    with torch.no_grad():
        small.weight.copy_(linear.weight[rows])
        small.bias.copy_(linear.bias[rows])
    return small


def _inputs(linear: nn.Linear, columns: torch.Tensor) -> nn.Linear:
    """The layer with some of its inputs."""
    small = nn.Linear(len(columns), linear.out_features)
    with torch.no_grad():
        small.weight.copy_(linear.weight[:, columns])
        small.bias.copy_(linear.bias)
    return small
