"""Jobs that are killed as by `kill -9` at a point of their work, the first time they are tried."""

import os
import signal
from dataclasses import replace

from autogpt.studio import shrinkworks


def _until(name):
    def work(arguments, here):
        given = dict(arguments)
        at = given.pop("killed_at", None)

        def say(advance):
            here.on_advance(advance)
            if not here.resume and at == [advance.stage, advance.done]:
                os.kill(os.getpid(), signal.SIGKILL)

        return getattr(shrinkworks, name)(given, replace(here, on_advance=say))

    return work


prune, distill, quantize, export, diagnose = map(_until, ("prune", "distill", "quantize", "export", "diagnose"))
