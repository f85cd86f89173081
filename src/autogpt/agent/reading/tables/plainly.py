"""The checks of work on a table in plain Python: they share no code with the program whose result they judge."""

import re
from collections.abc import Sequence
from typing import Any

from autogpt.agent.programs.inside.sources import quoted

_HELP = """\
import csv, io, json, re, sqlite3
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

def num(cell):
    return cell if isinstance(cell, Fraction) else Fraction(str(cell).strip())

def text(cell):
    return '' if cell is None else str(cell).lower() if isinstance(cell, bool) else str(cell)

def fixed(value, places):
    return value if places is None else str(Decimal(round(num(value) * 10**places)).scaleb(-places))

def date_in(cell, form):
    return datetime.strptime(str(cell).strip()[:10] if form == '%Y-%m-%d' else str(cell).strip(), form).date()

def same(got, want):
    if isinstance(want, Fraction) or (isinstance(got, (int, float)) and not isinstance(got, bool)):
        try:
            return num(got) == num(want)
        except ValueError:
            return False
    return text(got).strip() == text(want).strip()
"""
_SIGNS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}
_TEXTS = {"trim": "strip()", "upper": "upper()", "lower": "lower()"}
_FIGURES = {
    "count": "len(rows)",
    "distinct": "len({{text(row[{c!r}]) for row in rows}} - {{''}})",
    "sum": "sum((num(row[{c!r}]) for row in rows), Fraction(0))",
    "average": "sum(num(row[{c!r}]) for row in rows) / len(rows)",
    "max": "max(num(row[{c!r}]) for row in rows)",
    "min": "min(num(row[{c!r}]) for row in rows)",
    "range": "max(num(row[{c!r}]) for row in rows) - min(num(row[{c!r}]) for row in rows)",
}
_OPS = {"times": "*", "plus": "+", "minus": "-", "over": "/", "percent": "/"}


def recounted(load: dict[str, Any], steps: Sequence[Any], out: dict[str, Any]) -> str:
    """Code that works out anew what the file must hold, and compares; '' where some step has no plain form here."""
    done = [_step(*step) for step in [*steps, *out.get("then", [])]]
    found, got = _rows(load), _got(out)
    if not (found and got and all(done)) or out["path"] == load["path"]:
        return ""
    lines = [_HELP, found, "before = len(rows)", *done, *got]
    return "\n".join(lines) + "\n"


def left_over(load: dict[str, Any], out: dict[str, Any], sha256: str) -> str:
    """Code for a database that was changed in its place: that it was, and that no row is left that was to be changed."""
    changed = f"import hashlib\nnow = hashlib.sha256(open({load['path']!r}, 'rb').read()).hexdigest()\n"
    lines = [_HELP, changed + f"assert now != {sha256!r}, 'nothing was changed'", _rows(load)]
    cell, how = f"text(row[{out['column']!r}])", out["how"]
    chosen = f"[row for row in rows if {_all(out['tests'])}]"
    if how == "":
        lines.append(f"assert not {chosen}, 'rows are left that were to be deleted'")
    elif how == "set" or how in _TEXTS:
        want = repr(out["value"]) if how == "set" else f"{cell}.{_TEXTS[how]}"
        lines.append(f"rows = {chosen}\nassert all({cell} == {want} for row in rows), 'rows are left as they were'")
    return "\n".join(lines) + "\n"


def _rows(load: dict[str, Any]) -> str:
    path = load["path"]
    match load["kind"]:
        case "sqlite":
            query = f"select * from {quoted(load['table'])} order by rowid"  # noqa: S608 - a quoted name
            return (
                f"base = sqlite3.connect({path!r})\nbase.row_factory = sqlite3.Row\n"
                f"rows = [dict(row) for row in base.execute({query!r})]\nbase.close()"
            )
        case "csv":
            return (
                f"lines = [row for row in csv.reader(open({path!r}, encoding='utf-8-sig', newline=''), "
                f"delimiter={load['separator']!r}) if row]\n"
                "rows = [dict(zip([name.strip() for name in lines[0]], row)) for row in lines[1:]]"
            )
        case "json":
            under = "".join(f"[{name!r}]" for name in load["under"])
            return (
                f"entries = json.load(open({path!r}, encoding='utf-8-sig')){under}\n"
                "names = list(dict.fromkeys(name for entry in entries for name in entry))\n"
                "rows = [{name: entry.get(name) for name in names} for entry in entries]"
            )
        case _:
            return ""


def _all(groups: Sequence[Sequence[dict[str, Any]]]) -> str:
    return " and ".join("(" + " or ".join(map(_test, tests)) + ")" for tests in groups) or "True"


def _test(test: dict[str, Any]) -> str:
    cell, op, kind = f"row[{test['column']!r}]", test["op"], test.get("kind", "text")
    told = test.get("value")
    values: list[Any] = [*told] if isinstance(told, list) else [told]  # pyright: ignore[reportUnknownVariableType]
    if op in ("empty", "filled"):
        return f"(text({cell}).strip() {'==' if op == 'empty' else '!='} '')"
    if kind == "text":
        folded, own = [str(one).strip().casefold() for one in values], f"text({cell}).strip().casefold()"
        if op in ("eq", "ne"):
            return f"{own} {'in' if op == 'eq' else 'not in'} {folded!r}"
        way = {"contains": "one in {}", "starts": "{}.startswith(one)", "ends": "{}.endswith(one)"}[op].format(own)
        return f"any({way} for one in {folded!r})"
    have = f"num({cell})" if kind == "number" else f"date_in({cell}, {kind!r})"
    want = [f"num({str(one)!r})" if kind == "number" else f"date.fromisoformat({str(one)!r})" for one in values]
    return f"{want[0]} <= {have} <= {want[1]}" if op == "between" else f"{have} {_SIGNS[op]} {want[0]}"


