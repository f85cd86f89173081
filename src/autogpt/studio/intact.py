"""Intact: whether the files of a model are those that were saved. Damaged ones would answer otherwise."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import cast

from autogpt.core.errors import UsageError
from autogpt.studio.checkpoint import CARD, Checkpoint, sha256_of

_MOST_HASHED = 256_000_000
"""Bytes of a file that is hashed each time it is loaded (under a second). A larger one is hashed once, and again when
its size, its times or its place on the disk say that it was written to: a sample of its bytes would be as quick each
time and miss most damage. What rots on the disk without being written to is seen in files up to this size alone."""
_HASHED = ".hashed.json"
"""Beside the card: large files that were found to be as they were saved, see `_as_saved`."""
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
        if not _as_saved(path, was.sha256):
            raise UsageError(
                f"{str(path)!r} is not what was saved: it is damaged, or was changed by hand. Put it back from a "
                f"copy, or train anew; if the change is meant, remove 'files' from {CARD}"
            )
    weights_intact(folder)


def _as_saved(path: Path, sha256: str) -> bool:
    before = _marks(path)
    if path.stat().st_size <= _MOST_HASHED:
        return sha256_of(path) == sha256
    notes = _notes(path.parent)
    if notes.get(path.name) == [*before, sha256]:
        return True
    if sha256_of(path) != sha256:
        return False
    if _marks(path) == before:
        part = path.with_name(f"{_HASHED}.{os.getpid()}")
        try:
            part.write_text(json.dumps({**notes, path.name: [*before, sha256]}), "utf-8")
            part.replace(path.with_name(_HASHED))
        except OSError:  # a folder that only others write to, or a full disk: it is hashed each time
            with suppress(OSError):
                part.unlink(missing_ok=True)
    return True


def _marks(path: Path) -> list[int]:
    """What changes when a file is written to or put in another's place. The time of the change (ctime) cannot be set
    back, as the time of the content can."""
    stat = path.stat()
    return [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]


def _notes(folder: Path) -> dict[str, object]:
    try:
        notes: object = json.loads((folder / _HASHED).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return cast(dict[str, object], notes) if isinstance(notes, dict) else {}


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
