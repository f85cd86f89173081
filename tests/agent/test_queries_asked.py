"""A model that is better at queries is asked for one first, where what is wanted may be the rows of one."""

import pytest
from workbench import BLOCK

QUERYING = BLOCK.model_copy(update={"queries": True})
ROTA = "nurse,ward,shift,hours\nHanna,3,night,9\nSofie,1,day,12\nIvy,3,night,12\nRuth,1,night,10.5\n"
GOAL = "Save all night shifts of more than 8 hours of rota.csv as long.csv, whoever works them, the longest first."
QUERY = "SELECT * FROM rota WHERE shift = 'Night' AND hours > 8 ORDER BY hours DESC\n```"
ALIKE = (
    "rows = [row for row in rota if row['shift'] == 'night' and float(row['hours']) > 8]\n"
    "out = csv.DictWriter(open('long.csv', 'w'), rows[0])\nout.writeheader()\n"
    "out.writerows(sorted(rows, key=lambda row: -float(row['hours'])))\n```"
)
RESULT = "nurse,ward,shift,hours\nIvy,3,night,12\nRuth,1,night,10.5\nHanna,3,night,9\n"


def test_a_query_and_a_program_that_agree_are_complete(bench):
    bench.files = {"rota.csv": ROTA}
    done = bench.work(GOAL, [QUERY, ALIKE], profile=QUERYING)
    assert (done.run.outcome, done.text("long.csv")) == ("complete", RESULT)
    assert [step.strategy.name for step in done.run.steps] == ["query", "second opinion"]
    first, second = done.prompts()
    assert "CREATE TABLE rota (nurse TEXT, ward INTEGER, shift TEXT, hours REAL); -- rota.csv, 4 rows" in first
    assert "rota = list(csv.DictReader" in done.model.requests[1].prefill
    assert "2 of 2 answers gave the same result" in str(done.run.verdict)
    assert second != first


def test_a_query_that_cannot_be_asked_is_told_why_and_another_drawn(bench):
    bench.files = {"rota.csv": ROTA}
    done = bench.work(GOAL, [QUERY.replace("hours > 8", "length > 8"), QUERY, ALIKE], profile=QUERYING)
    assert (done.run.outcome, done.text("long.csv")) == ("complete", RESULT)
    told = done.prompts()[1]
    assert told.endswith("Beware, an earlier statement failed: OperationalError: no such column: length")


def test_a_program_is_asked_for_where_no_query_comes(bench):
    bench.files = {"rota.csv": ROTA}
    done = bench.work(GOAL, ["", "DROP TABLE rota\n```", ALIKE, ALIKE], profile=QUERYING)
    assert (done.run.outcome, done.text("long.csv")) == ("complete", RESULT)
    assert done.text("rota.csv") == ROTA
    assert [step.strategy.name for step in done.run.steps] == ["query", "query", "program", "second opinion"]


def test_where_a_program_differs_another_query_decides_what_is_taken_and_nothing_is_complete(bench):
    bench.files = {"rota.csv": ROTA}
    fewer = QUERY.replace("> 8", "> 10")
    program = ALIKE.replace("> 8", "> 10")
    of_query = bench.work(GOAL, [QUERY, program, QUERY], profile=QUERYING)
    assert (of_query.run.outcome, of_query.text("long.csv")) == ("partial", RESULT)
    assert [step.strategy.format for step in of_query.run.steps] == ["query", "script", "query"]
    of_program = bench.work(GOAL, [QUERY, program, fewer], profile=QUERYING)
    assert (of_program.run.outcome, len(of_program.text("long.csv").splitlines())) == ("partial", 3)


def test_where_a_program_breaks_another_is_drawn_for_two_queries_prove_little(bench):
    bench.files = {"rota.csv": ROTA}
    done = bench.work(GOAL, [QUERY, ALIKE.replace("'hours'", "'length'"), ALIKE], profile=QUERYING)
    assert (done.run.outcome, done.text("long.csv")) == ("complete", RESULT)
    assert [step.strategy.format for step in done.run.steps] == ["query", "script", "script"]


