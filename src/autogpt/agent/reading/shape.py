"""Checks on the shape of data that a goal describes: columns of a CSV file, keys of a JSON file, fields that are numbers."""

import re
from collections.abc import Sequence

from autogpt.agent.legible import legible
from autogpt.core.check import Check, PythonHolds

_END = r"(?=\s*(?:,|and\b|、|，|和|[.;:。；\n()（]|$))"
_NOTE = r"(?:\s*[(（][^)）\n]{0,80}[)）])?"
_NAME = rf"(?:[`\"'“][\w\u4e00-\u9fff]+[`\"'”]{_NOTE}|[\w\u4e00-\u9fff]+{_NOTE}{_END})"
# A list that goes on in a way this cannot read is no list: half of one would be a false demand.
_ALL = r"(?!\s*(?:、|和|and\b(?!\s+(?:\d|one\b|at\b|exactly\b|write\b|save\b))))"
_NAMES = rf"(?:{_NAME})(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s*[、，和]\s*)(?:{_NAME}))*{_ALL}"
_COLUMNS = re.compile(
    rf"\b(?:with|and)\s+(?:the\s+)?(?:(?:two|three|four|five|six|seven|eight|following|exact|\d)\s+)?columns\s*:?\s*({_NAMES})|(?:列名?|表头)(?:为|是|：|:)\s*({_NAMES})",
    re.I,
)
_KEYS = re.compile(
    rf"\bwith\s+(?:the\s+)?keys?\b\s*:?\s*({_NAMES})|\.json\s+with:\s*({_NAMES})|(?:键|字段)名?(?:为|是|：|:)\s*({_NAMES})",
    re.I,
)
_NUMBER = re.compile(
    r"[`\"'“]?(?P<field>[A-Za-z_]\w*)[`\"'”]?\s+(?:should|must|has to)\s+be\s+(?:a\s+)?(?:numbers?|numeric|integers?)\b|"
    r"[`\"'“]?(?P<zh>[\w\u4e00-\u9fff]+?)[`\"'”]?\s*(?:应|必须|要|应该)(?:是|为)(?:数字|整数|数值)|"
    r"(?:^|[,:;(、，；：]|\band|\bkeys?|[`\"'“])\s*(?P<told>[A-Za-z_]\w*)[`\"'”]?\s*[(（]\s*(?:as\s+)?(?:an?\s+)?(?:whole\s+)?(?:number|integer|float|数字|整数)\s*[)）,，]",
    re.I,
)
NESTED = re.compile(
    r"\b(?:each|every|per|lists? of|arrays? of|list|array|objects|one for|mapp\w+|from \w+ to|grouped|nested|under|inside|records?|"
    r"entries|rows|items|elements)\b|每个|每条|每一|数组|列表|对象|为键|分组|嵌套|下面",
    re.I,
)
"""Words of goals whose keys may be those of a part."""
_OTHERWISE = re.compile(
    r"\bsemicolons?\b|\btabs?\b|\bpipes?\b|\bdelimi\w+|\bseparat\w+|\b(?:no|without(?: an?)?) header|分号|制表符|分隔|(?:无|没有|不要|不含)表头",
    re.I,
)
"""A table whose first line is not simply its names with commas."""
DECIMALS = re.compile(
    r"\b(?:with|to|has|have|in) (?:exactly )?(?P<en>one|two|three|[1-6]) (?:decimals?\b|decimal (?:places?|digits?)\b|digits? after the)|"
    r"(?P<zh>[一两二三1-6])\s*位小数",
    re.I,
)
"""How many digits numbers are to have after the point."""
_COUNT = {"one": 1, "two": 2, "three": 3, "一": 1, "两": 2, "二": 2, "三": 3}
_ROUNDED = re.compile(r"\bround\w*\b|四舍五入", re.I)
_VALIDATES = re.compile(r"\b(?:valid\w*|invalid|check\w*|reject\w*)\b|校验|不合格|检查", re.I)
_OR_NONE = re.compile(r"\b(?:null|none|empty|missing|optional|or|if)\b|空|缺失|或|如果", re.I)
FILE = re.compile(r"[\w\u4e00-\u9fff./-]+\.(?:csv|tsv|jsonl?|xlsx|db|sqlite3?|md|txt|log|ya?ml|toml|xml|html|ini|py)\b")


