"""Finds a program that fills the disk, although others fill and empty the same disk meanwhile."""

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

from autogpt.sandbox.limits import Limits
from autogpt.sandbox.walk import TooDeep, walk
from autogpt.sandbox.watch import Excess, Writes

_ENDLESS = 1 << 62


class DiskWatch:
    """Watches the growth of the folders that a sandbox may write to.

    How full the file system is costs nothing to ask, but may be someone else's doing. So a suspicion (it grew, or the
    sandbox's processes wrote much) makes us look for files changed since the start, in slices of 10 ms. What no look
    can find, such as deleted files that are still open, is believed when both grew: file system and bytes written.
    """

    def __init__(
        self, folders: tuple[Path, ...], limits: Limits, writes: Writes, memory_folders: Callable[[], tuple[str, ...]]
    ) -> None:
        """Begin now. folders: the workspace, and others it may write to.

        memory_folders: tells which folders of the sandbox live in memory; sized, but not bounded in files.
        """
        self._folders = folders
        self._writes = writes
        self._memory_folders = memory_folders
        self._folders_due = 0.0
        systems: dict[int, _System] = {}
        for folder in folders:
            # A program that is over before this is reached takes its own folders along.
            with contextlib.suppress(FileNotFoundError):
                systems[folder.stat().st_dev] = _System(folder)
        self._systems = systems.values()
        # Never let one call take more than half of what is left.
        self.bytes = min([limits.disk_bytes, *(system.room // 2 for system in self._systems)])
        self._files = limits.files
        self._since = time.time_ns() - 20_000_000
        self._walk: Iterator[tuple[int, int]] | None = None
        self._began = self._walked = time.monotonic()
        self._took = 0.0
        self._known: tuple[int, int, int] = (0, 0, 0)
        """What the last walk already explained: growth, files, writes, in sixteenths of the limit."""
        self.due = 0.0

    def look(self) -> Excess | None:
        """Whether the limit is passed. Takes some milliseconds at most; sets when to look again."""
        now = time.monotonic()
        growth = [system.growth() for system in self._systems]
        grown, added = sum(size for size, _ in growth), sum(files for _, files in growth)
        written = self._writes.look()
        self.due = now + 0.04
        if grown > 2 * self.bytes and written > self.bytes:
            return "disk"
        if self._too_many_in_memory(now) or (added > 2 * self._files and self._writes.descriptors() > self._files):
            return "files"
        much = max(grown, written) > 0.8 * self.bytes
        many = added > 0.8 * self._files
        if self._walk is None:
            state = (16 * grown // (self.bytes + 1), 16 * added // self._files, 16 * written // (self.bytes + 1))
            news = (much or many) and state != self._known and now - self._walked > 4 * self._took
            if news or now - self._walked > max(1.0, 50 * self._took):
                self._walk, self._began, self._known = changed_since(self._folders, self._since), now, state
        return self._advance(now, much, many) if self._walk else None

    def close(self) -> None:
        for system in self._systems:
            system.close()

    def _advance(self, now: float, much: bool, many: bool) -> Excess | None:
        assert self._walk is not None
        for used, files in self._walk:
            if much and used > self.bytes:
                return "disk"
            # Without growth seen elsewhere, files of before that were only touched may be among them.
            if files > (self._files if many else 2 * self._files):
                return "files"
            if time.monotonic() - now > 0.01:
                self.due = now + 0.02
                return None
        self._walk, self._walked = None, time.monotonic()
        self._took = self._walked - self._began
        return None

    def _too_many_in_memory(self, now: float) -> bool:
        if now < self._folders_due:
            return False
        self._folders_due = now + 0.25
        files = 0
        for folder in self._memory_folders():
            try:
                state = os.statvfs(folder)
            except OSError:
                continue  # the sandbox is ending
            files += state.f_files - state.f_ffree
        return files > self._files


class _System:
    """A file system, and how full it was."""

    def __init__(self, folder: Path) -> None:
        self._folder = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)  # it may be removed meanwhile
        start = os.fstatvfs(self._folder)
        self._blocks, self._inodes = start.f_bfree, start.f_ffree
        self.room = start.f_bavail * start.f_frsize if start.f_blocks else _ENDLESS  # some do not tell

    def close(self) -> None:
        os.close(self._folder)

    def growth(self) -> tuple[int, int]:
        """Bytes and files more than at the start."""
        state = os.fstatvfs(self._folder)
        return (self._blocks - state.f_bfree) * state.f_frsize, self._inodes - state.f_ffree


def changed_since(folders: tuple[Path, ...], nanoseconds: int) -> Iterator[tuple[int, int]]:
    """Walk the folders; after every few entries yields (bytes, entries) that changed since then, so far.

    nanoseconds: of the clock of file times. A folder nested too deep to walk counts as endlessly many entries.
    """
    used = entries = 0
    inodes: set[int] = set()
    try:
        for seen, (_, _, status) in enumerate(chain.from_iterable(map(walk, folders))):
            if status.st_ctime_ns >= nanoseconds:
                # Every name counts, also a second one of a file: a million of them is a folder nobody can list.
                entries += 1
                used += 0 if status.st_ino in inodes else status.st_blocks * 512
                inodes.add(status.st_ino)
            if seen % 256 == 255:
                yield used, entries
        yield used, entries
    except TooDeep:
        yield used, _ENDLESS
