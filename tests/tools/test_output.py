import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogpt.tools.output import cap, clean, fold


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ("a\tb\nc", "a\tb\nc"),
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07x\x1b]8;;http://e\x1b\\link\x1b]8;;\x1b\\", "xlink"),
        ("\x9b31mred", "red"),
        ("\x1bP1$r\x1b\\x\x1b(By", "xy"),
        ("\x1b]never ended", "never ended"),
        ("10%\r50%\r100%\ndone\r\nnext\r", "100%\ndone\nnext"),
        ("a\x00\x07\x08\x7f\x85b", "ab"),
        ("abc\u202edef\u2066", "abc\\u202edef\\u2066"),
        ("\U000e0041\U000e0042shown", "shown"),
        ("half \ud800", "half ?"),
        ("中文 👩\u200d💻", "中文 👩\u200d💻"),
    ],
)
def test_what_acts_on_a_terminal_or_hides_text_is_taken_out(raw, told):
    assert clean(raw) == told


@given(st.text(alphabet=st.sampled_from("\x1b\x9b]P[0;m\\\x07\r\nab\x00\u202e"), max_size=300))
def test_cleaned_text_holds_no_control_character_and_stays_as_it_is(text):
    once = clean(text)
    assert not [char for char in once if ord(char) < 32 and char not in "\n\t"]
    assert clean(once) == once


def test_hostile_escapes_take_linear_time():
    for text in ("\x1b]" * 500_000, "\x1bP" * 500_000, "\x1b[" + "0" * 1_000_000, "\r" * 1_000_000):
        assert len(clean(text)) <= len(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a\na\na\nb", "a\na\na\nb"),
        ("a\na\na\na\nb", "a\n[the line above comes 3 more times]\nb"),
        ("x\n" * 5001, "x\n[the line above comes 5,000 more times]\n"),
        ("", ""),
    ],
)
def test_a_line_that_repeats_is_told_once(text, told):
    assert fold(text) == told


def test_a_long_text_keeps_head_and_tail_and_says_what_is_missing():
    text = "\n".join(f"line {n}" for n in range(2000))
    told = cap(text, 1000)
    assert len(told) <= 1000
    head, note, tail = told.partition("\n[... ")
    assert text.startswith(head)
    left_out, _, tail = tail.partition(" characters left out ...]\n")
    assert text.endswith(tail)
    assert int(left_out.replace(",", "")) == len(text) - len(head) - len(tail)
    assert head.endswith(tuple(f"line {n}" for n in range(2000)))
    assert note


@given(st.text(alphabet="ab\n", max_size=3000), st.integers(200, 3000))
def test_a_capped_text_never_exceeds_the_cap_and_a_short_one_is_left_alone(text, most):
    told = cap(text, most)
    assert len(told) <= most
    assert told == text or len(text) > most
