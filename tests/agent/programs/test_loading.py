"""Programs begin with their data read in, as the files are and not as they should be."""

import contextlib

import pytest

from autogpt.agent.programs.listing import listing
from autogpt.agent.programs.loading import loading
from autogpt.agent.programs.oddities import oddities
from autogpt.core.contracts import FileHead
from autogpt.core.plan import Item


def read_in(folder, files, goal="", delivers=("out.json",)):
    """The names that the lines leave behind, run in a folder with the files."""
    heads: list[FileHead] = []
    for path, content in files.items():
        data = content if isinstance(content, bytes) else content.encode()
        (folder / path).write_bytes(data)
        text = "" if b"\0" in data else data.decode()
        heads.append(FileHead(path=path, size=len(data), head=text))
    goal = goal or "Make out.json of " + " and ".join(files)
    code = loading(Item(name="task", goal=goal, delivers=delivers, recipe="program"), heads)
    names: dict[str, object] = {}
    with contextlib.chdir(folder):
        exec(code, names)
    return code, names


@pytest.mark.parametrize(
    ("path", "text", "name", "value"),
    [
        ("people.csv", "name,age\nIda,3\nBo,4\n", "people", [{"name": "Ida", "age": "3"}, {"name": "Bo", "age": "4"}]),
        ("people.csv", "\ufeffname;age\nIda;3\n", "people", [{"name": "Ida", "age": "3"}]),
        ("people.csv", "name , age\n Ida, 3\n", "people", [{"name": "Ida", "age": "3"}]),
        ("a-b 2024.csv", "1,2\n3,4\n", "a_b_2024", [["1", "2"], ["3", "4"]]),
        ("成绩.csv", "姓名,分数\n王,9\n", "data", [{"姓名": "王", "分数": "9"}]),
        ("t.tsv", "a\tb\n1\t2\n", "data", [{"a": "1", "b": "2"}]),
        ("list.json", '{"a": [1]}', "list_rows", {"a": [1]}),
        ("log.jsonl", '{"a": 1}\n\n{"a": 2}\n', "log", [{"a": 1}, {"a": 2}]),
        (
            "menu.md",
            "# M\n\n| Dish | Price |\n|:--|--:|\n| Soup | € 5 |\n\nEnd.\n",
            "menu",
            [{"Dish": "Soup", "Price": "€ 5"}],
        ),
        ("p.toml", "a = 1\n", "data", {"a": 1}),
        (
            "app.log",
            "1 GET /a 200\n2 GET /b 404\n3 GET /a 200\n",
            "app",
            [["1", "GET", "/a", "200"], ["2", "GET", "/b", "404"], ["3", "GET", "/a", "200"]],
        ),
        (
            "web.log",
            '::1 - ida [02/May/2025:10:00:01 +0000] "GET /a?b=1 HTTP/1.1" 200 5\n' * 2
            + '::1 - - [02/May/2025:10:00:01 +0000] "GET / HTTP/1.1" 304 - "-" "agent"\n',
            "web",
            [
                {
                    "ip": "::1",
                    "user": user,
                    "time": "02/May/2025:10:00:01 +0000",
                    "method": "GET",
                    "path": path,
                    "status": status,
                    "bytes": size,
                }
                for user, path, status, size in [("ida", "/a?b=1", "200", "5")] * 2 + [("-", "/", "304", "-")]
            ],
        ),
        (
            "job.log",
            "2025-05-02 10:00:01,123 INFO core: begun\n[2025-05-02T10:00:02Z] [ERROR] lost it\nTraceback\n"
            "2025-05-02 10:00:03 - WARNING - all: well\n",
            "job",
            [
                {"date": "2025-05-02", "time": f"10:00:0{at}", "level": level, "message": message}
                for at, level, message in [
                    (1, "INFO", "core: begun"),
                    (2, "ERROR", "lost it"),
                    (3, "WARNING", "all: well"),
                ]
            ],
        ),
    ],
)
def test_a_file_is_read_as_it_is_written(tmp_path, path, text, name, value):
    _, names = read_in(tmp_path, {path: text})
    assert names[name] == value


def test_settings_keep_their_capitals_and_percent_signs(tmp_path):
    _, names = read_in(tmp_path, {"app.ini": "[Web]\nURL = a%20b\n"})
    assert names["app"] == {"Web": {"URL": "a%20b"}}


def test_a_database_is_opened(tmp_path):
    import sqlite3

    made = sqlite3.connect(tmp_path / "shop.db")
    made.execute("create table t (a)")
    made.execute("insert into t values (1)")
    made.commit()
    made.close()
    _, names = read_in(tmp_path, {"shop.db": (tmp_path / "shop.db").read_bytes()})
    assert names["shop"].execute("select * from t").fetchone()["a"] == 1


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1.234,50 €", "100.00", "49,90 €"], [1234.5, 100.0, 49.9]),
        (["$1,234.50", "7", "-$2.25"], [1234.5, 7.0, -2.25]),
        (["1,234", "12", "5"], [1234.0, 12.0, 5.0]),
        (["-0,50", "3,25", "1.000,00"], [-0.5, 3.25, 1000.0]),
    ],
)
def test_numbers_are_read_as_they_are_written(tmp_path, cells, values):
    rows = "".join(f"{at};{cell}\n" for at, cell in enumerate(cells))
    _, names = read_in(tmp_path, {"sums.csv": f"id;sum\n{rows}"})
    assert [names["number"](cell) for cell in cells] == values
    with pytest.raises(ValueError, match="float"):
        names["number"]("")


