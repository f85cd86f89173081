"""Measures what rlimits cannot bound about a tree of processes: its memory, and what it has written to disk."""

import os
import time
from pathlib import Path
from typing import Literal

Excess = Literal["memory", "disk", "files"]
_ENDLESS = 1 << 62
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


class Writes:
    """Counts the bytes that a tree of processes has written to disk, those of ended processes included.

    A process that hides (not dumpable, without namespaces) counts as endlessly many: better ended than missed.
    """

    def __init__(self, root: int) -> None:
        self._root = root
        self._seen: dict[int, int] = {}
        self._ended = 0
        self._due = 0.0
        self.total = 0

    def look(self) -> int:
        """The count so far; looked at afresh at most ten times a second. May count some twice, never too few."""
        began = time.monotonic()
        if began >= self._due:
            now = {pid: _written(pid) for pid in tree(self._root)}
            self._ended += sum(count for pid, count in self._seen.items() if pid not in now)
            self._seen = now
            self.total = self._ended + sum(now.values())
            self._due = time.monotonic() + max(0.1, 4 * (time.monotonic() - began))
        return self.total

    def descriptors(self) -> int:
        """How many files the tree has open now."""
        count = 0
        for pid in tree(self._root):
            try:
                count += len(os.listdir(f"/proc/{pid}/fd"))  # noqa: PTH208 - the names do not matter
            except OSError:
                continue
        return count


def _written(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/io").read_bytes().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    except PermissionError:
        return _ENDLESS
    return next((int(line.split()[1]) for line in lines if line.startswith(b"write_bytes:")), 0)
