"""Tokenwise: what in the text before it moved a language model to a token."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import torch

from autogpt.core.schema import JsonValue
from autogpt.locale import say
from autogpt.studio.diagnose.integrated import integrate, integrate_inputs
from autogpt.studio.diagnose.moved import figures, moved
from autogpt.studio.diagnose.reading import Encoded, Reading, pieces_of, shifted, shown
from autogpt.studio.diagnose.section import Found, LeftOut, Words
from autogpt.studio.kind import Loaded

_BEFORE = 96
"""Tokens before the one that is explained which are kept: of a longer text the nearest."""
_NUMBERS = 2**25
"""Numbers of the vocabulary's logits that are computed at once: about 128 MB."""
_LARGE = 500_000_000
"""Parameters from which on only two tokens are explained: each takes minutes without a GPU."""


@dataclass(frozen=True)
class Why:
    """How much each piece adds to the log-probability of a token, against a text of padding alone."""

    pieces: list[str]
    """What stands before the token (of an encoder with a decoder: the source; of a network that fills in: the text)."""
    values: list[float]
    """Of each piece. They add up to logit - baseline, but for 2 % at most."""
    logit: float
    """The log-probability, in nats."""
    baseline: float


def why(loaded: Loaded, encoded: Encoded, place: int, token: int) -> Why:
    """What speaks for `token` standing at the place. Integrated gradients by captum, over the token embeddings."""
    if encoded.source is not None:
        return _of_source(loaded, encoded, encoded.source, place, token)
    tokenizer, network = cast(Any, loaded.tokenizer), cast(Any, loaded.network)
    filling = loaded.checkpoint.task == "masked-lm"
    start = max(0, place - (_BEFORE // 2 if filling else _BEFORE))
    kept = list(encoded.ids[start : place + _BEFORE // 2 if filling else place])
    if filling:
        kept[place - start] = tokenizer.mask_token_id

    def chance(batch: torch.Tensor) -> torch.Tensor:
        if filling:
            logits = network(input_ids=batch, attention_mask=torch.ones_like(batch)).logits[:, place - start]
        else:
            logits = network(input_ids=batch, logits_to_keep=1, use_cache=False).logits[:, -1]
        return logits.float().log_softmax(-1)[:, token]

    special = set(tokenizer.all_special_ids)
    spoken = [id not in special for id in kept]
    ids = torch.tensor([kept], device=network.device)
    numbers = network.config.vocab_size * (len(kept) if filling else 1)
    batch = max(1, min(32, _NUMBERS // numbers))
    seen = integrate(network, chance, ids, spoken, tokenizer.pad_token_id or 0, batch=batch)
    return Why(pieces_of(tokenizer, kept), seen.values, seen.logit, seen.baseline)


def attributions(loaded: Loaded, told: Sequence[Reading], examples: int) -> Found:
    """Tokens it was most surprised by, then tokens it was rightly sure of, each of another text."""
    network: Any = loaded.network
    if network.num_parameters() > _LARGE:
        examples = min(examples, 2)
    picked = _picked(loaded.tokenizer, told, examples)
    if not picked:
        why_not = say("No text is longer than one token.")
        return LeftOut("attributions", say("What moved the answer"), why_not)
    parts: list[Words] = []
    facts: list[JsonValue] = []
    for reading, at in picked:
        place = reading.encoded.asked[at]
        right, said = reading.encoded.ids[place], reading.said[at]
        seen = why(loaded, reading.encoded, place, said)
        most = max(0.5, *map(abs, seen.values))
        mark = say("right") if said == right else say("wrong, it is {label}", label=shown(loaded.tokenizer, right))
        answer = f"→ {shown(loaded.tokenizer, said)}"
        pieces = [(piece, value / most) for piece, value in zip(seen.pieces, seen.values, strict=True)]
        parts.append(
            Words(
                [*pieces, (f"  {answer}", 0.0)],
                say(
                    "Expects {token} ({mark}), probability {chance}; log-probability {logit}, after padding alone "
                    "{baseline}.",
                    token=f"“{shown(loaded.tokenizer, said)}”",
                    mark=mark,
                    chance=f"{reading.chances[at]:.2f}",
                    logit=f"{seen.logit:.2f}",
                    baseline=f"{seen.baseline:.2f}",
                ),
            )
        )
        own: dict[str, JsonValue] = {
            "row": reading.encoded.row,
            "place": place,
            "said": shown(loaded.tokenizer, said),
            "right": shown(loaded.tokenizer, right),
            "pieces": cast(JsonValue, seen.pieces),
        }
        facts.append(figures(seen, own))
    return moved(
        say(
            "Integrated gradients: green pieces speak for the token that it expects next, red ones against it; the "
            "numbers add up to its log-probability less that after padding alone. An answer that the question does "
            "not speak for is known by heart. Of long texts the {most} tokens before it are read.",
            most=_BEFORE,
        ),
        parts,
        facts,
    )


def _of_source(loaded: Loaded, encoded: Encoded, source: list[int], place: int, token: int) -> Why:
    """Over the vectors the encoder is given: encoder and decoder share their embeddings, so that those of the decoder
    would be changed along."""
    tokenizer, network = cast(Any, loaded.tokenizer), cast(Any, loaded.network)
    special = set(tokenizer.all_special_ids)
    ids = torch.tensor([source], device=network.device)
    empty = torch.tensor(
        [[id if id in special else tokenizer.pad_token_id or 0 for id in source]], device=network.device
    )
    before = shifted(network, torch.tensor([encoded.ids], device=network.device))[:, : place + 1]
    embed = network.get_encoder().get_input_embeddings()

    def chance(vectors: torch.Tensor) -> torch.Tensor:
        mask = torch.ones(vectors.shape[:2], dtype=torch.long, device=vectors.device)
        logits = network(
            inputs_embeds=vectors, attention_mask=mask, decoder_input_ids=before.expand(len(vectors), -1)
        ).logits[:, -1]
        return logits.float().log_softmax(-1)[:, token]

    with torch.no_grad():
        here, there = embed(ids), embed(empty)
    batch = max(1, min(32, _NUMBERS // (network.config.vocab_size * (place + 1))))
    values, logit, baseline, _ = integrate_inputs(network, chance, here, there, batch=batch)
    return Why(pieces_of(tokenizer, source), values.sum(-1).tolist(), logit, baseline)


def _picked(tokenizer: Any, told: Sequence[Reading], examples: int) -> list[tuple[Reading, int]]:
    """A text and a place among those that are asked, each text once, no token that opens or ends. Half of them wrong,
    where there are so many."""
    wrong: list[tuple[float, int, int]] = []
    right: list[tuple[float, int, int]] = []
    special = set(tokenizer.all_special_ids)
    known: set[tuple[int, ...]] = set()
    for number, reading in enumerate(told):
        if (same := tuple(reading.encoded.ids)) in known:
            continue
        known.add(same)
        first = 1 if reading.encoded.source is None else 0  # with nothing before it nothing can be explained
        places = [
            at
            for at, place in enumerate(reading.encoded.asked)
            if place >= first and reading.encoded.ids[place] not in special
        ]
        missed = [at for at in places if not reading.hits[at]]
        found = [at for at in places if reading.hits[at]]
        if missed:
            at = max(missed, key=lambda at: reading.losses[at])
            wrong.append((reading.losses[at], number, at))
        if found:
            at = max(found, key=lambda at: -reading.losses[at])
            right.append((-reading.losses[at], number, at))
    bad, half = sorted(wrong, reverse=True), (examples + 1) // 2
    shown = {number for _, number, _ in bad[:half]}
    good = [one for one in sorted(right, reverse=True) if one[1] not in shown]
    picked = [*bad[:half], *good[: examples - len(shown)]]
    more = [one for one in bad[half:] if one[1] not in {number for _, number, _ in picked}]
    return [(told[number], at) for _, number, at in [*picked, *more[: examples - len(picked)]]]
