"""Keeps whole folders by content hash, so that any earlier state can be compared with and brought back.

Not kept: contents of files over 64 MiB or beyond the budget, of pipes, sockets and devices; who owned what; times.
"""

import contextlib
import errno
import hashlib
import json
import os
import re
import secrets
import stat
import time
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import TypeAdapter, ValidationError

from autogpt.core.errors import ToolError, UsageError
from autogpt.core.schema import canonical_json
from autogpt.sandbox import beneath
from autogpt.sandbox.difference import unified

__all__ = ["Item", "Restoration", "Snapshots"]

PASSED_OVER = frozenset({"__pycache__", ".pytest_cache", ".ruff_cache", ".mypy_cache", ".venv", "node_modules"})
"""Folders that programs make again by themselves: neither kept nor compared, and left alone by a restore."""
_MOST_ENTRIES = 250_000
_MOST_DEEP = 64
_SAMPLE = 65_536
_MOST_SHOWN = 256 * 1024
_SAVE_AFTER = 200
_TICK_NS = 100_000_000
_TEMP = re.compile(r"\.autogpt-[0-9a-f]{12}(-\d+)?\.tmp")
_OURS = (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS)
"""Errors that are the machine's, not the file's: passed on rather than taken for an unreadable file."""


class Item(NamedTuple):
    """One path of a snapshot."""

    kind: Literal["file", "folder", "link", "other"]
    mode: int
    size: int
    what: str
    """File: SHA-256 of the content, or '~' and that of its first and last 64 KiB where it is too large to keep.
    Link: its target. Else empty."""


class Restoration(NamedTuple):
    changed: tuple[str, ...]
    lost: tuple[str, ...]
    """Paths that differ from the snapshot and could not be put back; left as they are."""


Manifest = Mapping[str, Item]
_MANIFEST = TypeAdapter(dict[str, Item])
_INDEX = TypeAdapter(dict[str, tuple[int, int, int, str]])


class _Seen(NamedTuple):
    path: str
    info: os.stat_result
    target: str


