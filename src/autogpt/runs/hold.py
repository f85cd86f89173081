"""Who works on a run: one process at a time, told by a lock that the system gives back however the process ends."""

import contextlib
import fcntl
from collections.abc import Generator

from autogpt.core.errors import UsageError
from autogpt.runs.spec import RunFolder


@contextlib.contextmanager
def held(folder: RunFolder) -> Generator[None]:
    """Hold the run for this process. Raises UsageError if another one works on it."""
    with folder.lock.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(f"run {folder.id!r} is being worked on by another process") from None
        yield


def at_work(folder: RunFolder) -> bool:
    """Whether some process works on the run right now."""
    try:
        with held(folder):
            return False
    except UsageError:
        return True
    except FileNotFoundError:
        return False
