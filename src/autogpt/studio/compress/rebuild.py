"""Rebuild: the network of a shrunk checkpoint, whose sizes or weights Hugging Face's own loader cannot know."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, get_args

import torch
from safetensors.torch import load_file

from autogpt.core.errors import UsageError
from autogpt.core.schema import JsonValue
from autogpt.studio.checkpoint import Checkpoint
from autogpt.studio.compress.encoder import TASKS
from autogpt.studio.compress.pack import pack
from autogpt.studio.compress.resize import resize
from autogpt.studio.compress.schemes import Form
from autogpt.studio.compress.yardstick import LANGUAGE
from autogpt.studio.graph import OnnxNetwork
from autogpt.studio.network import tokenizer_of

if TYPE_CHECKING:
    from transformers import PreTrainedModel

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
        network = _empty(folder, checkpoint, config)
        if layers := checkpoint.shape.get("layers"):
            resize(network, cast("list[Mapping[str, JsonValue]]", layers))
        if form is None:
            network.load_state_dict(load_file(_there(folder / "model.safetensors")))
        else:
            network = pack(network, cast(Form, form), empty=True)
            # weights_only: tensors and the names of quantised tensor classes, nothing that runs.
            network.load_state_dict(torch.load(_there(folder / PACKED), weights_only=True), assign=True)
            if form != "torch-int8":  # there a shared head has weights of its own
                network.tie_weights()
    except (OSError, KeyError, RuntimeError, ValueError) as error:
        raise UsageError(f"{str(folder)!r} cannot be loaded: {' '.join(str(error).split())[:300]}") from error
    return network.eval()


def reader(folder: Path, checkpoint: Checkpoint) -> Any:
    """What turns inputs into numbers: a tokenizer, or for images their pixels."""
    if checkpoint.task == "image-classification":
        from autogpt.studio.kinds.pixels import Pixels

        return Pixels.read(folder)
    return tokenizer_of(folder, checkpoint.max_length)


def _empty(folder: Path, checkpoint: Checkpoint, config: Any) -> "PreTrainedModel":
    """The task's network with weights that mean nothing yet."""
    import transformers

    auto: Any = getattr(transformers, _AUTO[checkpoint.task])
    network = auto.from_config(config, dtype=torch.float32)
    if (folder / "generation_config.json").is_file():
        network.generation_config = transformers.GenerationConfig.from_pretrained(folder, local_files_only=True)
    return cast("PreTrainedModel", network)


_AUTO = {
    **dict.fromkeys((*TASKS, "reward"), "AutoModelForSequenceClassification"),
    "token-classification": "AutoModelForTokenClassification",
    "masked-lm": "AutoModelForMaskedLM",
    **dict.fromkeys(LANGUAGE, "AutoModelForCausalLM"),
    "seq2seq": "AutoModelForSeq2SeqLM",
    **dict.fromkeys(("embedding", "recommendation"), "AutoModel"),
    "image-classification": "AutoModelForImageClassification",
}
"""The class of transformers that makes a task's networks."""


def _there(path: Path) -> Path:
    if not path.is_file():
        raise UsageError(f"{str(path.parent)!r} has no {path.name}; the checkpoint is not whole")
    return path
