"""Clean: duplicates out, nothing left that an exam asks, secrets masked. Each says what it took away."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from autogpt.core.schema import Value
from autogpt.studio.corpus import Corpus
from autogpt.studio.data.keys import Likeness, grams, key_of, keys_of, words
from autogpt.studio.data.split import changed

if TYPE_CHECKING:
    from datasets import Dataset

_ORDER = ("test", "validation", "train")
"""What is asked in an exam stays there, and its copies leave the training rows."""


class Dropped(Value):
    """A row that was taken out, and why."""

    split: str
    row: int
    """Counted from 0 in the split as it was."""
    reason: str
    """'same' or 'alike' (with the row it repeats), or 'exam'."""
    like: str = ""
    """The row it is a copy of, as 'train 17'; or the words it shares with the exam."""


def dedupe(
    corpus: Corpus, *, near: float | None = 0.9, within_test: bool = False
) -> tuple[Corpus, tuple[Dropped, ...]]:
    """Leave the first of all rows that say the same, and of those that nearly do.

    Copies of a test or validation row leave the training rows; test rows that repeat each other stay unless
    `within_test`, because figures on a published test set must stay comparable.
    near: the Jaccard index of character 5-grams from which two texts are nearly the same; None: only the same. Images
    and rows of recommendation have no text: see `keys_of` for what is the same.
    """
    first: dict[bytes, str] = {}
    likeness = Likeness(near) if near is not None else None
    kept: dict[str, Dataset] = {}
    dropped: list[Dropped] = []
    for split in (name for name in _ORDER if name in corpus.splits):
        rows = corpus.splits[split]
        staying: list[int] = []
        for at, (key, text) in enumerate(keys_of(rows, corpus.task)):
            name = f"{split} {at}"
            twin: object | None = first.get(key)
            reason = "same"
            if twin is None:
                first[key] = name
                if likeness is not None and text is not None:
                    twin, reason = likeness.find_or_add(text, name), "alike"
            if twin is None or (split == "test" and not within_test):
                staying.append(at)
            else:
                dropped.append(Dropped(split=split, row=at, reason=reason, like=str(twin)))
        kept[split] = rows.select(staying)
    return changed(corpus, kept), tuple(dropped)


def decontaminate(
    corpus: Corpus, against: Iterable[str], *, n: int = 8, keys: Iterable[bytes] = ()
) -> tuple[Corpus, tuple[Dropped, ...]]:
    """Take out training and validation rows that share a run of n words with one of the exam's texts.

    Words are characters in Chinese and Japanese. A text of fewer than n words counts as a whole: a row is taken out if
    it is the same, as are rows shorter than n words that an exam's text is. (Brown et al. 2020 used n = 13.)
    keys: of the exam's rows (see `keys_of`), for images and others without a text.
    """
    runs: set[tuple[str, ...]] = set()
    whole: set[bytes] = set(keys)
    for text in against:
        whole.add(key_of(text))
        if len(words(text)) >= n:
            runs |= grams(text, n)
    kept: dict[str, Dataset] = dict(corpus.splits)
    dropped: list[Dropped] = []
    for split in (name for name in ("validation", "train") if name in corpus.splits):
        staying: list[int] = []
        for at, (key, text) in enumerate(keys_of(corpus.splits[split], corpus.task)):
            shared = sorted(grams(text or "", n) & runs)
            if not shared and key not in whole:
                staying.append(at)
            else:
                dropped.append(Dropped(split=split, row=at, reason="exam", like=" ".join(shared[0]) if shared else ""))
        kept[split] = corpus.splits[split].select(staying)
    return changed(corpus, kept), tuple(dropped)


def leakage(corpus: Corpus) -> Mapping[str, int]:
    """How many rows of each later split say the same as one of an earlier: {"train in test": 3}."""
    found: dict[str, int] = {}
    names = [name for name in reversed(_ORDER) if name in corpus.splits]
    keys = {name: [key for key, _ in keys_of(corpus.splits[name], corpus.task)] for name in names}
    for at, name in enumerate(names):
        for other in names[at + 1 :]:
            early = set(keys[name])
            found[f"{name} in {other}"] = sum(key in early for key in keys[other])
    return found
