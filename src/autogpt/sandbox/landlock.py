"""The fallback without namespaces: starts `shim.py`, which confines with Landlock and seccomp.

What it cannot do, and bubblewrap can: there is no loopback network (no sockets at all), the workspace has its real
path, memory for `multiprocessing` locks (/dev/shm) and /proc are missing, names and sizes of files outside can be
asked for (not their content), and as a plain user changing modes and times of files by name has no effect.
"""

import ctypes
import json
import os
import shutil
import signal
import stat
import struct
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from autogpt.core.errors import SandboxUnavailable
from autogpt.sandbox import seccomp
from autogpt.sandbox.descriptors import pipe, read_all, sealed
from autogpt.sandbox.environment import BASE_ENVIRONMENT
from autogpt.sandbox.limits import Limits
from autogpt.sandbox.ownership import Owner, lent
from autogpt.sandbox.supervisor import Job
from autogpt.sandbox.uids import FIRST_UID
from autogpt.sandbox.view import View, host_view
from autogpt.sandbox.watch import tree

OLDEST_ABI = 3
"""Linux 6.2: before, truncating any file of the user could not be refused."""
_SIGNALS_ABI = 6
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")


def abi() -> int:
    """The version of Landlock that the kernel offers; 0 if none, or switched off."""
    return max(0, ctypes.CDLL(None).syscall(444, None, ctypes.c_size_t(0), 1))


class Landlock:
    """Confines with Landlock. `version`: the ABI to use, at most the kernel's."""

    def __init__(self, version: int) -> None:
        self.name = "landlock"
        self._abi = version
        self._root = os.geteuid() == 0
        rules = seccomp.rules(namespaces=False, scoped_signals=version >= _SIGNALS_ABI, own_uid=self._root)
        self._filter = seccomp.compile_filter(rules)

    @contextmanager
    def start(self, job: Job) -> Generator["Shimmed"]:
        """Start the job. Raises SandboxUnavailable where our own code would be in reach."""
        with ExitStack() as stack:
            view = host_view(job.workspace)
            home = _private_folder(stack)
            uid: int | None = None
            if self._root:
                uid = FIRST_UID
                os.chown(home, uid, uid)
                stack.enter_context(lent(job.workspace, Owner(uid, uid)))
                for stream in (job.stdin, job.stdout, job.stderr):
                    if stream >= 0:
                        os.fchown(stream, uid, uid)
            order = {
                "argv": job.argv,
                "env": {**BASE_ENVIRONMENT, "PATH": ":".join(view.path), "HOME": str(home), "TMPDIR": str(home)}
                | {"GIT_CONFIG_NOSYSTEM": "1"}  # /etc is closed, and git stops at that
                | dict(job.env),
                "workspace": str(job.workspace),
                "home": str(home),
                "read": [str(path) for path in view.shown],
                "write": [str(job.workspace), str(home)],
                "devices": _DEVICES,
                "limits": _limits(job.limits, job.cpu_seconds, own_uid=uid is not None),
                "abi": self._abi,
                "uid": uid,
                "search": not _open_to_all(view, job.workspace),
                "parent": os.getpid(),
            }
            status, status_end = pipe(stack)
            given = (
                sealed(json.dumps(order).encode(), stack).number,
                sealed(self._filter, stack).number,
                status_end.number,
            )
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(Path(__file__).with_name("shim.py")), *map(str, given)],
                env={},
                cwd="/",
                stdin=job.stdin,
                stdout=job.stdout,
                stderr=job.stderr,
                pass_fds=(*given, *job.keep),
                start_new_session=True,
            )
            status_end.close()
            shimmed = Shimmed(process, status.number, home)
            stack.callback(shimmed.end)
            yield shimmed


class Shimmed:
    """A shim that was started."""

    def __init__(self, process: "subprocess.Popen[bytes]", status: int, home: Path) -> None:
        self.process = process
        self._status = status
        self._home = home

    def memory_folders(self) -> tuple[str, ...]:
        return ()

    def disk_folders(self) -> tuple[Path, ...]:
        return (self._home,)

    def kill(self) -> None:
        self.process.terminate()

    def wait(self) -> int:
        self._reap()
        told = read_all(self._status)
        if len(told) != 4:
            raise SandboxUnavailable("Landlock could not build the sandbox")
        code: int = struct.unpack("=i", told)[0]
        return code

    def end(self) -> None:
        self.kill()
        self._reap()

    def _reap(self) -> None:
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            for pid in reversed(tree(self.process.pid)):
                os.kill(pid, signal.SIGKILL)
            self.process.wait()


def _private_folder(stack: ExitStack) -> Path:
    """For temporary files and as home; the shim removes it at its end, this only what never had a shim."""
    folder = Path(tempfile.mkdtemp(prefix="autogpt-")).resolve()
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _limits(limits: Limits, cpu_seconds: int, *, own_uid: bool) -> dict[str, int]:
    # Without a namespace of its own, everything else the user runs counts as well.
    others = 0 if own_uid else _threads_of(os.getuid())
    return {
        "AS": limits.address_space_bytes,
        "NPROC": limits.processes + others,
        "NOFILE": limits.open_files,
        "FSIZE": limits.disk_bytes,
        "MEMLOCK": limits.locked_bytes,
        "CPU": cpu_seconds,
        "CORE": 0,
        "RTPRIO": 0,
        "NICE": 0,
        "MSGQUEUE": 0,
        "SIGPENDING": 4096,
    }


def _threads_of(uid: int) -> int:
    count = 0
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                if process.stat().st_uid == uid:
                    count += len(os.listdir(process / "task"))  # noqa: PTH208 - the names do not matter
            except OSError:
                continue
    return count


def _open_to_all(view: View, workspace: Path) -> bool:
    """Whether every folder above what must be reached lets any uid pass."""
    parents = {parent for path in (workspace, *view.shown) for parent in path.parents}
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in parents)
