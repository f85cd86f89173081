"""Single small changes of a Python source, the kind by which a wrong program most often differs from the right one.

Mutation as a means of repair: Debroy and Wong 2010, "Using Mutation to Automatically Suggest Fixes for Faulty
Programs"; the operators are those that mutation testing takes for typical slips (off by one, wrong operator, wrong
constant, return in the loop, forgotten copy), and some that mend what is missing (a guard, a default).
"""

import ast
import re
from collections.abc import Iterator
from itertools import pairwise

from autogpt.agent.programs.inside.operators import BINARY, CALLED, COMPARE
from autogpt.agent.programs.inside.whole import Mutant, Whole, functions, tree_of

WRAPS = ("sorted", "list", "str", "int", "abs", "set", "tuple", "float", "len", "not ")
SIMPLE = ast.Expr | ast.Assign | ast.AugAssign | ast.AnnAssign | ast.If | ast.Return


def mutants(
    source: str,
    words: tuple[str, ...] = (),
    fields: tuple[str, ...] = (),
    *,
    most: int = 9,
    numbers: bool = True,
) -> list[Mutant]:
    """The changed sources worth a try, the likeliest first; none of a text that does not parse.

    words: what tests name in quotes, and exceptions they expect: constants that may be missing.
    fields: the attributes of objects, in this source and in those beside it.
    most: up to which rank. numbers: whether other numbers are put in, of which one or the other passes any single test.
    """
    tree = tree_of(source)
    made = _Maker(source, tree, words, fields).all() if tree else ()
    seen: dict[str, Mutant] = {}
    for mutant in sorted(made, key=lambda one: one.rank):
        text = mutant.of(source)
        if mutant.rank > most or not (numbers or all(re.search(r"\d", new) is None for _, _, new in mutant.edits)):
            continue
        if text != source and text not in seen and tree_of(text) is not None:
            seen[text] = mutant
    return list(seen.values())


