"""Names a process so that it cannot be mistaken for a later one with the same number."""

import os
import socket
from pathlib import Path

__all__ = ["is_alive", "this_process"]


def this_process() -> str:
    """'host:pid:start', where start is when the process began, in clock ticks since boot (proc(5), field 22)."""
    pid = os.getpid()
    return f"{socket.gethostname()}:{pid}:{_began(pid)}"


def is_alive(name: str) -> bool:
    """Whether the process of that name still runs here; False for one of another machine or no name at all."""
    host, _, rest = name.partition(":")
    pid, _, start = rest.partition(":")
    return host == socket.gethostname() and pid.isdecimal() and start != "" and _began(int(pid)) == start


def _began(pid: int) -> str:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except OSError:
        return ""
    # The command, in brackets, may itself hold spaces and brackets.
    state, *fields = stat.rpartition(")")[2].split()
    return "" if state in ("Z", "X") else fields[18]
