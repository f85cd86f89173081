"""Load: sources of any form become a Corpus in the columns of its task; bad rows are told one by one."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal, cast

from autogpt.core.errors import MissingExtra, UsageError
from autogpt.studio.corpus import Corpus, Rejected
from autogpt.studio.data import forms
from autogpt.studio.data.beside import names_beside
from autogpt.studio.data.columns import LISTS, Fitting, wanted
from autogpt.studio.data.conll import bio_labels
from autogpt.studio.data.fetch import MOST
from autogpt.studio.data.sources import SPLITS, Piece, Sources, pieces, split_of
from autogpt.studio.data.text import encoding_named
from autogpt.studio.report import Advance, OnAdvance

if TYPE_CHECKING:
    from datasets import Dataset

_CHUNK = 5_000
"""Rows that are kept as Python objects before they become Arrow."""
_LABELLED = ("label", "labels", "tags")
_ITEMS = ("history", "item")
"""Of recommendation: what can be recommended is its labels."""


def load(
    sources: Sources,
    task: str,
    *,
    on_bad: Literal["skip", "stop"] = "skip",
    columns: Mapping[str, str] | None = None,
    split: str | Mapping[str, float] | None = None,
    seed: int = 0,
    labels: Sequence[str] = (),
    targets: bool = True,
    encoding: str = "",
    private: bool = False,
    most_bytes: int = MOST,
    on_advance: OnAdvance = lambda advance: None,
) -> Corpus:
    """Read rows for a task from files, folders and URLs: CSV, TSV, JSON, JSON Lines, Parquet, Arrow, CoNLL, plain text,
    chats, images in a folder for each class. Each file is read once, row by row.

    on_bad: whether a malformed row is left out and told in `rejected`, or ends the loading.
    columns: our column to theirs, such as {"text": "review"}; a number where a file does not name its columns.
    split: the one to load ('train', 'dev', ...); or shares to cut off from 'train' ({"validation": 0.1}) with `seed`.
    labels: what integer labels or tags stand for, in order.
    targets: whether rows need labels and other answers; without, they are for asking a model.
    encoding: of text files, by Python's name for it, such as 'gb18030' or 'cp1252'; "": see `encoding_of`.
    private: whether URLs may lead to this machine or a local network. most_bytes: for each URL.
    Raises UsageError if there is nothing to read, no row can be used, or (on_bad="stop") one cannot.
    """
    needed, encoding = wanted(task, targets), encoding_named(encoding)
    only = _only(split)
    fill = _Filling(needed, on_bad)
    names: list[str] = []
    assumed: dict[str, str] = {}
    beside: dict[Path, Sequence[str]] = {}
    with TemporaryDirectory(prefix="autogpt-data-") as downloads:
        found = list(pieces(sources, Path(downloads), most=most_bytes, private=private, on_advance=on_advance))
        for piece in _for_split(found, only):
            names.append(piece.name)
            purpose = only or piece.split or "train"
            # Once for each folder: it may hold a file for each of very many rows.
            if (folder := piece.path.parent) not in beside:
                beside[folder] = labels or _listed(piece, "tags" in needed)
            for row, named in _rows(piece, task, columns or {}, beside[folder], targets, encoding):
                if isinstance(row, Rejected):
                    fill.reject(row)
                elif only is None or not named or named == only:
                    fill.add(named or purpose, row)
                if (count := fill.count) % _CHUNK == 0:
                    on_advance(Advance(stage="load", done=count))
            if not encoding and (concluded := forms.assumed_of(piece)):
                assumed[piece.name] = concluded
    if not fill.count:
        raise UsageError(_nothing(fill.rejected, names))
    corpus = Corpus(task, fill.splits(), fill.labels(), tuple(fill.rejected), tuple(names), assumed)
    if isinstance(split, Mapping):
        from autogpt.studio.data.split import cut

        corpus = cut(corpus, split, seed)
    return corpus


def _only(split: str | Mapping[str, float] | None) -> str | None:
    if not isinstance(split, str):
        return None
    if not (found := split_of(split)):
        raise UsageError(f"{split!r} is no split; train, validation and test are")
    return found


def _for_split(found: Sequence[Piece], only: str | None) -> Sequence[Piece]:
    """The files of one split; a single file counts as whatever is asked for, unless its name says another split."""
    if only is None or (len(found) == 1 and found[0].split in ("", only)):
        return found
    chosen = [piece for piece in found if piece.split == only]
    if not chosen and all(not piece.split for piece in found):
        return found  # rows may say their split themselves
    if not chosen:
        there = sorted({piece.split for piece in found if piece.split})
        raise UsageError(f"there is no {only!r} split in {found[0].name!r}; there is {', '.join(there)}")
    return chosen


def _rows(
    piece: Piece, task: str, columns: Mapping[str, str], labels: Sequence[str], targets: bool, encoding: str
) -> Iterator[tuple[dict[str, object] | Rejected, str]]:
    """Rows in our columns, each with the split it names itself ('' if it does not)."""
    raw = forms.read(piece, task, columns, encoding, targets=targets)
    names = forms.choose(raw, task, columns, piece.name, targets=targets)
    fitting = Fitting(task, names, targets=targets, classes=raw.classes, labels=labels)
    for row in raw.rows:
        if isinstance(row, Rejected):
            yield row, ""
            continue
        made = fitting.fit(row.values)
        said = fitting.split(row.values)
        if isinstance(made, str):
            yield Rejected(file=piece.name, line=row.line, reason=made), ""
        else:
            yield made, split_of(said) if isinstance(said, str) else ""


def _listed(piece: Piece, tagged: bool) -> tuple[str, ...]:
    """The labels that a file beside this one lists, in the folder that was named or in that of a split."""
    folder = piece.path.parent
    if piece.root is None:  # what lies beside a single file may have nothing to do with it
        return ()
    above = folder != piece.root and bool(split_of(folder.name))
    return names_beside(folder, tagged) or (names_beside(folder.parent, tagged) if above else ())


def _nothing(rejected: Sequence[Rejected], names: Sequence[str]) -> str:
    if rejected:
        first = rejected[0]
        return (
            f"no row of {len(rejected):,} can be used; the first, {first.where!r}: {first.reason}. "
            "Columns can be named (--column text=review), and the task may be another"
        )
    return f"there are no rows in {', '.join(map(repr, names)) or 'the sources'}"


class _Filling:
    """Rows by split as they come in, kept as Arrow."""

    def __init__(self, columns: Sequence[str], on_bad: Literal["skip", "stop"]) -> None:
        # A missing part is better told before hours of reading.
        try:
            self._arrow: Any = import_module("pyarrow")
            import_module("datasets")
        except ImportError as error:
            raise MissingExtra(f"the studio needs {error.name}: pip install 'autogpt[studio]'") from None
        self._columns, self._on_bad = columns, on_bad
        self._labelled = _ITEMS if set(_ITEMS) <= set(columns) else _LABELLED
        self._rows: dict[str, list[dict[str, object]]] = {}
        self._batches: dict[str, list[Any]] = {}
        self._seen: set[str] = set()
        self.rejected: list[Rejected] = []
        self.count = 0

    def add(self, split: str, row: dict[str, object]) -> None:
        waiting = self._rows.setdefault(split, [])
        waiting.append(row)
        self.count += 1
        for column in self._labelled:
            match row.get(column):
                case list() as several:
                    self._seen.update(cast(list[str], several))
                case str() as one:
                    self._seen.add(one)
                case _:
                    pass
        if len(waiting) >= _CHUNK:
            self._flush(split)

    def reject(self, row: Rejected) -> None:
        if self._on_bad == "stop":
            raise UsageError(f"{row.where}: {row.reason}")
        self.rejected.append(row)

    def labels(self) -> tuple[str, ...]:
        if "tags" in self._columns:
            return bio_labels(self._seen)
        return tuple(sorted(self._seen, key=by_number))

    def splits(self) -> "dict[str, Dataset]":
        found: dict[str, Dataset] = {}
        for split in SPLITS:
            if split in self._rows:
                self._flush(split)
                found[split] = dataset(self._arrow.Table.from_batches(self._batches[split]))
        return found

    def _flush(self, split: str) -> None:
        waiting, self._rows[split] = self._rows[split], []
        if waiting or split not in self._batches:
            batch = self._arrow.RecordBatch.from_pylist(waiting, schema=self._schema())
            self._batches.setdefault(split, []).append(batch)

    def _schema(self) -> Any:
        pa = self._arrow
        message = pa.struct([("role", pa.string()), ("content", pa.string())])
        kinds: dict[str, Any] = dict.fromkeys(LISTS, pa.list_(pa.string())) | {"messages": pa.list_(message)}
        return pa.schema([(column, kinds.get(column, pa.string())) for column in self._columns])


def by_number(label: str) -> tuple[int, float, str]:
    """Numbers by size, before names."""
    try:
        return 0, float(label), label
    except ValueError:
        return 1, 0.0, label


def dataset(table: Any) -> "Dataset":
    """A Dataset over an Arrow table, without the hash of all its content that `datasets` would begin with."""
    from datasets import Dataset
    from datasets.table import InMemoryTable

    return Dataset(InMemoryTable(table), fingerprint=secrets.token_hex(8))
