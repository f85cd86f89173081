"""Sets up a host worth attacking, runs abuses in a sandbox on request, and tells what got through.

Run as `python stage.py bubblewrap|landlock|none`; reads names of abuses, one a line; answers each with a line of
JSON. A process of its own, so that it can be a plain user although the tests run as root.
"""

import contextlib
import fcntl
import json
import os
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import abuses
import anyio

from autogpt.core.contracts import Finished, Program
from autogpt.sandbox import Limits, open_sandbox
from autogpt.sandbox.syscalls import NUMBERS
from autogpt.sandbox.walk import TooDeep, walk

TOKEN = "t0ken" + os.urandom(12).hex()
MIB = 1 << 20
LIMITS = Limits(disk_bytes=64 * MIB, files=2000, output_kill_bytes=4 * MIB)


class Stage:
    def __init__(self, choice: str) -> None:
        self.base = Path(tempfile.mkdtemp(prefix="stage-")).resolve()
        self.base.chmod(0o755)
        self.tmp = self.base / "tmp"
        self.tmp.mkdir()
        tempfile.tempdir = str(self.tmp)
        os.environ["AUTOGPT_API_KEY"] = TOKEN
        self.outside = self.base / "outside"
        self.outside.mkdir()
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", 0))
        self.abstract = f"autogpt-abuse-{os.getpid()}"
        self.unix = [socket.socket(socket.AF_UNIX) for _ in range(2)]
        self.unix[0].bind(str(self.outside / "socket"))
        self.unix[1].bind("\0" + self.abstract)
        for listening in self.unix:
            listening.listen()
        self.datagrams = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.datagrams.bind(str(self.outside / "socket.dgram"))
        for endpoint in (self.tcp, self.udp, *self.unix, self.datagrams):
            endpoint.setblocking(False)
        (self.outside / "socket").chmod(0o777)
        (self.outside / "socket.dgram").chmod(0o777)
        self.victim = subprocess.Popen(["sleep", "9999"], env={"SECRET_KEY": TOKEN})
        self.sandbox = NoSandbox() if choice == "none" else open_sandbox(choice, LIMITS)
        root_by_landlock = os.geteuid() == 0 and choice == "landlock"
        column = {"x86_64": 0, "aarch64": 1}[os.uname().machine]
        self.known = {
            "SECRET": str(self.outside / "secret"),
            "PREFIX": sys.prefix,
            "OPEN": str(self.outside / "open"),
            "OUTSIDE": str(self.outside),
            "PORT": self.tcp.getsockname()[1],
            "UDP": self.udp.getsockname()[1],
            "UNIX": str(self.outside / "socket"),
            "ABSTRACT": self.abstract,
            "VICTIM": self.victim.pid,
            "PARENT": os.getpid(),
            "ADDRESSES": ["127.0.0.1", "0.0.0.0", "127.1", "::1", "::ffff:127.0.0.1", "localhost", own_address()],
            "NR": {name: numbers[column] for name, numbers in NUMBERS.items()},
            "CAPABILITIES": 1 << 2 if root_by_landlock else 0,  # passing through closed folders; Landlock bounds it
        }

    def close(self) -> None:
        self.victim.kill()
        self.victim.wait()
        shutil.rmtree(self.base, ignore_errors=True)

    async def run(self, abuse: abuses.Abuse) -> dict[str, object]:
        workspace = self.base / abuse.name
        workspace.mkdir()
        (workspace / "prepared").symlink_to(self.outside)
        (workspace / "oldroot").symlink_to(f"/oldroot{self.outside}")
        self.tidy()
        before = self.state()
        code = "".join(f"{name} = {value!r}\n" for name, value in self.known.items()) + abuses.PRELUDE + abuse.code
        program = Program(argv=("python3", "-c", code), stdin="given", seconds=abuse.seconds, memory_bytes=256 * MIB)
        done = await self.sandbox.run(program, str(workspace))
        through = [*held_locks(workspace), *told(abuse, done), *left(workspace)]
        after = self.state()
        through += [f"outside: {name}" for name in before | after if before.get(name) != after.get(name)]
        through += [f"left behind: {path}" for path in self.tmp.iterdir()]
        subprocess.run(["rm", "-rf", str(workspace)], check=True)
        return {"through": through, "ended_by": done.ended_by, "exit": done.exit, "stderr": done.stderr[-2000:]}

    def tidy(self) -> None:
        self.outside.chmod(0o755)
        for path in self.outside.iterdir():
            if not path.name.startswith("socket"):
                path.unlink()
        for name, content, mode in (("secret", TOKEN, 0o600), ("open", "open", 0o666)):
            (self.outside / name).write_text(content)
            (self.outside / name).chmod(mode)

    def state(self) -> dict[str, object]:
        """Everything outside that must stay as it is."""
        seen: dict[str, object] = {
            path.name: (status.st_mode, status.st_uid, status.st_size, status.st_mtime_ns, status.st_nlink)
            for path in (self.outside, *sorted(self.outside.iterdir()))
            for status in (path.lstat(),)
        }
        seen["attributes"] = [os.listxattr(path) for path in sorted(self.outside.glob("open*"))]
        seen["victim alive"] = self.victim.poll() is None
        seen["victim's processors"] = sorted(os.sched_getaffinity(self.victim.pid))
        seen["victim's priority"] = os.getpriority(os.PRIO_PROCESS, self.victim.pid)
        seen["connections"] = sum(arrived(endpoint) for endpoint in (self.tcp, self.udp, *self.unix, self.datagrams))
        places = ("/usr", "/etc", "/", sys.prefix, "/var/tmp", "/root", "/dev", "/run")
        seen["planted"] = [place for place in places if os.path.lexists(f"{place}/autogpt-abuse")]
        return seen


