"""Slips of the pen in Python that a machine can mend without guessing, so that no model has to be asked again."""

import ast
import importlib
import importlib.util
import re
from collections.abc import Callable, Mapping, Sequence

from autogpt.agent.programs.commits import committed
from autogpt.agent.programs.habits import split_once, unmasked
from autogpt.agent.programs.quotes import requoted

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
_MODULES = frozenset(
    "argparse base64 bisect calendar collections concurrent copy csv dataclasses decimal difflib enum fnmatch "
    "fractions functools glob gzip hashlib heapq html http io itertools json locale logging math operator os "
    "pathlib pprint queue random re secrets shlex shutil socket sqlite3 statistics string struct subprocess "
    "sys tempfile textwrap threading time tomllib traceback unicodedata unittest urllib uuid warnings xml "
    "zipfile zoneinfo".split()
)
"""Modules that programs for everyday work use, and that do nothing when they are imported."""


def mended(code: str) -> str:
    """The code, or where it would break a version of it that does not and says the same.

    Mends f-strings that hold their own quotes, keywords joined to Chinese names, full-width punctuation outside of
    texts, lines that are indented under nothing, a docstring without its end, a bracket that was not closed, an
    unfinished last statement, a `main` that nothing calls, a database that nothing is committed to, variables that hide
    modules, values cut at a second `=`, and imports from the standard library that were forgotten.
    """
    if parses(code):
        return _finished(code)
    ways = (requoted, _separated, _narrowed, _both, _levelled, _closed, _bracketed, _shortened)
    for better in (way(code) for way in ways):
        if better != code and parses(better):
            return _finished(better)
    return code


def _finished(code: str) -> str:
    return _imported(committed(_started(_unshadowed(split_once(unmasked(code))))))


def _unshadowed(code: str) -> str:
    """With another name for a variable that takes the name of the function it is computed with: `n = n(text)`.

    The second call of it in a loop would find a number in the place of the function.
    """
    tree = ast.parse(code)
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    inside = {id(n) for f in tree.body if isinstance(f, ast.FunctionDef | ast.ClassDef) for n in ast.walk(f)}
    outside = [node for node in ast.walk(tree) if id(node) not in inside]
    names = {
        node.targets[0].id
        for node in outside
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name)
        and node.targets[0].id == node.value.func.id
    } & functions
    calls = [node for node in outside if isinstance(node, ast.Call)]
    kept = {id(call.func) for call in calls} | {
        id(word.value) for c in calls for word in c.keywords if word.arg == "key"
    }
    kept |= {id(c.args[0]) for c in calls if c.args and ast.unparse(c.func) in ("map", "filter", "reduce")}
    lines = code.splitlines(keepends=True)
    found = [n for n in outside if isinstance(n, ast.Name) and n.id in names and id(n) not in kept]
    for node in sorted(found, key=lambda node: (node.lineno, node.col_offset), reverse=True):
        line = lines[node.lineno - 1].encode()
        lines[node.lineno - 1] = (line[: node.end_col_offset] + b"_found" + line[node.end_col_offset :]).decode()
    return "".join(lines)


def _started(code: str) -> str:
    """With the call of `main` that a program was left without."""
    body = ast.parse(code).body
    mains = [node for node in body if isinstance(node, ast.FunctionDef) and node.name == "main"]
    bare = len(mains) == 1 and not mains[0].args.args and not mains[0].args.kwonlyargs
    if not bare or len(re.findall(r"\bmain\b", code)) != 1:
        return code
    return f'{code.rstrip()}\n\n\nif __name__ == "__main__":\n    main()\n'


def parses(code: str) -> bool:
    """Whether it is Python, as far as reading it tells."""
    try:
        ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _imported(code: str) -> str:
    """With an import for each name that is used, defined nowhere, and known from the standard library."""
    return with_lines(code, [line for name in _undefined(code) if (line := _import_of(name, code))])


def joined(code: str, others: Mapping[str, str]) -> str:
    """The code with imports for names that it lacks and that one of the modules beside it defines.

    others: the texts of modules by the names they are imported by.
    """
    names = _undefined(code)
    defined = {module: _top_level(text) for module, text in others.items()} if names else {}
    homes = {name: [module for module, known in defined.items() if name in known] for name in names}
    return with_lines(code, [f"from {homes[name][0]} import {name}" for name in names if len(homes[name]) == 1])


