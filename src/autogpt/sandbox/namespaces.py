"""Starts bubblewrap: as a plain user in a user namespace, or as root with a drop to an unprivileged uid."""

import contextlib
import json
import os
import resource
import select
import signal
import subprocess
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from autogpt.core.errors import SandboxUnavailable
from autogpt.sandbox import bubblewrap, idmap, seccomp
from autogpt.sandbox.bubblewrap import HOME, Binary, Identity
from autogpt.sandbox.descriptors import bar, pipe, read_all, sealed
from autogpt.sandbox.environment import BASE_ENVIRONMENT
from autogpt.sandbox.limits import Limits
from autogpt.sandbox.ownership import Owner, lent
from autogpt.sandbox.supervisor import Job
from autogpt.sandbox.uids import FIRST_UID, Uids
from autogpt.sandbox.view import View, host_view
from autogpt.sandbox.watch import tree


class Namespaces:
    """Confines with bubblewrap. `root`: whether to run it as root and drop to a uid from 60000 on."""

    def __init__(self, binary: Binary, *, root: bool) -> None:
        self.name = "bubblewrap-root" if root else "bubblewrap"
        self.binary = binary
        self._root = root
        self._filter = seccomp.compile_filter(seccomp.rules())
        self._uids = Uids()

    @contextmanager
    def start(self, job: Job) -> Generator["Running"]:
        """Start the job. Raises SandboxUnavailable where the workspace cannot be handed over."""
        with ExitStack() as stack:
            identity = self._identity(job.workspace, stack)
            for stream in (job.stdin, job.stdout, job.stderr):
                if identity.dropped and stream >= 0:
                    os.fchown(stream, identity.uid, identity.gid)  # or 'echo >/dev/stderr' is refused
            view = host_view(job.workspace)
            status, status_end = pipe(stack)
            gate, go = bar(stack)
            files = {name: sealed(text.encode(), stack).number for name, text in _settings(identity).items()}
            rules = sealed(self._filter, stack).number
            args = bubblewrap.arguments(
                view,
                workspace=str(job.workspace),
                identity=identity,
                limits=job.limits,
                env=_environment(view),
                files=files,
                seccomp=rules,
                status=status_end.number,
                gate=gate.number,
            )
            limits = within_hard(job.limits)
            hidden = sealed(b"".join(os.fsencode(arg) + b"\0" for arg in args), stack).number
            command = bubblewrap.command(
                job.argv, identity=identity, limits=limits, env=job.env, cpu_seconds=job.cpu_seconds
            )
            process = subprocess.Popen(
                # No environment: bubblewrap is process 1 inside, and /proc/1/environ would show it.
                [self.binary.path, "--args", str(hidden), "--", *command],
                env={},
                cwd="/",
                stdin=job.stdin,
                stdout=job.stdout,
                stderr=job.stderr,
                pass_fds=(hidden, rules, status_end.number, gate.number, *files.values(), *job.keep),
                start_new_session=True,
            )
            status_end.close()
            gate.close()
            running = Running(process, status.number)
            stack.callback(running.end)
            if not identity.dropped:
                running.limit_first(limits)
            go.close()
            yield running

    def _identity(self, workspace: Path, stack: ExitStack) -> Identity:
        if not self._root:
            return Identity(os.getuid(), os.getgid(), dropped=False)
        uid = self._uids.take()
        stack.callback(self._uids.give_back, uid)
        try:
            idmap.own_mounts()
            idmap.map_owner(workspace, uid, uid)
        except OSError:
            uid = FIRST_UID
            stack.enter_context(lent(workspace, Owner(uid, uid)))
        return Identity(uid, uid, dropped=True)


def _environment(view: View) -> dict[str, str]:
    return {
        "PATH": ":".join(view.path),
        "HOME": HOME,
        "TMPDIR": "/tmp",  # noqa: S108 - the sandbox's own
        **BASE_ENVIRONMENT,
    }


