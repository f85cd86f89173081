"""What a goal says in full is done without a model; where it says more, a model is asked."""

import subprocess
import sys
from hashlib import sha256

import pytest

from autogpt.agent.reading.compile import implied
from autogpt.agent.reading.ready import ready
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


def test_endings_in_capitals_become_small_ones_and_what_is_said_besides_asks_for_nothing():
    names = ("rec/a North.WAV", "rec/b.WAV", "rec/c.wav", "rec/b.WAV.md5", "rec/SETTINGS.TXT")
    files = [FileHead(path=path, size=1, sha256=sha256(path.encode()).hexdigest()) for path in names]
    goal = (
        "Our recorder writes its extension in capitals and our tool chokes on that. Please rename every *.WAV in the "
        "folder rec to *.wav (rest of the name stays as it is, leave everything else alone)"
    )
    done = ready(goal, reading_of(Task(goal=goal), (), files), files)
    assert done is not None
    assert (dict(done.moves), done.all) == ({"rec/a North.WAV": "rec/a North.wav", "rec/b.WAV": "rec/b.wav"}, True)


COPIES = """My notes folder is full of copies. Look through docs and all its subfolders for files with exactly the same
content, keep only the one with the shortest file name out of each such group, and delete the others. {more}"""


@pytest.mark.parametrize(
    ("more", "gone"),
    [
        ("List what you deleted in removed.txt, one path per line.", ("docs/old/a copy.txt",)),
        ("Before that, write the names of all files to removed.txt.", None),
        ("Put a backup of what you delete into backup.zip.", None),
    ],
)
def test_copies_are_deleted_and_the_rest_is_left_to_a_model(more, gone):
    texts = {"docs/a.txt": "one\n", "docs/old/a copy.txt": "one\n", "docs/b.txt": "two\n"}
    files = [
        FileHead(path=path, size=len(text), head=text, lines=1, sha256=sha256(text.encode()).hexdigest())
        for path, text in texts.items()
    ]
    goal = COPIES.format(more=more)
    done = ready(goal, reading_of(Task(goal=goal), (), files), files)
    assert (done.removes if done else None) == gone
    assert done is None or not done.all


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


STYLES = ["articles/Why We Moved.md", "articles/faq.md", "Read Me.TXT"]


@pytest.mark.parametrize(
    ("goal", "moves"),
    [
        (
            "articles/: file names to lower case, spaces to hyphens. Nothing else, don't touch the contents.",
            {"articles/Why We Moved.md": "articles/why-we-moved.md"},
        ),
        ("Replace all spaces in the file names with underscores.",
         {"articles/Why We Moved.md": "articles/Why_We_Moved.md", "Read Me.TXT": "Read_Me.TXT"}),
        ("请把 articles 文件夹里的文件名都改成小写", {"articles/Why We Moved.md": "articles/why we moved.md"}),
        ("File names to lower case, and write a list of them to list.txt.", {}),
        ("Should file names be in lower case?", {}),
        ("File names to lower case, except for faq.md.", {}),
    ],
)  # fmt: skip
def test_the_style_of_file_names_is_changed_where_nothing_else_is_asked_for(goal, moves):
    files = [FileHead(path=path, size=1, head="x", lines=1, sha256="0" * 64) for path in STYLES]
    done = ready(goal, reading_of(Task(goal=goal), (), files), files)
    assert (dict(done.moves) if done and done.all else {}) == moves


PHOTOS = ["photos/IMG_20240105_sea.jpg", "photos/IMG_20231224_tree.jpg", "photos/cover.jpg"]


@pytest.mark.parametrize(
    ("goal", "moved", "whole"),
    [
        (
            "The photos in photos are named like IMG_20240105_sea.jpg. Move each into a folder per year: "
            "photos/2024/01-05_sea.jpg. Leave the others where they are.", 2, True,
        ),
        ("Rename the photos, e.g. photos/IMG_20240105_sea.jpg becomes photos/sea.jpg, then write a list of them to list.md.", 2, False),
        ("Rename only those of 2024: photos/IMG_20240105_sea.jpg becomes photos/sea.jpg.", 0, False),
    ],
)  # fmt: skip
def test_files_are_moved_like_the_example(goal, moved, whole):
    files = [FileHead(path=path, size=1, head="", sha256=f"{at}" * 64) for at, path in enumerate(PHOTOS)]
    reading = reading_of(Task(goal=goal), (), files)
    done = ready(goal, reading, files)
    assert (len(done.moves) if done else 0, bool(done and done.all)) == (moved, whole)
    kept = [check for check in implied(goal, reading, files) if check.kind == "file_unchanged"]
    assert len(kept) == moved


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
        "Rename docs/a.txt to c.txt",
        "Rename the function get_usr to get_user",
        "Rename the variable x to total in old.py",
        "Copy notes.md to backup.md before you delete notes.md",
        "Summarise notes.md in summary.md, then delete notes.md",
        "Delete tmp.log after reading it",
        "Write clean.py, then delete all .log files in data",
    ],
)
def test_a_goal_that_says_more_is_left_to_the_model(goal):
    assert program(goal) == ""


