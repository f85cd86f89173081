"""Starts one of the programs beside it inside the sandbox, and gives it a voice that checked code cannot imitate.

Run as `python3 -I -B -c <this text>`: isolated, so that a `json.py` in the workspace does not shadow ours. What it
is to do arrives on stdin as one JSON object: `nonce`, `source` (the program's text) and `payload`. Every line that
`tell` writes begins with the nonce. What checked code prints goes to stderr; it never holds our stdout, and it finds
neither the nonce in arguments or environment nor a stdin to wait for.
"""

import importlib
import json
import os
import sys
from typing import Any

CACHE = "/tmp/.autogpt-pycache"  # noqa: S108 - inside the sandbox, where /tmp is private


def _boot() -> None:
    told: dict[str, Any] = json.loads(sys.stdin.buffer.read())
    voice = os.dup(1)
    os.dup2(2, 1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    nonce: str = told.pop("nonce")
    write, dumps = os.write, json.dumps

    def tell(value: dict[str, Any]) -> None:
        line = (nonce + dumps(value) + "\n").encode()
        while line:
            line = line[write(voice, line) :]

    space: dict[str, Any] = {"__name__": "inside"}
    exec(compile(told["source"], "<check>", "exec"), space)  # noqa: S102 - the text is ours, see the caller
    here = os.getcwd()  # noqa: PTH109
    sys.path.insert(0, here)
    _trust_no_bytecode_below(here)
    space["main"](told["payload"], tell)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # threads and atexit hooks that the checked code left behind do not get a say


def _trust_no_bytecode_below(folder: str) -> None:
    """Import modules of the workspace from their source only, those that are installed from their bytecode as ever.

    Bytecode in a workspace may be stale (it is matched by size and second) or planted. A prefix for all bytecode
    would do, but then the standard library is compiled anew in every check, which takes a second.
    """
    sys.pycache_prefix = CACHE  # for pytest, which keeps a cache of its own
    os.environ["PYTHONPYCACHEPREFIX"] = CACHE
    loaders: Any = importlib.import_module("importlib._bootstrap_external")
    usual = loaders.cache_from_source

    def cache_from_source(path: str, *args: Any, **named: Any) -> str:
        if path.startswith(folder + os.sep):
            raise NotImplementedError  # PEP 3147: there is no cache for it
        sys.pycache_prefix = None
        try:
            return usual(path, *args, **named)
        finally:
            sys.pycache_prefix = CACHE

    loaders.cache_from_source = cache_from_source


if __name__ == "__main__":
    _boot()
