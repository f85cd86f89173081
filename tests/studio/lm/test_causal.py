"""Going on with texts and answering chats: trained, scored, asked, through the studio's common door."""

import json
import math

import pytest
import torch
from datasets import Dataset
from talk import KNOWN, base, chats, corpus, loaded, opinions, texts

from autogpt.core.errors import UsageError
from autogpt.studio.corpus import Corpus
from autogpt.studio.evaluate import evaluate, predict
from autogpt.studio.kind import kind_of
from autogpt.studio.model import load
from autogpt.studio.recipe import Lora, Recipe
from autogpt.studio.train import train


@pytest.mark.parametrize(
    ("method", "rate"), [("full", 3e-3), ("lora", 2e-2), ("dora", 2e-2)], ids=["full", "lora", "dora"]
)
def test_a_chat_model_answers_as_it_was_trained_to(tmp_path, method, rate):
    recipe = Recipe(
        task="sft",
        base=str(base(tmp_path / "hf")),
        method=method,
        lora=Lora(rank=16, alpha=32),
        epochs=10 if method == "full" else 3,
        batch=8,
        learning_rate=rate,
        freeze_embeddings=False,
        precision="fp32",
    )
    told = corpus("sft", chats(96, 0), chats(24, 1))
    report = train(recipe, told, tmp_path / "out", cache=tmp_path)
    first, last = report.evaluations[0][1], report.evaluations[-1][1]
    assert last.values["loss"] < first.values["loss"]
    if method == "full":  # adapters on random layers cannot learn it by heart
        model = load(tmp_path / "out")
        assert evaluate(model, chats(24, 2)).values["exact"] == 1.0
        assert predict(model, ["Tell me, the sky?", "And the sea, 7 o'clock?"]) == [KNOWN["sky"], KNOWN["sea"]]
        assert predict(model, [{"messages": [{"role": "user", "content": "海: how is it?"}]}]) == [KNOWN["海"]]


def test_a_text_model_learns_texts_in_full_blocks(tmp_path):
    recipe = Recipe(
        task="causal-lm",
        base=str(base(tmp_path / "hf")),
        max_steps=90,
        batch=4,
        max_length=64,
        learning_rate=3e-3,
        freeze_embeddings=False,
        precision="fp32",
        options={"max_new_tokens": 12},
    )
    told = corpus("causal-lm", texts(60, 0), texts(20, 1))
    report = train(recipe, told, tmp_path / "out", cache=tmp_path)
    assert report.evaluations[-1][1].values["perplexity"] < 8 < 100 < vocabulary(tmp_path / "hf")
    (said,) = predict(load(tmp_path / "out"), ["sea is wide. sky is"])
    assert said.startswith(" blue.")


@pytest.mark.parametrize(("count", "times", "steps"), [(64, 1, 2), (4, 100, 11)], ids=["packed", "cut"])
def test_an_epoch_is_once_over_the_blocks_however_many_texts_they_are_made_of(tmp_path, count, times, steps):
    recipe = Recipe(
        task="causal-lm", base=str(base(tmp_path / "hf")), epochs=2, batch=4, max_length=64, precision="fp32"
    )
    rows = Dataset.from_dict({"text": ["the sea is wide " * times] * count})
    report = train(recipe, corpus("causal-lm", rows, texts(8, 1)), tmp_path / "out", cache=tmp_path)
    assert (report.steps, report.epochs) == (2 * steps, 2.0)


@pytest.mark.parametrize("pad", ["<pad>", None])
def test_a_language_model_learns_to_tell_classes_apart(tmp_path, pad):
    """A decoder's layer on top judges every token, has no bias, and needs to know what is padding."""
    folder = base(tmp_path / "hf")
    if pad is None:
        for file in ("tokenizer_config.json", "config.json"):
            told = json.loads((folder / file).read_text())
            (folder / file).write_text(json.dumps({**told, "pad_token": None, "pad_token_id": None}))
    recipe = Recipe(task="text-classification", base=str(folder), epochs=3, batch=8, precision="fp32", threads=1)
    rows = {"train": opinions(96, 0), "validation": opinions(32, 1)}
    plain = train(recipe, Corpus("text-classification", rows, ("bad", "good")), tmp_path / "out", cache=tmp_path)
    assert plain.final.best > 0.9
    assert evaluate(load(tmp_path / "out"), rows["validation"]) == plain.final


def vocabulary(folder) -> int:
    return loaded("causal-lm", folder).network.config.vocab_size


def test_a_model_that_knows_nothing_has_the_perplexity_of_its_vocabulary(tmp_path):
    model = loaded("causal-lm", base(tmp_path / "hf"))
    with torch.no_grad():
        for weight in model.network.parameters():
            weight.zero_()
    scores = evaluate(model, texts(5, 0))
    size = model.network.config.vocab_size
    assert scores.values["perplexity"] == pytest.approx(size, rel=1e-4)
    assert scores.values["loss"] == pytest.approx(math.log(size), rel=1e-5)
    assert scores.best == pytest.approx(1 / size, rel=1e-4)


def test_texts_are_packed_into_blocks_with_an_end_token_after_each(tmp_path):
    folder = base(tmp_path / "hf")
    rows = texts(7, 0)
    packed = kind_of("causal-lm").encode(loaded("causal-lm", folder, max_length=32), rows)
    model = loaded("causal-lm", folder, max_length=32, options={"pack": False})
    alone = kind_of("causal-lm").encode(model, rows)
    joined = [token for at in range(len(packed)) for token in packed[at]["input_ids"]]
    assert joined == [t for text in rows["text"] for t in [*model.tokenizer(text)["input_ids"], 2]]
    assert set(packed.lengths[:-1]) == {32}
    assert sum(row["input_ids"][-1] == 2 for row in (alone[at] for at in range(len(alone)))) == 7


def test_the_greedy_answer_is_exact_where_the_score_says_so(tmp_path):
    model = loaded("sft", base(tmp_path / "hf"), options={"max_new_tokens": 6})
    questions = ["Tell me, the sky?", "海: how is it?", "And the ship, 7 o'clock?", "print: how is it?"]
    answers = predict(model, questions)
    assert answers == [predict(model, [question])[0] for question in questions]  # padding changes no answer


@pytest.mark.parametrize(
    ("task", "rows", "says"),
    [
        ("sft", lambda: chats(3, 0, "long " * 200), "raise max_length"),
        ("causal-lm", lambda: texts(1, 0).map(lambda row: {"text": ""}), "hold no text"),
    ],
)
def test_rows_with_nothing_to_learn_are_refused(tmp_path, task, rows, says):
    with pytest.raises(UsageError, match=says):
        kind_of(task).encode(loaded(task, base(tmp_path / "hf"), max_length=64), rows())


def test_a_base_that_cannot_chat_is_refused(tmp_path):
    folder = base(tmp_path / "hf")
    (folder / "chat_template.jinja").unlink()
    with pytest.raises(UsageError, match="has no chat template; take an instruct model"):
        loaded("sft", folder)
