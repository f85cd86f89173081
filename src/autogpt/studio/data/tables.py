"""Tables: CSV and TSV of any make, Parquet and Arrow, as raw rows; a bad row costs itself alone."""

import csv
import json
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from itertools import chain, dropwhile, islice
from pathlib import Path
from typing import Any, cast

from autogpt.core.errors import UsageError
from autogpt.studio.corpus import Rejected
from autogpt.studio.data.raw import Raw, Rows
from autogpt.studio.data.text import LONGEST, Line, lines

_SAMPLED = 200
_MOST_LINES = 200
"""Lines a quoted field may go over; a quote that is open for longer was never meant as one."""

csv.field_size_limit(LONGEST)


def read_csv(path: Path, name: str, known: frozenset[str], plain: str, encoding: str = "") -> Rows:
    """A table with one record a line: delimiter, quoting and header are found out.

    known: names (as `columns.plain` writes them) by which a header is recognised. plain: the column of a file that has
    only one and no header.
    """
    # Blank lines between records say nothing; within a quoted field they are the text's.
    source = dropwhile(_blank, lines(path, name, encoding))
    sample = list(islice(source, _SAMPLED))
    if not sample:
        raise UsageError(f"{name!r} is empty")
    texts = [line.text for line in sample if not line.fault and not _blank(line)]
    delimiter = _delimiter(texts, path.name)
    quoted = delimiter != "\t" or _is_quoted(texts)
    everything = chain(sample, source)
    records = _records(everything, delimiter, name) if quoted else _plain_records(everything, delimiter)
    first = list(islice(records, _SAMPLED))
    good = [record for record in first if not isinstance(record, Rejected)]
    if not good:
        raise UsageError(f"no line of {name!r} can be read as a table: {_why(first)}")
    width = Counter(len(cells) for _, cells in good).most_common(1)[0][0]
    headed = _is_header([cells for _, cells in good], known)
    names = tuple(cell.strip() for cell in good[0][1]) if headed else _numbers(width, plain)
    body = chain(first, records)
    if headed:
        header, good = good[0], good[1:]
        body = (record for record in body if record is not header)
    shown = tuple(dict(zip(names, cells, strict=False)) for _, cells in good)
    return Rows(_fitted(body, names, name), names, headed, shown)


Record = tuple[int, list[str]]


def _blank(line: Line) -> bool:
    return not line.text.strip() and not line.fault


def _why(found: Sequence[Record | Rejected]) -> str:
    return next((record.reason for record in found if isinstance(record, Rejected)), "it is empty")


def _numbers(width: int, plain: str) -> tuple[str, ...]:
    return (plain,) if width == 1 else tuple(str(at + 1) for at in range(width))


def _delimiter(texts: Sequence[str], filename: str) -> str:
    """The one that gives the most lines the same number of columns, more than one; tab for .tsv, else comma."""
    usual = "\t" if ".tsv" in filename.lower() else ","
    best, most = usual, 0.0
    for delimiter in (usual, *(other for other in ",\t;|" if other != usual)):
        widths = Counter(len(_cells(text, delimiter)) for text in texts)
        alike = max((count for width, count in widths.items() if width > 1), default=0) / max(1, len(texts))
        if alike > most + 0.05:
            best, most = delimiter, alike
    return best


def _cells(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([text], delimiter=delimiter), [])
    except csv.Error:
        return text.split(delimiter)


def _is_quoted(texts: Sequence[str]) -> bool:
    """Whether quotes in a TSV are CSV's, rather than a part of the texts, which is the more common.

    They are if each field that begins with one is a whole quoted field, or is closed at the end of a later line.
    """
    if not any(cell.startswith('"') for text in texts for cell in text.split("\t")):
        return False
    records = list(_records((Line(at + 1, text) for at, text in enumerate(texts)), "\t", ""))
    # The sample may end within a record.
    widths = {len(record[1]) for record in records[:-1] if not isinstance(record, Rejected)}
    return len(widths) <= 1 and not any(isinstance(record, Rejected) for record in records[:-1])


def _records(source: Iterator[Line], delimiter: str, name: str) -> Iterator[Record | Rejected]:
    """Records of a file with quoting (RFC 4180). A quote that is never closed costs its own line, not the rest."""
    waiting: deque[Line] = deque()

    def following() -> Line | None:
        return waiting.popleft() if waiting else next(source, None)

    while (line := following()) is not None:
        if line.fault:
            yield Rejected(file=name, line=line.number, reason=line.fault)
            continue
        if _blank(line):
            continue
        taken = [line]
        text = line.text
        while True:
            try:
                yield line.number, next(csv.reader([text], delimiter=delimiter, strict=True), [])
                break
            except csv.Error as error:
                reason = str(error)
            # A backslash before a quote is the other common way to say that it ends nothing; we do not guess.
            more = following() if "unexpected end" in reason and len(taken) < _MOST_LINES else None
            if more is None or more.fault:
                if "unexpected end" in reason:
                    reason = "a quote is opened and not closed"
                yield Rejected(file=name, line=line.number, reason=f"not CSV: {reason}")
                waiting.extendleft(reversed([*taken[1:], *([more] if more else [])]))
                break
            taken.append(more)
            text = f"{text}\n{more.text}"


