"""Real images: handwritten digits, as people would have them, a folder for each."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from autogpt.studio.data import load
from autogpt.studio.evaluate import evaluate
from autogpt.studio.model import load as load_model
from autogpt.studio.recipe import Recipe
from autogpt.studio.train import train


@pytest.mark.model
def test_handwritten_digits_are_read(tmp_path: Path):
    """The test rows are by other writers: the data set comes in the order of its writers."""
    digits = load_digits()
    for number, (image, digit) in enumerate(zip(digits.images, digits.target, strict=True)):
        if number < 800 or number >= 1_500:
            folder = tmp_path / "digits" / ("train" if number < 800 else "test") / str(digit)
            folder.mkdir(parents=True, exist_ok=True)
            grey = Image.fromarray((255 - image * 255 / 16).astype(np.uint8))
            grey.resize((32, 32), Image.Resampling.BILINEAR).save(folder / f"{number}.png")
    corpus = load(tmp_path / "digits", "image-classification")
    recipe = Recipe(task=corpus.task, base="small-resnet", epochs=6, batch=16, precision="fp32", threads=1)

    train(recipe, corpus, tmp_path / "out", cache=tmp_path / "cache")

    scores = evaluate(load_model(tmp_path / "out"), corpus.splits["test"])
    assert scores.rows == 297
    assert scores.values["accuracy"] > 0.9, scores
