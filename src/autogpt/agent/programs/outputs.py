"""Programs that broke on how they gather and write out: files, folders, tables, JSON and dictionaries they fill."""

import ast
import re
from collections.abc import Iterable
from typing import cast

from autogpt.agent.programs.breaks import Break, Edit
from autogpt.agent.programs.mending import with_lines


def with_all_fields(found: Break, goal: str) -> str:
    """The program whose DictWriter is given fields it was not told of: those the goal names are added, others left out.

    goal: what the program is for.
    """
    said = re.match(r"dict contains fields not in fieldnames: (.+)$", found.said)
    writers = [call for call in _calls(found.tree) if ast.unparse(call.func).rpartition(".")[2] == "DictWriter"]
    if found.kind != "ValueError" or said is None:
        return ""
    if len(writers) > 1:
        used = {ast.unparse(one.func.value) for one in found.at(ast.Call) if isinstance(one.func, ast.Attribute)}
        writers = [one for one in writers if ast.unparse(getattr(found.statement(one), "targets", [one])[0]) in used]
    fields = [one[1] or one[2] for one in re.findall(r"('([^']+)'|\"([^\"]+)\")", said[1])]
    # A field None is of rows with more cells than the head has: where they belong, nothing tells.
    if len(writers) != 1 or not fields or re.search(r"(?:^|, )None\b", said[1]):
        return ""
    call = writers[0]
    known = [one for one in call.keywords if one.arg == "extrasaction"]
    named = [one for one in call.keywords if one.arg == "fieldnames"]
    names = named[0].value if named else call.args[1] if len(call.args) > 1 else None
    if known or names is None:
        return ""
    told = _listed(goal, _literal(found, names))
    wanted = sorted((field for field in fields if _place(told, field) >= 0), key=lambda field: _place(told, field))
    edits: list[Edit] = []
    if wanted:
        first, last = found.ends(names)
        edits += [(first, first, "[*"), (last, last, f", {', '.join(map(repr, wanted))}]")]
    if len(wanted) < len(fields):
        edits.append(_argument(found, call, 'extrasaction="ignore"'))
    return found.spliced(edits)


_LEFT_OUT = re.compile(
    r"(?:\b(?:without|except|excluding|drop|remove|omit|leav(?:e|ing) out|ignore|delete"
    r"|(?:do not|don't) (?:include|write|keep|list))\b[^.;:\n]{0,60}"
    r"|(?:不含|不要|去掉|删除|去除|忽略|除了|不包括|不包含|移除)[^，。；：\n]{0,30})$",
    re.I,
)


_COLUMNS = re.compile(r"(?:\b(?:columns?|fields?|header)\b|列|字段|表头)(?:(?![.;。；](?:\s|$))[^\n])*", re.I)


def _listed(goal: str, names: list[str]) -> str:
    """The part of the goal that lists the columns, if it has all that the program writes; else the whole of it."""
    parts = [found[0] for found in _COLUMNS.finditer(goal)]
    return next((part for part in parts if names and all(_place(part, name) >= 0 for name in names)), goal)


def _literal(found: Break, names: ast.expr) -> list[str]:
    """The columns that the program names itself, right there or under a name."""
    given = [node.value for node in ast.walk(found.tree) if isinstance(node, ast.Assign)
             and ast.unparse(node.targets[0]) == ast.unparse(names)]  # fmt: skip
    listed = given[0] if isinstance(names, ast.Name) and len(given) == 1 else names
    parts = listed.elts if isinstance(listed, ast.List | ast.Tuple) else []
    return [str(one.value) for one in parts if isinstance(one, ast.Constant)]


def _place(goal: str, field: str) -> int:
    """Where the goal names a field as one that is wanted; -1 where it does not."""
    words = r"[\s_-]+".join(re.escape(part) for part in re.split(r"[\s_-]+", field) if part)
    places = list(re.finditer(rf"(?<![A-Za-z0-9_]){words}(?![A-Za-z0-9_])", goal, re.I)) if words else []
    return next((place.start() for place in places if not _LEFT_OUT.search(goal[: place.start()])), -1)


