"""Programs that broke on what they gather and write out do it when they are mended, and lose nothing that is wanted."""

import pytest

WRITE = """
import csv
rows = [{'name': 'Ada', 'born': 1815, 'home': 'London'}]
with open('out.csv', 'w', newline='') as file:
    writer = csv.DictWriter(file, %s)
    writer.writeheader()
    writer.writerows(rows)
"""


@pytest.mark.parametrize(
    ("names", "goal", "written"),
    [
        ("fieldnames=['name', 'born']", "Write the names to out.csv.", "name,born\nAda,1815\n"),
        ("['name', 'born'],", "Without the column home.", "name,born\nAda,1815\n"),
        ("['name', 'born']", "写出所有人，去掉 home 列。", "name,born\nAda,1815\n"),
        ("fieldnames=['name']", "Write name and Home of all to out.csv.", "name,home\nAda,London\n"),
        (
            "['name', 'home']",
            "Of those born early write the columns name and home. Born is a year.",
            "name,home\nAda,London\n",
        ),
        ("('name',)", "写出 name 和 born 两列。", "name,born\nAda,1815\n"),
        ("['name']", "不要改动其他文件，写出 name 和 home。", "name,home\nAda,London\n"),
        ("['name']", "Do not change a.csv, write the name and home of all.", "name,home\nAda,London\n"),
        ("['name']", "Write out.csv for all; don't include born or home.", "name\nAda\n"),
        ("list(rows[0])[:1]", "Write name, born and home.", "name,born,home\nAda,1815,London\n"),
    ],
)
def test_fields_that_the_goal_names_are_written_and_others_left_out(mend, ran, tmp_path, names, goal, written):
    assert ran(mend(WRITE % names, goal)) == ("", "")
    assert (tmp_path / "out.csv").read_text("utf-8") == written


@pytest.mark.parametrize(
    "program",
    [
        WRITE.replace("rows = [{", "rows = [{None: ['x'], ") % "['name', 'born', 'home']",
        WRITE % "['name'], extrasaction='raise'",
    ],
)
def test_cells_without_a_head_and_a_stated_wish_are_left_alone(mend, program):
    assert mend(program) == ""


def test_the_writer_that_broke_is_mended_and_not_another(mend, ran, tmp_path):
    program = WRITE % "['name']" + "    other = csv.DictWriter(file, ['x'])\n"
    better = mend(program)
    assert better.count("extrasaction") == 1
    assert ran(better) == ("", "")


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        ("{'b', 'a'}", '["a", "b"]'),
        ("{1, 'a'}", '[1, "a"]'),
        ("{'x': 1}.keys()", '["x"]'),
        ("date(2024, 2, 3)", '"2024-02-03"'),
        ("datetime.strptime('3.2.2024', '%d.%m.%Y')", '"2024-02-03"'),
        ("datetime.strptime('3.2.2024 10:30', '%d.%m.%Y %H:%M')", '"2024-02-03T10:30:00"'),
        ("datetime.strptime('3.2.2024 00:00', '%d.%m.%Y %H:%M')", '"2024-02-03T00:00:00"'),
        ("[Decimal('12.50'), Decimal('3')]", "[12.5, 3]"),
        ("map(str, [1])", '["1"]'),
    ],
)
def test_what_json_has_no_form_for_gets_one(mend, ran, value, printed):
    first = "import json\nfrom datetime import date, datetime\nfrom decimal import Decimal\n"
    assert ran(mend(f"{first}print(json.dumps({value}))")) == (f"{printed}\n", "")
    assert ran(mend(f"{first}print(json.dumps({value},\n    indent=None,\n))")) == (f"{printed}\n", "")


@pytest.mark.parametrize("value", ["object()", "b'x'", "{'x': 1}, default=lambda x: 1 / 0, skipkeys={(): 1 / 0}"])
def test_what_has_no_plain_form_is_left_alone(mend, value):
    assert mend(f"import json\nprint(json.dumps({value}))") == ""


@pytest.mark.parametrize(
    ("program", "printed"),
    [
        ("for c in 'aab':\n    d[c] += 1", "{'a': 2, 'b': 1}"),
        ("for c in 'aab': d[c] += 1", "{'a': 2, 'b': 1}"),
        ("for c in 'aab':\n    d[c] += c + ';' if 0 else f'{c};'", ""),
        ("for c in 'aab':\n    d[c] += f'{c};'", "{'a': 'a;a;', 'b': 'b;'}"),
        ("for c in 'aab':\n    d[c] += [c]", "{'a': ['a', 'a'], 'b': ['b']}"),
        ("for c in 'aab':\n    d[c].append(1)", "{'a': [1, 1], 'b': [1]}"),
        ("for c in 'aab': d[c.upper()].add(c)", "{'A': {'a'}, 'B': {'b'}}"),
        ("r = {'k': 'x', 'n': 2}\nd[r['k']] -= r['n']", "{'x': -2}"),
        ("for c in 'aab':\n    d[c]['n'] = 1", "{'a': {'n': 1}, 'b': {'n': 1}}"),
        ("for c in 'aab':\n    d[c]['n'] += 1", "{'a': {'n': 2}, 'b': {'n': 1}}"),
        ("for c in 'aab':\n    d[c]['n'].append(c)", "{'a': {'n': ['a', 'a']}, 'b': {'n': ['b']}}"),
    ],
)
def test_entries_that_are_added_to_begin_empty(mend, ran, program, printed):
    better = mend(f"d = {{}}\n{program}\nprint(d)")
    if not printed:
        assert "TypeError" in ran(better)[1]  # a text added to nought still breaks
    else:
        assert ran(better) == (f"{printed}\n", "")


