"""The agent as a candidate: an exam's tasks become runs."""

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from autogpt.core.check import Check
from autogpt.core.errors import AutoGPTError, SandboxUnavailable
from autogpt.exam.runner import Mark, Report, Room, Sat
from autogpt.exam.runner import sit as sit_exam
from autogpt.exam.suite import load_suite
from autogpt.runs.intake import Given, make_task

if TYPE_CHECKING:
    from autogpt.app import App


async def sit(
    app: "App",
    suite: str,
    *,
    data: Path | None,
    model: str,
    limit: int | None,
    results: Path | None,
    seconds: float,
    on_mark: Callable[[Mark], None] | None,
) -> Report:
    """Let the agent, with this model, sit the suite. Raises UsageError for a suite or a file that cannot be used."""
    from autogpt.sandbox import open_sandbox
    from autogpt.sandbox.workspace import Folder

    try:
        sandbox = await asyncio.to_thread(open_sandbox)
    except SandboxUnavailable:
        sandbox = None

    async def candidate(goal: str, workspace: Path, checks: Sequence[Check]) -> Sat:
        began = time.monotonic()
        task = make_task(Given(goal=goal, checks=tuple(checks)), app.settings.limits)
        run_id = await app.start(task, workspace=workspace, model=model)
        ending = await app.work(run_id)
        if ending.error is not None:
            raise AutoGPTError(ending.message) from ending.error
        run = await app.run(run_id)
        if run is None:
            raise AutoGPTError(ending.message)
        return Sat(
            usage=run.usage,
            seconds=time.monotonic() - began,
            outcome=run.outcome or ending.why,
            detail=run.summary,
            steps=len(run.steps) + run.extra_steps,
        )

    chosen = load_suite(suite, data)
    if limit is not None:
        chosen = chosen.only(limit=limit)
    room = Room(Folder, sandbox)
    return await sit_exam(
        chosen, candidate, room, arm=f"autogpt {model}", results=results, seconds=seconds, on_mark=on_mark
    )
