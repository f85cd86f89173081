"""Doors: what other programs may ask a served checkpoint, in the house's own form and in that of OpenAI's API."""

import base64
import binascii
import secrets
import struct
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from autogpt.core.errors import UsageError
from autogpt.core.schema import JsonValue

Predict = Callable[[Sequence[JsonValue]], Sequence[JsonValue]]
"""One answer for each input. Raises UsageError for an input it cannot read."""
PREDICT = "/predict"
_IMAGES = "image-classification"
_OPENAI = {
    "embedding": "/v1/embeddings",
    "seq2seq": "/v1/completions",
    "causal-lm": "/v1/completions",
    **dict.fromkeys(("sft", "preference", "policy-gradient"), "/v1/chat/completions"),
}
_COLUMN = {"seq2seq": "source", "causal-lm": "text"}
_MOST_INPUTS = 256


def doors(task: str) -> tuple[str, ...]:
    """The paths that a checkpoint for the task answers at, by POST."""
    return (PREDICT, _OPENAI[task]) if task in _OPENAI else (PREDICT,)


def takes_files(task: str) -> bool:
    """Whether an input may be a file of its own: an image, sent as it is."""
    return task == _IMAGES


@dataclass(frozen=True)
class Question:
    """What was asked at a door."""

    inputs: Sequence[JsonValue]
    tell: Callable[[str, str, Sequence[JsonValue]], dict[str, JsonValue]]
    """tell(name, task, answers): the answers in the words of the door."""


def read(path: str, task: str, body: JsonValue | bytes) -> Question:
    """What a request asks. body: JSON, or the bytes of an image. Raises UsageError for what the door does not take."""
    if isinstance(body, bytes):
        return Question([{"image": base64.b64encode(body).decode()}], _plainly)
    told = body if isinstance(body, dict) else {}
    match path:
        case "/v1/embeddings":
            texts = _several(told, "input")
            packed = told.get("encoding_format") == "base64"
            return Question([{"text": text} for text in texts], _packed_vectors if packed else _vectors)
        case "/v1/completions":
            _at_once(told)
            texts = _several(told, "prompt")
            return Question([{_COLUMN[task]: text} for text in texts], _texts)
        case "/v1/chat/completions":
            _at_once(told)
            return Question([_chat(task, told.get("messages"))], _said)
        case _:
            inputs = told.get("inputs")
            if not isinstance(inputs, list) or not 1 <= len(inputs) <= _MOST_INPUTS:
                raise UsageError(f'the body must be {{"inputs": [...]}} with 1 to {_MOST_INPUTS} inputs')
            return Question(inputs, _plainly)


def answer(predict: Predict, task: str, inputs: Sequence[JsonValue]) -> Sequence[JsonValue]:
    """The answers. An image is what was sent, in base64; the path of a file here is none, whatever it names."""
    if task != _IMAGES:
        return predict(inputs)
    with tempfile.TemporaryDirectory(prefix="autogpt-asked-") as made:
        folder = Path(made)
        paths: list[JsonValue] = []
        for number, one in enumerate(inputs):
            path = folder / f"image {number + 1}"
            path.write_bytes(_bytes(one, number))
            paths.append({"image": str(path)})
        try:
            return predict(paths)
        except UsageError as error:
            raise UsageError(str(error).replace(f"{folder}/", "")) from None


def _bytes(one: JsonValue, number: int) -> bytes:
    given = one.get("image") if isinstance(one, dict) else one
    try:
        if not isinstance(given, str):
            raise ValueError
        return base64.b64decode(given.partition(",")[2] if given.startswith("data:") else given, validate=True)
    except (ValueError, binascii.Error):
        raise UsageError(f'input {number + 1} must be an image in base64, or {{"image": "..."}} with one') from None


def _several(told: Mapping[str, JsonValue], name: str) -> list[str]:
    given = told.get(name)
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list) or not 1 <= len(texts) <= _MOST_INPUTS or not all(isinstance(t, str) for t in texts):
        raise UsageError(
            f'the body must be {{"{name}": "text"}} or {{"{name}": ["text", ...]}}, with at most {_MOST_INPUTS} texts'
        )
    return cast(list[str], texts)


def _at_once(told: Mapping[str, JsonValue]) -> None:
    if told.get("stream") or told.get("n") not in (None, 1):
        raise UsageError("the answer comes at once and there is one: leave out 'stream' and 'n'")


def _chat(task: str, given: JsonValue) -> JsonValue:
    messages = given if isinstance(given, list) else []
    if not messages or not all(isinstance(one, dict) and {"role", "content"} <= one.keys() for one in messages):
        raise UsageError('the body must be {"messages": [{"role": "user", "content": "text"}, ...]}')
    if task == "sft":
        return {"messages": messages}
    if len(messages) > 1:
        raise UsageError(f"a model for {task} answers one prompt: give one message")
    return {"prompt": cast(Mapping[str, JsonValue], messages[0])["content"]}


def _plainly(name: str, task: str, answers: Sequence[JsonValue]) -> dict[str, JsonValue]:
    return {"model": name, "task": task, "answers": list(answers)}


def _vectors(name: str, task: str, answers: Sequence[JsonValue]) -> dict[str, JsonValue]:
    found = [cast(Mapping[str, JsonValue], one)["vector"] for one in answers]
    data: list[JsonValue] = [
        {"object": "embedding", "index": at, "embedding": vector} for at, vector in enumerate(found)
    ]
    return {"object": "list", "model": name, "data": data}


def _packed_vectors(name: str, task: str, answers: Sequence[JsonValue]) -> dict[str, JsonValue]:
    """The same with each vector as base64 of little-endian float32, as OpenAI's own client asks for."""
    told = _vectors(name, task, answers)
    for one in cast(list[dict[str, JsonValue]], told["data"]):
        numbers = cast(list[float], one["embedding"])
        one["embedding"] = base64.b64encode(struct.pack(f"<{len(numbers)}f", *numbers)).decode()
    return told


def _texts(name: str, task: str, answers: Sequence[JsonValue]) -> dict[str, JsonValue]:
    choices: list[JsonValue] = [
        {"index": at, "text": text, "finish_reason": "stop", "logprobs": None} for at, text in enumerate(answers)
    ]
    return _completion(name, "text_completion", "cmpl", choices)


def _said(name: str, task: str, answers: Sequence[JsonValue]) -> dict[str, JsonValue]:
    message: JsonValue = {"role": "assistant", "content": answers[0]}
    return _completion(name, "chat.completion", "chatcmpl", [{"index": 0, "message": message, "finish_reason": "stop"}])


def _completion(name: str, kind: str, prefix: str, choices: list[JsonValue]) -> dict[str, JsonValue]:
    made = {"id": f"{prefix}-{secrets.token_hex(8)}", "object": kind, "created": int(time.time())}
    return {**made, "model": name, "choices": choices}
