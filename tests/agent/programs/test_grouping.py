"""A goal that wants one result for each of something begins the program with the rows of each."""

import pytest

from autogpt.agent.programs.grouping import Records, groupings

TRIPS = Records(
    "trips", {"vehicle": ["a", "b", "a"], "date": ["2025-03-01", "2025-03-09", "2025-04-01"], "id": list("123")}
)


def by(goal, *records, **told):
    """What the lines make of three trips."""
    scope = {
        "trips": [dict(zip(TRIPS.columns, row, strict=True)) for row in zip(*TRIPS.columns.values(), strict=True)],
        "iso_date": lambda text: text.replace("/", "-"),
    }
    exec(groupings(goal, records or [TRIPS], **told), scope)
    return {
        name: {key: [row["id"] for row in rows] for key, rows in value.items()}
        for name, value in scope.items()
        if name.startswith(("by_", "rows_by"))
    }


@pytest.mark.parametrize(
    ("goal", "groups"),
    [
        ("A table with one row per vehicle and the total cost", {"by_vehicle": {"a": ["1", "3"], "b": ["2"]}}),
        ("Sum up the cost for each Vehicle", {"by_vehicle": {"a": ["1", "3"], "b": ["2"]}}),
        ("How many trips per month?", {"by_month": {"2025-03": ["1", "2"], "2025-04": ["3"]}}),
        ("按月汇总", {"by_month": {"2025-03": ["1", "2"], "2025-04": ["3"]}}),
        # Each row has an id of its own, and nothing is to be added up.
        ("The total per id", {}),
        ("Write a label for each vehicle", {}),
        ("Count them, sorted by vehicle", {}),
    ],
)
def test_rows_are_put_together_by_what_the_goal_names(goal, groups):
    assert by(goal) == groups


def test_a_column_that_two_tables_have_is_not_guessed():
    assert by("The total per vehicle", TRIPS, Records("cars", TRIPS.columns)) == {}


def test_a_class_is_told_by_its_column():
    loans = Records("loans", {"班级": ["一班", "二班", "一班"], "书名": ["甲", "乙", "丙"]})
    assert groupings("每个班一共借了多少本书", [loans]).startswith("by_班级 = ")
    assert groupings("统计借书的本数，一班一行", [loans]).startswith("by_班级 = ")


def test_a_name_that_is_taken_is_left_to_its_owner():
    assert list(by("The total per vehicle", taken=["by_vehicle"])) == ["rows_by_vehicle"]


def test_months_of_other_dates_are_told_by_the_function_for_them():
    mixed = Records("trips", {**TRIPS.columns, "date": ["2025/03/01", "2025-03-09", "2025年4月1日"]})
    assert groupings("按月汇总", [mixed]) == ""
    assert "iso_date(row['date'])[:7]" in groupings("按月汇总", [mixed], iso_date=True)
