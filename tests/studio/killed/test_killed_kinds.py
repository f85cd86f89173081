"""`kill -9` in a job of any kind: nothing half-made is taken for whole, and resuming ends as if nothing had been."""

import os
import re
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import killing
import learned
import peft
import pytest
import small
import tiny
import torch

from autogpt.studio import jobs, shrinkworks, works
from autogpt.studio.checkpoint import CARD, Checkpoint, write_checkpoint
from autogpt.studio.work import Here

ONCE_ONLY = {"created", "extra", "seconds", "cpu_seconds", "tokens_per_second", "peak_bytes", "resumed_from"}
ONCE_ONLY |= {"speeds", "table", "reading_tokens_per_second", "writing_tokens_per_second"}
"""What differs from one time to the next: clocks and speeds."""


@dataclass(frozen=True)
class Case:
    """A job, where what it makes lies, and the points at which it is killed, one at each attempt."""

    kind: str
    made: str
    killed_at: tuple[tuple[str, object], ...]
    arguments: Mapping[str, object]


TRAINING = {"task": "text-classification", "base": "{models}/encoder", "epochs": 1, "batch": 16, "max_length": 32}
TRAINING |= {"learning_rate": 2e-3, "precision": "fp32", "threads": 1, "freeze_embeddings": False}
TRAIN = {"feed": "{feed}", "recipe": TRAINING, "out": "{root}/checkpoints/made", "cache": "{root}/cache"}
EXPORT = {"target": "{root}/out/made"}
REVIEWS = {"checkpoint": "{models}/reviews"}
CASES = {
    "train": Case(
        "train",
        "checkpoints/made",
        (("half", "checkpoint-2/progress.json.new"), ("half", "made/train.json.new")),
        TRAIN,
    ),
    "train with trials": Case(
        "train",
        "checkpoints/made",
        (("half", "trial-1.json.new"), ("half", "made/autogpt.json.new")),
        {**TRAIN, "trials": 2},
    ),
    "evaluate": Case("evaluate", "nothing", (("evaluate", 32),), {**REVIEWS, "feed": "{feed}"}),
    "quantize": Case(
        "quantize",
        "checkpoints/made",
        (("half", "checkpoint/tokenizer_config.json"),),
        {**REVIEWS, "feed": "{feed}", "out": "{root}/checkpoints/made", "method": "onnx-static", "seconds": 0.05},
    ),
    "export onnx": Case("export", "out/made", (("verify", 1),), {**REVIEWS, **EXPORT, "form": "onnx"}),
    "export gguf": Case(
        "export",
        "out/made.gguf",
        (("quantize", 0), ("verify", 1)),
        {"checkpoint": "{models}/chat", "form": "gguf", "quant": "q4_k_m", "target": "{root}/out/made.gguf"},
    ),
    "export adapter": Case(
        "export",
        "out/made.gguf",
        (("export", 0),),
        {"checkpoint": "{models}/chat", "form": "adapter", "base": "{models}/chat", "target": "{root}/out/made.gguf"},
    ),
    "diagnose": Case(
        "diagnose",
        "out/made.html",
        (("half", "made.html.new"),),
        {**REVIEWS, "feed": "{feed}", "target": "{root}/out/made.html"},
    ),
}


@pytest.fixture(scope="module")
def models(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    tiny.encoder(folder / "encoder")
    learned.reviews(folder / "reviews")
    chat = small.language_model(folder / "chat", hidden_size=256, intermediate_size=256)
    config = peft.LoraConfig(r=2, lora_alpha=1, target_modules=["q_proj"], task_type="CAUSAL_LM")
    peft.get_peft_model(small.load(chat), config).save_pretrained(chat / "adapter")
    card = Checkpoint(name="chat", task="sft", base="made on the spot", created=datetime.now(UTC))
    write_checkpoint(chat, card)
    for split, count in (("train", 64), ("validation", 40), ("test", 60)):
        learned.review_rows(count, len(split)).to_csv(folder / f"{split}.csv")
    return folder


@pytest.fixture
def one_thread(monkeypatch):
    """With more, sums come in another order."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(Path(killing.__file__).parent), *_given()]))
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.parametrize("name", CASES)
def test_a_job_killed_in_the_middle_ends_as_one_that_was_not(tmp_path, models, one_thread, name):
    case = CASES[name]
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    work = getattr(works if case.kind in ("train", "evaluate") else shrinkworks, case.kind)
    result = work(filled(case.arguments, whole, models), Here(whole / "job", False, lambda _: None))

    arguments = filled(case.arguments, killed, models)
    job = jobs.submit(killed / "jobs", f"killing:{case.kind}", {**arguments, "killed_at": [*map(list, case.killed_at)]})
    for point in case.killed_at:
        assert jobs.start(job).wait() == -signal.SIGKILL, f"not killed at {point}:\n{jobs.log_tail(job, 30)}"
        assert jobs.status(job).state == "interrupted"
        assert made(killed / case.made) in ({}, made(whole / case.made))
    jobs.start(job).wait()

    status = jobs.status(job)
    assert status.state == "done", f"{status.message}\n{jobs.log_tail(job, 30)}"
    assert lasting(status.result, killed) == lasting(result, whole)
    assert made(killed / case.made) == made(whole / case.made)
    for folder in ("out", "checkpoints"):
        assert names(killed / folder) == names(whole / folder)


def filled(value, root: Path, models: Path):
    match value:
        case Mapping():
            return {key: filled(inner, root, models) for key, inner in value.items()}
        case "{feed}":
            return {"splits": {split: [str(models / f"{split}.csv")] for split in ("train", "validation", "test")}}
        case str():
            return value.replace("{root}", str(root)).replace("{models}", str(models))
        case _:
            return value


def made(path: Path) -> dict[str, object]:
    """What a person finds there and takes for whole: a file, or a folder with a card; nothing else is."""
    if path.is_dir() and (path / CARD).exists():
        files = {file.name: file.read_bytes() for file in path.glob("*.safetensors")}
        return {**files, "others": sorted(file.name for file in path.glob("*.json") if file.name != "train.json")}
    if path.suffix == ".html" and path.exists():  # with the time in it
        return {path.name: path.read_text("utf-8").endswith("</html>\n")}
    if path.is_file():
        return {path.name: path.read_bytes()}
    return {}


def names(folder: Path) -> list[str]:
    """All files below it, hidden ones too; the curves by their folder."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted({"runs" if "runs" in path.parts else str(path) for path in found})


def lasting(value, root: Path):
    match value:
        case Mapping():
            return {key: lasting(inner, root) for key, inner in value.items() if key not in ONCE_ONLY}
        case list() | tuple():
            return [lasting(inner, root) for inner in value]
        case str():
            said = re.sub(r"[\d,]+ instead of [\d,]+ (tokens/s read|written)", r"\1", value)
            return said.replace(str(root), "")
        case _:
            return value


def _given() -> list[str]:
    return [os.environ["PYTHONPATH"]] if "PYTHONPATH" in os.environ else []
