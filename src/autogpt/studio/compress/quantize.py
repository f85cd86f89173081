"""Quantise: a network's weights, and where it pays its activations, in 8 or 4 bits."""

import logging
import tempfile
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, assert_never, cast

import torch

from autogpt.core.schema import JsonValue
from autogpt.studio.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from autogpt.studio.compress.dynamic import FLOATS, bare, quantize_dynamically
from autogpt.studio.compress.encoder import child, encoder_kind, free, read_whole
from autogpt.studio.compress.int4linear import Int4Linear
from autogpt.studio.compress.pack import check_worth, linears, pack
from autogpt.studio.compress.rebuild import GRAPH, PACKED, rebuild
from autogpt.studio.compress.schemes import QuantMethod, check_calibration, form_of, method_for
from autogpt.studio.compress.shrunk import Shrunk, compare
from autogpt.studio.compress.yardstick import yardstick
from autogpt.studio.diagnose.subject import sampled
from autogpt.studio.graph import write_graph
from autogpt.studio.kind import Loaded
from autogpt.studio.report import Advance, OnAdvance
from autogpt.studio.rows import Collate, in_batches
from autogpt.studio.unknown import all_known

if TYPE_CHECKING:
    from datasets import Dataset


def quantize(
    folder: Path,
    method: QuantMethod | Literal[""],
    target: Path,
    *,
    rows: "Dataset",
    calibration: "Dataset | None" = None,
    aside: "Dataset | None" = None,
    seconds: float = 6.0,
    on_advance: OnAdvance = lambda _: None,
) -> Shrunk:
    """Quantise the checkpoint in `folder` into the new folder `target`; measure both on `rows`.

    method: see `schemes.QuantMethod`; empty: the fastest that the kind of model takes.
    rows: held-out rows with labels, which quality, speed and agreement are told on.
    calibration: rows whose activations set the ranges of "onnx-static"; not the held-out ones.
    aside: rows with labels, not the held-out ones either, on which "onnx-dynamic" chooses how much stays in float: as
    little as keeps the loss of quality under half a point. Best those that nobody learned from.
    seconds: how long each speed is measured.
    Raises UsageError for a method that this kind of model cannot take, a target that is there already, or missing
    calibration rows.
    """
    started = time.perf_counter()
    free(target)
    task = read_checkpoint(folder).task
    yardstick(task)
    method = method_for(task, method)
    check_calibration(method, given=calibration is not None)
    on_advance(Advance(stage="load"))
    before = read_whole(folder)
    all_known(before.checkpoint, rows, calibration, aside)
    check_worth(before.network, form_of(method))
    on_advance(Advance(stage="quantise"))
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as made:
        part = Path(made) / "checkpoint"
        part.mkdir()
        with _silent():
            said = _write(before, method, part, calibration, aside, on_advance)
        checkpoint = child(before.checkpoint, target.name, {**before.checkpoint.shape, "form": form_of(method)})
        _furnish(before, part, checkpoint)
        part.rename(target)
    after = Loaded(rebuild(target, checkpoint), before.tokenizer, checkpoint, target)
    shrunk = compare(
        before, after, rows, method=method, started=started, seconds=seconds, on_advance=on_advance, extra=said
    )
    scores = {f"eval/{name}": value for name, value in shrunk.after.values.items()}
    write_checkpoint(target, checkpoint.model_copy(update={"scores": scores}))
    return shrunk


def _write(
    before: Loaded,
    method: QuantMethod,
    part: Path,
    calibration: "Dataset | None",
    aside: "Dataset | None",
    on_advance: OnAdvance,
) -> dict[str, JsonValue]:
    """Write the quantised weights; say what was chosen."""
    match method:
        case "onnx-dynamic":
            return quantize_dynamically(before, part / GRAPH, aside, on_advance)
        case "onnx-static":
            assert calibration is not None
            if before.checkpoint.task == "image-classification":
                from autogpt.studio.compress.pixelgraph import quantize_pixels

                return quantize_pixels(before, part / GRAPH, calibration)
            return _static(before, part, calibration)
        case "torch-dynamic" | "weights-int8" | "weights-int4":
            import copy

            packed = pack(copy.deepcopy(before.network).eval(), form_of(method))
            torch.save(packed.state_dict(), part / PACKED)
            kept = sum(isinstance(module, Int4Linear) for module in packed.modules())
            layers = len(linears(before.network))
            return {"layers in int4": kept, "layers in int8": layers - kept} if method == "weights-int4" else {}
        case _:
            assert_never(method)


def _static(before: Loaded, part: Path, calibration: "Dataset") -> dict[str, JsonValue]:
    from onnxruntime.quantization import QuantFormat, QuantType, quantize_static

    with tempfile.TemporaryDirectory(dir=part.parent) as made:
        plain = Path(made) / "plain.onnx"
        names = write_graph(before.network, before.tokenizer, plain)
        quantize_static(
            bare(plain),
            part / GRAPH,
            cast(Any, _Calibration(before, calibration, names)),  # it is asked for get_next() alone
            quant_format=QuantFormat.QDQ,
            # Products of two activations (attention scores) lose most and are the smaller part of the work.
            op_types_to_quantize=["MatMul", "Gemm", "Gather"],
            nodes_to_exclude=_without_weights(plain),
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            extra_options=FLOATS,
        )
    return {"calibration rows": min(len(calibration), _CALIBRATION)}


@contextmanager
def _silent() -> Generator[None]:
    """Without the advice to pre-process a graph, which ONNX Runtime gives on the root logger each time."""
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)
    try:
        yield
    finally:
        root.setLevel(level)


class _Calibration:
    """Hands ONNX Runtime the rows whose activations it looks at."""

    def __init__(self, loaded: Loaded, rows: "Dataset", names: tuple[str, ...]) -> None:
        sample = sampled(rows, _CALIBRATION)
        kind = encoder_kind(loaded.checkpoint.task)
        encoded = kind.encode(loaded, sample, loaded.checkpoint.max_length)
        collate = Collate(loaded.tokenizer)
        self._feeds: Iterator[dict[str, Any]] = (
            {name: value.numpy() for name, value in batch.items() if name in names}
            for batch in (collate([encoded[place] for place in places]) for places in in_batches(encoded.lengths, 8))
        )

    def get_next(self) -> dict[str, Any] | None:
        return next(self._feeds, None)


_CALIBRATION = 200


def _without_weights(graph: Path) -> list[str]:
    """Names of the matrix products that have no weight."""
    import onnx

    found = onnx.load(graph).graph
    weights = {tensor.name for tensor in found.initializer}
    return [node.name for node in found.node if node.op_type == "MatMul" and not weights & set(node.input)]


def _furnish(before: Loaded, folder: Path, checkpoint: Checkpoint) -> None:
    """All but the weights: config, tokenizer, card."""
    before.network.config.save_pretrained(folder)
    if before.network.can_generate():
        cast(Any, before.network).generation_config.save_pretrained(folder)
    before.tokenizer.save_pretrained(folder)
    write_checkpoint(folder, checkpoint)
