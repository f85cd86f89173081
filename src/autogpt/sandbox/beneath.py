"""Touches files below a folder so that nothing in it, however hostile, leads outside, blocks, or is half-written.

Does not protect against the folder's own parents: they belong to the person who named the folder.
"""

import contextlib
import ctypes
import errno
import functools
import os
import re
import secrets
import stat
import unicodedata
from collections.abc import Generator

_SYS_OPENAT2 = 437
_NO_MAGICLINKS, _NO_SYMLINKS, _BENEATH = 0x02, 0x04, 0x08
_PATH_MAX = 4096
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_ESCAPE = re.compile(r"\\x([0-9a-f]{2})")


class NotRegular(OSError):
    """What is at the path is a FIFO, a device, a socket or a folder, not a regular file."""


class TooLarge(OSError):
    """The file holds more bytes than were asked for; `size` says how many."""

    def __init__(self, size: int) -> None:
        super().__init__(errno.EFBIG, os.strerror(errno.EFBIG))
        self.size = size


class _OpenHow(ctypes.Structure):
    _fields_ = (("flags", ctypes.c_uint64), ("mode", ctypes.c_uint64), ("resolve", ctypes.c_uint64))


def open_beneath(root: int, path: str, flags: int, *, walk: bool = False) -> int:
    """Open an existing path below the folder `root` and return the descriptor, following no link anywhere.

    path: relative, without '..'; '' is the folder itself. walk: do not use openat2(2).
    Raises OSError: ELOOP where a symbolic link is in the way, else what open(2) says. Where openat2 is missing
    (kernel before 5.6), forbidden (some containers) or the path is longer than it takes, the components are opened
    one by one with O_NOFOLLOW, which is as safe and merely slower.
    """
    flags |= os.O_NOFOLLOW | os.O_CLOEXEC
    raw = os.fsencode(path) or b"."
    if b".." in raw.split(b"/") or raw.startswith(b"/"):
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
    if not walk and len(raw) < _PATH_MAX:
        number, fd = _openat2(root, raw, flags)
        if fd >= 0:
            return fd
        if number not in (errno.ENOSYS, errno.EPERM, errno.EAGAIN):
            raise OSError(number, os.strerror(number))
    return _walk(root, raw.split(b"/"), flags)


@functools.cache
def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    libc.syscall.argtypes = (ctypes.c_long, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p, ctypes.c_size_t)
    return libc


def _openat2(root: int, path: bytes, flags: int) -> tuple[int, int]:
    how = _OpenHow(flags, 0, _BENEATH | _NO_SYMLINKS | _NO_MAGICLINKS)
    fd = _libc().syscall(_SYS_OPENAT2, root, path, ctypes.addressof(how), ctypes.sizeof(how))
    return ctypes.get_errno(), fd


def _walk(root: int, parts: list[bytes], flags: int) -> int:
    here = os.dup(root)
    try:
        for part in parts[:-1]:
            # O_PATH opens a link itself, so that it can be told from a file that is no folder.
            step = os.open(part, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=here)
            os.close(here)
            here = step
            if stat.S_ISLNK(os.fstat(here).st_mode):
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        return os.open(parts[-1], flags, dir_fd=here)
    finally:
        os.close(here)


@contextlib.contextmanager
def folder(root: int, path: str) -> Generator[int]:
    """Open a folder below `root` for reading its names and for the *at calls; closed at the end of the block."""
    fd = _open_folder(root, path)
    try:
        yield fd
    finally:
        os.close(fd)


def _open_folder(root: int, path: str) -> int:
    try:
        return open_beneath(root, path, os.O_RDONLY | os.O_DIRECTORY)
    except NotADirectoryError:
        # With O_DIRECTORY a link at the end is told as "not a directory".
        if _is_link(root, path):
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP)) from None
        raise


def _is_link(root: int, path: str) -> bool:
    try:
        fd = open_beneath(root, path, os.O_PATH)
    except OSError:
        return False
    try:
        return stat.S_ISLNK(os.fstat(fd).st_mode)
    finally:
        os.close(fd)


