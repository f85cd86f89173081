"""Prune: heads, neurons and layers that matter least are cut out, and the rest learns to do without them."""

import copy
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import torch
from pydantic import Field
from torch import nn

from autogpt.core.errors import UsageError
from autogpt.core.schema import JsonValue, Value
from autogpt.studio.checkpoint import read_checkpoint, write_checkpoint
from autogpt.studio.compress.bookmark import Bookmark, identity
from autogpt.studio.compress.encoder import child, free, read_whole
from autogpt.studio.compress.importance import importance, least_needed, most_turning
from autogpt.studio.compress.recover import recover
from autogpt.studio.compress.resize import blocks, is_llama, keep_heads, keep_layers, keep_neurons, settle, sizes
from autogpt.studio.compress.shrunk import Shrunk, compare
from autogpt.studio.compress.subject import subject
from autogpt.studio.compress.teach import Lessons, teach
from autogpt.studio.kind import Loaded
from autogpt.studio.model import load, save
from autogpt.studio.report import OnAdvance
from autogpt.studio.unknown import all_known

if TYPE_CHECKING:
    from datasets import Dataset
    from transformers import PreTrainedModel

Share = Annotated[float, Field(gt=0, le=1)]


class Cut(Value):
    """What is left of a network. The defaults make encoders about 1.6 times faster for less than a point of accuracy.

    Layers count most where one text is asked at a time, so they go first (benchmarks/results/studio/shrink.md).
    Decoders bear less, see `of`.
    """

    heads: Share = 0.75
    """Share of the attention heads that stays."""
    neurons: Share = 0.67
    """Share of the inner neurons of the feed-forward parts that stays."""
    layers: Annotated[int, Field(ge=1)] | None = None
    """Layers that stay; None: as many as `depth` says."""
    depth: Share = 2 / 3
    """Share of the layers that stays where `layers` does not say how many."""
    judged_on: Annotated[int, Field(ge=1)] = 256
    """Rows of the training set that importance is judged on."""

    def layers_of(self, whole: int) -> int:
        """How many of so many layers stay.

        >>> [Cut().layers_of(whole) for whole in (1, 2, 6, 12)]
        [1, 1, 4, 8]
        """
        return self.layers or max(1, round(whole * self.depth))

    def of(self, network: "PreTrainedModel", task: str = "") -> "Cut":
        """The same, with what was not given as it was measured best for a network that is built like this one."""
        if not is_llama(blocks(network)[0]):
            tagger = task == "token-classification" and "depth" not in self.model_fields_set
            return self.model_copy(update={"depth": _TAGGER_DEPTH}) if tagger else self
        return _DECODER.model_copy(update={name: getattr(self, name) for name in self.model_fields_set})

    def fits(self, name: str, whole: int) -> None:
        """Raises UsageError if the network of that name, of so many layers, has fewer than are to stay."""
        if self.layers is not None and self.layers > whole:
            raise UsageError(f"{name!r} has {whole} layers, {self.layers} cannot be kept of them")


_TAGGER_DEPTH = 0.75
"""Names in texts need more layers than what a text is about: of UNER eight of twelve lost 0.9 to 2.5 points, nine none
(benchmarks/results/studio/shrink.md)."""
_DECODER = Cut(heads=1, neurons=0.75, depth=0.8)
"""For the same speed, heads cost a language model the most and inner neurons the least; a third of the layers as well
takes more than minutes of recovery bring back (benchmarks/results/studio/shrink_lm.md)."""


class Stays(Value):
    """The places in a network that stay: its layers, and in each of these the heads and inner neurons."""

    layers: tuple[int, ...]
    heads: tuple[tuple[int, ...], ...]
    neurons: tuple[tuple[int, ...], ...]


