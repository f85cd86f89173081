"""What a person typed, as a value; what cannot be one is told in the person's words."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from autogpt.core.errors import UsageError
from autogpt.core.schema import JsonValue, Value
from autogpt.locale import say

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

T = TypeVar("T", bound=Value)


def value_of(kind: type[T], given: Mapping[str, JsonValue], what: str) -> T:
    """The value. what: what it is to the person, such as 'the recipe'. Raises UsageError for what it cannot have."""
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"{what} cannot have {where!r} = {first['input']!r}: {_why(first)}") from None


def _why(error: "ErrorDetails") -> str:
    """What is wrong with a value, for the person; pydantic's own words for what is rare."""
    limits = error.get("ctx", {})
    match error["type"]:
        case "greater_than":
            return say("it must be over {least}", least=limits["gt"])
        case "greater_than_equal":
            return say("it must be {least} or more", least=limits["ge"])
        case "less_than":
            return say("it must be under {most}", most=limits["lt"])
        case "less_than_equal":
            return say("it must be {most} or less", most=limits["le"])
        case "extra_forbidden":
            return say("there is no such setting")
        case "literal_error":
            return say("it can be {choices}", choices=str(limits["expected"]).replace(" or ", ", "))
        case "float_parsing" | "int_parsing" | "float_type" | "int_type" | "int_from_float":
            return say("it must be a number")
        case _:
            return error["msg"]


def settings_of(pairs: Sequence[str]) -> dict[str, JsonValue]:
    """'name=value' of a recipe, values as JSON where they are, else as text."""
    found: dict[str, JsonValue] = {}
    for name, text in pairs_of(pairs, "--set"):
        try:
            value: JsonValue = json.loads(text)
        except ValueError:
            value = text
        outer, _, inner = name.partition(".")
        if inner:
            held = found.setdefault(outer, {})
            if isinstance(held, dict):
                held[inner] = value
        else:
            found[name] = value
    return found


def pairs_of(texts: Sequence[str], option: str) -> Iterator[tuple[str, str]]:
    """'NAME=VALUE', taken apart. Raises UsageError for other texts."""
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name or not value:
            raise UsageError(f"{text!r} is no NAME=VALUE ({option})")
        yield name.strip(), value.strip()
