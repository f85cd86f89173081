"""Rows whose labels a model does not know: counted, told, and refused where there are no others."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import tiny
from datasets import Dataset

from autogpt import AutoGpt, AutoGptDataset
from autogpt.cli.studio_told import told
from autogpt.core.errors import UsageError
from autogpt.studio.corpus import Corpus
from autogpt.studio.evaluate import evaluate
from autogpt.studio.jobs import Job, Status
from autogpt.studio.kind import Loaded
from autogpt.studio.model import begin
from autogpt.studio.recipe import Recipe
from autogpt.studio.train import train


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Path:
    return tiny.encoder(tmp_path_factory.mktemp("tiny") / "base")


def model(base: Path, task: str, labels: tuple[str, ...]) -> Loaded:
    return begin(Recipe(task=task, base=str(base)), labels, base)


CASES: dict[str, tuple[tuple[str, ...], Callable[[str], dict]]] = {
    "text-classification": (("bad", "good"), lambda label: {"text": "a trip", "label": label}),
    "text-pair": (("bad", "good"), lambda label: {"text": "a", "text_pair": "b", "label": label}),
    "multi-label": (("bad", "good"), lambda label: {"text": "a trip", "labels": [label, "bad"]}),
    "token-classification": (("O", "B-good"), lambda label: {"tokens": ["a", "b"], "tags": ["O", f"B-{label}"]}),
}


@pytest.mark.parametrize("task", CASES)
def test_rows_with_unknown_labels_are_counted_and_refused_if_all_are(base, task):
    labels, row = CASES[task]
    loaded = model(base, task, labels)
    known, strange = row("good"), row("odd")
    scores = evaluate(loaded, Dataset.from_list([known, known, strange, strange]))
    assert (scores.rows, scores.unknown_rows) == (4, 2)
    assert scores.unknown_labels == (("B-odd",) if task == "token-classification" else ("odd",))
    assert evaluate(loaded, Dataset.from_list([known])).unknown_rows == 0
    with pytest.raises(UsageError, match=r"the model knows the labels of none of the 2 rows: they have (B-)?odd"):
        evaluate(loaded, Dataset.from_list([strange, strange]))


def test_tags_that_name_nothing_and_that_the_model_does_not_know_are_no_fault_of_ours(base):
    loaded = model(base, "token-classification", ("NOUN", "VERB"))
    rows = Dataset.from_list([{"tokens": ["a"], "tags": ["NOUN"]}, {"tokens": ["a"], "tags": ["ADJ"]}])
    assert evaluate(loaded, rows).unknown_rows == 1


def test_the_loss_is_that_of_the_rows_whose_label_is_known(base):
    loaded = model(base, "text-classification", ("bad", "good"))
    known = {"text": "a trip", "label": "good"}
    alone = evaluate(loaded, Dataset.from_list([known]))
    both = evaluate(loaded, Dataset.from_list([known, {"text": "a day", "label": "odd"}]))
    assert both.values["loss"] == pytest.approx(alone.values["loss"], rel=1e-3)
    now = datetime.now(UTC)
    status = Status(
        job=Job(id="j", kind="evaluate", arguments={}, created=now), state="done", attempts=1,
        result={"split": "test", "scores": both.model_dump(mode="json")},
    )  # fmt: skip
    assert told(status)[-1].endswith("1 rows have labels the model does not know (odd): counted as wrong")


def test_validation_rows_that_the_model_cannot_know_are_refused_before_it_is_trained(base, tmp_path):
    corpus = tiny.opinions_corpus(16, 8)
    odd = corpus.splits["validation"].map(lambda row: {"label": "odd"})
    recipe = Recipe(task=corpus.task, base=str(base), precision="fp32", threads=1)
    mixed = Corpus(corpus.task, {**corpus.splits, "validation": odd}, corpus.labels)
    with pytest.raises(UsageError, match="it knows bad, good"):
        train(recipe, mixed, tmp_path / "m", cache=tmp_path)
    facade = AutoGpt.load(base)
    with pytest.raises(UsageError, match="it knows bad, good"):
        facade.train(
            AutoGptDataset(corpus), validation=AutoGptDataset(Corpus(corpus.task, {"validation": odd}, ("odd",)))
        )


def test_a_checkpoint_is_not_made_smaller_on_rows_with_labels_it_does_not_know(base, tmp_path):
    moods = AutoGpt.load(base)
    corpus = tiny.opinions_corpus(16, 8)
    with pytest.raises(UsageError, match="there is nothing to tell apart: the only label is 'good'"):
        moods.train(AutoGptDataset(Corpus(corpus.task, {"train": Dataset.from_list([GOOD])}, ("good",))))
    moods.train(AutoGptDataset(corpus), num_epochs=1)
    for split in ("train", "test"):
        splits = {"train": corpus.splits["train"], "test": corpus.splits["validation"]}
        splits[split] = Dataset.from_list([*splits[split], {**GOOD, "label": "odd"}])
        rows = AutoGptDataset(Corpus(corpus.task, splits, corpus.labels))
        for make in (moods.prune, moods.distill):
            with pytest.raises(UsageError, match=r"1 of \d+ rows have labels that .* does not know \(odd\)"):
                make(tmp_path / "small", rows)
    with pytest.raises(UsageError, match=r"does not know \(odd\)"):
        moods.quantize(tmp_path / "small", rows, "torch-dynamic")


GOOD = {"text": "Ann likes the good day", "label": "good"}
