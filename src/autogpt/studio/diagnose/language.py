"""Language: by which tokens a language model is surprised, whether it knows when it is right, what it says instead."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import torch

from autogpt.core.schema import JsonValue
from autogpt.locale import say
from autogpt.studio.diagnose import attention as attending
from autogpt.studio.diagnose import charts
from autogpt.studio.diagnose.answers import reliability
from autogpt.studio.diagnose.projection import mean_states
from autogpt.studio.diagnose.projection import projection as lie
from autogpt.studio.diagnose.reading import Reading, pieces_of, shifted, shown
from autogpt.studio.diagnose.section import Found, LeftOut, Picture, Section, Table, Words
from autogpt.studio.kind import Loaded


def losses(loaded: Loaded, told: Sequence[Reading], examples: int) -> Section:
    """The loss of each token (nats), its mean by place in the text, and the texts with the highest mean."""
    every = np.array([value for reading in told for value in reading.losses])
    if not len(every):
        return Section(name="losses", title=say("Losses"), said=[say("No text is longer than one token.")], facts={})
    order = sorted(range(len(told)), key=lambda number: -told[number].mean)
    places = _by_place(told)
    mean = float(every.mean())
    counts, edges = np.histogram(every, bins=12)
    spread = [(f"{edges[at]:.1f} – {edges[at + 1]:.1f}", float(count)) for at, count in enumerate(counts)]
    most_seen = max(1.0, float(np.quantile(every, 0.98)))
    names = [_text(loaded, told[number]) for number in order[:20]]
    return Section(
        name="losses",
        title=say("Losses"),
        said=[
            say(
                "{tokens} tokens of {texts} texts: mean loss {mean} nats, perplexity {perplexity}; half of the tokens "
                "cost less than {median}.",
                tokens=f"{len(every):,}",
                texts=f"{len(told):,}",
                mean=f"{mean:.3f}",
                perplexity=f"{math.exp(min(mean, 50)):.2f}",
                median=f"{float(np.median(every)):.3f}",
            ),
            say("The loss of a token is -log of the probability it was given: 0.1 is sure, 0.7 even, 5 a surprise."),
        ],
        parts=[
            Picture(
                charts.lines([(say("mean loss"), places)], x=say("token"), y=say("nats")),
                say("Mean loss by place in the text"),
            ),
            Picture(charts.bars(spread), say("Tokens by loss, nats")),
            *(_coloured(loaded, told[number], most_seen) for number in order[:examples]),
            Table(
                [say("text"), say("tokens"), say("mean loss")],
                [[name[:200], len(told[n].losses), told[n].mean] for name, n in zip(names, order, strict=False)],
                say("Worst texts"),
                folded=True,
            ),
        ],
        facts={
            "mean": mean,
            "median": float(np.median(every)),
            "tokens": len(every),
            "by_place": cast(JsonValue, [list(point) for point in places]),
            "worst": cast(
                JsonValue,
                [
                    {"row": told[n].encoded.row, "text": name, "mean": told[n].mean, "losses": told[n].losses}
                    for name, n in zip(names, order, strict=False)
                ],
            ),
        },
    )


def calibration(told: Sequence[Reading]) -> Found:
    """Whether the token it holds the likeliest is right as often as it says."""
    chances = np.array([chance for reading in told for chance in reading.chances])
    hits = np.array([hit for reading in told for hit in reading.hits])
    if not len(hits):
        return LeftOut("calibration", say("Calibration"), say("No text is longer than one token."))
    parts, error, bins = reliability(chances, hits)
    return Section(
        name="calibration",
        title=say("Calibration"),
        said=[
            say(
                "The token it holds the likeliest is right in {right} of {tokens} cases, where it says {sure}: "
                "expected calibration error {error}.",
                right=f"{hits.mean():.1%}",
                tokens=f"{len(hits):,}",
                sure=f"{chances.mean():.1%}",
                error=f"{error:.3f}",
            )
        ],
        parts=parts,
        facts={"ece": error, "tokens": len(hits), "accuracy": float(hits.mean()), "bins": bins},
        warnings=[say("Its probabilities are not to be trusted: calibration error {error}.", error=f"{error:.2f}")]
        if error > 0.1 and len(hits) >= 50
        else [],
    )


def confusion(loaded: Loaded, told: Sequence[Reading]) -> Section:
    """Which tokens it expects in place of which."""
    pairs = Counter(
        (reading.encoded.ids[place], said)
        for reading in told
        for place, said in zip(reading.encoded.asked, reading.said, strict=True)
    )
    missed = sum(count for (right, said), count in pairs.items() if right != said)
    mixed = [pair for pair in pairs.most_common() if pair[0][0] != pair[0][1]][:15]
    rows = [[shown(loaded.tokenizer, a), shown(loaded.tokenizer, b), count] for (a, b), count in mixed]
    return Section(
        name="confusion",
        title=say("Confusion"),
        said=[
            say("Every token is the one it holds the likeliest.")
            if not missed
            else say(
                "Of {tokens} tokens {missed} are not the one it holds the likeliest. What it most often expects "
                "instead:",
                tokens=f"{pairs.total():,}",
                missed=f"{missed:,}",
            )
        ],
        parts=[Table([say("right"), say("expected"), say("tokens")], rows)],
        facts={
            "tokens": pairs.total(),
            "missed": missed,
            "pairs": cast(JsonValue, [list(row) for row in rows]),
        },
    )


def attention(loaded: Loaded, told: Sequence[Reading]) -> Found:
    """Within a text of middling length; of an encoder with a decoder, from the target to the source."""
    if not told:
        return LeftOut("attention", say("Attention"), say("No text is longer than one token."))
    reading = told[attending.middling([_text(loaded, reading) for reading in told])]
    if reading.encoded.source is None:
        return attending.of_ids(loaded, reading.encoded.ids, _text(loaded, reading))
    network: Any = loaded.network
    source, target = reading.encoded.source[: attending.MOST], reading.encoded.ids[: attending.MOST]
    inputs = {
        "input_ids": torch.tensor([source], device=network.device),
        "decoder_input_ids": shifted(network, torch.tensor([target], device=network.device)),
    }
    down, across = ([str(loaded.tokenizer.decode([id])) for id in ids] for ids in (target, source))
    return attending.attention(
        attending.maps(network, inputs, "cross_attentions"),
        down,
        across,
        _text(loaded, reading),
        say(
            "From “{source}” to “{target}”: where in the source the decoder looks when it tells each token. Down: the "
            "token that is told, across: the source. In the grid each square is a head, each line of squares a layer.",
            source="".join(pieces_of(loaded.tokenizer, source))[:200],
            target="".join(pieces_of(loaded.tokenizer, target))[:200],
        ),
    )


def projection(loaded: Loaded, told: Sequence[Reading]) -> Found:
    """The mean states of texts (of an encoder with a decoder: of the sources), coloured by how hard they are."""
    if len(told) < 3:
        return LeftOut("projection", say("How they lie"), say("Fewer than three points say nothing."))
    means = [reading.mean for reading in told]
    low, high = np.quantile(means, [1 / 3, 2 / 3])
    names = (say("1: easiest third"), say("2: middle third"), say("3: hardest third"))
    return lie(
        mean_states(loaded, [reading.encoded.source or reading.encoded.ids for reading in told]),
        [names[int(mean > low) + int(mean > high)] for mean in means],
        [f"{reading.mean:.2f}: {_text(loaded, reading)[:120]}" for reading in told],
        say("the mean states of texts in the last layer"),
        say("Colours: the loss of the text. Hard texts that lie together have something in common it has not learned."),
    )


def _by_place(told: Sequence[Reading]) -> list[tuple[float, float]]:
    """Mean loss by place in the text, in at most 24 stretches."""
    pairs = [
        (place, value) for reading in told for place, value in zip(reading.encoded.asked, reading.losses, strict=True)
    ]
    first, last = min(place for place, _ in pairs), max(place for place, _ in pairs) + 1
    width = max(1, (last - first) // 24)
    return [
        (float(start), float(np.mean(inside)))
        for start in range(first, last, width)
        if (inside := [value for place, value in pairs if start <= place < start + width])
    ]


def _coloured(loaded: Loaded, reading: Reading, most: float) -> Words:
    weights = dict(zip(reading.encoded.asked, reading.losses, strict=True))
    pieces = [(piece, -min(1.0, weights.get(at, 0.0) / most)) for at, piece in enumerate(reading.pieces)]
    if reading.encoded.source is not None:
        source = "".join(pieces_of(loaded.tokenizer, reading.encoded.source))
        pieces = [(f"{source}\n→ ", 0.0), *pieces]
    return Words(pieces, say("Mean loss {mean}; the redder, the less expected.", mean=f"{reading.mean:.3f}"))


def _text(loaded: Loaded, reading: Reading) -> str:
    target = "".join(reading.pieces)
    if reading.encoded.source is None:
        return target
    return f"{''.join(pieces_of(loaded.tokenizer, reading.encoded.source))} → {target}"
