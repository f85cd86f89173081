"""Words to pieces and back to tags: windows, valid sequences, spans, and what a label counts."""

import doctest
from itertools import pairwise
from pathlib import Path

import pytest
import tiny
import torch
from datasets import Dataset

from autogpt.studio import table
from autogpt.studio.evaluate import predict
from autogpt.studio.kind import Loaded
from autogpt.studio.kinds import classify, pieces, tokens
from autogpt.studio.kinds.classify import class_weights
from autogpt.studio.kinds.headstart import fit_head
from autogpt.studio.kinds.pieces import Pieces, join_words, split_words
from autogpt.studio.kinds.tokens import TokenClassification, likeliest, spans_of, valid_moves
from autogpt.studio.model import begin
from autogpt.studio.network import tokenizer_of
from autogpt.studio.recipe import Recipe
from autogpt.studio.train import _optimizer

LABELS = ("O", "B-LOC", "I-LOC", "B-PER", "I-PER")


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Path:
    return tiny.encoder(tmp_path_factory.mktemp("tiny") / "base")


@pytest.fixture(scope="module")
def loaded(base: Path) -> Loaded:
    return begin(Recipe(task="token-classification", base=str(base)), LABELS, base)


def test_the_examples_in_the_documentation_hold():
    for module in (classify, pieces, tokens, table):
        assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("count", [0, 1, 5, 62, 63, 200, 1_000])
@pytest.mark.parametrize("most", [8, 64])
def test_windows_answer_for_every_word_once_and_hold_no_more_than_fits(base, count, most):
    words = [("Ann", "x" * 30, "Paris", "", "二三")[at % 5] for at in range(count)]
    cut = Pieces(tokenizer_of(base, 64))
    windows = list(cut.windows(words, most))
    assert [word for window in windows for word in window.keep] == list(range(count))
    assert all(len(window.ids) <= most for window in windows)
    for window in windows:
        assert all(0 < window.places[word - window.start] < len(window.ids) - 1 for word in window.keep)


def test_a_sentence_longer_than_the_network_reads_gets_a_tag_for_every_word(loaded):
    words = ["Ann", "lives", "in", "Paris"] * 100
    answer, nothing = predict(loaded, [words, []])
    assert len(answer["tags"]) == 400
    assert nothing == {"tags": [], "spans": []}


def test_a_window_sees_what_stands_around_its_words(loaded):
    """A word in the middle of a long sentence is judged with its neighbours, and alike wherever windows meet."""
    kind = TokenClassification()
    short = ["Ann", "lives", "in", "Paris"]
    (alone,), (long,) = (kind.tags(loaded, [words], 4) for words in (short, short * 30))
    assert len(long[0]) == 120
    assert len(alone[0]) == 4


@pytest.mark.parametrize(
    ("text", "words", "joined"),
    [
        ("Ann's here.", ["Ann's", "here", "."], "Ann's here ."),
        ("我在New York吃飯。", ["我", "在", "New", "York", "吃", "飯", "。"], "我在 New York 吃飯。"),
        ("COVID-19 in the U.S", ["COVID-19", "in", "the", "U.S"], "COVID-19 in the U.S"),
        ("", [], ""),
    ],
)
def test_texts_are_split_as_they_are_written(text, words, joined):
    assert split_words(text) == words
    assert join_words(words) == joined


def test_tags_are_the_likeliest_sequence_that_is_valid():
    scores = torch.tensor(
        [
            [0.1, 0.0, 0.8, 0.1, 0.0],  # I-LOC cannot begin a sentence
            [0.1, 0.0, 0.7, 0.1, 0.1],
            [0.6, 0.1, 0.1, 0.1, 0.1],
            [0.2, 0.0, 0.0, 0.3, 0.5],  # I-PER cannot follow O
        ]
    ).log()
    path = [LABELS[at] for at in likeliest(scores.clamp(min=-20), valid_moves(LABELS))]
    assert path == ["O", "O", "O", "B-PER"] or path[:2] == ["B-LOC", "I-LOC"]
    assert all(
        not after.startswith("I-") or before in (f"B-{after[2:]}", after) for before, after in pairwise(["O", *path])
    )
    assert [LABELS[at] for at in likeliest(scores, None)] == ["I-LOC", "I-LOC", "O", "I-PER"]


