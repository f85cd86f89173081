"""What the goal says a command prints, or ends with, is tried."""

import re
import subprocess
import sys

import pytest

from autogpt.agent.reading.started import started
from autogpt.core.contracts import FileHead


def labels(goal, files=(), language="en"):
    path = next(word.rstrip(":.。：") for word in goal.split() if ".py" in word)
    checks = started(goal, [path], files, language)
    return {check.label: check for check in checks if check.kind == "python_holds" and "traceback" not in check.label}


@pytest.mark.parametrize(
    ("goal", "expected"),
    [
        ('Write hi.py: `python hi.py NAME` prints "Hello, NAME!".', ["'Hello, sample!' is printed"]),
        (
            "写 t.py ：`python t.py add 内容` 添加一条并打印“已添加：内容”。",
            ["'已添加：示例' is printed", "exit status 0"],
        ),
        (
            'Write n.py: `python n.py list` prints the notes, or "No notes" if there are none.',
            ["'No notes' is printed"],
        ),
        ("写 t.py ：`python t.py list` 列出，一条也没有时打印“空”字；", []),
        (
            "Write n.py: `python n.py rm N` removes one; a number that does not exist gives exit status 2.",
            ["exit status 2"],
        ),
        (
            "Write e.py: `python e.py pay AMOUNT` pays; an amount that is not a positive number gives exit status 2.",
            ["exit status 2"],
        ),
        # What depends on something, is a pattern for several, or has more to be filled in, is not demanded.
        ('Write hi.py: `python hi.py NAME` prints "Hello, NAME!" if it is morning.', []),
        ('Write hi.py: if there is no such person, `python hi.py NAME` prints each as "NAME: AGE".', []),
        ('Write hi.py: `python hi.py NAME` prints "NAME is DAYS days old".', []),
        ("写 t.py ：`python t.py add 内容` 添加并打印“序号. 内容”。", ["exit status 0"]),
        ("Write n.py: `python n.py add WORD` adds; a word must be new.", []),
        ("Write n.py: `python n.py add WORD` adds it if n.json is there.", []),
        ("Write e.py: `python e.py AMOUNT` prints negative amounts with 2 decimals.", []),
        ("Write n.py: `python n.py rm N` answers a number that does not exist with 3 that do.", []),
        (
            'Write n.py: `python n.py rm NAME` prints "Removed NAME"; `python n.py list` prints all.',
            [],
        ),
        ('Write hi.py: `python hi.py N` prints "Number N".', ["'Number 1' is printed"]),
        (
            "Write c.py so that `python c.py 3 + 4` prints 7 and `python c.py 9 / 2` prints 4.5.",
            ["7 is printed", "4.5 is printed"],
        ),
        ("写 c.py ：`python c.py 3 + 4` 应输出 7，支持加减乘除。", ["7 is printed"]),
        ("Write r.py: `python r.py 14` prints XIV.", ["XIV is printed"]),
        (
            "Write c.py: `python c.py 13.35 20` prints the change with two decimals, here 6.65.",
            ["6.65 is printed", "a number with 2 decimals is printed"],
        ),
        (
            "写 c.py ：`python c.py 328 5` 输出每人该付多少元，保留两位小数，只输出数字。",
            ["nothing but a number with 2 decimals is printed"],
        ),
        ("Write c.py: `python c.py 328 5` prints the share, rounded to two decimals.", []),
        ("Write c.py: `python c.py 3` prints 7 lines.", []),
        ("Write c.py: `python c.py 3` prints 7 or more.", []),
        ("Write c.py: `python c.py 3` must not print 7.", []),
        ("Write c.py: `python c.py push 3` keeps 3 in c.json and prints 1.", []),
        ("Write c.py: `python c.py N` prints 7.", []),
    ],
)
def test_only_what_is_said_outright_is_demanded(goal, expected):
    found = labels(goal, language="zh" if "写" in goal else "en")
    assert [re.split(r" (?:by|from): ", label)[0] for label in found] == expected


def test_what_is_kept_already_leaves_open_what_is_printed_first():
    goal = 'Write n.py: `python n.py list` prints the notes, or "No notes" if there are none.'
    assert labels(goal, [FileHead(path="notes.json", size=2, head="[]")]) == {}


@pytest.mark.parametrize(
    ("program", "wrong"),
    [
        ("import sys; print('Hello, ' + sys.argv[1] + '!')", ""),
        ("import sys; print('Hello ' + sys.argv[1])", "printed is 'Hello sample"),
    ],
)
def test_the_check_tells_right_from_wrong(program, wrong, tmp_path):
    (check,) = labels('Write hi.py: `python hi.py NAME` prints "Hello, NAME!".').values()
    (tmp_path / "hi.py").write_text(program)
    done = subprocess.run([sys.executable, "-c", check.code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode == 0) == (wrong == "")
    assert wrong in done.stderr


@pytest.mark.parametrize(
    ("program", "good"),
    [
        ("print(7)", True),
        ("print('3 + 4 = 7.')", True),
        ("print(7.0)", False),
        ("print(-7)", False),
        ("print(17)", False),
        ("input()", False),
    ],
)
def test_a_value_is_told_from_others_that_hold_it(program, good, tmp_path):
    (check,) = labels("Write c.py: `python c.py 3 + 4` prints 7.").values()
    (tmp_path / "c.py").write_text(program)
    done = subprocess.run([sys.executable, "-c", check.code], cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode == 0) == good


def test_a_status_is_told_from_a_traceback(tmp_path):
    goal = "Write n.py: `python n.py rm N` removes one; a number that does not exist gives exit status 1."
    (check,) = labels(goal).values()
    for program, good in (("import sys; sys.exit(1)", True), ("1 / 0", False), ("", False)):
        (tmp_path / "n.py").write_text(program)
        done = subprocess.run([sys.executable, "-c", check.code], cwd=tmp_path, capture_output=True, check=False)
        assert (done.returncode == 0) == good