def prune(
    folder: Path,
    target: Path,
    *,
    train: "Dataset",
    rows: "Dataset",
    cut: Cut | None = None,
    lessons: Lessons | None = None,
    aside: "Dataset | None" = None,
    seconds: float = 6.0,
    work: Path | None = None,
    on_advance: OnAdvance = lambda _: None,
) -> Shrunk:
    """Prune the checkpoint in `folder` by structure and let it recover, into the new folder `target`.

    Whole heads, neurons and layers go, so that what is left is a smaller network and faster on any machine; of a
    decoder whole groups of heads that share keys and values, and as much from each layer. Which matter least is judged
    over all layers together, of a decoder in each. Recovery learns from the labels and from the network as it was.
    What `cut` and `lessons` do not give is as it was measured best for the kind of network.
    train: rows with labels to judge and to recover on. rows: held-out rows that quality and speed are told on.
    aside: rows that are neither; by them it goes on recovering where `lessons` do not say how long (see `recover`).
    seconds: how long each speed is measured. work: a folder for what a call that was killed leaves for the next one,
    which goes on to the same weights; the caller removes it. None: nothing is kept.
    Raises UsageError for a network that is built neither like BERT or MPNet nor like Llama, a cut that it has not
    enough layers for, or a `work` that is damaged or from another cut, other rows or lessons.
    """
    started = time.perf_counter()
    free(target)
    subject(read_checkpoint(folder).task)
    before = read_whole(folder)
    all_known(before.checkpoint, train, rows, aside)
    aside = None if lessons is not None and "epochs" in lessons.model_fields_set else aside
    cut, lessons = (
        (cut or Cut()).of(before.network, before.checkpoint.task),
        (lessons or Lessons()).of(before.checkpoint.task),
    )
    cut.fits(before.checkpoint.name, len(blocks(before.network)))
    bookmark = _bookmark(work, before, train, cut, lessons)
    judged = train.shuffle(seed=lessons.seed).select(range(min(len(train), cut.judged_on)))
    stays = bookmark.once("stays", Stays, lambda: judge(before, judged, cut, on_advance))
    after = _copy(before, target.name)
    _take_out(after, stays)
    found = cast(list[JsonValue], sizes(after.network))
    shape = {**before.checkpoint.shape, **settle(after.network)}
    after.checkpoint = after.checkpoint.model_copy(update={"shape": shape})
    learned = recover(after, before, train, lessons, stays.layers, aside, bookmark, on_advance)
    extra: dict[str, JsonValue] = {"layers": found, "kept_layers": list[JsonValue](stays.layers), **learned}
    return finish(before, after, target, rows, "pruned", started, seconds, on_advance, extra)


