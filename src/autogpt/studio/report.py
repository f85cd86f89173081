"""Reports: what came of training, evaluation or shrinking, as values a program can read."""

from collections.abc import Callable, Mapping

from autogpt.core.schema import JsonValue, Value

LOWER = frozenset({"loss", "perplexity"})
"""Scores that are better the lower they are."""


class Scores(Value):
    """How good a model's answers are on rows it did not learn from."""

    rows: int
    """Rows that were scored."""
    main: str
    """Name of the score that decides, in `values`."""
    values: Mapping[str, float]
    """From 0 to 1 where the score has such a range (f1, accuracy); perplexity and loss have not."""
    per_label: Mapping[str, Mapping[str, float]] = {}
    """precision, recall, f1 and support for each label, and for 'micro avg', 'macro avg', 'weighted avg'."""

    unknown_rows: int = 0
    """Rows with a label that the model does not know; its answers to these count as wrong."""
    unknown_labels: tuple[str, ...] = ()
    """The first of those labels."""
    cut_rows: int = 0
    """Rows longer than the model's max_length, of which no more was read."""
    left_rows: int = 0
    """Rows that were not scored: of what is to be answered nothing lies within max_length."""

    @property
    def best(self) -> float:
        """The score that decides, so that higher is better: of a loss and a perplexity what is below zero by it."""
        return -self.values[self.main] if self.main in LOWER else self.values[self.main]


class Trained(Value):
    """What came of a training."""

    steps: int
    epochs: float
    seconds: float
    cpu_seconds: float
    tokens: int
    """Tokens that went through the network forwards and backwards, padding not counted."""
    tokens_per_second: float
    images_per_second: float = 0.0
    """Where images are learned from, which have no tokens."""
    peak_bytes: int
    """The largest resident memory of the process so far."""
    parameters: int
    trainable: int
    losses: tuple[tuple[int, float], ...] = ()
    """Training loss by step."""
    evaluations: tuple[tuple[int, Scores], ...] = ()
    """Scores on the validation rows by step."""
    final: Scores | None = None
    """Scores of the model that was kept, on all validation rows."""
    best_step: int = 0
    stopped_early: bool = False
    resumed_from: int = 0
    """The step a killed training was taken up at; 0 if it was not."""
    cut_rows: int = 0
    """Rows longer than the recipe's max_length, of which no more was read."""
    left_rows: int = 0
    """Rows that nothing was learned from: of what is to be answered nothing lies within max_length."""
    left_labels: tuple[str, ...] = ()
    """What the base's head was for that had to go, since the rows have other labels; its weights are forgotten."""
    extra: Mapping[str, JsonValue] = {}


class Advance(Value):
    """How far a long piece of work has come."""

    stage: str
    """'fetch', 'load', 'prepare', 'train', 'evaluate', 'export', ..."""
    done: int = 0
    total: int = 0
    loss: float | None = None
    score: float | None = None


OnAdvance = Callable[[Advance], None]
