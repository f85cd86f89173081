"""Leaks: held-out rows that stand in the training rows, word for word or nearly, so that a score flatters."""

from collections import Counter, defaultdict
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from autogpt.core.schema import JsonValue
from autogpt.locale import say
from autogpt.studio.data.keys import HISTORY, IMAGE, flat, keys_of
from autogpt.studio.diagnose.section import Section, Table
from autogpt.studio.diagnose.subject import spread
from autogpt.studio.kinds.pieces import join_words

if TYPE_CHECKING:
    from datasets import Dataset

NEAR = 0.85
"""Share of their characters, in order, that two texts must have in common to count as nearly the same."""
_CANDIDATE = 0.7
"""Cosine of the character n-grams (weighted by rareness) from which two texts are compared at all."""
_PAIRS, _LOOKED = 30_000_000, 100_000
"""Pairs of rows, and training rows, among which near copies are sought at the most."""


def leaks(rows: "Dataset", train: "Dataset") -> Section:
    """Look for each held-out row among the training rows, and for equal texts with different labels."""
    mine, theirs = texts(rows), texts(train)
    worded = not {IMAGE, HISTORY} & set(rows.column_names)
    keys, others = _keys(rows, mine, worded), _keys(train, theirs, worded)
    known: dict[str | bytes, list[int]] = defaultdict(list)
    for number, key in enumerate(others):
        known[key].append(number)
    exact = [(number, known[key][0]) for number, key in enumerate(keys) if key in known]
    same = {number for number, _ in exact}
    rest = [number for number in range(len(mine)) if number not in same]
    asked, looked = _sampled(len(rest), len(theirs))
    near = _near(mine, theirs, [rest[place] for place in asked], looked) if worded and rest and theirs else []
    contrary, odds = _contrary(exact, list(_labels(rows)), list(_labels(train)), [known.get(key, []) for key in keys])
    shown = _written(rows, mine), _written(train, theirs)
    count = len(exact) + len(near)
    share = count / max(len(mine), 1)
    return Section(
        name="leaks",
        title=say("Leaks"),
        said=[
            _said(len(mine), len(theirs), len(exact), len(near), contrary)
            if worded
            else say(
                "Of {mine} held-out rows {exact} are the same as one of the {theirs} training rows. {contrary} times "
                "the same has different labels.",
                mine=f"{len(mine):,}",
                exact=f"{len(exact):,}",
                theirs=f"{len(theirs):,}",
                contrary=f"{contrary:,}",
            ),
            *(
                [
                    say(
                        "Near copies were looked for in {asked} of the other held-out rows, among {looked} training "
                        "rows, both at even distances.",
                        asked=f"{len(asked):,}",
                        looked=f"{len(looked):,}",
                    )
                ]
                if worded and (len(asked) < len(rest) or len(looked) < len(theirs))
                else []
            ),
        ],
        parts=[
            Table(
                [say("held-out row"), say("training row"), say("similarity")],
                [
                    [shown[0][a][:300], shown[1][b][:300], score]
                    for a, b, score in sorted(near, key=lambda found: -found[2])[:10]
                ],
                say("Nearly the same"),
            ),
            Table(
                [say("text"), say("held-out label"), say("training label")],
                [[shown[0][number][:300], a, b] for number, a, b in odds],
                say("At odds"),
            ),
        ],
        facts={
            "exact": cast(JsonValue, [list(pair) for pair in exact]),
            "near": cast(JsonValue, [[a, b, round(score, 4)] for a, b, score in near]),
            "share": share,
            "contrary": contrary,
            "near_asked": len(asked) if worded else 0,
            "near_among": len(looked) if worded else 0,
        },
        warnings=_warnings(len(mine), len(exact), len(near)) if share > 0.01 else [],
    )


def _contrary(
    exact: list[tuple[int, int]], mine: list[str], theirs: list[str], same: list[list[int]]
) -> tuple[int, list[tuple[int, str, str]]]:
    """How many pairs of equal rows have different labels, and the first ten: held-out row and both labels.

    same: for each held-out row the training rows that are equal to it. Counted by label: a text that stands a thousand
    times in both has a million pairs.
    """
    counts: dict[int, Counter[str]] = {}  # by the first of the equal training rows
    total = 0
    shown: list[tuple[int, str, str]] = []
    for number, first in exact:
        if first not in counts:
            counts[first] = Counter(theirs[other] for other in same[number])
        labels = counts[first]
        own = mine[number]
        total += labels.total() - labels[own]
        shown += [(number, own, label) for label in labels if label != own][: 10 - len(shown)]
    return total, shown


