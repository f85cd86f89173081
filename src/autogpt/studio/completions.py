"""Completions: what OpenAI's API asks of a model that writes, and how it is answered, at once or piece by piece."""

import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

from autogpt.core.errors import UsageError
from autogpt.core.schema import JsonValue
from autogpt.studio.data.chat import to_messages

if TYPE_CHECKING:
    from autogpt.studio.lm.write import Manner, OnText, Written

COMPLETIONS = "/v1/completions"
CHAT = "/v1/chat/completions"
MOST_INPUTS = 256
_MOST_STOPS = 16
_NEUTRAL: Mapping[str, tuple[JsonValue, ...]] = {
    **dict.fromkeys(("n", "best_of"), (1,)),
    **dict.fromkeys(("presence_penalty", "frequency_penalty", "top_logprobs"), (0,)),
    **dict.fromkeys(("logprobs", "echo"), (False,)),
    **dict.fromkeys(("tools", "functions", "logit_bias", "audio", "suffix"), ([], {}, "")),
    "tool_choice": ("none", "auto"),
    "function_call": ("none", "auto"),
    "response_format": ({"type": "text"},),
    "modalities": (["text"],),
}
"""What is asked for in OpenAI's API and not done here, with the values that ask for nothing."""


class Writer(Protocol):
    """A model that writes."""

    @property
    def chats(self) -> bool:
        """Whether it knows how a chat is written down."""
        ...

    def encode(self, asked: Sequence[JsonValue]) -> Sequence[Sequence[int]]:
        """Token ids of each prompt: a text, or a list of messages. Raises UsageError for what it cannot read."""
        ...

    def write(self, prompts: Sequence[Sequence[int]], manner: "Manner", on_text: "OnText") -> "Sequence[Written]":
        """Write to each prompt; see `lm.write.write`."""
        ...


@dataclass(frozen=True)
class Order:
    """What a request asks a model to write."""

    chat: bool
    prompts: Sequence[JsonValue]
    manner: "Manner"
    stream: bool = False
    usage: bool = False
    """Whether a stream tells the tokens at its end."""


def read_order(path: str, body: JsonValue) -> Order:
    """What a request at one of the two doors asks. Raises UsageError for what is wrong in it, or not done here."""
    from autogpt.studio.lm.write import Manner

    told = body if isinstance(body, dict) else {}
    chat = path == CHAT
    for name, neutral in _NEUTRAL.items():
        if (given := told.get(name)) is not None and given not in neutral:
            raise UsageError(f"{name!r} is not heeded here; leave it out")
    if not isinstance(stream := told.get("stream") or False, bool):
        raise UsageError("'stream' is true or false")
    options = told.get("stream_options")
    most = told.get("max_tokens") if told.get("max_tokens") is not None else told.get("max_completion_tokens")
    if most is not None and (not isinstance(most, int) or isinstance(most, bool) or most < 1):
        raise UsageError(f"'max_tokens' is a number over 0, not {str(most)[:40]}")
    seed = told.get("seed")
    if seed is not None and (not isinstance(seed, int) or isinstance(seed, bool) or not 0 <= seed < 2**63):
        raise UsageError(f"'seed' is a whole number from 0, not {str(seed)[:40]}")
    top_p = _number(told, "top_p", 1.0)
    if top_p == 0:
        raise UsageError("'top_p' is over 0; for the likeliest token always, give 'temperature' 0")
    return Order(
        chat=chat,
        prompts=[_messages(told.get("messages"))] if chat else list[JsonValue](several(told, "prompt")),
        manner=Manner(most, _stops(told.get("stop")), _number(told, "temperature", 2.0), top_p, seed),
        stream=stream,
        usage=isinstance(options, dict) and bool(options.get("include_usage")),
    )


def several(told: Mapping[str, JsonValue], name: str) -> list[str]:
    """The text or texts under a name. Raises UsageError for anything else."""
    given = told.get(name)
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list) or not 1 <= len(texts) <= MOST_INPUTS or not all(isinstance(t, str) for t in texts):
        raise UsageError(
            f'the body must be {{"{name}": "text"}} or {{"{name}": ["text", ...]}}, with at most {MOST_INPUTS} texts'
        )
    return cast(list[str], texts)


