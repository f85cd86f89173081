"""Tiny models of the kinds that are no labelling encoders, each taught its made-up task in seconds, and their rows."""

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import talk
import tiny
import torch
from datasets import Dataset
from small import language_model

from autogpt.studio.checkpoint import read_checkpoint, write_checkpoint
from autogpt.studio.corpus import Corpus
from autogpt.studio.recipe import Recipe
from autogpt.studio.train import train

TASKS = (
    "causal-lm",
    "sft",
    "preference",
    "policy-gradient",
    "reward",
    "seq2seq",
    "masked-lm",
    "embedding",
    "recommendation",
)


@dataclass(frozen=True)
class Taught:
    """A checkpoint, what it learned from, and rows it has not seen."""

    folder: Path
    train: Dataset
    rows: Dataset


def teach(task: str, folder: Path, **changes: Any) -> Taught:
    """changes: of the network's config."""
    if task == "policy-gradient":  # what tries of its own would make of it is another test's
        made = teach("sft", folder, **changes)
        card = read_checkpoint(made.folder)
        write_checkpoint(made.folder, card.model_copy(update={"task": task, "name": task}))
        rows = [{"prompt": f"{one}: how is it?", "answer": said} for one, said in talk.KNOWN.items()]
        return Taught(made.folder, Dataset.from_list(rows), Dataset.from_list(rows))
    base, rows, held, labels, settings = _KINDS[task](folder, changes)
    common = {"batch": 8, "learning_rate": 3e-3, "freeze_embeddings": False, "precision": "fp32", "threads": 1}
    if task == "reward":
        del settings["options"]
    recipe = Recipe(task=task, base=str(base), **{**common, **settings})
    out = folder / task
    train(recipe, Corpus(task, {"train": rows}, labels), out, cache=folder)
    return Taught(out, rows, held)


Parts = tuple[Path, Dataset, Dataset, tuple[str, ...], dict[str, Any]]


def _texts(folder: Path, changes: dict[str, Any]) -> Parts:
    settings = {"epochs": 5, "max_length": 64, "options": {"max_new_tokens": 8}}
    return _language(folder, changes), talk.texts(60, 0), talk.texts(24, 1), (), settings


def _chats(folder: Path, changes: dict[str, Any]) -> Parts:
    settings = {"epochs": 8, "max_length": 64, "options": {"max_new_tokens": 8}}
    return _language(folder, changes), talk.chats(96, 0), talk.chats(24, 1), (), settings


def _pairs(folder: Path, changes: dict[str, Any]) -> Parts:
    things = [list(talk.KNOWN)[at % len(talk.KNOWN)] for at in range(24)]
    rows = [{"prompt": f"{one}: how is it?", "chosen": talk.KNOWN[one], "rejected": "It's 7 o'clock"} for one in things]
    settings = {"epochs": 2, "learning_rate": 1e-3, "max_length": 64, "options": {"max_new_tokens": 8}}
    return _language(folder, changes), Dataset.from_list(rows), Dataset.from_list(rows[:12]), (), settings


def _sources(folder: Path, changes: dict[str, Any]) -> Parts:
    from tokenizers import processors
    from transformers import T5Config, T5ForConditionalGeneration

    torch.manual_seed(0)
    numbers = {"vocab_size": 416, "d_model": 64, "d_kv": 16, "d_ff": 96, "num_layers": 2, "num_heads": 4}
    ids = {"pad_token_id": 0, "eos_token_id": 2, "decoder_start_token_id": 0, "dropout_rate": 0.0}
    base = folder / "base"
    T5ForConditionalGeneration(T5Config(**{**numbers, **ids, **changes})).save_pretrained(base)
    words = talk.tokenizer()
    words.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single="$A <|im_end|>", special_tokens=[("<|im_end|>", 2)]
    )
    words.save_pretrained(base)
    dice = random.Random(0)
    things = [dice.choice(list(talk.KNOWN)) for _ in range(88)]
    rows = Dataset.from_list(
        [{"source": f"{one}: how is it?", "target": f"It is {talk.KNOWN[one]}."} for one in things]
    )
    settings = {"max_steps": 100, "learning_rate": 5e-3, "options": {"max_new_tokens": 12}}
    return base, rows.select(range(64)), rows.select(range(64, 88)), (), settings


