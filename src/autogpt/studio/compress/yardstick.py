"""Yardsticks: for each task, what inputs speed is told on, and which answers of two networks count as the same."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol, cast

import torch

from autogpt.core.errors import UsageError
from autogpt.core.schema import JsonValue
from autogpt.studio.compress.encoder import TASKS, encoder_kind
from autogpt.studio.graph import inputs_of
from autogpt.studio.kind import Loaded, kind_of
from autogpt.studio.rows import Collate, Row, Rows, in_batches
from autogpt.studio.tasks import TASKS as HOUSE

if TYPE_CHECKING:
    from datasets import Dataset

Batch = Mapping[str, torch.Tensor]
Unit = Literal["rows", "tokens", "new tokens", "images"]
"""What is counted in a second. tokens: read in one pass; new tokens: written one after another."""
LANGUAGE = ("causal-lm", "sft", "preference", "policy-gradient")
WRITERS = (*LANGUAGE, "seq2seq")
"""Tasks whose models write texts, token by token."""
MOST = 24
"""Batches that speed is told on, at most."""


class Yardstick(Protocol):
    """How networks of a task are held against each other."""

    unit: Unit

    def batches(self, loaded: Loaded, rows: "Dataset", size: int) -> list[Batch]:
        """At most 24 batches of so many rows, ready for the network, by length as bulk prediction orders them."""
        ...

    def answers(self, loaded: Loaded, rows: "Dataset") -> list[Hashable]:
        """What is said, without how sure it is: as many answers for any network of the task."""
        ...


def yardstick(task: str) -> Yardstick:
    """The yardstick of a task. Raises UsageError for one of a plug-in, whose networks nobody here knows."""
    if task in TASKS:
        return _Labels()
    if task in WRITERS:
        return _Tokens()
    found: dict[str, Yardstick] = {
        "masked-lm": _Masked(),
        "embedding": _Vectors(("text", "text_pair")),
        "recommendation": _Items(),
        "reward": _Rewards(),
        "image-classification": _Images(),
    }
    if task not in found:
        raise UsageError(f"a model for {task!r} cannot be made smaller; it works for {', '.join(HOUSE)}")
    return found[task]


def caller(loaded: Loaded) -> Callable[[Batch], object]:
    """One pass of a batch through the network."""
    network = loaded.network
    images = network.main_input_name == "pixel_values" if hasattr(network, "main_input_name") else False
    names = ("pixel_values",) if images else (*inputs_of(network, loaded.tokenizer), "decoder_input_ids")
    network.eval()

    def call(batch: Batch) -> object:
        with torch.inference_mode():
            return network(**{name: batch[name] for name in names if name in batch})

    return call


def writer(loaded: Loaded, tokens: int) -> Callable[[Batch], object]:
    """So many new tokens after a batch's rows, each the likeliest, whether or not an end token is among them."""
    network: Any = loaded.network
    network.eval()

    def call(batch: Batch) -> object:
        with torch.inference_mode():
            return network.generate(
                input_ids=batch["input_ids"],
                attention_mask=batch["attention_mask"],
                do_sample=False,
                num_beams=1,
                min_new_tokens=tokens,
                max_new_tokens=tokens,
                pad_token_id=loaded.tokenizer.pad_token_id,
            )

    return call


class _Labels:
    unit: Unit = "rows"

    def batches(self, loaded: Loaded, rows: "Dataset", size: int) -> list[Batch]:
        kind = encoder_kind(loaded.checkpoint.task)
        encoded = kind.encode(loaded, _some(rows, size), loaded.checkpoint.max_length)
        return _in_order(encoded, size, Collate(loaded.tokenizer))

    def answers(self, loaded: Loaded, rows: "Dataset") -> list[Hashable]:
        said = encoder_kind(loaded.checkpoint.task).predict(loaded, rows)
        return [_plain(_without_sureness(answer)) for answer in said]


class _Tokens:
    """The likeliest token at each place of the expected text, which stands before it as it should be."""

    unit: Unit = "tokens"

    def batches(self, loaded: Loaded, rows: "Dataset", size: int) -> list[Batch]:
        return _in_order(text_rows(loaded, _some(rows, size)), size, text_batch(loaded))

    def answers(self, loaded: Loaded, rows: "Dataset") -> list[Hashable]:
        from autogpt.studio.lm.trainer import label_logits

        encoded, collate = text_rows(loaded, rows), text_batch(loaded)
        said: list[Hashable] = []
        loaded.network.eval()
        for places in in_batches(encoded.lengths, 16):
            batch = collate([encoded[place] for place in places])
            labels = batch["labels"]
            with torch.inference_mode():
                if "decoder_input_ids" in batch:
                    inputs = {name: value for name, value in batch.items() if name != "labels"}
                    logits = loaded.network(**inputs).logits[labels != -100]
                else:
                    logits = label_logits(loaded.network, batch)[0].logits
            said += logits.argmax(-1).flatten().tolist()
        return said


class _Masked:
    """The token that each hidden one is held to be."""

    unit: Unit = "rows"

    def batches(self, loaded: Loaded, rows: "Dataset", size: int) -> list[Batch]:
        return _in_order(self._rows(loaded, _some(rows, size)), size, Collate(loaded.tokenizer))

    def answers(self, loaded: Loaded, rows: "Dataset") -> list[Hashable]:
        from autogpt.studio.kinds.hiding import Hiding, pad_labels

        hidden = Hiding(self._rows(loaded, rows), loaded.tokenizer, seed=0)
        collate = Collate(loaded.tokenizer, pad_labels)
        said: list[Hashable] = []
        for places in in_batches(hidden.lengths, 16):
            batch = collate([hidden[place] for place in places])
            labels = batch.pop("labels")
            with torch.inference_mode():
                logits = loaded.network(**batch).logits
            said += logits[labels != -100].argmax(-1).tolist()
        return said

    def _rows(self, loaded: Loaded, rows: "Dataset") -> Rows:
        return cast(Any, kind_of("masked-lm")).encode(loaded, rows, loaded.checkpoint.max_length)


