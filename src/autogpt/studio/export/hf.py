"""Writes a checkpoint as a Hugging Face folder to hand on: weights, tokenizer, a model card, the licence's text."""

import json
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

from autogpt.core.errors import UsageError
from autogpt.core.schema import JsonValue
from autogpt.studio.checkpoint import MODEL_FILES, Checkpoint, Lesson, write_checkpoint
from autogpt.studio.export.exported import Finding
from autogpt.studio.export.hfcheck import verify_folder
from autogpt.studio.export.usage import usage
from autogpt.studio.export.vocabulary import chat_template
from autogpt.studio.export.weights import read_config, read_object
from autogpt.studio.intact import intact
from autogpt.studio.origin import handed_on
from autogpt.studio.recipe import Recipe
from autogpt.studio.report import Advance, OnAdvance
from autogpt.studio.whole import be_new, unfinished

_LICENCES = {"apache-2.0": "Apache-2.0.txt", "mit": "MIT.txt"}
_PIPELINES = {
    "text-classification": "text-classification",
    "multi-label": "text-classification",
    "text-pair": "text-classification",
    "token-classification": "token-classification",
    "masked-lm": "fill-mask",
    "causal-lm": "text-generation",
    "sft": "text-generation",
    "preference": "text-generation",
    "policy-gradient": "text-generation",
    "embedding": "sentence-similarity",
    "image-classification": "image-classification",
    "reward": "text-classification",
    "seq2seq": "text2text-generation",
    "recommendation": "feature-extraction",
}
"""The tasks by the names the hub has for them."""


def write_folder(
    folder: Path,
    target: Path,
    checkpoint: Checkpoint,
    *,
    sources: Iterable[str] = (),
    verify: bool = True,
    on_advance: OnAdvance = lambda advance: None,
) -> tuple[tuple[Path, ...], tuple[Finding, ...]]:
    """Write what belongs to the model to a new folder, with README.md and, where its licence is known, LICENSE.

    A pruned network is filled up with zeros, so that transformers can hold it. The folder is loaded by transformers
    and asked before it counts, unless `verify` is false.
    sources: what it learned from, beside what its card says. Returns the files and what was found of them.
    Raises UsageError when the target is there and is not empty, there are no weights, the checkpoint is not as it was
    saved, or the folder does not answer like it; nothing is left behind then.
    """
    be_new(target)
    intact(folder, checkpoint)
    found = sorted({path for pattern in MODEL_FILES for path in folder.glob(pattern) if path.is_file()})
    if not any(path.suffix == ".safetensors" for path in found):
        raise UsageError(f"{str(folder)!r} holds no weights (safetensors)")
    with unfinished(target) as part:
        part.mkdir()
        findings: list[Finding] = []
        for done, path in enumerate(found):
            on_advance(Advance(stage="export", done=done, total=len(found)))
            shutil.copyfile(path, part / path.name)
        on_advance(Advance(stage="export", done=len(found), total=len(found)))
        if checkpoint.shape.get("layers"):
            findings.append(_fill_up(folder, part, checkpoint))
        if verify and (part / "config.json").exists():
            on_advance(Advance(stage="verify", total=1))
            findings.append(verify_folder(folder, part, checkpoint))
            on_advance(Advance(stage="verify", done=1, total=1))
        _furnish(folder, part, checkpoint, tuple(sources))
        part.replace(target)
    return tuple(sorted(path for path in target.iterdir() if path.is_file())), tuple(findings)


def _fill_up(folder: Path, part: Path, checkpoint: Checkpoint) -> Finding:
    """Put the network in the form that transformers knows, and say what that costs."""
    from autogpt.studio.export.uniform import filled_up
    from autogpt.studio.model import load, quiet

    before = sum(path.stat().st_size for path in part.glob("*.safetensors"))
    for path in part.glob("*.safetensors*"):
        path.unlink()
    with quiet():
        layers = cast("list[Mapping[str, JsonValue]]", checkpoint.shape["layers"])
        filled_up(load(folder).network, layers).save_pretrained(part)
    after = sum(path.stat().st_size for path in part.glob("*.safetensors"))
    return Finding(
        name="size",
        ok=True,
        said=f"pruned heads and neurons are filled up with zeros, for transformers knows layers of one width only: "
        f"{after / 1e6:.1f} MB in place of {before / 1e6:.1f} MB, and without the speed they brought; onnx keeps both",
        numbers={"bytes": after, "bytes_pruned": before},
    )


def _furnish(folder: Path, part: Path, checkpoint: Checkpoint, sources: tuple[str, ...]) -> None:
    """The card, for people and for the studio, and the licence."""
    shape = {name: value for name, value in checkpoint.shape.items() if name != "layers"}
    card = handed_on(checkpoint).model_copy(update={"shape": shape, "files": {}})
    write_checkpoint(part, card)
    chats = bool(chat_template(folder))
    (part / "README.md").write_text(model_card(card, read_config_or_adapter(part), sources, chats=chats), "utf-8")
    if text := licence_text(checkpoint.licence):
        (part / "LICENSE").write_text(text, "utf-8")


