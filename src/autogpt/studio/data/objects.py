"""Objects: JSON and JSON Lines of any make as raw rows; a bad row costs itself alone."""

import json
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import NoReturn, cast

from autogpt.core.errors import UsageError
from autogpt.studio.corpus import Rejected
from autogpt.studio.data.chat import chats_of_run
from autogpt.studio.data.raw import Raw, Rows
from autogpt.studio.data.sources import split_of
from autogpt.studio.data.text import lines, read_text

_MOST_JSON = 2_000_000_000
_SAMPLED = 200


def read_jsonl(path: Path, name: str, encoding: str = "") -> Rows:
    """One JSON object a line."""
    return _rows(_jsonl(path, name, encoding))


def _jsonl(path: Path, name: str, encoding: str) -> Iterator[Raw | Rejected]:
    for line in lines(path, name, encoding):
        if line.fault:
            yield Rejected(file=name, line=line.number, reason=line.fault)
        elif line.text.strip():
            try:
                value = json.loads(line.text, parse_constant=_refuse)
            except (ValueError, RecursionError) as error:
                yield Rejected(file=name, line=line.number, reason=f"not JSON: {str(error)[:200]}")
                continue
            yield _object(value, line.number, name)


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number in JSON")


def _object(value: object, line: int, name: str) -> Raw | Rejected:
    if isinstance(value, dict):
        return Raw(line, cast(dict[str, object], value))
    if isinstance(value, str):
        return Raw(line, {"text": value})
    if isinstance(value, list) and len(cells := cast(list[object], value)) > 1 and all(map(_is_cell, cells)):
        return Raw(line, {str(at + 1): cell for at, cell in enumerate(cells)})
    return Rejected(file=name, line=line, reason=f"an object was expected, not {type(value).__name__}")


def _is_cell(value: object) -> bool:
    return isinstance(value, str | int | float)


def _rows(found: Iterator[Raw | Rejected]) -> Rows:
    """Rows that name their columns themselves, or are lists, whose columns are numbered."""
    first = list(islice(found, _SAMPLED))
    shown = [row.values for row in first if isinstance(row, Raw)]
    names = tuple(name for name in shown[0] if name != "split") if shown else ()
    everything = chain(first, found)
    if len(names) < 2 or names != tuple(str(at + 1) for at in range(len(names))):
        return Rows(everything)
    return Rows(everything, names, headed=False, sample=tuple(shown))


def read_json_file(path: Path, name: str, encoding: str = "") -> Rows:
    """A .json file: a list of rows, an object that holds such a list, one for each split or one list a column, or JSON
    Lines. Rows are objects, or lists of which each has the same columns."""
    text = read_text(path, name, _MOST_JSON, encoding)
    body = text.lstrip()
    if body.startswith("["):
        return _rows(_list(text, text.index("[") + 1, name))
    head, _, rest = body.partition("\n")
    if rest.lstrip().startswith("{") and _parses(head):
        return read_jsonl(path, name, encoding)
    try:
        value = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{name!r} is not JSON: {str(error)[:200]}") from None
    return _rows(iter([*_inside(value, name)]))


def _parses(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _list(text: str, at: int, name: str) -> Iterator[Raw | Rejected]:
    """The objects of a JSON list one by one, so that a huge file does not lie in memory as objects too."""
    decoder = json.JSONDecoder(parse_constant=_refuse)
    line = 1 + text.count("\n", 0, at)
    while True:
        begin = at
        while at < len(text) and text[at] in " \t\r\n,":
            at += 1
        line += text.count("\n", begin, at)
        if at >= len(text):
            yield Rejected(file=name, line=line, reason="the list is cut off: its ']' is missing")
            return
        if text[at] == "]":
            return
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            yield Rejected(file=name, line=line, reason=f"not JSON from here on: {str(error)[:200]}")
            return
        yield _object(value, line, name)
        line += text.count("\n", at, end)
        at = end


def _inside(value: object, name: str) -> Iterator[Raw | Rejected]:
    if not isinstance(value, dict):
        yield _object(value, 1, name)
        return
    fields = cast(dict[str, object], value)
    if fields.get("format") == "autogpt-run" and isinstance(entries := fields.get("entries"), list):
        chats = chats_of_run(cast(list[object], entries))
        yield from (Raw(at + 1, {"messages": chat}) for at, chat in enumerate(chats))
        return
    lists = {key: cast(list[object], held) for key, held in fields.items() if isinstance(held, list)}
    if len(lists) > 1 and all(map(split_of, lists)):
        for key, held in lists.items():
            for at, one in enumerate(held):
                row = _object(one, at + 1, name)
                yield Raw(row.line, {**row.values, "split": split_of(key)}) if isinstance(row, Raw) else row
        return
    rows = [held for key, held in lists.items() if key.lower() in ("data", "rows", "examples", "items", "train")]
    if rows and all(isinstance(row, dict) for row in rows[0]):
        yield from (_object(row, at + 1, name) for at, row in enumerate(rows[0]))
    elif len(lists) == len(fields) > 1 and len({len(held) for held in lists.values()}) == 1:
        columns = zip(*lists.values(), strict=True)
        yield from (Raw(at + 1, dict(zip(lists, row, strict=True))) for at, row in enumerate(columns))
    else:
        yield Raw(1, fields)
