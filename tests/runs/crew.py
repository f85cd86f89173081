"""A process at the command line whose model writes one small program a goal; the tests of sub-runs start it.

Every time it is asked, the file that the goal speaks of is noted in TOLD. As long as HOLD has a file of that name, the
model does not answer.
"""

import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import anyio

from autogpt.cli.main import run
from autogpt.core.contracts import Model, OnText
from autogpt.core.message import Message, Profile, Reply, Request, Usage

TOLD = Path(os.environ["TOLD"])
HOLD = Path(os.environ["HOLD"])
PROGRAMS = {
    "plain": "open('{path}', 'w').write('3')",
    # Two files each: the one that was asked for, and one that all of them write, each something else.
    "greedy": "open('{path}', 'w').write('3'); open('notes.log', 'w').write('{path}')",
    "exact": "import os; open('{path}', 'w').write('3'); os.chmod('{path}', 0o755); "
    "os.symlink('{path}', '{path}.link'); os.remove('old-{path}.md')",
}


class Writer:
    name = "writer"
    profile = Profile(format="block", prefill=True)

    async def reply(self, request: Request, on_text: OnText | None = None) -> Reply:
        asked = "\n".join(message.content for message in request.messages if message.role == "user")
        path = re.findall(r"\b(\w+\.txt)\b", asked)[-1]
        with TOLD.open("a") as told:
            told.write(f"{path}\n")
        while (HOLD / path).exists():
            await anyio.sleep(0.02)
        program = PROGRAMS[os.environ["PROGRAM"]].format(path=path)
        usage = Usage(input_tokens=3, output_tokens=2)
        return Reply(text=f"```python\n{program}", usage=usage, stopped="stop_text")

    async def count(self, messages: Sequence[Message]) -> int:
        return len(messages)


async def open_model(address: str) -> Model:
    return Writer()


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], open_model))
