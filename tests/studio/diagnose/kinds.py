"""Untrained tiny models of the tasks whose networks are no classifiers of texts, and rows for them."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from datasets import Dataset
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "lm"))

import talk
import tiny

from autogpt.studio.checkpoint import Checkpoint
from autogpt.studio.kind import Loaded, kind_of
from autogpt.studio.recipe import Recipe

ITEMS = tuple(f"{name} to {place}" for name in tiny.NAMES for place in tiny.PLACES)


def untrained(task: str, folder: Path, labels: tuple[str, ...] = (), **changes: object) -> Loaded:
    """The folder's network with what the task puts on top."""
    import torch

    torch.manual_seed(0)
    recipe = Recipe(task=task, base=str(folder), **({"max_length": 48} | changes))
    network, tokenizer = kind_of(task).network(folder, labels, recipe)
    if task != "image-classification":  # a base's own tokens are never 0, padding included
        with torch.no_grad():
            network.get_input_embeddings().weight[0].normal_(0, 0.05)
    network.eval()
    card = Checkpoint(
        name=task,
        task=task,
        base="tiny",
        labels=labels,
        recipe=recipe,
        max_length=recipe.max_length,
        created=datetime.now(UTC),
    )
    return Loaded(network, tokenizer, card)


def pictures(folder: Path, count: int, seed: int = 0) -> Dataset:
    """Noise, bright or dark: light alone gives the label away. 40 x 40 pixels."""
    folder.mkdir(parents=True)
    dice = np.random.default_rng(seed)
    rows = []
    for number in range(count):
        label = ("bright", "dark")[number % 2]
        level = 170 if label == "bright" else 70
        path = folder / f"{label} {number}.png"
        Image.fromarray((level + dice.normal(0, 30, (40, 40, 3))).clip(0, 255).astype(np.uint8)).save(path)
        rows.append({"image": str(path), "label": label})
    return Dataset.from_list(rows)


def vision(folder: Path, kind: str) -> Path:
    """A residual network, or a transformer over 4 x 4 patches, of 32 x 32 pixels."""
    import torch
    from transformers import ResNetConfig, ResNetForImageClassification, ViTConfig, ViTForImageClassification

    from autogpt.studio.kinds.pixels import Pixels

    torch.manual_seed(0)
    if kind == "resnet":
        shape = {"embedding_size": 8, "hidden_sizes": [8, 16], "depths": [1, 1], "layer_type": "basic"}
        network = ResNetForImageClassification(ResNetConfig(**shape))
    else:
        sizes = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16}
        network = ViTForImageClassification(ViTConfig(image_size=32, patch_size=8, **sizes))
    network.save_pretrained(folder)
    Pixels(32).save_pretrained(folder)
    return folder


def text_pairs() -> Dataset:
    asked = [f"{name} likes the trip to {place}" for name in tiny.NAMES for place in tiny.PLACES[:3]]
    return Dataset.from_dict(
        {"text": asked, "text_pair": [f"a good day in {text.split()[-1]} with {text.split()[0]}" for text in asked]}
    )


def histories() -> Dataset:
    rows = [
        {"history": [f"{name} to {place}" for place in tiny.PLACES[:3]], "item": f"{name} to {tiny.PLACES[3 + turn]}"}
        for name in tiny.NAMES
        for turn in (0, 1)
    ]
    return Dataset.from_list([*rows, {"history": ["Ann to Rome"], "item": "nobody's item"}])


def preferences() -> Dataset:
    things = list(talk.KNOWN)
    return Dataset.from_list(
        [{"prompt": f"{one}: how is it?", "chosen": talk.KNOWN[one], "rejected": "It's 7 o'clock"} for one in things]
    )


def translations() -> Dataset:
    return Dataset.from_list(
        [{"source": f"{one}: how is it?", "target": f"It is {known}."} for one, known in talk.KNOWN.items()]
    )


def prompts() -> Dataset:
    return Dataset.from_list([{"prompt": f"{one}?", "answer": known} for one, known in talk.KNOWN.items()])


def sentences() -> Dataset:
    return Dataset.from_dict({"text": [" ".join(words) for words in tiny.sentences(12, 3)["tokens"]]})