class Snapshots:
    """Snapshots under the folder `keep`: `blobs/` by content, `manifests/` by id, and an index of what was hashed.

    largest: bytes of the largest file whose content is kept. budget: bytes kept of one snapshot, smallest files
    first. store: bytes that all kept contents together may take; beyond it snapshots still compare, but only
    restore what was kept before.
    """

    def __init__(self, keep: Path, largest: int = 64 * 2**20, budget: int = 2 * 2**30, store: int = 8 * 2**30) -> None:
        self._keep = keep
        self._largest, self._budget, self._store = largest, budget, store
        self._blobs: set[str] | None = None
        self._stored = 0
        self._index: dict[str, tuple[int, int, int, str]] | None = None
        self._unsaved = 0

    def take(self, root: int) -> str:
        """Keep the folder open at `root`; returns the SHA-256 of its manifest, equal for equal content.

        Setuid and setgid bits found on files are stripped. Raises UsageError for a folder of more than 250,000
        entries or where `keep` cannot be written, for example because the disk is full.
        """
        with _kept(self._keep):
            for part in ("blobs", "manifests", "temp"):
                (self._keep / part).mkdir(mode=0o700, parents=True, exist_ok=True)
            manifest = self._scan(root, keep=True)
            text = canonical_json({path: list(item) for path, item in manifest.items()}).encode()
            name = hashlib.sha256(text).hexdigest()
            place = self._keep / "manifests" / name
            if not place.exists():
                self._put(place, text)
            self._save_index()
        return name

    def restore(self, root: int, snapshot: str) -> Restoration:
        """Make the folder open at `root` as it was: files, links, modes; what was not there goes.

        What cannot be restored is left as it is and named. Raises ToolError for an unknown snapshot, and where the
        system forbids a change.
        """
        want = self.load(snapshot)
        with _kept(self._keep):
            _unlock(root, want)
            have = self._scan(root, keep=False)
        todo = {path: item for path, item in want.items() if have.get(path) != item}
        extra = {path: item for path, item in have.items() if path not in want}
        try:
            rescued = self._rescue(root, todo, extra)
            lost = {path for path in todo if not self._can_bring(todo[path], have.get(path), path in rescued)}
            blocking = {path for path in todo.keys() - lost if path in have and have[path].kind != todo[path].kind}
            _remove(root, {*extra, *blocking})
            for path in sorted(todo.keys() - lost):
                if not self._bring(root, path, todo[path], have.get(path), rescued):
                    lost.add(path)
            for path in sorted((path for path in todo if todo[path].kind == "folder"), reverse=True):
                _chmod(root, path, todo[path].mode)
        except OSError as error:
            raise ToolError(f"the workspace could not be restored: {error.strerror or error}") from None
        return Restoration(
            tuple(path for path in _differing(have, want) if path.rstrip("/") not in lost), tuple(sorted(lost))
        )

    def changes(self, before: str, after: str) -> tuple[str, ...]:
        """Paths of files, links and special files that differ; folders only where they are empty and came or went."""
        if before == after:
            return ()
        return _differing(self.load(before), self.load(after))

    def diff(self, before: str, after: str, most: int) -> str:
        """Unified diff, in at most `most` characters, with a line for what is binary, too large or not kept."""
        old, new = self.load(before), self.load(after)
        pieces: list[str] = []
        length = 0
        paths = self.changes(before, after)
        for number, path in enumerate(paths):
            was, now = old.get(path.rstrip("/")), new.get(path.rstrip("/"))
            piece = unified(path, self._content(was), self._content(now), _note(was, now))
            if length + len(piece) > most:
                rest = f"... cut here; {len(paths) - number} of {len(paths)} changed paths are not shown in full\n"
                whole = "".join([*pieces, piece])[: max(0, most - len(rest))]
                return whole[: whole.rfind("\n") + 1] + rest[:most]
            pieces.append(piece)
            length += len(piece)
        return "".join(pieces)

    def load(self, snapshot: str) -> dict[str, Item]:
        """The paths of a snapshot. Raises ToolError if there is none of this id or it was damaged."""
        if not re.fullmatch(r"[0-9a-f]{64}", snapshot):
            raise ToolError(f"{snapshot!r} is not the id of a snapshot")
        try:
            text = (self._keep / "manifests" / snapshot).read_bytes()
        except OSError:
            raise ToolError(f"snapshot {snapshot[:12]} is not kept here; it was made elsewhere or removed") from None
        if hashlib.sha256(text).hexdigest() != snapshot:
            raise ToolError(f"snapshot {snapshot[:12]} is damaged on disk; choose an earlier one")
        try:
            return _MANIFEST.validate_json(text)
        except ValidationError:
            raise ToolError(f"snapshot {snapshot[:12]} was written by another version; choose a later one") from None

    def _scan(self, root: int, *, keep: bool) -> dict[str, Item]:
        seen = list(_walk(root))
        whole: set[str] = set()
        left = self._budget
        for size, path in sorted((s.info.st_size, s.path) for s in seen if stat.S_ISREG(s.info.st_mode)):
            left -= size
            if size > self._largest or left < 0:
                break
            whole.add(path)
        index = self._load_index()
        fresh: dict[str, tuple[int, int, int, str]] = {}
        found: dict[str, Item] = {}
        for one in seen:
            mode = one.info.st_mode
            match stat.S_IFMT(mode):
                case stat.S_IFREG:
                    what = self._what(root, one, index, fresh, whole=one.path in whole, keep=keep)
                    item = Item("file", mode & 0o777, one.info.st_size, what)
                case stat.S_IFDIR:
                    item = Item("folder", mode & 0o777, 0, "")
                case stat.S_IFLNK:
                    item = Item("link", 0, 0, beneath.shown(one.target))
                case _:
                    item = Item("other", 0, 0, "")
            found[beneath.shown(one.path)] = item
        self._index = fresh
        return dict(sorted(found.items()))

    def _what(
        self,
        root: int,
        one: _Seen,
        index: Mapping[str, tuple[int, int, int, str]],
        fresh: dict[str, tuple[int, int, int, str]],
        *,
        whole: bool,
        keep: bool,
    ) -> str:
        info = one.info
        key = f"{info.st_dev}:{info.st_ino}"
        known = index.get(key)
        if (
            known is not None
            and known[:3] == (info.st_size, info.st_mtime_ns, info.st_ctime_ns)
            and known[3].startswith("~") != whole
            and not info.st_mode & 0o6000
            and not (keep and whole and known[3] not in self._known_blobs())
        ):
            fresh[key] = known
            return known[3]
        above, _, name = one.path.rpartition("/")
        try:
            with beneath.folder(root, above) as folder, beneath.regular(folder, name) as fd:
                if info.st_mode & 0o6000:
                    with contextlib.suppress(PermissionError):
                        os.fchmod(fd, info.st_mode & 0o777)
                before = os.fstat(fd)
                what = self._digest(fd, before.st_size, whole=whole, keep=keep)
                after = os.fstat(fd)
        except OSError as error:
            if error.errno in _OURS:
                raise
            return "?"
        steady = (before.st_size, before.st_mtime_ns, before.st_ctime_ns)
        # A file changed within a tick of the clock after it was read would keep its stamp: look again next time.
        old = time.time_ns() - after.st_ctime_ns > _TICK_NS
        if old and steady == (after.st_size, after.st_mtime_ns, after.st_ctime_ns):
            fresh[key] = (*steady, what)
            self._unsaved += 1
        return what

    def _digest(self, fd: int, size: int, *, whole: bool, keep: bool) -> str:
        if not whole:
            return _sample(fd, size)
        try:
            content = beneath.read_all(fd, self._largest)
        except beneath.TooLarge as grown:
            return _sample(fd, grown.size)
        name = hashlib.sha256(content).hexdigest()
        if keep and name not in self._known_blobs() and self._stored + len(content) <= self._store:
            self._put(self._blob(name), content)
            self._known_blobs().add(name)
            self._stored += len(content)
        return name

    def _known_blobs(self) -> set[str]:
        if self._blobs is None:
            self._blobs = set()
            self._stored = 0
            for shelf in sorted((self._keep / "blobs").glob("??")):
                with os.scandir(shelf) as entries:
                    for entry in entries:
                        self._blobs.add(entry.name)
                        self._stored += entry.stat().st_size
        return self._blobs

    def _blob(self, name: str) -> Path:
        return self._keep / "blobs" / name[:2] / name

    def _put(self, place: Path, content: bytes) -> None:
        """Write under `keep`, whole or not at all. Not fsynced: what a power cut spoils fails its hash later."""
        temp = self._keep / "temp" / secrets.token_hex(8)
        try:
            temp.write_bytes(content)
            place.parent.mkdir(mode=0o700, exist_ok=True)
            temp.rename(place)
        except BaseException:
            temp.unlink(missing_ok=True)
            raise

    def _load_index(self) -> dict[str, tuple[int, int, int, str]]:
        if self._index is None:
            try:
                self._index = _INDEX.validate_json((self._keep / "index.json").read_bytes())
            except (OSError, ValidationError):
                self._index = {}  # only costs hashing again
        return self._index

    def _save_index(self) -> None:
        if self._unsaved >= _SAVE_AFTER and self._index is not None:
            self._put(self._keep / "index.json", json.dumps(self._index).encode())
            self._unsaved = 0

    def _content(self, item: Item | None) -> bytes | None:
        """The content kept for an item; None where it has none or none that can be shown."""
        if item is None or item.kind != "file":
            return f"link to {item.what}\n".encode() if item is not None and item.kind == "link" else b""
        if item.size > _MOST_SHOWN:
            return None
        return self._read_blob(item.what)

    def _read_blob(self, name: str) -> bytes | None:
        """The kept content, verified; None if it is not kept or damaged."""
        if not re.fullmatch(r"[0-9a-f]{64}", name):
            return None
        try:
            content = self._blob(name).read_bytes()
        except OSError:
            return None
        return content if hashlib.sha256(content).hexdigest() == name else None

    def _can_bring(self, item: Item, have: Item | None, rescued: bool) -> bool:
        match item.kind:
            case "file":
                same = have is not None and have.kind == "file" and have.what == item.what
                return same or rescued or self._blob(item.what).is_file()
            case "folder" | "link":
                return True
            case "other":
                return False

    def _rescue(self, root: int, todo: Mapping[str, Item], extra: Mapping[str, Item]) -> dict[str, str]:
        """Move files that were only renamed, and whose content is not kept, aside to be put back: path -> name."""
        moved: dict[tuple[int, str], str] = {(item.size, item.what): path for path, item in extra.items()}
        rescued: dict[str, str] = {}
        for path, item in todo.items():
            if item.kind != "file" or item.what == "?" or self._blob(item.what).is_file():
                continue
            source = moved.pop((item.size, item.what), None)
            if source is None:
                continue
            aside = f".autogpt-{secrets.token_hex(6)}.tmp"
            above, _, name = beneath.named(source).rpartition("/")
            with beneath.folder(root, above) as folder:
                os.rename(name, aside, src_dir_fd=folder, dst_dir_fd=root)
            rescued[path] = aside
        return rescued

    def _bring(self, root: int, path: str, item: Item, have: Item | None, rescued: Mapping[str, str]) -> bool:
        """Put one path back; False if its kept content turns out to be damaged."""
        above, _, name = beneath.named(path).rpartition("/")
        if item.kind == "folder":
            if have is None or have.kind != "folder":
                beneath.make_folders(root, beneath.named(path))
            return True
        with beneath.folder(root, above) as folder:
            if item.kind == "link":
                if have is not None and have.kind == "link":
                    os.unlink(name, dir_fd=folder)
                os.symlink(beneath.named(item.what), name, dir_fd=folder)
            elif path in rescued:
                os.rename(rescued[path], name, src_dir_fd=root, dst_dir_fd=folder)
                _chmod(root, path, item.mode)
            elif have is not None and have.kind == "file" and have.what == item.what:
                _chmod(root, path, item.mode)
            else:
                content = self._read_blob(item.what)
                if content is None:
                    return False
                beneath.replace(folder, name, content, item.mode, sync=False)
        return True


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
            if _TEMP.fullmatch(name):
                continue
            count += 1
            if count > _MOST_ENTRIES:
                raise UsageError(
                    f"the workspace holds more than {_MOST_ENTRIES:,} files, too many to keep a copy of at every step; "
                    "use a smaller folder"
                )
            path = f"{here}/{name}" if here else name
            is_folder = stat.S_ISDIR(info.st_mode)
            if is_folder and name in PASSED_OVER:
                continue
            yield _Seen(path, info, target)
            if is_folder and path.count("/") < _MOST_DEEP:
                waiting.append(path)


