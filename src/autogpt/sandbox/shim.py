"""Confines a program where there are no namespaces: Landlock, seccomp, limits, and a parent that leaves nothing behind.

Run as a program of its own, `python -I -S shim.py <fd of the order> <fd of the filter> <fd for the status>`, with the
standard library only. It stays outside the Landlock domain, so the confined code cannot signal it, and reaps whatever
that code leaves running: on its end, on SIGTERM, and when our own process dies. The order is JSON, see `landlock.py`.
"""

import contextlib
import ctypes
import json
import os
import resource
import signal
import struct
import sys
import time
from typing import Any

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_DEATH_SIGNAL, _KEEP_CAPS, _SET_SECCOMP, _DROP_BOUNDING, _NO_NEW_PRIVS, _SUBREAPER, _AMBIENT = 1, 8, 22, 24, 38, 36, 47
_DAC_READ_SEARCH = 2

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_REG = 1 << 4, 1 << 5, 1 << 7, 1 << 8
_MAKE_SOCK, _MAKE_FIFO, _MAKE_SYM, _REFER, _TRUNCATE = 1 << 9, 1 << 10, 1 << 12, 1 << 13, 1 << 14
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_WRITE = (
    _READ | _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _MAKE_SOCK | _MAKE_FIFO | _MAKE_SYM
    | _REFER | _TRUNCATE
)  # fmt: skip
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE
_RIGHTS_BY_ABI = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}

_libc = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    order_end, filter_end, status = map(int, sys.argv[1:4])
    order: dict[str, Any] = json.loads(os.pread(order_end, 1 << 24, 0))
    rules = os.pread(filter_end, 1 << 20, 0)
    for descriptor in (order_end, filter_end, status):
        os.set_inheritable(descriptor, False)
    os.close(order_end)
    os.close(filter_end)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    # SIGTERM, not SIGKILL: when our process dies, what we started must be ended first.
    _libc.prctl(_DEATH_SIGNAL, signal.SIGTERM, 0, 0, 0)
    _libc.prctl(_SUBREAPER, 1, 0, 0, 0)
    if os.getppid() != order["parent"]:
        sys.exit(1)
    trouble, trouble_end = os.pipe()
    shim = os.getpid()
    code = -9
    try:
        signal.signal(signal.SIGTERM, _stop)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
        child = os.fork()
        if child == 0:
            _become(order, rules, trouble_end, shim)
        os.close(trouble_end)
        complaint = os.read(trouble, 4096)
        if complaint:
            os.write(2, complaint)
            sys.exit(1)
        while True:
            pid, ended = os.waitpid(-1, 0)
            if pid == child:
                code = os.waitstatus_to_exitcode(ended)
                break
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    except InterruptedError:
        pass
    end_all()
    with contextlib.suppress(BrokenPipeError):
        os.write(status, struct.pack("=i", code))
    # Here and not in our own process, which may be dead. Folders without rights may have been left in it.
    tidy = 'rm -rf -- "$0" || { chmod -R u+rwX -- "$0"; rm -rf -- "$0"; }'
    os.execve("/bin/sh", ["sh", "-c", f"{{ {tidy}; }} 2>/dev/null", order["home"]], {"PATH": "/usr/bin:/bin"})  # noqa: S606


def _stop(*_: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it comes once for each thread of a dying parent
    raise InterruptedError


def end_all() -> None:
    """End every descendant: stop them all first, for what runs can fork faster than it is killed."""
    stopped: set[int] = set()
    while True:
        found = {pid for pid in _tree(os.getpid()) if pid != os.getpid()}
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL if found <= stopped else signal.SIGSTOP)
        stopped = found if not found <= stopped else set()
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.0005)


def _become(order: dict[str, Any], rules: bytes, trouble: int, shim: int) -> None:
    """In the child: confine ourselves and become the program."""
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        _check(_libc.prctl(_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0))
        os.setsid()
        os.chdir(order["workspace"])
        ruleset = _ruleset(order["abi"], order["read"], order["write"], order["devices"])
        for name, value in order["limits"].items():
            kind = getattr(resource, f"RLIMIT_{name}")
            hard = resource.getrlimit(kind)[1]
            value = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(kind, (value, value))
        if order["uid"] is not None:
            _drop(order["uid"], order["search"])
        if os.getppid() != shim:
            os._exit(1)
        _check(_libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0))
        _check(_libc.syscall(_RESTRICT_SELF, ruleset, 0))
        os.close(ruleset)
        program = ctypes.create_string_buffer(rules, len(rules))
        fprog = struct.pack("@HP", len(rules) // 8, ctypes.addressof(program))
        _check(_libc.prctl(_SET_SECCOMP, 2, fprog, 0, 0))
    except OSError as error:
        os.write(trouble, f"the program could not be confined: {error}".encode())
        os._exit(1)
    try:
        for name in (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGINT):
            signal.signal(name, signal.SIG_DFL)
        os.execvpe(order["argv"][0], order["argv"], order["env"])  # noqa: S606
    except OSError as error:
        os.write(2, f"{order['argv'][0]}: {error.strerror}\n".encode("utf-8", "replace"))
        os._exit(127 if isinstance(error, FileNotFoundError) else 126)


def _ruleset(abi: int, read: list[str], write: list[str], devices: list[str]) -> int:
    """A Landlock ruleset (landlock(7)): everything on files is refused but this; TCP and other domains are too."""
    handled = _RIGHTS_BY_ABI[min(abi, 5)]
    attributes = struct.pack("=Q", handled)
    if abi >= 4:
        attributes += struct.pack("=Q", 0b11)  # bind and connect TCP
    if abi >= 6:
        attributes += struct.pack("=Q", 0b11)  # abstract sockets and signals of others
    ruleset = _check(_libc.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0))
    for paths, rights in ((read, _READ), (write, _WRITE), (devices, _READ_FILE | _WRITE_FILE | _TRUNCATE)):
        for path in paths:
            descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
            allowed = rights & handled & (-1 if os.path.isdir(path) else _OF_FILES)  # noqa: PTH112
            beneath = struct.pack("=Qi", allowed, descriptor)
            _check(_libc.syscall(_ADD_RULE, ruleset, 1, beneath, 0))
            os.close(descriptor)
    return ruleset


def _drop(uid: int, search: bool) -> None:
    """Give up root. search: keep the right to pass through folders closed to others; Landlock bounds what it opens."""
    for capability in range(64):
        if capability != _DAC_READ_SEARCH or not search:
            _libc.prctl(_DROP_BOUNDING, capability, 0, 0, 0)  # fails beyond the last one
    if search:
        _check(_libc.prctl(_KEEP_CAPS, 1, 0, 0, 0))
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    kept = 1 << _DAC_READ_SEARCH if search else 0
    header = struct.pack("=Ii", 0x20080522, 0)
    _check(_libc.capset(header, struct.pack("=6I", kept, kept, kept, 0, 0, 0)))
    if search:
        _check(_libc.prctl(_AMBIENT, 2, _DAC_READ_SEARCH, 0, 0))


def _tree(root: int) -> list[int]:
    found = [root]
    for pid in found:
        with contextlib.suppress(OSError):
            for thread in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208
                with open(f"/proc/{pid}/task/{thread}/children", "rb") as file:  # noqa: PTH123
                    found += map(int, file.read().split())
    return found


def _check(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


if __name__ == "__main__":
    main()
