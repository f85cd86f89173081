"""Entities: which names a tagger finds, which it takes for others, and where it sets their ends wrong."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from autogpt.core.schema import JsonValue
from autogpt.locale import say
from autogpt.studio.diagnose import charts
from autogpt.studio.diagnose.section import Found, LeftOut, Picture, Section, Table, Words
from autogpt.studio.kind import Loaded
from autogpt.studio.kinds.pieces import join_words
from autogpt.studio.kinds.tokens import TokenClassification, as_bio, spans_of

if TYPE_CHECKING:
    from datasets import Dataset

Span = tuple[int, int, str]
"""First word, word after the last, type."""
_NONE = "(none)"


@dataclass(frozen=True)
class Spans:
    """For each sentence its words, and the entities that are right and that were found."""

    words: Sequence[Sequence[str]]
    right: Sequence[Sequence[Span]]
    said: Sequence[Sequence[Span]]
    tags: Sequence[Sequence[str]] = ()
    """The right tag of each word."""
    said_tags: Sequence[Sequence[str]] = ()
    chances: Sequence[Sequence[float]] = ()
    """How likely it holds each tag that it says."""

    @classmethod
    def of(cls, loaded: Loaded, rows: "Dataset") -> "Spans":
        words = list(rows["tokens"])
        answers = TokenClassification().tags(loaded, words, 32)
        return cls(
            words=words,
            right=[entities_of(tags) for tags in rows["tags"]],
            said=[entities_of(tags) for tags, _ in answers],
            tags=[list(tags) for tags in rows["tags"]],
            said_tags=[tags for tags, _ in answers],
            chances=[chances for _, chances in answers],
        )


def entities_of(tags: Sequence[str]) -> list[Span]:
    """Entities of BIO tags, as they are scored.

    >>> entities_of(["O", "B-PER", "I-PER", "B-LOC", "I-ORG"])
    [(1, 3, 'PER'), (3, 4, 'LOC')]
    """
    return [(start, end, kind) for kind, start, end in spans_of(as_bio(tags))]


def types(spans: Spans) -> Section:
    """What becomes of each right entity, and where the wrong ones come from."""
    fate: dict[str, Counter[str]] = defaultdict(Counter)
    mixed: Counter[tuple[str, str]] = Counter()
    for right, said in zip(spans.right, spans.said, strict=True):
        for span in right:
            what, other = _fate(span, said)
            fate[span[2]][what] += 1
            mixed[span[2], other] += 1
        for span in said:
            if not any(_touch(span, gold) for gold in right):
                fate[span[2]]["invented"] += 1
                mixed[_NONE, span[2]] += 1
    kinds = sorted({kind for pair in mixed for kind in pair} - {_NONE})
    names = [*kinds, _NONE]
    counts = np.array([[float(mixed[a, b]) for b in names] for a in names])
    fates = ("right", "wrong type", "wrong ends", "both wrong", "missed", "invented")
    heads = [say("right"), say("wrong type"), say("wrong ends"), say("both wrong"), say("missed"), say("invented")]
    table = [[kind, *(fate[kind][name] for name in fates)] for kind in kinds]
    total = sum((fate[kind] for kind in kinds), Counter[str]())
    golds = total.total() - total["invented"]
    said = say(
        "Of {golds} entities {right} are found as they are, {ends} with wrong ends, {type} with the wrong type, "
        "{both} with both wrong, {missed} not at all; {invented} are invented.",
        golds=f"{golds:,}",
        right=f"{total['right']:,}",
        ends=f"{total['wrong ends']:,}",
        type=f"{total['wrong type']:,}",
        both=f"{total['both wrong']:,}",
        missed=f"{total['missed']:,}",
        invented=f"{total['invented']:,}",
    )
    parts: list[Picture | Table] = [Table([say("type"), *heads], table)]
    if kinds:
        parts.append(
            Picture(
                charts.heatmap(counts, shown := [*kinds, say("(none)")], shown, counts=True),
                say("Down: right type. Across: type of what was found there."),
            )
        )
    silent = golds > 0 and not total["right"]
    return Section(
        name="entities",
        title=say("Entities"),
        said=[said],
        parts=parts,
        facts=cast(JsonValue, {kind: dict(fate[kind]) for kind in kinds}),
        warnings=[say("Not one entity is found as it is.")] if silent else [],
    )


def worst(spans: Spans, most: int = 15) -> Section:
    """The sentences with most wrong entities."""

    def wrong(number: int) -> int:
        return len(set(spans.right[number]) ^ set(spans.said[number]))

    order = [number for number in sorted(range(len(spans.words)), key=wrong, reverse=True)[:most] if wrong(number)]
    return Section(
        name="worst",
        title=say("Worst sentences"),
        said=[
            say(
                "Green: found as it is. Red: right entities that were missed or found otherwise, and found ones that "
                "are wrong."
            )
        ],
        parts=[
            Words.written(
                spans.words[number],
                _colours(spans.words[number], set(spans.right[number]), set(spans.said[number])),
                say(
                    "right: {right}; found: {found}",
                    right=_list(spans.words[number], spans.right[number]),
                    found=_list(spans.words[number], spans.said[number]),
                ),
            )
            for number in order
        ],
        facts=cast(
            JsonValue,
            [
                {
                    "row": number,
                    "text": join_words(spans.words[number]),
                    "right": [list(span) for span in spans.right[number]],
                    "said": [list(span) for span in spans.said[number]],
                }
                for number in order
            ],
        ),
    )


def seen(spans: Spans, train: "Dataset | None") -> Found:
    """Whether names that training had are found more often than new ones: a tagger that only remembers is no use."""
    if train is None:
        why = say("There are no training rows to look into; give them too (--train).")
        return LeftOut("remembered", say("Remembered or understood"), why)
    known = {
        (" ".join(words[start:end]).casefold(), kind)
        for words, tags in zip(train["tokens"], train["tags"], strict=True)
        for start, end, kind in entities_of(tags)
    }
    found = {True: [0, 0], False: [0, 0]}
    for words, right, said in zip(spans.words, spans.right, spans.said, strict=True):
        for start, end, kind in right:
            old = (" ".join(words[start:end]).casefold(), kind) in known
            found[old][0] += 1
            found[old][1] += (start, end, kind) in said
    recall = {old: hits / count if count else 0.0 for old, (count, hits) in found.items()}
    rows = [[name, found[old][0], recall[old]] for name, old in ((say("in training"), True), (say("new"), False))]
    apart = recall[True] - recall[False]
    enough = min(found[True][0], found[False][0]) >= 10
    return Section(
        name="remembered",
        title=say("Remembered or understood"),
        said=[
            say(
                "Of entities that stand in the training rows {old} are found, of new ones {new}.",
                old=f"{recall[True]:.1%}",
                new=f"{recall[False]:.1%}",
            )
        ],
        parts=[Table([say("entities"), say("count"), say("recall")], rows)],
        facts={"seen": recall[True], "new": recall[False], "seen_count": found[True][0], "new_count": found[False][0]},
        warnings=[
            say(
                "It remembers names: recall {old} on known ones, {new} on new ones.",
                old=f"{recall[True]:.2f}",
                new=f"{recall[False]:.2f}",
            )
        ]
        if enough and apart > 0.25
        else [],
    )


def _fate(span: Span, said: Sequence[Span]) -> tuple[str, str]:
    """What became of a right entity, and the type of what was found in its place."""
    if span in said:
        return "right", span[2]
    touching = [other for other in said if _touch(span, other)]
    if not touching:
        return "missed", _NONE
    best = max(touching, key=lambda other: (min(span[1], other[1]) - max(span[0], other[0]), other[2] == span[2]))
    if best[:2] == span[:2]:
        return "wrong type", best[2]
    return ("wrong ends" if best[2] == span[2] else "both wrong"), best[2]


def _touch(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _colours(words: Sequence[str], right: set[Span], said: set[Span]) -> list[float]:
    good = {place for start, end, _ in right & said for place in range(start, end)}
    bad = {place for start, end, _ in right ^ said for place in range(start, end)}
    return [-0.6 if place in bad else 0.6 if place in good else 0.0 for place in range(len(words))]


def _list(words: Sequence[str], spans: Sequence[Span]) -> str:
    return ", ".join(f"{join_words(words[start:end])} ({kind})" for start, end, kind in spans) or say("nothing")
