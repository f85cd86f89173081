"""Runs the code of a PythonHolds check statement by statement, and tells of every assert whether it held.

Each assert that compares two things evaluates the two sides apart, so that the report can say what was got. Asserts
go on after one that failed; any other statement that raises ends the run.
"""

import ast
import builtins
import secrets
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

OPERATORS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}
NAME = f"__holds_{secrets.token_hex(8)}"  # a name that no `import *` can bring along


class Unheld(AssertionError):
    """An assert that did not hold, with the sides it compared."""


def main(payload: dict[str, Any], tell: Callable[[dict[str, Any]], None]) -> None:
    """payload: `code`. Tells {"at": source} before a statement and {"ok", "text", ...} after, then {"end": true}."""
    code: str = payload["code"]
    try:
        tree = ast.parse(code, "<check>")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        tell({"ok": False, "text": "the check itself", "why": f"is not valid Python: {error}"})
        return
    space: dict[str, Any] = {"__name__": "__check__", "__builtins__": builtins, NAME: _held}
    for statement in tree.body:
        source = ast.get_source_segment(code, statement) or ""
        is_assert = isinstance(statement, ast.Assert)
        tell({"at": source[:300]})
        split: Any = _Split(code).visit(statement)
        module = ast.fix_missing_locations(
            ast.Module(list(split) if is_assert and not isinstance(split, ast.Assert) else [split], [])
        )
        try:
            exec(compile(module, "<check>", "exec"), space)  # noqa: S102 - this is what the sandbox is for
        except Unheld as error:
            tell({"ok": False, "text": source[:300], "why": str(error), "assert": True})
        except BaseException as error:  # SystemExit too: leaving early is not passing
            tell({"ok": False, "text": source[:300], "why": _describe(error), "assert": is_assert})
            if not is_assert:
                return
        else:
            tell({"ok": True, "text": source[:300], "assert": is_assert})
    tell({"end": True})


class _Split(ast.NodeTransformer):
    """`assert left == right, say` becomes `__holds_...(text, '==', left, right, lambda: say)`.

    `assert a and b` becomes one such call for each; anything else is held against being true.
    """

    def __init__(self, code: str) -> None:
        self.code = code

    def visit_Assert(self, node: ast.Assert) -> ast.AST | list[ast.AST]:
        if _suspends(node):
            return node
        test = node.test
        parts = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]
        return [ast.copy_location(ast.Expr(self._call(part, node.msg, len(parts) > 1)), node) for part in parts]

    def _call(self, test: ast.expr, message: ast.expr | None, shown: bool) -> ast.expr:
        match test:
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                sides = [ast.Constant(OPERATORS[type(operator)]), left, right]
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                sides = [ast.Constant("=="), ast.Call(ast.Name("bool", ast.Load()), [operand], []), ast.Constant(False)]
            case _:
                sides = [ast.Constant("true"), test, ast.Constant(True)]
        text = (ast.get_source_segment(self.code, test) or "") if shown else ""
        nothing = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
        say = ast.Lambda(nothing, message or ast.Constant(None))
        return ast.Call(ast.Name(NAME, ast.Load()), [ast.Constant(text), *sides, say], [])


def _suspends(node: ast.AST) -> bool:
    return any(isinstance(part, ast.Await | ast.Yield | ast.YieldFrom | ast.NamedExpr) for part in ast.walk(node))


def _held(text: str, operator: str, left: Any, right: Any, say: Callable[[], Any]) -> None:
    outcomes: dict[str, Callable[[], Any]] = {
        "true": lambda: left,
        "==": lambda: left == right,
        "!=": lambda: left != right,
        "<": lambda: left < right,
        "<=": lambda: left <= right,
        ">": lambda: left > right,
        ">=": lambda: left >= right,
        "is": lambda: left is right,
        "is not": lambda: left is not right,
        "in": lambda: left in right,
        "not in": lambda: left not in right,
    }
    if outcomes[operator]():
        return
    told = say()
    expected = _show(right) if operator in ("==", "true") else f"{operator} {_show(right)}"
    where = f"{text}: " if text else ""
    raise Unheld(f"{where}got {_show(left)}, expected {expected}" + ("" if told is None else f" ({_show(told)})"))


def _show(value: Any) -> str:
    try:
        text = repr(value)
    except BaseException as error:  # what the value's own __repr__ does may be anything; it is told in its place
        return f"<a {type(value).__name__} whose repr raises {type(error).__name__}>"
    return text if len(text) <= 400 else f"{text[:300]} ... {text[-80:]}"


def _describe(error: BaseException) -> str:
    """The exception and the last frames in the user's files, newest last."""
    if isinstance(error, SystemExit):
        head = f"the program called exit({error.code!r}) instead of coming back"
    elif isinstance(error, EOFError):
        head = f"EOFError: {error}; the program waits for input that nobody gives"
    else:
        head = "".join(traceback.format_exception_only(error)).strip()[-600:]
    here = str(Path.cwd())
    lines: list[str] = []
    for frame in traceback.extract_tb(error.__traceback__)[-60:]:
        if frame.filename == "<check>" or not frame.filename.startswith(here) or "site-packages" in frame.filename:
            continue
        lines.append(f"  {frame.filename[len(here) + 1 :]}:{frame.lineno} in {frame.name}: {(frame.line or '')[:160]}")
    return head + "".join("\n" + line for line in lines[-4:])
