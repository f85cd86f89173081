"""Checkpoint: a model on disk, a Hugging Face folder with one more file that says what it is and where it came from."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from autogpt.core.errors import UsageError
from autogpt.core.schema import JsonValue, Value, read_json
from autogpt.studio.recipe import Recipe

CARD = "autogpt.json"
_VERSION = 1


class Checkpoint(Value):
    """What a model on disk is: its task, its labels, its origin, its measured quality."""

    version: int = _VERSION
    name: str
    task: str
    labels: tuple[str, ...] = ()
    base: str
    """Name of the packaged base, or of the folder, it began from."""
    parents: tuple[str, ...] = ()
    """Names of the checkpoints it was made from, nearest first: trained from, shrunk from, taught by."""
    recipe: Recipe | None = None
    scores: Mapping[str, float] = {}
    """Held-out scores by name, such as `eval/f1`."""
    max_length: int = 128
    shape: Mapping[str, JsonValue] = {}
    """What the folder's own config cannot say, such as the sizes of each layer after pruning."""
    created: datetime
    licence: str = ""

    @property
    def shrunk(self) -> bool:
        """Whether it is pruned or quantised, and only `compress.rebuild` can put its network together."""
        return bool(self.shape.keys() & {"form", "layers"})


def read_checkpoint(folder: Path) -> Checkpoint:
    """Read what the folder says of its model.

    Raises UsageError for a folder that is not a checkpoint, or was written by a version this one cannot read.
    """
    path = folder / CARD
    try:
        value = read_json(path.read_text("utf-8"))
    except FileNotFoundError:
        raise UsageError(
            f"{str(folder)!r} is not a checkpoint (no {CARD} in it); `autogpt studio list` shows those there are"
        ) from None
    except OSError as error:
        raise UsageError(f"the checkpoint {str(folder)!r} cannot be read: {error.strerror}") from error
    version = value.get("version") if isinstance(value, dict) else None
    if version != _VERSION:
        raise UsageError(
            f"{str(path)!r} is of version {version!r}, this program reads {_VERSION}; use the program that wrote it"
        )
    try:
        return Checkpoint.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"{str(path)!r} is damaged at {where!r}: {first['msg']}") from None


def write_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    """Write it beside the weights; whole or not at all."""
    part = folder / f"{CARD}.new"
    part.write_text(checkpoint.model_dump_json(indent=1) + "\n", "utf-8")
    part.replace(folder / CARD)
