"""Cells of tables as a program should have them: numbers as numbers and None where there is none, dates to compare.

Small models take what a program has read in for numbers already, and an empty cell for None, whatever they are told:
of programs for tables most broke on that. So the program begins with them as numbers, where writing them back loses
nothing, or the goal computes with them.
"""

import re
from collections.abc import Iterable, Sequence

from autogpt.agent.programs.oddities import DATES, WRITTEN, Table, gaps

_NUMBER = r"""
def number(text):
    digits = re.sub(r'[\s$€£¥￥元%]|EUR|USD|RMB{more}', '', str(text)).replace(',', '')
    return float(digits)
"""
_COMMA = r"""
def number(text):
    digits = re.sub(r'[\s$€£¥￥元%]|EUR|USD|RMB{more}', '', str(text))
    if digits.rfind(',') > digits.rfind('.'):
        digits = digits.replace('.', '').replace(',', '.')
    return float(digits.replace(',', ''))
"""
_PLAIN = """
def number(text):
    text = str(text).replace('None', '').strip()
    return float(text) if '.' in text else int(text) if text else None
"""
_DATE = r"""
def iso_date(text):
    for form in {forms!r}:
        try:
            return datetime.strptime(text.strip(), form).strftime('%Y-%m-%d')
        except ValueError:
            pass
    raise ValueError(text)
"""
_NAMES = re.compile(
    r"(?:^|[\s_-])(?:id|ids|nr|no|number|num|code|zip|postcode|plz|phone|tel|mobile|sku|order|isbn|iban|ean|barcode|account|version|ref)\.?$|"
    r"[a-z](?:Id|ID|No|Nr)$|^#|号|码|电话|手机|邮编|版本",
    re.I,
)
"""Columns whose digits are names and no numbers."""
_PLAIN_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")
_COMPUTES = re.compile(
    r"\b(?:sum\w*|totals?|totalled|add(?:ed)? up|averages?|mean|median|more than|less than|at least|at most|above|below|over|under|"
    r"highest|lowest|largest|smallest|most|least|cheapest|expensive|difference|percent\w*|per|each|decimals?|rounded|exceeds?|between)\b|"
    r"总|合计|汇总|平均|最高|最低|最大|最小|超过|不足|以上|以下|高于|低于|大于|小于|小数|相差|百分|每",
    re.I,
)
_AS_IT_IS = re.compile(
    r"\b(?:as (?:it|they) (?:is|are|stands?)|as is|unchanged|verbatim|the way the file|same columns|with the columns (?:and|of)|copied|untouched|"
    r"whole rows?|full rows?|rows? themselves|all columns|every column|keep(?:ing)? (?:the|all) (?:rows|columns)|sort|sorted copy|dedup\w*|duplicates?)\b|"
    r"原样|列(?:和|与|跟)|整行|所有列|全部列|保留.{0,6}列|不变|排序后|去重|重复",
    re.I,
)


def numbers(table: Table, goal: str) -> dict[str, str]:
    """How the numbers of a table's columns are read, by the name of the column: 'int({})', 'number({})', or '{} or None'.

    Only of a table with a column where some are missing or oddly written; of others small models convert what they need.
    Not where digits are names. Where a number would be written back otherwise ("12.50", "1,204.50"), only if the goal
    computes and says nothing of rows that stay as they are; else at least a missing one is None.
    """
    computes = _COMPUTES.search(goal) is not None and not _AS_IT_IS.search(goal)
    found: dict[str, str] = {}
    odd = False
    for at, name in enumerate(table.head):
        cells = [cell.strip() for cell in table.column(at)]
        there = [cell for cell in cells if cell]
        if not there or len(cells) != len(table.body) or _NAMES.search(name.strip()):
            continue
        plain = all(_PLAIN_NUMBER.fullmatch(cell) for cell in there)
        written = all(_PLAIN_NUMBER.fullmatch(cell) or WRITTEN.fullmatch(cell) for cell in there)
        same = plain and all(str(float(cell)) == cell for cell in there if "." in cell)
        if plain and len(there) == len(cells) and all("." not in cell for cell in there):
            found[name] = "int({})"
        elif same or (computes and written):
            found[name] = "number({})"
            odd = odd or not plain or len(there) < len(cells)
        elif written and len(there) < len(cells):
            found[name], odd = "{} or None", True
    return found if odd else {}


def helpers(tables: Sequence[Table], goal: str) -> Iterable[str]:
    """Functions for the columns whose numbers or dates are not written plainly, or of which some are missing."""
    columns = [[cell.strip() for cell in table.column(at)] for table in tables for at in range(len(table.head))]
    yield from _number(columns, any("number({})" in numbers(table, goal).values() for table in tables))
    forms: dict[str, None] = {}
    for column in columns:
        found = [form for form in DATES if any(re.fullmatch(form, value) for value in column)]
        if len(found) > 1:
            forms |= {DATES[form] or _slashed(column, goal): None for form in found}
    if forms and all(forms):
        yield _DATE.format(forms=tuple(forms))


def _number(columns: Sequence[Sequence[str]], wanted: bool) -> Iterable[str]:
    """A function that reads the numbers as they are written; none where a point or comma can be read two ways.

    Where cells of numbers are empty it gives None for them, for a program that breaks at the first one is of no use.
    What is a number already stays one.
    """
    odd = [column for column in columns if any(WRITTEN.fullmatch(value) for value in column)]
    written = [value for column in odd for value in column]
    comma = any(re.search(r"\d,\d{1,2}(?!\d)", value) for value in written)
    # '1.234' beside '12,50' or '900 €' may be thousands or not.
    groups = any(re.search(r"(?<!\d)\d{1,3}\.\d{3}(?!\d)", v) and "," not in v for column in columns for v in column)
    empty = any(map(gaps, odd if odd else columns))
    if odd and not groups:
        units = any(re.search(r"\d\s*(?:kg|km|g|h)$", value) for value in written)
        read = (_COMMA if comma else _NUMBER).replace(
            "{more}", ("|None" if empty else "") + ("|k?[gm]|h" if units else "")
        )
        begin, _, value = read.rstrip().rpartition("return ")
        yield f"{begin}return {value} if digits else None\n" if empty else read
    elif not odd and (empty or wanted):
        yield _PLAIN


_DAY_FIRST = re.compile(r"\bdd?/mm?/y|\bday/month|日/月", re.I)
_MONTH_FIRST = re.compile(r"\bmm?/dd?/y|\bmonth/day|月/日", re.I)


def _slashed(column: Sequence[str], goal: str) -> str:
    """Whether the day or the month comes first in dates like 03/04/2025; '' where nothing tells."""
    pairs = [(int(found[1]), int(found[2])) for v in column if (found := re.fullmatch(r"(\d+)/(\d+)/\d{4}", v))]
    if any(first > 12 for first, _ in pairs) or _DAY_FIRST.search(goal):
        return "%d/%m/%Y"
    return "%m/%d/%Y" if any(second > 12 for _, second in pairs) or _MONTH_FIRST.search(goal) else ""
