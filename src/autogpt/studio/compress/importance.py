"""Importance: how much the loss would change without a head, a neuron or a layer, judged on rows."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import nn
from torch.nn import functional

from autogpt.studio.compress.resize import blocks, heads_of, is_llama, outputs_of, put_blocks
from autogpt.studio.compress.subject import Batch, Subject, subject
from autogpt.studio.kind import Loaded
from autogpt.studio.report import Advance, OnAdvance
from autogpt.studio.rows import in_batches

if TYPE_CHECKING:
    from datasets import Dataset


def importance(
    loaded: Loaded, rows: "Dataset", on_advance: OnAdvance = lambda _: None
) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    """For each layer the importance of its heads (heads,) and of its inner neurons (neurons,).

    First-order Taylor (Michel et al. 2019, arXiv:1905.10650; Molchanov et al. 2019, arXiv:1906.10771): output times
    gradient, summed over the tokens of a row, its size averaged over the rows. Divided by each layer's norm, so that
    layers can be compared.
    """
    layers = [cast(Any, layer) for layer in blocks(loaded.network)]
    watched = [linear for layer in layers for linear in outputs_of(layer)]
    seen: dict[int, torch.Tensor] = {}
    hooks = [linear.register_forward_pre_hook(_keep(seen, place)) for place, linear in enumerate(watched)]
    scores = [torch.zeros(linear.in_features) for linear in watched]
    heads = [torch.zeros(heads_of(layer)) for layer in layers]
    topic = subject(loaded.checkpoint.task)
    loaded.network.eval()
    batches = _batches(loaded, rows)
    try:
        for done, batch in enumerate(batches):
            on_advance(Advance(stage="importance", done=done, total=len(batches)))
            loaded.network.zero_grad()
            topic.ask(loaded.network, batch).loss.backward()
            for place, value in seen.items():
                gradient = value.grad
                assert gradient is not None
                effect = (value.detach() * gradient).sum(1)  # (rows, inputs)
                if place % 2:
                    scores[place] += effect.abs().sum(0)
                else:
                    by_head = effect.view(len(effect), len(heads[place // 2]), -1).sum(-1)
                    heads[place // 2] += by_head.abs().sum(0)
    finally:
        for hook in hooks:
            hook.remove()
    loaded.network.zero_grad()
    on_advance(Advance(stage="importance", done=len(batches), total=len(batches)))
    return [_scaled(score) for score in heads], [_scaled(score) for score in scores[1::2]]


def least_needed(loaded: Loaded, rows: "Dataset", keep: int, on_advance: OnAdvance = lambda _: None) -> list[int]:
    """The layers to keep, in order: one after another the layer is left out without which the loss is lowest.

    A quarter of the rows says which few come into question, the others which of these it is.
    """
    network = loaded.network
    whole = list(blocks(network))
    topic = subject(loaded.checkpoint.task)
    batches = _batches(loaded, rows, most=_ENOUGH_FOR_LAYERS)
    first = range(0, len(batches), 4)  # short texts and long ones
    order = [*first, *(at for at in range(len(batches)) if at % 4)]
    kept = list(range(len(whole)))
    total = max(0, len(kept) - keep) * len(batches)
    network.eval()
    on_advance(Advance(stage="layers", total=total))
    try:
        while len(kept) > keep:
            done = (len(whole) - len(kept)) * len(batches)
            costs = dict.fromkeys(range(len(kept)), 0.0)
            for number, at in enumerate(order):
                if number == len(first):
                    costs = {place: costs[place] for place in sorted(costs, key=costs.__getitem__)[:_FINALISTS]}
                layers = [whole[place] for place in kept]
                losses = losses_without(topic, network, layers, sorted(costs), batches[at])
                costs = {place: costs[place] + loss for place, loss in losses.items()}
                on_advance(Advance(stage="layers", done=done + number + 1, total=total))
            del kept[min(costs, key=costs.__getitem__)]
    finally:
        put_blocks(network, whole)
    return kept


_FINALISTS = 4
"""Layers that all rows are asked about, each time one is left out."""
_ENOUGH_FOR_LAYERS = 8_192
"""Tokens that layers of an encoder are judged on."""


def losses_without(
    topic: Subject, network: Any, layers: Sequence[nn.Module], places: Sequence[int], batch: Batch
) -> dict[int, float]:
    """The loss of a batch without each of the layers at these places, in turn.

    Below the layer that is left out nothing changes, so those states are made once for all.
    """
    states: list[Any] = []
    hooks = [layer.register_forward_hook(lambda _, __, state: states.append(state)) for layer in layers[: max(places)]]
    losses: dict[int, float] = {}
    with torch.inference_mode():
        try:
            put_blocks(network, [*layers[: max(places)]] or layers)
            topic.ask(network, batch)
        finally:
            for hook in hooks:
                hook.remove()
        for place in places:
            below = [_Held(states[place - 1])] if place else []
            put_blocks(network, [*below, *layers[place + 1 :]])
            losses[place] = float(topic.ask(network, batch).loss)
    return losses


class _Held(nn.Module):
    """Stands for layers whose output is known."""

    def __init__(self, state: Any) -> None:
        super().__init__()
        self._state = state

    def forward(self, *_: Any, **__: Any) -> Any:
        return self._state


def most_turning(loaded: Loaded, rows: "Dataset", keep: int, on_advance: OnAdvance = lambda _: None) -> list[int]:
    """The layers to keep, in order: those that turn the residual stream the most, by 1 - cos of what goes in and what
    comes out, averaged over the tokens (block influence, Men et al. 2024, arXiv:2403.03853).

    Of 30 layers a third went by it to no higher loss than by the loss without each, at a tenth of the work; leaving
    out one after another, as `least_needed` does, would take hundreds of passes.
    """
    network = loaded.network
    layers = blocks(network)
    turns, hooks = [0.0] * len(layers), list[Any]()
    mask = torch.ones(0, dtype=torch.bool)

    def watch(place: int) -> Any:
        def hook(_: nn.Module, inputs: tuple[Any, ...], outputs: Any) -> None:
            after = outputs[0] if isinstance(outputs, tuple) else outputs
            likeness = functional.cosine_similarity(inputs[0].float(), after.float(), dim=-1)
            turns[place] += float((1 - likeness)[mask].sum())

        return hook

    topic = subject(loaded.checkpoint.task)
    network.eval()
    try:
        hooks += [layer.register_forward_hook(watch(place)) for place, layer in enumerate(layers)]
        with torch.inference_mode():
            batches = _batches(loaded, rows)
            for done, batch in enumerate(batches):
                on_advance(Advance(stage="layers", done=done, total=len(batches)))
                mask = batch["attention_mask"].bool()
                topic.ask(network, batch)
            on_advance(Advance(stage="layers", done=len(batches), total=len(batches)))
    finally:
        for hook in hooks:
            hook.remove()
    return sorted(sorted(range(len(layers)), key=lambda place: -turns[place])[:keep])


def _batches(loaded: Loaded, rows: "Dataset", most: int | None = None) -> list[Batch]:
    """The rows as batches, as many as have `most` tokens; None: all of an encoder's, and of texts that a decoder reads
    as many as are enough, in small ones, for each of their tokens has a place for every word of the vocabulary."""
    topic = subject(loaded.checkpoint.task)
    encoded, collate = topic.rows(loaded, rows), topic.collate(loaded)
    decoder = is_llama(blocks(loaded.network)[0])
    most = most or (_ENOUGH if decoder else sum(encoded.lengths))
    few: list[int] = []
    for place, length in enumerate(encoded.lengths):
        if few and sum(encoded.lengths[at] for at in few) + length > most:
            break
        few.append(place)
    found = in_batches([encoded.lengths[at] for at in few], 4 if decoder else 16)
    return [collate([encoded[few[at]] for at in places]) for places in found]


_ENOUGH = 4_096
"""Tokens that a decoder is judged on."""


def _keep(seen: dict[int, torch.Tensor], place: int) -> Any:
    def hook(_: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
        inputs[0].retain_grad()
        seen[place] = inputs[0]

    return hook


def _scaled(score: torch.Tensor) -> torch.Tensor:
    return score / score.norm().clamp(min=1e-12)
