"""Named: which words of its sentence made a tagger take a name for what it took it for."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import torch

from autogpt.core.schema import JsonValue
from autogpt.locale import say
from autogpt.studio.diagnose.attribution import FULL
from autogpt.studio.diagnose.entities import Span, Spans
from autogpt.studio.diagnose.integrated import integrate
from autogpt.studio.diagnose.moved import figures, moved
from autogpt.studio.diagnose.section import Found, LeftOut, Words
from autogpt.studio.diagnose.subject import spread
from autogpt.studio.kind import Loaded
from autogpt.studio.kinds.pieces import Pieces, join_words


@dataclass(frozen=True)
class Reasons:
    """How much each word of the sentence adds to the logits of a name's tags, against a sentence of padding."""

    words: list[str]
    """The words the network saw at once: of a long sentence, the stretch that holds the name."""
    values: list[float]
    """Of each word. With `rest` they add up to logit - baseline, but for 2 % at most."""
    rest: float
    """Of the tokens that open and close the text."""
    logit: float
    """The sum of the logits of the name's tags (B- on its first word, I- on the others)."""
    baseline: float


def reasons(loaded: Loaded, words: Sequence[str], span: Span) -> Reasons:
    """What speaks for the span being a name of its type, or, where the labels have no B- and I-, for the tag of that
    name. Integrated gradients by captum, over the token embeddings."""
    start, end, kind = span
    tokenizer: Any = loaded.tokenizer
    network: Any = loaded.network
    pieces = Pieces(loaded.tokenizer)
    windows = list(pieces.windows(words, loaded.checkpoint.max_length))
    # A name over the rim of a window is explained as far as the window reaches that answers for its first word.
    window = next(window for window in windows if start in window.keep)
    seen = words[window.start : window.start + len(window.places)]
    labels = {label: id for id, label in enumerate(loaded.checkpoint.labels)}
    inside = range(start - window.start, min(end - window.start, len(seen)))
    tags = [kind if kind in labels else f"{'I' if at else 'B'}-{kind}" for at in range(len(inside))]
    asked = [(window.places[word], labels[tag]) for word, tag in zip(inside, tags, strict=True) if tag in labels]
    bare = tokenizer.convert_tokens_to_ids("▁")
    head, tail = pieces.rim
    text = range(head, len(window.ids) - tail)
    of_word = [_word_of(place, window.ids, window.places, bare) for place in text]

    def logit(batch: torch.Tensor) -> torch.Tensor:
        logits = network(input_ids=batch, attention_mask=torch.ones_like(batch)).logits
        return torch.stack([logits[:, place, label] for place, label in asked]).sum(0)

    ids = torch.tensor([window.ids], device=network.device)
    spoken = [place in text for place in range(len(window.ids))]
    found = integrate(network, logit, ids, spoken, tokenizer.pad_token_id or 0)
    values = [0.0] * len(seen)
    for word, place in zip(of_word, text, strict=True):
        values[word] += found.values[place]
    return Reasons(list(seen), values, sum(found.values) - sum(values), found.logit, found.baseline)


def attributions(loaded: Loaded, spans: Spans, examples: int) -> Found:
    """Names it invented or took for another type, names it missed, and some it found."""
    known = {label.partition("-")[2] for label in loaded.checkpoint.labels}
    picked = [found for found in _picked(spans, examples) if found[1][2] in known]
    if not picked:
        why = say("There is no name in these rows, neither right nor found.")
        return LeftOut("attributions", say("What moved the answer"), why)
    return told(loaded, spans, picked)


def told(loaded: Loaded, spans: Spans, picked: Sequence[tuple[int, Span, str]]) -> Found:
    """The section. picked: row, name or tagged word, and what became of it."""
    parts: list[Words] = []
    facts: list[JsonValue] = []
    for row, span, what in picked:
        seen = reasons(loaded, spans.words[row], span)
        most = max(FULL, *map(abs, seen.values))
        name = join_words(spans.words[row][span[0] : span[1]])
        parts.append(
            Words.written(
                seen.words,
                [value / most for value in seen.values],
                say(
                    "“{name}” as {type} ({what}); logit {logit}, of padding alone {baseline}.",
                    name=name,
                    type=span[2],
                    what=what,
                    logit=f"{seen.logit:.2f}",
                    baseline=f"{seen.baseline:.2f}",
                ),
            )
        )
        facts.append(
            figures(
                seen,
                {
                    "row": row,
                    "span": list(span),
                    "words": cast(JsonValue, seen.words),
                },
                seen.rest,
            )
        )
    return moved(
        say(
            "Integrated gradients: green words speak for the name being of the type that is told, red ones against "
            "it. A name that is recognised by itself alone is remembered; one that its sentence speaks for is "
            "understood."
        ),
        parts,
        facts,
    )


def _picked(spans: Spans, examples: int) -> list[tuple[int, Span, str]]:
    """Rows and names with what became of them: a third each wrong, missed and right, where there are so many; from
    everywhere in the rows."""
    wrong: list[tuple[int, Span, str]] = []
    missed: list[tuple[int, Span, str]] = []
    right: list[tuple[int, Span, str]] = []
    for row, (golds, said) in enumerate(zip(spans.right, spans.said, strict=True)):
        wrong += [(row, span, say("found, but wrong")) for span in said if span not in golds]
        missed += [(row, span, say("missed")) for span in golds if span not in said]
        right += [(row, span, say("right")) for span in said if span in golds]
    shares = _shares([len(wrong), len(missed), len(right)], examples)
    return [
        each[at] for each, share in zip((wrong, missed, right), shares, strict=True) for at in spread(len(each), share)
    ]


def _shares(there: Sequence[int], wanted: int) -> list[int]:
    """How many of each to take, as alike as can be, so that as many as wanted are taken if there are so many."""
    taken = [0] * len(there)
    while sum(taken) < min(wanted, sum(there)):
        taken[min((at for at in range(len(there)) if taken[at] < there[at]), key=lambda at: taken[at])] += 1
    return taken


def _word_of(place: int, ids: Sequence[int], places: Sequence[int], bare: int | None) -> int:
    """Which word a token of the text belongs to. A space that stands alone opens the next word."""
    opens = ids[place] == bare and place + 1 in places
    return max(0, bisect_right(places, place + 1 if opens else place) - 1)
