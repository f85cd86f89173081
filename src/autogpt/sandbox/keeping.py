"""Keeps file contents, manifests and what was hashed before in one SQLite file outside the workspace.

One file rather than one per content: a first snapshot of 100,000 small files is a few transactions. All workspaces
share it, so that a run forked from another finds its snapshots; nothing here grows with the number of the others.
"""

import contextlib
import errno
import hashlib
import sqlite3
import zlib
from collections.abc import Generator, Iterable, Mapping
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import TypeAdapter, ValidationError

from autogpt.core.errors import ToolError, UsageError
from autogpt.core.schema import canonical_json

__all__ = ["Hashed", "Item", "Keep", "Known", "Manifest", "Stamp"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS contents (sha TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS manifests (id TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS seen (
    place TEXT, device INTEGER, inode INTEGER, size INTEGER, modified INTEGER, changed INTEGER, what TEXT,
    PRIMARY KEY (place, device, inode)
) WITHOUT ROWID;
"""
_BATCH = 32 * 2**20
"""Bytes of contents that are written in one transaction, so that other runs wait for moments only."""


class Item(NamedTuple):
    """One path of a snapshot."""

    kind: Literal["file", "folder", "link", "other"]
    mode: int
    size: int
    what: str
    """File: SHA-256 of the content; '~' and that of its first and last 64 KiB where it is too large to keep; '?'
    where it could not be read. Link: its target. Else empty."""


Manifest = Mapping[str, Item]
"""A snapshot: what was at every path."""
_MANIFEST = TypeAdapter(dict[str, Item])


class Stamp(NamedTuple):
    """What stat tells of a file's content: as long as it is the same, so is the content."""

    size: int
    modified: int
    changed: int
    """Times in nanoseconds."""


class Known(NamedTuple):
    """What a file held when it was last read."""

    stamp: Stamp
    what: str
    """As in `Item.what`."""
    kept: bool
    """Whether that content is in the keep."""


Hashed = dict[tuple[int, int], Known]
"""By device and inode."""


class Keep:
    """One open keep; made by `Keep.at`."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._waiting: dict[str, bytes] = {}
        self._bytes = 0

    @staticmethod
    @contextlib.contextmanager
    def at(folder: Path) -> "Generator[Keep]":
        """Open the keep in the folder, made if missing.

        Raises UsageError where it cannot be written (full disk, no permission, not a database).
        """
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            database = sqlite3.connect(folder / "snapshots.sqlite", timeout=60, isolation_level=None)
            with contextlib.closing(database):
                for pragma in ("journal_mode=WAL", "synchronous=NORMAL"):
                    database.execute(f"PRAGMA {pragma}")
                database.executescript(_SCHEMA)
                yield Keep(database)
        except sqlite3.Error as error:
            raise UsageError(f"snapshots cannot be kept in {str(folder)!r}: {_hint(str(error))}") from None
        except OSError as error:
            reason = "disk is full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else error.strerror or str(error)
            raise UsageError(f"the workspace cannot be copied to {str(folder)!r}: {_hint(reason)}") from None

    @contextlib.contextmanager
    def _writing(self) -> Generator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        yield
        self._database.execute("COMMIT")

    def put(self, sha: str, content: bytes) -> None:
        """Keep a content under its SHA-256; written with others, at the latest with the manifest."""
        self._waiting[sha] = content
        self._bytes += len(content)
        if self._bytes >= _BATCH:
            with self._writing():
                self._flush()

    def _flush(self) -> None:
        self._database.executemany("INSERT OR REPLACE INTO contents VALUES (?, ?)", self._waiting.items())
        self._waiting.clear()
        self._bytes = 0

    def has(self, sha: str) -> bool:
        """Whether a content is kept."""
        if sha in self._waiting:
            return True
        return self._database.execute("SELECT 1 FROM contents WHERE sha = ?", (sha,)).fetchone() is not None

    def get(self, sha: str) -> bytes | None:
        """The content, verified; None if it is not kept or damaged."""
        row = self._database.execute("SELECT body FROM contents WHERE sha = ?", (sha,)).fetchone()
        return row[0] if row and hashlib.sha256(row[0]).hexdigest() == sha else None

    @property
    def size(self) -> int:
        """Bytes the whole keep takes, free pages inside it not counted."""
        pages, free, size = (
            self._database.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
        return (pages - free) * size

    def put_manifest(self, manifest: Manifest) -> str:
        """Keep a manifest, after its contents; returns its id, the SHA-256 of its canonical JSON."""
        text = canonical_json({path: list(item) for path, item in manifest.items()}).encode()
        name = hashlib.sha256(text).hexdigest()
        known = self._database.execute("SELECT 1 FROM manifests WHERE id = ?", (name,)).fetchone()
        if known is None or self._waiting:
            with self._writing():
                self._flush()
                self._database.execute("INSERT OR IGNORE INTO manifests VALUES (?, ?)", (name, zlib.compress(text, 1)))
        return name

    def holds(self, name: str) -> bool:
        """Whether a manifest is kept."""
        return self._database.execute("SELECT 1 FROM manifests WHERE id = ?", (name,)).fetchone() is not None

    def manifest(self, name: str) -> dict[str, Item]:
        """Read a manifest back. Raises ToolError if there is none of this id, or it is damaged."""
        row = self._database.execute("SELECT body FROM manifests WHERE id = ?", (name,)).fetchone()
        if row is None:
            raise ToolError(f"no snapshot {name[:80]!r} is kept here; it was made elsewhere, or tidied away")
        try:
            text = zlib.decompress(row[0])
        except zlib.error:
            text = b""
        if hashlib.sha256(text).hexdigest() != name:
            raise ToolError(f"snapshot {name!r} is damaged on disk; choose another one")
        try:
            return _MANIFEST.validate_json(text)
        except ValidationError:
            raise ToolError(f"snapshot {name!r} was written by another version; choose a later one") from None

    def hashed(self, place: str) -> Hashed:
        """What the files of a place held when last seen."""
        rows = self._database.execute(
            "SELECT device, inode, size, modified, changed, what, sha IS NOT NULL "
            "FROM seen LEFT JOIN contents ON sha = what WHERE place = ?",
            (place,),
        )
        return {
            (device, inode): Known(Stamp(size, modified, changed), what, bool(kept))
            for device, inode, size, modified, changed, what, kept in rows
        }

    def remember(
        self, place: str, fresh: Mapping[tuple[int, int], tuple[Stamp, str]], gone: Iterable[tuple[int, int]]
    ) -> None:
        """Note for the next time what was hashed; drop what is gone."""
        old = [(place, *key) for key in gone]
        new = [(place, *key, *stamp, what) for key, (stamp, what) in fresh.items()]
        if old or new:
            with self._writing():
                self._database.executemany("DELETE FROM seen WHERE place = ? AND device = ? AND inode = ?", old)
                self._database.executemany("INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?, ?, ?, ?)", new)

    def retain(self, manifests: Iterable[str], contents: Iterable[str]) -> None:
        """Drop every manifest and content but these; the space is used again. Not while a snapshot is being taken."""
        with self._writing():
            self._database.execute("CREATE TEMP TABLE kept (id TEXT PRIMARY KEY)")
            self._database.executemany("INSERT OR IGNORE INTO kept VALUES (?)", ((i,) for i in (*manifests, *contents)))
            self._database.execute("DELETE FROM manifests WHERE id NOT IN (SELECT id FROM kept)")
            self._database.execute("DELETE FROM contents WHERE sha NOT IN (SELECT id FROM kept)")
            self._database.execute("DROP TABLE kept")


def _hint(reason: str) -> str:
    # SQLite calls a full disk so where its write-ahead log cannot grow.
    if "full" in reason or "disk I/O" in reason:
        return f"{reason}; see that the disk has free space, then try again"
    if "not a database" in reason or "malformed" in reason:
        return f"{reason}; move the file away, earlier snapshots are lost with it"
    return reason
