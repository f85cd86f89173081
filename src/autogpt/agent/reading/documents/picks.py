"""The columns that a goal names: those that are taken, that it sorts by, that rows belong together by."""

import re
from typing import Any

from autogpt.agent.programs.inside.values import Table
from autogpt.agent.reading.documents.facts import Order
from autogpt.agent.reading.documents.said import GAP, Said, columns_named, known_in
from autogpt.agent.reading.everyday.marks import SIGN as F

Job = list[Any]
"""As in `agent/programs/inside/docmain.py`: its kind, the file it makes, and what it needs."""
Step = list[Any]
"""As in `agent/programs/inside/docsteps.py`."""
BAD: Step = ["bad"]
"""In the place of a step that cannot be told."""
COLUMNS = re.compile(
    r"[,，:：(（]?\s*\b(?:with|and|has|have|using)?\s*(?:only\s+|just\s+|exactly\s+)*(?:the\s+|its\s+|these\s+)?(?:following\s+)?(?:(?:one|two|three|four|five|six|\d)\s+)?columns?(?:\s+(?:are|is|should\s+be|called|named))?\s*[:：,]?\s*|"
    r"[,，:：]?\s*(?:有?[一两二三四五六\d]?(?:个)?(?:列|字段)|表头|列名)(?:依次|名)?(?:为|是|有|包括|包含|[:：])+\s*|[,，:：]?\s*(?:只(?:要|保留|留|有)|包含|包括|含有?)(?:[一二两三四五六\d](?:列|个字段)[:：]?)?\s*(?=[\u4e00-\u9fff\ue000-\uf8ff])",
    re.I,
)
_AFTER = re.compile(r"^\s*(?:这?[两二三四五六\d]列|列|[,，]?\s*in\s+(?:that|this)\s+order|\s*columns?)", re.I)
_KEY = re.compile(
    rf"[,，(（]?\s*\b(?:(?:match|compare|identify|join|link)(?:ed|ing)?\s+)?(?:them\s+|the\s+rows\s+|rows\s+)?(?:by|on|via|using|through)\s+(?:the\s+|their\s+)?(?:column\s+|key\s+|common\s+column\s+)?(?P<key>{F}|[A-Za-z_]\w*)(?:\s+column)?[)）]?(?=\s*(?:$|[.,;:)]|and\b|into\b|to\b|in\b|{GAP}))|"
    rf"[，,（(]?\s*(?:按照?|以|根据|用|通过)(?P<zkey>{F}|[\u4e00-\u9fff\w]{{1,6}}?)(?:列|字段|一列)?(?:来)?(?:匹配|对应|关联|连接|合并|比较|对比|判断|为准|对照|区分)[)）]?",
    re.I,
)


def sort_steps(order: Order, table: Table, said: Said) -> list[Step]:
    """The steps that bring rows in an order by a column of the table; a bad one where there is no such column."""
    if order.like not in ("", "="):
        return [] if said.path(order.like) in said.sources[:1] else [BAD]
    if not order.sorted:
        return []
    name = named(table, order.column, said) if order.column else (table.head[0] if len(table.head) == 1 else "")
    return [["sort", name, order.mode, order.way]] if name else [BAD]


def named(table: Table, told: str, said: Said) -> str:
    told = said.text(told) if re.fullmatch(F, told) else told
    return told if known_in([table])(told) else ""


def picks(said: Said, table: Table) -> tuple[list[Step], Said]:
    """The step that takes the columns that are told; none where none are."""
    names, rest = columns_named(said, COLUMNS, known_in([table]))
    if not names:
        return [], said
    rest = rest._replace(rest="\x00".join(_AFTER.sub("", part) for part in rest.rest.split("\x00")))
    heads = [table.head[table.at(name)] for name in names]
    if len(set(heads)) < len(heads):
        return [BAD], rest
    return [["pick", [[head, name] for head, name in zip(heads, names, strict=True)]]], rest


def key_told(said: Said, table: Table, other: Table) -> tuple[list[str], Said]:
    """The column by which rows are told to belong together, and what is left of the goal."""
    for found in _KEY.finditer(said.rest):
        sign = found["key"] or found["zkey"]
        name = said.text(sign) if re.fullmatch(F, sign) else sign
        if known_in([table])(name) and known_in([other])(name):
            return [name], said._replace(rest=said.rest[: found.start()] + GAP + said.rest[found.end() :])
    return [], said