def _key(name: str, how: str) -> str:
    cell = f"row[{name!r}]"
    if how == "number":
        return f"num({cell})"
    if how == "text":
        return f"text({cell}).casefold()"
    if how == "%Y-%m-%d":
        return f"text({cell}).strip().replace('T', ' ')"
    return f"date_in({cell}, {how!r})"


def _step(name: str, *args: Any) -> str:
    match name, args:
        case "where", [groups]:
            return f"rows = [row for row in rows if {_all(groups)}]"
        case "without", [groups]:
            return f"rows = [row for row in rows if not ({_all(groups)})]"
        case "sort", [keys]:
            return "\n".join(
                f"rows.sort(key=lambda row: {_key(c, how)}, reverse={down})" for c, how, down in keys[::-1]
            )
        case "first", [count]:
            return f"rows = rows[:{count}]"
        case "last", [count]:
            return f"rows = rows[-{count}:]"
        case "reverse", []:
            return "rows = rows[::-1]"
        case "unique", [columns]:
            own = f"tuple(text(row[name]) for name in {list(columns)!r})"
            return f"seen = {{}}\nfor row in rows:\n    seen.setdefault({own}, row)\nrows = list(seen.values())"
        case "group", [columns, figures]:
            return _group(columns, figures)
        case "compute", [new, op, columns, more, decimals] if op in _OPS:
            cells = [f"num(row[{one!r}])" for one in columns] + ([] if more is None else [f"num({str(more)!r})"])
            value = f" {_OPS[op]} ".join(cells) + (" * 100" if op == "percent" else "")
            return f"for row in rows:\n    row[{new!r}] = fixed({value}, {decimals})"
        case "share", [new, column, decimals]:
            return (
                f"total = sum(num(row[{column!r}]) for row in rows)\nfor row in rows:\n"
                f"    row[{new!r}] = fixed(num(row[{column!r}]) / total * 100, {decimals})"
            )
        case "rank", [new]:
            return f"rows = [{{{new!r}: at, **row}} for at, row in enumerate(rows, 1)]"
        case "clean", [column, how, values, tests] if how in ("set", *_TEXTS):
            value = repr(values[0]) if how == "set" else f"text(row[{column!r}]).{_TEXTS[how]}"
            return f"for row in rows:\n    if {_all(tests)}:\n        row[{column!r}] = {value}"
        case "pick", [columns]:
            return f"rows = [{{new: row[old] for old, new in {[*map(list, columns)]!r}}} for row in rows]"
        case _:
            return ""


def _group(columns: Sequence[str], figures: Sequence[Sequence[Any]]) -> str:
    if any(fn not in _FIGURES for _, fn, _, _ in figures):
        return ""
    own = f"tuple(text(row[name]) for name in {list(columns)!r})"
    cells = [f"{name!r}: rows[0][{name!r}]" for name in columns]
    cells += [f"{new!r}: fixed({_FIGURES[fn].format(c=of)}, {decimals})" for new, fn, of, decimals in figures]
    start = "groups = {}" if columns else "groups = {(): []}"
    return (
        f"{start}\nfor row in rows:\n    groups.setdefault({own}, []).append(row)\n"
        f"rows = [{{{', '.join(cells)}}} for rows in groups.values()]"
    )


def _got(out: dict[str, Any]) -> list[str]:
    """Code that reads the file that was made, and compares it with the rows."""
    form, names = out["form"], list(out.get("columns", []))
    read = f"with open({out['path']!r}, encoding='utf-8-sig', newline='') as file:\n    made = file.read()"
    want = f"want = [[row[name] for name in {names!r}] for row in rows]"
    shape = form.removeprefix("json ")
    if form == "csv" and out.get("head", True):
        cells = f"csv.reader(io.StringIO(made, newline=''), delimiter={out.get('separator', ',')!r})"
        got = f"want = [{names!r}, *want]\ngot = [row for row in {cells} if row]"
    elif form == "count" and out["of"] in ("kept", "left"):
        got = f"want = [[{'len(rows)' if out['of'] == 'kept' else 'before - len(rows)'}]]\ngot = [[int(made)]]"
        want = ""
    elif form in ("json rows", "json object"):
        value = "json.loads(made)" if shape == "rows" else "[json.loads(made)]"
        got = f"got = {value}\nassert all(list(row) == {names!r} for row in got), 'other keys'\ngot = [[*row.values()] for row in got]"
    elif form in ("json list", "json value"):
        got = "got = [[one] for one in json.loads(made)]" if shape == "list" else "got = [[json.loads(made)]]"
    elif form == "json map" and len(names) == 2:
        got = "got = [[*pair] for pair in json.loads(made).items()]"
    elif form in ("lines", "value") and not out.get("before") and not out.get("after"):
        got = _matched(out["line"])
        want = f"want = [[row[{names!r}[at]] for at in {[one for one in out['line'] if isinstance(one, int)]!r}] for row in rows]"
    else:
        return []
    told = "'it holds ' + repr(got)[:300] + ' instead of ' + repr(want)[:300]"
    return [
        read,
        want,
        got,
        f"assert len(got) == len(want), {told}",
        "for cells, right in zip(got, want):",
        f"    assert len(cells) == len(right) and all(map(same, cells, right)), {told}",
    ]


def _matched(line: Sequence[Any]) -> str:
    parts = ["(.*)" if isinstance(one, int) else re.escape(one).replace("\0", "[0-9]+") for one in line]
    return (
        f"got = [re.fullmatch({''.join(parts)!r}, one.strip()) for one in made.splitlines() if one.strip()]\n"
        "assert all(got), 'lines of another form'\ngot = [list(one.groups()) for one in got]"
    )
