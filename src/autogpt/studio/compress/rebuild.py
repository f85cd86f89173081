"""Rebuild: the network of a shrunk checkpoint, whose sizes or weights Hugging Face's own loader cannot know."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

import torch
from safetensors.torch import load_file
from torch import nn

from autogpt.core.errors import MissingExtra, UsageError
from autogpt.core.schema import JsonValue
from autogpt.studio.checkpoint import Checkpoint
from autogpt.studio.compress.resize import resize
from autogpt.studio.graph import OnnxNetwork

if TYPE_CHECKING:
    from transformers import PreTrainedModel

Form = Literal["onnx", "torch-int8", "torchao-int8", "torchao-int4"]
"""How the weights of a quantised checkpoint are kept: `shape["form"]` of its card."""

GRAPH = "model.onnx"
PACKED = "weights.pt"


def rebuild(folder: Path, checkpoint: Checkpoint) -> "PreTrainedModel":
    """The network in a checkpoint whose card has a `shape`, ready to answer.

    form "onnx": a graph that ONNX Runtime runs. Others: torch, with `layers` of their own sizes (pruned), and int8 or
    int4 weights if `form` says so.
    Raises UsageError for a folder that does not hold what its card says.
    """
    from transformers import AutoConfig

    form = checkpoint.shape.get("form")
    if form is not None and form not in get_args(Form):
        raise UsageError(f"{str(folder)!r} is of the form {form!r}, which this version cannot load")
    try:
        config = AutoConfig.from_pretrained(folder, local_files_only=True)
        if form == "onnx":
            return cast("PreTrainedModel", OnnxNetwork(_there(folder / GRAPH), config))
        network = _empty(checkpoint, config)
        if layers := checkpoint.shape.get("layers"):
            resize(network, cast("list[Mapping[str, JsonValue]]", layers))
        if form is None:
            network.load_state_dict(load_file(_there(folder / "model.safetensors")))
        else:
            network = pack(network, cast(Form, form))
            # weights_only: tensors and the names of quantised tensor classes, nothing that runs.
            network.load_state_dict(torch.load(_there(folder / PACKED), weights_only=True), assign=True)
    except (OSError, KeyError, RuntimeError, ValueError) as error:
        raise UsageError(f"{str(folder)!r} cannot be loaded: {' '.join(str(error).split())[:300]}") from error
    return network.eval()


def pack(network: "PreTrainedModel", form: Form) -> "PreTrainedModel":
    """The same network with the weights of its linear layers in 8 or 4 bits; the embeddings stay as they are."""
    match form:
        case "torch-int8":
            import warnings

            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # torch.ao tells everybody to move to torchao, which is slower here
                ao: Any = torch.ao.quantization  # deprecated as a whole
                packed = ao.quantize_dynamic(network, {nn.Linear}, dtype=torch.qint8)
            return cast("PreTrainedModel", packed)
        case "torchao-int8" | "torchao-int4":
            _with_torchao(network, form)
            return network
        case "onnx":
            raise ValueError("a graph is no torch network")


def _with_torchao(network: nn.Module, form: str) -> None:
    try:
        from torchao.quantization import (  # late: torchao takes seconds to import
            Int8WeightOnlyConfig,
            IntxWeightOnlyConfig,
            PerGroup,
            quantize_,
        )
    except ImportError:
        raise MissingExtra("weight-only int8 and int4 need torchao: pip install 'autogpt[studio]'") from None
    config: Any = (
        Int8WeightOnlyConfig()
        if form == "torchao-int8"
        else IntxWeightOnlyConfig(weight_dtype=cast(Any, torch).int4, granularity=PerGroup(32))
    )
    quantize_(network, config)


def _empty(checkpoint: Checkpoint, config: Any) -> "PreTrainedModel":
    from transformers import AutoModelForSequenceClassification, AutoModelForTokenClassification

    token_wise = checkpoint.task == "token-classification"
    auto: Any = AutoModelForTokenClassification if token_wise else AutoModelForSequenceClassification
    return cast("PreTrainedModel", auto.from_config(config))


def _there(path: Path) -> Path:
    if not path.is_file():
        raise UsageError(f"{str(path.parent)!r} has no {path.name}; the checkpoint is not whole")
    return path
