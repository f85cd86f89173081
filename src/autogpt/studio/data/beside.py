"""Beside: files that stand beside a corpus' own and belong to them: names of labels, and parallel files of labels."""

import json
import re
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import cast

from autogpt.core.errors import UsageError
from autogpt.studio.corpus import Rejected
from autogpt.studio.data.raw import Raw, Rows
from autogpt.studio.data.text import lines

WORDS, TAGS, LABEL = "seq.in", "seq.out", "label"
"""ATIS and SNIPS as they go about: the words of a sentence a line, their tags, and the intent."""
_NAMES = re.compile(
    r"(?i)(?:label2id|id2label|(?:intent|slot|ner|tag)?[-_]?(?:labels?|tags?|class(?:es)?|categories)"
    r"(?:[-_]?(?:list|names?|map|mapping|vocab|dict))?)\.(?:json|txt)"
)
_MOST = 1_000_000
"""Bytes of a list of names."""


def names_labels(filename: str) -> bool:
    """Whether a file is called as one that lists the labels of the files beside it."""
    return _NAMES.fullmatch(filename) is not None


def names_beside(folder: Path, tagged: bool) -> tuple[str, ...]:
    """The labels in the order of their numbers, from the file in the data's folder that lists them; none if there is no
    such file, or several that say different things.

    tagged: whether the labels are tags of words (with an O among them) or not.
    """
    files = sorted(file for file in folder.iterdir() if names_labels(file.name) and file.is_file())
    lists = {names for file in files if (names := _listed(file)) and ("O" in names) == tagged}
    return lists.pop() if len(lists) == 1 else ()


def _listed(file: Path) -> tuple[str, ...]:
    """Names a line, a JSON list, or an object from name to number or from number to name; else none."""
    try:
        text = file.read_text("utf-8-sig") if file.stat().st_size <= _MOST else ""
    except (OSError, UnicodeDecodeError):
        return ()
    names = _of_json(text) if file.suffix.lower() == ".json" else [line.strip() for line in text.splitlines()]
    while names and not names[-1]:
        names.pop()
    # Numbers have no other names, and of a list with copies or gaps nobody knows what it counts.
    if not all(names) or len(set(names)) < len(names) or all(name.isdigit() for name in names):
        return ()
    return tuple(names)


def _of_json(text: str) -> list[str]:
    try:
        held: object = json.loads(text)
    except (ValueError, RecursionError):
        return []
    if isinstance(held, list) and all(isinstance(one, str) for one in cast(list[object], held)):
        return cast(list[str], held)
    if not isinstance(held, dict):
        return []
    pairs = cast(dict[str, object], held)
    if all(isinstance(number, int) for number in pairs.values()):
        by_number = {cast(int, number): name for name, number in pairs.items()}
    elif all(name.isdigit() and isinstance(value, str) for name, value in pairs.items()):
        by_number = {int(name): cast(str, value) for name, value in pairs.items()}
    else:
        return []
    return [by_number[number] for number in sorted(by_number)] if set(by_number) == set(range(len(pairs))) else []


def read_parallel(path: Path, name: str, needed: frozenset[str], encoding: str = "") -> Rows:
    """Rows of `seq.in` with what the files beside it say of the same line: its tags, its label, or neither.

    needed: the columns that are wanted. Raises UsageError if the file that holds them is not there.
    """
    column = "tags" if "tags" in needed else "label" if needed & {"label", "labels"} else ""
    other = path.with_name(TAGS if column == "tags" else LABEL)
    if column and not other.is_file():
        raise UsageError(f"beside {name!r} there should be {other.name!r}, with a line for each of its lines")
    return Rows(_parallel(path, name, other if column else None, column, encoding))


def _parallel(path: Path, name: str, other: Path | None, column: str, encoding: str) -> Iterator[Raw | Rejected]:
    source = lines(path, name, encoding)
    theirs = lines(other, str(other), encoding) if other else None
    for words, beside in zip_longest(source, theirs) if theirs else ((line, None) for line in source):
        if words is None or (theirs and beside is None):
            line = (words or beside).number  # pyright: ignore[reportOptionalMemberAccess] - one of the two is there
            told = f"{WORDS} and {other.name if other else LABEL} have not as many lines"
            yield Rejected(file=name, line=line, reason=told)
            return
        if fault := words.fault or (beside.fault if beside else ""):
            yield Rejected(file=name, line=words.number, reason=fault)
        elif words.text.strip() and beside is None:
            yield Raw(words.number, {"text": words.text.strip()})
        elif words.text.strip() and beside is not None:
            if column == "tags":
                yield Raw(words.number, {"tokens": words.text.split(), "tags": beside.text.split()})
            else:
                yield Raw(words.number, {"text": words.text.strip(), column: beside.text})
