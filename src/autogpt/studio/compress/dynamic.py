"""Dynamic: int8 by ONNX Runtime with ranges found batch by batch, and as much left in float as the answers need.

What is left in float is chosen on rows set aside: as little of it as keeps the loss of quality within a bound.
"""

import json
import math
import shutil
import tempfile
from collections.abc import Hashable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from autogpt.core.schema import JsonValue, Value
from autogpt.studio.compress.shrunk import time_both
from autogpt.studio.compress.yardstick import yardstick
from autogpt.studio.diagnose.subject import sampled
from autogpt.studio.graph import OnnxNetwork, write_graph
from autogpt.studio.kind import Loaded, kind_of
from autogpt.studio.kinds.tokens import is_bio
from autogpt.studio.report import Advance, OnAdvance

if TYPE_CHECKING:
    from datasets import Dataset

BOUND = 0.005
"""Of the score, as much as may be lost on the rows set aside, chance included."""
_MOST = 1_000
"""Rows set aside that are looked at."""
_PASSING = frozenset("Add Mul Div Erf Pow Tanh Relu Sigmoid Gelu Cast Identity".split())
"""Operators of an activation, between the two products of a feed-forward part."""
FLOATS: dict[str, Any] = {"DefaultTensorType": 1}
"""Tensors whose type ONNX cannot infer, behind ONNX Runtime's own operators, are float32."""


class Told(Value):
    """What a graph costs on the rows set aside."""

    floats: int
    """Products with weights that are left in float."""
    lost: float
    """Of the main score."""
    chance: float
    """About the standard error of that, by how many answers are others."""

    @property
    def within(self) -> bool:
        return self.lost + self.chance <= BOUND


def quantize_dynamically(
    before: Loaded, target: Path, aside: "Dataset | None", on_advance: OnAdvance = lambda _: None
) -> dict[str, JsonValue]:
    """Write the network as a graph in int8; say what was chosen, and what it cost.

    aside: rows with labels that neither are reported on nor calibrate; None: nothing is chosen.
    The graph is taken as it was traced, always. Fused operators of ONNX Runtime answer one text faster (6.5 times the
    speed against 6.0) and batches slower (3.3 against 4.2; batch 32, MiniLM, Zen 5). Which pays was once found by the
    clock, so that the same work gave now the one graph and now the other; the rule is the graph that is faster in the
    mean of both.
    """
    with tempfile.TemporaryDirectory(dir=target.parent) as made:
        plain = Path(made) / "plain.onnx"
        write_graph(before.network, before.tokenizer, plain)
        ways = _ways(plain, before.checkpoint.task)
        if aside is None or not len(aside):
            _write(plain, ways[0], target)
            return {"products left in float": len(ways[0])} if ways[0] else {}
        judge = _Judge(before, aside)
        told, files = list[Told](), list[Path]()
        for place, floats in enumerate(ways):
            on_advance(Advance(stage="quantise", done=place, total=len(ways)))
            files.append(Path(made) / f"{place}.onnx")
            _write(plain, floats, files[-1])
            told.append(judge(files[-1], len(floats)))
            if told[-1].within:
                break
        best = chosen(told)
        slower = judge.slower(files[0], files[best]) if best else 1.0
        shutil.move(files[best], target)
    return _said(told, best, len(judge.rows), slower)


def chosen(told: Sequence[Told]) -> int:
    """The first way that is within the bound; where none is, that whose answers changed least.

    The loss itself is little but noise then: on test rows of WNUT-17 the way that seemed to lose less lost more.
    """
    return min(range(len(told)), key=lambda place: (not told[place].within, told[place].chance))


def _said(told: Sequence[Told], best: int, rows: int, slower: float) -> dict[str, JsonValue]:
    said: dict[str, JsonValue] = {
        "products left in float": told[best].floats,
        "chosen on rows": rows,
        "ways": [one.model_dump(mode="json") for one in told],
        "within": told[best].within,
    }
    return {**said, "slower": round(slower, 2)} if best else said


