"""What is odd in the data of a folder: said beforehand, it saves a program the error it would have run into.

Only what can be seen in the heads of the files is told, and only where it is there.
"""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import cast

from autogpt.core.contracts import FileHead
from autogpt.core.task import Language

LABELS = ".labels.csv"
"""Ending of a file that has beside each entry of another what a labelling tool says of it."""
_MOST = 5
"""Oddities told of one file."""
_ROWS = 200

_SAY: dict[Language, dict[str, str]] = {
    "en": {
        "delimiter": "fields are separated by {sep}",
        "bom": "begins with a BOM: open it with encoding='utf-8-sig'",
        "empty": "empty cells in {column}",
        "none": "empty cells in {column}: number() gives None for them",
        "mixed": "{column} also has {value}",
        "written": "numbers in {column} look like {value}",
        "number": "numbers in {column} look like {value}: number() reads them",
        "dates": "dates in {column} in several forms: {value}",
        "iso_date": "dates in {column} in several forms: {value}: iso_date() makes them YYYY-MM-DD",
        "spaces": "spaces around values in {column}",
        "case": "the same in upper and lower case in {column}: {value}",
        "repeated": "some rows are there twice",
        "ragged": "some lines have more or fewer fields",
        "missing": "some entries have no {column}: .get() gives None for them",
        "blank": "{column} is {value} in some entries",
        "broken": "line {column} is no JSON",
        "fields": "a line split at spaces is {value}",
        "entry": "an entry is {value}",
        "level": "the level is line.split()[{column}], as in {value}; such words stand in other lines, too",
        "labels": "it is the data of the goal, with the last column as the tool of that name says",
        "capitals": "some endings are in capital letters ({value}): compare them in lower case",
    },
    "zh": {
        "delimiter": "字段之间用 {sep} 分隔",
        "bom": "以 BOM 开头：用 encoding='utf-8-sig' 打开",
        "empty": "{column} 有空单元格",
        "none": "{column} 有空单元格：number() 对它们返回 None",
        "mixed": "{column} 里还有 {value}",
        "written": "{column} 里的数字写作 {value}",
        "number": "{column} 里的数字写作 {value}：用 number() 读取",
        "dates": "{column} 里的日期有几种写法：{value}",
        "iso_date": "{column} 里的日期有几种写法：{value}：用 iso_date() 变成 YYYY-MM-DD",
        "spaces": "{column} 的值前后有空格",
        "case": "{column} 里有只是大小写不同的值：{value}",
        "repeated": "有重复的行",
        "ragged": "有些行的字段数不同",
        "missing": "有些条目没有 {column}：.get() 对它们返回 None",
        "blank": "有些条目的 {column} 是 {value}",
        "broken": "第 {column} 行不是 JSON",
        "fields": "一行按空格拆开是 {value}",
        "entry": "一条是 {value}",
        "level": "级别是 line.split()[{column}]，例如 {value}；别的行里也会出现这样的词",
        "labels": "就是任务中的数据，最后一列是同名工具给出的标签",
        "capitals": "有些扩展名是大写（{value}）：比较时先转成小写",
    },
}


def oddities(file: FileHead, language: Language, helpers: str = "") -> str:
    """What a program that reads the file should know, in one line; '' if nothing is odd.

    helpers: the code that the program begins with; what a function in it takes care of is told so.
    """
    say = dict(_SAY[language])
    say["written"] = say["number"] if "def number" in helpers else say["written"]
    say["none"] = say["none"] if "None" in helpers else say["empty"]
    say["dates"] = say["iso_date"] if "def iso_date" in helpers else say["dates"]
    ending = file.path.lower().rpartition(".")[2]
    text = whole_lines(file)
    found: Iterable[str] = ()
    if ending in ("csv", "tsv"):
        found = _table(file, say)
    elif ending == "json":
        found = _tree(file, say)
    elif ending in ("jsonl", "ndjson"):
        found = _json_lines(text, say)
    elif (pattern := log_pattern(file)) and repr(pattern) in helpers:
        found = _logged(text, pattern, say)
    elif ending in ("log", "txt", "dat", "out"):
        found = [*_columns(text, say), *_levels(text, say)]
    if file.path.endswith(LABELS) and repr(file.path) in helpers:
        found = [say["labels"], *found]
    told = ("; " if language == "en" else "；").join(islice(found, _MOST))
    return f"{file.path}: {told}" if told else ""


