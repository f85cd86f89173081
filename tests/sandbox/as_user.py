"""Run as root: `python as_user.py UID COMMAND...` runs the command as that plain user, who can read our Python.

Where the environment lies under a folder closed to others (/root), the folder is replaced by an empty one that holds
just what is needed, in mounts of this process only: as if the user had their own installation there.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from autogpt.sandbox.idmap import own_mounts

uid, command = int(sys.argv[1]), sys.argv[2:]
repository = Path(__file__).resolve().parents[2]
needed = {Path(path).resolve() for path in (sys.prefix, sys.base_prefix, repository)}
# bubblewrap wants the interpreter's own folder; a version manager's links lead through its parents.
needed |= {Path(path) for path in (sys.prefix, sys.base_prefix)}


def mount(*args: str) -> None:
    subprocess.run(["mount", *args], check=True)


own_mounts()
closed = {
    next(parent for parent in reversed(path.parents) if not parent.stat().st_mode & 1): path
    for path in needed
    if any(not parent.stat().st_mode & 1 for parent in path.parents)
}
for folder in closed:
    inside = sorted(path for path in needed if path.is_relative_to(folder))
    aside = Path(tempfile.mkdtemp())
    mount("-t", "tmpfs", "none", str(aside))
    for number, path in enumerate(inside):
        (aside / str(number)).mkdir()
        mount("--bind", str(path), str(aside / str(number)))
    mount("-t", "tmpfs", "-o", "mode=755", "none", str(folder))
    for number, path in enumerate(inside):
        path.mkdir(parents=True, exist_ok=True)
        mount("--move", str(aside / str(number)), str(path))
    subprocess.run(["umount", "--lazy", str(aside)], check=True)
    aside.rmdir()
os.setgroups([])
os.setresgid(uid, uid, uid)
os.setresuid(uid, uid, uid)
os.chdir("/")
os.environ["HOME"] = "/nonexistent"
os.execvp(command[0], command)
