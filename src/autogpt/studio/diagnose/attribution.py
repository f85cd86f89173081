"""Attribution: which pieces of a text moved the answer, where attention goes, and how the texts lie to each other."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch

from autogpt.core.schema import JsonValue
from autogpt.locale import say
from autogpt.studio.diagnose import charts
from autogpt.studio.diagnose.answers import Answers
from autogpt.studio.diagnose.integrated import integrate
from autogpt.studio.diagnose.moved import figures, moved
from autogpt.studio.diagnose.section import Picture, Section, Words
from autogpt.studio.kind import Loaded
from autogpt.studio.network import last_linear

if TYPE_CHECKING:
    from datasets import Dataset


@dataclass(frozen=True)
class Attributed:
    """How much each piece adds to a label's logit, against a text of padding alone."""

    pieces: list[str]
    """Stretches of the text; together the whole of it (special tokens have none)."""
    values: list[float]
    logit: float
    baseline: float
    """The logit for the text of padding. The values add up to logit - baseline, but for `missing`."""
    missing: float


def attribute(loaded: Loaded, text: str, label: int, *, steps: int = 32) -> Attributed:
    """Integrated gradients over the token embeddings; see `integrated.integrate`."""
    network: Any = loaded.network
    tokenizer: Any = loaded.tokenizer
    one, _, other = text.partition("\n") if loaded.checkpoint.task == "text-pair" else (text, "", "")
    texts = (one, other) if loaded.checkpoint.task == "text-pair" else (one,)
    encoded = tokenizer(
        *texts,
        truncation=True,
        max_length=loaded.checkpoint.max_length,
        return_offsets_mapping=True,
        return_tensors="pt",
    )
    offsets = cast(torch.Tensor, encoded.pop("offset_mapping"))[0].tolist()
    spoken = encoded.sequence_ids(0)
    ids = cast(torch.Tensor, encoded["input_ids"])
    more = {name: value for name, value in encoded.items() if name != "input_ids"}

    def logit(batch: torch.Tensor) -> torch.Tensor:
        inputs = {name: cast(torch.Tensor, value).expand(len(batch), -1) for name, value in more.items()}
        return network(input_ids=batch, **inputs).logits[:, label]

    is_text = [sequence is not None for sequence in spoken]
    found = integrate(network, logit, ids, is_text, tokenizer.pad_token_id or 0, steps)
    pieces, weights = _pieces(texts, offsets, spoken, found.values)
    return Attributed(pieces, weights, found.logit, found.baseline, found.missing)


def attributions(loaded: Loaded, found: Answers, examples: int) -> Section:
    """Errors it was sure of, right answers it was sure of, and answers it doubted."""
    parts: list[Words] = []
    facts: list[JsonValue] = []
    for number in _picked(found, examples):
        said = list(found.labels).index(found.said[number])
        seen = attribute(loaded, found.texts[number], said)
        most = max(FULL, *map(abs, seen.values))  # where nothing moved the answer, nothing is to look as if it had
        mark = say("right") if found.hits[number] else say("wrong, it is {label}", label=found.right[number])
        parts.append(
            Words(
                [(piece, value / most) for piece, value in zip(seen.pieces, seen.values, strict=True)],
                say(
                    "Said {label} ({mark}), probability {chance}; logit {logit}, of padding alone {baseline}.",
                    label=found.said[number],
                    mark=mark,
                    chance=f"{found.chances[number].max():.2f}",
                    logit=f"{seen.logit:.2f}",
                    baseline=f"{seen.baseline:.2f}",
                ),
            )
        )
        facts.append(
            figures(
                seen,
                {
                    "row": number,
                    "said": found.said[number],
                    "right": found.right[number],
                    "pieces": cast(JsonValue, seen.pieces),
                },
            )
        )
    return moved(
        say(
            "Integrated gradients: green pieces speak for the label that was said, red ones against it. Within a "
            "text the strongest piece has the full colour if it moved the logit by {full} or more; the numbers add "
            "up to the logit less that of padding alone.",
            full=FULL,
        ),
        parts,
        facts,
    )


