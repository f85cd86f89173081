"""Whole: files and folders that are there whole or not at all, whatever becomes of the process that writes them."""

import json
import os
import shutil
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from autogpt.core.errors import TryAgain, UsageError
from autogpt.core.schema import JsonValue, read_json
from autogpt.studio.work import Here


def deliver(target: Path, here: Here, make: Callable[[Path], JsonValue]) -> JsonValue:
    """Let `make` write a new folder or file, and put it at `target` when it is whole; returns what `make` told of it.

    Until then it lies in a hidden folder beside the target, named after the job; what an attempt that was killed left
    there is removed, what others wrote at the target never is. An attempt that was killed after it had delivered is
    not made again. make(path): writes what is to have the target's name, or raises; what it tells is kept as JSON.
    Raises UsageError if something is at the target already, or it cannot be written there.
    """
    beside = target.parent / f".{here.folder.name}"
    part, told = beside / target.name, here.state / "result.json"
    if not told.exists() or not (part.exists() or target.exists()):
        _free(target)
        shutil.rmtree(beside, ignore_errors=True)
        try:
            _make_folder(beside)
            result = json.dumps(make(part))
        except BaseException:
            shutil.rmtree(beside, ignore_errors=True)
            raise
        put(told, lambda file: file.write(result.encode()))
    if part.exists():
        _free(target)
        try:
            part.rename(target)
        except OSError as error:
            raise UsageError(f"{str(target)!r} cannot be written: {error.strerror or error}") from error
    shutil.rmtree(beside, ignore_errors=True)
    return read_json(told.read_text("utf-8"))


@contextmanager
def unfinished(target: Path) -> Generator[Path]:
    """A place of the target's name in a new hidden folder beside it, to be moved when it is whole; the folder goes.

    Raises UsageError if nothing can be written there.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        held = TemporaryDirectory(prefix=f".{target.name[:60]}.", dir=target.parent, ignore_cleanup_errors=True)
    except OSError as error:
        raise UsageError(f"{str(target)!r} cannot be written: {error.strerror or error}") from error
    with held as folder:
        yield Path(folder) / target.name


def put(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write a file, also if the power may fail. Raises UsageError if there is no room or no permission."""
    part = path.with_name(f"{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # or the new name may be lost with the power
        finally:
            os.close(folder)
    except OSError as error:
        raise TryAgain(
            f"{str(path)!r} cannot be written ({error.strerror or error}); make room there and resume the job"
        ) from error


def be_new(folder: Path) -> None:
    """Raises UsageError unless the folder is missing or empty."""
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise UsageError(
            f"{str(folder)!r} is not empty; give a new folder"
            if folder.is_dir()
            else f"{str(folder)!r} is a file; give a new folder"
        )


def _free(target: Path) -> None:
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise TryAgain(f"{str(target)!r} is there already; choose another name, or move it away and resume the job")


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True)
    except OSError as error:
        raise UsageError(f"{str(path.parent)!r} cannot be written: {error.strerror or error}") from error