def _calls(tree: ast.AST) -> list[ast.Call]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def _argument(found: Break, call: ast.Call, text: str) -> Edit:
    """One argument more at the end of a call."""
    _, last = found.ends(call)
    inside = found.code.encode()[: last - 1].rstrip()
    comma = "" if inside.endswith((b",", b"(")) else ", "
    return (len(inside), last - 1, f"{comma}{' ' if inside.endswith(b',') else ''}{text}")


_PLAIN = """
def plain(value):
    from datetime import datetime
    from decimal import Decimal

    if isinstance(value, (set, frozenset)):
        try:
            return sorted(value)
        except TypeError:
            return sorted(value, key=str)
    if isinstance(value, datetime) and {days}:
        return value.date().isoformat()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value.as_tuple().exponent >= 0 else float(value)
    return list(value)
"""
_NO_JSON = re.compile(
    r"Object of type (?:set|frozenset|date|datetime|Decimal|dict_(?:keys|values|items)|map|filter|generator|deque)"
    r" is not JSON serializable$"
)
_HOURS = re.compile(r"%[HIMSXcT]|\b(?:now|utcnow|fromtimestamp|fromisoformat)\(|\bhours?=|\bminutes?=")


def with_json_values(found: Break) -> str:
    """The program that writes to JSON what has no form there, with one: sets as sorted lists, dates as ISO texts."""
    calls = [call for call in _calls(found.tree) if re.fullmatch(r"(?:json\.)?dumps?", ast.unparse(call.func))]
    calls = [call for call in calls if not {one.arg for one in call.keywords} & {"default", "cls", None}]
    if found.kind != "TypeError" or not _NO_JSON.match(found.said) or re.search(r"\bplain\b", found.code):
        return ""
    better = found.spliced(_argument(found, call, "default=plain") for call in calls)
    days = not _HOURS.search(found.code)
    return with_lines(better, _PLAIN.format(days=days).split("\n")) if better else ""


_EMPTY = {"append": "[]", "extend": "[]", "insert": "[]", "add": "set()"}
_ADVANCES = re.compile(r"\b(?:next|input|pop|popleft|popitem|readline)\(|:=")


def with_entries(found: Break) -> str:
    """The program that adds to entries of a dictionary which begins empty, with entries to add to."""
    if found.kind != "KeyError":
        return ""
    empty = {ast.unparse(one) for node in ast.walk(found.tree) for one in _emptied(node)}
    for node in found.at(ast.Subscript):
        if ast.unparse(_root(node)) not in empty or _ADVANCES.search(ast.unparse(node)) or _other_key(found, node):
            continue
        of = found.parents[node]
        if isinstance(of, ast.AugAssign) and of.target is node and isinstance(of.op, ast.Add | ast.Sub):
            return found.spliced([found.before(of, _chain(found, node, _begin(of)))])
        if isinstance(of, ast.Attribute) and of.attr in _EMPTY and isinstance(found.parents[of], ast.Call):
            return found.spliced(found.replaced({node: _chain(found, node, _EMPTY[of.attr])}))
        # The entry that is missing is one of entries: counts[a][b] += 1, counts[a][b] = 1.
        if isinstance(of, ast.Subscript) and of.value is node:
            outer = found.parents[of]
            if isinstance(outer, ast.AugAssign) and outer.target is of and isinstance(outer.op, ast.Add | ast.Sub):
                return found.spliced([found.before(outer, _chain(found, of, _begin(outer)))])
            if isinstance(outer, ast.Assign) and of in outer.targets and not isinstance(of.slice, ast.Slice):
                return found.spliced(found.replaced({node: _chain(found, node, "{}")}))
            if isinstance(outer, ast.Attribute) and outer.attr in _EMPTY:
                return found.spliced(found.replaced({of: _chain(found, of, _EMPTY[outer.attr])}))
    return ""


