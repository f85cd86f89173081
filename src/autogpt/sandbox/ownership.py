"""Lends a folder to another uid by chown, where an idmapped mount is not possible, and takes it back."""

import contextlib
import ctypes
import os
import stat
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from autogpt.sandbox.walk import TooDeep, walk

_libc = ctypes.CDLL(None, use_errno=True)
_EMPTY_PATH = 0x1000


class Owner(NamedTuple):
    uid: int
    gid: int


class _Loan:
    def __init__(self, owner: Owner) -> None:
        self.owner = owner
        self.users = 0


_lock = threading.Lock()
_loans: dict[tuple[int, int], _Loan] = {}
"""By device and inode of the folder."""


@contextmanager
def lent(folder: Path, borrower: Owner) -> Generator[None]:
    """While the context lasts, what the folder's owner owns in it is the borrower's; afterwards the owner's again.

    What belongs to third parties stays theirs. A folder that is the borrower's already was left by a run that was
    killed: it goes to us in the end. Takes one walk of the tree before and one after.
    """
    status = folder.stat()
    key = (status.st_dev, status.st_ino)
    with _lock:
        loan = _loans.get(key)
        if loan is None:
            owner = Owner(status.st_uid, status.st_gid)
            loan = _loans[key] = _Loan(owner if owner.uid != borrower.uid else Owner(os.getuid(), os.getgid()))
            hand_over(folder, loan.owner, borrower, several_names=False)
        loan.users += 1
    try:
        yield
    finally:
        with _lock:
            loan.users -= 1
            if loan.users == 0:
                del _loans[key]
                hand_over(folder, borrower, loan.owner, several_names=True)


def hand_over(folder: Path, giver: Owner, taker: Owner, *, several_names: bool) -> None:
    """Give everything in the folder that is the giver's to the taker, without following any link.

    several_names: also files with more than one name; before a run one of these may lie outside the folder, after it
    the borrower's files were all made inside. What nests too deep to walk is left.
    """
    _give(os.open(folder, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC), giver, taker, several_names)
    with contextlib.suppress(TooDeep):
        for at, name, status in walk(folder):
            if status.st_uid == giver.uid:
                with contextlib.suppress(FileNotFoundError):
                    entry = os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=at)
                    _give(entry, giver, taker, several_names)


def _give(descriptor: int, giver: Owner, taker: Owner, several_names: bool) -> None:
    """Change the owner of what is open, and close it."""
    try:
        status = os.fstat(descriptor)
        if status.st_uid != giver.uid:
            return
        if not several_names and status.st_nlink > 1 and not stat.S_ISDIR(status.st_mode):
            return
        gid = taker.gid if status.st_gid == giver.gid else status.st_gid
        if _libc.fchownat(descriptor, b"", taker.uid, gid, _EMPTY_PATH):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
    finally:
        os.close(descriptor)
