"""The commands `autogpt studio ...` and their options. Each hands over to `cli.studio`, imported when it is called."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from autogpt.cli.help import Group
from autogpt.locale import say

HELP = {"help_option_names": ["-h", "--help"]}

app = typer.Typer(
    cls=Group,
    help=say("Your own models: prepare, train, prove, shrink, explain, serve."),
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings=HELP,
)
jobs = typer.Typer(
    cls=Group,
    help=say("The studio's work in child processes: list, look, stop, go on."),
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings=HELP,
)
app.add_typer(jobs, name="jobs")

Quiet = Annotated[bool, typer.Option("--quiet", "-q", help=say("Show no progress."))]
Json = Annotated[bool, typer.Option("--json", help=say("Print one JSON object on stdout."))]
Sources = Annotated[list[str] | None, typer.Argument(metavar="SOURCE...", help=say("Files, folders or URLs."))]
Task = Annotated[
    str | None,
    typer.Option("--task", "-t", metavar="TASK", help=say("What the rows are for; else their columns say it.")),
]
Column = Annotated[
    list[str] | None,
    typer.Option("--column", metavar="OURS=THEIRS", help=say("A column by its name in the file; repeatable.")),
]
Labels = Annotated[
    str | None, typer.Option("--labels", metavar="A,B,...", help=say("What integer labels stand for, in order."))
]
Encoding = Annotated[
    str, typer.Option("--encoding", metavar="NAME", help=say("Of text files, such as gb18030; else it is found out."))
]
Cut = Annotated[
    list[str] | None,
    typer.Option("--cut", metavar="SPLIT=SHARE", help=say("Cut validation or test rows off the training rows.")),
]
Seed = Annotated[int, typer.Option("--seed", metavar="N", min=0, max=2**32 - 1, help=say("Seed of all chance."))]
Stop = Annotated[
    bool, typer.Option("--stop-on-bad", help=say("End at the first malformed row, rather than leave it out."))
]
Private = Annotated[bool, typer.Option("--private", help=say("Let URLs lead to this machine or a local network, too."))]
Dedupe = Annotated[bool, typer.Option("--dedupe/--no-dedupe", help=say("Leave out rows that repeat another."))]
Redact = Annotated[
    bool, typer.Option("--redact/--no-redact", help=say("Mask keys, mail addresses, card, ID and phone numbers."))
]
Against = Annotated[
    list[str] | None,
    typer.Option("--against", metavar="FILE", help=say("Exam texts that must not be trained on; repeatable.")),
]
Train = Annotated[
    list[str] | None, typer.Option("--train", metavar="SOURCE", help=say("Training rows, whatever it is called."))
]
Validation = Annotated[
    list[str] | None, typer.Option("--validation", metavar="SOURCE", help=say("Rows to choose the best weights by."))
]
Test = Annotated[
    list[str] | None, typer.Option("--test", metavar="SOURCE", help=say("Rows to prove the model on, at the end."))
]
Checkpoint = Annotated[str, typer.Argument(metavar="CHECKPOINT", help=say("Name or folder of a checkpoint."))]
Name = Annotated[str | None, typer.Option("--name", metavar="NAME", help=say("Name of the new checkpoint."))]
Seconds = Annotated[float | None, typer.Option("--max-seconds", metavar="S", help=say("Limit of time, in seconds."))]
Memory = Annotated[
    float | None, typer.Option("--max-memory", metavar="MB", help=say("Limit of resident memory, in megabytes."))
]
Detach = Annotated[bool, typer.Option("--detach", help=say("Start it and return; `studio jobs` shows it."))]
Processes = Annotated[
    int, typer.Option("--processes", metavar="N", min=1, max=64, help=say("Train in so many processes together."))
]
Job = Annotated[str, typer.Argument(metavar="JOB", help=say("Id of a job, its beginning, or 'last'."))]


@app.command(name="train", help=say("Train a model on rows, and prove it on rows it has not seen."))
def train_(
    context: typer.Context,
    sources: Sources = None,
    task: Task = None,
    base: Annotated[
        str, typer.Option("--base", "-b", metavar="BASE", help=say("What to begin with; `autogpt studio bases`."))
    ] = "auto",
    name: Name = None,
    train: Train = None,
    validation: Validation = None,
    test: Test = None,
    column: Column = None,
    labels: Labels = None,
    encoding: Encoding = "",
    cut: Cut = None,
    dedupe: Dedupe = False,
    redact: Redact = False,
    against: Against = None,
    recipe_file: Annotated[
        Path | None,
        typer.Option(
            "--recipe", metavar="FILE", help=say("Settings from a recipe.json or a checkpoint; options go before.")
        ),
    ] = None,
    method: Annotated[str | None, typer.Option("--method", metavar="M", help=say("full, lora, dora or qlora."))] = None,
    epochs: Annotated[float | None, typer.Option("--epochs", metavar="N", help=say("Times over all rows."))] = None,
    batch: Annotated[int | None, typer.Option("--batch", metavar="N", help=say("Rows of one step."))] = None,
    learning_rate: Annotated[
        float | None,
        typer.Option("--learning-rate", metavar="X", help=say("Highest rate; else what was measured best.")),
    ] = None,
    max_length: Annotated[
        int | None, typer.Option("--max-length", metavar="N", help=say("Tokens of a row at most."))
    ] = None,
    patience: Annotated[
        int | None,
        typer.Option("--patience", metavar="N", help=say("Stop after so many looks without a better score.")),
    ] = None,
    metric: Annotated[
        str | None, typer.Option("--metric", metavar="NAME", help=say("Score that says which weights are best."))
    ] = None,
    trials: Annotated[
        int,
        typer.Option("--trials", metavar="N", min=0, max=1_000, help=say("Try so many settings, keep the best.")),
    ] = 0,
    processes: Processes = 1,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help=say("Any other setting of the recipe; repeatable.")),
    ] = None,
    seed: Seed = 0,
    stop_on_bad: Stop = False,
    private: Private = False,
    max_seconds: Seconds = None,
    max_memory: Memory = None,
    detach: Detach = False,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    from autogpt.cli import studio

    given = studio.Given(
        sources, train, validation, test, column, labels, stop=stop_on_bad, private=private, cut=cut or [], seed=seed,
        dedupe=dedupe, redact=redact, against=against, encoding=encoding,
    )  # fmt: skip
    recipe = {"task": task, "base": base, "method": method, "epochs": epochs, "batch": batch, "seed": seed}
    recipe |= {"learning_rate": learning_rate, "max_length": max_length, "patience": patience, "metric": metric}
    manner, limits = studio.Manner(json, quiet, detach), (max_seconds, max_memory)
    typed = _typed(context, recipe)
    return studio.train(given, typed, set_ or [], name, limits, manner, trials, recipe_file, processes)


T = TypeVar("T")


def _typed(context: typer.Context, options: Mapping[str, T]) -> dict[str, T]:
    """Those of the options that were typed: one that has its default value then goes before a recipe's file, too."""
    sources = {name: context.get_parameter_source(name) for name in options}
    return {name: options[name] for name, source in sources.items() if source and not source.name.startswith("DEFAULT")}


