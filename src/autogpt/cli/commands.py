"""The commands and their options. Each hands over to a module that is imported only when it is called."""

from pathlib import Path
from typing import Annotated

import typer

from autogpt.cli.help import Group
from autogpt.cli.studio_data_commands import data
from autogpt.cli.studio_ship import app as studio
from autogpt.core.errors import UsageError
from autogpt.locale import say

app = typer.Typer(
    cls=Group,
    help=say("AutoGPT: an autonomous agent that finishes the job, proves it, and is safe."),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    # Plain help: the rich one costs a third of the time in which help should be there.
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
studio.add_typer(data, name="data")
app.add_typer(studio, name="studio")

Run = Annotated[str, typer.Argument(metavar="RUN", help=say("Id of a run, its beginning, or 'last'."))]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help=say("Show no progress."))]
Json = Annotated[bool, typer.Option("--json", help=say("Print one JSON object on stdout."))]
NoInput = Annotated[bool, typer.Option("--no-input", help=say("Nobody is there: a question ends with exit code 3."))]
Yes = Annotated[bool, typer.Option("--yes", "-y", help=say("Grant every approval this run asks for."))]
Model = Annotated[str | None, typer.Option("--model", metavar="M", help=say("Address of the model; `autogpt models`."))]
Workspace = Annotated[
    Path | None, typer.Option("--workspace", "-w", metavar="DIR", help=say("Folder to work in; else a fresh one."))
]


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"autogpt {version('autogpt')}")
        raise typer.Exit


@app.callback()
def everywhere(
    lang: Annotated[
        str | None, typer.Option("--lang", metavar="en|zh", help=say("Language of messages: en or zh."))
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help=say("Show the version and exit."))
    ] = False,
) -> None:
    """Options of every command."""
    if lang not in (None, "en", "zh"):
        raise UsageError(f"the language {lang!r} is not known; en and zh are")


@app.command(help=say("Work on a goal until it is met, and prove it."))
def run(
    goal: Annotated[list[str] | None, typer.Argument(metavar="GOAL...", help=say("What is to be done."))] = None,
    task_file: Annotated[
        str | None, typer.Option("--task-file", metavar="F|-", help=say("Read the goal or a JSON task from a file."))
    ] = None,
    workspace: Workspace = None,
    model: Model = None,
    stronger_model: Annotated[
        str | None, typer.Option("--stronger-model", metavar="M", help=say("Takes over when the first is stuck."))
    ] = None,
    check: Annotated[
        list[str] | None, typer.Option("--check", metavar="TEXT", help=say("What must hold at the end; repeatable."))
    ] = None,
    max_steps: Annotated[int | None, typer.Option("--max-steps", metavar="N", help=say("Limit of steps."))] = None,
    max_seconds: Annotated[
        float | None, typer.Option("--max-seconds", metavar="S", help=say("Limit of time, in seconds."))
    ] = None,
    max_tokens: Annotated[int | None, typer.Option("--max-tokens", metavar="N", help=say("Limit of tokens."))] = None,
    max_cost: Annotated[
        float | None, typer.Option("--max-cost", metavar="USD", help=say("Limit of money, in US dollars."))
    ] = None,
    yes: Yes = False,
    no_input: NoInput = False,
    json: Json = False,
    quiet: Quiet = False,
    lang: Annotated[
        str | None, typer.Option("--lang", metavar="en|zh", help=say("Language of messages: en or zh."))
    ] = None,
) -> int:
    from autogpt.cli import work

    return work.run(
        goal or [],
        task_file,
        checks=check or [],
        limits={"steps": max_steps, "seconds": max_seconds, "tokens": max_tokens, "cost_usd": max_cost},
        workspace=workspace,
        model=model,
        stronger=stronger_model,
        manner=work.Manner(yes=yes, no_input=no_input, json=json, quiet=quiet, lang=lang),
    )


@app.command(help=say("Take up a run that was stopped, interrupted or killed."))
def resume(run: Run, yes: Yes = False, no_input: NoInput = False, json: Json = False, quiet: Quiet = False) -> int:
    from autogpt.cli import work

    return work.resume(run, work.Manner(yes=yes, no_input=no_input, json=json, quiet=quiet))


@app.command(name="sub-run", hidden=True)
def sub_run(run: str, folder: Path) -> int:
    """Work on a sub-run; for the process that works on the run it is part of."""
    from autogpt.cli import subrun

    return subrun.sub_run(run, folder)


