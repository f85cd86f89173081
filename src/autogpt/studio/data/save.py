"""Save: a corpus as files, one for each split, that `load` and other programs read."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast, get_args

from autogpt.core.errors import UsageError
from autogpt.studio.corpus import Corpus

if TYPE_CHECKING:
    from datasets import Dataset

Form = Literal["jsonl", "csv", "parquet", "conll"]


def save(corpus: Corpus, folder: Path, form: str = "jsonl") -> tuple[Path, ...]:
    """Write train.jsonl, validation.jsonl, test.jsonl, as far as there are such rows; returns the paths.

    CSV holds lists as JSON; a text that begins with =, +, - or @ stays as it is: a spreadsheet takes it for a formula.
    Raises UsageError for a form that cannot hold the rows, or a folder that cannot be written.
    """
    if form not in get_args(Form):
        raise UsageError(f"{form!r} is no form to save; {', '.join(get_args(Form))} are")
    if form == "conll" and corpus.task != "token-classification":
        raise UsageError(f"CoNLL holds tokens and tags, not {corpus.task}; jsonl, csv and parquet hold any rows")
    paths: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in corpus.splits.items():
            path = folder / f"{name}.{form}"
            part = folder / f"{name}.{form}.part"
            _write(rows, part, cast(Form, form))
            paths.append(part.replace(path))
    except OSError as error:
        raise UsageError(f"{str(folder)!r} cannot be written: {error.strerror or error}") from None
    return tuple(paths)


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
                writer = csv.DictWriter(file, rows.column_names, lineterminator="\n")
                writer.writeheader()
                writer.writerows({name: _cell(value) for name, value in row.items()} for row in _rows(rows))
        case "conll":
            with path.open("w", encoding="utf-8", newline="") as file:
                for row in _rows(rows):
                    pairs = zip(cast(list[str], row["tokens"]), cast(list[str], row["tags"]), strict=True)
                    file.write("".join(f"{_one_line(token)}\t{tag}\n" for token, tag in pairs) + "\n")


def _rows(rows: "Dataset") -> Iterator[dict[str, object]]:
    return (cast(dict[str, object], row) for row in rows)


def _cell(value: object) -> object:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def _one_line(token: str) -> str:
    """A tab or a line break would end the token's column; both become a space."""
    return token.replace("\t", " ").replace("\n", " ").replace("\r", " ")