def _listed(root: int, path: str) -> list[tuple[str, os.stat_result, str]]:
    found: list[tuple[str, os.stat_result, str]] = []
    with beneath.folder(root, path) as fd, os.scandir(fd) as entries:
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):
                info = entry.stat(follow_symlinks=False)
                target = os.readlink(entry.name, dir_fd=fd) if stat.S_ISLNK(info.st_mode) else ""
                found.append((entry.name, info, target))
    return found


def _sample(fd: int, size: int) -> str:
    head = os.pread(fd, _SAMPLE, 0)
    tail = os.pread(fd, _SAMPLE, max(0, size - _SAMPLE))
    return "~" + hashlib.sha256(head + tail).hexdigest()


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
        case None, None:
            return ""
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


def _unlock(root: int, want: Manifest) -> None:
    """Let us (if not root) into folders that were locked since, so that what is in them can be seen."""
    for path, item in want.items():
        if item.kind == "folder" and os.geteuid() != 0:
            with contextlib.suppress(OSError):
                beneath.unlock(root, beneath.named(path))


def _remove(root: int, paths: set[str]) -> None:
    gone = "\0"
    for path in sorted(paths, key=lambda path: path.split("/")):
        if path.startswith(f"{gone}/"):
            continue
        gone = path
        above, _, name = beneath.named(path).rpartition("/")
        with contextlib.suppress(FileNotFoundError), beneath.folder(root, above) as folder:
            beneath.remove_tree(folder, name)


def _chmod(root: int, path: str, mode: int) -> None:
    with contextlib.suppress(FileNotFoundError):
        beneath.chmod(root, beneath.named(path), mode)


@contextlib.contextmanager
def _kept(keep: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        hint = "the disk is full; free some space and resume" if full else (error.strerror or str(error))
        raise UsageError(f"the workspace could not be copied to {str(keep)!r}: {hint}") from None
