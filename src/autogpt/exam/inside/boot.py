"""Starts one of the programs beside it inside the sandbox, and gives it a voice that checked code cannot imitate.

Run as `python3 -I -B -c <this text>`: isolated, so that a `json.py` in the workspace does not shadow ours. What it
is to do arrives on stdin as one JSON object: `nonce`, `source` (the program's text) and `payload`. Every line that
`tell` writes begins with the nonce. What checked code prints goes to stderr; it never holds our stdout, and it finds
neither the nonce in arguments or environment nor a stdin to wait for.
"""

import json
import os
import sys
from typing import Any


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
    sys.path.insert(0, os.getcwd())  # noqa: PTH109
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix or ""
    space["main"](told["payload"], tell)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # threads and atexit hooks that the checked code left behind do not get a say


if __name__ == "__main__":
    _boot()
