"""Equal values have equal digests, different ones different digests, whatever order they were written in."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from autogpt.core.effect import Call, Effects
from autogpt.core.message import Usage
from autogpt.core.schema import canonical_json
from autogpt.core.task import Limits
from autogpt.core.verdict import Verdict

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
args = st.dictionaries(st.text(), values, max_size=4)


def shuffled(value):
    """The same value with every object's names in the opposite order."""
    if isinstance(value, dict):
        return {name: shuffled(inner) for name, inner in reversed(value.items())}
    return [shuffled(inner) for inner in value] if isinstance(value, list) else value


def call(args: dict, run_id: str = "r", tool: str = "t", version: str = "1") -> Call:
    return Call(run_id=run_id, tool=tool, version=version, args=args, effects=Effects())


@given(args)
def test_the_order_of_names_does_not_count(given_args: dict) -> None:
    assert canonical_json(given_args) == canonical_json(shuffled(given_args))
    assert call(given_args).digest == call(shuffled(given_args)).digest
    assert call(given_args).digest == call(json.loads(json.dumps(given_args))).digest


@given(args, args)
def test_different_arguments_have_different_digests(one: dict, other: dict) -> None:
    # Compared as JSON text: for Python 1, 1.0 and True are equal, for a receiver they are not.
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (call(one).digest == call(other).digest) == same


@pytest.mark.parametrize("one", [1, 1.0, True, "1", [1], {"1": 1}, None, ""])
def test_likenesses_are_told_apart(one) -> None:
    others = [other for other in (1, 1.0, True, "1", [1], {"1": 1}, None, "") if repr(other) != repr(one)]
    assert call({"a": one}).digest not in {call({"a": other}).digest for other in others}


def test_a_digest_is_bound_to_run_tool_and_version_each_in_its_place() -> None:
    digests = {
        call({}, run, tool, version).digest
        for run, tool, version in [("r", "t", "1"), ("t", "r", "1"), ("r", "t1", ""), ("rt", "", "1"), ("", "rt", "1")]
    }
    assert len(digests) == 5


def test_a_digest_is_the_same_on_every_machine() -> None:
    asked = call({"ä": [1, {"b": None, "a": "\n"}]})
    text = '["r","t","1",{"ä":[1,{"a":"\\n","b":null}]}]'
    assert asked.digest == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_json_cannot_say_gets_into_no_value(number: float) -> None:
    for make in (
        lambda: Usage(cost_usd=number),
        lambda: Limits(seconds=number),
        lambda: Verdict(decision="done", score=number),
        lambda: call({"deep": [{"n": number}]}),
    ):
        with pytest.raises(ValidationError):
            make()
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical_json(number)


def test_a_value_does_not_change_and_takes_no_unknown_name() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Usage().cost_usd = 1.0  # type: ignore[misc]
    with pytest.raises(ValidationError, match="extra_forbidden"):
        Usage.model_validate({"cost": 1})
