"""Weights: how large they are and how large their gradients, so that dead, exploding or untouched layers are seen."""

import math
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import nn

from autogpt.core.schema import JsonValue
from autogpt.locale import say
from autogpt.studio.compress.encoder import TASKS, encoder_kind, gold, loss
from autogpt.studio.diagnose import charts
from autogpt.studio.diagnose.section import Picture, Section, Table
from autogpt.studio.graph import OnnxNetwork
from autogpt.studio.kind import Loaded
from autogpt.studio.rows import Collate, in_batches

if TYPE_CHECKING:
    from datasets import Dataset


def has_weights(network: nn.Module) -> bool:
    """Whether there are weights to look at, of a kind that has gradients."""
    return (
        not isinstance(network, OnnxNetwork)
        and all(
            parameter.is_floating_point() and type(parameter.data) is torch.Tensor for parameter in network.parameters()
        )
        and any(isinstance(module, nn.Linear) for module in network.modules())
    )


def weights(loaded: Loaded, rows: "Dataset", most: int = 64) -> Section:
    """Mean, spread and size of each tensor; and the gradient of the loss on some rows, as far as the task has one."""
    network = loaded.network
    gradients = _gradients(loaded, rows.select(range(min(len(rows), most))))
    table: list[list[str | float | int]] = []
    facts: dict[str, JsonValue] = {}
    broken: list[str] = []
    by_block: dict[str, list[float]] = defaultdict(list)
    for name, parameter in network.named_parameters():
        value = parameter.detach().float()
        if not bool(torch.isfinite(value).all()):
            broken.append(name)
            continue
        norm, gradient = float(value.norm()), gradients.get(name, 0.0)
        spread = float(value.std(unbiased=False))
        near = float((value.abs() < 1e-6).float().mean())
        ratio = gradient / norm if norm else 0.0
        shape = " x ".join(map(str, value.shape))
        table.append([name, shape, float(value.mean()), spread, float(value.abs().max()), near, gradient, ratio])
        facts[name] = {
            "shape": cast(JsonValue, list(value.shape)),
            "mean": float(value.mean()),
            "std": spread,
            "max": float(value.abs().max()),
            "zeros": near,
            "gradient": gradient,
        }
        by_block[block(name)].append(gradient)
    flow = [(name, math.sqrt(sum(value**2 for value in each))) for name, each in by_block.items()]
    zeros = sum(cast(float, row[5]) * math.prod(map(int, cast(str, row[1]).split(" x "))) for row in table if row[1])
    total = sum(parameter.numel() for parameter in network.parameters())
    parts: list[Picture | Table] = []
    if gradients:
        parts.append(
            Picture(
                charts.bars(flow),
                say("Norm of the gradient of the loss on {rows} rows, by block", rows=min(len(rows), most)),
            )
        )
    head = [say("tensor"), say("shape"), say("mean"), say("spread"), say("largest"), say("zeros")]
    head += [say("gradient"), say("gradient / norm")]
    parts.append(Table(head, table, say("Every tensor"), folded=True))
    return Section(
        name="weights",
        title=say("Weights and gradients"),
        said=[
            say(
                "{total} parameters in {tensors} tensors; {zeros} of them are zero.",
                total=f"{total:,}",
                tensors=f"{len(table):,}",
                zeros=f"{zeros / max(total, 1):.1%}",
            )
        ],
        parts=parts,
        facts=facts,
        warnings=[say("Weights that are not finite: {names}.", names=", ".join(broken[:6]))] if broken else [],
    )


def block(name: str) -> str:
    """The layer a tensor belongs to: 'embeddings', 'layer 3', or the name of what stands outside the layers.

    >>> block("bert.encoder.layer.3.output.dense.weight"), block("bert.embeddings.word_embeddings.weight")
    ('layer 3', 'embeddings')
    >>> block("model.layers.11.mlp.up_proj.weight"), block("classifier.weight")
    ('layer 11', 'classifier')
    """
    if numbered := re.search(r"\.(?:layers?|h|block)\.(\d+)\.", name):
        return f"layer {numbered.group(1)}"
    if "embed" in name or ".wte." in name:
        return "embeddings"
    parts = [part for part in name.split(".") if part not in ("weight", "bias", "dense")]
    return parts[-1] if parts else name


def _gradients(loaded: Loaded, rows: "Dataset") -> dict[str, float]:
    """Norm of the gradient of the mean loss by tensor; nothing for tasks whose loss is not one of labels."""
    if loaded.checkpoint.task not in TASKS:
        return {}
    network: Any = loaded.network
    encoded = encoder_kind(loaded.checkpoint.task).encode(loaded, rows, loaded.checkpoint.max_length)
    collate = Collate(loaded.tokenizer, gold)
    asked = {name: parameter.requires_grad for name, parameter in network.named_parameters()}
    network.eval()
    network.requires_grad_(True)
    network.zero_grad()
    for places in in_batches(encoded.lengths, 16):
        batch = collate([encoded[place] for place in places])
        labels = batch.pop("labels")
        (loss(network(**batch).logits, labels) * len(places) / len(encoded)).backward()
    found = {
        name: float(parameter.grad.norm())
        for name, parameter in network.named_parameters()
        if parameter.grad is not None
    }
    network.zero_grad()
    for name, parameter in network.named_parameters():
        parameter.requires_grad_(asked[name])
    return {name: value for name, value in found.items() if math.isfinite(value)}
