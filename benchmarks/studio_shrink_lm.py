"""What cuts cost a language model, and which lessons bring it back: SmolLM2-135M on the docstrings of Python's library.

    OMP_NUM_THREADS=1 python benchmarks/studio_shrink_lm.py [--only ARM...] [--work FOLDER]
    python benchmarks/studio_shrink_lm.py --report

The packaged model is trained on 100,000 characters of docstrings first (kept in the work folder); the rows that it is
measured on are of other modules. Each arm cuts that model, and where it has lessons lets it recover on 128 blocks of
128 tokens of the training rows, in one pass. Perplexity after the cut is over the first 20 held-out blocks, after
recovery over the first 40; speed is of two blocks read at once, by processor time, beside the uncut model. A line for
each arm is added to results/studio/shrink_lm.jsonl; shrink_lm.md is made of them.
"""

import argparse
import copy
import functools
import json
import math
import os
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
from datasets import Dataset
from docstrings import split

from autogpt.studio.compress.distill import evenly
from autogpt.studio.compress.importance import importance, most_turning
from autogpt.studio.compress.prune import Cut, _best, _take_out, judge  # pyright: ignore[reportPrivateUsage]
from autogpt.studio.compress.resize import blocks, keep_heads, keep_layers, keep_neurons, put_blocks
from autogpt.studio.compress.subject import subject
from autogpt.studio.compress.teach import Lessons, teach
from autogpt.studio.corpus import Corpus
from autogpt.studio.kind import Loaded
from autogpt.studio.model import load
from autogpt.studio.recipe import Recipe

RESULTS = Path(__file__).parent / "results" / "studio"
LINES = RESULTS / "shrink_lm.jsonl"
TOPIC = subject("causal-lm")
MIDDLE: dict[str, Any] = {"layers": 24, "neurons": 0.75}
"""The cut that lessons are compared on."""

CUTS: dict[str, dict[str, Any]] = {
    "before this: 20 layers, heads 0.75, neurons 0.67": {"layers": 20, "heads": 0.75, "neurons": 0.67},
    "20 layers, by loss": {"layers": 20},
    "20 layers, by turn": {"layers": 20, "by": "turn"},
    "20 layers, evenly": {"layers": 20, "by": "evenly"},
    "15 layers, by turn": {"layers": 15, "by": "turn"},
    "15 layers, evenly": {"layers": 15, "by": "evenly"},
    "24 layers, by loss": {"layers": 24},
    "24 layers, by turn": {"layers": 24, "by": "turn"},
    "27 layers, by loss": {"layers": 27},
    "2 of 3 groups of heads": {"heads": 0.75},
    "neurons 0.67": {"neurons": 0.67},
    "neurons 0.75": {"neurons": 0.75},
    "neurons 0.5": {"neurons": 0.5},
    "24 layers, neurons 0.75": MIDDLE,
}
LESSONS: dict[str, dict[str, Any]] = {
    "batch 16 (before this)": {"batch": 16},
    "batch 4": {"batch": 4},
    "batch 4, rate 5e-4": {"batch": 4, "learning_rate": 5e-4},
    "batch 4, rate 1e-3": {"batch": 4, "learning_rate": 1e-3},
    "batch 4, teacher alone, temperature 1": {"batch": 4, "soft": 1, "temperature": 1},
    "batch 4, labels alone": {"batch": 4, "soft": 0},
    "batch 4, embeddings too": {"batch": 4, "embeddings": True},
}
PRUNED: dict[str, Any] = {"by": "prune"}
STUDENT: dict[str, Any] = {"layers": 21, "by": "turn"}
"""What `prune` and `distill` make of 30 layers by default."""
DEFAULTS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    f"{name}, seed {seed}": (cut, {"seed": seed})
    for name, cut in (("pruned", PRUNED), ("student", STUDENT))
    for seed in (0, 1)
}


def main() -> None:
    arguments = _arguments()
    if not arguments.report:
        torch.set_num_threads(1)
        measure(arguments)
    (RESULTS / "shrink_lm.md").write_text(render(), "utf-8")


def measure(arguments: argparse.Namespace) -> None:
    train, test = (Dataset.from_dict({"text": texts}) for texts in split(100_000, 20_000))
    arguments.work.mkdir(parents=True, exist_ok=True)
    base = arguments.work / "base"
    if not base.exists():
        learn(train, test, base, arguments.cache)
    bench = Bench(load(base), train, test)
    arms = {name: (cut, None) for name, cut in CUTS.items()}
    arms |= {name: (MIDDLE, lessons) for name, lessons in LESSONS.items()}
    for name in arguments.only or (*arms, *DEFAULTS):
        bench.run(name, *(arms | DEFAULTS)[name])


