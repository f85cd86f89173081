"""File descriptors that are handed to a sandbox: anonymous files nobody can change, and pipes to read from."""

import contextlib
import fcntl
import os
from contextlib import ExitStack

_ADD_SEALS, _SEAL_ALL = 1033, 0xF  # F_ADD_SEALS; seal, shrink, grow, write


class Descriptor:
    """Closed once: by hand, or at the latest by the stack that owns it."""

    def __init__(self, number: int, stack: ExitStack) -> None:
        self.number = number
        stack.callback(self.close)

    def close(self) -> None:
        number, self.number = self.number, -1
        if number >= 0:
            os.close(number)


def sealed(content: bytes, stack: ExitStack) -> Descriptor:
    """An anonymous file with the content, to be read from its start, that nobody can change or make larger.

    A plain one could be written to by hostile code, and its memory is in nobody's resident size.
    """
    file = Descriptor(os.memfd_create("sandbox", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING), stack)
    with open(file.number, "wb", closefd=False) as stream:
        stream.write(content)
    os.lseek(file.number, 0, os.SEEK_SET)
    fcntl.fcntl(file.number, _ADD_SEALS, _SEAL_ALL)
    return file


def pipe(stack: ExitStack) -> tuple[Descriptor, Descriptor]:
    """A pipe: our end, which does not block when read, and the end that is written to."""
    ours, theirs = os.pipe2(os.O_CLOEXEC)
    os.set_blocking(ours, False)
    return Descriptor(ours, stack), Descriptor(theirs, stack)


def bar(stack: ExitStack) -> tuple[Descriptor, Descriptor]:
    """What somebody waits at, reading the first end, until the second is closed."""
    theirs, ours = os.pipe2(os.O_CLOEXEC)
    return Descriptor(theirs, stack), Descriptor(ours, stack)


def read_all(descriptor: int) -> bytes:
    """What can be read now without waiting."""
    told = b""
    with contextlib.suppress(BlockingIOError):
        while data := os.read(descriptor, 65536):
            told += data
    return told
