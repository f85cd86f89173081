"""A proxy that lets a program in the sandbox reach the hosts on its list, and nothing else.

What it does not do: it does not look into TLS, so that two sites behind one front server cannot be told apart; and a
host on the list can pass on what it is sent.
"""

import asyncio
import contextlib
import os
import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from autogpt.core.errors import ToolError
from autogpt.sandbox.addresses import connect_public

PORT = 3128
"""Where the proxy listens inside the sandbox, on 127.0.0.1."""
Connect = Callable[[str, int], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]

_LARGEST_HEAD = 16 * 1024
_LARGEST_BODY = 64 * 1024 * 1024
_HEAD_SECONDS = 20.0
_IDLE_SECONDS = 120.0
_MOST_CONNECTIONS = 64
_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*\.?")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HOP_BY_HOP = {"connection", "proxy-connection", "keep-alive", "te", "trailer", "upgrade", "host"}


class Host(NamedTuple):
    name: str
    port: int


class Refused(Exception):
    """The request gets this HTTP status and reason."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def read_hosts(texts: Sequence[str]) -> frozenset[Host]:
    """The allow-list, from entries such as 'example.org:443'. Raises ToolError for any other form."""
    hosts: set[Host] = set()
    for text in texts:
        try:
            hosts.add(_authority(text))
        except Refused:
            raise ToolError(f"{text!r} is not of the form 'example.org:443'") from None
    return frozenset(hosts)


class Proxy:
    """Serves the connections that arrive at one listening socket."""

    def __init__(self, allowed: frozenset[Host], connect: Connect = connect_public) -> None:
        self._allowed = allowed
        self._connect = connect
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, control: socket.socket) -> None:
        """Receive the listening socket through `control`, then serve until cancelled."""
        listening = await _receive(control)
        if listening is None:
            return
        server = await asyncio.start_server(self._handle, sock=listening, limit=_LARGEST_HEAD)
        try:
            await server.serve_forever()
        finally:
            server.close()
            for task in self._tasks:
                task.cancel()

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            if len(self._tasks) > _MOST_CONNECTIONS:
                raise Refused(503, "too many connections at once")
            await self._answer(reader, writer)
        except Refused as refusal:
            body = f"{refusal}\n".encode()
            head = f"HTTP/1.1 {refusal.status} Refused\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
            writer.write(head.encode() + body)
            with contextlib.suppress(OSError):
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            pass  # one side went away
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        method, target, headers = await _read_head(reader)
        if method == "CONNECT":
            host, first, length = _authority(target), b"", None
        else:
            host, first, length = _forward(method, target, headers)
        there, back = await self._reach(host)
        try:
            if length is None:
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                back.write(first)
            await asyncio.gather(_pump(reader, back, length), _pump(there, writer, None))
        finally:
            back.close()

    async def _reach(self, host: Host) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if host not in self._allowed:
            listed = ", ".join(sorted(f"{name}:{port}" for name, port in self._allowed))
            raise Refused(403, f"{host.name}:{host.port} is not among the hosts this program may reach ({listed})")
        try:
            return await self._connect(host.name, host.port)
        except ToolError as error:
            raise Refused(403, str(error)) from None
        except OSError as error:
            raise Refused(502, f"{host.name}:{host.port} cannot be reached: {error}") from None


async def _receive(control: socket.socket) -> socket.socket | None:
    """The listening socket from inside; None if what came is nothing of the kind."""
    loop = asyncio.get_running_loop()
    arrived: asyncio.Future[None] = loop.create_future()
    control.setblocking(False)
    loop.add_reader(control, lambda: arrived.done() or arrived.set_result(None))
    try:
        await arrived
    finally:
        loop.remove_reader(control)
    _, descriptors, _, _ = socket.recv_fds(control, 1, 1, socket.MSG_CMSG_CLOEXEC)
    if not descriptors:
        return None
    try:
        listening = socket.socket(fileno=descriptors[0])
    except OSError:
        os.close(descriptors[0])
        return None
    kinds = [listening.getsockopt(socket.SOL_SOCKET, kind) for kind in (socket.SO_DOMAIN, socket.SO_ACCEPTCONN)]
    if kinds != [socket.AF_INET, 1] or listening.type != socket.SOCK_STREAM:
        listening.close()
        return None
    listening.setblocking(False)
    return listening


async def _read_head(reader: asyncio.StreamReader) -> tuple[str, str, list[tuple[str, str]]]:
    try:
        data = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), _HEAD_SECONDS)
    except asyncio.LimitOverrunError:
        raise Refused(431, "the head of the request is too large") from None
    text = data[:-4].decode("latin-1")
    lines = text.split("\r\n")
    if any((ord(char) < 32 and char != "\t") or ord(char) == 127 for line in lines for char in line):
        raise Refused(400, "the request holds control characters")
    words = lines[0].split(" ")
    if len(words) != 3 or not _TOKEN.fullmatch(words[0]) or words[2] not in ("HTTP/1.0", "HTTP/1.1"):
        raise Refused(400, "this is not an HTTP/1 request to a proxy")
    headers: list[tuple[str, str]] = []
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon or not _TOKEN.fullmatch(name):
            raise Refused(400, "a header line is malformed")
        headers.append((name, value.strip()))
    return words[0], words[1], headers


def _authority(text: str) -> Host:
    name, colon, port = text.rpartition(":")
    name = name.lower()
    if not colon or not re.fullmatch(r"[0-9]{1,5}", port) or not 0 < int(port) < 65536 or not _NAME.fullmatch(name):
        raise Refused(400, f"{text!r} is not a host and a port")
    return Host(name.rstrip("."), int(port))


def _forward(method: str, target: str, headers: list[tuple[str, str]]) -> tuple[Host, bytes, int]:
    """Where a plain request goes, its head as sent there, and how many bytes of body follow.

    Exactly one request goes through a connection, for the host that was checked: a second one could name another.
    """
    if not target.lower().startswith("http://") or "\\" in target:
        raise Refused(400, "give the whole http:// address, or use CONNECT for https")
    try:
        parts = urlsplit(target)
    except ValueError:
        raise Refused(400, "the address is malformed") from None
    if "@" in parts.netloc:
        raise Refused(400, "the address must not hold a user name")
    host = _authority(parts.netloc if ":" in parts.netloc else f"{parts.netloc}:80")
    named = [(name.lower(), value) for name, value in headers]
    if any(name == "transfer-encoding" for name, _ in named):
        raise Refused(411, "send the body with its Content-Length")
    lengths = {value for name, value in named if name == "content-length"}
    if len(lengths) > 1 or any(not re.fullmatch(r"[0-9]{1,9}", value) for value in lengths):
        raise Refused(400, "the Content-Length is malformed")
    length = int(lengths.pop()) if lengths else 0
    if length > _LARGEST_BODY:
        raise Refused(413, f"the body is over {_LARGEST_BODY:,} bytes")
    kept = [f"{name}: {value}" for name, value in headers if name.lower() not in _HOP_BY_HOP]
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [f"{method} {path} HTTP/1.1", f"Host: {parts.netloc}", "Connection: close", *kept, "", ""]
    return host, "\r\n".join(lines).encode("latin-1"), length


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter, length: int | None) -> None:
    """Pass on what comes: so many bytes, or all until the end."""
    left = length
    while left is None or left > 0:
        data = await asyncio.wait_for(source.read(65536 if left is None else min(65536, left)), _IDLE_SECONDS)
        if not data:
            break
        sink.write(data)
        await sink.drain()
        left = left if left is None else left - len(data)
    if left is None and sink.can_write_eof():
        sink.write_eof()
