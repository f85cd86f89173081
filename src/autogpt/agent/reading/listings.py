"""Lists of texts in a JSON file that a goal wants in alphabetical order: 'every pupil with the clubs, alphabetically'."""

import re
from collections.abc import Sequence

from autogpt.agent.legible import legible
from autogpt.core.check import PythonHolds

_ALPHABETICAL = re.compile(
    r"\balphabetical(?:ly)?(?: order)?\b|\bfrom A to Z\b|按(?:英文)?字母(?:表)?(?:的)?(?:先后)?顺序", re.I
)
_OTHERWISE = re.compile(
    r"\b(?:not|never|reverse\w*|unless|if|except|keys?|names? of the|Z to A)\b|n['’]t\b|[不别]|倒序|逆序|键", re.I
)


def alphabetical(goal: str, outputs: Sequence[str]) -> tuple[PythonHolds, ...]:
    """The check that all lists of texts in the one JSON file that is made are in the order of the alphabet."""
    path = _told(goal, outputs)
    if not path:
        return ()
    code = _LISTS.format(path=path) + _SORTED.format(path=path)
    return (PythonHolds(code=code, label=f"the lists in {path} are in alphabetical order", source="goal"),)


def arranger(goal: str, outputs: Sequence[str]) -> str:
    """Python that puts the lists in the order that `alphabetical` checks; '' where there is none to put."""
    path = _told(goal, outputs)
    return _LISTS.format(path=path) + _SORT.format(path=path) if path else ""


def _told(goal: str, outputs: Sequence[str]) -> str:
    """The one JSON file of a goal that speaks of one such order, without conditions."""
    goal = legible(goal)
    found = [clause for clause in re.split(r"[.;:。；：\n]\s|\n", goal) if _ALPHABETICAL.search(clause)]
    paths = [path for path in outputs if path.endswith(".json")]
    if len(paths) != 1 or len(outputs) != 1 or len(found) != 1 or _OTHERWISE.search(found[0]):
        return ""
    return paths[0]


_LISTS = """\
import json
raw = open({path!r}, encoding='utf-8-sig').read()
value = json.loads(raw)
lists = [value] if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else []
# Where some are lists and others not, or hold more than texts, it is not plain which are meant; and Chinese has other orders.
if not all(isinstance(one, list) and all(isinstance(word, str) and word.isascii() for word in one) for one in lists):
    lists = []
"""
_SORTED = """\
for words in lists:
    if words not in (sorted(words), sorted(words, key=str.lower)):
        raise AssertionError('a list in {path} is not in alphabetical order: ' + ', '.join(words[:6]))"""
_SORT = """\
for words in lists:
    words.sort(key=str.lower)
if lists:
    with open({path!r}, 'w', encoding='utf-8') as file:
        json.dump(value, file, ensure_ascii=False, indent=2 if '\\n' in raw else None)
"""
