"""The form of a result: which columns, under which names, as CSV, JSON, Markdown, lines or one number."""

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, cast

from autogpt.agent.reading.tables.lexicon import example

if TYPE_CHECKING:
    from autogpt.agent.reading.tables.assembly import Frame

Out = dict[str, Any]
Pairs = list[tuple[str, str]]
"""Columns, and what they are called in the result."""
_CALLED = {
    "count": re.compile(
        r"count|number|times|quantity|how|n|orders|amount|rows|entries|frequency|\w+s|.*[数量次]|人数|个数|件数|.*数",
        re.I,
    ),
    "distinct": re.compile(r"count|number|.*数.*|\w+s", re.I),
    "sum": re.compile(r"total|sum|amount|.*total.*|.*sum.*|revenue|spent|turnover|\w+|.*[计额和数量]|总.*|.*", re.I),
    "average": re.compile(r"average|avg|mean|.*average.*|.*mean.*|.*avg.*|平均.*|均.*|.*平均.*|.*均.*", re.I),
    "max": re.compile(r"max.*|highest|best|.*max.*|top|最[高大多].*|.*最[高大].*", re.I),
    "min": re.compile(r"min.*|lowest|.*min.*|最[低小少].*|.*最[低小].*", re.I),
}


def out_of(frame: "Frame", path: str) -> Out | None:
    """How the file is written; None where it is not plain."""
    ending = PurePosixPath(path).suffix.lower()
    forms = {form for _, form in frame.told.all("form")}
    pairs = _pairs(frame, path)
    if pairs is None:
        return None
    make = {".csv": _csv, ".tsv": _csv, ".json": _json, ".md": _markdown, ".txt": _text, ".log": _text, "": _text}.get(
        ending
    )
    return make(frame, path, pairs, forms) if make else None


def _pairs(frame: "Frame", path: str) -> Pairs | None:
    """The columns of the result with their names, as far as the goal says so; [] where it says nothing."""
    told = frame.told
    names = [list(bit[1:]) for bit in told.all("names")]
    if len(names) > 1 and any(one != names[0] for one in names):
        return None
    cols = told.named("cols")
    uniques = told.named("unique")
    if (
        len(uniques) == 1
        and not cols
        and not told.has("whole")
        and not told.has("firsts")
        and path.endswith((".txt", ".json"))
    ):
        cols = uniques
    if names:
        pairs = _resolved(frame, names[0])
        if pairs is None or (cols and not set(cols) <= {old for old, _ in pairs} | {of for _, _, of in frame.figures}):
            return None
        return pairs
    if frame.figures:
        allowed = {*frame.groups, *(of for _, _, of in frame.figures)}
        return [] if set(cols) <= allowed else None
    return [(name, name) for name in cols] if cols and not told.has("whole") else [] if not cols else None


def _resolved(frame: "Frame", names: list[str]) -> Pairs | None:
    lexicon, there = frame.lexicon, frame.columns
    ranks = frame.told.named("rank")
    found: dict[str, str] = {}
    for name in names:
        if name in (*frame.news, *ranks):
            found[name] = name
        elif lexicon.is_column(name) and lexicon.column(name).name in there:
            found[name] = lexicon.column(name).name
    left = [new for new, _, _ in frame.figures if new not in found.values()]
    free = [name for name in names if name not in found]
    missing = [name for name in frame.groups if name not in found.values()]
    if frame.figures and len(missing) == 1 and len(free) == len(left) + 1:
        # The column that is grouped by may be called anew: its name comes first.
        found[free[0]] = missing[0]
        free = free[1:]
    if len(free) != len(left) or len(set(names)) < len(names):
        return None
    kinds = {new: (fn, of) for new, fn, of in frame.figures}
    for name, new in zip(free, left, strict=True):
        fn, of = kinds[new]
        pattern = _CALLED.get(fn)
        own = lexicon.is_column(name) and lexicon.column(name).name == of
        if lexicon.is_column(name) and not own and lexicon.column(name).name == name:
            return None
        if not own and (pattern is None or not pattern.fullmatch(name)):
            return None
        found[name] = new
    if len(left) > 1 and any(kinds[new][0] == kinds[left[0]][0] for new in left[1:]):
        return None
    return [(found[name], name) for name in names]


