"""Pixel graph: a network for images as an ONNX file, its convolutions and matrix products in int8."""

import copy
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import nn

from autogpt.core.schema import JsonValue
from autogpt.studio.graph import OPSET
from autogpt.studio.kind import Loaded
from autogpt.studio.kinds.image import pixel_batches

if TYPE_CHECKING:
    from datasets import Dataset

_CALIBRATION = 100
"""Images whose activations set the ranges."""


def quantize_pixels(before: Loaded, file: Path, calibration: "Dataset") -> dict[str, JsonValue]:
    """Write the network to `file` in int8, with activation ranges from the calibration images; says how many."""
    from onnxruntime.quantization import QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    rows = calibration.shuffle(seed=0).select(range(min(len(calibration), _CALIBRATION)))
    with tempfile.TemporaryDirectory(dir=file.parent.parent) as made:
        plain, folded = Path(made) / "plain.onnx", Path(made) / "folded.onnx"
        _write(before, plain)
        quant_pre_process(str(plain), str(folded), skip_symbolic_shape=True)  # norms are folded into convolutions
        quantize_static(
            folded,
            file,
            cast(Any, _Calibration(before, rows)),  # it is asked for get_next() alone
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
        )
    return {"calibration images": len(rows)}


def _write(before: Loaded, file: Path) -> None:
    """float32 `pixel_values` (rows, 3, size, size), rows free; output `logits`."""
    network = copy.deepcopy(before.network).eval()
    size = cast(Any, before.tokenizer).size
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")  # the exporter's word on its age
        torch.onnx.export(
            _Logits(network),
            (torch.zeros(2, 3, size, size),),
            file,
            input_names=["pixel_values"],
            output_names=["logits"],
            dynamic_axes={"pixel_values": {0: "rows"}, "logits": {0: "rows"}},
            opset_version=OPSET,
            dynamo=False,
        )


class _Logits(nn.Module):
    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self._network = network

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        return self._network(pixel_values=pixels).logits


class _Calibration:
    """Hands ONNX Runtime the images whose activations it looks at."""

    def __init__(self, loaded: Loaded, rows: "Dataset") -> None:
        self._feeds: Iterator[dict[str, Any]] = (
            {name: value.numpy() for name, value in batch.items()} for batch in pixel_batches(loaded, rows, 8)
        )

    def get_next(self) -> dict[str, Any] | None:
        return next(self._feeds, None)
