"""Checks on the shape of data that a goal describes: columns of a CSV file, keys of a JSON file, fields that are numbers."""

import re
from collections.abc import Sequence

from autogpt.agent.goal import legible
from autogpt.core.check import Check, PythonHolds

_END = r"(?=\s*(?:,|and\b|、|，|和|[.;:。；\n()（]|$))"
_NOTE = r"(?:\s*[(（][^)）\n]{0,80}[)）])?"
_NAME = rf"(?:[`\"'“][\w\u4e00-\u9fff]+[`\"'”]{_NOTE}|[\w\u4e00-\u9fff]+{_NOTE}{_END})"
# A list that goes on in a way this cannot read is no list: half of one would be a false demand.
_ALL = r"(?!\s*(?:、|和|and\b(?!\s+(?:\d|one\b|at\b|exactly\b|write\b|save\b))))"
_NAMES = rf"(?:{_NAME})(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s*[、，和]\s*)(?:{_NAME}))*{_ALL}"
_COLUMNS = re.compile(
    rf"\b(?:with|and)\s+(?:the\s+)?(?:\w+\s+)?columns?\s*:?\s*({_NAMES})|(?:列名?|表头)(?:为|是|：|:)\s*({_NAMES})",
    re.I,
)
_KEYS = re.compile(
    rf"\bwith\s+(?:the\s+)?keys?\s*:?\s*({_NAMES})|\.json\s+with:\s*({_NAMES})|(?:键|字段)名?(?:为|是|：|:)\s*({_NAMES})",
    re.I,
)
_NUMBER = re.compile(
    r"[`\"'“]?(?P<field>[A-Za-z_]\w*)[`\"'”]?\s+(?:should|must|has to)\s+be\s+(?:a\s+)?(?:numbers?|numeric|integers?)\b|"
    r"[`\"'“]?(?P<zh>[\w\u4e00-\u9fff]+?)[`\"'”]?\s*(?:应|必须|要|应该)(?:是|为)(?:数字|整数|数值)",
    re.I,
)
_EACH = re.compile(r"\b(?:each|every|per|list of|array of|objects?|one for)\b|每个|每条|每一|数组|列表|对象", re.I)


def shapes(goal: str, outputs: Sequence[str]) -> tuple[Check, ...]:
    """The shape checks for the one CSV and the one JSON file that the goal delivers; with more, words are ambiguous."""
    goal = legible(goal)
    tables = [path for path in outputs if path.endswith(".csv")]
    trees = [path for path in outputs if path.endswith(".json")]
    checks: list[Check] = []
    if len(tables) == 1 and (match := _COLUMNS.search(goal)) and _ends(match):
        names = _listed(match)
        code = f"import csv\nhead = next(csv.reader(open({tables[0]!r}, encoding='utf-8-sig', newline='')))\n"
        told = f"the first line of {tables[0]} must be {','.join(names)} and is "
        code += f"if [name.strip() for name in head] != {names!r}:\n    raise AssertionError({told!r} + ','.join(head))"
        checks.append(PythonHolds(code=code, label=f"{tables[0]} has the columns {', '.join(names)}", source="goal"))
    if len(trees) == 1:
        if (match := _KEYS.search(goal)) and _ends(match) and not _EACH.search(_before(goal, match)):
            names = _listed(match)
            code = f"import json\nvalue = json.load(open({trees[0]!r}, encoding='utf-8'))\n"
            code += f"assert set(value) == set({names!r}), sorted(value)"
            checks.append(PythonHolds(code=code, label=f"{trees[0]} has the keys {', '.join(names)}", source="goal"))
        for match in _NUMBER.finditer(goal):
            field = match["field"] or match["zh"]
            checks.append(
                PythonHolds(
                    code=_NUMERIC.format(path=trees[0], field=field),
                    label=f"every {field} in {trees[0]} is a number",
                    source="goal",
                )
            )
    return tuple(checks)


def _before(goal: str, match: re.Match[str]) -> str:
    """What leads up to the names and the names themselves, without the remarks in brackets between them."""
    return re.sub(r"[(（][^)）\n]*[)）]", "", goal[: match.end()])[-160:]


def _ends(match: re.Match[str]) -> bool:
    """Whether the list ends here: a comma after names without an 'and' may lead to one more that cannot be read."""
    after = match.string[match.end() :].lstrip()
    if after.startswith("，"):
        return "，" not in match[0]
    return not after.startswith(",") or re.search(r"\band\b|和", _names(match)) is not None


def _names(match: re.Match[str]) -> str:
    return next(group for group in match.groups() if group)


def _listed(match: re.Match[str]) -> list[str]:
    text = re.sub(r"\([^)]*\)", "", _names(match))
    text = re.sub(r"（[^）]*）", "", text)
    names = [name.strip(" `\"'“”") for name in re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+|\s*[、，和]\s*", text)]
    return [name for name in names if name]


_NUMERIC = """\
import json

def found(value):
    if isinstance(value, dict):
        for key, one in value.items():
            if key == {field!r}:
                yield one
            yield from found(one)
    elif isinstance(value, list):
        for one in value:
            yield from found(one)

values = list(found(json.load(open({path!r}, encoding='utf-8'))))
wrong = [value for value in values if isinstance(value, bool) or not isinstance(value, (int, float))]
assert values and not wrong, f'not numbers: {{wrong[:3]!r}}' if wrong else 'no such field'"""
