"""A program that was given hosts reaches these and nothing else, whatever it tries."""

import asyncio
import contextlib
import socket
from collections.abc import Sequence
from pathlib import Path

import anyio
import pytest

from autogpt.core.contracts import Finished, Program
from autogpt.core.errors import ToolError
from autogpt.sandbox import open_sandbox
from autogpt.sandbox.addresses import connect_public, is_public
from autogpt.sandbox.proxy import Host, Proxy, read_hosts

ALLOWED = ("example.org:80", "secure.example.org:443")


class Origin:
    """A server that stands for every host; notes what it was sent."""

    def __init__(self, answer: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello") -> None:
        self.answer = answer
        self.heard: list[bytes] = []
        self.reached: list[tuple[str, int]] = []

    async def connect(self, host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        self.reached.append((host, port))
        ours, theirs = socket.socketpair()
        reader, writer = await asyncio.open_connection(sock=theirs)
        self._task = asyncio.create_task(self._serve(reader, writer))
        return await asyncio.open_connection(sock=ours)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            self.heard.append(await reader.read(65536))
            writer.write(self.answer)
            await writer.drain()
            writer.close()


def ask(request: bytes, origin: Origin, allowed: Sequence[str] = ALLOWED) -> bytes:
    """Send the bytes to a proxy; what comes back."""

    async def main() -> bytes:
        ours, theirs = socket.socketpair()
        listening = socket.create_server(("127.0.0.1", 0))
        serving = asyncio.create_task(Proxy(read_hosts(allowed), origin.connect).serve(ours))
        socket.send_fds(theirs, [b"l"], [listening.fileno()])
        reader, writer = await asyncio.open_connection(*listening.getsockname())
        writer.write(request)
        with anyio.move_on_after(5):
            got = await reader.read(-1)
        writer.close()
        serving.cancel()
        await asyncio.wait([serving])
        for end in (ours, theirs, listening):
            end.close()
        return got

    return anyio.run(main)


def test_a_plain_request_to_an_allowed_host_passes():
    origin = Origin()
    assert ask(
        b"GET http://example.org/a?b=c HTTP/1.1\r\nHost: other\r\nX: y\r\nProxy-Connection: keep-alive\r\n\r\n", origin
    ).endswith(b"hello")
    assert origin.reached == [("example.org", 80)]
    assert origin.heard == [b"GET /a?b=c HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\nX: y\r\n\r\n"]


def test_a_tunnel_to_an_allowed_host_passes_bytes_both_ways():
    origin = Origin(b"\x16\x03 answer")
    got = ask(b"CONNECT secure.example.org:443 HTTP/1.1\r\n\r\n\x16\x03 hello", origin)
    assert got == b"HTTP/1.1 200 Connection established\r\n\r\n\x16\x03 answer"
    assert (origin.reached, origin.heard) == ([("secure.example.org", 443)], [b"\x16\x03 hello"])


def test_a_host_is_the_same_in_any_case_and_with_a_final_dot():
    assert b"200" in ask(b"CONNECT SECURE.example.ORG.:443 HTTP/1.1\r\n\r\nx", Origin())


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        ("GET http://other.org/ HTTP/1.1", 403),
        ("GET http://example.org:8080/ HTTP/1.1", 403),
        ("GET http://example.org.other.org/ HTTP/1.1", 403),
        ("GET http://xexample.org/ HTTP/1.1", 403),
        ("CONNECT example.org:443 HTTP/1.1", 403),
        ("CONNECT other.org:443 HTTP/1.1", 403),
        ("CONNECT 127.0.0.1:80 HTTP/1.1", 403),
        ("CONNECT 169.254.169.254:80 HTTP/1.1", 403),
        ("GET http://169.254.169.254/latest/meta-data/ HTTP/1.1", 403),
        ("GET http://127.0.0.1/ HTTP/1.1", 403),
        ("GET http://2130706433/ HTTP/1.1", 403),
        ("GET http://localhost/ HTTP/1.1", 403),
        ("GET http://[::1]/ HTTP/1.1", 400),
        ("CONNECT [::1]:80 HTTP/1.1", 400),
        ("GET http://example.org@other.org/ HTTP/1.1", 400),
        ("GET http://user:password@example.org/ HTTP/1.1", 400),
        ("GET http://example.org\\@other.org/ HTTP/1.1", 400),
        ("GET http://example.org%00.other.org/ HTTP/1.1", 400),
        ("GET http://example.org\0.other.org/ HTTP/1.1", 400),
        ("CONNECT example.org\0.other.org:80 HTTP/1.1", 400),
        ("CONNECT ex\u00e4mple.org:80 HTTP/1.1", 400),
        ("CONNECT example.org HTTP/1.1", 400),
        ("CONNECT example.org:80:443 HTTP/1.1", 400),
        ("CONNECT example.org:0 HTTP/1.1", 400),
        ("CONNECT example.org:65616 HTTP/1.1", 400),
        ("CONNECT :80 HTTP/1.1", 400),
        ("CONNECT http://example.org:80 HTTP/1.1", 400),
        ("GET / HTTP/1.1", 400),
        ("GET https://example.org/ HTTP/1.1", 400),
        ("GET ftp://example.org/ HTTP/1.1", 400),
        ("GET file:///etc/passwd HTTP/1.1", 400),
        ("GET http:example.org HTTP/1.1", 400),
        ("GET http:///etc/passwd HTTP/1.1", 400),
        ("GET  http://example.org/ HTTP/1.1", 400),
        ("GET http://example.org/ HTTP/2", 400),
        ("GET http://example.org/ HTTP/1.1\r\nA b: c", 400),
        ("GET http://example.org/ HTTP/1.1\r\nno colon", 400),
        ("GET http://example.org/ HTTP/1.1\r\n folded: x", 400),
        ("GET http://example.org/ HTTP/1.1\nHost: other.org", 400),
        ("POST http://example.org/ HTTP/1.1\r\nTransfer-Encoding: chunked", 411),
        ("POST http://example.org/ HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2", 400),
        ("POST http://example.org/ HTTP/1.1\r\nContent-Length: -1", 400),
        ("POST http://example.org/ HTTP/1.1\r\nContent-Length: 999999999", 413),
        ("GET http://example.org/ HTTP/1.1\r\nX: " + "x" * 20_000, 431),
    ],
)
def test_every_other_request_is_refused_before_anything_is_reached(request_line, status):
    origin = Origin()
    got = ask(request_line.encode("latin-1") + b"\r\n\r\n", origin)
    assert got.split(b" ")[1] == str(status).encode(), got
    assert origin.reached == []


