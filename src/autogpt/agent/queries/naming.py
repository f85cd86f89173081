"""Which columns the result of a query has, and how they are called."""

import re
from collections.abc import Sequence

from sqlglot import exp

from autogpt.agent.queries.relations import Relation
from autogpt.agent.queries.trees import bare, columns_named, outer

_ADDED = re.compile(
    r"\b(?:add|append|insert|plus)\w*\b[^.;\n]{0,24}\b(?:an? |one )?(?:\w+ ){0,2}column\b|\b(?:new|extra|additional|another|last|first|further) column\b|"
    r"(?:加|添加|增加|新增|多)(?:上|出)?一列|新(?:的一)?列",
    re.I,
)
_ALL = re.compile(
    r"\bsame table\b|\bwhole table\b|\bentire table\b|\bother columns\b|\beverything else\b|\ball (?:the )?(?:other )?(?:columns|fields)\b|\ball the rest\b|\bone object per row\b|\bobject for each row\b|"
    r"(?:其他|其余|别的|所有|全部)(?:的)?(?:列|字段|内容)|整张表|其余不变|其他不变",
    re.I,
)
_FIRST = re.compile(r"\bfirst column\b|第一列|最前面(?:加|增|添)?", re.I)


def whole(tree: exp.Query, goal: str, tables: Sequence[Relation]) -> None:
    """All columns of the one table where the goal adds some to them, or changes one and wants the others, too."""
    select = outer(tree)
    added = _ADDED.search(goal) is not None
    if select is None or select is not tree or len(tables) != 1 or not (added or _ALL.search(goal)):
        return
    if select.args.get("group") or any(one.is_star or one.find(exp.AggFunc) for one in select.expressions):
        return
    names = [column.name for column in tables[0].columns]
    have = {one.alias_or_name.casefold(): one for one in select.expressions}
    others = [one for one in select.expressions if one.alias_or_name.casefold() not in {n.casefold() for n in names}]
    if others and not added:
        return
    kept = [have.get(name.casefold()) or exp.column(name, quoted=True) for name in names]
    select.set("expressions", [*others, *kept] if _FIRST.search(goal) else [*kept, *others])


def name(tree: exp.Query, goal: str, tables: Sequence[Relation], wanted: Sequence[str]) -> None:
    """The columns of the result have the names that the goal gives them, and else those that they have."""
    select = outer(tree)
    if select is None or any(one.is_star for one in select.expressions):
        return
    said = goal.casefold()
    for one in list(select.expressions):
        made_up = isinstance(one, exp.Alias) and isinstance(one.this, exp.Column) and one.alias.casefold() not in said
        if isinstance(one, exp.Alias) and isinstance(one.this, exp.Column) and one.alias not in goal:
            same = one.alias.casefold() == one.this.name.casefold()
            if (made_up or same) and one.alias not in wanted:
                _renamed(tree, one.alias, one.this)
                one.replace(_plain(one.this, tables))
    if not wanted or len(wanted) != len(select.expressions):
        return
    have = [one.alias_or_name.casefold() for one in select.expressions]
    if sorted(have) == sorted(name.casefold() for name in wanted):
        ordered = [select.expressions[have.index(name.casefold())] for name in wanted]
        if isinstance(tree, exp.Select):
            select.set("expressions", ordered)
    for one, name in zip(list(select.expressions), wanted, strict=True):
        if one.alias_or_name != name:
            if isinstance(one, exp.Alias):
                _renamed(tree, one.alias, bare(one))
            one.replace(exp.alias_(bare(one).copy(), name, quoted=True))


def _renamed(tree: exp.Query, name: str, meant: exp.Expr) -> None:
    """Put what a name stood for in its place, where rows are sorted, grouped or left out by it."""
    for part in ("order", "group", "having"):
        if clause := tree.args.get(part):
            for column in list(clause.find_all(exp.Column)):
                if column.name == name and not column.table:
                    column.replace(meant.copy())


def _plain(column: exp.Column, tables: Sequence[Relation]) -> exp.Expr:
    """The column under its own name, as the file writes it."""
    known = columns_named(tables, column.name)
    if known and known[0].name != column.name:
        return exp.alias_(column.copy(), known[0].name, quoted=True)
    return column.copy()


def taken(tree: exp.Query, tables: Sequence[Relation]) -> tuple[str | None, ...]:
    """For each column of the result the one that it is taken from as it is, None where it is computed; () for all."""
    select = outer(tree)
    if select is None or any(one.is_star for one in select.expressions):
        return ()
    found = [bare(one) for one in select.expressions]
    return tuple(one.name if isinstance(one, exp.Column) and columns_named(tables, one.name) else None for one in found)
