"""What a goal says of a parameter decides what its function is tried on."""

import pytest

from autogpt.agent.reading.inputs import pools


@pytest.mark.parametrize(
    ("goal", "name", "kind"),
    [
        ('longest(days). days is a list of strings like "2025-03-01".', "days", "2025-03-02"),
        ("f(words: list[str]) counts them", "words", "a"),
        ("f(text): text is a string", "text", ""),
        ("函数 f(n)，n 是整数", "n", 7),
        ("f(n): n is a list of integers", "n", [3, 1, 2, 3]),
    ],
)
def test_the_kind_is_that_of_the_goal(goal, name, kind):
    function = "longest" if "longest" in goal else "f"
    values = pools(goal, [function])[name]
    assert kind in values or any(isinstance(value, list) and kind in value for value in values)


@pytest.mark.parametrize("goal", ["f(x) doubles it", "f(rows): rows is a list of dicts", "g(text): text is a string"])
def test_nothing_is_guessed(goal):
    assert pools(goal, ["f"]) == {}


def test_the_example_of_what_a_function_is_given_is_tried():
    goal = 'xingqi(riqi) 接收 "2025-09-01" 这样的日期字符串，返回那天是星期几，例如 "星期一"'
    assert pools(goal, ["xingqi"])["riqi"][0] == "2025-09-01"
    assert pools('hms(seconds) takes a number and returns text such as "1:01:05"', ["hms"]) == {}


def test_numbers_of_the_length_that_the_goal_speaks_of_are_tried():
    goal = "valid(text) is True for an ISBN; there have to be 13 digits, times 1, 3, 1, 3 and so on, divisible by 10."
    values = pools(goal, ["valid"])["text"]
    right = [
        v
        for v in values
        if len(v) == 13 and v.isdigit() and sum(int(c) * (1, 3)[i % 2] for i, c in enumerate(v)) % 10 == 0
    ]
    assert 2 <= len(right) < len(values) // 4
    assert pools("f(text) keeps 2 digits", ["f"]) == {}
