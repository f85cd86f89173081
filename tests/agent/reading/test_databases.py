"""Databases that are to be changed, lists that are to be in order, and requests that are no questions."""

import json
import subprocess
import sys

import pytest

from autogpt.agent.reading.compile import asks
from autogpt.agent.reading.databases import changed_databases
from autogpt.agent.reading.listings import alphabetical, arranger
from autogpt.core.contracts import FileHead

FILES = [FileHead(path=path, size=3, sha256="x") for path in ("cafe.db", "new.csv")]


@pytest.mark.parametrize(
    ("goal", "changed"),
    [
        ("In the menu table of cafe.db raise the price of every drink by 0.50.", True),
        ("Remove the old rows from cafe.db, then write how many to removed.txt.", True),
        ("Set price to 5 for tea in cafe.db", True),
        ("Add the customers of new.csv to the table customers in cafe.db.", True),
        ("请把 new.csv 里的数量加到数据库 cafe.db 对应商品的库存上。", True),
        ("从 cafe.db 中删除所有价格为 0 的记录。", True),
        ("List all drinks in cafe.db in drinks.txt.", False),
        ("Read cafe.db and add up the prices; write sum.txt", False),
        ("Write a query that would delete old rows of cafe.db to q.sql", False),
        ("Copy cafe.db to new.db and delete all food.", False),
        ("Without changing cafe.db, list what to remove from cafe.db.", False),
        ("Create report.csv from cafe.db and add a column total", False),
        ("根据 cafe.db 统计销量并写入 a.csv", False),
    ],
)
def test_a_database_that_is_to_be_changed_must_be_another(goal, changed):
    assert [check.label for check in changed_databases(goal, ["cafe.db"], FILES)] == ["cafe.db has changed"] * changed


@pytest.mark.parametrize(
    ("value", "right"),
    [
        ({"Beth": ["chess", "drama"], "Amir": ["chess"]}, True),
        ({"Beth": ["robotics", "drama"], "Amir": ["chess"]}, False),
        (["b", "a"], False),
        (["a", "B", "c"], True),
        ({"names": ["b", "a"], "count": 2}, True),
        ({"names": ["b", 1]}, True),
        ({"names": ["乙", "甲"]}, True),
    ],
)
def test_lists_are_put_in_the_order_of_the_alphabet(value, right, tmp_path):
    goal = "Write clubs.json: every pupil with the list of his or her clubs, the clubs in alphabetical order."
    (tmp_path / "clubs.json").write_text(json.dumps(value))

    def runs(code):
        return subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, check=False).returncode

    (check,) = alphabetical(goal, ["clubs.json"])
    assert (runs(check.code) == 0) is right
    assert runs(arranger(goal, ["clubs.json"])) == 0
    assert runs(check.code) == 0
    assert set(json.loads((tmp_path / "clubs.json").read_text())) == set(value)


@pytest.mark.parametrize(
    "goal",
    [
        "Write clubs.json with the clubs of each pupil.",
        "Write clubs.json, the keys in alphabetical order.",
        "Write clubs.json, the clubs not in alphabetical order.",
        "Write clubs.json, the clubs in reverse alphabetical order.",
    ],
)
def test_no_order_is_demanded_that_is_not_told(goal):
    assert alphabetical(goal, ["clubs.json"]) == ()
    assert arranger(goal, ["clubs.json"]) == ""


@pytest.mark.parametrize(
    ("goal", "question"),
    [
        ("Could you rename them so that the number has three digits?", False),
        ("能不能把这些文件都移动到 old 文件夹？", False),
        ("Can you tell me what these files are?", True),
        ("What is in these files?", True),
        ("How many files would you delete?", True),
        ("Rename all files.", False),
    ],
)
def test_a_polite_request_is_no_question(goal, question):
    assert asks(goal) is question
