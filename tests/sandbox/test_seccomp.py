"""The system call filter, run by a small interpreter of classic BPF: for both processors, outside the kernel."""

import errno
import struct

import pytest

from autogpt.core.errors import SandboxUnavailable
from autogpt.sandbox.seccomp import compile_filter, rules
from autogpt.sandbox.syscalls import NUMBERS

KILL, ALLOW = "kill", "allow"
AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}


def verdict(program: bytes, call: int, args: tuple[int, ...] = (), audit: int = AUDIT["x86_64"]) -> str | int:
    """What the kernel would do: 'kill', 'allow', or the number of the error."""
    padded = (*args, *[0] * (6 - len(args)))
    data = struct.pack("=IIQ6Q", call, audit, 0, *(arg & (1 << 64) - 1 for arg in padded))
    code = list(struct.iter_unpack("=HBBI", program))
    at = value = 0
    while True:
        kind, yes, no, k = code[at]
        at += 1
        match kind:
            case 0x20:
                (value,) = struct.unpack_from("=I", data, k)
            case 0x54:
                value &= k
            case 0x15:
                at += yes if value == k else no
            case 0x35:
                at += yes if value >= k else no
            case 0x45:
                at += yes if value & k else no
            case 0x06:
                return {0x80000000: KILL, 0x7FFF0000: ALLOW}.get(k, k & 0xFFFF)
            case _:
                raise AssertionError(f"unknown instruction {kind:#x}")


STRICT = {"namespaces": False, "scoped_signals": False}


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
@pytest.mark.parametrize(
    ("options", "call", "args", "wanted"),
    [
        ({}, "ptrace", (), errno.EPERM),
        ({}, "clone3", (), errno.ENOSYS),
        ({}, "io_uring_setup", (), errno.ENOSYS),
        ({}, "memfd_create", (), errno.ENOSYS),
        ({}, "fallocate", (), errno.EOPNOTSUPP),
        ({}, "clone", (17,), ALLOW),
        ({}, "clone", (0x10000000 | 17,), errno.EPERM),
        ({}, "clone", (0x003D0F00,), ALLOW),
        ({}, "unshare", (0x400,), ALLOW),
        ({}, "unshare", (0x80,), errno.EPERM),
        ({}, "unshare", (0x40000000,), errno.EPERM),
        ({}, "ioctl", (0, 0x5412), errno.EPERM),
        ({}, "ioctl", (0, 0x1_0000_5412), errno.EPERM),
        ({}, "ioctl", (0, 0x541C), errno.EPERM),
        ({}, "ioctl", (0, 0x5413), ALLOW),
        ({}, "ioctl", (0, 0x4030582A), errno.EOPNOTSUPP),
        ({}, "socket", (2, 1), ALLOW),
        ({}, "socket", (10, 2 | 0x80000), ALLOW),
        ({}, "socket", (2, 3), errno.EPERM),
        ({}, "socket", (1, 1), errno.EAFNOSUPPORT),
        ({}, "socket", (1 << 32 | 1, 1), errno.EAFNOSUPPORT),
        ({}, "socket", (40, 1), errno.EAFNOSUPPORT),
        ({}, "socketpair", (1, 1 | 0x80000), ALLOW),
        ({}, "socketpair", (1, 5), ALLOW),
        ({}, "socketpair", (1, 2), errno.EPERM),
        ({}, "fchmodat", (0, 0, 0o755), ALLOW),
        ({}, "fchmodat", (0, 0, 0o4755), errno.EPERM),
        ({}, "fchmod", (0, 0o2755), errno.EPERM),
        ({}, "openat", (0, 0, 0o101, 0o4755), errno.EPERM),
        ({}, "openat", (0, 0, 0, 0o4755), ALLOW),
        ({}, "openat", (0, 0, 0o101, 0o644), ALLOW),
        ({}, "mknodat", (0, 0, 0o020666), errno.EPERM),
        ({}, "mknodat", (0, 0, 0o010666), ALLOW),
        ({}, "personality", (0xFFFFFFFF,), ALLOW),
        ({}, "personality", (0x40000,), errno.EPERM),
        ({}, "kill", (1, 9), ALLOW),
        ({}, "fchown", (3, 1, 1), ALLOW),
        ({}, "prlimit64", (5,), ALLOW),
        ({}, "inotify_add_watch", (), ALLOW),
        (STRICT, "inotify_add_watch", (), errno.ENOSYS),
        (STRICT, "socket", (2, 1), errno.EACCES),
        (STRICT, "kill", (1, 9), errno.EPERM),
        ({"namespaces": False}, "kill", (1, 9), ALLOW),
        (STRICT, "prlimit64", (5,), errno.EPERM),
        (STRICT, "prlimit64", (0,), ALLOW),
        (STRICT, "fchmod", (3, 0o600), 0),
        (STRICT, "fchmod", (3, 0o4600), errno.EPERM),
        (STRICT, "fchmodat", (0, 0, 0o755), 0),
        (STRICT, "utimensat", (3, 0), 0),
        (STRICT, "fsetxattr", (3,), errno.EPERM),
        (STRICT, "ioctl", (3, 0x40086602), errno.EPERM),
        (STRICT | {"own_uid": True}, "fchmod", (3, 0o600), ALLOW),
        (STRICT | {"own_uid": True}, "utimensat", (3, 0), ALLOW),
        (STRICT | {"own_uid": True}, "utimensat", (3, 0x7000), 0),
        (STRICT | {"own_uid": True}, "utimensat", (3, 1 << 32), 0),
    ],
)
def test_a_call_is_answered_by_its_arguments(machine, options, call, args, wanted):
    number = NUMBERS[call][0 if machine == "x86_64" else 1]
    assert number is not None
    assert verdict(compile_filter(rules(**options), machine), number, args, AUDIT[machine]) == wanted


def test_a_second_system_call_table_ends_the_program():
    program = compile_filter(rules(), "x86_64")
    assert verdict(program, 39) == ALLOW
    assert verdict(program, 0x40000000 | 39) == KILL  # x32
    assert verdict(program, 20, audit=0x40000003) == KILL  # i386
    assert verdict(compile_filter(rules(), "aarch64"), 20, audit=0x40000028) == KILL  # 32-bit ARM


def test_a_processor_we_do_not_know_is_refused():
    with pytest.raises(SandboxUnavailable, match=r"'riscv64'.*knows x86_64 and aarch64"):
        compile_filter(rules(), "riscv64")
