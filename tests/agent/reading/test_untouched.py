"""What must stay as it was is checked where the goal says so."""

import hashlib
import subprocess
import sys

import pytest

from autogpt.agent.reading.compile import implied
from autogpt.agent.reading.goal import read_goal
from autogpt.agent.reading.untouched import untouched, with_remarks
from autogpt.core.check import PythonHolds, describe
from autogpt.core.contracts import FileHead


def head(path, text="x\n"):
    return FileHead(path=path, size=len(text), head=text, sha256=hashlib.sha256(text.encode()).hexdigest())


def told(goal, *files):
    return [describe(check) for check in untouched(goal, read_goal(goal, {file.path for file in files}), files)]


@pytest.mark.parametrize(
    ("goal", "files", "expected"),
    [
        ("Clean a.csv into b.csv. Leave the original as it is.", ["a.csv"], ["a.csv is unchanged"]),
        ("根据 a.db 生成 b.csv，数据库不要改。", ["a.db"], ["a.db is unchanged"]),
        ("Clean a.csv into b.csv.", ["a.csv"], []),
        ("Add a column to a.csv; do not change the original order.", ["a.csv"], []),
    ],
)
def test_sources_stay(goal, files, expected):
    assert told(goal, *map(head, files)) == expected


INI = "; remarks matter\n[a]\nx = 1\n# and this\ny = 2\n"


def test_the_remarks_of_settings_stay(tmp_path):
    goal = "In a.ini, set x to 5. Everything else stays as it is."
    file = head("a.ini", INI)
    check = next(
        c for c in untouched(goal, read_goal(goal, {"a.ini"}), [file]) if "comments" in getattr(c, "label", "")
    )
    assert isinstance(check, PythonHolds)
    for text, good in ((INI.replace("1", "5"), True), ("[a]\nx = 5\ny = 2\n", False)):
        (tmp_path / "a.ini").write_text(text)
        done = subprocess.run([sys.executable, "-c", check.code], cwd=tmp_path, capture_output=True, check=False)
        assert (done.returncode == 0) == good


def test_no_file_is_lost_where_files_only_move(tmp_path):
    files = [head("a.txt", "one"), head("b.txt", "two")]
    goal = "Sort the files into folders by their first letter."
    (check,) = [check for check in implied(goal, read_goal(goal, {"a.txt", "b.txt"}), files)]
    for names, good in (({"a/a.txt": "one", "b/b.txt": "two"}, True), ({"a/a.txt": "one", "b/b.txt": "ruined"}, False)):
        place = tmp_path / str(good)
        for path, text in names.items():
            (place / path).parent.mkdir(parents=True)
            (place / path).write_text(text)
        done = subprocess.run([sys.executable, "-c", check.code], cwd=place, capture_output=True, check=False)
        assert (done.returncode == 0) == good


@pytest.mark.parametrize(
    "goal",
    ["Sort the lines of the files.", "Organise the files and delete empty ones.", "Rename a.txt and update b.txt."],
)
def test_where_more_is_to_be_done_contents_may_change(goal):
    assert "no file is lost or changed" not in told(goal, head("a.txt", "one"), head("b.txt", "two"))


def test_remarks_that_a_model_left_out_are_put_back_where_they_stood():
    old = "; top\n[a]\nx = 1\n\n[b]\n; ask first\nx = 2\ny = 3\n# end\n"
    new = "[a]\nx = 1\n\n[b]\nx = 5\ny = 3\n"
    assert with_remarks(old, new) == "; top\n[a]\nx = 1\n\n[b]\n; ask first\nx = 5\ny = 3\n# end\n"
    assert with_remarks(old, old) == old


def test_lines_of_which_the_goal_does_not_speak_stay(tmp_path):
    text = "api:\n  image: api:3.1\n  replicas: 2\n  cache_url: redis\n"
    goal = "s.yaml: set the image of api to api:3.2. Nothing else changes."
    (check,) = untouched(goal, read_goal(goal, {"s.yaml"}), [head("s.yaml", text)])
    assert isinstance(check, PythonHolds)
    good = text.replace("3.1", "3.2")
    for new, holds in (
        (good, True),
        (good.replace("  cache_url: redis\n", ""), False),
        (good.replace("2\n", "4\n"), False),
    ):
        (tmp_path / "s.yaml").write_text(new)
        done = subprocess.run([sys.executable, "-c", check.code], cwd=tmp_path, capture_output=True, check=False)
        assert (done.returncode == 0) == holds


def test_what_is_put_in_leaves_the_lines_that_were_there():
    text = "; 设置\n[数据库]\n主机 = a\n名称 = 订餐\n[日志]\n级别 = INFO\n"
    goal = "修改 a.ini：把 [数据库] 一节的“主机”改成 b2；在 [日志] 一节里增加一项“天数”，值为 30。其他内容保持原样。"
    assert "the other lines of a.ini are still there" in told(goal, head("a.ini", text))
    assert "the other lines of a.ini are still there" not in told(goal + "删掉整节。", head("a.ini", text))
