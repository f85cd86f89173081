"""Columns: which column of a stranger's file is which of ours, and what it holds in the form a task wants."""

import ast
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from typing import cast

from autogpt.studio.data.chat import to_messages, to_preference
from autogpt.studio.data.conll import from_bare, is_bio, names_bare, to_bio
from autogpt.studio.data.spans import from_spans
from autogpt.studio.kind import columns_of, targets_of
from autogpt.studio.kinds.pieces import split_words

LISTS = frozenset({"labels", "tokens", "tags", "history"})
"""Columns that hold lists of strings."""

SPLIT = ("split", "partition", "datasplit", "subset", "set", "fold")
"""Plain names of columns that say which split a row is of."""

_TEXT = (
    "text sentence utterance utt review content body comment query question tweet message post document doc passage "
    "abstract headline title description input prompt 文本 内容 句子 评论 语句 正文 文章"
)
_LABEL = (
    "label labels category categories intent class classes target sentiment topic tag polarity emotion gold answer y "
    "stars rating score 标签 类别 分类 意图 情感"
)
_NAMES: dict[str, str] = {
    "text": _TEXT,
    "label": _LABEL,
    "labels": "labels label categories category tags classes topics genres intents targets 标签 类别",
    "tokens": "tokens words token word texttokens 词 字 分词 sentence text",
    "tags": "tags nertags ner labels iob bio entitytags tag label nerlabels wordlabels postags pos upos 标签 标注",
    "source": "source src input document article text dialogue question sentence en from 原文",
    "target": "target tgt output summary highlights translation abstract title answer zh to 译文 摘要",
    "prompt": "prompt instruction question input query text problem 提示 问题 指令",
    "chosen": "chosen preferred better accepted responsechosen chosenresponse win winner",
    "rejected": "rejected dispreferred worse refused responserejected rejectedresponse lose loser",
    "answer": "answer solution gold expected target finalanswer output response completion label 答案",
    "history": "history items past clicked clicks sequence session viewed bought 历史",
    "item": "item target nextitem next candidate title 物品",
    "image": "image imagepath path file filename img picture photo 图片",
}
_PAIR_FIRST = "text premise sentence1 text1 question1 texta sentencea anchor query question sentence context source"
_PAIR_SECOND = (
    "textpair hypothesis sentence2 text2 question2 textb sentenceb positive passage answer document response target"
)
_FOR_LM = f"{_TEXT} code source story markdown"


