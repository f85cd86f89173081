"""Goals that want one source in another form, or files packed, and what comes of them."""

import zipfile

import pytest
from making import did, fill, heads, runs

from autogpt.agent.reading.documents.full import documented

PLANETS = 'planet,color,moons\nMars,red,2\nEarth,"blue, white",1\n'


@pytest.mark.parametrize(
    ("goal", "files", "made"),
    [
        (
            "Convert planets.csv into planets.json, a list with one object per row. The moons should be numbers, not text.",
            {"planets.csv": PLANETS},
            {"planets.json": [{"planet": "Mars", "color": "red", "moons": 2}, {"planet": "Earth", "color": "blue, white", "moons": 1}]},
        ),
        (
            "把 shu.json 转换成 shu.csv，表头为：书名,年份。",
            {"shu.json": '[{"书名": "围城", "年份": 1947, "页": 1}, {"书名": "家", "年份": 1933, "页": 2}]'},
            {"shu.csv": "书名,年份\n围城,1947\n家,1933\n"},
        ),
        (
            "Please turn planets.csv into a Markdown table and save it as planets.md.",
            {"planets.csv": PLANETS},
            {"planets.md": "| planet | color | moons |\n| --- | --- | --- |\n| Mars | red | 2 |\n| Earth | blue, white | 1 |\n"},
        ),
        (
            "Convert app.env to app.json, one flat object; keep all values as strings and ignore the comment lines and blank lines.",
            {"app.env": "# web\nHOST=0.0.0.0\nPORT=80\n\nURL=a?b=c&d=e\n"},
            {"app.json": {"HOST": "0.0.0.0", "PORT": "80", "URL": "a?b=c&d=e"}},
        ),
        (
            "Swap the rows and columns of q.csv and save that as turned.csv.",
            {"q.csv": 'product,Q1,Q2\n"Jam, plum",1,2\nHoney,3,4\n'},
            {"turned.csv": 'product,"Jam, plum",Honey\nQ1,1,3\nQ2,2,4\n'},
        ),
        (
            "把 q.csv 行列互换，存为 zhuan.csv。",
            {"q.csv": "a;b\n1;2\n"},
            {"zhuan.csv": "a;1\nb;2\n"},
        ),
        (
            "codes.json maps cities to codes. Swap keys and values and save it as cities.json.",
            {"codes.json": '{"Oslo": "OSL", "Lima": "LIM"}'},
            {"cities.json": {"OSL": "Oslo", "LIM": "Lima"}},
        ),
        (
            "Number the rows of start.csv: a new first column called no, counting from 1. Save the result as list.csv.",
            {"start.csv": "\ufeffname,club\nEmi,Nord\nLeo,Süd\n"},
            {"list.csv": "\ufeffno,name,club\n1,Emi,Nord\n2,Leo,Süd\n"},
        ),
        (
            "Put the chapters from the folder draft together into one file novel.txt, in the order of their numbers, with "
            "exactly one empty line between two chapters.",
            {"draft/ch2.txt": "Two\n", "draft/ch10.txt": "Ten\n\n", "draft/ch1.txt": "One\n"},
            {"novel.txt": "One\n\nTwo\n\nTen\n"},
        ),
    ],
)  # fmt: skip
def test_what_is_said_of_one_source_in_another_form_is_done_without_a_model(goal, files, made, tmp_path):
    assert did(goal, files, tmp_path) == made


def test_an_archive_holds_the_files_that_are_told_and_no_folders(tmp_path):
    files = {"a/sales.csv": "x\n", "a/rent.csv": "y\n", "a/memo.txt": "z\n"}
    goal = "Pack the two CSV files of the folder a into one archive jan.zip, no folders inside the archive."
    found = documented(goal, heads(files))
    fill(tmp_path, files)
    assert found is not None
    assert runs(found.program, tmp_path)
    with zipfile.ZipFile(tmp_path / "jan.zip") as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {"rent.csv": b"y\n", "sales.csv": b"x\n"}
