"""Keys of a JSON object that a goal lists one per line, each with what it holds."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from autogpt.agent.legible import legible
from autogpt.agent.reading.lists import belongs
from autogpt.agent.reading.shape import NESTED
from autogpt.core.check import Check, PythonHolds

_LINE = re.compile(
    r"^[ \t]*(?:[-*•]|\d+[.)、])?[ \t]*[`\"'“](?P<key>[\w\u4e00-\u9fff][\w\u4e00-\u9fff -]{0,40})[`\"'”][ \t]*"
    r"(?P<more>[(（:：,，=–—-].*|(?:is|are|holds|为|是).*)$",
    re.M,
)
_OBJECT = re.compile(r"\b(?:objects?|keys?|fields?|JSON)\b|键|字段|对象", re.I)
_NUMBER = re.compile(
    r"[(（](?:an?\s+)?(?:whole\s+)?(?:number|integer|int|float|数字|整数|数值)[)）]|"
    r"^\W*(?:the\s+)?(?:total\s+)?number of\b|^\W*how many\b",
    re.I,
)
_TEXT = re.compile(r"[(（](?:an?\s+)?(?:string|text|str|字符串|文本)[)）]", re.I)
_MAY_LACK = re.compile(r"\b(?:null|none|optional|if (?:there|it|any)|only if|omit\w*)\b|可选|没有|如果|为空|省略", re.I)


_ONE_OBJECT = re.compile(r"\b(?:an?|one|single) (?:JSON )?objects?\b|一个\s*(?:JSON\s*)?对象|是.{0,3}对象", re.I)


class Field(NamedTuple):
    name: str
    kind: str
    """'number', 'text' or ''."""
    may_lack: bool


def fields(goal: str, outputs: Sequence[str]) -> tuple[Check, ...]:
    """The check that the JSON file has the keys that the goal lists one per line, and values of the kind it says."""
    goal = legible(goal)
    trees = [path for path in outputs if path.endswith(".json")]
    found: list[Check] = []
    for lines in _blocks(goal):
        before = re.split(r"\n\s*\n\s*\n|(?<=[.。;；])\s", goal[: lines[0].start()].rstrip())[-1]
        paths = [path for path in trees if belongs(goal, lines[0], path)]
        if len(paths) != 1 or not _OBJECT.search(before) or len(lines) < 2:
            continue
        listed = [_field(line) for line in lines]
        needed = [field.name for field in listed if not field.may_lack]
        numbers = [field.name for field in listed if field.kind == "number" and not field.may_lack]
        texts = [field.name for field in listed if field.kind == "text" and not field.may_lack]
        nested = NESTED.search(_ONE_OBJECT.sub("", before))
        code = _HAS.format(path=paths[0], names=needed, numbers=numbers, texts=texts, deep=bool(nested))
        label = f"{paths[0]} has the keys {', '.join(needed)}"
        found.append(PythonHolds(code=code, label=label, source="goal"))
    return tuple(found)


def _blocks(goal: str) -> list[list[re.Match[str]]]:
    """The lines that name a key, those on end together; a line that goes on the one before does not part them."""
    blocks: list[list[re.Match[str]]] = []
    for line in _LINE.finditer(goal):
        gap = goal[blocks[-1][-1].end() : line.start()] if blocks else "\n\n"
        if blocks and re.fullmatch(r"\n(?:[ \t]{2,}\S.*\n)?", gap):
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return blocks


def _field(line: re.Match[str]) -> Field:
    more = line["more"].lstrip(":：,， ")
    kind = "number" if _NUMBER.search(more) else "text" if _TEXT.search(more) else ""
    return Field(line["key"].strip(), kind, _MAY_LACK.search(more) is not None)


_HAS = """\
import json

def objects(value):
    if isinstance(value, dict):
        yield value
    for one in (value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()):
        yield from objects(one)

value = json.load(open({path!r}, encoding='utf-8-sig'))
there = list(objects(value)) if {deep} else [value] if isinstance(value, dict) else []
best = max(there, key=lambda one: sum(name in one for name in {names!r}), default={{}})
lacks = [name for name in {names!r} if name not in best]
if lacks:
    raise AssertionError('{path} lacks ' + ', '.join(lacks) + '; the keys there are ' + ', '.join(map(str, best)))
for name in {names!r}:
    if best[name] is None or best[name] == '':
        raise AssertionError(f'{{name}} in {path} is empty')
for name in {numbers!r}:
    if isinstance(best[name], bool) or not isinstance(best[name], (int, float)):
        raise AssertionError(f'{{name}} in {path} must be a number and is {{best[name]!r}}')
for name in {texts!r}:
    if not isinstance(best[name], str):
        raise AssertionError(f'{{name}} in {path} must be a text and is {{best[name]!r}}')"""
