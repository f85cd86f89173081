"""Everyday work with more words around it: stories, examples, remarks, numbers of one length, lists of what was done."""

import pytest
from doing import done, named

SCANS = {"scan01.txt": "Invoice\n", "scan02.txt": "", "cover.csv": "", "list.csv": "a,b\n"}
RECEIPTS = named("receipts/receipt-2.txt", "receipts/receipt-10.txt", "receipts/receipt-113.txt", "receipt-5.md")
TRIP = named("p1.jpg", "p2.jpg", "report.docx", "letter.docx", "a.tmp", "春游.txt")
TEXTS = {"list.txt": "pear\nfig\npear\n", "cities.txt": "Bonn\nLyon\n", "名单.txt": "张三\n李四\n", "x.md": "a  \n"}
PADDED = {"receipts/receipt-2.txt": "receipts/receipt-002.txt", "receipts/receipt-10.txt": "receipts/receipt-010.txt"}
PREFIXED = {"p1.jpg": "trip_p1.jpg", "p2.jpg": "trip_p2.jpg"}
SORTED_OUT = {"p1.jpg": "photos/p1.jpg", "p2.jpg": "photos/p2.jpg"}
NESTED = named("a.bak", "sub/b.bak", "keep.txt")


def after(files, renames=None, gone=(), new=None):
    renames = renames or {}
    return {renames.get(path, path): text for path, text in files.items() if path not in gone} | (new or {})


@pytest.mark.parametrize(
    ("goal", "files", "there"),
    [
        ("My desk is a mess. Move all jpg files into photos/ and leave everything else as it is.",
         TRIP, after(TRIP, SORTED_OUT)),
        ("Hi! We came back from Spain last week. Please put all jpg files into a folder called photos. Thanks a lot!",
         TRIP, after(TRIP, SORTED_OUT)),
        ("上周去了西班牙。麻烦把所有 jpg 文件移到 photos 文件夹，别的都不动，谢谢！", TRIP, after(TRIP, SORTED_OUT)),
        ("The disk is almost full. Could you delete all .tmp files?", TRIP, after(TRIP, gone=["a.tmp"])),
        ("能不能帮我把所有 .tmp 文件删掉？其余文件不动。", TRIP, after(TRIP, gone=["a.tmp"])),
        ("Please delete the empty files here; our backup program makes them.",
         SCANS, after(SCANS, gone=["scan02.txt", "cover.csv"])),
        ("There are empty files in this folder. Delete them.", SCANS, after(SCANS, gone=["scan02.txt", "cover.csv"])),
        ("扫描仪老是留下空文件，请把大小为0的文件都删掉。", SCANS, after(SCANS, gone=["scan02.txt", "cover.csv"])),
        ("Delete every file here that has 0 bytes.", SCANS, after(SCANS, gone=["scan02.txt", "cover.csv"])),
    ],
)  # fmt: skip
def test_a_story_that_asks_for_nothing_is_left_out(goal, files, there, tmp_path):
    assert done(goal, files, tmp_path) == there


@pytest.mark.parametrize(
    ("goal", "files"),
    [
        ("Bob is working on the report. Delete all docx files.", TRIP),
        ("Most photos are blurry. Delete them.", TRIP),
        ("Some of the files in receipts are old. Delete them.", RECEIPTS),
        ("The files in receipts are in the wrong place. Delete all md files.", RECEIPTS),
        ("The photos from Spain are precious. Delete all jpg files.", TRIP),
        ("I only want the jpg files of this year. Delete all jpg files.", TRIP),
        ("a.tmp belongs to Word. Delete all .tmp files.", TRIP),
        ("Blurred photos annoy me. Move the jpg files into x/.", TRIP),
        ("Every second photo is blurred. Delete the jpg files.", TRIP),
        ("jpg 文件里有两张是妈妈拍的。把 jpg 文件都删掉。", TRIP),
        ("My sister drew p1. Delete all jpg files.", TRIP),
        ("Anything from Bob is junk. Delete all jpg files.", TRIP),
        ("The plan says: pictures stay. Delete all jpg files.", TRIP),
        ("Delete all .tmp files. Those older than a week.", TRIP),
        ("Delete all .tmp files. From last year.", TRIP),
        ("Move all jpg files into photos/. Rotate each by 90 degrees.", TRIP),
        ("Move all jpg files into photos/. Shrink them.", TRIP),
        ("把 jpg 文件移到 photos 文件夹。顺便压缩。", TRIP),
        ("删除所有 tmp 文件。先问我。", TRIP),
        ("The a server is our live one. Delete all .tmp files.", TRIP),
        ("My boss likes January. Delete all .tmp files.", TRIP),
        ("二月的数据是新的。删除所有 tmp 文件。", TRIP),
        ("Move all jpg files into photos/. The smallest goes to thumbs.", TRIP),
        ("Add the prefix trip_ to all jpg files. Their extension becomes jpeg.", TRIP),
        ("Our style guide has capital letters. Add the prefix trip_ to all jpg files.", TRIP),
        ("如果文件是空的就告诉我。删除所有 tmp 文件。", TRIP),
        ("我有一份重要的文件。把所有 tmp 文件删掉。", TRIP),
        ("Could I delete all .tmp files? Which ones are there?", TRIP),
    ],
)
def test_a_story_that_may_say_which_files_is_not(goal, files, tmp_path):
    assert done(goal, files, tmp_path) is None


