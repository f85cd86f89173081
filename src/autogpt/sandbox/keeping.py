"""Keeps file contents, manifests and what was hashed before in one SQLite file outside the workspace.

One file rather than one per content: a first snapshot of 100,000 small files is a single transaction.
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

__all__ = ["Hashed", "Item", "Keep", "Manifest", "Stamp"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS contents (sha TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS manifests (id TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS hashed (
    device INTEGER, inode INTEGER, size INTEGER, modified INTEGER, changed INTEGER, what TEXT,
    PRIMARY KEY (device, inode)
) WITHOUT ROWID;
"""


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


Hashed = dict[tuple[int, int], tuple[Stamp, str]]
"""By device and inode: the stamp a file had when it was read, and its `Item.what`."""


class Keep:
    """One open keep, inside a transaction; made by `Keep.at`."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self.contents: set[str] = {sha for (sha,) in database.execute("SELECT sha FROM contents")}
        """SHA-256 of every content kept."""

    @staticmethod
    @contextlib.contextmanager
    def at(folder: Path) -> "Generator[Keep]":
        """Open the keep in the folder, made if missing; what the block does is kept whole or not at all.

        Raises UsageError where it cannot be written (full disk, no permission, not a database).
        """
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            database = sqlite3.connect(folder / "snapshots.sqlite", timeout=60, isolation_level=None)
            with contextlib.closing(database):
                for pragma in ("journal_mode=WAL", "synchronous=NORMAL"):
                    database.execute(f"PRAGMA {pragma}")
                database.executescript(_SCHEMA)
                database.execute("BEGIN IMMEDIATE")
                yield Keep(database)
                database.execute("COMMIT")
        except sqlite3.Error as error:
            raise UsageError(f"snapshots cannot be kept in {str(folder)!r}: {_hint(str(error))}") from None
        except OSError as error:
            reason = "disk is full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else error.strerror or str(error)
            raise UsageError(f"the workspace cannot be copied to {str(folder)!r}: {_hint(reason)}") from None

    def put(self, sha: str, content: bytes) -> None:
        """Keep a content under its SHA-256."""
        self._database.execute("INSERT OR REPLACE INTO contents VALUES (?, ?)", (sha, content))
        self.contents.add(sha)

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
        """Keep a manifest; returns its id, the SHA-256 of its canonical JSON: equal for equal content."""
        text = canonical_json({path: list(item) for path, item in manifest.items()}).encode()
        name = hashlib.sha256(text).hexdigest()
        if not self._database.execute("SELECT 1 FROM manifests WHERE id = ?", (name,)).fetchone():
            self._database.execute("INSERT INTO manifests VALUES (?, ?)", (name, zlib.compress(text, 1)))
        return name

    def manifest(self, name: str) -> dict[str, Item]:
        """Read a manifest back. Raises ToolError if there is none of this id, or it is damaged."""
        row = self._database.execute("SELECT body FROM manifests WHERE id = ?", (name,)).fetchone()
        if row is None:
            raise ToolError(f"no snapshot {name[:80]!r} is kept here; it was made elsewhere or removed")
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

    def hashed(self) -> Hashed:
        """What files had as content when last seen, by device and inode."""
        rows = self._database.execute("SELECT device, inode, size, modified, changed, what FROM hashed")
        return {(device, inode): (Stamp(*stamp), what) for device, inode, *stamp, what in rows}

    def remember(self, fresh: Hashed, gone: Iterable[tuple[int, int]]) -> None:
        """Keep what was hashed; drop what is gone."""
        self._database.executemany("DELETE FROM hashed WHERE device = ? AND inode = ?", gone)
        self._database.executemany(
            "INSERT OR REPLACE INTO hashed VALUES (?, ?, ?, ?, ?, ?)",
            ((*key, *stamp, what) for key, (stamp, what) in fresh.items()),
        )

    def retain(self, manifests: Iterable[str], contents: Iterable[str]) -> None:
        """Drop every manifest and content but these; the space is used again."""
        self._database.execute("CREATE TEMP TABLE kept (id TEXT PRIMARY KEY)")
        self._database.executemany("INSERT OR IGNORE INTO kept VALUES (?)", ((id_,) for id_ in (*manifests, *contents)))
        self._database.execute("DELETE FROM manifests WHERE id NOT IN (SELECT id FROM kept)")
        self._database.execute("DELETE FROM contents WHERE sha NOT IN (SELECT id FROM kept)")
        self._database.execute("DROP TABLE kept")


def _hint(reason: str) -> str:
    if "full" in reason:
        return f"{reason}; free some space and go on"
    if "not a database" in reason or "malformed" in reason:
        return f"{reason}; move the file away, earlier snapshots are lost with it"
    return reason
