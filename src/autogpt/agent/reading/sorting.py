"""The order in which a goal wants rows and lines: 'sorted by total, highest first', 'most frequent first'.

Where the words leave open which column or direction is meant, every order that they allow is accepted.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from autogpt.agent.legible import legible
from autogpt.agent.reading.lists import belongs
from autogpt.core.check import PythonHolds

__all__ = ["Order", "order_in", "sorter", "sortings"]


class Order(NamedTuple):
    key: str
    """The column's name, or '' where only its numbers are spoken of."""
    falling: bool | None
    """None where the direction is not said."""
    words: str


_BY = re.compile(
    r"\b(?:sort(?:ed|s)?|order(?:ed)?|rank(?:ed)?)\s+(?:(?:it|them|the \w+|rows|lines|entries)\s+)?by\s+(?:the\s+|their\s+|its\s+)?"
    r"[`\"'“]?(?P<key>[A-Za-z_]\w*(?: \w+){0,2}?)[`\"'”]?"
    r"(?=\s*(?:[,.;:()\n]|$|\band\b|\bthen\b|\bwith\b|\bin (?:a|de)scending\b|\bin (?:in|de)creasing\b|\b(?:a|de)scending\b|\bfrom\b|\bin the\b))",
    re.I,
)
_HAN = re.compile(
    r"按照?(?:照)?(?P<key>[\w\u4e00-\u9fff]{1,10}?)(?:的)?(?:值|大小|数值)?(?:由|从)?"
    r"(?P<way>[高大多新晚]到[低小少旧早]|[低小少旧早]到[高大多新晚]|降序|升序|递减|递增|先后)"
)
_HAN_ALONE = re.compile(r"(?:由|从)(?P<way>[高大多]到[低小少]|[低小少]到[高大多])(?:地)?(?:排列|排序|排|列出)")
_HAN_FIRST = re.compile(
    r"(?:^|(?<=[，,、：:；])|并|且)(?:其中|按)?(?P<key>[\u4e00-\u9fff\w]{0,8}?)(?:最)?(?P<way>[高多大低少小])的(?:都|要|应该?)?(?:排|放|列|写)?(?:在)?(?:最)?前面?(?=$|[，,。；;、])"
)
"""'积分高的排在前面'."""
_FIRST = r"(?:(?:come\s+|comes\s+)?first|(?:at\s+the|on)\s+top)\b"
_FALLING = re.compile(
    rf"\b(?:(?:the\s+)?(?:most|highest|largest|biggest|greatest|longest|newest|latest)(?:\s+\w+){{0,2}}\s+{_FIRST}|"
    r"(?:in )?descending(?: order)?|in decreasing order|from (?:the )?(?:highest|largest|most|newest)\b)",
    re.I,
)
_RISING = re.compile(
    rf"\b(?:(?:the\s+)?(?:fewest|lowest|smallest|cheapest|shortest|oldest|earliest)(?:\s+\w+){{0,2}}\s+{_FIRST}|"
    r"(?:in )?ascending(?: order)?|in increasing order|from (?:the )?(?:lowest|smallest|fewest|oldest)\b)",
    re.I,
)
_TIES = re.compile(r"^\s*,?\s*(?:and\s+|then\s+)?(?:alphabetical\w*|by (?:name|word))\b", re.I)
_NOT = re.compile(
    r"\b(?:not|never|without|unsorted|instead|within|inside|in each|for each|under each|reverse\w*|if|when|option\w*|can be|"
    r"same order|original|stable|newest|latest|oldest|earliest)\b|n['’]t\b|--\w|[不别]|每组|组内|各自|如果|若|选项|原来|原有|新到旧|晚到早",
    re.I,
)
"""What makes an order one of a part, one to choose, or one of times, whose forms are many."""
_MORE_ROWS = re.compile(
    r"\b(?:totals?|sums?|summary|grand total|average) (?:row|line)|\b(?:last|final|first|bottom|top) (?:row|line)\b|\bat the (?:end|bottom|top)\b|"
    r"[合总]计行|(?:最后|末尾|开头|首)一?行|最后加",
    re.I,
)


def order_in(sentence: str) -> Order | None:
    """The one order a sentence states; None where it states none, several, or one on a condition."""
    if _NOT.search(sentence):
        return None
    by = [*_BY.finditer(sentence), *(list(_HAN.finditer(sentence)) or _HAN_FIRST.finditer(sentence))]
    if len(by) > 1:
        return None
    if by:
        key = by[0]["key"].strip()
        way = by[0].groupdict().get("way")
        after = sentence[by[0].end() :]
        falling = _falls(way) if way else True if _FALLING.search(after) else False if _RISING.search(after) else None
        return Order(key, falling, by[0][0])
    alone = [*_FALLING.finditer(sentence), *_RISING.finditer(sentence), *_HAN_ALONE.finditer(sentence)]
    if len(alone) != 1:
        return None
    way = alone[0].groupdict().get("way")
    return Order("", _falls(way) if way else _FALLING.fullmatch(alone[0][0]) is not None, alone[0][0])


def _falls(way: str) -> bool | None:
    return None if way == "先后" else way[0] in "高大多降" or way == "递减"


def ties_by_text(sentence: str, order: Order) -> bool:
    """Whether rows that are equal in the order are to stand alphabetically."""
    return _TIES.match(sentence[sentence.find(order.words) + len(order.words) :]) is not None


def sortings(goal: str, outputs: Sequence[str]) -> tuple[PythonHolds, ...]:
    """The check that the one table the goal delivers (CSV, JSON list, Markdown) stands in the order it states."""
    if (told := _told(goal, outputs)) is None:
        return ()
    path, order = told
    code = (_COLUMNS + _SORTED).format(path=path, key=order.key, falling=order.falling)
    return (PythonHolds(code=code, label=f"the order of {path} is as told: {order.words}", source="goal"),)