def test_a_query_is_told_what_was_wrong_with_its_rows(bench):
    bench.files = {"rota.csv": ROTA}
    goal = GOAL.replace("whoever works them", "whoever works them, with the columns nurse and hours")
    done = bench.work(goal, [QUERY, QUERY.replace("*", "nurse, hours"), *[ALIKE] * 3], profile=QUERYING)
    assert "the first line of long.csv must be nurse,hours" in done.prompts()[1]
    assert done.text("long.csv").splitlines()[:2] == ["nurse,hours", "Ivy,12"]


def test_the_goal_in_chinese_is_asked_in_chinese(bench):
    bench.files = {
        "gongshi.csv": "姓名,岗位,工时\n罗婷,收银,40\n曹刚,搬运,36\n",
        "shixin.csv": "岗位,时薪\n搬运,27.5\n收银,22\n",
    }
    goal = "gongshi.csv 是工时，shixin.csv 是各岗位的时薪。请按惯例算出每人的工资，存为 gongzi.csv，只有“姓名”和“工资”两列，顺序与 gongshi.csv 相同。"
    query = "SELECT 姓名, 工时 * 时薪 AS 工资 FROM gongshi JOIN shixin ON gongshi.岗位 = shixin.岗位\n```"
    done = bench.work(goal, [query, "```", "```"], profile=QUERYING)
    assert "写一条 SQLite 的 SELECT 语句" in done.prompts()[0]
    assert done.text("gongzi.csv") == "姓名,工资\n罗婷,880\n曹刚,990\n"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("the hours so far after each shift, as is our wont", "A running total is SUM(x) OVER (ORDER BY rowid)."),
        ("the running total of hours, which began with 12.5, as is our wont", "A running total is 12.5 + SUM(x) OVER"),
        ("how much longer each is than the row before, as is our wont", "The value of the row before is LAG(x) OVER"),
        ("how many shifts each nurse has, those without any get 0", "COUNT(right.column) gives 0"),
        ("the hours of each nurse, those without any get 0", "COALESCE(right.column, 0) gives 0"),
        ("the shifts, as is our wont", ""),
    ],
)
def test_what_small_models_do_not_think_of_is_told_where_it_is_wanted(bench, said, told):
    bench.files = {"rota.csv": ROTA}
    done = bench.work(f"Save to long.csv from rota.csv {said}.", [QUERY, ALIKE, ALIKE, ALIKE], profile=QUERYING)
    ask = done.prompts()[0]
    assert told in ask
    assert ask.endswith("wants. Write the statement only.") == (not told)


@pytest.mark.parametrize(
    ("goal", "files"),
    [
        (
            "Write to same.json, a list, the files in inbox and its subfolders with the same content as inbox/a.txt.",
            {"inbox/a.txt": "a\n", "inbox/sub/b.txt": "a\n"},
        ),
        ("Write a page about rota.csv to rota.html, whoever reads it.", {"rota.csv": ROTA}),
        ("Raise the hours of all nurses in rota.csv by one as far as the law has it.", {"rota.csv": ROTA}),
        ("Write the longest shifts of rota.csv to a.csv and the shortest to b.csv as is our wont.", {"rota.csv": ROTA}),
    ],
)
def test_other_work_is_not_asked_for_as_a_query(bench, goal, files):
    bench.files = files
    done = bench.work(goal, ["```"] * 9, profile=QUERYING)
    assert "query" not in [step.strategy.name for step in done.run.steps]


def test_other_models_are_not_asked(bench):
    bench.files = {"rota.csv": ROTA}
    done = bench.work(GOAL, [ALIKE, ALIKE])
    assert [step.strategy.name for step in done.run.steps] == ["program", "second opinion"]