def labelled(file: FileHead, goal: str) -> bool:
    """Whether the file has the labels of a tool that the goal names: its last column is called so."""
    table = table_of(file) if file.path.endswith(LABELS) else None
    return table is not None and re.search(rf"\b{re.escape(table.head[-1])}\b", goal) is not None


def capitals(files: Sequence[FileHead], language: Language) -> str:
    """That endings differ in capital letters, where they do; '' else."""
    endings = {f.path.rpartition("/")[2].rpartition(".")[2] for f in files if "." in f.path.rpartition("/")[2]}
    odd = sorted(one for one in endings if one.isalpha() and one != one.lower())
    return _SAY[language]["capitals"].format(value=", ".join(f".{one}" for one in odd[:3])) if odd else ""


def whole_lines(file: FileHead) -> str:
    """The head without a last line that was cut in the middle."""
    cut = len(file.head.encode()) < file.size
    return file.head[: file.head.rfind("\n") + 1] if cut else file.head


@dataclass(frozen=True)
class Table:
    """A CSV file as far as its head shows it."""

    bom: bool
    separator: str
    head: list[str]
    body: list[list[str]]

    def column(self, at: int) -> list[str]:
        return [row[at] for row in self.body if at < len(row)]


def table_of(file: FileHead) -> Table | None:
    """The table; None where it has fewer than two columns or no row below the first."""
    text = whole_lines(file)
    bom = text.startswith("\ufeff")
    text = text.removeprefix("\ufeff")
    usual = "\t" if file.path.lower().endswith(".tsv") else ","
    parsed = {sep: _parsed(text, sep) for sep in (",", ";", "\t", "|")}
    separator = max(parsed, key=lambda sep: (*_evenness(parsed[sep]), sep == usual))
    rows = parsed[separator]
    return Table(bom, separator, rows[0], rows[1:]) if len(rows) > 1 and len(rows[0]) > 1 else None


def _parsed(text: str, separator: str) -> list[list[str]]:
    try:
        return [row for row in islice(csv.reader(text.splitlines(keepends=True), delimiter=separator), _ROWS) if row]
    except csv.Error:
        return []


def _evenness(rows: Sequence[Sequence[str]]) -> tuple[float, int]:
    """The share of rows with the most common number of fields, if that is more than one; and that number."""
    if not rows:
        return 0.0, 0
    fields, often = Counter(map(len, rows)).most_common(1)[0]
    return (round(often / len(rows), 1), fields) if fields > 1 else (0.0, 1)


def _table(file: FileHead, say: dict[str, str]) -> Iterable[str]:
    table = table_of(file)
    if file.head.startswith("\ufeff"):
        yield say["bom"]
    if table is None or len(table.body) < 2:
        return
    if table.separator != ",":
        yield say["delimiter"].format(sep=repr(table.separator))
    for at, name in enumerate(table.head):
        yield from _column(name.strip() or f"column {at + 1}", table.column(at), say)
    if any(len(row) != len(table.head) for row in table.body):
        yield say["ragged"]
    if len({tuple(row) for row in table.body}) < len(table.body):
        yield say["repeated"]


_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
WRITTEN = re.compile(
    r"(?:[-+]?[$€£¥￥]\s*[\d.,]*\d|[-+]?[\d.,]*\d\s*(?:[$€£¥￥%元]|EUR|USD|RMB|kg|km|g|h)|[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[-+]?\d+,\d{1,2})"
)
DATES = {
    r"\d{4}-\d{1,2}-\d{1,2}": "%Y-%m-%d",
    r"\d{1,2}/\d{1,2}/\d{4}": "",  # day or month first
    r"\d{4}/\d{1,2}/\d{1,2}": "%Y/%m/%d",
    r"\d{1,2}\.\d{1,2}\.\d{4}": "%d.%m.%Y",
    r"\d{4}年\d{1,2}月\d{1,2}日": "%Y年%m月%d日",
    r"\d{1,2} [A-Z][a-z]{2} \d{4}": "%d %b %Y",
    r"\d{1,2} [A-Z][a-z]{3,8} \d{4}": "%d %B %Y",
    r"[A-Z][a-z]{2} \d{1,2}, \d{4}": "%b %d, %Y",
    r"[A-Z][a-z]{3,8} \d{1,2}, \d{4}": "%B %d, %Y",
}
"""Forms of dates, and how `datetime.strptime` says them."""


