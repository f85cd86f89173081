"""Which rows a query gives, and in which order: no order, limit or copy that the goal does not want."""

import re
from collections.abc import Sequence
from typing import Any, cast

from sqlglot import exp

from autogpt.agent.queries.relations import Relation
from autogpt.agent.queries.trees import bare, outer

_SORTS = re.compile(
    r"\b(?:sort\w*|rank\w*|alphabetical\w*|ascending|descending|first|last|top|bottom|on top|order(?:ed)? by|"
    r"(?:high|low|larg|small|bigg|great|long|short|old|new|cheap|lat|earli|few|heav|light|fast|slow|young|near|clos)(?:er|est|iest|liest|est)|most|least|best|worst|"
    r"A (?:to|-) Z|from \w+ to \w+|next|then by|chronological\w*|by date)\b|"
    r"排|从.{1,6}到|由.{1,6}到|最|前\s*[\d一二三四五六七八九十]|升序|降序|先后|名次|在前|倒序",
    re.I,
)
_KEPT = re.compile(
    r"\b(?:in )?(?:the )?(?:same|original|given|old|their) order\b(?: (?:as|of|in)(?: in)?(?: the)?(?: \w+){0,2})?(?: [\w./-]+)?|\b(?:in )?the order (?:of|in|from) (?:the )?[\w./-]+|"
    r"\b(?:leave|keep)\w* the order\b|\border of the (?:rows|table|file|list)\b|\bfirst (?:column|name|row|line)s?\b|\blast (?:column|name|row)s?\b|"
    r"顺序(?:和|与|跟|同|按)[^，。；\n]{1,20}(?:相同|一致|一样|不变)|顺序不变|原(?:来的|有的?)?顺序|按[^，。；\n]{1,16}(?:的|中的)顺序|保持[^，。；\n]{0,6}顺序|最后(?:加)?一列",
    re.I,
)


_EACH_ONCE = re.compile(
    r"\b(?:each|every)\b[^.;\n]{0,40}\b(?:only )?once\b|\b(?:without|no|remove\w*|drop\w*) (?:the )?(?:duplicates?|repeat\w*)\b|\bunique\b|\bdistinct\b|"
    r"去重|不重复|只(?:出现|保留|写|列)一次|各(?:写|列)一次",
    re.I,
)


def once(tree: exp.Query, goal: str) -> exp.Query:
    """A list of values in which each is to stand once, in the order in which they come."""
    plain = isinstance(tree, exp.Select) and len(tree.expressions) == 1 and not tree.args.get("group")
    if not plain or tree.args.get("limit") or not (tree.args.get("distinct") or _EACH_ONCE.search(goal)):
        return tree
    one = bare(tree.expressions[0])
    if one.is_star or one.find(exp.AggFunc):
        return tree
    tree.set("distinct", None)
    tree.set("group", exp.Group(expressions=[one.copy()]))
    return tree


_PER = re.compile(r"\b(?:each|every|per)\b|每|各", re.I)
_SO_MANY = re.compile(
    r"\b(?:top|first|last|best|worst|most|(?:\w+est)) (?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|twenty)\b|"
    r"\b(?:\d+|two|three|four|five|six|seven|eight|nine|ten) (?:\w+ )?(?:most|least|best|worst|top|\w+est)\b|前\s*[\d一二两三四五六七八九十]|[\d一二两三四五六七八九十]\s*[个名位条本种]最|最\w{1,3}的\s*[\d一二两三四五六七八九十]",
    re.I,
)


def limit(tree: exp.Query, goal: str) -> None:
    """No limit to one row where there is to be one for each."""
    found = tree.args.get("limit")
    alone = isinstance(found, exp.Limit) and found.expression.sql() == "1"
    if alone and tree.args.get("group") and _PER.search(goal) and not _SO_MANY.search(goal):
        tree.set("limit", None)


def order(tree: exp.Query, goal: str, tables: Sequence[Relation]) -> None:
    """No order that the goal does not want, and equal rows as they stand in the file."""
    select = outer(tree)
    wanted = _SORTS.search(_KEPT.sub(" ", goal)) is not None
    if tree.args.get("order") and not wanted and not tree.args.get("limit"):
        tree.set("order", None)
    if select is None or select is not tree or select.args.get("with_") or select.args.get("distinct"):
        return
    joins = cast("list[Any]", select.args.get("joins") or [])
    inner = [one.this for one in (select.args.get("from_"), *joins) if one is not None]
    if not inner or not all(isinstance(one, exp.Table) for one in inner):
        return
    grouped = select.args.get("group") is not None
    if not grouped and any(one.find(exp.AggFunc) and not one.find(exp.Window) for one in select.expressions):
        return
    names = {table.name.casefold(): table for table in tables}
    first = [one for one in inner if one.name.casefold() in names and _kept_of(goal, names[one.name.casefold()])]
    for table in sorted(inner, key=lambda one: one not in first):
        if table.name.casefold() not in names:
            continue
        row = exp.column("rowid", table=table.alias_or_name)
        by = exp.Min(this=row) if grouped else row
        clause = select.args.get("order") or exp.Order(expressions=[])
        clause.append("expressions", exp.Ordered(this=by))
        select.set("order", clause)


def _kept_of(goal: str, table: Relation) -> bool:
    """Whether the rows are to stand in the order of that table's file."""
    file = table.path.rpartition("/")[2]
    return any(file in found[0] or file.rpartition(".")[0] in found[0] for found in _KEPT.finditer(goal))
