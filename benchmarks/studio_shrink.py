"""What compression costs and brings: MiniLM on the UCI sentiment sentences, quantised, pruned, distilled.

    AUTOGPT_BENCH_DATA=/path/to/data python benchmarks/studio_shrink.py [--only ARM...] [--threads 1] [--tune]

Each arm begins from one and the same trained checkpoint, which is made first and kept in the work folder, and writes a
line of results/studio/shrink.jsonl; the report is made of all lines. 3,000 sentences, shuffled with seed 0: 1,700 to
train, 300 to tune on (--tune: score there), 1,000 to report on.
"""

import argparse
import json
import os
import random
import shutil
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("HF_HUB_OFFLINE", "1")

from autogpt.studio.compress.distill import Student, distill
from autogpt.studio.compress.prune import Cut, prune, prune_weights
from autogpt.studio.compress.quantize import quantize
from autogpt.studio.compress.shrunk import Shrunk
from autogpt.studio.compress.teach import Lessons
from autogpt.studio.corpus import Corpus
from autogpt.studio.recipe import Recipe
from autogpt.studio.report import Advance

if TYPE_CHECKING:
    from datasets import Dataset

RESULTS = Path(__file__).parent / "results" / "studio"


def main() -> None:
    arguments = _arguments()
    import torch

    torch.set_num_threads(arguments.threads)
    splits = sentiment(Path(os.environ["AUTOGPT_BENCH_DATA"]) / "uci_sentiment")
    base = arguments.work / "base"
    if not base.exists():
        learn(splits, base, arguments.cache)
    rows = splits["validation" if arguments.tune else "test"]
    lines = RESULTS / ("shrink-tuning.jsonl" if arguments.tune else "shrink.jsonl")
    lines.parent.mkdir(parents=True, exist_ok=True)
    for name in arguments.only or ARMS:
        target = arguments.work / name
        shutil.rmtree(target, ignore_errors=True)
        shrunk = ARMS[name](arguments.work, target, splits["train"], rows)
        print(f"\n{name}\n{shrunk.table()}", flush=True)
        line = {"arm": name, "at": datetime.now().astimezone().isoformat(timespec="minutes")}
        report = shrunk.model_copy(update={"folder": Path(name)}).model_dump(mode="json")
        with lines.open("a", encoding="utf-8") as file:
            file.write(json.dumps({**line, **report}) + "\n")
    if not arguments.tune:
        (RESULTS / "shrink.md").write_text(render(lines), "utf-8")


def sentiment(folder: Path) -> "dict[str, Dataset]":
    from datasets import Dataset

    rows: list[dict[str, str]] = []
    for path in sorted(folder.glob("*.tsv")):
        for line in path.read_text("utf-8").split("\n"):
            text, found, label = line.rpartition("\t")
            if found:
                rows.append({"text": text.strip(), "label": ("negative", "positive")[int(label)]})
    random.Random(0).shuffle(rows)
    cuts = {"train": rows[:1_700], "validation": rows[1_700:2_000], "test": rows[2_000:]}
    return {name: Dataset.from_list(part) for name, part in cuts.items()}


def learn(splits: "dict[str, Dataset]", target: Path, cache: Path) -> None:
    from autogpt.studio.train import train

    recipe = Recipe(task="text-classification", base="minilm", epochs=2, max_length=64, seed=0)
    corpus = Corpus(
        "text-classification",
        {"train": splits["train"], "validation": splits["validation"]},
        labels=("negative", "positive"),
    )
    train(recipe, corpus, target, cache=cache, on_advance=_tell)


def _quantised(method: str) -> "Arm":
    def run(work: Path, target: Path, train: "Dataset", rows: "Dataset") -> Shrunk:
        return quantize(work / "base", method, target, rows=rows, calibration=train)  # pyright: ignore[reportArgumentType]

    return run


def _pruned(cut: Cut, lessons: Lessons) -> "Arm":
    def run(work: Path, target: Path, train: "Dataset", rows: "Dataset") -> Shrunk:
        return prune(work / "base", target, train=train, rows=rows, cut=cut, lessons=lessons, on_advance=_tell)

    return run


