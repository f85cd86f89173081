"""How a program broke: the error, its place, the values that were shown; and the program with other texts in it."""

import ast
import copy
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TypeVar, cast

from autogpt.agent.programs.oddities import table_of, whole_lines
from autogpt.core.contracts import FileHead

Edit = tuple[int, int, str]
"""What stands between two bytes of a program instead."""
_Node = TypeVar("_Node", bound=ast.AST)
_FRAME = re.compile(r'^  File "(?P<file>[^"\n]+)", line (?P<line>\d+), in .+$', re.M)
_ERROR = re.compile(r"^(?P<kind>[A-Za-z_][\w.]*)(?:: (?P<said>.*))?$", re.M)
_MARKS = re.compile(r"^    ( *[~^][~^ ]*)$", re.M)
_SHOWN = re.compile(r"^  (?P<name>[A-Za-z_]\w*) = (?P<value>.+)$", re.M)
_CUT = 200
"""Length from which a value is shown in part."""


@dataclass(frozen=True)
class Break:
    """A program that broke, and all that was seen of it."""

    code: str
    tree: ast.Module
    parents: Mapping[ast.AST, ast.AST]
    kind: str
    """The error's class, such as TypeError."""
    said: str
    line: int
    """The program's own line that was at work, counted from 1."""
    spots: Sequence[tuple[int, int]]
    """Where in the line, in bytes, by the marks below it; two where the marks can be read in two ways."""
    shown: Mapping[str, str]
    files: Sequence[FileHead]

    def at(self, kind: type[_Node]) -> list[_Node]:
        """The nodes of a kind that failed: the one that the marks show, or all of the line where there are none."""
        found = [node for node in self._of(kind) if node.lineno <= self.line <= (node.end_lineno or 0)]
        if not self.spots:
            return cast("list[_Node]", found)
        end = len(self._line().rstrip().encode())
        return cast(
            "list[_Node]",
            [
                node
                for node in found
                for first, last in self.spots
                if (node.lineno, node.col_offset) == (self.line, first)
                and (end if node.end_lineno != self.line else node.end_col_offset) == last
            ],
        )

    def _of(self, kind: type[ast.AST]) -> Iterable[ast.expr | ast.stmt]:
        for node in ast.walk(self.tree):
            if isinstance(node, kind) and isinstance(node, ast.expr | ast.stmt):
                yield node

    def _line(self) -> str:
        return self.code.split("\n")[self.line - 1]

    def statement(self, node: ast.AST) -> ast.stmt:
        """The innermost statement that the node is part of."""
        while not isinstance(node, ast.stmt):
            node = self.parents[node]
        return node

    def above(self, node: ast.AST) -> Iterable[ast.AST]:
        """What the node is part of, from the inside out."""
        while node in self.parents:
            node = self.parents[node]
            yield node

    def value(self, node: ast.expr) -> object:
        """What an expression stood for, as far as it was shown or stands in a file; None where neither tells."""
        match node:
            case ast.Name(id=name):
                shown = whole_of(self.shown[name]) if name in self.shown else None
                read = self._read(name) if shown is None or len(self.shown[name]) >= _CUT else None
                return shown if read is None else read
            case ast.Subscript(value=of, slice=ast.Constant(value=str(key))):
                outer = self.value(of)
                return cast("dict[str, object]", outer).get(key) if isinstance(outer, dict) else None
            case _:
                return None

    def _read(self, name: str) -> object:
        """What was read from a JSON file under the name."""
        for node in ast.walk(self.tree):
            if not isinstance(node, ast.Assign) or [ast.unparse(one) for one in node.targets] != [name]:
                continue
            around = [one for one in self.above(node) if isinstance(one, ast.With)][:1]
            texts = [
                part.value
                for place in [node.value, *(item.context_expr for one in around for item in one.items)]
                for part in ast.walk(place)
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
            ]
            if re.search(r"\bloads?\(", ast.unparse(node.value)):
                names = {PurePosixPath(text).name for text in texts}
                found = [file for file in self.files if PurePosixPath(file.path).name in names]
                return _parsed(found[0]) if len(found) == 1 else None
        return None

    def source(self, node: ast.expr) -> str:
        """The text of an expression as the program has it, where that can be told; else as Python would write it."""
        text = ast.get_source_segment(self.code, node) or ""
        try:
            same = ast.dump(ast.parse(f"({text})", mode="eval").body) == ast.dump(node)
        except (SyntaxError, ValueError):
            same = False
        return text if same else ast.unparse(node)

    def replaced(self, texts: Mapping[ast.expr, str]) -> list[Edit]:
        """Other texts for some expressions; an f-string is written anew, for places inside of it are not exact."""
        edits: list[Edit] = []
        within: dict[ast.expr, dict[ast.expr, str]] = {}
        for node, text in texts.items():
            whole = [one for one in self.above(node) if isinstance(one, ast.JoinedStr)]
            if whole:
                within.setdefault(whole[-1], {})[node] = text
            else:
                edits.append((*self.ends(node), text))
        for whole, parts in within.items():
            known: dict[int, ast.AST] = {}
            made = copy.deepcopy(whole, known)
            others = {id(known[id(node)]): ast.parse(text, mode="eval").body for node, text in parts.items()}
            edits.append((*self.ends(whole), ast.unparse(_Replacing(others).visit(made))))
        return edits

    def before(self, statement: ast.stmt, line: str) -> Edit:
        """A line more before a statement."""
        start = self.code.encode().split(b"\n")[statement.lineno - 1][: statement.col_offset].decode()
        at, _ = self.ends(statement)
        return (at, at, f"{line}; " if start.strip() else f"{line}\n{start}")

    def ends(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """The bytes of the program between which a node stands."""
        lines = self.code.encode().split(b"\n")
        starts = [0]
        for line in lines:
            starts.append(starts[-1] + len(line) + 1)
        last = node.end_lineno or node.lineno
        return starts[node.lineno - 1] + node.col_offset, starts[last - 1] + (node.end_col_offset or 0)

    def spliced(self, edits: Iterable[Edit]) -> str:
        """The program with the edits; '' where nothing changes, edits overlap or no program comes of it."""
        whole = self.code.encode()
        before = len(whole) + 1
        for first, last, text in sorted(set(edits), reverse=True):
            if last > before:
                return ""
            whole = whole[:first] + text.encode() + whole[last:]
            before = first
        better = whole.decode()
        try:
            ast.parse(better)
        except (SyntaxError, ValueError):
            return ""
        return better if better != self.code else ""

    def columns(self) -> list[str]:
        """The names of the columns of the folder's tables, as a program finds them that reads them plainly."""
        stripped = ".strip(): " in self.code
        tables = [table for file in self.files if file.path.endswith((".csv", ".tsv")) and (table := table_of(file))]
        return list(dict.fromkeys(name.strip() if stripped else name for table in tables for name in table.head))

    def keys(self) -> list[str]:
        """The keys of the folder's JSON."""
        heads = [file.head for file in self.files if file.path.endswith((".json", ".jsonl", ".ndjson"))]
        return list(dict.fromkeys(key for head in heads for key in re.findall(r'"([^"\\\n]{1,80})"\s*:', head)))


class _Replacing(ast.NodeTransformer):
    def __init__(self, others: Mapping[int, ast.expr]) -> None:
        self._others = others

    def visit(self, node: ast.AST) -> ast.AST:
        return self._others[id(node)] if id(node) in self._others else self.generic_visit(node)


def broken(code: str, seen: str, files: Sequence[FileHead]) -> Break | None:
    """What is known of a program that broke in a line of its own; None where that cannot be read.

    seen: what was seen of it. files: those of the folder.
    """
    frame = (list(_FRAME.finditer(seen)) or [None])[-1]
    error = _ERROR.search(seen, frame.end()) if frame else None
    if frame is None or error is None or frame["file"] != "program.py":
        return None
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    line, lines = int(frame["line"]), code.split("\n")
    if not 0 < line <= len(lines):
        return None
    marks = _MARKS.search(seen, frame.end(), error.start())
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    shown = {found["name"]: found["value"] for found in _SHOWN.finditer(seen, error.end())}
    spots = _spots(lines[line - 1], marks[1], ended=line < len(lines)) if marks else []
    return Break(code, tree, parents, error["kind"], error["said"] or "", line, spots, shown, files)


def _spots(line: str, marks: str, *, ended: bool) -> list[tuple[int, int]]:
    """What the marks stand under: characters, or from Python 3.13 on places as wide as the characters are shown.

    ended: whether the line ends with a newline; without it Python 3.11 puts the marks one place too far.
    """
    indent = len(line) - len(line.lstrip())
    first, last = indent + len(marks) - len(marks.lstrip()), indent + len(marks.rstrip())
    found: set[tuple[int, int]] = set()
    for over in (0,) if ended else (0, 1):
        begin, end = max(first - over, 0), last - over
        found |= {(len(line[:begin].encode()), len(line[:end].encode())), (_wide(line, begin), _wide(line, end))}
    return sorted(found)


def _wide(line: str, place: int) -> int:
    """How many bytes are before a place that is counted in columns of a terminal."""
    column = 0
    for at, char in enumerate(line):
        if column >= place:
            return len(line[:at].encode())
        column += 2 if unicodedata.east_asian_width(char) in "FW" else 1
    return len(line.encode())


def _parsed(file: FileHead) -> object:
    """The JSON of a file, if its head shows all of it."""
    try:
        if file.path.endswith((".jsonl", ".ndjson")):
            return [json.loads(line) for line in whole_lines(file).splitlines() if line.strip()]
        return json.loads(file.head.removeprefix("\ufeff"))
    except ValueError:
        return None


def whole_of(text: str) -> object:
    """The value that a text shows; of one that was cut off its whole entries. None where it shows none."""
    ends: dict[int, tuple[int, str]] = {}
    opened, quote, at = "", "", 0
    while at < len(text):
        char = text[at]
        if quote:
            at += char == "\\"
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in "([{":
            opened += {"(": ")", "[": "]", "{": "}"}[char]
        elif char in ")]}":
            opened = opened[:-1]
        elif char == "," and opened:
            ends[len(opened)] = (at, opened[::-1])
        at += 1
    tries = [text, *(f"{text[:at]},{closing}" for _, (at, closing) in sorted(ends.items()))]
    for one in tries if opened or quote else tries[:1]:
        try:
            return cast("object", ast.literal_eval(one))
        except (SyntaxError, ValueError, MemoryError, RecursionError, TypeError):
            continue
    return None
