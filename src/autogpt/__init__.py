"""AutoGPT: an autonomous agent that finishes, proves it, and is safe.

from autogpt import AutoGPT

run = AutoGPT(ai_name="AutoGPT", ai_role="AI Assistant", goals=["Write hello to a.txt"]).run()
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autogpt.api import AutoGPT
    from autogpt.core.check import Check
    from autogpt.core.errors import AutoGPTError, UsageError
    from autogpt.core.event import Entry, Event
    from autogpt.core.run import Run
    from autogpt.core.task import Limits, Task
    from autogpt.studio.facade import AutoGpt, AutoGptAdam, AutoGptCyclicScheduler, AutoGptDataset

__all__ = [
    "AutoGPT",
    "AutoGPTError",
    "AutoGpt",
    "AutoGptAdam",
    "AutoGptCyclicScheduler",
    "AutoGptDataset",
    "Check",
    "Entry",
    "Event",
    "Limits",
    "Run",
    "Task",
    "UsageError",
]

_WHERE = {
    "AutoGPT": "autogpt.api",
    "AutoGPTError": "autogpt.core.errors",
    "AutoGpt": "autogpt.studio.facade",
    "AutoGptAdam": "autogpt.studio.facade",
    "AutoGptCyclicScheduler": "autogpt.studio.facade",
    "AutoGptDataset": "autogpt.studio.facade",
    "Check": "autogpt.core.check",
    "Entry": "autogpt.core.event",
    "Event": "autogpt.core.event",
    "Limits": "autogpt.core.task",
    "Run": "autogpt.core.run",
    "Task": "autogpt.core.task",
    "UsageError": "autogpt.core.errors",
}


def __getattr__(name: str) -> object:
    # Imported when first used: `import autogpt` and `autogpt --help` cost nothing.
    if name not in _WHERE:
        raise AttributeError(f"module 'autogpt' has no attribute {name!r}")
    try:
        return getattr(importlib.import_module(_WHERE[name]), name)
    except ModuleNotFoundError as error:
        if not _WHERE[name].startswith("autogpt.studio") or (error.name or "").startswith("autogpt"):
            raise
        from autogpt.core.errors import MissingExtra

        raise MissingExtra(f"{name} needs {error.name}: pip install 'autogpt[studio]'") from None


def __dir__() -> list[str]:
    return sorted(__all__)