def _settings(identity: Identity) -> dict[str, str]:
    return {
        "/etc/passwd": f"agent:x:{identity.uid}:{identity.gid}:agent:{HOME}:/bin/sh\n",
        "/etc/group": f"agent:x:{identity.gid}:\n",
        "/etc/hosts": "127.0.0.1 localhost sandbox\n::1 localhost\n",
        "/etc/host.conf": "multi on\n",
        "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
        "/etc/resolv.conf": "",
    }


def within_hard(limits: Limits) -> Limits:
    """The limits, lowered to what this process may ask for at all."""

    def least(wanted: int, kind: int) -> int:
        hard = resource.getrlimit(kind)[1]
        return wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)

    return limits.model_copy(
        update={
            "address_space_bytes": least(limits.address_space_bytes, resource.RLIMIT_AS),
            "processes": least(limits.processes, resource.RLIMIT_NPROC),
            "open_files": least(limits.open_files, resource.RLIMIT_NOFILE),
            "disk_bytes": least(limits.disk_bytes, resource.RLIMIT_FSIZE),
            "locked_bytes": least(limits.locked_bytes, resource.RLIMIT_MEMLOCK),
        }
    )


class Running:
    """A bubblewrap that was started, and what it told about itself."""

    def __init__(self, process: "subprocess.Popen[bytes]", status: int) -> None:
        self.process = process
        self._status = status
        self._told = b""

    def limit_first(self, limits: Limits) -> None:
        """Set limits on the sandbox's process 1 before the command is run.

        It is bubblewrap itself, of the command's own uid: who rewrote its memory could start what has no limits.
        """
        # Not asked with `poll`, which would let the pid of one that failed at once be used again.
        over = os.WEXITED | os.WNOHANG | os.WNOWAIT
        while (first := self._report().get("child-pid")) is None and not os.waitid(os.P_PID, self.process.pid, over):
            select.select([self._status], [], [], 0.5)
        if first is None:
            return
        for kind, most in (
            (resource.RLIMIT_NPROC, limits.processes),
            (resource.RLIMIT_AS, limits.address_space_bytes),
            (resource.RLIMIT_FSIZE, limits.disk_bytes),
            (resource.RLIMIT_MEMLOCK, limits.locked_bytes),
            (resource.RLIMIT_CORE, 0),
        ):
            # Of other credentials (an installed bubblewrap that is set-uid) its memory is closed to the command, too.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                resource.prlimit(first, kind, (most, most))

    def memory_folders(self) -> tuple[str, ...]:
        first = self._report().get("child-pid")
        folders = ("/tmp", "/dev/shm", HOME) if first else ()  # noqa: S108
        return tuple(f"/proc/{first}/root{folder}" for folder in folders if _moved(first, folder))

    def disk_folders(self) -> tuple[Path, ...]:
        return ()

    def kill(self) -> None:
        """Bubblewrap dies with its parent, but only once it has come to say so: kill its children first."""
        if self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGSTOP)  # no further child, and no pid is used again
        for pid in reversed(tree(self.process.pid)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def wait(self) -> int:
        self.process.wait()
        first = self._report().get("child-pid")
        if first:
            _gone(first)
        code = self._report().get("exit-code")
        if self.process.returncode < 0:
            return self.process.returncode
        if code is None:
            raise SandboxUnavailable("bubblewrap could not build the sandbox")
        # Bubblewrap, like a shell, says 128 + n for signal n.
        return 128 - code if 128 < code <= 192 else code

    def end(self) -> None:
        self.kill()
        self.process.wait()
        if first := self._report().get("child-pid"):
            _gone(first)

    def _report(self) -> dict[str, int]:
        self._told += read_all(self._status)
        report: dict[str, int] = {}
        for line in self._told.splitlines():
            with contextlib.suppress(json.JSONDecodeError):
                report |= json.loads(line)
        return report


def _moved(pid: int | None, folder: str) -> bool:
    """Whether the process sees another folder there than we do; while it is being set up, it does not."""
    try:
        theirs = Path(f"/proc/{pid}/root{folder}").stat().st_dev
        return not Path(folder).exists() or theirs != Path(folder).stat().st_dev
    except OSError:
        return False


def _gone(pid: int) -> None:
    """Wait until process 1 of the sandbox has ended: the kernel ends it after all others."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        poll.poll(10_000)
    finally:
        os.close(descriptor)
