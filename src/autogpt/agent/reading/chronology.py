"""Orders by time: 'oldest first', 'from the newest', '从早到晚'. The times may stand in the data alone.

A list of names 'oldest first' has no dates in it: each name is looked up in the tables of the folder. Where more than one
column of dates could be meant, the order by any of them is accepted.
"""

import re
from collections.abc import Sequence

from autogpt.agent.legible import legible
from autogpt.agent.reading.lists import belongs
from autogpt.core.check import PythonHolds
from autogpt.core.contracts import FileHead

_EARLY = re.compile(
    r"\b(?:oldest|earliest)(?: \w+){0,2} first\b|\bfrom (?:the )?(?:oldest|earliest)(?: \w+)? (?:to|on)\b|\b(?<!reverse )chronological(?:ly)?\b|"
    r"从早到晚|由早到晚|从旧到新|按(?:照)?(?:日期|时间|月份)?(?:的)?先后|最早的(?:排|放|写)?在?(?:最)?前|"
    r"按(?:日期|时间)(?:升序|顺序)",
    re.I,
)
_LATE = re.compile(
    r"\b(?:newest|latest|most recent)(?: \w+){0,2} first\b|\bfrom (?:the )?(?:newest|latest|most recent)(?: \w+)? (?:to|down)\b|\breverse chronological\w*\b|"
    r"从晚到早|由晚到早|从新到旧|最(?:新|近)的(?:排|放|写)?在?(?:最)?前|按(?:日期|时间)(?:降序|倒序)",
    re.I,
)
_NOT = re.compile(
    r"\b(?:then|within|inside|in each|for each|under each|(?<!one )per|if|when|option\w*|can be|same order|delete|remove|keep|group\w*|"
    r"age|ages|not)\b|--\w|再|每(?!行)|组内|各自|如果|若|选项|原来|年龄|然后|删除|保留(?![一两二三0-9])|分组",
    re.I,
)
"""What makes it the order of a part, a second order, one to choose, or one by something else than dates."""


def chronologies(goal: str, outputs: Sequence[str], files: Sequence[FileHead]) -> tuple[PythonHolds, ...]:
    """The check that the one list the goal delivers (lines, CSV, a JSON list) stands in the order of time it states."""
    goal = legible(goal)
    lists = [path for path in outputs if path.endswith((".txt", ".csv", ".json"))]
    found = [*_EARLY.finditer(goal), *_LATE.finditer(goal)]
    if len(found) != 1:
        return ()
    begin = max(goal.rfind(end, 0, found[0].start()) for end in (". ", ";", "\n", "。", "；"))
    sentence = re.split(r"[;。；\n]|\.\s|\.$", goal[begin + 1 :].lstrip())[0]
    lists = [path for path in lists if path in sentence] or [path for path in lists if belongs(goal, found[0], path)]
    if _NOT.search(sentence) or len(lists) != 1:
        return ()
    late = _LATE.fullmatch(found[0][0]) is not None
    sources = [file.path for file in files if file.path.endswith((".csv", ".json", ".db", ".sqlite", ".sqlite3"))]
    code = _IN_TIME.format(path=lists[0], late=late, sources=[path for path in sources if path != lists[0]])
    return (PythonHolds(code=code, label=f"the order of {lists[0]} is as told: {found[0][0]}", source="goal"),)


_IN_TIME = """\
import csv, json, re, sqlite3

ISO = re.compile(r"\\d\\d\\d\\d-\\d\\d(-\\d\\d)?([T ]\\d\\d:\\d\\d(:\\d\\d)?)?")

def columns(rows):
    return [list(cells) for cells in zip(*[[str(cell).strip() for cell in row] for row in rows])]

def tables(path):
    if path.endswith('.csv'):
        rows = [row for row in csv.reader(open(path, encoding='utf-8-sig', newline='')) if row]
        yield columns(row for row in rows[1:] if len(row) == len(rows[0]))
    elif path.endswith('.json'):
        value = json.load(open(path, encoding='utf-8-sig'))
        if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
            yield columns([one.get(key, '') for key in value[0]] for one in value)
        elif isinstance(value, list):
            yield columns([one] for one in value)
    elif path.endswith('.txt'):
        yield columns([line] for line in open(path, encoding='utf-8-sig') if line.strip())
    else:
        database = sqlite3.connect(f'file:{{path}}?mode=ro', uri=True)
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            yield columns(database.execute('SELECT * FROM "' + name + '" LIMIT 100000').fetchall())

def times(columns):
    return [cells for cells in columns if cells and all(ISO.fullmatch(cell) for cell in cells)]

def orders(own, sources):
    if len(own) > 1 or times(own):
        return times(own)
    found = []
    for path in sources:
        for table in tables(path):
            for keys in table:
                if own and set(own[0]) <= set(keys) and all(keys.count(value) == 1 for value in own[0]):
                    found += [[cells[keys.index(value)] for value in own[0]] for cells in times(table)]
    return found

own = next(tables({path!r}), [])
found = orders(own, {sources!r})
if found and not any(sorted(cells, reverse={late!r}) == cells for cells in found):
    how = 'from the latest to the earliest' if {late!r} else 'from the earliest to the latest'
    raise AssertionError('{path} is not in order ' + how + '; it has ' + ', '.join(own[0][:6]) + ' of ' + ', '.join(found[0][:6]))"""
