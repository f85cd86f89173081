"""Starts a server, asks it for one page, tells what it answered, and stops it."""

import contextlib
import http.client
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def main(payload: dict[str, Any], tell: Callable[[dict[str, Any]], None]) -> None:
    """payload: `command`, `port`, `path`, `seconds`. Tells {"end", "status", "body"} or {"end", "why", "log"}."""
    with tempfile.NamedTemporaryFile(prefix="server", suffix=".log") as log:
        shell = ["/bin/sh", "-c", 'exec "$(command -v bash || echo sh)" -c "$1"', "sh", payload["command"]]
        server = subprocess.Popen(
            shell, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True
        )
        try:
            answer = _ask(server, payload)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGKILL)
        shown = Path(log.name).read_bytes()[-1_500:].decode("utf-8", "replace")
    tell({"end": True, "log": shown, **answer})


def _ask(server: "subprocess.Popen[bytes]", payload: dict[str, Any]) -> dict[str, Any]:
    """Try until the server answers, has failed, or the time is over."""
    until = time.monotonic() + float(payload["seconds"])
    why = "nothing was tried"
    while time.monotonic() < until:
        ended = server.poll()  # before the request: one that fails after this says no more than this does
        connection = http.client.HTTPConnection("127.0.0.1", payload["port"], timeout=10)
        try:
            connection.request("GET", payload["path"], headers={"Host": f"localhost:{payload['port']}"})
            response = connection.getresponse()
            body = response.read(1_000_000)
            return {"status": response.status, "body": body.decode("utf-8", "replace")[:200_000]}
        except ConnectionRefusedError:
            why = f"nothing listens on port {payload['port']}"
        except (OSError, http.client.HTTPException, ValueError) as error:
            why = f"{type(error).__name__}: {error}"
        finally:
            connection.close()
        if ended is not None and ended != 0:
            return {"why": f"the command ended with exit status {ended} and {why}"}
        time.sleep(0.1)
    return {"why": f"no answer within {payload['seconds']:.0f} s: {why}"}
