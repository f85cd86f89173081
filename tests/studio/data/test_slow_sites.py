"""A site that sends little and never ends is left, whatever it drips; one that is only slow is waited for."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from autogpt.core.errors import TryAgain
from autogpt.studio.data.fetch import fetch

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\n"
ROW = b"text,label\n"


def drip(part: bytes) -> Iterator[bytes]:
    while True:
        yield part
        time.sleep(0.02)


def body(size: int) -> Iterator[bytes]:
    yield HEAD + b"Content-Length: 1000000\r\n\r\n"
    yield from drip(b"x" * size)


def header() -> Iterator[bytes]:
    yield HEAD + b"X-Long: "
    yield from drip(b"x")


def in_time() -> Iterator[bytes]:
    yield HEAD + b"Content-Length: 44\r\n\r\n"
    for _ in range(4):
        time.sleep(0.02)
        yield ROW


@pytest.fixture
def serve():
    """Answers each who comes with the parts."""
    server = socket.create_server(("127.0.0.1", 0))

    def begin(parts: Iterator[bytes]) -> str:
        def work() -> None:
            client, _ = server.accept()
            with client:
                client.recv(65_536)
                for part in parts:
                    try:
                        client.sendall(part)
                    except OSError:
                        return

        threading.Thread(target=work, daemon=True).start()
        return f"http://127.0.0.1:{server.getsockname()[1]}/rows.csv"

    yield begin
    server.close()


@pytest.mark.parametrize(
    ("parts", "limits", "told"),
    [
        (body(1), {"patience": 0.5}, r"rows.csv' sent only \d+ bytes in \d seconds; try again later"),
        (header(), {"patience": 0.5}, r"rows.csv' did not begin to answer within 0.5 seconds"),
        (body(1_000), {"patience": 0.2, "longest": 1.0}, r"rows.csv' was not there after 0 minutes"),
    ],
)
def test_a_download_that_drips_is_given_up(serve, tmp_path, parts, limits, told):
    began = time.monotonic()
    with pytest.raises(TryAgain, match=told):
        fetch(serve(parts), tmp_path, private=True, **limits)
    assert time.monotonic() - began < 10


def test_a_slow_answer_that_comes_in_time_is_taken(serve, tmp_path):
    assert fetch(serve(in_time()), tmp_path, private=True, patience=30).read_bytes() == ROW * 4
