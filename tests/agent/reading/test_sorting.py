"""The order that a goal wants is demanded of the table it delivers, and none that it may not mean."""

import json

import pytest

from autogpt.agent.reading.sorting import order_in, sorter, sortings


@pytest.mark.parametrize(
    ("said", "key", "falling"),
    [
        ("Write the rows sorted by total, highest first", "total", True),
        ("sorted by last_name", "last_name", None),
        ("one row per region, ordered by the amount in ascending order", "amount", False),
        ("the five best, highest score first", "", True),
        ("按金额从高到低排列", "金额", True),
        ("按年龄升序", "年龄", False),
        ("从多到少排列", "", True),
        ("列为 球队、积分，积分高的排在前面", "积分", True),
        ("金额小的在前", "金额", False),
        ("with two columns, file and bytes, the biggest at the top", "", True),
        ("the longest shift first", "", True),
    ],
)
def test_an_order_is_read(said, key, falling):
    order = order_in(said)
    assert order is not None
    assert (order.key, order.falling) == (key, falling)


@pytest.mark.parametrize(
    "said",
    [
        "in the order of the table",
        "grouped by region, sorted by amount within each",
        "with --sort the lines are sorted by total",
        "sorted by total if --by-total is given",
        "newest first",
        "do not sort them by name",
        "first sorted by name, in a second list sorted by age",
        "每组内按金额从高到低",
        "把文件大的放到 b 里",
        "Put a header at the top",
    ],
)
def test_no_order_is_read_where_another_may_be_meant(said):
    assert order_in(said) is None


def verdict(tmp_path, monkeypatch, goal, path, text):
    monkeypatch.chdir(tmp_path)
    (tmp_path / path).write_text(text, encoding="utf-8")
    (check,) = sortings(goal, [path])
    try:
        exec(check.code, {})
    except AssertionError as wrong:
        return str(wrong)
    return ""


HIGHEST = "Write out.csv with the columns name and total, sorted by total, highest first."


@pytest.mark.parametrize(
    ("rows", "holds"),
    [
        ("a,30\nb,12.5\nc,12.5\n", True),
        ("a,9\nb,12\n", False),
        ('a,"1,200"\nb,900\n', True),
        ("a,30 €\nb,12 €\n", True),
        ("a,12\nb,30\n", False),
        ("", True),
        ("a,n/a 3\nb,4\n", True),  # no numbers: nothing can be said
    ],
)
def test_a_csv_file_is_held_to_it(tmp_path, monkeypatch, rows, holds):
    told = verdict(tmp_path, monkeypatch, HIGHEST, "out.csv", "name,total\n" + rows)
    assert (not told) == holds
    assert holds or "out.csv is not sorted by total, the highest first" in told


def test_other_forms_of_tables_are_held_to_it(tmp_path, monkeypatch):
    goal = "Write people.json, a list of objects with name and age, sorted by age."
    for ages, holds in (([1, 2, 3], True), ([3, 2, 1], True), ([2, 1, 3], False)):
        text = json.dumps([{"name": "x", "age": age} for age in ages])
        assert (not verdict(tmp_path, monkeypatch, goal, "people.json", text)) == holds
    goal = "Write report.md with a table of agents, sorted by name."
    for names, holds in (("Ann Bob", True), ("Bob Ann", False), ("ann Bob", True)):
        text = "# R\n\n| Name | N |\n|---|---|\n" + "".join(f"| {name} | 1 |\n" for name in names.split())
        assert (not verdict(tmp_path, monkeypatch, goal, "report.md", text)) == holds


@pytest.mark.parametrize(
    ("goal", "text"),
    [
        ("Write out.csv, sorted by date.", "date\n3.1.2024\n1.2.2024\n"),
        ("Write out.csv, sorted by month.", "month\nJan\nFeb\n"),
        ("写 out.csv ，按姓名升序。", "姓名\n王\n李\n"),
        ("Write out.csv, sorted by version.", "version\nv2\nv10\n"),
    ],
)
def test_orders_that_are_no_alphabets_are_not_judged(tmp_path, monkeypatch, goal, text):
    assert verdict(tmp_path, monkeypatch, goal, "out.csv", text) == ""


@pytest.mark.parametrize(
    "goal",
    [
        "Write a.csv and b.csv, sorted by total.",
        "Write out.csv, sorted by total; the last row holds the sum.",
        "in.csv is sorted by date. Write out.csv with the sums.",
    ],
)
def test_nothing_is_demanded_where_the_words_leave_it_open(goal):
    outputs = [name for name in ("a.csv", "b.csv", "out.csv") if name in goal]
    assert sortings(goal, outputs) == ()


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("out.csv", "name,total\r\na,9\r\nb,30\r\nc,12\r\n", "name,total\r\nb,30\r\nc,12\r\na,9\r\n"),
        ("out.csv", "\ufeffname,total\na,9\nb,9\nc,12\n", "\ufeffname,total\nc,12\na,9\nb,9\n"),
        ("out.csv", "name,total\na,9\nb\nc,12\n", "name,total\na,9\nb\nc,12\n"),  # what is no table stays
        ("out.csv", "name,total\na,many\nb,9\n", "name,total\na,many\nb,9\n"),
        (
            "out.json",
            '[{"name": "阿", "total": 1}, {"name": "b", "total": 2}]',
            '[{"name": "b", "total": 2}, {"name": "阿", "total": 1}]',
        ),
    ],
)
def test_what_is_made_can_be_put_into_the_order(tmp_path, monkeypatch, path, before, after):
    monkeypatch.chdir(tmp_path)
    goal = HIGHEST.replace("out.csv", path)
    (tmp_path / path).write_bytes(before.encode())
    exec(sorter(goal, [path]), {})
    assert (tmp_path / path).read_bytes().decode() == after


def test_there_is_nothing_to_put_where_no_order_is_told():
    assert sorter("Write out.csv with the columns name and total.", ["out.csv"]) == ""
    assert sorter("Write out.md, a table sorted by total, highest first.", ["out.md"]) == ""


def test_the_order_is_that_of_the_file_named_last_before_it():
    goal = "战绩在 zhanji.json 里。请算出各队积分，保存为 jifen.csv，列为 球队、积分，积分高的排在前面。"
    assert [check.label for check in sortings(goal, ["jifen.csv"])] == [
        "the order of jifen.csv is as told: 积分高的排在前面"
    ]