class Telling:
    """The words of OpenAI's API for one answer; `id` and time are those of the request."""

    def __init__(self, order: Order, name: str) -> None:
        self._order, self._name = order, name
        self._id = f"{'chatcmpl' if order.chat else 'cmpl'}-{secrets.token_hex(8)}"
        self._created = int(time.time())
        self._begun: set[int] = set()

    def whole(self, written: "Sequence[Written]") -> dict[str, JsonValue]:
        """The answer that comes at once."""
        kind = "chat.completion" if self._order.chat else "text_completion"
        choices: list[JsonValue] = []
        for at, one in enumerate(written):
            said: dict[str, JsonValue] = (
                {"message": {"role": "assistant", "content": one.text}} if self._order.chat else {"text": one.text}
            )
            choices.append({"index": at, **said, "finish_reason": one.finish, "logprobs": None})
        return {**self._head(kind), "choices": choices, "usage": _usage(written)}

    def piece(self, at: int, text: str) -> dict[str, JsonValue]:
        """The next piece of the text to a prompt."""
        return self._chunk(at, text, None)

    def rest(self, written: "Sequence[Written]") -> Iterator[dict[str, JsonValue]]:
        """What ends a stream: why each text ended, and the tokens if they were asked for."""
        for at, one in enumerate(written):
            yield self._chunk(at, "", one.finish)
        if self._order.usage:
            yield {**self._head(self._kind), "choices": [], "usage": _usage(written)}

    @property
    def _kind(self) -> str:
        return "chat.completion.chunk" if self._order.chat else "text_completion"

    def _head(self, kind: str) -> dict[str, JsonValue]:
        return {"id": self._id, "object": kind, "created": self._created, "model": self._name}

    def _chunk(self, at: int, text: str, finish: str | None) -> dict[str, JsonValue]:
        said: dict[str, JsonValue] = {"text": text}
        if self._order.chat:
            role: dict[str, JsonValue] = {} if at in self._begun else {"role": "assistant"}
            said = {"delta": {**role, **({"content": text} if text or role else {})}}
            self._begun.add(at)
        return {
            **self._head(self._kind),
            "choices": [{"index": at, **said, "finish_reason": finish, "logprobs": None}],
        }


def _usage(written: "Sequence[Written]") -> JsonValue:
    read, new = sum(one.prompt_tokens for one in written), sum(one.tokens for one in written)
    return {"prompt_tokens": read, "completion_tokens": new, "total_tokens": read + new}


def _number(told: Mapping[str, JsonValue], name: str, most: float) -> float | None:
    given = told.get(name)
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given <= most:
        raise UsageError(f"{name!r} is a number from 0 to {most:g}, not {str(given)[:40]}")
    return float(given)


def _stops(given: JsonValue) -> tuple[str, ...]:
    stops = [] if given is None else [given] if isinstance(given, str) else given
    if not isinstance(stops, list) or len(stops) > _MOST_STOPS or not all(isinstance(s, str) and s for s in stops):
        raise UsageError(f"'stop' is a text, or a list of at most {_MOST_STOPS} texts")
    return tuple(cast(list[str], stops))


def _messages(given: JsonValue) -> JsonValue:
    """The chat as the studio keeps chats. Raises UsageError for one that cannot be answered."""
    messages = given if isinstance(given, list) else []
    if not messages or not all(isinstance(one, dict) and {"role", "content"} <= one.keys() for one in messages):
        raise UsageError('the body must be {"messages": [{"role": "user", "content": "text"}, ...]}')
    for one in cast(list[dict[str, JsonValue]], messages):
        parts = one["content"]
        if isinstance(parts, list) and not all(isinstance(p, dict) and p.get("type") == "text" for p in parts):
            raise UsageError("the content of a message is a text; images and the like are not read")
    made = to_messages({"messages": cast(object, messages)}, asking=True)
    if isinstance(made, str):
        raise UsageError(f"the messages cannot be read: {made}")
    if made[-1]["role"] == "assistant":
        raise UsageError("the assistant spoke last in it; end with a message of the user")
    return [dict(one) for one in made]
