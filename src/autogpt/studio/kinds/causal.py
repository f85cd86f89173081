"""Language modelling: going on with a text, and answering in a chat."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from autogpt.core.errors import UsageError
from autogpt.core.schema import JsonValue
from autogpt.studio.kind import Loaded, Rates
from autogpt.studio.report import Advance, OnAdvance, Scores

if TYPE_CHECKING:
    from pathlib import Path

    from datasets import Dataset
    from transformers import PreTrainedModel, PreTrainedTokenizerBase, Trainer

    from autogpt.studio.recipe import Recipe
    from autogpt.studio.rows import Rows


class CausalLm:
    """The next token of a text. Texts are joined, an end token after each, and cut into blocks of full length, so that
    nothing is padding; the recipe's option `pack: false` keeps each text to itself.
    """

    rates = Rates(body=5e-5, head=5e-5, adapter=5e-4)

    def network(
        self, base: "Path", labels: Sequence[str], recipe: "Recipe"
    ) -> "tuple[PreTrainedModel, PreTrainedTokenizerBase]":
        return language_network(base, recipe)

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

        from autogpt.studio.lm.trainer import LanguageTrainer, collate

        rows = self.encode(loaded, train)
        return LanguageTrainer(
            loaded.network,
            TrainingArguments(**arguments),
            data_collator=collate(loaded.tokenizer),
            train_dataset=rows,
            **more,
        )

    def predict(self, loaded: Loaded, rows: "Dataset", batch: int = 32) -> list[JsonValue]:
        """The text that follows, for each row. Recipe options: see `autogpt.studio.lm.generate`."""
        from autogpt.studio.lm.generate import generate

        prompts = loaded.tokenizer(list(rows["text"]), verbose=False)["input_ids"]
        begin = [cast(int, loaded.tokenizer.bos_token_id or loaded.tokenizer.eos_token_id)]
        return list(generate(loaded, [prompt or begin for prompt in prompts], batch))

    def score(self, loaded: Loaded, rows: "Dataset", batch: int = 32, on_advance: OnAdvance = lambda _: None) -> Scores:
        """The likelihood of a token (1 / perplexity) decides; with the loss in nats, the perplexity, and the share of
        tokens that were held the likeliest."""
        values, _ = self.measure(loaded, self.encode(loaded, rows), batch, on_advance)
        return Scores(rows=len(rows), main="likelihood", values=values)

    def measure(
        self, loaded: Loaded, encoded: "Rows", batch: int, on_advance: OnAdvance
    ) -> tuple[dict[str, float], float]:
        """Scores over all labelled tokens, and the share of rows with every labelled token held the likeliest."""
        import torch

        from autogpt.studio.lm.trainer import collate, label_logits
        from autogpt.studio.rows import in_batches

        pad = collate(loaded.tokenizer)
        loss, tokens, right, whole, done = 0.0, 0, 0, 0, 0
        loaded.network.eval()
        for places in in_batches(encoded.lengths, batch):
            inputs = pad([encoded[place] for place in places])
            inputs = {name: value.to(loaded.network.device) for name, value in inputs.items()}
            with torch.inference_mode():
                outputs, targets = label_logits(loaded.network, inputs)
                loss += float(torch.nn.functional.cross_entropy(outputs.logits.float(), targets, reduction="sum"))
                hits = (outputs.logits.argmax(-1) == targets).cpu()
            counts = (inputs["labels"][:, 1:] != -100).sum(-1).tolist()
            whole += sum(bool(row.all()) for row in hits.split(counts))
            tokens += len(targets)
            right += int(hits.sum())
            done += len(places)
            on_advance(Advance(stage="evaluate", done=done, total=len(encoded)))
        return language_scores(loss, tokens, right), whole / len(encoded)

    def encode(self, loaded: Loaded, rows: "Dataset") -> "Rows":
        """Blocks of tokens, each its own label.

        Raises UsageError if there are not two tokens in all of it.
        """
        from autogpt.studio.rows import Rows

        length = loaded.checkpoint.max_length
        end = cast(int, loaded.tokenizer.eos_token_id)
        texts = [[*ids, end] for ids in loaded.tokenizer(list(rows["text"]), verbose=False)["input_ids"]]
        options = loaded.checkpoint.options
        joined = [[token for text in texts for token in text]] if options.get("pack", True) else texts
        blocks = [text[at : at + length] for text in joined for at in range(0, len(text), length)]
        found = [{"input_ids": block, "labels": [-100, *block[1:]]} for block in blocks if len(block) > 1]
        if not found:
            raise UsageError("the rows hold no text to learn from")
        return Rows(found)


class ChatSft(CausalLm):
    """What the assistant says in a chat; only its tokens are learned, the rest is what they depend on."""

    rates = Rates(body=5e-5, head=5e-5, adapter=1e-3)

    def network(
        self, base: "Path", labels: Sequence[str], recipe: "Recipe"
    ) -> "tuple[PreTrainedModel, PreTrainedTokenizerBase]":
        return chat_network(base, labels, recipe)

    def predict(self, loaded: Loaded, rows: "Dataset", batch: int = 32) -> list[JsonValue]:
        """What the assistant answers to each chat; a bare text is taken as what the user says."""
        from autogpt.studio.lm.chat import prompt_ids
        from autogpt.studio.lm.generate import generate

        chats = [
            [{"role": "user", "content": chat}] if isinstance(chat, str) else _messages(chat)
            for chat in rows["messages"]
        ]
        return list(generate(loaded, [prompt_ids(loaded.tokenizer, chat) for chat in chats], batch))

    def score(self, loaded: Loaded, rows: "Dataset", batch: int = 32, on_advance: OnAdvance = lambda _: None) -> Scores:
        """As for texts, over the assistant's tokens; `exact` is the share of chats it would have answered just so."""
        # A greedy answer is the expected one if and only if each of its tokens is the likeliest after those before,
        # so no text need be generated.
        encoded = self.encode(loaded, rows)
        values, exact = self.measure(loaded, encoded, batch, on_advance)
        return Scores(
            rows=len(encoded),
            main="likelihood",
            values={**values, "exact": exact},
            cut_rows=encoded.cut,
            left_rows=encoded.left,
        )

    def encode(self, loaded: Loaded, rows: "Dataset") -> "Rows":
        """Chats as tokens, cut at the end; those that lose all the assistant says are left out.

        Raises UsageError if none is left.
        """
        from autogpt.studio.lm.chat import chat_ids
        from autogpt.studio.rows import Row, Rows

        length = loaded.checkpoint.max_length
        found: list[Row] = []
        cut = longest = 0
        for chat in rows["messages"]:
            ids, labels = chat_ids(loaded.tokenizer, _messages(chat))
            longest = max(longest, len(ids))
            if any(label != -100 for label in labels[:length]):
                found.append({"input_ids": ids[:length], "labels": labels[:length]})
                cut += len(ids) > length
        if not found:
            raise UsageError(
                f"in none of {len(rows)} chats the assistant says a word within {length} tokens; "
                f"the longest has {longest}: raise max_length"
            )
        return Rows(found, cut, len(rows) - len(found))


