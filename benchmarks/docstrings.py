"""Real English text that every machine has: the docstrings of Python's own library, whole modules held out."""

import ast
import random
import sysconfig
from pathlib import Path

LEFT_OUT = {"test", "tests", "idlelib", "lib2to3", "pydoc_data", "turtledemo", "ensurepip", "site-packages"}
"""Folders of the library whose texts are programs' fixtures, or not the library's."""


def docstrings(least: int = 200) -> dict[str, list[str]]:
    """The docstrings of at least so many characters, by the module of the library they stand in."""
    library = Path(sysconfig.get_paths()["stdlib"])
    found: dict[str, list[str]] = {}
    for path in sorted(library.rglob("*.py")):
        parts = path.relative_to(library).parts
        if LEFT_OUT & set(parts):
            continue
        try:
            tree = ast.parse(path.read_text("utf-8"))
        except (SyntaxError, UnicodeDecodeError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                text = ast.get_docstring(node)
                if text and len(text) >= least:
                    found.setdefault(parts[0], []).append(text)
    return found


def split(train: int, test: int, seed: int = 0) -> tuple[list[str], list[str]]:
    """Texts of about so many characters each, no module in both."""
    modules = docstrings()
    names = sorted(modules)
    random.Random(seed).shuffle(names)
    sides: list[list[str]] = []
    for wanted in (test, train):
        texts: list[str] = []
        while names and sum(map(len, texts)) < wanted:
            texts += modules[names.pop()]
        random.Random(seed).shuffle(texts)
        kept: list[str] = []
        for text in texts:
            if sum(map(len, kept)) >= wanted:
                break
            kept.append(text)
        sides.append(kept)
    return sides[1], sides[0]
