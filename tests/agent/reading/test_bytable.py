"""Files are renamed by what a table says of them, where one example shows how and no condition is told."""

import pytest

from autogpt.agent.reading.bytable import alike
from autogpt.core.contracts import FileHead

HOMEWORK = (
    "请对照 名单.csv 在学号后面加上姓名，例如 2025001.txt 改成 2025001_王芳.txt，扩展名不变。名单里查不到的文件别动。"
)
PHOTOS = "Rename the photos by plants.csv, for example 17.jpg becomes rose.jpg. Files that are not in the list stay as they are."
LIST = "学号,姓名\n2025001,王芳\n2025003,李国强\n2025004,马丽\n"
PLANTS = "number,plant,place\n17,rose,yard\n18,oak,wood\n19,oak,wood\n20,elm,elm\n"


def moves(goal, old, new, **texts):
    files = [FileHead(path=path, size=len(text.encode()), head=text) for path, text in texts.items()]
    return dict(alike(goal, old, new, files))


def homework(goal):
    papers = dict.fromkeys(
        ("作业/2025001.txt", "作业/2025003.md", "作业/2025099.txt", "作业/说明.txt", "2025004.txt"), "-"
    )
    return moves(goal, "作业/2025001.txt", "作业/2025001_王芳.txt", **{"名单.csv": LIST}, **papers)


def photos(goal, *names, example=("17.jpg", "rose.jpg")):
    return moves(goal, *example, **{"plants.csv": PLANTS}, **dict.fromkeys(names, ""))


def test_what_is_added_is_looked_up_for_each_file():
    assert homework(HOMEWORK) == {
        "作业/2025001.txt": "作业/2025001_王芳.txt",
        "作业/2025003.md": "作业/2025003_李国强.md",
    }


def test_the_whole_name_may_come_from_the_table():
    assert photos(PHOTOS, "17.jpg", "18.jpg", "99.jpg", "20.png") == {"17.jpg": "rose.jpg", "18.jpg": "oak.jpg"}


def test_what_a_table_tells_of_one_file_is_not_given_to_all():
    goal = "Sort the photos by plants.csv: photos/17.jpg becomes photos/yard/17_rose.jpg."
    files = dict.fromkeys(("photos/17.jpg", "photos/18.jpg"), "")
    assert moves(goal, "photos/17.jpg", "photos/yard/17_rose.jpg", **{"plants.csv": PLANTS}, **files) == {}


@pytest.mark.parametrize(
    ("goal", "names", "example"),
    [
        # Two would get one name; a name is taken; one file alone shows no rule; two columns fit.
        (PHOTOS, ("17.jpg", "18.jpg", "19.jpg"), ("17.jpg", "rose.jpg")),
        (PHOTOS, ("17.jpg", "18.jpg", "oak.jpg"), ("17.jpg", "rose.jpg")),
        (PHOTOS, ("17.jpg",), ("17.jpg", "rose.jpg")),
        (PHOTOS, ("20.jpg", "17.jpg"), ("20.jpg", "elm.jpg")),
        (PHOTOS + " Do not rename those of the wood.", ("17.jpg", "18.jpg"), ("17.jpg", "rose.jpg")),
        (PHOTOS, ("17.jpg", "18.jpg"), ("17.jpg", "Rose.jpg")),
    ],
)
def test_nothing_is_renamed_where_it_is_not_clear(goal, names, example):
    assert photos(goal, *names, example=example) == {}
