"""Dates of a table to be written in another form: 'the dates are day first, like 31/12/1990; write them as 1990-12-31'."""

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from autogpt.agent.legible import legible
from autogpt.agent.programs.oddities import table_of
from autogpt.core.check import PythonHolds
from autogpt.core.contracts import FileHead

_FORMS = {
    "%Y-%m-%d": r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})",
    "%Y/%m/%d": r"(?P<y>\d{4})/(?P<m>\d{2})/(?P<d>\d{2})",
    "%Y.%m.%d": r"(?P<y>\d{4})\.(?P<m>\d{2})\.(?P<d>\d{2})",
    "%Y%m%d": r"(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})",
    "%d/%m/%Y": r"(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})",
    "%m/%d/%Y": r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})",
    "%d.%m.%Y": r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})",
    "%d-%m-%Y": r"(?P<d>\d{2})-(?P<m>\d{2})-(?P<y>\d{4})",
}
"""What a date looks like, by what `strftime` writes it with."""
_NAMED = (
    (re.compile(r"\bYYYY-MM-DD\b|\bISO(?: ?8601)?\b", re.I), "%Y-%m-%d"),
    (re.compile(r"\bYYYY/MM/DD\b", re.I), "%Y/%m/%d"),
    (re.compile(r"\bYYYYMMDD\b", re.I), "%Y%m%d"),
    (re.compile(r"\bDD/MM/YYYY\b", re.I), "%d/%m/%Y"),
    (re.compile(r"\bMM/DD/YYYY\b", re.I), "%m/%d/%Y"),
    (re.compile(r"\bDD\.MM\.YYYY\b", re.I), "%d.%m.%Y"),
)
_DATES = re.compile(r"\bdates?\b|\bbirthdays?\b|日期|生日|时间", re.I)
_DAY_FIRST = re.compile(r"\bday first\b|\bday/month|\bdd?/mm?/y|\beuropean\b|日/月|日在前", re.I)
_MONTH_FIRST = re.compile(r"\bmonth first\b|\bmonth/day|\bmm?/dd?/y|\b(?:us|american)\b|月/日", re.I)
_OTHERWISE = re.compile(
    r"\bsort\w*|\border(?:ed)? by\b|\bonly\b|\bexcept\b|\btotals?\b|\bcount\w*|\bskip\w*|\bignor\w*|\bremov\w+|\bdelet\w+|\bif\b|\bunless\b|\balso\b|"
    r"\b(?:with|has|only|keep) (?:the )?columns?\b|列为|只保留|\badd\b|\bcolumn (?:called|named)\b|\bnew column\b|\bbefore\b|\bafter\b|\bolder\b|\bmore than\b|\bweekday\b|\bmonths? (?:name|in)\b|\bage\b|"
    r"排序|只|除了|合计|统计|去掉|删除|如果|另外|新增|增加一列|加一列|之前|之后|星期|年龄",
    re.I,
)


_LONG = 300
"""Characters of a goal up to which nothing more is hidden in it."""


class Redated(NamedTuple):
    """A table, the same with its dates in another form, and the forms of its columns of dates."""

    table: str
    target: str
    separator: str
    columns: tuple[tuple[str, str], ...]
    form: str

    @property
    def _begins(self) -> str:
        return _ROWS.format(table=self.table, separator=self.separator, columns=dict(self.columns), form=self.form)

    @property
    def program(self) -> str:
        return self._begins + _WRITES.format(target=self.target)

    def checks(self) -> tuple[PythonHolds, ...]:
        """That the new file is the table with its dates in the other form; of a table changed in place nothing is known."""
        if self.target == self.table:
            return ()
        label = f"{self.target} is {self.table} with the dates as told"
        return (PythonHolds(code=self._begins + _COMPARES.format(target=self.target), label=label, source="goal"),)


