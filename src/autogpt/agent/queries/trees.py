"""Parts of a parsed query."""

from collections.abc import Sequence
from typing import cast

from sqlglot import exp

from autogpt.agent.queries.relations import Column, Relation


def outer(tree: exp.Query) -> exp.Select | None:
    """The select whose columns the result has."""
    node: object = tree
    while isinstance(node, exp.SetOperation):
        node = cast(object, node.left)
    while isinstance(node, exp.Subquery):
        node = cast(object, node.this)
    return node if isinstance(node, exp.Select) else None


def bare(one: exp.Expr) -> exp.Expr:
    """What is selected, without the name it is given."""
    return cast(exp.Expr, one.this) if isinstance(one, exp.Alias) else one


def columns_named(tables: Sequence[Relation], name: str) -> list[Column]:
    """The columns of the tables that are called so."""
    return [column for table in tables for column in table.columns if column.name.casefold() == name.casefold()]
