"""Plug-ins: what installed packages add to the studio by entry points; what fails in one is told by its name."""

import sys
import traceback
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import autogpt
from autogpt.core.errors import AutoGPTError

TASKS = "autogpt.studio.tasks"
"""Each names a class without arguments: a Kind (see `kind.py`) with its `columns`."""
METRICS = "autogpt.studio.metrics"
"""Each names a Metric (see `metrics.py`)."""
EXPORTERS = "autogpt.studio.exporters"
"""Each names an Exporter (see `export/export.py`)."""


def offered(group: str) -> tuple[str, ...]:
    """The names that installed packages offer in a group, sorted."""
    return tuple(sorted(_offered(group, tuple(sys.path))))


def plug_in(group: str, name: str) -> Any | None:
    """What is offered under the name, imported; None if there is no such.

    Raises AutoGPTError, which names the plug-in, if it cannot be imported, is nothing to call, or is one of several.
    """
    entries = _offered(group, tuple(sys.path)).get(name)
    if entries is None:
        return None
    if len(packages := sorted({entry.dist.name for entry in entries if entry.dist is not None})) > 1:
        raise AutoGPTError(
            f"the plug-in {name!r} is offered by several packages, {', '.join(packages)}; uninstall all but one"
        )
    with blamed(group, name):
        found = entries[0].load()
    if not callable(found):
        raise AutoGPTError(f"the plug-in {title(group, name)} is {found!r}, where a class or a function is due")
    return found


@contextmanager
def blamed(group: str, name: str) -> Generator[None]:
    """Whatever fails inside is told as a fault of the plug-in, with the place in its code, and not as one of ours."""
    try:
        yield
    except (AutoGPTError, MemoryError):
        raise
    except (
        Exception,
        SystemExit,
    ) as error:  # the code is a stranger's; one that exits would end the work without a word
        if type(error).__name__ == "TrialPruned":  # a search ends a training; that passes through whoever is at work
            raise
        who, kind = title(group, name), type(error).__name__
        if (found := _place(error, group, name)) is None:
            raise AutoGPTError(
                f"the plug-in {who} cannot be used, {kind}: {error}; mend it, or uninstall the package"
            ) from error
        file, line = found
        raise AutoGPTError(
            f"the plug-in {who} failed in line {line} of {Path(file).name}, {kind}: {error}; mend it, or uninstall "
            "the package"
        ) from error


def _place(error: BaseException, group: str, name: str) -> tuple[str, int] | None:
    """File and line in which it failed: the last in its own code, else in what that called; none in ours and Python's,
    where nobody could mend it."""
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        return error.filename, error.lineno
    frames = traceback.extract_tb(error.__traceback__)
    ours, own = str(Path(autogpt.__file__).parent), _code_of(group, name)
    strange = [
        frame for frame in frames if not frame.filename.startswith(("<", ours)) and "importlib" not in frame.filename
    ]
    best = [frame for frame in frames if own and frame.filename.startswith(own)] or strange
    return (best[-1].filename, best[-1].lineno or 0) if best else None


def _code_of(group: str, name: str) -> str:
    """Where the code of a plug-in lies: its package's folder, or its module's file; "" if it is not there."""
    module = _offered(group, tuple(sys.path))[name][0].module.partition(".")[0]
    held = sys.modules.get(module)
    file = getattr(held, "__file__", None)
    return str(Path(file).parent if hasattr(held, "__path__") else file) if file else ""


def title(group: str, name: str) -> str:
    """The plug-in with its package, as messages call it."""
    (entry, *_) = _offered(group, tuple(sys.path)).get(name, [None])
    return f"{name!r} ({entry.dist.name})" if entry is not None and entry.dist is not None else repr(name)


@cache
def _offered(group: str, path: tuple[str, ...]) -> dict[str, list[EntryPoint]]:
    """By name; several where packages quarrel about it. path: where is looked, for the cache."""
    found: dict[str, list[EntryPoint]] = {}
    for entry in entry_points(group=group):
        found.setdefault(entry.name, []).append(entry)
    return found