def redated(goal: str, outputs: Sequence[str], files: Sequence[FileHead]) -> Redated | None:
    """The table whose dates the goal wants in another form and nothing else; None where it is not plain."""
    goal = legible(goal)
    if len(goal) > _LONG or not _DATES.search(goal) or _OTHERWISE.search(goal):
        return None
    named = [f for f in files if f.path in goal and f.head and len(f.head.encode()) >= f.size]
    tables = [(f.path, table) for f in named if f.path.endswith(".csv") and (table := table_of(f))]
    targets = [path for path in outputs if path.endswith(".csv")]
    if len(tables) != 1 or len(named) != 1 or len(targets) != 1 or list(outputs) != targets:
        return None
    path, table = tables[0]
    columns = [(name, form) for at, name in enumerate(table.head) if (form := _form_of(table.column(at), goal))]
    form = _wanted(goal, {form for _, form in columns})
    chosen = tuple(one for one in columns if one[1] != form)
    if not form or not chosen or len(set(table.head)) != len(table.head):
        return None
    return Redated(path, targets[0], table.separator, chosen, form)


def _form_of(cells: Sequence[str], goal: str) -> str:
    """The form of a column of dates; '' for other columns, or where day and month cannot be told apart."""
    there = [cell.strip() for cell in cells if cell.strip()]
    fit = [form for form, pattern in _FORMS.items() if there and all(_is_date(pattern, cell) for cell in there)]
    if len(fit) == 2:
        first = [_DAY_FIRST.search(goal) is not None, _MONTH_FIRST.search(goal) is not None]
        told = [form for form in fit if any(_is_date(_FORMS[form], one) for one in _literals(goal, fit))]
        fit = [fit[first.index(True)]] if sum(first) == 1 else told
    return fit[0] if len(fit) == 1 else ""


def _literals(goal: str, forms: Sequence[str]) -> list[str]:
    """The dates that the goal shows and that fit only one of the forms."""
    shown = re.findall(r"(?<![\d/.-])\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}(?![\d/-])", goal)
    return [one for one in shown if sum(_is_date(_FORMS[form], one) for form in forms) == 1]


def _is_date(pattern: str, text: str) -> bool:
    found = re.fullmatch(pattern, text)
    if found is None:
        return False
    try:
        date(int(found["y"]), int(found["m"]), int(found["d"]))
    except ValueError:
        return False
    return True


def _wanted(goal: str, present: set[str]) -> str:
    """The one form other than those of the columns that the goal names, or shows a date in."""
    found = {form for words, form in _NAMED if words.search(goal)} - present
    shown = re.findall(r"(?<![\d/.-])\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}(?![\d/-])", goal)
    for one in shown:
        fit = [form for form, pattern in _FORMS.items() if _is_date(pattern, one)]
        found |= {fit[0]} - present if len(fit) == 1 else set()
    return found.pop() if len(found) == 1 else ""


_ROWS = """\
import csv
from datetime import datetime

def told(text, form):
    return datetime.strptime(text.strip(), form).strftime({form!r}) if text.strip() else text

with open({table!r}, encoding='utf-8-sig', newline='') as file:
    head, *rows = [row for row in csv.reader(file, delimiter={separator!r}) if row]
forms = {columns!r}
wanted = [head, *([told(cell, forms[name]) if name in forms else cell for name, cell in zip(head, row)] for row in rows)]
separator = {separator!r}
"""
_WRITES = """
with open({target!r}, 'w', encoding='utf-8', newline='') as file:
    csv.writer(file, delimiter=separator, lineterminator='\\n').writerows(wanted)
"""
_COMPARES = """
with open({target!r}, encoding='utf-8-sig', newline='') as file:
    got = [row for row in csv.reader(file, delimiter=separator) if row]
for row, right in zip(got + [None] * len(wanted), wanted):
    assert row == right, '{target}: a row is ' + str(row) + ' instead of ' + str(right)
assert len(got) == len(wanted), '{target} has ' + str(len(got)) + ' lines instead of ' + str(len(wanted))"""
