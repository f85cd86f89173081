"""Jobs of the studio at the terminal: watched while they go, stopped by Ctrl-C, listed, resumed."""

import json as json_
import signal
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from autogpt.cli import render
from autogpt.cli.main import COMPLETE, FAILED, INTERRUPTED
from autogpt.cli.studio_progress import in_words, shown
from autogpt.cli.studio_told import told
from autogpt.locale import say, translate

if TYPE_CHECKING:
    from autogpt.studio_app import Status, Studio


@dataclass(frozen=True)
class Manner:
    """How a command shows what it does."""

    json: bool = False
    quiet: bool = False
    detach: bool = False


def studio() -> "Studio":
    from autogpt.settings import load
    from autogpt.studio_app import Studio

    return Studio(load())


def watch(app: "Studio", folder: Path, manner: Manner) -> int:
    """Start the job and stay with it, unless it is to be left alone. Returns the exit code."""
    after = app.told(folder)
    child = app.start(folder)
    if manner.detach:
        if manner.json:
            print(app.status(folder).model_dump_json())
        else:
            print(say("job {id} is at work; `autogpt studio jobs show {id}` shows it", id=folder.name))
        return COMPLETE
    # So does a launcher end this process when another one of a training in several is gone.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with shown(manner.quiet) as view:
            for advance in app.follow(folder, after):
                view.saw(advance)
        child.wait()
    except KeyboardInterrupt:
        print(say("stopping; what is done so far is kept"), file=sys.stderr)
        app.interrupt(folder)
        child.wait()
    finally:
        signal.signal(signal.SIGTERM, before)
    return _end(app.status(folder), manner)


def list_(json: bool) -> int:
    app = studio()
    found, broken = app.jobs(), app.damaged_jobs()
    for folder in broken:
        told = say("the job in {path} cannot be read; remove the folder, and start the job anew", path=str(folder))
        print(f"{render.BAD} {told}", file=sys.stderr)
    if json:
        print(json_.dumps([one.model_dump(mode="json") for one in found], ensure_ascii=False))
        return COMPLETE
    for one in found:
        began = f"{one.began.astimezone():%m-%d %H:%M}" if one.began else ""
        why = render.line(translate(one.message), 60)
        print(
            f"{one.job.id:<20} {one.job.kind:<10} {_about(one):<20} {state(one.state):<12} {began:<12} {why}".rstrip()
        )
    if not found and not broken:
        print(say("there are no jobs"))
    return COMPLETE


def _about(status: "Status") -> str:
    """The checkpoint that a job makes, or else looks at."""
    given = status.job.arguments
    return render.line(Path(str(given.get("out") or given.get("checkpoint") or "")).name, 40)


def show(job: str, follow: bool, manner: Manner) -> int:
    app = studio()
    folder = app.job(job)
    if follow and app.status(folder).state == "running":
        # Ctrl-C ends the looking, not the job.
        with shown(manner.quiet) as view:
            for advance in app.follow(folder):
                view.saw(advance)
    status = app.status(folder)
    if manner.json:
        print(status.model_dump_json())
        return COMPLETE
    print(f"{status.job.id}  {status.job.kind}  {state(status.state)}  {_about(status)}".rstrip())
    if status.began:
        ended = status.ended or datetime.now(UTC)
        print(say("began {when}, attempt {number}, {seconds} s", when=f"{status.began.astimezone():%Y-%m-%d %H:%M}",
                  number=status.attempts, seconds=f"{(ended - status.began).total_seconds():.0f}"))  # fmt: skip
    if (last := app.last_advance(folder)) is not None:
        print(in_words(last))
    if status.message:
        print(render.line(translate(status.message), 500))
    if status.state == "done":
        for line in told(status):
            print(line)
    print(say("folder: {path}", path=str(folder)))
    return COMPLETE


def log(job: str, lines: int) -> int:
    from autogpt.core.text import printable

    app = studio()
    folder = app.job(job)
    printed = app.log(folder, lines).splitlines()
    for line in printed:
        print(printable(line))
    if not printed:
        print(say("the process of this job printed nothing; what is known of it:"), file=sys.stderr)
        return show(folder.name, follow=False, manner=Manner())
    return COMPLETE


def cancel(job: str) -> int:
    app = studio()
    status = app.cancel(app.job(job))
    print(say("job {id}: {state}", id=status.job.id, state=state(status.state)))
    return COMPLETE


def remove(job: str) -> int:
    app = studio()
    folder = app.job(job)
    app.remove(folder)
    print(say("job {id}: removed", id=folder.name))
    return COMPLETE


def resume(job: str, manner: Manner) -> int:
    app = studio()
    if app.helping():
        app.assist_again(app.job(job))
        return COMPLETE
    return watch(app, app.job(job), manner)


def _end(status: "Status", manner: Manner) -> int:
    if manner.json:
        print(status.model_dump_json())
    elif status.state == "done":
        for line in told(status):
            print(line)
    if status.state == "done":
        return COMPLETE
    if status.message:
        print(say("autogpt: {message}", message=render.line(translate(status.message), 1_000)), file=sys.stderr)
    named = {"id": status.job.id, "state": state(status.state)}
    if status.resumable:
        last = say(
            "job {id}: {state}. `autogpt studio jobs resume {id}` goes on, `autogpt studio jobs log {id}` says more",
            **named,
        )
    else:
        last = say("job {id}: {state}. Mend what is said above and start it anew", **named)
    print(last, file=sys.stderr)
    return FAILED if status.state == "failed" else INTERRUPTED


def state(name: str) -> str:
    match name:
        case "queued":
            return say("queued")
        case "running":
            return say("running")
        case "done":
            return say("done")
        case "cancelled":
            return say("cancelled")
        case "interrupted":
            return say("interrupted")
        case _:
            return say("failed")
