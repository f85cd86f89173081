"""Masked language modelling: a body gets to know a field's words before it is trained for a task."""

from typing import TYPE_CHECKING, Any, cast

from autogpt.core.errors import UsageError
from autogpt.core.schema import JsonValue
from autogpt.studio.kind import Loaded, Rates
from autogpt.studio.report import Advance, OnAdvance, Scores

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from datasets import Dataset
    from transformers import PreTrainedModel, PreTrainedTokenizerBase, Trainer

    from autogpt.studio.recipe import Recipe
    from autogpt.studio.rows import Rows

_FILLS = 5


class MaskedLm:
    """Of 15 % of the tokens 80 % are hidden, 10 % replaced at random, 10 % left (Devlin et al. 2019, arXiv:1810.04805).

    Which ones depends on the seed, the epoch and the row alone, so that a training that is taken up hides the same.
    """

    rates = Rates(body=1e-4, head=1e-4, adapter=5e-4)

    def network(
        self, base: "Path", labels: "Sequence[str]", recipe: "Recipe"
    ) -> "tuple[PreTrainedModel, PreTrainedTokenizerBase]":
        import torch
        from transformers import AutoModelForMaskedLM

        from autogpt.studio.network import tokenizer_of

        tokenizer = tokenizer_of(base, recipe.max_length)
        if tokenizer.mask_token_id is None:
            raise UsageError(f"the tokenizer in {str(base)!r} has no mask; masked-lm needs an encoder such as 'minilm'")
        try:
            network = AutoModelForMaskedLM.from_pretrained(
                base, local_files_only=True, use_safetensors=True, dtype=torch.float32
            )
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise UsageError(f"{str(base)!r} cannot be loaded: {' '.join(str(error).split())[:300]}") from error
        return network, tokenizer

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

        from autogpt.studio.kinds.hiding import Hiding, cross_entropy, pad_labels
        from autogpt.studio.rows import Collate
        from autogpt.studio.trainer import StudioTrainer

        rows = Hiding(self.encode(loaded, train, loaded.checkpoint.max_length), loaded.tokenizer, recipe.seed)
        return StudioTrainer(
            loaded.network,
            TrainingArguments(**arguments),
            data_collator=Collate(loaded.tokenizer, pad_labels),
            train_dataset=rows,
            loss_of=cross_entropy,
            **more,
        )

    def encode(self, loaded: Loaded, rows: "Dataset", max_length: int) -> "Rows":
        """Token ids; a text that is too long becomes several rows."""
        from autogpt.studio.rows import Rows

        tokenizer = cast(Any, loaded.tokenizer)
        encoded = tokenizer(list(rows["text"]), truncation=True, max_length=max_length, return_overflowing_tokens=True)
        return Rows([{"input_ids": ids} for ids in encoded["input_ids"]])

    def predict(self, loaded: Loaded, rows: "Dataset", batch: int = 32) -> list[JsonValue]:
        """`{"fills"}` for each row: for each mask in the text the five likeliest tokens with their probabilities."""
        import torch

        from autogpt.studio.rows import Collate, in_batches

        tokenizer = loaded.tokenizer
        encoded = cast(Any, tokenizer)(list(rows["text"]), truncation=True, max_length=loaded.checkpoint.max_length)
        answers: list[JsonValue] = [None] * len(rows)
        loaded.network.eval()
        for places in in_batches([len(ids) for ids in encoded["input_ids"]], batch):
            inputs = Collate(tokenizer)([{"input_ids": encoded["input_ids"][place]} for place in places])
            inputs = {name: value.to(loaded.network.device) for name, value in inputs.items()}
            with torch.inference_mode():
                logits = loaded.network(**inputs).logits.float().cpu()
            for row, place in enumerate(places):
                hidden = (inputs["input_ids"][row] == cast(int, tokenizer.mask_token_id)).nonzero()[:, 0].tolist()
                chances, ids = logits[row, hidden].softmax(-1).topk(_FILLS)
                fills = [
                    [
                        {"token": cast(str, tokenizer.decode([id])).strip(), "score": round(chance, 6)}
                        for id, chance in zip(*both, strict=True)
                    ]
                    for both in zip(ids.tolist(), chances.tolist(), strict=True)
                ]
                answers[place] = {"fills": cast(JsonValue, fills)}
        return answers

    def score(self, loaded: Loaded, rows: "Dataset", batch: int = 32, on_advance: OnAdvance = lambda _: None) -> Scores:
        """The share of hidden tokens that are guessed decides; always the same tokens are hidden."""
        import torch

        from autogpt.studio.kinds.hiding import Hiding, cross_entropy, pad_labels
        from autogpt.studio.rows import Collate, in_batches

        hidden = Hiding(self.encode(loaded, rows, loaded.checkpoint.max_length), loaded.tokenizer, seed=0)
        collate = Collate(loaded.tokenizer, pad_labels)
        loaded.network.eval()
        right = count = done = 0
        loss = 0.0
        for places in in_batches(hidden.lengths, batch):
            inputs = collate([hidden[place] for place in places])
            labels = inputs.pop("labels")
            inputs = {name: value.to(loaded.network.device) for name, value in inputs.items()}
            with torch.inference_mode():
                logits = loaded.network(**inputs).logits.float().cpu()
            right += int((logits.argmax(-1) == labels).sum())
            count += int((labels != -100).sum())
            loss += float(cross_entropy(logits, labels))
            done += len(places)
            on_advance(Advance(stage="evaluate", done=done, total=len(hidden)))
        mean = loss / max(count, 1)
        values = {
            "accuracy": right / max(count, 1),
            "loss": mean,
            "perplexity": float(torch.tensor(mean).clamp(max=80).exp()),
        }
        return Scores(rows=len(rows), main="accuracy", values=values)
