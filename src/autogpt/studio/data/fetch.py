"""Data from the web: one file by http or https, up to a size, and only from addresses of the public internet.

It does not unpack, run or follow anything in what it gets.
"""

import base64
import ipaddress
import re
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import unquote, urljoin, urlsplit

from autogpt.core.errors import TryAgain, UsageError
from autogpt.studio.report import Advance, OnAdvance

if TYPE_CHECKING:
    import httpx

MOST = 2_000_000_000
"""Bytes a download may have unless more are allowed."""
_HOPS = 5
_SECONDS = 30.0
"""Without a byte."""
_PATIENCE = 60.0
"""Seconds in which an answer has to begin, and over which its pace is judged."""
_SLOWEST = 1_000
"""Bytes a second; a server that sends one now and then would hold us for days."""
_LONGEST = 6 * 3_600.0
"""Seconds of a whole download."""
_TYPES = {
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/json": ".json",
    "application/x-ndjson": ".jsonl",
    "application/jsonl": ".jsonl",
    "application/vnd.apache.parquet": ".parquet",
}


def is_url(source: str) -> bool:
    return source.lower().startswith(("http://", "https://"))


def scheme_of(source: str) -> str:
    """The scheme of an address that is none of http and https: 'ftp' of ftp://example.org/a.csv; else ''."""
    found = re.match(r"([A-Za-z][A-Za-z0-9+.-]+)://", source)
    return "" if found is None or is_url(source) else found[1].lower()


def fetch(
    url: str,
    folder: Path,
    *,
    most: int = MOST,
    private: bool = False,
    patience: float = _PATIENCE,
    longest: float = _LONGEST,
    on_advance: OnAdvance = lambda advance: None,
) -> Path:
    """Fetch the file into the folder, under the name it has there; returns its path.

    private: whether addresses of this machine and of local networks may be asked, too.
    patience: seconds in which the answer has to begin, and in each of which on average 1,000 bytes have to come.
    longest: seconds that it may take altogether.
    Each name is looked up once and the address found is both judged and used, so that it cannot change in between.
    Raises UsageError for an address that is refused or does not answer, a status other than 200, or too many bytes;
    TryAgain for what may pass, such as a server that is too slow.
    """
    import httpx

    shown = _shown(url)
    part = folder / "download.part"
    try:
        # trust_env=False: a proxy would look the name up again, and ask an address that we did not judge.
        with httpx.Client(timeout=_SECONDS, trust_env=False) as client:
            for _ in range(_HOPS):
                request = _request(client, url, private)
                answer = _within(patience, lambda request=request: client.send(request, stream=True), shown)
                if answer.is_redirect:
                    url = urljoin(url, answer.headers.get("location", ""))
                    answer.close()
                    continue
                if answer.status_code != 200:
                    raise TryAgain(f"{shown!r} answers {answer.status_code} {answer.reason_phrase}")
                size = int(answer.headers.get("content-length") or 0)
                if size > most:
                    raise UsageError(f"{shown!r} has {size:,} bytes; at most {most:,} are fetched")
                done, pace = 0, _Pace(shown, patience, longest)
                with part.open("wb") as out:
                    # As it comes, not in chunks of a size: those of a slow server would be seen too late.
                    for chunk in answer.iter_bytes():
                        done += len(chunk)
                        if done > most:
                            raise UsageError(
                                f"{shown!r} has more than {most:,} bytes, which is the most that is fetched"
                            )
                        out.write(chunk)
                        pace.judge(done)
                        on_advance(Advance(stage="fetch", done=done, total=size))
                return part.rename(folder / _filename(url, answer.headers.get("content-type", "")))
    except httpx.HTTPError as error:
        raise TryAgain(f"{shown!r} cannot be fetched: {str(error) or type(error).__name__}") from None
    except httpx.InvalidURL as error:
        raise UsageError(f"{shown!r} is no usable address: {error}") from None
    raise UsageError(f"{shown!r} leads on more than {_HOPS} times")


T = TypeVar("T")


