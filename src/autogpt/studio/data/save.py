"""Save: a corpus as files, one for each split, that `load` and other programs read."""

import csv
import json
import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TextIO, cast, get_args

from autogpt.core.errors import UsageError
from autogpt.studio.corpus import Corpus
from autogpt.studio.data.room import check_room
from autogpt.studio.data.sources import SPLITS

if TYPE_CHECKING:
    from datasets import Dataset

Form = Literal["jsonl", "csv", "parquet", "conll"]


def save(
    corpus: Corpus, folder: Path, form: str = "jsonl", *, overwrite: bool = False, sources: Iterable[str] = ()
) -> tuple[Path, ...]:
    """Write train.jsonl, validation.jsonl, test.jsonl, as far as there are such rows; returns the paths.

    CSV holds lists as JSON; a text that begins with =, +, - or @ stays as it is: a spreadsheet takes it for a formula.
    The folder must be missing or empty. overwrite: it need not be, and files of these names are replaced, never one
    the rows came from or one of `sources`. The files come to be when all are whole.
    Raises UsageError for a form that cannot hold the rows, or a folder that cannot or must not be written.
    """
    check_form(corpus.task, form)
    targets = {name: folder / f"{name}.{form}" for name in corpus.splits}
    check_room([*targets.values()], (*corpus.sources, *sources), folder=folder, overwrite=overwrite)
    for other in (folder / f"{split}.{each}" for split in SPLITS for each in get_args(Form)):
        if other.exists() and other not in targets.values():
            raise UsageError(
                f"{str(other)!r} would stay as it is beside the new files, and be read with them; "
                "move it away, or choose another folder (-o)"
            )
    parts = {name: folder / f".{path.name}.{secrets.token_hex(4)}.part" for name, path in targets.items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in corpus.splits.items():
            _write(rows, parts[name], cast(Form, form))
        return tuple(parts[name].replace(target) for name, target in targets.items())
    except OSError as error:
        raise UsageError(f"{str(folder)!r} cannot be written: {error.strerror or error}") from None
    finally:
        for part in parts.values():
            with suppress(OSError):
                part.unlink(missing_ok=True)


def check_form(task: str, form: str) -> None:
    """Raises UsageError for a form that there is not, or that cannot hold rows of the task."""
    if form not in get_args(Form):
        raise UsageError(f"{form!r} is no form to save; {', '.join(get_args(Form))} are")
    if form == "conll" and task != "token-classification":
        raise UsageError(f"CoNLL holds tokens and tags, not {task}; jsonl, csv and parquet hold any rows")


def _write(rows: "Dataset", path: Path, form: Form) -> None:
    match form:
        case "parquet":
            import pyarrow.parquet as pq

            pq.write_table(rows.with_format("arrow")[:], path)
        case "jsonl":
            with path.open("w", encoding="utf-8") as file:
                for row in _rows(rows):
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")
        case "csv":
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(_Lines(file), rows.column_names)
                writer.writeheader()
                writer.writerows({name: _cell(value) for name, value in row.items()} for row in _rows(rows))
        case "conll":
            with path.open("w", encoding="utf-8", newline="") as file:
                for row in _rows(rows):
                    pairs = zip(cast(list[str], row["tokens"]), cast(list[str], row["tags"]), strict=True)
                    file.write("".join(f"{_one_line(token)}\t{tag}\n" for token, tag in pairs) + "\n")


class _Lines:
    """A file whose lines end in LF. Python quotes a carriage return only where lines end in one (RFC 4180), and without
    quotes nobody could read the row again."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, row: str) -> None:
        self._file.write(row.removesuffix("\r\n") + "\n")


def _rows(rows: "Dataset") -> Iterator[dict[str, object]]:
    return (cast(dict[str, object], row) for row in rows)


def _cell(value: object) -> object:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def _one_line(token: str) -> str:
    """A tab or a line break would end the token's column; both become a space."""
    return token.replace("\t", " ").replace("\n", " ").replace("\r", " ")