def _emptied(node: ast.AST) -> Iterable[ast.expr]:
    """What a statement makes an empty dictionary."""
    if isinstance(node, ast.Assign | ast.AnnAssign) and node.value and ast.unparse(node.value) in ("{}", "dict()"):
        yield from node.targets if isinstance(node, ast.Assign) else [node.target]


def _root(node: ast.expr) -> ast.expr:
    while isinstance(node, ast.Subscript):
        node = node.value
    return node


def _other_key(found: Break, node: ast.Subscript) -> bool:
    """Whether it may be another look-up in the same line that failed, such as that of the key itself."""
    inside = [one for one in ast.walk(node.slice) if isinstance(one, ast.Subscript)]
    return bool(inside) and not found.spots and any(ast.unparse(one.slice) == found.said for one in inside)


def _begin(node: ast.AugAssign) -> str:
    """What a sum begins with; a text that is added to nought still breaks, and is not joined unseen."""
    match node.value:
        case ast.JoinedStr() | ast.Constant(value=str()):
            return "''"
        case ast.List() | ast.ListComp():
            return "[]"
        case _:
            return "0"


def _chain(found: Break, node: ast.Subscript, begin: str) -> str:
    """`a[b][c]` as `a.setdefault(b, {}).setdefault(c, begin)`."""
    of = _chain(found, node.value, "{}") if isinstance(node.value, ast.Subscript) else found.source(node.value)
    return f"{of}.setdefault({found.source(node.slice)}, {begin})"


def with_folder(found: Break) -> str:
    """The program that moves into a folder which is not there, makes one in one, or makes one that is there."""
    calls = [call for call in found.at(ast.Call) if _FOLDERS.match(ast.unparse(call.func))]
    if len(calls) != 1 or any(isinstance(one, _OWN) for one in found.above(calls[0])):
        return ""
    call = calls[0]
    name = ast.unparse(call.func).rpartition(".")[2]
    of = found.source(call.func.value) if isinstance(call.func, ast.Attribute) else ""
    if name in ("mkdir", "makedirs"):
        return _with_made(found, call, of)
    folder = _folder_for(found, call, name)
    before = [found.before(found.statement(call), f"os.makedirs({folder}, exist_ok=True)")] if folder else []
    return _with_os(found.spliced(before))


def _folder_for(found: Break, call: ast.Call, name: str) -> str:
    """The expression of the folder that a call lacks; '' where it lacks another thing."""
    said = re.match(r"\[Errno 2\] No such file or directory: '(.+)' -> '(.+)'$", found.said)
    # What is moved must be there, or it is another slip.
    if said and found.kind == "FileNotFoundError" and _is_there(found, said[1]):
        target = call.args[-1] if len(call.args) in (1, 2) and not call.keywords else None
        return f"os.path.dirname({found.source(target)}) or '.'" if target else ""
    if found.kind == "FileNotFoundError" and found.said.startswith("Directory does not exist: "):
        return found.source(call.args[1]) if len(call.args) == 2 else ""
    if name == "connect" and found.said == "unable to open database file" and call.args:
        return f"os.path.dirname({found.source(call.args[0])}) or '.'"
    return ""


_OWN = ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
"""Expressions with names of their own, which a line before them does not know."""
_FOLDERS = re.compile(
    r"(?:mkdir|makedirs|shutil\.(?:move|copy2?)|sqlite3\.connect|(?:.+\.)?(?:mkdir|makedirs|rename|replace))$", re.S
)


def _is_there(found: Break, path: str) -> bool:
    return any(
        path == file.path or path.endswith(f"/{file.path}") or file.path.startswith(f"{path.rstrip('/')}/")
        for file in found.files
    )


