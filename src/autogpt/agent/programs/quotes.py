"""f-strings with their own quotes or with a line break inside their braces, which Python up to 3.11 cannot read.

Since Python 3.12 (PEP 701) `f"{row["cost"]:.2f}"` is right; models have read both. Rewritten here for any version.
"""

import re
from dataclasses import dataclass, field

_OPENS = re.compile(r"(?<!\w)(?P<prefix>[rRbBuUfF]{0,2})(?P<quote>'''|\"\"\"|'|\")")
_QUOTES = {1: ('"', "'"), 2: ('"""', '"', "'")}
"""The quotes by how deep strings stand in one another, from the outermost to the innermost."""
_CHARACTERS = {"\\n": "chr(10)", "\\t": "chr(9)"}


@dataclass
class _String:
    """A string: its prefix, its text in pieces, and the strings inside the braces of an f-string between them."""

    prefix: str
    quote: str
    pieces: list["str | _String"] = field(default_factory=list["str | _String"])
    literal: list[bool] = field(default_factory=list[bool])

    def depth(self) -> int:
        return max((1 + piece.depth() for piece in self.pieces if isinstance(piece, _String)), default=0)

    def character(self) -> str:
        """The line break or tab that it is, without a backslash; '' for any other string."""
        return _CHARACTERS.get("".join(map(str, self.pieces)), "")

    def add(self, piece: "str | _String", *, literal: bool) -> None:
        self.pieces.append(piece)
        self.literal.append(literal)

    def written(self, quotes: tuple[str, ...]) -> str:
        parts: list[str] = []
        for piece, literal in zip(self.pieces, self.literal, strict=True):
            if isinstance(piece, _String):
                parts.append(piece.character() or piece.written(quotes[1:]))
            else:
                parts.append(_escaped(piece, quotes[0]) if literal else piece)
        return f"{self.prefix}{quotes[0]}{''.join(parts)}{quotes[0]}"


def requoted(code: str) -> str:
    """The code with other quotes for f-strings that hold what only new versions of Python read; all else as it was."""
    parts: list[str] = []
    at = 0
    while at < len(code):
        if code[at] == "#":
            end = code.find("\n", at)
            end = len(code) if end < 0 else end
        elif opens := _OPENS.match(code, at):
            string, end = _read(code, opens)
            depth = string.depth()
            if depth in _QUOTES and _reuses(string):
                parts.append(string.written(_QUOTES[depth]))
                at = end
                continue
        else:
            end = at + 1
        parts.append(code[at:end])
        at = end
    return "".join(parts)


def _read(code: str, opens: re.Match[str]) -> tuple[_String, int]:
    """The string that begins there, and where it ends; one without an end ends with its line."""
    string = _String(opens["prefix"], opens["quote"])
    formatted = "f" in string.prefix.lower()
    at = begin = opens.end()
    while at < len(code):
        if code.startswith(string.quote, at):
            string.add(code[begin:at], literal=True)
            return string, at + len(string.quote)
        if code[at] == "\n" and len(string.quote) == 1:
            break
        if code[at] == "\\" or (formatted and code.startswith(("{{", "}}"), at)):
            at += 2
        elif formatted and code[at] == "{":
            string.add(code[begin:at], literal=True)
            at = begin = _read_expression(code, at, string)
        else:
            at += 1
    string.add(code[begin:at], literal=True)
    return string, at


def _read_expression(code: str, at: int, string: _String) -> int:
    """Adds to the string what stands in the braces that open there, and returns where they have been closed."""
    depth, begin = 0, at
    while at < len(code) and code[at] != "\n":
        if opens := _OPENS.match(code, at):
            string.add(code[begin:at], literal=False)
            inner, at = _read(code, opens)
            string.add(inner, literal=False)
            begin = at
            continue
        depth += (code[at] in "{[(") - (code[at] in "}])")
        at += 1
        if depth == 0:
            break
    string.add(code[begin:at], literal=False)
    return at


def _reuses(string: _String) -> bool:
    inner = [piece for piece in string.pieces if isinstance(piece, _String)]
    return any(piece.quote == string.quote or piece.character() or _reuses(piece) for piece in inner)


def _escaped(text: str, quote: str) -> str:
    """The text with each plain quote of that kind as \\" for a string in such quotes."""
    return re.sub(rf"(?<!\\){quote[0]}", rf"\\{quote[0]}", text)
