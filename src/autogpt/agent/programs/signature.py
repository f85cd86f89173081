"""The first line of a function as an example of it shows it: its name, and what goes in and comes out.

A small model follows the name of a function more than the words about it: `is_octagonal(5) == 65` it answers with a
test of whether 5 is such a number. With the kinds of the example written out, it does not.
"""

import ast
import re
from collections.abc import Sequence
from contextlib import suppress
from keyword import iskeyword
from typing import cast

from autogpt.core.check import Check, PythonHolds

_NAMES = {"int": "n", "float": "x", "str": "text", "list": "items", "tuple": "items", "dict": "data", "set": "items"}


def signature(checks: Sequence[Check], name: str, goal: str) -> str:
    """`def name(n: int) -> int:` by the first assert among the checks that shows it; '' where none does, or where the
    checks want another function, too.

    The names of what goes in are those of the goal, where it says `name(days)`.
    """
    wanted = [c.code.partition(" import ")[2] for c in checks if isinstance(c, PythonHolds) and " defines " in c.label]
    if not name or any(one.strip() != name for told in wanted for one in told.split(",")):
        return ""
    shown = [one for check in checks if isinstance(check, PythonHolds) for one in _shown(check.code, name)]
    if not shown or len({len(given) for given, _ in shown}) > 1 or all(expected is None for _, expected in shown):
        return ""
    kinds = [_kinds(values) for values in zip(*(given for given, _ in shown), strict=True)]
    names = _said(name, len(kinds), goal) or _made_up(kinds)
    taken = ", ".join(f"{name}: {kind}" for name, kind in zip(names, kinds, strict=True))
    return f"def {name}({taken}) -> {_kinds([expected for _, expected in shown])}:\n"


def _said(name: str, count: int, goal: str) -> list[str]:
    for found in re.finditer(rf"\b{re.escape(name)}\(([a-z_A-Z0-9, ]+)\)", goal):
        names = [one.strip() for one in found[1].split(",")]
        if len(names) == count == len(set(names)) and all(n.isidentifier() and not iskeyword(n) for n in names):
            return names
    return []


def _made_up(kinds: Sequence[str]) -> list[str]:
    bases = [_NAMES.get(kind.partition("[")[0], "value") for kind in kinds]
    counted = [f"{base}{bases[: at + 1].count(base)}" for at, base in enumerate(bases)]
    return [base if bases.count(base) == 1 else one for base, one in zip(bases, counted, strict=True)]


def _shown(code: str, name: str) -> list[tuple[list[object], object]]:
    """What the function is given and gives in each `assert name(...) == ...` with values written out."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    found: list[tuple[list[object], object]] = []
    for node in tree.body:
        match node:
            case ast.Assert(
                test=ast.Compare(
                    left=ast.Call(func=ast.Name(id=called), args=args, keywords=[]),
                    ops=[ast.Eq() | ast.Is()],
                    comparators=[right],
                )
            ) if called == name:
                with suppress(ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
                    found.append(([ast.literal_eval(arg) for arg in args], ast.literal_eval(right)))
            case _:
                pass
    return found


def _kinds(values: Sequence[object]) -> str:
    """The kind of them all: `float` for 1 and 2.5, `list[int]` for [] and [1], `str | None` for 'a' and None."""
    kinds = {_kind(value) for value in values}
    kinds -= {kind for kind in kinds if any(other.startswith(f"{kind}[") for other in kinds)}
    kinds -= {"int"} if "float" in kinds else set[str]()
    return " | ".join(sorted(kinds, key=lambda kind: (kind == "None", kind)))


def _kind(value: object) -> str:
    if value is None:
        return "None"
    kind = type(value).__name__
    if isinstance(value, (list, set)):
        inner = {_kind(one) for one in cast(list[object] | set[object], value)}
        return f"{kind}[{inner.pop()}]" if len(inner) == 1 else kind
    return kind