def _with_made(found: Break, call: ast.Call, of: str) -> str:
    named = {one.arg for one in call.keywords}
    of_os = of in ("os", "")
    if named - {"exist_ok", "parents", "mode"} or found.kind not in ("FileExistsError", "FileNotFoundError"):
        return ""
    if of_os:
        if not call.args or ("exist_ok" in named and found.kind == "FileExistsError"):
            return ""
        text = f"os.makedirs({found.source(call.args[0])}, exist_ok=True)"
        return _with_os(found.spliced(found.replaced({call: text})))
    wanted = "exist_ok" if found.kind == "FileExistsError" else "parents"
    return "" if wanted in named or call.args else found.spliced([_argument(found, call, f"{wanted}=True")])


def _with_os(code: str) -> str:
    return with_lines(code, ["import os"]) if code and not re.search(r"^import (?:.*, )?os\b", code, re.M) else code


def with_block_longer(found: Break) -> str:
    """The program that uses a file behind its `with` block, with the lines that use it moved into the block."""
    if found.kind != "ValueError" or not found.said.startswith("I/O operation on closed file"):
        return ""
    for block in ast.walk(found.tree):
        if isinstance(block, ast.With) and (last := _last_use(found, block)):
            return _moved(found, block, last)
    return ""


def _last_use(found: Break, block: ast.With) -> ast.stmt | None:
    """The last statement behind a block that uses its file, if one of those is what broke; None else."""
    siblings = _siblings(found.parents[block], block)
    files = {item.optional_vars.id for item in block.items if isinstance(item.optional_vars, ast.Name)}
    names = set(files)
    for node in ast.walk(block):
        if isinstance(node, ast.Assign) and names & _read(node.value):
            # What a call makes of a file may be the writer that needs it; what is read from it is whole.
            made = node.value
            if isinstance(made, ast.Call) and ast.unparse(made.func).rpartition(".")[2] in _NEED_IT:
                names |= {one.id for one in node.targets if isinstance(one, ast.Name)}
    last, broke = None, False
    for statement in siblings[siblings.index(block) + 1 :]:
        opened = [one for one in ast.walk(statement) if isinstance(one, ast.withitem)]
        if any(isinstance(one.optional_vars, ast.Name) and one.optional_vars.id in files for one in opened):
            break
        if names & _read(statement):
            last = statement
            broke |= statement.lineno <= found.line <= (statement.end_lineno or 0)
    return last if broke else None


_NEED_IT = frozenset(("writer", "DictWriter", "reader", "DictReader"))


def _read(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)}


def _siblings(above: ast.AST, block: ast.stmt) -> list[ast.stmt]:
    lists = [cast("list[ast.stmt]", part) for _, part in ast.iter_fields(above) if isinstance(part, list)]
    return next((part for part in lists if block in part), [block])


def _moved(found: Break, block: ast.With, last: ast.stmt) -> str:
    lines = found.code.split("\n")
    texts = [one for one in ast.walk(found.tree) if isinstance(one, ast.Constant | ast.JoinedStr)]
    first, end = (block.end_lineno or block.lineno) + 1, last.end_lineno or last.lineno
    # The lines of a text that has several would be indented with the rest.
    paths = {
        ast.unparse(item.context_expr.args[0])
        for item in block.items
        if isinstance(item.context_expr, ast.Call) and item.context_expr.args
    }
    again = [
        call
        for call in _calls(found.tree)
        if first <= call.lineno <= end and call.args and ast.unparse(call.args[0]) in paths
    ]
    if (
        again
        or block.body[0].lineno == block.lineno
        or any(one.lineno != one.end_lineno and first <= one.lineno <= end for one in texts)
    ):
        return ""
    deeper = " " * (block.body[0].col_offset - block.col_offset)
    lines[first - 1 : end] = [deeper + line if line.strip() else line for line in lines[first - 1 : end]]
    better = "\n".join(lines)
    try:
        ast.parse(better)
    except (SyntaxError, ValueError):
        return ""
    return better