def _sampled(mine: int, theirs: int) -> tuple[list[int], list[int]]:
    """Which of so many held-out and training rows are compared: at most `_PAIRS` pairs, some minutes of work."""
    looked = spread(theirs, _LOOKED)
    return spread(mine, max(100, _PAIRS // max(1, len(looked)))), looked


def _said(mine: int, theirs: int, exact: int, near: int, contrary: int) -> str:
    return say(
        "Of {mine} held-out rows {exact} stand word for word in the {theirs} training rows, and {near} nearly "
        "so (similarity of {least} and more). {contrary} times equal texts have different labels.",
        mine=f"{mine:,}",
        exact=f"{exact:,}",
        theirs=f"{theirs:,}",
        near=f"{near:,}",
        least=NEAR,
        contrary=f"{contrary:,}",
    )


def _warnings(rows: int, exact: int, near: int) -> list[str]:
    told: list[str] = []
    if exact:
        told.append(
            say(
                "{count} held-out rows ({share}) are also in the training rows: the score flatters.",
                count=f"{exact:,}",
                share=f"{exact / rows:.1%}",
            )
        )
    if near:
        told.append(
            say(
                "{count} held-out rows ({share}) are nearly the same as training rows: the score may flatter.",
                count=f"{near:,}",
                share=f"{near / rows:.1%}",
            )
        )
    return told


def _keys(rows: "Dataset", shown: list[str], worded: bool) -> list[str] | list[bytes]:
    """What is equal for rows that are the same."""
    return [_plain(text) for text in shown] if worded else [key for key, _ in keys_of(rows, "")]


def texts(rows: "Dataset") -> list[str]:
    """One text for each row, whatever the task calls it."""
    names = rows.column_names
    if "tokens" in names:
        return [" ".join(words) for words in rows["tokens"]]
    if "messages" in names:
        return ["\n".join(str(message.get("content", "")) for message in chat) for chat in rows["messages"]]
    if HISTORY in names:
        columns = [name for name in (HISTORY, "item") if name in names]
        return [" > ".join(flat(row[name]) for name in columns) for row in cast("list[dict[str, Any]]", rows.to_list())]
    if IMAGE in names:
        return list(rows[IMAGE])
    columns = [name for name in ("text", "text_pair", "prompt", "source", "item") if name in names] or names
    return ["\n".join(str(row[name]) for name in columns) for row in cast("list[dict[str, Any]]", rows.to_list())]


def _written(rows: "Dataset", found: list[str]) -> list[str]:
    """The texts as a person writes them: words of Chinese without spaces between."""
    return [join_words(words) for words in rows["tokens"]] if "tokens" in rows.column_names else found


def _labels(rows: "Dataset") -> list[str]:
    column = next((name for name in ("label", "labels", "tags", "answer", "target") if name in rows.column_names), None)
    return [str(value) for value in rows[column]] if column else [""] * len(rows)


def _plain(text: str) -> str:
    """Without case, marks and double spaces; a text of marks alone stays as it is."""
    plain = " ".join("".join(char if char.isalnum() else " " for char in text.casefold()).split())
    return plain or text


def _alike(one: str, other: str) -> float:
    """N-grams know no order: the same words shuffled are not the same text."""
    return SequenceMatcher(None, one[:600], other[:600], autojunk=False).ratio()


def _near(mine: list[str], theirs: list[str], asked: list[int], looked: list[int]) -> list[tuple[int, int, float]]:
    """For each of mine that is asked, the most similar of theirs that are looked at, where it is near enough."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    plain = [_plain(text)[:2_000] or "-" for text in (*(mine[row] for row in asked), *(theirs[row] for row in looked))]
    vectors: Any = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(3, 5), dtype=cast(Any, np.float32), sublinear_tf=True
    ).fit_transform(plain)
    ours, others = vectors[: len(asked)], vectors[len(asked) :].T.tocsc()
    found: list[tuple[int, int, float]] = []
    for start in range(0, len(asked), 256):  # a stretch of the product at a time: all of it would not fit
        scores: Any = (ours[start : start + 256] @ others).tocsr()
        for row in range(scores.shape[0]):
            line = scores.getrow(row)
            best = [int(line.indices[place]) for place in line.data.argsort()[-3:] if line.data[place] >= _CANDIDATE]
            alike = [(_alike(plain[start + row], plain[len(asked) + other]), other) for other in best]
            if alike and max(alike)[0] >= NEAR:
                score, other = max(alike)
                found.append((asked[start + row], looked[other], score))
    return found
