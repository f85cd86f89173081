"""Forms: which reader a file wants, and which of its columns are which where it does not name them."""

from collections.abc import Iterator, Mapping
from itertools import chain, islice
from pathlib import Path
from typing import cast

from autogpt.core.errors import UsageError
from autogpt.studio.corpus import Rejected
from autogpt.studio.data import objects, tables
from autogpt.studio.data.beside import WORDS, read_parallel
from autogpt.studio.data.columns import Fitting, known, plain, wanted
from autogpt.studio.data.conll import is_tagged, read_conll
from autogpt.studio.data.images import read_image
from autogpt.studio.data.raw import Raw, Rows
from autogpt.studio.data.sentences import by_sentence, names_sentences
from autogpt.studio.data.sources import CODE, CONLL, IMAGES, TEXTS, Piece
from autogpt.studio.data.text import assumed, lines, read_text, start_of

_MOST_FILE = 1_000_000
"""Bytes of a file that is one row as a whole."""
_WHOLE = ("causal-lm", "masked-lm")


def read(piece: Piece, task: str, columns: Mapping[str, str], encoding: str = "", *, targets: bool = True) -> Rows:
    """The raw rows of a file, by its name's ending, or by what stands in it.

    columns: our column to theirs, where the person said so; a row of these names is a header.
    encoding: of its text; "": found out. targets: whether rows need answers; without, words may come as texts.
    Raises UsageError if it cannot be read.
    """
    path, name, suffix = piece.path, piece.name, piece.suffix
    start = start_of(path, name, 4_096)
    if not start.strip():
        raise UsageError(f"{name!r} is empty")
    if start.startswith(b"PAR1") or suffix in (".parquet", ".pq"):
        return tables.read_parquet(path, name)
    if suffix == ".arrow":
        return tables.read_arrow(path, name)
    if suffix in IMAGES:
        return Rows(read_image(piece))
    _no_archive(start, path, name)
    if path.name == WORDS:
        return read_parallel(path, name, frozenset(wanted(task)), encoding)
    if suffix in (".jsonl", ".ndjson"):
        return objects.read_jsonl(path, name, encoding)
    if suffix == ".json" or (
        suffix not in (*TEXTS, *CODE, *CONLL, ".csv", ".tsv") and start.lstrip()[:1] in (b"{", b"[")
    ):
        return objects.read_json_file(path, name, encoding)
    headers = known(task) | set(map(plain, columns.values()))
    if set(wanted(task)) == {"tokens", "tags"}:
        if not targets and suffix in TEXTS and not is_tagged(path, name, encoding):
            return Rows(_lines(path, name, encoding))
        if suffix != ".csv" and not names_sentences(start):
            return Rows(read_conll(path, name, encoding))
        return by_sentence(tables.read_csv(path, name, headers, "tokens", encoding), columns, name)
    if task in _WHOLE and suffix in CODE:
        return Rows(iter([Raw(1, {"text": read_text(path, name, _MOST_FILE, encoding)})]))
    if task in _WHOLE and suffix not in (".csv", ".tsv"):
        return Rows(_paragraphs(path, name, encoding))
    if suffix in CONLL:
        raise UsageError(
            f"{name!r} holds a tag for each word, by the ending of its name, and no rows for {task}; "
            "give --task token-classification"
        )
    if piece.folder and suffix in TEXTS and "label" in wanted(task):
        return Rows(iter([Raw(1, {"text": read_text(path, name, _MOST_FILE, encoding), "label": piece.folder})]))
    if start.startswith(b"__label__"):
        return Rows(_fasttext(path, name, encoding))
    return tables.read_csv(path, name, headers, wanted(task)[0], encoding)


def _no_archive(start: bytes, path: Path, name: str) -> None:
    """Raises UsageError for what only other programs open."""
    if start.startswith(b"PK\x03\x04") and path.suffix.lower() in (".xlsx", ".xlsm", ".ods"):
        raise UsageError(f"{name!r} is a spreadsheet; save it as CSV and name that")
    if start.startswith((b"PK\x03\x04", b"7z\xbc\xaf", b"BZh", b"\xfd7zXZ")) or start[257:262] == b"ustar":
        raise UsageError(f"{name!r} is an archive; unpack it and name the folder")


def assumed_of(piece: Piece) -> str:
    """The encoding that a file of text is read in if it was concluded from its content; see `text.assumed`."""
    binary = piece.suffix in (".parquet", ".pq", ".arrow", *IMAGES)
    return "" if binary or start_of(piece.path, piece.name, 4).startswith(b"PAR1") else assumed(piece.path, piece.name)


