"""What the user's own checks are read as."""

import pytest

from autogpt.agent.reading.given import compile_text
from autogpt.core.check import (
    CommandSucceeds,
    FileAbsent,
    FileContains,
    FileExists,
    FileParses,
    Judged,
    PythonHolds,
    TestsPass,
    ValueAt,
    WrittenIn,
)

# Else pytest would take the value for a class of tests.
TestsPass.__test__ = False


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("out.json contains total", FileContains(path="out.json", text="total")),
        ("`out.json` must contain 'grand total'.", FileContains(path="out.json", text="grand total")),
        ("out.json 包含 total", FileContains(path="out.json", text="total")),
        ("报告.md 中应包含“结论”", FileContains(path="报告.md", text="结论")),
        ("a.txt does not contain foo", FileContains(path="a.txt", text="foo", absent=True)),
        ("a.txt 不包含 foo", FileContains(path="a.txt", text="foo", absent=True)),
        ("a.txt matches /^v\\d+$/", FileContains(path="a.txt", text="^v\\d+$", regex=True)),
        ("a.txt exists", FileExists(path="a.txt")),
        ("docs/a.txt must exist.", FileExists(path="docs/a.txt")),
        ("a.txt 存在", FileExists(path="a.txt")),
        ("old.txt is gone", FileAbsent(path="old.txt")),
        ("old.txt does not exist", FileAbsent(path="old.txt")),
        ("old.txt 不存在", FileAbsent(path="old.txt")),
        ("a.json is valid JSON", FileParses(path="a.json")),
        ("a.json 格式正确", FileParses(path="a.json")),
        ("x.md is written in Chinese", WrittenIn(path="x.md", language="zh")),
        ("x.md is in English", WrittenIn(path="x.md", language="en")),
        ("x.md 用中文写", WrittenIn(path="x.md", language="zh")),
        ("x.md 使用英文", WrittenIn(path="x.md", language="en")),
        ("tests pass", TestsPass(path=".")),
        ("the tests in tests/test_a.py pass", TestsPass(path="tests/test_a.py")),
        ("所有测试都通过", TestsPass(path=".")),
        ("`python a.py` prints 3", CommandSucceeds(command="python a.py", prints="3")),
        ("运行 `python a.py` 输出 你好", CommandSucceeds(command="python a.py", prints="你好")),
        ("`make` succeeds", CommandSucceeds(command="make")),
        ("运行 `make` 不报错", CommandSucceeds(command="make")),
        ("$ test -s a.txt", CommandSucceeds(command="test -s a.txt")),
        ("a.json has the key total", ValueAt(path="a.json", pointer="/total")),
        ("a.json 有键 total", ValueAt(path="a.json", pointer="/total")),
        ("a.json has a key a/b~c", ValueAt(path="a.json", pointer="/a~1b~0c")),
        ("assert add(1, 2) == 3", PythonHolds(code="assert add(1, 2) == 3")),
        ("assert that it is nice", Judged(question="assert that it is nice")),
        ("The poem in p.txt rhymes", Judged(question="The poem in p.txt rhymes", paths=("p.txt",))),
        ("诗写得优美", Judged(question="诗写得优美")),
        ("", Judged(question="")),
    ],
)
def test_a_users_words_become_the_check_they_say(text, check):
    assert compile_text(text) == check


def test_an_endless_text_is_a_question_for_the_judge():
    text = "a.txt contains " + "x" * 5_000
    assert compile_text(text) == Judged(question=text)
