"""The line to the engine: HTTP on this machine, JSON and server-sent events, faults told apart."""

import errno
import json
import socket
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import cast

import httpx

from autogpt.core.errors import ContextFull, ModelError
from autogpt.core.schema import JsonValue
from autogpt.models.engine import Engine

SILENCE = 120.0
"""Seconds without a byte after which the engine counts as hung; it pings every 5 s while it works."""

Said = Mapping[str, JsonValue]


class Broken(Exception):
    """The engine went away, or failed, in the middle of a request."""


class Line:
    """One connection to a leased engine."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def get(self, path: str) -> Said:
        """Raises Broken, ModelError."""
        return await self._json("GET", path, None)

    async def post(self, path: str, body: Said) -> Said:
        """Raises Broken, ContextFull, ModelError."""
        return await self._json("POST", path, body)

    async def _json(self, method: str, path: str, body: Said | None) -> Said:
        try:
            answer = await self._client.request(method, path, json=body)
        except httpx.TransportError as error:
            raise Broken(f"{type(error).__name__} {error}".strip()) from error
        if answer.is_error:
            raise _fault(answer.status_code, answer.content)
        return _object(answer.content)

    async def events(self, path: str, body: Said) -> AsyncGenerator[Said]:
        """The server-sent events of a streamed answer (WHATWG HTML, section 9.2). Closing it stops the engine.

        Raises Broken when the stream ends without its last event, ContextFull, ModelError.
        """
        try:
            async with self._client.stream("POST", path, json=dict(body)) as answer:
                if answer.is_error:
                    raise _fault(answer.status_code, await answer.aread())
                async for line in answer.aiter_lines():
                    if line.startswith("data:") and (data := line[5:].strip()) != "[DONE]":
                        yield _checked(_object(data.encode()))
                    elif line.startswith("error:"):
                        yield _checked({"error": dict(_object(line[6:].strip().encode()))})
        except httpx.TransportError as error:
            raise Broken(f"{type(error).__name__} {error}".strip()) from error


@asynccontextmanager
async def line_to(engine: Engine) -> AsyncGenerator[Line]:
    """Open the line. Proxies of the environment do not apply: the engine is on this machine."""
    async with httpx.AsyncClient(
        base_url=engine.address,
        headers={"Authorization": f"Bearer {engine.key}"},
        timeout=httpx.Timeout(SILENCE, connect=10.0),
        trust_env=False,
        # Plain HTTP; building a TLS context for nothing takes 20 ms a request.
        verify=False,  # noqa: S501
    ) as client:
        yield Line(client)


async def healthy(engine: Engine) -> bool:
    """Whether the engine answers at all within ten seconds."""
    try:
        async with line_to(engine) as line:
            await line.get("/health")
    except (Broken, ModelError):
        return False
    return True


def loopback() -> bool:
    """Whether programs of this machine can be reached at 127.0.0.1; not so where a container brought it not up."""
    with socket.socket() as line:
        line.settimeout(5.0)
        return line.connect_ex(("127.0.0.1", 9)) not in (errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.ENETDOWN)


def _checked(event: Said) -> Said:
    if "error" in event:
        raise _fault(500, json.dumps(dict(event)).encode())
    return event


def _object(content: bytes) -> Said:
    try:
        value = cast(JsonValue, json.loads(content))
    except ValueError:
        raise Broken(f"the engine said {content[:80]!r}") from None
    return value if isinstance(value, dict) else {"value": value}


def _fault(status: int, content: bytes) -> Exception:
    try:
        said = _object(content).get("error")
    except Broken:
        said = None
    error = said if isinstance(said, dict) else {}
    message = str(error.get("message") or content[:200].decode("utf-8", "replace"))
    if error.get("type") == "exceed_context_size_error":
        return ContextFull(f"the engine: {message}")
    code = error.get("code")
    if status >= 500 and code not in (400, 401, 404, 501):
        return Broken(f"{status} {message}")
    return ModelError(f"the engine refused the request: {message}")
