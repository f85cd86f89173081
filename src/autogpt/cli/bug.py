"""A bug of ours: what the person is told, and the log with the traceback for whoever mends it."""

import time
import traceback
from pathlib import Path
from tempfile import gettempdir

from autogpt.core.errors import UsageError
from autogpt.locale import say


def report(error: BaseException, studio: bool = False) -> str:
    """Write the traceback to a log; returns the line for the person. studio: whether it was at a studio command."""
    text = "".join(traceback.format_exception(error))
    name = time.strftime("bug-%Y%m%d-%H%M%S.txt", time.gmtime())
    for folder in _places():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, "utf-8", errors="backslashreplace")
        except OSError:
            continue
        if studio:
            return say(
                "this is a bug of ours ({kind}); jobs and checkpoints are as they were: `autogpt studio jobs list` "
                "shows them. Please report it with the log {path}",
                kind=type(error).__name__,
                path=str(folder / name),
            )
        return say(
            "this is a bug of ours ({kind}), and nothing of the run is lost: `autogpt list` shows it. "
            "Please report it with the log {path}",
            kind=type(error).__name__,
            path=str(folder / name),
        )
    return say("this is a bug of ours ({kind}), and its log could not be written", kind=type(error).__name__)


def _places() -> tuple[Path, ...]:
    from autogpt.settings import load

    try:
        return load().home / "logs", Path(gettempdir())
    except UsageError:
        return (Path(gettempdir()),)
