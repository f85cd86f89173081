"""Embedding: texts that belong together come to lie side by side."""

from typing import TYPE_CHECKING, Any, cast

from autogpt.core.errors import UsageError
from autogpt.core.schema import JsonValue
from autogpt.studio.kind import Loaded, Rates
from autogpt.studio.report import Advance, OnAdvance, Scores

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import torch
    from datasets import Dataset
    from transformers import PreTrainedModel, PreTrainedTokenizerBase, Trainer

    from autogpt.studio.recipe import Recipe


class Embedding:
    """The mean of a text's token states, at length 1. The other pairs of a batch are what each pair is told apart from
    (van den Oord et al. 2018, arXiv:1807.03748); equal texts in it are not held against each other."""

    rates = Rates(body=3e-5, head=3e-5, adapter=3e-4)

    def network(
        self, base: "Path", labels: "Sequence[str]", recipe: "Recipe"
    ) -> "tuple[PreTrainedModel, PreTrainedTokenizerBase]":
        import torch
        from transformers import AutoModel

        from autogpt.studio.network import tokenizer_of

        try:
            network = AutoModel.from_pretrained(base, local_files_only=True, use_safetensors=True, dtype=torch.float32)
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise UsageError(f"{str(base)!r} cannot be loaded: {' '.join(str(error).split())[:300]}") from error
        for name, weights in network.named_parameters():
            if name.startswith("pooler."):
                weights.requires_grad_(False)  # not used
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

        from autogpt.studio.contrast import ContrastTrainer, Pairs, Side
        from autogpt.studio.rows import Rows

        most = loaded.checkpoint.max_length
        tokenizer = cast(Any, loaded.tokenizer)
        sides = [tokenizer(list(train[column]), verbose=False)["input_ids"] for column in ("text", "text_pair")]
        cut = [
            tokenizer(list(train[column]), truncation=True, max_length=most)["input_ids"]
            for column in ("text", "text_pair")
        ]
        rows = Rows(
            [{"input_ids": one, "pair_ids": other} for one, other in zip(*cut, strict=True)],
            sum(max(len(one), len(other)) > most for one, other in zip(*sides, strict=True)),
        )
        return ContrastTrainer(
            loaded.network,
            TrainingArguments(**arguments),
            data_collator=Pairs(Side(loaded.tokenizer)),
            train_dataset=rows,
            temperature=float(cast(float, recipe.options.get("temperature", 0.05))),
            **more,
        )

    def predict(self, loaded: Loaded, rows: "Dataset", batch: int = 32) -> list[JsonValue]:
        """`{"vector"}` for each row; with two texts in it also `similarity`, the cosine between them."""
        vectors = self.vectors(loaded, list(rows["text"]), batch)
        answers: list[JsonValue] = [{"vector": cast(JsonValue, vector.tolist())} for vector in vectors]
        if "text_pair" in rows.column_names:
            others = self.vectors(loaded, list(rows["text_pair"]), batch)
            likeness = (vectors * others).sum(-1).tolist()
            return [
                {**cast(dict[str, JsonValue], one), "similarity": like}
                for one, like in zip(answers, likeness, strict=True)
            ]
        return answers

    def score(self, loaded: Loaded, rows: "Dataset", batch: int = 32, on_advance: OnAdvance = lambda _: None) -> Scores:
        """How well each text finds its pair among all pairs: mean reciprocal rank decides, top 1 is told too.

        Where rows have a `score`, also its rank correlation (Spearman) with the cosine.
        """
        import torch

        asked = self.vectors(loaded, list(rows["text"]), batch, on_advance)
        pool = {text: at for at, text in enumerate(dict.fromkeys(rows["text_pair"]))}
        found = self.vectors(loaded, list(pool), batch, on_advance)
        places = torch.tensor([pool[text] for text in rows["text_pair"]])
        ranks: list[float] = []
        for start in range(0, len(asked), 1_000):
            likeness = asked[start : start + 1_000] @ found.T
            own = likeness.gather(1, places[start : start + 1_000, None])
            ranks += ((likeness > own).sum(1) + 1).tolist()
        reciprocal = 1 / torch.tensor(ranks, dtype=torch.float)
        values = {"mrr": float(reciprocal.mean()), "top1": float((reciprocal == 1).float().mean())}
        if "score" in rows.column_names:
            from scipy.stats import spearmanr

            cosine = (asked * found[places]).sum(-1).tolist()
            given = list(rows["score"])
            if len(set(given)) > 1 and len(set(cosine)) > 1:  # else there is no order to compare
                values["spearman"] = float(cast(Any, spearmanr(cosine, given)).statistic)
        return Scores(rows=len(rows), main="mrr", values=values)

    def vectors(
        self, loaded: Loaded, texts: "Sequence[str]", batch: int, on_advance: OnAdvance = lambda _: None
    ) -> "torch.Tensor":
        """Vectors of length 1 (texts, width), in order."""
        import torch

        from autogpt.studio.contrast import Side, mean_state
        from autogpt.studio.rows import in_batches

        encoded = cast(Any, loaded.tokenizer)(list(texts), truncation=True, max_length=loaded.checkpoint.max_length)
        collate = Side(loaded.tokenizer)
        loaded.network.eval()
        vectors = torch.zeros(len(texts), loaded.network.config.hidden_size)
        done = 0
        for places in in_batches([len(ids) for ids in encoded["input_ids"]], batch):
            inputs = collate([encoded["input_ids"][place] for place in places])
            inputs = {name: value.to(loaded.network.device) for name, value in inputs.items()}
            with torch.inference_mode():
                vectors[places] = mean_state(loaded.network, inputs).float().cpu()
            done += len(places)
            on_advance(Advance(stage="evaluate", done=done, total=len(texts)))
        return vectors
