"""Parses bytes that may be hostile, away from us and under limits, and tells whether they are well-formed."""

import ast
import base64
import contextlib
import html.parser
import importlib
import re
import resource
import sqlite3
import tempfile
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any


def main(payload: dict[str, Any], tell: Callable[[dict[str, Any]], None]) -> None:
    """payload: `as` and `data` (base64), for `regex` also `pattern`. Tells {"end", "ok", "why"}."""
    # Limits of our own too: the same program runs without a sandbox where there is none.
    for what, most in ((resource.RLIMIT_CPU, 5), (resource.RLIMIT_AS, 1 << 30), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))
    data = base64.b64decode(payload["data"])
    try:
        if payload["as"] == "regex":
            found = re.search(payload["pattern"], data.decode("utf-8", "replace"), re.MULTILINE)
            tell({"end": True, "ok": found is not None, "why": found.group(0)[:300] if found else ""})
            return
        why = PARSERS[payload["as"]](data)
    except (ValueError, SyntaxError, ET.ParseError, sqlite3.Error, re.error, ImportError) as error:
        why = f"{type(error).__name__}: {error}"
    except (RecursionError, MemoryError) as error:
        why = f"it nests too deep or is too large ({type(error).__name__})"
    tell({"end": True, "ok": not why, "why": why[:800]})


def _python(data: bytes) -> str:
    ast.parse(data)
    return ""


def _toml(data: bytes) -> str:
    tomllib.loads(data.decode())
    return ""


def _xml(data: bytes) -> str:
    ET.fromstring(data)  # noqa: S314 - under limits, and the result is dropped
    return ""


def _yaml(data: bytes) -> str:
    yaml: Any = importlib.import_module("yaml")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        documents = [document for document in yaml.load_all(data.decode(), Loader=loader) if document is not None]
    except yaml.YAMLError as error:
        return f"YAML: {error}"
    return "" if documents else "it holds no YAML document"


def _sqlite(data: bytes) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "copy.db"
        path.write_bytes(data)
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as base:
            verdict = base.execute("PRAGMA quick_check").fetchone()[0]
            tables = base.execute("SELECT count(*) FROM sqlite_master WHERE type = 'table'").fetchone()[0]
    if verdict != "ok":
        return f"the database is damaged: {verdict}"
    return "" if tables else "the database has no table"


VOID = {*"area base br col embed hr img input link meta param source track wbr !doctype".split()}
OPTIONAL = {
    *"html head body p li dt dd option optgroup thead tbody tfoot tr td th colgroup caption rp rt".split(),
}
"""Elements whose end tag HTML lets one leave out."""


class _Balance(html.parser.HTMLParser):
    """Follows start and end tags. What browsers mend without a trace is fine; what shows on the page is not."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, int]] = []
        self.elements = 0
        self.wrong = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements += 1
        if tag not in VOID:
            self.open.append((tag, self.getpos()[0]))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID or self.wrong:
            return
        depth = len(self.open)
        while depth and self.open[depth - 1][0] in OPTIONAL and self.open[depth - 1][0] != tag:
            depth -= 1
        if depth and self.open[depth - 1][0] == tag:
            del self.open[depth - 1 :]
        elif tag not in OPTIONAL:
            at = f"; open is <{self.open[-1][0]}> from line {self.open[-1][1]}" if self.open else ""
            self.wrong = f"line {self.getpos()[0]}: </{tag}> closes nothing{at}"


def _html(data: bytes) -> str:
    balance = _Balance()
    balance.feed(data.decode())
    balance.close()
    if balance.wrong:
        return balance.wrong
    if not balance.elements:
        return "it holds no HTML element"
    left = [(tag, line) for tag, line in balance.open if tag not in OPTIONAL]
    return f"<{left[-1][0]}> from line {left[-1][1]} is never closed" if left else ""


PARSERS: dict[str, Callable[[bytes], str]] = {
    "py": _python,
    "toml": _toml,
    "xml": _xml,
    "yaml": _yaml,
    "sqlite": _sqlite,
    "html": _html,
}
