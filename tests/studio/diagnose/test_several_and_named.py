"""What a diagnosis asks of classifiers with several labels, and why a tagger takes words for a name."""

import json
import random
from datetime import UTC, datetime
from pathlib import Path

import learned
import numpy as np
import pytest
import torch
from datasets import Dataset
from transformers import BertForSequenceClassification

from autogpt.studio.checkpoint import Checkpoint
from autogpt.studio.compress.encoder import encoder_kind, gold, loss
from autogpt.studio.diagnose.diagnosis import diagnose
from autogpt.studio.diagnose.entities import Spans
from autogpt.studio.diagnose.named import attributions, reasons
from autogpt.studio.diagnose.several import Marks, calibration, confusion, thresholds, worst
from autogpt.studio.kind import Loaded
from autogpt.studio.model import load, save
from autogpt.studio.rows import Collate

TOPICS = ("food", "person", "place")
WORDS = {"food": learned.GOOD[:4], "person": learned.PEOPLE, "place": learned.PLACES}


def topic_rows(count: int, seed: int) -> Dataset:
    """Plain words with a word of each of none to three topics."""
    dice = random.Random(seed)
    rows: list[dict[str, object]] = []
    for _ in range(count):
        labels = [topic for topic in TOPICS if dice.random() < 0.4]
        words = [*dice.choices(learned.PLAIN, k=5), *(dice.choice(WORDS[topic]) for topic in labels)]
        dice.shuffle(words)
        rows.append({"text": " ".join(words), "labels": labels})
    return Dataset.from_list(rows)


@pytest.fixture(scope="module")
def topics(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint folder: which topics a text has words of."""
    card = Checkpoint(
        name="topics", task="multi-label", labels=TOPICS, base="made", max_length=48, created=datetime.now(UTC)
    )
    torch.manual_seed(0)
    config = learned._config(TOPICS, problem_type="multi_label_classification")
    loaded = Loaded(BertForSequenceClassification(config), learned.word_tokenizer(), card)
    rows = encoder_kind(card.task).encode(loaded, topic_rows(640, 1), card.max_length)
    collate = Collate(loaded.tokenizer, gold)
    optimizer = torch.optim.AdamW(loaded.network.parameters(), lr=1e-3)
    loaded.network.train()
    for epoch in range(10):
        order = torch.randperm(len(rows), generator=torch.Generator().manual_seed(epoch)).tolist()
        for start in range(0, len(order), 16):
            batch = collate([rows[place] for place in order[start : start + 16]])
            labels = batch.pop("labels")
            optimizer.zero_grad()
            loss(loaded.network(**batch).logits, labels).backward()
            optimizer.step()
    loaded.network.eval()
    return save(loaded, tmp_path_factory.mktemp("models") / "topics")


def marks(right: list[list[int]], chances: list[list[float]], threshold: float = 0.5) -> Marks:
    labels = ("a", "b")
    return Marks(["x"] * len(right), labels, np.array(right, bool), np.array(chances), [threshold] * len(labels))


def test_a_model_of_several_labels_is_asked_about_each_of_them(topics, tmp_path):
    rows = topic_rows(80, 2).to_list()
    odd = next(number for number, row in enumerate(rows) if "place" not in row["labels"])
    rows[odd]["labels"] = [*rows[odd]["labels"], "place"]

    found = diagnose(topics, Dataset.from_list(rows), tmp_path / "out", train=topic_rows(200, 1))

    told = json.loads(found.data.read_text("utf-8"))["sections"]
    assert list(told) == [
        *("scores", "labels", "confusion", "thresholds", "calibration", "worst", "shortcuts"),
        *("attributions", "attention", "projection", "leaks", "weights"),
    ]
    calibrated = told["calibration"]["labels"]
    assert {label: sum(tenth["decisions"] for tenth in one["bins"]) for label, one in calibrated.items()} == (
        dict.fromkeys(TOPICS, 80)
    )
    assert len(told["projection"]["points"]) == 80
    assert set(told["projection"]["groups"]) == {*TOPICS, "none", "several labels"}
    assert told["projection"]["silhouette"] > 0.1
    assert told["confusion"]["missed"]["place"] == 1
    assert told["worst"][0]["label"] == "place"
    assert told["worst"][0]["row"] == odd
    assert found.scores.values["f1"] > 0.95, found.scores.per_label
    seen = max(told["attributions"], key=lambda each: each["logit"])
    strongest = seen["pieces"][int(np.argmax(seen["values"]))]
    assert strongest in WORDS[seen["label"]]


def test_a_threshold_that_is_too_high_is_told():
    right = [[1, 0]] * 20 + [[0, 1]] * 20
    chances = [[0.4, 0.1]] * 20 + [[0.1, 0.9]] * 20

    section = thresholds(marks(right, chances))

    assert section.facts["a"] == {"rows": 20, "threshold": 0.5, "f1": 0.0, "best": 0.25, "best_f1": 1.0}
    assert section.facts["b"]["f1"] == 1.0
    assert section.warnings == ["a: with a threshold of 0.25 instead of 0.50 F1 would be 1.00 instead of 0.00."]


def test_missed_and_added_labels_are_counted_and_the_surest_come_first():
    found = marks([[1, 0], [1, 1], [0, 1]], [[0.1, 0.7], [0.9, 0.9], [0.6, 0.9]])

    assert confusion(found).facts == {"exact": 1, "missed": {"a": 1, "b": 0}, "added": {"a": 1, "b": 1}}
    assert [(each["row"], each["label"]) for each in worst(found).facts] == [(0, "a"), (0, "b"), (2, "a")]


def test_calibration_of_several_labels_is_that_of_every_decision():
    """Four decisions of 0.9, of which half are right; the rest are sure and right."""
    section = calibration(marks([[1, 1], [0, 0]], [[0.9, 0.9], [0.9, 0.9]]))

    assert section.facts["ece"] == pytest.approx(0.4)


@pytest.mark.parametrize("kind", ["PER", "LOC"])
def test_a_names_reasons_add_up_and_the_name_itself_speaks_for_it(names, kind):
    loaded = load(names)
    words = "we had anna with a phone in paris".split()
    word = {"PER": "anna", "LOC": "paris"}[kind]
    at = words.index(word)

    seen = reasons(loaded, words, (at, at + 1, kind))

    assert seen.words == words
    assert sum(seen.values) + seen.rest == pytest.approx(
        seen.logit - seen.baseline, abs=0.03 * abs(seen.logit - seen.baseline)
    )
    assert max(zip(seen.values, words, strict=True))[1] == word


def test_a_name_of_a_long_sentence_is_explained_by_the_stretch_around_it(names):
    words = ["film"] * 100 + ["anna"] + ["film"] * 100

    seen = reasons(load(names), words, (100, 101, "PER"))

    assert len(seen.words) < 48
    assert max(zip(seen.values, seen.words, strict=True))[1] == "anna"


def test_names_that_are_wrong_missed_and_right_are_explained(names):
    rows = learned.name_rows(40, 2).to_list()
    spans = Spans.of(load(names), Dataset.from_list(rows))
    right = [list(each) for each in spans.right]
    said = [list(each) for each in spans.said]
    number = next(number for number, each in enumerate(right) if each)
    first = right[number][0]
    said[number] = [(first[0], first[1], "LOC" if first[2] == "PER" else "PER")]

    section = attributions(load(names), Spans(spans.words, right, said), 6)

    told = [(each["row"], tuple(each["span"])) for each in section.facts]
    assert told[0] == (number, said[number][0])
    assert (number, first) in told
    assert len(told) == 6
    assert section.facts[0]["logit"] < 0 < section.facts[-1]["logit"]
