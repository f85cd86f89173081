"""Checks on files that need no code to run: there or not, changed or not, what stands in them. Never opens a path."""

import csv
import difflib
import hashlib
import io
import json
import math
import re
from typing import cast

from pydantic import JsonValue

from autogpt.core.contracts import FileEntry, Workspace
from autogpt.core.errors import ToolError, UsageError
from autogpt.core.schema import read_json

MOST = 4_000_000
"""How many bytes of a file a check reads; a deliverable over this is not read in parts, it fails with the reason."""

Found = tuple[bool, str]
"""Whether the check passed, and the evidence."""


def tidy(path: str) -> str:
    """A path as people and models write it ('./a', '/workspace/a') as a path in the workspace; keeps a last '/'."""
    for head in ("/workspace/", "./"):
        path = path.removeprefix(head)
    return path


def find(files: Workspace, path: str) -> FileEntry | None:
    """The entry at the path, or None."""
    plain = tidy(path).rstrip("/")
    parent = plain.rpartition("/")[0]
    try:
        entries = files.list(parent, 50_000)
    except ToolError:
        return None
    return next((entry for entry in entries if entry.path.rstrip("/") == plain), None)


def read(files: Workspace, path: str) -> bytes | str:
    """The file's bytes, or in words why it cannot be read."""
    entry = find(files, path)
    if entry is None:
        return f"{path} does not exist{_instead(files, path)}"
    if entry.kind not in ("file", "link"):
        return f"{path} is not a file but a {'folder' if entry.kind == 'folder' else 'special file'}"
    if entry.size > MOST:
        return f"{path} has {entry.size:,} bytes; a check reads at most {MOST:,}"
    try:
        data = files.read(tidy(path), MOST + 1)
    except ToolError as error:
        return str(error)
    return data if len(data) <= MOST else f"{path} has more than {MOST:,} bytes"


def read_text(files: Workspace, path: str) -> tuple[str, str]:
    """The file's text and '', or '' and the reason in words. A byte-order mark is no part of the text."""
    data = read(files, path)
    if isinstance(data, str):
        return "", data
    try:
        return data.decode("utf-8-sig"), ""
    except UnicodeDecodeError as error:
        return "", f"{path} is not UTF-8 text: byte {error.start} is {data[error.start]:#04x}"


def _instead(files: Workspace, path: str) -> str:
    """What is there under a similar name: most missing deliverables are misnamed or in another folder."""
    try:
        there = [entry.path for entry in files.list("", 500) if entry.kind == "file"]
    except ToolError:
        return ""
    name = tidy(path).rpartition("/")[2]
    near = [other for other in there if other.rpartition("/")[2] == name]
    near = near or difflib.get_close_matches(tidy(path), there, 2, 0.7)
    if near:
        return f"; there is {', '.join(near[:3])}"
    return f"; the workspace holds {', '.join(there[:12])}" if there else "; the workspace is empty"


def exists(files: Workspace, path: str) -> Found:
    """Whether a file with content is there; for a path that ends in '/', a folder that holds something."""
    entry = find(files, path)
    if entry is None:
        return False, f"{path} does not exist{_instead(files, path)}"
    if path.endswith("/"):
        if entry.kind != "folder":
            return False, f"{path} is a {entry.kind}, not a folder"
        try:
            inside = len(files.list(tidy(path).rstrip("/"), 2))
        except ToolError as error:
            return False, str(error)
        return inside > 0, f"{path} is a folder" if inside else f"{path} is an empty folder"
    if entry.kind == "folder":
        return False, f"{path} is a folder, not a file"
    if entry.kind == "other":
        return False, f"{path} is a special file, not a file with content"
    if entry.kind == "link":
        data = read(files, path)  # a link counts for what it leads to inside the workspace
        return (False, data) if isinstance(data, str) else (bool(data), f"{path} is a link to {len(data):,} bytes")
    return entry.size > 0, f"{path} has {entry.size:,} bytes" if entry.size else f"{path} is empty"


def absent(files: Workspace, path: str) -> Found:
    """Whether nothing is at the path."""
    entry = find(files, path)
    return entry is None, f"{path} is gone" if entry is None else f"{path} is still there"


def unchanged(files: Workspace, path: str, sha256: str, like: str = "") -> Found:
    """Whether the file has the content with this SHA-256 (hexadecimal): its own as it was, or that of `like`."""
    data = read(files, path)
    if isinstance(data, str):
        return False, data
    same = hashlib.sha256(data).hexdigest() == sha256.lower()
    if like:
        return same, f"{path} holds exactly what {like} held" if same else f"{path} does not hold what {like} held"
    return same, f"{path} is as it was" if same else f"{path} has changed; put it back as it was"


