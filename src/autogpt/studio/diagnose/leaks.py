"""Leaks: held-out rows that stand in the training rows, word for word or nearly, so that a score flatters."""

from collections import defaultdict
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from autogpt.core.schema import JsonValue
from autogpt.locale import say
from autogpt.studio.data.keys import HISTORY, IMAGE, flat, keys_of
from autogpt.studio.diagnose.section import Section, Table
from autogpt.studio.kinds.pieces import join_words

if TYPE_CHECKING:
    from datasets import Dataset

NEAR = 0.85
"""Share of their characters, in order, that two texts must have in common to count as nearly the same."""
_CANDIDATE = 0.7
"""Cosine of the character n-grams (weighted by rareness) from which two texts are compared at all."""


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
    near = [found for found in _near(mine, theirs) if found[0] not in same] if worded else []
    told = list(_labels(rows)), list(_labels(train))
    shown = _written(rows, mine), _written(train, theirs)
    contrary = [
        (shown[0][number], told[0][number], told[1][other])
        for number, _ in exact
        for other in known[keys[number]]
        if told[0][number] != told[1][other]
    ]
    count = len(exact) + len(near)
    share = count / max(len(mine), 1)
    return Section(
        name="leaks",
        title=say("Leaks"),
        said=[
            _said(len(mine), len(theirs), len(exact), len(near), len(contrary))
            if worded
            else say(
                "Of {mine} held-out rows {exact} are the same as one of the {theirs} training rows. {contrary} times "
                "the same has different labels.",
                mine=f"{len(mine):,}",
                exact=f"{len(exact):,}",
                theirs=f"{len(theirs):,}",
                contrary=f"{len(contrary):,}",
            )
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
                [[text[:300], a, b] for text, a, b in contrary[:10]],
                say("At odds"),
            ),
        ],
        facts={
            "exact": cast(JsonValue, [list(pair) for pair in exact]),
            "near": cast(JsonValue, [[a, b, round(score, 4)] for a, b, score in near]),
            "share": share,
            "contrary": len(contrary),
        },
        warnings=_warnings(len(mine), len(exact), len(near)) if share > 0.01 else [],
    )


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


def _near(mine: list[str], theirs: list[str]) -> list[tuple[int, int, float]]:
    """For each of mine the most similar of theirs, where it is near enough."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    plain = [_plain(text)[:2_000] or "-" for text in (*mine, *theirs)]
    vectors: Any = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(3, 5), dtype=cast(Any, np.float32), sublinear_tf=True
    ).fit_transform(plain)
    ours, others = vectors[: len(mine)], vectors[len(mine) :].T.tocsc()
    found: list[tuple[int, int, float]] = []
    for start in range(0, len(mine), 256):  # a stretch of the product at a time: all of it would not fit
        scores: Any = (ours[start : start + 256] @ others).tocsr()
        for row in range(scores.shape[0]):
            line = scores.getrow(row)
            best = [int(line.indices[place]) for place in line.data.argsort()[-3:] if line.data[place] >= _CANDIDATE]
            alike = [(_alike(plain[start + row], plain[len(mine) + other]), other) for other in best]
            if alike and max(alike)[0] >= NEAR:
                found.append((start + row, max(alike)[1], max(alike)[0]))
    return found
