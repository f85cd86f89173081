"""Lets one run at a time work in a workspace, or in one that it lies in."""

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Generator
from pathlib import Path

from autogpt.core.errors import UsageError

__all__ = ["alone", "lock_workspace"]


@contextlib.contextmanager
def lock_workspace(workspace: Path, run_id: str, locks: Path) -> Generator[None]:
    """Hold the workspace for the run during the block.

    locks: our folder for lock files, outside any workspace. The system itself gives a lock back when its process
    ends, however it ends: so there are no stale ones. Raises UsageError, naming the run that works there.
    """
    real = workspace.resolve()
    with contextlib.ExitStack() as stack:
        if not _try(stack.enter_context(_opened(locks / _ANY)), fcntl.LOCK_SH):
            raise UsageError("old runs are being tidied away just now; try again in a moment")
        for above in reversed(real.parents):
            # Shared: those who work side by side in one folder do not meet; who works in all of it meets them all.
            if not _try(fd := stack.enter_context(_opened(locks / _name(above))), fcntl.LOCK_SH):
                raise _taken(fd, above)
        fd = stack.enter_context(_opened(locks / _name(real)))
        if not _try(fd, fcntl.LOCK_EX):
            raise _taken(fd, real)
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"{run_id}\n{os.getpid()}\n".encode(), 0)
        yield


@contextlib.contextmanager
def alone(locks: Path) -> Generator[None]:
    """Keep every run of these lock files from working during the block. Raises UsageError if one is at work."""
    with _opened(locks / _ANY) as fd:
        if not _try(fd, fcntl.LOCK_EX):
            raise UsageError("a run is at work; wait for it (autogpt list), or cancel it first")
        yield


_ANY = "any"
"""The file that every run at work has locked, besides that of its workspace."""


def _name(folder: Path) -> str:
    return f"{hashlib.sha256(os.fsencode(folder)).hexdigest()[:32]}.lock"


@contextlib.contextmanager
def _opened(path: Path) -> Generator[int]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise UsageError(f"the workspace cannot be locked by {str(path)!r}: {error.strerror}") from None
    try:
        yield fd
    finally:
        os.close(fd)


def _try(fd: int, how: int) -> bool:
    try:
        fcntl.flock(fd, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _taken(fd: int, workspace: Path) -> UsageError:
    run_id, _, pid = os.pread(fd, 1_000, 0).decode("utf-8", "replace").strip().partition("\n")
    # Of a run that is over the name may have been left there; its process is gone.
    if run_id and pid.isdecimal() and Path("/proc", pid).exists():
        return UsageError(
            f"run {run_id!r} (process {pid}) is working in {str(workspace)!r}; wait for it, cancel it "
            f"(autogpt cancel {run_id}), or give another --workspace"
        )
    return UsageError(
        f"another run is working in {str(workspace)!r} or in a folder of it; wait for it, cancel it (autogpt cancel "
        "RUN), or give another --workspace"
    )