def _hidden(folder: Path, changes: dict[str, Any]) -> Parts:
    rows = Dataset.from_dict({"text": [" ".join(words) for words in tiny.sentences(200, 0)["tokens"]]})
    return _encoder(folder), rows.select(range(160)), rows.select(range(160, 200)), (), {"epochs": 6}


def _meanings(folder: Path, changes: dict[str, Any]) -> Parts:
    asked = [f"{name} likes the trip to {place}" for name in tiny.NAMES for place in tiny.PLACES]
    pairs = [(text, f"a good day in {text.split()[-1]} with {text.split()[0]}") for text in asked]
    dice = random.Random(0)
    many = [dice.choice(pairs) for _ in range(120)]
    rows, held = (
        Dataset.from_dict({"text": [one for one, _ in some], "text_pair": [other for _, other in some]})
        for some in (many, pairs)
    )
    return _encoder(folder), rows, held, (), {"epochs": 10, "batch": 16}


def _histories(folder: Path, changes: dict[str, Any]) -> Parts:
    dice = random.Random(0)
    items = [f"{name} to {place}" for name in tiny.NAMES for place in tiny.PLACES]
    rows = []
    for _ in range(180):
        name = dice.choice(tiny.NAMES)
        taken = [f"{name} to {place}" for place in dice.sample(tiny.PLACES, 4)]
        rows.append({"history": taken[:3], "item": taken[3]})
    settings = {"epochs": 5, "batch": 16, "max_length": 32}
    return _encoder(folder), Dataset.from_list(rows[:140]), Dataset.from_list(rows[140:]), tuple(items), settings


def _stripes(folder: Path, changes: dict[str, Any]) -> Parts:
    """Images with stripes that lie or stand, for a small ResNet; a ViT if `changes` says so."""
    from PIL import Image
    from transformers import ResNetConfig, ResNetForImageClassification, ViTConfig, ViTForImageClassification

    from autogpt.studio.kinds.pixels import Pixels

    dice = np.random.default_rng(0)
    rows = []
    for number in range(90):
        kind = ("lying", "standing")[number % 2]
        wave = np.sin(np.arange(32) * 2 * np.pi / dice.uniform(6, 16) + dice.uniform(0, 6)) * 100 + 128
        plane = np.tile(wave, (32, 1)) if kind == "standing" else np.tile(wave[:, None], (1, 32))
        noisy = plane[..., None] * dice.uniform(0.4, 1, 3) + dice.normal(0, 12, (32, 32, 3))
        path = folder / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(path)
        rows.append({"image": str(path), "label": kind})
    torch.manual_seed(0)
    if changes.get("attention"):
        network: Any = ViTForImageClassification(
            ViTConfig(
                hidden_size=32,
                num_hidden_layers=2,
                num_attention_heads=4,
                intermediate_size=64,
                image_size=32,
                patch_size=8,
            )
        )
    else:
        network = ResNetForImageClassification(
            ResNetConfig(embedding_size=16, hidden_sizes=[16, 32], depths=[1, 1], layer_type="basic")
        )
    network.save_pretrained(folder / "base")
    Pixels(32).save_pretrained(folder / "base")
    held = Dataset.from_list(rows[60:])
    return folder / "base", Dataset.from_list(rows[:60]), held, ("lying", "standing"), {"epochs": 4, "batch": 12}


def _language(folder: Path, changes: dict[str, Any]) -> Path:
    return language_model(folder / "base", **{"initializer_range": 0.05, "tie_word_embeddings": True, **changes})


def _encoder(folder: Path) -> Path:
    return tiny.encoder(folder / "base")


_KINDS = {
    "causal-lm": _texts,
    "sft": _chats,
    "preference": _pairs,
    "reward": _pairs,
    "seq2seq": _sources,
    "masked-lm": _hidden,
    "embedding": _meanings,
    "recommendation": _histories,
    "image-classification": _stripes,
}
