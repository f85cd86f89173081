"""Files moved, copied and deleted by a rule, folders made: where the goal says all of it, without a model."""

import pytest
from doing import done, named

OFFICE = named("合同A.docx", "合同B公司.docx", "发票1.pdf", "报价合同.txt", "说明.txt")
PHOTOS = named("IMG_20230105.jpg", "IMG_20240101.jpg", "beach 2023-07-04.png", "cover.jpg", "notes.txt", "draft_1.txt")
LOGS = {**named("x.log", "keep.log", "data/z.log", "a.txt", "y.tmp", "~lock.txt", ".git.tmp"), "none.txt": ""}
REPORTS = named("rep_2023-01.txt", "rep_2023-02.txt", "rep_2024-01.txt", "read.md")


@pytest.mark.parametrize(
    ("goal", "files", "moves"),
    [
        (
            "新建文件夹“合同归档”，把文件名以“合同”开头的文件都移进去，其余留在原处。", OFFICE,
            {"合同A.docx": "合同归档", "合同B公司.docx": "合同归档"},
        ),
        ("把所有名字里带“合同”的文件移动到“合同”文件夹。", OFFICE,
         {"合同A.docx": "合同", "合同B公司.docx": "合同", "报价合同.txt": "合同"}),
        ("把所有 .docx 文件移到“文档”，把 .pdf 文件移到“票据”。", OFFICE,
         {"合同A.docx": "文档", "合同B公司.docx": "文档", "发票1.pdf": "票据"}),
        ("把2023年的照片放到 2023 文件夹里", PHOTOS, {"IMG_20230105.jpg": "2023", "beach 2023-07-04.png": "2023"}),
        ("put all photos from 2023 into 2023/", PHOTOS, {"IMG_20230105.jpg": "2023", "beach 2023-07-04.png": "2023"}),
        ("Please move everything that starts with draft_ to drafts/, thanks!", PHOTOS, {"draft_1.txt": "drafts"}),
        ("Create a folder called pictures and move every png there. Leave everything else where it is.", PHOTOS,
         {"beach 2023-07-04.png": "pictures"}),
        ("Move the png files to a new folder named png and the txt files to texts.", PHOTOS,
         {"beach 2023-07-04.png": "png", "notes.txt": "texts", "draft_1.txt": "texts"}),
        ("Move all jpg files except cover.jpg to pics/", PHOTOS, {"IMG_20230105.jpg": "pics", "IMG_20240101.jpg": "pics"}),
        ("Move all jpg files to pics/, but leave cover.jpg where it is.", PHOTOS,
         {"IMG_20230105.jpg": "pics", "IMG_20240101.jpg": "pics"}),
        ("Move every file that contains 2023-0 in its name to archive/2023", REPORTS,
         {"rep_2023-01.txt": "archive/2023", "rep_2023-02.txt": "archive/2023"}),
        ("Sort the txt files into folders by year (2023, 2024).", REPORTS,
         {"rep_2023-01.txt": "2023", "rep_2023-02.txt": "2023", "rep_2024-01.txt": "2024"}),
        ("Sort the txt files into folders by month, like 2023-01.", REPORTS,
         {"rep_2023-01.txt": "2023-01", "rep_2023-02.txt": "2023-02", "rep_2024-01.txt": "2024-01"}),
        ("按扩展名把这个文件夹里的文件分到各自的子文件夹里", REPORTS,
         {"rep_2023-01.txt": "txt", "rep_2023-02.txt": "txt", "rep_2024-01.txt": "txt", "read.md": "md"}),
    ],
)  # fmt: skip
def test_files_are_moved_by_what_their_names_say_and_all_else_stays(goal, files, moves, tmp_path):
    after = {(f"{moves[path]}/{path}" if path in moves else path): text for path, text in files.items()}
    assert done(goal, files, tmp_path) == after


@pytest.mark.parametrize(
    ("goal", "copies"),
    [
        ("copy all .txt files to backup/", {path: f"backup/{path}" for path in REPORTS if path.endswith(".txt")}),
        ("Make a backup copy of every Markdown file in a folder called safe.", {"read.md": "safe/read.md"}),
        ("Copy every md to a new folder called docs, keep the originals.", {"read.md": "docs/read.md"}),
        ("Copy read.md to read_old.md", {"read.md": "read_old.md"}),
        ("将所有文件名以“rep_2024”开头的文件复制一份到“备份”目录，原文件不要动",
         {"rep_2024-01.txt": "备份/rep_2024-01.txt"}),
    ],
)  # fmt: skip
def test_files_are_copied_by_the_same_rules(goal, copies, tmp_path):
    assert done(goal, REPORTS, tmp_path) == REPORTS | {new: REPORTS[old] for old, new in copies.items()}