class _Maker(Whole):
    """A method for each kind of node that can be wrong: `at_` and the kind's name."""

    def all(self) -> Iterator[Mutant]:
        for node in self.walk(self.tree):
            yield from getattr(self, f"at_{type(node).__name__.lower()}", self.nothing)(node)
            yield from self.turned([n for n in ast.iter_child_nodes(node) if isinstance(n, SIMPLE)])
        for function in functions(self.tree):
            yield from self.names(function)
            yield from self.guards(function)
            yield from self.defaults(function)
            yield from self.wrapped(function)
            yield from self.counterparts(function)

    def nothing(self, _node: ast.AST) -> Iterator[Mutant]:
        return iter(())

    def at_compare(self, node: ast.Compare) -> Iterator[Mutant]:
        if self.text(node.left) == "__name__":
            return
        for left, op, right in zip([node.left, *node.comparators], node.ops, node.comparators, strict=False):
            old, *others = COMPARE[type(op).__name__]
            for rank, new in enumerate(others):
                yield from self.between(0 if rank == 0 else 2, left, right, old, new)
            yield from self.nudged(2, right)
            if isinstance(op, ast.Eq | ast.NotEq | ast.In | ast.NotIn):
                both = tuple((self.end(one), self.end(one), ".lower()") for one in (left, right))
                yield Mutant(5, node.lineno, both)

    def at_binop(self, node: ast.BinOp) -> Iterator[Mutant]:
        old, *others = BINARY.get(type(node.op).__name__, ("",))
        for rank, new in enumerate(others):
            if new:
                yield from self.between(1 + rank, node.left, node.right, old, new)
        left, right = self.text(node.left), self.text(node.right)
        if isinstance(node.op, ast.Sub | ast.Div | ast.FloorDiv | ast.Mod | ast.Pow | ast.Add):
            middle = self.data[self.end(node.left) : self.start(node.right)].decode()
            if "(" not in middle and ")" not in middle:
                yield self.put(5, node, f"{right}{middle}{left}")
        yield self.put(4, node, left)
        yield self.put(4, node, right)
        yield from self.rounded_up(node)
        yield from self.share_of(node)
        for side in (node.left, node.right):
            if isinstance(node.op, ast.Mult) and isinstance(side, ast.Name):
                yield from self.nudged(3, side)
            if isinstance(side, ast.Name | ast.Attribute | ast.Call):
                yield from (self.put(3, side, f"({self.text(side)}{more})") for more in (" / 100", " * 100"))

    def rounded_up(self, node: ast.BinOp) -> Iterator[Mutant]:
        """a // b and a // b + 1, where the next whole number is meant: so often taken for ceil that it has its own."""
        part = node.left if isinstance(node.op, ast.Add) and self.text(node.right) == "1" else node
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.FloorDiv):
            left = self.text(part.left)
            left = left if isinstance(part.left, ast.Name | ast.Call | ast.Attribute) else f"({left})"
            yield self.put(2, node, f"-(-{left} // {self.text(part.right)})")

    def share_of(self, node: ast.BinOp) -> Iterator[Mutant]:
        """a - p / 100, where a share of a is meant."""
        part = node.right
        if isinstance(node.op, ast.Add | ast.Sub) and isinstance(part, ast.BinOp) and isinstance(part.op, ast.Div):
            sign = "+" if isinstance(node.op, ast.Add) else "-"
            yield self.put(2, node, f"{self.text(node.left)} * (1 {sign} {self.text(part)})")

    def at_boolop(self, node: ast.BoolOp) -> Iterator[Mutant]:
        old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in pairwise(node.values):
            yield from self.between(0, left, right, old, new)
        for at, value in enumerate(node.values):
            rest = [self.text(one) for number, one in enumerate(node.values) if number != at]
            yield self.put(4, node, f"({f' {old} '.join(rest)})")
            yield self.put(3, value, f"(not ({self.text(value)}))")

    def at_unaryop(self, node: ast.UnaryOp) -> Iterator[Mutant]:
        yield self.put(1, node, self.text(node.operand))

    def tests(self, node: ast.If | ast.While | ast.IfExp) -> Iterator[Mutant]:
        yield self.put(2, node.test, f"(not ({self.text(node.test)}))")
        for new in ("True", "False"):
            yield self.put(5, node.test, new)

    def at_if(self, node: ast.If) -> Iterator[Mutant]:
        yield from self.tests(node)
        yield from self.out_of(node)
        start = self.start(node)
        if self.data[start : start + 4] == b"elif":
            yield Mutant(3, node.lineno, ((start, start + 4, "if"),))

    def at_while(self, node: ast.While) -> Iterator[Mutant]:
        yield from self.tests(node)
        yield from self.out_of(node)

    def at_ifexp(self, node: ast.IfExp) -> Iterator[Mutant]:
        yield from self.tests(node)
        yield self.swap(1, node.lineno, node.body, node.orelse)

    def out_of(self, node: ast.For | ast.While | ast.If) -> Iterator[Mutant]:
        """The last statement of the block, put behind it: a return or a step that came too deep."""
        last = node.body[-1]
        if len(node.body) < 2 or last.lineno == node.body[-2].lineno or node.orelse:
            return
        start, end = self.starts[last.lineno - 1], self.end(last)
        lines = self.data[start:end].decode().split("\n")
        less = last.col_offset - node.col_offset
        moved = "\n".join(line[less:] if not line[:less].strip() else line for line in lines)
        yield Mutant(1 if isinstance(last, ast.Return) else 3, last.lineno, ((start, end, moved),))

    at_for = out_of

    def turned(self, body: list[ast.stmt]) -> Iterator[Mutant]:
        """Two statements on end, the other way round."""
        for one, two in pairwise(body):
            if one.lineno != two.lineno and one.col_offset == two.col_offset:
                yield from (self.swap(2, line, one, two) for line in (one.lineno, two.lineno))

    def at_break(self, node: ast.Break | ast.Continue) -> Iterator[Mutant]:
        yield self.put(2, node, "continue")
        yield self.put(2, node, "break")
        yield self.put(3, node, "pass")

    at_continue = at_break

    def at_constant(self, node: ast.Constant) -> Iterator[Mutant]:
        value: object = node.value
        if isinstance(value, bool):
            yield self.put(1, node, str(not value))
        elif isinstance(value, int | float):
            for rank, new in ((1, value + 1), (1, value - 1), (3, 0), (3, 1), (4, -value), (5, 2), (5, value * 10)):
                yield self.put(rank, node, repr(new))
        elif isinstance(value, str) and self.text(node)[:1] in "'\"":
            for rank, new in ((2, ""), (3, " "), (4, value.lower()), (4, value.strip()), (4, "\n"), (4, ", ")):
                yield self.put(rank, node, repr(new))
            for new in self.texts:
                yield self.put(4, node, repr(new))

    def at_joinedstr(self, node: ast.JoinedStr) -> Iterator[Mutant]:
        text = self.text(node)
        for found in re.finditer(r":([^:{}'\"]*)\}", text):
            start = self.start(node) + len(text[: found.start(1)].encode())
            for rank, new in ((2, f",{found[1]}"), (3, f"0{found[1]}"), (3, ""), (3, ".2f")):
                yield Mutant(rank, node.lineno, ((start, start + len(found[1].encode()), new),))

    def nudged(self, rank: int, node: ast.expr) -> Iterator[Mutant]:
        """The value, one more and one less; of a constant `at_constant` does that."""
        if not isinstance(node, ast.Constant | ast.List | ast.Tuple | ast.Dict | ast.JoinedStr | ast.Starred):
            for change in (" + 1", " - 1"):
                yield self.put(rank, node, f"({self.text(node)}{change})")

    def at_call(self, node: ast.Call) -> Iterator[Mutant]:
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        at = self.end(node.func) - len(name.encode())
        for new in CALLED.get(name, ()):
            if not self.against(node, new):
                yield Mutant(2, node.lineno, ((at, self.end(node.func), new),))
        args = node.args
        if name == "range":
            for arg in args:
                yield from self.nudged(1, arg)
            if len(args) == 1:
                yield self.insert(1, node.lineno, self.start(args[0]), "1, ")
        for left, right in pairwise(args):
            yield self.swap(2, node.lineno, left, right)
        yield from (self.put(3, arg, f"-{self.text(arg)}") for arg in args if isinstance(arg, ast.Name))
        if len(args) == 1 and not node.keywords and isinstance(node.func, ast.Name):
            yield self.put(3, node, self.text(args[0]))
        if isinstance(node.func, ast.Attribute):
            yield self.put(4, node, self.text(node.func.value))
            if len(args) == 1 and isinstance(args[0], ast.Constant):
                yield self.put(2, args[0], "")
            if name == "sort" and not args and not node.keywords and isinstance(node.func.value, ast.Name):
                yield self.put(1, node, f"{node.func.value.id} = sorted({node.func.value.id})")
        last, named = self.end(node) - 1, [word.arg for word in node.keywords]
        if name in ("sorted", "sort", "max", "min") and "key" not in named and len(args) == (name != "sort"):
            whole = self.text(args[0] if args else node.func.value)  # type: ignore[attr-defined]
            keys = [f"{whole}.get", *(f"lambda one: {whole}[one].{field}" for field in self.fields[:8])]
            keys += [f"lambda one: one{how}" for how in ("[1]", "[0]", *(f".{field}" for field in self.fields[:8]))]
            for key in [*keys, "len", "str.lower", "int"]:
                yield self.insert(3, node.lineno, last, f", key={key}" if args else f"key={key}")
        if name in ("sorted", "sort") and "reverse" not in named:
            yield self.insert(2, node.lineno, last, ", reverse=True" if args or named else "reverse=True")
        for short, more in (("max", ", default=0"), ("min", ", default=0"), ("round", ", 2"), ("get", ", 0")):
            if name == short and len(args) == 1 and not named:
                yield self.insert(2, node.lineno, last, more)

    def at_subscript(self, node: ast.Subscript) -> Iterator[Mutant]:
        base, index = self.text(node.value), node.slice
        if isinstance(index, ast.Slice):
            for bound in (index.lower, index.upper, index.step):
                if bound is not None:
                    yield from self.nudged(1, bound)
                    yield self.put(2, bound, "")
            if index.step is None and index.lower is None and index.upper is not None:
                yield self.insert(3, node.lineno, self.start(index.upper), "1:")
            if isinstance(node.ctx, ast.Load):
                yield self.put(3, node, base)
            return
        yield from self.nudged(1, index)
        if isinstance(node.ctx, ast.Load) and not isinstance(index, ast.Tuple):
            yield self.put(2, node, f"{base}.get({self.text(index)}, 0)")
            yield self.put(3, node, f"{base}.get({self.text(index)})")
        if isinstance(node.value, ast.Subscript):
            yield self.swap(2, node.lineno, node.value.slice, index)

    def at_assign(self, node: ast.Assign) -> Iterator[Mutant]:
        target, value = self.text(node.targets[0]), self.text(node.value)
        yield self.put(3, node, f"{target} += {value}")
        if isinstance(place := node.targets[0], ast.Subscript) and not isinstance(place.slice, ast.Slice):
            got = f"{self.text(place.value)}.get({self.text(place.slice)}, 0)"
            yield self.put(2, node, f"{target} = {got} + {value}")
        if isinstance(node.value, ast.Name):
            for wrap in ("list", "dict"):
                yield self.put(3, node.value, f"{wrap}({value})")
        yield self.put(6, node, "pass")

    def at_augassign(self, node: ast.AugAssign) -> Iterator[Mutant]:
        old, *others = BINARY.get(type(node.op).__name__, ("",))
        for new in [f"{one}=" for one in others if one] + ["="]:
            yield from self.between(1, node.target, node.value, f"{old}=", new)
        yield from self.nudged(3, node.value)
        if isinstance(node.target, ast.Subscript):
            place, index = self.text(node.target.value), self.text(node.target.slice)
            whole = f"{place}[{index}] = {place}.get({index}, 0) {old} {self.text(node.value)}"
            yield self.put(1, node, whole)
        yield self.put(6, node, "pass")

    def at_expr(self, node: ast.Expr) -> Iterator[Mutant]:
        if not isinstance(node.value, ast.Constant):
            yield self.put(5, node, "pass")

    def at_raise(self, node: ast.Raise) -> Iterator[Mutant]:
        if isinstance(node.exc, ast.Call):
            for error in self.errors:
                yield self.put(1, node.exc.func, error)

    def at_return(self, node: ast.Return) -> Iterator[Mutant]:
        if node.value is None:
            return
        value = self.text(node.value)
        yield from self.nudged(2, node.value)
        for wrap in WRAPS:
            yield self.put(3, node.value, f"{wrap}({value})")
        yield self.put(3, node.value, f"round({value}, 2)")
        yield self.put(4, node.value, f"-({value})")
        for method in ("strip", "lower", "upper", "copy"):
            yield self.put(4, node.value, f"({value}).{method}()")
        for error in self.errors:
            yield self.put(4, node, f"raise {error}({value!r})")

    def at_comprehension(self, node: ast.comprehension) -> Iterator[Mutant]:
        for test in node.ifs:
            yield self.put(2, test, f"not ({self.text(test)})")
            yield self.put(4, test, "True")
