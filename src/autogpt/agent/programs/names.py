"""Names, columns and keys that a program took for ones that differ in a letter, in case or in underscores."""

import ast
import builtins
import re
from collections.abc import Iterable

from autogpt.agent.programs.breaks import Break

_PARTS = re.compile(r"[\W_]+")
_OWN = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp | ast.Lambda
"""Expressions with names of their own."""


def with_near_name(found: Break) -> str:
    """The program with the one name it assigns in place of one it does not, where the two are nearly the same."""
    said = re.match(r"name '(\w+)' is not defined", found.said)
    if found.kind != "NameError" or said is None or hasattr(builtins, said[1]):
        return ""
    wrong = said[1]
    names = [node for node in ast.walk(found.tree) if isinstance(node, ast.Name)]
    bound = {node.id for node in names if isinstance(node.ctx, ast.Store)} | _defined(found.tree)
    near = [name for name in bound if _is_near(wrong, name)]
    near += [name for name in bound - set(near) if _is_plural(wrong, name) and _stands_alone(found, wrong, name)]
    uses = [node for node in names if node.id == wrong]
    if wrong in bound or len(near) != 1 or not all(_reaches(found, near[0], node) for node in uses):
        return ""
    return found.spliced(found.replaced(dict.fromkeys(uses, near[0])))


def _defined(tree: ast.Module) -> set[str]:
    """The names of parameters, functions, classes and imports."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.arg(arg=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                found.add(name)
            case ast.ClassDef(name=name) | ast.ExceptHandler(name=str(name)):
                found.add(name)
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                found |= {(one.asname or one.name).partition(".")[0] for one in names}
            case _:
                pass
    return found


def _is_near(wrong: str, right: str) -> bool:
    """Whether they are one name but for case, underscores, a plural within, or one letter in the midst of a word.

    A letter in the place of another is no slip: 'min_price' and 'mid_price' may both be meant.
    """
    if re.findall(r"\d", wrong) != re.findall(r"\d", right) or min(len(wrong), len(right)) < 4:
        return False
    if _PARTS.sub("", wrong).lower() == _PARTS.sub("", right).lower():
        return True
    ours, theirs = wrong.split("_"), right.split("_")
    if len(ours) != len(theirs):
        return False
    other = [at for at, (one, two) in enumerate(zip(ours, theirs, strict=True)) if one != two]
    if len(other) != 1:
        return False
    one, two = ours[other[0]], theirs[other[0]]
    return (other[0] < len(ours) - 1 and _is_plural(one, two)) or _one_letter(one, two)


def _is_plural(one: str, two: str) -> bool:
    short, long = sorted((one, two), key=len)
    return len(short) > 2 and long in (f"{short}s", f"{short}es", f"{short.removesuffix('y')}ies")


def _one_letter(one: str, two: str) -> bool:
    """Whether a letter is left out in the midst of a word, or two beside each other are exchanged."""
    short, long = sorted((one, two), key=len)
    if len(short) < 5:
        return False
    if len(long) == len(short) + 1:
        return any(long[:at] + long[at + 1 :] == short for at in range(1, len(long) - 1)) and long[:-1] != short
    return len(short) == len(long) and any(
        one[:at] + one[at + 1] + one[at] + one[at + 2 :] == two for at in range(len(one) - 1)
    )


def _stands_alone(found: Break, wrong: str, right: str) -> bool:
    """Whether one of 'row' and 'rows' can only mean the other: neither is one of many that the program goes through."""
    for node in ast.walk(found.tree):
        if not isinstance(node, ast.Name) or node.id not in (wrong, right):
            continue
        of, above = found.parents[node], list(found.above(node))
        first = isinstance(of, ast.comprehension) and getattr(found.parents[of], "generators", [])[0] is of
        through = (isinstance(of, ast.For) or first) and getattr(of, "iter", None) is node
        loops = [one for one in above if isinstance(one, ast.For | ast.While | _OWN | ast.FunctionDef)]
        if through:
            loops = [
                one
                for one in loops
                if one not in (of, found.parents[of] if first else of) and not isinstance(one, ast.FunctionDef)
            ]
        if loops and (node.id == wrong or isinstance(node.ctx, ast.Store)):
            return False
        # 'row' is one of 'rows'; what a loop goes through or a call is given is the whole of it.
        if node.id == wrong and not through and not isinstance(of, ast.Call | ast.FormattedValue | ast.keyword):
            return False
    return True


_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def _reaches(found: Break, name: str, use: ast.AST) -> bool:
    """Whether a name is to be seen where another is used: it is the module's, or of a function around the use."""
    around = [one for one in found.above(use) if isinstance(one, _SCOPES)]
    for node in ast.walk(found.tree):
        match node:
            case ast.Name(id=one, ctx=ast.Store()) | ast.arg(arg=one) | ast.FunctionDef(name=one):
                pass
            case ast.ClassDef(name=one) | ast.alias(asname=str(one)) | ast.alias(name=one):
                pass
            case _:
                continue
        if one == name and next((above for above in found.above(node) if isinstance(above, _SCOPES)), None) in (
            None,
            *around,
        ):
            return True
    return False


def with_near_key(found: Break) -> str:
    """The program with the one column or key of the data whose name differs in case, spaces or underscores only."""
    said = re.match(r"(['\"])(.+)\1$", found.said)
    if found.kind != "KeyError" or said is None:
        return ""
    wrong, real = said[2], [*found.columns(), *found.keys()]
    near = {name for name in real if _plain(name) == _plain(wrong)}
    if wrong in real or len(near) != 1 or not _plain(wrong):
        return ""
    nodes = list(ast.walk(found.tree))
    looked = {key: of for node in nodes for of, key in _places(node) if key.value == wrong}
    failed = {ast.unparse(of) for key, of in looked.items() if key.lineno == found.line}
    # What the program itself makes under that name keeps it.
    same = [node for node in nodes if isinstance(node, ast.Constant) and node.value == wrong and node not in looked]
    own = any(not isinstance(found.parents[node], ast.Call) for node in same)
    chosen: list[ast.expr] = [key for key, of in looked.items() if not own or ast.unparse(of) in failed]
    return found.spliced(found.replaced(dict.fromkeys(chosen, repr(near.pop())))) if failed else ""


def _places(node: ast.AST) -> Iterable[tuple[ast.expr, ast.Constant]]:
    """What is looked up in, and the key, where a node reads something under a key."""
    match node:
        case ast.Subscript(value=of, slice=ast.Constant() as key, ctx=ast.Load()):
            yield of, key
        case ast.Call(func=ast.Attribute(value=of, attr="get" | "pop"), args=[ast.Constant() as key, *_]):
            yield of, key
        case _:
            pass


def _plain(name: str) -> str:
    return re.sub(r"[\s_\-\ufeff]+", "", name).lower()
