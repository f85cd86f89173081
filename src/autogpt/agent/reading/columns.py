"""Checks for the columns that tables have as the goal says: CSV files, and tables of Markdown."""

import re
from collections.abc import Iterator, Sequence

from autogpt.agent.legible import legible
from autogpt.agent.programs.oddities import table_of
from autogpt.agent.reading.lists import COLUMNS, FILE, belongs, told
from autogpt.core.check import Check, PythonHolds
from autogpt.core.contracts import FileHead

_OTHERWISE = re.compile(
    r"\bsemicolons?\b|\btabs?\b|\bpipes?\b|\bdelimi\w+|(?<!thousands )(?<!thousand )\bseparat\w+|\b(?:no|without(?: an?)?) header|分号|制表符|分隔|(?:无|没有|不要|不含)表头",
    re.I,
)
"""A table whose first line is not simply its names with commas."""
_TYPED = r"[`\"'“]?((?:[\w\u4e00-\u9fff]+)(?:,[\w\u4e00-\u9fff]+)+)(?=[`\"'”]?(?:\s+[-–—]|\s*(?:\n|$|[;:；。(（，]|\.(?:\s|$)|,\s|and\b)))"
"""A first line as it is to stand in the file: names with commas and no spaces."""
_HEADER = re.compile(rf"\bheader(?:\s+(?:row|line))?\s*(?:is|:)?\s*{_TYPED}|表头(?:为|是|：|:)?\s*{_TYPED}", re.I)
_FILE = FILE.pattern
_SAME = re.compile(
    rf"\bsame\s+columns?\b(?:\s+(?:as|like)\s+(?:in\s+)?`?(?P<as>{_FILE}))?|(?<!rows and )\bcolumns(?:\s+and\s+in\s+the\s+order)?\s+of\s+`?(?P<of>{_FILE})|"
    rf"列名?(?:和|与|跟|同)\s*(?:(?P<han>{_FILE})|原表|原文件|原来|源文件)[^，。；\n]{{0,4}}(?:一样|相同|一致)",
    re.I,
)
_MORE = re.compile(
    r"\b(?:plus|extra|additional|another|new|added|add|except|without|but|other|followed)\b|加|多一列|除了|去掉|另外",
    re.I,
)
"""That the columns are not quite the same."""


def columns(goal: str, outputs: Sequence[str], files: Sequence[FileHead]) -> Iterator[Check]:
    """The checks for the tables that the goal delivers and whose columns it lists, or says to be those of another."""
    goal = legible(goal)
    otherwise = _OTHERWISE.search(goal)
    for path in outputs:
        names: list[str] = []
        if path.endswith(".csv") and not otherwise:
            names = _names(goal, path) or _same(goal, path, files)
        elif path.endswith(".md") and re.search(r"\btable\b|表格", goal):
            names = told(COLUMNS, goal, path)
        if names:
            code = (_TABLE if path.endswith(".md") else _FIRST_LINE).format(path=path, names=names)
            yield PythonHolds(code=code, label=f"{path} has the columns {', '.join(names)}", source="goal")


def listed(goal: str, path: str, files: Sequence[FileHead]) -> list[str]:
    """The columns that the goal lists for the file, or says to be those of another."""
    goal = legible(goal)
    return _names(goal, path) or _same(goal, path, files)


def _names(goal: str, path: str) -> list[str]:
    """The names that are listed for the file; typed right behind it they are its first line."""
    if behind := re.search(
        rf"(?<![\w-]){re.escape(path)}[`\"'”]?\s*(?:[:：]|[(（](?=[^()（）]*[)）]))\s*{_TYPED}", goal
    ):
        return behind[1].split(",")
    header = next((match for match in _HEADER.finditer(goal) if belongs(goal, match, path)), None)
    return (header[1] or header[2]).split(",") if header else told(COLUMNS, goal, path)


def _same(goal: str, path: str, files: Sequence[FileHead]) -> list[str]:
    """The columns of the file that the goal says this one is to be like: the only table there, if it names none."""
    tables = {file.path: table for file in files if file.path.endswith(".csv") and (table := table_of(file))}
    for match in _SAME.finditer(goal):
        clause = re.split(r"[.;。；]\s|\n\n", goal[match.end() :])[0][:60]
        if not belongs(goal, match, path) or _MORE.search(clause):
            continue
        named = match["as"] or match["of"] or match["han"]
        like = [table for name, table in tables.items() if name == named or (not named and name != path)]
        if len(like) == 1 and like[0].separator == ",":
            return [name.strip() for name in like[0].head]
    return []


_FIRST_LINE = """\
import csv
head = next(csv.reader(open({path!r}, encoding='utf-8-sig', newline='')), [])
if [name.strip() for name in head] != {names!r}:
    raise AssertionError('the first line of {path} must be ' + ','.join({names!r}) + ' and is ' + ','.join(head))"""

_TABLE = """\
lines = [line.strip() for line in open({path!r}, encoding='utf-8-sig')]
heads = [[cell.strip(' *`_').casefold() for cell in line.strip('|').split('|')] for line in lines if line.startswith('|')]
if [name.casefold() for name in {names!r}] not in heads:
    raise AssertionError('no table in {path} has the columns ' + ' | '.join({names!r}))"""
