"""Writes a checkpoint as a Hugging Face folder to hand on: weights, tokenizer, a model card, the licence's text."""

import shutil
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from autogpt.core.errors import UsageError
from autogpt.studio.checkpoint import CARD, Checkpoint
from autogpt.studio.export.weights import read_config, read_object
from autogpt.studio.recipe import Recipe
from autogpt.studio.report import Advance, OnAdvance

_KEPT = (
    "*.safetensors",
    "*.safetensors.index.json",
    "config.json",
    "generation_config.json",
    "adapter_config.json",
    "tokenizer*.json",
    "tokenizer.model",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.txt",
    "vocab.json",
    "merges.txt",
    "chat_template.jinja",
    "preprocessor_config.json",
    "modules.json",
    CARD,
)
"""What belongs to a model. Optimiser states, logs and reports of the training stay behind."""

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
}
"""The tasks by the names the hub has for them."""


def write_folder(
    folder: Path,
    target: Path,
    checkpoint: Checkpoint,
    *,
    sources: Iterable[str] = (),
    on_advance: OnAdvance = lambda advance: None,
) -> tuple[Path, ...]:
    """Copy what belongs to the model to a new folder, with README.md and, where its licence is known, LICENSE.

    sources: what it learned from. Raises UsageError when the target is there and is not empty, or there are no weights.
    """
    if target.exists() and any(target.iterdir()):
        raise UsageError(f"{str(target)!r} is not empty; give a new folder")
    found = sorted({path for pattern in _KEPT for path in folder.glob(pattern) if path.is_file()})
    if not any(path.suffix == ".safetensors" for path in found):
        raise UsageError(f"{str(folder)!r} holds no weights (safetensors)")
    target.mkdir(parents=True, exist_ok=True)
    for done, path in enumerate(found):
        on_advance(Advance(stage="export", done=done, total=len(found)))
        shutil.copyfile(path, target / path.name)
    (target / "README.md").write_text(model_card(checkpoint, read_config_or_adapter(folder), tuple(sources)), "utf-8")
    if text := licence_text(checkpoint.licence):
        (target / "LICENSE").write_text(text, "utf-8")
    on_advance(Advance(stage="export", done=len(found), total=len(found)))
    return tuple(sorted(path for path in target.iterdir() if path.is_file()))


def read_config_or_adapter(folder: Path) -> dict[str, Any]:
    """config.json, or of an adapter its adapter_config.json."""
    if (folder / "config.json").exists():
        return read_config(folder)
    return read_object(folder / "adapter_config.json", needed=True)


def licence_text(licence: str) -> str:
    """The full text of a licence by its SPDX name; empty when it is none that we carry."""
    name = _LICENCES.get(licence.strip().lower())
    return (files("autogpt.studio.export") / "licences" / name).read_text("utf-8") if name else ""


def model_card(checkpoint: Checkpoint, config: Mapping[str, Any], sources: tuple[str, ...] = ()) -> str:
    """A model card (Mitchell et al. 2019, arXiv:1810.03993) in Markdown, with the header the hub reads."""
    lines = ["---"]
    if checkpoint.licence:
        lines.append(f"license: {checkpoint.licence.lower()}")
    if pipeline := _PIPELINES.get(checkpoint.task):
        lines.append(f"pipeline_tag: {pipeline}")
    library = "peft" if "peft_type" in config else "transformers"
    lines += [f"library_name: {library}", "tags:", "- autogpt", "---", "", f"# {checkpoint.name}", ""]
    lines += [f"Task: **{checkpoint.task}**. Base: {_code(checkpoint.base)}. Made on {checkpoint.created:%Y-%m-%d}."]
    if checkpoint.parents:
        lines.append(f"Made from: {', '.join(map(_code, checkpoint.parents))}.")
    if checkpoint.labels:
        lines += ["", f"Labels ({len(checkpoint.labels)}): {', '.join(map(_code, checkpoint.labels))}"]
    lines += ["", "## Data", "", *(f"- {source}" for source in sources)]
    if not sources:
        lines.append("What it was trained on was not written down with the checkpoint.")
    lines += ["", "## Scores", "", *_scores(checkpoint.scores)]
    lines += ["", "## How it was trained", "", *_recipe(checkpoint.recipe)]
    lines += ["", "## Limits", "", *_limits(checkpoint), "", "## Use", "", *_use(checkpoint, config)]
    licence = checkpoint.licence or "not stated; ask whoever made it, and look at the licence of the base"
    return "\n".join([*lines, "", "## Licence", "", licence, ""])


def _scores(scores: Mapping[str, float]) -> list[str]:
    if not scores:
        return ["None were measured."]
    return ["| score | value |", "|---|---|", *(f"| {name} | {value:.4g} |" for name, value in scores.items())]


def _recipe(recipe: Recipe | None) -> list[str]:
    if recipe is None:
        return ["Its recipe was not kept."]
    told = recipe.model_dump(mode="json", exclude_defaults=True)
    told |= {"method": recipe.method, "epochs": recipe.epochs, "batch": recipe.batch, "seed": recipe.seed}
    return ["| setting | value |", "|---|---|", *(f"| {name} | {_code(value)} |" for name, value in told.items())]


def _limits(checkpoint: Checkpoint) -> list[str]:
    return [
        f"- Texts are cut after {checkpoint.max_length} tokens.",
        "- It answers well on texts like those it learned from; on others nobody measured it.",
        "- It has the biases of its base and of its data. Where people are concerned, have one decide.",
    ]


def _use(checkpoint: Checkpoint, config: Mapping[str, Any]) -> list[str]:
    pipeline = _PIPELINES.get(checkpoint.task, "feature-extraction")
    if "peft_type" in config:
        body = [
            "from peft import AutoPeftModelForCausalLM",
            "",
            'model = AutoPeftModelForCausalLM.from_pretrained("PATH/OF/THIS/FOLDER")',
        ]
    elif pipeline == "sentence-similarity":
        body = [
            "from transformers import AutoModel, AutoTokenizer",
            "",
            'folder = "PATH/OF/THIS/FOLDER"',
            "model, tokenizer = AutoModel.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)",
        ]
    else:
        body = [
            "from transformers import pipeline",
            "",
            f'ask = pipeline("{pipeline}", "PATH/OF/THIS/FOLDER")',
            'print(ask("..."))',
        ]
    return ["```python", *body, "```"]


def _code(value: object) -> str:
    return f"`{value}`"
