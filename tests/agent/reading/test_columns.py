"""The columns of tables are demanded as the goal lists them, for each table that it speaks of."""

import hashlib
import subprocess
import sys

import pytest

from autogpt.agent.reading.columns import columns
from autogpt.core.contracts import FileHead

BANK = "date;text\n1;2\n".replace(";", ",")
FUEL = "I need a Markdown table in fuel.md with the columns Vehicle, Litres and Cost: one row per vehicle."


def demanded(goal, outputs, *files):
    heads = [
        FileHead(path=path, size=len(text), head=text, sha256=hashlib.sha256(text.encode()).hexdigest())
        for path, text in files
    ]
    return [check.label for check in columns(goal, outputs, heads)]


@pytest.mark.parametrize(
    ("goal", "labels"),
    [
        ("Write a.csv with the columns x and y, and b.csv with the columns z, w.", ["a: x, y", "b: z, w"]),
        ("a.csv: number,customer,paid - all invoices.\n\nb.csv: the rest.", ["a: number, customer, paid"]),
        ("a.csv: the rest, sorted, all of it.", []),
        ("Write a.csv with columns sensor,from,to - the times.", ["a: sensor, from, to"]),
        ("Write a.csv with the header row name,age and one line per person.", ["a: name, age"]),
        ("Write a.csv; the header row stays, the rest is sorted.", []),
        (
            "汇总到 a.csv，列为 月份、笔数、金额，按月份排。没填的放到 b.csv（列和原表一样）。",
            ["a: 月份, 笔数, 金额", "b: date, text"],
        ),
        ("Swap the rows and columns of bank.csv and save that as b.csv.", []),
        ("b.csv: what fits none, with the columns and in the order of bank.csv.", ["b: date, text"]),
        ("Write b.csv with the same columns as bank.csv plus a column total.", []),
        ("Write b.csv with the same columns as bank.csv.", ["b: date, text"]),
        ("生成 a.csv，列为 a,b，每种商品一行，顺序和 订单.json 一样", ["a: a, b"]),
        ("生成 a.csv，列为 a,b，小计保留两位小数", ["a: a, b"]),
        ("Write a.csv with the columns x and y, separated by tabs.", []),
        ("Save it as a.csv (columns: x, y, z).", ["a: x, y, z"]),
        ("统计后写入 a.csv（列：城市、人数、平均年龄）。", ["a: 城市, 人数, 平均年龄"]),
        ("Write a.csv with the columns x and y, no thousands separators.", ["a: x, y"]),
    ],
)
def test_each_table_has_the_columns_that_are_listed_for_it(goal, labels):
    outputs = [path for path in ("a.csv", "b.csv") if path in goal]
    told = [
        f"{label[0]}: {label.partition(' has the columns ')[2]}"
        for label in demanded(goal, outputs, ("bank.csv", BANK))
    ]
    assert told == labels


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("# Fuel\n\n| **Vehicle** | Litres | cost |\n|---|--:|--:|\n| a | 1 | 2 |\n", True),
        ("| Vehicle | Cost |\n|---|---|\n", False),
        ("Vehicle, Litres and Cost", False),
    ],
)
def test_a_table_of_markdown_has_its_columns(tmp_path, text, good):
    (tmp_path / "fuel.md").write_text(text, encoding="utf-8")
    (check,) = columns(FUEL, ["fuel.md"], [])
    done = subprocess.run([sys.executable, "-c", check.code], cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode == 0) == good
