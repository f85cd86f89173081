"""The output as a goal shows it in lines by themselves: what of it must be there, and what only shows the form.

A row of the example whose words all stand in the data is a result that the goal gives away, and is demanded; other
rows are made up, and only the headings, or the keys and kinds of values of a JSON example, are.
"""

import json
import re
from collections.abc import Sequence

from pydantic import JsonValue

from autogpt.agent.legible import legible
from autogpt.agent.reading.lists import FILE
from autogpt.core.check import Check, PythonHolds
from autogpt.core.contracts import FileHead

_INTRO = re.compile(
    # Only from the start of a line: tried at every character, a long line took the square of its length.
    r"(?m:^)[^\n]*"
    r"(?:\b(?:like\s+th(?:is|ese)|looks?\s+like(?:\s+this)?|for\s+(?:example|instance)|e\.g\.|(?:an?|the)\s+example|"
    r"such\s+as|as\s+follows|in\s+th(?:is|e\s+following)\s+(?:form|format|shape))|例如|比如|形如|像这样|这样|如下|示例|格式)"
    r"[^\n:：]{0,40}[:：][ \t]*\n(?:[ \t]*\n)?"
    r"(?P<block>(?:[ \t]*(?:```|~~~)[^\n]*\n[\s\S]*?\n[ \t]*(?:```|~~~)|[\s\S]+?(?=\n[ \t]*\n(?![ \t]*[|#])|\Z)))",
    re.I,
)
_CODE = re.compile(r"->|→|=>|\bbecomes\b|^\s*(?:def|class|import|from|assert|python3?|\$|>>>)\b", re.M)
_RULE = re.compile(r"[\s|:-]+")


def blocks(goal: str) -> list[tuple[re.Match[str], str]]:
    """The examples of an output that stand in lines by themselves: where, and what."""
    found: list[tuple[re.Match[str], str]] = []
    for match in _INTRO.finditer(goal):
        text = re.sub(r"^[ \t]*(?:```|~~~)[^\n]*\n?", "", match["block"], flags=re.M)
        if text.strip() and not _CODE.search(text):
            found.append((match, text))
    return found


def without_blocks(goal: str) -> str:
    """The goal with blanks where it shows what a file holds: the files such lines name are nobody's order."""
    for match, _ in blocks(goal):
        start, end = match.span("block")
        said = _sentence(goal, start)
        if not FILE.search(said) or _FOLDER.search(said):
            continue  # the files that a folder is to hold are ordered, too
        goal = goal[:start] + re.sub(r"[^\n]", " ", goal[start:end]) + goal[end:]
    return goal


def shown(goal: str, outputs: Sequence[str], files: Sequence[FileHead]) -> tuple[Check, ...]:
    """What the examples of its output in a goal demand of the files made."""
    goal = legible(goal)
    data = "\n".join(file.head for file in files)
    found: list[Check] = []
    for match, text in blocks(goal):
        here = FILE.findall(_sentence(goal, match.start("block")))
        if here and not any(here[-1].endswith(path) for path in outputs):
            continue  # that is how a file looks that is there
        path = last_named(goal[: match.start("block")], outputs)
        if path.endswith(".json"):
            found += _tree(path, text, without_blocks(goal))
        elif path.endswith((".md", ".csv")):
            found += _table(path, text, data)
    return tuple(dict.fromkeys(found))


_FOLDER = re.compile(r"\b(?:folders?|director\w+|tree|structure|layout)\b|文件夹|目录|结构", re.I)


def _sentence(goal: str, start: int) -> str:
    """The sentence that leads to an example."""
    return re.split(r"(?<=[.!?])\s|[。；;！？\n]", goal[:start].rstrip())[-1]


def last_named(text: str, paths: Sequence[str]) -> str:
    """The one of the files that the text names last; '' if none."""
    named = [path for name in FILE.findall(text) for path in paths if name.endswith(path)]
    return named[-1] if named else ""


