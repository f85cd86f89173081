"""Several: a classifier that gives a text any number of labels; each is a decision of its own, with its threshold."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from autogpt.core.schema import JsonValue
from autogpt.locale import say
from autogpt.studio.diagnose import charts
from autogpt.studio.diagnose.answers import reliability
from autogpt.studio.diagnose.attribution import FULL, attribute
from autogpt.studio.diagnose.moved import figures, moved
from autogpt.studio.diagnose.projection import MOST, before_last_layer
from autogpt.studio.diagnose.projection import projection as lie
from autogpt.studio.diagnose.section import Found, Gallery, Picture, Section, Table, Words
from autogpt.studio.diagnose.shortcuts import gain, word_rules
from autogpt.studio.diagnose.subject import spread
from autogpt.studio.kind import Loaded, kind_of
from autogpt.studio.kinds.classify import MultiLabel, best_threshold

if TYPE_CHECKING:
    from datasets import Dataset

_GRID = tuple(round(0.05 * step, 2) for step in range(1, 20))
"""Thresholds that are tried for the curves."""
_CURVES = 9
"""Labels whose curves are drawn: the commonest."""
_PROBED = 20
"""Labels that are looked at for shortcuts: the commonest."""
_GAIN = 0.1
"""By how much F1 another threshold must be better, to be worth a warning."""


@dataclass(frozen=True)
class Marks:
    """Texts with the labels that are right, and how likely each is."""

    texts: Sequence[str]
    labels: Sequence[str]
    right: "np.ndarray[Any, np.dtype[np.bool_]]"
    """(rows, labels)"""
    chances: "np.ndarray[Any, np.dtype[np.float64]]"
    """(rows, labels), each from 0 to 1; they need not add up to 1."""
    thresholds: Sequence[float]
    """A label is given from this probability on."""

    @classmethod
    def of(cls, loaded: Loaded, rows: "Dataset") -> "Marks":
        kind = cast(MultiLabel, kind_of(loaded.checkpoint.task))
        labels = loaded.checkpoint.labels
        found = [cast(dict[str, Any], answer) for answer in kind.predict(loaded, rows)]
        return cls(
            texts=list(rows["text"]),
            labels=labels,
            right=np.array([[label in given for label in labels] for given in rows["labels"]]),
            chances=np.array([[answer["scores"][label] for label in labels] for answer in found]),
            thresholds=kind.thresholds(loaded),
        )

    @property
    def said(self) -> "np.ndarray[Any, np.dtype[np.bool_]]":
        return self.chances >= np.array(self.thresholds)

    def names(self, row: "np.ndarray[Any, np.dtype[np.bool_]]") -> str:
        """The labels of a row, as a list for people."""
        return ", ".join(label for label, given in zip(self.labels, row, strict=True) if given) or say("none")

    def wrong(self) -> list[tuple[int, int]]:
        """Rows and labels that are decided wrongly, those it was surest of first."""
        apart = np.abs(self.chances - np.array(self.thresholds))
        places = [(int(row), int(label)) for row, label in zip(*np.nonzero(self.said != self.right), strict=True)]
        return sorted(places, key=lambda place: -apart[place])


def thresholds(found: Marks) -> Section:
    """F1 of each label by its threshold, and whether another one would serve these rows better."""
    curves: list[tuple[str, list[tuple[float, float]]]] = []
    table: list[list[str | float | int]] = []
    facts: dict[str, JsonValue] = {}
    warnings: list[str] = []
    for id, label in enumerate(found.labels):
        right, chances, now = found.right[:, id], found.chances[:, id], found.thresholds[id]
        count = int(right.sum())
        best = best_threshold(chances.tolist(), right.astype(float).tolist())
        here, there = _f1(chances >= now, right), _f1(chances >= best, right)
        curves.append((label, [(each, _f1(chances >= each, right)) for each in _GRID]))
        table.append([label, count, now, here, best, there])
        facts[label] = {"rows": count, "threshold": now, "f1": here, "best": best, "best_f1": there}
        if count >= 10 and there - here > _GAIN:
            warnings.append(
                say(
                    "{label}: with a threshold of {best} instead of {now} F1 would be {there} instead of {here}.",
                    label=label,
                    best=f"{best:.2f}",
                    now=f"{now:.2f}",
                    there=f"{there:.2f}",
                    here=f"{here:.2f}",
                )
            )
    order = sorted(range(len(curves)), key=lambda id: -int(found.right[:, id].sum()))[: len(charts.COLOURS)]
    head = [say("label"), say("rows"), say("threshold"), "F1", say("best threshold here"), say("F1 there")]
    return Section(
        name="thresholds",
        title=say("Thresholds"),
        said=[
            say(
                "Each label has its own threshold, chosen on the validation rows of the training. The best one here is "
                "told for comparison; chosen on these rows, it would flatter."
            )
        ],
        parts=[
            Picture(charts.lines([curves[id] for id in order], x=say("threshold"), y="F1"), say("F1 by threshold")),
            Table(head, table),
        ],
        facts=facts,
        warnings=warnings,
    )


def calibration(found: Marks) -> Section:
    """Whether a label is right as often as it is called likely, over all rows and labels."""
    parts, error, bins = reliability(found.chances.ravel(), found.right.ravel())
    each = {label: reliability(found.chances[:, id], found.right[:, id]) for id, label in enumerate(found.labels)}
    apart = [[label, *_by_label(found, id), each[label][1]] for id, label in enumerate(found.labels)]
    head = [say("label"), say("mean probability"), say("share right"), say("calibration error")]
    order = sorted(range(len(found.labels)), key=lambda id: -int(found.right[:, id].sum()))[:_CURVES]
    pictures = [Picture(cast(Picture, each[found.labels[id]][0][0]).svg, found.labels[id]) for id in order]
    return Section(
        name="calibration",
        title=say("Calibration"),
        said=[
            say(
                "Expected calibration error {error}: for every row and label, the mean distance between the "
                "probability of the label and how often it is right.",
                error=f"{error:.3f}",
            )
        ],
        parts=[
            *parts,
            Table(head, apart, say("Each label on its own")),
            *([Gallery(pictures)] if len(found.labels) > 1 else []),
        ],
        facts={
            "ece": error,
            "bins": bins,
            "labels": {label: {"ece": one, "bins": tenths} for label, (_, one, tenths) in each.items()},
        },
        warnings=[say("Its probabilities are not to be trusted: calibration error {error}.", error=f"{error:.2f}")]
        if error > 0.1
        else [],
    )


def projection(loaded: Loaded, rows: "Dataset", found: Marks) -> Found:
    """What goes into the last layer, coloured by label where a text has one."""
    places = spread(len(rows), MOST)
    sample = rows.select(places)
    counts = found.right[places].sum(-1)
    groups = [
        found.names(found.right[place]) if count < 2 else say("several labels")
        for place, count in zip(places, counts, strict=True)
    ]
    titles = [
        say(
            "{label}, said {said}: {words}",
            label=found.names(found.right[place]),
            said=found.names(found.said[place]),
            words=found.texts[place][:120],
        )
        for place in places
    ]
    return lie(
        before_last_layer(loaded, sample),
        groups,
        titles,
        say("the vectors of texts before the last layer"),
        say("Colours: the right label of texts that have one; texts of several labels should lie between theirs."),
    )


def confusion(found: Marks) -> Section:
    """Which labels are left out, which are added, and which stand in for which."""
    missed, added = found.right & ~found.said, ~found.right & found.said
    pairs = Counter(
        (found.labels[int(one)], found.labels[int(other)])
        for row in range(len(found.texts))
        for one in np.nonzero(missed[row])[0]
        for other in np.nonzero(added[row])[0]
    )
    whole = int((found.right == found.said).all(-1).sum())
    table = [[label, int(missed[:, id].sum()), int(added[:, id].sum())] for id, label in enumerate(found.labels)]
    return Section(
        name="confusion",
        title=say("Confusion"),
        said=[
            say(
                "{whole} of {rows} rows have exactly the right labels ({share}); {missed} labels are missed, {added} "
                "are added wrongly.",
                whole=f"{whole:,}",
                rows=f"{len(found.texts):,}",
                share=f"{whole / max(len(found.texts), 1):.1%}",
                missed=f"{int(missed.sum()):,}",
                added=f"{int(added.sum()):,}",
            )
        ],
        parts=[
            Table([say("label"), say("missed"), say("added wrongly")], table),
            Table(
                [say("missed"), say("said instead"), say("rows")],
                [[one, other, count] for (one, other), count in pairs.most_common(15)],
                say("Most mixed up"),
            ),
        ],
        facts={
            "exact": whole,
            "missed": {label: int(missed[:, id].sum()) for id, label in enumerate(found.labels)},
            "added": {label: int(added[:, id].sum()) for id, label in enumerate(found.labels)},
        },
    )


def shortcuts(found: Marks) -> Section:
    """For each label the one word that tells most about it: "has it or has it not", without reading the text."""
    table: list[list[str | float | int]] = []
    facts: dict[str, JsonValue] = {}
    warnings: list[str] = []
    order = sorted(range(len(found.labels)), key=lambda id: -int(found.right[:, id].sum()))[:_PROBED]
    for id in order:
        label, right = found.labels[id], found.right[:, id]
        guess = max(float(right.mean()), 1 - float(right.mean()))
        rules = word_rules(found.texts, ["1" if given else "" for given in right])
        if not rules:
            continue
        word, _, rows, _, accuracy = rules[0]
        table.append([label, guess, word, rows, accuracy])
        facts[label] = {"guessing": guess, "word": word, "rows": rows, "accuracy": accuracy}
        if gain(accuracy, guess) > 0.5:
            warnings.append(
                say(
                    "The word {word} alone tells {label} with accuracy {accuracy}, where guessing has {guess}.",
                    word=repr(word),
                    label=label,
                    accuracy=f"{accuracy:.2f}",
                    guess=f"{guess:.2f}",
                )
            )
    head = [say("label"), say("guessing"), say("word"), say("rows with it"), say("accuracy of the rule")]
    return Section(
        name="shortcuts",
        title=say("Shortcuts in the data"),
        said=[
            say(
                "For each of the commonest labels the word that tells most about it. What one word gives away, a "
                "model learns first, and it fails where the word is missing."
            )
        ],
        parts=[Table(head, table)],
        facts=facts,
        warnings=warnings,
    )


def worst(found: Marks, most: int = 20) -> Section:
    """The wrong decisions it was surest of."""
    wrong = found.wrong()
    rows: list[list[str | float | int]] = []
    facts: list[JsonValue] = []
    for row, label in wrong[:most]:
        chance = float(found.chances[row, label])
        kind = say("missed") if found.right[row, label] else say("added wrongly")
        rows.append(
            [
                found.texts[row][:400],
                found.names(found.right[row]),
                found.names(found.said[row]),
                f"{found.labels[label]} ({kind})",
                chance,
            ]
        )
        facts.append({"row": row, "text": found.texts[row], "label": found.labels[label], "probability": chance})
    return Section(
        name="worst",
        title=say("Worst errors"),
        said=[
            say(
                "{count} decisions for or against a label are wrong; these are the ones it was surest of. Look first "
                "whether the labels are right.",
                count=f"{len(wrong):,}",
            )
        ],
        parts=[Table([say("text"), say("right"), say("said"), say("wrong label"), say("probability")], rows)],
        facts=facts,
    )


def attributions(loaded: Loaded, found: Marks, examples: int) -> Section:
    """What moved single labels: wrong decisions it was sure of, then labels it gave rightly."""
    wrong = found.wrong()[: (examples + 1) // 2]
    hits = zip(*np.nonzero(found.said & found.right), strict=True)
    sure = sorted(((int(row), int(label)) for row, label in hits), key=lambda place: -found.chances[place])
    parts: list[Words] = []
    facts: list[JsonValue] = []
    for row, label in [*wrong, *sure[: examples - len(wrong)]]:
        seen = attribute(loaded, found.texts[row], label)
        most = max(FULL, *map(abs, seen.values))
        parts.append(
            Words(
                [(piece, value / most) for piece, value in zip(seen.pieces, seen.values, strict=True)],
                say(
                    "For or against {label}: probability {chance}, threshold {threshold}; right: {right}.",
                    label=found.labels[label],
                    chance=f"{found.chances[row, label]:.2f}",
                    threshold=f"{found.thresholds[label]:.2f}",
                    right=found.names(found.right[row]),
                ),
            )
        )
        facts.append(
            figures(
                seen,
                {
                    "row": row,
                    "label": found.labels[label],
                    "pieces": cast(JsonValue, seen.pieces),
                },
            )
        )
    return moved(
        say(
            "Integrated gradients: green pieces speak for the label that is named, red ones against it. Within a "
            "text the strongest piece has the full colour if it moved the logit by {full} or more.",
            full=FULL,
        ),
        parts,
        facts,
    )


def _by_label(found: Marks, id: int) -> tuple[float, float]:
    return float(found.chances[:, id].mean()), float(found.right[:, id].mean())


def _f1(said: "np.ndarray[Any, np.dtype[np.bool_]]", right: "np.ndarray[Any, np.dtype[np.bool_]]") -> float:
    hits = float((said & right).sum())
    return 2 * hits / max(float(said.sum() + right.sum()), 1.0)
