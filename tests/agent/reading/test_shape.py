"""The shape of data is demanded as the goal says it, and no more."""

import subprocess
import sys

import pytest

from autogpt.agent.reading.shape import shapes

KEYS = "Write m.json, a list of objects with the keys dish and price (a number)."
DIGITS = "Write sums.csv with the columns name and sum, sums with two decimals."


@pytest.mark.parametrize(
    ("goal", "path", "text", "good"),
    [
        (KEYS, "m.json", '[{"dish": "a", "price": 1.5}]', True),
        (KEYS, "m.json", '{"menu": [{"dish": "a", "price": 1, "hot": true}]}', True),
        (KEYS, "m.json", "[]", True),
        (KEYS, "m.json", '[{"Dish": "a", "Price": 1}]', False),
        (KEYS, "m.json", '[{"dish": "a", "price": "1.50"}]', False),
        ("算平均分，保留两位小数，写到 a.txt", "a.txt", "平均分是84.00分", True),
        ("算平均分，保留两位小数，写到 a.txt", "a.txt", "平均分是84.0分", False),
        ("数一数，写进 b.json，键是班级，值是本数（数字）。", "b.json", '{"一": 1, "二": 2.5}', True),
        ("数一数，写进 b.json，键是班级，值是本数（数字）。", "b.json", '{"一": 1, "二": null}', False),
        ("Write b.json; the values are totals (numbers).", "b.json", '{"a": "1"}', False),
        (DIGITS, "sums.csv", "name,sum\na,1.50\nb,2.00\n", True),
        (DIGITS, "sums.csv", "name,sum\na,1.50 €\nb,\n", True),
        (DIGITS, "sums.csv", "name,sum\n", True),
        (DIGITS, "sums.csv", "name,sum\na,1.5\nb,2.0\n", False),
    ],
)
def test_what_is_demanded_holds_for_the_right_and_fails_for_the_wrong(tmp_path, goal, path, text, good):
    (tmp_path / path).write_text(text)
    done = [
        subprocess.run([sys.executable, "-c", check.code], cwd=tmp_path, capture_output=True, check=False).returncode
        == 0
        for check in shapes(goal, [path])
    ]
    assert done
    assert all(done) == good


@pytest.mark.parametrize(
    "goal",
    ["Write sums.csv; round the sums to two decimals.", "Write sums.csv and t.csv, with two decimals."],
)
def test_rounded_numbers_and_several_tables_are_left_alone(goal):
    outputs = [path for path in ("sums.csv", "t.csv") if path in goal]
    assert shapes(goal, outputs) == ()


@pytest.mark.parametrize(
    ("goal", "labels"),
    [
        ("数一数每个班借了几本，写进 b.json，键是班级，值是本数（数字）。", ["every value in b.json is a number"]),
        ("Write b.json with the keys year and month; the values are totals.", []),
        ("写进 b.json，键是班级、本数。", ["b.json has the keys 班级, 本数"]),
    ],
)
def test_what_stands_as_keys_is_not_how_they_are_called(goal, labels):
    assert [check.label for check in shapes(goal, ["b.json"])] == labels
