"""One entry of a table, a list or a mapping changed in one field, deleted, or added."""

import json
import re
from typing import Any, cast

from autogpt.agent.programs.inside.values import Table, key, plain
from autogpt.agent.reading.documents.facts import common
from autogpt.agent.reading.documents.picks import Job
from autogpt.agent.reading.documents.said import GAP, Said, is_base, known_in
from autogpt.agent.reading.everyday.marks import SIGN as F
from autogpt.agent.reading.everyday.stories import is_story

ROW = "\x01"
"""What stands for the cell by which the entry is told."""
_V = rf"(?P<v>{F}|-?\d+(?:\.\d+)?|[A-Za-z][\w-]*)"
_ZV = rf"(?P<zv>{F}|-?\d+(?:\.\d+)?|[\u4e00-\u9fff\w.]+?)"
_C = r"(?P<c>[A-Za-z_]\w*(?:\s[A-Za-z_]\w*)?)"
_ROW = rf"(?:the\s+)?(?P<w>(?:[a-z]+\s+){{0,4}}){ROW}(?:\s+(?:row|entry|record|item))?"
_IN = rf"(?:\s+(?:in|of|from)\s+(?:the\s+(?:file|list|table)\s+)?{F})?"
_END = rf"(?=\s*(?:$|[.;,{GAP}]|and\b|in\b))"
_SET = re.compile(
    rf"\b(?:change|set|update|correct|put|edit)\s+(?:the\s+)?{_C}\s+(?:of|for)\s+{_ROW}{_IN}\s+to\s+{_V}{_END}(?:\s+in\s+{F})?|"
    rf"\b(?:change|set|update|correct)\s+(?:the\s+)?(?:[a-z]+\s+)?{ROW}['’]s\s+{_C.replace('<c>', '<c2>')}{_IN}\s+to\s+{_V.replace('<v>', '<v2>')}{_END}(?:\s+in\s+{F})?|"
    rf"(?:把|将)?(?:{F}(?:里|中)?(?:的)?)?(?:(?P<zw>[\u4e00-\u9fff]{{0,3}}){ROW}|这(?:一)?[个单条行位本项])(?:(?:这|那)?一?(?:个|条|行|位|单|本|项|种)?(?:人|商品|记录|订单|同学|客户|书|会员|员工)?)的(?P<zc>[\u4e00-\u9fff\w]{{1,6}}?)(?:改成|改为|更新为|更新成|设为|设成|换成|变为|变成|标为|标记为){_ZV}(?=$|[，,。；;{GAP}])",
    re.I,
)
_DROP = re.compile(
    rf"\b(?:delete|remove|erase|take)\s+{_ROW}\s+(?:from|out\s+of|off|in)\s+(?:the\s+(?:file|list|table)\s+)?{F}|(?:把|将)?(?:{F}(?:里|中)?(?:的)?)?(?P<zw>[\u4e00-\u9fff]{{0,3}}){ROW}(?:的)?(?:这|那)?(?:一)?[\u4e00-\u9fff]{{0,3}}?(?:记录|行|条|项|数据)?(?:从{F}(?:里|中)?)?(?:删掉|删除|去掉|移除|删了)|从{F}(?:里|中)?(?:删掉|删除|去掉|移除)(?P<zw2>[\u4e00-\u9fff]{{0,3}}){ROW}(?:的)?(?:这|那)?(?:一)?(?:记录|行|条|项)?",
    re.I,
)
_ADD = re.compile(
    rf"\b(?:add|append|insert)\s+(?:(?:a|an|one|the|this|another)\s+)?(?:new\s+)?[a-z]+(?:\s+[a-z]+)?\s+(?:to|at\s+the\s+end\s+of|in|into)\s+(?:the\s+(?:list|table|file)\s+(?:in\s+|of\s+)?)?{F}\s*[:：,]?\s*(?:with\s+)?(?=\S)|\b(?:add|append|insert)\s+to\s+{F}\s+(?:a|an|one)\s+(?:new\s+)?[a-z]+\s*[:：,]?\s*(?:with\s+)?|"
    rf"(?:请)?(?:在|往|给|向)?{F}(?:里|中)?(?:的)?(?:末尾|最后|后面)?(?:再)?(?:新增|添加|增加|加上?|追加)(?:一[条行个位名款本项])?(?:新的?)?[\u4e00-\u9fff]{{0,4}}?[：:，,]",
    re.I,
)
_BEFORE = re.compile(r"\s*(?:[,，;；、]|\band\b|和)?\s*(?:the\s+|with\s+(?:the\s+)?)?", re.I)
_VALUE = re.compile(
    rf"(?:\s+is\s+|\s*[=:：]\s*|\s+|\s*(?:是|为)?\s*)(?P<v>{F}|-?\d+(?:\.\d+)?(?![\w-])|[^\s,，;；。、.:：{GAP}]+(?:\s(?!and\b)[^\s,，;；。、.:：{GAP}]+){{0,3}}?)(?=\s*(?:$|[,，;；。、{GAP}]|\.(?:\s|$)|and\b|和))",
    re.I,
)
_NEXT_ID = re.compile(
    r"[,，;；]?\s*\b(?:and\s+)?(?:with\s+|give\s+it\s+|it\s+gets\s+|use\s+)?the\s+next\s+(?:free\s+)?(?P<c>id|number|no)(?:\s+gets\s+used)?|[,，;；]?\s*(?P<z>编号|序号)(?:就)?(?:用|取|接着|按)?(?:下一个|顺延|往下排|接着排|接上)(?:号|编号)?",
    re.I,
)


