"""Names and keys that differ in next to nothing from the one that is there are taken for it, and no others."""

import pytest

PEOPLE = "Name,Birth Date,Age\nAda,1815-12-10,36\n"
READ = "import csv\npeople = list(csv.DictReader(open('people.csv')))\n"


@pytest.mark.parametrize(
    ("program", "printed"),
    [
        ("birthdays_iso = ['2024-01-02']\nprint(birthday_iso)", "['2024-01-02']"),
        ("TotalPrice = 3\nprint(total_price, total_price)", "3 3"),
        ("def f(category_name):\n    return [categorie_name + x for x in 'ab']\n"
         "print(f('x'))".replace("categorie", "catgory"), "['xa', 'xb']"),
        ("results = [1]\nprint(len(result))", "1"),
        ("result = [1]\nprint(f'{results}')", "[1]"),
        ("sales = [{'n': 1}]\nfor row in sale:\n    print(row['n'])", "1"),
        ("sales = [{'n': 1}]\ndef show():\n    for row in sale:\n        print(row['n'])\nshow()", "1"),
        ("sales = [{'n': 1}]\nprint(sum(one['n'] for one in sale))", "1"),
        ("from collections import Counter\nword_counts = Counter('aab')\nprint(words_counts['a'])", "2"),
    ],
)  # fmt: skip
def test_a_name_that_is_nearly_assigned_is_that_one(mend, ran, program, printed):
    assert ran(mend(program)) == (f"{printed}\n", "")


@pytest.mark.parametrize(
    "program",
    [
        "rows = [{'n': 1}]\nfor r in rows:\n    print(row['n'])",
        "rows = [1, 2]\nprint([row for r in rows])",
        "rows = [[1], [2]]\nprint([x for r in rows for x in row])",
        "rows = [[1], [2]]\nfor r in rows:\n    print([x for x in row])",
        "for order in ['ab', 'cd']:\n    for part in orders:\n        print(part)",
        "rows = [[1], [2]]\nfor r in rows:\n    for x in row:\n        print(x)",
        "for order in [1, 2]:\n    pass\nprint(len(orders))",
        "min_price, other = 1, 2\nprint(mid_price - other)",
        "total_1 = 3\nprint(total_2)",
        "user_a = 3\nprint(user_b)",
        "word_counts, wordCounts = 1, 2\nprint(wordcounts)",
        "def f():\n    birthdays_iso = 1\nprint(birthday_iso)",
        "print([x_names for x_names in [1]], x_name)",
        "print(quite_another)",
        "def f():\n    value = 1\nprint(value)",
    ],
)
def test_a_name_that_may_be_another_is_left_alone(mend, program):
    assert mend(program) == ""


@pytest.mark.parametrize(
    ("program", "printed"),
    [
        ("print([p['birth_date'] for p in people])", "['1815-12-10']"),
        ("for p in people:\n    print(f\"{p['name']}: {p['Age']}\")", "Ada: 36"),
        ("out = [{'name': p['name']} for p in people]\nprint([one['name'] for one in out])", "['Ada']"),
        ("print(sorted(people, key=lambda p: p['AGE'])[0]['AGE'])", "36"),
    ],
)
def test_a_key_that_is_nearly_there_is_that_one(mend, ran, program, printed):
    assert ran(mend(READ + program, people__csv=PEOPLE)) == (f"{printed}\n", "")


def test_a_key_of_json_that_is_nearly_there_is_that_one(mend, ran):
    program = "import json\nprint(json.load(open('a.json'))['unitPrice'])"
    assert ran(mend(program, a__json='{"unit_price": 5}')) == ("5\n", "")


@pytest.mark.parametrize(
    ("program", "table"),
    [
        ("people[0]['birthday']", PEOPLE),
        ("people[0]['name']", "Name,NAME\nAda,Bo\n"),
        ("{}['Age']", PEOPLE),
        ("people[0][3]", PEOPLE),
        ("key = 'name'\npeople[0][key]", PEOPLE),
    ],
)
def test_a_key_that_may_be_another_is_left_alone(mend, program, table):
    assert mend(READ + program, people__csv=table) == ""
