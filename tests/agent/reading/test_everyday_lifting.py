"""Files that leave their folders, folders that are left empty, and versions that are not the newest."""

import pytest
from doing import done, named

BOX = named("in/a.txt", "in/b.txt", "top.txt")
DEEP = named("in/a.txt", "in/deep/c.txt", "top.txt")
VERSIONS = named("rep_v1.docx", "rep_v2.docx", "rep_v10.docx", "plan_v1.docx", "notes.txt")
LATEST = named("rep_v10.docx", "plan_v1.docx", "notes.txt")
SCANS = named("scans/may/a.pdf", "scans/may/b.txt", "scans/june/c d.pdf", "scans/top.pdf", "may/plan.txt")
LEVEL = {"scans/a.pdf": "scans/may/a.pdf\n", "scans/b.txt": "scans/may/b.txt\n", "scans/c d.pdf": "scans/june/c d.pdf\n",
         "scans/top.pdf": "scans/top.pdf\n", "may/plan.txt": "may/plan.txt\n"}  # fmt: skip
CASES = named("web/HEADER.CSS", "web/Logo.svg", "web/menu.js", "Read.ME")
LOWER = {"web/header.css": "web/HEADER.CSS\n", "web/logo.svg": "web/Logo.svg\n", "web/menu.js": "web/menu.js\n",
         "Read.ME": "Read.ME\n"}  # fmt: skip
DAYS = named("log 2024-01-05.txt", "log 2024-02-01.txt")
UP = {"a.txt": "in/a.txt\n", "b.txt": "in/b.txt\n", "top.txt": "top.txt\n"}
NAMES = named("John_Smith.pdf", "Mary_Jones.pdf")
SWAPPED = {"Smith_John.pdf": "John_Smith.pdf\n", "Jones_Mary.pdf": "Mary_Jones.pdf\n"}


@pytest.mark.parametrize(
    ("goal", "files", "there"),
    [
        ("Move everything from the folder in to the folder above, then delete the empty folder.", BOX, UP),
        ("把 in 文件夹里的文件都移到上一级，然后删除空文件夹。", BOX, UP),
        ("Please move the files in the folder in one level up.", BOX, UP),
        ("Move all files in the subfolders up into this folder and remove all empty folders.", DEEP,
         {"a.txt": "in/a.txt\n", "c.txt": "in/deep/c.txt\n", "top.txt": "top.txt\n"}),
        ("把所有子文件夹里的文件都移到当前文件夹，再删除空文件夹。", DEEP,
         {"a.txt": "in/a.txt\n", "c.txt": "in/deep/c.txt\n", "top.txt": "top.txt\n"}),
        ("Please move all files from the subfolders of scans directly into scans, under their old names, and remove the "
         "subfolders afterwards.", SCANS, LEVEL),
        ("Move all files in the subfolders of scans to scans and remove the empty folders.", SCANS, LEVEL),
        ("把 scans 各个子文件夹里的文件直接移到 scans 里，文件名不变，再把子文件夹都删掉。", SCANS, LEVEL),
        ("Our server is picky about capital letters. Rename the files in the folder web so that their names are "
         "completely in lower case, without changing what is in them.", CASES, LOWER),
        ("Keep only the newest version of each docx file and delete the older ones.", VERSIONS, LATEST),
        ("每个 docx 文件只保留版本号最高的，其余删除。", VERSIONS, LATEST),
        ("Keep only the latest version of each docx file and move the older ones to old/.", VERSIONS,
         LATEST | {"old/rep_v1.docx": "rep_v1.docx\n", "old/rep_v2.docx": "rep_v2.docx\n"}),
        ("Keep only the newest of each txt file and delete the others.", DAYS, None),
        ("Keep only the newest one of all txt files and delete the others.", DAYS, named("log 2024-02-01.txt")),
        ("Swap first and last name in the file names, so John_Smith.pdf becomes Smith_John.pdf.", NAMES, SWAPPED),
        ("把文件名里的姓和名对调。", NAMES, SWAPPED),
        ("在 in 文件夹里每个文件名前面加上文件夹名和下划线", BOX,
         {"in/in_a.txt": "in/a.txt\n", "in/in_b.txt": "in/b.txt\n", "top.txt": "top.txt\n"}),
        ("Replace the prefix John_ with Jack_ in the names of all pdf files.", NAMES,
         {"Jack_Smith.pdf": "John_Smith.pdf\n", "Mary_Jones.pdf": "Mary_Jones.pdf\n"}),
        ("Change the extension from .txt to .md for all files here. Don't change the contents.", DAYS,
         {"log 2024-01-05.md": "log 2024-01-05.txt\n", "log 2024-02-01.md": "log 2024-02-01.txt\n"}),
    ],
)  # fmt: skip
def test_folders_versions_and_names_become_what_is_said(goal, files, there, tmp_path):
    assert done(goal, files, tmp_path) == there


