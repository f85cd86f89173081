"""Goals on one table that are plain in every word: what comes of them, and goals that must be left to the model."""

import subprocess
import sys
from hashlib import sha256

import pytest

from autogpt.agent.reading.worked import worked_out
from autogpt.core.contracts import FileHead

SALES = "region,rep,amount,date,paid\nNorth,Ida,12.50,2025-02-03,yes\nSouth,Ole,7.50,2025-03-01,no\nNorth,Bo,20.00,2025-03-15,yes\nWest,Ida,3.00,2025-04-02,no\n"
PUPILS = "姓名,班级,数学\n李想,一班,92\n王朵,二班,59\n赵明,一班,85\n钱多,二班,78\n"
BOOKS = '[{"title": "Emma", "year": 1815, "price": 9.5}, {"title": "Dune", "year": 1965, "price": 12}, {"title": "Momo", "year": 1973, "price": 7.25}]'


def heads(files):
    return [
        FileHead(path=path, size=len(text.encode()), head=text, sha256=sha256(text.encode()).hexdigest())
        for path, text in files.items()
    ]


def runs(code, folder):
    return subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, check=False).returncode == 0


READ = [
    (
        "Write the reps of all sales over 10 to big.txt, one per line. The data is in sales.csv.",
        {"big.txt": "Ida\nBo\n"},
    ),
    (
        "From sales.csv compute the total amount of each region and save it as totals.csv with the columns region and total, biggest first.",
        {"totals.csv": "region,total\nNorth,32.50\nSouth,7.50\nWest,3.00\n"},
    ),
    (
        "How many sales were made in March 2025? Write only the number to march.txt; the sales are in sales.csv.",
        {"march.txt": "2\n"},
    ),
    (
        "Take the rows of sales.csv where region is not North, sort them by amount, highest first, and write them to rest.csv with the same columns.",
        {"rest.csv": "region,rep,amount,date,paid\nSouth,Ole,7.50,2025-03-01,no\nWest,Ida,3.00,2025-04-02,no\n"},
    ),
    (
        "Please save the rep and the amount of the two sales with the highest amount in sales.csv as top.csv.",
        {"top.csv": "rep,amount\nBo,20.00\nIda,12.50\n"},
    ),
    (
        'Count the sales per rep in sales.csv and save the counts as reps.json in the form {"Ida": 2}.',
        {"reps.json": '{\n  "Ida": 2,\n  "Ole": 1,\n  "Bo": 1\n}\n'},
    ),
    (
        "统计 pupils.csv 中每个班级的数学平均分，保留一位小数，写入 avg.csv，列为 班级、平均分。",
        {"avg.csv": "班级,平均分\n一班,88.5\n二班,68.5\n"},
    ),
    (
        "请把 pupils.csv 里数学低于60分的学生姓名写入 fail.txt，每行一个。",
        {"fail.txt": "王朵\n"},
    ),
    (
        "从 pupils.csv 中选出数学最高的两名学生，把姓名和数学存为 top.csv。",
        {"top.csv": "姓名,数学\n李想,92\n赵明,85\n"},
    ),
    (
        "Delete all sales of Ole from sales.csv and write how many you removed to removed.txt.",
        {"sales.csv": SALES.replace("South,Ole,7.50,2025-03-01,no\n", ""), "removed.txt": "1\n"},
    ),
    (
        "How much did we earn in March 2025? The sales are in sales.csv; write only the number to march.txt.",
        {"march.txt": "27.50\n"},
    ),
    (
        "在 pupils.csv 最后加一列“总分”，值为数学加数学，存为 z.csv。",
        {"z.csv": "姓名,班级,数学,总分\n李想,一班,92,184\n王朵,二班,59,118\n赵明,一班,85,170\n钱多,二班,78,156\n"},
    ),
    (
        "Which books in books.json are older than 1970? Save their titles as a JSON list in old.json.",
        None,
    ),
    (
        "List the titles of the books in books.json that cost less than 10 in cheap.txt, one title per line, in alphabetical order.",
        {"cheap.txt": "Emma\nMomo\n"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("goal", "made"), READ)
def test_what_a_plain_goal_asks_for_is_made_and_proven(goal, made, tmp_path):
    files = {"sales.csv": SALES, "pupils.csv": PUPILS, "books.json": BOOKS}
    given = {path: text for path, text in files.items() if path in goal}
    work = worked_out(goal, (), heads(given))
    if made is None:
        assert work is None
        return
    assert work is not None
    for path, text in given.items():
        (tmp_path / path).write_text(text)
    assert not any(runs(check.code, tmp_path) for check in work.checks)
    assert runs(work.program, tmp_path)
    assert {path: (tmp_path / path).read_text() for path in made} == made
    assert all(runs(check.code, tmp_path) for check in work.checks)
    assert {path.name for path in tmp_path.iterdir()} == {*given, *made}


@pytest.mark.parametrize(
    "goal",
    [
        "From sales.csv compute the total amount of each region and save it as totals.csv; refunds count twice.",
        "Write the reps of all large sales in sales.csv to big.txt, one per line.",
        "Write the rep with the lowest sale in sales.csv to low.txt.",
        "Add up the amount in sales.csv in dollars at 1.1 and write it to total.txt.",
        "Compute the average amount in sales.csv per rep and round sensibly; save it as avg.csv.",
        "统计 pupils.csv 中每个班级的数学平均分，转学生除外，写入 avg.csv。",
        "把 pupils.csv 里成绩好的学生姓名写入 good.txt，每行一个。",
        "Write the good reps of sales.csv to good.txt, one per line.",
        "Write the number of sales in North and the number of sales in South in sales.csv to n.txt.",
        "Add up the amount in sales.csv per month and save the sums as m.json.",
        "Write every second row of sales.csv to half.csv.",
        "How many reps are there in sales.csv? Write the number to n.txt.",
        "Write the reps of sales.csv to reps.txt, one per line.",
        "Has Ida sold anything in sales.csv? Sort sales.csv by amount and save it as sorted.csv.",
        "Write the sales from 2025-03-01 in sales.csv to d.csv.",
        "Write the median amount in sales.csv to m.txt.",
        "List the reps in sales.csv that sold more than once in twice.txt, one per line.",
        "统计 pupils.csv 中每个班级的人数，班主任也算，写入 n.csv。",
        "Save the reps in sales.csv that sold something in the last 30 days to recent.txt.",
    ],
)
def test_a_goal_with_a_word_that_is_not_known_is_left_to_the_model(goal):
    files = {"sales.csv": SALES, "pupils.csv": PUPILS}
    assert worked_out(goal, (), heads({path: text for path, text in files.items() if path in goal})) is None


@pytest.mark.parametrize(
    ("goal", "table"),
    [
        ("Add up the amount column of t.csv and write the total to total.txt.", "name,amount\nA,3\nB,\n"),
        ("Add up the amount column of t.csv and write the total to total.txt.", "name,amount\nA,3 kg\nB,2 kg\n"),
        ("Write the name with the highest amount in t.csv to best.txt.", "name,amount\nA,3\nB,3\nC,1\n"),
        ("Write the average amount in t.csv to avg.txt.", "name,amount\nA,1\nB,1\nC,2\n"),
        ("Count the rows per name in t.csv and save the counts as c.json.", "name,amount\nA,1\na,1\nC,2\n"),
        ("Sort t.csv by name and save it as s.csv.", "name,amount\n赵,1\n钱,1\n孙,2\n"),
        ("Write the name of all rows of t.csv with an amount over 10 to big.txt, one per line.", "name,amount\nA,1\nB,3\n"),
    ],
)  # fmt: skip
def test_a_table_in_which_it_could_mean_two_things_is_left_to_the_model(goal, table):
    assert worked_out(goal, (), heads({"t.csv": table})) is None
    plain = "name,amount\nA,11\nB,30\nC,7\n"
    assert worked_out(goal, (), heads({"t.csv": plain})) is not None


def test_the_same_table_keeps_its_delimiter_its_mark_and_its_line_ends(tmp_path):
    text = "\ufeffname;amount\r\nB;11\r\nA;30\r\n"
    work = worked_out("Sort t.csv by name and save it as s.csv.", (), heads({"t.csv": text}))
    assert work is not None
    (tmp_path / "t.csv").write_bytes(text.encode())
    assert runs(work.program, tmp_path)
    assert (tmp_path / "s.csv").read_bytes().decode() == "\ufeffname;amount\r\nA;30\r\nB;11\r\n"
