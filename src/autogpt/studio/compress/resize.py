"""Resize: heads and inner neurons cut out of layers like BERT's, MPNet's or Llama's, the residual stream left alone."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import nn

from autogpt.core.errors import UsageError
from autogpt.core.schema import JsonValue

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def blocks(network: "PreTrainedModel") -> nn.ModuleList:
    """The network's layers. Raises UsageError for networks that are built neither like BERT or MPNet nor like Llama."""
    body = network.base_model
    layers = getattr(getattr(body, "encoder", None), "layer", None) or getattr(body, "layers", None)
    kinds = (_is_bert, _is_mpnet, is_llama)
    if not isinstance(layers, nn.ModuleList) or not all(any(kind(layer) for kind in kinds) for layer in layers):
        raise UsageError(
            f"{type(network).__name__} cannot be pruned: heads and neurons are cut out of layers built like BERT's "
            "(BERT, RoBERTa, XLM-RoBERTa, ELECTRA, MPNet) or Llama's (Llama, Qwen2); quantise it instead"
        )
    return layers


def put_blocks(network: "PreTrainedModel", layers: Sequence[nn.Module]) -> None:
    """Give the network these layers, in their order. A decoder's config, which it counts them by, says so."""
    body: Any = network.base_model
    if not is_llama(layers[0]):
        body.encoder.layer = nn.ModuleList(layers)
        return
    body.layers = nn.ModuleList(layers)
    config: Any = network.config
    config.num_hidden_layers = len(layers)
    types = [getattr(cast(Any, layer).self_attn, "layer_type", None) for layer in layers]
    if all(types):  # of Qwen2, which may look at all before in one layer and at a window in the next
        config.layer_types = types
    for place, layer in enumerate(layers):
        cast(Any, layer).self_attn.layer_idx = place  # by which the memory of keys and values is told


