"""Values that cross a border, and the one strict reader of JSON from outside."""

import json
import math
from collections.abc import Sequence
from typing import cast

from pydantic import BaseModel, ConfigDict, JsonValue

from autogpt.core.errors import UsageError

__all__ = ["JsonValue", "Value", "canonical_json", "read_json"]


class Value(BaseModel):
    """A frozen value. Unknown fields are refused, so that a typing error is never silently dropped.

    Its numbers are finite: JSON cannot carry others, and no limit holds against NaN.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def canonical_json(value: JsonValue) -> str:
    """Write JSON in one way only (sorted keys, no spaces), so that equal values have equal digests."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def read_json(text: str, *, most: int = 10_000_000, depth: int = 64) -> JsonValue:
    """Read JSON from an untrusted source (RFC 8259, stricter where Python is lax).

    most: how many characters at most; depth: how deep arrays and objects may nest.
    Raises UsageError for text that is too large, too deep, not JSON, has a name twice, a number
    that is not finite, an integer over 400 digits, or half a surrogate pair.
    """
    if len(text) > most:
        raise UsageError(f"JSON of {len(text):,} characters is over the limit of {most:,}")
    if _nesting(text) > depth:
        raise UsageError(f"JSON nests deeper than {depth} levels")
    try:
        value = cast(
            JsonValue,
            json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant, parse_int=_int, parse_float=_float),
        )
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise UsageError("JSON holds half a surrogate pair, which is not text") from None
    except ValueError as error:
        raise UsageError(f"not valid JSON: {error}") from None
    return value


def _nesting(text: str) -> int:
    deepest = level = 0
    quoted = escaped = False
    for char in text:
        if quoted:
            if escaped:
                escaped = False
            elif char == "\\":
                escaped = True
            elif char == '"':
                quoted = False
        elif char == '"':
            quoted = True
        elif char in "[{":
            level += 1
            deepest = max(deepest, level)
        elif char in "]}":
            level -= 1
    return deepest


def _once(pairs: Sequence[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the name {name!r} appears twice in one object")
        found[name] = value
    return found


def _no_constant(name: str) -> JsonValue:
    raise ValueError(f"{name} is not a number in JSON")


def _int(digits: str) -> int:
    if len(digits) > 400:
        raise ValueError("an integer has more than 400 digits")
    return int(digits)


def _float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{digits} is too large for a number")
    return number
