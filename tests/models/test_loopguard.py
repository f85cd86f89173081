"""When an answer counts as a loop, and what honest text looks like one and is not."""

import pytest

from autogpt.models.loopguard import LoopGuard


def loops(text: str, size: int = 5) -> bool:
    guard = LoopGuard()
    return any([guard.looping(text[at : at + size]) for at in range(0, len(text), size)])


@pytest.mark.parametrize(
    "text",
    [
        "Reading the file...\n" * 13,
        "  indented the same \n\n" * 13,
        '```json\n{"a": 1}\n```' + "\n" * 250,
        "and then we go on " * 20,
        "line one\nline two\nline three\n" * 13,
        "你好世界" * 20,
    ],
)
@pytest.mark.parametrize("size", [1, 5, 500])
def test_an_answer_that_only_repeats_itself_is_a_loop(text, size):
    assert loops(text + "x", size) or loops(text, size)


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"row {number},{number * 7}\n" for number in range(200)),
        "0,0,0,0\n" * 50,
        "-" * 200 + "\n" + "=" * 200,
        "same line\n" * 11 + "another\n",
        "    return None\n\n\n" + "def f():\n    pass\n" * 5,
        "a\n" + " " * 100 + "b",
        "| a | b |\n|---|---|\n" + "".join(f"| {n} | {n % 2} |\n" for n in range(80)),
    ],
)
def test_honest_text_is_not(text):
    assert not loops(text)
