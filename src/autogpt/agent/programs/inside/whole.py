"""A Python source as text that can be changed, and the changes that concern a function as a whole.

These are a name for another, a guard that is missing at its beginning, a default that is shared between calls.
"""

import ast
import re
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

Edit = tuple[int, int, str]
"""From and to where in the source's UTF-8 bytes, and what comes there."""


class Mutant(NamedTuple):
    """A change: how far-fetched it is (0: first to try), on which line, and the edits that make it."""

    rank: int
    line: int
    edits: tuple[Edit, ...]

    def of(self, source: str) -> str:
        """The source with the change made."""
        data = source.encode()
        for start, end, text in sorted(self.edits, reverse=True):
            data = data[:start] + text.encode() + data[end:]
        return data.decode()


Function = ast.FunctionDef | ast.AsyncFunctionDef
_MOST = re.compile(r"largest|biggest|highest|\bmax|longest|rich|greatest|latest|newest|most\b|最[大多高长新晚富]")
_LEAST = re.compile(r"smallest|lowest|\bmin|shortest|cheapest|earliest|oldest|fewest|least\b|最[小少低短早便]")


def tree_of(text: str) -> ast.Module | None:
    """What Python makes of the text; None where that is an error."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def functions(tree: ast.AST) -> list[Function]:
    """All functions and methods, those further in last."""
    return [node for node in ast.walk(tree) if isinstance(node, Function)]


def fields_of(tree: ast.AST) -> list[str]:
    """The attributes that methods set on their object."""
    found = [n for n in ast.walk(tree) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)]
    return [n.attr for n in found if isinstance(n.value, ast.Name) and n.value.id == "self"]


def held(tree: ast.AST) -> tuple[list[str], list[str]]:
    """The attributes that begin as a list, a dict or a set, and the others."""
    holders: dict[str, bool] = {}
    for node in (n for n in ast.walk(tree) if isinstance(n, ast.Assign)):
        begins = re.match(r"[\[{]|(?:dict|list|set|deque|defaultdict|OrderedDict|Counter)\(", ast.unparse(node.value))
        for field in fields_of(node):
            holders[field] = holders.get(field, False) or begins is not None
    return [field for field, holds in holders.items() if holds], [
        field for field, holds in holders.items() if not holds
    ]


def _begins(function: Function) -> ast.stmt | None:
    """The first statement after the docstring; None where there is none, or it stands on the line of the `def`."""
    body = function.body[ast.get_docstring(function, clean=False) is not None :]
    return body[0] if body and body[0].lineno > function.lineno else None


class Whole:
    """The source, its tree, and what stands in it."""

    def __init__(self, source: str, tree: ast.Module, words: tuple[str, ...], fields: tuple[str, ...]) -> None:
        self.data = source.encode()
        self.tree = tree
        self.starts = [0]
        for line in self.data.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        inside = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
        self.texts = [text for text in dict.fromkeys([*inside, *words]) if len(text) <= 30][:24]
        named = [n.targets[0] for n in tree.body if isinstance(n, ast.Assign)]
        self.constants = [name.id for name in named if isinstance(name, ast.Name)][:6]
        self.errors = [word for word in words if re.fullmatch(r"\w+(?:Error|Exception)", word)]
        self.fields = fields
        self.meant = {n: f"{f.name} {ast.get_docstring(f)}" for f in functions(tree) for n in ast.walk(f)}

    def start(self, node: Any) -> int:
        return self.starts[int(node.lineno) - 1] + int(node.col_offset)

    def end(self, node: Any) -> int:
        return self.starts[int(node.end_lineno) - 1] + int(node.end_col_offset)

    def text(self, node: Any) -> str:
        return self.data[self.start(node) : self.end(node)].decode()

    def put(self, rank: int, node: Any, text: str) -> Mutant:
        return Mutant(rank, node.lineno, ((self.start(node), self.end(node), text),))

    def insert(self, rank: int, line: int, at: int, text: str) -> Mutant:
        return Mutant(rank, line, ((at, at, text),))

    def swap(self, rank: int, line: int, one: Any, two: Any) -> Mutant:
        edits = ((self.start(one), self.end(one), self.text(two)), (self.start(two), self.end(two), self.text(one)))
        return Mutant(rank, line, edits)

    def between(self, rank: int, left: Any, right: Any, old: str, new: str) -> Iterator[Mutant]:
        """The operator between two operands, exchanged."""
        start, end = self.end(left), self.start(right)
        gap = self.data[start:end].decode()
        pattern = r"\s+".join(map(re.escape, old.split()))
        if found := re.search(pattern, gap):
            edit = (start + len(gap[: found.start()].encode()), start + len(gap[: found.end()].encode()), new)
            yield Mutant(rank, left.lineno, (edit,))

    def walk(self, node: ast.AST) -> Iterator[Any]:
        """All nodes below whose place in the source is known; before Python 3.12 f-strings do not tell."""
        yield node
        if not isinstance(node, ast.JoinedStr) or sys.version_info >= (3, 12):
            for child in ast.iter_child_nodes(node):
                yield from self.walk(child)

    def against(self, node: ast.AST, new: str) -> bool:
        """Whether the function says of itself that it is after the other end: the largest, and not `min`."""
        meant = self.meant.get(node, "").lower()
        most, least = _MOST.search(meant) is not None, _LEAST.search(meant) is not None
        return most != least and new == ("min" if most else "max")

    def names(self, function: Function) -> Iterator[Mutant]:
        """A name of the function, or an attribute of its object, in the place of another."""
        nodes = [n for n in self.walk(function) if isinstance(n, ast.Name)]
        given = [a.arg for a in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]
        made = [n.id for n in nodes if isinstance(n.ctx, ast.Store)]
        local = [name for name in dict.fromkeys([*given, *made]) if name not in ("self", "cls", "_")][:10]
        own = [n for n in self.walk(function) if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name)]
        known = {
            n.attr for n in ast.walk(self.tree) if isinstance(n, ast.Attribute) and self.text(n).startswith("self.")
        }
        for node in nodes:
            if isinstance(node.ctx, ast.Load) and node.id in local:
                yield from self.renamed(node.lineno, node.id, self.start(node), local)
        for text in (n for n in ast.walk(function) if isinstance(n, ast.JoinedStr)):
            for found in re.finditer(r"\{(\w+)(?=[:!}])", self.text(text)):
                if found[1] in local:
                    at = self.start(text) + len(self.text(text)[: found.start(1)].encode())
                    yield from self.renamed(text.lineno, found[1], at, local)
        for node in own:
            if isinstance(node.value, ast.Name) and node.value.id == "self":
                for other in sorted(known)[:10]:
                    yield self.put(4, node, f"self.{other}")

    def renamed(self, line: int, name: str, at: int, local: list[str]) -> Iterator[Mutant]:
        """Another name in its place, or reckoned with it."""
        end = at + len(name.encode())
        for other in local:
            yield Mutant(4, line, ((at, end, other),))
        for other in [*local, *self.constants]:
            if other != name:
                yield from (Mutant(6, line, ((at, end, f"({name} {op} {other})"),)) for op in "-*+/")

    def guards(self, function: Function) -> Iterator[Mutant]:
        """What comes first for an empty or absent argument, and what is refused."""
        first = _begins(function)
        if first is None:
            return
        at, indent = self.start(first), " " * first.col_offset
        given = [a.arg for a in function.args.args if a.arg not in ("self", "cls")][:3]
        answers = ["return 0", "return None", "return []", 'return ""', "return {}", "return False", "return True"]
        for rank, test, then in self.refusals(function, given):
            yield self.insert(rank, first.lineno, at, f"if {test}:\n{indent}    {then}\n{indent}")
        for name in given:
            for answer in answers:
                yield self.insert(3, first.lineno, at, f"if not {name}:\n{indent}    {answer}\n{indent}")
            for copy in ("list", "dict"):
                yield self.insert(3, first.lineno, at, f"{name} = {copy}({name})\n{indent}")
            for method in ("strip", "lower"):
                yield self.insert(4, first.lineno, at, f"{name} = {name}.{method}()\n{indent}")

    def refusals(self, function: Function, given: list[str]) -> Iterator[tuple[int, str, str]]:
        """How far-fetched it is, the condition, and what is raised: by what the object holds first, then by itself."""
        method = bool(function.args.args) and function.args.args[0].arg == "self"
        holders, others = held(self.tree) if method else ([], [])
        for error in self.errors:
            for field in holders[:3]:
                yield 2, f"not self.{field}", f'raise {error}("{field}")'
                for name in given:
                    for test in (f"{name} in self.{field}", f"{name} not in self.{field}"):
                        yield 1, test, f'raise {error}("{name}")'
            for name in given:
                tests = [
                    f"not {name}",
                    f"{name} < 0",
                    f"{name} <= 0",
                    *(f"{name} > self.{field}" for field in others[:4]),
                ]
                yield from ((2, test, f'raise {error}("{name}")') for test in tests)

    def counterparts(self, function: Function) -> Iterator[Mutant]:
        """What another function does, undone at the end of this one: one counts up, the other down."""
        names = {a.arg for a in function.args.args}
        last = function.body[-1]
        for other in functions(self.tree):
            for node in (n for n in ast.walk(other) if isinstance(n, ast.AugAssign) and other is not function):
                base = node.target.value if isinstance(node.target, ast.Attribute) else None
                turned = {"Add": "-=", "Sub": "+="}.get(type(node.op).__name__)
                if turned and isinstance(base, ast.Name) and base.id in names and last.lineno > function.lineno:
                    text = f"{self.text(node.target)} {turned} {self.text(node.value)}\n{' ' * last.col_offset}"
                    yield self.insert(3, last.lineno, self.start(last), text)

    def wrapped(self, function: Function) -> Iterator[Mutant]:
        """Numbers that begin at 1 and start again, months for one, taken as if they began at 0: // and % together."""
        found = [n for n in self.walk(function) if isinstance(n, ast.BinOp)]
        found = [n for n in found if isinstance(n.op, ast.FloorDiv | ast.Mod)]
        for node in (n for n in found if isinstance(n.op, ast.Mod)):
            pair = (ast.dump(node.left), ast.dump(node.right))
            alike = [n for n in found if (ast.dump(n.left), ast.dump(n.right)) == pair]
            ends = [(n, "//", "") if isinstance(n.op, ast.FloorDiv) else (n, "%", " + 1") for n in alike]
            texts = [(n, f"(({self.text(n.left)} - 1) {op} {self.text(n.right)}{end})") for n, op, end in ends]
            yield Mutant(3, node.lineno, tuple((self.start(n), self.end(n), text) for n, text in texts))

    def defaults(self, function: Function) -> Iterator[Mutant]:
        """A default that is shared between calls, made anew in each."""
        args = function.args.args[len(function.args.args) - len(function.args.defaults) :]
        first = _begins(function)
        for arg, default in zip(args, function.args.defaults, strict=True):
            if isinstance(default, ast.List | ast.Dict | ast.Set | ast.Call) and first is not None:
                value, indent = self.text(default), " " * first.col_offset
                text = f"if {arg.arg} is None:\n{indent}    {arg.arg} = {value}\n{indent}"
                at = self.start(first)
                yield Mutant(0, first.lineno, ((self.start(default), self.end(default), "None"), (at, at, text)))
