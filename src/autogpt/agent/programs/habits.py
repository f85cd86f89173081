"""Habits of small models in Python that break or lose data where the data are a little richer than they thought."""

import ast
import importlib
import re

_MASKED = frozenset("html json csv re math string time datetime calendar statistics random textwrap".split())
"""Modules whose names are taken for variables, too."""


def unmasked(code: str) -> str:
    """With another name for a variable that hides the module whose function is called behind it.

    `html = '<ul>'`, then `html.escape(title)`: the text has no `escape`.
    """
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return code
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id in _MASKED]
    stored = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    of_module = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and _is_of(node.value.id, node.attr)
    }
    taken = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    hidden = {node.id for node in names if id(node) in of_module} & stored
    hidden = {name for name in hidden if f"{name}_text" not in taken and not _only_once(tree, name)}
    lines = code.split("\n")
    for node in sorted(names, key=lambda one: (one.lineno, one.col_offset), reverse=True):
        if node.id in hidden and id(node) not in of_module:
            line = lines[node.lineno - 1].encode()
            lines[node.lineno - 1] = (line[: node.end_col_offset] + b"_text" + line[node.end_col_offset :]).decode()
    better = "\n".join(lines)
    return better if hidden and _parses(better) else code


def _is_of(module: str, attribute: str) -> bool:
    """Whether the module has it, and no text, list or dictionary does."""
    known = module in _MASKED and hasattr(importlib.import_module(module), attribute)
    return known and not any(hasattr(kind, attribute) for kind in (str, list, dict))


def _only_once(tree: ast.Module, name: str) -> bool:
    """Whether the name is given just where its module is used for the last time: `json = json.load(file)` works."""
    given = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == name]
    stores = [node.lineno for node in given if isinstance(node.ctx, ast.Store)]
    uses = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == name
        and _is_of(name, node.attr)
    ]
    return max(uses) <= min(stores)


_PARTS = re.compile(r"\.split\((?P<by>(['\"])(?:=|: )\2)\)(?P<at>\[[01]\])")
_MORE = re.compile(r"\.split\(['\"](?:=|: )['\"]\)\[(?![01]\])")
_PAIR = re.compile(
    r"^(?P<line>[ \t]*(?:for )?\w+\s*,\s*\w+\s*(?:=|in)\s*[^#\n]*?\.split\((?P<by>(['\"])(?:=|: )\3))\)", re.M
)


def split_once(code: str) -> str:
    """With lines such as `KEY=value` split at the first sign only, where their two parts are what is used.

    A value may hold the sign as well: `URL=http://a/?b=c`.
    """
    if len({match["at"] for match in _PARTS.finditer(code)}) == 2 and not re.search(
        r"\.split\(['\"](?:=|: )['\"]\)\[(?![01]\])", code
    ):
        code = _PARTS.sub(r".split(\g<by>, 1)\g<at>", code)
    return _PAIR.sub(r"\g<line>, 1)", code)


_OWN_NONE = re.compile(r"None if|restval|\bnumber\(")
"""What makes a program's cells None after all."""


def blank_is_none(code: str, columns: frozenset[str]) -> str:
    """With empty cells found by a program that asks whether a cell is None, which no cell of a CSV file is.

    columns: the names of the columns in which some cells are empty.
    """
    if (
        not columns
        or "DictReader" not in code
        or re.search(r"None if|restval|\bnumber\(", code.partition("DictReader")[2])
    ):
        return code
    names = "|".join(re.escape(name) for name in sorted(columns))
    cell = rf"(?P<cell>\b\w+\[(?P<q>['\"])(?:{names})(?P=q)\]|\b\w+\.get\((?P<q2>['\"])(?:{names})(?P=q2)\))"
    better = re.sub(rf"{cell}\s+(?:is\s+not|!=)\s+None\b", r"\g<cell> not in (None, '')", code)
    better = re.sub(rf"{cell}\s+(?:is|==)\s+None\b", r"\g<cell> in (None, '')", better)
    return better if _parses(better) else code


def _parses(code: str) -> bool:
    try:
        ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