def test_a_second_request_on_the_same_connection_is_not_passed_on():
    origin = Origin()
    second = b"GET http://other.org/secret HTTP/1.1\r\nHost: other.org\r\n\r\n"
    ask(b"POST http://example.org/ HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody" + second, origin)
    assert origin.reached == [("example.org", 80)]
    assert b"other.org" not in b"".join(origin.heard)


def test_a_redirect_is_not_followed_by_the_proxy():
    origin = Origin(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n")
    assert b"302" in ask(b"GET http://example.org/ HTTP/1.1\r\n\r\n", origin)
    assert origin.reached == [("example.org", 80)]


@pytest.mark.parametrize("handed", ["nothing", "a file", "a datagram socket", "a connected socket"])
def test_only_a_listening_socket_is_taken_from_inside(tmp_path, handed):
    async def main() -> bool:
        ours, theirs = socket.socketpair()
        other = {
            "a file": lambda: (tmp_path / "f").open("w"),
            "a datagram socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
            "a connected socket": lambda: socket.socketpair()[0],
        }.get(handed)
        serving = asyncio.create_task(Proxy(read_hosts(ALLOWED), Origin().connect).serve(ours))
        if other is None:
            theirs.send(b"l")
        else:
            with other() as thing:
                socket.send_fds(theirs, [b"l"], [thing.fileno()])
        done, _ = await asyncio.wait([serving], timeout=5)
        return bool(done) and serving.exception() is None

    assert anyio.run(main)


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("example.org:443", Host("example.org", 443)),
        ("EXAMPLE.org.:80", Host("example.org", 80)),
        ("xn--bcher-kva.de:443", Host("xn--bcher-kva.de", 443)),
    ],
)
def test_an_entry_of_the_list_is_a_host_and_a_port(text, host):
    assert read_hosts([text]) == {host}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.org",
        "*.example.org:443",
        "https://example.org:443",
        "bücher.de:443",
        "[::1]:80",
        "a..b:80",
        "-a.b:80",
    ],
)
def test_any_other_entry_is_refused(text):
    with pytest.raises(ToolError, match="is not of the form"):
        read_hosts([text])


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "8.8.8.8", "93.184.215.14", "192.0.1.1", "2606:4700:4700::1111", "2a00:1450::1"]
)
def test_an_address_of_the_public_internet_is_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    """0.0.0.0 10.1.2.3 100.64.0.1 100.100.100.200 127.0.0.1 127.255.255.255 168.63.129.16 169.254.169.254 172.16.0.1
    172.31.255.255 192.0.0.192 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 240.0.0.1
    255.255.255.255 :: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 64:ff9b::7f00:1 64:ff9b:1::1 100::1 2001::1
    2001:db8::1 2002:7f00:1:: 3fff::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 2606::1%eth0 fec0::1 ff02::1
    127.1 2130706433 0x7f.0.0.1 localhost example.org ①②⑦.0.0.1 1.1.1.1:80""".split(),
)
def test_any_other_address_is_not(address):
    assert not is_public(address)