class _Vectors:
    """The text that each text finds nearest among those it could be paired with."""

    unit: Unit = "rows"

    def __init__(self, columns: tuple[str, str]) -> None:
        self._columns = columns

    def batches(self, loaded: Loaded, rows: "Dataset", size: int) -> list[Batch]:
        encoded = _texts(loaded, list(_some(rows, size)[self._columns[0]]))
        return _in_order(encoded, size, Collate(loaded.tokenizer))

    def answers(self, loaded: Loaded, rows: "Dataset") -> list[Hashable]:
        from autogpt.studio.kinds.embed import Embedding

        pool = list(dict.fromkeys(rows[self._columns[1]]))
        found = Embedding().vectors(loaded, pool, 32)
        asked = Embedding().vectors(loaded, list(rows[self._columns[0]]), 32)
        return [pool[place] for place in (asked @ found.T).argmax(1).tolist()]


class _Items:
    """The item that each history is followed by."""

    unit: Unit = "rows"

    def batches(self, loaded: Loaded, rows: "Dataset", size: int) -> list[Batch]:
        from autogpt.studio.kinds.recommend import history_texts

        return _in_order(_texts(loaded, history_texts(_some(rows, size))), size, Collate(loaded.tokenizer))

    def answers(self, loaded: Loaded, rows: "Dataset") -> list[Hashable]:
        said = cast("list[dict[str, list[dict[str, str]]]]", kind_of("recommendation").predict(loaded, rows))
        return [answer["items"][0]["item"] if answer["items"] else None for answer in said]


class _Rewards:
    """Which of two answers is the better one."""

    unit: Unit = "rows"

    def batches(self, loaded: Loaded, rows: "Dataset", size: int) -> list[Batch]:
        return _in_order(self._rows(loaded, _some(rows, size)), size, Collate(loaded.tokenizer))

    def answers(self, loaded: Loaded, rows: "Dataset") -> list[Hashable]:
        from autogpt.studio.kinds.preference import Reward

        pairs = self._rows(loaded, rows)
        texts = [pairs[at][side] for at in range(len(pairs)) for side in ("input_ids", "rejected_ids")]
        found = Reward().rewards(loaded, texts, 16)
        return [better > worse for better, worse in zip(found[::2], found[1::2], strict=True)]

    def _rows(self, loaded: Loaded, rows: "Dataset") -> Rows:
        from autogpt.studio.kinds.preference import encode_pairs

        return encode_pairs(loaded, rows)


class _Images:
    unit: Unit = "images"

    def batches(self, loaded: Loaded, rows: "Dataset", size: int) -> list[Batch]:
        from autogpt.studio.kinds.image import pixel_batches

        return [*pixel_batches(loaded, _some(rows, size), size)]

    def answers(self, loaded: Loaded, rows: "Dataset") -> list[Hashable]:
        said = cast("list[dict[str, str]]", kind_of("image-classification").predict(loaded, rows))
        return [answer["label"] for answer in said]


def text_rows(loaded: Loaded, rows: "Dataset") -> Rows:
    """Rows of a model that writes, as tokens with labels where it is to write; of pairs, the better answer."""
    task = loaded.checkpoint.task
    if task not in ("preference", "policy-gradient"):
        return cast(Any, kind_of(task)).encode(loaded, rows)
    from datasets import Dataset

    from autogpt.studio.kinds.preference import encode_pairs

    if task == "preference":
        return encode_pairs(loaded, rows)
    answers = [str(answer) for answer in rows["answer"]]
    pairs = {"prompt": list(rows["prompt"]), "chosen": answers, "rejected": answers}
    return encode_pairs(loaded, Dataset.from_dict(pairs))


def text_batch(loaded: Loaded) -> Callable[[Sequence[Row]], dict[str, torch.Tensor]]:
    """How such rows become a batch."""
    if loaded.checkpoint.task == "seq2seq":
        from autogpt.studio.kinds.seq2seq import batch_of

        return lambda rows: batch_of(loaded, rows)
    from autogpt.studio.lm.trainer import collate

    return collate(loaded.tokenizer)


def _texts(loaded: Loaded, texts: Sequence[str]) -> Rows:
    encoded = cast(Any, loaded.tokenizer)(list(texts), truncation=True, max_length=loaded.checkpoint.max_length)
    return Rows([{"input_ids": ids} for ids in encoded["input_ids"]])


def _some(rows: "Dataset", size: int) -> "Dataset":
    return rows.select(range(min(len(rows), MOST * size)))


def _in_order(rows: Rows, size: int, collate: Callable[[Sequence[Row]], Batch]) -> list[Batch]:
    found = [collate([rows[place] for place in places]) for places in in_batches(rows.lengths, size)]
    step = max(1, -(-len(found) // MOST))  # a text may have become several rows
    return found[::step]


def _without_sureness(prediction: JsonValue) -> JsonValue:
    match prediction:
        case dict():
            return {name: _without_sureness(value) for name, value in prediction.items() if name not in _SURENESS}
        case list():
            return [_without_sureness(value) for value in prediction]
        case _:
            return prediction


def _plain(value: JsonValue) -> str:
    import json

    return json.dumps(value, sort_keys=True)


_SURENESS = ("score", "scores", "probability", "probabilities")