def judge(before: Loaded, rows: "Dataset", cut: Cut, on_advance: OnAdvance = lambda _: None) -> Stays:
    """What of a network matters most on these rows, as much of it as the cut leaves. The network stays as it is.

    Layers of an encoder are judged by the loss without them, those of a decoder, of which there are many, in one pass.
    """
    tried = _copy(before, before.checkpoint.name)
    whole = len(blocks(tried.network))
    layers = list(range(whole))
    if cut.layers_of(whole) < whole:
        choose = most_turning if is_llama(blocks(tried.network)[0]) else least_needed
        layers = choose(tried, rows, cut.layers_of(whole), on_advance)
        keep_layers(tried.network, layers)
    heads, neurons = importance(tried, rows, on_advance)
    # Multiples of 16 fill the vector registers of the matrix product.
    width = min(len(score) for score in neurons)
    step = 16 if width >= 128 else 1
    alike = is_llama(blocks(tried.network)[0])
    return Stays(
        layers=tuple(layers),
        heads=_best(heads, cut.heads, least=1, step=1, alike=alike),
        neurons=_best(neurons, cut.neurons, least=max(1, width // 8), step=step, alike=alike),
    )


def prune_weights(
    folder: Path,
    target: Path,
    *,
    train: "Dataset",
    rows: "Dataset",
    share: float = 0.5,
    lessons: Lessons | None = None,
    seconds: float = 6.0,
    work: Path | None = None,
    on_advance: OnAdvance = lambda _: None,
) -> Shrunk:
    """Set the smallest weights to zero (by magnitude, over all linear layers of the body), and let the rest recover.

    It brings neither speed nor size: zeros are multiplied and stored like other numbers, unless an engine for sparse
    networks runs them or the folder is zipped. Use `prune` for speed. share: of the weights that go, from 0 to 1.
    work: see `prune`.
    """
    started = time.perf_counter()
    free(target)
    check_share(share)
    subject(read_checkpoint(folder).task)
    before = read_whole(folder)
    all_known(before.checkpoint, train, rows)
    lessons = (lessons or Lessons()).of(before.checkpoint.task)
    after = _copy(before, target.name)
    linears = [module for module in blocks(after.network).modules() if isinstance(module, nn.Linear)]
    sizes_ = torch.cat([linear.weight.detach().abs().flatten() for linear in linears])
    threshold = float(sizes_.kthvalue(max(1, int(share * len(sizes_)))).values)
    masks = [linear.weight.detach().abs() > threshold for linear in linears]
    hold = _holder(linears, masks)
    hold()
    matched = list(range(len(blocks(after.network))))
    bookmark = _bookmark(work, before, train, share, lessons)
    losses = teach(
        after,
        train,
        lessons,
        teacher=before,
        matched=matched,
        after_step=hold,
        bookmark=bookmark,
        on_advance=on_advance,
    )
    zeros = sum(int((linear.weight == 0).sum()) for linear in linears) / len(sizes_)
    extra: dict[str, JsonValue] = {
        "zeros": round(zeros, 4),
        "epochs": lessons.epochs,
        "losses": list[JsonValue](losses),
    }
    return finish(before, after, target, rows, "weights set to zero", started, seconds, on_advance, extra)


def check_share(share: float) -> None:
    """Raises UsageError for a share of the weights that is none."""
    if not 0 < share < 1:
        raise UsageError(f"the share of weights that go is {share}; it lies between 0 and 1")


def finish(
    before: Loaded,
    after: Loaded,
    target: Path,
    rows: "Dataset",
    method: str,
    started: float,
    seconds: float,
    on_advance: OnAdvance,
    extra: dict[str, JsonValue],
) -> Shrunk:
    """Write the smaller network, read it again as a user would, and measure what was read."""
    save(after, target)
    after = load(target)
    shrunk = compare(
        before,
        after,
        rows,
        method=method,
        started=started,
        seconds=seconds,
        on_advance=on_advance,
        extra=extra,
    )
    scores = {f"eval/{name}": value for name, value in shrunk.after.values.items()}
    write_checkpoint(target, after.checkpoint.model_copy(update={"scores": scores}))
    return shrunk


def _copy(before: Loaded, name: str) -> Loaded:
    card = child(before.checkpoint, name, before.checkpoint.shape)
    return Loaded(copy.deepcopy(before.network), before.tokenizer, card)


def _bookmark(work: Path | None, before: Loaded, train: "Dataset", cut: Cut | float, lessons: Lessons) -> Bookmark:
    if work is None:
        return Bookmark()
    size = cut.model_dump(mode="json") if isinstance(cut, Cut) else cut
    return Bookmark(work, identity(before.checkpoint, train, size, lessons.model_dump(mode="json")))


def _take_out(after: Loaded, stays: Stays) -> None:
    """Take out all that does not stay."""
    keep_layers(after.network, stays.layers)
    for layer, heads, neurons in zip(blocks(after.network), stays.heads, stays.neurons, strict=True):
        keep_heads(layer, heads)
        keep_neurons(layer, torch.tensor(neurons))


def _best(
    scores: Sequence[torch.Tensor], share: float, *, least: int, step: int, alike: bool
) -> tuple[tuple[int, ...], ...]:
    """For each layer the places that stay, in order: the best `share` of all, at least `least` in a layer.

    Each layer's count is rounded up to a multiple of step. alike: as many in each layer, the best `share` of it.
    """
    together = torch.cat(list(scores)).sort(descending=True).values
    threshold = float(together[max(1, round(share * len(together))) - 1])
    kept: list[tuple[int, ...]] = []
    for score in scores:
        count = max(least, round(share * len(score)) if alike else int((score >= threshold).sum()))
        count = min(len(score), -(-count // step) * step)
        kept.append(tuple(sorted(score.topk(count).indices.tolist())))
    return tuple(kept)


def _holder(linears: Sequence[nn.Linear], masks: Sequence[torch.Tensor]) -> Callable[[], None]:
    def hold() -> None:
        with torch.no_grad():
            for linear, mask in zip(linears, masks, strict=True):
                linear.weight.mul_(mask)

    return hold