def learn(train: Dataset, test: Dataset, target: Path, cache: Path) -> None:
    from autogpt.studio.train import train as studio_train

    recipe = Recipe(task="causal-lm", base="smollm2-135m", epochs=1, batch=8, seed=0, precision="fp32", threads=1)
    studio_train(recipe, Corpus("causal-lm", {"train": train, "test": test}, ()), target, cache=cache)


class Bench:
    """The model, what its parts are worth, and the rows."""

    def __init__(self, base: Loaded, train: Dataset, test: Dataset) -> None:
        self.base, self.train = base, train
        encoded, collate = TOPIC.rows(base, test), TOPIC.collate(base)
        self.held = [collate([encoded[place] for place in range(at, at + 4)]) for at in range(0, 40, 4)]
        self.before = (self.perplexity(base, 5), self.perplexity(base, 10))
        self.orders: dict[str, list[int]] = {}

    @functools.cached_property
    def worth(self) -> tuple[Sequence[torch.Tensor], Sequence[torch.Tensor]]:
        """Of heads and neurons, in each layer."""
        return importance(self.base, self.train)

    def perplexity(self, loaded: Loaded, batches: int) -> float:
        loaded.network.eval()
        with torch.inference_mode():
            return math.exp(statistics.fmean(float(TOPIC.ask(loaded.network, one).loss) for one in self.held[:batches]))

    def layers(self, keep: int, by: str) -> Sequence[int]:
        """by: "turn" (see `most_turning`), "evenly", or "loss": those without which it rises the most."""
        whole = list(blocks(self.base.network))
        if by == "evenly":
            return evenly(len(whole), keep)
        if by == "turn":
            return most_turning(self.base, self.train, keep)
        if by not in self.orders:
            losses: list[float] = []
            for out in range(len(whole)):
                put_blocks(self.base.network, [one for place, one in enumerate(whole) if place != out])
                losses.append(self.perplexity(self.base, 2))
            put_blocks(self.base.network, whole)
            self.orders[by] = sorted(range(len(whole)), key=lambda place: -losses[place])
        return sorted(self.orders[by][:keep])

    def cut(self, layers: int = 0, heads: float = 1, neurons: float = 1, by: str = "loss") -> tuple[Loaded, list[int]]:
        if by == "prune":
            return self.pruned()
        whole = len(blocks(self.base.network))
        kept = list(self.layers(layers, by)) if layers else list(range(whole))
        small = copy.deepcopy(self.base)
        keep_layers(small.network, kept)
        if heads == neurons == 1:
            return small, kept
        many = _best([self.worth[0][place] for place in kept], heads, least=1, step=1, alike=True)
        wide = _best([self.worth[1][place] for place in kept], neurons, least=192, step=16, alike=True)
        for layer, some, others in zip(blocks(small.network), many, wide, strict=True):
            keep_heads(layer, some)
            keep_neurons(layer, torch.tensor(others))
        return small, kept

    def pruned(self) -> tuple[Loaded, list[int]]:
        """As `prune` cuts by default."""
        whole = Cut().of(self.base.network)
        stays = judge(self.base, self.train.shuffle(seed=0).select(range(min(len(self.train), whole.judged_on))), whole)
        small = copy.deepcopy(self.base)
        _take_out(small, stays)
        return small, list(stays.layers)

    def run(self, name: str, cut: Mapping[str, Any], lessons: Mapping[str, Any] | None) -> None:
        small, kept = self.cut(**cut)
        told: dict[str, Any] = {
            "name": name,
            "at": date.today().isoformat(),
            "cut": dict(cut),
            "lessons": lessons,
            "kept": kept,
            "millions": round(sum(one.numel() for one in small.network.parameters()) / 1e6, 1),
            "before": [round(one, 2) for one in self.before],
            "after_cut": round(self.perplexity(small, 5), 2),
            "speed": round(self.speed(small), 2),
        }
        if lessons is not None:
            began = time.process_time()
            chosen = Lessons(epochs=1, **lessons).of("causal-lm")
            teach(small, self.few(), chosen, teacher=self.base, matched=kept)
            told |= {"cpu_seconds": round(time.process_time() - began)}
            told |= {"recovered": round(self.perplexity(small, 10), 2)}
        with LINES.open("a", encoding="utf-8") as file:
            file.write(json.dumps(told) + "\n")
        print(json.dumps(told), file=sys.stderr, flush=True)

    def few(self) -> Dataset:
        """As many training texts as make 128 blocks."""
        sizes = [len(self.base.tokenizer(text)["input_ids"]) + 1 for text in self.train["text"]]
        count = next(at for at in range(len(sizes)) if sum(sizes[: at + 1]) > 128 * 128)
        return self.train.select(range(count + 1))

    def speed(self, small: Loaded) -> float:
        ids, ratios = self.held[0]["input_ids"][:2], list[float]()
        for _ in range(3):
            seconds: list[float] = []
            for network in (self.base.network, small.network):
                began = time.process_time()
                with torch.inference_mode():
                    network(input_ids=ids, use_cache=False)
                seconds.append(time.process_time() - began)
            ratios.append(seconds[0] / seconds[1])
        return statistics.median(ratios)


