"""Runs inside a sandbox just before the program: opens the proxy's listening socket there and hands it out to us.

So nothing inside relays, and the program cannot reach the proxy's process. Uses the standard library only.
Started as `python -I -S -c STARTER <fd of this text> <fd to hand the socket to> <port> <program> <arguments>...`.
"""

import os
import signal
import socket
import sys

text, control, port = map(int, sys.argv[1:4])
program = sys.argv[4:]
with socket.socket(fileno=control) as out, socket.socket() as listening:
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    listening.listen(64)
    socket.send_fds(out, [b"l"], [listening.fileno()])
os.close(text)
for name in (signal.SIGPIPE, signal.SIGXFSZ):
    signal.signal(name, signal.SIG_DFL)
try:
    os.execvp(program[0], program)  # noqa: S606
except OSError as error:
    os.write(2, f"{program[0]}: {error.strerror}\n".encode("utf-8", "replace"))
    os._exit(127 if isinstance(error, FileNotFoundError) else 126)
