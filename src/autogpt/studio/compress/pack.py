"""Pack: the linear layers of a network in 8 or 4 bits."""

from typing import TYPE_CHECKING, Any, cast

import torch
from torch import nn

from autogpt.core.errors import MissingExtra, UsageError
from autogpt.studio.compress.int4linear import Int4Linear, fits
from autogpt.studio.compress.schemes import Form

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def pack(network: "PreTrainedModel", form: Form, *, empty: bool = False) -> "PreTrainedModel":
    """The same network with the weights of its linear layers in 8 or 4 bits; the embeddings stay as they are.

    A head that shares its weights with the embeddings stays in floats where only weights are quantised: apart they
    would take more room than together. empty: the weights are read afterwards.
    Raises UsageError for a network without linear layers that can be packed, MissingExtra without torchao.
    """
    match form:
        case "torch-int8":
            import warnings

            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # torch.ao tells everybody to move to torchao, which is slower here
                ao: Any = torch.ao.quantization  # deprecated as a whole
                packed = ao.quantize_dynamic(network, {nn.Linear}, dtype=torch.qint8)
            return cast("PreTrainedModel", packed)
        case "torchao-int8" | "torchao-int4" | "int4":
            _with_torchao(network, form, empty=empty)
            return network
        case "onnx":
            raise ValueError("a graph is no torch network")


def linears(network: nn.Module) -> dict[str, nn.Linear]:
    """The linear layers by name, but for those that share their weights with an embedding."""
    shared = {id(module.weight) for module in network.modules() if isinstance(module, nn.Embedding)}
    return {
        name: module
        for name, module in network.named_modules()
        if isinstance(module, nn.Linear) and id(module.weight) not in shared
    }


def check_worth(network: nn.Module, form: Form) -> None:
    """Raises UsageError if linear layers are less than half of the network's weights, embeddings left aside."""
    all_ = {id(one): one.numel() for one in network.parameters()}
    tables = {id(module.weight) for module in network.modules() if isinstance(module, nn.Embedding)}
    whole = sum(count for name, count in all_.items() if name not in tables)
    ours = sum(linear.weight.numel() for linear in linears(network).values())
    if form != "onnx" and ours < whole / 2:
        raise UsageError(
            f"only {ours:,} of {whole:,} weights of {type(network).__name__} are in linear layers, so int8 or int4 "
            "weights gain nothing here; choose 'onnx-static', which takes convolutions too"
        )
    if form == "int4" and not any(fits(linear) for linear in linears(network).values()):
        raise UsageError(
            f"no layer of {type(network).__name__} divides into groups of 32 inputs and 16 outputs, which int4 weights "
            "need; choose weights-int8"
        )


def _with_torchao(network: nn.Module, form: Form, *, empty: bool) -> None:
    try:
        from torchao.quantization import (  # late: torchao takes seconds to import
            Int8WeightOnlyConfig,
            IntxWeightOnlyConfig,
            PerGroup,
            quantize_,
        )
    except ImportError:
        raise MissingExtra("weight-only int8 and int4 need torchao: pip install 'autogpt[studio]'") from None
    if form == "torchao-int4":
        quantize_(network, IntxWeightOnlyConfig(weight_dtype=cast(Any, torch).int4, granularity=PerGroup(32)))
        return
    if form == "int4":
        for name, linear in linears(network).items():
            if fits(linear):
                parent, _, own = name.rpartition(".")
                small = Int4Linear(linear) if empty else Int4Linear.of(linear)
                setattr(network.get_submodule(parent), own, small)
    left = {id(linear) for linear in linears(network).values()}
    quantize_(network, Int8WeightOnlyConfig(), lambda module, _: id(module) in left)
