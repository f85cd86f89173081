"""The one table that a goal speaks of, as its head shows it: columns, what kind of cells they have, and all values."""

import json
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, NamedTuple, cast

from autogpt.agent.programs.inside.tablework import loaded
from autogpt.agent.programs.inside.values import Unclear, empty, said
from autogpt.agent.programs.oddities import table_of
from autogpt.core.contracts import FileHead

DATA = (".csv", ".tsv", ".json", ".txt", ".lst", ".list", ".log")
_FORMS = {
    "%Y-%m-%d": r"\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2})?)?",
    "%Y/%m/%d": r"\d{4}/\d{1,2}/\d{1,2}",
    "%Y.%m.%d": r"\d{4}\.\d{1,2}\.\d{1,2}",
    "%d.%m.%Y": r"\d{1,2}\.\d{1,2}\.\d{4}",
    "%Y年%m月%d日": r"\d{4}年\d{1,2}月\d{1,2}日",
}
"""Forms of dates in which day and month cannot be taken for each other."""
_TRUTHS = (("yes", "no"), ("true", "false"), ("y", "n"), ("1", "0"), ("是", "否"), ("有", "无"), ("已", "未"))
_CODE = re.compile(
    r"(?:^|_|\b)(?:id|no|nr|number|code|zip|postcode|phone|tel|mobile|isbn|sku)s?$|编号|号码|号$|电话|手机|邮编|学号|卡号|代码",
    re.I,
)


class Column(NamedTuple):
    name: str
    kind: str
    """'number', 'text', 'other', or the form of dates."""
    gaps: bool
    values: tuple[str, ...]
    """The different texts of its cells, as they come."""

    @property
    def is_date(self) -> bool:
        return self.kind.startswith("%")

    @property
    def truth(self) -> tuple[str, str] | None:
        """What stands for yes and no, in a column of nothing else."""
        folded = {value.casefold(): value for value in self.values}
        for yes, no in _TRUTHS:
            if folded and set(folded) <= {yes, no}:
                return folded.get(yes, yes), folded.get(no, no)
        return None

    @property
    def is_code(self) -> bool:
        """Whether its numbers may be names rather than amounts."""
        return _CODE.search(self.name) is not None


class Source(NamedTuple):
    """A table: where it is, its columns, its rows where they were all seen."""

    path: str
    load: dict[str, Any]
    columns: tuple[Column, ...]
    rows: tuple[dict[str, Any], ...]
    bom: str = ""
    end: str = "\n"

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def open(self) -> bool:
        """Whether its cells were not seen, so that any text may be one."""
        return not self.rows

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]


def source_of(file: FileHead) -> Source | None:
    """The table of a file that was seen to its end; None where it is none, or not even."""
    suffix = PurePosixPath(file.path).suffix.lower()
    if not file.head.strip() or len(file.head.encode()) < file.size or suffix not in DATA:
        return None
    load: dict[str, Any] | None
    if suffix in (".csv", ".tsv"):
        load = _csv(file)
    elif suffix == ".json":
        load = _json(file)
    else:
        load = _lines(file)
    if load is None:
        return None
    try:
        rows = loaded(file.head, load)
    except (Unclear, ValueError):
        return None
    if not rows:
        return None
    columns = tuple(_column(name, [row[name] for row in rows]) for name in rows[0])
    bom = "\ufeff" if file.head.startswith("\ufeff") else ""
    end = "\r\n" if "\r\n" in file.head else "\n"
    return Source(file.path, load, columns, tuple(rows), bom, end)


def _csv(file: FileHead) -> dict[str, Any] | None:
    table = table_of(file)
    if table is None or file.head.lstrip("\ufeff").startswith(("#", "sep=")):
        return None
    names = [name.strip() for name in table.head]
    if len(set(names)) < len(names) or not all(names) or any(re.fullmatch(r"[-+]?[\d.,:/]+", n) for n in names):
        return None
    if re.search(rf'{re.escape(table.separator)} +"', file.head):
        return None
    return {"kind": "csv", "path": file.path, "separator": table.separator, "columns": names}


def _json(file: FileHead) -> dict[str, Any] | None:
    try:
        value: Any = json.loads(file.head.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return None
    under: list[str] = []
    if isinstance(value, dict):
        tree = cast("dict[str, Any]", value)
        lists = [key for key, inner in tree.items() if isinstance(inner, list) and inner]
        if len(lists) != 1 or any(isinstance(inner, dict) for inner in tree.values()):
            return None
        under, value = lists, tree[lists[0]]
    if not isinstance(value, list):
        return None
    entries = cast("list[dict[str, Any]]", value)
    if not entries or not all(isinstance(cast("Any", entry), dict) and entry for entry in entries):
        return None
    return {"kind": "json", "path": file.path, "under": under, "columns": list(entries[0])}


def _lines(file: FileHead) -> dict[str, Any] | None:
    lines = file.head.removeprefix("\ufeff").splitlines()
    if not lines or not all(line.strip() for line in lines):
        return None
    return {"kind": "lines", "path": file.path, "column": "line", "columns": ["line"]}


def _column(name: str, cells: Sequence[object]) -> Column:
    there = [cell for cell in cells if not empty(cell)]
    values = tuple(dict.fromkeys(said(cell).strip() for cell in there))
    gaps = len(there) < len(cells)
    if any(isinstance(cell, (list, dict)) for cell in there):
        return Column(name, "other", gaps, ())
    if there and all(isinstance(cell, (int, float)) and not isinstance(cell, bool) for cell in there):
        return Column(name, "number", gaps, values)
    if there and all(re.fullmatch(r"-?(?:0|[1-9]\d*)(?:\.\d+)?", value) for value in values):
        strings = all(isinstance(cell, str) for cell in there)
        return Column(name, "number" if strings else "text", gaps, values)
    for form, pattern in _FORMS.items():
        if values and all(re.fullmatch(pattern, value) and _is_date(value, form) for value in values):
            return Column(name, form, gaps, values)
    return Column(name, "text", gaps, values)


def _is_date(text: str, form: str) -> bool:
    try:
        datetime.strptime(text[:10] if form == "%Y-%m-%d" else text, form)
    except ValueError:
        return False
    return True
