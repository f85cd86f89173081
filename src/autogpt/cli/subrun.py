"""A sub-run's process: it works for the process that holds its stdin, and stops when that lets go or dies."""

import asyncio
import os
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from autogpt.app import App
from autogpt.cli import door
from autogpt.cli.main import COMPLETE, FAILED, INTERRUPTED, complain

if TYPE_CHECKING:
    from autogpt.runs.workflow import Session

_PATIENCE = 20.0
"""Seconds after which it leaves abruptly; what is kept of the run is then as after a kill."""


def sub_run(run: str, folder: Path) -> int:
    """Work on the run until it is over, cannot go on, or stdin ends. Begun elsewhere, it works in the folder."""
    app = door.app()
    os.chdir(folder)
    return asyncio.run(_work(app, run))


async def _work(app: App, run: str) -> int:
    sessions: list[Session] = []
    threading.Thread(target=_watch, args=(app, run, sessions), daemon=True).start()
    ending = await app.resume(run, hold=sessions.append)
    if ending.message and ending.why != "over":
        complain(ending.message)
    return COMPLETE if ending.why == "over" else FAILED


def _watch(app: App, run: str, sessions: "list[Session]") -> None:
    # Not sys.stdin, whose lock a thread that waits would still hold when Python ends.
    while os.read(0, 65_536):
        pass
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        # A run that is to end for good hears of that by itself, and must still write it down.
        for session in () if app.cancelled(run) else sessions:
            session.stop()
        time.sleep(0.1)
    os._exit(INTERRUPTED)
