"""A tiny language model that has learned nothing yet, and small chats it can learn."""

import random
import sys
from pathlib import Path

from datasets import Dataset

sys.path.insert(0, str(Path(__file__).parents[1] / "export"))
from small import language_model, load, tokenizer

from autogpt.studio.checkpoint import Checkpoint
from autogpt.studio.corpus import Corpus
from autogpt.studio.kind import Loaded, kind_of
from autogpt.studio.recipe import Recipe

__all__ = ["base", "chats", "corpus", "load", "loaded", "texts", "tokenizer"]

KNOWN = {"sea": "wide", "sky": "blue", "ship": "34", "print": "return a", "naïve": "café", "海": "很宽"}
ASKED = ("Tell me, the {}?", "{}: how is it?", "And the {}, 7 o'clock?")


def base(folder: Path) -> Path:
    return language_model(folder, initializer_range=0.05, tie_word_embeddings=True)


def chats(count: int, seed: int, system: str = "") -> Dataset:
    """Things and what they are; the system prompt, if any, is the same for all."""
    dice = random.Random(seed)
    rows = []
    for _ in range(count):
        thing = dice.choice(list(KNOWN))
        said = [{"role": "system", "content": system}] if system else []
        said.append({"role": "user", "content": dice.choice(ASKED).format(thing)})
        rows.append({"messages": [*said, {"role": "assistant", "content": KNOWN[thing]}]})
    return Dataset.from_list(rows)


def texts(count: int, seed: int) -> Dataset:
    dice = random.Random(seed)
    things = list(KNOWN)
    return Dataset.from_list(
        [{"text": " ".join(f"{thing} is {KNOWN[thing]}." for thing in dice.sample(things, 3))} for _ in range(count)]
    )


def corpus(task: str, train: Dataset, validation: Dataset | None = None) -> Corpus:
    return Corpus(task, {"train": train} | ({"validation": validation} if validation else {}))


def loaded(task: str, folder: Path, **changes: object) -> Loaded:
    """The base with what the task's kind makes of it, untrained."""
    from datetime import UTC, datetime

    recipe = Recipe(task=task, base=str(folder), **changes)
    network, words = kind_of(task).network(folder, (), recipe)
    card = Checkpoint(
        name="tiny", task=task, base=str(folder), recipe=recipe, max_length=recipe.max_length, created=datetime.now(UTC)
    )
    return Loaded(network, words, card, folder)
