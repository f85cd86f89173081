"""The system call filter: which kernel entries code in a sandbox may not use, as a classic BPF program.

It is a deny list over an open default, because ordinary programs must run; files, processes and the network are
kept away by namespaces or Landlock, not by this. What it adds is a smaller kernel surface, the things that
namespaces leave open (set-user-id bits, memory outside resident size, sockets to the host's kernel), and an end to
any second system call table (32-bit, x32). Source of the format: seccomp(2), linux/filter.h.
"""

import errno
import platform
import struct
from collections.abc import Sequence
from typing import Literal, NamedTuple

from autogpt.core.errors import SandboxUnavailable
from autogpt.sandbox.syscalls import NUMBERS

_REFUSED = """
ptrace process_vm_readv process_vm_writev kcmp pidfd_getfd process_madvise process_mrelease
mount umount2 pivot_root chroot open_tree open_tree_attr move_mount fsopen fsconfig fsmount fspick mount_setattr
statmount listmount setns userfaultfd bpf perf_event_open add_key request_key keyctl
init_module finit_module delete_module kexec_load kexec_file_load settimeofday clock_settime adjtimex clock_adjtime
shmget shmat shmctl shmdt semget semop semctl semtimedop msgget msgsnd msgrcv msgctl
mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr
swapon swapoff reboot sethostname setdomainname acct quotactl quotactl_fd nfsservctl syslog iopl ioperm modify_ldt
uselib vhangup lookup_dcookie name_to_handle_at open_by_handle_at fanotify_init fanotify_mark vmsplice file_setattr
move_pages migrate_pages mbind set_mempolicy set_mempolicy_home_node
""".split()

# "No such call" rather than "not permitted": libc, libffi and asyncio then fall back to what is allowed.
# memfd memory counts for nobody's resident size; openat2 and clone3 hide their flags behind a pointer.
_ABSENT = "clone3 io_uring_setup io_uring_enter io_uring_register memfd_create memfd_secret openat2".split()

# Without namespaces the caller's other processes are in reach: Landlock from ABI 6 scopes signals, but not these.
_OF_OTHERS = "prlimit64 sched_setaffinity sched_setscheduler sched_setparam sched_setattr".split()
_SIGNALS = "kill tkill tgkill pidfd_send_signal rt_sigqueueinfo rt_tgsigqueueinfo".split()

# Landlock does not govern these, so without namespaces they would reach every file of the user, by path or as a file
# opened for reading. Copying a file ends with modes and times, so these pretend to work: copies would fail otherwise.
_MODES = "chmod fchmod fchmodat fchmodat2".split()
_TIMES = "utime utimes futimesat".split()
_OWNERSHIP = "chown lchown fchownat setxattr lsetxattr removexattr lremovexattr setxattrat removexattrat".split()
_OWNERSHIP_OF_OPEN = "fchown fsetxattr fremovexattr".split()
_FLAGS_OF_FILES = (
    0x40086602,
    0x40046602,
    0x401C5820,
    0x40806685,
)  # FS_IOC_SETFLAGS (64, 32), FSSETXATTR, ENABLE_VERITY
_NOTHING_DONE = 0

_NEW_NAMESPACE = 0x7E02_0000  # CLONE_NEWNS CGROUP UTS IPC USER PID NET
_NEW_TIME = 0x80  # for unshare only; in clone these bits are the exit signal
_SET_ID = 0o6000
_CREATE = 0o100 | 0o20000000  # O_CREAT, __O_TMPFILE: only then is the mode argument looked at
_DEVICES = (0o020000, 0o060000)
_STREAM_OR_DATAGRAM = (1, 2)  # SOCK_STREAM, SOCK_DGRAM
_STREAM_OR_SEQPACKET = (1, 5)
_TERMINAL = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX: type into or paste on the terminal
_RESERVE = (0x40305828, 0x4030582A, 0x40305839)  # FS_IOC_RESVSP, RESVSP64, ZERO_RANGE: fallocate by another name
_PLAIN_PERSONALITY = (0, 8, 0x20000, 0x20008, 0xFFFF_FFFF)


