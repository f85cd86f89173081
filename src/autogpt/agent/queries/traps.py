"""Traps of SQL that small models step into: NULL, whole numbers that are divided, texts in another case, EXCEPT."""

from collections.abc import Sequence

from sqlglot import exp

from autogpt.agent.queries.relations import Relation
from autogpt.agent.queries.trees import columns_named


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