def edited(said: Said) -> list[Job] | None:
    """The change of one entry in its file, where the goal asks for that and nothing else."""
    if len(said.sources) != 1 or said.targets or is_base(said.sources[0]):
        return None
    path = said.sources[0]
    if not path.lower().endswith((".json", ".csv", ".tsv")):
        return None
    entries = _entries(said, path)
    if entries is None:
        return None
    pointer, table = entries
    for reader in (_added, _altered):
        if jobs := reader(common(said), path, pointer, table):
            return jobs
    return None


def _entries(said: Said, path: str) -> tuple[list[str], Table] | None:
    """The entries of a file as a table, and where they are: in a list of a JSON object there may be one list of them."""
    if not path.lower().endswith(".json"):
        table = said.table(path)
        return ([], table) if table else None
    try:
        value = json.loads(said.read(path).decode("utf-8-sig"))
    except ValueError:
        return None
    lists: dict[str, Any] = {"": value} if isinstance(value, list) else cast(dict[str, Any], value or {})
    found = [
        (name, cast(list[dict[str, Any]], one))
        for name, one in lists.items()
        if one and isinstance(one, list) and all(isinstance(entry, dict) for entry in cast(list[Any], one))
    ]
    if len(found) != 1:
        return None
    name, rows = found[0]
    head = list(rows[0])
    if any(list(row) != head for row in rows) or any(isinstance(c, dict | list) for row in rows for c in row.values()):
        return None
    return ([name] if name else []), Table(head, [[row[one] for one in head] for row in rows])


def _altered(said: Said, path: str, pointer: list[str], table: Table) -> list[Job] | None:
    """A field of one entry set, or the entry deleted."""
    for at, told in _mentioned(said, table):
        rest = _untold(told)
        found, left = rest.cut(_DROP)
        if found and _done(_with(left, found), set()):
            if path.lower().endswith(".json"):
                return [["json", path, "drop", [*pointer, at], None]]
            return [["rows", path, "drop", at, []]]
        found, left = rest.cut(_SET)
        if not found:
            continue
        name = found["c"] or found["c2"] or found["zc"]
        value = found["v"] or found["v2"] or found["zv"]
        quoted = re.fullmatch(F, value) is not None
        text = said.text(value) if quoted else value
        if not known_in([table])(name):
            continue
        column = table.at(name)
        old = table.rows[at][column]
        new = _like(old, text, table.cells(name))
        if (
            new is None
            or key(new) == key(old)
            or not _done(_with(left, found), {key(cell) for cell in table.cells(name)} | {text})
        ):
            continue
        if path.lower().endswith(".json"):
            return [["json", path, "set", [*pointer, at, table.head[column]], new]]
        cells = [key(new) if n == column else cast(str, cell) for n, cell in enumerate(table.rows[at])]
        return [["rows", path, "set", at, cells]]
    return None


def _mentioned(said: Said, table: Table) -> list[tuple[int, Said]]:
    """Each entry that a cell in the goal tells, which no other entry has, and the goal with a sign for that cell."""
    found: list[tuple[int, Said]] = []
    for name in table.head:
        cells = [key(cell) for cell in table.cells(name)]
        for at, cell in enumerate(cells):
            if (len(cell) < 2 and not cell.isdigit()) or cells.count(cell) > 1:
                continue
            rest = re.sub(F, lambda m, cell=cell: ROW if said.text(m[0]) == cell else m[0], said.rest)
            rest = re.sub(rf"(?<![A-Za-z0-9_.-]){re.escape(cell)}(?![A-Za-z0-9_-]|\.\d)", ROW, rest)
            if ROW in rest:
                found.append((at, said._replace(rest=rest)))
    return found if len({at for at, _ in found}) == 1 else []