class Test(NamedTuple):
    """A condition on half an argument: the low one (CVE-2019-7303: the kernel ignores the rest), or the high."""

    arg: int
    how: Literal["in", "not in", "bits"]
    values: tuple[int, ...]
    mask: int = 0xFFFF_FFFF
    high: bool = False


class Rule(NamedTuple):
    """Answer with the error when every test holds."""

    call: str
    error: int
    tests: tuple[Test, ...] = ()


def rules(*, namespaces: bool = True, scoped_signals: bool = True, own_uid: bool = False) -> tuple[Rule, ...]:
    """What is refused.

    namespaces: whether the code lives in its own; scoped_signals: whether its signals stay among its own processes.
    own_uid: whether it has a uid of its own, to which nothing outside belongs; counts only without namespaces.
    """
    found = [Rule(name, errno.EPERM) for name in _REFUSED]
    found += [Rule(name, errno.ENOSYS) for name in _ABSENT]
    found += [
        Rule("unshare", errno.EPERM, (Test(0, "bits", (_NEW_NAMESPACE | _NEW_TIME,)),)),
        Rule("clone", errno.EPERM, (Test(0, "bits", (_NEW_NAMESPACE,)),)),
        Rule("ioctl", errno.EPERM, (Test(1, "in", _TERMINAL),)),
        Rule("ioctl", errno.EOPNOTSUPP, (Test(1, "in", _RESERVE),)),
        # Programs and SQLite then write zeros, which the disk watch can follow (4 GiB were reserved in 0.3 s).
        Rule("fallocate", errno.EOPNOTSUPP),
        Rule("personality", errno.EPERM, (Test(0, "not in", _PLAIN_PERSONALITY),)),
        # A file made here is the user's outside: with a set-id bit anyone there could become the user.
        Rule("chmod", errno.EPERM, (Test(1, "bits", (_SET_ID,)),)),
        Rule("fchmod", errno.EPERM, (Test(1, "bits", (_SET_ID,)),)),
        Rule("fchmodat", errno.EPERM, (Test(2, "bits", (_SET_ID,)),)),
        Rule("fchmodat2", errno.EPERM, (Test(2, "bits", (_SET_ID,)),)),
        Rule("creat", errno.EPERM, (Test(1, "bits", (_SET_ID,)),)),
        Rule("open", errno.EPERM, (Test(1, "bits", (_CREATE,)), Test(2, "bits", (_SET_ID,)))),
        Rule("openat", errno.EPERM, (Test(2, "bits", (_CREATE,)), Test(3, "bits", (_SET_ID,)))),
        Rule("mknod", errno.EPERM, (Test(1, "bits", (_SET_ID,)),)),
        Rule("mknodat", errno.EPERM, (Test(2, "bits", (_SET_ID,)),)),
        Rule("mknod", errno.EPERM, (Test(1, "in", _DEVICES, 0o170000),)),
        Rule("mknodat", errno.EPERM, (Test(2, "in", _DEVICES, 0o170000),)),
    ]
    # A datagram socket of a pair can still send to any other by address; a connected stream cannot.
    found.append(Rule("socketpair", errno.EPERM, (Test(1, "not in", _STREAM_OR_SEQPACKET, 0xF),)))
    if namespaces:
        found += [
            Rule("socket", errno.EAFNOSUPPORT, (Test(0, "not in", (2, 10)),)),  # AF_INET, AF_INET6
            Rule("socket", errno.EPERM, (Test(1, "not in", _STREAM_OR_DATAGRAM, 0xF),)),
        ]
    else:
        found += [Rule("socket", errno.EACCES)]
        # Landlock lets any file be watched that its owner may read: names made there and when it is used would show.
        found += [Rule("inotify_add_watch", errno.ENOSYS)]
        found += [Rule(name, _NOTHING_DONE) for name in _TIMES]
        # With no path it is about an open file, which Landlock let be opened.
        found += [Rule("utimensat", _NOTHING_DONE, (Test(1, "not in", (0,), high=high),)) for high in (False, True)]
        found += [Rule(name, errno.EPERM) for name in _OWNERSHIP]
        found.append(Rule("ioctl", errno.EPERM, (Test(1, "in", _FLAGS_OF_FILES),)))
        if not own_uid:
            found += [Rule(name, _NOTHING_DONE) for name in (*_MODES, "utimensat")]
            found += [Rule(name, errno.EPERM) for name in _OWNERSHIP_OF_OPEN]
        found += [Rule(name, errno.EPERM, (Test(0, "not in", (0,)),)) for name in _OF_OTHERS]
        found += [Rule(name, errno.EPERM, (Test(1, "not in", (0,)),)) for name in ("setpriority", "ioprio_set")]
    if not scoped_signals:
        found += [Rule(name, errno.EPERM) for name in _SIGNALS]
    return tuple(found)


