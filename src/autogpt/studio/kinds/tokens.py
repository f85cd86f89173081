"""Token classification: a tag for each word, above all the names in a text (BIO)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

from autogpt.core.schema import JsonValue
from autogpt.studio.kind import Loaded, Rates
from autogpt.studio.kinds.classify import class_weights, in_our_words, table_of
from autogpt.studio.kinds.headstart import fit_head
from autogpt.studio.kinds.pieces import Pieces, join_words
from autogpt.studio.report import Advance, OnAdvance, Scores

if TYPE_CHECKING:
    from pathlib import Path

    import torch
    from datasets import Dataset
    from transformers import PreTrainedModel, PreTrainedTokenizerBase, Trainer

    from autogpt.studio.recipe import Recipe
    from autogpt.studio.rows import Row, Rows

_WALL = 1e4
_HEAD_START = 1_000
"""Windows the head is fitted to: one pass forwards over them."""


class TokenClassification:
    """A tag for each word. A word's first piece carries its tag; the likeliest sequence that is valid BIO is taken."""

    rates = Rates(body=1e-4, head=1e-3, adapter=1e-3)

    def network(
        self, base: "Path", labels: Sequence[str], recipe: "Recipe"
    ) -> "tuple[PreTrainedModel, PreTrainedTokenizerBase]":
        from transformers import AutoModelForTokenClassification

        from autogpt.studio.network import tokenizer_of, with_head

        network = with_head(AutoModelForTokenClassification, base, labels)
        return network, tokenizer_of(base, recipe.max_length)

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

        from autogpt.studio.rows import Collate
        from autogpt.studio.trainer import StudioTrainer

        rows = self.encode(loaded, train, loaded.checkpoint.max_length)
        counts = Counter(id for at in range(len(rows)) for id in rows[at]["labels"] if id >= 0)
        frequency = [counts[id] for id in range(len(loaded.checkpoint.labels))]
        if getattr(loaded.network, "fresh_head", False):
            _begin_with_frequency(loaded.network, frequency)
            if recipe.options.get("fit_head", True):
                fit_head(loaded, rows, recipe.seed, most=_HEAD_START)
        return StudioTrainer(
            loaded.network,
            TrainingArguments(**arguments),
            data_collator=Collate(loaded.tokenizer, _pad_labels),
            train_dataset=rows,
            loss_of=_loss(frequency, recipe),
            **more,
        )

    def encode(self, loaded: Loaded, rows: "Dataset", max_length: int) -> "Rows":
        """Windows of at most max_length tokens; the label of a word stands at its first piece, -100 elsewhere."""
        from autogpt.studio.rows import Rows

        ids = {label: id for id, label in enumerate(loaded.checkpoint.labels)}
        pieces = Pieces(loaded.tokenizer)
        found: list[Row] = []
        for words, tags in zip(rows["tokens"], rows["tags"], strict=True):
            for window in pieces.windows(words, max_length):
                labels = [-100] * len(window.ids)
                for word in window.keep:
                    labels[window.places[word - window.start]] = ids[tags[word]]
                found.append({"input_ids": window.ids, "labels": labels})
        return Rows(found)

    def predict(self, loaded: Loaded, rows: "Dataset", batch: int = 32) -> list[JsonValue]:
        """`{"tags", "spans"}` for each row: a tag for each word; the entities with `label`, `start` and `end` (words,
        end excluded), `text` and `score` (the mean probability of its words' tags)."""
        answers: list[JsonValue] = []
        for words, (tags, chances) in zip(rows["tokens"], self.tags(loaded, rows["tokens"], batch), strict=True):
            answers.append(tagged(words, tags, chances))
        return answers

    def score(self, loaded: Loaded, rows: "Dataset", batch: int = 32, on_advance: OnAdvance = lambda _: None) -> Scores:
        """Micro-F1 over whole entities, strict: label and both ends must be right (seqeval, scheme BIO).

        Where the tags are not BIO (parts of speech, say), the share of words with the right tag decides.
        """
        gold = [list(tags) for tags in rows["tags"]]
        said = [tags for tags, _ in self.tags(loaded, rows["tokens"], batch, on_advance)]
        pairs = [pair for ours, theirs in zip(said, gold, strict=True) for pair in zip(ours, theirs, strict=True)]
        accuracy = sum(a == b for a, b in pairs) / max(len(pairs), 1)
        if not is_bio(loaded.checkpoint.labels):
            labels = loaded.checkpoint.labels
            ids = {label: id for id, label in enumerate(labels)}
            table = table_of([ids.get(b, -1) for _, b in pairs], [ids[a] for a, _ in pairs], labels)
            return Scores(rows=len(gold), main="accuracy", values={"accuracy": accuracy}, per_label=table)
        return entity_scores(gold, said, accuracy)

    def tags(
        self, loaded: Loaded, sentences: Sequence[Sequence[str]], batch: int, on_advance: OnAdvance = lambda _: None
    ) -> list[tuple[list[str], list[float]]]:
        """For each sentence a tag for every word, and each tag's probability. Long sentences are read in windows."""
        import torch

        labels = loaded.checkpoint.labels
        seen = [torch.zeros(len(words), len(labels)) for words in sentences]
        for sentence, word, logits in self._logits(loaded, sentences, batch, on_advance):
            seen[sentence][word] = logits
        valid = valid_moves(labels) if is_bio(labels) else None
        answers: list[tuple[list[str], list[float]]] = []
        for logits in seen:
            chances = logits.softmax(-1)
            path = likeliest(chances.clamp(min=1e-12).log(), valid) if len(logits) else []
            answers.append(([labels[id] for id in path], [float(chances[at, id]) for at, id in enumerate(path)]))
        return answers

    def _logits(
        self, loaded: Loaded, sentences: Sequence[Sequence[str]], batch: int, on_advance: OnAdvance
    ) -> "Iterator[tuple[int, int, torch.Tensor]]":
        """Sentence, word and logits (labels,) of every word."""
        import torch

        from autogpt.studio.rows import Collate, in_batches

        pieces = Pieces(loaded.tokenizer)
        most = loaded.checkpoint.max_length
        windows = [(at, window) for at, words in enumerate(sentences) for window in pieces.windows(words, most)]
        collate = Collate(loaded.tokenizer)
        loaded.network.eval()
        done = 0
        for places in in_batches([len(window.ids) for _, window in windows], batch):
            inputs = collate([{"input_ids": windows[place][1].ids} for place in places])
            inputs = {name: value.to(loaded.network.device) for name, value in inputs.items()}
            with torch.inference_mode():
                logits = loaded.network(**inputs).logits.float().cpu()  # (windows, tokens, labels)
            for row, place in enumerate(places):
                sentence, window = windows[place]
                for word in window.keep:
                    yield sentence, word, logits[row, window.places[word - window.start]]
            done += len(places)
            on_advance(Advance(stage="evaluate", done=done, total=len(windows)))


