"""Chats: exports of other programs, fine-tuning files and this program's own runs, as lists of messages."""

import json
from collections.abc import Mapping, Sequence
from typing import cast

Message = dict[str, str]
"""{"role": "system" | "user" | "assistant" | "tool", "content": ...}"""

LISTS = ("messages", "conversations", "conversation", "dialog", "dialogue", "turns", "chat")
"""Columns that hold the messages of a chat."""
_ROLES = {
    **dict.fromkeys(("system", "developer", "instruction"), "system"),
    **dict.fromkeys(("user", "human", "prompter", "question", "customer", "用户"), "user"),
    **dict.fromkeys(("assistant", "gpt", "bot", "model", "chatgpt", "ai", "agent", "answer", "助手"), "assistant"),
    **dict.fromkeys(("tool", "function", "observation", "ipython"), "tool"),
}
_ASKED = ("prompt", "instruction", "question", "query", "user")
_TOLD = ("completion", "response", "output", "answer", "chosen", "assistant")


def to_messages(row: Mapping[str, object], named: str | None = None, *, asking: bool = False) -> list[Message] | str:
    """The chat in a row, or in words why there is none.

    Known are: lists of {"role", "content"} (OpenAI), of {"from", "value"} (ShareGPT), the tree of a ChatGPT export,
    instruction + input + output (Alpaca), prompt + completion.
    named: the column that holds the chat, if the person said so. asking: the answer is still to come.
    """
    turns = _turns(row, named)
    if isinstance(turns, str):
        return turns
    system = row.get("system")
    messages: list[Message] = [{"role": "system", "content": system}] if isinstance(system, str) and system else []
    for turn in turns:
        if not isinstance(turn, Mapping):
            return f"a message is {type(turn).__name__}, not an object with role and content"
        fields = cast(Mapping[str, object], turn)
        said = fields.get("role", fields.get("from", fields.get("speaker")))
        role = _ROLES.get(str(said).casefold())
        if role is None:
            return f"{str(said)[:40]!r} is no role; system, user, assistant and tool are"
        content = _content(fields)
        if content is None:
            return f"a message of the {role} has no text"
        if content or role == "assistant":
            messages.append({"role": role, "content": content})
    if not asking and not any(message["role"] == "assistant" and message["content"].strip() for message in messages):
        return "the assistant says nothing in it"
    if not any(message["role"] in ("user", "tool") for message in messages):
        return "nobody asks anything in it"
    return messages


def to_preference(row: Mapping[str, object]) -> Mapping[str, object]:
    """Two whole chats that differ in their last answer as prompt, chosen, rejected; other rows as they are."""
    chosen, rejected = row.get("chosen"), row.get("rejected")
    if not isinstance(chosen, list) or not isinstance(rejected, list):
        return row
    better, worse = to_messages({"messages": chosen}), to_messages({"messages": rejected})
    if isinstance(better, str) or isinstance(worse, str):
        # Answers alone, with the question in a column of its own.
        answers = {
            "chosen": "\n".join(_texts(cast(list[object], chosen))),
            "rejected": "\n".join(_texts(cast(list[object], rejected))),
        }
        return {**row, "prompt": _prompt(row.get("prompt")), **answers}
    asked = [message["content"] for message in better[:-1]]
    return {
        "prompt": _prompt(row.get("prompt")) or "\n\n".join(asked),
        "chosen": better[-1]["content"],
        "rejected": worse[-1]["content"],
    }


def _prompt(value: object) -> object:
    return "\n\n".join(_texts(cast(list[object], value))) if isinstance(value, list) else value


def _texts(turns: Sequence[object]) -> list[str]:
    return [_content(cast(Mapping[str, object], turn)) or "" for turn in turns if isinstance(turn, Mapping)]


def turns_in(value: object) -> list[object] | None:
    """The list of messages in a column, or, in the cell of a table, as JSON; None for anything else."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    return cast(list[object], value) if isinstance(value, list) else None


def _turns(row: Mapping[str, object], named: str | None) -> Sequence[object] | str:
    for name in (named,) if named else LISTS:
        if (turns := turns_in(row.get(name))) is not None:
            return turns
    if isinstance(tree := row.get("mapping"), Mapping):
        return _branch(cast(Mapping[str, object], tree), row.get("current_node"))
    asked = next((value for name in _ASKED if isinstance(value := row.get(name), str) and value.strip()), None)
    told = next((value for name in _TOLD if isinstance(value := row.get(name), str) and value.strip()), None)
    if asked is None or told is None:
        return f"there is no chat in it, only {', '.join(map(repr, row)) or 'nothing'}"[:300]
    more = row.get("input")
    if isinstance(more, str) and more.strip():
        asked = f"{asked}\n\n{more}"
    return [{"role": "user", "content": asked}, {"role": "assistant", "content": told}]


def _content(fields: Mapping[str, object]) -> str | None:
    value = fields.get("content", fields.get("value", fields.get("text")))
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        parts = cast(list[object], value)
        texts = [part if isinstance(part, str) else cast(Mapping[str, object], part).get("text") for part in parts
                 if isinstance(part, str | Mapping)]  # fmt: skip
        return "\n".join(text for text in texts if isinstance(text, str))
    # An assistant that only calls a tool says nothing.
    return "" if value is None and fields.get("tool_calls") else None


def _branch(tree: Mapping[str, object], last: object) -> list[object]:
    """The messages from the root to the current node of a ChatGPT export."""
    found: list[object] = []
    seen: set[object] = set()
    while isinstance(last, str) and last not in seen:
        seen.add(last)
        node = tree.get(last)
        if not isinstance(node, Mapping):
            break
        fields = cast(Mapping[str, object], node)
        message = fields.get("message")
        if isinstance(message, Mapping):
            inner = cast(Mapping[str, object], message)
            author, content = inner.get("author"), inner.get("content")
            parts = cast(Mapping[str, object], content).get("parts") if isinstance(content, Mapping) else None
            role = cast(Mapping[str, object], author).get("role") if isinstance(author, Mapping) else None
            if isinstance(parts, list) and parts != [""]:
                found.append({"role": role, "content": parts})
        last = fields.get("parent")
    return found[::-1]


def chats_of_run(entries: Sequence[object]) -> list[list[Message]]:
    """The conversations with the model in an exported AutoGPT run: a new one wherever the run began one afresh.

    entries: as in the "entries" of `autogpt export`. Calls of tools stand in the assistant's text, one JSON a line.
    """
    found: list[list[Message]] = []
    for entry in entries:
        event = _field(entry, "event")
        match _field(event, "kind"):
            case "turned":
                if _field(event, "fresh") or not found:
                    found.append([])
                for message in cast(list[object], _field(event, "messages") or []):
                    found[-1].append({"role": str(_field(message, "role")), "content": str(_field(message, "content"))})
            case "replied" if found:
                reply = _field(event, "reply")
                calls = cast(list[object], _field(reply, "actions") or [])
                texts = [str(_field(reply, "text") or ""), *(_call(call) for call in calls)]
                found[-1].append({"role": "assistant", "content": "\n".join(text for text in texts if text)})
            case _:
                pass
    return found


def _call(action: object) -> str:
    return json.dumps({"tool": _field(action, "tool"), "args": _field(action, "args")}, ensure_ascii=False)


def _field(value: object, name: str) -> object:
    return cast(Mapping[str, object], value).get(name) if isinstance(value, Mapping) else None
