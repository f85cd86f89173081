"""The commands that look at runs or end them: list, show, replay, export, cancel, undo, tidy."""

import asyncio
import json as json_
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from autogpt.cli import door, render
from autogpt.cli.live import watcher
from autogpt.cli.main import COMPLETE
from autogpt.cli.result import as_json
from autogpt.core.errors import UsageError
from autogpt.core.plan import own_part
from autogpt.locale import say, say_count

if TYPE_CHECKING:
    from autogpt.tidy import Tidied


def list_(most: int, json: bool) -> int:
    briefs = asyncio.run(door.app().list(most))
    if json:
        print(json_.dumps([brief.model_dump(mode="json") for brief in briefs], ensure_ascii=False))
        return COMPLETE
    if not briefs:
        print(say('no runs yet; begin with: autogpt run "write hello to a.txt"'))
    for brief in briefs:
        of = " " + say("(of {id})", id=brief.parent) if brief.parent else ""
        told = render.line(brief.problem or own_part(brief.goal), 90)
        print(f"{brief.run_id}  {render.outcome(brief.state):<20} {told}{of}")
    return COMPLETE


def show(run: str, *, follow: bool, json: bool) -> int:
    return asyncio.run(_show(run, follow, json))


async def _show(name: str, follow: bool, json: bool) -> int:
    app = door.app()
    run_id = app.find(name)
    if live := follow and not json and app.at_work(run_id):
        shown = watcher(quiet=False)
        with shown:
            async for entry in app.follow(run_id, until=lambda: not app.at_work(run_id)):
                shown.saw(entry)
    # In this order: a run that ends meanwhile is told as over.
    going = app.at_work(run_id)
    entries = list(await app.entries(run_id))
    run = await app.run(run_id)
    if json:
        told = as_json(run_id, run, entries, None)
        print(
            json_.dumps(
                {**told, "outcome": "running"} if going and told["outcome"] == "stopped" else told, ensure_ascii=False
            )
        )
        return COMPLETE
    if run is None:
        print(say("run {id} was made, but has not begun; go on with: autogpt resume {id}", id=run_id))
        return COMPLETE
    if live and run.over:
        # The rest was shown as it came.
        print("\n".join(render.summary(run, entries)))
        return COMPLETE
    for entry in entries:
        for told in render.tell(entry):
            print(told)
    for told in render.standing(run, entries):
        print(told)
    return COMPLETE


def replay(run: str, speed: float) -> int:
    return asyncio.run(_replay(run, speed))


async def _replay(name: str, speed: float) -> int:
    app = door.app()
    entries = await app.entries(app.find(name))
    before = entries[0].at if entries else None
    for entry in entries:
        if speed > 0 and before is not None:
            await asyncio.sleep((entry.at - before).total_seconds() / speed)
            before = entry.at
        for told in render.tell(entry):
            print(told, flush=True)
    return COMPLETE


def export(run: str, form: str, output: Path | None) -> int:
    if form not in ("json", "md", "markdown"):
        raise UsageError(f"the format {form!r} is not known; json and md are")

    async def go() -> str:
        app = door.app()
        return await app.export(app.find(run), "json" if form == "json" else "markdown")

    text = asyncio.run(go())
    if output is None:
        sys.stdout.write(text)
        return COMPLETE
    try:
        output.write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(f"the file {str(output)!r} cannot be written: {error.strerror}") from None
    return COMPLETE


def cancel(run: str) -> int:
    async def go() -> str:
        app = door.app()
        await app.cancel(run_id := app.find(run))
        return run_id

    print(say("run {id} is cancelled", id=asyncio.run(go())))
    return COMPLETE


def undo(run: str, steps: int, *, force: bool) -> int:
    async def go() -> tuple[str, ...]:
        app = door.app()
        return await app.undo(app.find(run), steps, force=force)

    changed = asyncio.run(go())
    if not changed:
        print(say("nothing to put back: no file changed in these steps; --steps N goes further back"))
        return COMPLETE
    count = len(changed)
    print(say_count(count, "put back: {count} file", "put back: {count} files", count=count))
    for path in changed:
        print(f"  {render.line(path)}")
    return COMPLETE


def tidy(days: float) -> int:
    async def go() -> "Tidied":
        return await door.app().tidy(timedelta(days=days))

    tidied = asyncio.run(go())
    print(
        say_count(
            tidied.folders,
            "given back: {size} MB, {count} folder of sub-runs",
            "given back: {size} MB, {count} folders of sub-runs",
            size=f"{tidied.bytes / 1e6:,.1f}",
            count=tidied.folders,
        )
    )
    return COMPLETE
