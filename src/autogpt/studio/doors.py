"""Doors: what other programs may ask a served checkpoint, in the house's own form and in that of OpenAI's API."""

import base64
import binascii
import struct
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from autogpt.core.errors import UsageError
from autogpt.core.schema import JsonValue
from autogpt.studio.completions import CHAT, COMPLETIONS, MOST_INPUTS, Writer, several

Predict = Callable[[Sequence[JsonValue]], Sequence[JsonValue]]
"""One answer for each input. Raises UsageError for an input it cannot read."""
PREDICT = "/predict"
_IMAGES = "image-classification"
_EMBEDDINGS = "/v1/embeddings"


def doors(task: str, writer: Writer | None = None) -> tuple[str, ...]:
    """The paths that a checkpoint for the task answers at, by POST. writer: what writes for it, if it writes texts."""
    if writer is not None:
        return (PREDICT, CHAT, COMPLETIONS) if writer.chats else (PREDICT, COMPLETIONS)
    return (PREDICT, _EMBEDDINGS) if task == "embedding" else (PREDICT,)


def takes_files(task: str) -> bool:
    """Whether an input may be a file of its own: an image, sent as it is."""
    return task == _IMAGES


@dataclass(frozen=True)
class Question:
    """What was asked at a door where answers come at once."""

    inputs: Sequence[JsonValue]
    tell: Callable[[str, str, Sequence[JsonValue]], dict[str, JsonValue]]
    """tell(name, task, answers): the answers in the words of the door."""


def read(path: str, body: JsonValue | bytes) -> Question:
    """What a request asks. body: JSON, or the bytes of an image. Raises UsageError for what the door does not take."""
    if isinstance(body, bytes):
        return Question([{"image": base64.b64encode(body).decode()}], _plainly)
    told = body if isinstance(body, dict) else {}
    if path == _EMBEDDINGS:
        texts = several(told, "input")
        packed = told.get("encoding_format") == "base64"
        return Question([{"text": text} for text in texts], _packed_vectors if packed else _vectors)
    inputs = told.get("inputs")
    if not isinstance(inputs, list) or not 1 <= len(inputs) <= MOST_INPUTS:
        raise UsageError(f'the body must be {{"inputs": [...]}} with 1 to {MOST_INPUTS} inputs')
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
