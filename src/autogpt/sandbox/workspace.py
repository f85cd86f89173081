"""The run's folder as the host sees it: every path is checked, every failure is advice the agent can act on."""

import contextlib
import errno
import os
import stat
from collections import deque
from collections.abc import Generator, Sequence
from pathlib import Path

from autogpt.core.contracts import FileEntry, Merged
from autogpt.core.errors import ToolError, UsageError
from autogpt.sandbox import beneath
from autogpt.sandbox.restoring import Restoration
from autogpt.sandbox.snapshots import Snapshots, Told
from autogpt.sandbox.view import own_code, refusal_of

__all__ = ["Folder"]

FOLDED = frozenset({".git", "__pycache__", ".venv", "node_modules"})
"""Folders that a listing names without their contents, unless asked for one of them."""
INSIDE = "/workspace"
"""Where the sandbox shows the folder; a path that begins so means the same file."""
_MOST_SEEN = 200_000
_MOST_DEEP = 64

_SAID = {
    errno.ENOENT: "does not exist; list the folder to see what does",
    errno.ELOOP: "leads through a symbolic link, which is not followed; name the file it points to",
    errno.EXDEV: "is outside the workspace; use a path relative to it",
    errno.ENOTDIR: "leads through a file as if it were a folder",
    errno.EISDIR: "is a folder, not a file",
    errno.EACCES: "may not be touched: permission denied; change its mode with a command, or use another file",
    errno.EPERM: "may not be touched: permission denied; change its mode with a command, or use another file",
    errno.EROFS: "is on a read-only file system; nothing can be written there",
    errno.ENOSPC: "could not be written: the disk is full; remove files that are not needed, then try again",
    errno.EDQUOT: "could not be written: the disk quota is used up; remove files that are not needed, then try again",
    errno.ENAMETOOLONG: "is too long a name; use names of at most 255 bytes",
    errno.EBUSY: "is in use as a mount point and cannot be moved or removed",
}