def test_the_best_path_is_found_among_all():
    torch.manual_seed(0)
    scores = torch.randn(5, len(LABELS)).log_softmax(-1)
    moves = valid_moves(LABELS)
    every = torch.cartesian_prod(*[torch.arange(len(LABELS))] * 5)
    worth = scores[torch.arange(5), every].sum(-1) + moves[-1][every[:, 0]]
    worth += sum(moves[before, after] for before, after in pairwise(every.T))
    assert likeliest(scores, moves) == every[worth.argmax()].tolist()


def test_spans_begin_where_they_are_begun():
    assert spans_of(["B-PER", "B-PER", "I-PER", "O", "I-LOC", "B-LOC"]) == [
        ("PER", 0, 1),
        ("PER", 1, 3),
        ("LOC", 5, 6),
    ]


@pytest.mark.parametrize(("how", "weights"), [("none", None), ("balanced", [0.5556, 5.0]), ("sqrt", [0.8333, 2.5])])
def test_rare_classes_weigh_more_and_rows_on_average_as_much(how, weights):
    found = class_weights([90, 10], how)
    assert found is None if weights is None else found.tolist() == pytest.approx(weights, abs=1e-4)
    if found is not None:
        assert float((found * torch.tensor([0.9, 0.1])).sum()) == pytest.approx(1)


def test_a_new_head_learns_faster_than_the_body_and_frozen_weights_not_at_all(loaded):
    recipe = Recipe(task="token-classification", base="x", learning_rate=1e-4, head_learning_rate=1e-3)
    groups = _optimizer(loaded.network, recipe, TokenClassification.rates).param_groups
    names = {id(weights): name for name, weights in loaded.network.named_parameters()}
    rates = {names[id(weights)]: group["lr"] for group in groups for weights in group["params"]}
    assert {name for name, rate in rates.items() if rate == 1e-3} == {"classifier.weight", "classifier.bias"}
    assert "bert.embeddings.word_embeddings.weight" not in rates
    assert all(
        group["weight_decay"] == (0.01 if weights.ndim > 1 else 0) for group in groups for weights in group["params"]
    )


def test_a_head_for_other_labels_is_made_anew_and_one_for_the_same_is_kept(tmp_path, loaded):
    loaded.network.save_pretrained(tmp_path)
    loaded.tokenizer.save_pretrained(tmp_path)
    kind = TokenClassification()
    recipe = Recipe(task="token-classification", base=str(tmp_path))
    same, _ = kind.network(tmp_path, LABELS, recipe)
    other, _ = kind.network(tmp_path, ("O", "B-X", "I-X", "B-Y", "I-Y"), recipe)
    assert (same.fresh_head, other.fresh_head) == (False, True)
    torch.testing.assert_close(same.classifier.weight, loaded.network.classifier.weight)
    assert not torch.equal(other.classifier.weight, loaded.network.classifier.weight)


def test_a_fresh_head_knows_something_before_the_body_is_trained(base):
    fresh = begin(Recipe(task="token-classification", base=str(base)), LABELS, base)
    kind, rows = TokenClassification(), tiny.sentences(60, 0)
    body = {name: weights.clone() for name, weights in fresh.network.bert.named_parameters()}
    before = kind.score(fresh, rows).best
    fit_head(fresh, kind.encode(fresh, rows, 64), seed=0)
    assert before < 0.3
    assert kind.score(fresh, rows).best > 0.6
    for name, weights in fresh.network.bert.named_parameters():
        torch.testing.assert_close(weights, body[name])


def test_tags_of_another_scheme_count_as_entities_that_were_not_found(loaded):
    rows = Dataset.from_dict({"tokens": [["Ann", "in", "Rome"]] * 2, "tags": [["B-PER", "O", "B-LOC"], ["NOUN"] * 3]})
    scores = TokenClassification().score(loaded, rows)
    assert (scores.main, scores.per_label["NOUN"]) == (
        "f1",
        {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 3.0},
    )
    assert scores.per_label["micro avg"]["support"] == 5


def test_a_row_of_pieces_carries_its_label_at_the_words_first(loaded):
    rows = Dataset.from_dict({"tokens": [["Ann", "zzz"]], "tags": [["B-PER", "O"]]})
    encoded = TokenClassification().encode(loaded, rows, 64)
    # [CLS] Ann z ##z ##z [SEP]
    assert encoded[0]["labels"] == [-100, LABELS.index("B-PER"), 0, -100, -100, -100]