def heads_of(layer: nn.Module) -> int:
    """How many heads can be cut; of a decoder, groups of heads that share keys and values."""
    part: Any = layer
    if is_llama(layer):
        return int(part.self_attn.k_proj.out_features // part.self_attn.head_dim)
    return int(_attention(layer).num_attention_heads)


def outputs_of(layer: nn.Module) -> tuple[nn.Linear, nn.Linear]:
    """The layers that heads and inner neurons go into."""
    part: Any = layer
    if is_llama(layer):
        return part.self_attn.o_proj, part.mlp.down_proj
    return part.attention.attn.o if _is_mpnet(layer) else part.attention.output.dense, part.output.dense


def keep_heads(layer: nn.Module, heads: Sequence[int]) -> None:
    """Keep only these heads of a layer, numbered as they are now."""
    if is_llama(layer):
        part: Any = cast(Any, layer).self_attn
        groups = part.num_key_value_groups
        few = _places(heads, part.head_dim)
        many = _places([head * groups + at for head in heads for at in range(groups)], part.head_dim)
        part.q_proj, part.o_proj = _outputs(part.q_proj, many), _inputs(part.o_proj, many)
        part.k_proj, part.v_proj = _outputs(part.k_proj, few), _outputs(part.v_proj, few)
        return
    part = _attention(layer)
    rows = _places(heads, part.attention_head_size)
    for name in "qkv" if _is_mpnet(layer) else ("query", "key", "value"):
        setattr(part, name, _outputs(getattr(part, name), rows))
    if _is_mpnet(layer):
        part.o = _inputs(part.o, rows)
        _share_bias(part, heads)
    else:
        cast(Any, layer).attention.output.dense = _inputs(cast(Any, layer).attention.output.dense, rows)
    part.num_attention_heads = len(heads)
    part.all_head_size = len(heads) * part.attention_head_size


def keep_neurons(layer: nn.Module, neurons: torch.Tensor) -> None:
    """Keep only these inner neurons of a layer's feed-forward part."""
    block: Any = layer
    if is_llama(layer):
        for name in ("gate_proj", "up_proj"):
            setattr(block.mlp, name, _outputs(getattr(block.mlp, name), neurons))
        block.mlp.down_proj = _inputs(block.mlp.down_proj, neurons)
        return
    block.intermediate.dense = _outputs(block.intermediate.dense, neurons)
    block.output.dense = _inputs(block.output.dense, neurons)


def keep_layers(network: "PreTrainedModel", layers: Sequence[int]) -> None:
    """Keep only these layers, in their order."""
    old = blocks(network)
    put_blocks(network, [old[place] for place in layers])
    if not is_llama(old[0]):
        for place, layer in enumerate(blocks(network)):
            _attention(layer).layer_idx = place
        network.config.num_hidden_layers = len(layers)


def settle(network: "PreTrainedModel") -> dict[str, JsonValue]:
    """Note the sizes: of a decoder, whose layers are all alike, in its config, so that every program can load it; of an
    encoder, in what is returned for the checkpoint's card."""
    found = sizes(network)
    if not is_llama(blocks(network)[0]):
        return {"layers": cast(JsonValue, found)}
    config, part = cast(Any, network.config), cast(Any, blocks(network)[0])
    config.head_dim = part.self_attn.head_dim
    config.num_key_value_heads = found[0]["heads"]
    config.num_attention_heads = part.self_attn.q_proj.out_features // config.head_dim
    config.intermediate_size = part.mlp.up_proj.out_features
    return {}


def sizes(network: "PreTrainedModel") -> list[dict[str, JsonValue]]:
    """What is left in each layer, as the checkpoint's card keeps it: `{"heads", "neurons"}`."""
    return [{"heads": heads_of(layer), "neurons": outputs_of(layer)[1].in_features} for layer in blocks(network)]


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
        if heads > heads_of(layer) or neurons > part.intermediate.dense.out_features:
            raise UsageError(f"the card gives a layer the size {dict(size)!r}, more than its network's config has")
        keep_heads(layer, range(heads))
        keep_neurons(layer, torch.arange(neurons))


def is_llama(layer: nn.Module) -> bool:
    """Whether a layer is built like Llama's, as Qwen2's are."""
    part = cast(Any, layer)
    try:
        found = [getattr(part.self_attn, f"{name}_proj") for name in "qkvo"]
        found += [getattr(part.mlp, f"{name}_proj") for name in ("gate", "up", "down")]
        return all(isinstance(linear, nn.Linear) for linear in found)
    except AttributeError:
        return False


def _is_bert(layer: nn.Module) -> bool:
    try:
        part = cast(Any, layer)
        found = (part.attention.self.query, part.attention.output.dense, part.intermediate.dense, part.output.dense)
        return all(isinstance(linear, nn.Linear) for linear in found) and hasattr(part.attention.self, "scaling")
    except AttributeError:
        return False


def _is_mpnet(layer: nn.Module) -> bool:
    try:
        part = cast(Any, layer)
        found = [*(getattr(part.attention.attn, name) for name in "qkvo"), part.intermediate.dense, part.output.dense]
        return all(isinstance(linear, nn.Linear) for linear in found)
    except AttributeError:
        return False


def _attention(layer: nn.Module) -> Any:
    """What counts the heads, in a layer like BERT's or MPNet's."""
    attention: Any = layer.attention
    return attention.attn if _is_mpnet(layer) else attention.self


def _share_bias(part: Any, heads: Sequence[int]) -> None:
    """Let an attention that lost heads go on with those columns of MPNet's position bias that are its own.

    All layers share the one bias, which has a column for each head there ever was. Which are here is a buffer,
    `heads`, so that it is written and read with the weights.
    """
    places = torch.tensor(heads, dtype=torch.long)
    if hasattr(part, "heads"):
        part.heads = part.heads[places]
        return
    part.register_buffer("heads", places)
    part.register_forward_pre_hook(_own_bias, with_kwargs=True)


def _own_bias(
    part: nn.Module, inputs: tuple[Any, ...], named: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    *others, bias = inputs  # (rows, heads, from, to), the same for each row
    return (*others, bias[:1, cast(Any, part).heads]), named


def _places(heads: Sequence[int], width: int) -> torch.Tensor:
    return torch.cat([torch.arange(head * width, (head + 1) * width) for head in heads])


def _outputs(linear: nn.Linear, rows: torch.Tensor) -> nn.Linear:
    """The layer with some of its outputs."""
    return _made(linear.weight[rows], None if _bias(linear) is None else linear.bias[rows])


def _inputs(linear: nn.Linear, columns: torch.Tensor) -> nn.Linear:
    """The layer with some of its inputs."""
    return _made(linear.weight[:, columns], _bias(linear))


def _bias(linear: nn.Linear) -> torch.Tensor | None:
    return cast("torch.Tensor | None", linear.bias)


def _made(weight: torch.Tensor, bias: torch.Tensor | None) -> nn.Linear:
    small = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None)
    with torch.no_grad():
        small.weight.copy_(weight)
        if bias is not None:
            small.bias.copy_(bias)
    return small