@contextlib.contextmanager
def regular(parent: int, name: str) -> Generator[int]:
    """Open the regular file `name` in the folder `parent` for reading; never waits, never opens a device.

    Raises NotRegular for anything else, ELOOP for a link.
    """
    # Looked at first, because opening some devices already does something; looked at again for who swaps files.
    refuse_special(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode)
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NOCTTY
    fd = os.open(name, flags, dir_fd=parent)
    try:
        refuse_special(os.fstat(fd).st_mode)
        yield fd
    finally:
        os.close(fd)


def refuse_special(mode: int) -> None:
    """Raise the OSError that fits if a file of this `st_mode` is no regular file: NotRegular, ELOOP, EISDIR."""
    if stat.S_ISLNK(mode):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(mode):
        raise NotRegular(errno.EINVAL, "not a regular file")


def read_all(fd: int, most: int) -> bytes:
    """Read a regular file to its end. Raises TooLarge, having read nothing, if it is larger than `most` bytes."""
    size = os.fstat(fd).st_size
    if size > most:
        raise TooLarge(size)
    pieces: list[bytes] = []
    left, asked = most + 1, size + 1
    while left and (piece := os.read(fd, min(left, asked))):
        pieces.append(piece)
        left, asked = left - len(piece), 1 << 20
    content = b"".join(pieces)
    if len(content) > most:  # it grew meanwhile
        raise TooLarge(len(content))
    return content


def replace(parent: int, name: str, content: bytes, mode: int | None = None, *, sync: bool = True) -> None:
    """Put a regular file at `name` in the folder `parent`: all of it or none, on disk when this returns if `sync`.

    mode: permission bits (setuid, setgid and sticky are dropped); by default those of the file that was there,
    else what the umask leaves of 0666. Run as root, the file is given to the owner of the file or folder it joins,
    because the sandbox works as another user. Raises OSError; nothing is left behind.
    """
    try:
        before = os.stat(name, dir_fd=parent, follow_symlinks=False)
    except FileNotFoundError:
        before = None
    temp = f".autogpt-{secrets.token_hex(6)}.tmp"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    fd = os.open(temp, flags, 0o666, dir_fd=parent)
    try:
        try:
            with open(fd, "wb", closefd=False) as file:
                file.write(content)
            give(fd, before or os.fstat(parent))
            if mode is None and before is not None and stat.S_ISREG(before.st_mode):
                mode = before.st_mode
            if mode is not None:
                os.fchmod(fd, mode & 0o777)
            if sync:
                os.fsync(fd)
        finally:
            os.close(fd)
        os.rename(temp, name, src_dir_fd=parent, dst_dir_fd=parent)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temp, dir_fd=parent)
        raise
    forget_bytecode(parent, name)
    if sync:
        os.fsync(parent)


def give(fd: int, like: os.stat_result) -> None:
    """As root, give an open file to the owner of `like`; otherwise it is ours already."""
    if os.geteuid() == 0:
        os.fchown(fd, like.st_uid, like.st_gid)


def forget_bytecode(parent: int, name: str) -> None:
    """Drop the cached bytecode of a Python file that was just written.

    Python tells stale bytecode by size and whole seconds: an edit of equal length within a second would go unseen.
    """
    stem, dot, ending = name.rpartition(".")
    if not dot or ending != "py":
        return
    try:
        cache = os.open("__pycache__", _FOLDER, dir_fd=parent)
    except OSError:
        return
    try:
        for entry in _entries(cache):
            if entry.name.startswith(f"{stem}.") and entry.name.endswith(".pyc"):
                with contextlib.suppress(OSError):
                    os.unlink(entry.name, dir_fd=cache)
    finally:
        os.close(cache)


def make_folders(root: int, path: str) -> None:
    """Make the folder and those above it that are missing, below `root`. Raises OSError (ENOTDIR, ELOOP, ...)."""
    here = os.dup(root)
    try:
        for part in path.split("/") if path else ():
            try:
                os.mkdir(part, dir_fd=here)
                made = True
            except FileExistsError:
                made = False
            step = _open_folder(here, part)
            if made:
                give(step, os.fstat(here))
            os.close(here)
            here = step
    finally:
        os.close(here)


