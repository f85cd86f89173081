"""Files and functions stay small enough to be read at once, and say what they own."""

import ast
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src" / "autogpt"
FILES = sorted(SOURCE.rglob("*.py"))
LINES_OF_A_FILE = 400
LINES_OF_A_FUNCTION = 70


def test_a_file_holds_one_idea():
    sizes = {str(path.relative_to(SOURCE)): len(path.read_text("utf-8").splitlines()) for path in FILES}
    assert {name: lines for name, lines in sizes.items() if lines > LINES_OF_A_FILE} == {}


def test_a_function_can_be_read_at_once():
    assert [found for path in FILES for found in long_functions(path)] == []


def long_functions(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > LINES_OF_A_FUNCTION:
                yield f"{path.relative_to(SOURCE)}:{node.lineno} {node.name} has {lines} lines"


def test_every_module_says_what_it_owns():
    silent = [path for path in FILES if not (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").strip()]
    assert silent == []