@pytest.mark.parametrize("cells", [["1,204.50", "", "83"], ["1204.5", " ", "83"], ["1204,50", "", "83"]])
def test_cells_without_a_number_are_none_and_it_is_said_so(tmp_path, cells):
    rows = "".join(f"{at};{cell}\n" for at, cell in enumerate(cells))
    code, names = read_in(tmp_path, {"sums.csv": f"id;sum\n{rows}"})
    assert [names["number"](cell) for cell in cells] == [1204.5, None, 83.0]
    file = FileHead(path="sums.csv", size=len(rows) + 7, head=f"id;sum\n{rows}", lines=4)
    assert "empty cells in sum: number() gives None for them" in oddities(file, "en", code)
    assert "empty cells in sum" in oddities(file, "en")
    assert "None" not in oddities(file, "en")


@pytest.mark.parametrize(
    ("cells", "goal", "read"),
    [
        (["2025-02-03", "14.01.2025"], "", ["2025-02-03", "2025-01-14"]),
        (["2025-02-03", "14/01/2025"], "", ["2025-02-03", "2025-01-14"]),
        (["2025-02-03", "01/14/2025"], "", ["2025-02-03", "2025-01-14"]),
        (["2025-02-03", "03/04/2025"], "d.csv: dates are DD/MM/YYYY", ["2025-02-03", "2025-04-03"]),
        (["2025-02-03", "3 April 2025"], "", ["2025-02-03", "2025-04-03"]),
        (["2025年2月3日", "2025/2/4"], "", ["2025-02-03", "2025-02-04"]),
    ],
)
def test_dates_of_several_forms_become_one(tmp_path, cells, goal, read):
    rows = "".join(f"{at};{cell}\n" for at, cell in enumerate(cells))
    _, names = read_in(tmp_path, {"d.csv": f"id;day\n{rows}"}, goal)
    assert [names["iso_date"](cell) for cell in cells] == read


def test_a_date_that_may_be_read_two_ways_is_read_in_none(tmp_path):
    code, _ = read_in(tmp_path, {"d.csv": "id;day\n1;2025-02-03\n2;03/04/2025\n"})
    assert "iso_date" not in code


@pytest.mark.parametrize(
    ("files", "goal"),
    [
        ({"a.csv": "# made by hand\nx,y\n1,2\n"}, ""),
        ({"a.jsonl": '{"a": 1}\nbroken\n'}, ""),
        ({"a.json": "{"}, ""),
        ({"a.md": "no table\n"}, ""),
        ({"a.log": "started\nall is well today\nended\n"}, ""),
        ({"a.csv": "x,y\n1,2\n", "b.txt": "b\n"}, "Rename all files"),
        ({f"{n}.csv": "x,y\n1,2\n" for n in "abcde"}, "Add up a.csv, b.csv, c.csv, d.csv and e.csv"),
    ],
)
def test_nothing_is_read_in_where_it_could_be_wrong(tmp_path, files, goal):
    assert read_in(tmp_path, files, goal)[0] == ""


def test_names_do_not_hide_one_another(tmp_path):
    files = {"csv.csv": "x,y\n1,2\n", "data.json": "1", "数据.json": "2"}
    _, names = read_in(tmp_path, files)
    assert (names["csv_rows"][0], names["data"], names["data_rows"]) == ({"x": "1", "y": "2"}, 1, 2)


def test_comments_in_a_log_are_no_lines_of_it(tmp_path):
    text = "# begun\n1 GET /a 200\n2 GET /b 404\n# restart\n3 GET /a 200\n"
    _, names = read_in(tmp_path, {"app.log": text})
    assert [line[0] for line in names["app"]] == ["1", "2", "3"]


@pytest.mark.parametrize("cells", [["1.5 kg", "2 kg"], ["800 g", "1,200 g"]])
def test_units_are_no_part_of_a_number(tmp_path, cells):
    rows = "".join(f"a;{cell}\n" for cell in cells)
    _, names = read_in(tmp_path, {"loads.csv": f"what;weight\n{rows}"})
    assert [names["number"](cell) for cell in cells] == [float(c.split()[0].replace(",", "")) for c in cells]


@pytest.mark.parametrize(
    ("goal", "line"),
    [
        ("Go through the Markdown files in minutes.", "Path('minutes').glob('*.md')"),
        ("Count the words of all text files here.", "Path('.').glob('*.txt')"),
        ("统计所有 txt 文件的行数", "Path('.').glob('*.txt')"),
        ("Collect the headings of all *.md files.", "Path('.').rglob('*.md')"),
        ("Put the CSV and text files together.", ""),
        ("Read all JSON files.", ""),
        ("Tidy up.", ""),
    ],
)
def test_the_files_of_a_kind_are_listed(goal, line):
    paths = ["minutes/01.md", "minutes/02.md", "a.txt", "b.txt", "docs/y.md"]
    assert line in listing(goal, paths) if line else listing(goal, paths) == ""


def test_rows_of_two_tables_are_looked_up_by_their_common_column():
    old = FileHead(path="old.csv", size=30, head="item,price\nbowl,6\nwhisk,5\n")
    new = FileHead(path="new.csv", size=30, head="item,price\nbowl,7\nbowl,5\n")
    lines = loading(Item(name="task", goal="Compare old.csv and new.csv.", recipe="program"), [old, new])
    assert "old_by_item = {row['item']: row for row in old}" in lines
    assert "new_by_item" not in lines
