"""The form of a JSON file that a goal shows within a sentence: {"morning": {"high": ...}, "evening": {...}}."""

import re
from collections.abc import Sequence

from autogpt.agent.legible import legible
from autogpt.agent.reading.lists import belongs
from autogpt.agent.reading.shape import SOMEWHERE
from autogpt.core.check import Check, PythonHolds

_OPEN = re.compile(r"\{\s*[\"“']")
_KEY = re.compile(r"\s*[\"“'](?P<key>[^\"”'\n]{1,40})[\"”']\s*[:：]\s*")
_SUCH_AS = re.compile(r"\b(?:e\.g\.|for (?:example|instance)|such as|like)\W*$|(?:例如|比如|譬如|像)\W*$", re.I)
_LEFT_OPEN = re.compile(r"\s*(?:\.\.\.|…)")


def inline_forms(goal: str, outputs: Sequence[str]) -> tuple[Check, ...]:
    """The check that some object of the one JSON file has the keys that the goal shows for it.

    Only where the values are left open or objects of their own: else the keys may be made up, too.
    """
    goal = legible(goal)
    trees = [path for path in outputs if path.endswith(".json")]
    if len(trees) != 1:
        return ()
    for match in _OPEN.finditer(goal):
        before = goal[: match.start()].rstrip()
        keys = _keys(goal, match.start())
        if (
            len(keys) > 1
            and not before.endswith("[")
            and not _SUCH_AS.search(before)
            and belongs(goal, match, trees[0])
        ):
            code = SOMEWHERE.format(path=trees[0], names=keys)
            return (PythonHolds(code=code, label=f"{trees[0]} has the keys {', '.join(keys)}", source="goal"),)
    return ()


def _keys(goal: str, at: int) -> list[str]:
    """The keys of the object that begins there; none where it ends in dots, is cut off, or has values of its own."""
    keys: list[str] = []
    at += 1
    while True:
        match = _KEY.match(goal, at)
        if match is None:
            return []
        keys.append(match["key"])
        end = _after(goal, match.end())
        if end < 0:
            return []
        rest = goal[end:].lstrip()
        if rest.startswith("}"):
            return keys
        if not rest.startswith((",", "，")):
            return []
        at = end + (len(goal[end:]) - len(rest)) + 1


def _after(goal: str, at: int) -> int:
    """Where a value that says nothing ends: dots, or an object; -1 for any other."""
    if match := _LEFT_OPEN.match(goal, at):
        return match.end()
    if goal[at : at + 1] != "{":
        return -1
    depth = 0
    for place in range(at, min(len(goal), at + 400)):
        depth += {"{": 1, "}": -1}.get(goal[place], 0)
        if depth == 0:
            return place + 1
    return -1
