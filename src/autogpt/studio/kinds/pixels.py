"""Pixels: an image file to the numbers a network reads; what a tokenizer is for text."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from autogpt.core.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

FILE = "preprocessor_config.json"


@dataclass(frozen=True)
class Pixels:
    """How images are prepared: resized to a square, bytes scaled to 0..1, then to mean 0 and deviation 1 by channel."""

    size: int
    mean: tuple[float, float, float] = (0.5, 0.5, 0.5)
    std: tuple[float, float, float] = (0.5, 0.5, 0.5)

    @classmethod
    def read(cls, folder: Path) -> "Pixels":
        """From a folder's preprocessor_config.json, ours or a ViT's. Raises UsageError if it is not there or odd."""
        try:
            told: dict[str, Any] = json.loads((folder / FILE).read_text("utf-8"))
            size = told["size"]
            side = size["height"] if isinstance(size, dict) else size
            return cls(int(side), _three(told["image_mean"]), _three(told["image_std"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UsageError(f"{str(folder)!r} says nowhere how its images are prepared ({FILE}): {error}") from None

    def save_pretrained(self, folder: "Path | str") -> None:
        """Write preprocessor_config.json as transformers reads it."""
        told = {
            "image_processor_type": "ViTImageProcessor",
            "do_resize": True,
            "size": {"height": self.size, "width": self.size},
            "resample": 2,
            "do_rescale": True,
            "rescale_factor": 1 / 255,
            "do_normalize": True,
            "image_mean": self.mean,
            "image_std": self.std,
        }
        Path(folder, FILE).write_text(json.dumps(told, indent=1) + "\n", "utf-8")

    def decode(self, path: Path) -> "NDArray[np.uint8]":
        """The image as bytes (size, size, 3), RGB. Raises UsageError for what is no image."""
        from PIL import Image

        try:
            with Image.open(path) as image:
                image.draft("RGB", (2 * self.size, 2 * self.size))  # JPEG is decoded smaller, and quicker
                return np.asarray(image.convert("RGB").resize((self.size, self.size), Image.Resampling.BILINEAR))
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            raise UsageError(f"{str(path)!r} is no image that can be read: {error}") from None

    def values(self, images: "NDArray[np.uint8]") -> "NDArray[np.float32]":
        """(n, size, size, 3) bytes to (n, 3, size, size) numbers."""
        mean, std = np.array(self.mean, np.float32), np.array(self.std, np.float32)
        scaled = (images.astype(np.float32) / np.float32(255) - mean) / std
        return np.ascontiguousarray(scaled.transpose(0, 3, 1, 2))


def _three(values: object) -> tuple[float, float, float]:
    first, second, third = cast(list[float], values)
    return float(first), float(second), float(third)
