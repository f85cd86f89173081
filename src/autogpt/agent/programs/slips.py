"""Slips that a small model writes again whatever it is told, mended where it is plain what was meant."""

import ast
import re
from collections.abc import Iterable, Sequence
from typing import cast

from autogpt.agent.programs.breaks import Break, broken
from autogpt.agent.programs.names import with_near_key, with_near_name
from autogpt.agent.programs.outputs import (
    with_all_fields,
    with_block_longer,
    with_entries,
    with_folder,
    with_json_values,
)
from autogpt.core.contracts import FileHead


def without_slip(code: str, seen: str, goal: str, files: Sequence[FileHead]) -> str:
    """The program that broke on a slip, without it; '' where it broke on something else or can be meant two ways.

    seen: what was seen of the program when it broke. goal: what it is for. files: those of the folder.
    """
    found = broken(code, seen, files)
    if found is None:
        return ""
    return next((better for way in _WAYS if (better := way(found))), "") or with_all_fields(found, goal)


def _summed(found: Break) -> str:
    """`sum(a, b, c)` as the sum of a tuple."""
    many = re.match(r"sum\(\) takes at most 2 arguments", found.said)
    alone = re.match(r"'(?:int|float|Decimal|decimal\.Decimal)' object is not iterable", found.said)
    if found.kind != "TypeError" or not (many or alone):
        return ""
    calls = [call for call in found.at(ast.Call) if ast.unparse(call.func) == "sum" and not call.keywords]
    calls = [call for call in calls if not any(isinstance(one, ast.Starred) for one in call.args)]
    if many:
        calls = [call for call in calls if len(call.args) > 2]
    else:
        calls = [call for call in calls if len(call.args) == 2 and not _is_many(found, call.args[0])]
    texts = {call: f"sum(({', '.join(found.source(one) for one in call.args)}))" for call in calls}
    return found.spliced(found.replaced(cast("dict[ast.expr, str]", texts))) if len(calls) == 1 else ""


def _is_many(found: Break, node: ast.expr) -> bool:
    """Whether an expression is no number."""
    several = ast.List | ast.Tuple | ast.Set | ast.Dict | ast.ListComp | ast.SetComp | ast.GeneratorExp
    return isinstance(node, several) or isinstance(found.value(node), list | tuple | set | dict)


def _paired(found: Break) -> str:
    """`for name, age in people.items()` over the values of entries, where people is a list of entries with two each."""
    if (found.kind, found.said) != ("AttributeError", "'list' object has no attribute 'items'"):
        return ""
    for attribute in found.at(ast.Attribute):
        call = found.parents[attribute]
        loop = found.parents.get(call)
        if attribute.attr != "items" or not isinstance(loop, ast.For | ast.comprehension) or loop.iter is not call:
            continue
        entries, names = found.value(attribute.value), _plain_targets(loop.target)
        if len(names) < 2 or not isinstance(entries, list) or not entries or _taken_apart(found, loop, names):
            continue
        rows = cast("list[object]", entries)
        keys = {tuple(cast("dict[object, object]", row)) if isinstance(row, dict) else () for row in rows}
        first = next(iter(keys))
        over = found.source(attribute.value)
        if len(keys) == 1 and len(first) == len(names) and (set(first) != set(names) or list(first) == names):
            return found.spliced(found.replaced({loop.iter: f"(one.values() for one in {over})"}))
        if all(set(names) <= set(one) for one in keys):
            parts = ", ".join(f"one[{name!r}]" for name in names)
            return found.spliced(found.replaced({loop.iter: f"(({parts}) for one in {over})"}))
    return ""


def _plain_targets(target: ast.expr) -> list[str]:
    names = [one.id for one in target.elts if isinstance(one, ast.Name)] if isinstance(target, ast.Tuple) else []
    return names if isinstance(target, ast.Tuple) and len(names) == len(target.elts) else []


def _taken_apart(found: Break, loop: ast.AST, names: Sequence[str]) -> bool:
    """Whether something is looked up in one of the names of a loop, as in an entry."""
    whole = loop if isinstance(loop, ast.For) else found.parents[loop]
    return any(
        isinstance(node.value, ast.Name) and node.value.id in names
        for node in ast.walk(whole)
        if isinstance(node, ast.Subscript) or (isinstance(node, ast.Attribute) and node.attr in ("get", "items"))
    )