@pytest.mark.parametrize(
    "program",
    [
        "d = {'b': 1}\nd['a'] += 1",
        "d = {}\nprint(d['a'])",
        "d = {}\nr = {}\nd['a'] = d['a'] if r else d['a']",
        "d = {}\nr = {'k': 1}\nd[r['n']] += 1",
        "d = {}\nit = iter('ab')\nd[next(it)] += 1",
        "d = {}\nd['a'] *= 2",
        "d = {}\nd['a'].sort()",
    ],
)
def test_entries_that_are_looked_up_are_left_alone(mend, program):
    assert mend(program) == ""


@pytest.mark.parametrize(
    ("program", "there"),
    [
        ("import os\nos.rename('a.txt', 'old/a.txt')", ["old/a.txt"]),
        ("from pathlib import Path\nPath('a.txt').rename('old/x/a.txt')", ["old/x/a.txt"]),
        ("import os, sys\nfor f in ['a.txt']: os.replace(f, os.path.join('old', f))", ["old/a.txt"]),
        ("import shutil\nshutil.move('a.txt', 'old/')", ["old/a.txt"]),
        ("import shutil\nshutil.copy('a.txt', 'old/')", ["a.txt", "old/a.txt"]),
        ("import os\nos.mkdir('old/new')", ["a.txt", "old/new"]),
        ("import pathlib\npathlib.Path('old/new').mkdir()", ["a.txt", "old/new"]),
        ("import os\nos.makedirs('old')\nos.makedirs('old')", ["a.txt", "old"]),
        ("import os\nos.makedirs('old')\nos.mkdir('old')", ["a.txt", "old"]),
        ("from pathlib import Path\nold = Path('old')\nold.mkdir()\nold.mkdir(parents=True)", ["a.txt", "old"]),
        ("import sqlite3\nsqlite3.connect('old/x.db').execute('CREATE TABLE t (n)')", ["a.txt", "old/x.db"]),
    ],
)
def test_a_folder_that_is_moved_into_is_made_first(mend, ran, tmp_path, program, there):
    better = mend(program, a__txt="a")
    for path in sorted(tmp_path.iterdir()):
        if path.is_dir():
            path.rmdir()
    assert better
    assert ran(better) == ("", "")
    whole = [path for path in tmp_path.rglob("*") if path.is_file() or not any(path.iterdir())]
    assert sorted(str(path.relative_to(tmp_path)) for path in whole) == there


@pytest.mark.parametrize(
    "program",
    [
        "import os\nos.rename('b.txt', 'old/b.txt')",
        "import os\n[os.rename(f, 'old/' + f) for f in ['a.txt']]",
        "open('b.txt')",
        "import os\nos.listdir('old')",
        "import os\nos.mkdir('a.txt/b')",
        "import shutil\nshutil.move('b.txt', 'c.txt')",
    ],
)
def test_what_is_not_there_to_be_moved_is_left_alone(mend, program):
    assert mend(program, a__txt="a") == ""


@pytest.mark.parametrize(
    ("program", "printed"),
    [
        ("""
         import csv
         with open('a.csv') as file:
             reader = csv.DictReader(file)
         total = 0
         for row in reader:
             # each of them
             total += int(row['n'])
         print(total)
         """, "3\n"),
        ("""
         import csv
         def write(rows):
             with open('b.csv', 'w', newline='') as file:
                 writer = csv.writer(file)
                 writer.writerow(['n'])

             for row in rows:
                 writer.writerow(row)
             file.write('end')
             return open('b.csv').read().splitlines()
         print(write([[5]]))
         """, "['n', '5', 'end']\n"),
        ("""
         with open('a.csv') as file:
             head = file.readline()
         body = file.read()
         with open('a.csv') as file:
             again = file.read()
         print(len(head), len(body), len(again))
         """, "2 4 6\n"),
    ],
)  # fmt: skip
def test_what_uses_a_file_moves_into_its_block(mend, ran, program, printed):
    assert ran(mend(program, a__csv="n\n1\n2\n")) == (printed, "")


@pytest.mark.parametrize(
    "program",
    [
        "file = open('a.csv')\nfile.close()\nfile.read()",
        "with open('a.csv') as file:\n    pass\ntext = '''a\nb'''\nfile.read()",
        "with open('a.csv') as file: pass\nfile.read()",
        "def f():\n    with open('a.csv') as file:\n        return file\nf().read()",
        "with open('a.csv', 'a') as file:\n    pass\nprint(open('a.csv').read())\nfile.write('x')",
    ],
)
def test_a_file_that_was_closed_otherwise_is_left_alone(mend, program):
    assert mend(program, a__csv="n\n1\n2\n") == ""