def _untold(said: Said) -> Said:
    """The goal without what it only tells of the entry: 'order 7 has been shipped'."""
    parts = re.split(r"((?<=[.!;])\s+|[。；，\n]|,\s+)", said.rest)
    told = [
        GAP if ROW in part and not re.search(F, part) and is_story(part.replace(ROW, " it ")) else part
        for part in parts
    ]
    return said._replace(rest="".join(told))


def _with(said: Said, found: re.Match[str]) -> Said:
    """What is left, with the words that stood before the entry, which may say which one is meant."""
    groups = found.groupdict()
    words = " ".join(groups[name] or "" for name in ("w", "zw", "zw2") if name in groups).strip()
    return said._replace(rest=f"{said.rest}; {GAP} the {words}") if words else said


def _done(said: Said, cells: set[str]) -> bool:
    """Whether nothing is left; cells of the column that is set may be spoken of."""
    rest = said.rest
    return said._replace(rest=rest.replace(ROW, GAP)).done({cell.casefold() for cell in cells})


def _like(old: Any, text: str, cells: list[Any]) -> Any:
    """The new value, of the kind of the old one; None where it is of another."""
    if isinstance(old, bool):
        told = {"true": True, "yes": True, "是": True, "false": False, "no": False, "否": False}
        return told.get(text.casefold())
    number = re.fullmatch(r"-?(?:0|[1-9]\d*)(?:\.\d+)?", text)
    if isinstance(old, int | float):
        return (float(text) if "." in text else int(text)) if number else None
    if old is None:
        return None
    numbers = all(re.fullmatch(r"-?\d+(?:\.\d+)?", key(cell)) for cell in cells)
    if numbers:
        places = {len(key(cell).partition(".")[2]) for cell in cells}
        same = len(text.partition(".")[2]) in places
        return text if number and same else None
    words = [key(cell) for cell in cells if plain(cell) == plain(text)]
    return text if not words or text in words else None


def _added(said: Said, path: str, pointer: list[str], table: Table) -> list[Job] | None:
    """A new entry at the end, of which every field is told."""
    next_id, rest = said.cut(_NEXT_ID)
    found = _ADD.search(rest.rest)
    if found is None:
        return None
    told: dict[str, str] = {}
    at = found.end()
    while pair := _pair(rest, at, [name for name in table.head if name not in told]):
        name, value, at = pair
        told[name] = value
    rest = rest._replace(rest=rest.rest[: found.start()] + GAP + rest.rest[at:])
    if next_id:
        ids = [
            name
            for name in table.head
            if plain(name) in (plain(next_id["c"] or next_id["z"]), "id", "编号", "序号", "no")
        ]
        numbers = [key(cell) for cell in table.cells(ids[0])] if len(ids) == 1 else [""]
        if not all(re.fullmatch(r"[1-9]\d*", one) for one in numbers) or ids[0] in told:
            return None
        told[ids[0]] = str(max(map(int, numbers)) + 1)
    if set(told) != set(table.head) or not rest.done():
        return None
    cells: list[Any] = []
    for name in table.head:
        new = _like(table.rows[0][table.at(name)], told[name], table.cells(name))
        if new is None or len({type(cell) for cell in table.cells(name)}) > 1:
            return None
        cells.append(new)
    if path.lower().endswith(".json"):
        return [["json", path, "add", pointer, dict(zip(table.head, cells, strict=True))]]
    return [["rows", path, "add", 0, [key(cell) for cell in cells]]]


def _pair(said: Said, at: int, names: list[str]) -> tuple[str, str, int] | None:
    """The column that is named there, its value, and where that ends."""
    before = _BEFORE.match(said.rest, at)
    start = before.end() if before else at
    for name in sorted(names, key=len, reverse=True):
        here = re.match(re.escape(name).replace("_", "[_ ]") + r"(?![a-z])", said.rest[start:], re.I)
        sign = re.match(F, said.rest[start:])
        end = here.end() if here else 1 if sign and said.text(sign[0]) == name else 0
        value = _VALUE.match(said.rest, start + end) if end else None
        if value:
            text = said.text(value["v"]) if re.fullmatch(F, value["v"]) else value["v"]
            return name, text.strip(), value.end()
    return None
