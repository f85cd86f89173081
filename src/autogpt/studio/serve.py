"""Serves a checkpoint to other programs on this machine: JSON in, JSON out, at the doors of its task (`doors.py`).

It does not encrypt, and it does not face a network: it listens on 127.0.0.1 alone.
"""

import json
import secrets
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast

from autogpt.core.errors import UsageError
from autogpt.core.schema import JsonValue, Value, read_json
from autogpt.studio.completions import CHAT, COMPLETIONS, Telling, Writer, read_order
from autogpt.studio.doors import PREDICT, Predict, answer, doors, read, takes_files

_SHORTEST_KEY = 16
_MOST_BYTES = 1_000_000
_MOST_BYTES_OF_FILES = 20_000_000
_SECONDS = 30.0
"""How long a caller may take to send its request."""
_AT_ONCE = 16
"""Requests that may wait at a time; others are sent away."""


class Serving(Value):
    """A model that other programs can ask now."""

    address: str
    """Such as http://127.0.0.1:8080; asked by POST at one of its doors."""
    name: str
    task: str
    doors: tuple[str, ...] = (PREDICT,)
    """The paths it answers at."""


@contextmanager
def serve_predictions(
    predict: Predict, *, key: str, name: str, task: str, port: int = 0, writer: Writer | None = None
) -> Generator[Serving]:
    """Serve until the block ends. One request is answered at a time; others wait.

    A request: `POST /predict` with `Authorization: Bearer KEY`, `Content-Type: application/json` and
    `{"inputs": [...]}`, at most 256 inputs in at most 1 MB (images: 20 MB, each in base64, or one as the body, with
    its own `Content-Type`). The answer: `{"model", "task", "answers"}`, or `{"error"}` with a status that says whose
    fault it is. Models that embed or write also answer at OpenAI's paths. key: at least 16 characters. port: 0 for any
    that is free. writer: writes the texts of a model that does.
    Raises UsageError for a key that is too short and a port that is taken.
    """
    if len(key) < _SHORTEST_KEY or not key.isascii():
        raise UsageError(f"the key must have at least {_SHORTEST_KEY} letters, digits or marks")
    try:
        server = _Server(("127.0.0.1", port), _Handler)
    except OSError as error:
        raise UsageError(f"port {port} cannot be used: {error.strerror}; give another, or 0 for any") from error
    server.set_up(predict, key, name, task, writer)
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True)
    thread.start()
    try:
        yield Serving(address=f"http://127.0.0.1:{server.server_port}", name=name, task=task, doors=server.doors)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Refused(Exception):
    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def set_up(self, predict: Predict, key: str, name: str, task: str, writer: Writer | None) -> None:
        self.predict, self.key, self.name, self.task, self.writer = predict, key, name, task, writer
        self.doors = doors(task, writer)
        self.turn = threading.Lock()
        self.places = threading.BoundedSemaphore(_AT_ONCE)


class _Handler(BaseHTTPRequestHandler):
    server_version, sys_version = "autogpt", ""
    protocol_version = "HTTP/1.1"
    timeout = _SECONDS
    _streams = False

    @property
    def _server(self) -> _Server:
        return cast(_Server, self.server)

    def do_POST(self) -> None:
        if not self._server.places.acquire(blocking=False):
            self._say(503, {"error": f"{_AT_ONCE} requests are waiting already; try again"})
            return
        try:
            self._answer()
        except _Refused as refused:
            self._say(refused.status, {"error": str(refused)})
        except UsageError as error:
            self._say(422, {"error": str(error)})
        except ConnectionError:
            self.close_connection = True  # whoever asked is gone
        except Exception:  # a bug: whoever asked is told, and it goes on to the log
            self._say(500, {"error": "the model failed; what is wrong stands where it is served"})
            raise
        finally:
            self._server.places.release()

    def do_GET(self) -> None:
        if self.path != "/v1/models":
            self._say(405, {"error": 'ask by POST /predict with {"inputs": [...]}'})
            return
        try:
            self._be_let_in()
            self._say(200, {"object": "list", "data": [{"id": self._server.name, "object": "model"}]})
        except _Refused as refused:
            self._say(refused.status, {"error": str(refused)})

    def _answer(self) -> None:
        self._be_let_in()
        server = self._server
        if self.path not in server.doors:
            raise _Refused(404, f"there is only {' and '.join(server.doors)} here")
        if server.writer is not None and self.path in (CHAT, COMPLETIONS):
            self._write(server.writer)
            return
        asked = read(self.path, self._read())
        with server.turn:
            answers = answer(server.predict, server.task, asked.inputs)
        self._say(200, asked.tell(server.name, server.task, answers))

    def _write(self, writer: Writer) -> None:
        order = read_order(self.path, cast(JsonValue, self._read()))
        telling = Telling(order, self._server.name)
        with self._server.turn:
            prompts = writer.encode(order.prompts)
            if order.stream:
                # Each piece is sent while the model writes; a caller who goes away ends it.
                written = writer.write(
                    prompts, order.manner, lambda at, text: self._stream(json.dumps(telling.piece(at, text)))
                )
            else:
                written = writer.write(prompts, order.manner, lambda at, text: None)
        if not order.stream:
            self._say(200, telling.whole(written))
            return
        for one in telling.rest(written):
            self._stream(json.dumps(one))
        self._stream("[DONE]")

    def _stream(self, data: str) -> None:
        """Send one event (`text/event-stream` of the HTML standard); before the first, the head."""
        if not self._streams:
            self._streams = self.close_connection = True  # the length is not known: the end of the line is the end
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Cache-Control", "no-store")
            self.send_header("Connection", "close")
            self.end_headers()
        self.wfile.write(f"data: {data}\n\n".encode())

    def _be_let_in(self) -> None:
        # A page in a browser can reach 127.0.0.1 by a name of its own (DNS rebinding); its Host says so.
        port = self._server.server_port
        if self.headers.get("Host") not in (f"127.0.0.1:{port}", f"localhost:{port}"):
            raise _Refused(403, "this server answers to 127.0.0.1 and localhost only")
        scheme, _, key = (self.headers.get("Authorization") or "").partition(" ")
        if scheme != "Bearer" or not secrets.compare_digest(key.encode(), self._server.key.encode()):
            raise _Refused(401, "the key is missing or wrong: send Authorization: Bearer KEY")

    def _read(self) -> JsonValue | bytes:
        kind = (self.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
        files = takes_files(self._server.task)
        file = files and kind.startswith("image/") and self.path == "/predict"
        if kind != "application/json" and not file:
            raise _Refused(415, "send JSON: Content-Type: application/json")
        most = _MOST_BYTES_OF_FILES if files else _MOST_BYTES
        length = self.headers.get("Content-Length") or ""
        if not length.isascii() or not length.isdigit():
            raise _Refused(411, "say how long the body is: Content-Length")
        if int(length) > most:
            raise _Refused(413, f"the body has {int(length):,} bytes; at most {most:,} are read")
        body = self.rfile.read(int(length))
        if file:
            return body
        try:
            return read_json(body.decode(), most=most)
        except UnicodeDecodeError:
            raise _Refused(400, "the body is not UTF-8") from None
        except UsageError as error:
            raise _Refused(400, str(error)) from None

    def _say(self, status: int, said: dict[str, JsonValue]) -> None:
        if self._streams:  # too late for a status
            self._stream(json.dumps({"error": {"message": said["error"], "code": status}}))
            return
        body = json.dumps(said, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if status != 200:
            # What is left of a refused request must not be read as the next one.
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: requests hold other people's texts."""
