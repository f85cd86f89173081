"""Ordered items with reasons. A value inside the run, replaced when revised."""

from typing import Literal

from autogpt.core.check import Check
from autogpt.core.schema import Value

Recipe = Literal["code", "fix", "prose", "program", "tools"]
"""The known ways of working. code: write the named files. fix: rewrite files until tests pass. prose: write text for
people. program: one program that does the work on the files. tools: step by step with tool calls."""


PART_OF = "\n\n(Part of: "
"""Before the goal of the whole, which an item of a model's plan is told for its bearings and must not meet itself."""


def own_part(goal: str) -> str:
    """What an item, or the run that was made of it, is to do itself."""
    return goal.partition(PART_OF)[0] or goal


class Item(Value):
    name: str
    goal: str
    """What to do, as a goal of its own."""
    needs: tuple[str, ...] = ()
    """Names of items that must be done first."""
    delivers: tuple[str, ...] = ()
    """Workspace paths this item makes or changes; two items that share none may run side by side."""
    checks: tuple[Check, ...] = ()
    recipe: Recipe = "tools"
    then: str = ""
    """Command to run once the files are written, when it is the files' run that makes the rest."""
    program: str = ""
    """A program that does the whole item, where the goal says in full what to do; tried before a model is asked."""
    query: bool = False
    """Whether what it makes may be the rows of one query over tables that are there; asked for before a program is."""
    questions: tuple[tuple[str, str], ...] = ()
    """What is to be found out in long texts, each after the key of its answer; put to a small model one by one."""
    done_before: str = ""
    """What of its goal was done before it, in words for the model."""
    status: Literal["open", "done", "failed"] = "open"


class Plan(Value):
    items: tuple[Item, ...]
    reason: str = ""
    recipe: str = ""
    """Name of the known recipe it came from; empty if the model or the goal's own numbering made it."""

    @property
    def ready(self) -> tuple[Item, ...]:
        """Open items whose needs are done, in order."""
        done = {item.name for item in self.items if item.status == "done"}
        return tuple(item for item in self.items if item.status == "open" and done.issuperset(item.needs))

    def mark(self, name: str, status: Literal["open", "done", "failed"]) -> "Plan":
        items = tuple(item.model_copy(update={"status": status}) if item.name == name else item for item in self.items)
        return self.model_copy(update={"items": items})
