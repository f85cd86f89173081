"""The packaged model, tuned with LoRA, answers what it never saw in the form it was shown."""

import os
import random
import re
from pathlib import Path

import pytest
from datasets import Dataset

from autogpt.studio.corpus import Corpus
from autogpt.studio.evaluate import evaluate, predict
from autogpt.studio.model import begin, load
from autogpt.studio.recipe import Recipe
from autogpt.studio.train import train

THINGS = ("pens", "lamps", "chairs", "maps", "ropes", "cups")


def orders(count: int, seed: int, things: tuple[str, ...] = THINGS) -> Dataset:
    dice = random.Random(seed)
    rows = []
    for _ in range(count):
        order = {thing: dice.randint(2, 99) for thing in dice.sample(things, 2)}
        asked = dice.choice(list(order))
        question = f"Order: {', '.join(f'{many} {thing}' for thing, many in order.items())}. How many {asked}?"
        answer = f"item={asked} count={order[asked]}"
        rows.append({"messages": [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]})
    return Dataset.from_list(rows)


@pytest.mark.model
def test_a_few_dozen_steps_teach_the_form_and_lower_the_held_out_loss(tmp_path):
    home = Path(os.environ.get("AUTOGPT_CACHE") or Path.home() / ".cache" / "autogpt") / "studio"
    recipe = Recipe(
        task="sft",
        base="smollm2-135m",
        method="lora",
        max_steps=36,
        batch=8,
        precision="fp32",
        options={"max_new_tokens": 16},
    )
    held_out = orders(16, 1, ("bells", "tiles", "knives", "shirts"))
    before = evaluate(begin(recipe, (), home), held_out)
    train(recipe, Corpus("sft", {"train": orders(288, 0)}), tmp_path / "out", cache=home)
    model = load(tmp_path / "out")
    after = evaluate(model, held_out)
    assert after.values["loss"] < before.values["loss"] / 4
    asked = [f"Order: 12 {one}, 40 spoons. How many {one}?" for one in ("drums", "kites", "tents", "forks")]
    answers = predict(model, asked)
    assert all(re.fullmatch(r"item=\w+ count=\d+", answer) for answer in answers), answers
    assert (tmp_path / "out" / "adapter" / "adapter_model.safetensors").exists()
    print(before.values, after.values, answers)
