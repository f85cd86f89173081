"""Training: what is learned, what is written, what a kill leaves behind."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import tiny
import training
from datasets import Dataset

from autogpt.core.errors import UsageError
from autogpt.studio.checkpoint import read_checkpoint
from autogpt.studio.corpus import Corpus
from autogpt.studio.evaluate import evaluate, predict
from autogpt.studio.model import begin, load, save
from autogpt.studio.recipe import Recipe
from autogpt.studio.report import Advance, Trained
from autogpt.studio.train import run, train


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Path:
    return tiny.encoder(tmp_path_factory.mktemp("tiny") / "base")


def recipe(base: Path, task: str, **more) -> Recipe:
    settings = {"epochs": 6, "batch": 8, "learning_rate": 2e-3, "head_learning_rate": 5e-3}
    settings |= {"freeze_embeddings": False, "precision": "fp32", "threads": 1}
    return Recipe(task=task, base=str(base), **(settings | more))


def test_names_are_learned_and_found_in_running_text(tmp_path, base):
    said: list[Advance] = []
    corpus = tiny.names_corpus()
    trained = train(
        recipe(base, "token-classification"), corpus, tmp_path / "names", cache=tmp_path, on_advance=said.append
    )
    assert trained.final is not None
    assert trained.final.best > 0.95
    assert trained.steps == 72
    assert trained.losses[-1][1] < trained.losses[0][1] / 3
    assert trained.tokens == 6 * sum(len(tokens) + 2 for tokens in corpus.splits["train"]["tokens"])
    assert {advance.stage for advance in said} >= {"load", "prepare", "train", "evaluate"}
    left = {path.name for path in (tmp_path / "names").iterdir()}
    assert left >= {"autogpt.json", "config.json", "model.safetensors", "tokenizer.json", "train.json", "runs"}
    assert ".training" not in left

    loaded = load(tmp_path / "names")
    assert evaluate(loaded, corpus.splits["validation"]) == trained.final
    card = read_checkpoint(tmp_path / "names")
    assert (card.task, card.labels) == ("token-classification", corpus.labels)
    assert card.scores["validation/f1"] == trained.final.best
    (answer,) = predict(loaded, ["Eve lives in Rome"])
    assert answer["tags"] == ["B-PER", "O", "O", "B-LOC"]
    assert [(span["text"], span["label"], span["start"], span["end"]) for span in answer["spans"]] == [
        ("Eve", "PER", 0, 1),
        ("Rome", "LOC", 3, 4),
    ]


def test_the_curves_can_be_read_back_by_tensorboard(tmp_path, base):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    trained = train(
        recipe(base, "token-classification", epochs=1), tiny.names_corpus(), tmp_path / "names", cache=tmp_path
    )
    curves = EventAccumulator(str(tmp_path / "names" / "runs"))
    curves.Reload()
    assert [(event.step, event.value) for event in curves.Scalars("train/loss")] == [
        (step, pytest.approx(loss)) for step, loss in trained.losses
    ]
    assert [event.step for event in curves.Scalars("validation/f1")] == [12]


@pytest.mark.parametrize("task", ["text-classification", "text-pair", "multi-label"])
def test_texts_are_told_apart(tmp_path, base, task):
    def rows(count: int, seed: int) -> Dataset:
        plain = tiny.opinions(count, seed)
        if task == "text-pair":
            return plain.add_column("text_pair", ["a good day" if at % 2 else "an awful day" for at in range(count)])
        if task == "multi-label":
            labels = [[label] * (at % 3 > 0) for at, label in enumerate(plain["label"])]
            texts = [text if given else "Ann met Bob" for text, given in zip(plain["text"], labels, strict=True)]
            return Dataset.from_dict({"text": texts, "labels": labels})
        return plain

    corpus = Corpus(task, {"train": rows(192, 0), "validation": rows(24, 1)}, ("bad", "good"))
    trained = train(recipe(base, task, epochs=5), corpus, tmp_path / "model", cache=tmp_path)
    assert trained.final is not None
    assert trained.final.best > 0.9
    loaded = load(tmp_path / "model")
    assert evaluate(loaded, corpus.splits["validation"]) == trained.final
    inputs = [{"text": "Bob likes the lovely day in Oslo", "text_pair": "a good day"}]
    (answer,) = predict(loaded, inputs)
    assert answer.get("label") == "good" or answer.get("labels") == ["good"]


def test_a_killed_training_goes_on_to_the_very_same_curve(tmp_path):
    tiny.encoder(tmp_path / "base")
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent), "OMP_NUM_THREADS": "1"}

    def begin(*arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, training.__file__, str(tmp_path), *arguments]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)

    whole = begin("whole")
    killed = begin("killed")
    assert killed.stdout is not None
    for line in killed.stdout:
        if line.strip() == "train 20":
            killed.send_signal(signal.SIGKILL)
            break
    assert killed.wait() == -signal.SIGKILL
    # As if the kill had come while the newest checkpoint was written.
    newest = max((tmp_path / "killed" / ".training").glob("checkpoint-*"), key=lambda path: path.stat().st_mtime)
    (newest / "progress.json").unlink()
    assert begin("killed", "resume").wait() == 0
    assert whole.wait() == 0
    reports = [
        Trained.model_validate_json((tmp_path / name / "train.json").read_text()) for name in ("whole", "killed")
    ]
    assert 0 < reports[1].resumed_from < 20
    for field in ("losses", "evaluations", "best_step", "final", "tokens", "steps"):
        assert getattr(reports[0], field) == getattr(reports[1], field), field
    weights = [(tmp_path / name / "model.safetensors").read_bytes() for name in ("whole", "killed")]
    assert weights[0] == weights[1]


def test_training_stops_when_it_gets_no_better_and_keeps_the_best(tmp_path, base):
    trained = train(
        recipe(base, "token-classification", epochs=30, patience=2, learning_rate=5e-3),
        tiny.names_corpus(train=48),
        tmp_path / "names",
        cache=tmp_path,
    )
    assert trained.stopped_early
    assert trained.steps < 180
    scores = {step: score.best for step, score in trained.evaluations}
    assert trained.best_step == max(scores, key=lambda step: scores[step])
    assert trained.final is not None
    assert trained.final.best == max(scores.values())


def test_accumulated_batches_learn_what_one_large_batch_learns(tmp_path, base):
    losses = [
        train(
            recipe(base, "token-classification", epochs=1, warmup=0.0, options={"fit_head": False}, **how),
            tiny.names_corpus(),
            tmp_path / name,
            cache=tmp_path,
        ).losses
        for name, how in (("one", {"batch": 96}), ("many", {"batch": 24, "accumulate": 4}))
    ]
    # Dropout differs; the rows, their weights and so nearly the loss are the same.
    assert losses[0][0][1] == pytest.approx(losses[1][0][1], rel=0.05)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"task": "text-classification"}, "the corpus is for 'token-classification', the recipe for"),
        ({"base": "nowhere"}, "no base is known as 'nowhere'"),
    ],
)
def test_what_does_not_fit_is_said_before_anything_is_trained(tmp_path, base, change, reason):
    settings = {"task": "token-classification", "base": str(base)} | change
    with pytest.raises(UsageError, match=reason):
        train(Recipe(**settings), tiny.names_corpus(), tmp_path / "x", cache=tmp_path)


def test_a_training_is_not_taken_up_with_another_recipe(tmp_path, base):
    work = tmp_path / "x" / ".training"
    work.mkdir(parents=True)
    (work / "recipe.json").write_text(recipe(base, "token-classification", epochs=2).model_dump_json())
    with pytest.raises(UsageError, match="had another recipe"):
        train(recipe(base, "token-classification"), tiny.names_corpus(), tmp_path / "x", cache=tmp_path, resume=True)
    assert json.loads((work / "recipe.json").read_text())["epochs"] == 2


def test_of_many_validation_rows_some_of_every_label_are_asked_during_training(tmp_path, base):
    """They come label after label, as from a folder for each class."""
    sides = [
        {"text": word, "label": label} for label, word in (("bad", "awful"), ("good", "lovely")) for _ in range(1_600)
    ]
    splits = {"train": tiny.opinions(16, 0), "validation": Dataset.from_list(sides)}
    plan = recipe(base, "text-classification", max_steps=1, batch=64)
    trained = train(plan, Corpus("text-classification", splits, ("bad", "good")), tmp_path / "m", cache=tmp_path)
    ((_, scores),) = trained.evaluations
    assert [scores.per_label[label]["support"] for label in ("bad", "good")] == [1_500, 1_500]


def test_trained_in_half_precision_a_network_answers_as_it_does_once_it_is_loaded(tmp_path, base):
    corpus = tiny.opinions_corpus()
    made = recipe(base, "text-classification", epochs=1, precision="bf16")
    loaded = begin(made, corpus.labels, tmp_path)
    run(loaded, made, corpus, tmp_path / "work")
    save(loaded, tmp_path / "kept")
    rows = corpus.splits["validation"]
    assert predict(loaded, rows) == predict(load(tmp_path / "kept"), rows)
