"""Slips of the pen in Python that a machine can mend without guessing, so that no model has to be asked again."""

import ast
import re
import sys
from collections.abc import Callable

_HAN = "\u4e00-\u9fff"
_JOINED = re.compile(rf"\b(as|in|for|from|import|and|or|not|if|else|is|return|def|class|with|lambda)(?=[{_HAN}])")
"""A keyword with a Chinese name right behind it: one identifier to Python, two words to who wrote it."""
_WIDE = str.maketrans("，：；（）【】＝＋－！“”‘’", ",:;()[]=+-!\"\"''")
_MOST_CUT = 12
"""Lines that are dropped at most from the end of a program that was cut off."""


_HOMES = {
    **dict.fromkeys(("Counter", "defaultdict", "deque", "OrderedDict", "namedtuple"), "collections"),
    **dict.fromkeys(("timedelta", "timezone"), "datetime"),
    **dict.fromkeys(("List", "Dict", "Tuple", "Set", "Optional", "Union", "Any", "Iterable", "Callable"), "typing"),
    **dict.fromkeys(("dataclass", "field"), "dataclasses"),
    **dict.fromkeys(("reduce", "lru_cache", "partial", "wraps"), "functools"),
    **dict.fromkeys(("combinations", "permutations", "product", "chain", "groupby"), "itertools"),
    **dict.fromkeys(("sqrt", "ceil", "floor", "gcd"), "math"),
    "Path": "pathlib",
    "Decimal": "decimal",
    "Fraction": "fractions",
    "StringIO": "io",
    "HTMLParser": "html.parser",
}
"""Names of the standard library that are used bare, and the module each is from."""


def mended(code: str) -> str:
    """The code, or where it would break a version of it that does not and says the same.

    Mends keywords joined to Chinese names, full-width punctuation outside of texts, an unfinished last statement, and
    imports from the standard library that were forgotten.
    """
    if parses(code):
        return _imported(code)
    for better in (_separated(code), _narrowed(code), _narrowed(_separated(code)), _shortened(code)):
        if better != code and parses(better):
            return _imported(better)
    return code


def parses(code: str) -> bool:
    """Whether it is Python, as far as reading it tells."""
    try:
        ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _imported(code: str) -> str:
    """With an import for each name that is used, defined nowhere, and known from the standard library."""
    from pyflakes import checker
    from pyflakes.messages import ImportStarUsed, UndefinedName

    try:
        tree = ast.parse(code)
        messages = checker.Checker(tree).messages
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return code
    if any(isinstance(message, ImportStarUsed) for message in messages):
        return code
    names = dict.fromkeys(str(m.message_args[0]) for m in messages if isinstance(m, UndefinedName))
    lines = [line for name in names if (line := _import_of(name, code))]
    if not lines:
        return code
    after = 0
    for statement in tree.body:
        docstring = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        future = isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
        if not (docstring and statement is tree.body[0]) and not future:
            break
        after = statement.end_lineno or 0
    whole = code.split("\n")
    if after == 0 and whole[0].startswith("#!"):
        after = 1
    return "\n".join([*whole[:after], *lines, *whole[after:]])


def _import_of(name: str, code: str) -> str:
    if name == "datetime":
        module = re.search(r"\bdatetime\.(?:datetime|date|time)\b", code)
        return "import datetime" if module else "from datetime import datetime"
    if name in _HOMES:
        return f"from {_HOMES[name]} import {name}"
    # Only modules that are used as such: a forgotten variable may be called 'code' or 'token', too.
    known = name in sys.stdlib_module_names and re.search(rf"\b{name}\.\w", code)
    return f"import {name}" if known else ""


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
