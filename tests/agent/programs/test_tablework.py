"""Work on rows: what comes of each step, and data in which it could mean two things."""

from decimal import Decimal
from fractions import Fraction

import pytest

from autogpt.agent.programs.inside.tablework import Unclear, exact, loaded, worked
from autogpt.agent.programs.inside.tablewrite import made, tree

CSV = {"kind": "csv", "separator": ","}
ROWS = loaded("who,team,sum\nA,x,0.10\nB,y,0.20\nC,x,0.30\n", CSV)


def test_sums_of_money_are_exact_and_keep_their_decimals():
    steps = [["group", ["team"], [["total", "sum", "sum", None]]]]
    assert worked(ROWS, steps) == [{"team": "x", "total": Decimal("0.40")}, {"team": "y", "total": Decimal("0.20")}]


def test_numbers_in_json_are_whole_where_they_were_and_keys_are_not_lost():
    rows = [{"k": "a", "n": Decimal(3)}, {"k": "b", "n": Decimal("2.50")}]
    assert tree(rows, "json map", ["k", "n"], []) == {"a": 3, "b": 2.5}
    with pytest.raises(Unclear, match="twice"):
        tree([rows[0], rows[0]], "json map", ["k", "n"], [])


@pytest.mark.parametrize(
    ("text", "steps", "why"),
    [
        ("a,n\nx,1\ny,\n", [["group", [], [["s", "sum", "n", None]]]], "no plain number"),
        ("a,n\nx,1 kg\n", [["group", [], [["s", "sum", "n", None]]]], "no plain number"),
        ("a,n\nx,1\ny,1\n", [["sort", [["n", "number", True]]], ["first", 1]], "tie"),
        ("a,n\nx,1\nX,1\n", [["group", ["a"], [["c", "count", "", None]]]], "case or blanks"),
        ("a,n\nx,1\ny,1\nz,2\n", [["group", [], [["s", "average", "n", None]]]], "how many decimals"),
        ("a,n\nx,0.125\n", [["group", [], [["s", "average", "n", 2]]]], "half way"),
        ("a,n\n张,1\n王,2\n", [["sort", [["a", "text", False]]]], "alphabetical"),
        ("a,n\nx,1\n\n,2\n", [["group", ["a"], [["c", "count", "", None]]]], "empty cell"),
    ],
)
def test_what_could_mean_two_things_stops_the_work(text, steps, why):
    with pytest.raises(Unclear, match=why):
        worked(loaded(text, CSV), steps)


def test_no_file_is_made_of_no_rows():
    where = [["where", [[{"column": "team", "op": "eq", "value": ["z"], "kind": "text"}]]]]
    with pytest.raises(Unclear, match="no row"):
        made(ROWS, where, [{"path": "o.csv", "form": "csv", "columns": ["who"]}])


def test_rounding_is_told_or_not_done():
    assert exact(Fraction(1, 3), 2) == Decimal("0.33")
    assert exact(Fraction(1, 4), None) == Decimal("0.25")