def plain(name: str) -> str:
    """A column's name without case, spaces and signs: 'NER_Tags' and 'ner tags' are one."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).casefold())


@cache
def usual_names(column: str) -> frozenset[str]:
    """The plain names by which one of our columns goes in any task."""
    return frozenset(_NAMES[column].split())


@cache
def known(task: str) -> frozenset[str]:
    """The plain names by which any column of the task goes, and those that say the split."""
    return frozenset(name for column in columns_of(task) for name in _synonyms(task, column)) | {"id", *SPLIT}


def wanted(task: str, targets: bool = True) -> tuple[str, ...]:
    """The columns rows of the task need; without `targets`, those needed to ask a model only.

    Raises UsageError for a task nobody knows.
    """
    return tuple(column for column in columns_of(task) if targets or column not in targets_of(task))


def _synonyms(task: str, column: str) -> Sequence[str]:
    if "text_pair" in columns_of(task) and column in ("text", "text_pair"):
        return (_PAIR_FIRST if column == "text" else _PAIR_SECOND).split()
    if column == "text" and task in ("causal-lm", "masked-lm"):
        return _FOR_LM.split()
    return _NAMES.get(column, column).split()


class Fitting:
    """How the rows of one file are brought into the columns of a task."""

    def __init__(
        self,
        task: str,
        names: Mapping[str, str],
        *,
        targets: bool = True,
        classes: Mapping[str, Sequence[str]] | None = None,
        labels: Sequence[str] = (),
    ) -> None:
        """names: our column to theirs, where the person said so. classes: what integers in a column stand for, by
        their column; labels: the same for the column of labels or tags, if the person said so."""
        self.task, self.names, self.columns = task, names, wanted(task, targets)
        self.classes, self.labels = classes or {}, labels
        self._asked = not targets
        self._found: dict[tuple[str, ...], dict[str, str]] = {}
        self._splits: dict[tuple[str, ...], str] = {}
        self._bare = names_bare(self.labels) or any(map(names_bare, self.classes.values()))

    def places(self, theirs: tuple[str, ...]) -> Mapping[str, str]:
        """Our column to theirs, as far as it is known, for rows with these columns."""
        if theirs not in self._found:
            self._found[theirs] = self._place(theirs)
        return self._found[theirs]

    def split(self, row: Mapping[str, object]) -> object:
        """What the row says of its split, in a column that is named after it; None if it says nothing."""
        theirs = tuple(row)
        if theirs not in self._splits:
            left = [name for name in theirs if name not in self.names.values() and plain(name) in SPLIT]
            self._splits[theirs] = min(left, key=lambda name: SPLIT.index(plain(name)), default="")
        return row.get(self._splits[theirs])

    def _place(self, theirs: tuple[str, ...]) -> dict[str, str]:
        by_plain = {plain(name): name for name in reversed(theirs)}
        found = dict(self.names)
        for column in self.columns:
            for name in (plain(column), *_synonyms(self.task, column)):
                theirs_name = by_plain.get(name)
                if column not in found and theirs_name is not None and theirs_name not in found.values():
                    found[column] = theirs_name
        missing = [column for column in self.columns if column not in found]
        left = [name for name in theirs if name not in found.values() and plain(name) not in ("id", "index", *SPLIT)]
        # Of two columns, one known: the other is what it must be.
        if len(missing) == 1 and len(left) == 1 and len(self.columns) > 1 and missing[0] not in LISTS:
            found[missing[0]] = left[0]
        return found

    def fit(self, row: Mapping[str, object]) -> dict[str, object] | str:
        """The row in our columns, or in words why that cannot be."""
        if self.columns == ("messages",):
            made = to_messages(row, self.names.get("messages"))
            return made if isinstance(made, str) else {"messages": made}
        if {"chosen", "rejected"} <= set(self.columns) and not self.names:
            row = to_preference(row)
        if self.task == "token-classification" and "tokens" not in row:
            row = from_spans(row)
        places = self.places(tuple(row))
        values: dict[str, object] = {}
        for column in self.columns:
            place = places.get(column)
            if column == "labels" and place is None:
                value: object = _one_hot(row, set(places.values()))
            elif place is None:
                return _missing(column, row)
            else:
                value = _dig(row, place)
                value = self._named(value, place, column)
                if self._asked and column == "tokens" and isinstance(value, str) and plain(place) in _TEXT.split():
                    value = split_words(value)  # as when it is asked about by itself
            made = _list(value, column) if column in LISTS else _string(value, column)
            if isinstance(made, _Fault):
                return made.reason
            values[column] = made
        tags = values.get("tags")
        # A text and its label are no word and its tag, though as many where nothing is set apart by spaces.
        texts = isinstance(tags, list) and plain(places.get("tokens", "")) in _TEXT.split()
        if texts and not is_bio(cast(list[str], tags)):
            return _missing("tokens", row)
        return _checked(values, self._bare)

    def _named(self, value: object, place: str, column: str) -> object:
        """Integers by the names they stand for."""
        if column not in ("label", "labels", "tags"):
            return value
        names = self.labels or self.classes.get(place, ())
        if column == "tags" and not names and _has_numbers(value):
            return _Fault(
                "tags are numbers, and nothing says what they stand for; give their names (--labels O,B-PER,...)"
            )
        if not names:
            return value
        if isinstance(value, list):
            return [_name(one, names) for one in cast(list[object], value)]
        return _name(value, names)


def _missing(column: str, row: Mapping[str, object]) -> str:
    return f"there is no column for {column!r}, only {', '.join(map(repr, row)) or 'none'}"[:300]


class _Fault:
    def __init__(self, reason: str) -> None:
        self.reason = reason


def _has_numbers(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(one, int) for one in cast(list[object], value))


def _name(value: object, names: Sequence[str]) -> object:
    number = int(value) if isinstance(value, str) and value.strip().isdigit() else value
    if not isinstance(number, int) or isinstance(number, bool):
        return value
    if 0 <= number < len(names):
        return names[number]
    return _Fault(f"the label {number} is none of the {len(names)} that have names")


def _dig(row: Mapping[str, object], place: str) -> object:
    """The value at a column, or at 'translation.en' inside one."""
    if place in row or "." not in place:
        return row.get(place)
    parent, _, child = place.partition(".")
    inside = row.get(parent)
    return _dig(cast(Mapping[str, object], inside), child) if isinstance(inside, Mapping) else None


def _string(value: object, column: str) -> "str | _Fault":
    match value:
        case _Fault():
            return value
        case str():
            text = value.strip() if column in ("label", "item", "image") else value
        case bool():
            text = "true" if value else "false"
        case int():
            text = str(value)
        case float():
            text = str(int(value)) if value.is_integer() else repr(value)
        case list() if column in ("label", "answer") and len(cast(list[object], value)) == 1:
            return _string(cast(list[object], value)[0], column)
        case None:
            return _Fault(f"no {column}")
        case _:
            return _Fault(f"{column}: text was expected, not {type(value).__name__}")
    if not text.strip():
        return _Fault(f"the {column} is empty")
    return text if _whole(text) else _Fault(f"{column}: holds half a surrogate pair, which is not text")


def _whole(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _list(value: object, column: str) -> "list[str] | _Fault":
    """A list of strings; also one that stands in a cell of a CSV file, as JSON, as Python, or with separators."""
    if isinstance(value, _Fault):
        return value
    if isinstance(value, str):
        value = parsed(value, column)
    if value is None:
        return _Fault(f"no {column}")
    if not isinstance(value, list):
        return _Fault(f"{column}: a list was expected, not {type(value).__name__}")
    found: list[str] = []
    for one in cast(list[object], value):
        if isinstance(one, _Fault):
            return one
        if isinstance(one, bool) or not isinstance(one, str | int | float):
            return _Fault(f"{column}: a list of texts was expected, one is {type(one).__name__}")
        text = one if isinstance(one, str) else str(one)
        if not _whole(text) or not text:
            return _Fault(f"{column}: one is {'empty' if not text else 'no text'}")
        found.append(text)
    return found


def parsed(text: str, column: str) -> object:
    """The list in a cell of a table, as JSON, as Python, or with separators; else whatever stands there."""
    text = text.strip()
    if text.startswith("["):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            pass
        if (parts := _of_numpy(text)) is not None:
            return parts
        try:
            return ast.literal_eval(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            pass
    if column in ("tokens", "tags"):
        return text.split(",") if column == "tags" and "," in text and not text.split()[1:] else text.split()
    separator = next((mark for mark in "|;,，、" if mark in text), None)
    return [part.strip() for part in (text.split(separator) if separator else [text]) if part.strip()]


_QUOTED = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""")
_WORD = re.compile(rf"{_QUOTED.pattern}|[^\s\[\]]+")


