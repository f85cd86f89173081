"""What a goal says a function refuses is tried on it; what it does not say in full is not."""

import pytest

from autogpt.agent.reading.refusals import refusals


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


@pytest.mark.parametrize(
    ("said", "labels"),
    [
        (
            "enc(number) raises ValueError for anything out of that range, dec for a text that is not a numeral, "
            "such as IIII or IC.",
            ["dec('IIII') raises ValueError", "dec('IC') raises ValueError"],
        ),
        ("dec raises KeyError for an unknown code like 'q7'.", ["dec('q7') raises KeyError"]),
        ("enc raises ValueError for a number that is too large (e.g. 4000 or 12345).", [
            "enc(4000) raises ValueError", "enc(12345) raises ValueError"
        ]),
        ("dec raises ValueError for codes such as AB, but not for codes such as CD.", []),
        ("dec raises ValueError for all codes except known ones, such as AB.", []),
        ("dec never raises ValueError for codes such as AB.", []),
        ("dec raises ValueError for things such as empty texts.", []),
        ("dec raises ValueError for a text such as A.", []),
        ("enc raises ValueError for negative numbers, dec for an empty text.", [
            "enc(-1) raises ValueError", "dec('') raises ValueError"
        ]),
        ("It raises ValueError for negative numbers.", []),
        ("dec(text) 对无效的编码（例如 XX、“y1”）抛出 ValueError。", []),
    ],
)  # fmt: skip
def test_each_of_several_functions_is_tried_on_what_it_is_said_to_refuse(said, labels):
    goal = f"Write codes.py with enc(number) and dec(text). {said}"
    assert [check.label for check in refusals(goal, "codes", ["enc", "dec"])] == labels


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


def test_functions_that_are_there_need_not_be_shown_and_two_may_be_named_together():
    source = (
        "def mean(values):\n    ...\n\n\ndef median(values: list[float]) -> float:\n    ...\n\n\ndef two(a, b): ...\n"
    )
    goal = (
        "median is wrong for even lists. Also make mean and median raise ValueError for an empty list. Leave two alone."
    )
    labels = [check.label for check in refusals(goal, "stats", (), source)]
    assert labels == ["mean([]) raises ValueError", "median([]) raises ValueError"]
    assert refusals("mean is fine. Make it raise ValueError for an empty list.", "stats", (), "") == ()


@pytest.mark.parametrize(
    ("goal", "labels"),
    [
        ("pin(code) raises ValueError if the code is not exactly 3 digits", ["'11'", "'1111'", "'aaa'"]),
        ("写 pin(code)；如果不是3位数字，就抛出 ValueError。", ["'11'", "'1111'", "'aaa'"]),
        ("pin(name) raises ValueError for names longer than 4 characters", ["'aaaaa'"]),
        ("pin(score): raises ValueError if score is not between 0 and 100.", ["-1", "101"]),
        ("pin(month) raises ValueError for months outside 1-12", ["0", "13"]),
        ("pin(age) raises ValueError when age is over 150", ["151"]),
        ("pin(days) raises ValueError if days is zero or negative", ["0", "-1"]),
        ("写 pin(n)：n 不在 1 到 12 之间就抛出 ValueError", ["0", "13"]),
        # of something in the argument, of its parts, or of other things
        ("pin(n) raises ValueError if the sum of its digits is over 9", []),
        ("pin(name) raises ValueError if any word is longer than 9 characters", []),
        ("pin(x) raises ValueError if the list has more than 5 items", []),
        ("pin(names) raises ValueError if names is over 5", []),
    ],
)
def test_lengths_and_bounds_are_tried_just_beyond(goal, labels):
    assert [check.label for check in refusals(goal, "m", ["pin"])] == [
        f"pin({one}) raises ValueError" for one in labels
    ]


@pytest.mark.parametrize(
    ("sentence", "labels"),
    [
        ("Zero, negative weights and anything above 30 kg raise a ValueError.", ["0", "-1", "31"]),
        ("Negative numbers should raise a ValueError.", ["-1"]),
        ("Negative numbers never raise a ValueError.", []),
        ("Other modules raise a ValueError.", []),
        ("Weights of parcels above 30 raise a ValueError.", []),
    ],
)
def test_what_is_refused_may_be_the_subject_of_the_sentence(sentence, labels):
    found = refusals(f"Write post(kg), the postage of a parcel. {sentence}", "m", ["post"])
    assert [check.label for check in found] == [f"post({one}) raises ValueError" for one in labels]
