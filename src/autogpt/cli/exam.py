"""The command `exam`: the agent sits a suite of tasks and is marked by checks it does not see."""

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

from autogpt.cli import door, render
from autogpt.cli.live import watcher
from autogpt.cli.main import COMPLETE
from autogpt.locale import say

if TYPE_CHECKING:
    from autogpt.exam.runner import Mark


def exam(suite: str, *, model: str | None, limit: int | None, results: Path | None, seconds: float, quiet: bool) -> int:
    shown = watcher(quiet=quiet)
    app = door.app(shown=shown)

    def marked(mark: "Mark") -> None:
        sign = render.GOOD if mark.passed else render.BAD
        shown.note(f"{sign} {mark.task}: {mark.failure or say('complete')}, {mark.sat.seconds:.0f} s")

    data = os.environ.get("AUTOGPT_BENCH_DATA")
    with shown:
        report = asyncio.run(
            app.sit(
                suite,
                data=Path(data) if data else None,
                model=model,
                limit=limit,
                results=results,
                seconds=seconds,
                on_mark=marked,
            )
        )
    print(report, end="")
    return COMPLETE
