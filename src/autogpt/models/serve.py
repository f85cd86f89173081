"""Serves a GGUF file to other programs on this machine: OpenAI's API, in a process of its own, for as long as asked.

Not the engine of the runs (`engine.py`), which comes and goes as runs need it: this one has a fixed address, a key
the person knows, and one model. `python -m autogpt.models.serve` is its process.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

from autogpt.core.errors import ModelError, UsageError
from autogpt.core.schema import Value
from autogpt.models.engine import cores, environment, threads_for, vendor
from autogpt.models.enginehost import listen

_SHORTEST_KEY = 16


class Serving(Value):
    """A model that other programs can ask now."""

    pid: int
    address: str
    """Such as http://127.0.0.1:8080; OpenAI's API is under /v1."""
    model: str
    """The name it is asked for by."""


@contextmanager
def serve(
    file: Path, *, key: str, port: int = 0, name: str = "", window: int = 16_384, threads: int = 0
) -> Generator[Serving]:
    """Serve the file on 127.0.0.1 until the block ends, or this process does.

    key: what callers send as `Authorization: Bearer KEY`; at least 16 characters. port: 0 for any that is free.
    window: context in tokens, at most the model's own. threads: 0: chosen for the machine.
    Raises UsageError for a key that is too short, ModelError when the engine does not start.
    """
    if len(key) < _SHORTEST_KEY or not key.isascii() or not key.isprintable() or " " in key:
        raise UsageError(f"the key must have at least {_SHORTEST_KEY} letters, digits or marks, and no spaces")
    told = {"file": str(file.resolve()), "key": key, "port": port, "name": name or file.stem, "window": window}
    told["threads"] = threads or threads_for(cores(), file.stat().st_size)
    with tempfile.TemporaryFile() as log:
        # The key goes by stdin: the command line of a process can be read by others.
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "autogpt.models.serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env=environment(os.environ, vendor()),
            start_new_session=True,
        )
        try:
            to, said = cast(IO[bytes], process.stdin), cast(IO[bytes], process.stdout)
            to.write(json.dumps(told).encode() + b"\n")
            to.flush()
            line = said.readline()
            if not line:
                process.wait()
                raise ModelError(f"the model could not be served: {_last_words(log)}")
            yield Serving(pid=process.pid, address=json.loads(line)["address"], model=str(told["name"]))
        finally:
            process.kill()
            process.wait()


def main() -> None:
    """The process that serves; it ends when whoever started it does."""
    told: dict[str, Any] = json.loads(sys.stdin.readline())
    # The engine writes to stdout as it pleases.
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    server, address = listen(
        Path(told["file"]),
        told["key"],
        window=told["window"],
        threads=told["threads"],
        prompt_cache_mib=256,
        name=told["name"],
        port=told["port"],
    )
    out.write(json.dumps({"address": address}) + "\n")
    out.flush()
    sys.stdin.read()
    del server
    os._exit(0)


def _last_words(log: IO[bytes]) -> str:
    log.seek(0)
    lines = [line.strip() for line in log.read().decode("utf-8", "replace").splitlines() if line.strip()]
    return " / ".join(lines[-3:])[:500] or "it ended without a word; is there enough memory, is the port free?"


if __name__ == "__main__":
    main()