def is_bio(labels: Sequence[str]) -> bool:
    """Whether the labels name entities: O, and B- or I- of something."""
    return any(label.startswith("B-") for label in labels) and all(
        label == "O" or label[:2] in ("B-", "I-") for label in labels
    )


def valid_moves(labels: Sequence[str]) -> "torch.Tensor":
    """What it costs (0 or a wall) to go from one tag (row) to the next (column): an entity must be begun.

    The last row is the beginning of a sentence.
    """
    import torch

    walls = torch.zeros(len(labels) + 1, len(labels))
    for column, label in enumerate(labels):
        if label.startswith("I-"):
            for row, before in enumerate([*labels, "O"]):
                if before not in (f"B-{label[2:]}", label):
                    walls[row, column] = -_WALL
    return walls


def likeliest(scores: "torch.Tensor", moves: "torch.Tensor | None") -> list[int]:
    """The best path through log-probabilities (words, tags) by Viterbi's algorithm; each word's best without moves."""
    if moves is None or (bool(moves[-1][scores[0].argmax()] == 0) and _is_valid(scores.argmax(-1).tolist(), moves)):
        return scores.argmax(-1).tolist()
    import torch

    best = scores[0] + moves[-1]
    back: list[torch.Tensor] = []
    for step in scores[1:]:
        through, at = (best[:, None] + moves[:-1]).max(0)
        back.append(at)
        best = through + step
    path = [int(best.argmax())]
    for at in reversed(back):
        path.append(int(at[path[-1]]))
    return path[::-1]


