"""Examples that a goal gives without a call, reports of faults, and what a function gives in special cases."""

import subprocess
import sys

import pytest

from autogpt.agent.reading.examples import examples
from autogpt.agent.reading.pairs import pairs
from autogpt.agent.reading.specials import specials


@pytest.mark.parametrize(
    ("goal", "found"),
    [
        ('slugify(title) joins words by hyphens: "Hello World" becomes "hello-world".', ['slugify("Hello World") == "hello-world"']),
        ('hms(seconds) returns text such as "1:01:05" for 3665, so hours without padding.', ['hms(3665) == "1:01:05"']),
        ('to_roman(n) gives "IV" for 4 and "IX" for 9.', ['to_roman(4) == "IV"', 'to_roman(9) == "IX"']),
        ("is_prime(n): True for 2, 3 and 5, False for 4.", [
            "is_prime(2) == True", "is_prime(3) == True", "is_prime(5) == True", "is_prime(4) == False"
        ]),
        ('parse(text) turns "1:30" into 90.', ['parse("1:30") == 90']),
        ("写 jieshu(n)：输入 5 返回 120；对 0 返回 1。", ["jieshu(5) == 120", "jieshu(0) == 1"]),
        ('函数 yueri(riqi) 把 "2024-03-05" 变成 "3月5日"。', ['yueri("2024-03-05") == "3月5日"']),
        ("half(n) gives 0.5 for 1", ["abs(half(1) - 0.5) < 1e-6"]),
        # no examples: several arguments, ranges, two functions, two results, faults as they are
        ("add(a, b) returns 3 for 1", []),
        ('grade(score) returns "A" for 90 or more, "B" for 80 to 89.', []),
        ('enc(text) and dec(text): "a" becomes "b".', []),
        ('f(x) returns 1 for 2, g says; 3 for 2', []),
        ('Fix f(x): "a" becomes "b" at the moment.', []),
        ("days_until(date) returns 3 for 3 days", []),
        ('f(text) raises ValueError, not "b" for "a".', []),
    ],
)  # fmt: skip
def test_examples_without_a_call(goal, found):
    assert list(examples(goal)) == [f"assert {line}" for line in found]


@pytest.mark.parametrize(
    ("goal", "found"),
    [
        ("is_leap(1900) in leap.py returns True, but 1900 was no leap year. Fix it.", ["is_leap(1900) != True"]),
        ("Fix total.py: total([1, 2]) returns 2 instead of 3.", ["total([1, 2]) == 3"]),
        ("Repair avg.py: mean([1, 2]) currently gives 1.", ["mean([1, 2]) != 1"]),
        ("Fix geo.py: area(2, 3) returns 5, it should return 6.", ["area(2, 3) == 6"]),
        ("修复 a.py：f(3) 返回 4，但应该是 9。", ["f(3) == 9"]),
        # what is right as it is, what is wanted, and what says nothing of the value
        ("Fix f: f(2) returns 5, but f(3) crashes.", []),
        ("f(2) returns 5, but faster.", []),
    ],
)
def test_a_report_of_a_fault_says_what_must_not_be(goal, found):
    assert [line for line in examples(goal) if "!=" in line or "==" in line] == [f"assert {line}" for line in found]


@pytest.mark.parametrize(
    ("goal", "labels"),
    [
        ("late_fee(days) is 20 a day, but never more than 500, and 0 when days is zero or negative.", [
            "late_fee(0) is 0", "late_fee(-1) is 0"
        ]),
        ("Make mean(values) return None for an empty list.", ["mean([]) is None"]),
        ("initials(name) gives an empty string for an empty text", ["initials('') is ''"]),
        ("clamp(n): for numbers above 100 return 100.", ["clamp(101) is 100"]),
        ("写 f(n)：n 为负数时返回 None。", ["f(-1) is None"]),
        ("写 f(text)，空字符串返回 0。", ["f('') is 0"]),
        ("f(n) currently returns 0 for negative numbers", []),
        ("f(n) never returns 0 for negative numbers", []),
        ("f(n) returns 1 if n is even", []),
        ("f(n) returns 1 if the sum of its digits is zero", []),
        ("f(a, b) returns 0 for an empty list", []),
        ("f(a) calls g(a) and returns 0 for an empty list", []),
    ],
)  # fmt: skip
def test_special_cases_are_tried(goal, labels):
    name = goal.partition("(")[0].split()[-1].strip("写 ")
    assert [check.label for check in specials(goal, "m", [name])] == labels


def test_the_argument_of_a_function_that_is_there_is_known_from_its_file():
    goal = "average([]) in m.py crashes. Make it return None for an empty list."
    assert [check.label for check in specials(goal, "m", [], "def average(marks):\n    return 1\n")] == [
        "average([]) is None"
    ]
    assert specials(goal, "m", [], "def mean(marks):\n    return 1\n") == ()


def test_a_function_that_is_said_to_give_a_text_must(tmp_path):
    goal = '写 xingqi.py，函数 xingqi(riqi) 接收 "2025-09-01" 这样的日期字符串，返回那天是星期几，例如 "星期一"。'
    (check,) = specials(goal, "xingqi", ["xingqi"])
    assert check.label == "xingqi('2025-09-01') gives a text in Chinese"
    for body, fine in (("'星期一'", True), ("1", False), ("'Monday'", False)):
        (tmp_path / "xingqi.py").write_text(f"def xingqi(riqi):\n    return {body}\n")
        done = subprocess.run([sys.executable, "-c", check.code], cwd=tmp_path, capture_output=True, check=False)
        assert (done.returncode == 0) is fine
    assert specials("f(n) returns a number", "m", ["f"]) == ()


@pytest.mark.parametrize(
    ("goal", "found"),
    [
        (
            'minutes(text) turns a duration like "1h 20m", "45m" or "2h" into minutes (80, 45 and 120).',
            ['minutes("1h 20m") == 80', 'minutes("45m") == 45', 'minutes("2h") == 120'],
        ),
        ("写 f(text)，把中文数字，如“三”、“四”换成数字（3、4）。", ['f("三") == 3', 'f("四") == 4']),
        ('f(text) counts words like "a" and "b" (1, 2 and 3).', []),
        ('f(text) counts words like "a" and "b". Of two lists (1 and 2) it takes the first.', []),
    ],
)
def test_as_many_values_as_examples_belong_to_them_in_their_order(goal, found):
    assert pairs(goal) == [f"assert {line}" for line in found]
