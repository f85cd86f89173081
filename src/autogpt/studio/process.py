"""Processes of this machine: whether one is there, which one it is, how much memory it holds."""

import os
import resource
import subprocess
import sys
from pathlib import Path


def mark_of(pid: int) -> str | None:
    """What tells a process from any other that had or will have its pid (when it began); None if it is not running.

    A process that has ended but whose parent has not asked for its exit code does not run.
    """
    if pid <= 0:
        return None
    if sys.platform.startswith("linux"):
        try:
            told = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
            boot = Path("/proc/sys/kernel/random/boot_id").read_text("utf-8").strip()
        except OSError:
            return None
        # pid (name) state ... with the start in field 22, in ticks since boot; the name may hold anything.
        fields = told.rpartition(")")[2].split()
        return None if fields[0] in "ZX" else f"{boot}:{fields[19]}"
    done = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    state, _, began = done.stdout.strip().partition(" ")
    return began.strip() if began and not state.startswith("Z") else None


def resident_bytes() -> int:
    """Memory this process holds now; where the system does not say, the most it ever held."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most if sys.platform == "darwin" else most * 1024
