"""Traps of SQL that small models step into: NULL, whole numbers that are divided, texts in another case, EXCEPT."""

import re
from collections.abc import Sequence

from sqlglot import exp

from autogpt.agent.queries.relations import Relation
from autogpt.agent.queries.trees import bare, columns_named
from autogpt.agent.queries.words import EACH, MOST, RUNNING


def without(tree: exp.Query) -> exp.Query:
    """EXCEPT of one column as NOT IN: it keeps the order of the rows, and those that are there twice."""
    if not isinstance(tree, exp.Except) or tree.args.get("order") or tree.args.get("limit"):
        return tree
    left, right = tree.left, tree.right
    if not isinstance(left, exp.Select) or not isinstance(right, exp.Select):
        return tree
    if len(left.expressions) != 1 or len(right.expressions) != 1 or not isinstance(left.expressions[0], exp.Column):
        return tree
    return left.where(exp.not_(exp.In(this=left.expressions[0].copy(), query=right.subquery())))


def compare(select: exp.Select, tables: Sequence[Relation]) -> None:
    """Texts that are compared with a column as they stand in it, but for their case; what is empty is NULL; what
    differs from a text may be NULL, too."""
    for node in list(select.find_all(exp.EQ, exp.NEQ)):
        column, literal = node.left, node.right
        if not isinstance(column, exp.Column) or not isinstance(literal, exp.Literal) or not literal.is_string:
            continue
        known = columns_named(tables, column.name)
        if not literal.this.strip():
            empty = exp.Is(this=column.copy(), expression=exp.Null())
            node.replace(exp.not_(empty) if isinstance(node, exp.NEQ) else empty)
            continue
        values = {value for one in known for value in one.values}
        ways = [value for value in values if value.casefold() == literal.this.strip().casefold()]
        if literal.this not in values and len(ways) == 1:
            literal.replace(exp.Literal.string(ways[0]))
        if isinstance(node, exp.NEQ):
            node.replace(exp.not_(exp.Is(this=node.left.copy(), expression=node.right.copy())))


def divide(tree: exp.Expr) -> None:
    """Divisions give fractions; SQLite's of whole numbers do not."""
    for node in tree.find_all(exp.Div):
        node.set("this", exp.Mul(this=exp.Literal.number("1.0"), expression=exp.paren(node.this.copy())))


def most_of_each(tree: exp.Query, goal: str, tables: Sequence[Relation]) -> None:
    """The most of all rows as the most of each group, where the goal wants it of each: 每个月销售额最高的人."""
    if not isinstance(tree, exp.Select) or len(tables) != 1 or tree.args.get("joins"):
        return
    group = _each_of(goal, [column.name for column in tables[0].columns])
    where = tree.args.get("where")
    if not group or where is None:
        return
    for node in list(where.find_all(exp.EQ)):
        column, inner = node.left, node.right
        select = inner.this if isinstance(inner, exp.Subquery) else None
        if not isinstance(column, exp.Column) or not isinstance(select, exp.Select) or select.args.get("where"):
            continue
        most = bare(select.expressions[0]) if len(select.expressions) == 1 else None
        plain = not any(select.args.get(part) for part in ("group", "joins", "limit"))
        if (
            not isinstance(most, exp.Max | exp.Min)
            or not plain
            or column.name == group
            or most.this.name != column.name
        ):
            continue
        table, outer = tables[0].name, tree.args["from_"].this.alias_or_name
        others = exp.alias_(exp.to_table(table, quoted=True), "others", table=True)
        there = exp.Select(expressions=[most.copy()]).from_(others)
        same = exp.EQ(
            this=exp.column(group, table="others", quoted=True), expression=exp.column(group, table=outer, quoted=True)
        )
        node.set("expression", there.where(same).subquery())


def _each_of(goal: str, columns: Sequence[str]) -> str:
    """The column of whose values the goal wants something each; '' where that is none, or more than one."""
    clauses = [clause for clause in re.split(r"[,，.;。；\n]", goal) if MOST.search(clause)]
    words = [match[1] or match[2] for clause in clauses for match in EACH.finditer(clause)]
    found = {
        name
        for name in columns
        for word in words
        if name.casefold() in (word.casefold(), f"{word.casefold()}s") or (word[0] >= "\u4e00" and _begins(word, name))
    }
    return found.pop() if len(found) == 1 else ""


def _begins(word: str, name: str) -> bool:
    return word.startswith(name) or (word[0] == name[0] and len(name) == 2 and name[1] in "份名别级称号")


_ADDING = (exp.Sum, exp.Count, exp.Avg)


def ungrouped(tree: exp.Query, goal: str) -> None:
    """Sums beside columns of rows, in a query without groups, where SQLite would give one row of them all.

    A sum that stands alone is that of a group which was forgotten; within a calculation it is the total of all rows, or
    the one up to the row where the goal speaks of that.
    """
    if not isinstance(tree, exp.Select) or tree.args.get("group") or tree.args.get("having"):
        return
    sums = [one for one in tree.find_all(*_ADDING) if _of(tree, one) and not isinstance(one.parent, exp.Window)]
    plain = [one for one in map(bare, tree.expressions) if not one.find(exp.AggFunc) and one.find(exp.Column)]
    if not sums or not plain or any(one.is_star for one in tree.expressions):
        return
    running = RUNNING.search(goal) is not None
    alone = all(any(bare(one) is made for one in tree.expressions) for made in sums)
    if alone and not running:
        tree.set("group", exp.Group(expressions=[one.copy() for one in plain]))
        return
    for one in sums:
        by = exp.Order(expressions=[exp.Ordered(this=exp.column("rowid"), nulls_first=True)]) if running else None
        one.replace(exp.Window(this=one.copy(), order=by))


def _of(tree: exp.Select, one: exp.Expr) -> bool:
    """Whether it belongs to what the select gives, and not to a query within it."""
    return one.parent_select is tree and any(one is part for top in tree.expressions for part in top.walk())
