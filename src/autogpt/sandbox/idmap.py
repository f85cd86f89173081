"""Shows a folder to another uid without touching its files: an idmapped mount in a mount namespace of one thread.

Started as root, the sandbox runs as an unprivileged uid, while the files must stay the folder's owner's. Walking the
tree with chown costs one call a file before and after each run, and leaves a crashed run's files to the wrong owner;
this costs the same for any number of files, and what the sandbox makes belongs to the owner at once. Needs Linux 5.12
and a file system that can do it (ext4, xfs, btrfs, tmpfs from 6.3; not overlayfs, not NFS).
"""

import ctypes
import os
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

_libc = ctypes.CDLL(None, use_errno=True)
_NEW_MOUNTS = 0x20000
_OPEN_TREE, _MOVE_MOUNT, _MOUNT_SETATTR = 428, 429, 442
_CLONE_TREE, _CLOEXEC = 1, 0x80000
_EMPTY_PATH, _FROM_EMPTY_PATH = 0x1000, 0x4
_IDMAP, _NO_SUID, _NO_DEV = 0x100000, 0x2, 0x4
_RECURSIVE_PRIVATE = 0x4000 | 0x40000
_LAST_ID = 0xFFFF_FFFE

_HOLDER = """
import ctypes, sys
libc = ctypes.CDLL(None, use_errno=True)
sys.exit(ctypes.get_errno()) if libc.unshare(0x10000000) else print("ready", flush=True)
sys.stdin.read()
"""


class _MountAttributes(ctypes.Structure):
    _fields_ = (
        ("attr_set", ctypes.c_uint64),
        ("attr_clr", ctypes.c_uint64),
        ("propagation", ctypes.c_uint64),
        ("userns_fd", ctypes.c_uint64),
    )


def own_mounts() -> None:
    """Give the calling thread, and the processes it starts, mounts of their own. Raises OSError if not allowed."""
    _check(_libc.unshare(_NEW_MOUNTS))
    _check(_libc.mount(b"none", b"/", None, _RECURSIVE_PRIVATE, None))


def map_owner(folder: Path, uid: int, gid: int) -> None:
    """In this thread's mounts: what the folder's owner and group own below it appears to be uid's and gid's.

    Raises OSError where kernel or file system cannot. Ids of others stay as they are; set-id bits have no effect.
    """
    owner = folder.stat()
    names = _user_namespace(owner.st_uid, uid, owner.st_gid, gid)
    path = os.fsencode(folder)
    tree = _check(_libc.syscall(_OPEN_TREE, -100, path, _CLONE_TREE | _CLOEXEC))
    try:
        wanted = _MountAttributes(_IDMAP | _NO_SUID | _NO_DEV, 0, 0, names)
        size = ctypes.c_size_t(ctypes.sizeof(wanted))
        _check(_libc.syscall(_MOUNT_SETATTR, tree, b"", _EMPTY_PATH, ctypes.byref(wanted), size))
        _check(_libc.syscall(_MOVE_MOUNT, tree, b"", -100, path, _FROM_EMPTY_PATH))
    finally:
        os.close(tree)


def swap(one: int, other: int) -> str:
    """A uid_map that swaps two ids and leaves all others as they are."""
    low, high = sorted((one, other))
    if low == high:
        return f"0 0 {_LAST_ID + 1}\n"
    parts = (
        (0, 0, low),
        (low, high, 1),
        (low + 1, low + 1, high - low - 1),
        (high, low, 1),
        (high + 1, high + 1, _LAST_ID - high),
    )
    return "".join(f"{inside} {outside} {count}\n" for inside, outside, count in parts if count)


@lru_cache(maxsize=1024)
def _user_namespace(owner: int, uid: int, group: int, gid: int) -> int:
    """A file descriptor of a user namespace that swaps owner with uid and group with gid; kept open for ever."""
    holder = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={}
    )
    with holder:
        assert holder.stdout is not None
        if holder.stdout.readline() != b"ready\n":
            raise OSError(holder.wait(), "no user namespace can be made")
        Path(f"/proc/{holder.pid}/uid_map").write_text(swap(owner, uid))
        Path(f"/proc/{holder.pid}/gid_map").write_text(swap(group, gid))
        return os.open(f"/proc/{holder.pid}/ns/user", os.O_RDONLY | os.O_CLOEXEC)


def _check(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