def _of_numpy(text: str) -> list[object] | None:
    """What stands in "['a' 'b']" or "[3 0]", as numpy writes and pandas keeps lists in CSV; None for anything else.

    Python would read 'a' 'b' as one text.
    """
    bare = _QUOTED.sub("''", text)
    if not bare.endswith("]") or "," in bare or len(bare.split()) < 2:
        return None
    words = _WORD.findall(text)
    return [ast.literal_eval(word) if word[0] in "'\"" or word.isdigit() else word for word in words]


def _one_hot(row: Mapping[str, object], used: set[str]) -> object:
    """The names of the columns that hold 1, where labels have a column each."""
    marks = {name: value for name, value in row.items() if name not in used and plain(name) not in ("id", *SPLIT)}
    flags = {name: str(value).strip().removesuffix(".0") for name, value in marks.items()}
    flags = {name: flag.lower() for name, flag in flags.items()}
    if not flags or any(flag not in ("0", "1", "true", "false") for flag in flags.values()):
        return _Fault("there is no column of labels, nor one for each label with 0 and 1 in it")
    return [name for name, flag in flags.items() if flag in ("1", "true")]


def _checked(values: dict[str, object], bare: bool) -> dict[str, object] | str:
    tokens, tags = values.get("tokens"), values.get("tags")
    if isinstance(tokens, list) and not tokens:
        return "there are no tokens"
    if isinstance(tokens, list) and isinstance(tags, list):
        words, marks = cast(list[str], tokens), cast(list[str], tags)
        if len(words) != len(marks):
            return f"{len(words)} tokens have {len(marks)} tags"
        if is_bio(marks):
            values["tags"] = to_bio(marks)
        elif bare:
            values["tags"] = from_bare(marks)
    return values
