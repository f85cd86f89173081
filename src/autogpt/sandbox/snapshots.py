"""Takes snapshots of whole folders by content hash, and compares them.

Not kept: contents of files over 64 MiB or beyond the budget, of pipes, sockets and devices; who owned what; times.
"""

import contextlib
import errno
import hashlib
import itertools
import os
import stat
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from autogpt.core.contracts import Merged
from autogpt.core.errors import UsageError
from autogpt.sandbox import beneath
from autogpt.sandbox.difference import unified
from autogpt.sandbox.keeping import Item, Keep, Known, Manifest, Stamp
from autogpt.sandbox.merging import merged
from autogpt.sandbox.restoring import Restoration, bring_back, unlock

__all__ = ["Snapshots", "Told"]

PASSED_OVER = frozenset({"__pycache__", ".pytest_cache", ".ruff_cache", ".mypy_cache", ".venv", "node_modules"})
"""Folders that programs make again by themselves: neither kept nor compared, and left alone by a restore."""
_MOST_ENTRIES = 250_000
_MOST_DEEP = 64
_MOST_SHOWN = 256 * 1024
_SAMPLE = 65_536
_SET_ID = stat.S_ISUID | stat.S_ISGID
_OURS = (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EIO)
"""Errors that are the machine's, not the file's: passed on rather than taken for an unreadable file."""


_TOLD_EVERY = 1_000
Told = Callable[[int, int], None]
"""Is told how far the look at a folder has come: entries so far, of how many."""


def _nobody(done: int, total: int) -> None:
    """Tells nobody."""


class _Seen(NamedTuple):
    path: str
    info: os.stat_result
    target: str


