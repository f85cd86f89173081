"""Reads what a hostile program may try, from `abuses.txt`. Each prints BREACH and what it got, or leaves a trace."""

import re
from pathlib import Path
from typing import NamedTuple

PRELUDE = """
import ctypes, errno, fcntl, os, signal, socket, stat, struct, subprocess, sys, time
libc = ctypes.CDLL(None, use_errno=True)
def syscall(name, *args):
    if NR.get(name) is None:
        return -errno.ENOSYS
    got = libc.syscall(ctypes.c_long(NR[name]), *[ctypes.c_long(a) if isinstance(a, int) else a for a in args])
    return got if got >= 0 else -ctypes.get_errno()
def breach(*what):
    print("BREACH", *what, flush=True)
def tried(act, bad=lambda got: True):
    try:
        got = act()
    except (OSError, OverflowError, ValueError, EOFError) as error:
        return error
    if bad(got):
        breach(repr(got)[:500])
def refused(name, *args):
    got = syscall(name, *args)
    if got >= 0:
        breach(name, got)
    elif got not in (-errno.EPERM, -errno.ENOSYS, -errno.EOPNOTSUPP):
        print("note", name, os.strerror(-got))
"""


class Abuse(NamedTuple):
    name: str
    code: str
    seconds: float = 10.0
    ends: tuple[str, ...] = ("exit",)
    kills: bool = False
    sockets: bool = False
    modes: bool = False
    needs: str = ""


def read(file: str) -> tuple[Abuse, ...]:
    text = re.sub(r"(?m)^########.*$", "", Path(__file__).with_name(file).read_text("utf-8"))
    return tuple(_abuse(*section.split("\n", 1)) for section in text.split("\n==== ")[1:])


def _abuse(head: str, code: str) -> Abuse:
    name, *words = head.split()
    options = dict(word.partition("=")[::2] for word in words)
    return Abuse(
        name=name,
        code=code.strip("\n") + "\n",
        seconds=float(options.get("seconds", 10)),
        ends=tuple(options["ends"].split(",")) if "ends" in options else ("exit",),
        kills="kills" in options,
        sockets="sockets" in options,
        modes="modes" in options,
        needs=options.get("needs", ""),
    )


ABUSES = read("abuses.txt")
ORDINARY = read("ordinary.txt")
