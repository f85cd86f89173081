import subprocess
import sys

import pytest

from autogpt.agent.ladder import ladder
from autogpt.agent.programs.inside.mutants import mutants
from autogpt.agent.small import CHANGES, can_change, program
from autogpt.core.check import FileExists, PythonHolds, TestsPass
from autogpt.core.message import Profile
from autogpt.core.plan import Item
from autogpt.core.run import Run
from autogpt.core.task import Task

TestsPass.__test__ = False

LOOP = "def f(xs):\n    for x in xs:\n        x += 1\n{}    return x\n"
FAULTS = [
    ("def f(a, b):\n    return a < b\n", "def f(a, b):\n    return a <= b\n"),
    ("def f(n):\n    return list(range(1, n))\n", "def f(n):\n    return list(range(1, (n + 1)))\n"),
    (LOOP.format("    "), LOOP.format("")),
    ("def f(a, b=[]):\n    return b\n", "def f(a, b=None):\n    if b is None:\n        b = []\n    return b\n"),
    ("def f(a):\n    return a and not a\n", "def f(a):\n    return a or not a\n"),
    ("def f(d, k):\n    d[k] += 1\n", "def f(d, k):\n    d[k] = d.get(k, 0) + 1\n"),
    ("def f(x):\n    return f'{x / 100:.2f}'\n", "def f(x):\n    return f'{x / 100:,.2f}'\n"),
    ("def f(é, n):\n    return [é[n - 1], 'é', n > 2]\n", "def f(é, n):\n    return [é[n - 1], 'é', n >= 2]\n"),
    ("def f(a, b):\n    return g(a, b)\n", "def f(a, b):\n    return g(b, a)\n"),
    ("def f(n, k):\n    return n // k + 1\n", "def f(n, k):\n    return -(-n // k)\n"),
    ("def f(d):\n    return max(d)\n", "def f(d):\n    return max(d, key=d.get)\n"),
    ("def f(a):\n    x(a)\n    y(a)\n", "def f(a):\n    y(a)\n    x(a)\n"),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "right"), FAULTS)
def test_what_is_one_slip_away_is_among_the_changes(wrong, right):
    assert right in [mutant.of(wrong) for mutant in mutants(wrong)]


def test_every_change_is_python_and_another_text_and_likely_ones_come_first():
    source = FAULTS[2][0] + FAULTS[7][0]
    made = mutants(source, ("ValueError", "x"))
    texts = [mutant.of(source) for mutant in made]
    assert len(set(texts)) == len(texts) > 50
    assert source not in texts
    for text in texts:
        compile(text, "m", "exec")
    ranks = [mutant.rank for mutant in made]
    assert ranks == sorted(ranks)


def test_no_other_numbers_are_put_in_where_few_tests_say_what_is_right():
    source = "def f(n):\n    return '.'.join(n[1:]) + str(3)\n"
    assert any("4" in mutant.of(source) for mutant in mutants(source))
    made = [mutant.of(source) for mutant in mutants(source, numbers=False)]
    assert made
    assert not any("4" in text or "0" in text for text in made)


@pytest.mark.parametrize("text", ["def f(:", "", "\x00", "x = " + "(" * 2000])
def test_there_is_nothing_to_change_in_what_is_no_python(text):
    assert mutants(text) == []


@pytest.mark.parametrize(("name", "may"), [("largest", False), ("cheapest", True), ("worst", True), ("最大", False)])
def test_who_looks_for_the_largest_is_not_given_the_smallest(name, may):
    source = f"def {name}(d):\n    return max(d)\n"
    assert (source.replace("max", "min") in [mutant.of(source) for mutant in mutants(source)]) == may


MONTHS = "def f(m, y):\n    return y + m // 12, m % 12\n"


def test_what_belongs_together_is_changed_together():
    right = "def f(m, y):\n    return y + ((m - 1) // 12), ((m - 1) % 12 + 1)\n"
    assert right in [mutant.of(MONTHS) for mutant in mutants(MONTHS)]


LENDING = "def lend(b):\n    x(b)\n{}    return b\n\ndef take_back(b):\n    b.copies += 1\n"


def test_what_one_function_undoes_may_be_missing_in_the_other():
    made = [mutant.of(LENDING.format("")) for mutant in mutants(LENDING.format(""))]
    assert LENDING.format("    b.copies -= 1\n") in made


def mended(folder, item, **files):
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)
    code = program(Run(id="r", task=Task(goal="g")), item, CHANGES)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True, timeout=90
    )
    return done.stdout, (folder / "m.py").read_text()


