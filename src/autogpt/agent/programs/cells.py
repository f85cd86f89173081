"""Numbers and dates in the cells of tables: functions that read them, and programs that took texts for numbers."""

import ast
import re
from collections.abc import Iterable, Sequence

from autogpt.agent.programs.oddities import DATES, WRITTEN, Table, gaps

_NUMBER = r"""
def number(text):
    digits = re.sub(r'[\s$€£¥￥元%]|EUR|USD|RMB', '', text).replace(',', '')
    return float(digits)
"""
_COMMA = r"""
def number(text):
    digits = re.sub(r'[\s$€£¥￥元%]|EUR|USD|RMB', '', text)
    if digits.rfind(',') > digits.rfind('.'):
        digits = digits.replace('.', '').replace(',', '.')
    return float(digits.replace(',', ''))
"""
_PLAIN = """
def number(text):
    return None if not text.strip() else float(text) if '.' in text else int(text)
"""
_DATE = r"""
def iso_date(text):
    for form in {forms!r}:
        try:
            return datetime.strptime(text.strip(), form).strftime('%Y-%m-%d')
        except ValueError:
            pass
    raise ValueError(text)
"""


def helpers(tables: Sequence[Table], goal: str) -> Iterable[str]:
    """Functions for the columns whose numbers or dates are not written plainly."""
    columns = [[cell.strip() for cell in table.column(at)] for table in tables for at in range(len(table.head))]
    yield from _number(columns)
    forms: dict[str, None] = {}
    for column in columns:
        found = [form for form in DATES if any(re.fullmatch(form, value) for value in column)]
        if len(found) > 1:
            forms |= {DATES[form] or _slashed(column, goal): None for form in found}
    if forms and all(forms):
        yield _DATE.format(forms=tuple(forms))


def _number(columns: Sequence[Sequence[str]]) -> Iterable[str]:
    """A function that reads the numbers as they are written; none where a point or comma can be read two ways.

    Where cells of numbers are empty it gives None for them, for a program that breaks at the first one is of no use.
    """
    odd = [column for column in columns if any(WRITTEN.fullmatch(value) for value in column)]
    written = [value for column in odd for value in column]
    comma = any(re.search(r"\d,\d{1,2}(?!\d)", value) for value in written)
    # '1.234' beside '12,50' or '900 €' may be thousands or not.
    groups = any(re.search(r"(?<!\d)\d{1,3}\.\d{3}(?!\d)", v) and "," not in v for column in columns for v in column)
    if odd and not groups:
        read = _COMMA if comma else _NUMBER
        if any(re.search(r"\d\s*(?:kg|km|g|h)$", value) for value in written):
            read = read.replace("|RMB", "|RMB|k?[gm]|h")
        begin, _, value = read.rstrip().rpartition("return ")
        yield f"{begin}return {value} if digits else None\n" if any(map(gaps, odd)) else read
    elif not odd and any(map(gaps, columns)):
        yield _PLAIN


_DAY_FIRST = re.compile(r"\bdd?/mm?/y|\bday/month|日/月", re.I)
_MONTH_FIRST = re.compile(r"\bmm?/dd?/y|\bmonth/day|月/日", re.I)


def _slashed(column: Sequence[str], goal: str) -> str:
    """Whether the day or the month comes first in dates like 03/04/2025; '' where nothing tells."""
    pairs = [(int(found[1]), int(found[2])) for v in column if (found := re.fullmatch(r"(\d+)/(\d+)/\d{4}", v))]
    if any(first > 12 for first, _ in pairs) or _DAY_FIRST.search(goal):
        return "%d/%m/%Y"
    return "%m/%d/%Y" if any(second > 12 for _, second in pairs) or _MONTH_FIRST.search(goal) else ""


_PLAIN_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_TEXT_FOR_NUMBER = re.compile(r"^(?:TypeError|ValueError): ", re.M)
_TAKES_NUMBERS = ("round", "abs", "sum", "max", "min", "mean", "median", "float", "int", "Decimal")
_ANY_NUMBER = r"""
def number(text):
    if not isinstance(text, str):
        return text
    digits = re.sub(r'[\s$€£¥￥元%]|EUR|USD|RMB|k?[gm]$|h$', '', text)
    if re.search(r',\d{1,2}$', digits):
        digits = digits.replace('.', '').replace(',', '.')
    digits = digits.replace(',', '')
    return (float(digits) if '.' in digits else int(digits)) if digits else None
"""