def _named(frame: "Frame", pairs: Pairs) -> Pairs:
    """All columns of the result, with usual names for what has none."""
    usual = {
        "count": "count",
        "sum": "total",
        "average": "average",
        "max": "highest",
        "min": "lowest",
        "distinct": "count",
    }
    if pairs:
        return pairs
    kinds = {new: fn for new, fn, _ in frame.figures}
    han = any(re.search("[\u4e00-\u9fff]", name) for name in frame.groups)
    zh = {"count": "数量", "sum": "合计", "average": "平均", "max": "最高", "min": "最低", "distinct": "数量"}
    ranks = [(name, name) for name in frame.told.named("rank")]
    if renames := {bit[1]: bit[2] for bit in frame.told.all("rename")}:
        kinds = {}
        return [(name, renames.get(name, name)) for name in frame.columns] if not frame.figures else []
    return [*ranks, *((name, (zh if han else usual).get(kinds.get(name, ""), name)) for name in frame.columns)]


def _then(pairs: Pairs) -> list[Any]:
    return [["pick", [[old, new] for old, new in pairs]]]


def _csv(frame: "Frame", path: str, pairs: Pairs, forms: set[str]) -> Out | None:
    if forms - {"csv", "table"} or frame.told.has("shape") or frame.told.has("like") or frame.told.has("key"):
        return None
    if frame.figures and not frame.groups and not pairs:
        return None
    pairs = _named(frame, pairs)
    source = frame.lexicon.source
    same = source.load["kind"] == "csv" and path.endswith(".csv") == source.path.endswith(".csv")
    if source.load["kind"] == "lines" and not frame.told.has("names"):
        return None
    out: Out = {"path": path, "form": "csv", "columns": [new for _, new in pairs], "then": _then(pairs)}
    if same and not frame.figures:
        out |= {"separator": source.load["separator"], "bom": source.bom, "end": source.end}
    elif path.endswith(".tsv"):
        out |= {"separator": "\t"}
    return out


def _numbers(frame: "Frame", pairs: Pairs) -> list[str] | None:
    """The columns that are numbers in JSON; None where a number may be a name."""
    source = frame.lexicon.source
    numbers: list[str] = []
    for old, new in pairs:
        if old not in source.names or frame.kind(old) != "number":
            continue
        if source.load["kind"] == "csv":
            if source.column(old).is_code:
                return None
            numbers.append(new)
    return numbers


def _json(frame: "Frame", path: str, pairs: Pairs, forms: set[str]) -> Out | None:
    told = frame.told
    forms = forms - {"json"}
    shapes: list[Any] = [example(shape) for _, shape in told.all("shape")]
    if len(shapes) > 1 or len(forms) > 1 or None in shapes:
        return None
    keys, values = told.named("key"), told.named("value")
    form = forms.pop() if forms else ""
    whole = _named(frame, pairs)
    if frame.figures and not frame.groups:
        return _object(frame, path, pairs, shapes)
    if shapes:
        shape: Any = shapes[0]
        if isinstance(shape, list):
            form, pairs = _list_shape(frame, cast("list[Any]", shape), whole)
        elif isinstance(shape, dict) and len(whole) == 2:
            form, pairs = "json map", whole
            if not _fits(frame, whole, cast("dict[str, Any]", shape)):
                return None
        else:
            return None
        if not form:
            return None
    elif keys:
        if len(keys) != 1 or len(values) > 1 or form not in ("", "json map"):
            return None
        form = "json map"
        if frame.figures:
            pairs = whole
            if frame.groups != (keys[0],):
                return None
        elif values:
            pairs = [(keys[0], keys[0]), (values[0], values[0])]
        else:
            return None
    elif frame.figures:
        if len(frame.groups) != 1:
            return None
        if form == "json rows" and not pairs:
            return None
        form = form or ("json rows" if told.has("names") and len(pairs) > 2 else "json map")
        if form == "json map" and told.has("names") and len(frame.figures) > 1:
            return None
        pairs = whole
    elif not form:
        pairs = whole
        form = "json list" if len(pairs) == 1 else "json rows"
    else:
        pairs = whole
    if form == "json list" and len(pairs) > 1:
        form = "json rows"
    if form == "json map" and len(pairs) != 2:
        return None
    if form == "json rows" and len(pairs) == 1 and "json rows" not in {one for _, one in told.all("form")}:
        return None
    numbers = _numbers(frame, pairs[1:] if form == "json map" else pairs)
    if numbers is None or form not in ("json list", "json rows", "json map"):
        return None
    names = [new for _, new in pairs]
    return {"path": path, "form": form, "columns": names, "numbers": numbers, "then": _then(pairs)}


