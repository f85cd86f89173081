"""Walks a folder that hostile code may be changing meanwhile: no link is followed, no name is opened but folders."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

DEEPEST = 128
"""Levels; nobody nests deeper who does not attack the walk."""


class TooDeep(OSError):
    """The folder nests deeper than we follow."""


def walk(folder: Path) -> Iterator[tuple[int, str, os.stat_result]]:
    """Each entry below the folder: descriptor of the folder that holds it, name, status (of a link itself).

    Entries that vanish meanwhile, and folders that we may not read, are passed over. Raises TooDeep.
    """
    stack: list[tuple[int, list[str]]] = []
    try:
        _enter(stack, os.fspath(folder), None)
        while stack:
            descriptor, names = stack[-1]
            if not names:
                os.close(stack.pop()[0])
                continue
            name = names.pop()
            try:
                status = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
            except OSError:
                continue
            yield descriptor, name, status
            if stat.S_ISDIR(status.st_mode):
                if len(stack) == DEEPEST:
                    raise TooDeep(f"{str(folder)!r} nests deeper than {DEEPEST} levels")
                _enter(stack, name, descriptor)
    finally:
        for descriptor, _ in stack:
            os.close(descriptor)


def _enter(stack: list[tuple[int, list[str]]], name: str, parent: int | None) -> None:
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=parent)
    except OSError:
        return
    try:
        stack.append((descriptor, os.listdir(descriptor)))  # noqa: PTH208 - by descriptor, not by name
    except OSError:
        os.close(descriptor)
