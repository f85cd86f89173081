"""Our own time per step: what a step takes beside the model, the tools, the checks and the durable writes.

    python benchmarks/overhead.py [--steps 60]

Runs the real application with a model that answers at once and calls `list_files` in a folder of 50 files, so that the
conversation grows as it does in work. Each durable call (Steps.call) and each write to the journal is timed from the
outside and taken off; what is left is the loop itself. Prints medians and the largest of ten parts, in milliseconds.
"""

import argparse
import asyncio
import itertools
import os
import statistics
import tempfile
import time
from pathlib import Path

from autogpt.app import App
from autogpt.core.action import Action
from autogpt.core.contracts import Model
from autogpt.core.message import Profile, Reply, Request
from autogpt.core.task import Limits, Task
from autogpt.models.scripted import Scripted
from autogpt.runs.steps import Steps
from autogpt.settings import Settings
from autogpt.store.journal import SqlJournal


class Watch:
    """Seconds spent in calls of some methods, counted once where they nest."""

    def __init__(self) -> None:
        self.spent = 0.0
        self._depth = 0

    def around(self, owner: type, name: str) -> None:
        plain = getattr(owner, name)

        async def timed(*args: object, **named: object) -> object:
            self._depth += 1
            began = time.perf_counter()
            try:
                return await plain(*args, **named)
            finally:
                self._depth -= 1
                if not self._depth:
                    self.spent += time.perf_counter() - began

        setattr(owner, name, timed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=60)
    steps = parser.parse_args().steps
    watch, marks = Watch(), []
    watch.around(Steps, "call")
    watch.around(SqlJournal, "append")

    def say(request: Request) -> Reply:
        marks.append((time.perf_counter(), watch.spent))
        number = len(marks)
        tool, args = ("list_files", {}) if number < steps else ("hand_in", {"summary": "looked"})
        # Another argument each time: the same call again and again would be stuck.
        args = {"under": f"f{number % 50}"} if tool == "list_files" else args
        return Reply(actions=(Action(id=f"c{number}", tool=tool, args=args),), stopped="tool")

    async def open_model(address: str) -> Model:
        return Scripted(say, profile=Profile(format="native", window=1_000_000))

    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder, "work")
        for number in range(50):
            (work / f"f{number}").mkdir(parents=True)
            (work / f"f{number}" / "text.txt").write_text("text\n" * 20)
        os.environ["AUTOGPT_HOME"] = str(Path(folder, "home"))
        app = App(Settings(home=Path(folder, "home")), open_model=open_model)
        limits = Limits(steps=steps + 5)

        async def go() -> None:
            task = Task(goal="Look into every folder and update index.txt", limits=limits)
            run_id = await app.start(task, workspace=work)
            await app.work(run_id)
            run = await app.run(run_id)
            good = sum(seen.ok for step in run.steps for seen in step.observations) if run else 0
            print(f"calls that succeeded: {good}")

        asyncio.run(go())
    whole = [b[0] - a[0] for a, b in itertools.pairwise(marks)]
    durable = [b[1] - a[1] for a, b in itertools.pairwise(marks)]
    own = sorted((w - d) * 1000 for w, d in zip(whole, durable, strict=True))
    print(f"steps: {len(whole)}")
    print(f"whole step, median: {statistics.median(whole) * 1000:.1f} ms")
    print(f"of it durable calls and journal, median: {statistics.median(durable) * 1000:.1f} ms")
    slow = own[len(own) * 9 // 10]
    print(f"our own, median: {statistics.median(own):.1f} ms; the slowest tenth begins at {slow:.1f} ms")


if __name__ == "__main__":
    main()