def _ways(plain: Path, task: str) -> list[list[str]]:
    """Which products are left in float, way by way: more, slower, nearer to the answers as they were.

    What goes into the products that end the feed-forward parts has single numbers of up to 250 times the spread of all,
    so that in 8 bits nearly all others become nothing: these go first, of taggers always. Those that begin the parts
    are next. Attention's alone would then be left, and no more than twice the speed of torch with them in float.
    (Measured: benchmarks/results/studio/shrink.md.)
    """
    pairs = _feed_forward(plain)
    ends = [end for _, end in pairs]
    ways = [ends, [name for pair in pairs for name in pair]]
    ways = ways if task == "token-classification" else [[], *ways]
    return [way for place, way in enumerate(ways) if way not in ways[:place]]


class _Judge:
    """Holds a graph's answers against those of the network it was made of."""

    def __init__(self, before: Loaded, rows: "Dataset") -> None:
        rows = sampled(rows, _MOST)
        self.rows, self._before = rows, before
        self._kind, self._measure = kind_of(before.checkpoint.task), yardstick(before.checkpoint.task)
        self._best = self._kind.score(before, rows).best
        self._answers = self._said(before)

    def __call__(self, graph: Path, floats: int) -> Told:
        after = self._network(graph)
        lost = self._best - self._kind.score(after, self.rows).best
        pairs = zip(self._answers, self._said(after), strict=True)
        others = sum(len(one ^ other) for one, other in pairs) / 2
        # Each answer that changed is a step to the better or the worse.
        chance = math.sqrt(others) / max(1, sum(map(len, self._answers)))
        return Told(floats=floats, lost=lost, chance=chance)

    def _said(self, loaded: Loaded) -> list[frozenset[str]]:
        card = loaded.checkpoint
        return [units(card.task, card.labels, answer) for answer in self._measure.answers(loaded, self.rows)]

    def slower(self, one: Path, other: Path) -> float:
        """How many times as long the other takes for a batch of 32."""
        return 1 / time_both(self._network(one), self._network(other), self.rows, 32, seconds=1.0).ratio

    def _network(self, graph: Path) -> Loaded:
        network = cast(Any, OnnxNetwork(graph, self._before.network.config))
        return Loaded(network, self._before.tokenizer, self._before.checkpoint, graph.parent)


def units(task: str, labels: Sequence[str], answer: Hashable) -> frozenset[str]:
    """What is right or wrong by itself in an answer of `Yardstick.answers`: each entity, or each tag where these name
    none, each of several labels, or the whole."""
    part = "labels" if task == "multi-label" else ""
    if task == "token-classification":
        part = "spans" if is_bio(labels) else "tags"
    if not part:
        return frozenset([str(answer)])
    several = cast("dict[str, list[JsonValue]]", json.loads(str(answer)))[part]
    return frozenset(json.dumps([place, unit] if part == "tags" else unit) for place, unit in enumerate(several))


def _write(plain: Path, floats: Sequence[str], target: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        bare(plain),
        target,
        per_channel=True,
        weight_type=QuantType.QInt8,
        nodes_to_exclude=list(floats),
        extra_options=FLOATS,
    )


def bare(graph: Path) -> Any:
    """The graph without the shapes its exporter noted: quantising reads them, and they are wrong after a transpose."""
    import onnx

    model = onnx.load(graph)
    del model.graph.value_info[:]
    return model


def _feed_forward(graph: Path) -> list[tuple[str, str]]:
    """Names of the products that begin and end each feed-forward part: only an activation is between them."""
    import onnx

    found = onnx.load(graph).graph
    weights = {tensor.name for tensor in found.initializer}
    makers = {name: node for node in found.node for name in node.output}

    def sources(name: str) -> Iterator[Any]:
        """What a tensor is made of, through activations."""
        if (node := makers.get(name)) is None or node.op_type == "Constant":
            return
        if node.op_type not in _PASSING:
            yield node
            return
        for one in node.input:
            yield from sources(one)

    pairs: list[tuple[str, str]] = []
    for node in found.node:
        if node.op_type == "MatMul" and node.input[1] in weights and node.input[0] in makers:
            begun = {source.name: source for source in sources(node.input[0])}
            if len(begun) == 1 and all(one.op_type == "MatMul" and one.input[1] in weights for one in begun.values()):
                pairs.append((*begun, node.name))
    return pairs
