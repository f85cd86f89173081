"""Kind: all that differs between one task and another, behind one contract; kinds register themselves by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast, runtime_checkable

from autogpt.core.errors import UsageError
from autogpt.core.schema import JsonValue
from autogpt.studio.checkpoint import Checkpoint
from autogpt.studio.recipe import Recipe
from autogpt.studio.report import OnAdvance, Scores

if TYPE_CHECKING:
    from datasets import Dataset
    from transformers import PreTrainedModel, PreTrainedTokenizerBase, Trainer


@dataclass
class Loaded:
    """A model in memory, ready to answer."""

    network: "PreTrainedModel"
    tokenizer: "PreTrainedTokenizerBase"
    """For images: the image processor."""
    checkpoint: Checkpoint
    folder: Path | None = None


@dataclass(frozen=True)
class Rates:
    """Peak learning rates a kind was measured to need."""

    body: float
    head: float
    adapter: float
    """For LoRA and its relatives."""


class Kind(Protocol):
    """What the studio has to know of a task. Stateless; one instance for all."""

    rates: Rates

    def network(self, base: Path, labels: Sequence[str], recipe: Recipe) -> "tuple[PreTrainedModel, Any]":
        """The network for the task on top of a base folder, and its tokenizer (or image processor)."""
        ...

    def trainer(
        self,
        loaded: Loaded,
        train: "Dataset",
        validation: "Dataset | None",
        recipe: Recipe,
        arguments: dict[str, Any],
        **more: Any,
    ) -> "Trainer":
        """The trainer over encoded rows. arguments: for its TrainingArguments; more: callbacks, optimizers."""
        ...

    def predict(self, loaded: Loaded, rows: "Dataset", batch: int = 32) -> list[JsonValue]:
        """One answer a row, in the row's order: a label with its probability, spans, a text, a vector."""
        ...

    def score(self, loaded: Loaded, rows: "Dataset", batch: int = 32, on_advance: OnAdvance = ...) -> Scores:
        """How good the answers on these rows are."""
        ...


@runtime_checkable
class Finishing(Protocol):
    """A kind that sets something by the validation rows after training, such as thresholds."""

    def finish(self, loaded: Loaded, validation: "Dataset") -> None: ...


_MODULES = {
    "text-classification": "autogpt.studio.kinds.classify:TextClassification",
    "multi-label": "autogpt.studio.kinds.classify:MultiLabel",
    "text-pair": "autogpt.studio.kinds.classify:TextPair",
    "token-classification": "autogpt.studio.kinds.tokens:TokenClassification",
    "masked-lm": "autogpt.studio.kinds.masked:MaskedLm",
    "embedding": "autogpt.studio.kinds.embed:Embedding",
    "causal-lm": "autogpt.studio.kinds.causal:CausalLm",
    "sft": "autogpt.studio.kinds.causal:ChatSft",
    "preference": "autogpt.studio.kinds.preference:Preference",
    "reward": "autogpt.studio.kinds.preference:Reward",
    "policy-gradient": "autogpt.studio.kinds.policy:PolicyGradient",
    "seq2seq": "autogpt.studio.kinds.seq2seq:Seq2Seq",
    "image-classification": "autogpt.studio.kinds.image:ImageClassification",
    "recommendation": "autogpt.studio.kinds.recommend:Recommendation",
}


def kind_of(task: str) -> Kind:
    """The kind of a task: one of ours, or one that an installed package offers (entry point `autogpt.studio.tasks`).

    Raises UsageError for a task nobody knows.
    """
    if where := _MODULES.get(task):
        module, _, name = where.partition(":")
        return cast(Kind, getattr(import_module(module), name)())
    for entry in entry_points(group="autogpt.studio.tasks", name=task):
        return cast(Kind, entry.load()())
    raise UsageError(f"no task is known as {task!r}; there are: {', '.join(_MODULES)}")
