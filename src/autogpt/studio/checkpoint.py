"""Checkpoint: a model on disk, a Hugging Face folder with one more file that says what it is and where it came from."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from autogpt.core.errors import UsageError
from autogpt.core.schema import JsonValue, Value, read_json
from autogpt.studio.recipe import Recipe

CARD = "autogpt.json"
_VERSION = 1
MODEL_FILES = (
    "*.safetensors",
    "*.safetensors.index.json",
    "config.json",
    "generation_config.json",
    "adapter_config.json",
    "tokenizer*.json",
    "tokenizer.model",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.txt",
    "vocab.json",
    "merges.txt",
    "chat_template.jinja",
    "preprocessor_config.json",
    "modules.json",
    "*.onnx",
    "weights.pt",
)
"""What its answers depend on. Optimiser states, logs and reports of the training are no part of a model."""


class Held(Value):
    """A file of a checkpoint as it was when it was saved."""

    bytes: int
    sha256: str


class Source(Value):
    """A file, a folder of files or a page that a model learned from."""

    name: str
    """The last part of its path; of a URL all but its query and passwords. Folders of others are nobody's business."""
    files: int = 1
    bytes: int = 0
    """0 for pages."""
    sha256: str = ""
    """Of the file's content, or of a folder's names and contents."""


class Lesson(Value):
    """What one training learned from."""

    task: str
    sources: tuple[Source, ...] = ()
    rows: Mapping[str, int] = {}
    """By split, as they were trained and measured on."""
    sha256: str = ""
    """Of the training rows, in their order."""


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
    lessons: tuple[Lesson, ...] = ()
    """What it learned from, the last training first; those of what it was made from are among them."""
    files: Mapping[str, Held] = {}
    """The files of the model by name, written down when it was saved; empty in checkpoints of old."""

    @property
    def options(self) -> Mapping[str, JsonValue]:
        """The options of its recipe; none without one."""
        return self.recipe.options if self.recipe else {}

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
    except (UnicodeDecodeError, UsageError) as error:
        raise UsageError(
            f"{str(path)!r} is damaged ({error}); put the file back from a copy, or remove the folder and train anew"
        ) from None
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
        raise UsageError(
            f"{str(path)!r} is damaged at {where!r} ({first['msg']}); put the file back from a copy, or remove the "
            "folder and train anew"
        ) from None


def sizes_on_disk(folder: Path, checkpoint: Checkpoint) -> list[Mapping[str, JsonValue]]:
    """Heads and inner neurons of each layer, as card and config tell without the weights; nothing if they do not.

    Of a decoder, groups of heads that share keys and values.
    """
    if isinstance(pruned := checkpoint.shape.get("layers"), list):
        return [size for size in pruned if isinstance(size, dict)]
    try:
        config = read_json((folder / "config.json").read_text("utf-8"))
    except (OSError, UnicodeDecodeError, UsageError):
        return []  # who loads the network says what is wrong with it
    if not isinstance(config, dict):
        return []
    layers, neurons = config.get("num_hidden_layers"), config.get("intermediate_size")
    heads = config.get("num_key_value_heads", config.get("num_attention_heads"))
    if not isinstance(layers, int) or not isinstance(heads, int) or not isinstance(neurons, int):
        return []
    return [{"heads": heads, "neurons": neurons}] * layers


def write_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    """Write it beside the weights; whole or not at all. A card that says nothing of the files there is given them."""
    if not checkpoint.files:
        checkpoint = checkpoint.model_copy(update={"files": held(folder)})
    part = folder / f"{CARD}.new"
    part.write_text(checkpoint.model_dump_json(indent=1) + "\n", "utf-8")
    part.replace(folder / CARD)


def held(folder: Path) -> dict[str, Held]:
    """The files of the model in a folder, with their sizes and hashes."""
    found = sorted({path for pattern in MODEL_FILES for path in folder.glob(pattern) if path.is_file()})
    return {path.name: Held(bytes=path.stat().st_size, sha256=sha256_of(path)) for path in found}


def sha256_of(path: Path) -> str:
    """In hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
