"""Tables that a program writes without the names of their columns, which it knows: `writeheader` was forgotten."""

import ast
import re

_BY_HAND = re.compile(r"open\([^()\n]*['\"][ax]\+?b?['\"]|\.writer\(|zip\(|\.write\(")
"""A file that is gone on with has its header, and a row of the names may be written by hand."""


def with_header(code: str) -> str:
    """The program with the header written by each `csv.DictWriter` of a new file that writes none; '' for any other."""
    if "DictWriter(" not in code or "writeheader" in code:
        return ""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    made = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Call)
        and ast.unparse(node.value.func) in ("csv.DictWriter", "DictWriter")
        and _alone_on_its_lines(node, code)
    ]
    # A row of the names may be written by hand, and a file that is gone on with has its header.
    if (
        not made
        or re.search(r"open\([^()\n]*['\"][ax]\+?b?['\"]", code)
        or re.search(r"\.writer\(|zip\(|\.write\(", code)
    ):
        return ""
    lines = code.split("\n")
    for node in sorted(made, key=lambda one: one.lineno, reverse=True):
        name = ast.unparse(node.targets[0])
        lines.insert(node.end_lineno or node.lineno, f"{' ' * node.col_offset}{name}.writeheader()")
    return "\n".join(lines)


def _alone_on_its_lines(node: ast.Assign, code: str) -> bool:
    """Whether nothing else stands on the lines of the statement."""
    lines = code.split("\n")
    first, last = lines[node.lineno - 1], lines[(node.end_lineno or node.lineno) - 1]
    return not first.encode()[: node.col_offset].strip() and not last.encode()[node.end_col_offset or 0 :].strip()
