import random

import learned
import numpy as np
import pytest
from datasets import Dataset

from autogpt.studio.diagnose.answers import Answers, calibration, confusion
from autogpt.studio.diagnose.attribution import attribute
from autogpt.studio.diagnose.curves import read_curves
from autogpt.studio.diagnose.entities import Spans, entities_of, seen, types
from autogpt.studio.diagnose.leaks import leaks
from autogpt.studio.diagnose.shortcuts import in_rows
from autogpt.studio.diagnose.weights import weights
from autogpt.studio.model import load


def guessed(texts: list[str], right: list[str], said: list[str] | None = None, sure: float = 0.9) -> Answers:
    """Answers of a model that is as sure of each."""
    labels = sorted(set(right))
    said = said or right
    chances = np.array(
        [[sure if label == each else (1 - sure) / (len(labels) - 1) for label in labels] for each in said]
    )
    return Answers(texts, labels, right, said, chances)


def noise(count: int, seed: int = 0) -> tuple[list[str], list[str]]:
    """Texts whose labels have nothing to do with them."""
    dice = random.Random(seed)
    texts = [" ".join(dice.choices(learned.PLAIN, k=dice.randint(5, 12))) for _ in range(count)]
    return texts, [dice.choice(("a", "b")) for _ in range(count)]


def test_labels_that_have_nothing_to_do_with_the_text_have_no_shortcut():
    texts, right = noise(300)

    assert in_rows(guessed(texts, right)).warnings == []


@pytest.mark.parametrize(
    ("inject", "said"),
    [
        (lambda text, label: f"{text} zorp" if label == "a" else text, "The word 'zorp' alone gives the label away"),
        (lambda text, label: text * 3 if label == "a" else text, "The label can be told from length alone"),
        (lambda text, label: f"{text}!!" if label == "a" else text, "The label can be told from punctuation alone"),
    ],
)
def test_a_shortcut_that_was_put_in_is_found(inject, said):
    texts, right = noise(300)

    warnings = in_rows(guessed([inject(text, label) for text, label in zip(texts, right, strict=True)], right)).warnings

    assert any(warning.startswith(said) for warning in warnings)


def test_rows_that_stand_in_the_training_rows_are_found_word_for_word_and_nearly():
    texts, right = noise(40)
    others, labels = noise(200, seed=1)
    others[7], labels[7] = texts[3].upper() + "!", "b" if right[3] == "a" else "a"
    texts[5] = "an unusual sentence about seventeen elephants crossing the frozen river at dawn"
    others[9] = "An unusual sentence about seventeen elephants, crossing the frozen river at dawn again"

    section = leaks(_rows(texts, right), _rows(others, labels))

    assert section.facts["exact"] == [[3, 7]]
    assert [found[:2] for found in section.facts["near"]] == [[5, 9]]
    assert section.facts["contrary"] == 1
    assert section.warnings == [
        "1 held-out rows (2.5%) are also in the training rows: the score flatters.",
        "1 held-out rows (2.5%) are nearly the same as training rows: the score may flatter.",
    ]


def test_a_text_that_stands_often_on_both_sides_is_counted_and_not_paired(tmp_path):
    import tracemalloc

    tracemalloc.start()
    section = leaks(_rows(["same"] * 2_000, ["a"] * 2_000), _rows(["Same!"] * 3_000, ["a", "b", "c"] * 1_000))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert section.facts["contrary"] == 2_000 * 2_000
    assert section.parts[1].rows == [["same", "a", label] for _ in range(5) for label in ("b", "c")]
    assert most < 100e6  # one by one the pairs took 400 MB


def test_where_near_copies_are_looked_for_in_some_rows_only_it_is_told(monkeypatch):
    monkeypatch.setattr("autogpt.studio.diagnose.leaks._PAIRS", 100 * 40)
    monkeypatch.setattr("autogpt.studio.diagnose.leaks._LOOKED", 40)
    texts = [f"the {number} dogs of row {number} bark at number {number * 7}" for number in range(400)]
    section = leaks(
        _rows([*texts[:200], *texts[:3]], ["a"] * 203), _rows([f"{text}!?" for text in texts[200:280]], ["a"] * 80)
    )
    assert section.said[1] == (
        "Near copies were looked for in 100 of the other held-out rows, among 40 training rows, both at even distances."
    )
    assert (section.facts["near_asked"], section.facts["near_among"]) == (100, 40)
    whole = leaks(_rows(texts[:50], ["a"] * 50), _rows(["something else"] * 30, ["a"] * 30))
    assert len(whole.said) == 1


