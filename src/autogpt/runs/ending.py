"""The end of a run that the loop does not write itself: cancelled, or given up by the run it was split from."""

from autogpt.core.contracts import Journal
from autogpt.core.event import Delivered, Outcome, Started
from autogpt.core.message import Profile
from autogpt.core.run import Run, fold, start
from autogpt.runs.hold import at_work
from autogpt.runs.mailbox import Mailbox
from autogpt.runs.spec import RunFolder, RunSpec


async def end(journal: Journal, spec: RunSpec, outcome: Outcome, summary: str) -> Run:
    """Write the end of a run, unless it has one; returns the run."""
    entries = await journal.read(spec.run_id)
    if entries:
        run = fold(entries)
    else:
        begin = Started(
            task=spec.task,
            model=spec.model,
            profile=Profile(),
            workspace=spec.workspace,
            version=spec.version,
            parent=spec.parent,
            labels=spec.labels,
        )
        await journal.append(spec.run_id, 0, begin)
        run = start(spec.run_id, begin)
    if not run.over:
        delivered = Delivered(outcome=outcome, summary=summary, verdict=run.verdict)
        await journal.append(run.id, run.events, delivered)
        run = fold(await journal.read(spec.run_id))
    return run


async def end_cancelled(journal: Journal, folder: RunFolder) -> None:
    """Write the end of a cancelled run and of its sub-runs; those that are being worked on are told by letter."""
    for sub in folder.subs():
        Mailbox(sub.root).cancel()
        if not at_work(sub):
            await end_cancelled(journal, sub)
    spec = folder.read()
    await end(journal, spec, "cancelled", "已取消。" if spec.task.language == "zh" else "Cancelled.")
