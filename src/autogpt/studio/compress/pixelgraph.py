"""Pixel graph: a network for images as an ONNX file, its convolutions and matrix products in int8."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from autogpt.core.schema import JsonValue
from autogpt.studio.graph import write_pixel_graph
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
        write_pixel_graph(cast(Any, before.network), cast(Any, before.tokenizer).size, plain)
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


class _Calibration:
    """Hands ONNX Runtime the images whose activations it looks at."""

    def __init__(self, loaded: Loaded, rows: "Dataset") -> None:
        self._feeds: Iterator[dict[str, Any]] = (
            {name: value.numpy() for name, value in batch.items()} for batch in pixel_batches(loaded, rows, 8)
        )

    def get_next(self) -> dict[str, Any] | None:
        return next(self._feeds, None)
