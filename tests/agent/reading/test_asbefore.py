"""Code that is there is changed and goes on doing what it did."""

import subprocess
import sys

import pytest

from autogpt.agent.reading.asbefore import as_before
from autogpt.agent.reading.goal import read_goal
from autogpt.core.contracts import FileHead

CODE = "def calc(n):\n    return n * 2\n\n\nprint(calc(3))\n"


def heads(**files):
    return [FileHead(path=f"{name}.py", size=len(text), head=text) for name, text in files.items()]


@pytest.mark.parametrize(
    ("now", "fine"),
    [
        (CODE.replace("calc", "double"), True),
        (CODE.replace("3", "4"), False),
        (CODE.replace("def calc", "def x"), False),
    ],
)
def test_what_is_printed_must_be_what_was_printed(now, fine, tmp_path):
    goal = "Rename the function calc in app.py to double; `python app.py` has to print the same as before."
    (check,) = as_before(goal, ["app.py"], heads(app=CODE))
    assert check.label == "python app.py prints what it printed before"
    (tmp_path / "app.py").write_text(now)
    done = subprocess.run([sys.executable, "-c", check.code], cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode == 0) is fine


@pytest.mark.parametrize(
    ("goal", "changed"),
    [
        ("app.py prints tasks. Add an option --all to it. Without it, it must keep working exactly as now.", 1),
        ("给 app.py 增加一个 --all 选项；输出和以前一样。", 1),
        ("Rename calc in app.py to double.", 0),
        ("Make tools.py; app.py prints the same as before.", 0),
    ],
)
def test_only_what_is_said_to_stay_is_held_to_it(goal, changed):
    reading = read_goal(goal, {"app.py"})
    assert len(as_before(goal, reading.named("change"), heads(app=CODE))) == changed


@pytest.mark.parametrize(
    ("goal", "changed"),
    [
        ("todo.py prints the tasks of todo.json. Add an option --all to it that prints all.", ["todo.py"]),
        ("The function name calc in prices.py says nothing. Rename it to add_tax there and in app.py.", ["prices.py", "app.py"]),
        ("todo.py 打印任务。给它增加一个 --all 选项。", ["todo.py"]),
        ("Run todo.py and tell me what it prints.", []),
        ("What does the function in prices.py do?", []),
        ("Write test_prices.py with tests for prices.py; add an option for it.", []),
    ],
)  # fmt: skip
def test_code_spoken_of_before_is_what_is_changed(goal, changed):
    there = {"todo.py", "todo.json", "prices.py", "app.py"}
    assert list(read_goal(goal, there).named("change")) == changed