@pytest.mark.parametrize(
    ("goal", "there"),
    [
        ("Add the prefix trip_ to all jpg files, so p1.jpg becomes trip_p1.jpg. Don't touch other files.",
         after(TRIP, PREFIXED)),
        ("Can you give all jpg files the prefix trip_, e.g. trip_p1.jpg?", after(TRIP, PREFIXED)),
        ("帮我给所有 jpg 文件的文件名加上前缀“trip_”，例如 p1.jpg 变成 trip_p1.jpg，内容不变，其他地方的文件不要动。",
         after(TRIP, PREFIXED)),
        ("Add the prefix trip_ to all jpg files, so p1.jpg becomes p1_trip.jpg.", None),
        ("Add the prefix trip_ to all jpg files, like trip-p1.jpg.", None),
        ("给所有 jpg 文件的文件名前面加上“trip_”，比如 p1.jpg 变成 p1_trip.jpg。", None),
    ],
)  # fmt: skip
def test_an_example_must_be_what_the_rule_gives(goal, there, tmp_path):
    assert done(goal, TRIP, tmp_path) == there


@pytest.mark.parametrize(
    ("goal", "there"),
    [
        ("Would you please delete all .bak files, subfolders too?", after(NESTED, gone=["a.bak", "sub/b.bak"])),
        ("Delete all .bak files in this folder, not in subfolders. Keep the contents.", after(NESTED, gone=["a.bak"])),
        ("删除所有 bak 文件（包括子文件夹），其余不动。", after(NESTED, gone=["a.bak", "sub/b.bak"])),
        ("删除所有 bak 文件（不含子文件夹），其余不动。", after(NESTED, gone=["a.bak"])),
    ],
)
def test_a_remark_says_whether_subfolders_are_meant(goal, there, tmp_path):
    assert done(goal, NESTED, tmp_path) == there


@pytest.mark.parametrize(
    ("goal", "files", "there"),
    [
        ("The files in the folder receipts sort badly (receipt-10 comes before receipt-2). Could you rename them so the "
         "number always has three digits, like receipt-002.txt?", RECEIPTS, after(RECEIPTS, PADDED)),
        ("Pad the numbers in the names of the files in receipts to 3 digits.", RECEIPTS, after(RECEIPTS, PADDED)),
        ("把 receipts 里的文件重命名，让编号都是三位数，例如 receipt-002.txt。", RECEIPTS, after(RECEIPTS, PADDED)),
        ("把 receipts 文件夹里文件名中的数字统一补成三位，例如 receipt-2.txt 变成 receipt-002.txt。",
         RECEIPTS, after(RECEIPTS, PADDED)),
        ("Rename the files in receipts so the number always has two digits.", RECEIPTS, None),  # 113 has three
        ("Rename the files in receipts so the number always has three digits, like receipt-02.txt.", RECEIPTS, None),
        ("Pad the numbers in the names of the txt files to 3 digits.", named("a1-b2.txt"), None),
        ("Pad the numbers in the names of the txt files to 2 digits.", named("a1.txt", "a01.txt"), None),
    ],
)  # fmt: skip
def test_numbers_in_names_get_one_length(goal, files, there, tmp_path):
    assert done(goal, files, tmp_path) == there


@pytest.mark.parametrize(
    ("goal", "files", "there"),
    [
        ("Our scanner leaves empty files behind. Delete every file in this folder that has 0 bytes and list the names of "
         "the deleted ones in deleted.txt, one per line.",
         SCANS, after(SCANS, gone=["scan02.txt", "cover.csv"], new={"deleted.txt": "cover.csv\nscan02.txt\n"})),
        ("把所有 jpg 文件移到 photos/，并把移动的文件名写到 moved.txt，一行一个",
         TRIP, after(TRIP, SORTED_OUT, new={"moved.txt": "p1.jpg\np2.jpg\n"})),
        ("Delete all .bak files, also in subfolders, and list the deleted files in gone.txt.", NESTED, None),
        ("Delete all .tmp files and list the deleted files in report.docx.", TRIP, None),
        ("Delete all .tmp files and list the moved files in moved.txt.", TRIP, None),
        ("Add the prefix trip_ to all jpg files and list the renamed files in x.txt.", TRIP, None),  # old names, or new?
    ],
)  # fmt: skip
def test_what_was_done_is_listed(goal, files, there, tmp_path):
    assert done(goal, files, tmp_path) == there


@pytest.mark.parametrize(
    ("goal", "changed"),
    [
        ("list.txt contains duplicate lines. Remove them.", {"list.txt": "pear\nfig\n"}),
        ("list.txt 里有重复行，麻烦去掉，然后按字母顺序排序。", {"list.txt": "fig\npear\n"}),
        ("Clean list.txt: remove duplicate lines and sort it alphabetically.", {"list.txt": "fig\npear\n"}),
        ("Take list.txt, sort its lines and save the result as s.txt.", {"s.txt": "fig\npear\npear\n"}),
        ("整理 list.txt：去掉重复行，然后按字母顺序排序。", {"list.txt": "fig\npear\n"}),
        ("x.md has trailing spaces. Please get rid of them.", {"x.md": "a\n"}),
        ("cities.txt lists cities. Create a folder for each of them.", {"Bonn/": "", "Lyon/": ""}),
        ("cities.txt contains the names of our cities, one per line. Make a folder for each city.",
         {"Bonn/": "", "Lyon/": ""}),
        ("名单.txt 里列了我们班的同学名单。请为每个同学新建一个文件夹。", {"张三/": "", "李四/": ""}),
        ("cities.txt lists cities. Create a folder for each country.", None),
        ("cities.txt contains names. Remove them.", None),
        ("list.txt has duplicate lines. Delete it.", None),
    ],
)  # fmt: skip
def test_a_text_that_is_named_first_is_the_one_that_is_meant(goal, changed, tmp_path):
    assert done(goal, TEXTS, tmp_path) == (None if changed is None else TEXTS | changed)