def _sparse(work: Path, target: Path, train: "Dataset", rows: "Dataset") -> Shrunk:
    lessons = Lessons(epochs=1, hidden=0)
    return prune_weights(work / "base", target, train=train, rows=rows, lessons=lessons, on_advance=_tell)


def _pruned_int8(work: Path, target: Path, train: "Dataset", rows: "Dataset") -> Shrunk:
    return quantize(work / "pruned", "onnx-dynamic", target, rows=rows)


def _distilled(work: Path, target: Path, train: "Dataset", rows: "Dataset") -> Shrunk:
    return distill(
        work / "base",
        target,
        train=train,
        rows=rows,
        student=Student(layers=3),
        lessons=Lessons(epochs=3),
        on_advance=_tell,
    )


SHALLOW = Cut()
"""Four of the six layers, three quarters of the heads, two thirds of the neurons; the default. Chosen by speed alone,
before any accuracy was seen: at batch 1 the number of layers counts, not their width."""
NARROW = Cut(heads=0.67, neurons=0.5, layers=6)
"""All layers, each of them narrower."""

Arm = Callable[[Path, Path, "Dataset", "Dataset"], Shrunk]
ARMS: dict[str, Arm] = {
    "onnx-dynamic": _quantised("onnx-dynamic"),
    "onnx-static": _quantised("onnx-static"),
    "torch-dynamic": _quantised("torch-dynamic"),
    "weights-int8": _quantised("weights-int8"),
    "weights-int4": _quantised("weights-int4"),
    "pruned": _pruned(SHALLOW, Lessons()),
    "pruned-unrecovered": _pruned(SHALLOW, Lessons(epochs=0)),
    "pruned-no-teacher": _pruned(SHALLOW, Lessons(soft=0, hidden=0)),
    "pruned-narrow": _pruned(NARROW, Lessons()),
    "pruned-int8": _pruned_int8,
    "weights-zeroed": _sparse,
    "distilled": _distilled,
}


def render(lines: Path) -> str:
    """The newest line of each arm."""
    newest = {line["arm"]: line for line in map(json.loads, lines.read_text("utf-8").splitlines())}
    first = next(iter(newest.values()))
    text = [
        "# Shrinking an encoder",
        "",
        f"MiniLM (6 x 384), trained on UCI sentiment, scored on {first['before']['rows']:,} test sentences that "
        "training never saw (standard error about 0.9 points), seed 0. Times: wall-clock medians of one batch, "
        "tokenised rows in and logits out; original (fp32, torch, not compiled) and result in turns on the same "
        "batches of real sentences, sorted by length, padded to the longest of the batch. The machine was shared "
        "with other work; the ratios, taken in one run, are what counts. Made by `benchmarks/studio_shrink.py`.",
        "",
        "| arm | size, MB | batch 1, ms | batch 32, ms | accuracy | points | answers alike | threads |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name in (arm for arm in ARMS if arm in newest):
        line = newest[name]
        one, many = line["speeds"]
        before, after = line["before"]["values"]["accuracy"], line["after"]["values"]["accuracy"]
        size = f"{line['before_bytes'] / 1e6:.1f} -> {line['after_bytes'] / 1e6:.1f}"
        quality = f"{before:.3f} -> {after:.3f} | {100 * (after - before):+.1f} | {line['agreement']:.3f}"
        text.append(f"| {name} | {size} | {_times(one)} | {_times(many)} | {quality} | {line['threads']} |")
    return "\n".join([*text, ""])


def _times(speed: dict[str, float]) -> str:
    ratio = speed["before_ms"] / speed["after_ms"]
    return f"{speed['before_ms']:.1f} -> {speed['after_ms']:.1f} (**{ratio:.2f}x**)"


def _tell(advance: Advance) -> None:
    if advance.done % 20 == 0:
        print(f"\r{advance.stage} {advance.done}/{advance.total} ", end="", file=sys.stderr, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=list(ARMS), metavar="ARM", help=", ".join(ARMS))
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--tune", action="store_true", help="score on the development rows")
    home = Path.home() / ".cache" / "autogpt"
    parser.add_argument("--cache", type=Path, default=home / "studio")
    parser.add_argument("--work", type=Path, default=home / "bench-shrink")
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    return arguments


if __name__ == "__main__":
    main()
