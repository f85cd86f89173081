"""Split and mix: parts of a corpus for training and for proof, alike in their labels; several corpora as one."""

import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from autogpt.core.errors import UsageError
from autogpt.studio.corpus import Corpus
from autogpt.studio.data.keys import keys_of
from autogpt.studio.data.sources import SPLITS, split_of

if TYPE_CHECKING:
    from datasets import Dataset


def cut(corpus: Corpus, shares: Mapping[str, float], seed: int = 0) -> Corpus:
    """Cut validation and test rows off 'train', each with the labels' shares of the whole; rows keep their order.

    shares: {"validation": 0.1, "test": 0.1}, each of 'train' as it is; splits that are there already are left alone.
    Rows with the same text go together, so that nothing is proved on what was learnt. A row of several labels counts
    for its rarest.
    Raises UsageError for shares that leave nothing, or a name that is no split.
    """
    wanted = {split_of(name) or name: share for name, share in shares.items()}
    if bad := [name for name in wanted if name not in SPLITS[1:]]:
        raise UsageError(f"{bad[0]!r} cannot be cut off; 'validation' and 'test' can")
    if not all(0 < share < 1 for share in wanted.values()) or sum(wanted.values()) >= 1:
        raise UsageError(f"shares are over 0 and together under 1, not {dict(shares)}")
    wanted = {name: share for name, share in wanted.items() if name not in corpus.splits}
    train = corpus.splits.get("train")
    if train is None or not wanted:
        return corpus
    taken: dict[str, list[int]] = {name: [] for name in wanted}
    for alike in _strata(train, corpus.task, seed):
        _deal(alike, wanted, taken)
    kept = sorted(set(range(len(train))) - {at for rows in taken.values() for at in rows})
    parts = {"train": kept, **{name: sorted(rows) for name, rows in taken.items()}}
    if empty := [name for name, rows in parts.items() if not rows]:
        raise UsageError(
            f"{len(train)} rows are too few to have some for {empty[0]!r} (rows with one text go together)"
        )
    new = {name: train.select(rows) for name, rows in parts.items()}
    return changed(corpus, {**corpus.splits, **new})


def _strata(train: "Dataset", task: str, seed: int) -> list[list[list[int]]]:
    """Rows by label; within a label, in an order chosen by the seed, rows of one text together."""
    marks = _marks(train)
    often = Counter(mark for row in marks for mark in row)
    groups: dict[bytes, list[int]] = {}
    for at, (key, _) in enumerate(keys_of(train, task)):
        groups.setdefault(key, []).append(at)
    strata: dict[str, list[list[int]]] = {}
    for rows in groups.values():
        rarest = min(sorted(marks[rows[0]]), key=lambda mark: often[mark], default="")
        strata.setdefault(rarest, []).append(rows)
    chance = random.Random(seed)  # noqa: S311 - no secret
    for name in sorted(strata):
        chance.shuffle(strata[name])
    return [strata[name] for name in sorted(strata)]


def _marks(train: "Dataset") -> list[set[str]]:
    """The labels of each row, or the kinds of entities in it."""
    names = train.column_names
    if "label" in names:
        return [{label} for label in cast(list[str], train["label"])]
    if "labels" in names:
        return [set(labels) for labels in cast(list[list[str]], train["labels"])]
    if "tags" in names:
        return [{tag[2:] for tag in tags if tag != "O"} for tags in cast(list[list[str]], train["tags"])]
    return [set()] * len(train)


def _deal(alike: Sequence[Sequence[int]], wanted: Mapping[str, float], taken: dict[str, list[int]]) -> None:
    """Give each split its share of the rows of one label, to the nearest row; the first is left for training."""
    total = sum(map(len, alike))
    rest = list(alike[1:])
    for name, share in wanted.items():
        due = round(share * total)
        got = 0
        while rest and got + len(rest[-1]) <= due:
            rows = rest.pop()
            taken[name].extend(rows)
            got += len(rows)


def mix(corpora: Sequence[Corpus], weights: Sequence[float] = (), *, seed: int = 0) -> Corpus:
    """Several corpora of one task as one, training rows in an order chosen by the seed.

    weights: how much of the training rows each is to give, relative to the others; as many rows as there are without
    taking one twice. Without weights, every row. Validation and test rows are all kept.
    Raises UsageError for corpora of different tasks, or weights that are not one above 0 for each.
    """
    from datasets import concatenate_datasets

    if not corpora or len({corpus.task for corpus in corpora}) > 1:
        raise UsageError("only corpora of one task can be mixed")
    parts: dict[str, list[Dataset]] = {}
    for corpus in corpora:
        for split, rows in corpus.splits.items():
            parts.setdefault(split, []).append(rows)
    if weights:
        counts = taken(corpora, weights)
        parts["train"] = [
            corpus.splits["train"].shuffle(seed=seed).select(range(count))
            for corpus, count in zip(corpora, counts, strict=True)
        ]
    splits: dict[str, Dataset] = {split: concatenate_datasets(rows) for split, rows in parts.items()}
    if "train" in splits:
        splits["train"] = splits["train"].shuffle(seed=seed)
    return changed(
        corpora[0],
        {split: splits[split] for split in SPLITS if split in splits},
        labels=united(corpora),
        rejected=tuple(row for corpus in corpora for row in corpus.rejected),
        sources=tuple(source for corpus in corpora for source in corpus.sources),
        assumed={file: encoding for corpus in corpora for file, encoding in corpus.assumed.items()},
    )


def taken(corpora: Sequence[Corpus], weights: Sequence[float] = ()) -> list[int]:
    """How many training rows `mix` takes of each. Raises UsageError for weights it cannot keep to."""
    counts = [len(corpus.splits["train"]) if "train" in corpus.splits else 0 for corpus in corpora]
    if not weights:
        return counts
    if len(weights) != len(corpora) or not all(0 < weight < math.inf for weight in weights):
        raise UsageError(f"each of the {len(corpora)} corpora needs a weight above 0")
    if not all(counts):
        empty = ", ".join(corpora[counts.index(0)].sources)
        raise UsageError(f"there are no training rows in {empty!r} to weigh")
    unit = min(count / weight for count, weight in zip(counts, weights, strict=True))
    found = [min(round(unit * weight), count) for weight, count in zip(weights, counts, strict=True)]
    if not all(found):
        raise UsageError(f"by these weights not one row would come from {corpora[found.index(0)].sources[0]!r}")
    return found


def united(corpora: Sequence[Corpus]) -> tuple[str, ...]:
    """The labels of all, in the order they have when loaded together."""
    from autogpt.studio.data.conll import bio_labels
    from autogpt.studio.data.load import by_number

    seen = {label for corpus in corpora for label in corpus.labels}
    return bio_labels(seen) if corpora[0].task == "token-classification" else tuple(sorted(seen, key=by_number))


def changed(corpus: Corpus, splits: "Mapping[str, Dataset]", **more: Any) -> Corpus:
    """The corpus with other rows; splits in their usual order, without empty ones."""
    ordered = {name: splits[name] for name in SPLITS if name in splits and len(splits[name])}
    return replace(corpus, splits=ordered, **more)
