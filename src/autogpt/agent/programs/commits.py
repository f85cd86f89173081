"""Programs that change a database and never commit: no error tells it, and the file stays as it was."""

import ast
import re
from collections.abc import Mapping

_CHANGES = re.compile(r"\s*(?:INSERT|UPDATE|DELETE|REPLACE)\b", re.I)
_COMMITS = re.compile(r"\b(?:commit|rollback|isolation_level|autocommit)\b", re.I)
_CONNECT = "sqlite3.connect"


def committed(code: str) -> str:
    """The program with a commit before it closes the one database it changes, or at its end; all else as it was."""
    if "sqlite3" not in code or _COMMITS.search(code):
        return code
    tree = ast.parse(code)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    opened = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == _CONNECT]
    made = parents[opened[0]] if len(opened) == 1 else None
    if not isinstance(made, ast.Assign) or not isinstance(made.targets[0], ast.Name) or not _changes(tree):
        return code
    name = made.targets[0].id
    used = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == name]
    # As a context the connection commits by itself.
    if any(isinstance(parents[one], ast.withitem) for one in used) or parents[made] not in _homes(tree):
        return code
    closed = [
        parents[call]
        for one in used
        if isinstance(of := parents[one], ast.Attribute) and of.attr == "close"
        if isinstance(call := parents[of], ast.Call)
    ]
    lines = code.rstrip().split("\n")
    if not closed and parents[made] is tree:
        return "\n".join([*lines, f"{name}.commit()", ""])
    places = sorted({place for one in closed if (place := _place(one, parents))}, reverse=True)
    own = {(one.lineno, one.col_offset) for one in closed if isinstance(one, ast.Expr)}
    if not places or not all(isinstance(one, ast.Expr) for one in closed):
        return code
    for at, deep in places:
        line = lines[at - 1].encode()
        if (at, deep) in own and line[:deep].strip():
            lines[at - 1] = f"{line[:deep].decode()}{name}.commit(); {line[deep:].decode()}"
        else:
            lines.insert(at - 1, f"{' ' * deep}{name}.commit()")
    return "\n".join([*lines, ""])


def _place(closing: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> tuple[int, int] | None:
    """The line and column to commit at: the closing's, or of a closing come what may the end of what is tried.

    None where an error is handled: what is half done is not kept.
    """
    node = closing
    while node in parents:
        above = parents[node]
        if isinstance(above, ast.ExceptHandler):
            return None
        if isinstance(above, ast.Try) and node in above.finalbody:
            last = above.body[-1]
            ends = isinstance(last, ast.Return)
            return (last.lineno if ends else (last.end_lineno or last.lineno) + 1), above.body[0].col_offset
        node = above
    return (closing.lineno, closing.col_offset) if isinstance(closing, ast.Expr) else None


def _homes(tree: ast.Module) -> list[ast.AST]:
    """The program itself and its functions: where what is opened is always opened."""
    return [node for node in ast.walk(tree) if isinstance(node, ast.Module | ast.FunctionDef)]


def _changes(tree: ast.Module) -> bool:
    """Whether a statement of SQL that changes rows is executed, or stands in a text that may be."""
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    executes = any(
        isinstance(node, ast.Attribute) and node.attr in ("execute", "executemany") for node in ast.walk(tree)
    )
    return executes and any(map(_CHANGES.match, texts))
