"""Sentences: tables with a word a row become rows with a sentence each."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain, islice

from autogpt.core.errors import UsageError
from autogpt.studio.corpus import Rejected
from autogpt.studio.data.columns import Fitting, plain, usual_names
from autogpt.studio.data.raw import Raw, Rows

_SENTENCES = frozenset(
    "sentence sentenceid sentid sentencenumber sentenceno sentenceidx sent sentencenr 句子编号".split()
)
_SAMPLED = 200
_FEW = 10
"""Rows of one word each that may well be whole sentences."""


def names_sentences(start: bytes) -> bool:
    """Whether a file's first line names columns, separated by tabs, one of them for the sentence a word is in."""
    names = {plain(cell) for cell in start.split(b"\n")[0].decode("utf-8", "replace").split("\t")}
    return len(names) > 2 and bool(names & _SENTENCES and names & usual_names("tokens") - _SENTENCES)


def by_sentence(rows: Rows, columns: Mapping[str, str], name: str) -> Rows:
    """Rows as they are, unless each has one word with its tag: then those of a sentence together, in lists.

    A sentence is what has one number in a column named after it (the first word alone may have it), else what stands
    between blank lines. A row that cannot be read costs its sentence.
    Raises UsageError if each row has one word and nothing says where sentences end.
    """
    number = next((column for column in rows.names if plain(column) in _SENTENCES), "")
    theirs = tuple(column for column in rows.names if column != number)
    places = Fitting("token-classification", columns).places(theirs)
    if not (token := places.get("tokens")) or not (tag := places.get("tags")):
        return rows
    if not rows.sample or any(not _is_word(row.get(column, "")) for row in rows.sample for column in (token, tag)):
        return rows
    first = list(islice(rows.rows, _SAMPLED))
    lines = [row.line for row in first]
    if not number and all(line == lines[0] + at for at, line in enumerate(lines)):
        if len(first) >= _FEW:
            raise UsageError(
                f"{name!r} has a word in each row, and nothing says where a sentence ends; add a column 'sentence' "
                "with its number, or a blank line after each"
            )
        return replace(rows, rows=chain(first, rows.rows))
    grouped = _grouped(chain(first, rows.rows), number, token, tag)
    return Rows(grouped, ("tokens", "tags"))


def _is_word(cell: object) -> bool:
    return isinstance(cell, str) and len(cell.split()) <= 1 and not cell.startswith("[")


def _grouped(rows: Iterator[Raw | Rejected], number: str, token: str, tag: str) -> Iterator[Raw | Rejected]:
    tokens: list[object] = []
    tags: list[object] = []
    began = before = 0
    held, whole = "", True
    for row in rows:
        if isinstance(row, Rejected):
            yield row
            whole, before = False, row.line
            continue
        said = str(row.values.get(number, "")).strip()
        ends = said not in ("", held) if number else row.line > before + 1
        if ends:
            if tokens and whole:
                yield Raw(began, {"tokens": tokens, "tags": tags})
            tokens, tags, whole = [], [], True
        began = began if tokens else row.line
        held, before = said or held, row.line
        tokens.append(row.values[token])
        tags.append(row.values[tag])
    if tokens and whole:
        yield Raw(began, {"tokens": tokens, "tags": tags})