def compile_filter(rules: Sequence[Rule], machine: str = "") -> bytes:
    """The rules as an array of `struct sock_filter`, to be loaded with PR_SET_SECCOMP or `bwrap --seccomp`.

    machine: as `platform.machine()` names it. Raises SandboxUnavailable for one whose numbers we do not have.
    """
    machine = machine or platform.machine()
    column = {"x86_64": 0, "aarch64": 1}.get(machine)
    if column is None:
        raise SandboxUnavailable(
            f"code cannot be run safely on the processor type {machine!r}: the system call filter knows "
            "x86_64 and aarch64. Run AutoGPT on one of these."
        )
    audit = (0xC000_003E, 0xC000_00B7)[column]
    code = [_load(4), _jump(_JEQ, audit, 1, 0), _answer(_KILL), _load(0)]
    if column == 0:
        code += [_jump(_JGE, 0x4000_0000, 0, 1), _answer(_KILL)]  # x32
    blocks: dict[int, list[bytes]] = {}
    for rule in rules:
        number = NUMBERS[rule.call][column]
        if number is not None:
            blocks.setdefault(number, []).extend(_block(rule))
    for number, block in blocks.items():
        code += [_jump(_JEQ, number, 0, len(block) + 1), *block, _answer(_ALLOW)]
    code.append(_answer(_ALLOW))
    return b"".join(code)


_JEQ, _JGE, _JSET, _AND = 0x15, 0x35, 0x45, 0x54
_KILL, _ALLOW, _ERROR = 0x8000_0000, 0x7FFF_0000, 0x0005_0000


def _block(rule: Rule) -> list[bytes]:
    """Instructions that answer when all tests of the rule hold and otherwise fall off the end."""
    tail = [_answer(_ERROR | rule.error)]
    for test in reversed(rule.tests):
        head = [_load(16 + 8 * test.arg + 4 * test.high)]
        if test.mask != 0xFFFF_FFFF:
            head.append(struct.pack("=HBBI", _AND, 0, 0, test.mask))
        match test.how:
            case "bits":
                head.append(_jump(_JSET, test.values[0], 0, len(tail)))
            case "in":
                left = len(test.values)
                for value in test.values:
                    left -= 1
                    head.append(_jump(_JEQ, value, left, len(tail) if left == 0 else 0))
            case "not in":
                left = len(test.values)
                for value in test.values:
                    left -= 1
                    head.append(_jump(_JEQ, value, left + len(tail), 0))
        tail = head + tail
    return tail


def _load(offset: int) -> bytes:
    """Load 32 bits of `struct seccomp_data`: 0 number, 4 architecture, 16 + 8n argument n (low half, little-endian)."""
    return struct.pack("=HBBI", 0x20, 0, 0, offset)


def _jump(kind: int, value: int, yes: int, no: int) -> bytes:
    return struct.pack("=HBBI", kind, yes, no, value)


def _answer(action: int) -> bytes:
    return struct.pack("=HBBI", 0x06, 0, 0, action)
