"""A program that sums up by month begins with the rows of each month."""

import pytest

from autogpt.agent.programs.months import by_month
from autogpt.agent.programs.oddities import Table

TRIPS = Table(False, ",", ["id", "date "], [["1", "2025-03-01"], ["2", "2025-03-09"], ["3", "2025-04-01"]])
MIXED = Table(False, ",", ["id", "date"], [["1", "2025/03/01"], ["2", "2025-03-09"], ["3", "2025年4月1日"]])


@pytest.mark.parametrize("goal", ["How many trips per month?", "A monthly total", "按月汇总", "统计每个月的次数"])
def test_rows_are_put_together_by_month(goal):
    scope = {"trips": [dict(zip(("id", "date"), row, strict=True)) for row in TRIPS.body]}
    exec(by_month(goal, [("trips", TRIPS)], (), iso_date=False), scope)
    found = {month: [row["id"] for row in rows] for month, rows in scope["by_month"].items()}
    assert found == {"2025-03": ["1", "2"], "2025-04": ["3"]}


def test_other_dates_need_a_function_for_them():
    assert by_month("按月汇总", [("trips", MIXED)], (), iso_date=False) == ""
    assert "iso_date(row['date'])[:7]" in by_month("按月汇总", [("trips", MIXED)], (), iso_date=True)


@pytest.mark.parametrize(
    ("goal", "tables", "taken"),
    [
        ("Count the trips of this month", [("trips", TRIPS)], ()),
        ("Count the trips per month", [("trips", TRIPS), ("tours", TRIPS)], ()),
        ("Count the trips per month", [("trips", TRIPS)], ("by_month",)),
        ("Count the ids per month", [("ids", Table(False, ",", ["id", "n"], [["1", "2"]]))], ()),
    ],
)
def test_nothing_is_guessed(goal, tables, taken):
    assert by_month(goal, tables, taken, iso_date=True) == ""