def test_calibration_is_the_distance_between_how_sure_it_is_and_how_often_right():
    texts, right = noise(100)
    said = [label if number % 2 else ("b" if label == "a" else "a") for number, label in enumerate(right)]

    section = calibration(guessed(texts, right, said, sure=0.9))

    assert section.facts["ece"] == pytest.approx(0.4)
    assert section.warnings == ["Its probabilities are not to be trusted: calibration error 0.40."]


def test_confusion_counts_right_labels_down_and_said_ones_across():
    section = confusion(guessed(["x"] * 5, ["a", "a", "a", "b", "b"], ["a", "b", "b", "b", "b"]))

    assert section.facts["counts"] == [[1, 2], [0, 2]]


@pytest.mark.parametrize("label", [0, 1])
def test_attributions_add_up_to_the_difference_of_the_logits_and_point_at_the_word(reviews, label):
    text = "the film with the evening was awful in town"

    seen_ = attribute(load(reviews), text, label)

    assert sum(seen_.values) == pytest.approx(
        seen_.logit - seen_.baseline, abs=0.03 * abs(seen_.logit - seen_.baseline)
    )
    assert "".join(seen_.pieces) == text
    strongest = max(range(len(seen_.values) - 1), key=lambda place: abs(seen_.values[place]))
    assert seen_.pieces[strongest] == "awful"
    assert (seen_.values[strongest] > 0) == (label == 0)


def test_every_right_entity_has_one_fate():
    right = [entities_of("B-PER I-PER O B-LOC O B-LOC O B-PER".split())]
    said = [entities_of("B-PER O O B-PER O B-LOC B-ORG O".split())]

    facts = types(Spans([list("abcdefgh")], right, said)).facts

    assert facts == {
        "LOC": {"right": 1, "wrong type": 1},
        "ORG": {"invented": 1},
        "PER": {"wrong ends": 1, "missed": 1},
    }


def test_a_tagger_that_only_remembers_is_called_so():
    train = Dataset.from_list([{"tokens": ["old"], "tags": ["B-PER"]}])
    words = [["old"]] * 12 + [["new"]] * 12
    spans = Spans(words, [[(0, 1, "PER")]] * 24, [[(0, 1, "PER")]] * 12 + [[]] * 12)

    assert seen(spans, train).warnings == ["It remembers names: recall 1.00 on known ones, 0.00 on new ones."]


def test_gradients_are_those_of_the_mean_loss_and_are_gone_afterwards(reviews):
    loaded = load(reviews)
    loaded.network.get_input_embeddings().requires_grad_(False)
    rows = learned.review_rows(32, 2)

    facts = weights(loaded, rows).facts

    network = loaded.network
    inputs = loaded.tokenizer(list(rows["text"]), padding=True, return_tensors="pt")
    labels = [loaded.checkpoint.labels.index(label) for label in rows["label"]]
    import torch

    torch.nn.functional.cross_entropy(network(**inputs).logits, torch.tensor(labels)).backward()
    assert facts["classifier.weight"]["gradient"] == pytest.approx(
        float(network.classifier.weight.grad.norm()), rel=1e-3
    )
    assert not network.get_input_embeddings().weight.requires_grad


def test_curves_are_read_from_event_files(tmp_path):
    from torch.utils.tensorboard import SummaryWriter

    with SummaryWriter(str(tmp_path / "runs")) as writer:
        for step, value in enumerate((2.0, 1.0, 0.5)):
            writer.add_scalar("train/loss", value, step)

    assert read_curves(tmp_path / "runs") == {"train/loss": [(0, 2.0), (1, 1.0), (2, 0.5)]}


def _rows(texts: list[str], labels: list[str]) -> Dataset:
    return Dataset.from_list([{"text": text, "label": label} for text, label in zip(texts, labels, strict=True)])
