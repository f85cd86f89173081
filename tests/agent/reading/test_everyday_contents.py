"""Files that are meant by what they hold: by size, by a word in the text."""

import pytest
from doing import done, named

SIZES = {"big.bin": "x" * 1_500, "odd.bin": "x" * 1_010, "small.bin": "y" * 300, "a.txt": "a\n"}
TEXTS = {
    "todo.txt": "buy milk\nTODO: call Bob\n",
    "done.txt": "all well\n",
    "kid.txt": "Bobby sleeps\n",
    "合同.txt": "甲方：北京公司\n",
}


def moved(files, *names, to):
    return {f"{to}/{path}" if path in names else path: text for path, text in files.items()}


@pytest.mark.parametrize(
    ("goal", "files", "there"),
    [
        ("Move all files larger than 1.2 KB to big/.", SIZES, moved(SIZES, "big.bin", to="big")),
        ("把小于 500 字节的 .bin 文件移到“小”文件夹", SIZES, moved(SIZES, "small.bin", to="小")),
        ("Delete every .bin file that is bigger than 1.2 kilobytes, leave the rest alone.", SIZES,
         {path: text for path, text in SIZES.items() if path != "big.bin"}),
        ("Move every txt file whose text contains the word TODO to open/.", TEXTS, moved(TEXTS, "todo.txt", to="open")),
        ("Move all txt files that contain the word TODO into the folder open.", TEXTS, moved(TEXTS, "todo.txt", to="open")),
        ("把内容里包含“北京”的 txt 文件移到“北京”文件夹，其他文件不要动。", TEXTS, moved(TEXTS, "合同.txt", to="北京")),
        ("List the names of all txt files that contain the word TODO in found.txt.", TEXTS, TEXTS | {"found.txt": "todo.txt\n"}),
        ("Delete all txt files that mention milk.", TEXTS, {path: text for path, text in TEXTS.items() if path != "todo.txt"}),
    ],
)  # fmt: skip
def test_files_are_chosen_by_what_they_hold(goal, files, there, tmp_path):
    assert done(goal, files, tmp_path) == there


@pytest.mark.parametrize(
    ("goal", "files"),
    [
        ("Move all files larger than 1 KB to big/.", SIZES),  # of 1,000 bytes, or of 1,024?
        ("Move all files larger than average to big/.", SIZES),
        ("Move the largest file to big/.", SIZES),
        ("Move all files not larger than 1.2 KB to small/.", SIZES),
        ("Delete all files larger than 1.2 KB or older than a year.", SIZES),
        ("Delete all txt files that mention Bob.", TEXTS),  # Bobby, too?
        ("Delete all txt files that mention todo.", TEXTS),  # TODO, too?
        ("Delete all txt files that don't mention milk.", TEXTS),
        ("把内容里不包含“北京”的 txt 文件删掉", TEXTS),
        ("Delete all txt files that mention milk or honey.", TEXTS),
        ("Delete all txt files that mention milk.", TEXTS | {"milk.txt": "none\n"}),  # the name, too?
        (
            "Move all files that mention milk to old/.",
            {**TEXTS, "a.pdf": ""} | {"long.txt": "x" * 5_000},
        ),  # not seen to its end
    ],
)
def test_what_files_hold_must_be_plain(goal, files, tmp_path):
    assert done(goal, files, tmp_path) is None


IMAGES = named("IMG_1.jpg", "IMG_2.jpg")


@pytest.mark.parametrize(
    ("goal", "files"),
    [
        ("把图片移到 pics，例如 IMG_1.jpg 移到 pics/01.jpg", IMAGES),
        ("Move the pictures to pics/, for example IMG_1.jpg goes to pics/01.jpg.", IMAGES),
        ("Put the folder's name in front of the names of the files in each folder, e.g. in/a.txt becomes in/in_a.txt.",
         named("in/a.txt", "in/b.txt", "out/c.txt")),
    ],
)  # fmt: skip
def test_an_example_that_says_more_than_the_rule_is_not_followed(goal, files, tmp_path):
    assert done(goal, files, tmp_path) is None