def contains(files: Workspace, path: str, wanted: str, exact: bool, must_not: bool) -> Found:
    """Look for plain text; letter case and runs of white space do not count unless `exact`."""
    text, why = read_text(files, path)
    if why:
        return False, why
    there = wanted in text if exact else _plain(wanted) in _plain(text)
    if must_not:
        return (
            not there,
            f"{path} contains {_cut(wanted)}, which must not be there" if there else f"{path} is free of it",
        )
    if there:
        return True, f"{path} contains {_cut(wanted)}"
    return False, f"{path} does not contain {_cut(wanted)}{_nearest(text, wanted)}"


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _cut(text: str, most: int = 200) -> str:
    return repr(text) if len(text) <= most else repr(text[:most]) + "..."


def _nearest(text: str, wanted: str) -> str:
    lines = [line.strip() for line in text.splitlines()[:500] if 0 < len(line) <= 300]
    near = difflib.get_close_matches(wanted.strip()[:300], lines, 1, 0.5)
    if near:
        return f"; the nearest line is {near[0]!r}"
    return f"; it begins {' '.join(text.split())[:300]!r}" if text.strip() else "; it is empty"


def value_at(files: Workspace, path: str, pointer: str, compare: bool, expected: JsonValue) -> Found:
    """Whether the JSON file has a value at the pointer, equal to `expected` if `compare`; see `equal`."""
    text, why = read_text(files, path)
    if why:
        return False, why
    try:
        value = read_json(text)
    except UsageError as error:
        return False, f"{path}: {error}"
    got, lost = resolve(value, pointer)
    where = pointer or "the document"
    if lost:
        return False, f"{path} has nothing at {pointer!r}: {lost}"
    if not compare:
        return True, f"{path}: {where} is {_json(got)}"
    same = equal(got, expected)
    return same, f"{path}: {where} is {_json(got)}" + ("" if same else f", expected {_json(expected)}")


def _json(value: JsonValue) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 600 else text[:600] + "..."


def resolve(value: JsonValue, pointer: str) -> tuple[JsonValue, str]:
    """Follow a JSON pointer (RFC 6901): the value and '', or None and what was missing, with what is there."""
    if pointer and not pointer.startswith("/"):
        return None, f"a JSON pointer begins with '/', as in '/{pointer}'"
    for token in pointer.split("/")[1:]:
        name = token.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            if name not in value:
                return None, f"no {name!r} among the names {', '.join(map(repr, list(value)[:20]))}"
            value = value[name]
        elif isinstance(value, list):
            # The ASCII rule matters: int() would take '٣' and ' 3'.
            if not re.fullmatch(r"0|[1-9][0-9]{0,8}", name) or int(name) >= len(value):
                return None, f"no item {name!r} in a list of {len(value)}"
            value = value[int(name)]
        else:
            return None, f"no {name!r} inside {_json(value)[:100]}"
    return value, ""


def equal(left: JsonValue, right: JsonValue) -> bool:
    """Equal as JSON; numbers within one part in a million, and true is not 1."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, int | float) and isinstance(right, int | float):
        # Integers first: they may be too large for a float.
        return left == right or _close(left, right)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(equal(a, b) for a, b in zip(left, right, strict=True))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(equal(left[name], right[name]) for name in left)
    return left == right


def _close(left: float, right: float) -> bool:
    try:
        return math.isclose(left, right, rel_tol=1e-6, abs_tol=1e-12)
    except OverflowError:
        return False


def json_lines(text: str) -> str:
    """Say what is wrong with JSON Lines; '' if nothing is."""
    rows = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    for number, line in rows:
        try:
            read_json(line)
        except UsageError as error:
            return f"line {number}: {error}"
    return "" if rows else "it holds no line"


def csv_rows(text: str) -> str:
    """Say what is wrong with a CSV table (RFC 4180); '' if nothing is. Every row has as many fields as the first."""
    first = text.lstrip().partition("\n")[0]
    # Not csv.Sniffer: it guesses wrong on short tables, and its patterns backtrack without bound on hostile ones.
    comma = next((mark for mark in ",;\t|" if mark in first), ",")
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=comma, strict=True) if row]
    except csv.Error as error:
        return f"not a CSV table: {error}"
    if not rows:
        return "it holds no row"
    for number, row in enumerate(rows, 1):
        if len(row) != len(rows[0]):
            return f"row {number} has {len(row)} fields, the first row has {len(rows[0])}: {row[:8]!r}"
    return ""


def as_text(value: JsonValue) -> str:
    """All strings in a JSON value, a line each: the prose in a data file, without its names."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return "\n".join(as_text(item) for item in cast("dict[str, JsonValue]", value).values())
    if isinstance(value, list):
        return "\n".join(as_text(item) for item in value)
    return ""
