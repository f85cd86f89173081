"""One text made into another by an encoder and a decoder: translation, summaries, corrections."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autogpt.core.errors import UsageError
from autogpt.core.schema import JsonValue
from autogpt.studio.kind import Loaded, Rates
from autogpt.studio.kinds.causal import language_scores
from autogpt.studio.report import Advance, OnAdvance, Scores

if TYPE_CHECKING:
    import torch
    from datasets import Dataset
    from transformers import PreTrainedModel, PreTrainedTokenizerBase, Trainer

    from autogpt.studio.recipe import Recipe
    from autogpt.studio.rows import Row, Rows


class Seq2Seq:
    """The target's tokens, one after another, given the source. Any encoder-decoder folder: T5, BART, Marian and kin.

    Recipe option `max_new_tokens` (128): how long an answer may be.
    """

    rates = Rates(body=3e-4, head=3e-4, adapter=1e-3)

    def network(
        self, base: Path, labels: Sequence[str], recipe: "Recipe"
    ) -> "tuple[PreTrainedModel, PreTrainedTokenizerBase]":
        import torch
        from transformers import AutoModelForSeq2SeqLM, PretrainedConfig

        from autogpt.studio.network import tokenizer_of

        try:
            network = AutoModelForSeq2SeqLM.from_pretrained(
                base, local_files_only=True, use_safetensors=True, dtype=torch.float32
            )
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            if "Unrecognized configuration class" in str(error):  # what follows in it lists all classes there are
                family = PretrainedConfig.get_config_dict(base)[0].get("model_type")
                raise UsageError(
                    f"{str(base)!r} is no encoder-decoder, such as T5 or BART, but of the family {family!r}"
                ) from None
            raise UsageError(
                f"{str(base)!r} is no encoder-decoder, such as T5 or BART: {' '.join(str(error).split())[:300]}"
            ) from error
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
        import torch
        from transformers import TrainingArguments

        from autogpt.studio.trainer import StudioTrainer

        def loss_of(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
            return torch.nn.functional.cross_entropy(logits.float().flatten(0, 1), labels.flatten(), reduction="sum")

        return StudioTrainer(
            loaded.network,
            TrainingArguments(**arguments),
            data_collator=lambda rows: batch_of(loaded, rows),
            train_dataset=self.encode(loaded, train),
            loss_of=loss_of,
            **more,
        )

    def predict(self, loaded: Loaded, rows: "Dataset", batch: int = 32) -> list[JsonValue]:
        """The text that each source becomes; at each step the likeliest token."""
        return list(self._texts(loaded, rows, batch, lambda _: None))

    def score(self, loaded: Loaded, rows: "Dataset", batch: int = 32, on_advance: OnAdvance = lambda _: None) -> Scores:
        """ROUGE-L decides (the mean over the rows); with BLEU, the share of exact answers, and loss and perplexity of
        the targets' tokens."""
        import torch

        from autogpt.studio.lm.overlap import bleu, rouge_l
        from autogpt.studio.rows import in_batches

        said = self._texts(loaded, rows, batch, on_advance)
        expected = list(rows["target"])
        encoded = self.encode(loaded, rows)
        loss, tokens, right = 0.0, 0, 0
        for places in in_batches(encoded.lengths, batch):
            inputs = batch_of(loaded, [encoded[place] for place in places])
            inputs = {name: value.to(loaded.network.device) for name, value in inputs.items()}
            labels = inputs.pop("labels")
            with torch.inference_mode():
                logits = loaded.network(**inputs).logits.float()
            loss += float(torch.nn.functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), reduction="sum"))
            tokens += int((labels != -100).sum())
            right += int((logits.argmax(-1) == labels).sum())
        values = {
            "rouge_l": sum(map(rouge_l, said, expected)) / len(said),
            "bleu": bleu(said, expected),
            "exact": sum(one.strip() == other.strip() for one, other in zip(said, expected, strict=True)) / len(said),
            **language_scores(loss, tokens, right),
        }
        return Scores(rows=len(rows), main="rouge_l", values=values, cut_rows=encoded.cut)

    def encode(self, loaded: Loaded, rows: "Dataset") -> "Rows":
        """Sources and, as labels, targets, each cut at max_length."""
        from autogpt.studio.rows import Rows

        length = loaded.checkpoint.max_length
        sources = loaded.tokenizer(list(rows["source"]), verbose=False)["input_ids"]
        known = "target" in rows.column_names
        targets = loaded.tokenizer(text_target=list(rows["target"]), verbose=False)["input_ids"] if known else sources
        return Rows(
            [{"input_ids": _cut(a, length), "labels": _cut(b, length)} for a, b in zip(sources, targets, strict=True)],
            sum(max(len(a), len(b)) > length for a, b in zip(sources, targets, strict=True)),
        )

    def _texts(self, loaded: Loaded, rows: "Dataset", batch: int, on_advance: OnAdvance) -> list[str]:
        import torch

        from autogpt.studio.rows import in_batches

        network: Any = loaded.network
        options = loaded.checkpoint.options
        encoded = self.encode(loaded, rows)
        answers, done = [""] * len(encoded), 0
        network.eval()
        for places in in_batches(encoded.lengths, batch):
            inputs = batch_of(loaded, [encoded[place] for place in places])
            with torch.inference_mode():
                tokens = network.generate(
                    input_ids=inputs["input_ids"].to(network.device),
                    attention_mask=inputs["attention_mask"].to(network.device),
                    max_new_tokens=int(str(options.get("max_new_tokens", 128))),
                    do_sample=False,
                    num_beams=1,
                )
            for place, text in zip(
                places, loaded.tokenizer.batch_decode(tokens, skip_special_tokens=True), strict=True
            ):
                answers[place] = str(text)
            done += len(places)
            on_advance(Advance(stage="evaluate", done=done, total=len(encoded)))
        return answers


def _cut(ids: list[int], length: int) -> list[int]:
    """At most `length` tokens; the last one, which says that it ends, stays."""
    return ids if len(ids) <= length else [*ids[: length - 1], ids[-1]]


def batch_of(loaded: Loaded, rows: "Sequence[Row]") -> "dict[str, torch.Tensor]":
    """Sources and targets as tensors, padded on their own; decoder_input_ids are the targets, one place later."""
    from autogpt.studio.lm.trainer import padded_labels
    from autogpt.studio.rows import Collate

    network: Any = loaded.network
    if hasattr(network, "get_base_model"):
        network = network.get_base_model()
    longest = max(len(row["labels"]) for row in rows)
    labels = padded_labels(rows, longest)
    batch = Collate(loaded.tokenizer)([{"input_ids": row["input_ids"]} for row in rows])
    return {**batch, "labels": labels, "decoder_input_ids": network.prepare_decoder_input_ids_from_labels(labels)}
