"""One text made into another."""

import random

import pytest
from datasets import Dataset
from talk import KNOWN, base, corpus, loaded, t5

from autogpt.core.errors import UsageError
from autogpt.studio.evaluate import evaluate, predict
from autogpt.studio.lm.overlap import bleu, rouge_l
from autogpt.studio.model import load
from autogpt.studio.recipe import Recipe
from autogpt.studio.train import train


def pairs(count: int, seed: int) -> Dataset:
    dice = random.Random(seed)
    things = [dice.choice(list(KNOWN)) for _ in range(count)]
    return Dataset.from_list([{"source": f"{one}: how is it?", "target": f"It is {KNOWN[one]}."} for one in things])


@pytest.mark.parametrize("method", ["full", "lora"])
def test_sources_become_targets(tmp_path, method):
    plan = Recipe(
        task="seq2seq",
        base=str(t5(tmp_path / "hf")),
        method=method,
        max_steps=120 if method == "full" else 12,
        batch=8,
        learning_rate=5e-3,
        freeze_embeddings=False,
        precision="fp32",
        options={"max_new_tokens": 12},
    )
    report = train(plan, corpus("seq2seq", pairs(64, 0), pairs(6, 1)), tmp_path / "out", cache=tmp_path)
    first, last = report.evaluations[0][1], report.evaluations[-1][1]
    assert last.values["loss"] < first.values["loss"]
    model = load(tmp_path / "out")
    if method == "full":
        scores = evaluate(model, pairs(12, 2)).values
        assert (scores["rouge_l"], scores["exact"]) == (1.0, 1.0)
        assert predict(model, ["sky: how is it?", "海: how is it?"]) == ["It is blue.", "It is 很宽."]


def test_a_decoder_alone_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"is no encoder-decoder, such as T5 or BART, but of the family 'llama'$"):
        loaded("seq2seq", base(tmp_path / "hf"))


@pytest.mark.parametrize(
    ("said", "expected", "worth"),
    [
        ("The cat sat.", "the cat sat.", 1.0),
        ("police killed the gunman", "police kill the gunman", 0.75),  # Lin 2004, section 3.1
        ("the gunman police killed", "police killed the gunman", 0.5),
        ("海很宽", "天很宽", 2 / 3),
        ("", "", 1.0),
        ("", "a", 0.0),
    ],
)
def test_rouge_l_is_the_share_of_words_in_the_right_order(said, expected, worth):
    assert rouge_l(said, expected) == pytest.approx(worth)


def test_bleu_is_the_hand_worked_number():
    # 5, 3, 2 and 1 runs of 1 to 4 words are right, of 6, 5, 4 and 3; equally long, so nothing is taken off.
    said, expected = ["the cat sat on the mat"], ["the cat sat on a mat"]
    assert bleu(said, expected) == pytest.approx((5 / 6 * 3 / 5 * 2 / 4 * 1 / 3) ** 0.25)
    # all right but two words short of seven
    assert bleu(["a b c d e"], ["a b c d e f g"]) == pytest.approx(2.718281828 ** (1 - 7 / 5))
    assert bleu(["a b c"], ["a b c"]) == 0.0
