"""What one file's path becomes says what becomes of those that are named alike."""

import pytest

from autogpt.agent.reading.byexample import moves_like, spread

PHOTOS = [
    "photos/IMG_20240105_sea.jpg",
    "photos/IMG_20240117_old_barn.jpg",
    "photos/IMG_20231224_tree.jpg",
    "photos/cover.jpg",
    "photos/notes.txt",
]
HOMEWORK = ["作业/一班_张晓.txt", "作业/二班_王可.txt", "作业/二班_赵一诺.txt", "名单.txt"]


@pytest.mark.parametrize(
    ("old", "new", "paths", "others"),
    [
        (
            PHOTOS[0],
            "photos/2024/01/2024-01-05_sea.jpg",
            PHOTOS,
            {PHOTOS[1]: "photos/2024/01/2024-01-17_old_barn.jpg", PHOTOS[2]: "photos/2023/12/2023-12-24_tree.jpg"},
        ),
        (
            HOMEWORK[0],
            "作业/一班/张晓.txt",
            HOMEWORK,
            {HOMEWORK[1]: "作业/二班/王可.txt", HOMEWORK[2]: "作业/二班/赵一诺.txt"},
        ),
        ("a/map-1.txt", "a/1-map.txt", ["a/map-1.txt", "a/map-12.txt"], {"a/map-12.txt": "a/12-map.txt"}),
        ("Smith, Ann.pdf", "Ann Smith.pdf", ["Smith, Ann.pdf", "Doe, Joe.pdf"], {"Doe, Joe.pdf": "Joe Doe.pdf"}),
        ("a/1.txt", "b/new.txt", ["a/1.txt", "a/2.txt"], {}),
        ("a/x1.txt", "a/x.txt", ["a/x1.txt", "a/x2.txt"], {}),
        ("a/only_1.txt", "a/1.txt", ["a/only_1.txt", "a/else.txt"], {}),
    ],
)  # fmt: skip
def test_the_others_follow_the_example(old, new, paths, others):
    assert dict(moves_like(old, new, paths)) == ({old: new, **others} if others else {})


def test_the_rest_of_a_name_is_free():
    paths = ["a/31.10.2024 tax office.pdf", "a/03.02.2025 dentist.pdf", "a/15.12.2023 Aunt Rosa.jpg", "a/contract.pdf"]
    moves = dict(moves_like(paths[0], "a/2024-10-31 tax office.pdf", paths))
    assert moves == {paths[0]: "a/2024-10-31 tax office.pdf", paths[1]: "a/2025-02-03 dentist.pdf"}
    moves = dict(moves_like(paths[0], "a/2024-10-31 tax office.pdf", paths, any_ending=True))
    assert moves[paths[2]] == "a/2023-12-15 Aunt Rosa.jpg"


@pytest.mark.parametrize(
    "goal",
    [
        "Rename the files so the number always has three digits: p-2.txt becomes p-002.txt.",
        "把文件名里的数字补成三位，例如 p-2.txt 变成 p-002.txt",
    ],
)
def test_zeros_that_fill_a_number_up_are_not_put_before_each_number(goal):
    assert spread(goal, "p-2.txt", "p-002.txt", ["p-2.txt", "p-10.txt"]) == ()


def test_a_prefix_that_the_example_does_not_have_is_left_open():
    goal = "Add the prefix x_ to the names of all files: a.txt becomes a_x.txt."
    assert spread(goal, "a.txt", "a_x.txt", ["a.txt", "b.txt"]) == ()
    assert spread(goal, "a.txt", "x_a.txt", ["a.txt", "b.txt"]) == (("a.txt", "x_a.txt"), ("b.txt", "x_b.txt"))


@pytest.mark.parametrize(("kind", "count"), [("scans", 0), (".txt files", 2), ("text files", 2)])
def test_whether_another_ending_is_meant_too_is_left_open(kind, count):
    goal = f"The {kind} in inbox begin with the year, like 2023-lease.txt. Move each into inbox/2023/2023-lease.txt and so on."
    paths = ["inbox/2023-lease.txt", "inbox/2021-tax.txt", "inbox/2023-car.csv", "inbox/pass.txt"]
    assert len(spread(goal, paths[0], "inbox/2023/2023-lease.txt", paths)) == count
    assert len(spread(goal, paths[0], "inbox/2023/2023-lease.txt", [paths[0], paths[1], paths[3]])) == 2
