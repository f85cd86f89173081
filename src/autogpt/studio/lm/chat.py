"""Chats as tokens: the base's own template, and which of the tokens are the assistant's."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from autogpt.core.errors import UsageError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

Message = Mapping[str, Any]
"""role, content, and whatever else the template knows, such as tool_calls."""


def chat_ids(tokenizer: "PreTrainedTokenizerBase", messages: Sequence[Message]) -> tuple[list[int], list[int]]:
    """Token ids of a chat up to the assistant's last, and labels of the same length: the ids of what the assistant
    says, with the token that ends it, and -100 elsewhere.

    What is the assistant's is found by rendering the chat up to each of its turns.
    Raises UsageError for a template that renders a turn otherwise when more turns follow.
    """
    text = _render(tokenizer, messages)
    spans = [_span(tokenizer, messages, turn, text) for turn, one in enumerate(messages) if one["role"] == "assistant"]
    encoded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
    ids: list[int] = list(encoded["input_ids"])
    labels = [
        token if any(start <= first and last <= end for start, end in spans) and last > first else -100
        for token, (first, last) in zip(ids, encoded["offset_mapping"], strict=True)
    ]
    labels[:1] = [-100]
    # Nothing is learned from what follows the last of them.
    end = max((at + 1 for at, label in enumerate(labels) if label != -100), default=len(ids))
    return ids[:end], labels[:end]


def prompt_ids(tokenizer: "PreTrainedTokenizerBase", messages: Sequence[Message]) -> list[int]:
    """Token ids of a chat up to where the assistant begins to speak; its last words, if it spoke last, are left out."""
    asked = list(messages)
    while asked and asked[-1]["role"] == "assistant":
        asked.pop()
    return list(tokenizer(_render(tokenizer, asked, begin=True), add_special_tokens=False, verbose=False)["input_ids"])


def _span(tokenizer: "PreTrainedTokenizerBase", messages: Sequence[Message], turn: int, text: str) -> tuple[int, int]:
    """Where in the text the assistant's turn begins and ends, the end token included."""
    before = _render(tokenizer, messages[:turn], begin=True)
    after = _render(tokenizer, messages[: turn + 1])
    if not text.startswith(before) or not text.startswith(after):
        raise UsageError(
            "the chat template of this base renders a turn otherwise when more turns follow, so its own words "
            f"cannot be told apart in turn {turn + 1}; give chats that end with their only assistant turn"
        )
    end = str(tokenizer.eos_token or "")
    closed = text.rfind(end, len(before), len(after)) if end else -1
    return len(before), closed + len(end) if closed >= 0 else len(after)


def _render(tokenizer: "PreTrainedTokenizerBase", messages: Sequence[Message], *, begin: bool = False) -> str:
    """The text of a chat. begin: with the words after which the assistant speaks."""
    from jinja2 import TemplateError

    if not messages:
        return ""
    try:
        return str(
            tokenizer.apply_chat_template([dict(one) for one in messages], tokenize=False, add_generation_prompt=begin)
        )
    except (TemplateError, KeyError, TypeError) as error:
        roles = ", ".join(str(one.get("role")) for one in messages)
        raise UsageError(f"the base's chat template cannot render a chat of {roles}: {error}") from None
