"""Kind: all that differs between one task and another, behind one contract; kinds register themselves by name."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast, runtime_checkable

from autogpt.core.errors import AutoGPTError, UsageError
from autogpt.core.schema import JsonValue
from autogpt.studio import plugins
from autogpt.studio.checkpoint import Checkpoint
from autogpt.studio.recipe import Recipe
from autogpt.studio.report import OnAdvance, Scores
from autogpt.studio.tasks import COLUMNS, TARGETS

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
    """What the studio has to know of a task. Stateless; one instance for all.

    The kind of a plug-in also has `columns`, the names of the columns its rows have, and may have `targets`, those of
    them a model answers with (else those that are in `TARGETS`), `options`, the names of its recipe's options with a
    default each, and `base`, what a training begins with where nothing is said.
    """

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

    Raises UsageError for a task nobody knows, and AutoGPTError for a plug-in that does not work.
    """
    if where := _MODULES.get(task):
        module, _, name = where.partition(":")
        return cast(Kind, getattr(import_module(module), name)())
    if (made := plugins.plug_in(plugins.TASKS, task)) is None:
        raise UsageError(f"no task is known as {task!r}; there are: {', '.join(known_tasks())}")
    with blaming(task):
        kind = made()
    columns = getattr(kind, "columns", None)
    if not isinstance(columns, tuple) or not columns or not all(isinstance(one, str) for one in columns):
        who = plugins.title(plugins.TASKS, task)
        raise AutoGPTError(f"the plug-in {who} has no `columns`, a tuple with the names of its rows' columns")
    needed = ("rates", "network", "trainer", "predict", "score")
    if missing := [name for name in needed if not hasattr(kind, name)]:
        raise AutoGPTError(f"the plug-in {plugins.title(plugins.TASKS, task)} has no `{missing[0]}`")
    return cast(Kind, _FinishingPlugIn(kind, task) if hasattr(kind, "finish") else _PlugIn(kind, task))


def known_tasks() -> tuple[str, ...]:
    """Every task there is here, those of plug-ins last."""
    return (*_MODULES, *(name for name in plugins.offered(plugins.TASKS) if name not in _MODULES))


def columns_of(task: str) -> tuple[str, ...]:
    """The columns rows of a task have. Raises UsageError for a task nobody knows."""
    return COLUMNS.get(task) or cast(Any, kind_of(task)).columns


def targets_of(task: str) -> frozenset[str]:
    """The columns a model of the task answers with. Raises UsageError for a task nobody knows."""
    if task in COLUMNS:
        return TARGETS
    return frozenset(getattr(kind_of(task), "targets", TARGETS))


def blaming(task: str) -> AbstractContextManager[None]:
    """For work in which the code of a task's kind runs: what fails in a plug-in's is told as its fault."""
    return nullcontext() if task in _MODULES else plugins.blamed(plugins.TASKS, task)


class _PlugIn:
    """A plug-in's kind; what fails in it is told as its fault."""

    def __init__(self, kind: Any, task: str) -> None:
        self._kind, self._task = kind, task

    def __getattr__(self, name: str) -> Any:
        held = getattr(self._kind, name)
        if not callable(held):
            return held

        @wraps(held)
        def called(*given: Any, **more: Any) -> Any:
            with blaming(self._task):
                return held(*given, **more)

        return called


class _FinishingPlugIn(_PlugIn):
    def finish(self, loaded: Loaded, validation: "Dataset") -> None:
        with blaming(self._task):
            self._kind.finish(loaded, validation)
