"""Shrunk: what a compression cost in quality and brought in size and speed, both networks on the same inputs."""

import statistics
import time
from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import torch

from autogpt.core.schema import JsonValue, Value
from autogpt.studio.compress.yardstick import WRITERS, Unit, caller, writer, yardstick
from autogpt.studio.graph import OnnxNetwork
from autogpt.studio.kind import Loaded, kind_of
from autogpt.studio.report import Advance, OnAdvance, Scores

if TYPE_CHECKING:
    from datasets import Dataset

BATCHES = (1, 32)
"""Sizes of batch that speed is told for: one request, and bulk."""
_BULK_OF_TEXTS = 8
"""The latter where the network holds scores for the whole vocabulary at each token."""
_WRITTEN, _NEW_TOKENS = 4, 16
"""Rows after which new tokens are written when the speed of that is told, and how many."""


class Speed(Value):
    """How long one batch takes, before and after; medians over real rows, the two measured in turns."""

    batch: int
    batches: int
    """How many batches each median is of."""
    unit: Unit = "rows"
    tokens: float
    """Tokens in the middle one of these batches, padding included; of images there are none."""
    count: float
    """Units in the middle one of these batches."""
    before_ms: float
    after_ms: float
    share: float = 1.0
    """Of the time it took, how much this process had a core: much less than 1 on a machine that others keep busy."""

    @property
    def ratio(self) -> float:
        """How many times faster."""
        return self.before_ms / self.after_ms

    @property
    def per_second(self) -> tuple[float, float]:
        """Units in a second, before and after."""
        return 1e3 * self.count / self.before_ms, 1e3 * self.count / self.after_ms


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
    """Share of the answers that are the same: of rows, or where texts are written, of tokens held the likeliest."""
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
                f"| batch {speed.batch}, {speed.tokens:.0f} tokens: {speed.unit}/s | {speed.per_second[0]:,.1f} "
                f"| {speed.per_second[1]:,.1f} | {speed.ratio:.2f}x the speed |"
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
    measure = yardstick(before.checkpoint.task)
    scores: list[Scores] = []
    for stage, loaded in (("evaluate before", before), ("evaluate after", after)):
        on_advance(Advance(stage=stage, total=len(rows)))
        scores.append(kind_of(loaded.checkpoint.task).score(loaded, rows))
    on_advance(Advance(stage="time"))
    writes = before.checkpoint.task in WRITERS
    sizes = (1, _BULK_OF_TEXTS) if writes else BATCHES
    speeds = [time_both(before, after, rows, size, seconds=seconds) for size in sizes]
    if writes:
        speeds.append(time_both(before, after, rows, 1, seconds=seconds, writing=True))
    return Shrunk(
        method=method,
        folder=after.folder,
        before_bytes=weight_bytes(before.folder),
        after_bytes=weight_bytes(after.folder),
        before_parameters=parameters(before),
        after_parameters=parameters(after),
        speeds=tuple(speeds),
        threads=torch.get_num_threads(),
        before=scores[0],
        after=scores[1],
        agreement=_agreement(measure.answers(before, rows), measure.answers(after, rows)),
        seconds=time.perf_counter() - started,
        extra=extra or {},
    )


def time_both(
    before: Loaded, after: Loaded, rows: "Dataset", size: int, *, seconds: float, writing: bool = False
) -> Speed:
    """Time both networks on the same batches, in turns, so that the load of the machine falls on both alike.

    Rows come sorted by length, as bulk prediction orders them; with tokenised rows in and logits out, which is what
    compression changes. writing: new tokens, one after another, instead of one pass. Wall-clock, after one round to
    warm up, for about `seconds` and at least 3 rounds, of fewer batches where they take long.
    """
    measure = yardstick(before.checkpoint.task)
    batches = measure.batches(before, rows, size)
    if writing:
        batches = batches[:: max(1, len(batches) // _WRITTEN)][:_WRITTEN]
        networks = [writer(loaded, _NEW_TOKENS) for loaded in (before, after)]
    else:
        networks = [caller(loaded) for loaded in (before, after)]
    began = time.perf_counter()
    for call in networks:
        call(batches[len(batches) // 2])
    fit = max(1, int(seconds / 3 / (time.perf_counter() - began)))
    if fit < len(batches):  # spread over the lengths; the middle one if there is only one
        batches = [batches[(2 * place + 1) * len(batches) // (2 * fit)] for place in range(fit)]
    for call in networks:
        call(batches[0])
        call(batches[-1])
    times: list[list[list[float]]] = [[[] for _ in batches] for _ in networks]
    began, own = time.perf_counter(), time.thread_time()
    end = began + seconds
    rounds = 0
    while rounds < 3 or time.perf_counter() < end:
        for number, batch in enumerate(batches):
            for place, call in enumerate(networks):
                start = time.perf_counter()
                call(batch)
                times[place][number].append(time.perf_counter() - start)
        rounds += 1
    share = (time.thread_time() - own) / (time.perf_counter() - began)
    # The median over the rounds first: a round in which somebody else had the core says nothing about the network.
    medians = [statistics.median(statistics.median(rounds) for rounds in each) * 1e3 for each in times]
    tokens = statistics.median(batch["input_ids"].numel() if "input_ids" in batch else 0 for batch in batches)
    held = statistics.median(len(next(iter(batch.values()))) for batch in batches)
    unit: Unit = "new tokens" if writing else measure.unit
    counts: dict[Unit, float] = {"rows": held, "images": held, "tokens": tokens, "new tokens": held * _NEW_TOKENS}
    return Speed(
        batch=size,
        batches=len(batches),
        unit=unit,
        tokens=tokens,
        count=counts[unit],
        before_ms=medians[0],
        after_ms=medians[1],
        share=min(1.0, share),
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
    held: dict[int, int] = {}  # shared weights count once
    for parameter in network.parameters():
        held[parameter.data_ptr() if type(parameter) is torch.nn.Parameter else id(parameter)] = parameter.numel()
    count = sum(held.values())
    for module in network.modules():  # what is packed is no parameter any more
        weight: Any = getattr(module, "weight", None)
        if callable(weight):
            count += cast(torch.Tensor, weight()).numel()
    return count


def _agreement(before: Sequence[Hashable], after: Sequence[Hashable]) -> float:
    return sum(a == b for a, b in zip(before, after, strict=True)) / max(len(before), 1)
