import re
import subprocess
import sys

import pytest

from autogpt.agent.reading.started import started

GOAL = """\
Write spend.py. Commands:
python spend.py add DATE AMOUNT [NOTE]
    stores an expense
python spend.py list
If the date is not a real date or the amount is not a number above 0, add prints a message on standard error and \
ends with exit status 2.
"""
HAN = "写 记账.py：`python 记账.py add 日期 金额` 记一笔。日期不是真实的日期时，不保存，退出码为 3。"


def refused(goal, program):
    return [c for c in started(goal, [program], (), "en") if re.match("exit status [1-9]", c.label)]


def test_each_argument_that_is_said_to_be_refused_is_tried():
    labels = [check.label.partition(": ")[2] for check in refused(GOAL, "spend.py")]
    assert labels == ["python spend.py add 2025-02-30 12.50", "python spend.py add 2025-01-31 abc"]
    (check,) = refused(HAN, "记账.py")
    assert check.label == "exit status 3 from: python '记账.py' add 2025-02-30 12.50"


GOOD = """\
import datetime, sys
if sys.argv[1] == "add":
    try:
        datetime.date.fromisoformat(sys.argv[2])
        float(sys.argv[3])
    except ValueError:
        sys.exit(2)
"""


@pytest.mark.parametrize(
    ("code", "passes"), [(GOOD, True), ("print('stored')\n", False), ("import sys\nsys.exit(1)\n", False)]
)
def test_the_check_runs_the_program(tmp_path, code, passes):
    (tmp_path / "spend.py").write_text(code)
    for check in refused(GOAL, "spend.py"):
        done = subprocess.run([sys.executable, "-c", check.code], cwd=tmp_path, capture_output=True, check=False)
        assert (done.returncode == 0) == passes


@pytest.mark.parametrize(
    "goal",
    [
        "Write spend.py: `python spend.py add DATE` adds. If the date is not a real date it says so and asks again.",
        "Write spend.py: `python spend.py show NAME`. If the name is not known it ends with exit status 1.",
        "Write spend.py. If the amount is not a number it exits with status 2.",
    ],
)
def test_nothing_is_tried_that_is_not_said(goal):
    assert refused(goal, "spend.py") == []