def sorter(goal: str, outputs: Sequence[str]) -> str:
    """Python that puts the CSV or JSON list into the order that `sortings` checks; '' where there is none to put."""
    told = _told(goal, outputs)
    if told is None or not told[0].endswith((".csv", ".json")):
        return ""
    path, order = told
    return (_COLUMNS + _SORT).format(path=path, key=order.key, falling=order.falling)


def _told(goal: str, outputs: Sequence[str]) -> tuple[str, Order] | None:
    """The one table of the goal and the one order it states for it."""
    goal = legible(goal)
    tables = [path for path in outputs if path.endswith((".csv", ".json", ".md"))]
    if len(tables) != 1 or _MORE_ROWS.search(_RISING.sub(" ", _FALLING.sub(" ", goal))):
        return None
    found = [
        (order, match)
        for match in re.finditer(r"[^.;。；\n]+(?:\.(?=\w)[^.;。；\n]*)*", goal)
        if (order := order_in(match[0])) is not None
    ]
    if len(found) != 1:
        return None
    order, sentence = found[0]
    # The file may be named in the sentence before the order, another one before the sentence.
    place = re.compile(re.escape(order.words)).search(goal, sentence.start())
    near = place is not None and belongs(goal, place, tables[0])
    return (tables[0], order) if near or belongs(goal, sentence, tables[0]) else None


NUMBERS = """\
import re

def number(cell):
    text = re.sub(r"[\\s%€$£¥元]", '', str(cell))
    if re.fullmatch(r"-?\\d\\d?\\d?(,\\d\\d\\d)+(\\.\\d+)?", text):
        text = text.replace(',', '')
    return float(text) if re.fullmatch(r"-?\\d+(\\.\\d+)?", text) else None

"""
"""Python that defines `number(cell)`: the number that a cell shows, or None."""

_COLUMNS = (
    NUMBERS
    + """\
import csv, json

def table(path):
    text = open(path, encoding='utf-8-sig').read()
    if path.endswith('.csv'):
        rows = [row for row in csv.reader(text.splitlines()) if row]
    elif path.endswith('.json'):
        value = json.loads(text)
        if not (isinstance(value, list) and value and all(isinstance(one, dict) for one in value)):
            return [], []
        return list(value[0]), [[one.get(name) for name in value[0]] for one in value]
    else:
        blocks = re.findall(r"(?:^[ ]*\\|.*\\n?)+", text, re.M)
        if len(blocks) != 1:
            return [], []
        rows = [[cell.strip() for cell in line.strip().strip('|').split('|')] for line in blocks[0].splitlines()]
        rows = [row for row in rows if not all(re.fullmatch(':?-+:?', cell) for cell in row)]
    return (rows[0], [row for row in rows[1:] if len(row) == len(rows[0])]) if rows else ([], [])

OWN = 'month day weekday size priority severity status level grade'.split()  # whose order is no alphabet's
ISO = r"\\d\\d\\d\\d-\\d\\d(-\\d\\d)?([ T]\\d\\d:\\d\\d(:\\d\\d)?)?|\\d\\d:\\d\\d"
head, rows = table({path!r})
plain = [re.sub(r"[\\W_]+", ' ', str(name)).strip().lower() for name in head]
key = re.sub(r"[\\W_]+", ' ', {key!r}).strip().lower()
columns = [[row[at] for row in rows] for at in range(len(head))]
numeric = [at for at, cells in enumerate(columns) if cells and all(number(cell) is not None for cell in cells)]
chosen = [plain.index(key)] if plain.count(key) == 1 else [] if key or len(numeric) != 1 else numeric
for at in chosen:
    cells = columns[at]
    if at in numeric:
        orders = [[number(cell) for cell in cells]]
    elif key not in OWN and (
        all(isinstance(cell, str) and re.fullmatch('[ -/:-~]*', cell) for cell in cells)
        or all(isinstance(cell, str) and re.fullmatch(ISO, cell) for cell in cells)
    ):
        orders = [cells, [cell.lower() for cell in cells]]
    else:
        orders = []
"""
)
"""Python that finds in a table the column of an order (`at`), its cells and what they are sorted by (`orders`)."""
_SORTED = """\
    ways = [False, True] if {falling!r} is None and at in numeric else [bool({falling!r})]
    if orders and not any(sorted(values, reverse=way) == values for values in orders for way in ways):
        how = ', the highest first' if {falling!r} else ''
        raise AssertionError('{path} is not sorted by ' + str(head[at]) + how + ': ' + ', '.join(map(str, cells[:6])))"""
_SORT = """\
    numbers = sorted(range(len(rows)), key=lambda n: orders[-1][n], reverse=bool({falling!r})) if orders else []
    raw = open({path!r}, 'rb').read()
    form = 'utf-8-sig' if raw.startswith(b'\\xef\\xbb\\xbf') else 'utf-8'
    if {path!r}.endswith('.json') and numbers:
        value = json.loads(raw.decode(form))
        with open({path!r}, 'w', encoding=form) as file:
            json.dump([value[n] for n in numbers], file, ensure_ascii=False, indent=2 if b'\\n' in raw else None)
    elif numbers and len(list(csv.reader(raw.decode(form).splitlines()))) == len(rows) + 1:
        with open({path!r}, 'w', encoding=form, newline='') as file:
            writer = csv.writer(file, lineterminator='\\r\\n' if b'\\r\\n' in raw else '\\n')
            writer.writerows([head, *(rows[n] for n in numbers)])
"""
