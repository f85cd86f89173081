import time

import pytest

from autogpt.agent.reading.byexample import spread, turned_by_example
from autogpt.agent.reading.examples import examples
from autogpt.agent.reading.goal import read_goal
from autogpt.agent.reading.mentions import mentions
from autogpt.agent.reading.shown import blocks, shown
from autogpt.agent.reading.unique import uniques
from autogpt.core.contracts import FileHead

PARTS = FileHead(path="parts.csv", size=60, head="part,supplier,stock\nFan belt,Ostrow,3\nFuse,Brandt,10\n")
TABLE = """\
Write {path} with a table of all parts below the minimum. It should look like this:

{head}| Part | Supplier | Order |
| --- | --- | --- |
| {part} | Ostrow | 9 |

Leave parts.csv alone.
"""
TREE = """\
Write overdue.json from library.db: one object for each member, sorted by member. For example:

[{"member": "Ann Lee", "fine": 2.5, "books": ["Ulysses"]}]

"books" holds the titles.
"""


def why(tmp_path, monkeypatch, checks, name, text):
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text(text, "utf-8")
    for check in checks:
        try:
            exec(check.code, {})
        except AssertionError as error:
            return str(error)
    return ""


@pytest.mark.parametrize(
    ("part", "made", "wrong"),
    [
        ("Fan belt", "# Reorder\n\n| Part | Supplier | Order |\n|---|---|---|\n|Fan belt|Ostrow|9|\n", ""),
        ("Fan belt", "# Reorder\n| Part | Supplier | Order |\n|---|---|---|\n|Fan belt|Ostrow|9.0|\n", "Fan belt"),
        ("Fan belt", "| Part | Supplier | Order |\n|---|---|---|\n|Fan belt|Ostrow|9|\n", "# Reorder"),
        ("Made up", "# Reorder\n| Part | Supplier | Order |\n|---|---|---|\n|Fan belt|Ostrow|9.0|\n", ""),
        ("Made up", "# Reorder\n| Name | Supplier | Order |\n|---|---|---|\n", "Part"),
    ],
)
def test_headings_and_rows_of_the_data_that_a_goal_shows_are_demanded(tmp_path, monkeypatch, part, made, wrong):
    goal = TABLE.format(path="r.md", head="# Reorder\n\n", part=part)
    said = why(tmp_path, monkeypatch, shown(goal, ["r.md"], [PARTS]), "r.md", made)
    assert wrong in said
    assert bool(said) == bool(wrong)


def test_of_made_up_tables_of_a_csv_file_nothing_is_demanded():
    goal = "Turn parts.csv into p.csv. With two people it would look like this:\n\nperson,Bridge,Total\nAda,3.0,3.0\n"
    assert shown(goal, ["p.csv"], [PARTS]) == ()


@pytest.mark.parametrize(
    ("made", "wrong"),
    [
        ('[{"member": "B", "fine": 1, "books": ["x", "y"]}, {"member": "C", "fine": null, "books": []}]', ""),
        ('[{"member": "B", "books": ["x"]}]', "lacks fine"),
        ('[{"member": "B", "fine": "1", "books": ["x"]}]', "must be a number"),
        ('[{"member": "B", "fine": 1, "books": "x"}]', "must be a list"),
        ('{"member": "B", "fine": 1, "books": ["x"]}', "must be a list"),
        ('[{"member": "B", "fine": 1, "books": ["x"]}, {"member": "B", "fine": 1, "books": []}]', "more than one"),
    ],
)
def test_json_shown_gives_keys_and_kinds_and_one_entry_each_is_one(tmp_path, monkeypatch, made, wrong):
    checks = [*shown(TREE, ["overdue.json"], []), *uniques(TREE, ["overdue.json"])]
    assert len(checks) == 2
    said = why(tmp_path, monkeypatch, checks, "overdue.json", made)
    assert wrong in said
    assert bool(said) == bool(wrong)


def test_keys_that_are_made_up_data_are_not_demanded():
    goal = 'Count the cities and write counts.json, for example:\n\n{"Berlin": 3, "Paris": 2}\n'
    assert shown(goal, ["counts.json"], []) == ()


def test_rows_for_each_of_something_that_is_no_column_are_free(tmp_path, monkeypatch):
    checks = uniques("Write runs.csv with one row per run, and t.txt.", ["runs.csv", "t.txt"])
    assert why(tmp_path, monkeypatch, checks, "runs.csv", "job,start\na,1\na,2\n") == ""
    assert why(tmp_path, monkeypatch, uniques("写 r.csv，每个姓名一行", ["r.csv"]), "r.csv", "姓名,数\n甲,1\n甲,2\n")


def test_files_of_an_example_are_nobodys_order():
    goal = "Write removed.txt with the paths that are gone, one per line, like this:\n\nin/old/plan copy.txt\n"
    assert [file.path for file in read_goal(goal, {"in/a.txt"}).files] == ["removed.txt"]


def test_files_that_a_folder_is_to_hold_are_ordered():
    goal = "Sort the notes. At the end the folder should look like this:\n\nnotes/jan.txt\nnotes/feb.txt\n"
    assert {file.path for file in read_goal(goal, {"a.md"}).files} == {"notes/jan.txt", "notes/feb.txt"}


def test_how_a_file_looks_that_is_there_is_no_demand_on_the_result():
    goal = "Write out.csv from parts.csv, which looks like this:\n\npart,supplier,stock\nFan belt,Ostrow,3\n"
    assert shown(goal, ["out.csv"], [PARTS]) == ()


def test_rows_for_pairs_may_name_one_of_them_twice():
    assert uniques("Write a.csv with one row per order and product.", ["a.csv"]) == ()


def test_names_with_the_same_digits_are_an_example_of_a_rename():
    goal = "Names like IMG_20250614_101507.jpg: rename each to the form 2025-06-14_10-15-07.jpg, keeping the extension."
    paths = ["p/IMG_20250614_101507.jpg", "p/IMG_20241231_000102.png", "p/cover.jpg", "p/IMG_list.txt"]
    ((old, new),) = turned_by_example(goal, mentions(goal, paths), paths)
    assert spread(goal, old, new, paths) == (
        ("p/IMG_20250614_101507.jpg", "p/2025-06-14_10-15-07.jpg"),
        ("p/IMG_20241231_000102.png", "p/2024-12-31_00-01-02.png"),
    )


def test_examples_told_under_the_head_of_a_function_are_read():
    goal = (
        '写 mask.py：\n\nmask_phone(phone)：中间四位换成星号，例如 "13812345678" 返回 "138****5678"；其他原样返回。\n'
        "mask_name(name)：只留第一个字，例如 “王小明” 变成 “王**”。\n\n另外 5 返回 6。\n"
        "- `double(n)`: twice the number; for example 4 -> 8."
    )
    assert examples(goal) == (
        'assert mask_phone("13812345678") == "138****5678"',
        'assert mask_name("王小明") == "王**"',
        "assert double(4) == 8",
    )


def test_a_long_line_takes_no_longer_than_its_length():
    began = time.process_time()
    assert blocks("lorem ipsum dolor " * 6_000 + "for example:\n\nn,square\n1,1") != []
    assert time.process_time() - began < 2
