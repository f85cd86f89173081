"""How a program begins that is to get another option: the program as it is, up to where the option is read.

A small model that is to add an option to a program changes what the program does without it, or only says that it was
given. Where the parser stands in the answer already, it goes on from there.
"""

import ast
import re

_FLAG = r"[`\"'“]?(?P<{0}>--[a-z][a-z0-9-]*)(?:[ =]<?(?P<{0}v>(?-i:[A-Z][A-Z_]*))>?)?[`\"'”]?"
_ADDED = re.compile(
    r"\b(?:add|give|support|introduce|with)\b[^.;\n]{0,60}?\b(?:options?|flags?|switch|arguments?)\s+(?:called\s+|named\s+)?"
    + _FLAG.format("a")
    + r"|\b(?:add|support|introduce)\s+(?:an?\s+|the\s+)?(?:\w+\s+)?"
    + _FLAG.format("b")
    + r"\s+(?:options?|flags?|switch)|(?:加|增加|添加|新增|支持)[^。；\n]{0,20}?(?:选项|参数|开关)\s*"
    + _FLAG.format("c")
    + r"|(?:加|增加|添加|新增|支持)[^。；\n]{0,20}?"
    + _FLAG.format("d")
    + r"\s*(?:这个|的)?(?:选项|参数|开关)",
    re.I,
)
_WHOLE = re.compile(r"N|NUM\w*|COUNT|LIMIT|MAX|MIN|DAYS?|YEARS?", re.I)


def option(goal: str) -> tuple[str, str]:
    """The one option that the goal has added, and the placeholder of its value; '' where there is none or several."""
    found = [match.groupdict() for match in _ADDED.finditer(goal)]
    told = {next(d[k] for k in "abcd" if d[k]): next((d[f"{k}v"] or "" for k in "abcd" if d[k]), "") for d in found}
    others = set(re.findall(r"(?<![\w-])--[a-z][a-z0-9-]*", goal)) - set(told)
    return next(iter(told.items())) if len(told) == 1 and not others else ("", "")


def begun(goal: str, text: str) -> str:
    """The program up to the line after which it knows the option that the goal has added; '' where that is not plain.

    text: the program as it is.
    """
    name, value = option(goal)
    if not name or name in text or "sys.argv" in text or "click" in text:
        return ""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    kind = "" if not value else ", type=int" if _WHOLE.fullmatch(value) else ", type=str"
    how = kind or ', action="store_true"'
    lines = text.splitlines(keepends=True)
    told: list[tuple[int, int, str]] = []
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr="add_argument", value=parser))):
                told.append((node.end_lineno or node.lineno, node.col_offset, ast.unparse(parser)))
            case _:
                pass
    if told:
        end, indent, parser = max(told)
        head = "".join(lines[:end]).rstrip()
        return f'{head}\n{" " * indent}{parser}.add_argument("{name}"{how})\n'
    return _with_parser(tree, lines, f'parser.add_argument("{name}"{how})')


def _with_parser(tree: ast.Module, lines: list[str], line: str) -> str:
    """The program up to a parser of its own, at the beginning of `main()`."""
    main = next((n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "main" and not n.args.args), None)
    if main is None or not main.body or main.body[0].lineno == main.lineno:
        return ""
    at = main.body[0].lineno - 1 if ast.get_docstring(main) is None else main.body[0].end_lineno or main.lineno
    pad = " " * main.body[0].col_offset
    parser = [f"{pad}parser = argparse.ArgumentParser()\n", f"{pad}{line}\n", f"{pad}args = parser.parse_args()\n"]
    imports = [n.lineno for n in tree.body if isinstance(n, ast.Import)]
    first = (imports[0] if imports else tree.body[0].lineno) - 1
    if not imports and ast.get_docstring(tree) is not None:
        first = tree.body[0].end_lineno or 0
    known = any(isinstance(n, ast.Import) and any(a.name == "argparse" for a in n.names) for n in tree.body)
    head = [*lines[:first], *([] if known else ["import argparse\n"]), *lines[first:at]]
    return "".join([*head, *parser])
