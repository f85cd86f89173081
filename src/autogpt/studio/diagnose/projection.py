"""Projection: vectors inside the network, laid flat, so that what it holds for alike lies side by side."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch

from autogpt.core.schema import JsonValue
from autogpt.locale import say
from autogpt.studio.compress.encoder import encoder_kind
from autogpt.studio.diagnose import charts
from autogpt.studio.diagnose.section import Found, LeftOut, Picture, Section
from autogpt.studio.kind import Loaded, kind_of
from autogpt.studio.network import last_linear
from autogpt.studio.rows import Collate, in_batches

if TYPE_CHECKING:
    from datasets import Dataset
    from numpy.typing import NDArray

MOST = 400
"""Points of a picture; more are a cloud."""


def projection(
    vectors: "NDArray[np.float64]", groups: Sequence[str], titles: Sequence[str], what: str, meaning: str
) -> Found:
    """The vectors (points, width) by their two principal components, coloured by group.

    titles: what is told of each point on hovering. what: what the points are. meaning: how to read the colours.
    """
    from sklearn.decomposition import PCA
    from sklearn.metrics import silhouette_score

    if len(vectors) < 3:
        return LeftOut("projection", say("How they lie"), say("Fewer than three points say nothing."))
    flat = PCA(2, random_state=0)
    points = flat.fit_transform(vectors)
    names = list(dict.fromkeys(sorted(groups)))
    ids = [names.index(group) for group in groups]
    apart = float(silhouette_score(vectors, ids)) if 1 < len(names) < len(ids) else None
    share = float(np.nan_to_num(flat.explained_variance_ratio_).sum())
    said = [
        say(
            "{points} points: {what}. Two components hold {share} of their variance; what they leave out is not seen.",
            points=f"{len(points):,}",
            what=what,
            share=f"{share:.0%}",
        ),
        meaning,
    ]
    if apart is not None:
        said.append(
            say(
                "Silhouette of the colours {apart}, computed on the whole vectors (1: well apart, 0: mixed, below: "
                "nearer to others than to their own).",
                apart=f"{apart:.2f}",
            )
        )
    return Section(
        name="projection",
        title=say("How they lie"),
        said=said,
        parts=[Picture(charts.scatter([(float(x), float(y)) for x, y in points], ids, names, titles))],
        facts={
            "variance": share,
            "silhouette": apart,
            "groups": cast(JsonValue, list(groups)),
            "points": cast(JsonValue, np.round(points, 4).tolist()),
        },
    )


def before_last_layer(loaded: Loaded, rows: "Dataset") -> "NDArray[np.float64]":
    """What goes into the layer that gives the logits: (rows, width)."""
    seen: list[torch.Tensor] = []
    hook = last_linear(loaded.network).register_forward_pre_hook(
        lambda _, inputs: seen.append(inputs[0].detach().cpu().float().flatten(1))
    )
    try:
        kind_of(loaded.checkpoint.task).predict(loaded, rows, 32)
    finally:
        hook.remove()
    found = torch.cat(seen).double().numpy()
    if "image" in rows.column_names:
        return found
    # Texts are predicted in batches of like length; their vectors come in that order.
    kind: Any = encoder_kind(loaded.checkpoint.task)
    lengths = kind.encode(loaded, rows, loaded.checkpoint.max_length, labelled=False).lengths
    order = [place for places in in_batches(lengths, 32) for place in places]
    vectors = np.zeros_like(found)
    vectors[order] = found
    return vectors


def mean_states(loaded: Loaded, texts: Sequence[Sequence[int]]) -> "NDArray[np.float64]":
    """The mean of the last layer's token states of each text, given as token ids: (texts, width).

    Of an encoder with a decoder: the encoder's.
    """
    network: Any = loaded.network
    network.eval()
    vectors: list[Any] = [None] * len(texts)
    collate = Collate(loaded.tokenizer)
    for places in in_batches([len(ids) for ids in texts], 16):
        batch = collate([{"input_ids": list(texts[place])} for place in places])
        batch = {name: value.to(network.device) for name, value in batch.items()}
        with torch.inference_mode():
            if getattr(network.config, "is_encoder_decoder", False):
                states = network.get_encoder()(**batch).last_hidden_state
            else:
                states = network.base_model(**batch).last_hidden_state
        mask = batch["attention_mask"][..., None].to(states.dtype)
        for place, vector in zip(places, ((states * mask).sum(1) / mask.sum(1)).float().cpu(), strict=True):
            vectors[place] = vector.double().numpy()
    return np.stack(vectors)