def gaps(cells: Sequence[str]) -> bool:
    """Whether these are numbers, and some are missing."""
    values = [cell.strip() for cell in cells]
    there = [value for value in values if value]
    return 0 < len(there) < len(values) and all(_NUMBER.fullmatch(v) or WRITTEN.fullmatch(v) for v in there)


def _column(name: str, cells: Sequence[str], say: dict[str, str]) -> Iterable[str]:
    values = [cell.strip() for cell in cells]
    there = [value for value in values if value]
    plain = [value for value in there if _NUMBER.fullmatch(value)]
    written = [value for value in there if value not in plain and WRITTEN.fullmatch(value)]
    forms = {form: next((v for v in there if re.fullmatch(form, v)), None) for form in DATES}
    dates = [value for value in forms.values() if value]
    if len(dates) > 1:
        yield say["dates"].format(column=name, value=", ".join(dates[:3]))
    numeric = len(plain) + len(written)
    if there and numeric >= 0.6 * len(there):
        if written:
            yield say["written"].format(column=name, value=repr(written[0]))
        if other := next((value for value in there if value not in plain and value not in written), None):
            yield say["mixed"].format(column=name, value=repr(other[:24]))
    if there and len(there) < len(values):
        yield say["none" if gaps(cells) else "empty"].format(column=name)
    if any(cell != value for cell, value in zip(cells, values, strict=True)):
        yield say["spaces"].format(column=name)
    spelt: dict[str, set[str]] = {}
    for value in there:
        spelt.setdefault(value.lower(), set()).add(value)
    if odd := next((sorted(ways) for ways in spelt.values() if len(ways) > 1), None):
        yield say["case"].format(column=name, value=", ".join(odd[:3]))


def _tree(file: FileHead, say: dict[str, str]) -> Iterable[str]:
    try:
        lists = _lists(json.loads(file.head.removeprefix("\ufeff")))
    except (ValueError, RecursionError):
        return
    for entries in lists:
        yield from _entries(entries, say)


def objects(file: FileHead) -> list[dict[str, object]]:
    """The entries of a JSON file that is a list of objects, or of one with an object a line; [] for any other."""
    try:
        text = whole_lines(file).removeprefix("\ufeff")
        lines = file.path.lower().endswith(("jsonl", "ndjson"))
        value: object = [json.loads(line) for line in text.splitlines() if line.strip()] if lines else json.loads(text)
    except (ValueError, RecursionError):
        return []
    return cast("list[dict[str, object]]", value) if _is_list_of_objects(value) else []


def _lists(value: object) -> list[list[dict[str, object]]]:
    """The objects of all lists in a tree; those of lists under the same key, as of each one's parts, together."""
    found: dict[str, list[dict[str, object]]] = {}

    def collect(one: object, key: str) -> None:
        if isinstance(one, dict):
            for name, part in cast("dict[str, object]", one).items():
                collect(part, name)
        elif isinstance(one, list):
            entries = cast("list[object]", one)
            if all(isinstance(entry, dict) for entry in entries):
                found.setdefault(key, []).extend(cast("list[dict[str, object]]", entries))
            for entry in entries:
                collect(entry, key)

    collect(value, "")
    return [entries for entries in found.values() if len(entries) > 1]


def _is_list_of_objects(value: object) -> bool:
    entries = cast("list[object]", value) if isinstance(value, list) else []
    return len(entries) > 1 and all(isinstance(one, dict) for one in entries)


def _entries(entries: Sequence[dict[str, object]], say: dict[str, str]) -> Iterable[str]:
    names = dict.fromkeys(name for entry in entries for name in entry)
    for name in names:
        values = [entry.get(name) for entry in entries]
        if any(name not in entry for entry in entries):
            yield say["missing"].format(column=name)
        if blank := [
            shown for shown, none in (("null", None), ("''", "")) if any(v == none for v in _told(entries, name))
        ]:
            yield say["blank"].format(column=name, value=" / ".join(blank))
        texts = [value for value in values if isinstance(value, str)]
        if 0 < len(texts) < len([value for value in values if value is not None]):
            yield say["mixed"].format(column=name, value=repr(texts[0][:24]))
        elif len(texts) == len(values):
            yield from (line for line in _column(name, texts, say) if not line.startswith(say["empty"][:5]))