TESTS = """\
import pytest
from m import *

def test_lists_are_not_shared():
    add(1); assert add(2) == [2]

@pytest.mark.parametrize("n", [3])
def test_sum(n):
    assert upto(n) == 6

def test_nothing():
    with pytest.raises(ValueError):
        upto(-1)
"""
FAULTY = """\
def add(x, to=[]):
    to.append(x)
    return to


def upto(n):
    total = 0
    for i in range(n):
        total += i
    return total
"""


def test_several_faults_are_mended_one_after_the_other(tmp_path):
    item = Item(name="t", goal="g", delivers=("m.py",), checks=(TestsPass(path="test_m.py"),), recipe="fix")
    said, text = mended(tmp_path, item, m__py=FAULTY, test_m__py=TESTS)
    assert said.strip() == "changed m.py"
    space = {}
    exec(text, space)
    assert space["add"](1) == [1]
    assert space["add"](2) == [2]
    assert space["upto"](4) == 10
    with pytest.raises(ValueError, match="n"):
        space["upto"](-2)


ACCOUNT = """\
class Account:
    def __init__(self, most):
        self.most = most
        self.names = {}

    def take(self, name, amount):
        if amount < 0:
            raise ValueError
        self.names[name] = amount

    def largest(self):
        return max(self.names)
"""
IN_TURN = """\
import unittest
from m import Account

class Tests(unittest.TestCase):
    def test_all(self):
        account = Account(9)
        with self.assertRaises(ValueError):
            account.take("a", 0)
        account.take("a", 5)
        with self.assertRaises(KeyError):
            account.take("a", 2)
        account.take("b", 3)
        self.assertEqual(account.largest(), "a")
        self.assertEqual(Account(1).most, 1)
"""


@pytest.mark.parametrize("hidden", [(), ("pytest",)])
def test_faults_that_one_test_meets_in_turn_are_mended(tmp_path, hidden):
    item = Item(name="t", goal="g", delivers=("m.py",), checks=(TestsPass(path="test_m.py"),), recipe="fix")
    for name in hidden:
        (tmp_path / f"{name}.py").write_text("raise ImportError")
    said, text = mended(tmp_path, item, m__py=ACCOUNT, test_m__py=IN_TURN)
    assert said.strip() == "changed m.py"
    assert "amount <= 0" in text
    assert "if name in self.names:" in text
    assert "key=self.names.get" in text


def test_a_test_that_only_came_further_is_no_gain(tmp_path):
    item = Item(name="t", goal="g", delivers=("m.py",), checks=(TestsPass(path="test_m.py"),), recipe="fix")
    tests = "import m\ndef test_a():\n    x = m.f(3)\n    assert x < 3\n    assert x == 'never'\n"
    said, text = mended(tmp_path, item, m__py="def f(n):\n    return n\n", test_m__py=tests)
    assert said.strip() == "no small change makes more tests pass"
    assert text == "def f(n):\n    return n\n"


def test_code_that_hangs_dies_or_writes_is_survived_and_what_helps_nothing_is_not_kept(tmp_path):
    item = Item(name="t", goal="g", delivers=("m.py",), checks=(TestsPass(path="test_m.py"),), recipe="fix")
    tests = "import m\ndef test_a():\n    assert m.f(3) == 'never'\n"
    faulty = "import os\ndef f(n):\n    open('made', 'w').close()\n    while n < 2:\n        n -= 1\n    os._exit(n)\n"
    said, text = mended(tmp_path, item, m__py=faulty, test_m__py=tests)
    assert said.strip() == "no small change makes more tests pass"
    assert text == faulty
    assert not (tmp_path / "made").exists()


def code(*checks, delivers=("m.py",), recipe="code"):
    return Item(name="t", goal="g", delivers=delivers, checks=checks, recipe=recipe)


HOLDS = PythonHolds(code="from m import *\nassert f(1) == 2", label="assert f(1) == 2")


@pytest.mark.parametrize(
    ("item", "can"),
    [
        (code(HOLDS), True),
        (code(TestsPass(path="t.py"), recipe="fix", delivers=("a.py", "b.py")), True),
        (code(HOLDS, delivers=("a.py", "b.py")), False),
        (code(FileExists(path="m.py")), False),
        (code(PythonHolds(code="from m import f", label="m defines f")), False),
        (code(PythonHolds(code="assert h != 'x'", label="m.py has changed"), recipe="fix"), False),
        (code(PythonHolds(code="try: f(1)\nexcept ValueError: pass\nelse: raise AssertionError")), False),
        (code(HOLDS, recipe="program"), False),
        (code(TestsPass(path="t.py"), recipe="fix", delivers=("notes.md",)), False),
    ],
)
def test_changes_are_tried_where_tests_say_what_is_right(item, can):
    assert can_change(item) == can
    if can:
        small = Profile(window=4096, small=True, format="block")
        assert CHANGES in ladder(small, item, stronger=False)
