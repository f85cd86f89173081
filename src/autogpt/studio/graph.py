"""Graph: an encoder as an ONNX file, and such a file as a network that answers like the one it was made of."""

import copy
import inspect
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch
from torch import nn

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

OPSET = 17
"""The newest set of operators that the exporter below knows how to write for attention and layer norm."""


def inputs_of(network: nn.Module, tokenizer: "PreTrainedTokenizerBase") -> tuple[str, ...]:
    """Names of the tensors the network takes, in the order of its graph."""
    if isinstance(network, OnnxNetwork):
        return network.inputs
    taken = inspect.signature(network.forward).parameters
    return tuple(
        name
        for name in ("input_ids", "attention_mask", "token_type_ids")
        if name in taken and (name in tokenizer.model_input_names or name != "token_type_ids")
    )


def write_graph(network: "PreTrainedModel", tokenizer: "PreTrainedTokenizerBase", file: Path) -> tuple[str, ...]:
    """Write the network as ONNX: int64 inputs (rows, tokens), both free; output `logits`. Returns the inputs' names.

    It is traced with eager attention, whose steps ONNX Runtime recognises and fuses; the newer exporter of torch
    decomposes attention and GELU into pieces that stay apart, and its graphs answer more slowly.
    """
    plain = copy.deepcopy(network).eval()
    plain.set_attn_implementation("eager")
    names = inputs_of(plain, tokenizer)
    # Two rows of unequal length, so that no size is taken for a constant and the mask is no mere decoration.
    sample = tokenizer(["one row", "another, and a longer one"], padding=True, return_tensors="pt")
    axes = {name: {0: "rows", 1: "tokens"} for name in names}
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")  # the exporter's word on its age, and on constants of the tracer
        torch.onnx.export(
            _Named(plain, names),
            tuple(cast(torch.Tensor, sample[name]) for name in names),
            file,
            input_names=list(names),
            output_names=["logits"],
            dynamic_axes={**axes, "logits": {0: "rows", **({1: "tokens"} if _per_token(network) else {})}},
            opset_version=OPSET,
            dynamo=False,
        )
    return names


def write_pixel_graph(network: "PreTrainedModel", size: int, file: Path) -> None:
    """Write a network for images as ONNX: float32 input `pixel_values` (rows, 3, size, size), rows free; `logits`."""
    plain = copy.deepcopy(network).eval()
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")  # the exporter's word on its age
        torch.onnx.export(
            _Named(plain, ("pixel_values",)),
            (torch.zeros(2, 3, size, size),),
            file,
            input_names=["pixel_values"],
            output_names=["logits"],
            dynamic_axes={"pixel_values": {0: "rows"}, "logits": {0: "rows"}},
            opset_version=OPSET,
            dynamo=False,
        )


class OnnxNetwork(nn.Module):
    """A network whose logits ONNX Runtime computes. It answers; it has no weights to train or to look at.

    threads: of this network alone; 0: as many as torch uses.
    """

    def __init__(self, file: Path, config: Any, threads: int = 0) -> None:
        super().__init__()
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or torch.get_num_threads()
        options.inter_op_num_threads = 1
        # Threads that spin while they wait take the core from whoever else runs here; on a shared machine they made
        # two threads slower than one.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        self.inputs = tuple(node.name for node in self._session.get_inputs())
        self.config = config
        self.file = file

    @property
    def device(self) -> torch.device:
        return torch.device("cpu")

    def forward(self, **tensors: torch.Tensor) -> Any:
        """input_ids, attention_mask and what else the graph takes: int64 (rows, tokens); others are left alone."""
        from transformers.modeling_outputs import ModelOutput

        return ModelOutput(
            logits=torch.from_numpy(self.run({name: self._array(name, tensors) for name in self.inputs}))
        )

    @staticmethod
    def _array(name: str, tensors: Mapping[str, torch.Tensor]) -> "NDArray[np.int64]":
        # A tokenizer may leave out the types of a single text: all of them are 0.
        return (tensors[name] if name in tensors else torch.zeros_like(tensors["input_ids"])).numpy()

    def run(self, arrays: Mapping[str, "NDArray[np.int64]"]) -> "NDArray[np.float32]":
        """The logits: (rows, labels), or (rows, tokens, labels)."""
        return cast("NDArray[np.float32]", self._session.run(["logits"], dict(arrays))[0])


class _Named(nn.Module):
    """The tracer hands tensors over by position; networks take them by name."""

    def __init__(self, network: nn.Module, names: tuple[str, ...]) -> None:
        super().__init__()
        self._network = network
        self._names = names

    def forward(self, *tensors: torch.Tensor) -> torch.Tensor:
        return self._network(**dict(zip(self._names, tensors, strict=True))).logits


def _per_token(network: nn.Module) -> bool:
    return type(network).__name__.endswith(("ForTokenClassification", "ForMaskedLM"))
