"""Brings a folder back to a snapshot, and says what could not be brought back instead of losing it."""

import contextlib
import os
import secrets
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from autogpt.core.errors import ToolError
from autogpt.sandbox import beneath
from autogpt.sandbox.keeping import Item, Keep, Manifest

__all__ = ["Restoration", "bring_back", "unlock"]


class Restoration(NamedTuple):
    changed: tuple[str, ...]
    lost: tuple[str, ...]
    """Paths that differ from the snapshot and could not be put back; left as they are."""


def bring_back(root: int, keep: Keep, want: Manifest, have: Manifest) -> tuple[str, ...]:
    """Make the folder open at `root`, which is as in `have`, as in `want`; returns the paths that stay different.

    Raises ToolError where the system forbids a change.
    """
    todo = {path: item for path, item in want.items() if have.get(path) != item}
    extra = {path: item for path, item in have.items() if path not in want}
    try:
        rescued = _rescue(root, keep, todo, extra)
        lost = {path for path, item in todo.items() if not _possible(keep, item, have.get(path), path in rescued)}
        blocking = {path for path in todo.keys() - lost if path in have and have[path].kind != todo[path].kind}
        _remove(root, {*extra, *blocking})
        for path in sorted(todo.keys() - lost):
            if not _put(root, keep, path, todo[path], have.get(path), rescued):
                lost.add(path)
        for path in sorted((path for path, item in todo.items() if item.kind == "folder"), reverse=True):
            _chmod(root, path, todo[path].mode)
    except OSError as error:
        raise ToolError(f"the workspace could not be restored: {error.strerror or error}") from None
    return tuple(sorted(lost))


def unlock(root: int, want: Manifest) -> None:
    """Let us (if not root) into folders that were locked since, so that what is in them can be seen."""
    if os.geteuid() == 0:
        return
    for path in sorted(path for path, item in want.items() if item.kind == "folder"):
        with contextlib.suppress(OSError):
            beneath.unlock(root, beneath.named(path))


def _possible(keep: Keep, item: Item, have: Item | None, rescued: bool) -> bool:
    match item.kind:
        case "file":
            return rescued or keep.has(item.what) or _same_content(item, have)
        case "folder" | "link":
            return True
        case "other":
            return False


def _same_content(item: Item, have: Item | None) -> bool:
    return have is not None and (have.kind, have.size, have.what) == (item.kind, item.size, item.what)


def _rescue(root: int, keep: Keep, todo: Manifest, extra: Manifest) -> dict[str, str]:
    """Move files that were only renamed, and whose content is not kept, aside to be put back: path -> name."""
    moved = {(item.size, item.what): path for path, item in extra.items() if item.kind == "file"}
    rescued: dict[str, str] = {}
    for path, item in todo.items():
        if item.kind != "file" or item.what == "?" or keep.has(item.what):
            continue
        source = moved.pop((item.size, item.what), None)
        if source is None:
            continue
        aside = f".autogpt-rescued-{secrets.token_hex(6)}"
        above, _, name = beneath.named(source).rpartition("/")
        with beneath.folder(root, above) as folder:
            os.rename(name, aside, src_dir_fd=folder, dst_dir_fd=root)
        rescued[path] = aside
    return rescued


def _remove(root: int, paths: Iterable[str]) -> None:
    gone = "/"
    for path in sorted(paths, key=lambda path: path.split("/")):
        if path.startswith(f"{gone}/"):
            continue
        gone = path
        above, _, name = beneath.named(path).rpartition("/")
        with contextlib.suppress(FileNotFoundError), beneath.folder(root, above) as folder:
            beneath.remove_tree(folder, name)


def _put(root: int, keep: Keep, path: str, item: Item, have: Item | None, rescued: Mapping[str, str]) -> bool:
    """Put one path back; False if its kept content turns out to be damaged."""
    inside = beneath.named(path)
    if item.kind == "folder":
        beneath.make_folders(root, inside)
        return True
    above, _, name = inside.rpartition("/")
    with beneath.folder(root, above) as folder:
        if item.kind == "link":
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name, dir_fd=folder)
            os.symlink(beneath.named(item.what), name, dir_fd=folder)
        elif path in rescued:
            os.rename(rescued[path], name, src_dir_fd=root, dst_dir_fd=folder)
            _chmod(root, path, item.mode)
        elif _same_content(item, have):
            _chmod(root, path, item.mode)
        else:
            content = keep.get(item.what)
            if content is None:
                return False
            beneath.replace(folder, name, content, item.mode, sync=False)
    return True


def _chmod(root: int, path: str, mode: int) -> None:
    with contextlib.suppress(FileNotFoundError):
        beneath.chmod(root, beneath.named(path), mode)