def _undefined(code: str) -> list[str]:
    """The names that are used and defined nowhere; none where they may come from elsewhere."""
    from pyflakes import checker
    from pyflakes.messages import ImportStarUsed, UndefinedName

    try:
        messages = checker.Checker(ast.parse(code)).messages
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    if _BY_NAME.search(code) or any(isinstance(message, ImportStarUsed) for message in messages):
        return []
    return list(dict.fromkeys(str(m.message_args[0]) for m in messages if isinstance(m, UndefinedName)))


def _top_level(text: str) -> set[str]:
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    return {node.name for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}


def with_lines(code: str, lines: Sequence[str]) -> str:
    """The code with the lines behind its docstring and `__future__` imports; as it is where that cannot be."""
    if not lines:
        return code
    tree = ast.parse(code)
    after = next((at for at, line in enumerate(code.split("\n")) if not line.startswith("#")), 0)
    for statement in tree.body:
        docstring = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        future = isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
        if not (docstring and statement is tree.body[0]) and not future:
            if statement.lineno <= after:
                return code  # on one line with what must come first
            break
        after = statement.end_lineno or 0
    whole = code.split("\n")
    return "\n".join([*whole[:after], *lines, *whole[after:]])


_BY_NAME = re.compile(r"\b(?:globals|locals|vars|dir|exec|setattr)\(|\bbuiltins\b")
"""Code whose names may come from elsewhere."""


def _import_of(name: str, code: str) -> str:
    if name == "datetime":
        module = re.search(r"\bdatetime\.(?:datetime|date|time|timedelta|timezone)\b", code)
        return "import datetime" if module else "from datetime import datetime"
    if name in _HOMES:
        # A forgotten variable may be called 'product' or 'field', too.
        used = name[0].isupper() or re.search(rf"(?<![\w.]){name}\s*\(|@{name}\b", code)
        return f"from {_HOMES[name]} import {name}" if used else ""
    return _module(name, re.findall(rf"(?<![\w.]){name}((?:\.\w+)+)", code)) if name in _MODULES else ""


def _module(name: str, used: list[str]) -> str:
    """The import of a module, or of a part of it, if it has all that is used of it: 'queue.append' is of a list."""
    whole = importlib.import_module(name)
    parts: dict[str, None] = {}
    for chain in used:
        part = name
        for attribute in chain[1:].split("."):
            if not hasattr(importlib.import_module(part), "__path__") or not importlib.util.find_spec(
                f"{part}.{attribute}"
            ):
                break
            part = f"{part}.{attribute}"
        if part == name and not hasattr(whole, chain[1:].split(".")[0]):
            return ""
        parts[part] = None
    return "\n".join(f"import {part}" for part in parts)


def _separated(code: str) -> str:
    return _outside(code, lambda text: _JOINED.sub(r"\1 ", text))


def _narrowed(code: str) -> str:
    quoted = re.sub(r"“([^“”\"\\\n]*)”", r'"\1"', code) if code.count('"') == 0 else code
    return _outside(quoted, lambda text: text.translate(_WIDE))


def _both(code: str) -> str:
    return _narrowed(_separated(code))


_TEXT = re.compile(
    r"""('''.*?(?:'''|\Z)|\"\"\".*?(?:\"\"\"|\Z)|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|\#[^\n]*)""", re.S
)


def _outside(code: str, change: Callable[[str], str]) -> str:
    """The code with what is outside of its texts and comments changed."""
    return "".join(part if at % 2 else change(part) for at, part in enumerate(_TEXT.split(code)))


_OPEN = re.compile(
    r"^(?P<indent>[ \t]*)(?P<quotes>\"{3}|'{3})(?P<told>(?:(?!(?P=quotes)).)*?)\n"
    r"(?=\s*(?:from \w|import \w|def \w|class \w|@\w))",
    re.S | re.M,
)


def _levelled(code: str) -> str:
    """With lines that are indented further than the statement before them, under no block, as far as that one."""
    lines = code.split("\n")
    for _ in range(_MOST_CUT):
        try:
            ast.parse("\n".join(lines))
        except IndentationError as error:
            at = (error.lineno or 0) - 1
            before = next((line for line in reversed(lines[:at]) if line.strip()), "")
            extra = (
                _indent(lines[at]) - _indent(before) if 0 < at < len(lines) and error.msg == "unexpected indent" else 0
            )
            if extra <= 0:
                break
            deep = _indent(lines[at])
            while at < len(lines) and (not lines[at].strip() or _indent(lines[at]) >= deep):
                lines[at] = lines[at][extra:] if lines[at].strip() else lines[at]
                at += 1
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            break
        else:
            break
    return "\n".join(lines)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


