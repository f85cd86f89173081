"""'One row for each customer': a check that no customer has two."""

import re
from collections.abc import Sequence

from autogpt.agent.legible import legible
from autogpt.agent.reading.shown import last_named
from autogpt.core.check import Check, PythonHolds

_ONE_EACH = re.compile(
    r"\b(?:one|a single|exactly one)\s+(?:object|row|line|entry|record)\s+(?:for|per)\s+(?:each\s+|every\s+)?"
    r"(?P<what>(?!(?:each|every)\b)[a-z]+)\b(?!\s*(?:and|or|per)\b|\s*/)|"
    r"每(?:个|位|种|名)?(?P<zh>[\u4e00-\u9fff]{1,4}?)(?<!和)(?:只|各)?(?:占|写|有|对应)?一(?:行|条|个对象)",
    re.I,
)


def uniques(goal: str, outputs: Sequence[str]) -> tuple[Check, ...]:
    """A check for each table or list of objects that is to have one entry for each of something it names by that word.

    Where no column and no key is called so, nothing is demanded.
    """
    goal = legible(goal)
    found: list[Check] = []
    for match in _ONE_EACH.finditer(goal):
        path = last_named(goal[: match.start()], outputs) or (outputs[0] if len(outputs) == 1 else "")
        if path.endswith((".csv", ".json")):
            what = (match["what"] or match["zh"]).lower()
            label = f"{path} has one entry for each {what}"
            found.append(PythonHolds(code=_UNIQUE.format(path=path, what=what), label=label, source="goal"))
    return tuple(dict.fromkeys(found))


_UNIQUE = """\
import csv, json
if {path!r}.endswith('.csv'):
    rows = list(csv.DictReader(open({path!r}, encoding='utf-8-sig', newline='')))
else:
    value = json.load(open({path!r}, encoding='utf-8-sig'))
    rows = [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
key = next((key for key in (rows[0] if rows else ()) if str(key).strip().lower() == {what!r}), None)
seen = [str(row.get(key)) for row in rows] if key is not None else []
twice = [one for at, one in enumerate(seen) if one in seen[:at]]
if twice:
    raise AssertionError('{path} has more than one entry for ' + twice[0])"""