class Snapshots:
    """Snapshots kept in the folder `keep`.

    largest: bytes of the largest file whose content is kept. budget: bytes kept of one snapshot, smallest files
    first. store: bytes that the keep may take; beyond it snapshots still compare, but restore only what was kept
    before. tick: nanoseconds within which two changes of a file may get the same time stamp. told: is told of every
    thousandth file how many were looked at, of how many.
    """

    def __init__(
        self,
        keep: Path,
        largest: int = 64 * 2**20,
        budget: int = 2 * 2**30,
        store: int = 16 * 2**30,
        tick: int = 100_000_000,
        told: Told = _nobody,
    ) -> None:
        self._keep = keep
        self._largest, self._budget, self._store, self._tick = largest, budget, store, tick
        self._told = told

    def take(self, root: int) -> str:
        """Keep the folder open at `root`; returns the SHA-256 of its manifest, equal for equal content.

        Setuid and setgid bits found on files are stripped. Raises UsageError for a folder of more than 250,000
        entries or where `keep` cannot be written, for example because the disk is full.
        """
        with Keep.at(self._keep) as keep:
            return keep.put_manifest(self._scan(root, keep, putting=True))

    def restore(self, root: int, snapshot: str, only: Sequence[str] = ()) -> Restoration:
        """Make the folder open at `root` as it was: files, links, modes; what was not there goes.

        only: the paths that are put back, with the folders they are in; all else stays. Empty: the whole folder.
        What cannot be restored is left as it is and named. Raises ToolError for an unknown snapshot, and where the
        system forbids a change.
        """
        with Keep.at(self._keep) as keep:
            want = keep.manifest(snapshot)
            unlock(root, want)
            have = self._scan(root, keep, putting=False)
            if only:
                wanted = {
                    path for name in only for path in (name, *map(str, PurePosixPath(name).parents)) if path in want
                }
                want = {**have} | {path: want[path] for path in wanted}
            lost = bring_back(root, keep, want, have)
        changed = tuple(path for path in _differing(have, want) if path.rstrip("/") not in lost)
        return Restoration(changed, lost)

    def merge(self, root: int, before: str, after: str) -> Merged:
        """Make the changes that lead from one snapshot to another to the folder open at `root`; all or none.

        Raises ToolError for an unknown snapshot, and where the system forbids a change.
        """
        with Keep.at(self._keep) as keep:
            have = self._scan(root, keep, putting=True)
            want, conflicts = merged(keep, keep.manifest(before), keep.manifest(after), have)
            if conflicts:
                return Merged(conflicts=conflicts)
            lost = bring_back(root, keep, want, have)
        return Merged(changed=tuple(path for path in _differing(have, want) if path.rstrip("/") not in lost))

    def changes(self, before: str, after: str) -> tuple[str, ...]:
        """Paths of files, links and special files that differ; folders only where they are empty and came or went."""
        if before == after:
            return ()
        with Keep.at(self._keep) as keep:
            return _differing(keep.manifest(before), keep.manifest(after))

    def diff(self, before: str, after: str, most: int) -> str:
        """Unified diff, in at most `most` characters, with a line for what is binary, too large or not kept."""
        with Keep.at(self._keep) as keep:
            old, new = keep.manifest(before), keep.manifest(after)
            paths = _differing(old, new)
            pieces: list[str] = []
            length = 0
            for number, path in enumerate(paths):
                was, now = old.get(path.rstrip("/")), new.get(path.rstrip("/"))
                piece = unified(path, _content(keep, was), _content(keep, now), _note(was, now))
                if length + len(piece) > most:
                    rest = f"... cut here; {len(paths) - number} of {len(paths)} changed paths are not shown in full\n"
                    whole = "".join([*pieces, piece])[: max(0, most - len(rest))]
                    return whole[: whole.rfind("\n") + 1] + rest[:most]
                pieces.append(piece)
                length += len(piece)
            return "".join(pieces)

    def retain(self, snapshots: Iterable[str]) -> int:
        """Forget all snapshots but these, and the contents that none of them needs; returns the bytes that are free.

        Names that are not kept here are passed over. Not while a snapshot is being taken.
        """
        with Keep.at(self._keep) as keep:
            before = keep.size
            ids = [name for name in dict.fromkeys(snapshots) if keep.holds(name)]
            keep.retain(ids, {item.what for name in ids for item in keep.manifest(name).values()})
            return max(0, before - keep.size)

    def _scan(self, root: int, keep: Keep, *, putting: bool) -> dict[str, Item]:
        seen = list(_walk(root))
        whole = self._whole(seen)
        room = self._store - keep.size
        root_info = os.fstat(root)
        place = f"{root_info.st_dev}:{root_info.st_ino}"
        known = keep.hashed(place)
        fresh: dict[tuple[int, int], tuple[Stamp, str]] = {}
        found: dict[str, Item] = {}
        for above, inside in itertools.groupby(seen, lambda one: one.path.rpartition("/")[0]):
            with _folder(root, above) as folder:
                for one in inside:
                    mode = one.info.st_mode
                    if stat.S_ISREG(mode):
                        limit = self._largest if one.path in whole else -1
                        key = (one.info.st_dev, one.info.st_ino)
                        what, content, stamp = _what(folder, one, limit, known.get(key), self._tick, wanted=putting)
                        if stamp is not None:
                            fresh[key] = (stamp, what)
                        if putting and content is not None and len(content) <= room and not keep.has(what):
                            keep.put(what, content)
                            room -= len(content)
                        item = Item("file", mode & 0o777, one.info.st_size, what)
                    elif stat.S_ISDIR(mode):
                        item = Item("folder", mode & 0o777, 0, "")
                    elif stat.S_ISLNK(mode):
                        item = Item("link", 0, 0, beneath.shown(one.target))
                    else:
                        item = Item("other", 0, 0, "")
                    found[beneath.shown(one.path)] = item
                    if len(found) % _TOLD_EVERY == 0:
                        self._told(len(found), len(seen))
        there = {(one.info.st_dev, one.info.st_ino) for one in seen}
        keep.remember(place, fresh, known.keys() - there)
        return found

    def _whole(self, seen: Iterable[_Seen]) -> set[str]:
        """Paths of the files to keep: the smallest first, so that the choice depends on the folder alone."""
        whole: set[str] = set()
        left = self._budget
        for size, path in sorted((one.info.st_size, one.path) for one in seen if stat.S_ISREG(one.info.st_mode)):
            left -= size
            if size > self._largest or left < 0:
                break
            whole.add(path)
        return whole


def _walk(root: int) -> Generator[_Seen]:
    """Everything below the folder but the contents of PASSED_OVER ones; what vanishes meanwhile was not there."""
    waiting = [""]
    count = 0
    while waiting:
        here = waiting.pop()
        try:
            listed = _listed(root, here)
        except OSError as error:
            if not here or error.errno in _OURS:
                raise
            continue
        for name, info, target in listed:
            is_folder = stat.S_ISDIR(info.st_mode)
            if is_folder and name in PASSED_OVER:
                continue
            count += 1
            if count > _MOST_ENTRIES:
                raise UsageError(
                    f"the workspace holds more than {_MOST_ENTRIES:,} files, too many to keep a copy of at every step; "
                    "use a smaller folder"
                )
            path = f"{here}/{name}" if here else name
            yield _Seen(path, info, target)
            if is_folder and path.count("/") < _MOST_DEEP:
                waiting.append(path)


