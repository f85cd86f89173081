"""What becomes of an encoder when it is handed on as ONNX or as a Hugging Face folder: does it say the same, how fast.

    AUTOGPT_BENCH_DATA=/path/to/data python benchmarks/studio_forms.py DATA [--made base onnx-dynamic pruned]
    python benchmarks/studio_forms.py report

DATA is one of studio_shrink.py's, which makes the checkpoints (--made: its arms, or `base` for what they begin from).
Each is written by `export`; then the studio, ONNX Runtime alone, and for `hf` transformers alone answer the same test
texts. Text in, answer out, tokenizing included; all in turns, medians over rounds. Writes
results/studio/forms-DATA-MADE-FORM.json, and forms.md out of all of these.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")

from studio_quality import RACES, corpus_of

from autogpt.studio.evaluate import predict
from autogpt.studio.export.export import export
from autogpt.studio.export.onnxmodel import OnnxModel
from autogpt.studio.model import load

RESULTS = Path(__file__).parent / "results" / "studio"
BATCHES = (1, 32)
Ask = Callable[[Sequence[Any], int], list[Any]]


def measure(data: str, made: str, form: str, work: Path, most: int) -> dict[str, Any]:
    """One checkpoint in one form, on at most so many test rows."""
    folder = work / data / made
    test = corpus_of(data, seed=0).splits["test"]
    test = test.select(range(min(most, len(test))))
    names = RACES[data].task == "token-classification"
    inputs = list(test["tokens" if names else "text"])
    loaded = load(folder)
    with tempfile.TemporaryDirectory() as out:
        began = time.process_time()
        done = export(folder, form, Path(out) / "made")
        seconds = time.process_time() - began
        stranger = onnx(done.target) if form == "onnx" else alone(done.target, names)
        ours: Ask = lambda some, size: predict(loaded, some, size)  # noqa: E731 - beside the other one
        said = [[answer(one) for one in ask(inputs, 32)] for ask in (ours, stranger)]
        return {
            "data": data,
            "made": made,
            "form": form,
            "at": date.today().isoformat(),
            "rows": len(inputs),
            "bytes": sum(
                path.stat().st_size for path in done.target.iterdir() if path.suffix in (".onnx", ".safetensors")
            ),
            "export_cpu_seconds": seconds,
            "found": [finding.said for finding in done.checks],
            "alike": sum(one == other for one, other in zip(*said, strict=True)) / len(inputs),
            "speeds": {size: rates((ours, stranger), inputs, size) for size in BATCHES},
        }


def onnx(folder: Path) -> Ask:
    model = OnnxModel(folder, threads=1)
    return model.predict


def alone(folder: Path, names: bool) -> Ask:
    """As a person asks it who has transformers and not this project."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoModelForTokenClassification, AutoTokenizer

    auto = AutoModelForTokenClassification if names else AutoModelForSequenceClassification
    network, tokenizer = auto.from_pretrained(folder).eval(), AutoTokenizer.from_pretrained(folder)
    if names:
        raise SystemExit("how words become tags is the card's matter; measure taggers as onnx")

    def ask(some: Sequence[Any], size: int) -> list[Any]:
        said: list[Any] = []
        for start in range(0, len(some), size):
            given = tokenizer(list(some[start : start + size]), truncation=True, max_length=128, padding=True)
            with torch.inference_mode():
                logits = network(**given.convert_to_tensors("pt")).logits
            said += [{"label": network.config.id2label[best]} for best in logits.argmax(-1).tolist()]
        return said

    return ask


def answer(said: Any) -> str:
    """What is said without how sure it is."""
    if isinstance(said, dict):
        return json.dumps({key: value for key, value in said.items() if key not in ("score", "scores")}, default=str)
    return json.dumps(said, default=str)


def rates(asks: Sequence[Ask], inputs: Sequence[Any], size: int, rounds: int = 5) -> list[float]:
    """Texts in a second, medians, of each in turns."""
    some = inputs[: 40 if size == 1 else 256]
    times: list[list[float]] = [[] for _ in asks]
    for _ in range(rounds):
        for place, ask in enumerate(asks):
            began = time.perf_counter()
            for start in range(0, len(some), size):
                ask(some[start : start + size], size)
            times[place].append(len(some) / (time.perf_counter() - began))
    return [statistics.median(one) for one in times]


def render() -> str:
    lines = [
        "# Encoders handed on",
        "",
        "Checkpoints of [shrink.md](shrink.md), written by `export` and asked without the studio, test texts in and",
        "answers out, tokenizing included. One run each on a shared virtual machine of 2 cores, one thread, other work",
        "beside it: the ratios count. Made by `OMP_NUM_THREADS=1 python benchmarks/studio_forms.py DATA`.",
        "",
        "| data | checkpoint | form | MB | export CPU-s | rows | same answers | texts/s at 1 | texts/s at 32 |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for path in sorted(RESULTS.glob("forms-*.json")):
        said = json.loads(path.read_text("utf-8"))
        speeds = [f"{ours:.0f} -> {theirs:.0f} ({theirs / ours:.2f}x)" for ours, theirs in said["speeds"].values()]
        lines.append(
            f"| {said['data']} | {said['made']} | {said['form']} | {said['bytes'] / 1e6:.1f} "
            f"| {said['export_cpu_seconds']:.0f} | {said['rows']:,} | {said['alike']:.1%} | {' | '.join(speeds)} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    import torch

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", choices=[*RACES, "report"])
    parser.add_argument("--made", nargs="+", default=["base", "onnx-dynamic", "pruned"])
    parser.add_argument("--rows", type=int, default=500, help="test rows at most")
    parser.add_argument("--work", type=Path, default=Path.home() / ".cache" / "autogpt" / "bench-shrink")
    given = parser.parse_args()
    torch.set_num_threads(1)
    if given.data != "report":
        for made in given.made:
            for form in ("onnx",) if made.startswith("onnx") else ("onnx", "hf"):
                if form == "hf" and RACES[given.data].task == "token-classification":
                    continue
                said = measure(given.data, made, form, given.work, given.rows)
                print(json.dumps(said), flush=True)
                (RESULTS / f"forms-{given.data}-{made}-{form}.json").write_text(
                    json.dumps(said, indent=1) + "\n", "utf-8"
                )
    (RESULTS / "forms.md").write_text(render(), "utf-8")


if __name__ == "__main__":
    main()
