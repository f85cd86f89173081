"""The sandboxes that can be tried on this machine, each in a process of its own that runs programs on request."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PLAIN_UID = 54_321
SETUPS = [
    pytest.param((who, choice), id=f"{who}-{choice}")
    for who in (("root", "user") if os.geteuid() == 0 else ("user",))
    for choice in ("bubblewrap", "landlock")
]


def as_who(who: str) -> list[str]:
    """The start of a command that runs the rest as root, or as a plain user."""
    drop = who == "user" and os.geteuid() == 0
    return [sys.executable, str(HERE / "as_user.py"), str(PLAIN_UID)] if drop else []


class Attacked:
    """A stage with one sandbox."""

    def __init__(self, who: str, choice: str) -> None:
        self._process = subprocess.Popen(
            [*as_who(who), sys.executable, str(HERE / "abuse" / "stage.py"), choice],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.about = self._answer()

    def run(self, abuse: str) -> dict[str, object]:
        assert self._process.stdin is not None
        self._process.stdin.write(abuse + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, object]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise AssertionError(f"the stage ended: {self._process.communicate()[1][-3000:]}")
        return json.loads(line)

    def close(self) -> None:
        self._process.communicate()
