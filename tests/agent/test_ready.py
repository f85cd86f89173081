"""What a goal says in full is done without a model; where it says more, a model is asked."""

import subprocess
import sys

import pytest

from autogpt.agent.ready import ready
from autogpt.agent.understand import reading_of
from autogpt.core.contracts import FileHead
from autogpt.core.task import Task

FOLDER = {
    "docs/a.txt": "one\n",
    "docs/b.txt": "two\n",
    "old.py": "def get_usr():\n    return get_usr_agent()\n",
    "notes.md": "call get_usr() here\n",
    "data/x.log": "x\n",
    "tmp.log": "t\n",
}


def program(goal: str) -> str:
    files = [FileHead(path=path, size=len(text), head=text, lines=1, sha256="0" * 64) for path, text in FOLDER.items()]
    done = ready(goal, reading_of(Task(goal=goal), (), files), files)
    return done.program if done and done.all else ""


@pytest.mark.parametrize(
    ("goal", "gone", "made"),
    [
        (
            "Rename all the .txt files in the folder docs so that they end in .md instead. Leave everything else alone.",
            ["docs/a.txt", "docs/b.txt"],
            ["docs/a.md", "docs/b.md"],
        ),
        ("Rename notes.md to guide.md and delete tmp.log.", ["notes.md", "tmp.log"], ["guide.md"]),
        ("把 notes.md 重命名为 guide.md", ["notes.md"], ["guide.md"]),
        ("Delete all .log files in the folder data.", ["data/x.log"], []),
    ],
)
def test_files_are_renamed_moved_and_deleted_as_said(goal, gone, made, tmp_path):
    for path, text in FOLDER.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    subprocess.run([sys.executable, "-c", program(goal)], cwd=tmp_path, check=True)
    there = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert there == (set(FOLDER) - set(gone)) | set(made)


def test_a_name_is_replaced_everywhere_but_not_inside_others(tmp_path):
    goal = "Rename the function get_usr to get_user everywhere. Other names, such as get_usr_agent, stay as they are."
    for path in ("old.py", "notes.md"):
        (tmp_path / path).write_text(FOLDER[path])
    subprocess.run([sys.executable, "-c", program(goal)], cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "old.py").read_text() == "def get_user():\n    return get_usr_agent()\n"
    assert (tmp_path / "notes.md").read_text() == "call get_user() here\n"


@pytest.mark.parametrize(
    "goal",
    [
        "Rename all .txt files in docs to .md and write a list of them to index.md",
        "Rename all .txt files in docs to .md, but only if they are empty",
        "Rename notes.md to guide.md and add a heading to it",
        "Delete all .log files, then count the rest",
        "Rename notes.md to old.py",
        "Delete all .log files in the folder archive.",
        "Rename all .txt files in docs to .md with the date as a prefix",
        "Write hello to a.txt",
    ],
)
def test_a_goal_that_says_more_is_left_to_the_model(goal):
    assert program(goal) == ""


def test_the_part_that_is_said_in_full_is_told_apart_from_the_rest():
    goal = "把 data 文件夹（包括子文件夹）里所有的 .log 文件删掉，其他文件不要动。然后写一个 说明.txt，说明一共删除了几个文件。"
    files = [FileHead(path=path, size=len(text), head=text, lines=1, sha256="0" * 64) for path, text in FOLDER.items()]
    done = ready(goal, reading_of(Task(goal=goal), (), files), files)
    assert done
    assert (done.removes, done.all) == (("data/x.log",), False)
    assert done.told("zh") == "- 已删除 1 个文件：data/x.log"