def _within(seconds: float, call: Callable[[], T], shown: str) -> T:
    """What the call returns. One that takes longer is left to its thread, for a read cannot be ended from outside.

    httpx bounds each read alone, and a header may come byte by byte.
    Raises TryAgain when the seconds are over, and what the call raises.
    """
    returned: list[T] = []
    raised: list[Exception] = []

    def work() -> None:
        try:
            returned.append(call())
        except Exception as error:  # it is raised where it is waited for
            raised.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    if raised:
        raise raised[0]
    if not returned:
        raise TryAgain(f"{shown!r} did not begin to answer within {seconds:g} seconds; try again later")
    return returned[0]


class _Pace:
    """Whether a download comes fast enough to wait for."""

    def __init__(self, shown: str, patience: float, longest: float) -> None:
        self._shown, self._patience, self._longest = shown, patience, longest
        self._began = self._since = time.monotonic()
        self._had = 0

    def judge(self, done: int) -> None:
        """done: the bytes there are by now. Raises TryAgain if they are too few."""
        now = time.monotonic()
        if now - self._began > self._longest:
            raise TryAgain(
                f"{self._shown!r} was not there after {self._longest / 60:,.0f} minutes; try again later, or fetch the "
                "file by another program and name it here"
            )
        if (taken := now - self._since) < self._patience:
            return
        if done - self._had < _SLOWEST * taken:
            raise TryAgain(
                f"{self._shown!r} sent only {done - self._had:,} bytes in {taken:.0f} seconds; try again later, or "
                "fetch the file by another program and name it here"
            )
        self._since, self._had = now, done


def _request(client: "httpx.Client", url: str, private: bool) -> "httpx.Request":
    """A request to the very address that was judged; name and certificate stay those of the host."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"{_shown(url)!r} is no http or https address")
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise UsageError(f"{_shown(url)!r} is no usable address: {error}") from None
    address = _address(parts.hostname, port, private)
    where = f"[{address}]" if ":" in address else address
    name = _ascii(parts.hostname)
    told = f"[{name}]" if ":" in name else name
    request = client.build_request(
        "GET",
        parts._replace(netloc=f"{where}:{port}").geturl(),
        headers={"host": f"{told}:{parts.port}" if parts.port else told, "user-agent": "autogpt"},
        extensions={"sni_hostname": name},
    )
    if parts.username:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        request.headers["authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    return request


def _ascii(host: str) -> str:
    """The name as name servers and certificates have it (RFC 3490): 'xn--fsqu00a.test' of '例子.test'."""
    return host if host.isascii() else host.encode("idna").decode()  # it was looked up, so it can be encoded


def _shown(url: str) -> str:
    """Without a password that may be in it. Raises UsageError for what is no address."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        shown = re.sub(r"//[^/]*@", "//", url)
        raise UsageError(f"{shown!r} is no usable address: {error}") from None
    return url.replace(f"{parts.netloc}", parts.netloc.rpartition("@")[2], 1)


def _filename(url: str, content_type: str) -> str:
    name = unquote(urlsplit(url).path).replace("\\", "/").rpartition("/")[2].replace("\0", "")
    # Its end says what it is; disks take 255 bytes, and some characters have four.
    name = name.encode()[-200:].decode(errors="ignore").lstrip(".") or "data"
    if "." not in name:
        name += _TYPES.get(content_type.partition(";")[0].strip().lower(), "")
    return name


def _address(host: str, port: int, private: bool) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise TryAgain(f"the host {host!r} cannot be found: {error}") from None
    addresses = [str(entry[4][0]) for entry in found]
    if not private:
        for address in addresses:
            if not _public(address):
                raise UsageError(
                    f"{host!r} is at {address}, which is no address of the public internet; "
                    "data from this machine or a local network is only fetched if you allow it (--private)"
                )
    return addresses[0]


_WITHIN = tuple(map(ipaddress.ip_network, ("::/96", "64:ff9b::/96", "64:ff9b:1::/48")))
"""Addresses of IPv6 that end in one of IPv4 (RFC 4291, 6052, 8215)."""


def _public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if any(ip in network for network in _WITHIN):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return inner.is_global and not inner.is_multicast
        if ip.is_site_local:
            return False
    return ip.is_global and not ip.is_multicast
