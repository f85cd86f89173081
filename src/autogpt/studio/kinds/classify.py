"""Classification: one class, several, or one for a pair of texts."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from autogpt.core.schema import JsonValue
from autogpt.studio.kind import Loaded, Rates
from autogpt.studio.report import Advance, OnAdvance, Scores

if TYPE_CHECKING:
    from pathlib import Path

    import torch
    from datasets import Dataset
    from transformers import PreTrainedModel, PreTrainedTokenizerBase, Trainer

    from autogpt.studio.recipe import Recipe
    from autogpt.studio.rows import Row, Rows


class TextClassification:
    """One class for a text. A fresh head is fitted to the untrained body's features before anything else is trained."""

    rates = Rates(body=1e-4, head=1e-3, adapter=1e-3)
    problem = "single_label_classification"

    def network(
        self, base: "Path", labels: Sequence[str], recipe: "Recipe"
    ) -> "tuple[PreTrainedModel, PreTrainedTokenizerBase]":
        from transformers import AutoModelForSequenceClassification

        from autogpt.studio.network import padding, tokenizer_of, with_head

        network = with_head(AutoModelForSequenceClassification, base, labels, problem_type=self.problem)
        return network, padding(network, tokenizer_of(base, recipe.max_length))

    def trainer(
        self,
        loaded: Loaded,
        train: "Dataset",
        validation: "Dataset | None",
        recipe: "Recipe",
        arguments: dict[str, Any],
        **more: Any,
    ) -> "Trainer":
        from transformers import TrainingArguments

        from autogpt.studio.kinds.headstart import fit_head
        from autogpt.studio.rows import Collate
        from autogpt.studio.trainer import StudioTrainer

        rows = self.encode(loaded, train, loaded.checkpoint.max_length)
        if getattr(loaded.network, "fresh_head", False) and recipe.options.get("fit_head", True):
            fit_head(loaded, rows, recipe.seed)
        return StudioTrainer(
            loaded.network,
            TrainingArguments(**arguments),
            data_collator=Collate(loaded.tokenizer, self.labels),
            train_dataset=rows,
            loss_of=self.loss(loaded, rows, recipe),
            **more,
        )

    def predict(self, loaded: Loaded, rows: "Dataset", batch: int = 32) -> list[JsonValue]:
        """`{"label", "score", "scores"}` for each row: the likeliest class, its probability, those of all classes."""
        labels = loaded.checkpoint.labels
        answers: list[JsonValue] = [None] * len(rows)
        for place, logits in self.logits(loaded, rows, batch):
            chances = logits.softmax(-1)
            best = int(chances.argmax())
            scores = {label: round(float(chance), 6) for label, chance in zip(labels, chances, strict=True)}
            answers[place] = {"label": labels[best], "score": scores[labels[best]], "scores": cast(JsonValue, scores)}
        return answers

    def score(self, loaded: Loaded, rows: "Dataset", batch: int = 32, on_advance: OnAdvance = lambda _: None) -> Scores:
        """Accuracy decides; with the averages of F1, the loss, and each class."""
        import torch

        labels = loaded.checkpoint.labels
        ids = {label: id for id, label in enumerate(labels)}
        gold = [ids.get(label, -1) for label in rows["label"]]
        said = [0] * len(gold)
        loss = 0.0
        for place, logits in self.logits(loaded, rows, batch, on_advance):
            said[place] = int(logits.argmax())
            known = torch.tensor(max(gold[place], 0))
            loss += float(torch.nn.functional.cross_entropy(logits, known)) if gold[place] >= 0 else 0.0
        table = table_of_one(gold, said, labels)
        return Scores(
            rows=len(gold),
            main="accuracy",
            values={
                "accuracy": table["micro avg"]["f1"],
                "f1_macro": table["macro avg"]["f1"],
                "f1_weighted": table["weighted avg"]["f1"],
                "loss": loss / max(sum(id >= 0 for id in gold), 1),
            },
            per_label=table,
        )

    def texts(self, rows: "Dataset") -> tuple[list[str], ...]:
        """What the tokenizer is given: the columns of text."""
        return (list(rows["text"]),)

    def encode(self, loaded: Loaded, rows: "Dataset", max_length: int, *, labelled: bool = True) -> "Rows":
        """Token ids, cut at max_length, with the ids of the labels."""
        from autogpt.studio.rows import Rows

        columns = self.texts(rows)
        tokenizer = cast(Any, loaded.tokenizer)
        encoded = tokenizer(*columns, truncation=True, max_length=max_length)
        full = tokenizer(*columns, truncation=False, verbose=False)["input_ids"] if labelled else []
        names = [name for name in ("input_ids", "token_type_ids") if name in encoded]
        found: list[Row] = [{name: encoded[name][at] for name in names} for at in range(len(columns[0]))]
        if labelled:
            ids = {label: id for id, label in enumerate(loaded.checkpoint.labels)}
            found = [{**row, "labels": gold} for row, gold in zip(found, self.gold(rows, ids), strict=True)]
        return Rows(found, sum(len(tokens) > max_length for tokens in full))

    def gold(self, rows: "Dataset", ids: Mapping[str, int]) -> Sequence[Any]:
        """The label of each row as the network counts it."""
        return [ids[label] for label in rows["label"]]

    def labels(self, rows: "Sequence[Row]", longest: int) -> "torch.Tensor":
        import torch

        return torch.tensor([row["labels"] for row in rows])

    def loss(self, loaded: Loaded, rows: "Rows", recipe: "Recipe") -> Any:
        """Cross-entropy, with rare classes weighed up if the recipe's option `class_weights` says so."""
        import torch

        counts = Counter(rows[at]["labels"] for at in range(len(rows)))
        weights = class_weights(
            [counts[id] for id in range(len(loaded.checkpoint.labels))], recipe.options.get("class_weights")
        )

        def loss_of(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
            return torch.nn.functional.cross_entropy(logits.float(), labels, weights, reduction="sum")

        return loss_of

    def logits(
        self, loaded: Loaded, rows: "Dataset", batch: int, on_advance: OnAdvance = lambda _: None
    ) -> "Iterator[tuple[int, torch.Tensor]]":
        """Each row's place and its logits (labels,), in batches of like length."""
        import torch

        from autogpt.studio.rows import Collate, in_batches

        encoded = self.encode(loaded, rows, loaded.checkpoint.max_length, labelled=False)
        collate = Collate(loaded.tokenizer)
        loaded.network.eval()
        done = 0
        for places in in_batches(encoded.lengths, batch):
            inputs = collate([encoded[place] for place in places])
            inputs = {name: value.to(loaded.network.device) for name, value in inputs.items()}
            with torch.inference_mode():
                logits = loaded.network(**inputs).logits.float().cpu()
            yield from zip(places, logits, strict=True)
            done += len(places)
            on_advance(Advance(stage="evaluate", done=done, total=len(encoded)))


class TextPair(TextClassification):
    """One class for two texts: does one follow from the other, do they mean the same, is it a good answer."""

    def texts(self, rows: "Dataset") -> tuple[list[str], ...]:
        return list(rows["text"]), list(rows["text_pair"])


class MultiLabel(TextClassification):
    """Any number of classes for a text; each has its own threshold, tuned on the validation rows."""

    problem = "multi_label_classification"

    def gold(self, rows: "Dataset", ids: Mapping[str, int]) -> Sequence[Any]:
        return [[float(label in given) for label in ids] for given in rows["labels"]]

    def loss(self, loaded: Loaded, rows: "Rows", recipe: "Recipe") -> Any:
        """A yes-or-no cross-entropy for each label."""
        import torch

        def loss_of(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
            return torch.nn.functional.binary_cross_entropy_with_logits(logits.float(), labels, reduction="sum")

        return loss_of

    def predict(self, loaded: Loaded, rows: "Dataset", batch: int = 32) -> list[JsonValue]:
        """`{"labels", "scores"}` for each row: the labels over their threshold, and the probabilities of all."""
        labels, thresholds = loaded.checkpoint.labels, self.thresholds(loaded)
        answers: list[JsonValue] = [None] * len(rows)
        for place, logits in self.logits(loaded, rows, batch):
            scores = dict(zip(labels, (round(float(chance), 6) for chance in logits.sigmoid()), strict=True))
            over = [label for label, threshold in zip(labels, thresholds, strict=True) if scores[label] >= threshold]
            answers[place] = {"labels": cast(JsonValue, over), "scores": cast(JsonValue, scores)}
        return answers

    def score(self, loaded: Loaded, rows: "Dataset", batch: int = 32, on_advance: OnAdvance = lambda _: None) -> Scores:
        """Micro-F1 decides."""
        import torch

        labels = loaded.checkpoint.labels
        chances = self._chances(loaded, rows, batch, on_advance)
        said = (chances >= torch.tensor(self.thresholds(loaded))).int().numpy()
        gold = torch.tensor(self.gold(rows, {label: id for id, label in enumerate(labels)})).int().numpy()
        table = table_of(gold, said, labels)
        return Scores(
            rows=len(rows),
            main="f1",
            values={
                "f1": table["micro avg"]["f1"],
                "f1_macro": table["macro avg"]["f1"],
                "precision": table["micro avg"]["precision"],
                "recall": table["micro avg"]["recall"],
                "exact": float((gold == said).all(-1).mean()),
            },
            per_label=table,
        )

    def finish(self, loaded: Loaded, validation: "Dataset") -> None:
        """Choose each label's threshold: the best F1 on the validation rows, 0.5 where none has that label.

        The threshold lies half-way between the probabilities it parts, and is kept in the network's config.
        """
        import torch

        labels = loaded.checkpoint.labels
        chances = self._chances(loaded, validation, 32)
        gold = torch.tensor(self.gold(validation, {label: id for id, label in enumerate(labels)}))
        loaded.network.config.thresholds = [
            best_threshold(chances[:, id].tolist(), gold[:, id].tolist()) for id in range(len(labels))
        ]

    def thresholds(self, loaded: Loaded) -> list[float]:
        """One for each label."""
        return list(getattr(loaded.network.config, "thresholds", None) or [0.5] * len(loaded.checkpoint.labels))

    def _chances(
        self, loaded: Loaded, rows: "Dataset", batch: int, on_advance: OnAdvance = lambda _: None
    ) -> "torch.Tensor":
        import torch

        chances = torch.zeros(len(rows), len(loaded.checkpoint.labels))
        for place, logits in self.logits(loaded, rows, batch, on_advance):
            chances[place] = logits.sigmoid()
        return chances


def best_threshold(chances: Sequence[float], gold: Sequence[float]) -> float:
    """The threshold with the best F1; of equals the one nearest to 0.5. 0.5 if nothing is positive.

    >>> round(best_threshold([0.1, 0.2, 0.4, 0.3], [0, 0, 1, 1]), 2)
    0.25
    """
    positives = sum(gold)
    if not positives:
        return 0.5
    ranked = sorted(zip(chances, gold, strict=True), reverse=True)
    best = (0.0, 0.0, 0.5)
    hits = 0.0
    for count, (chance, is_one) in enumerate(ranked, start=1):
        hits += is_one
        below = ranked[count][0] if count < len(ranked) else 0.0
        if below == chance:
            continue
        threshold = (chance + below) / 2
        best = max(best, (2 * hits / (count + positives), -abs(threshold - 0.5), threshold))
    return best[2]


def class_weights(counts: Sequence[int], how: JsonValue) -> "torch.Tensor | None":
    """Weights of the classes with a mean of 1 over the rows; None for equal ones.

    how: "balanced" weighs every class alike, "sqrt" goes half the way there (in the exponent).
    """
    import torch

    from autogpt.core.errors import UsageError

    if how in (None, "none"):
        return None
    if how not in ("sqrt", "balanced"):
        raise UsageError(f"option 'class_weights' is {how!r}; it can be 'none', 'sqrt' or 'balanced'")
    power = 0.5 if how == "sqrt" else 1.0
    seen = torch.tensor(counts, dtype=torch.float)
    weights = seen.clamp(min=1) ** -power
    return weights * seen.sum() / (weights * seen).sum()


def table_of(gold: Any, said: Any, labels: Sequence[str]) -> dict[str, dict[str, float]]:
    """precision, recall, f1 and support of each label and the averages, by scikit-learn.

    gold, said: ids (rows,), or 0 and 1 (rows, labels).
    """
    from sklearn.metrics import classification_report

    ids = list(range(len(labels)))
    report = classification_report(
        gold, said, labels=ids, target_names=list(labels), output_dict=True, zero_division=cast(Any, 0)
    )
    return in_our_words(report)


def table_of_one(gold: Sequence[int], said: Sequence[int], labels: Sequence[str]) -> dict[str, dict[str, float]]:
    """The same where each row has one label: then the micro average of all three is the accuracy, rows with labels that
    the model does not know (-1 in gold) counted as wrong."""
    accuracy = sum(one == other for one, other in zip(gold, said, strict=True)) / max(len(gold), 1)
    micro = {**dict.fromkeys(("precision", "recall", "f1"), accuracy), "support": float(len(gold))}
    return {**table_of(gold, said, labels), "micro avg": micro}


def in_our_words(report: Any) -> dict[str, dict[str, float]]:
    """A report of scikit-learn or seqeval without what is not about a label."""
    return {
        label: {"f1" if name == "f1-score" else name: float(value) for name, value in row.items()}
        for label, row in report.items()
        if isinstance(row, Mapping) and label != "samples avg"
    }
