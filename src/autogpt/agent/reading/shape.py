"""Checks on the shape of data that a goal describes: keys of a JSON file, fields that are numbers, their decimals."""

import re
from collections.abc import Sequence

from autogpt.agent.legible import legible
from autogpt.agent.reading.lists import COLUMNS, KEYS, belongs, told
from autogpt.core.check import Check, PythonHolds

_NUMBER = re.compile(
    r"[`\"'“]?(?P<field>[A-Za-z_]\w*)[`\"'”]?\s+(?:should|must|has to)\s+be\s+(?:a\s+)?(?:numbers?|numeric|integers?)\b|"
    r"[`\"'“]?(?P<zh>[\w\u4e00-\u9fff]+?)[`\"'”]?\s*(?:应|必须|要|应该)(?:是|为)(?:数字|整数|数值)|"
    r"(?:^|[,:;(、，；：]|\band|\bkeys?|[`\"'“])\s*(?P<told>[A-Za-z_]\w*)[`\"'”]?\s*[(（]\s*(?:as\s+)?(?:an?\s+)?(?:whole\s+)?(?:number|integer|float|数字|整数)\s*[)）,，]",
    re.I,
)
_ALL_NUMBERS = re.compile(
    r"值(?:都)?(?:是|为|写成)(?:[^，。；\n（()]{0,12}[（(])?(?:数字|整数)(?=[）)，。；\s]|$)|\bvalues? (?:is|are|being)\b[^.;\n(]{0,40}\((?:an? )?(?:numbers?|integers?)\)",
    re.I,
)
NESTED = re.compile(
    r"\b(?:each|every|per|lists? of|arrays? of|list|array|objects|one for|mapp\w+|from \w+ to|grouped|nested|under|inside|records?|"
    r"entries|rows|items|elements)\b|每个|每条|每一|数组|列表|对象|为键|分组|嵌套|下面",
    re.I,
)
"""Words of goals whose keys may be those of a part."""
DECIMALS = re.compile(
    r"(?:\b(?:with|to|has|have|in) |[(,]\s?)(?:exactly )?(?P<en>one|two|three|[1-6]) (?:decimals?\b|decimal (?:places?|digits?)\b|digits? after the)|"
    r"(?P<zh>[一两二三1-6])\s*位小数",
    re.I,
)
"""How many digits numbers are to have after the point."""
COUNT = {"one": 1, "two": 2, "three": 3, "一": 1, "两": 2, "二": 2, "三": 3}
_ROUNDED = re.compile(r"\bround\w*\b|四舍五入", re.I)
_VALIDATES = re.compile(r"\b(?:valid\w*|invalid|check\w*|reject\w*)\b|校验|不合格|检查", re.I)
_OR_NONE = re.compile(r"\b(?:null|none|empty|missing|optional|or|if)\b|空|缺失|或|如果", re.I)


def shapes(goal: str, outputs: Sequence[str]) -> tuple[Check, ...]:
    """The shape checks for the one CSV and the one JSON file that the goal delivers; with more, words are ambiguous."""
    goal = legible(goal)
    tables = [path for path in outputs if path.endswith(".csv")]
    trees = [path for path in outputs if path.endswith(".json")]
    checks: list[Check] = []
    digits = DECIMALS.search(goal)
    texts = [path for path in outputs if path.endswith((".csv", ".txt", ".md"))]
    if len(texts) == len(outputs) == 1 or (len(tables) == 1 and digits and belongs(goal, digits, tables[0])):
        path = (tables or texts)[0]
        if digits and not _ROUNDED.search(goal):
            said = (digits["en"] or digits["zh"]).lower()
            count = COUNT.get(said) or int(said)
            column = _column(goal, digits, path) if path in tables else ""
            template = _COLUMN if column else _FIXED if path in tables else _TOLD
            code = template.format(path=path, count=count, column=column)
            checks.append(PythonHolds(code=code, label=f"{path} has numbers with {count} decimals", source="goal"))
    if len(trees) == 1:
        if not NESTED.search(_without_remarks(goal)) and (names := told(KEYS, goal, trees[0])):
            code = f"import json\nvalue = json.load(open({trees[0]!r}, encoding='utf-8'))\n"
            code += f"assert set(value) == set({names!r}), sorted(value)"
            checks.append(PythonHolds(code=code, label=f"{trees[0]} has the keys {', '.join(names)}", source="goal"))
        elif names := told(KEYS, goal, trees[0]):
            code = SOMEWHERE.format(path=trees[0], names=names)
            checks.append(PythonHolds(code=code, label=f"{trees[0]} has the keys {', '.join(names)}", source="goal"))
        if _ALL_NUMBERS.search(goal):
            code = _NUMBERS.format(path=trees[0])
            checks.append(PythonHolds(code=code, label=f"every value in {trees[0]} is a number", source="goal"))
        for match in _NUMBER.finditer(goal):
            if match["told"] and re.search(r"\btext\b|\bstring\b|leading zero", match[0] + goal[match.end() :][:40]):
                continue
            if not match["told"] and _VALIDATES.search(goal):
                continue
            if _OR_NONE.search(re.split(r"[)）]" if match["told"] else r"[.;。；\n]", goal[match.end() - 1 :])[0]):
                continue
            field = match["field"] or match["zh"] or match["told"]
            checks.append(
                PythonHolds(
                    code=_NUMERIC.format(path=trees[0], field=field),
                    label=f"every {field} in {trees[0]} is a number",
                    source="goal",
                )
            )
    return tuple(checks)


