"""Guess: which tasks rows are for where nobody says so, by the names and the content of their columns."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from autogpt.core.errors import UsageError
from autogpt.studio.corpus import Rejected
from autogpt.studio.data import chat, forms, tables
from autogpt.studio.data.beside import WORDS
from autogpt.studio.data.columns import known, parsed, plain, usual_names
from autogpt.studio.data.conll import is_bio, is_tagged
from autogpt.studio.data.feed import Feed
from autogpt.studio.data.fetch import is_url, scheme_of
from autogpt.studio.data.raw import Raw
from autogpt.studio.data.sources import CODE, CONLL, IMAGES, TEXTS, Piece, pieces
from autogpt.studio.data.spans import from_spans
from autogpt.studio.data.text import start_of
from autogpt.studio.tasks import COLUMNS

USUAL = "text-classification"
_MOST = 100
"""Rows that are looked at."""
_OBJECTS = (".jsonl", ".ndjson", ".json", ".parquet", ".pq", ".arrow")
_PLAIN = ("causal-lm", "masked-lm")
_TAGGED = ("token-classification",)
_SEVERAL = frozenset("labels categories tags topics genres intents targets".split())
"""Columns that may hold several labels in one cell."""
_HISTORIES = frozenset("history items past clicked clicks viewed bought 历史".split())
_ITEMS = frozenset("item nextitem next candidate target 物品".split())
_ALONE = usual_names("text") | {"code", "story", "markdown"}
_ASIDE = frozenset("id index split title url source date lang language".split())
"""Columns that say something about a text."""
_LABELS = usual_names("label") - {"answer", "target", "title"}
_PAIRS = (
    ("text premise sentence1 text1 question1 texta sentencea", "textpair hypothesis sentence2 text2 question2"),
    ("texta sentencea", "textb sentenceb"),
    ("anchor query", "positive passage"),
)
_TRANSFORMED = (("source src", "target tgt"), ("article document dialogue text", "summary highlights"), ("en", "zh"))
_INSTRUCTED = (("instruction", "output response"), ("prompt", "completion response"), ("user", "assistant"))
_SOLVED = (("prompt question problem", "answer solution finalanswer"),)
Row = Mapping[str, object]


def tasks_for(feed: Feed) -> tuple[str, ...]:
    """The tasks that the rows of the first file are plainly for, the likeliest first; none if nothing speaks for any.

    Nothing is fetched; what cannot be read is left for `load` to tell.
    """
    named = [source for sources in (feed.sources, *feed.splits.values()) for source in sources]
    if not named or is_url(named[0]) or scheme_of(named[0]):
        return ()
    try:
        with TemporaryDirectory(prefix="autogpt-data-") as nothing:
            return _of_file(next(pieces(named[0], Path(nothing))), feed)
    except UsageError:
        return ()


def _of_file(piece: Piece, feed: Feed) -> tuple[str, ...]:
    start = start_of(piece.path, piece.name, 4_096)
    if piece.suffix in IMAGES:
        return ("image-classification",) if piece.folder else ()
    if piece.path.name == WORDS:
        return (USUAL, *_TAGGED)
    if piece.suffix in CONLL:
        return _TAGGED
    if piece.suffix in CODE:
        return _PLAIN
    if piece.suffix in _OBJECTS or start.lstrip()[:1] in (b"{", b"[") or start.startswith((b"PAR1", b"__label__")):
        return _of_rows(islice(forms.read(piece, USUAL, {}, feed.encoding).rows, _MOST), feed)
    if piece.suffix != ".csv" and is_tagged(piece.path, piece.name, feed.encoding):
        return _TAGGED
    if piece.suffix in TEXTS and piece.folder:
        return (USUAL,)
    names = frozenset(name for task in COLUMNS for name in known(task)) | set(map(plain, feed.columns.values()))
    rows = tables.read_csv(piece.path, piece.name, names, "text", feed.encoding)
    first = list(islice(rows.rows, _MOST))
    # Prose has commas, too; but not as many in each line.
    prose = piece.suffix in TEXTS and sum(isinstance(row, Rejected) for row in first) * 10 > len(first)
    if prose or (len(rows.names) == 1 and not rows.headed):
        return _PLAIN
    return _of_rows(first, feed) if rows.headed else ()


def _of_rows(rows: Iterable[Raw | Rejected], feed: Feed) -> tuple[str, ...]:
    theirs = {name: ours for ours, name in feed.columns.items()}
    found = [
        {plain(theirs.get(name, name)): value for name, value in row.values.items()}
        for row in rows
        if not isinstance(row, Rejected)
    ]
    if not found:
        return ()
    return _structured(found) or _paired(found) or _labelled(found)


def _structured(rows: Sequence[Row]) -> tuple[str, ...]:
    """By what only one task has: chats, answers to choose from, tagged words, a history, images."""
    row, names = rows[0], set(rows[0])
    if "mapping" in names or any(_is_chat(row.get(name)) for name in chat.LISTS):
        return ("sft",)
    if names & usual_names("chosen") and names & usual_names("rejected"):
        return ("preference", "reward")
    if _are_tagged(rows):
        return _TAGGED
    if any(_has_spans(one) for one in rows):
        return (*_TAGGED, USUAL) if any(isinstance(row.get(name), str) for name in ("label", "intent")) else _TAGGED
    if names & _HISTORIES and names & _ITEMS:
        return ("recommendation",)
    if any(Path(str(row.get(name))).suffix.lower() in IMAGES for name in names & usual_names("image")):
        return ("image-classification",)
    return ()


def _are_tagged(rows: Sequence[Row]) -> bool:
    """Whether a column of words has one of tags beside it, as many of these as of those."""
    for words in rows[0].keys() & usual_names("tokens"):
        for tags in rows[0].keys() & usual_names("tags") - {words}:
            pairs = [(_parts(row.get(words)), _parts(row.get(tags))) for row in rows]
            # Chinese has no spaces: one text and one label are as many.
            surely = words not in _ALONE or any(is_bio(map(str, tags)) and len(tags) > 1 for _, tags in pairs)
            if surely and all(one and len(one) == len(other) for one, other in pairs):
                return True
    return False


def _has_spans(row: Row) -> bool:
    if (made := from_spans(row)) is row:
        return False
    return any(tag != "O" for tag in cast(list[str], made["tags"]))


def _paired(rows: Sequence[Row]) -> tuple[str, ...]:
    """By two columns of text, neither of them a label."""
    names = set(rows[0])
    labelled = bool(names & _LABELS)
    if _have(names, _PAIRS):
        return ("text-pair",) if labelled else ("embedding",)
    if labelled:
        return ()
    if _have(names, _TRANSFORMED):
        return ("seq2seq",)
    if _have(names, _INSTRUCTED):
        return ("sft",)
    if _have(names, _SOLVED):
        answers = [str(row.get(name)) for row in rows for name in names & set(_SOLVED[0][1].split())]
        # A few answers for all the questions are classes.
        return () if len(set(answers)) * 2 < len(answers) else ("sft", "policy-gradient")
    return ()


def _labelled(rows: Sequence[Row]) -> tuple[str, ...]:
    """By labels of which a row has several, or by a text that nothing stands beside."""
    names = set(rows[0]) - _ASIDE
    if any(_are_several(row, name) for row in rows for name in names & usual_names("labels")):
        return ("multi-label",)
    marks = [name for name in names - usual_names("label") if all(_is_mark(row.get(name)) for row in rows)]
    if len(marks) > 1 and len(rows) > 1:
        return ("multi-label",)
    texts = [name for name in names if isinstance(rows[0][name], str)]
    if names & _LABELS:
        return ()
    return _PLAIN if len(texts) == 1 and texts[0] in _ALONE else ()


def _have(names: set[str], pairs: Sequence[tuple[str, str]]) -> bool:
    return any(names & set(one.split()) and names & set(other.split()) for one, other in pairs)


def _is_chat(value: object) -> bool:
    turns = chat.turns_in(value)
    return bool(turns) and isinstance(turns[0], Mapping)


def _parts(value: object) -> list[object]:
    """A list, or one that stands in a cell."""
    if isinstance(value, str):
        value = parsed(value, "tags")
    return cast(list[object], value) if isinstance(value, list) else []


def _are_several(row: Row, name: str) -> bool:
    value = row.get(name)
    if isinstance(value, list):
        return len(cast(list[object], value)) != 1 or (name in _SEVERAL and "label" not in row)
    return isinstance(value, str) and name in _SEVERAL and any(mark in value for mark in "|;,，、")


def _is_mark(value: object) -> bool:
    return str(value).strip().lower().removesuffix(".0") in ("0", "1", "true", "false")
