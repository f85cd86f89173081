"""Plug-ins: what installed packages add to the studio by entry points; what fails in one is told by its name."""

import sys
import traceback
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

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

    Raises AutoGPTError, which names the plug-in, if it cannot be imported.
    """
    entry = _offered(group, tuple(sys.path)).get(name)
    if entry is None:
        return None
    with blamed(group, name):
        return entry.load()


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
        found = traceback.extract_tb(error.__traceback__)[-1]
        raise AutoGPTError(
            f"the plug-in {title(group, name)} failed in line {found.lineno} of {Path(found.filename).name}, "
            f"{type(error).__name__}: {error}; mend it, or uninstall the package"
        ) from error


def title(group: str, name: str) -> str:
    """The plug-in with its package, as messages call it."""
    entry = _offered(group, tuple(sys.path)).get(name)
    return f"{name!r} ({entry.dist.name})" if entry is not None and entry.dist is not None else repr(name)


@cache
def _offered(group: str, path: tuple[str, ...]) -> dict[str, EntryPoint]:
    """By name; of two with one name, that of the package found first. path: where is looked, for the cache."""
    found: dict[str, EntryPoint] = {}
    for entry in entry_points(group=group):
        found.setdefault(entry.name, entry)
    return found
