"""A tape of requests and replies: recorded once with a real model, replayed without one.

A JSONL file: a header line, then a line per reply, keyed by the SHA-256 of its request. Requests hold no clock and no
random ids, so an equal run asks equal questions. The header keeps the profile, so that a replay works as recorded.
"""

import hashlib
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import pydantic

from autogpt.core.contracts import Model, OnText
from autogpt.core.errors import ModelError, UsageError
from autogpt.core.message import Message, Profile, Reply, Request
from autogpt.core.schema import JsonValue, Value, canonical_json
from autogpt.core.wrapped import Wrapped

VERSION = 1


class _Header(Value):
    kind: Literal["autogpt-tape"] = "autogpt-tape"
    version: int = VERSION
    model: str
    profile: Profile


class _Replied(Value):
    kind: Literal["reply"] = "reply"
    digest: str
    asked: str = ""
    """How the last message begins, for whoever reads the file."""
    reply: Reply


class _Counted(Value):
    kind: Literal["count"] = "count"
    digest: str
    tokens: int


_LINE: pydantic.TypeAdapter[_Replied | _Counted] = pydantic.TypeAdapter(_Replied | _Counted)


def digest(said: JsonValue) -> str:
    """SHA-256 of the canonical JSON."""
    return hashlib.sha256(canonical_json(said).encode("utf-8", "surrogatepass")).hexdigest()


def _request_digest(request: Request) -> str:
    return digest(request.model_dump(mode="json", by_alias=True))


def _messages_digest(messages: Sequence[Message]) -> str:
    return digest([message.model_dump(mode="json") for message in messages])


class Recording(Wrapped):
    """Writes everything a model says to a tape, each reply as soon as it is there. Errors are not recorded."""

    def __init__(self, model: Model, path: Path) -> None:
        """Starts a new tape. Raises UsageError if there is a file already, so that no tape is overwritten."""
        super().__init__(model)
        self._path = path
        self._counted: set[str] = set()
        header = _Header(model=model.name, profile=model.profile)
        try:
            with path.open("x", encoding="utf-8") as tape:
                tape.write(header.model_dump_json() + "\n")
        except FileExistsError:
            raise UsageError(f"there is a tape at {str(path)!r} already; remove it or choose another name") from None
        except OSError as error:
            raise UsageError(f"the tape {str(path)!r} cannot be written: {error.strerror}") from error

    async def reply(self, request: Request, on_text: OnText | None = None) -> Reply:
        reply = await super().reply(request, on_text)
        asked = request.messages[-1].content[:80] if request.messages else ""
        self._write(_Replied(digest=_request_digest(request), asked=asked, reply=reply))
        return reply

    async def count(self, messages: Sequence[Message]) -> int:
        tokens = await super().count(messages)
        key = _messages_digest(messages)
        if key not in self._counted:
            self._counted.add(key)
            self._write(_Counted(digest=key, tokens=tokens))
        return tokens

    def _write(self, line: _Replied | _Counted) -> None:
        with self._path.open("a", encoding="utf-8") as tape:
            tape.write(line.model_dump_json() + "\n")


class Replay:
    """A Model that says what is on a tape and refuses every other question.

    The same request asked again gets the next reply that was recorded for it, the last one from then on.
    """

    def __init__(self, path: Path) -> None:
        """Raises UsageError for a file that is no tape, is damaged, or is of another version."""
        self._path = path
        lines = _lines(path)
        self._header = _header(lines, path)
        self._replies: dict[str, deque[Reply]] = {}
        self._counts: dict[str, int] = {}
        for number, text in enumerate(lines[1:], start=2):
            try:
                line = _LINE.validate_json(text)
            except pydantic.ValidationError:
                raise UsageError(f"line {number} of the tape {str(path)!r} is damaged; record it again") from None
            match line:
                case _Replied():
                    self._replies.setdefault(line.digest, deque()).append(line.reply)
                case _Counted():
                    self._counts[line.digest] = line.tokens

    @property
    def name(self) -> str:
        return self._header.model

    @property
    def profile(self) -> Profile:
        return self._header.profile

    async def reply(self, request: Request, on_text: OnText | None = None) -> Reply:
        """Raises ModelError for a request that is not on the tape."""
        replies = self._replies.get(_request_digest(request))
        if not replies:
            asked = request.messages[-1].content[:80] if request.messages else ""
            raise ModelError(
                f"the tape {str(self._path)!r} has no answer to this request (last message {asked!r}): "
                "the prompts have changed since; record it again"
            )
        reply = replies.popleft() if len(replies) > 1 else replies[0]
        if on_text is not None and reply.text:
            on_text(reply.text)
        return reply

    async def count(self, messages: Sequence[Message]) -> int:
        """As recorded; for messages that were not counted then, an upper bound: a token per byte."""
        known = self._counts.get(_messages_digest(messages))
        return known if known is not None else sum(16 + len(message.content.encode()) for message in messages)


def _lines(path: Path) -> list[str]:
    try:
        # Not splitlines(): it also splits at characters that JSON leaves inside a string, such as U+0085.
        return path.read_text("utf-8").removesuffix("\n").split("\n")
    except OSError as error:
        raise UsageError(f"the tape {str(path)!r} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise UsageError(f"{str(path)!r} is not a tape of ours") from None


def _header(lines: Sequence[str], path: Path) -> _Header:
    try:
        header = _Header.model_validate_json(lines[0] if lines else "")
    except pydantic.ValidationError:
        raise UsageError(f"{str(path)!r} is not a tape of ours") from None
    if header.version != VERSION:
        raise UsageError(f"the tape {str(path)!r} has version {header.version}, this is {VERSION}; record it again")
    return header
