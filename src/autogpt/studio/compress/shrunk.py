"""Shrunk: what a compression cost in quality and brought in size and speed, both networks on the same inputs."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import torch

from autogpt.core.schema import JsonValue, Value
from autogpt.studio.compress.encoder import encoder_kind
from autogpt.studio.graph import OnnxNetwork, inputs_of
from autogpt.studio.kind import Loaded
from autogpt.studio.report import Advance, OnAdvance, Scores
from autogpt.studio.rows import Collate

if TYPE_CHECKING:
    from datasets import Dataset

BATCHES = (1, 32)
"""Sizes of batch that speed is told for: one request, and bulk."""


class Speed(Value):
    """How long one batch takes, before and after; medians over real rows, the two measured in turns."""

    batch: int
    batches: int
    """How many batches each median is of."""
    tokens: float
    """Tokens in the middle one of these batches, padding included."""
    before_ms: float
    after_ms: float

    @property
    def ratio(self) -> float:
        """How many times faster."""
        return self.before_ms / self.after_ms


class Shrunk(Value):
    """What came of a compression."""

    method: str
    folder: Path
    before_bytes: int
    """Bytes of the weights on disk."""
    after_bytes: int
    before_parameters: int
    after_parameters: int
    """As many numbers as the network holds, of whatever width."""
    speeds: tuple[Speed, ...]
    threads: int
    before: Scores
    after: Scores
    agreement: float
    """Share of the rows that both answer alike."""
    seconds: float
    extra: Mapping[str, JsonValue] = {}

    @property
    def lost(self) -> float:
        """How much of the main score was lost; negative if it rose."""
        return self.before.best - self.after.best

    def table(self) -> str:
        """The figures as a Markdown table."""
        lines = [
            f"| {self.method}, n={self.before.rows}, threads: {self.threads} | before | after | ratio |",
            "|---|---|---|---|",
            f"| size, MB | {self.before_bytes / 1e6:.1f} | {self.after_bytes / 1e6:.1f} "
            f"| {_times(self.before_bytes / self.after_bytes, 'smaller', 'larger')} |",
            *(
                f"| batch {speed.batch}, {speed.tokens:.0f} tokens, ms | {speed.before_ms:.2f} | {speed.after_ms:.2f} "
                f"| {_times(speed.ratio, 'faster', 'slower')} |"
                for speed in self.speeds
            ),
            f"| {self.before.main} | {self.before.best:.4f} | {self.after.best:.4f} | {-100 * self.lost:+.2f} points |",
        ]
        return "\n".join(lines)


def _times(ratio: float, better: str, worse: str) -> str:
    return f"{ratio:.2f}x {better}" if ratio >= 1 else f"{1 / ratio:.2f}x {worse}"


def compare(
    before: Loaded,
    after: Loaded,
    rows: "Dataset",
    *,
    method: str,
    started: float,
    seconds: float,
    on_advance: OnAdvance,
    extra: Mapping[str, JsonValue] | None = None,
) -> Shrunk:
    """Measure both on the same rows.

    started: `time.perf_counter()` when the compression began. seconds: how long each
    speed is measured. rows: with labels; quality is told on all of them.
    """
    assert before.folder is not None
    assert after.folder is not None
    kind = encoder_kind(before.checkpoint.task)
    scores: list[Scores] = []
    for stage, loaded in (("evaluate before", before), ("evaluate after", after)):
        on_advance(Advance(stage=stage, total=len(rows)))
        scores.append(kind.score(loaded, rows))
    on_advance(Advance(stage="time", total=len(BATCHES)))
    return Shrunk(
        method=method,
        folder=after.folder,
        before_bytes=weight_bytes(before.folder),
        after_bytes=weight_bytes(after.folder),
        before_parameters=parameters(before),
        after_parameters=parameters(after),
        speeds=tuple(time_both(before, after, rows, size, seconds=seconds) for size in BATCHES),
        threads=torch.get_num_threads(),
        before=scores[0],
        after=scores[1],
        agreement=_agreement(kind.predict(before, rows), kind.predict(after, rows)),
        seconds=time.perf_counter() - started,
        extra=extra or {},
    )


def time_both(before: Loaded, after: Loaded, rows: "Dataset", size: int, *, seconds: float) -> Speed:
    """Time both networks on the same batches, in turns, so that the load of the machine falls on both alike.

    Rows come sorted by length, as bulk prediction orders them; with tokenised rows in and logits out, which is what
    compression changes. Wall-clock, after one round to warm up, for `seconds` at the most and at least 3 rounds.
    """
    batches = _batches(before, rows, size)
    networks = [_caller(loaded) for loaded in (before, after)]
    for call in networks:
        call(batches[0])
        call(batches[-1])
    times: list[list[list[float]]] = [[[] for _ in batches] for _ in networks]
    end = time.perf_counter() + seconds
    rounds = 0
    while rounds < 3 or time.perf_counter() < end:
        for number, batch in enumerate(batches):
            for place, call in enumerate(networks):
                start = time.perf_counter()
                call(batch)
                times[place][number].append(time.perf_counter() - start)
        rounds += 1
    # The median over the rounds first: a round in which somebody else had the core says nothing about the network.
    medians = [statistics.median(statistics.median(rounds) for rounds in each) * 1e3 for each in times]
    shapes = [batch["input_ids"].numel() for batch in batches]
    return Speed(
        batch=size,
        batches=len(batches),
        tokens=statistics.median(shapes),
        before_ms=medians[0],
        after_ms=medians[1],
    )


def weight_bytes(folder: Path) -> int:
    """Bytes of all that holds weights in the folder."""
    ends = (".safetensors", ".onnx", ".pt", ".bin", ".data")
    return sum(path.stat().st_size for path in folder.iterdir() if path.name.endswith(ends))


def parameters(loaded: Loaded) -> int:
    """How many numbers the network holds."""
    network = loaded.network
    if isinstance(network, OnnxNetwork):
        import onnx

        graph = onnx.load(network.file).graph
        return sum(int(torch.tensor(tuple(tensor.dims)).prod()) for tensor in graph.initializer if len(tensor.dims) > 0)
    count = sum(parameter.numel() for parameter in network.parameters())
    for module in network.modules():  # what torch packs for int8 is no parameter any more
        weight: Any = getattr(module, "weight", None)
        if callable(weight):
            count += cast(torch.Tensor, weight()).numel()
    return count


def _batches(loaded: Loaded, rows: "Dataset", size: int) -> list[dict[str, torch.Tensor]]:
    """At most 24 batches spread over the lengths there are."""
    sample = rows.select(range(min(len(rows), 24 * size)))
    kind = encoder_kind(loaded.checkpoint.task)
    encoded = kind.encode(loaded, sample, loaded.checkpoint.max_length)
    order = sorted(range(len(encoded)), key=lambda place: encoded.lengths[place])
    collate = Collate(loaded.tokenizer)
    return [collate([encoded[place] for place in order[start : start + size]]) for start in range(0, len(order), size)]


def _caller(loaded: Loaded) -> Callable[[Mapping[str, torch.Tensor]], object]:
    network = loaded.network
    names = inputs_of(network, loaded.tokenizer)
    network.eval()

    def call(batch: Mapping[str, torch.Tensor]) -> object:
        with torch.inference_mode():
            return network(**{name: batch[name] for name in names if name in batch}).logits

    return call


def _agreement(before: Sequence[JsonValue], after: Sequence[JsonValue]) -> float:
    return sum(_answer(a) == _answer(b) for a, b in zip(before, after, strict=True)) / max(len(before), 1)


def _answer(prediction: JsonValue) -> JsonValue:
    """What is said, without how sure it is."""
    match prediction:
        case dict():
            return {name: _answer(value) for name, value in prediction.items() if name not in _SURENESS}
        case list():
            return [_answer(value) for value in prediction]
        case _:
            return prediction


_SURENESS = ("score", "scores", "probability", "probabilities")
