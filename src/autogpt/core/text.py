"""Text from models, tools and files, made harmless for a terminal or a page."""

import unicodedata

_LAYOUT = frozenset("\n\t")
# Joiners and variation selectors: invisible, yet whole scripts and emoji need them.
_NEEDED = frozenset("\u200c\u200d\ufe0e\ufe0f")


def columns(text: str) -> int:
    """How wide a text is, in Latin letters; a Chinese character takes two.

    >>> columns("F1"), columns("准确率")
    (2, 6)
    """
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def printable(text: str) -> str:
    r"""The text with every character that acts or hides written out as an escape (`\x1b`, `\u202e`).

    Control characters except newline and tab (so no terminal commands), formatting characters (direction overrides,
    zero-width and tag characters, which can hide or reorder what a person reads) and halves of surrogate pairs.
    """
    return "".join(char if char in _LAYOUT or char in _NEEDED or not _acts(char) else _escape(char) for char in text)


def _acts(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"
