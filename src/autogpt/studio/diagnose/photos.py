"""Photos: what a classifier of images gets wrong, which pixels it goes by, and what it could go by without looking."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch

from autogpt.core.schema import JsonValue
from autogpt.locale import say
from autogpt.studio.diagnose import attention as attending
from autogpt.studio.diagnose import charts
from autogpt.studio.diagnose.answers import Answers, told_wrong
from autogpt.studio.diagnose.attribution import picked
from autogpt.studio.diagnose.integrated import integrate_inputs
from autogpt.studio.diagnose.projection import MOST, before_last_layer
from autogpt.studio.diagnose.projection import projection as lie
from autogpt.studio.diagnose.section import Found, Gallery, LeftOut, Picture, Section
from autogpt.studio.diagnose.shortcuts import fitted, gain
from autogpt.studio.diagnose.subject import spread
from autogpt.studio.kind import Loaded

if TYPE_CHECKING:
    from datasets import Dataset
    from numpy.typing import NDArray

    from autogpt.studio.kinds.pixels import Pixels

_SIDE = 150
"""Pixels of a picture on the page."""
_REGIONS = 8
"""The JSON tells what moved the answer by a grid of so many regions a side."""
_PROBED = 300
"""Images that are shown changed: each is decoded once and read by the network once for each change."""


def worst(loaded: Loaded, found: Answers, most: int = 12) -> Section:
    """The errors it is surest of, with the image as the network reads it."""
    wrong = [number for number, hit in enumerate(found.hits) if not hit]
    wrong.sort(key=lambda number: -found.chances[number].max())
    pictures = [Picture(charts.photo(_decoded(loaded, found, n), _SIDE), _caption(found, n)) for n in wrong[:most]]
    return Section(
        name="worst",
        title=say("Worst errors"),
        said=[
            told_wrong(len(wrong)),
            say(
                "Images are shown as the network reads them: resized to a square of {size} pixels.", size=_size(loaded)
            ),
        ],
        parts=[Gallery(pictures)] if pictures else [],
        facts=cast(
            JsonValue,
            [
                {"row": n, "image": found.texts[n], "right": found.right[n], "said": found.said[n]}
                | {"probability": float(found.chances[n].max())}
                for n in wrong[:most]
            ],
        ),
    )


def saliency(
    loaded: Loaded, pixels: "NDArray[np.uint8]", label: int
) -> "tuple[NDArray[np.float64], float, float, float]":
    """How much each pixel (height, width) adds to a label's logit, against an image that is grey all over; the logit,
    that of the grey image, and what is missing to their difference."""
    network: Any = loaded.network
    inputs = _inputs(loaded, pixels[None])
    grey = _inputs(loaded, np.full_like(pixels, 128)[None])

    def logit(batch: torch.Tensor) -> torch.Tensor:
        return network(pixel_values=batch).logits[:, label]

    values, here, there, missing = integrate_inputs(network, logit, inputs, grey)
    return values.sum(0).double().cpu().numpy(), here, there, missing


def attributions(loaded: Loaded, found: Answers, examples: int) -> Section:
    """Errors it was sure of, right answers it was sure of, and answers it doubted, with the pixels that moved them."""
    pictures: list[Picture] = []
    facts: list[JsonValue] = []
    for number in picked(found, examples):
        pixels = _decoded(loaded, found, number)
        values, logit, baseline, missing = saliency(loaded, pixels, list(found.labels).index(found.said[number]))
        caption = _caption(found, number)
        pictures += [
            Picture(charts.photo(pixels, _SIDE), caption),
            Picture(
                charts.photo(_coloured(pixels, values), _SIDE),
                say("logit {logit}, of a grey image {baseline}", logit=f"{logit:.2f}", baseline=f"{baseline:.2f}"),
            ),
        ]
        bands = np.array_split(values, _REGIONS, 0)
        grid = [[float(cell.sum()) for cell in np.array_split(band, _REGIONS, 1)] for band in bands]
        facts.append(
            {
                "row": number,
                "image": found.texts[number],
                "said": found.said[number],
                "right": found.right[number],
                "regions": cast(JsonValue, grid),
                "logit": logit,
                "baseline": baseline,
                "missing": missing,
            }
        )
    return Section(
        name="attributions",
        title=say("What moved the answer"),
        said=[
            say(
                "Integrated gradients over the pixels: green ones speak for the label that was said, red ones against "
                "it. Where the colour lies on the background instead of the thing, the model has learned the "
                "background."
            )
        ],
        parts=[Gallery(pictures)],
        facts=facts,
    )


def attention(loaded: Loaded, found: Answers) -> Found:
    """Where the token that is classified looks, by head, in networks that attend to patches."""
    if not getattr(loaded.network.config, "num_attention_heads", 0):
        why = say("The network has no attention: it is convolutional.")
        return LeftOut("attention", say("Attention"), why)
    number = spread(len(found.texts), 3)[-1]
    pixels = _decoded(loaded, found, number)
    maps = attending.maps(loaded.network, {"pixel_values": _inputs(loaded, pixels[None])})
    side = int((maps[-1].shape[-1] - 1) ** 0.5) if maps else 0
    if not maps or side * side + 1 != maps[-1].shape[-1]:
        return LeftOut("attention", say("Attention"), say("The network does not attend to a square of patches."))
    heads = [head[0, 1:].reshape(side, side) for head in maps[-1]]
    shown = [Picture(charts.photo(_lit(pixels, head), _SIDE), say("head {n}", n=n + 1)) for n, head in enumerate(heads)]
    return Section(
        name="attention",
        title=say("Attention"),
        said=[
            say(
                "Where the last layer looks when it classifies, by head; bright: much. It shows where information "
                "flows, not why."
            )
        ],
        parts=[Gallery([Picture(charts.photo(pixels, _SIDE), _caption(found, number)), *shown[:12]])],
        facts={
            "image": found.texts[number],
            "patches": side,
            "entropy_by_head": cast(
                JsonValue, [round(float(-(head * np.log(head + 1e-12)).sum()), 3) for head in heads]
            ),
        },
    )


def projection(loaded: Loaded, rows: "Dataset", found: Answers) -> Found:
    """What goes into the last layer, coloured by the right label."""
    places = spread(len(rows), MOST)
    titles = [f"{found.right[n]} / {found.said[n]}: {Path(found.texts[n]).name}" for n in places]
    return lie(
        before_last_layer(loaded, rows.select(places)),
        [found.right[place] for place in places],
        titles,
        say("the vectors of images before the last layer"),
        say("Colours: the right label. A point among others' colour is an error, or a wrong label."),
    )


def in_rows(loaded: Loaded, found: Answers) -> Section:
    """What the right label can be told from without looking: size of the file and the image, light, mean colour."""
    places = spread(len(found.texts), 1_000)
    labels = [found.right[place] for place in places]
    guess = Counter(labels).most_common(1)[0][1] / len(labels)
    features = np.array([_measured(loaded, Path(found.texts[place])) for place in places])
    surface = {
        name: fitted(features[:, columns], labels, guess)
        for name, columns in (("size", [0, 1, 2]), ("light", [3, 4]), ("colour", [5, 6, 7]))
    }
    names = {"size": say("size of file and image"), "light": say("light and contrast"), "colour": say("mean colour")}
    return Section(
        name="shortcuts",
        title=say("Shortcuts in the data"),
        said=[
            say(
                "Guessing the commonest label is right in {guess} of {rows} rows. What comes far above that without "
                "a look at what is shown, a model learns first, and it fails where the shortcut is missing.",
                guess=f"{guess:.1%}",
                rows=f"{len(labels):,}",
            )
        ],
        parts=[Picture(charts.bars([(say("guessing"), guess), *((names[name], v) for name, v in surface.items())]))],
        facts={"guessing": guess, "surface": cast(JsonValue, surface), "rows": len(labels)},
        warnings=[
            say(
                "The label can be told from {feature} alone: accuracy {accuracy}, guessing the commonest label "
                "{guess}.",
                feature=names[name],
                accuracy=f"{accuracy:.2f}",
                guess=f"{guess:.2f}",
            )
            for name, accuracy in surface.items()
            if gain(accuracy, guess) > 0.5
        ],
    )


def in_model(loaded: Loaded, found: Answers) -> Section:
    """How often it is right when colour, detail, or part of the image is taken away."""
    places = spread(len(found.texts), _PROBED)
    images = np.stack([_decoded(loaded, found, place) for place in places])
    right = [found.right[place] for place in places]
    changes: dict[str, tuple[str, Callable[[NDArray[np.uint8]], NDArray[np.uint8]]]] = {
        "as it is": (say("as it is"), lambda all: all),
        "grey": (say("without colour"), lambda all: np.repeat(all.mean(-1, keepdims=True), 3, -1).astype(np.uint8)),
        "mirrored": (say("mirrored"), lambda all: all[:, :, ::-1]),
        "upside down": (say("upside down"), lambda all: all[:, ::-1]),
        "centre": (say("centre only"), lambda all: _kept(all, inside=True)),
        "border": (say("border only"), lambda all: _kept(all, inside=False)),
        "coarse": (say("in coarse blocks"), _coarse),
        "nothing": (say("nothing at all"), lambda all: np.full_like(all, 128)),
    }
    shares = {
        name: sum(a == b for a, b in zip(_said(loaded, change(images)), right, strict=True)) / len(right)
        for name, (_, change) in changes.items()
    }
    whole, border = shares["as it is"], shares["border"]
    return Section(
        name="robustness",
        title=say("What the answers need"),
        said=[
            say(
                "Share of {rows} images with the right answer, changed in these ways. As good on the border alone "
                "means that it goes by the background; as good on nothing, that it guesses.",
                rows=f"{len(right):,}",
            )
        ],
        parts=[Picture(charts.bars([(changes[name][0], value) for name, value in shares.items()]))],
        facts=cast(JsonValue, shares),
        warnings=[
            say(
                "On the border of the image alone it is right in {less} of the rows, on the whole image in {whole}: it "
                "may go by the background.",
                less=f"{border:.0%}",
                whole=f"{whole:.0%}",
            )
        ]
        if border > whole - 0.05 and whole > shares["nothing"] + 0.2
        else [],
    )


def _pixels(loaded: Loaded) -> "Pixels":
    return cast("Pixels", loaded.tokenizer)


def _size(loaded: Loaded) -> int:
    return _pixels(loaded).size


def _decoded(loaded: Loaded, found: Answers, number: int) -> "NDArray[np.uint8]":
    return _pixels(loaded).decode(Path(found.texts[number]))


def _inputs(loaded: Loaded, images: "NDArray[np.uint8]") -> torch.Tensor:
    return torch.from_numpy(_pixels(loaded).values(images)).to(loaded.network.device)


def _said(loaded: Loaded, images: "NDArray[np.uint8]") -> list[str]:
    network: Any = loaded.network
    network.eval()
    labels: list[str] = []
    for start in range(0, len(images), 32):
        with torch.inference_mode():
            logits = network(pixel_values=_inputs(loaded, images[start : start + 32])).logits
        labels += [loaded.checkpoint.labels[id] for id in logits.argmax(-1).tolist()]
    return labels


def _caption(found: Answers, number: int) -> str:
    return say(
        "right: {right}; said: {said} ({chance}). {file}",
        right=found.right[number],
        said=found.said[number],
        chance=f"{found.chances[number].max():.2f}",
        file=Path(found.texts[number]).name[-40:],
    )


def _coloured(pixels: "NDArray[np.uint8]", values: "NDArray[np.float64]") -> "NDArray[np.uint8]":
    """The image pale and grey, green where pixels speak for the label, red where they speak against it."""
    from PIL import Image, ImageFilter

    # Single pixels flicker; what counts is where they gather.
    radius = max(1.0, pixels.shape[0] / 40)
    sides = [np.clip(values, 0, None), np.clip(-values, 0, None)]
    top = max(float(side.max()) for side in sides) or 1.0
    smooth: list[Any] = []
    for side in sides:
        picture = Image.fromarray((side / top * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(radius))
        smooth.append(np.asarray(picture).astype(np.float64))
    most = max(float(side.max()) for side in smooth) or 1.0
    pale = 130 + 125 * (pixels.mean(-1, keepdims=True) / 255)
    share = [np.minimum(1.0, side / most)[..., None] * 0.85 for side in smooth]
    green, red = np.array([5.0, 150.0, 105.0]), np.array([220.0, 38.0, 38.0])
    mixed = pale * (1 - np.maximum(*share)) + np.where(share[0] >= share[1], share[0] * green, share[1] * red)
    return mixed.clip(0, 255).astype(np.uint8)


def _lit(pixels: "NDArray[np.uint8]", head: "NDArray[np.float64]") -> "NDArray[np.uint8]":
    from PIL import Image

    light = Image.fromarray((head / (head.max() or 1.0) * 255).astype(np.uint8))
    share = np.asarray(light.resize((pixels.shape[1], pixels.shape[0]), Image.Resampling.BILINEAR)) / 255
    return (pixels * (0.2 + 0.8 * share[..., None])).astype(np.uint8)


def _measured(loaded: Loaded, path: Path) -> list[float]:
    from PIL import Image

    with Image.open(path) as image:
        width, height = image.size
    small = _pixels(loaded).decode(path).astype(np.float64) / 255
    grey = small.mean(-1)
    colour = small.mean((0, 1)) - small.mean()
    size = [float(np.log1p(path.stat().st_size)), float(np.log(width * height)), width / height]
    return [*size, float(grey.mean()), float(grey.std()), *colour.tolist()]


def _kept(images: "NDArray[np.uint8]", *, inside: bool) -> "NDArray[np.uint8]":
    """The middle half of each side, or all but that; the rest grey."""
    size = images.shape[1]
    mask = np.zeros(images.shape[1:3], bool)
    mask[size // 4 : size - size // 4, size // 4 : size - size // 4] = True
    kept = mask if inside else ~mask
    return np.where(kept[None, :, :, None], images, np.uint8(128))


def _coarse(images: "NDArray[np.uint8]") -> "NDArray[np.uint8]":
    """Blocks of a quarter of the detail a side."""
    size = images.shape[1] // 4 * 4
    blocks = images[:, :size, :size].reshape(len(images), size // 4, 4, size // 4, 4, 3).mean((2, 4))
    grown = blocks.repeat(4, 1).repeat(4, 2).astype(np.uint8)
    changed = images.copy()
    changed[:, :size, :size] = grown
    return changed
