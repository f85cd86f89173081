"""What comes next is found by what was taken before."""

import json
import random

from tiny import NAMES, PLACES, encoder

from autogpt.studio.data import load
from autogpt.studio.evaluate import evaluate, predict
from autogpt.studio.model import load as load_model
from autogpt.studio.recipe import Recipe
from autogpt.studio.train import train


def test_the_next_item_is_learned_and_what_was_taken_is_not_recommended_again(tmp_path):
    """Whoever began with trips of a name goes on with that name; a place comes once."""
    dice = random.Random(0)

    def rows(count: int) -> str:
        lines = []
        for _ in range(count):
            name = dice.choice(NAMES)
            items = [f"{name} to {place}" for place in dice.sample(PLACES, 4)]
            lines.append(json.dumps({"history": items[:3], "item": items[3]}))
        return "\n".join(lines)

    (tmp_path / "train.jsonl").write_text(rows(240))
    (tmp_path / "test.jsonl").write_text(rows(40))
    corpus = load([tmp_path / "train.jsonl", tmp_path / "test.jsonl"], "recommendation")
    assert len(corpus.labels) == len(NAMES) * len(PLACES)
    recipe = Recipe(
        task="recommendation",
        base=str(encoder(tmp_path / "base")),
        epochs=6,
        learning_rate=3e-3,
        freeze_embeddings=False,
        precision="fp32",
        threads=1,
        max_length=32,
    )
    train(recipe, corpus, tmp_path / "next", cache=tmp_path)
    loaded = load_model(tmp_path / "next")
    scores = evaluate(loaded, corpus.splits["test"])
    # Two of thirty items are right at each time: by chance a rank of one in 14, and 0.16 in five.
    assert scores.values["recall@5"] > 0.8
    assert scores.best > 0.4
    (answer,) = predict(loaded, [{"history": ["Ann to Paris", "Ann to Rome", "Ann to Oslo"]}])
    told = [one["item"] for one in answer["items"]]
    assert len(told) == 10
    assert set(told[:2]) == {"Ann to Lima", "Ann to Cairo"}
