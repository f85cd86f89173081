"""Slips of the pen in Python that a machine can mend without guessing, so that no model has to be asked again."""

import ast
import re
from collections.abc import Callable

_HAN = "\u4e00-\u9fff"
_JOINED = re.compile(rf"\b(as|in|for|from|import|and|or|not|if|else|is|return|def|class|with|lambda)(?=[{_HAN}])")
"""A keyword with a Chinese name right behind it: one identifier to Python, two words to who wrote it."""
_WIDE = str.maketrans("，：；（）【】＝＋－！“”‘’", ",:;()[]=+-!\"\"''")
_MOST_CUT = 12
"""Lines that are dropped at most from the end of a program that was cut off."""


def mended(code: str) -> str:
    """The code, or where it does not parse a version of it that does and says the same.

    Mends keywords joined to Chinese names, full-width punctuation outside of texts, and an unfinished last statement.
    """
    if parses(code):
        return code
    for attempt in (_separated, _narrowed, lambda text: _narrowed(_separated(text)), _shortened):
        better = attempt(code)
        if better != code and parses(better):
            return better
    return code


def parses(code: str) -> bool:
    """Whether it is Python, as far as reading it tells."""
    try:
        ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _separated(code: str) -> str:
    return "\n".join(_outside(line, lambda text: _JOINED.sub(r"\1 ", text)) for line in code.split("\n"))


def _narrowed(code: str) -> str:
    return "\n".join(_outside(line, lambda text: text.translate(_WIDE)) for line in code.split("\n"))


_TEXT = re.compile(r"""('''.*|\"\"\".*|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\#.*)""")


def _outside(line: str, change: Callable[[str], str]) -> str:
    """The line with what is outside of its texts and comments changed."""
    return "".join(part if at % 2 else change(part) for at, part in enumerate(_TEXT.split(line)))


def _shortened(code: str) -> str:
    """Without its unfinished last statement, where at least one line of what remains is a whole one."""
    lines = code.rstrip().split("\n")
    for keep in range(len(lines) - 1, max(0, len(lines) - _MOST_CUT), -1):
        text = "\n".join(lines[:keep]) + "\n"
        if parses(text):
            return text
    return code
