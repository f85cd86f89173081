"""What a goal says a function refuses is tried on it; what it does not say in full is not."""

import pytest

from autogpt.agent.refusals import refusals


@pytest.mark.parametrize(
    ("goal", "labels"),
    [
        ("Write fact.py with fact(n). It raises ValueError for negative numbers.", ["fact(-1) raises ValueError"]),
        ("mean.py: mean(values); raise StatisticsError if the list is empty", []),
        ("mean(values) raises ValueError if the list is empty.", ["fact([]) raises ValueError"]),
        ("写 fact(n)，n 为负数时抛出 ValueError。", ["fact(-1) raises ValueError"]),
        ("fact(n) returns 1 for negative numbers. It raises TypeError for texts.", []),
        ("fact(n): for negative numbers it raises ValueError", ["fact(-1) raises ValueError"]),
        ("fact(n) raises ValueError for negative numbers or zero.", ["fact(-1) raises ValueError"]),
        ("fact(n) raises ValueError for negative numbers unless signed=True.", []),
        ("fact(n) returns None for negative numbers and raises TypeError for texts.", []),
        ("fact(n): never raise ValueError for negative numbers; return 1.", []),
        ("fact(n): instead of raising ZeroDivisionError for an empty list, return 0.", []),
        ("fact(n) raises ValueError if the balance would become negative.", []),
        ("mean(values) raises ValueError if any value is negative.", []),
        ("mean(values) raises ValueError for negative numbers.", []),
        ("mean(text) raises ValueError if the text contains an empty name.", []),
        ("mean(rows) returns [] for an empty list and raises ValueError for a negative n.", []),
        ("写 fact(n)，n 为负数时返回 0，不要抛出 ValueError。", []),
        ("写 mean(values)，列表为空时抛出 ValueError，负数也可以", ["fact([]) raises ValueError"]),
        ("fact(n, m) raises ValueError for negative numbers.", []),
    ],
)
def test_only_what_a_sentence_says_in_full_is_demanded(goal, labels):
    goal = goal.replace("mean(", "fact(")
    assert [check.label for check in refusals(goal, "fact", ["fact"])] == labels


def test_the_check_holds_for_a_function_that_refuses_and_fails_for_one_that_does_not(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    for name, body in (("strict", "if n < 0:\n        raise ValueError\n    return n"), ("lax", "return n")):
        (tmp_path / f"{name}_guard.py").write_text(f"def guard(n):\n    {body}\n")
    strict, lax = (
        refusals("guard(n) raises ValueError for negative numbers", f"{name}_guard", ["guard"])[0]
        for name in ("strict", "lax")
    )
    exec(strict.code, {})
    with pytest.raises(AssertionError, match=r"guard\(-1\) returned -1 instead of raising ValueError"):
        exec(lax.code, {})
