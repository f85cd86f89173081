"""Verifiers: how good a reply is, as a number a machine can give. What runs code is handed in by whoever has a sandbox.

Nothing here runs anything a model wrote.
"""

import re
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

from autogpt.core.errors import UsageError
from autogpt.core.schema import JsonValue

Verifier = Callable[[str, str], float]
"""verifier(reply, answer): 1 for a reply that is right, 0 for one that is not, or something between."""


def exact(reply: str, answer: str) -> float:
    """Whether the reply is the answer, apart from space around it."""
    return float(reply.strip() == answer.strip())


def contains(reply: str, answer: str) -> float:
    """Whether the answer stands somewhere in the reply, by itself: '4' does not stand in '42'."""
    return float(re.search(rf"(?<!\w){re.escape(answer.strip())}(?!\w)", reply) is not None)


def regex(reply: str, answer: str) -> float:
    """Whether the pattern in `answer` matches the whole reply, apart from space around it.

    Raises UsageError for a pattern that is none.
    """
    try:
        return float(re.fullmatch(answer, reply.strip(), re.DOTALL) is not None)
    except re.error as error:
        raise UsageError(f"the answer {answer!r} is not a pattern: {error}") from None


_BUILT_IN: Mapping[str, Verifier] = {"exact": exact, "contains": contains, "regex": regex}
_offered: ContextVar[Mapping[str, Verifier]] = ContextVar("_offered", default=MappingProxyType({}))


@contextmanager
def offering(**verifiers: Verifier) -> Generator[None]:
    """Within this, recipes may name these verifiers too: `with offering(python=run_in_sandbox): train(...)`."""
    token = _offered.set({**_offered.get(), **verifiers})
    try:
        yield
    finally:
        _offered.reset(token)


def verifier_in(options: Mapping[str, JsonValue]) -> Verifier:
    """The verifier that a recipe's options name, 'exact' if none. Raises UsageError if nobody offers it."""
    return verifier_of(str(options.get("verifier", "exact")))


def verifier_of(name: str) -> Verifier:
    """The verifier of this name. Raises UsageError if nobody offers it."""
    known = {**_BUILT_IN, **_offered.get()}
    if name not in known:
        raise UsageError(f"no verifier is known as {name!r}; there are: {', '.join(known)}")
    return known[name]
