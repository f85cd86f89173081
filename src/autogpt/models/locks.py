"""Advisory file locks that vanish with the process that holds them, however it ends."""

import fcntl
import os
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def file_lock(path: Path, *, shared: bool = False) -> Generator[bool]:
    """Try to lock the file (flock, created if missing, mode 0600); says whether it was got. Never waits."""
    descriptor = open_lock(path)
    try:
        yield try_lock(descriptor, shared=shared)
    finally:
        os.close(descriptor)


@contextmanager
def waiting_lock(path: Path, on_wait: Callable[[], None]) -> Generator[None]:
    """Lock the file, however long that takes; on_wait is called once if another process holds it."""
    said = False
    while True:
        with file_lock(path) as held:
            if held:
                yield
                return
        if not said:
            on_wait()
            said = True
        time.sleep(0.2)


def open_lock(path: Path) -> int:
    """Open a lock file without following a link; the lock belongs to the descriptor, and to copies a fork makes."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


def try_lock(descriptor: int, *, shared: bool = False) -> bool:
    """Lock if that is possible at once."""
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def unlock(descriptor: int) -> None:
    """Give the lock back and keep the file open."""
    fcntl.flock(descriptor, fcntl.LOCK_UN)
