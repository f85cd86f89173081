"""A tiny language model that has learned nothing yet, and small chats it can learn."""

import random
import sys
from pathlib import Path

from datasets import Dataset

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "export"))
from small import language_model, load, tokenizer
from tiny import encoder, opinions

from autogpt.studio.checkpoint import Checkpoint
from autogpt.studio.corpus import Corpus
from autogpt.studio.kind import Loaded, kind_of
from autogpt.studio.recipe import Recipe

__all__ = ["base", "chats", "corpus", "encoder", "load", "loaded", "opinions", "t5", "texts", "tokenizer"]

KNOWN = {"sea": "wide", "sky": "blue", "ship": "34", "print": "return a", "naïve": "café", "海": "很宽"}
ASKED = ("Tell me, the {}?", "{}: how is it?", "And the {}, 7 o'clock?")


def base(folder: Path) -> Path:
    return language_model(folder, initializer_range=0.05, tie_word_embeddings=True)


def t5(folder: Path) -> Path:
    import torch
    from transformers import T5Config, T5ForConditionalGeneration

    torch.manual_seed(0)
    config = T5Config(
        vocab_size=416,
        d_model=48,
        d_kv=12,
        d_ff=96,
        num_layers=2,
        num_heads=4,
        pad_token_id=0,
        eos_token_id=2,
        decoder_start_token_id=0,
        dropout_rate=0.0,
    )
    T5ForConditionalGeneration(config).save_pretrained(folder)
    words = tokenizer()
    from tokenizers import processors

    words.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single="$A <|im_end|>", special_tokens=[("<|im_end|>", 2)]
    )
    words.save_pretrained(folder)
    return folder


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
