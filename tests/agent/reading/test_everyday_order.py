"""Files that get numbers: in which order, and how the names look."""

import pytest
from doing import done, named

TRIP = named("zhaopian/a.jpg", "zhaopian/c.jpg", "zhaopian/b.jpg", "zhaopian/x.txt")
SHOTS = named("shot9.png", "shot10.png", "shot2.png", "list.txt")
DAYS = named("2024-03-01 zoo.jpg", "2023-12-24 tree.jpg", "2024-01-02 snow.jpg")
NUMBERED = {"zhaopian/春游01.jpg": "zhaopian/a.jpg\n", "zhaopian/春游02.jpg": "zhaopian/b.jpg\n", "zhaopian/春游03.jpg": "zhaopian/c.jpg\n",
            "zhaopian/x.txt": "zhaopian/x.txt\n"}  # fmt: skip
SCREENS = {
    "screen-1.png": "shot2.png\n",
    "screen-2.png": "shot9.png\n",
    "screen-3.png": "shot10.png\n",
    "list.txt": "list.txt\n",
}


@pytest.mark.parametrize(
    ("goal", "files", "there"),
    [
        ("请把 zhaopian 文件夹里的 .jpg 照片按原文件名的先后顺序依次改名为 春游01.jpg、春游02.jpg、春游03.jpg……其他文件不要动。", TRIP, NUMBERED),
        ("把 zhaopian 文件夹里的图片按文件名顺序重命名为 春游01.jpg、春游02.jpg 等", TRIP, NUMBERED),
        ("Rename the photos in zhaopian, in alphabetical order, to 春游01.jpg, 春游02.jpg and so on.", TRIP, NUMBERED),
        ("Rename the png files to screen-1.png, screen-2.png, ... in the order of the numbers in their names.", SHOTS, SCREENS),
        ("把 png 图片按文件名里的数字顺序依次改名为 screen-1.png、screen-2.png、screen-3.png。", SHOTS, SCREENS),
        ("Rename the jpg files to day_1.jpg to day_3.jpg, ordered by the date in their names.", DAYS,
         {"day_1.jpg": "2023-12-24 tree.jpg\n", "day_2.jpg": "2024-01-02 snow.jpg\n", "day_3.jpg": "2024-03-01 zoo.jpg\n"}),
        ("Rename the jpg files to day_010.jpg, day_011.jpg, ... by the dates in their names.", DAYS,
         {"day_010.jpg": "2023-12-24 tree.jpg\n", "day_011.jpg": "2024-01-02 snow.jpg\n", "day_012.jpg": "2024-03-01 zoo.jpg\n"}),
        ("The pictures in the folder zhaopian don't sort properly. Rename them to 春游01.jpg, 春游02.jpg and so on in order of "
         "their old names. Other files in there keep their names.", TRIP, NUMBERED),
    ],
)  # fmt: skip
def test_files_are_numbered_in_the_order_that_is_said(goal, files, there, tmp_path):
    assert done(goal, files, tmp_path) == there


@pytest.mark.parametrize(
    ("goal", "files"),
    [
        ("把 png 图片按文件名顺序依次改名为 screen-1.png、screen-2.png、screen-3.png。", SHOTS),  # shot10 before shot2?
        ("Rename the png files to screen-1.png, screen-2.png, ... in the order of their names.", SHOTS),
        ("把 png 图片改名为 screen-1.png、screen-2.png……", SHOTS),
        ("Rename the png files to screen-1.png, screen-2.png, ... by the date they were taken.", SHOTS),
        ("Rename the png files to screen-1.png, screen-3.png, ... in the order of the numbers in their names.", SHOTS),
        ("Rename the png files to screen-1.png and screen-2.png in the order of the numbers in their names.", SHOTS),  # the third?
        ("Rename the jpg files to day_1.jpg to day_5.jpg, ordered by the date in their names.", DAYS),
        ("Rename the png files to list.txt, list2.txt, ... in the order of the numbers in their names.", SHOTS),
        ("按文件名顺序把照片改名为 春游01.jpg、春游02.jpg……", named("李.jpg", "王.jpg")),
        ("把照片按文件名顺序依次改名为 春游01.jpg、春游02.jpg……", named("李.jpg", "王.jpg")),  # strokes, or sounds?
        ("Rename the photos to t_1.jpg, t_2.jpg, ... in alphabetical order.", named("a.jpg", "b.jpg", "t_1.jpg")),  # there is one
    ],
)  # fmt: skip
def test_an_order_that_is_not_plain_is_left_to_a_model(goal, files, tmp_path):
    assert done(goal, files, tmp_path) is None