def attention(loaded: Loaded, among: Sequence[str]) -> Section | None:
    """Attention of all heads for one text of middling length. It shows where information flows, not why."""
    tokenizer: Any = loaded.tokenizer
    texts = sorted(among, key=len)
    text = next((text for text in texts[len(texts) // 4 :] if len(text) > 20), texts[-1]).replace("\n", " ")
    encoded = tokenizer(text, truncation=True, max_length=min(32, loaded.checkpoint.max_length), return_tensors="pt")
    network: Any = copy.deepcopy(loaded.network).eval()
    network.set_attn_implementation("eager")  # the fast ones never write the weights down
    with torch.inference_mode():
        maps = network(**encoded, output_attentions=True).attentions
    if not maps:
        return None
    tokens = [tokenizer.decode([id]) for id in cast(torch.Tensor, encoded["input_ids"])[0].tolist()]
    heads = max(layer.shape[1] for layer in maps)
    size = len(tokens)
    grid = np.zeros((len(maps) * (size + 1), heads * (size + 1)))
    for row, layer in enumerate(maps):
        for column, head in enumerate(layer[0].numpy()):
            top, left = row * (size + 1), column * (size + 1)
            grid[top : top + size, left : left + size] = head / head.max()
    mean = maps[-1][0].mean(0).numpy().astype(np.float64)
    spread = [
        [round(float(-(head * np.log(head + 1e-12)).sum(-1).mean()), 3) for head in layer[0].numpy()] for layer in maps
    ]
    return Section(
        name="attention",
        title=say("Attention"),
        said=[
            say(
                "For “{words}”. It shows where information flows; what moved the answer is said above. In the grid "
                "each square is a head, each line of squares a layer; down: from, across: to.",
                words=text,
            )
        ],
        parts=[
            Picture(
                charts.heatmap(mean, tokens, tokens, counts=False),
                say("Last layer, mean of the heads. Down: from. Across: to."),
            ),
            Picture(
                charts.image(grid, max(1, min(4, 960 // grid.shape[1]))),
                say("{layers} layers x {heads} heads", layers=len(maps), heads=heads),
            ),
        ],
        facts={"text": text, "tokens": cast(JsonValue, tokens), "entropy_by_layer_and_head": cast(JsonValue, spread)},
    )


def projection(loaded: Loaded, rows: "Dataset", found: Answers, most: int = 400) -> Section:
    """What goes into the last layer, laid flat by principal components."""
    from sklearn.decomposition import PCA
    from sklearn.metrics import silhouette_score

    from autogpt.studio.compress.encoder import encoder_kind
    from autogpt.studio.rows import in_batches

    sample = rows.select(range(min(len(rows), most)))
    kind = encoder_kind(loaded.checkpoint.task)
    seen: list[torch.Tensor] = []
    hook = last_linear(loaded.network).register_forward_pre_hook(
        lambda _, inputs: seen.append(inputs[0].detach().cpu())
    )
    try:
        kind.predict(loaded, sample, 32)
    finally:
        hook.remove()
    # Prediction goes by length; the vectors came in that order.
    lengths = kind.encode(loaded, sample, loaded.checkpoint.max_length).lengths
    order = [place for places in in_batches(lengths, 32) for place in places]
    features = np.zeros((len(order), seen[0].shape[-1]))
    for place, vector in zip(order, torch.cat(seen), strict=True):
        features[place] = vector.numpy()
    flat = PCA(2, random_state=0)
    points = flat.fit_transform(features)
    right = found.right[: len(order)]
    names = list(dict.fromkeys([*found.labels, *right]))
    groups = [names.index(label) for label in right]
    apart = float(silhouette_score(features, groups)) if 1 < len(set(groups)) < len(groups) else 0.0
    share = float(flat.explained_variance_ratio_.sum())
    titles = [
        say("{label}, said {said}: {words}", label=label, said=said, words=text[:120])
        for label, said, text in zip(right, found.said, found.texts, strict=False)
    ]
    return Section(
        name="projection",
        title=say("How the texts lie"),
        said=[
            say(
                "The vectors before the last layer of {rows} rows; two components hold {share} of their variance. "
                "Silhouette by right label {apart} (1: well apart, 0: mixed). A point among others' colour is an "
                "error, or a wrong label.",
                rows=f"{len(order):,}",
                share=f"{share:.0%}",
                apart=f"{apart:.2f}",
            )
        ],
        parts=[Picture(charts.scatter([(float(x), float(y)) for x, y in points], groups, names, titles))],
        facts={"variance": share, "silhouette": apart, "points": cast(JsonValue, np.round(points, 4).tolist())},
    )


FULL = 0.5
"""A piece that moved the logit by so much has the full colour."""


def _picked(found: Answers, examples: int) -> list[int]:
    sure = found.chances.max(-1)
    wrong = [int(row) for row in np.argsort(-sure) if not found.hits[row]][: (examples + 1) // 2]
    unsure = [int(row) for row in np.argsort(sure) if int(row) not in wrong][: examples // 3]
    right = [int(row) for row in np.argsort(-sure) if found.hits[row] and int(row) not in unsure]
    return [*wrong, *right[: examples - len(wrong) - len(unsure)], *unsure]


def _pieces(
    texts: tuple[str, ...], offsets: list[list[int]], spoken: list[int | None], values: list[float]
) -> tuple[list[str], list[float]]:
    """The stretches between tokens have no weight; what special tokens got is told as a piece of its own."""
    pieces: list[str] = []
    weights: list[float] = []
    at: list[int] = [0] * len(texts)
    now = 0
    special = 0.0
    for (start, end), sequence, value in zip(offsets, spoken, values, strict=True):
        if sequence is None:
            special += value
            continue
        if sequence != now:
            pieces.append(f"{texts[now][at[now] :]}\n")
            weights.append(0.0)
            now = sequence
        if start > at[now]:
            pieces.append(texts[now][at[now] : start])
            weights.append(0.0)
        pieces.append(texts[now][max(start, at[now]) : end])
        weights.append(value)
        at[now] = max(end, at[now])
    pieces.append(texts[now][at[now] :])
    weights.append(special)
    return pieces, weights
