"""New endings for all files of a kind, however a goal says it; what is added to a file; what '当前' is not."""

import hashlib

import pytest

from autogpt.agent.reading.compile import implied
from autogpt.agent.reading.goal import read_goal
from autogpt.agent.reading.ready import ready
from autogpt.core.contracts import FileHead

GONE = {"cat.jpeg", "dog.jpeg"}


def folder(*paths):
    return [FileHead(path=p, size=2, head="1\n", sha256=hashlib.sha256(p.encode()).hexdigest()) for p in paths]


def gone(goal, files):
    reading = read_goal(goal, {file.path for file in files})
    checks = implied(goal, reading, files)
    named = {check.path for check in checks if check.kind.startswith("file_")}
    assert named <= GONE | {"cat.jpg", "dog.jpg", "bird.png"}
    return {check.path for check in checks if check.kind == "file_absent"}, ready(goal, reading, files) is not None


@pytest.mark.parametrize(
    ("goal", "done"),
    [
        ("把当前文件夹里所有 .jpeg 文件的扩展名改成 .jpg，其他文件不要动。", True),
        ("将所有.jpeg文件改为.jpg后缀。", False),
        ("把 .jpeg 结尾的文件都重命名为 .jpg 结尾。", True),
        ("把 .jpeg 文件的后缀名统一换成 .jpg。", True),
        ("把目录下所有.jpeg文件重命名为.jpg文件", True),
        ("Change the extension of all .jpeg files to .jpg.", True),
        ("Give every .jpeg file the extension .jpg.", True),
        ("Rename every .jpeg file in this folder to .jpg; leave the others.", True),
    ],
)
def test_it_is_read_and_done_without_a_model_where_all_is_said(goal, done):
    assert gone(goal, folder("cat.jpeg", "dog.jpeg", "bird.png")) == (GONE, done)


@pytest.mark.parametrize(
    "goal",
    [
        "写一个程序，把所有 .jpeg 文件的扩展名改成 .jpg",
        "把文章里的 .jpeg 换成 .jpg",
        "Change all .jpeg files into .jpg",
    ],
)
def test_nothing_is_read_where_something_else_may_be_meant(goal):
    assert gone(goal, folder("cat.jpeg", "dog.jpeg", "bird.png")) == (set(), False)


def test_files_further_down_may_not_be_meant_by_this_folder():
    files = folder("cat.jpeg", "old/dog.jpeg")
    assert gone("把当前文件夹里所有 .jpeg 文件的扩展名改成 .jpg。", files) == (set(), False)


@pytest.mark.parametrize(
    ("goal", "role"),
    [
        ("在 a.csv 末尾加一行“买面包”。", "change"),
        ("给 a.csv 增加一列 等级，80分以上为“优”。", "change"),
        ("在 a.csv 中加上一列总价", "change"),
        ("给 a.csv 加一列等级，结果写入 b.csv", "input"),
        ("从 a.csv 中删除 city 列。", "change"),
        ("从 a.csv 中删除 city 列，另存为 b.csv。", "input"),
        ("把 a.csv 的 name 列改名为 姓名。", "change"),
        ("Add line numbers to a.csv and save the result as b.csv.", "input"),
        ("Append the total to a.csv and save the chart as c.svg.", "change"),
    ],
)
def test_a_file_that_something_is_added_to_is_changed(goal, role):
    assert {file.path: file.role for file in read_goal(goal, {"a.csv"}).files}["a.csv"] == role


def test_the_present_folder_is_no_condition():
    goal = "列出当前目录所有文件名，写到 files.txt，每行一个。"
    checks = implied(goal, read_goal(goal, {"a.txt"}), folder("a.txt"))
    assert [(check.kind, check.path) for check in checks] == [("file_exists", "files.txt")]
