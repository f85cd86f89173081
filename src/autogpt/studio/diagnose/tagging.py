"""Tagging: what a tagger makes of single words: how sure it is, where it looks, and how its words lie to each other."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, cast

import numpy as np
import torch

from autogpt.core.schema import JsonValue
from autogpt.locale import say
from autogpt.studio.diagnose import attention as attending
from autogpt.studio.diagnose import charts
from autogpt.studio.diagnose.answers import reliability
from autogpt.studio.diagnose.entities import Spans
from autogpt.studio.diagnose.named import told
from autogpt.studio.diagnose.projection import projection as lie
from autogpt.studio.diagnose.section import Found, LeftOut, Picture, Section, Table, Words
from autogpt.studio.diagnose.subject import spread
from autogpt.studio.kind import Loaded
from autogpt.studio.kinds.pieces import Pieces, Window, join_words
from autogpt.studio.network import last_linear
from autogpt.studio.rows import Collate, in_batches

_SENTENCES = 150
"""Sentences whose words are laid out."""
_WORDS = 250
"""Words of entities, and as many others, that are drawn."""


def calibration(spans: Spans, bio: bool) -> Found:
    """Whether words that it tags as part of an entity are so as often as it says; by type; and over all words."""
    said = [tag for tags in spans.said_tags for tag in tags]
    right = [tag for tags in spans.tags for tag in tags]
    chances = np.array([chance for each in spans.chances for chance in each])
    hits = np.array([a == b for a, b in zip(said, right, strict=True)])
    asked = np.array([tag != "O" for tag in said]) if bio else np.ones(len(said), bool)
    if not asked.any():
        why = say("It tags no word as part of an entity.")
        return LeftOut("calibration", say("Calibration"), why)
    parts, error, bins = reliability(chances[asked], hits[asked])
    _, whole, _ = reliability(chances, hits)
    kinds = np.array([tag.partition("-")[2] or tag for tag in said])
    by_type = {
        str(kind): {
            "words": int((inside := asked & (kinds == kind)).sum()),
            "mean_probability": float(chances[inside].mean()),
            "share_right": float(hits[inside].mean()),
            "ece": reliability(chances[inside], hits[inside])[1],
        }
        for kind in sorted(set(kinds[asked]))
    }
    head = [say("type"), say("words"), say("mean probability"), say("share right"), say("calibration error")]
    count = int(asked.sum())
    return Section(
        name="calibration",
        title=say("Calibration"),
        said=[
            say(
                "Of {words} words that it tags as part of an entity {right} have the right tag, where it says {sure}: "
                "expected calibration error {error}. Over all words, most of which are easy, it is {whole}.",
                words=f"{count:,}",
                right=f"{hits[asked].mean():.1%}",
                sure=f"{chances[asked].mean():.1%}",
                error=f"{error:.3f}",
                whole=f"{whole:.3f}",
            )
            if bio
            else say(
                "Of {words} words {right} have the right tag, where it says {sure}: expected calibration error "
                "{error}.",
                words=f"{count:,}",
                right=f"{hits.mean():.1%}",
                sure=f"{chances.mean():.1%}",
                error=f"{error:.3f}",
            )
        ],
        parts=[*parts, Table(head, [[kind, *values.values()] for kind, values in by_type.items()])],
        facts={
            "ece": error,
            "words": count,
            "bins": bins,
            "types": cast(JsonValue, by_type),
            "all_words": len(said),
            "all_words_ece": whole,
        },
        warnings=[say("Its probabilities are not to be trusted: calibration error {error}.", error=f"{error:.2f}")]
        if error > 0.1 and count >= 20
        else [],
    )


def confusion(spans: Spans, labels: Sequence[str]) -> Section:
    """Of tags that name no entities (parts of speech, say): which is taken for which."""
    pairs = Counter(zip(_flat(spans.tags), _flat(spans.said_tags), strict=True))
    names = list(dict.fromkeys([*labels, *(tag for tag, _ in pairs)]))
    counts = np.array([[float(pairs[a, b]) for b in names] for a in names])
    hits, total = int(np.trace(counts)), int(counts.sum())
    mixed = [[a, b, count] for (a, b), count in pairs.most_common() if a != b][:15]
    parts: list[Picture | Table] = []
    if len(names) <= 40:
        parts.append(Picture(charts.heatmap(counts, names, names, counts=True), say("Down: right. Across: said.")))
    parts.append(Table([say("right"), say("said"), say("words")], mixed, say("Most mixed up")))
    return Section(
        name="confusion",
        title=say("Confusion"),
        said=[
            say(
                "{hits} of {words} words have the right tag ({share}).",
                hits=f"{hits:,}",
                words=f"{total:,}",
                share=f"{hits / max(total, 1):.1%}",
            )
        ],
        parts=parts,
        facts={"labels": cast(JsonValue, names), "counts": cast(JsonValue, counts.astype(int).tolist())},
    )


def worst(spans: Spans, most: int = 15) -> Section:
    """The sentences with most wrong tags, where tags name no entities."""
    wrong = [
        [at for at, (a, b) in enumerate(zip(tags, said, strict=True)) if a != b]
        for tags, said in zip(spans.tags, spans.said_tags, strict=True)
    ]
    order = [number for number in sorted(range(len(wrong)), key=lambda one: -len(wrong[one]))[:most] if wrong[number]]
    return Section(
        name="worst",
        title=say("Worst sentences"),
        said=[say("Red: words with a wrong tag.")],
        parts=[
            Words.written(
                spans.words[number],
                [-0.6 if at in wrong[number] else 0.0 for at in range(len(spans.words[number]))],
                "; ".join(
                    say(
                        "{word}: {right}, said {said}",
                        word=spans.words[number][at],
                        right=spans.tags[number][at],
                        said=spans.said_tags[number][at],
                    )
                    for at in wrong[number][:12]
                ),
            )
            for number in order
        ],
        facts=cast(
            JsonValue,
            [{"row": number, "text": join_words(spans.words[number]), "wrong": wrong[number]} for number in order],
        ),
    )


def attributions(loaded: Loaded, spans: Spans, examples: int) -> Found:
    """Words with a wrong tag, the surest first, and some with the right one; where tags name no entities."""
    places = [(row, at) for row, tags in enumerate(spans.tags) for at in range(len(tags))]
    places.sort(key=lambda place: -spans.chances[place[0]][place[1]])
    wrong = [(row, at) for row, at in places if spans.tags[row][at] != spans.said_tags[row][at]]
    right = [(row, at) for row, at in places if spans.tags[row][at] == spans.said_tags[row][at]]
    bad = wrong[: (examples + 1) // 2]
    asked = [
        (row, (at, at + 1, spans.said_tags[row][at]), say("wrong, it is {label}", label=spans.tags[row][at]))
        for row, at in bad
    ]
    asked += [
        (row, (at, at + 1, spans.said_tags[row][at]), say("right"))
        for row, at in [right[place] for place in spread(len(right), examples - len(bad))]
    ]
    return told(loaded, spans, asked)


def attention(loaded: Loaded, spans: Spans) -> Found:
    """Attention within a sentence that has an entity, if one has."""
    numbers = [number for number, right in enumerate(spans.right) if right] or list(range(len(spans.words)))
    number = numbers[attending.middling([join_words(spans.words[number]) for number in numbers])]
    words = spans.words[number]
    window = next(iter(Pieces(loaded.tokenizer).windows(words, min(attending.MOST, loaded.checkpoint.max_length))))
    return attending.of_ids(loaded, window.ids, join_words(words))


def projection(loaded: Loaded, spans: Spans, bio: bool) -> Found:
    """The vectors of words before the last layer, coloured by the type of their right tag."""
    points: list[tuple[str, str, np.ndarray[Any, np.dtype[np.float64]]]] = []
    for row, word, vector in _vectors(loaded, spans.words, spread(len(spans.words), _SENTENCES)):
        tag = spans.tags[row][word]
        said = spans.said_tags[row][word]
        title = say("{label}, said {said}: {words}", label=tag, said=said, words=spans.words[row][word])
        points.append((tag.partition("-")[2] or tag, title, vector))
    inside = [point for point in points if point[0] != "O" or not bio]
    outside = [point for point in points if point[0] == "O" and bio]
    drawn = [inside[place] for place in spread(len(inside), _WORDS if bio else 2 * _WORDS)]
    drawn += [outside[place] for place in spread(len(outside), max(20, len(drawn)))]
    if not drawn:
        return LeftOut("projection", say("How they lie"), say("Fewer than three points say nothing."))
    return lie(
        np.stack([vector for *_, vector in drawn]),
        [group for group, *_ in drawn],
        [title for _, title, _ in drawn],
        say("the vectors of words before the last layer"),
        say("Colours: the type of the right tag. A word among others' colour is an error, or a wrong tag."),
    )


def _vectors(
    loaded: Loaded, sentences: Sequence[Sequence[str]], numbers: Sequence[int]
) -> Iterator[tuple[int, int, "np.ndarray[Any, np.dtype[np.float64]]"]]:
    """Sentence, word and what goes into the last layer at the word's first piece."""
    pieces, network = Pieces(loaded.tokenizer), cast(Any, loaded.network)
    windows: list[tuple[int, Window]] = [
        (number, window)
        for number in numbers
        for window in pieces.windows(sentences[number], loaded.checkpoint.max_length)
    ]
    seen: list[torch.Tensor] = []
    hook = last_linear(network).register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0].detach()))
    network.eval()
    try:
        for places in in_batches([len(window.ids) for _, window in windows], 32):
            inputs = Collate(loaded.tokenizer)([{"input_ids": windows[place][1].ids} for place in places])
            seen.clear()
            with torch.inference_mode():
                network(**{name: value.to(network.device) for name, value in inputs.items()})
            states = seen[-1].float().cpu().double().numpy()  # (windows, tokens, width)
            for row, place in enumerate(places):
                number, window = windows[place]
                for word in window.keep:
                    yield number, word, states[row, window.places[word - window.start]]
    finally:
        hook.remove()


def _flat(tags: Sequence[Sequence[str]]) -> list[str]:
    return [tag for each in tags for tag in each]
