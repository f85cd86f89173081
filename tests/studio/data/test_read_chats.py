"""Chats of other programs and of this one become messages."""

import json

import pytest

from autogpt.studio.data import load

ASKED = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"}]
TREE = {
    "title": "t",
    "current_node": "c",
    "mapping": {
        "a": {"message": None, "parent": None},
        "b": {"message": {"author": {"role": "user"}, "content": {"parts": ["hi"]}}, "parent": "a"},
        "c": {"message": {"author": {"role": "assistant"}, "content": {"parts": ["hello"]}}, "parent": "b"},
        "other": {"message": {"author": {"role": "assistant"}, "content": {"parts": ["no"]}}, "parent": "b"},
    },
}


def messages(tmp_path, content: str, name: str = "a.jsonl") -> list:
    (tmp_path / name).write_text(content)
    return load(tmp_path / name, "sft").splits["train"]["messages"][:]


@pytest.mark.parametrize(
    "row",
    [
        {"messages": ASKED},
        {"messages": [ASKED[0], {"role": "assistant", "content": [{"type": "text", "text": "hello"}]}]},
        {"conversations": [{"from": "human", "value": "hi"}, {"from": "gpt", "value": "hello"}]},
        {"instruction": "hi", "input": "", "output": "hello"},
        {"prompt": "hi", "completion": "hello"},
        TREE,
    ],
)
def test_every_form_gives_the_same_chat(tmp_path, row):
    assert messages(tmp_path, json.dumps(row)) == [ASKED]


def test_a_system_message_and_tools_stay(tmp_path):
    row = {
        "system": "be kind",
        "messages": [ASKED[0], {"role": "assistant", "content": None, "tool_calls": [{}]},
                     {"role": "tool", "content": "4"}, ASKED[1]],
    }  # fmt: skip
    (made,) = messages(tmp_path, json.dumps(row))
    assert [message["role"] for message in made] == ["system", "user", "assistant", "tool", "assistant"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"messages": []}, "the assistant says nothing in it"),
        ({"messages": ASKED[1:]}, "nobody asks anything in it"),
        ({"messages": [{"role": "king", "content": "x"}]}, "'king' is no role; system, user, assistant and tool are"),
        ({"messages": ["hi"]}, "a message is str, not an object with role and content"),
        ({"messages": [{"role": "user", "content": 1}]}, "a message of the user has no text"),
        ({"text": "hi"}, "there is no chat in it, only 'text'"),
    ],
)
def test_what_is_no_chat_is_told(tmp_path, row, reason):
    (tmp_path / "a.jsonl").write_text(f"{json.dumps(row)}\n{json.dumps({'messages': ASKED})}\n")
    assert [bad.reason for bad in load(tmp_path / "a.jsonl", "sft").rejected] == [reason]


def test_a_run_of_our_own_gives_its_conversations(tmp_path):
    said = [{"role": "system", "content": "s"}, {"role": "user", "content": "do"}]
    events = [
        {"kind": "started"},
        {"kind": "turned", "fresh": True, "messages": said},
        {"kind": "replied", "reply": {"text": "first", "actions": [{"tool": "look", "args": {"a": 1}}]}},
        {"kind": "turned", "messages": [{"role": "user", "content": "and"}]},
        {"kind": "replied", "reply": {"text": "second"}},
        {"kind": "turned", "fresh": True, "messages": said},
        {"kind": "replied", "reply": {"text": "anew"}},
    ]
    export = {"format": "autogpt-run", "version": 1, "entries": [{"event": event} for event in events]}
    assert messages(tmp_path, json.dumps(export, indent=1), "run.json") == [
        [
            *said,
            {"role": "assistant", "content": 'first\n{"tool": "look", "args": {"a": 1}}'},
            {"role": "user", "content": "and"},
            {"role": "assistant", "content": "second"},
        ],
        [*said, {"role": "assistant", "content": "anew"}],
    ]