@app.command(name="eval", help=say("Score a checkpoint on rows with known answers."))
def eval_(
    checkpoint: Checkpoint,
    sources: Sources = None,
    split: Annotated[str, typer.Option("--split", metavar="SPLIT", help=say("Which rows."))] = "test",
    metric: Annotated[
        list[str] | None, typer.Option("--metric", metavar="NAME", help=say("A score to show, else all; repeatable."))
    ] = None,
    column: Column = None,
    labels: Labels = None,
    encoding: Encoding = "",
    cut: Cut = None,
    seed: Seed = 0,
    stop_on_bad: Stop = False,
    private: Private = False,
    max_seconds: Seconds = None,
    max_memory: Memory = None,
    detach: Detach = False,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    from autogpt.cli import studio

    given = studio.Given(
        sources, None, None, None, column, labels, stop=stop_on_bad, private=private, encoding=encoding, cut=cut or [],
        seed=seed,
    )  # fmt: skip
    limits = (max_seconds, max_memory)
    return studio.evaluate(checkpoint, given, split, limits, studio.Manner(json, quiet, detach), metric or [])


@app.command(help=say("Ask a checkpoint: texts from the command line, from files, or one a line on stdin."))
def predict(
    checkpoint: Checkpoint,
    texts: Annotated[list[str] | None, typer.Argument(metavar="TEXT...", help=say("What to ask about."))] = None,
    source: Annotated[
        list[str] | None, typer.Option("--input", "-i", metavar="SOURCE", help=say("Rows to ask about; repeatable."))
    ] = None,
    column: Column = None,
    encoding: Encoding = "",
    private: Private = False,
    json: Json = False,
) -> int:
    from autogpt.cli import studio

    given = studio.Given(source, None, None, None, column, None, private=private, encoding=encoding)
    return studio.predict(checkpoint, texts or [], given, json)


@app.command(name="list", help=say("List the checkpoints, the newest first."))
def list_(json: Json = False) -> int:
    from autogpt.cli import studio

    return studio.list_(json)


@app.command(help=say("List the models a training can begin with."))
def bases(json: Json = False) -> int:
    from autogpt.cli import studio

    return studio.bases(json)


@jobs.command(name="list", help=say("List the jobs, the newest first."))
def jobs_list(json: Json = False) -> int:
    from autogpt.cli import studio_jobs

    return studio_jobs.list_(json)


@jobs.command(help=say("Show a job: live while it goes, else as it ended."))
def show(
    job: Job,
    follow: Annotated[bool, typer.Option("--follow/--no-follow", help=say("Stay until the job is over."))] = True,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    from autogpt.cli import studio_jobs

    return studio_jobs.show(job, follow, studio_jobs.Manner(json, quiet))


@jobs.command(help=say("Show what a job printed."))
def log(
    job: Job,
    lines: Annotated[int, typer.Option("--lines", "-n", metavar="N", min=1, help=say("How many at most."))] = 50,
) -> int:
    from autogpt.cli import studio_jobs

    return studio_jobs.log(job, lines)


@jobs.command(help=say("Stop a job; it can be resumed."))
def cancel(job: Job) -> int:
    from autogpt.cli import studio_jobs

    return studio_jobs.cancel(job)


@jobs.command(help=say("Delete a job's log and what it would go on from; what it made stays."))
def remove(job: Job) -> int:
    from autogpt.cli import studio_jobs

    return studio_jobs.remove(job)


@jobs.command(help=say("Take up a job that was stopped, interrupted or killed."))
def resume(job: Job, detach: Detach = False, json: Json = False, quiet: Quiet = False) -> int:
    from autogpt.cli import studio_jobs

    return studio_jobs.resume(job, studio_jobs.Manner(json, quiet, detach))
