"""A library cut down to what one program needs of it: what is written out in a run is read by people, and kept."""

import ast
import re
from collections.abc import Sequence
from functools import cache
from importlib import resources


def shipped(modules: Sequence[str], program: str) -> str:
    """The program with all that it needs of these modules of `programs/inside`, as one text.

    Of a table by which steps are looked up (`_STEPS = {"sort": ordered, ...}`) only those are taken whose names the
    program says, or that are the ending of a file it names.
    """
    parts = [part for module in modules for part in _parts(module)]
    tree = ast.parse(program)
    texts = [one.value for one in ast.walk(tree) if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    spoken = {*texts, *(text.lower().rpartition(".")[2] for text in texts)}
    known = {name: part for part in parts for name in part.names}
    needed: set[str] = set()
    new = _names(tree)
    while new:
        needed |= new
        new = {name for one in new if one in known for name in known[one].uses(spoken)} - needed
    bodies = [text for part in parts if (text := part.text(needed, spoken))]
    taken = sorted({one for part in parts for one in part.imported if one[1] in needed})
    imports = [
        f"from {module} import {', '.join(name for other, name in taken if other == module)}"
        if module
        else f"import {name}"
        for module, name in sorted({(module, "" if module else name) for module, name in taken})
    ]
    return "\n".join(imports) + "\n\n\n" + "\n\n\n".join([*bodies, program.strip()]) + "\n"


class Part:
    """One statement of a module: the names that it gives, and its text."""

    def __init__(self, node: ast.stmt, lines: Sequence[str]) -> None:
        self.node = node
        self.lines = lines
        self.names = _given(node)
        self.imported = _imported(node)
        """Module and name of what it imports; no module for a module itself."""

    def uses(self, spoken: set[str]) -> set[str]:
        """The names that it needs."""
        return _names(self._chosen(spoken) or self.node)

    def text(self, needed: set[str], spoken: set[str]) -> str:
        """Its text, as far as one of its names is needed; '' else."""
        if not self.names & needed:
            return ""
        if chosen := self._chosen(spoken):
            return ast.unparse(chosen)
        return "\n".join(self.lines)

    def _chosen(self, spoken: set[str]) -> ast.AST | None:
        """Of a table of steps those that are spoken of."""
        node = self.node
        if not (
            isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Dict) and isinstance(node.target, ast.Name)
        ):
            return None
        entries = list(zip(node.value.keys, node.value.values, strict=True))
        if not all(isinstance(key, ast.Constant) and isinstance(value, ast.Name) for key, value in entries):
            return None
        kept = [(key, value) for key, value in entries if isinstance(key, ast.Constant) and key.value in spoken]
        table = ast.Dict([key for key, _ in kept], [value for _, value in kept])
        return ast.fix_missing_locations(ast.Assign([node.target], table))


def _given(node: ast.stmt) -> set[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Assign(targets=targets):
            return {one.id for one in targets if isinstance(one, ast.Name)}
        case ast.AnnAssign(target=ast.Name(id=name)):
            return {name}
        case _:
            return set()


def _imported(node: ast.stmt) -> set[tuple[str, str]]:
    match node:
        case ast.Import(names=names):
            return {("", one.name) for one in names}
        case ast.ImportFrom(module=str(module), names=names):
            return {(module, one.name) for one in names}
        case _:
            return set()


def _names(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


@cache
def _parts(module: str) -> tuple[Part, ...]:
    text = resources.files("autogpt.agent.programs.inside").joinpath(f"{module}.py").read_text("utf-8")
    lines = text.splitlines()
    nodes = [
        node
        for node in ast.parse(text).body
        if not (isinstance(node, ast.ImportFrom) and re.match("autogpt", node.module or ""))
    ]
    return tuple(Part(node, lines[node.lineno - 1 : node.end_lineno]) for node in nodes)