def _table(path: str, text: str, data: str) -> list[Check]:
    lines = [line.strip() for line in text.strip().splitlines() if line.strip() and not _RULE.fullmatch(line.strip())]
    separator = "|" if path.endswith(".md") else ","
    rows = [line for line in lines if separator in line]
    if not rows or (path.endswith(".csv") and len(rows) != len(lines)):
        return []
    real = [row for row in rows[1:] if _is_real(row, separator, data)]
    made_up = len(real) < len(rows) - 1
    heads = [line for line in lines if line.startswith("#")] if path.endswith(".md") else []
    # The columns of a table about other people may be named after them, too.
    wanted = [*heads, *(rows[:1] if separator == "|" or not made_up else []), *real]
    if not wanted:
        return []
    label = f"{path} has the lines shown in the goal: {'; '.join(wanted)}"
    return [PythonHolds(code=_LINES.format(path=path, wanted=wanted), label=label[:160], source="goal")]


def _is_real(row: str, separator: str, data: str) -> bool:
    """Whether all words of the row stand in the data, so that it is no made-up one."""
    cells = [cell.strip() for cell in row.strip("|").split(separator)]
    words = [cell for cell in cells if re.search(r"[^\W\d_]", cell)]
    return bool(words) and all(word in data for word in words) and len(words) < len(cells)


def _tree(path: str, text: str, goal: str) -> list[Check]:
    try:
        value: JsonValue = json.loads(text)
    except (ValueError, RecursionError):
        return []
    form = _form(value, goal, listed=False)
    if not form or form == "any":
        return []
    code = _FORM.format(path=path, form=json.dumps(form, ensure_ascii=False))
    return [PythonHolds(code=code, label=f"{path} has the form shown in the goal", source="goal")]


def _form(value: JsonValue, goal: str, *, listed: bool) -> JsonValue:
    """Keys and kinds of a JSON value: of a list those of its first element.

    The keys of an object by itself may be made-up data, such as names: those the goal names are not, nor those of
    values of several kinds.
    """
    match value:
        case list():
            return [_form(value[0], goal, listed=True)] if value else []
        case dict():
            form = {key: _form(one, goal, listed=False) for key, one in value.items()}
            kinds = {json.dumps(one) for one in form.values()}
            record = listed or len(kinds) > 1 or all(re.search(rf"\b{re.escape(key)}\b", goal) for key in form)
            return form if record else {}
        case str():
            return "text"
        case bool() | None:
            return "any"
        case _:
            return "number"


_LINES = """\
import re
def plain(line):
    return re.sub(r'\\s*([|,])\\s*', r'\\1', ' '.join(line.strip().strip('|').split()))
lines = [plain(line) for line in open({path!r}, encoding='utf-8-sig').read().splitlines()]
for line in {wanted!r}:
    if plain(line) not in lines:
        raise AssertionError('{path} lacks the line ' + line + '; its last line is ' + (lines[-1] if lines else '-'))"""

_FORM = """\
import json
def fits(value, form, at):
    if value is None or form == 'any':
        return ''
    if isinstance(form, list):
        if not isinstance(value, list):
            return at + ' must be a list'
        found = [fits(one, form[0], f'{{at}}[{{n}}]') for n, one in enumerate(value)] if form else []
        return next((why for why in found if why), '')
    if isinstance(form, dict):
        if not isinstance(value, dict):
            return at + ' must be an object'
        lacks = [key for key in form if key not in value]
        found = [fits(value[key], one, f'{{at}}.{{key}}') for key, one in form.items() if key in value]
        return at + ' lacks ' + ', '.join(lacks) if lacks else next((why for why in found if why), '')
    right = isinstance(value, str) if form == 'text' else isinstance(value, (int, float)) and value is not True
    return '' if right else f'{{at}} must be a {{form}} and is {{value!r}}'
why = fits(json.load(open({path!r}, encoding='utf-8-sig')), json.loads({form!r}), {path!r})
if why:
    raise AssertionError(why)"""
