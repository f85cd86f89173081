"""What a goal tells of a fault is what must hold once it is mended."""

import pytest

from autogpt.agent.reading.examples import examples


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
        ("写 f(n)。f(3) 算出来是 4。", []),
    ],
)
def test_the_right_result_is_demanded_and_the_wrong_one_is_not(goal, asserts):
    assert list(examples(goal)) == [f"assert {line}" for line in asserts]
