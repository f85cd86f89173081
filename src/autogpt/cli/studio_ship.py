"""The commands `autogpt studio ...` that make a checkpoint smaller, look into it, or take it elsewhere."""

from pathlib import Path
from typing import Annotated

import typer

from autogpt.cli.studio_commands import (
    Checkpoint,
    Column,
    Cut,
    Detach,
    Encoding,
    Json,
    Labels,
    Memory,
    Name,
    Private,
    Quiet,
    Seconds,
    Seed,
    Sources,
    Stop,
    Test,
    Train,
    Validation,
    app,
)
from autogpt.locale import say

__all__ = ["app"]

Heads = Annotated[
    float | None,
    typer.Option(
        "--heads", metavar="X", help=say("Share of the attention heads that stays (0.75, of language models all).")
    ),
]
Neurons = Annotated[
    float | None,
    typer.Option(
        "--neurons", metavar="X", help=say("Share of the inner neurons that stays (0.67, of language models 0.75).")
    ),
]
Layers = Annotated[
    int | None,
    typer.Option(
        "--layers",
        metavar="N",
        help=say("Layers that stay; by default two thirds, of taggers three quarters, of language models four fifths."),
    ),
]
Epochs = Annotated[int | None, typer.Option("--epochs", metavar="N", help=say("Times over all rows."))]


@app.command(help=say("Write a checkpoint with smaller numbers; measure size, speed and quality before and after."))
def quantize(
    checkpoint: Checkpoint,
    sources: Sources = None,
    method: Annotated[
        str,
        typer.Option(
            "--method",
            metavar="M",
            help=say(
                "onnx-dynamic, onnx-static, torch-dynamic, weights-int8 or weights-int4; by default the fastest of its "
                "kind."
            ),
        ),
    ] = "",
    name: Name = None,
    train: Train = None,
    validation: Validation = None,
    test: Test = None,
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
        sources, train, validation, test, column, labels, stop=stop_on_bad, private=private, cut=cut or [], seed=seed,
        encoding=encoding,
    )  # fmt: skip
    manner = studio.Manner(json, quiet, detach)
    return studio.shrink("quantize", checkpoint, given, name, (max_seconds, max_memory), manner, method=method)


@app.command(
    help=say("Take heads, neurons or layers out of a checkpoint and let it recover; measure before and after.")
)
def prune(
    checkpoint: Checkpoint,
    sources: Sources = None,
    heads: Heads = None,
    neurons: Neurons = None,
    layers: Layers = None,
    weights: Annotated[
        float | None,
        typer.Option("--weights", metavar="X", help=say("Set this share of the weights to zero instead; no speed.")),
    ] = None,
    epochs: Epochs = None,
    name: Name = None,
    train: Train = None,
    validation: Validation = None,
    test: Test = None,
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
        sources, train, validation, test, column, labels, stop=stop_on_bad, private=private, cut=cut or [], seed=seed,
        encoding=encoding,
    )  # fmt: skip
    return studio.shrink(
        "prune",
        checkpoint,
        given,
        name,
        (max_seconds, max_memory),
        studio.Manner(json, quiet, detach),
        method="structure" if weights is None else "weights",
        sizes={"heads": heads, "neurons": neurons, "layers": layers} if weights is None else {"share": weights},
        lessons={"epochs": epochs},
    )


@app.command(help=say("Teach a smaller network a checkpoint's answers; measure before and after."))
def distill(
    checkpoint: Checkpoint,
    sources: Sources = None,
    layers: Annotated[
        int | None,
        typer.Option(
            "--layers",
            metavar="N",
            help=say("Layers of the student; by default half of its teacher's, of language models 0.7."),
        ),
    ] = None,
    heads: Annotated[
        int | None, typer.Option("--heads", metavar="N", help=say("Attention heads of a layer of the student."))
    ] = None,
    neurons: Annotated[
        int | None, typer.Option("--neurons", metavar="N", help=say("Inner neurons of a layer of the student."))
    ] = None,
    epochs: Epochs = None,
    name: Name = None,
    train: Train = None,
    validation: Validation = None,
    test: Test = None,
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
        sources, train, validation, test, column, labels, stop=stop_on_bad, private=private, cut=cut or [], seed=seed,
        encoding=encoding,
    )  # fmt: skip
    return studio.shrink(
        "distill",
        checkpoint,
        given,
        name,
        (max_seconds, max_memory),
        studio.Manner(json, quiet, detach),
        sizes={"layers": layers, "heads": heads, "neurons": neurons},
        lessons={"epochs": epochs},
    )


@app.command(help=say("Look into a checkpoint: errors, calibration, what it attends to, leaks; a page to read."))
def diagnose(
    checkpoint: Checkpoint,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help=say("HTML page to write, with JSON beside it."))
    ],
    sources: Sources = None,
    against: Annotated[
        str | None, typer.Option("--against", metavar="CHECKPOINT", help=say("Another one, to tell how far it went."))
    ] = None,
    train: Train = None,
    validation: Validation = None,
    test: Test = None,
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
        sources, train, validation, test, column, labels, stop=stop_on_bad, private=private, cut=cut or [], seed=seed,
        encoding=encoding,
    )  # fmt: skip
    manner = studio.Manner(json, quiet, detach)
    return studio.diagnose(checkpoint, given, output, against, (max_seconds, max_memory), manner)


@app.command(help=say("Write a checkpoint for other programs, and check that it answers the same there."))
def export(
    checkpoint: Checkpoint,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="PATH", help=say("File or folder to write."))],
    form: Annotated[str, typer.Option("--format", "-f", metavar="FORM", help=say("hf, onnx, gguf or adapter."))] = "hf",
    quant: Annotated[
        str, typer.Option("--quant", metavar="Q", help=say("Of GGUF: f32, f16, q8_0, q4_0, q6_k, q5_k_m or q4_k_m."))
    ] = "",
    base: Annotated[
        Path | None, typer.Option("--base", metavar="PATH", help=say("A file or folder whose metadata is taken over."))
    ] = None,
    max_seconds: Seconds = None,
    max_memory: Memory = None,
    detach: Detach = False,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    from autogpt.cli import studio

    manner = studio.Manner(json, quiet, detach)
    return studio.export(checkpoint, form, output, quant, base, (max_seconds, max_memory), manner)


@app.command(help=say("Let the agent call a checkpoint that labels texts as a tool."))
def tool(
    checkpoint: Checkpoint,
    about: Annotated[str, typer.Option("--about", metavar="TEXT", help=say("One sentence: what it tells."))] = "",
    called: Annotated[str, typer.Option("--called", metavar="NAME", help=say("Name of the tool."))] = "",
    withdraw: Annotated[bool, typer.Option("--withdraw", help=say("No longer offer it."))] = False,
) -> int:
    from autogpt.cli import studio

    return studio.tool(checkpoint, about, called, withdraw)


@app.command(help=say("Let other programs on this machine ask a checkpoint, until Ctrl-C."))
def serve(
    checkpoint: Checkpoint,
    port: Annotated[int, typer.Option("--port", metavar="N", min=0, max=65535, help=say("0: any that is free."))] = 0,
    key_file: Annotated[
        Path | None,
        typer.Option("--key-file", metavar="FILE", help=say("File with the key that callers send; else a new key.")),
    ] = None,
    json: Json = False,
) -> int:
    from autogpt.cli import studio

    return studio.serve(checkpoint, port, key_file, json)
