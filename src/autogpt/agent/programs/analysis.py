"""What can be told of code without running it: does it parse, and would it break when it runs.

Does not make code safe to run: it informs the evidence, the sandbox protects.
"""

import ast
import json
import re
import warnings
from collections.abc import Iterable, Iterator

from autogpt.agent.programs.danger import dangerous, language

__all__ = ["MOST", "dangerous", "findings", "language", "syntax_error"]

MOST = 200_000
"""Characters of code that are looked at; longer files are not analysed."""

_MOST_TOML = 50_000
"""The standard library's reader takes quadratic time on dotted keys: eight seconds for `MOST` characters."""

_MOST_FOUND = 50


def syntax_error(path: str, text: str) -> str | None:
    """Why the file cannot be read as what its ending says, as 'path:line message'; None if it can, or is not known.

    Knows .py .json .toml .yaml .yml. Nothing is executed; text over `MOST` characters (TOML: 50,000) is not looked at.
    """
    reader = _READERS.get(_ending(path))
    if reader is None or len(text) > MOST:
        return None
    try:
        problem = reader(text)
    except (RecursionError, MemoryError):
        problem = (1, "nests too deeply to be read")
    return f"{path}:{problem[0]} {problem[1]}" if problem else None


def findings(path: str, text: str, known: Iterable[str] = ()) -> tuple[str, ...]:
    """Errors in Python code that would break it when it runs, as 'path:line message', at most 50, by pyflakes.

    Told are undefined names, misplaced statements and formats that do not fit their arguments; not what is merely
    unused or defined twice, nor names in annotations that are never evaluated.
    known: names that are there besides the builtins, such as those of a kept interpreter.
    """
    if _ending(path) != "py" or len(text) > MOST:
        return ()
    from pyflakes import checker

    try:
        tree = _parse(text)
        messages = checker.Checker(tree, filename=path, builtins=set(known)).messages
        unevaluated = _unevaluated(tree)
    except (SyntaxError, ValueError) as error:
        line = error.lineno if isinstance(error, SyntaxError) else None
        return (f"{path}:{line or 1} {_message(error)}",)
    except (RecursionError, MemoryError):
        return (f"{path}:1 nests too deeply to be analysed",)
    told = [f"{path}:{line} {words}" for line, words in _shared_defaults(tree)]
    for message in sorted(messages, key=lambda message: (message.lineno, message.col)):
        kind = type(message).__name__
        if kind not in _BREAKING or (kind == "UndefinedName" and (message.lineno, message.col) in unevaluated):
            continue
        words = str(message.message % message.message_args)
        told.append(f"{path}:{message.lineno} {words[:300]}")
    return tuple(dict.fromkeys(told))[:_MOST_FOUND]