class NoSandbox:
    """Shows that the abuses work, and are noticed, where nothing confines them."""

    backend = "none"

    async def run(self, program: Program, workspace: str) -> Finished:
        done = subprocess.run(
            program.argv, cwd=workspace, input=program.stdin, capture_output=True, text=True, timeout=30
        )
        return Finished(exit=done.returncode, stdout=done.stdout, stderr=done.stderr, seconds=0)


def own_address() -> str:
    """The address this host has in its network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.2"
        return str(probe.getsockname()[0])


def arrived(endpoint: socket.socket) -> int:
    try:
        if endpoint.type == socket.SOCK_DGRAM:
            endpoint.recv(1)
        else:
            endpoint.accept()[0].close()
    except BlockingIOError:
        return 0
    return 1


def told(abuse: abuses.Abuse, done: Finished) -> list[str]:
    found = [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("BREACH")][:5]
    if TOKEN in done.stdout + done.stderr:
        found.append("the secret was read")
    if done.ended_by not in abuse.ends:
        found.append(f"ended by {done.ended_by}, not {abuse.ends}")
    if done.ended_by == "exit" and done.exit != 0 and not abuse.kills:
        found.append(f"the abuse itself failed: exit {done.exit}")
    if len(done.stdout) + len(done.stderr) > 2 * LIMITS.output_keep_bytes + 200:
        found.append("output is not capped")
    return found


def held_locks(workspace: Path) -> list[str]:
    """Locks that a process of the sandbox still holds: it survives."""
    found: list[str] = []
    for path in workspace.glob("lock*"):
        with path.open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                found.append(f"a process survives and holds {path.name}")
    return found


def left(workspace: Path) -> list[str]:
    """What must not be in the workspace afterwards."""
    found: list[str] = []
    used = count = 0
    with contextlib.suppress(TooDeep):
        for _, name, status in walk(workspace):
            used += status.st_blocks * 512
            count += 1
            if status.st_uid != os.getuid():
                found.append(f"{name} belongs to {status.st_uid}")
            if status.st_mode & 0o6000 or stat.S_ISBLK(status.st_mode) or stat.S_ISCHR(status.st_mode):
                found.append(f"{name} has mode {status.st_mode:o}")
            if status.st_size > LIMITS.disk_bytes or name.startswith("core"):
                found.append(f"{name} has {status.st_size:,} bytes")
    if used > 12 * LIMITS.disk_bytes:
        found.append(f"{used:,} bytes used")
    if count > 5 * LIMITS.files:
        found.append(f"{count:,} files")
    return found[:5]


async def serve(choice: str) -> None:
    stage = Stage(choice)
    by_name = {abuse.name: abuse for abuse in (*abuses.ABUSES, *abuses.ORDINARY)}
    try:
        print(json.dumps({"backend": stage.sandbox.backend, "uid": os.getuid()}), flush=True)
        while line := await anyio.to_thread.run_sync(sys.stdin.readline):
            print(json.dumps(await stage.run(by_name[line.strip()])), flush=True)
    finally:
        stage.close()


if __name__ == "__main__":
    anyio.run(serve, sys.argv[1])
