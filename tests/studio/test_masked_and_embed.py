"""Bodies trained without labels: hidden words are guessed, pairs find each other."""

import random
from pathlib import Path

import pytest
import tiny
import torch
from datasets import Dataset
from torch.optim.optimizer import register_optimizer_step_pre_hook

from autogpt.studio.contrast import contrast
from autogpt.studio.corpus import Corpus
from autogpt.studio.evaluate import evaluate, predict
from autogpt.studio.kinds.hiding import Hiding
from autogpt.studio.model import begin, load
from autogpt.studio.recipe import Recipe
from autogpt.studio.rows import Rows
from autogpt.studio.train import run, train


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Path:
    return tiny.encoder(tmp_path_factory.mktemp("tiny") / "base")


def recipe(base: Path, task: str, **more) -> Recipe:
    settings = {"epochs": 4, "batch": 16, "learning_rate": 3e-3, "freeze_embeddings": False, "precision": "fp32"}
    return Recipe(task=task, base=str(base), threads=1, **(settings | more))


def test_hidden_words_are_guessed_from_the_others(tmp_path, base):
    texts = [" ".join(words) for words in tiny.sentences(300, 0)["tokens"]]
    splits = {"train": Dataset.from_dict({"text": texts[:260]}), "validation": Dataset.from_dict({"text": texts[260:]})}
    trained = train(
        recipe(base, "masked-lm", epochs=10, batch=8, learning_rate=5e-3),
        Corpus("masked-lm", splits),
        tmp_path / "words",
        cache=tmp_path,
    )
    scores = [score.best for _, score in trained.evaluations]
    assert scores[-1] > 0.35  # at first 0.15
    loaded = load(tmp_path / "words")
    assert evaluate(loaded, splits["validation"]) == trained.final
    (answer,) = predict(loaded, ["Ann lives [MASK] Paris"])
    assert answer["fills"][0][0]["token"] == "in"


def test_pairs_that_belong_together_find_each_other(tmp_path, base):
    dice = random.Random(0)
    asked = [f"{name} likes the trip to {place}" for name in tiny.NAMES for place in tiny.PLACES]
    pairs = [(text, f"a good day in {text.split()[-1]} with {text.split()[0]}") for text in asked] * 4
    dice.shuffle(pairs)
    rows = Dataset.from_dict({"text": [one for one, _ in pairs], "text_pair": [other for _, other in pairs]})
    held = rows.select(range(30)).add_column("score", [1.0] * 15 + [0.0] * 15)
    trained = train(
        recipe(base, "embedding", epochs=12),
        Corpus("embedding", {"train": rows, "validation": held}),
        tmp_path / "e",
        cache=tmp_path,
    )
    assert trained.final is not None
    assert trained.final.best > 0.8
    assert set(trained.final.values) == {"mrr", "top1", "spearman"}
    loaded = load(tmp_path / "e")
    (vector,) = predict(loaded, ["Ann likes the trip to Rome"])
    assert sum(x * x for x in vector["vector"]) == pytest.approx(1, abs=1e-4)
    near, far = predict(
        loaded,
        [
            {"text": "Ann likes the trip to Rome", "text_pair": "a good day in Rome with Ann"},
            {"text": "Ann likes the trip to Rome", "text_pair": "a good day in Oslo with Finn"},
        ],
    )
    assert near["similarity"] > far["similarity"] + 0.01


@pytest.mark.parametrize("task", ["embedding", "recommendation", "masked-lm"])
def test_the_rate_that_is_asked_for_is_the_rate_of_the_whole_body(tmp_path, base, task):
    rows = {"text": ["Ann met Bob"] * 4, "text_pair": ["a good day"] * 4, "history": [["Ann"]] * 4, "item": ["Bob"] * 4}
    told = recipe(base, task, max_steps=2, learning_rate=0.0123, warmup=0.5)
    corpus = Corpus(task, {"train": Dataset.from_dict(rows)}, ("Ann", "Bob"))
    loaded = begin(told, corpus.labels, tmp_path)
    seen: list[float] = []

    def look(optimizer, *_) -> None:
        seen.extend(group["lr"] for group in optimizer.param_groups)

    hook = register_optimizer_step_pre_hook(look)
    run(loaded, told, corpus, tmp_path / "out")
    hook.remove()
    assert max(seen) == min(seen[len(seen) // 2 :]) == 0.0123


def test_the_contrast_loss_on_a_case_worked_by_hand():
    vectors = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
    tokens = torch.tensor([[1], [2], [3], [4]])
    # Both rows and columns: log(e^1 + e^0) - 1, at temperature 1.
    assert contrast(vectors, tokens, 1.0).item() == pytest.approx(torch.tensor([1.0, 0.0]).logsumexp(0).item() - 1)
    # The same text twice: nothing is left to be told apart from.
    assert contrast(vectors, torch.tensor([[1], [1], [3], [4]]), 1.0).item() == pytest.approx(0, abs=1e-6)


def test_scores_that_are_all_alike_have_no_rank_correlation(base):
    loaded = begin(recipe(base, "embedding"), (), base)
    rows = {"text": ["a day", "the trip"], "text_pair": ["a good day", "the bad trip"], "score": ["0.5", "0.5"]}
    assert set(evaluate(loaded, Dataset.from_dict(rows)).values) == {"mrr", "top1"}


def test_any_seed_hides_words(base):
    loaded = begin(recipe(base, "masked-lm"), (), base)
    rows = Hiding(Rows([{"input_ids": [2, 200, 201, 3]}]), loaded.tokenizer, seed=2**32 - 1)
    assert rows[0]["input_ids"] != [2, 200, 201, 3]