def _column(goal: str, digits: re.Match[str], path: str) -> str:
    """The column of the table of whose numbers it is said how many decimals they have: '' where none is named."""
    clause = re.split(r"[.;,:。；，：\n(（]", goal[: digits.start()])[-1]
    named = re.findall(r"[\w\u4e00-\u9fff]+", clause)
    names = told(COLUMNS, goal, path)
    last = [name for name in named if name in names] or [
        n for n in names if re.search(rf"{re.escape(n)}\W*(?:保留|要|都|用)?$", clause)
    ]
    return last[-1] if len(set(last)) == 1 else ""


def _without_remarks(goal: str) -> str:
    return re.sub(r"[(（][^)）\n]*[)）]", "", goal)


_TOLD = """\
import re
text = open({path!r}, encoding='utf-8-sig').read()
if not re.search(r"\\d[.,]\\d{{{count}}}(?!\\d)", text):
    raise AssertionError('no number in {path} has {count} decimals, such as ' + f'{{1.5:.{count}f}}' + ': ' + text[:80])"""

SOMEWHERE = """\
import json

def objects(value):
    if isinstance(value, dict):
        yield value
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(one)

found = [sorted(one) for one in objects(json.load(open({path!r}, encoding='utf-8')))]
if found and not any(set({names!r}) <= set(keys) for keys in found):
    raise AssertionError('no object in {path} has the keys ' + ', '.join({names!r}) + '; there are ' + ', '.join(found[-1]))"""
_FIXED = """\
import csv, re
rows = list(csv.reader(open({path!r}, encoding='utf-8-sig', newline='')))[1:]
fixed = re.compile(r"[-+(]?[^\\w\\s]?[\\d,.' ]*\\d[.,]\\d{{{count}}}\\)?\\s*(?:%|[^\\d\\s]{{1,4}})?")
if rows and not any(fixed.fullmatch(cell.strip()) for row in rows for cell in row):
    raise AssertionError('no number in {path} has {count} decimals, such as ' + f'{{1.5:.{count}f}}')"""

_COLUMN = """\
import csv, re
rows = list(csv.DictReader(open({path!r}, encoding='utf-8-sig', newline='')))
wrong = [row for row in rows if re.fullmatch(r"[-+]?\\d+(?:\\.\\d*)?", (row.get({column!r}) or '').strip())
         and not re.search(r"\\.\\d{{{count}}}$", row[{column!r}].strip())]
if wrong:
    raise AssertionError('{column} in {path} must have {count} decimals, such as ' + f'{{1.5:.{count}f}}' + ', and there is '
                         + wrong[0][{column!r}])"""

_NUMBERS = """\
import json
value = json.load(open({path!r}, encoding='utf-8'))
wrong = {{key: one for key, one in value.items() if isinstance(one, bool) or not isinstance(one, (int, float))}}
if wrong:
    raise AssertionError('not numbers in {path}: ' + ', '.join(f'{{key}}: {{one!r}}' for key, one in list(wrong.items())[:3]))"""

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
assert not wrong, f'not numbers: {{wrong[:3]!r}}'"""
