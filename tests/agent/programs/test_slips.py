"""Programs that broke on a slip run when it is mended; what can be meant two ways is left alone."""

import pytest

ROOMS = '{"A1": {"beds": 2}, "B2": {"beds": 3}}'
READ = "import json\nrooms = json.load(open('rooms.json'))\n"
PUPILS = '[{"name": "Ada", "age": 9}, {"name": "Bo", "age": 8}]'
SCHOOL = "import json\nwith open('pupils.json') as file:\n    pupils = json.load(file)\n"
CONNECT = "import sqlite3\ndb = sqlite3.connect(':memory:')\ndb.execute('CREATE TABLE t (n)')\n"


@pytest.mark.parametrize(
    ("program", "printed"),
    [
        ("a, b, c = 1, 2.5, 3\nprint(sum(a, b, c))", "6.5"),
        ("m = [{'数': 3, '英': 4, '语': 1}, {'数': 1, '英': 2, '语': 1}]\n"
         "m.sort(key=lambda x: sum(x['数'], x['英'], x['语']))\nprint(m[0]['英'])", "2"),
        ("a = 2\nprint(f'{sum(a, 3)} km')", "5 km"),
        ("a, b = 0.5, 1\nx = sum(a, b)\nprint(x)", "1.5"),
        ("print(', '.join('a', 'b', 'c'))", "a, b, c"),
    ],
)  # fmt: skip
def test_numbers_beside_each_other_are_summed(mend, ran, program, printed):
    assert ran(mend(program)) == (f"{printed}\n", "")


@pytest.mark.parametrize(
    ("program", "printed"),
    [
        ("for name, age in pupils.items():\n    print(name, age)", "Ada 9\nBo 8\n"),
        ("for age, name in pupils.items():\n    print(name, age)", "Ada 9\nBo 8\n"),
        ("print([f'{n}{a}' for n, a in pupils.items()])", "['Ada9', 'Bo8']\n"),
        ("school = {'pupils': pupils}\nfor n, a in school['pupils'].items():\n    print(n, a)", "Ada 9\nBo 8\n"),
    ],
)
def test_entries_are_taken_apart_into_their_values(mend, ran, program, printed):
    assert ran(mend(SCHOOL + program, pupils__json=PUPILS)) == (printed, "")


@pytest.mark.parametrize(
    ("program", "printed"),
    [
        ("print(sum(room['beds'] for room in rooms))", "5\n"),
        ("for room in rooms:\n    print(room['beds'], room.get('view'))", "2 None\n3 None\n"),
        ("for 房 in rooms:\n    print('床位数', 房['beds'])", "床位数 2\n床位数 3\n"),
        ("rooms = {}\nfor name in 'ab':\n    rooms[name] = {'beds': 1}\nfor one in rooms:\n    print(one['beds'])",
         "1\n1\n"),
        ("rooms = {'hotel': 'X', 'rooms': [{'beds': 4}]}\nprint([room['beds'] for room in rooms])", "[4]\n"),
    ],
)  # fmt: skip
def test_a_loop_over_entries_by_name_goes_over_the_entries(mend, ran, program, printed):
    assert ran(mend(READ + program, rooms__json=ROOMS)) == (printed, "")


@pytest.mark.parametrize(
    ("program", "printed"),
    [
        ("import datetime\nprint(datetime.strptime('2024-02-03', '%Y-%m-%d').year)", "2024"),
        ("import datetime\nprint(datetime(2024, 2, 3).month)", "2"),
        ("import datetime as dt\nd = dt.date(2024, 2, 3)\nprint(dt.strptime('4', '%d').day, d.year)", "4 2024"),
        ("from datetime import datetime\nprint(datetime.datetime(2024, 2, 3).day)", "3"),
        ("from datetime import date, datetime\nd = date(2024, 2, 3)\nprint(d + datetime.timedelta(days=1))", "2024-02-04"),
        ("from datetime import datetime\nprint(datetime.date(2024, 2, 3))", "2024-02-03"),
        ("from datetime import datetime\nprint(datetime.date.fromisoformat('2024-02-03').day)", "3"),
        ("from datetime import datetime\ndef day(t):\n    return datetime.strptime(t, '%d').day\nimport datetime\n"
         "print(day('7'), datetime.date(2024, 2, 3).year)", "7 2024"),
    ],
)  # fmt: skip
def test_a_date_is_made_by_the_class_that_has_it(mend, ran, program, printed):
    assert ran(mend(program)) == (f"{printed}\n", "")