@pytest.mark.parametrize(
    "goal",
    [
        "Delete all .log files older than 30 days",
        "Delete all .log files listed in notes.md",
        "Remove all .log file references in notes.md",
        "Do not delete all .log files.",
        "Don't delete notes.md, it is important",
        "How do I delete all .log files in data?",
        "Should I delete notes.md?",
        "Explain how to rename notes.md to guide.md.",
        "List the files you would delete if asked to delete all .log files",
        'old.py says "delete all .log files"; is that right?',
        "Undo: yesterday I asked you to rename notes.md to guide.md",
        "Rename notes.md to guide.md provided that it has a heading",
        "Write clean.sh, a script to delete all .log files",
        "Delete notes.md's second line",
        "Remove notes.md from the list in old.py",
        "Rename the function get_usr to something clearer everywhere",
        "Rename the function get_usr to get_user everywhere, with get_usr as an alias",
        "Rename all .txt files that are empty to .md",
        "Change all .txt files into .csv",
        "In the folder docs, rename all .txt files to .md.",
        "Remind me to delete notes.md",
        "Append to old.py: delete notes.md",
        "Write mail.txt asking Bob to rename notes.md to guide.md.",
        "Pretend to delete all .log files in data",
        "写一封邮件 mail.txt，请小王删除 notes.md",
        "不要删除 data 里的所有 .log 文件",
        "如何把 notes.md 重命名为 guide.md？",
        "如果 old.py 为空，把 notes.md 重命名为 guide.md",
        "删除 notes.md 中的空行",
        "把 data 文件夹里所有的 .log 文件删除会怎样？",
        "把变量 x 改为 int",
    ],
)
def test_what_is_no_order_or_not_for_every_file_moves_none_and_demands_it_of_none(goal):
    files = [FileHead(path=path, size=len(text), head=text, lines=1, sha256="0" * 64) for path, text in FOLDER.items()]
    reading = reading_of(Task(goal=goal), (), files)
    assert ready(goal, reading, files) is None
    assert [c for c in implied(goal, reading, files) if c.kind in ("file_absent", "file_unchanged")] == []


@pytest.mark.parametrize(
    "goal",
    [
        "Can you please rename notes.md to guide.md?",
        "I want you to delete all .log files in data.",
        "Please delete tmp.log. Do not touch anything else.",
    ],
)
def test_a_polite_order_is_one(goal):
    assert program(goal)


def test_the_part_that_is_said_in_full_is_told_apart_from_the_rest():
    goal = "把 data 文件夹（包括子文件夹）里所有的 .log 文件删掉，其他文件不要动。然后写一个 说明.txt，说明一共删除了几个文件。"
    files = [FileHead(path=path, size=len(text), head=text, lines=1, sha256="0" * 64) for path, text in FOLDER.items()]
    done = ready(goal, reading_of(Task(goal=goal), (), files), files)
    assert done
    assert (done.removes, done.all) == (("data/x.log",), False)
    assert done.told("zh") == "- 已删除 1 个文件：data/x.log"


def test_a_function_is_renamed_everywhere_whatever_is_said_of_its_file():
    files = [
        FileHead(path=path, size=len(text), head=text, lines=1, sha256="0" * 64)
        for path, text in {"orders.py": "def get():\n    pass\n", "use.py": "from orders import get\n"}.items()
    ]
    for goal, names in (
        ("Rename the function get in orders.py to load, everywhere. Do not leave the old name as an alias.", 1),
        ("Rename the function get in orders.py to load.", 0),
        ("Rename the function get in orders.py to load, everywhere, and keep the old name as an alias.", 0),
    ):
        done = ready(goal, reading_of(Task(goal=goal), (), files), files)
        assert len(done.names if done else ()) == names, goal