def as_numbers(code: str, seen: str, tables: Sequence[Table]) -> str:
    """The program that broke as cells of a table are texts, with numbers where it computes with them; '' for others.

    A small model takes cells for numbers, and empty ones for None, whatever it is told, and writes the same again.
    Empty cells of columns of numbers become None as the rows are read in; where a cell of such a column is compared
    with a number, added, written with decimals and so on, it is read as one.

    seen: what was seen of the program when it broke. tables: those of the folder.
    """
    if not _TEXT_FOR_NUMBER.search(seen):
        return ""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    columns = {name.strip(): cells for one in tables for name, cells in _numeric(one)}
    empty = sorted(name for name, cells in columns.items() if gaps(cells))
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    edits: list[tuple[ast.expr, str]] = [
        (node, "number({})")
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript) and _is_cell(node, columns) and _computes(node, parents)
    ]
    edits += _read_with_none(tree, empty) if empty else []
    lines = code.splitlines(keepends=True)
    for node, form in sorted(edits, key=lambda edit: (edit[0].lineno, edit[0].col_offset), reverse=True):
        if node.end_lineno == node.lineno:
            line = lines[node.lineno - 1].encode()
            middle = form.replace("{}", line[node.col_offset : node.end_col_offset].decode()).encode()
            lines[node.lineno - 1] = (line[: node.col_offset] + middle + line[node.end_col_offset :]).decode()
    better = re.sub(r"\b(?:float|int)\((number\([^()]*\))\)", r"\1", "".join(lines))
    if better == code:
        return ""
    better = re.sub(r"^def number\(text\):\n(?:    .*\n)+", "", better, flags=re.M)
    imports = re.match(r"(?:(?:import|from) .*\n)*", better)
    at = imports.end() if imports else 0
    better = f"{better[:at]}import re\n{_ANY_NUMBER}\n{better[at:]}"
    try:
        ast.parse(better)
    except (SyntaxError, ValueError):
        return ""
    return better


def _numeric(table: Table) -> Iterable[tuple[str, list[str]]]:
    """The columns that hold numbers and nothing else, but for empty cells."""
    for at, name in enumerate(table.head):
        cells = table.column(at)
        there = [cell.strip() for cell in cells if cell.strip()]
        if there and all(_PLAIN_NUMBER.fullmatch(cell) or WRITTEN.fullmatch(cell) for cell in there):
            yield name, cells


def _is_cell(node: ast.Subscript, columns: dict[str, list[str]]) -> bool:
    return isinstance(node.ctx, ast.Load) and isinstance(node.slice, ast.Constant) and node.slice.value in columns


def _computes(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether the program takes the cell for a number here."""
    above = parents[node]
    match above:
        case ast.Compare(left=left, ops=ops, comparators=others):
            sides = [left, *others]
            order = all(isinstance(op, ast.Lt | ast.Gt | ast.LtE | ast.GtE) for op in ops)
            return (order and not any(map(_is_text, sides))) or any(map(_is_number, sides))
        case ast.BinOp(left=left, right=right):
            return not _is_text(left) and not _is_text(right)
        case ast.AugAssign(op=op):
            return isinstance(op, ast.Add | ast.Sub)
        case ast.FormattedValue(format_spec=ast.JoinedStr(values=[*_, ast.Constant(value=str(form))])):
            return form[-1:] in "fdg%"
        case ast.Call(func=func):
            return ast.unparse(func).rpartition(".")[2] in _TAKES_NUMBERS
        case ast.GeneratorExp() | ast.ListComp() | ast.IfExp():
            return _computes(above, parents) if above in parents and node is not getattr(above, "test", None) else False
        case ast.Lambda():
            return True
        case _:
            return False


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool)


def _read_with_none(tree: ast.Module, empty: Sequence[str]) -> list[tuple[ast.expr, str]]:
    """The places where all rows of a table are read in, and what to write there for None in the empty cells."""
    found: list[tuple[ast.expr, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "list" and len(node.args) == 1:
            rows = node.args[0]
            if isinstance(rows, ast.Call) and ast.unparse(rows.func) in ("csv.DictReader", "DictReader"):
                cell = f"None if key.strip() in {list(empty)!r} and not (cell or '').strip() else cell"
                found.append((node, f"[{{key: {cell} for key, cell in row.items()}} for row in {{}}]"))
    return found
