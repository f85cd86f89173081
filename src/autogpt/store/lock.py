"""Lets one run at a time work in a workspace."""

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Generator
from pathlib import Path

from autogpt.core.errors import UsageError

__all__ = ["lock_workspace"]


@contextlib.contextmanager
def lock_workspace(workspace: Path, run_id: str, locks: Path) -> Generator[None]:
    """Hold the workspace for the run during the block.

    locks: our folder for lock files, outside any workspace. The system itself gives a lock back when its process
    ends, however it ends: so there are no stale ones. Raises UsageError, naming the run that works there.
    """
    real = workspace.resolve()
    path = locks / f"{hashlib.sha256(os.fsencode(real)).hexdigest()[:32]}.lock"
    try:
        locks.mkdir(parents=True, exist_ok=True, mode=0o700)
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise UsageError(f"the workspace cannot be locked by {str(path)!r}: {error.strerror}") from None
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(_taken(fd, real)) from None
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"{run_id}\n{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(fd)


def _taken(fd: int, workspace: Path) -> str:
    run_id, _, pid = os.pread(fd, 1_000, 0).decode("utf-8", "replace").strip().partition("\n")
    who = f"run {run_id!r} (process {pid})" if run_id and pid else "another run"
    return (
        f"{who} is working in {str(workspace)!r}; wait for it, cancel it (autogpt cancel {run_id or 'RUN'}), "
        "or give another --workspace"
    )