def _is_valid(path: Sequence[int], moves: "torch.Tensor") -> bool:
    return all(float(moves[before, after]) == 0 for before, after in pairwise(path))


def tagged(words: Sequence[str], tags: Sequence[str], chances: Sequence[float]) -> JsonValue:
    """What is answered of a row: see `TokenClassification.predict`. chances: of each word's tag."""
    spans: list[JsonValue] = [
        {
            "label": label,
            "start": start,
            "end": end,
            "text": join_words(words[start:end]),
            "score": round(sum(chances[start:end]) / (end - start), 6),
        }
        for label, start, end in spans_of(tags)
    ]
    return {"tags": list[JsonValue](tags), "spans": spans}


def spans_of(tags: Sequence[str]) -> list[tuple[str, int, int]]:
    """Label, first word and word after the last of each entity in valid BIO.

    >>> spans_of(["B-PER", "I-PER", "O", "B-LOC"])
    [('PER', 0, 2), ('LOC', 3, 4)]
    """
    spans: list[tuple[str, int, int]] = []
    for at, tag in enumerate(tags):
        if tag.startswith("B-"):
            spans.append((tag[2:], at, at + 1))
        elif tag.startswith("I-") and spans and spans[-1][2] == at and spans[-1][0] == tag[2:]:
            spans[-1] = (spans[-1][0], spans[-1][1], at + 1)
    return spans


def as_bio(tags: Sequence[str]) -> list[str]:
    """Tags in BIO. One that is of no such scheme, of rows with other labels, is an entity of its own: it is not found.

    >>> as_bio(["B-PER", "I-PER", "O", "NOUN", "NOUN"])
    ['B-PER', 'I-PER', 'O', 'B-NOUN', 'B-NOUN']
    """
    return [tag if tag == "O" or tag[:2] in ("B-", "I-") else f"B-{tag}" for tag in tags]


def entity_scores(gold: list[list[str]], said: list[list[str]], accuracy: float) -> Scores:
    """Precision, recall and F1 over whole entities."""
    from seqeval.metrics import classification_report
    from seqeval.scheme import IOB2

    gold = [as_bio(tags) for tags in gold]
    if not any(tag != "O" for tags in gold for tag in tags):
        nothing = {"precision": 0.0, "recall": 0.0, "f1": 0.0, "accuracy": accuracy}
        return Scores(rows=len(gold), main="f1", values=nothing)
    report = classification_report(gold, said, mode="strict", scheme=IOB2, output_dict=True, zero_division=cast(Any, 0))
    table = in_our_words(report)
    micro = table["micro avg"]
    return Scores(
        rows=len(gold),
        main="f1",
        values={name: micro[name] for name in ("f1", "precision", "recall")}
        | {"f1_macro": table["macro avg"]["f1"], "accuracy": accuracy},
        per_label=table,
    )


def _pad_labels(rows: "Sequence[Row]", longest: int) -> "torch.Tensor":
    import torch

    return torch.tensor([[*row["labels"], *[-100] * (longest - len(row["labels"]))] for row in rows])


def _begin_with_frequency(network: "PreTrainedModel", counts: Sequence[int]) -> None:
    """Let a fresh head begin with how frequent each tag is, so that the first steps need not learn that most are O."""
    import torch

    from autogpt.studio.network import last_linear

    seen = torch.tensor(counts, dtype=torch.float) + 0.5
    with torch.no_grad():
        last_linear(network).bias.copy_((seen / seen.sum()).log())


def _loss(counts: Sequence[int], recipe: "Recipe") -> Any:
    import torch

    weights = class_weights(counts, recipe.options.get("class_weights"))

    def loss_of(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.cross_entropy(
            logits.float().flatten(0, 1), labels.flatten(), weights, ignore_index=-100, reduction="sum"
        )

    return loss_of