@app.command(help=say("Answer the question a run waits with; then it goes on."))
def answer(
    run: Run,
    text: Annotated[list[str], typer.Argument(metavar="TEXT...", help=say("The answer."))],
    yes: Yes = False,
    no_input: NoInput = False,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    from autogpt.cli import work

    return work.answer(run, " ".join(text), work.Manner(yes=yes, no_input=no_input, json=json, quiet=quiet))


@app.command(help=say("Grant or refuse the one call a run asks leave for; then it goes on."))
def approve(
    run: Run,
    leave: Annotated[str, typer.Argument(metavar="yes|no", help=say("Whether the call may be made."))],
    no_input: NoInput = False,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    from autogpt.cli import work

    return work.approve(run, leave, work.Manner(no_input=no_input, json=json, quiet=quiet))


@app.command(help=say("End a run for good."))
def cancel(run: Run) -> int:
    from autogpt.cli import look

    return look.cancel(run)


@app.command(help=say("Begin a new run from a step of another; nothing before is repeated."))
def fork(
    run: Run,
    step: Annotated[int | None, typer.Option("--step", metavar="N", help=say("The first step done anew."))] = None,
    restart: Annotated[bool, typer.Option("--restart", help=say("Begin from the very start."))] = False,
    workspace: Workspace = None,
    model: Model = None,
    yes: Yes = False,
    no_input: NoInput = False,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    from autogpt.cli import work

    manner = work.Manner(yes=yes, no_input=no_input, json=json, quiet=quiet)
    return work.fork(run, step, restart=restart, workspace=workspace, model=model, manner=manner)


@app.command(name="list", help=say("List runs, the newest first."))
def list_(
    most: Annotated[int, typer.Option("--most", metavar="N", min=1, max=1_000_000, help=say("How many at most."))] = 20,
    json: Json = False,
) -> int:
    from autogpt.cli import look

    return look.list_(most, json)


@app.command(help=say("Show a run: live while it goes, else as it ended."))
def show(
    run: Run,
    follow: Annotated[bool, typer.Option("--follow/--no-follow", help=say("Stay until the run is over."))] = True,
    json: Json = False,
) -> int:
    from autogpt.cli import look

    return look.show(run, follow=follow, json=json)


@app.command(help=say("Show a finished run again from its journal, as it happened."))
def replay(
    run: Run,
    speed: Annotated[
        float, typer.Option("--speed", metavar="X", min=0, help=say("Times as fast as it was; 0 is at once."))
    ] = 0,
) -> int:
    from autogpt.cli import look

    return look.replay(run, speed)


@app.command(help=say("Write a run out as JSON or as a Markdown report."))
def export(
    run: Run,
    form: Annotated[str, typer.Option("--format", "-f", metavar="json|md", help=say("json or md."))] = "json",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help=say("File to write; else stdout."))
    ] = None,
) -> int:
    from autogpt.cli import look

    return look.export(run, form, output)


@app.command(help=say("Put the workspace of a finished run back to before its last steps."))
def undo(
    run: Run,
    steps: Annotated[int, typer.Option("--steps", metavar="N", min=1, help=say("How many steps."))] = 1,
    force: Annotated[
        bool, typer.Option("--force", help=say("Also lose what was changed in the workspace since the run was over."))
    ] = False,
) -> int:
    from autogpt.cli import look

    return look.undo(run, steps, force=force)


@app.command(help=say("Give back the room that snapshots and sub-runs of old runs take."))
def tidy(
    days: Annotated[
        float,
        typer.Option(
            "--older-than",
            metavar="DAYS",
            min=0,
            max=36_500,
            help=say("Days since the run was over. It can then no longer be undone or forked."),
        ),
    ] = 30,
) -> int:
    from autogpt.cli import look

    return look.tidy(days)


@app.command(help=say("List the models there are, and what each needs."))
def models(json: Json = False) -> int:
    from autogpt.cli import machine

    return machine.models(json)


@app.command(help=say("List the agent's tools and what each may do."))
def tools(json: Json = False) -> int:
    from autogpt.cli import machine

    return machine.tools(json)


@app.command(help=say("Show the settings and where they come from."))
def config(json: Json = False) -> int:
    from autogpt.cli import machine

    return machine.config(json)


@app.command(help=say("Look what is missing on this machine, and say how to mend it."))
def doctor(json: Json = False) -> int:
    from autogpt.cli import machine

    return machine.doctor(json)


@app.command(help=say("Let the agent sit a suite of tasks, marked by hidden checks."))
def exam(
    suite: Annotated[
        str, typer.Argument(metavar="SUITE", help=say("'workspace', 'mbpp' or a YAML file."))
    ] = "workspace",
    model: Model = None,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=1, help=say("At most so many tasks."))
    ] = None,
    results: Annotated[
        Path | None,
        typer.Option("--results", metavar="FILE", help=say("File that keeps the marks; goes on where it ends.")),
    ] = None,
    seconds: Annotated[
        float, typer.Option("--seconds", metavar="S", min=1, help=say("Limit of time for one task."))
    ] = 1_800,
    quiet: Quiet = False,
) -> int:
    from autogpt.cli import exam as exams

    return exams.exam(suite, model=model, limit=limit, results=results, seconds=seconds, quiet=quiet)
