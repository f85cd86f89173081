"""Tools for programs that run on: start, look at the log, stop, and fetch a page from a server started here."""

import json
from urllib.parse import urlsplit

import anyio

from autogpt.core.contracts import Program
from autogpt.core.effect import Effects
from autogpt.core.errors import ToolError
from autogpt.tools.code import RUNS, report, shell
from autogpt.tools.here import Here
from autogpt.tools.tool import tool

LOOKS = Effects(reads="workspace", untrusted_output=True, effect="none", idempotent="key", runs_code=True)

_SETTLE_SECONDS = 1.0
"""How long a start is watched, so that a program that fails at once is told as a failure."""

# Runs inside the sandbox, whose only network is its own loopback. A server that was just started gets five seconds.
_FETCH = r"""
import json, sys, time, http.client
host, port, path = json.load(sys.stdin)
until = time.monotonic() + 5
while True:
    try:
        connection = http.client.HTTPConnection(host, port, timeout=20)
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read(200_001)
        break
    except ConnectionRefusedError:
        if time.monotonic() > until:
            sys.exit(f"nothing listens on {host}:{port}; look at process_log")
        time.sleep(0.05)
    except (OSError, http.client.HTTPException) as error:
        sys.exit(f"no answer from {host}:{port}: {type(error).__name__} {error}")
kind = answer.headers.get("Content-Type", "")
text = answer.headers.get_content_maintype() in ("text", "multipart") or any(
    word in kind for word in ("json", "xml", "javascript", "urlencoded"))
print(f"status {answer.status} {answer.reason}")
for name in ("Content-Type", "Location"):
    if answer.headers.get(name):
        print(f"{name}: {answer.headers[name]}")
print()
if text or not body:
    charset = answer.headers.get_content_charset() or "utf-8"
    try:
        print(body[:200_000].decode(charset, "replace"))
    except LookupError:
        print(body[:200_000].decode("utf-8", "replace"))
    if len(body) > 200_000:
        print("[the body goes on]")
else:
    print(f"[binary, {len(body)} bytes]" if len(body) <= 200_000 else "[binary, more than 200,000 bytes]")
"""


@tool(effects=RUNS)
async def start_process(here: Here, command: str) -> str:
    """Start a shell command that runs on in the background, such as a web server. Returns its name.

    command: for example python3 app.py
    """
    cell = await here.cell()
    name = await cell.start(Program(argv=shell(command)))
    here.processes.add(name)
    with anyio.move_on_after(_SETTLE_SECONDS):
        while True:
            log, exit_status = await cell.log(name)
            if exit_status is not None:
                here.processes.discard(name)
                if exit_status:
                    raise ToolError(f"{name} ended at once with exit status {exit_status}\n{log.strip()}")
                return f"{name} has already ended, with exit status 0\n{log.strip()}".rstrip()
            await anyio.sleep(0.05)
    return f"{name} is running; see process_log, http_get, stop_process"


@tool(effects=LOOKS)
async def process_log(here: Here, name: str) -> str:
    """Read what a background process has printed so far.

    name: as start_process gave it
    """
    cell = await here.cell()
    log, exit_status = await cell.log(name)
    if exit_status is not None:
        here.processes.discard(name)
    state = "is running" if exit_status is None else f"has ended, exit status {exit_status}"
    return f"{name} {state}\n{log.strip()}".rstrip()


@tool(effects=RUNS)
async def stop_process(here: Here, name: str) -> str:
    """Stop a background process.

    name: as start_process gave it
    """
    cell = await here.cell()
    log = await cell.stop(name)
    here.processes.discard(name)
    return f"{name} is stopped\n{log.strip()}".rstrip()


@tool(effects=RUNS)
async def http_get(here: Here, url: str) -> str:
    """Fetch a page from a server that was started here with start_process.

    url: such as http://localhost:8000/; no other machine can be reached
    """
    asked = json.dumps(address(url))
    cell = await here.cell()
    return report(await cell.run(Program(argv=("python3", "-I", "-c", _FETCH), stdin=asked, seconds=30.0)))


def address(url: str) -> tuple[str, int, str]:
    """Host, port and path of a URL on the loopback. Raises ToolError for any other."""
    if len(url) > 8_000 or not url.isascii() or any(char <= " " or char in "\\\x7f" for char in url):
        raise ToolError("the URL holds white space or characters beyond ASCII, or is too long; percent-encode them")
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise ToolError(f"{url[:100]!r} is not a URL: {error}") from None
    if parts.scheme != "http" or parts.username is not None or parts.password is not None:
        raise ToolError("only plain http is spoken here, without a user name: http://localhost:8000/")
    if host not in ("localhost", "127.0.0.1"):
        raise ToolError(f"{(host or '')[:100]!r} cannot be reached: only servers started here, on localhost")
    if port == 0:
        raise ToolError("port 0 is no port; give the one the server listens on")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return "127.0.0.1", port or 80, path if path.startswith("/") else f"/{path}"