def read_config_or_adapter(folder: Path) -> dict[str, Any]:
    """config.json, or of an adapter its adapter_config.json."""
    if (folder / "config.json").exists():
        return read_config(folder)
    return read_object(folder / "adapter_config.json", needed=True)


def licence_text(licence: str) -> str:
    """The full text of a licence by its SPDX name; empty when it is none that we carry."""
    name = _LICENCES.get(licence.strip().lower())
    return (files("autogpt.studio.export") / "licences" / name).read_text("utf-8") if name else ""


def model_card(
    checkpoint: Checkpoint, config: Mapping[str, Any], sources: tuple[str, ...] = (), *, chats: bool = True
) -> str:
    """A model card (Mitchell et al. 2019, arXiv:1810.03993) in Markdown, with the header the hub reads."""
    lines = ["---"]
    if checkpoint.licence:
        licence = checkpoint.licence.lower()
        plain = re.fullmatch(r"[a-z][a-z0-9.+-]*", licence)
        lines.append(f"license: {licence if plain else json.dumps(licence, ensure_ascii=False)}")  # JSON is YAML
    if pipeline := _PIPELINES.get(checkpoint.task):
        lines.append(f"pipeline_tag: {pipeline}")
    library = "peft" if "peft_type" in config else "transformers"
    lines += [f"library_name: {library}", "tags:", "- autogpt", "---", "", f"# {_line(checkpoint.name)}", ""]
    lines += [f"Task: **{checkpoint.task}**. Base: {_code(checkpoint.base)}. Made on {checkpoint.created:%Y-%m-%d}."]
    if checkpoint.parents:
        lines.append(f"Made from: {', '.join(map(_code, checkpoint.parents))}.")
    if checkpoint.labels:
        lines += ["", f"Labels ({len(checkpoint.labels)}): {', '.join(map(_code, checkpoint.labels))}"]
    lines += ["", "## Data", "", *(f"- {source}" for source in sources), *_data(checkpoint.lessons)]
    if not sources and not checkpoint.lessons:
        lines.append("What it was trained on was not written down with the checkpoint.")
    lines += ["", "## Scores", "", *_scores(checkpoint.scores)]
    lines += ["", "## How it was trained", "", *_recipe(checkpoint.recipe)]
    lines += ["", "## Limits", "", *_limits(checkpoint), "", "## Use", "", *_use(checkpoint, config, chats)]
    licence = checkpoint.licence or "not stated; ask whoever made it, and look at the licence of the base"
    if checkpoint.licence:
        licence += f", which is that of its base {_code(checkpoint.base)}. That of the data is not known here."
    return "\n".join([*lines, "", "## Licence", "", licence, ""])


def _data(lessons: Sequence[Lesson]) -> list[str]:
    """What each training learned from, the last first."""
    lines: list[str] = []
    for lesson in lessons:
        rows = ", ".join(f"{split} {count:,}" for split, count in lesson.rows.items())
        digest = f" (SHA-256 of the training rows: {_code(lesson.sha256[:16])})" if lesson.sha256 else ""
        lines += ["", f"For **{lesson.task}**, rows: {rows}{digest}", ""]
        for source in lesson.sources:
            more = f", {source.files:,} files" if source.files > 1 else ""
            size = f", {source.bytes:,} bytes, SHA-256 {_code(source.sha256[:16])}" if source.sha256 else ""
            lines.append(f"- {_code(source.name)}{more}{size}")
    return lines


def _scores(scores: Mapping[str, float]) -> list[str]:
    if not scores:
        return ["None were measured."]
    return ["| score | value |", "|---|---|", *(f"| {_cell(name)} | {value:.4g} |" for name, value in scores.items())]


def _recipe(recipe: Recipe | None) -> list[str]:
    if recipe is None:
        return ["Its recipe was not kept."]
    told = recipe.model_dump(mode="json", exclude_defaults=True)
    told |= {"method": recipe.method, "epochs": recipe.epochs, "batch": recipe.batch, "seed": recipe.seed}
    return [
        "| setting | value |",
        "|---|---|",
        *(f"| {name} | {_cell(_code(value))} |" for name, value in told.items()),
    ]


def _limits(checkpoint: Checkpoint) -> list[str]:
    image = checkpoint.task == "image-classification"
    what = "images" if image else "texts"
    return [
        *([] if image else [f"- Texts are cut after {checkpoint.max_length} tokens."]),
        f"- It answers well on {what} like those it learned from; on others nobody measured it.",
        "- It has the biases of its base and of its data. Where people are concerned, have one decide.",
    ]


def _use(checkpoint: Checkpoint, config: Mapping[str, Any], chats: bool) -> list[str]:
    return ["```python", *usage(checkpoint, config, chats=chats).splitlines(), "```"]


def _code(value: object) -> str:
    """As code, whatever is in it: backticks within more of them (CommonMark 6.1), all on one line."""
    line = _line(value)
    fence = "`" * (max(map(len, re.findall("`+", line)), default=0) + 1)
    return f"{fence} {line} {fence}" if "`" in line else f"`{line}`"


def _line(value: object) -> str:
    return " ".join(str(value).split())


def _cell(text: str) -> str:
    """A bar ends a cell, in code too."""
    return text.replace("|", "\\|")
