"""Image classification: a small convolutional network that learns from a few thousand images on a CPU."""

import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch
from torch.utils.data import Dataset as TorchDataset

from autogpt.core.errors import UsageError
from autogpt.core.schema import JsonValue
from autogpt.studio.kind import Loaded, Rates
from autogpt.studio.kinds.classify import table_of_one
from autogpt.studio.kinds.pixels import Pixels
from autogpt.studio.report import Advance, OnAdvance, Scores

if TYPE_CHECKING:
    from datasets import Dataset
    from numpy.typing import NDArray
    from transformers import PreTrainedModel, Trainer

    from autogpt.studio.recipe import Recipe

Picture = Mapping[str, Any]
"""pixels: (height, width, 3) bytes; mirrored: bool, dx, dy: int, how it is shown this time; labels: int."""

_HELD = 300_000_000
"""Bytes of decoded images that are kept; what is beyond is decoded anew in each epoch."""
_SHIFT = 4
"""Pixels by which a training image is moved at the most, in each direction."""


class ImageClassification:
    """One class for an image. Training images are mirrored and moved at random; option `mirror` false leaves that out
    (for letters, signs, and whatever has a left and a right)."""

    rates = Rates(body=2e-3, head=2e-3, adapter=2e-3)

    def network(self, base: "Path", labels: Sequence[str], recipe: "Recipe") -> "tuple[PreTrainedModel, Any]":
        from transformers import AutoModelForImageClassification

        from autogpt.studio.network import with_head

        if recipe.method != "full":
            raise UsageError("images are learned with method 'full': the networks are small")
        return with_head(AutoModelForImageClassification, base, labels), Pixels.read(base)

    def trainer(
        self,
        loaded: Loaded,
        train: "Dataset",
        validation: "Dataset | None",
        recipe: "Recipe",
        arguments: dict[str, Any],
        **more: Any,
    ) -> "Trainer":
        from transformers import TrainingArguments

        from autogpt.studio.trainer import StudioTrainer

        pixels = cast(Pixels, loaded.tokenizer)
        ids = {label: id for id, label in enumerate(loaded.checkpoint.labels)}
        rows = Pictures(
            pixels,
            cast(list[str], train["image"]),
            [ids[label] for label in cast(list[str], train["label"])],
            mirror=bool(recipe.options.get("mirror", True)),
            seed=recipe.seed,
        )

        def loss_of(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
            return torch.nn.functional.cross_entropy(logits.float(), labels, reduction="sum")

        return StudioTrainer(
            loaded.network,
            TrainingArguments(**arguments),
            data_collator=lambda found: _batch(pixels, found),
            train_dataset=rows,
            loss_of=loss_of,
            **more,
        )

    def predict(self, loaded: Loaded, rows: "Dataset", batch: int = 32) -> list[JsonValue]:
        """`{"label", "score", "scores"}` for each image: the likeliest class, its probability, those of all classes."""
        labels = loaded.checkpoint.labels
        answers: list[JsonValue] = []
        for logits in self._logits(loaded, rows, batch):
            chances = [round(float(chance), 6) for chance in logits.softmax(-1)]
            best = int(logits.argmax())
            scores: dict[str, JsonValue] = dict(zip(labels, chances, strict=True))
            answers.append({"label": labels[best], "score": chances[best], "scores": scores})
        return answers

    def score(self, loaded: Loaded, rows: "Dataset", batch: int = 32, on_advance: OnAdvance = lambda _: None) -> Scores:
        """Accuracy decides; with the averages of F1, the loss, and each class."""
        labels = loaded.checkpoint.labels
        ids = {label: id for id, label in enumerate(labels)}
        gold = [ids.get(label, -1) for label in cast(list[str], rows["label"])]
        logits = torch.stack(list(self._logits(loaded, rows, batch, on_advance)))
        said = [int(one) for one in logits.argmax(-1)]
        known = [at for at, id in enumerate(gold) if id >= 0]
        loss = torch.nn.functional.cross_entropy(
            logits[known], torch.tensor([gold[at] for at in known], dtype=torch.long)
        )
        table = table_of_one(gold, said, labels)
        values = {
            "accuracy": table["micro avg"]["f1"],
            "f1_macro": table["macro avg"]["f1"],
            "f1_weighted": table["weighted avg"]["f1"],
        }
        return Scores(
            rows=len(gold),
            main="accuracy",
            values=values | ({"loss": float(loss)} if known else {}),
            per_label=table,
        )

    def _logits(
        self, loaded: Loaded, rows: "Dataset", batch: int, on_advance: OnAdvance = lambda _: None
    ) -> "Iterator[torch.Tensor]":
        """Logits (labels,) of each image, in order."""
        pixels = cast(Pixels, loaded.tokenizer)
        paths = cast(list[str], rows["image"])
        loaded.network.eval()
        for start in range(0, len(paths), batch):
            some = [{"pixels": pixels.decode(Path(path))} for path in paths[start : start + batch]]
            inputs = _batch(pixels, some)["pixel_values"].to(loaded.network.device)
            with torch.inference_mode():
                yield from loaded.network(pixel_values=inputs).logits.float().cpu()
            on_advance(Advance(stage="evaluate", done=min(start + batch, len(paths)), total=len(paths)))


class Pictures(TorchDataset[Picture]):
    """Training images, shown another way in each epoch; the way depends on nothing but seed, epoch and place, so that
    a training that was killed goes on as it would have."""

    def __init__(self, pixels: Pixels, paths: Sequence[str], labels: Sequence[int], *, mirror: bool, seed: int) -> None:
        self._pixels, self._paths, self._labels = pixels, paths, labels
        self._mirror, self._seed, self._epoch = mirror, seed, 0
        self._most = _HELD // (pixels.size * pixels.size * 3)
        self._held: dict[int, NDArray[np.uint8]] = {}
        self.lengths = [1] * len(paths)
        self.cut = 0

    def __len__(self) -> int:
        return len(self._paths)

    def __getitem__(self, index: int) -> Picture:
        found = self._held.get(index)
        if found is None:
            found = self._pixels.decode(Path(self._paths[index]))
            if len(self._held) < self._most:
                self._held[index] = found
        dice = random.Random(f"{self._seed} {self._epoch} {index}")  # noqa: S311 - no secret
        shown = {"dx": dice.randint(-_SHIFT, _SHIFT), "dy": dice.randint(-_SHIFT, _SHIFT)}
        mirrored = self._mirror and dice.random() < 0.5
        return {"pixels": found, "mirrored": mirrored, "labels": self._labels[index], **shown}

    def set_epoch(self, epoch: int) -> None:
        """Told before each pass over the images."""
        self._epoch = epoch


def pixel_batches(loaded: Loaded, rows: "Dataset", size: int) -> "Iterator[dict[str, torch.Tensor]]":
    """pixel_values of so many images at a time, in order."""
    pixels = cast(Pixels, loaded.tokenizer)
    paths = cast(list[str], rows["image"])
    for start in range(0, len(paths), size):
        yield _batch(pixels, [{"pixels": pixels.decode(Path(path))} for path in paths[start : start + size]])


def _batch(pixels: Pixels, rows: Sequence[Picture]) -> dict[str, torch.Tensor]:
    """pixel_values (rows, 3, size, size), and labels (rows,) if the rows have some."""
    arrays = [_shown(row) for row in rows]
    batch = {"pixel_values": torch.from_numpy(pixels.values(np.stack(arrays)))}
    if "labels" in rows[0]:
        batch["labels"] = torch.tensor([row["labels"] for row in rows])
    return batch


def _shown(row: Picture) -> "NDArray[np.uint8]":
    found = cast("NDArray[np.uint8]", row["pixels"])
    if row.get("mirrored"):
        found = found[:, ::-1]
    if row.get("dx") or row.get("dy"):
        # Where the image moved away, its edge is repeated.
        padded = np.pad(found, ((_SHIFT, _SHIFT), (_SHIFT, _SHIFT), (0, 0)), mode="edge")
        top, left = _SHIFT + row["dy"], _SHIFT + row["dx"]
        found = padded[top : top + found.shape[0], left : left + found.shape[1]]
    return found