def _valued(found: Break) -> str:
    """`for room in rooms: room['beds']` over the values, where rooms holds entries by name."""
    if found.kind != "TypeError" or not found.said.startswith("string indices must be integers"):
        return ""
    for node in found.at(ast.Subscript):
        key, name = node.slice, node.value
        if not isinstance(key, ast.Constant) or not isinstance(key.value, str) or not isinstance(name, ast.Name):
            continue
        loop = next((one for one in _loops(found, node) if ast.unparse(one.target) == name.id), None)
        if loop is None or not isinstance(loop.iter, ast.Name | ast.Subscript) or _kept_whole(found, loop, name.id):
            continue
        over, held = found.source(loop.iter), found.value(loop.iter)
        if isinstance(held, dict):
            parts = cast("dict[object, object]", held)
            lists = [part for part, rows in parts.items() if _all_have(rows, key.value)]
            if parts and all(isinstance(one, dict) and key.value in one for one in parts.values()):
                return found.spliced(found.replaced({loop.iter: f"{over}.values()"}))
            return found.spliced(found.replaced({loop.iter: f"{over}[{lists[0]!r}]"})) if len(lists) == 1 else ""
        if held is None and _filled_with(found, over, key.value):
            return found.spliced(found.replaced({loop.iter: f"{over}.values()"}))
    return ""


