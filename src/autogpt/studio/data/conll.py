"""CoNLL files: a token a line, its tag in one of the columns, sentences set apart by blank lines.

Quotes mean nothing here, a token may hold spaces where tabs separate, and '#' may be a token. Tags in IOB1, IOB2 (BIO),
BILOU or BIOES come out as BIO, and so do names without a prefix where most words are O. Of CoNLL-U the tags are the
universal parts of speech.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Literal

from autogpt.core.errors import UsageError
from autogpt.studio.corpus import Rejected
from autogpt.studio.data.raw import Raw
from autogpt.studio.data.text import Line, lines

_TAG = re.compile(r"O|[BIOLUESM]-\S.*")
_NUMBER = re.compile(r"\d+(?:[-.]\d+)?")
_BLANKS = re.compile(r"[ \t]+")
_SAMPLED = 20_000
_CHUNKS = frozenset("NP VP PP ADVP SBAR ADJP PRT CONJP INTJ LST UCP NC VC PC".split())
"""Tags of CoNLL-2000 and CoNLL-2003 that are phrases, not names."""
_HEADERS = frozenset("token tokens word words tag tags ner nertags label labels ner_tags".split())
_MOSTLY_O = 0.4
"""Of the words, from which on tags without a prefix are names: no part of speech that is called O is so common."""
_CONLL_U, _UPOS = 10, 3
"""Columns of CoNLL-U, and the one of the universal part of speech; what it has of names stands in no column."""


def read_conll(path: Path, name: str, encoding: str = "") -> Iterator[Raw | Rejected]:
    """Sentences as rows {"tokens": [...], "tags": [...]}, tags in BIO; line is that of the first token.

    A sentence with a line that cannot be understood is left out as a whole. Raises UsageError for a file in which no
    line has two columns.
    """
    source = lines(path, name, encoding)
    sample = list(islice(source, _SAMPLED))
    shape = _shape_of(sample, name)
    if sample and shape.heads(sample[0].text):
        sample = sample[1:]
    for sentence in _sentences(chain(sample, source)):
        found = _read_sentence(sentence, shape, name)
        if found is not None:
            yield found


def is_tagged(path: Path, name: str, encoding: str = "") -> bool:
    """Whether a file of whatever name has a word a line, with a tag of an IOB scheme beside it."""
    sample = list(islice(lines(path, name, encoding), 2_000))
    try:
        shape = _shape_of(sample, name)
    except UsageError:
        return False
    words = [cells[shape.token] for line in sample if len(cells := shape.cells(line.text)) > shape.last]
    return shape.tagged and sum(" " in word for word in words) * 20 <= len(words)


Form = Literal["prefixed", "bare", "other"]
"""Of tags: B-PER, a name alone beside O, or what names nothing, such as parts of speech."""


class _Shape:
    """How the lines of a file are made: what separates, and which columns hold the token and its tag."""

    def __init__(self, tabs: bool, width: int, token: int, tag: int, *, numbered: bool, form: Form) -> None:
        self.tabs, self.width, self.token, self.tag = tabs, width, token, tag
        self.form: Form = form
        self.numbered, self.tagged = numbered, form == "prefixed"
        self.last = max(token, tag)

    def heads(self, text: str) -> bool:
        """Whether the first line names the columns in place of holding a word."""
        cells = [cell.strip().casefold() for cell in self.cells(text)]
        return len(cells) == self.width and {cells[self.token], cells[self.tag]} <= _HEADERS

    def cells(self, text: str) -> list[str]:
        # Not str.split(): a token may be a no-break space.
        return text.split("\t") if self.tabs else _BLANKS.split(text.strip(" \t"))

    def comment(self, text: str) -> bool:
        """'# text = ...' is one; a token '#' with its tag is not."""
        if not text.startswith("#"):
            return False
        cells = self.cells(text)
        return len(cells) <= self.last or (self.tagged and not _TAG.fullmatch(cells[self.tag]))


def _shape_of(sample: Sequence[Line], name: str) -> _Shape:
    texts = [line.text for line in sample if line.text.strip() and not line.text.startswith(("# ", "-DOCSTART-"))]
    if not texts:
        raise UsageError(f"{name!r} holds no tokens")
    tabs = sum("\t" in text.strip() for text in texts) * 2 > len(texts)
    rows = [text.split("\t") if tabs else _BLANKS.split(text.strip(" \t")) for text in texts]
    width = Counter(map(len, rows)).most_common(1)[0][0]
    if width < 2:
        raise UsageError(f"{name!r} is not a CoNLL file: most of its lines hold no token with a tag beside it")
    rows = [row for row in rows if len(row) == width]
    numbered = width > 2 and all(_NUMBER.fullmatch(row[0]) for row in rows)
    first = 1 if numbered else 0
    # CoNLL-2003 has chunks in the third column and names in the fourth; UNER has annotators after the tag.
    tagged = [at for at in range(first + 1, width) if _are_tags(rows, at)]
    if not tagged and not numbered and width == 2 and _are_tags(rows, 0):
        return _Shape(tabs, width, 1, 0, numbered=False, form="prefixed")  # MIT's corpora have the tag first
    if tagged:
        names = [at for at in tagged if not _are_chunks(rows, at)] or tagged
        # GermEval numbers its words, and has names within names after the names.
        return _Shape(tabs, width, first, names[0 if numbered else -1], numbered=numbered, form="prefixed")
    other = _UPOS if numbered and width == _CONLL_U else width - 1
    outside = sum(row[other].strip() == "O" for row in rows)
    bare = _MOSTLY_O * len(rows) <= outside < len(rows)
    return _Shape(tabs, width, first, other, numbered=numbered, form="bare" if bare else "other")


def _are_tags(rows: Sequence[Sequence[str]], at: int) -> bool:
    return sum(_TAG.fullmatch(row[at]) is not None for row in rows) >= 0.95 * len(rows)


def _are_chunks(rows: Sequence[Sequence[str]], at: int) -> bool:
    return {row[at].partition("-")[2] for row in rows if row[at] != "O"} <= _CHUNKS


def _sentences(source: Iterable[Line]) -> Iterator[list[Line]]:
    sentence: list[Line] = []
    for line in source:
        if line.text.strip() or line.fault:
            sentence.append(line)
        elif sentence:
            yield sentence
            sentence = []
    if sentence:
        yield sentence


def _read_sentence(sentence: Sequence[Line], shape: _Shape, name: str) -> Raw | Rejected | None:
    tokens: list[str] = []
    tags: list[str] = []
    began = sentence[0].number
    for line in sentence:
        if line.fault:
            return Rejected(file=name, line=line.number, reason=line.fault)
        if line.text.startswith("-DOCSTART-") or (not tokens and shape.comment(line.text)):
            continue
        cells = shape.cells(line.text)
        if shape.numbered and not cells[0].isdigit():
            if _NUMBER.fullmatch(cells[0]):
                continue  # CoNLL-U: a contraction (3-4) or an empty node (3.1)
            return Rejected(file=name, line=line.number, reason=f"a token's number was expected, not {cells[0][:40]!r}")
        # Where no tag can be told by its form, one column too many may be a token with a space in it.
        if len(cells) <= shape.last or (not shape.tagged and len(cells) != shape.width):
            told = f"{shape.width} columns were expected, there are {len(cells)}: {line.text[:60]!r}"
            return Rejected(file=name, line=line.number, reason=told)
        token, tag = cells[shape.token], cells[shape.tag].strip()
        if not token or (shape.tagged and not _TAG.fullmatch(tag)):
            told = f"{tag[:40]!r} is no tag such as O or B-PER" if token else "the token is empty"
            return Rejected(file=name, line=line.number, reason=told)
        began = began if tokens else line.number
        tokens.append(token)
        tags.append(tag)
    if not tokens:
        return None
    match shape.form:
        case "prefixed":
            tags = to_bio(tags)
        case "bare":
            tags = from_bare(tags)
        case "other":
            pass
    return Raw(began, {"tokens": tokens, "tags": tags})


def is_bio(tags: Iterable[str]) -> bool:
    """Whether all are tags of one of the IOB schemes, rather than, say, parts of speech."""
    return all(_TAG.fullmatch(tag) for tag in tags)


def to_bio(tags: Sequence[str]) -> list[str]:
    """Tags of one sentence in IOB1, IOB2, BILOU, BIOES or BMES as BIO (Ramshaw and Marcus 1995; Ratinov and Roth 2009).

    An I- that continues nothing begins something; an entity ends with L- or E-, and U- or S- is one of its own.

    >>> to_bio(["I-PER", "I-PER", "B-PER", "O", "S-LOC", "B-ORG", "E-ORG"])
    ['B-PER', 'I-PER', 'B-PER', 'O', 'B-LOC', 'B-ORG', 'I-ORG']
    """
    found: list[str] = []
    inside = ""
    for tag in tags:
        prefix, _, entity = tag.partition("-")
        if prefix == "O":
            inside = ""
            found.append("O")
            continue
        begins = prefix in "BUS" or inside != entity
        found.append(f"{'B' if begins else 'I'}-{entity}")
        inside = "" if prefix in "LEUS" else entity
    return found


def names_bare(labels: Collection[str]) -> bool:
    """Whether labels are names without a prefix, and O."""
    return "O" in labels and len(labels) > 1 and not any(_TAG.fullmatch(label) for label in labels if label != "O")


def from_bare(tags: Sequence[str]) -> list[str]:
    """Names without a prefix, as Few-NERD has them, as BIO: words side by side with one tag are one name.

    >>> from_bare(["person", "person", "O", "place"])
    ['B-person', 'I-person', 'O', 'B-place']
    """
    return to_bio([tag if tag == "O" else f"I-{tag}" for tag in tags])


def bio_labels(tags: Iterable[str]) -> tuple[str, ...]:
    """Labels in a stable order: O, then B- and I- of each entity by name; other tags by name alone."""
    seen = set(tags)
    if not is_bio(seen):
        return tuple(sorted(seen))
    entities = sorted({tag[2:] for tag in seen if tag != "O"})
    return ("O", *(f"{prefix}-{entity}" for entity in entities for prefix in "BI"))