_MISSING_KEY = re.compile(r"^KeyError: (?P<key>'[^'\n]{1,60}'|\"[^\"\n]{1,60}\")", re.M)


def without_missing_key(code: str, seen: str, data: str) -> str:
    """The program that broke because some entries lack a key, with None for it where there is none; '' for others.

    seen: what was seen of the program when it broke. data: the JSON it read; other entries there have the key.
    """
    found = _MISSING_KEY.search(seen)
    if found is None or f'"{found["key"][1:-1]}"' not in data:
        return ""
    key = re.escape(found["key"][1:-1])
    better = re.sub(
        rf"(?P<of>\b[A-Za-z_][\w.]*(?:\[[^\[\]\n]*\])*)\[(?P<key>(?P<quote>['\"]){key}(?P=quote))\](?!\s*(?:[-+*/%]|//)?=(?!=))",
        r"\g<of>.get(\g<key>)",
        code,
    )
    return better if better != code and parses(better) else ""


def _closed(code: str) -> str:
    """With the quotes that a docstring before code was left without."""
    return _OPEN.sub(lambda m: f"{m['indent']}{m['quotes']}{m['told'].rstrip()}{m['quotes']}\n", code, count=1)


_UNCLOSED = re.compile(r"'([(\[{])' was never closed")
_CLOSING = {"(": ")", "[": "]", "{": "}"}


def _bracketed(code: str) -> str:
    """With the one bracket that was not closed closed at the end of the first line where that makes it whole."""
    try:
        ast.parse(code)
    except SyntaxError as error:
        found, first = _UNCLOSED.search(error.msg), (error.lineno or 1) - 1
        if found is None:
            return code
    except (ValueError, RecursionError, MemoryError):
        return code
    else:
        return code
    lines = code.rstrip().split("\n")
    # At the end of the text it may be the rest that is missing, and not the bracket.
    for at in range(first, min(first + _MOST_CUT, len(lines) - 1)):
        text = "\n".join([*lines[:at], lines[at].rstrip() + _CLOSING[found[1]], *lines[at + 1 :]]) + "\n"
        if parses(text):
            return text
    return code


def _shortened(code: str) -> str:
    """Without its unfinished last statement, where at least one line of what remains is a whole one."""
    lines = code.rstrip().split("\n")
    if not _cut_off(code.rstrip(), len(lines)):
        return code
    for keep in range(len(lines) - 1, max(0, len(lines) - _MOST_CUT), -1):
        text = "\n".join(lines[:keep]) + "\n"
        if parses(text):
            return text
    return code


def _cut_off(code: str, last: int) -> bool:
    """Whether the error is that the end is missing, and not one in the midst of what is there."""
    try:
        ast.parse(code)
    except SyntaxError as error:
        return (
            error.lineno is None
            or error.lineno >= last
            or re.search("never closed|EOF|untermin", error.msg) is not None
        )
    except (ValueError, RecursionError, MemoryError):
        return False
    return False


def unshared(code: str) -> str:
    """The code with default values that all calls would share ([], {}) made anew in each call; all else as it was."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return code
    lines = code.splitlines(keepends=True)
    for node in sorted(ast.walk(tree), key=lambda node: -getattr(node, "lineno", 0)):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or node.body[0].lineno == node.lineno:
            continue
        args = [*node.args.posonlyargs, *node.args.args]
        pairs = list(zip(args[len(args) - len(node.args.defaults) :], node.args.defaults, strict=True))
        pairs += [(arg, value) for arg, value in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if value]
        shared = [(arg.arg, value) for arg, value in pairs if _is_empty(value)]
        told = ast.get_docstring(node, clean=False) is not None
        at = (node.body[0].end_lineno or 1) if told else node.body[0].lineno - 1
        indent = " " * node.body[0].col_offset
        made = [f"{indent}if {name} is None:\n{indent}    {name} = {ast.unparse(value)}\n" for name, value in shared]
        lines[at:at] = made
        for _, value in reversed(shared):
            line = lines[value.lineno - 1].encode()
            lines[value.lineno - 1] = (line[: value.col_offset] + b"None" + line[value.end_col_offset :]).decode()
    return "".join(lines)


def _is_empty(value: ast.expr) -> bool:
    """Whether it is a container without anything in it, on one line."""
    empty = (isinstance(value, ast.List) and not value.elts) or (isinstance(value, ast.Dict) and not value.keys)
    return empty and value.lineno == value.end_lineno
