"""Files that follow from a table: letters from a template, parts of the table."""

import subprocess
import sys

import pytest

from autogpt.agent.reading.families import family
from autogpt.core.contracts import FileHead

PLAYERS = {"players.csv": "name,team,age\nKofi,red,19\nLars,blue,31\nMina,red,24\n"}
GUESTS = {"guests.csv": "name,table\nInes,3\nRaj,1\n", "card.txt": "Welcome, {name}!\nTable {table}, {name}.\n"}
PUPILS = {
    "学生.csv": "姓名,班级\n张三,一班\n李四,二班\n王五,一班\n",
    "brief.txt": "尊敬的【姓名】家长：您的孩子在{班级}。\n",
}


def heads(files):
    return [FileHead(path=path, size=len(text.encode()), head=text) for path, text in files.items()]


@pytest.mark.parametrize(
    ("goal", "files", "made"),
    [
        (
            "Split players.csv into one CSV file per team in a new folder (teams/red.csv, teams/blue.csv and so on).",
            PLAYERS,
            {"teams/red.csv": "name,team,age\nKofi,red,19\nMina,red,24\n", "teams/blue.csv": "name,team,age\nLars,blue,31\n"},
        ),
        (
            "Fill in card.txt for each guest of guests.csv and save the cards as cards/Ines.txt and so on.",
            GUESTS,
            {"cards/Ines.txt": "Welcome, Ines!\nTable 3, Ines.\n", "cards/Raj.txt": "Welcome, Raj!\nTable 1, Raj.\n"},
        ),
        (
            "按班级把 学生.csv 拆分成 一班.csv、二班.csv，保留表头。",
            {"学生.csv": PUPILS["学生.csv"]},
            {"一班.csv": "姓名,班级\n张三,一班\n王五,一班\n", "二班.csv": "姓名,班级\n李四,二班\n"},
        ),
        (
            "用 brief.txt 为 学生.csv 里的每个学生生成一封信，保存到letters/张三.txt 这样的文件。",
            PUPILS,
            {"letters/李四.txt": "尊敬的李四家长：您的孩子在二班。\n"},
        ),
    ],
)  # fmt: skip
def test_all_files_are_made_and_a_wrong_one_is_seen(goal, files, made, tmp_path):
    found = family(goal, heads(files))
    assert found is not None
    for path, text in files.items():
        (tmp_path / path).write_text(text)

    def runs(code):
        return subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, check=False).returncode

    assert runs(found.check().code) != 0
    assert runs(found.program) == 0
    assert {path: (tmp_path / path).read_text() for path in made} == made
    assert runs(found.check().code) == 0
    (tmp_path / next(iter(made))).write_text("name,team,age\n")
    assert runs(found.check().code) != 0


@pytest.mark.parametrize(
    ("goal", "files"),
    [
        ("Split players.csv into one CSV file per team, red.csv and so on, only players over 20.", PLAYERS),
        ("Split players.csv into one CSV file per team, red.csv and so on, sorted by age.", PLAYERS),
        ("Split players.csv into one CSV file per team, red.csv and so on, and write counts.txt.", PLAYERS),
        ("Write a summary of each team of players.csv to red.txt and blue.txt.", PLAYERS),
        ("Write a letter to each guest of guests.csv, letters/Ines.txt and so on.", {"guests.csv": GUESTS["guests.csv"]}),
        ("Fill in card.txt for each guest of guests.csv: cards/Ines.txt.", GUESTS | {"card.txt": "{name}, {seat}\n"}),
        ("Fill in card.txt for each guest of guests.csv: cards/Ines.txt.", GUESTS | {"guests.csv": "name,table\nInes,3\nInes,1\n"}),
    ],
)  # fmt: skip
def test_what_says_more_or_is_not_plain_is_left_to_the_model(goal, files):
    assert family(goal, heads(files)) is None
