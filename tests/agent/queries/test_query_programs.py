"""Programs that ask a query of the files of a folder, run as they are in the sandbox."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from autogpt.agent.programs.inside.querywork import typed
from autogpt.agent.programs.inside.values import Unclear
from autogpt.agent.queries.asking import program_of, statement_of
from autogpt.agent.queries.forms import decimals_of, form_of
from autogpt.agent.queries.relations import relations
from autogpt.core.contracts import FileHead

STAFF = "name,dept,pay\nIda,IT,10.50\nBo,Sales,8\nZoe,IT,9\n"


@pytest.fixture
def ask(tmp_path: Path):
    """Runs the query of a goal on files that are put into the folder, and gives what stands in the result."""

    def asked(goal: str, query: str, out: str, looked: str = "", **files: str) -> str:
        for name, text in files.items():
            (tmp_path / name.replace("__", ".")).write_bytes(text.encode())
        heads = heads_of(tmp_path)
        tables = relations(goal, heads, looked)
        assert tables
        program = program_of(statement_of(query), goal, tables, out, heads)
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return (tmp_path / out).read_bytes().decode()

    return asked


def heads_of(folder: Path) -> list[FileHead]:
    found: list[FileHead] = []
    for path in sorted(folder.iterdir()):
        content = path.read_bytes()
        text = "" if b"\0" in content else content.decode()
        found.append(FileHead(path=path.name, size=len(content), head=text[:4_000]))
    return found


def test_cells_are_written_as_they_stood_and_sums_without_what_adding_leaves(ask):
    goal = "The names and pay of staff.csv, best paid first, to out.csv."
    rows = ask(goal, "SELECT name, pay FROM staff ORDER BY pay DESC", "out.csv", staff__csv=STAFF)
    assert rows == "name,pay\nIda,10.50\nZoe,9\nBo,8\n"
    sums = ask(
        "Sums of pay per dept of staff.csv to out.csv.",
        "SELECT dept, SUM(pay) AS pay FROM staff GROUP BY dept",
        "out.csv",
    )
    assert sums == "dept,pay\nIT,19.5\nSales,8\n"


def test_numbers_as_people_write_them_are_compared_as_numbers(ask):
    prices = "item;price\nlamp;1.234,50 €\nmug;9,90 €\nrug;120,00 €\n"
    query = "SELECT item, price FROM prices WHERE price > 100 ORDER BY price"
    rows = ask("Items of prices.csv over 100, cheapest first, as out.csv.", query, "out.csv", prices__csv=prices)
    assert rows == 'item,price\nrug,"120,00 €"\nlamp,"1.234,50 €"\n'


def test_dates_follow_each_other_and_are_written_as_they_stood(ask):
    visits = "who,day\nIda,3.11.2024\nBo,28.2.2024\n"
    query = "SELECT who, day FROM visits WHERE day > '2024-01-01' ORDER BY day"
    assert (
        ask("visits.csv by date, to out.csv", query, "out.csv", visits__csv=visits)
        == "who,day\nBo,28.2.2024\nIda,3.11.2024\n"
    )


def test_numbers_that_are_names_stay_texts(ask):
    people = "no,phone\n007,0171\n010,0160\n"
    rows = ask(
        "The numbers of people.csv to out.json as a list.", "SELECT no FROM people", "out.json", people__csv=people
    )
    assert json.loads(rows) == ["007", "010"]


@pytest.mark.parametrize(
    ("goal", "query", "found"),
    [
        (
            "pay per dept of staff.csv as o.json, an object from dept to sum",
            "dept, SUM(pay) FROM staff GROUP BY dept",
            {"IT": 19.5, "Sales": 8},
        ),
        (
            "把 staff.csv 各部门人数存为 o.json，键是部门，值是人数",
            "dept, COUNT(*) FROM staff GROUP BY dept",
            {"IT": 2, "Sales": 1},
        ),
        (
            "names per dept of staff.csv to o.json, the dept as key",
            "dept, name FROM staff",
            {"IT": ["Ida", "Zoe"], "Sales": ["Bo"]},
        ),
        ("names of staff.csv as a JSON list in o.json", "name FROM staff", ["Ida", "Bo", "Zoe"]),
        (
            "staff.csv as o.json, a list of objects",
            "* FROM staff",
            [
                {"name": "Ida", "dept": "IT", "pay": 10.5},
                {"name": "Bo", "dept": "Sales", "pay": 8},
                {"name": "Zoe", "dept": "IT", "pay": 9},
            ],
        ),
        (
            "count and total of staff.csv to o.json",
            "COUNT(*) AS count, SUM(pay) AS total FROM staff",
            {"count": 3, "total": 27.5},
        ),
        (
            "average of staff.csv with two decimals to o.json, keys average and n",
            "AVG(pay) AS average, COUNT(*) AS n FROM staff",
            {"average": 9.17, "n": 3},
        ),
    ],
)
def test_json_has_the_form_that_the_goal_says(ask, goal, query, found):
    assert json.loads(ask(goal, f"```sql\nSELECT {query}\n```", "o.json", staff__csv=STAFF)) == found


def test_numbers_that_were_computed_have_the_decimals_told(ask):
    goal = "Average pay per dept of staff.csv with two decimals to out.csv"
    assert (
        ask(goal, "SELECT dept, AVG(pay) AS pay FROM staff GROUP BY dept", "out.csv", staff__csv=STAFF)
        == "dept,pay\nIT,9.75\nSales,8.00\n"
    )


def test_lists_of_lines_and_tables_of_markdown(ask):
    goal = "Who of invited.txt is not in came.txt? Write them to out.txt."
    query = "SELECT line FROM invited WHERE line NOT IN (SELECT line FROM came)"
    assert ask(goal, query, "out.txt", invited__txt="Bo\nIda\nZoe\n", came__txt="Ida\n") == "Bo\nZoe\n"
    table = ask(
        "A Markdown table of staff.csv in out.md",
        "SELECT name, pay FROM staff WHERE pay > 8",
        "out.md",
        staff__csv=STAFF,
    )
    assert table == "| name | pay |\n| --- | --- |\n| Ida | 10.50 |\n| Zoe | 9 |\n"


def test_mappings_are_tables_of_keys_and_values(ask):
    query = "SELECT key, value FROM b UNION ALL SELECT key, value FROM a WHERE key NOT IN (SELECT key FROM b)"
    found = ask(
        "Merge a.json and b.json into o.json; b.json wins.",
        query,
        "o.json",
        a__json='{"x": 1, "y": true}',
        b__json='{"x": 2}',
    )
    assert json.loads(found)["x"] == 2


def test_tables_of_databases_are_asked(ask, tmp_path):
    with closing(sqlite3.connect(tmp_path / "club.db")) as base, base:
        base.execute("create table members (id integer primary key, name text)")
        base.execute("create table payments (member integer, year integer)")
        base.executemany("insert into members values (?, ?)", [(1, "Ida"), (2, "Bo")])
        base.execute("insert into payments values (1, 2025)")
    looked = "club.db: CREATE TABLE members (id integer primary key, name text)\n    (1, 'Ida')\nclub.db: CREATE TABLE payments (member integer, year integer)\n    (1, 2025)"
    query = "SELECT name FROM members WHERE id NOT IN (SELECT member FROM payments WHERE year = 2025)"
    assert ask("Members of club.db who have not paid, to out.txt", query, "out.txt", looked) == "Bo\n"


def test_functions_of_other_databases_are_there(ask):
    query = "SELECT CONCAT(UPPER(name), '-', LPAD(dept, 6, '.'), REGEXP_REPLACE(name, '[aeiou]', '')) FROM staff"
    assert ask("Codes from staff.csv to out.txt", query, "out.txt", staff__csv=STAFF).splitlines()[0] == "IDA-....ITId"
    assert ask("Median pay of staff.csv to out.txt", "SELECT MEDIAN(pay) FROM staff", "out.txt") == "9\n"


@pytest.mark.parametrize(
    ("cells", "kind", "values"),
    [
        (["1", "", "3"], "INTEGER", [1, None, 3]),
        (["1.5", "2"], "REAL", [1.5, 2]),
        (["007", "8"], "TEXT", ["007", "8"]),
        (["€1,200.50", "3"], "REAL", [1200.5, 3.0]),
        (["12%", "3%"], "TEXT", ["12%", "3%"]),
        (["2024年3月5日", "2023年12月1日"], "TEXT", ["2024-03-05", "2023-12-01"]),
        ([1, 2.5, None], "REAL", [1, 2.5, None]),
        ([True, False], "INTEGER", [1, 0]),
        ([" a ", "b"], "TEXT", ["a", "b"]),
        (["1/2/2024"], "TEXT", ["1/2/2024"]),
    ],
)
def test_the_kind_of_a_column(cells, kind, values):
    assert typed(cells) == (kind, values)


def test_lists_within_a_table_are_not_asked():
    with pytest.raises(Unclear):
        typed([["a"], ["b"]])


@pytest.mark.parametrize(
    ("goal", "files"),
    [
        (
            "Sum up notes.txt",
            {"notes.txt": "A long sentence that goes on and on, so that nobody would take it for an entry.\n"},
        ),
        ("Sum up odd.csv", {"odd.csv": "a,b\n1\n2,3,4\n"}),
        ("Sum up deep.json", {"deep.json": '[{"a": {"b": 1}}]'}),
        ("Sum up two.json", {"two.json": '{"a": [1], "b": [2]}'}),
        ("Sum up bad.json", {"bad.json": "[{"}),
        ("Sum up none.csv", {"other.csv": "a,b\n1,2\n", "x.csv": "a,b\n1,2\n", "y.csv": "a,b\n1,2\n"}),
    ],
)
def test_what_is_no_table_is_not_asked(goal, files):
    heads = [FileHead(path=path, size=len(text.encode()), head=text) for path, text in files.items()]
    assert relations(goal, heads) == ()


def test_words_of_sql_are_no_names_of_tables():
    text = "a,b\n1,2\n"
    heads = [FileHead(path=path, size=len(text), head=text) for path in ("order.csv", "x/order.csv", "2024.csv")]
    names = [table.name for table in relations("order.csv and 2024.csv", heads)]
    assert names == ["order_table", "order_table_2", "t2024"]


@pytest.mark.parametrize(
    ("goal", "path", "form"),
    [
        ("a page", "out.html", ""),
        ("a list of things", "out.md", ""),
        ("the average in a sentence", "out.txt", ""),
        ("平均分写成一句中文", "out.txt", ""),
        ("the average, only the number", "out.txt", "lines"),
        ("a Markdown table", "out.md", "md"),
        ("one object per row with the column names as keys", "out.json", "auto"),
        ('in the form {"cash": 12.5, ...}', "out.json", "object"),
        ('a list like [{"name": "x"}]', "out.json", "list"),
    ],
)
def test_the_form_of_a_result(goal, path, form):
    assert form_of(goal, path) == form


def test_how_many_decimals():
    assert [decimals_of(goal) for goal in ("with two decimals", "保留一位小数", "as it is")] == [2, 1, None]
