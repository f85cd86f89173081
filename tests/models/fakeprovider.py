"""A provider on 127.0.0.1 that answers each request with the next scripted behaviour, and keeps what it was asked."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "FakeServer"

    def do_GET(self) -> None:
        self._serve(None)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._serve(json.loads(body))

    def _serve(self, body: Any) -> None:
        self.server.asked.append((self.path, body, {name.lower(): value for name, value in self.headers.items()}))
        behave = self.server.script.pop(0) if len(self.server.script) > 1 else self.server.script[0]
        self.close_connection = True
        try:
            behave(self)
        except (BrokenPipeError, ConnectionResetError):
            self.server.hung_up.set()

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def send(self, status: int, body: bytes, kind: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def start_stream(self, kind: str = "text/event-stream") -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Connection", "close")
        self.end_headers()


Behaviour = Callable[[Handler], None]


class FakeServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, script: list[Behaviour]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script = script
        self.asked: list[tuple[str, Any, dict[str, str]]] = []
        self.hung_up = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def provider(*script: Behaviour) -> Iterator[FakeServer]:
    server = FakeServer(list(script))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def says(status: int, body: object, **headers: str) -> Behaviour:
    """Answer with this JSON, or these bytes."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda handler: handler.send(status, data, **headers)


def streams(*events: object, done: bool = True, cut: int | None = None) -> Behaviour:
    """Answer with server-sent events; `cut` ends the connection after so many bytes."""

    def behave(handler: Handler) -> None:
        data = b"".join(f"data: {json.dumps(event)}\n\n".encode() for event in events)
        data += b"data: [DONE]\n\n" if done else b""
        handler.start_stream()
        handler.wfile.write(data[:cut])

    return behave


def resets(handler: Handler) -> None:
    """Hang up without an answer."""
    import socket
    import struct

    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def endless(handler: Handler) -> None:
    """A JSON answer that goes on for 100 MB."""
    handler.start_stream("application/json")
    handler.wfile.write(b'{"choices": [{"message": {"role": "assistant", "content": "')
    for _ in range(100):
        handler.wfile.write(b"a" * 1_000_000)


def openai(
    text: str | None = "Hello.", *, finish: str = "stop", calls: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """A chat completion in OpenAI's form."""
    message: dict[str, Any] = {"role": "assistant", "content": text}
    if calls:
        message["tool_calls"] = calls
    return {
        "id": "c1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": "gpt-4o",
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": {
            "prompt_tokens": 1_000,
            "completion_tokens": 10,
            "total_tokens": 1_010,
            "prompt_tokens_details": {"cached_tokens": 400},
        },
    }


def openai_call(name: str, arguments: str, id: str = "call_1") -> dict[str, Any]:
    return {"id": id, "type": "function", "function": {"name": name, "arguments": arguments}}


def openai_chunk(text: str | None = None, *, finish: str | None = None, usage: bool = False) -> dict[str, Any]:
    chunk: dict[str, Any] = {
        "id": "c1",
        "object": "chat.completion.chunk",
        "created": 1_700_000_000,
        "model": "gpt-4o",
        "choices": [{"index": 0, "delta": {"content": text} if text else {}, "finish_reason": finish}],
    }
    if usage:
        chunk["choices"] = []
        chunk["usage"] = {"prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 12}
    return chunk


def anthropic(*content: dict[str, Any], stop: str = "end_turn") -> dict[str, Any]:
    """A message in Anthropic's form."""
    return {
        "id": "m1",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-4-5",
        "content": list(content),
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": {"input_tokens": 600, "cache_read_input_tokens": 400, "output_tokens": 10},
    }
