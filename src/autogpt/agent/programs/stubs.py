"""Code that only looks like an answer: it leaves the work to the reader, or does not look at what it is given."""

import ast
import re

_LEFT = re.compile(
    r"#.*\bplaceholder\b.*\b(?:replace|logic|implement\w*|actual|real)\b|#.*\breplace (?:this |it )?with (?:the |your )?(?:actual|real)\b|"
    r"#.*\b(?:your|actual|real) (?:code|logic|implementation) (?:goes )?here\b|#.*(?:此处|这里|在此).{0,6}(?:实现|填写|补充|编写)",
    re.I,
)
_WANTED = re.compile(
    r"\b(?:always|constant|placeholders?|stubs?|dummy|skeleton|template|mock|ignor\w+|regardless|unused)\b|"
    r"总是|始终|占位|骨架|模板|忽略|固定",
    re.I,
)
"""Goals that may want just that."""


def unfinished(text: str, goal: str) -> str:
    """Name of the top-level function that is left to be written, or whose result hangs on nothing; '' if none is."""
    if _WANTED.search(goal):
        return ""
    try:
        functions = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    lines = text.split("\n")
    for function in functions:
        written = "\n".join(lines[function.lineno - 1 : function.end_lineno])
        if _LEFT.search(written) or _is_deaf(function):
            return function.name
    return ""


def _is_deaf(function: ast.FunctionDef) -> bool:
    """Whether it returns a value without a look at any of its arguments."""
    told = function.args
    names = {one.arg for one in (*told.posonlyargs, *told.args, *told.kwonlyargs) if not one.arg.startswith("_")}
    if not names or told.vararg or told.kwarg or function.decorator_list or function.name == "main":
        return False
    inside = [node for statement in function.body for node in ast.walk(statement)]
    used = {node.id for node in inside if isinstance(node, ast.Name)}
    called = any(isinstance(node, ast.Name) and node.id in ("locals", "vars", "eval", "exec") for node in inside)
    returns = any(isinstance(node, ast.Return) and node.value is not None for node in inside)
    return returns and not called and not names & used
