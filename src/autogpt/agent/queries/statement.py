"""What is put right in the query of a small model before it is asked: names it made up, orders nobody wanted, traps.

Only what cannot have been meant otherwise is changed.
"""

from collections.abc import Sequence
from typing import NamedTuple, cast

from sqlglot import exp, parse, parse_one
from sqlglot.errors import SqlglotError

from autogpt.agent.queries.naming import name, taken, whole
from autogpt.agent.queries.relations import Relation
from autogpt.agent.queries.rows import limit, once, order
from autogpt.agent.queries.traps import compare, divide, most_of_each, ungrouped, without


class Statement(NamedTuple):
    query: str
    columns: tuple[str | None, ...]
    """For each column of the result the one that it is taken from as it is, None where it was computed; () for all."""


_CHANGES = (exp.Update, exp.Insert, exp.Delete, exp.Alter, exp.Create, exp.Drop)


def changes(text: str, decimals: int | None = None) -> list[str] | None:
    """Those of the statements that change a database, one by one, with divisions that give fractions; None where they
    cannot be read.

    decimals: how many computed numbers are to have.

    Transactions and queries among them are left out.
    """
    try:
        read = cast("list[object]", parse(text, read="sqlite"))
    except (SqlglotError, RecursionError):
        return None
    made = [one for one in read if isinstance(one, _CHANGES)]
    for one in made:
        divide(one)
        if isinstance(one, exp.Update) and decimals is not None:
            _round(one, decimals)
    return [one.sql(dialect="sqlite") for one in made]


def _round(tree: exp.Update, decimals: int) -> None:
    """What is computed is rounded where it is put into a column."""
    for one in list(tree.expressions):
        if isinstance(one, exp.EQ) and isinstance(one.expression, exp.Mul | exp.Div | exp.Add | exp.Sub | exp.Paren):
            rounded = exp.Round(this=one.expression.copy(), decimals=exp.Literal.number(decimals))
            one.set("expression", rounded)


def put_right(text: str, goal: str, tables: Sequence[Relation], wanted: Sequence[str] = ()) -> Statement | None:
    """The query as it is asked; None where it cannot be read, and then SQLite may say why.

    wanted: the names of the columns that the goal lists.
    """
    try:
        read = cast(object, parse_one(text, read="sqlite"))
    except (SqlglotError, RecursionError):
        return None
    if not isinstance(read, exp.Query):
        return None
    tree = once(without(read), goal)
    for select in list(tree.find_all(exp.Select)):
        compare(select, tables)
    divide(tree)
    ungrouped(tree, goal)
    most_of_each(tree, goal, tables)
    limit(tree, goal)
    whole(tree, goal, tables)
    name(tree, goal, tables, wanted)
    order(tree, goal, tables)
    columns = taken(tree, tables)
    for one in list(tree.find_all(exp.Median)):  # a function that ours has and SQLite has not
        one.replace(exp.Anonymous(this="MEDIAN", expressions=[one.this.copy()]))
    return Statement(tree.sql(dialect="sqlite"), columns)