def _listed(root: int, path: str) -> list[tuple[str, os.stat_result, str]]:
    found: list[tuple[str, os.stat_result, str]] = []
    with beneath.folder(root, path) as fd, os.scandir(fd) as entries:
        for entry in entries:
            if len(found) > _MOST_ENTRIES:
                break
            with contextlib.suppress(FileNotFoundError):
                found.append((entry.name, *_looked_at(fd, entry)))
    return found


def _looked_at(folder: int, entry: os.DirEntry[str]) -> tuple[os.stat_result, str]:
    """What is there, and where it leads if it is a link. Raises FileNotFoundError if it is gone."""
    info = entry.stat(follow_symlinks=False)
    while stat.S_ISLNK(info.st_mode):
        try:
            return info, os.readlink(entry.name, dir_fd=folder)
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise
            # Something else was put in its place since: a program goes on while we look.
            info = os.stat(entry.name, dir_fd=folder, follow_symlinks=False)
    return info, ""


@contextlib.contextmanager
def _folder(root: int, path: str) -> Generator[int | None]:
    """A folder below `root`, open during the block; None where it cannot be opened, or is gone since it was listed."""
    with contextlib.ExitStack() as stack:
        try:
            opened = stack.enter_context(beneath.folder(root, path))
        except OSError as error:
            if error.errno in _OURS:
                raise
            opened = None
        yield opened


def _what(
    folder: int | None, one: _Seen, limit: int, known: Known | None, tick: int, *, wanted: bool
) -> tuple[str, bytes | None, Stamp | None]:
    """What a file holds, as in `Item.what`; its content if that had to be read; a stamp to know it by next time.

    folder: the one it lies in. limit: bytes up to which it is read whole; -1 for a sample. wanted: whether the content
    must be kept.
    """
    info = one.info
    if known is not None and known.stamp == _stamp(info) and not info.st_mode & _SET_ID:
        sampled = known.what.startswith("~")
        if sampled == (limit < 0) and (sampled or known.kept or not wanted):
            return known.what, None, None
    if folder is None:
        return "?", None, None
    try:
        with beneath.regular(folder, one.path.rpartition("/")[2]) as fd:
            if info.st_mode & _SET_ID:
                with contextlib.suppress(PermissionError):
                    os.fchmod(fd, info.st_mode & 0o777)
            before = os.fstat(fd)
            what, content = _read(fd, before.st_size, limit)
            after = os.fstat(fd)
    except OSError as error:
        if error.errno in _OURS:
            raise
        return "?", None, None
    # A file changed within a tick of the clock after it was read would keep its stamp: look again next time.
    old = time.time_ns() - after.st_ctime_ns > tick
    return what, content, _stamp(after) if old and _stamp(before) == _stamp(after) else None


def _read(fd: int, size: int, limit: int) -> tuple[str, bytes | None]:
    try:
        content = beneath.read_all(fd, limit)
    except beneath.TooLarge:
        head = os.pread(fd, _SAMPLE, 0)
        tail = os.pread(fd, _SAMPLE, max(0, size - _SAMPLE))
        return "~" + hashlib.sha256(head + tail).hexdigest(), None
    return hashlib.sha256(content).hexdigest(), content


def _stamp(info: os.stat_result) -> Stamp:
    return Stamp(info.st_size, info.st_mtime_ns, info.st_ctime_ns)


def _differing(old: Manifest, new: Manifest) -> tuple[str, ...]:
    found: list[str] = []
    full = {path.rpartition("/")[0] for manifest in (old, new) for path in manifest}
    for path in old.keys() | new.keys():
        was, now = old.get(path), new.get(path)
        if was == now:
            continue
        kinds = {item.kind for item in (was, now) if item is not None}
        if kinds != {"folder"}:
            found.append(path)
        elif (was is None or now is None) and path not in full:
            found.append(f"{path}/")
    return tuple(sorted(found))


def _note(was: Item | None, now: Item | None) -> str:
    """What is said of a change that has no text to show."""
    match was, now:
        case None, _:
            return "made"
        case _, None:
            return "removed"
        case Item(kind="file"), Item(kind="file"):
            if was.what == now.what:
                return f"mode {was.mode:o} -> {now.mode:o}"
            return f"changed, {was.size:,} -> {now.size:,} bytes"
        case _:
            return f"{was.kind} -> {now.kind}"


def _content(keep: Keep, item: Item | None) -> bytes | None:
    """What a diff shows of an item; None where it is not kept or too large to show."""
    match item:
        case Item(kind="file"):
            return keep.get(item.what) if item.size <= _MOST_SHOWN else None
        case Item(kind="link"):
            return f"link to {item.what}\n".encode()
        case _:
            return b""
