"""Networks for images as bases: made here with random weights, because PyPI carries none that is good and small."""

from pathlib import Path

from autogpt.studio.bases import Base

_SIZE = 64
_SEED = 0


def _make(pieces: Path, target: Path) -> None:
    """A residual network (He et al. 2015, arXiv:1512.03385) with four stages of one block."""
    import torch
    from transformers import ResNetConfig, ResNetForImageClassification

    from autogpt.studio.kinds.pixels import Pixels

    torch.manual_seed(_SEED)
    config = ResNetConfig(embedding_size=32, hidden_sizes=[32, 64, 128, 256], depths=[1, 1, 1, 1], layer_type="basic")
    ResNetForImageClassification(config).save_pretrained(target)
    Pixels(_SIZE).save_pretrained(target)


BASES = (
    Base(
        name="small-resnet",
        title="ResNet, 4 stages of one block, 64 x 64 pixels, 1.2 M, untrained",
        licence="MIT",
        size=4_900_000,
        wheels=(),
        sha256={},
        make=_make,
        about="images by class, learned from nothing: hundreds to thousands of images of 64 x 64 pixels",
    ),
)
