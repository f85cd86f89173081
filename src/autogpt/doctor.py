"""What is missing on this machine, and how to mend it."""

import asyncio
import os
import shutil
import sys
import tempfile
from pathlib import Path

from autogpt.core.contracts import Program
from autogpt.core.errors import AutoGPTError, SandboxUnavailable
from autogpt.core.schema import Value
from autogpt.parts import check_model, known_models
from autogpt.settings import Settings

_ENOUGH = 4_000_000_000
"""Bytes of free disk that a model and some runs take."""


_LITTLE = 1_000_000
"""Bytes without which no run can be kept."""


class Finding(Value):
    """One thing that was looked at."""

    what: str
    ok: bool
    seen: str
    mend: str = ""
    """What to do about it, if it is not well."""
    needed: bool = True
    """Whether nothing works without it."""


async def examine(settings: Settings) -> tuple[Finding, ...]:
    """Look at everything; takes about a second, changes nothing that stays."""
    return (
        _python(),
        _writable("data folder", settings.home, "set AUTOGPT_HOME to a folder you can write to"),
        _writable("model cache", settings.cache, "set AUTOGPT_CACHE to a folder you can write to"),
        *(_disk(path) for path in _on_different_disks(settings.cache, settings.home)),
        *await asyncio.to_thread(_sandbox),
        *_models(settings),
        _memory(),
    )


def _python() -> Finding:
    told = ".".join(map(str, sys.version_info[:3]))
    return Finding(what="python", ok=sys.version_info >= (3, 11), seen=told, mend="install Python 3.11 or newer")


def _writable(what: str, path: Path, mend: str) -> Finding:
    there = next((parent for parent in (path, *path.parents) if parent.exists()), path)
    try:
        with tempfile.TemporaryFile(dir=there) as file:
            file.write(bytes(_LITTLE))  # an empty file fits on a full disk
            file.flush()
            return Finding(what=what, ok=True, seen=str(path))
    except OSError as error:
        return Finding(what=what, ok=False, seen=f"{path}: {error.strerror}", mend=mend)


def _on_different_disks(*paths: Path) -> list[Path]:
    """What is there of each path, one for each file system."""
    there = [next(parent for parent in (path, *path.parents) if parent.exists()) for path in paths]
    return list({path.stat().st_dev: path for path in reversed(there)}.values())[::-1]


def _disk(path: Path) -> Finding:
    free = shutil.disk_usage(path).free
    seen = f"{free / 1e9:.1f} GB free in {path}"
    return Finding(what="disk", ok=free > _ENOUGH, seen=seen, mend="free some space", needed=False)


def _sandbox() -> tuple[Finding, ...]:
    from autogpt.sandbox import open_sandbox

    try:
        sandbox = open_sandbox()
    except SandboxUnavailable as error:
        return (Finding(what="sandbox", ok=False, seen="code cannot be run", mend=str(error)),)
    script = "import sys; print(sys.prefix, sys.version_info[:2])"
    with tempfile.TemporaryDirectory() as folder:
        finished = asyncio.run(sandbox.run(Program(argv=("python3", "-c", script), seconds=20), folder))
    ok = finished.ok and sys.prefix in finished.stdout
    return (
        Finding(what="sandbox", ok=True, seen=sandbox.backend),
        Finding(
            what="sandboxed python",
            ok=ok,
            seen=(finished.stdout or finished.stderr).strip()[:200],
            mend="code in the sandbox does not see this Python's packages; install autogpt into a virtual environment",
            needed=False,
        ),
    )


def _models(settings: Settings) -> tuple[Finding, ...]:
    choices = known_models(settings)
    name = settings.model.partition("@")[0].partition(":")[0]
    exactly = [choice for choice in choices if choice.address == settings.model]
    found = exactly or [choice for choice in choices if choice.address.startswith(name) and name != "checkpoint"]
    if not found:
        try:
            check_model(settings, settings.model)
            return (Finding(what=f"model {settings.model}", ok=True, seen="ready", mend=""),)
        except AutoGPTError as error:
            return (Finding(what=f"model {settings.model}", ok=False, seen="", mend=str(error)),)
    fetched = found[0].ready or found[0].needs.startswith(("is fetched", "is exported"))
    seen = found[0].needs if fetched else "not ready"
    return (Finding(what=f"model {settings.model}", ok=fetched, seen=seen or "ready", mend=found[0].needs),)


def _memory() -> Finding:
    free = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return Finding(
        what="memory",
        ok=free > 3_500_000_000,
        seen=f"{free / 1e9:.1f} GB",
        mend="the embedded model wants 4 GB; use a hosted one (autogpt models)",
        needed=False,
    )
