"""Intact: whether the files of a model are those that were saved. Damaged ones would answer otherwise."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from autogpt.core.errors import UsageError
from autogpt.studio.checkpoint import CARD, Checkpoint, sha256_of

_MOST_HASHED = 256_000_000
"""Bytes of a file that is hashed each time it is loaded (under a second); of larger ones size and header are seen."""
_LONGEST_HEADER = 100_000_000
"""Bytes, as safetensors itself allows."""


def intact(folder: Path, checkpoint: Checkpoint) -> None:
    """See that every file a checkpoint was saved with is there and unchanged.

    One that was written before files were recorded is only seen through for whole weights.
    Raises UsageError that names the file.
    """
    for name, was in checkpoint.files.items():
        path = folder / name
        if not path.is_file():
            raise UsageError(
                f"{str(path)!r} is missing, without which the model would answer otherwise; put it back from a copy of "
                "the checkpoint, or train anew"
            )
        if (size := path.stat().st_size) != was.bytes:
            raise UsageError(
                f"{str(path)!r} has {size:,} bytes where {was.bytes:,} were saved: it is damaged, or was changed by "
                f"hand. Put it back from a copy, or train anew; if the change is meant, remove 'files' from {CARD}"
            )
        if size <= _MOST_HASHED and sha256_of(path) != was.sha256:
            raise UsageError(
                f"{str(path)!r} is not what was saved: it is damaged, or was changed by hand. Put it back from a "
                f"copy, or train anew; if the change is meant, remove 'files' from {CARD}"
            )
    weights_intact(folder)


def weights_intact(folder: Path) -> None:
    """See that every safetensors file in a folder is as long as it says of itself.

    Raises UsageError that names the file.
    """
    for path in sorted(folder.glob("*.safetensors")):
        try:
            with path.open("rb") as file:
                header = int.from_bytes(file.read(8), "little")
                size = path.stat().st_size
                told = json.loads(file.read(header)) if header <= min(_LONGEST_HEADER, size) else None
            ends = [entry["data_offsets"][1] for name, entry in _entries(told) if name != "__metadata__"]
            whole = size == 8 + header + max(ends, default=0)
        except OSError as error:
            raise UsageError(f"{str(path)!r} cannot be read: {error.strerror or error}") from error
        except (ValueError, KeyError, TypeError, IndexError, AttributeError):
            whole = False
        if not whole:
            raise UsageError(
                f"{str(path)!r} is damaged or was cut off: its weights are not all there; put it back from a copy, "
                "fetch it again, or train anew"
            )


def _entries(told: object) -> "list[tuple[str, dict[str, list[int]]]]":
    return list(cast(Mapping[str, dict[str, list[int]]], told).items())