@pytest.mark.parametrize(
    ("goal", "files"),
    [
        ("Move everything from the folder in one level up.", DEEP),  # the folder in it, too?
        ("Move all files in the subfolders up into this folder.", named("x/a.txt", "y/a.txt")),
        ("Move all files from the subfolders of in into in.", named("in/x/a.txt", "in/y/a.txt")),
        ("Move all files from the subfolders of scans into may.", SCANS),
        # what is no pdf would be lost
        ("Move all pdf files from the subfolders of scans into scans and remove the subfolders.", SCANS),
        ("Remove the subfolders.", SCANS),
        ("Delete all empty folders except in.", BOX),
        ("Delete all folders.", BOX),
        ("Never delete anything. Keep only the newest version of each docx file and delete the others.", VERSIONS),
        ("Keep only the newest version of each docx file and delete the others.", named("r_v1.docx", "r_v2.docx", "r_final.docx")),
        ("Keep only the oldest version of each docx file and delete the others.", VERSIONS),
        ("Keep only the two newest versions of each docx file and delete the others.", VERSIONS),
        ("Keep only the newest version of each docx file.", VERSIONS),
        ("Swap first and last name in the file names.", named("John_Smith.pdf", "Mary_Ann_Jones.pdf")),
        ("Put the folder name in front of each file name.", BOX),  # with what between?
        ("Replace the prefix john_ with Jack_ in the names of all pdf files.", NAMES),
    ],
)  # fmt: skip
def test_what_would_lose_files_or_is_open_is_left_to_a_model(goal, files, tmp_path):
    assert done(goal, files, tmp_path) is None


CHAPTERS = {"ch/01.txt": "one\n", "ch/02.txt": "two"}
PAIR = named("a.txt", "b.txt")


@pytest.mark.parametrize(
    ("goal", "files", "new"),
    [
        ("Write a list of all files with their sizes to index.txt.", PAIR, {"index.txt": "a.txt\t6\nb.txt\t6\n"}),
        ("Create index.txt with the name and the number of lines of every txt file.", PAIR, {"index.txt": "a.txt\t1\nb.txt\t1\n"}),
        ("把所有文件的文件名和大小写到 index.txt，每行一个", PAIR, {"index.txt": "a.txt\t6\nb.txt\t6\n"}),
        ("Join all txt files in ch into book.txt, with the file name as a heading above each.", CHAPTERS,
         {"book.txt": "01.txt\none\n02.txt\ntwo\n"}),
        ("把 ch 里的 txt 文件按文件名顺序合并成 book.md，每个文件前面加上文件名作为标题。", CHAPTERS,
         {"book.md": "# 01.txt\none\n# 02.txt\ntwo\n"}),
        ("Write the name and date of each txt file into index.txt.", PAIR, None),
        ("Write a list of all files with their sizes, largest first, to index.txt.", PAIR, None),
        ("Write a list of all files with their sizes to index.txt.", BOX, None),  # those in folders, too?
        ("Join all txt files into book.txt with the first line as a heading.", PAIR, None),
    ],
)  # fmt: skip
def test_files_are_listed_and_joined_under_their_names(goal, files, new, tmp_path):
    assert done(goal, files, tmp_path) == (None if new is None else files | new)