def _fits(frame: "Frame", pairs: Pairs, shape: dict[str, Any]) -> bool:
    """Whether an example of a map has a value of the first column as key, or its name, and the right kind of value."""
    first = pairs[0][0]
    if not frame.groups or first != frame.groups[0]:
        return False
    column = frame.lexicon.source.column(first)
    known = {value.casefold() for value in column.values}
    told = {key.casefold() for key in shape}
    number = all(isinstance(value, (int, float)) for value in shape.values())
    text = all(isinstance(value, str) and not re.search(r"\d", value) for value in shape.values())
    one = len(shape) == 1 and not (told & known)
    spoken = {column.name.casefold(), "客户", "姓名", "类别", "城市", "名称", "name"} | {
        key for key in told if frame.lexicon.is_column(key) and frame.lexicon.column(key).name == first
    }
    return bool(shape) and (
        (told <= known and number) or (one and (number or text) and (bool(told & spoken) or number))
    )


def _list_shape(frame: "Frame", shape: list[Any], whole: Pairs) -> tuple[str, Pairs]:
    if not shape or not isinstance(shape[0], dict):
        return ("json list", whole) if len(whole) == 1 else ("", whole)
    pairs = _resolved(frame, list(cast("dict[str, Any]", shape[0])))
    return ("json rows", pairs) if pairs else ("", whole)


def _object(frame: "Frame", path: str, pairs: Pairs, shapes: list[Any]) -> Out | None:
    """One row of figures as an object."""
    if shapes and isinstance(shapes[0], dict) and not pairs:
        pairs = _resolved(frame, list(cast("dict[str, Any]", shapes[0]))) or []
    if not pairs:
        return None
    return {"path": path, "form": "json object", "columns": [new for _, new in pairs], "then": _then(pairs)}


def _markdown(frame: "Frame", path: str, pairs: Pairs, forms: set[str]) -> Out | None:
    forms = forms - {"markdown"}
    if frame.told.has("shape") or frame.told.has("like") or frame.told.has("key") or len(forms) > 1:
        return None
    form = forms.pop() if forms else "md table"
    if frame.figures and not frame.groups:
        return None
    pairs = _named(frame, pairs)
    names = [new for _, new in pairs]
    out: Out = {"path": path, "form": form, "columns": names, "then": _then(pairs)}
    if form in ("md table", "table") and len(pairs) > 1:
        return out | {"form": "md table"}
    if form in ("md list", "numbered") and len(pairs) == 1:
        return out | {"form": "lines", "line": ["- ", 0] if form == "md list" else ["\0. ", 0]}
    return None


def _text(frame: "Frame", path: str, pairs: Pairs, forms: set[str]) -> Out | None:
    told = frame.told
    if forms - {"lines", "text", "plain text", "plain", "txt"} or told.has("shape") or told.has("key"):
        return None
    likes = told.named("like")
    pairs = pairs if pairs or not (frame.figures or len(frame.columns) == 1) else _named(frame, [])
    names = [new for _, new in pairs]
    out: Out = {"path": path, "columns": names, "then": _then(pairs)}
    if len(likes) > 1 or not pairs:
        return None
    if likes:
        line = _pattern(frame, likes[0], pairs)
        return out | {"form": "lines", "line": line} if line else None
    if len(pairs) != 1:
        return None
    if frame.figures and not frame.groups:
        return out | {"form": "value", "line": [0]} if "lines" not in forms else None
    one = frame.told.has("top") and frame.told.all("top")[0][1] == 1
    return (
        out | {"form": "value" if one else "lines", "line": [0]}
        if "lines" in forms or not told.has("bare") or one
        else None
    )


def _pattern(frame: "Frame", text: str, pairs: Pairs) -> list[Any] | None:
    """An example line or form taken apart: 'Name: 12.50' or 'Berlin: 3'. Its first and last part are the two columns."""
    found = re.fullmatch(r"(.+?)(\s*(?:[:：,，=\t]|\s-|->)\s*)(.+)", text)
    if found is None or len(pairs) != 2:
        return None
    number = re.fullmatch(r"-?\d+(?:\.\d+)?|[A-Za-z_ ]+|[\u4e00-\u9fff]+", found[3])
    return [0, found[2], 1] if number and frame.kind(pairs[1][0]) == "number" else None
