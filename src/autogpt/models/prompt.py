"""Messages as the tokens a local model reads: its chat template, with contents that can never act as markup.

The engine would read `<|im_end|>` in a file or a web page as the end of the message, and what follows as a message
of its own. So the template is rendered around placeholders, and contents are tokenized apart, as plain text.
"""

import re
from collections.abc import Sequence

from autogpt.core.message import Message
from autogpt.core.schema import JsonValue, canonical_json
from autogpt.models.line import Line

_MARK = "⟦content {}⟧"
_MARKED = re.compile(r"⟦content (\d+)⟧")
_KEPT = 4_096
"""How many pieces of text are remembered with their tokens; a history grows by a few a step."""


class Tokenizer:
    """Remembers what it tokenized, so that a growing history costs the engine only its new end."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[int, ...]] = {}

    async def prompt(self, line: Line, messages: Sequence[Message], prefill: str = "") -> list[int]:
        """The tokens of the messages, of the assistant's header, and of the answer's beginning."""
        shown: list[JsonValue] = [
            {"role": "user" if message.role == "tool" else message.role, "content": _MARK.format(number)}
            for number, message in enumerate(messages)
        ]
        rendered = (await line.post("/apply-template", {"messages": shown})).get("prompt")
        tokens: list[int] = []
        # split() with a group: template, number, template, number, ..., template
        for place, piece in enumerate(_MARKED.split(str(rendered))):
            if place % 2:
                tokens += await self._tokens(line, _plain(messages[int(piece)]), "content")
            else:
                tokens += await self._tokens(line, piece, "template" if place else "start")
        return tokens + list(await self._tokens(line, prefill, "content"))

    async def _tokens(self, line: Line, text: str, kind: str) -> tuple[int, ...]:
        if not text:
            return ()
        if (text, kind) not in self._known:
            body: dict[str, JsonValue] = {
                "content": text.encode("utf-8", "replace").decode(),
                "add_special": kind == "start",
                "parse_special": kind != "content",
            }
            said = (await line.post("/tokenize", body)).get("tokens")
            if len(self._known) >= _KEPT:
                self._known.clear()
            self._known[text, kind] = tuple(int(str(token)) for token in (said if isinstance(said, list) else ()))
        return self._known[text, kind]


def _plain(message: Message) -> str:
    """The content, with tool calls of another model's turn written out: this template has no place for them."""
    calls = [canonical_json({"tool": action.tool, "args": action.args}) for action in message.actions]
    return "\n".join([message.content, *calls] if message.content else calls)