class Folder:
    """The workspace at `root`; implements `core.contracts.Workspace`.

    keep: where snapshots are kept, a folder of ours outside the workspace, made when first needed.
    told: is told how far a snapshot of many files has come.
    Raises UsageError if the workspace is missing, no folder, not readable and writable, of a name that is not text,
    or one that overlaps the code that runs us.
    """

    def __init__(self, root: Path, keep: Path, told: Told | None = None) -> None:
        self._root = _usable(root)
        if (ours := own_code(self._root)) is not None:
            raise UsageError(refusal_of(self._root, ours))
        resolved = keep.resolve()
        if resolved == self._root or self._root in resolved.parents:
            raise UsageError(f"snapshots cannot be kept in {str(resolved)!r}, inside the workspace they are taken of")
        self._snapshots = Snapshots(resolved, told=told) if told else Snapshots(resolved)

    @property
    def root(self) -> str:
        return str(self._root)

    def list(self, under: str = "", most: int = 2_000) -> tuple[FileEntry, ...]:
        """List what is below a folder, sorted by path; of more than `most` entries, those nearest to it.

        The contents of .git, __pycache__, .venv and node_modules, and what lies over 64 folders deep, are left out
        unless `under` is such a folder.
        """
        found: list[FileEntry] = []
        start = self._inside(under)
        with self._opened() as root, _telling(under):
            waiting = deque([start])
            seen = 0
            while waiting and len(found) < most and seen < _MOST_SEEN:
                here = waiting.popleft()
                try:
                    listed = _names(root, here, _MOST_SEEN - seen)
                except OSError:
                    if here == start:
                        raise
                    continue  # an unreadable or vanished folder is listed as a name
                seen += len(listed)
                for name, info in listed:
                    path = f"{here}/{name}" if here else name
                    found.append(_entry(path, info))
                    deep = path.count("/") - start.count("/")
                    if stat.S_ISDIR(info.st_mode) and name not in FOLDED and deep < _MOST_DEEP:
                        waiting.append(path)
        return tuple(sorted(found[:most], key=lambda entry: entry.path))

    def read(self, path: str, most: int = 1_000_000) -> bytes:
        """Read a regular file, all of it. Raises ToolError for anything else, and for more than `most` bytes."""
        inside = self._inside(path, for_file=True)
        with self._opened() as root, _telling(path), _parent(root, inside) as (folder, name):
            try:
                with beneath.regular(folder, name) as fd:
                    return beneath.read_all(fd, most)
            except beneath.TooLarge as large:
                raise ToolError(
                    f"{path!r} has {large.size:,} bytes, more than the {most:,} that can be read at once; "
                    "read part of it with a command (head, tail, sed -n)"
                ) from None

    def write(self, path: str, content: bytes) -> None:
        """Write a regular file by rename, making folders on the way; an existing file keeps its mode, never setuid.

        Raises ToolError where a link, a folder or a special file is in the way, or the disk is full.
        """
        inside = self._inside(path, for_file=True)
        _refuse_strange(path, inside)
        with self._opened() as root, _telling(path):
            beneath.make_folders(root, inside.rpartition("/")[0])
            with _parent(root, inside) as (folder, name):
                with contextlib.suppress(FileNotFoundError):
                    beneath.refuse_special(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
                beneath.replace(folder, name, content)

    def remove(self, path: str) -> None:
        """Remove a file, a link (not what it points to) or a folder with all below it. Raises ToolError."""
        inside = self._inside(path)
        if not inside:
            raise ToolError("the workspace itself cannot be removed; name what is in it")
        with self._opened() as root, _telling(path), _parent(root, inside) as (folder, name):
            beneath.remove_tree(folder, name)

    def move(self, source: str, target: str) -> None:
        """Move or rename, making folders on the way; into `target` if that is a folder or ends in '/'.

        Raises ToolError if something is at the new place, which is never overwritten.
        """
        old, new = self._inside(source), self._inside(target)
        if not old:
            raise ToolError("the workspace itself cannot be moved; name what is in it")
        with self._opened() as root, _telling(source):
            with _parent(root, old) as (folder, name):
                os.stat(name, dir_fd=folder, follow_symlinks=False)
            if target.endswith("/") or _is_folder(root, new):
                new = f"{new}/{old.rpartition('/')[2]}".removeprefix("/")
            _refuse_strange(target, new)
            if f"{new}/".startswith(f"{old}/"):
                raise ToolError(f"{source!r} cannot be moved into itself ({target!r}); choose another place")
            with _telling(target):
                beneath.make_folders(root, new.rpartition("/")[0])
            with _parent(root, old) as (folder, name), _parent(root, new) as (new_folder, new_name):
                if _is_there(new_folder, new_name):
                    raise ToolError(f"{beneath.shown(new)!r} exists already; remove it first or choose another name")
                os.rename(name, new_name, src_dir_fd=folder, dst_dir_fd=new_folder)
                beneath.forget_bytecode(new_folder, new_name)

    def snapshot(self) -> str:
        """Keep the whole folder; returns the id, equal for equal content. Raises UsageError, see `Snapshots.take`."""
        with self._opened() as root:
            return self._snapshots.take(root)

    def restore(self, snapshot: str, only: Sequence[str] = ()) -> tuple[str, ...]:
        """Put the folder back as it was, or only the paths named; returns the paths that changed.

        See `bring_back` for what could not be.
        """
        return self.bring_back(snapshot, only).changed

    def bring_back(self, snapshot: str, only: Sequence[str] = ()) -> Restoration:
        """As `restore`, and says which paths could not be put back (too large to be kept), which are left alone."""
        with self._opened() as root:
            return self._snapshots.restore(root, snapshot, only)

    def merge(self, before: str, after: str) -> Merged:
        """Make the changes here that lead from one snapshot to another: all of them, or none where one conflicts."""
        with self._opened() as root:
            return self._snapshots.merge(root, before, after)

    def changes(self, before: str, after: str) -> tuple[str, ...]:
        """Paths of files and links that differ between two snapshots, and empty folders that came or went."""
        return self._snapshots.changes(before, after)

    def diff(self, before: str, after: str, most: int = 8_000) -> str:
        """Unified diff of the text files that differ between two snapshots, in at most `most` characters."""
        return self._snapshots.diff(before, after, most)

    @contextlib.contextmanager
    def _opened(self) -> Generator[int]:
        try:
            root = os.open(self._root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise UsageError(f"the workspace {self.root!r} cannot be opened: {error.strerror}") from None
        try:
            yield root
        finally:
            os.close(root)

    def _inside(self, path: str, *, for_file: bool = False) -> str:
        """The path without '.', '..' and '//', relative to the root; '' for the root. Raises ToolError."""
        try:
            given = beneath.named(path)
            os.fsencode(given)
        except UnicodeEncodeError:
            raise ToolError(f"{path!r} cannot be a file name; use plain text") from None
        if "\0" in given:
            raise ToolError(f"{path!r} holds a NUL character, which no file name can")
        for root in (INSIDE, self.root):
            if given == root or given.startswith(f"{root}/"):
                given = given[len(root) + 1 :]
                break
        outside = ToolError(f"{path!r} is outside the workspace; use a path relative to it")
        if given.startswith("/"):
            raise outside
        parts: list[str] = []
        for part in given.split("/"):
            if part == ".." and not parts:
                raise outside
            if part == "..":
                parts.pop()
            elif part not in ("", "."):
                parts.append(part)
        if for_file and (not parts or given.endswith("/")):
            raise ToolError(f"{path!r} names a folder, not a file")
        return "/".join(parts)


def _usable(root: Path) -> Path:
    """The folder's real path. Raises UsageError if it cannot serve as a workspace."""
    try:
        real = root.resolve(strict=True)
        is_folder = real.is_dir()
    except FileNotFoundError:
        raise UsageError(
            f"the workspace {str(root)!r} does not exist; create it, or give another --workspace"
        ) from None
    except (OSError, RuntimeError, ValueError) as error:
        told = (error.strerror if isinstance(error, OSError) else None) or error
        raise UsageError(f"the workspace {str(root)!r} cannot be used: {told}") from None
    try:
        os.fsencode(real).decode()
    except UnicodeDecodeError:
        raise UsageError(f"the workspace {str(root)!r} has a name that is not UTF-8 text; rename it") from None
    if not is_folder:
        raise UsageError(f"the workspace {str(root)!r} is not a folder; give the folder to work in")
    if not os.access(real, os.R_OK | os.X_OK):
        raise UsageError(f"the workspace {str(root)!r} cannot be read; change its permissions or give another")
    if not os.access(real, os.W_OK):
        raise UsageError(f"the workspace {str(root)!r} cannot be written to; change its permissions or give another")
    return real


@contextlib.contextmanager
def _telling(path: str) -> Generator[None]:
    """Turn what the system says of `path` into advice."""
    try:
        yield
    except beneath.NotRegular:
        raise ToolError(f"{path!r} is not a regular file (a pipe, socket or device) and is left alone") from None
    except OSError as error:
        said = _SAID.get(error.errno or 0, f"cannot be used: {error.strerror or error}")
        raise ToolError(f"{path or '.'!r} {said}") from None


@contextlib.contextmanager
def _parent(root: int, inside: str) -> Generator[tuple[int, str]]:
    above, _, name = inside.rpartition("/")
    with beneath.folder(root, above) as fd:
        yield fd, name


def _names(root: int, path: str, most: int) -> list[tuple[str, os.stat_result]]:
    listed: list[tuple[str, os.stat_result]] = []
    with beneath.folder(root, path) as fd, os.scandir(fd) as entries:
        for entry in entries:
            if len(listed) >= most:
                break
            with contextlib.suppress(FileNotFoundError):
                listed.append((entry.name, entry.stat(follow_symlinks=False)))
    return sorted(listed, key=lambda pair: pair[0])


def _entry(path: str, info: os.stat_result) -> FileEntry:
    text = beneath.shown(path)
    match stat.S_IFMT(info.st_mode):
        case stat.S_IFREG:
            return FileEntry(path=text, size=info.st_size, kind="file")
        case stat.S_IFDIR:
            return FileEntry(path=f"{text}/", size=0, kind="folder")
        case stat.S_IFLNK:
            return FileEntry(path=text, size=info.st_size, kind="link")
        case _:
            return FileEntry(path=text, size=0, kind="other")


def _is_there(folder: int, name: str) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _is_folder(root: int, inside: str) -> bool:
    try:
        with beneath.folder(root, inside):
            return True
    except OSError:
        return False


def _refuse_strange(path: str, inside: str) -> None:
    if any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 or 0xD800 <= ord(char) < 0xE000 for char in inside):
        raise ToolError(f"{path!r} holds control characters or bytes that are not text; choose a plain file name")