@pytest.mark.parametrize(
    ("program", "printed"),
    [
        ("n = 3\nprint('Sum: ' + n + ' km')", "Sum: 3 km"),
        ("n = 3.5\nprint(n + ' 公里')", "3.5 公里"),
        ("n, m = 1, 2\nprint(n + m + ' km')", "3 km"),
        ("row = {'城市': '上海', 'n': 3}\nprint('在' + row['城市'] + row['n'])", "在上海3"),
        ("n = 3\ntext = ''\ntext += n\nprint(text)", "3"),
        ("n = 3\nprint(f'{\"about \" + n}')", "about 3"),
        ("n = [1, 2]\nprint('-'.join(n), '+'.join(x * 2 for x in n) if 0 else '')", "1-2 "),
        ("n = [1, 2]\nprint('+'.join(x * 2 for x in n))", "2+4"),
        ("n = [1, 2]\nprint('+'.join([str(n[0]), n[1]]))", "1+2"),
        ("n = 3\nwith open('n.txt', 'w') as file:\n    file.write(n)\nprint(open('n.txt').read())", "3"),
        ("n = 3\nwith open('n.txt', 'w') as file: file.write(n / 2)\nprint(open('n.txt').read())", "1.5"),
    ],
)
def test_a_number_beside_a_text_is_written_out(mend, ran, program, printed):
    assert ran(mend(program)) == (f"{printed}\n", "")


@pytest.mark.parametrize(
    ("program", "printed"),
    [
        ("name = 'Ada'\ndb.execute('INSERT INTO t VALUES (?)', (name))", "[('Ada',)]"),
        ("name = 'Ada'\ndb.execute('INSERT INTO t VALUES (?)', name)", "[('Ada',)]"),
        ("number = 12\ndb.execute('INSERT INTO t VALUES (?)', (number))", "[(12,)]"),
        ("names = ['Ada', 'Bo']\ndb.executemany('INSERT INTO t VALUES (?)', names)", "[('Ada',), ('Bo',)]"),
    ],
)
def test_a_single_value_is_bound_as_one(mend, ran, program, printed):
    better = mend(CONNECT + program + "\nprint(db.execute('SELECT * FROM t').fetchall())")
    assert ran(better) == (f"{printed}\n", "")


@pytest.mark.parametrize(
    ("call", "printed"),
    [
        ("db.executemany('INSERT INTO two (b, a) VALUES (?, ?)', rows)", "[(1, 'x'), (2, 'y')]"),
        ("row = rows[0]\ndb.execute('insert into two (a, b) values (?, ?)', row)", "[(1, 'x')]"),
    ],
)
def test_rows_that_are_dictionaries_are_bound_by_the_names_of_the_columns(mend, ran, call, printed):
    rows = "db.execute('CREATE TABLE two (a, b)')\nrows = [{'a': 1, 'b': 'x'}, {'a': 2, 'b': 'y'}]\n"
    better = mend(f"{CONNECT}{rows}{call}\nprint(db.execute('SELECT * FROM two').fetchall())")
    assert ran(better) == (f"{printed}\n", "")


@pytest.mark.parametrize(
    "program",
    [
        "import re\nprint(re.search('x', 'abc').group())",
        "n = 5\nprint(max(n))",
        "n = 5\nfor one in n:\n    print(sum([1], 2))",
        "n, m = 1, 2\nprint('Sum: ' + n + m)",
        "n = None\nprint('Sum: ' + n)",
        "n = '3'\nprint(n + 1)",
        "n = 3\nprint(n + '5')",
        "print('+'.join([1, [2]][1:]))",
        "open('n.txt', 'w').write([1])",
        "rows = [{'a': 1, 'b': 2}]\nfor at, row in rows.items():\n    print(at, row['a'])",
        "rows = [{'a': 1, 'b': 2, 'c': 3}]\nfor x, y in rows.items():\n    print(x, y)",
        "rows = [1, 2]\nfor x, y in rows.items():\n    print(x, y)",
        "rows = ['ab', 'cd']\nfor row in rows:\n    print(row['a'])",
        "rows = {'x': {'a': 1}}\nfor row in rows:\n    print(row, row['a'])",
        "rows = {'x': {'a': 1}}\nprint([(row, row['a']) for row in rows])",
        "rows = {'x': 'y'}\nfor row in rows:\n    print(row['a'])",
        "import random\nprint(random(3))",
        "import math\nprint(math.strptime('1', '%d'))",
        "datetime = 3\nprint(datetime.strptime('1', '%d'))",
        CONNECT + "db.execute('INSERT INTO t VALUES (?)', ('a', 'b'))",
        CONNECT + "row = ['a', 'b']\ndb.execute('INSERT INTO t VALUES (?)', row)",
        "1 / 0",
        "raise ValueError('TypeError: sum() takes at most 2 arguments')",
    ],
)
def test_what_can_be_meant_two_ways_is_left_alone(mend, program):
    assert mend(program) == ""


def test_what_broke_in_a_module_beside_the_program_is_left_alone(mend, tmp_path):
    (tmp_path / "sums.py").write_text("def add(n):\n    return sum(n, 1)\n", encoding="utf-8")
    # What broke stands at the same place of the other file.
    assert mend("from sums import add\nif 0 : sum(5, 1)\nadd(5)\n") == ""


def test_what_no_program_could_have_shown_is_left_alone():
    from autogpt.agent.programs.slips import without_slip

    said = 'Traceback (most recent call last):\n  File "program.py", line 9, in <module>\nTypeError: sum()'
    assert [without_slip("sum(1, 2, 3)", seen, "", []) for seen in (said, "", "exit status 1")] == [""] * 3
    assert without_slip("sum(1, 2", said.replace("9", "1"), "", []) == ""
