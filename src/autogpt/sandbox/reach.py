"""Runs a program that may reach some hosts: in a sandbox whose only way out is the proxy."""

import asyncio
import socket
import sys
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path

from autogpt.core.contracts import Finished, Program
from autogpt.sandbox.descriptors import sealed
from autogpt.sandbox.inside import STARTER
from autogpt.sandbox.proxy import PORT, Connect, Proxy, read_hosts

Run = Callable[[Program, tuple[int, ...]], Awaitable[Finished]]


async def run_with_hosts(run: Run, program: Program, connect: Connect) -> Finished:
    """Run the program by `run`, which takes a program and descriptors that it gets.

    Raises ToolError for a malformed host.
    """
    proxy = Proxy(read_hosts(program.hosts), connect)
    with ExitStack() as stack:
        ours, theirs = (stack.enter_context(end) for end in socket.socketpair())
        text = sealed(Path(__file__).with_name("listen.py").read_bytes(), stack).number
        first = (sys.executable, "-I", "-S", "-c", STARTER, str(text), str(theirs.fileno()), str(PORT))
        wrapped = program.model_copy(update={"argv": (*first, *program.argv), "env": {**_ENVIRONMENT, **program.env}})
        serving = asyncio.create_task(proxy.serve(ours))
        try:
            return await run(wrapped, (text, theirs.fileno()))
        finally:
            serving.cancel()
            await asyncio.wait([serving])


_URL = f"http://127.0.0.1:{PORT}"
_ENVIRONMENT = {
    **{name: _URL for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy")},
    **{name: "localhost,127.0.0.1,::1" for name in ("no_proxy", "NO_PROXY")},
}