def choose(rows: Rows, task: str, columns: Mapping[str, str], name: str, *, targets: bool) -> dict[str, str]:
    """Our column to theirs, where it is not for each row to say: what the person named, and guesses for tables without
    a header.

    Raises UsageError if a named column is not there, or none can be found for one that is needed.
    """
    chosen = {column: theirs for column, theirs in columns.items() if column in wanted(task, targets)}
    for column in columns:
        if column not in wanted(task):
            raise UsageError(f"{column!r} is no column of {task}; {', '.join(wanted(task))} are")
    if not rows.names:
        return chosen
    for column, theirs in chosen.items():
        if theirs not in rows.names and theirs.partition(".")[0] not in rows.names:
            raise UsageError(f"{name!r} has no column {theirs!r} (for {column!r}); it has {', '.join(rows.names)}")
    needed = wanted(task, targets)
    strange = len(rows.names) == len(needed) and not Fitting(task, chosen, targets=targets).places(rows.names)
    if not rows.headed or strange:
        chosen = {**_guess(rows, task, targets, set(chosen.values())), **chosen}
    found = Fitting(task, chosen, targets=targets).places(rows.names)
    free = {"messages", "labels"} | ({"tokens", "tags"} if "text" in rows.names else set())
    missing = [column for column in needed if column not in found and column not in free]
    if missing:
        there = f"columns {', '.join(rows.names)}" if rows.headed else f"{len(rows.names)} columns without names"
        if not rows.headed and len(rows.names) == 1 and missing[0] in ("label", "labels"):
            raise UsageError(
                f"{name!r} has texts alone, one a line, and no labels set apart from them; write both as CSV or TSV "
                "(text,label), or a file for each text in a folder for each class"
            )
        if (like := _likely(rows, missing[0], set(found.values()))) is None:
            raise UsageError(
                f"{name!r} has {there}, and none of them can be {missing[0]!r}; the task may be another (--task)"
            )
        raise UsageError(
            f"{name!r} has {there}, and none is known to be {missing[0]!r}; "
            f"name it: --column {missing[0]}={like} (columns={{{missing[0]!r}: {like!r}}})"
        )
    return chosen


def _likely(rows: Rows, column: str, taken: set[str]) -> str | None:
    """The free column that may be meant, for a hint: for a label that with the fewest values, else the longest text."""
    left = [name for name in rows.names if name not in taken and plain(name) not in ("id", "index", "split")]
    if not rows.sample:
        return left[0] if left else None
    values = {name: [str(row.get(name, "")) for row in rows.sample] for name in left}
    if column in ("label", "labels"):
        return min(left, key=lambda name: (len(set(values[name])), sum(map(len, values[name]))), default=None)
    return max(left, key=lambda name: sum(map(len, values[name])), default=None)


def _guess(rows: Rows, task: str, targets: bool, taken: set[str]) -> dict[str, str]:
    """Columns without names: the label is the one with the fewest values, texts are the longest, in their order."""
    needed = wanted(task, targets)
    left = [name for name in rows.names if name not in taken]
    values = {name: [str(row.get(name, "")) for row in rows.sample] for name in left}
    found: dict[str, str] = {}
    for column in ("label", "labels"):
        if column in wanted(task) and len(left) > 1:
            few = min(left, key=lambda name: (len(set(values[name])), sum(map(len, values[name]))))
            left.remove(few)
            if column in needed:
                found[column] = few
    texts = [column for column in needed if column not in ("label", "labels")]
    longest = sorted(left, key=lambda name: -sum(map(len, values[name])))[: len(texts)]
    return {**found, **dict(zip(texts, sorted(longest, key=rows.names.index), strict=False))}


def _lines(path: Path, name: str, encoding: str) -> Iterator[Raw | Rejected]:
    """Each line as a text."""
    for line in lines(path, name, encoding):
        if line.fault:
            yield Rejected(file=name, line=line.number, reason=line.fault)
        elif line.text.strip():
            yield Raw(line.number, {"text": line.text})


def _paragraphs(path: Path, name: str, encoding: str) -> Iterator[Raw | Rejected]:
    """Paragraphs set apart by blank lines; each line by itself in a file that has none among its first 1,000."""
    source = lines(path, name, encoding)
    sample = list(islice(source, 1_000))
    blank = any(not line.text.strip() and not line.fault for line in sample[:-1])
    held: list[str] = []
    began = 1
    for line in chain(sample, source):
        if line.fault:
            yield Rejected(file=name, line=line.number, reason=line.fault)
            continue
        if held and (not line.text.strip() or not blank):
            yield Raw(began, {"text": "\n".join(held)})
            held = []
        if line.text.strip():
            began = began if held else line.number
            held.append(line.text)
    if held:
        yield Raw(began, {"text": "\n".join(held)})


def _fasttext(path: Path, name: str, encoding: str) -> Iterator[Raw | Rejected]:
    """Lines of '__label__A __label__B the text'."""
    for line in lines(path, name, encoding):
        words = line.text.split()
        labels = [word.removeprefix("__label__") for word in words if word.startswith("__label__")]
        text = " ".join(word for word in words if not word.startswith("__label__"))
        if line.fault or (words and not labels):
            yield Rejected(file=name, line=line.number, reason=line.fault or "there is no __label__")
        elif words:
            yield Raw(line.number, cast(dict[str, object], {"text": text, "label": labels[0], "labels": labels}))