def _loops(found: Break, node: ast.AST) -> Iterable[ast.For | ast.comprehension]:
    """The loops around a node, from the inside out."""
    for above in found.above(node):
        if isinstance(above, ast.For):
            yield above
        elif isinstance(above, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
            yield from reversed(above.generators)


def _kept_whole(found: Break, loop: ast.For | ast.comprehension, name: str) -> bool:
    """Whether the loop's variable is used as what it is, and not only as an entry."""
    whole = loop if isinstance(loop, ast.For) else found.parents[loop]
    used = [one for one in ast.walk(whole) if isinstance(one, ast.Name) and one.id == name]
    return any(
        isinstance(one.ctx, ast.Load)
        and not (isinstance(of := found.parents[one], ast.Subscript) and of.value is one)
        and not (isinstance(of, ast.Attribute) and of.attr == "get")
        for one in used
    )


def _all_have(rows: object, key: str) -> bool:
    many = cast("list[object]", rows) if isinstance(rows, list) else []
    return bool(many) and all(isinstance(row, dict) and key in row for row in many)


def _filled_with(found: Break, name: str, key: str) -> bool:
    """Whether the program itself puts entries with the key, and nothing else, under names into a dictionary."""
    put = [
        node.value
        for node in ast.walk(found.tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Subscript)
        and ast.unparse(node.targets[0].value) == name
    ]
    entries = [[ast.unparse(one) for one in value.keys if one] for value in put if isinstance(value, ast.Dict)]
    return bool(put) and len(entries) == len(put) and all(repr(key) in keys for keys in entries)


_DATES = re.compile(
    r"module 'datetime' has no attribute '(?!datetime'|date'|time'|timedelta'|timezone')\w+'"
    r"|type object 'datetime\.datetime' has no attribute '(?:datetime|timedelta|timezone|date|time)'"
    r"|'method_descriptor' object has no attribute '(?:today|fromisoformat|fromtimestamp|min|max)'"
    r"|descriptor '(?:date|time)' for 'datetime\.datetime' objects doesn't apply"
    r"|'module' object is not callable"
)
_IN_MODULE = frozenset("datetime date time timedelta timezone tzinfo UTC MINYEAR MAXYEAR".split())


def _dated(found: Break) -> str:
    """With `datetime` for the module throughout, where the program takes it now for that and now for the class."""
    if found.kind not in ("AttributeError", "TypeError") or not _DATES.match(found.said):
        return ""
    nodes = list(ast.walk(found.tree))
    classes = [n for n in nodes if isinstance(n, ast.ImportFrom) and n.module == "datetime"]
    names = {one.asname or one.name for n in classes for one in n.names if one.name == "datetime"}
    modules = [one for n in nodes if isinstance(n, ast.Import) for one in n.names if one.name == "datetime"]
    names |= {one.asname or one.name for one in modules}
    if len(names) != 1:
        return ""
    name = names.pop()
    used = [node for node in nodes if isinstance(node, ast.Name) and node.id == name]
    taken = any(not isinstance(node.ctx, ast.Load) for node in used)
    taken |= any(isinstance(node, ast.arg) and node.arg == name for node in nodes)
    failed = [node for node in used if node.lineno == found.line]
    if "not callable" in found.said:
        failed = [call for call in found.at(ast.Call) if ast.unparse(call.func) == name]
    if taken or not failed:
        return ""
    texts: dict[ast.expr, str] = {}
    for node in used:
        of = found.parents[node]
        if not isinstance(of, ast.Attribute) or of.attr not in _IN_MODULE:
            texts[node] = f"{name}.datetime"
    edits = [(*found.ends(node), _as_module(node, name)) for node in classes if _has_class(node)]
    return found.spliced([*edits, *found.replaced(texts)])


def _has_class(node: ast.ImportFrom) -> bool:
    return any(one.name == "datetime" for one in node.names)


def _as_module(node: ast.ImportFrom, name: str) -> str:
    """The import of the module in place of its class, and of what else was imported from it."""
    others = ", ".join(ast.unparse(one) for one in node.names if one.name != "datetime")
    line = "import datetime" if name == "datetime" else f"import datetime as {name}"
    return f"{line}\n{' ' * node.col_offset}from datetime import {others}" if others else line


_CONCATENATED = re.compile(
    r'can only concatenate str \(not "(?:int|float)"\) to str'
    r"|unsupported operand type\(s\) for \+: '(?:int|float)' and 'str'"
)


def _written_out(found: Break) -> str:
    """`"Total: " + total` with the number as a text, and `file.write(total)`."""
    if found.kind != "TypeError":
        return ""
    if re.match(r"write\(\) argument must be str, not (?:int|float)$", found.said):
        calls = [c for c in found.at(ast.Call) if isinstance(c.func, ast.Attribute) and c.func.attr == "write"]
        args = [call.args[0] for call in calls if len(call.args) == 1]
        return found.spliced(found.replaced({args[0]: f"str({found.source(args[0])})"})) if len(args) == 1 else ""
    if not _CONCATENATED.match(found.said):
        return ""
    texts: dict[ast.expr, str] = {}
    for node in found.at(ast.BinOp):
        number, text = (node.right, node.left) if found.said.startswith("can") else (node.left, node.right)
        plain = isinstance(node.op, ast.Add) and not _is_text(number) and any(map(_is_text, _chain(text)))
        if plain and (number is node.left or not _more(found, node)):
            texts[number] = f"str({found.source(number)})"
    if not texts and not found.spots and found.said.startswith("can"):
        added = [one for one in found.at(ast.AugAssign) if isinstance(one.op, ast.Add)]
        assigned = [one for one in ast.walk(found.tree) if isinstance(one, ast.Assign)]
        begun = {ast.unparse(one.targets[0]) for one in assigned if _is_text(one.value)}
        texts = {one.value: f"str({found.source(one.value)})" for one in added if ast.unparse(one.target) in begun}
    return found.spliced(found.replaced(texts)) if len(texts) == 1 else ""


def _more(found: Break, node: ast.BinOp) -> bool:
    """Whether another number may follow: of "t" + a + b with two numbers the sum may be meant."""
    after = found.parents[node]
    if not isinstance(after, ast.BinOp) or not isinstance(after.op, ast.Add) or after.left is not node:
        return False
    return not _is_text(after.right) and not isinstance(found.value(after.right), str)


def _chain(node: ast.expr) -> Iterable[ast.expr]:
    """The parts of a chain of sums."""
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield node.right
        node = node.left
    yield node


def _is_text(node: ast.expr) -> bool:
    """Whether an expression is a text, and none that could be taken for a number."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return not node.value.strip().isdigit()
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Call) and ast.unparse(node.func) == "str")


def _joined_up(found: Break) -> str:
    """`", ".join(numbers)` with the numbers as texts, and `", ".join(a, b)` with a tuple."""
    calls = [call for call in found.at(ast.Call) if isinstance(call.func, ast.Attribute) and call.func.attr == "join"]
    if found.kind != "TypeError" or len(calls) != 1:
        return ""
    if re.match(r"str\.join\(\) takes exactly one argument \((?!0)\d+ given\)", found.said):
        parts = ", ".join(found.source(one) for one in calls[0].args)
        return found.spliced(found.replaced({calls[0]: f"{found.source(calls[0].func)}(({parts}))"}))
    said = re.match(r"sequence item \d+: expected str instance, (?:int|float) found", found.said)
    if not said or len(calls[0].args) != 1:
        return ""
    call, parts = calls[0], found.source(calls[0].args[0])
    if isinstance(call.args[0], ast.GeneratorExp) and not parts.startswith("("):
        parts = f"({parts})"
    return found.spliced(found.replaced({call: f"{found.source(call.func)}(map(str, {parts}))"}))


_BINDINGS = re.compile(r"Incorrect number of bindings supplied\. .*uses 1, and there (?:are|is) (\d+) supplied")


def _bound(found: Break) -> str:
    """`execute(sql, (name))` with the tuple that is meant: `(name,)`."""
    counted = _BINDINGS.match(found.said)
    unsupported = found.said.startswith(("parameters are of unsupported type", "Error binding parameter"))
    if not found.kind.endswith(("ProgrammingError", "InterfaceError", "ValueError")) or not (counted or unsupported):
        return ""
    calls = [call for call in found.at(ast.Call) if isinstance(call.func, ast.Attribute) and len(call.args) == 2]
    if len(calls) != 1:
        return ""
    way, given = cast("ast.Attribute", calls[0].func).attr, calls[0].args[1]
    held = found.value(given)
    first, last = found.ends(given)
    whole = found.code.encode()
    bare = whole[:first].rstrip().endswith(b"(") and whole[last:].lstrip().startswith(b")")
    if (
        way == "execute"
        and not isinstance(given, ast.Tuple | ast.List | ast.Dict)
        and not isinstance(held, list | tuple)
    ):
        known = isinstance(held, str) if counted else isinstance(held, int | float)
        return found.spliced(found.replaced({given: f"({found.source(given)},)"})) if bare or known else ""
    rows = cast("list[object]", held) if isinstance(held, list) else []
    if way == "executemany" and rows and all(isinstance(one, str | int | float) for one in rows):
        return found.spliced(found.replaced({given: f"[(one,) for one in {found.source(given)}]"}))
    return ""


_INSERTS = re.compile(r"insert\s+(?:or\s+\w+\s+)?into\s+\S+?\s*\((?P<names>[^()]+)\)\s*values", re.I)


def _taken_out(found: Break) -> str:
    """Rows that are dictionaries, handed over for question marks: with their values in the order of the columns."""
    if not found.said.startswith("Binding 1 has no name, but you supplied a dictionary"):
        return ""
    calls = [call for call in found.at(ast.Call) if isinstance(call.func, ast.Attribute) and len(call.args) == 2]
    if len(calls) != 1 or cast("ast.Attribute", calls[0].func).attr not in ("execute", "executemany"):
        return ""
    many = cast("ast.Attribute", calls[0].func).attr == "executemany"
    told, given = calls[0].args
    sql = told.value if isinstance(told, ast.Constant) else found.value(told)
    held = found.value(given)
    row = next(iter(cast("list[object]", held)), None) if many and isinstance(held, list) else held
    named = _INSERTS.search(sql) if isinstance(sql, str) else None
    if named is None or not isinstance(row, dict):
        return ""
    names = [name.strip(' `"[]\n') for name in named["names"].split(",")]
    if not set(names) <= set(cast("dict[object, object]", row)):
        return ""
    one = f"[one[name] for name in {names!r}]"
    text = f"[{one} for one in {found.source(given)}]" if many else one.replace("one[", f"{found.source(given)}[")
    return found.spliced(found.replaced({given: text}))


_WAYS = (
    *(_summed, _paired, _valued, _dated, _written_out, _joined_up, _bound, _taken_out),
    *(with_json_values, with_entries, with_folder, with_block_longer, with_near_name, with_near_key),
)
"""Each gives '' for errors that are not its own."""
