"""Weights: how large they are and how large their gradients, so that dead, exploding or untouched layers are seen."""

import math
import re
from collections import defaultdict
from typing import TYPE_CHECKING, cast

import torch
from torch import nn

from autogpt.core.schema import JsonValue
from autogpt.locale import say
from autogpt.studio.diagnose import charts
from autogpt.studio.diagnose.gradients import gradients
from autogpt.studio.diagnose.section import Picture, Section, Table
from autogpt.studio.diagnose.subject import sampled
from autogpt.studio.graph import OnnxNetwork
from autogpt.studio.kind import Loaded

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
    pulls = gradients(loaded, sampled(rows, most))
    table: list[list[str | float | int]] = []
    facts: dict[str, JsonValue] = {}
    broken: list[str] = []
    by_block: dict[str, list[float]] = defaultdict(list)
    for name, parameter in network.named_parameters():
        value = parameter.detach().float()
        if not bool(torch.isfinite(value).all()):
            broken.append(name)
            continue
        norm, gradient = float(value.norm()), pulls.get(name, 0.0)
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
    if pulls:
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
            ),
            say(
                "The gradient says how much each block would still change if it were trained on these rows: near 0 "
                "everywhere is a model that has learned them; where one block stands out, further training would "
                "change that one most."
            )
            if pulls
            else say("Gradients are left out: the network is too large for them, or its task has no loss on rows."),
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
    >>> block("decoder.block.1.layer.0.SelfAttention.q.weight"), block("encoder.block.1.layer.0.SelfAttention.q.weight")
    ('decoder layer 1', 'layer 1')
    >>> block("resnet.encoder.stages.2.layers.0.layer.1.convolution.weight")
    'stage 2 layer 0'
    """
    if numbered := re.search(r"\.(?:layers?|h|block)\.(\d+)\.", name):
        stage = re.search(r"\.stages\.(\d+)\.", name)
        within = f"stage {stage.group(1)} " if stage else "decoder " if re.search(r"\bdecoder\b", name) else ""
        return f"{within}layer {numbered.group(1)}"
    if "embed" in name or ".wte." in name or name == "shared.weight":
        return "embeddings"
    parts = [part for part in name.split(".") if part not in ("weight", "bias", "dense")]
    return parts[-1] if parts else name
