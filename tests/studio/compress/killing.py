"""Jobs that are killed as by `kill -9` at a point of their work, another one at each attempt, until none is left.

A point is [stage, done], when the work says it is so far; or ["half", "folder/name"], when half of that file is there.
"""

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

from autogpt.studio import shrinkworks, works

_WRITES = os.O_WRONLY | os.O_RDWR


def _until(module, name):
    def work(arguments, here):
        given = dict(arguments)
        points = given.pop("killed_at", [])
        attempt = len(list(here.folder.glob("attempt-*.json")))
        what, where = points[attempt - 1] if attempt <= len(points) else (None, None)

        def say(advance):
            here.on_advance(advance)
            if [what, where] == [advance.stage, advance.done]:
                _die()

        if what == "half":
            sys.addaudithook(_dies_over(where))
        return getattr(module, name)(given, replace(here, on_advance=say))

    return work


def _dies_over(name):
    where = [f"/{name}"]

    def hook(event, arguments):
        if event == "open" and where and str(arguments[0]).endswith(where[0]) and arguments[2] & _WRITES:
            where.clear()  # what is opened here is told here, too
            Path(arguments[0]).write_bytes(b'{"hal')
            _die()

    return hook


def _die():
    os.kill(os.getpid(), signal.SIGKILL)


train, evaluate = (_until(works, name) for name in ("train", "evaluate"))
prune, distill, quantize, export, diagnose = (
    _until(shrinkworks, name) for name in ("prune", "distill", "quantize", "export", "diagnose")
)
