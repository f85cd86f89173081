import hashlib

import pytest

from autogpt.agent.reading.duplicates import listed, to_delete, twins
from autogpt.core.contracts import FileHead

TEXTS = {"in/a.txt": "x", "in/old/b copy.txt": "x", "in/c.txt": "y", "in/old/z.log": "", "in/e.txt": "", "d.txt": "x"}
FILES = [
    FileHead(path=path, size=len(text), head=text, sha256=hashlib.sha256(text.encode()).hexdigest())
    for path, text in TEXTS.items()
]
GOAL = """\
Remove the duplicates from in/ and its subfolders. Files with exactly the same content are duplicates; of each group \
keep only the one whose path comes first in alphabetical order and delete the others. Then write removed.txt with \
the paths of the deleted files, one per line, like this:

in/old/plan copy.txt
"""


@pytest.mark.parametrize(
    ("goal", "paths"),
    [
        (GOAL, ("in/old/b copy.txt", "in/old/z.log")),
        ("删除 in 文件夹里内容相同的重复文件，每组只保留一个。", ("in/old/b copy.txt", "in/old/z.log")),
        ("Delete the duplicates of files: keep one copy.", ("in/a.txt", "in/old/b copy.txt", "in/old/z.log")),
        (GOAL.replace("first in alphabetical order", "the oldest"), ()),
        (
            "Files in in/ with the same content: keep only the one with the shortest path, delete the others.",
            ("in/old/b copy.txt", "in/old/z.log"),
        ),
        (
            "Files in in/ with the same content: keep only the one with the longest path and delete the others.",
            ("in/a.txt", "in/e.txt"),
        ),
        ("Of files in old with the same content keep the one with the shortest name, delete the others.", ()),
        ("Files in in/ with the same content: keep the one with the shortest name, delete the others.", ()),
        ("in 文件夹里内容相同的文件，只保留最短的路径，删除其余的。", ("in/old/b copy.txt", "in/old/z.log")),
        ("List the files in in/ with the same content, first in alphabetical order.", ()),
        ("Remove duplicate lines from d.txt and delete the others; keep one copy.", ()),
    ],
)
def test_all_but_the_first_of_each_group_are_deleted_where_the_goal_says_so(goal, paths):
    assert to_delete(goal, FILES)[0] == paths


@pytest.mark.parametrize(
    ("goal", "made", "wrong"),
    [
        (GOAL, "in/old/b copy.txt\nin/old/z.log\n", ""),
        (GOAL, "in/a.txt\nin/old/b copy.txt\nin/old/z.log\n", "names in/a.txt"),
        (GOAL, "in/old/z.log\n", "does not name in/old/b copy.txt"),
        ("List the files in in/ with the same content in removed.txt.", "a.txt, b copy.txt; z.log, e.txt", ""),
        ("List the files in in/ with the same content in removed.txt.", "in/a.txt, in/c.txt", "does not name"),
    ],
)
def test_the_list_names_the_duplicates_and_no_other_file(tmp_path, monkeypatch, goal, made, wrong):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "removed.txt").write_text(made)
    (check,) = listed(goal.partition("like this")[0], ["removed.txt"], FILES)
    try:
        exec(check.code, {})
        said = ""
    except AssertionError as error:
        said = str(error)
    assert wrong in said
    assert bool(said) == bool(wrong)
    assert listed("Sort the files in in/.", ["removed.txt"], FILES) == ()


def test_a_program_is_told_which_files_are_the_same():
    told = twins("Find the files in in/ that have the same content.", FILES, "en")
    assert told.endswith("in/a.txt, in/old/b copy.txt; in/e.txt, in/old/z.log")
    assert twins("Sort the files in in/.", FILES, "en") == ""


def test_the_duplicates_go_without_a_model_and_the_rest_is_done_by_one(bench):
    bench.files = dict(TEXTS)
    asked = []

    def says(request):
        asked.append(request.messages[-1].content)
        return "in/old/b copy.txt\nin/old/z.log\n```"

    done = bench.work(GOAL, says)
    assert not (done.folder / "in/old/b copy.txt").exists()
    assert (done.folder / "in/a.txt").exists()
    assert (done.folder / "d.txt").exists()
    assert "in/old/b copy.txt" in asked[0]
    assert done.text("removed.txt") == "in/old/b copy.txt\nin/old/z.log\n"
