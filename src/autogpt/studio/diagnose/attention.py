"""Attention: from where to where information flows in a network, for one input."""

from collections.abc import Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch

from autogpt.core.schema import JsonValue
from autogpt.locale import say
from autogpt.studio.diagnose import charts
from autogpt.studio.diagnose.section import Found, LeftOut, Picture, Section
from autogpt.studio.kind import Loaded

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

MOST = 32
"""Tokens that are shown: of more, none could be read."""


def middling(texts: Sequence[str]) -> int:
    """Number of a text of middling length, long enough to show something."""
    order = sorted(range(len(texts)), key=lambda number: len(texts[number]))
    return next((number for number in order[len(order) // 4 :] if len(texts[number]) > 20), order[-1])


def maps(network: Any, inputs: dict[str, torch.Tensor], name: str = "attentions") -> "list[NDArray[np.float64]]":
    """Attention of each layer for one input: (heads, from, to). Empty where the network has none.

    name: the output's; "cross_attentions" are those of a decoder to what its encoder read.
    """
    if not getattr(network.config, "num_attention_heads", 0):
        return []
    with _eager(network), torch.inference_mode():
        found = getattr(network(**inputs, output_attentions=True), name, None)
    return [layer[0].float().cpu().double().numpy() for layer in found or () if layer is not None]


def attention(
    found: "list[NDArray[np.float64]]", down: Sequence[str], across: Sequence[str], text: str, said: str = ""
) -> Found:
    """The last layer's mean map, and all heads small. down: tokens that look, across: tokens looked at."""
    if not found:
        return LeftOut("attention", say("Attention"), say("The network has no attention."))
    heads = max(len(layer) for layer in found)
    high, wide = len(down), len(across)
    grid = np.zeros((len(found) * (high + 1), heads * (wide + 1)))
    for row, layer in enumerate(found):
        for column, head in enumerate(layer):
            top, left = row * (high + 1), column * (wide + 1)
            grid[top : top + high, left : left + wide] = head / (head.max() or 1.0)
    spread = [[round(float(-(head * np.log(head + 1e-12)).sum(-1).mean()), 3) for head in layer] for layer in found]
    return Section(
        name="attention",
        title=say("Attention"),
        said=[
            said
            or say(
                "For “{words}”. It shows where information flows; what moved the answer is said above. In the grid "
                "each square is a head, each line of squares a layer; down: from, across: to.",
                words=text,
            )
        ],
        parts=[
            Picture(
                charts.heatmap(found[-1].mean(0), down, across, counts=False),
                say("Last layer, mean of the heads. Down: from. Across: to."),
            ),
            Picture(
                charts.image(grid, max(1, min(4, 960 // grid.shape[1]))),
                say("{layers} layers x {heads} heads", layers=len(found), heads=heads),
            ),
        ],
        facts={
            "text": text,
            "tokens": cast(JsonValue, list(down)),
            "to": cast(JsonValue, list(across)),
            "entropy_by_layer_and_head": cast(JsonValue, spread),
        },
    )


def of_text(loaded: Loaded, texts: Sequence[str], others: Sequence[str] = ()) -> Found:
    """Attention within a text of middling length, or within a pair. others: the second texts."""
    number = middling(texts)
    asked = (texts[number], others[number]) if others else (texts[number],)
    return of_ids(loaded, cast(Any, loaded.tokenizer)(*asked)["input_ids"], " | ".join(asked), asked)


def of_ids(loaded: Loaded, ids: Sequence[int], text: str, asked: Sequence[str] = ()) -> Found:
    """Attention within the first tokens of a text. asked: what the ids were made of, if the kinds of its tokens count
    (the second of a pair)."""
    most = min(MOST, loaded.checkpoint.max_length)
    inputs: dict[str, torch.Tensor] = {"input_ids": torch.tensor([list(ids[:most])])}
    if asked:
        cut = cast(Any, loaded.tokenizer)(*asked, truncation=True, max_length=most, return_tensors="pt")
        inputs = {name: cast(torch.Tensor, value) for name, value in cut.items()}
    network: Any = loaded.network
    found = maps(network, {name: value.to(network.device) for name, value in inputs.items()})
    # A space that is a token of its own decodes to nothing.
    names = loaded.tokenizer.convert_ids_to_tokens(ids := inputs["input_ids"][0].tolist())
    tokens = [str(loaded.tokenizer.decode([id])) or str(name) for id, name in zip(ids, names, strict=True)]
    return attention(found, tokens, tokens, text[:300].replace("\n", " "))


@contextmanager
def _eager(network: Any) -> "Generator[None]":
    """The plain way to attend, for a while: the fast ones never write the weights down."""
    before = getattr(network.config, "_attn_implementation", None)
    network.eval()
    network.set_attn_implementation("eager")
    try:
        yield
    finally:
        if before and before != "eager":
            network.set_attn_implementation(before)
