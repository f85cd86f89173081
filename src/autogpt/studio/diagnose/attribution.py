"""Attribution: which pieces of a text moved a classifier's answer."""

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import torch

from autogpt.core.schema import JsonValue
from autogpt.locale import say
from autogpt.studio.diagnose.answers import Answers
from autogpt.studio.diagnose.integrated import integrate
from autogpt.studio.diagnose.moved import figures, moved
from autogpt.studio.diagnose.section import Section, Words
from autogpt.studio.kind import Loaded


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


def attribute(loaded: Loaded, text: str, label: int, *, other: str | None = None, steps: int = 32) -> Attributed:
    """Integrated gradients over the token embeddings; see `integrated.integrate`. other: the second text of a pair."""
    network: Any = loaded.network
    tokenizer: Any = loaded.tokenizer
    texts = (text,) if other is None else (text, other)
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
    for number in picked(found, examples):
        said = list(found.labels).index(found.said[number])
        seen = attribute(loaded, found.texts[number], said, other=found.others[number] if found.others else None)
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


FULL = 0.5
"""A piece that moved the logit by so much has the full colour."""


def picked(found: Answers, examples: int) -> list[int]:
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
