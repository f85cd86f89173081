"""Learning from pairs of answers: prefer the better one (DPO), or say how good an answer is (a reward model)."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autogpt.core.errors import UsageError
from autogpt.core.schema import JsonValue
from autogpt.studio.kind import Loaded, Rates
from autogpt.studio.kinds.causal import chat_network, language_network
from autogpt.studio.report import Advance, OnAdvance, Scores

if TYPE_CHECKING:
    import torch
    from datasets import Dataset
    from transformers import PreTrainedModel, PreTrainedTokenizerBase, Trainer

    from autogpt.studio.recipe import Recipe
    from autogpt.studio.rows import Rows


class Preference:
    """Direct preference optimisation (Rafailov et al. 2023, arXiv:2305.18290): the log-odds of the chosen over the
    rejected answer, against those the model had before, are pushed up.

    Recipe options: `beta` (0.1), how far it may go from where it was; `reference`, the folder of another model to
    measure against than the base.

    The model from before is never held beside the trained one: what it makes of each pair is computed once.
    """

    rates = Rates(body=1e-6, head=1e-6, adapter=5e-5)

    network = staticmethod(chat_network)

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

        from autogpt.studio.lm.pairs import DpoTrainer, PairCollate, with_reference

        # Kept with the checkpoint, so that it can be scored when it is loaded again.
        kept = recipe.model_copy(update={"options": {"reference": str(loaded.folder), **recipe.options}})
        loaded.checkpoint = loaded.checkpoint.model_copy(update={"recipe": kept})
        before = model_before(loaded)
        pairs = with_reference(encode_pairs(loaded, train), before, loaded.tokenizer, recipe.batch)
        return DpoTrainer(
            loaded.network,
            TrainingArguments(**arguments),
            data_collator=PairCollate(loaded.tokenizer),
            train_dataset=pairs,
            beta=float(str(recipe.options.get("beta", 0.1))),
            **more,
        )

    def predict(self, loaded: Loaded, rows: "Dataset", batch: int = 32) -> list[JsonValue]:
        """What the model answers to each prompt."""
        from autogpt.studio.lm.chat import prompt_ids
        from autogpt.studio.lm.generate import generate

        chats = [[{"role": "user", "content": prompt}] for prompt in rows["prompt"]]
        return list(generate(loaded, [prompt_ids(loaded.tokenizer, chat) for chat in chats], batch))

    def score(self, loaded: Loaded, rows: "Dataset", batch: int = 32, on_advance: OnAdvance = lambda _: None) -> Scores:
        """The share of pairs whose margin is positive decides (`accuracy`). The margin is the log-odds of the chosen
        over the rejected answer, minus those of the model it was trained from; `preferred` is the share without that.

        Without the model from before (its folder is gone), `preferred` decides.
        """
        from autogpt.studio.lm.pairs import odds

        pairs = encode_pairs(loaded, rows)
        now = odds(loaded.network, loaded.tokenizer, pairs, batch, on_advance)
        values = {"preferred": sum(one > 0 for one in now) / len(now)}
        if (before := model_before(loaded)) is None:
            return _scores(pairs, "preferred", values)
        then = odds(before, loaded.tokenizer, pairs, batch, on_advance)
        margins = [new - old for new, old in zip(now, then, strict=True)]
        values |= {"accuracy": sum(one > 0 for one in margins) / len(now), "margin": sum(margins) / len(margins)}
        return _scores(pairs, "accuracy", values)


class Reward:
    """How good an answer is, as a number learned from pairs (Bradley and Terry 1952): the chosen answer's number is to
    be above the rejected one's."""

    rates = Rates(body=1e-5, head=1e-4, adapter=5e-4)

    def network(
        self, base: Path, labels: Sequence[str], recipe: "Recipe"
    ) -> "tuple[PreTrainedModel, PreTrainedTokenizerBase]":
        from transformers import AutoModelForSequenceClassification

        from autogpt.studio.network import padding, tokenizer_of, with_head

        network = with_head(AutoModelForSequenceClassification, base, ("reward",))
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

        from autogpt.studio.lm.pairs import PairCollate, RewardTrainer

        return RewardTrainer(
            loaded.network,
            TrainingArguments(**arguments),
            data_collator=PairCollate(loaded.tokenizer),
            train_dataset=encode_pairs(loaded, train),
            **more,
        )

    def predict(self, loaded: Loaded, rows: "Dataset", batch: int = 32) -> list[JsonValue]:
        """A number for each prompt with its answer (column `answer`, or `chosen`); higher is better. What is longer
        than max_length is judged by its beginning, as in training."""
        column = next((name for name in ("answer", "chosen") if name in rows.column_names), None)
        if column is None:
            raise UsageError("a reward model is asked about rows with 'prompt' and 'answer'")
        most = loaded.checkpoint.max_length
        asked = zip(rows["prompt"], rows[column], strict=True)
        texts = [encode_answer(loaded, prompt, text)[0][:most] for prompt, text in asked]
        return [round(one, 6) for one in self.rewards(loaded, texts, batch)]

    def score(self, loaded: Loaded, rows: "Dataset", batch: int = 32, on_advance: OnAdvance = lambda _: None) -> Scores:
        """The share of pairs whose chosen answer gets more than the rejected one decides."""
        pairs = encode_pairs(loaded, rows)
        texts = [pairs[at][side] for at in range(len(pairs)) for side in ("input_ids", "rejected_ids")]
        found = self.rewards(loaded, texts, batch, on_advance)
        margins = [better - worse for better, worse in zip(found[::2], found[1::2], strict=True)]
        values = {"accuracy": sum(one > 0 for one in margins) / len(margins), "margin": sum(margins) / len(margins)}
        return _scores(pairs, "accuracy", values)

    def rewards(
        self, loaded: Loaded, texts: Sequence[list[int]], batch: int, on_advance: OnAdvance = lambda _: None
    ) -> list[float]:
        """The number of each text, given as token ids."""
        import torch

        from autogpt.studio.rows import Collate, in_batches

        found = [0.0] * len(texts)
        pad, done = Collate(loaded.tokenizer), 0
        loaded.network.eval()
        for places in in_batches([len(text) for text in texts], batch):
            inputs = pad([{"input_ids": texts[place]} for place in places])
            with torch.inference_mode():
                logits = loaded.network(
                    **{name: value.to(loaded.network.device) for name, value in inputs.items()}
                ).logits
            for place, logit in zip(places, logits[:, 0].float().tolist(), strict=True):
                found[place] = logit
            done += len(places)
            on_advance(Advance(stage="evaluate", done=done, total=len(texts)))
        return found


