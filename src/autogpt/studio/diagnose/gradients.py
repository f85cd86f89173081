"""Gradients: of the loss each task is trained by, on some rows, so that layers that learn nothing more are seen."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import torch
from torch.nn import functional

from autogpt.studio.compress.encoder import TASKS, encoder_kind, gold, loss
from autogpt.studio.diagnose.subject import answerable
from autogpt.studio.kind import Loaded, kind_of
from autogpt.studio.rows import Collate, Rows, in_batches

if TYPE_CHECKING:
    from datasets import Dataset

_MOST = 400_000_000
"""Parameters up to which gradients are computed: they take as much memory again."""

Losses = Iterator[tuple[torch.Tensor, int]]
"""The summed loss of a batch, and over how many things it was summed."""


def gradients(loaded: Loaded, rows: "Dataset") -> dict[str, float]:
    """Norm of the gradient of the mean loss by tensor; nothing for networks too large, and where no loss is known."""
    network: Any = loaded.network
    if network.num_parameters() > _MOST:
        return {}
    asked = {name: parameter.requires_grad for name, parameter in network.named_parameters()}
    network.eval()
    network.requires_grad_(True)
    network.zero_grad()
    count = 0
    known = answerable(loaded, rows)
    for value, things in _losses(loaded, known) if len(known) else ():
        value.backward()
        count += things
    found = {
        name: float(parameter.grad.norm()) / max(count, 1)
        for name, parameter in network.named_parameters()
        if parameter.grad is not None
    }
    network.zero_grad()
    for name, parameter in network.named_parameters():
        parameter.requires_grad_(asked[name])
    return {name: value for name, value in found.items() if math.isfinite(value)}


def _losses(loaded: Loaded, rows: "Dataset") -> Losses:
    match task := loaded.checkpoint.task:
        case _ if task in TASKS:
            return _of_encoder(loaded, rows)
        case "image-classification":
            return _of_images(loaded, rows)
        case "causal-lm" | "sft" | "seq2seq":
            return _of_language(loaded, rows)
        case "masked-lm":
            return _of_masked(loaded, rows)
        case "embedding" | "recommendation":
            return _of_contrast(loaded, rows)
        case "preference" | "reward":
            return _of_pairs(loaded, rows)
        case _:
            return iter(())


def _of_encoder(loaded: Loaded, rows: "Dataset") -> Losses:
    encoded = encoder_kind(loaded.checkpoint.task).encode(loaded, rows, loaded.checkpoint.max_length)
    collate = Collate(loaded.tokenizer, gold)
    for places in in_batches(encoded.lengths, 16):
        batch = _on(loaded, collate([encoded[place] for place in places]))
        labels = batch.pop("labels")
        yield loss(_logits(loaded, batch), labels) * len(places), len(places)


def _of_images(loaded: Loaded, rows: "Dataset") -> Losses:
    import numpy as np

    from autogpt.studio.kinds.pixels import Pixels

    pixels = cast(Pixels, loaded.tokenizer)
    ids = {label: id for id, label in enumerate(loaded.checkpoint.labels)}
    known = [(path, label) for path, label in zip(rows["image"], rows["label"], strict=True) if label in ids]
    for start in range(0, len(known), 16):
        some = known[start : start + 16]
        values = pixels.values(np.stack([pixels.decode(Path(path)) for path, _ in some]))
        batch = _on(loaded, {"pixel_values": torch.from_numpy(values)})
        labels = torch.tensor([ids[label] for _, label in some], device=loaded.network.device)
        yield functional.cross_entropy(_logits(loaded, batch), labels, reduction="sum"), len(some)


def _of_language(loaded: Loaded, rows: "Dataset") -> Losses:
    from autogpt.studio.lm.trainer import padded_labels

    kind: Any = kind_of(loaded.checkpoint.task)
    encoded = cast(Rows, kind.encode(loaded, rows))
    for places in in_batches(encoded.lengths, 4):
        some = [encoded[place] for place in places]
        batch = _on(loaded, Collate(loaded.tokenizer)([{"input_ids": row["input_ids"]} for row in some]))
        labels = padded_labels(some, max(len(row["labels"]) for row in some)).to(loaded.network.device)
        if loaded.checkpoint.task == "seq2seq":
            network: Any = loaded.network
            batch["decoder_input_ids"] = network.prepare_decoder_input_ids_from_labels(labels)
            logits, targets = _logits(loaded, batch), labels
        else:
            logits, targets = _logits(loaded, batch)[:, :-1], labels[:, 1:]
        yield functional.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="sum"), _count(targets)


def _of_masked(loaded: Loaded, rows: "Dataset") -> Losses:
    from autogpt.studio.kinds.hiding import Hiding, cross_entropy, pad_labels
    from autogpt.studio.kinds.masked import MaskedLm

    hidden = Hiding(MaskedLm().encode(loaded, rows, loaded.checkpoint.max_length), loaded.tokenizer, seed=0)
    collate = Collate(loaded.tokenizer, pad_labels)
    for places in in_batches(hidden.lengths, 8):
        batch = _on(loaded, collate([hidden[place] for place in places]))
        labels = batch.pop("labels")
        yield cross_entropy(_logits(loaded, batch), labels), _count(labels)


def _of_contrast(loaded: Loaded, rows: "Dataset") -> Losses:
    """Each batch is its own contrast, so the rows are taken as they come."""
    from autogpt.studio.contrast import Pairs, Side, contrast, mean_state
    from autogpt.studio.kinds.recommend import history_texts

    taken = loaded.checkpoint.task == "recommendation"
    texts = [history_texts(rows), list(rows["item"])] if taken else [list(rows["text"]), list(rows["text_pair"])]
    tokenizer: Any = loaded.tokenizer
    sides = [tokenizer(one, truncation=True, max_length=loaded.checkpoint.max_length)["input_ids"] for one in texts]
    recipe = loaded.checkpoint.recipe
    heat = float(cast(float, recipe.options.get("temperature", 0.05))) if recipe else 0.05
    pairs = [{"input_ids": one, "pair_ids": other} for one, other in zip(*sides, strict=True)]
    for start in range(0, len(pairs), 16):
        some = pairs[start : start + 16]
        if len(some) > 1:
            batch = _on(loaded, Pairs(Side(loaded.tokenizer))(some))
            yield contrast(mean_state(loaded.network, batch), batch["input_ids"], heat) * len(some), len(some)


def _of_pairs(loaded: Loaded, rows: "Dataset") -> Losses:
    from autogpt.studio.kinds.preference import encode_pairs, model_before
    from autogpt.studio.lm.pairs import PairCollate, odds, odds_of

    pairs, network = encode_pairs(loaded, rows), cast(Any, loaded.network)
    collate, reward = PairCollate(loaded.tokenizer), loaded.checkpoint.task == "reward"
    before = None if reward else model_before(loaded)
    then = odds(before, loaded.tokenizer, pairs, 4) if before is not None else [0.0] * len(pairs)
    recipe = loaded.checkpoint.recipe
    beta = float(str(recipe.options.get("beta", 0.1))) if recipe else 0.1
    for places in in_batches(pairs.lengths, 4):
        batch = _on(loaded, collate([pairs[place] for place in places]))
        if reward:
            inputs = {name: batch[name] for name in ("input_ids", "attention_mask")}
            chosen, rejected = _logits(loaded, inputs)[:, 0].chunk(2)
            leads = chosen - rejected
        else:
            known = torch.tensor([then[place] for place in places], device=network.device)
            leads = beta * (odds_of(network, batch, share=False) - known)
        yield -functional.logsigmoid(leads).sum(), len(places)


def _logits(loaded: Loaded, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    network: Any = loaded.network
    return network(**batch).logits.float()


def _on(loaded: Loaded, batch: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name: value.to(loaded.network.device) for name, value in batch.items()}


def _count(labels: torch.Tensor) -> int:
    return int((labels != -100).sum())