def _shared_defaults(tree: ast.Module) -> Iterator["Problem"]:
    """Lists, dicts and sets as default values: all calls share them (flake8-bugbear B006)."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for default in (*node.args.defaults, *(one for one in node.args.kw_defaults if one)):
            empty = isinstance(default, ast.Call) and ast.unparse(default) in ("list()", "dict()", "set()")
            if empty or isinstance(default, ast.List | ast.Dict | ast.Set):
                words = f"the default {ast.unparse(default)[:40]} of {node.name} is one object for all calls"
                yield default.lineno, f"{words}: use None and make it in the body"


_BREAKING = frozenset(
    {
        "BreakOutsideLoop",
        "ContinueOutsideLoop",
        "DefaultExceptNotLast",
        "DuplicateArgument",
        "FutureFeatureNotDefined",
        "ImportStarNotPermitted",
        "InvalidPrintSyntax",
        "LateFutureImport",
        "PercentFormatExpectedMapping",
        "PercentFormatExpectedSequence",
        "PercentFormatInvalidFormat",
        "PercentFormatMissingArgument",
        "PercentFormatMixedPositionalAndNamed",
        "PercentFormatPositionalCountMismatch",
        "PercentFormatStarRequiresSequence",
        "PercentFormatUnsupportedFormatCharacter",
        "RaiseNotImplemented",
        "ReturnOutsideFunction",
        "StringDotFormatInvalidFormat",
        "StringDotFormatMissingArgument",
        "StringDotFormatMixingAutomatic",
        "TooManyExpressionsInStarredAssignment",
        "TwoStarredExpressions",
        "UndefinedLocal",
        "UndefinedName",
        "YieldOutsideFunction",
    }
)


def _ending(path: str) -> str:
    name = path.rpartition("/")[2]
    return name.rpartition(".")[2].lower() if "." in name else ""


Problem = tuple[int, str]
"""Line, counted from 1, and what is wrong there."""


def _parse(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an odd escape in a string is the code's style, not our news
        return ast.parse(text.removeprefix("\ufeff"))


def _read_python(text: str) -> Problem | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(_parse(text), "<code>", "exec", dont_inherit=True, optimize=0)
    except SyntaxError as error:
        return error.lineno or 1, _message(error)
    except ValueError as error:
        return 1, _message(error)
    return None


def _read_json(text: str) -> Problem | None:
    def refuse(name: str) -> None:
        raise ValueError(f"{name} is not a number in JSON")

    try:
        json.loads(text, parse_constant=refuse)
    except json.JSONDecodeError as error:
        return error.lineno, f"not valid JSON: {error.msg} (column {error.colno})"
    except ValueError as error:
        return 1, f"not valid JSON: {error}"
    return None


def _read_toml(text: str) -> Problem | None:
    import tomllib

    if len(text) > _MOST_TOML:
        return None
    try:
        tomllib.loads(text)
    except ValueError as error:
        line = re.search(r"line (\d+)", str(error))
        return int(line[1]) if line else 1, f"not valid TOML: {error}"
    return None


def _read_yaml(text: str) -> Problem | None:
    import yaml

    try:
        # Composed, not constructed: merge keys can double at every level, and no tag is to be acted upon.
        loader = yaml.SafeLoader(text)
        while loader.check_node():
            loader.get_node()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return line, f"not valid YAML: {error.problem or error.context}"
    except yaml.YAMLError as error:
        return 1, f"not valid YAML: {' '.join(str(error).split())[:200]}"
    return None


_READERS = {"py": _read_python, "json": _read_json, "toml": _read_toml, "yaml": _read_yaml, "yml": _read_yaml}


def _message(error: SyntaxError | ValueError) -> str:
    words = error.msg if isinstance(error, SyntaxError) else str(error)
    return f"{type(error).__name__}: {words}"[:300]


def _unevaluated(tree: ast.Module) -> set[tuple[int, int]]:
    """Places of names in annotations that Python does not evaluate: in strings, of local variables, all by `from
    __future__ import annotations`."""
    lazy = any(
        isinstance(node, ast.ImportFrom)
        and node.module == "__future__"
        and any(alias.name == "annotations" for alias in node.names)
        for node in tree.body
    )
    places: set[tuple[int, int]] = set()
    for node in ast.walk(tree):
        for part in _annotations(node):
            for inner in ast.walk(part):
                if isinstance(inner, ast.expr) and (lazy or isinstance(inner, ast.Constant)):
                    places.add((inner.lineno, inner.col_offset))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for inner in ast.walk(node):
                if isinstance(inner, ast.AnnAssign):
                    places |= {(n.lineno, n.col_offset) for n in ast.walk(inner.annotation) if isinstance(n, ast.expr)}
    return places


def _annotations(node: ast.AST) -> Iterator[ast.expr]:
    match node:
        case ast.arg(annotation=ast.expr() as annotation) | ast.AnnAssign(annotation=annotation):
            yield annotation
        case ast.FunctionDef(returns=ast.expr() as returns) | ast.AsyncFunctionDef(returns=ast.expr() as returns):
            yield returns
        case _:
            pass
