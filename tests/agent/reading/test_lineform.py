"""The form of printed lines that a goal gives is demanded of what its command prints."""

import pytest

from autogpt.agent.reading.started import started
from autogpt.core.contracts import FileHead

THERE = (FileHead(path="words.txt", size=8, head="a b b\n"),)


def form_of(goal, files=THERE):
    found = [c for c in started(goal, ["say.py"], files, "en") if (c.label or "").startswith("lines like")]
    assert len(found) < 2
    return found[0] if found else None


@pytest.mark.parametrize(
    "goal",
    [
        'Write say.py: `python say.py FILE` prints the words, one per line as "word count".',
        'Write say.py: `python say.py FILE` prints one line per word, "word: count".',
        "写 say.py ：`python say.py FILE` 打印每个单词，每行一个，格式为“单词 次数”。",
        'Write say.py: `python say.py add WORD` adds one; `python say.py list` prints one line per word, "id word".',
    ],
)
def test_the_form_is_read(goal):
    assert form_of(goal) is not None


@pytest.mark.parametrize(
    "goal",
    [
        'Write say.py: `python say.py FILE` prints "word count" at the end.',
        'Write say.py: `python say.py FILE` prints one per line as "the word of the day".',
        'Write say.py: `python say.py FILE` prints one per line as "first last".',
        'Write say.py: `python say.py FILE` prints a header, then one per line as "word count".',
        'Write say.py: `python say.py FILE` prints one line per item as "name price", prices with $.',
        'Write say.py: `python say.py FILE` prints one per line as "word (count)".',
    ],
)
def test_a_form_that_may_be_meant_otherwise_is_not_demanded(goal):
    assert form_of(goal) is None


def test_of_a_list_that_nothing_was_added_to_no_form_is_demanded():
    assert form_of('Write say.py: `python say.py list` prints one line per word, "id word".', ()) is None


@pytest.mark.parametrize(
    ("printed", "holds"),
    [
        ("a 1\nb 2", True),
        ("two words 2", True),
        ("\n  a 1  \n", True),
        ("1 a\n2 b", False),
        ("a: 1", False),
        ("a 1 times", False),
        ("('a', 1)", False),
    ],
)
def test_lines_of_the_form_hold_and_others_do_not(tmp_path, monkeypatch, printed, holds):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "words.txt").write_text("a b b\n")
    (tmp_path / "say.py").write_text(f"print({printed!r})")
    code = form_of('Write say.py: `python say.py FILE` prints the words, one per line as "word count".').code
    if holds:
        exec(code, {})
    else:
        with pytest.raises(AssertionError, match="not of the form word count"):
            exec(code, {})


def test_what_may_be_left_out_at_the_end_may_be_missing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "say.py").write_text("import sys\nprint('1 12.50 food' if sys.argv[1] == 'list' else '')")
    goal = (
        "Write say.py: `python say.py add AMOUNT CATEGORY [NOTE]` adds one; `python say.py list` prints one line per "
        'expense, "id amount category note".'
    )
    check = form_of(goal, ())
    assert check is not None
    exec(check.code, {})


@pytest.mark.parametrize(
    ("printed", "holds"),
    [("b 2\na 1\nc 1", True), ("a 1\nb 2", False), ("b 2\nc 1\na 1", False), ("x 1,200\ny 900", True)],
)
def test_the_order_of_the_lines_is_demanded_where_it_is_told(tmp_path, monkeypatch, printed, holds):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "words.txt").write_text("a b b\n")
    (tmp_path / "say.py").write_text(f"print({printed!r})")
    goal = 'Write say.py: `python say.py FILE` prints one per line as "word count", most frequent first and alphabetically where equal.'
    code = form_of(goal).code
    if holds:
        exec(code, {})
    else:
        with pytest.raises(AssertionError, match="not in the order"):
            exec(code, {})
