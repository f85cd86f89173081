"""Images by class: what is learned from nothing, and what is said of files that are no images."""

import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from autogpt.core.errors import UsageError
from autogpt.studio.data import load
from autogpt.studio.evaluate import evaluate, predict
from autogpt.studio.kinds.pixels import Pixels
from autogpt.studio.model import load as load_model
from autogpt.studio.recipe import Recipe
from autogpt.studio.train import train


def stripes(folder: Path, count: int, seed: int) -> None:
    """Stripes that lie or stand, of any colour, width and phase."""
    dice = np.random.default_rng(seed)
    for number in range(count):
        kind = ("lying", "standing")[number % 2]
        wave = np.sin(np.arange(64) * 2 * math.pi / dice.uniform(6, 16) + dice.uniform(0, 6)) * 100 + 128
        plane = np.tile(wave, (64, 1)) if kind == "standing" else np.tile(wave[:, None], (1, 64))
        noisy = plane[..., None] * dice.uniform(0.4, 1, 3) + dice.normal(0, 12, (64, 64, 3))
        (folder / kind).mkdir(parents=True, exist_ok=True)
        Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(folder / kind / f"{number}.png")


def test_a_small_network_learns_to_tell_images_apart_from_nothing(tmp_path):
    stripes(tmp_path / "data" / "train", 160, 0)
    stripes(tmp_path / "data" / "test", 60, 1)
    corpus = load(tmp_path / "data", "image-classification")
    recipe = Recipe(
        task="image-classification", base="small-resnet", epochs=3, batch=16, precision="fp32", threads=1
    )  # fmt: skip
    trained = train(recipe, corpus, tmp_path / "stripes", cache=tmp_path / "cache")
    loaded = load_model(tmp_path / "stripes")
    scores = evaluate(loaded, corpus.splits["test"])
    assert (scores.rows, scores.main, trained.parameters) == (60, "accuracy", trained.trainable)
    assert scores.best >= 0.95
    assert scores.per_label["micro avg"] == {
        **dict.fromkeys(("precision", "recall", "f1"), scores.best),
        "support": 60.0,
    }
    answers = predict(loaded, [str(tmp_path / "data/test/lying/0.png"), str(tmp_path / "data/test/standing/1.png")])
    assert [answer["label"] for answer in answers] == ["lying", "standing"]
    (tmp_path / "text.png").write_text("no image")
    with pytest.raises(UsageError, match="is no image that can be read"):
        predict(loaded, [str(tmp_path / "text.png")])


def test_pixels_are_scaled_as_said_and_kept_with_the_model(tmp_path):
    Image.new("L", (5, 9), 255).save(tmp_path / "white.png")
    pixels = Pixels(4)
    values = pixels.values(pixels.decode(tmp_path / "white.png")[None])
    assert (values.shape, float(values.min()), float(values.max())) == ((1, 3, 4, 4), 1.0, 1.0)
    pixels.save_pretrained(tmp_path)
    assert Pixels.read(tmp_path) == pixels
    with pytest.raises(UsageError, match="says nowhere how its images are prepared"):
        Pixels.read(tmp_path / "nowhere")