@pytest.mark.parametrize("name", ["localhost", "127.1", "2130706433", "0177.0.0.1", "0x7f.0.0.1", "127.0.0.1", "0"])
def test_a_name_that_resolves_to_this_machine_is_refused(name):
    with pytest.raises(ToolError, match="which is not on the public internet"):
        anyio.run(connect_public, name, 80)


FETCH = """
import sys, urllib.request, urllib.error
for address in sys.argv[1:]:
    try: print(urllib.request.urlopen(address, timeout=10).read())
    except urllib.error.HTTPError as error: print(error.code)
    except OSError as error: print(type(error).__name__)
"""


def fetch(workspace: Path, *argv: str, origin: Origin, env: dict[str, str] | None = None) -> Finished:
    sandbox = open_sandbox("bubblewrap", connect=origin.connect)
    return anyio.run(sandbox.run, Program(argv=argv, hosts=ALLOWED, env=env or {}), str(workspace))


def test_in_the_sandbox_the_allowed_host_is_reached_and_the_others_are_not(tmp_path):
    origin = Origin()
    addresses = ("http://example.org/x", "http://other.org/", "http://127.0.0.1:22/", "http://169.254.169.254/")
    done = fetch(tmp_path, "python3", "-c", FETCH, *addresses, origin=origin, env={"no_proxy": "", "NO_PROXY": ""})
    assert done.stdout.split("\n") == ["b'hello'", "403", "403", "403", ""]
    assert origin.reached == [("example.org", 80)]


def test_around_the_proxy_there_is_no_way_out(tmp_path):
    code = """
import os, socket
got = []
for act in (
    lambda: socket.create_connection(("1.1.1.1", 80), 1),
    lambda: socket.getaddrinfo("example.org", 80),
    lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("1.1.1.1", 53)),
    lambda: socket.socket(socket.AF_UNIX),
):
    try: got.append(act())
    except OSError: pass
for fd in range(3, 256):
    try: os.fstat(fd)
    except OSError: continue
    got.append(fd)
print(got)
"""
    done = fetch(tmp_path, "python3", "-c", code, origin=Origin())
    assert (done.exit, done.stdout) == (0, "[]\n")


def test_a_program_with_hosts_keeps_its_status_input_and_missing_name(tmp_path):
    done = fetch(tmp_path, "sh", "-c", "exit 9", origin=Origin())
    assert done.exit == 9
    missing = fetch(tmp_path, "no-such-program", origin=Origin())
    assert (missing.exit, missing.stderr) == (127, "no-such-program: No such file or directory\n")


def test_the_landlock_fallback_gives_no_hosts_and_says_so(tmp_path):
    with pytest.raises(ToolError, match="has no network of its own"):
        anyio.run(open_sandbox("landlock").run, Program(argv=("true",), hosts=ALLOWED), str(tmp_path))