def encode_pairs(loaded: Loaded, rows: "Dataset") -> "Rows":
    """Pairs as tokens: input_ids and labels of the chosen, rejected_ids and rejected_labels of the rejected answer.
    Pairs of which an answer does not begin within max_length are left out.

    Raises UsageError if no answer begins within max_length.
    """
    from autogpt.studio.rows import Row, Rows

    length = loaded.checkpoint.max_length
    found: list[Row] = []
    cut = 0
    for prompt, chosen, rejected in zip(rows["prompt"], rows["chosen"], rows["rejected"], strict=True):
        good, good_labels = encode_answer(loaded, prompt, chosen)
        bad, bad_labels = encode_answer(loaded, prompt, rejected)
        sides = (good[:length], good_labels[:length], bad[:length], bad_labels[:length])
        if all(any(label != -100 for label in labels) for labels in (sides[1], sides[3])):
            found.append(dict(zip(("input_ids", "labels", "rejected_ids", "rejected_labels"), sides, strict=True)))
            cut += max(len(good), len(bad)) > length
    if not found:
        raise UsageError(f"in none of {len(rows)} pairs both answers begin within {length} tokens; raise max_length")
    return Rows(found, cut, len(rows) - len(found))


def _scores(pairs: "Rows", main: str, values: dict[str, float]) -> Scores:
    return Scores(rows=len(pairs), main=main, values=values, cut_rows=pairs.cut, left_rows=pairs.left)


def encode_answer(loaded: Loaded, prompt: str, answer: str) -> tuple[list[int], list[int]]:
    """Token ids of a prompt with its answer, and labels on the answer."""
    from autogpt.studio.lm.chat import chat_ids

    if loaded.tokenizer.chat_template:
        return chat_ids(
            loaded.tokenizer, [{"role": "user", "content": prompt}, {"role": "assistant", "content": answer}]
        )
    pair = loaded.tokenizer(prompt, answer, verbose=False, return_offsets_mapping=False)
    ids = list(pair["input_ids"])
    return ids, [token if part == 1 else -100 for token, part in zip(ids, pair.sequence_ids(), strict=True)]


def model_before(loaded: Loaded) -> Any:
    """The model that preferences are learned against; None if its folder is gone."""
    recipe = loaded.checkpoint.recipe
    folder = Path(str(recipe.options.get("reference", ""))) if recipe else Path()
    if recipe is None or not (folder / "config.json").is_file():
        return None
    if hasattr(loaded.network, "disable_adapter") and folder == loaded.folder:
        return _WithoutAdapter(loaded.network)
    return language_network(folder, recipe)[0]


class _WithoutAdapter:
    """An adapted network as it was before."""

    def __init__(self, network: Any) -> None:
        self._network = network
        self.device = network.device

    def eval(self) -> None:
        self._network.eval()

    def __call__(self, **inputs: "torch.Tensor") -> Any:
        with self._network.disable_adapter():
            return self._network(**inputs)
