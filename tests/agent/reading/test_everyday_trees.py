"""Files copied and moved with their subfolders, or out of them."""

import pytest
from doing import done, named

SETUP = named("main.ini", "a/b.ini", "a/c/d.ini", "a/x.txt")
SAME = named("a.ini", "old/a.ini")
COPIED = {"backup/main.ini": "main.ini\n", "backup/a/b.ini": "a/b.ini\n", "backup/a/c/d.ini": "a/c/d.ini\n"}
SIDE_BY_SIDE = {"backup/main.ini": "main.ini\n", "backup/b.ini": "a/b.ini\n", "backup/d.ini": "a/c/d.ini\n"}


@pytest.mark.parametrize(
    ("goal", "new"),
    [
        ("Copy every .ini file from here and from the subfolders into a new folder called backup, with the same subfolders "
         "inside it. The originals must stay in place, and nothing else goes into backup.", COPIED),
        ("Copy all .ini files, including those in subfolders, to backup/. Keep the folder structure.", COPIED),
        ("Copy all .ini files in this folder and its subfolders to backup/, preserving the directory structure.", COPIED),
        ("把当前文件夹及子文件夹里的 .ini 文件复制到“backup”文件夹，保留原来的目录结构，原文件不要动。", COPIED),
        ("Copy all .ini files in this folder and its subfolders to backup/, without any subfolders in it.", SIDE_BY_SIDE),
        ("把当前文件夹及子文件夹里的 .ini 文件复制到“backup”文件夹，不要保留目录结构。", SIDE_BY_SIDE),
        ("Copy all .ini files in the folder a and its subfolders to backup/ and keep the folder structure.",
         {"backup/b.ini": "a/b.ini\n", "backup/c/d.ini": "a/c/d.ini\n"}),
    ],
)  # fmt: skip
def test_subfolders_come_along_or_not_as_it_is_said(goal, new, tmp_path):
    assert done(goal, SETUP, tmp_path) == SETUP | new


@pytest.mark.parametrize(
    ("goal", "files"),
    [
        ("Copy all .ini files in this folder and its subfolders to backup/.", SETUP),  # in folders again?
        (
            "Copy all .ini files in this folder and its subfolders to backup/, without any subfolders in it.",
            SAME,
        ),  # one would be lost
        ("Copy all .ini files in this folder and its subfolders to backup/, with the same subfolders but flat.", SETUP),
        ("Copy all .ini files to backup/ and keep the folder structure of last year.", SETUP),
    ],
)
def test_copies_that_would_meet_are_left_to_a_model(goal, files, tmp_path):
    assert done(goal, files, tmp_path) is None