def render() -> str:
    lines = [json.loads(line) for line in LINES.read_text("utf-8").splitlines()]
    text = [
        *INTRODUCTION,
        "",
        "| cut | million numbers | speed | perplexity before | after the cut |",
        "|---|---|---|---|---|",
    ]
    for line in lines:
        if line["lessons"] is None:
            text.append(
                f"| {line['name']} | {line['millions']} | {line['speed']:.2f}x "
                f"| {line['before'][0]} | {line['after_cut']} |"
            )
    text += [
        "",
        "| lessons, 24 layers and neurons 0.75 | before | after the cut | recovered | CPU-s |",
        "|---|---|---|---|---|",
    ]
    for line in lines:
        if line["name"] in LESSONS:
            text.append(
                f"| {line['name']} | {line['before'][1]} | {line['after_cut']} | {line['recovered']} "
                f"| {line['cpu_seconds']} |"
            )
    text += ["", *RECOVERY, "", "| arm | million numbers | speed | before | after the cut | recovered | CPU-s |"]
    text += ["|---|---|---|---|---|---|---|"]
    for line in lines:
        if line["lessons"] is not None and line["name"] not in LESSONS:
            text.append(
                f"| {line['name']} | {line['millions']} | {line['speed']:.2f}x | {line['before'][1]} "
                f"| {line['after_cut']} | {line['recovered']} | {line['cpu_seconds']} |"
            )
    return "\n".join([*text, "", *FOUND, ""])


INTRODUCTION = (
    "# Making a language model smaller",
    "",
    "SmolLM2-135M-Instruct (30 layers, 3 groups of 3 heads, 1,536 inner neurons), trained on 27,600 tokens of",
    "docstrings of Python 3.11's library (perplexity on other modules: 14.7), then cut, by `python",
    "benchmarks/studio_shrink_lm.py`; its first lines say what each figure is of. One run each, seed 0, one thread of",
    "a shared virtual machine of 2 cores, 27 November 2026. Differences of a tenth of the perplexity or less mean",
    "little. by turn: the layers stay that turn the residual stream the most; by loss: those without which alone the",
    "loss rises the most; evenly: at equal distances. The figures were measured by a first form of the script, which",
    "took the first 128 blocks in the order of training, not of the texts, and judged layers by training rows.",
)
RECOVERY = (
    "What `prune` does by default, but with 16,384 tokens of recovery in one pass (by default there are three of all",
    "rows). Hidden states 10: a draft also compared the states after the layers with the teacher's, each divided by",
    "its root mean square (so by their direction), with that weight in the loss. Seed 0 in both.",
)
FOUND = (
    "What it means, and became the default of language models:",
    "",
    "- Distilling began with layers at equal distances, the last among them, as is good for BERT. That leaves the",
    "  first layer out, without which alone the loss rises by 7 nats: perplexity 4,096,986 before the first lesson,",
    "  against 428 with as many layers that turn the state the most, with which it begins now. It keeps 0.7 of the",
    "  layers in place of half.",
    "- Pruning took a third of the heads (a group of three is the least), of the neurons and of the layers:",
    "  perplexity 174 after the cut. For the same speed, heads cost the most and neurons the least; some neurons and",
    "  some layers cost less than as much speed by one of the two. It keeps all heads, 0.75 of the neurons and 0.8 of",
    "  the layers now: perplexity 50 after the cut, 24 after 16,384 tokens of recovery, at 1.35 times the speed.",
    "- Layers were judged by leaving out one after another: some 250 passes of all rows to keep 20 of 30 layers. One",
    "  pass over 4,096 tokens at the most chooses as well.",
    "- Batches of 4 blocks make four times as many steps of the same rows as batches of 16, in half of the memory",
    "  (3.5 GB at the most, against 7.3). Whether they also lead further was not measured to the end.",
    "- The teacher's probabilities alone, at temperature 1, are no better than half of them beside the labels.",
    "- Comparing the hidden states made 25.53 of 25.61 at as many steps: so little that it was not kept, and",
    "  `Lessons` refuses a weight for it (it had one, 1.0, that did nothing). One seed, one cut; whether a student,",
    "  which lacks more layers, gains by it was not measured.",
    "- Not measured for lack of time: other rates, labels alone, embeddings that learn, several epochs, a student's",
    "  recovery. The script has arms for the first three and the last.",
)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=[*CUTS, *LESSONS, *DEFAULTS], metavar="ARM")
    parser.add_argument("--report", action="store_true", help="only write the table anew")
    home = Path.home() / ".cache" / "autogpt"
    parser.add_argument("--cache", type=Path, default=home / "studio")
    parser.add_argument("--work", type=Path, default=home / "bench-shrink" / "smollm2-135m")
    return parser.parse_args()


if __name__ == "__main__":
    main()
