"""JSON from outside is read strictly, and anything else is refused with a reason."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogpt.core.errors import UsageError
from autogpt.core.schema import canonical_json, read_json

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(values, st.booleans(), st.sampled_from([None, 1]))
def test_what_json_can_say_is_read_as_it_is(value, ascii_only: bool, indent: int | None) -> None:
    assert read_json(json.dumps(value, ensure_ascii=ascii_only, indent=indent)) == value
    assert read_json(canonical_json(value)) == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not valid JSON"),
        ("{", "not valid JSON"),
        ("{'a': 1}", "not valid JSON"),
        ('{"a": 1,}', "not valid JSON"),
        ("1 2", "not valid JSON"),
        ("\ufeff1", "not valid JSON"),
        ("01", "not valid JSON"),
        ("１", "not valid JSON"),
        ('"a\nb"', "not valid JSON"),
        ("NaN", "NaN is not a number in JSON"),
        ("[Infinity]", "Infinity is not a number in JSON"),
        ('{"a": -Infinity}', "-Infinity is not a number in JSON"),
        ("1e400", "1e400 is too large for a number"),
        ("-1" + "0" * 400, "an integer has more than 400 digits"),
        ('{"a": 1, "b": {"c": 1, "c": 2}}', "the name 'c' appears twice in one object"),
        ('{"a": 1, "\\u0061": 2}', "the name 'a' appears twice in one object"),
        ('"\\ud800"', "half a surrogate pair"),
        ('{"\\udfff": 1}', "half a surrogate pair"),
        ('"\ud800"', "half a surrogate pair"),
        ("[" * 65 + "]" * 65, "nests deeper than 64 levels"),
        ("[" * 1_000_000, "nests deeper than 64 levels"),
        ('{"a":' * 65 + "1" + "}" * 65, "nests deeper than 64 levels"),
        (" " * 10_000_001, "10,000,001 characters is over the limit of 10,000,000"),
    ],
)
def test_what_python_would_let_pass_is_refused(text: str, reason: str) -> None:
    with pytest.raises(UsageError) as told:
        read_json(text)
    assert reason in str(told.value)


def test_what_only_looks_deep_or_long_is_read() -> None:
    assert read_json("[" * 64 + "]" * 64) is not None
    assert read_json(json.dumps("[{" * 500 + '\\"')) == "[{" * 500 + '\\"'
    assert read_json('"\\ud83d\\ude00"') == "😀"
    assert read_json("9" * 400) == int("9" * 400)
    assert read_json("[[1], [2]]", depth=2, most=10) == [[1], [2]]


@given(st.text() | st.text(alphabet='[]{}",:\\ue1-+.0tfn ', max_size=40))
def test_any_text_is_read_or_refused_never_more(text: str) -> None:
    try:
        value = read_json(text)
    except UsageError:
        return
    assert read_json(canonical_json(value)) == value
    assert not isinstance(value, float) or math.isfinite(value)
