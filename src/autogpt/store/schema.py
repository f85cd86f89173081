"""Opens the database of runs (SQLite, or Postgres by URL) and owns its tables and their version."""

import contextlib
import errno
import shutil
import sqlite3
import time
from collections.abc import Generator
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError

from autogpt.core.errors import JournalError, UsageError

__all__ = ["VERSION", "events", "guarded", "open_database", "reading", "runs"]

VERSION = 1
"""Version of these tables. A database of a newer one is refused; an older one is migrated by `_MIGRATIONS`."""
_MIGRATIONS: dict[int, tuple[str, ...]] = {}
"""The statements that lead from a version to the next; none yet, as this is the first."""

_LITTLE = 1_000_000
"""Bytes of free disk below which nothing can be kept."""
_PATIENCE = 30
"""Seconds that a writer waits for the others."""

_tables = sa.MetaData()
meta = sa.Table("meta", _tables, sa.Column("name", sa.String, primary_key=True), sa.Column("value", sa.String))
events = sa.Table(
    "events",
    _tables,
    sa.Column("run_id", sa.String, primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", sa.String, nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)
"""`at` is ISO 8601 in UTC; `body` is the event's canonical JSON, exactly as hashed."""
runs = sa.Table(
    "runs",
    _tables,
    sa.Column("run_id", sa.String, primary_key=True),
    sa.Column("created", sa.String, nullable=False, index=True),
    sa.Column("updated", sa.String, nullable=False),
    sa.Column("events", sa.Integer, nullable=False),
    sa.Column("title", sa.String, nullable=False),
    sa.Column("goal", sa.Text, nullable=False),
    sa.Column("workspace", sa.String, nullable=False),
    sa.Column("model", sa.String, nullable=False),
    sa.Column("parent", sa.String),
    sa.Column("outcome", sa.String),
    sa.Column("waiting", sa.Text),
    sa.Column("owner", sa.String, nullable=False),
)
"""A view of the events, kept in the same transactions, so that a listing is one query."""


def open_database(where: Path | str) -> sa.Engine:
    """Open the database, made if missing; a path is an SQLite file, a text a URL ('postgresql+psycopg://...').

    Raises UsageError where it cannot be opened or made, JournalError where it is damaged, not ours, or was written
    by a newer version.
    """
    engine = _sqlite(where) if isinstance(where, Path) else _by_url(where)
    try:
        with guarded(engine), engine.begin() as connection:
            _prepare(connection, engine)
    except JournalError:
        engine.dispose()
        if isinstance(where, Path) and (unwritten := _on_a_full_disk(where)) is not None:
            return unwritten
        raise
    except BaseException:
        engine.dispose()
        raise
    return engine


def _on_a_full_disk(path: Path) -> sa.Engine | None:
    """The database as it lies there, for reading only; None where the disk is not full or not all of it lies there.

    SQLite needs some room even to read beside others. Without a write-ahead log nobody writes, and the file is whole.
    """
    try:
        log = path.with_name(f"{path.name}-wal")
        if shutil.disk_usage(path.parent).free > _LITTLE or not path.is_file() or (log.exists() and log.stat().st_size):
            return None
        uri = f"{path.absolute().as_uri()}?immutable=1"
        engine = sa.create_engine("sqlite://", poolclass=sa.NullPool, creator=lambda: sqlite3.connect(uri, uri=True))
        with guarded(engine), engine.connect() as connection:
            _prepare(connection, engine)
    except (OSError, JournalError):
        return None
    return engine


def reading(engine: sa.Engine) -> sa.Engine:
    """The same database for reading: sees one state throughout a block, and does not wait for writers."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(reading=True)
    return engine.execution_options(isolation_level="REPEATABLE READ")


@contextlib.contextmanager
def guarded(engine: sa.Engine) -> Generator[None]:
    """Turn what the database refuses into a JournalError that says what to do; nothing is then half-written."""
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as error:
        reason = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig).__name__
        raise JournalError(f"the database of runs ({engine.url!r}): {reason}; {_hint(reason.lower())}") from None


def _hint(reason: str) -> str:
    for sign, hint in (
        ("full", "nothing was written: free some disk space, then try again"),
        ("i/o error", "nothing was written: see that the disk has free space, then try again"),
        ("readonly", "nothing was written: free some disk space, or make the file and its folder writable"),
        ("locked", "another process kept it busy for too long; try again"),
        ("not a database", "move the file away to begin anew, or put a backup in its place"),
        ("malformed", "it is damaged: put a backup in its place"),
        ("unable to open", "check that its folder exists and may be read and written"),
    ):
        if sign in reason:
            return hint
    return "check that it can be reached and is ours to write"


def _sqlite(path: Path) -> sa.Engine:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        reason = "the disk is full" if full else error.strerror
        raise UsageError(f"the folder for runs {str(path.parent)!r} cannot be made: {reason}") from None
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(path)))

    def connected(connection: DBAPIConnection, _: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.isolation_level = None  # we say BEGIN ourselves, below
        cursor = connection.cursor()
        # FULL: an event that was acknowledged survives a power cut, not only the end of the process.
        for pragma in (f"busy_timeout={_PATIENCE * 1000}", "synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
        _write_ahead(connection)

    def begun(connection: sa.Connection) -> None:
        # IMMEDIATE: two writers queue up instead of one of them failing when it goes from reading to writing.
        read_only = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begun)
    return engine


def _write_ahead(connection: DBAPIConnection) -> None:
    """Switch the file to a write-ahead log. SQLite refuses a second one who does it at once, without waiting."""
    until = time.monotonic() + _PATIENCE
    while True:
        cursor = connection.cursor()
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
        finally:
            cursor.close()
        time.sleep(0.01)


def _by_url(url: str) -> sa.Engine:
    try:
        return sa.create_engine(url, pool_pre_ping=True)
    except (ArgumentError, NoSuchModuleError) as error:
        raise UsageError(f"the database URL cannot be used: {error}") from None
    except ModuleNotFoundError as error:
        raise UsageError(f"the database URL needs the module {error.name!r}: pip install {error.name}") from None


def _prepare(connection: sa.Connection, engine: sa.Engine) -> None:
    there = set(sa.inspect(connection).get_table_names())
    if not there & {"meta", "events", "runs"}:
        _tables.create_all(connection)
        connection.execute(meta.insert().values(name="schema_version", value=str(VERSION)))
        return
    found = ""
    if "meta" in there:
        found = str(connection.execute(sa.select(meta.c.value).where(meta.c.name == "schema_version")).scalar() or "")
    if not found.isdecimal() or {"meta", "events", "runs"} - there:
        raise JournalError(f"{engine.url!r} is no database of runs: it is left untouched; name another file")
    version = int(found)
    if version > VERSION:
        raise JournalError(
            f"{engine.url!r} was written by a newer version (tables {version}, this one reads {VERSION}): "
            "upgrade autogpt; it is left untouched"
        )
    while version < VERSION:
        if version not in _MIGRATIONS:
            raise JournalError(f"{engine.url!r} is too old to be read (tables {version}); it is left untouched")
        for statement in _MIGRATIONS[version]:
            connection.exec_driver_sql(statement)
        version += 1
        connection.execute(meta.update().where(meta.c.name == "schema_version").values(value=str(version)))