def chat_network(
    base: "Path", labels: Sequence[str], recipe: "Recipe"
) -> "tuple[PreTrainedModel, PreTrainedTokenizerBase]":
    """The language model in a folder, if it knows how a chat is written. Raises UsageError for one that does not."""
    network, tokenizer = language_network(base, recipe)
    if not tokenizer.chat_template:
        raise UsageError(f"{str(base)!r} has no chat template; take an instruct model, such as smollm2-135m")
    return network, tokenizer


def language_network(base: "Path", recipe: "Recipe") -> "tuple[PreTrainedModel, PreTrainedTokenizerBase]":
    """A causal language model in float32 and its tokenizer, which has a token to pad with.

    Raises UsageError for a folder that is none.
    """
    import torch
    from transformers import AutoModelForCausalLM

    from autogpt.studio.network import tokenizer_of

    try:
        network = AutoModelForCausalLM.from_pretrained(
            base, local_files_only=True, use_safetensors=True, dtype=torch.float32
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise UsageError(
            f"{str(base)!r} cannot be loaded as a language model: {' '.join(str(error).split())[:300]}"
        ) from error
    tokenizer = tokenizer_of(base, recipe.max_length)
    if tokenizer.eos_token is None:
        raise UsageError(f"the tokenizer in {str(base)!r} has no end token, so a model could never learn to stop")
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return network, tokenizer


def language_scores(loss: float, tokens: int, right: int) -> dict[str, float]:
    """loss: the sum of -log(probability) over the tokens, in nats; right: tokens that were held the likeliest."""
    mean = loss / max(1, tokens)
    return {
        "likelihood": math.exp(-mean),
        "loss": mean,
        "perplexity": math.exp(min(mean, 700.0)),
        "accuracy": right / max(1, tokens),
    }


def _messages(chat: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without what Arrow fills in where rows differ in their fields."""
    return [{name: value for name, value in one.items() if value is not None} for one in chat]