def _told(entries: Sequence[dict[str, object]], name: str) -> list[object]:
    return [entry[name] for entry in entries if name in entry]


def _json_lines(text: str, say: dict[str, str]) -> Iterable[str]:
    entries: list[dict[str, object]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            value: object = json.loads(line)
        except (ValueError, RecursionError):
            yield say["broken"].format(column=number)
            continue
        if isinstance(value, dict):
            entries.append(cast("dict[str, object]", value))
    if len(entries) > 1:
        yield from _entries(entries, say)


_LOGS = (
    # The common and the combined form of web servers.
    r'(?P<ip>\S+) \S+ (?P<user>\S+) \[(?P<time>[^\]]+)\] "(?P<method>[A-Z]+) (?P<path>\S+)[^"]*" (?P<status>\d{3}) '
    r"(?P<bytes>\d+|-)",
    r"\[?(?P<date>\d{4}-\d{2}-\d{2})[ T](?P<time>\d{2}:\d{2}:\d{2})[\w.,:+-]*\]?[ ,|-]*\[?"
    r"(?P<level>TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|FATAL)\b\]?[ :|-]*(?P<message>.*)",
)


def log_pattern(file: FileHead) -> str:
    """The pattern that takes the lines of a log apart by name; '' where it is of no known form."""
    if not file.path.lower().endswith(".log"):
        return ""
    lines = [line for line in whole_lines(file).splitlines() if line.strip()]
    fits = [(sum(re.match(pattern, line) is not None for line in lines), pattern) for pattern in _LOGS]
    often, pattern = max(fits)
    # What does not fit may be what follows an error: the lines of a traceback.
    return pattern if len(lines) > 2 and often >= 0.6 * len(lines) and re.match(pattern, lines[0]) else ""


def _logged(text: str, pattern: str, say: dict[str, str]) -> Iterable[str]:
    entries = [found.groupdict() for line in text.splitlines() if (found := re.match(pattern, line))]
    yield say["entry"].format(value={name: value[:40] for name, value in entries[0].items()})
    if any(entry.get("bytes") == "-" for entry in entries):
        yield say["mixed"].format(column="bytes", value="'-'")


_LEVELS = frozenset("TRACE DEBUG INFO NOTICE WARN WARNING ERROR CRITICAL FATAL".split())


def _levels(text: str, say: dict[str, str]) -> Iterable[str]:
    """Where the level of a log's lines stands, if its words stand elsewhere as well: in a line is not at its level."""
    lines = [line.split() for line in text.splitlines() if line.strip()]
    for at in range(6):
        told = [line[at].strip("[]<>():|") if len(line) > at else "" for line in lines]
        if len(lines) < 3 or sum(word in _LEVELS for word in told) < 0.8 * len(lines):
            continue
        others = [" ".join(line[:at] + line[at + 1 :]) for line in lines]
        if any(word in other for word in set(told) & _LEVELS for other in others):
            yield say["level"].format(column=at, value=repr(next(line[at] for line in lines if len(line) > at)))
        return


def split_lines(text: str) -> list[list[str]]:
    """For lines of one make, such as those of a log: the parts they have when split at spaces; else none.

    Lines that begin with # are remarks and none of them.
    """
    lines = [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if len(lines) < 3:
        return []
    count, often = Counter(map(len, lines)).most_common(1)[0]
    if often < 0.8 * len(lines) or not 4 <= count <= 16 or not any(re.search(r"\d", part) for part in lines[0]):
        return []
    return [line for line in lines if len(line) == count]


def _columns(text: str, say: dict[str, str]) -> Iterable[str]:
    """The places that the parts of such lines have, and where numbers are not all there is."""
    even = split_lines(text)
    if not even:
        return
    yield say["fields"].format(value=", ".join(f"[{at}] {part[:24]}" for at, part in enumerate(even[0])))
    for at in range(len(even[0])):
        plain = [_NUMBER.fullmatch(line[at]) is not None for line in even]
        if 0.6 * len(even) <= sum(plain) < len(even):
            other = next(line[at] for line, number in zip(even, plain, strict=True) if not number)
            yield say["mixed"].format(column=f"[{at}]", value=repr(other[:24]))
