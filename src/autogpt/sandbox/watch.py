"""Measures what rlimits cannot bound: memory of a whole process tree, growth of the disk, files in memory."""

import os
import time
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Literal

from autogpt.sandbox.limits import Limits
from autogpt.sandbox.walk import TooDeep, walk

Excess = Literal["memory", "disk", "files"]
_PAGE = os.sysconf("SC_PAGE_SIZE")


def tree(root: int) -> list[int]:
    """The process and all its descendants, as far as they can be seen now."""
    found = [root]
    for pid in found:
        found += _children(pid)
    return found


def _children(pid: int) -> list[int]:
    children: list[int] = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 - 30 times a second
            children += map(int, Path(f"/proc/{pid}/task/{thread}/children").read_bytes().split())
    except (FileNotFoundError, ProcessLookupError):
        pass
    return children


def resident(pids: list[int]) -> int:
    """Resident bytes of the processes, shared pages counted once for each."""
    total = 0
    for pid in pids:
        try:
            total += int(Path(f"/proc/{pid}/statm").read_bytes().split()[1]) * _PAGE
        except (FileNotFoundError, ProcessLookupError, IndexError):
            continue
    return total


def proportional(pids: list[int]) -> int:
    """Resident bytes of the processes, shared pages counted once altogether; slow, and an upper bound where hidden."""
    total = 0
    for pid in pids:
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
        except PermissionError:
            total += resident([pid])
            continue
        for line in text.splitlines():
            if line.startswith(b"Pss:"):
                total += int(line.split()[1]) * 1024
                break
    return total


class MemoryWatch:
    def __init__(self, root: int, limit_bytes: int) -> None:
        self._root = root
        self._limit = limit_bytes
        self.due = 0.0

    def look(self) -> Excess | None:
        """Whether the tree is over its limit. Sets when to look again: sooner when it is large."""
        began = time.monotonic()
        pids = tree(self._root)
        used = resident(pids)
        over = used > self._limit and proportional(pids) > self._limit
        now = time.monotonic()
        self.due = now + max(0.03 if used > self._limit // 4 else 0.06, 4 * (now - began))
        return "memory" if over else None


class DiskWatch:
    """Finds a program that fills the disk, at no cost while the file system as a whole does not grow.

    Growth of the file system is cheap to ask but may be someone else's. So growth beyond the limit is then looked for
    in the workspace, among files changed since the start, in slices; growth beyond twice the limit ends the program
    without that, because deleted files that are still open, or a slow tree, could hide it.
    """

    def __init__(
        self, folders: tuple[Path, ...], limits: Limits, memory_folders: Callable[[], tuple[str, ...]]
    ) -> None:
        """Begin now. folders: the workspace, and others it may write to.

        memory_folders: tells which folders of the sandbox live in memory; sized, but not bounded in files.
        """
        self._folders = folders
        self._memory_folders = memory_folders
        self._folders_due = 0.0
        self._systems = {folder.stat().st_dev: _System(folder) for folder in folders}.values()
        # Never let one call take more than half of what is left.
        self._bytes = min(limits.disk_bytes, *(system.room // 2 for system in self._systems))
        self._files = limits.files
        self._since = time.time_ns() - 20_000_000
        self._walk: Iterator[tuple[int, int]] | None = None
        self._began = time.monotonic()
        self.due = 0.0

    def look(self) -> Excess | None:
        """Whether the limit is passed. Takes a few milliseconds at most; sets when to look again."""
        now = time.monotonic()
        growth = [system.growth() for system in self._systems]
        grown, added = sum(size for size, _ in growth), sum(files for _, files in growth)
        self.due = now + 0.04
        if grown > 2 * self._bytes:
            return "disk"
        if added > 2 * self._files or self._too_many_in_memory(now):
            return "files"
        unsure = now - self._began > 1.0 and not all(system.counts_inodes for system in self._systems)
        if self._walk is None and (grown > 0.8 * self._bytes or added > 0.8 * self._files or unsure):
            self._walk, self._began = changed_since(self._folders, self._since), now
        return self._advance(now) if self._walk else None

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

    def _advance(self, now: float) -> Excess | None:
        assert self._walk is not None
        for used, files in self._walk:
            if used > self._bytes:
                return "disk"
            if files > self._files:
                return "files"
            if time.monotonic() - now > 0.01:
                self.due = now + 0.02
                return None
        took = time.monotonic() - self._began
        self._walk, self._began = None, time.monotonic()
        self.due = now + max(0.04, 4 * took)
        return None


class _System:
    """A file system, and how full it was."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        start = os.statvfs(folder)
        self._blocks, self._inodes = start.f_bfree, start.f_ffree
        self.counts_inodes = start.f_files > 0
        self.room = start.f_bavail * start.f_frsize

    def growth(self) -> tuple[int, int]:
        """Bytes and files more than at the start."""
        state = os.statvfs(self._folder)
        files = self._inodes - state.f_ffree if self.counts_inodes else 0
        return (self._blocks - state.f_bfree) * state.f_frsize, files


def changed_since(folders: tuple[Path, ...], nanoseconds: int) -> Iterator[tuple[int, int]]:
    """Walk the folders; after every few entries yields (bytes, entries) that changed since then, so far.

    nanoseconds: of the clock of file times. A folder nested too deep to walk counts as endlessly many entries.
    """
    used = entries = 0
    inodes: set[int] = set()
    try:
        for seen, (_, _, status) in enumerate(chain.from_iterable(map(walk, folders))):
            if status.st_ctime_ns >= nanoseconds and status.st_ino not in inodes:
                inodes.add(status.st_ino)
                used += status.st_blocks * 512
                entries += 1
            if seen % 256 == 255:
                yield used, entries
        yield used, entries
    except TooDeep:
        yield used, 1 << 62