def shapes(goal: str, outputs: Sequence[str]) -> tuple[Check, ...]:
    """The shape checks for the one CSV and the one JSON file that the goal delivers; with more, words are ambiguous."""
    goal = legible(goal)
    tables = [path for path in outputs if path.endswith(".csv")]
    trees = [path for path in outputs if path.endswith(".json")]
    checks: list[Check] = []
    if len(tables) == 1 and not _OTHERWISE.search(goal) and (names := _told(_COLUMNS, goal, tables[0])):
        code = f"import csv\nhead = next(csv.reader(open({tables[0]!r}, encoding='utf-8-sig', newline='')))\n"
        told = f"the first line of {tables[0]} must be {','.join(names)} and is "
        code += f"if [name.strip() for name in head] != {names!r}:\n    raise AssertionError({told!r} + ','.join(head))"
        checks.append(PythonHolds(code=code, label=f"{tables[0]} has the columns {', '.join(names)}", source="goal"))
    digits = DECIMALS.search(goal)
    texts = [path for path in outputs if path.endswith((".csv", ".txt", ".md"))]
    if len(texts) == len(outputs) == 1 or (len(tables) == 1 and digits and belongs(goal, digits, tables[0])):
        path = (tables or texts)[0]
        if digits and not _ROUNDED.search(goal):
            said = (digits["en"] or digits["zh"]).lower()
            count = _COUNT.get(said) or int(said)
            column = _column(goal, digits, path) if path in tables else ""
            template = _COLUMN if column else _FIXED if path in tables else _TOLD
            code = template.format(path=path, count=count, column=column)
            checks.append(PythonHolds(code=code, label=f"{path} has numbers with {count} decimals", source="goal"))
    if len(trees) == 1:
        if not NESTED.search(_without_remarks(goal)) and (names := _told(_KEYS, goal, trees[0])):
            code = f"import json\nvalue = json.load(open({trees[0]!r}, encoding='utf-8'))\n"
            code += f"assert set(value) == set({names!r}), sorted(value)"
            checks.append(PythonHolds(code=code, label=f"{trees[0]} has the keys {', '.join(names)}", source="goal"))
        elif names := _told(_KEYS, goal, trees[0]):
            code = _SOMEWHERE.format(path=trees[0], names=names)
            checks.append(PythonHolds(code=code, label=f"{trees[0]} has the keys {', '.join(names)}", source="goal"))
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
    names = _told(_COLUMNS, goal, path)
    last = [name for name in named if name in names] or [
        n for n in names if re.search(rf"{re.escape(n)}\W*(?:保留|要|都|用)?$", clause)
    ]
    return last[-1] if len(set(last)) == 1 else ""


def _told(pattern: re.Pattern[str], goal: str, path: str) -> list[str]:
    """The names in the first list that speaks of the file; one word alone may describe the names instead of being one."""
    for match in pattern.finditer(goal):
        if pattern is _KEYS and re.search(r"\bkeys?\b|键", goal[: match.start()]):
            continue  # the keys of what is under a key
        if pattern is _KEYS and _MAPPED.search(goal[match.start() : match.end() + 20]):
            continue  # what stands as keys, and not how they are called
        if _ends(match) and belongs(goal, match, path) and len(names := _listed(match)) > 1:
            return names
    return []


_MAPPED = re.compile(r"值\s*(?:都?是|为|：|:)|\bvalues?\s+(?:is|are|being)\b")


def belongs(goal: str, match: re.Match[str], path: str) -> bool:
    """Whether what is said there is said of the file: it is the last one named before, or the only one named."""
    before = FILE.findall(goal[: match.start() + 1])
    if before:
        return before[-1].endswith(path)
    sentence = (
        re.split(r"[.;。；]\s|\n", goal[: match.start() + 1])[-1]
        + re.split(r"[.;。；]\s|\n", goal[match.start() + 1 :])[0]
    )
    after = FILE.findall(goal[match.end() :])
    return not after or (after[0].endswith(path) and path in sentence and not _GIVEN.search(sentence))


_GIVEN = re.compile(
    r"\b(?:exports?|gives?|returns?|holds?|sends?|has|have)\b|\bone with\b.*\bone with\b|导出|返回", re.I
)
"""Sentences on what is there, not on what is to be made."""


def _without_remarks(goal: str) -> str:
    return re.sub(r"[(（][^)）\n]*[)）]", "", goal)


def _ends(match: re.Match[str]) -> bool:
    """Whether the list ends here: a comma after names without an 'and' may lead to one more that cannot be read."""
    after = match.string[match.end() :].lstrip()
    if after.startswith("，"):
        return "，" not in match[0]
    if re.match(r",\s*(?:plus|and|then|with|followed)\b", after):
        return False
    return not after.startswith(",") or re.search(r"\band\b|和", _names(match)) is not None


def _names(match: re.Match[str]) -> str:
    return next(group for group in match.groups() if group)


def _listed(match: re.Match[str]) -> list[str]:
    text = re.sub(r"\([^)]*\)", "", _names(match))
    text = re.sub(r"（[^）]*）", "", text)
    if "，" in text:
        # After a list of its own, or with such words, a comma begins what is to be done with it.
        text = (
            text.split("，")[0] if re.search(r"[、和,]", text) else "" if re.search(r"[用按写以并请不]", text) else text
        )
    names = [name.strip(" `\"'“”") for name in re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+|\s*[、，和]\s*", text)]
    return [name for name in names if name]


_TOLD = """\
import re
text = open({path!r}, encoding='utf-8-sig').read()
if not re.search(r"\\d[.,]\\d{{{count}}}(?!\\d)", text):
    raise AssertionError('no number in {path} has {count} decimals, such as ' + f'{{1.5:.{count}f}}' + ': ' + text[:80])"""

_SOMEWHERE = """\
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