@pytest.mark.parametrize(
    ("goal", "gone"),
    [
        ("Delete all log files.", {"x.log", "keep.log", "data/z.log"}),
        ("Delete the .log files in data", {"data/z.log"}),
        ("Delete all .log files but keep keep.log", {"x.log", "data/z.log"}),
        ("Delete all .log files other than keep.log", {"x.log", "data/z.log"}),
        ("Delete all .log files excluding keep.log.", {"x.log", "data/z.log"}),
        ("Delete all .log files with z in the name", {"data/z.log"}),
        ("删除所有 .log 文件，但保留 keep.log", {"x.log", "data/z.log"}),
        ("delete all .tmp files, also in subfolders", {"y.tmp"}),
        ("Remove all empty files.", {"none.txt"}),
        ("删除所有空文件，其他文件不要动", {"none.txt"}),
        ("Could you get rid of the files starting with ~ but keep the rest?", {"~lock.txt"}),
        ("把以“~”开头的文件都删掉。", {"~lock.txt"}),
    ],
)
def test_files_are_deleted_by_a_rule_and_what_the_goal_keeps_is_kept(goal, gone, tmp_path):
    assert done(goal, LOGS, tmp_path) == {path: text for path, text in LOGS.items() if path not in gone}


LISTS = {"cities.txt": "Rome\nOslo\n", "城市.txt": "北京\n上海\n", "bad.txt": "Rome, Italy\nOslo\n"}


@pytest.mark.parametrize(
    ("goal", "folders"),
    [
        ("create folders for Q1 to Q4", ["Q1", "Q2", "Q3", "Q4"]),
        ("Create folders for October to December", ["October", "November", "December"]),
        ("Make folders 09 to 11 in 2025/", ["2025/09", "2025/10", "2025/11"]),
        ("Create the folders inbox, done and later.", ["inbox", "done", "later"]),
        ("新建三个文件夹：文档、图片、视频", ["文档", "图片", "视频"]),
        ("Make a folder for each line of cities.txt.", ["Rome", "Oslo"]),
        ("为 城市.txt 里的每个城市建一个文件夹", ["北京", "上海"]),
    ],
)
def test_folders_are_made_from_ranges_and_lists(goal, folders, tmp_path):
    assert done(goal, LISTS, tmp_path) == LISTS | {f"{folder}/": "" for folder in folders}


@pytest.mark.parametrize(
    ("goal", "files"),
    [
        ("Move all jpg files to pics/", named("a.jpg", "sub/b.jpg")),  # those of subfolders, too?
        ("Move all jpg files to pics/", named("a.jpg", "pics/a.jpg")),  # one would be lost
        ("Move all jpg files to pics/", named("a.jpg", "Pics/b.jpg")),  # the same folder?
        ("Move all files to archive/", named("a.jpg", "sub/b.jpg")),
        ("Move all files that start with draft to drafts/", named("draft1.txt", "Draft2.txt")),
        ("Move all files from 2023 to archive/", named("a 2023.txt", "2023/b.txt")),  # the year or the folder?
        ("Sort the files into folders by year", named("a 2023.txt", "b.txt")),
        ("Sort the files into folders by month", named("a 2023-01.txt")),  # how are the folders called?
        ("Sort the files into folders by type", named("a.txt", "b.jpg")),
        ("Make a folder for each line of bad.txt.", LISTS),
        ("Make a folder for every European city in cities.txt.", LISTS),
        ("Create a folder structure.", LISTS),
        ("新建文件夹来存放照片", LISTS),
        ("新建三个文件夹", LISTS),
        ("把所有 txt 文件移到最后", LISTS),
        ("Move all contracts that expire next month to urgent/", OFFICE),
        ("把过期的合同移到“归档”文件夹", OFFICE),
        ("把大于1MB的文件移到“大文件”文件夹", OFFICE),
        ("把 .docx 文件移到“文档”文件夹，并写一份清单 list.txt", OFFICE),
        ("Move all txt files to the trash.", REPORTS),
        ("Move all txt files to notes/ if there are more than five.", REPORTS),
        ("Don't move any txt files to old/", REPORTS),
        ("Should I move all txt files to old/?", REPORTS),
        ("Write a script that moves all txt files to old/", REPORTS),
        ("I already moved all txt files to old/.", REPORTS),
        ("Copy all txt files to ../backup", REPORTS),
        ("Copy all txt files to backup/ and zip the folder", REPORTS),
        ("Copy read.md to the clipboard", REPORTS),
        ("I want all txt files in French", REPORTS),
        ("Copy all md files to backup/, including subfolders", REPORTS),  # in folders again?
        ("Delete all files.", LOGS),
        ("Delete the log file", LOGS),  # there are three
        ("Delete everything except a.txt", LOGS),
        ("Delete all old files.", {**LOGS, "x.old": "x"}),
        ("Delete all .log files older than 30 days", LOGS),
        ("Delete all .tmp files and all empty folders", LOGS),
        ("Delete all .tmp files or move them to old/", LOGS),
        ("Ask me before you delete all tmp files", LOGS),
        ("The instruction “delete all tmp files” is dangerous.", LOGS),
        ("删除所有空文件吗？", LOGS),
        ("先备份再删除所有 .log 文件", LOGS),
        ("把没用的文件都删掉", LOGS),
        ("清空所有 tmp 文件", LOGS),
    ],
)
def test_what_is_open_or_says_more_is_left_to_a_model(goal, files, tmp_path):
    assert done(goal, files, tmp_path) is None
