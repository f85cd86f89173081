"""What cells mean: which are numbers, what they are sorted by, and which two are one."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from autogpt.agent.programs.inside.docsteps import stepped
from autogpt.agent.programs.inside.tablework import first, ordered
from autogpt.agent.programs.inside.values import Unclear, alike, column, day, key, meant, number, once, ranks, said


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("12", "12"),
        (" -0.50 ", "-0.50"),
        ("007", "7"),
        (3, "3"),
        (2.5, "2.5"),
        (1e20, "1E+20"),
        (Decimal("1.10"), "1.10"),
    ],
)
def test_a_plain_number_is_read_with_its_decimals(cell, value):
    assert number(cell) == Decimal(value)
    assert number(cell).as_tuple().exponent == Decimal(value).as_tuple().exponent


WRITTEN = [
    ("1,234.50", "1234.50"),
    ("1,234,567", "1234567"),
    ("1,234", "1234"),
    ("1.234,50", "1234.50"),
    ("12,5", "12.5"),
    ("1 234", "1234"),
    ("1\u00a0234", "1234"),
    ("1'234", "1234"),
    ("12%", "0.12"),
    ("１２％", "0.12"),
    ("+5", "5"),
    ("\u22125", "-5"),
    ("(5)", "-5"),
    ("（5）", "-5"),
    ("1.2万", "12000"),
    ("3亿", "300000000"),
    ("￥3.50", "3.50"),
    ("€1,000.00", "1000"),
    ("12元", "12"),
]
NONE = ["", " ", "-", "N/A", "NaN", "inf", "abc", "12kg", "1e5", "1.2.3", "12,34,5", "(5", "5)", "2024-05-01", ".", ","]


@pytest.mark.parametrize(("text", "value"), WRITTEN)
def test_a_number_as_people_write_it_is_known_for_what_it_means_and_added_to_nothing(text, value):
    assert meant(text) == Decimal(value)
    with pytest.raises(Unclear, match="no plain number"):
        number(text)
    with pytest.raises(Unclear, match="in how a number is written"):
        alike([text, value])


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_number_is_not_taken_for_one(text):
    assert meant(text) is None
    with pytest.raises(Unclear, match="no plain number"):
        number(text)


@pytest.mark.parametrize("cell", [None, True, float("nan"), float("inf"), b"1", [1], "１２", "1_000"])
def test_no_cell_but_of_one_plain_number_is_calculated_with(cell):
    with pytest.raises(Unclear, match="no plain number"):
        number(cell)


def test_each_cell_has_one_text():
    assert [said(one) for one in (None, True, False, 3, 3.0, Decimal("1.50"), " x ")] == [
        "",
        "true",
        "false",
        "3",
        "3.0",
        "1.50",
        " x ",
    ]
    assert [key(one) for one in (None, True, 3.0, 2.5, " x ")] == ["", "true", "3", "2.5", "x"]
    with pytest.raises(Unclear, match="bytes"):
        said(b"\x00")


@pytest.mark.parametrize(
    ("cell", "form", "found"),
    [
        ("2024-02-29", "%Y-%m-%d", date(2024, 2, 29)),
        ("2024-02-29 23:59", "%Y-%m-%d", date(2024, 2, 29)),
        ("2024/2/9", "%Y/%m/%d", date(2024, 2, 9)),
        ("9.2.2024", "%d.%m.%Y", date(2024, 2, 9)),
        ("2024年2月9日", "%Y年%m月%d日", date(2024, 2, 9)),
    ],
)
def test_a_date_is_the_day_it_names(cell, form, found):
    assert day(cell, form) == found


@pytest.mark.parametrize("cell", ["2023-02-29", "2024-2", "29.02.2024", "", None])
def test_what_is_no_day_is_no_date(cell):
    with pytest.raises(Unclear, match="no date"):
        day(cell, "%Y-%m-%d")


@pytest.mark.parametrize(
    ("cells", "how", "order"),
    [
        (["10", "9", "-1.5"], "number", ["-1.5", "9", "10"]),
        (["Bo", "Al", "Cy"], "text", ["Al", "Bo", "Cy"]),
        (["bo", "al"], "text", ["al", "bo"]),
        (["2024-05-01 10:30", "2024-05-01 09:15"], "text", ["2024-05-01 09:15", "2024-05-01 10:30"]),
        (["2024-05-01 10:30", "2024-05-01T09:15"], "text", ["2024-05-01T09:15", "2024-05-01 10:30"]),
        (["2024-05-01 10:30", "2024-05-01 09:15"], "%Y-%m-%d", ["2024-05-01 09:15", "2024-05-01 10:30"]),
        (["10.1.2024", "9.2.2023"], "%d.%m.%Y", ["9.2.2023", "10.1.2024"]),
        (["09:30", "08:45"], "text", ["08:45", "09:30"]),
        (["2024年10月", "2024年02月"], "text", ["2024年02月", "2024年10月"]),
        (["B-0020", "B-0003"], "text", ["B-0003", "B-0020"]),
    ],
)
def test_an_order_is_that_of_what_the_cells_mean(cells, how, order):
    rows = [{"c": cell} for cell in cells]
    assert [row["c"] for row in ordered(rows, [["c", how, False]])] == order
    assert [row["c"] for row in ordered(rows, [["c", how, True]])] == order[::-1]


@pytest.mark.parametrize(
    ("cells", "how"),
    [
        (["1,200", "900"], "text"),
        (["12%", "5%"], "text"),
        (["12%", "5%"], "number"),
        (["10-A", "9-B"], "text"),
        (["-10", "-20"], "text"),
        (["05.03.2024", "04.11.2023"], "text"),
        (["03/05/24", "04/11/23"], "text"),
        (["09:30 AM", "12:30 AM"], "text"),
        (["张三", "李四"], "text"),
        (["Ärger", "Zorn"], "text"),
        (["b", "A", "C"], "text"),
        (["a", " b"], "text"),
        (["a", ""], "text"),
        (["1", None], "number"),
        (["1", "N/A"], "number"),
    ],
)
def test_where_two_orders_could_be_meant_there_is_none(cells, how):
    with pytest.raises(Unclear):
        ranks(cells, how)


def test_the_first_of_several_moments_of_a_day_is_the_earliest():
    rows = ordered([{"at": "2024-05-01 10:30"}, {"at": "2024-05-01 09:15"}], [["at", "%Y-%m-%d", False]])
    assert first(rows, 1, [["at", "%Y-%m-%d", False]]) == [{"at": "2024-05-01 09:15"}]


def test_equal_rows_keep_their_order_both_ways():
    rows = [{"n": "1", "who": "a"}, {"n": "2", "who": "b"}, {"n": "1", "who": "c"}]
    assert "".join(row["who"] for row in ordered(rows, [["n", "number", False]])) == "acb"
    assert "".join(row["who"] for row in ordered(rows, [["n", "number", True]])) == "bac"


def test_of_copies_the_first_stays_and_rows_that_only_join_to_the_same_text_are_none():
    assert once([("a", "1"), ("b", "1"), ("a", "1")]) == [0, 1]
    assert once([("a b", "c"), ("a", "b c")]) == [0, 1]
    assert once([]) == []


@pytest.mark.parametrize(
    "rows",
    [
        [("a",), ("A",)],
        [("a",), ("a ",)],
        [("Jo Ann",), ("JoAnn",)],
        [("1.5",), ("1.50",)],
        [("Ａ",), ("A",)],
        [("5",), ("005",)],
    ],
)
def test_rows_that_may_be_copies_or_not_stop_the_work(rows):
    with pytest.raises(Unclear, match="differ in case or blanks"):
        once(rows)


def test_a_column_is_found_as_people_name_it_and_only_where_it_is_one():
    head = ["Order ID", "name", "Price ($)", "Price (€)", "tags"]
    assert [column(head, name) for name in ("order_id", "Name", "Price (€)", "tag")] == [0, 1, 3, 4]
    with pytest.raises(Unclear, match="no one column 'price'"):
        column(head, "price")


def test_prices_that_are_written_in_two_ways_have_not_changed_and_stop_the_work():
    files = {"old.csv": b'id,price\na,"1,234.00"\n', "new.csv": b"id,price\na,1234\n"}
    steps = [["load", ["old.csv"]], ["changes", ["new.csv"], ["id"], "price", []]]
    with pytest.raises(Unclear, match="all but the same"):
        stepped(files.__getitem__, steps)
    files["new.csv"] = b"id,price\na,1235\n"
    assert stepped(files.__getitem__, steps).rows == [["a", "1,234.00", "1235"]]


def test_a_day_and_a_moment_of_it_are_sorted_as_midnight_and_later():
    assert ranks(["2024-05-01", "2024-05-01 00:01"], "%Y-%m-%d") == [datetime(2024, 5, 1), datetime(2024, 5, 1, 0, 1)]
