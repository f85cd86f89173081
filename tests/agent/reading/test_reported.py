"""What a goal tells of a fault is what must hold once it is mended."""

import subprocess
import sys

import pytest

from autogpt.agent.reading.examples import examples
from autogpt.agent.reading.regression import guarding
from autogpt.agent.reading.specials import specials
from autogpt.core.contracts import FileHead


def head(path, text):
    return FileHead(path=path, size=len(text.encode()), head=text)


def holds(check, folder):
    return not subprocess.run(
        [sys.executable, "-c", check.code], cwd=folder, capture_output=True, check=False
    ).returncode


@pytest.mark.parametrize(
    ("goal", "asserts"),
    [
        ("可是 f(12) 算出来是60，应该是40。请改正", ["f(12) == 40"]),
        ("f(20, 10) 算出3页，正确结果应该是2页。请改正", ["f(20, 10) == 2"]),
        ("f(2) 应该返回 4，现在却返回 5，请修复。", ["f(2) == 4"]),
        ("请改正 f：f(3) 返回 4，这是错的", ["f(3) != 4"]),
        ("f(12) should return 40 but returns 60. Fix it.", ["f(12) == 40"]),
        ("f(12) returns 60, but the right answer is 40. Please fix it.", ["f(12) == 40"]),
        ("Please fix f: f(12) gives 60, expected 40.", ["f(12) == 40"]),
        ("Fix f in a.py: f([1]) answers 1, but should be 2.", ["f([1]) == 2"]),
        (
            "f(['1.9', '1.10']) in v.py answers 1.9.0, but parts are numbers. Repair it.",
            ["f(['1.9', '1.10']) != '1.9.0'"],
        ),
        ("f(3) in v.py answers 1.9.0, but parts are numbers. Repair it.", []),
        ("写 f(n)。f(3) 算出来是 4。", []),
    ],
)
def test_the_right_result_is_demanded_and_the_wrong_one_is_not(goal, asserts):
    assert list(examples(goal)) == [f"assert {line}" for line in asserts]


CART = "def test_total():\n    assert total([]) == 0\n"


@pytest.mark.parametrize(
    ("text", "good"),
    [
        (CART + "\ndef test_same():\n    pass\n", True),
        (CART, False),
        ("def test_same():\n    pass\n\ndef test_more():\n    pass\n", False),
    ],
)
def test_a_test_that_is_added_stands_beside_the_old_ones(tmp_path, text, good):
    goal = "total() in cart.py empties the list. Fix that, and add a test to test_cart.py."
    files = [head("cart.py", "def total(items):\n    return 0\n"), head("test_cart.py", CART)]
    (check,) = guarding(goal, [], ["cart.py", "test_cart.py"], files)
    (tmp_path / "test_cart.py").write_text(text, encoding="utf-8")
    assert holds(check, tmp_path) == good
    assert not guarding(goal.replace("add a test to", "leave"), [], ["cart.py", "test_cart.py"], files)


@pytest.mark.parametrize(
    ("body", "good"),
    [
        ("return len(text) == 5 and text.isdigit()", True),
        ("return len(text) == 5 and int(text) > 0", False),
        ("return None if not text else text.isdigit()", False),
    ],
)
def test_what_is_true_or_false_for_everything_is_so_for_any_text(tmp_path, body, good):
    goal = "Write code.py with valid(text), True for 5 digits. It returns True for a good code and False for everything else."
    check = next(check for check in specials(goal, "code", ["valid"]) if "any text" in check.label)
    (tmp_path / "code.py").write_text(f"def valid(text):\n    {body}\n", encoding="utf-8")
    assert holds(check, tmp_path) == good
    assert not specials(goal.replace("valid(text)", "valid(n)"), "code", ["valid"])
