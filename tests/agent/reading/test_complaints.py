"""What a command prints for a bad argument is tried where such an argument can be made up."""

import pytest

from autogpt.agent.programs.usage import begun
from autogpt.agent.reading.compile import implied
from autogpt.agent.reading.goal import read_goal


@pytest.mark.parametrize(
    ("goal", "labels"),
    [
        (
            "写个 aa.py，运行 `python aa.py 328 5`（总金额、人数）就输出每人该付多少元。如果人数不是正整数，就输出“人数错误”。",
            ["'人数错误' is printed by: python aa.py 328 0", "'人数错误' is printed by: python aa.py 328 -1"],
        ),
        (
            "Write split.py: `python split.py 90 4` (bill, people) prints the share. If people is zero it prints 'nobody here'.",
            ["'nobody here' is printed by: python split.py 90 0"],
        ),
        (
            'Write age.py: `python age.py 34` (age) prints the group; it prints "too old" if the age is over 120.',
            ["'too old' is printed by: python age.py 121"],
        ),
        # no value can be made up; of something else; elsewhere
        ("Write c.py: `python c.py 3 20` (price, money) prints the change. If the money is not enough it prints 'poor'.", []),
        ("Write c.py: `python c.py 3 20` (price, money) prints it. If the sum is over 100 it prints 'rich'.", []),
        ("Write c.py: `python c.py 3 20` (price, money). If money is zero it prints 'poor' to stderr.", []),
    ],
)  # fmt: skip
def test_complaints_are_tried(goal, labels):
    told = [check.label for check in implied(goal, read_goal(goal, set()), []) if check.kind == "python_holds"]
    assert [label for label in told if "is printed by" in label] == labels


def test_a_message_that_speaks_of_errors_is_no_wish_for_the_error_stream():
    goal = "写个 aa.py，运行 `python aa.py 328 5`（总金额、人数）。如果人数不是正整数，就输出“人数错误”。"
    assert "stderr" not in begun(goal, "aa.py")
    assert "stderr" in begun(goal + "参数错误时退出码为 2。", "aa.py")