def remove_tree(parent: int, name: str) -> None:
    """Remove whatever is at `name` in the folder `parent`, with all below it, following no link.

    Folders found inside are first moved up beside it: so a nesting of any depth costs no stack and no descriptors.
    Raises OSError, also when somebody keeps adding files meanwhile.
    """
    token = secrets.token_hex(6)
    waiting = [name]
    moved = tries = 0
    while waiting:
        top = waiting.pop()
        if not stat.S_ISDIR(os.stat(top, dir_fd=parent, follow_symlinks=False).st_mode):
            os.unlink(top, dir_fd=parent)
            continue
        inner: list[str] = []
        with _opened_up(parent, top) as fd:
            for entry in _entries(fd):
                if not entry.is_dir(follow_symlinks=False):
                    os.unlink(entry.name, dir_fd=fd)
                    continue
                moved += 1
                inner.append(f".autogpt-{token}-{moved}.tmp")
                _hoist(fd, entry.name, parent, inner[-1])
        try:
            os.rmdir(top, dir_fd=parent)
        except OSError as error:
            tries += 1
            if error.errno != errno.ENOTEMPTY or tries > 100:
                raise
            waiting.append(top)
        waiting += inner


def _entries(fd: int) -> list[os.DirEntry[str]]:
    with os.scandir(fd) as entries:
        return list(entries)


@contextlib.contextmanager
def _opened_up(parent: int, name: str) -> Generator[int]:
    """Open a folder that is about to go, even if its owner (we, if not root) forbade that."""
    if os.geteuid() != 0:
        unlock(parent, name)
    fd = os.open(name, _FOLDER, dir_fd=parent)
    try:
        yield fd
    finally:
        os.close(fd)


def chmod(root: int, path: str, mode: int) -> None:
    """Set the permission bits of a file or folder below `root`; a link is refused, not followed. Raises OSError."""
    # chmod(2) follows links and O_PATH descriptors cannot be fchmod-ed: the /proc name of the descriptor is exact.
    fd = open_beneath(root, path, os.O_PATH)
    try:
        if stat.S_ISLNK(os.fstat(fd).st_mode):
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        os.chmod(f"/proc/self/fd/{fd}", mode & 0o777)  # noqa: PTH101 - a descriptor's own name
    finally:
        os.close(fd)


def unlock(root: int, path: str) -> None:
    """Give the owner all rights to a folder below `root` that lacks them. Raises OSError."""
    fd = open_beneath(root, path, os.O_PATH | os.O_DIRECTORY)
    try:
        mode = os.fstat(fd).st_mode
    finally:
        os.close(fd)
    if mode & 0o700 != 0o700:
        chmod(root, path, mode | 0o700)


def _hoist(source: int, name: str, target: int, new: str) -> None:
    try:
        os.rename(name, new, src_dir_fd=source, dst_dir_fd=target)
    except PermissionError:
        unlock(source, name)
        os.rename(name, new, src_dir_fd=source, dst_dir_fd=target)


def shown(name: str) -> str:
    r"""A file name as text that is safe to show, log and put in JSON; `named` turns it back exactly.

    Bytes that are not UTF-8, backslashes, and control, bidirectional and invisible characters become '\xNN', one
    for each byte.
    """
    if name.isascii() and name.isprintable() and "\\" not in name:
        return name
    return "".join(_escape(char) for char in name)


def _escape(char: str) -> str:
    if char != "\\" and unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        return char
    return "".join(f"\\x{byte:02x}" for byte in os.fsencode(char))


def named(text: str) -> str:
    r"""The file name that `shown` shows so; text without '\xNN' is its own name."""
    if "\\x" not in text:
        return text
    raw = b"".join(
        bytes([int(piece, 16)]) if index % 2 else os.fsencode(piece) for index, piece in enumerate(_ESCAPE.split(text))
    )
    return os.fsdecode(raw)
