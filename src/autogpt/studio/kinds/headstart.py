"""A head start for a fresh classifier: its layers are fitted to the body's features before the body is trained.

A random head sends random gradients through the body in the first steps and damages what it knows; fitting the head
first keeps it (linear probing, then fine-tuning: Kumar et al. 2022, arXiv:2202.10054).

For names it decides whether anything is learned at all. E5's token states lie close together (length 5.2, their mean
4.4, spread 0.15 a dimension), so to a random head all words look alike and "all O" is the best it can say: WNUT-17 came
out with F1 0 after 2,000 sentences, and 20 of its sentences took 44 steps to yield the first entity. A head fitted
to centred states of 250 sentences gives F1 .26 to .34 on the dev rows before the body is touched.
"""

from typing import TYPE_CHECKING, Any, cast

from autogpt.studio.kind import Loaded
from autogpt.studio.network import last_linear, plain

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

    from autogpt.studio.rows import Rows

_MOST = 3_000
"""Rows the head is fitted to; more hardly move it."""
_RIDGE = 5.0
_RIDGE_TOKENS = 10.0
"""Of 2, 10 and 40 the best on E5, untrained body: WNUT-17, 250 sentences, F1 on 150 of dev .320 .337 .296; UNER
Chinese, 120 and 150 sentences, .277 .303 .269. Weighing rare tags up by the root of their rareness: .318 and .307."""


def fit_head(loaded: Loaded, rows: "Rows", seed: int, most: int = _MOST) -> None:
    """Set the head so that its logits are those of a regularised linear classifier over the untrained body.

    Rows with a list of integers as labels are tagged token by token; -100 does not count.
    """
    import torch

    places = torch.randperm(len(rows), generator=torch.Generator().manual_seed(seed))[:most].tolist()
    by_token = loaded.checkpoint.task == "token-classification"
    if not by_token:
        _open_dense(loaded, rows, places[:64])
    features = _features(loaded, rows, places, by_token=by_token)
    if by_token:
        gold = torch.cat([torch.tensor(rows[place]["labels"]) for place in places])
        features, gold = features[gold != -100], gold[gold != -100]
    else:
        gold = torch.tensor([rows[place]["labels"] for place in places])
    head = last_linear(loaded.network)
    biased = head.bias is not None  # pyright: ignore[reportUnnecessaryComparison] - None without bias
    ridge = _RIDGE_TOKENS if by_token else _RIDGE
    weight, bias = _fit(features, gold, len(loaded.checkpoint.labels), ridge, biased=biased)
    with torch.no_grad():
        head.weight.copy_(weight)
        if biased:
            head.bias.copy_(bias)
    cast(Any, loaded.network).fresh_head = False


def _open_dense(loaded: Loaded, rows: "Rows", places: list[int]) -> None:
    """Make the square layer between body and classifier, if there is a fresh one, pass its input on.

    It is followed by a tanh: features are scaled to stay where that is nearly straight.
    """
    import torch

    dense = _dense(loaded.network)
    if dense is None:
        return
    seen: list[torch.Tensor] = []
    hook = dense.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0].detach()))
    _features(loaded, rows, places, by_token=False)
    hook.remove()
    mean = torch.cat(seen).mean(0)
    # A body that says nearly the same of every text is not blown up: its gradients would be as well.
    scale = 0.5 / float((torch.cat(seen) - mean).std().clamp(min=0.2))
    with torch.no_grad():
        dense.weight.copy_(torch.eye(dense.in_features) * scale)
        dense.bias.copy_(-mean * scale)


def _dense(network: "PreTrainedModel") -> "torch.nn.Linear | None":
    inner = plain(network)
    body = getattr(inner, inner.base_model_prefix)
    head = getattr(inner, "classifier", None)
    places = (getattr(getattr(body, "pooler", None), "dense", None), getattr(head, "dense", None))
    return next((dense for dense in places if dense is not None), None)


def _features(loaded: Loaded, rows: "Rows", places: list[int], *, by_token: bool) -> "torch.Tensor":
    """What goes into the last layer (rows, width), in the order of places; by_token: (tokens, width)."""
    import torch

    from autogpt.studio.rows import Collate, in_batches

    seen: list[torch.Tensor] = []
    hook = last_linear(loaded.network).register_forward_pre_hook(
        lambda _, inputs: seen.append(inputs[0].detach().float().cpu())
    )
    collate = Collate(loaded.tokenizer)
    loaded.network.eval()
    found: list[tuple[int, torch.Tensor]] = []
    for batch in in_batches([rows.lengths[place] for place in places], 32):
        inputs = collate([rows[places[at]] for at in batch])
        with torch.inference_mode():
            loaded.network(**{name: value.to(loaded.network.device) for name, value in inputs.items()})
        for at, states in zip(batch, seen.pop(), strict=True):
            if states.ndim == 1:
                states = states[None]
            elif by_token:
                states = states[: rows.lengths[places[at]]]
            else:  # a decoder judges every token, and the last one that is no padding counts
                ids = torch.tensor(rows[places[at]]["input_ids"])
                states = states[(ids != plain(loaded.network).config.pad_token_id).nonzero()[-1]]
            found.append((at, states))
    hook.remove()
    return torch.cat([states for _, states in sorted(found, key=lambda one: one[0])])


def _fit(
    features: "torch.Tensor", gold: "torch.Tensor", labels: int, ridge: float, *, biased: bool
) -> "tuple[torch.Tensor, torch.Tensor]":
    """Weight (labels, width) and bias (labels,) by ridge-penalised cross-entropy, over features of unit spread.

    biased: whether there is a bias, so that the features' mean can be taken away.
    """
    import torch
    from torch.nn import functional

    # One spread for all: to blow up dimensions that hardly vary made weights that no fine-tuning could tame.
    mean = features.mean(0)
    spread = (features - mean).std().clamp(min=0.1)
    scaled = (features - mean * biased) / spread
    weight = torch.zeros(labels, features.shape[1], requires_grad=True)
    bias = torch.zeros(labels, requires_grad=biased)
    solver = torch.optim.LBFGS([weight, bias][: 1 + biased], max_iter=60, line_search_fn="strong_wolfe")
    many = gold.ndim == 2

    def closure() -> torch.Tensor:
        solver.zero_grad()
        logits = scaled @ weight.T + bias
        loss = (
            functional.binary_cross_entropy_with_logits(logits, gold, reduction="sum")
            if many
            else functional.cross_entropy(logits, gold, reduction="sum")
        )
        loss = (loss + ridge * weight.square().sum()) / len(gold)
        loss.backward()
        return loss

    solver.step(closure)
    found = weight.detach() / spread
    return found, bias.detach() - found @ mean