def _plain_records(source: Iterator[Line], delimiter: str) -> Iterator[Record | Rejected]:
    for line in source:
        if line.fault:
            yield Rejected(file="", line=line.number, reason=line.fault)
        elif not _blank(line):
            yield line.number, line.text.split(delimiter)


def _fitted(records: Iterator[Record | Rejected], names: Sequence[str], file: str) -> Iterator[Raw | Rejected]:
    for record in records:
        if isinstance(record, Rejected):
            yield record.model_copy(update={"file": file})
            continue
        line, cells = record
        if len(cells) > len(names) and not any(cell.strip() for cell in cells[len(names) :]):
            cells = cells[: len(names)]
        if len(cells) != len(names):
            told = f"{len(names)} columns were expected, there are {len(cells)}"
            yield Rejected(file=file, line=line, reason=told)
        else:
            yield Raw(line, dict(zip(names, cells, strict=True)))


def _is_header(records: Sequence[Sequence[str]], known: frozenset[str]) -> bool:
    """Whether the first record names the columns: by names that are known, or because a column of few values (a label)
    never has its first one again."""
    from autogpt.studio.data.columns import plain

    first = [cell.strip() for cell in records[0]]
    if len(set(first)) < len(first) or any(len(cell) > 60 for cell in first):
        return False
    if any(plain(cell) in known for cell in first):
        return True
    if len(first) < 2 or len(records) < 20 or any(cell.replace(".", "").isdigit() for cell in first):
        return False
    for at in range(len(first)):
        values = [record[at].strip() for record in records[1:] if len(record) > at]
        if first[at] and first[at] not in values and 1 < len(set(values)) <= len(values) // 4:
            return True
    return False


def read_parquet(path: Path, name: str) -> Rows:
    """A Parquet file, row by row; integers of a Hugging Face ClassLabel come with their names."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise UsageError(f"{name!r} is not a Parquet file: {str(error)[:200]}") from None
    schema = file.schema_arrow

    def batches() -> Iterator[Any]:
        with closing(file):
            yield from file.iter_batches(1_000)

    return Rows(_batched(batches(), name), tuple(schema.names), True, (), _classes(schema.metadata))


def read_arrow(path: Path, name: str) -> Rows:
    """An Arrow file as `datasets` keeps them on disk."""
    import pyarrow as pa

    try:
        with pa.memory_map(str(path)) as source:
            try:
                reader: Any = pa.ipc.open_stream(source)
                batches = iter(reader)
            except pa.ArrowInvalid:
                reader = pa.ipc.open_file(source)
                batches = (reader.get_batch(at) for at in range(reader.num_record_batches))
            schema = reader.schema
            held = list(batches)  # mapped from the file, not read
    except (pa.ArrowException, OSError) as error:
        raise UsageError(f"{name!r} is not an Arrow file: {str(error)[:200]}") from None
    return Rows(_batched(iter(held), name), tuple(schema.names), True, (), _classes(schema.metadata))


def _batched(batches: Iterator[Any], name: str) -> Iterator[Raw | Rejected]:
    import pyarrow as pa

    line = 0
    try:
        for batch in batches:
            for row in batch.to_pylist():
                line += 1
                yield Raw(line, row)
    except (pa.ArrowException, OSError) as error:
        yield Rejected(file=name, line=line + 1, reason=f"damaged from here on: {str(error)[:200]}")


def _classes(metadata: Mapping[bytes, bytes] | None) -> dict[str, tuple[str, ...]]:
    """Class names by column, from the note that `datasets` leaves in a schema."""
    try:
        note = json.loads((metadata or {}).get(b"huggingface", b"{}"))
        features = note["info"]["features"]
        found = {column: _class_names(feature) for column, feature in features.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}
    return {column: names for column, names in found.items() if names}


def _class_names(feature: Any) -> tuple[str, ...]:
    while isinstance(feature, dict) and "feature" in feature:
        feature = cast(dict[str, Any], feature)["feature"]
    if isinstance(feature, dict) and feature.get("_type") == "ClassLabel":
        return tuple(str(name) for name in cast(dict[str, Any], feature).get("names") or ())
    return ()
