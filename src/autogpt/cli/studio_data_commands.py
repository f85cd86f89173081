"""The commands `autogpt studio data ...` and their options. Each hands over to `cli.studio`."""

from pathlib import Path
from typing import Annotated

import typer

from autogpt.cli.help import Group
from autogpt.cli.studio_commands import (
    HELP,
    Against,
    Column,
    Cut,
    Dedupe,
    Encoding,
    Json,
    Labels,
    Private,
    Quiet,
    Redact,
    Seed,
    Sources,
    Stop,
    Task,
    Test,
    Train,
    Validation,
)
from autogpt.locale import say

data = typer.Typer(
    cls=Group,
    help=say("Look at data, clean it, split it, write it in another form."),
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings=HELP,
)

Near = Annotated[
    float,
    typer.Option("--near", metavar="X", min=0.5, max=1, help=say("How alike rows are to count as copies; 1: equal.")),
]
Output = Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help=say("Folder to write to."))]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help=say("Replace files of the same names; never those that are read from."))
]
Form = Annotated[str, typer.Option("--format", "-f", metavar="FORM", help=say("jsonl, csv, parquet or conll."))]


@data.command(help=say("Count rows, labels, copies, leaks, secrets; write a page to look at."))
def profile(
    sources: Sources = None,
    task: Task = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help=say("HTML page to write, with JSON beside it.")),
    ] = None,
    train: Train = None,
    validation: Validation = None,
    test: Test = None,
    column: Column = None,
    labels: Labels = None,
    encoding: Encoding = "",
    stop_on_bad: Stop = False,
    private: Private = False,
    overwrite: Overwrite = False,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    from autogpt.cli import studio

    given = studio.Given(
        sources, train, validation, test, column, labels, stop=stop_on_bad, private=private, encoding=encoding
    )
    return studio.profile(given, task, output, studio.Manner(json, quiet), overwrite)


@data.command(help=say("Leave out copies and exam texts, mask secrets, and write the rows."))
def clean(
    output: Output,
    sources: Sources = None,
    task: Task = None,
    train: Train = None,
    validation: Validation = None,
    test: Test = None,
    column: Column = None,
    labels: Labels = None,
    encoding: Encoding = "",
    dedupe: Dedupe = True,
    near: Near = 0.9,
    redact: Redact = True,
    against: Against = None,
    form: Form = "jsonl",
    stop_on_bad: Stop = False,
    private: Private = False,
    overwrite: Overwrite = False,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    from autogpt.cli import studio

    given = studio.Given(
        sources, train, validation, test, column, labels, stop=stop_on_bad, private=private, encoding=encoding,
        dedupe=dedupe, near=near, redact=redact, against=against,
    )  # fmt: skip
    return studio.write(given, task, output, form, studio.Manner(json, quiet), overwrite)


@data.command(help=say("Cut validation and test rows off, alike in their labels, and write the rows."))
def split(
    output: Output,
    cut: Cut = None,
    sources: Sources = None,
    task: Task = None,
    column: Column = None,
    labels: Labels = None,
    encoding: Encoding = "",
    seed: Seed = 0,
    form: Form = "jsonl",
    stop_on_bad: Stop = False,
    private: Private = False,
    overwrite: Overwrite = False,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    from autogpt.cli import studio

    shares = cut or ["validation=0.1", "test=0.1"]
    given = studio.Given(
        sources,
        None,
        None,
        None,
        column,
        labels,
        stop=stop_on_bad,
        private=private,
        encoding=encoding,
        cut=shares,
        seed=seed,
    )
    return studio.write(given, task, output, form, studio.Manner(json, quiet), overwrite)


@data.command(help=say("Write the rows in another form."))
def convert(
    output: Output,
    sources: Sources = None,
    task: Task = None,
    train: Train = None,
    validation: Validation = None,
    test: Test = None,
    column: Column = None,
    labels: Labels = None,
    encoding: Encoding = "",
    form: Form = "jsonl",
    stop_on_bad: Stop = False,
    private: Private = False,
    overwrite: Overwrite = False,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    from autogpt.cli import studio

    given = studio.Given(
        sources, train, validation, test, column, labels, stop=stop_on_bad, private=private, encoding=encoding
    )
    return studio.write(given, task, output, form, studio.Manner(json, quiet), overwrite)


@data.command(help=say("Mix the rows of several sources, each by its weight, and write them."))
def mix(
    output: Output,
    sources: Sources = None,
    weight: Annotated[
        list[float] | None,
        typer.Option("--weight", metavar="X", help=say("How much a source gives, in their order; repeatable.")),
    ] = None,
    task: Task = None,
    column: Column = None,
    labels: Labels = None,
    encoding: Encoding = "",
    seed: Seed = 0,
    form: Form = "jsonl",
    stop_on_bad: Stop = False,
    private: Private = False,
    overwrite: Overwrite = False,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    from autogpt.cli import studio

    given = [
        studio.Given([source], None, None, None, column, labels, stop=stop_on_bad, private=private, encoding=encoding)
        for source in sources or []
    ]
    return studio.mix(given, weight or [], task, output, form, seed, studio.Manner(json, quiet), overwrite)
