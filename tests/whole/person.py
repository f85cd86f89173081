"""A process at the command line whose model follows a script; the tests stop and kill it from outside.

The script: which program the model writes, by how often it was asked; 'hang' is a model that does not come back.
Every time it is asked, a line goes into the file named by TOLD.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import anyio

from autogpt.cli.main import run
from autogpt.core.contracts import Model, OnText
from autogpt.core.message import Message, Profile, Reply, Request, Usage

TOLD = Path(os.environ["TOLD"])
SCRIPTS = {
    "plain": ["open('a.txt', 'w').write('hello')"],
    "second try": ["print('nothing yet')", "open('a.txt', 'w').write('hello')"],
    # Shows when it is done twice: it adds to what is there, and is slow in the middle.
    "slow": [
        "import time\n"
        "with open('log.txt', 'a') as log:\n    log.write('once\\n')\n"
        "for _ in range(200):\n"
        "    time.sleep(0.05)\n"
        "    import os\n"
        "    if os.path.exists('go'): break\n"
        "open('a.txt', 'w').write('hello')"
    ],
    "hang": ["hang"],
}


class Follower:
    name = "follower"
    profile = Profile(format="block", prefill=True)

    def __init__(self, script: list[str]) -> None:
        self._script = script

    async def reply(self, request: Request, on_text: OnText | None = None) -> Reply:
        asked = len(TOLD.read_text().splitlines()) if TOLD.exists() else 0
        with TOLD.open("a") as told:
            told.write(f"{hash(request.model_dump_json(by_alias=True))}\n")
        program = self._script[min(asked, len(self._script) - 1)]
        if program == "hang":
            await anyio.sleep(600)
        return Reply(text=f"```python\n{program}", usage=Usage(input_tokens=1, output_tokens=1), stopped="stop_text")

    async def count(self, messages: Sequence[Message]) -> int:
        return len(messages)


async def open_model(address: str) -> Model:
    return Follower(SCRIPTS[os.environ.get("SCRIPT", "plain")])


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], open_model))
