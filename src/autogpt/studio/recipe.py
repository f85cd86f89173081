"""Recipe: what to do to a model, as a value that can be kept, repeated and shown."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from autogpt.core.errors import UsageError
from autogpt.core.schema import JsonValue, Value, read_json

Method = Literal["full", "lora", "dora", "qlora"]
Precision = Literal["auto", "fp32", "bf16"]


class Lora(Value):
    """Low-rank adaptation (Hu et al. 2021, arXiv:2106.09685)."""

    rank: Annotated[int, Field(ge=1, le=512)] = 16
    alpha: Annotated[float, Field(gt=0)] = 32.0
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0
    modules: tuple[str, ...] = ()
    """Names of the linear layers that get an adapter; empty: all of them."""


class Recipe(Value):
    """How a base model is trained. Every default is meant for a CPU with two cores."""

    task: str
    base: str
    """Name of a packaged base, or the path of a Hugging Face folder or a checkpoint."""
    method: Method = "full"
    lora: Lora = Lora()
    epochs: Annotated[float, Field(gt=0, le=1_000)] = 3.0
    max_steps: Annotated[int, Field(ge=1)] | None = None
    """Optimiser steps; overrides epochs."""
    batch: Annotated[int, Field(ge=1, le=4_096)] = 16
    """Rows an optimiser step takes on one process, before accumulation."""
    accumulate: Annotated[int, Field(ge=1)] = 1
    """Batches whose gradients are added up before one optimiser step."""
    learning_rate: Annotated[float, Field(gt=0)] | None = None
    """Peak rate of the body; None: what the task's kind was measured to need."""
    head_learning_rate: Annotated[float, Field(gt=0)] | None = None
    """Peak rate of newly made layers (a classifier's head); None: what the kind was measured to need."""
    weight_decay: Annotated[float, Field(ge=0)] = 0.01
    max_grad_norm: Annotated[float, Field(gt=0)] = 1.0
    """Gradients are scaled down to this length (all weights together) where they are longer."""
    warmup: Annotated[float, Field(ge=0, le=1)] = 0.06
    """Share of the steps over which the rate rises."""
    schedule: Literal["linear", "cosine", "constant"] = "linear"
    max_length: Annotated[int, Field(ge=8, le=131_072)] = 128
    """Tokens of a row at the most; what is longer is cut (and counted in the report)."""
    patience: Annotated[int, Field(ge=0)] = 0
    """Evaluations without a better score after which training stops early; 0: never."""
    metric: str = ""
    """The score on the validation rows by which the best weights and trials are chosen and training stops early, of the
    task or of a plug-in; "": the task's own choice."""
    freeze_embeddings: bool = True
    """Leave the token embeddings as they are: half the memory, and no worse on small data."""
    precision: Precision = "auto"
    """auto: time one step of each, keep the faster; fp32 wins on CPUs without AMX."""
    threads: Annotated[int, Field(ge=0)] = 0
    """Threads of torch; 0: as many as this machine has cores."""
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    options: Mapping[str, JsonValue] = {}
    """Settings of one task's kind alone, such as `temperature` for policy gradients."""


def read_recipe(path: Path) -> dict[str, JsonValue]:
    """The settings in a recipe's file, or of the recipe a checkpoint (its folder) was trained by.

    Raises UsageError for what holds neither.
    """
    file = path / "autogpt.json" if path.is_dir() else path
    try:
        value = read_json(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or "it is no text"
        raise UsageError(f"the recipe {str(file)!r} cannot be read: {why}") from None
    if isinstance(value, dict) and "recipe" in value:
        value = value["recipe"]
    if not isinstance(value, dict) or "task" not in value:
        raise UsageError(f"{str(file)!r} is no recipe: it is a JSON object with 'task', 'base' and other settings")
    return value
