"""Answers: what a classifier says against what is right: by class, by confidence, and where it is most wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from autogpt.core.schema import JsonValue
from autogpt.locale import say
from autogpt.studio.diagnose import charts
from autogpt.studio.diagnose.section import Found, LeftOut, Picture, Section, Table
from autogpt.studio.kind import Loaded, kind_of
from autogpt.studio.names import name_of
from autogpt.studio.report import Scores

if TYPE_CHECKING:
    from datasets import Dataset

_BINS = 10


@dataclass(frozen=True)
class Answers:
    """Texts with the right label, the one that was said, and the probabilities (rows, labels)."""

    texts: Sequence[str]
    """For images: their files."""
    labels: Sequence[str]
    right: Sequence[str]
    said: Sequence[str]
    chances: "np.ndarray[Any, np.dtype[np.float64]]"
    others: Sequence[str] = ()
    """The second texts of pairs."""

    @classmethod
    def of(cls, loaded: Loaded, rows: "Dataset") -> "Answers":
        found = [cast(dict[str, Any], answer) for answer in kind_of(loaded.checkpoint.task).predict(loaded, rows)]
        labels = loaded.checkpoint.labels
        return cls(
            texts=list(rows["image" if "image" in rows.column_names else "text"]),
            labels=labels,
            right=list(rows["label"]),
            said=[answer["label"] for answer in found],
            chances=np.array([[answer["scores"][label] for label in labels] for answer in found]),
            others=list(rows["text_pair"]) if "text_pair" in rows.column_names else (),
        )

    @property
    def hits(self) -> "np.ndarray[Any, np.dtype[np.bool_]]":
        return np.array([a == b for a, b in zip(self.right, self.said, strict=True)])

    @property
    def whole(self) -> list[str]:
        """The texts; of a pair both, joined by a line break."""
        if not self.others:
            return list(self.texts)
        return [f"{one}\n{other}" for one, other in zip(self.texts, self.others, strict=True)]

    @property
    def accuracy(self) -> float:
        return float(self.hits.mean())


def per_label(scores: Scores) -> Found:
    """Precision, recall and F1 of each label."""
    if not scores.per_label:
        return LeftOut("labels", say("Each label"), say("The answers are no labels."))
    names = ("precision", "recall", "f1", "support")
    rows = [
        [name_of(label), *(float(values.get(name, 0.0)) for name in names[:3]), int(values.get("support", 0))]
        for label, values in scores.per_label.items()
    ]
    single = {label: values for label, values in scores.per_label.items() if not label.endswith(" avg")}
    poor = [label for label, values in single.items() if values.get("support", 0) >= 5 and values.get("f1", 0) < 0.5]
    return Section(
        name="labels",
        title=say("Each label"),
        said=[
            say(
                "The deciding score is {name}: {value} on {rows} rows.",
                name=name_of(scores.main),
                value=f"{scores.best:.4f}",
                rows=f"{scores.rows:,}",
            )
        ],
        parts=[Table([say("label"), *map(name_of, names)], rows)],
        facts=cast(JsonValue, {label: dict(values) for label, values in scores.per_label.items()}),
        warnings=[say("Hardly learned (F1 under 0.5): {labels}.", labels=", ".join(poor[:12]))] if poor else [],
    )


def confusion(found: Answers) -> Section:
    """Which label is taken for which."""
    place = {label: number for number, label in enumerate(found.labels)}
    counts = np.zeros((len(place), len(place)))
    for right, said in zip(found.right, found.said, strict=True):
        if right in place:
            counts[place[right], place[said]] += 1
    mixed = sorted(
        (
            (int(counts[row, column]), found.labels[row], found.labels[column])
            for row in range(len(place))
            for column in range(len(place))
            if row != column and counts[row, column]
        ),
        reverse=True,
    )
    parts: list[Picture | Table] = []
    if len(place) <= 40:
        parts.append(
            Picture(charts.heatmap(counts, found.labels, found.labels, counts=True), say("Down: right. Across: said."))
        )
    head = [say("right"), say("said"), say("rows")]
    parts.append(Table(head, [[right, said, n] for n, right, said in mixed[:15]], say("Most mixed up")))
    return Section(
        name="confusion",
        title=say("Confusion"),
        said=[
            say(
                "{hits} of {rows} rows are right ({share}).",
                hits=f"{int(found.hits.sum()):,}",
                rows=f"{len(found.right):,}",
                share=f"{found.accuracy:.1%}",
            )
        ],
        parts=parts,
        facts=cast(JsonValue, {"labels": list(found.labels), "counts": counts.astype(int).tolist()}),
    )


def calibration(found: Answers) -> Section:
    """Whether it is right as often as it says (expected calibration error, Guo et al. 2017, arXiv:1706.04599)."""
    sure = found.chances.max(-1)
    hits = found.hits
    parts, error, bins = reliability(sure, hits)
    over = float(sure.mean() - hits.mean())
    tone = (
        say("On the whole it is too sure by {distance}.", distance=f"{over:.3f}")
        if over > 0
        else say("On the whole it is not sure enough by {distance}.", distance=f"{-over:.3f}")
    )
    return Section(
        name="calibration",
        title=say("Calibration"),
        said=[
            say(
                "Expected calibration error {error} over {bins} bins: the mean distance between how sure it is and how "
                "often it is right.",
                error=f"{error:.3f}",
                bins=_BINS,
            ),
            tone,
        ],
        parts=parts,
        facts={"ece": error, "mean_probability": float(sure.mean()), "accuracy": found.accuracy, "bins": bins},
        warnings=[say("Its probabilities are not to be trusted: calibration error {error}.", error=f"{error:.2f}")]
        if error > 0.1
        else [],
    )


def reliability(
    chances: "np.ndarray[Any, np.dtype[np.float64]]", hits: "np.ndarray[Any, np.dtype[np.bool_]]"
) -> tuple[list[Picture | Table], float, JsonValue]:
    """How often what has such a probability is true, by tenths; the expected calibration error; and the tenths as
    facts.

    chances, hits: (decisions,).
    """
    bins = np.minimum((chances * _BINS).astype(int), _BINS - 1)
    rows: list[list[str | float | int]] = []
    points: list[tuple[float, float]] = []
    error = 0.0
    for number in range(_BINS):
        inside = bins == number
        if not inside.any():
            continue
        says, is_ = float(chances[inside].mean()), float(hits[inside].mean())
        error += float(inside.mean()) * abs(says - is_)
        points.append((says, is_))
        rows.append([f"{number / _BINS:.1f} – {(number + 1) / _BINS:.1f}", int(inside.sum()), says, is_])
    chart = charts.lines([(say("model"), points)], x=say("probability it gives"), y=say("share right"), diagonal=True)
    head = [say("probability"), say("decisions"), say("mean probability"), say("share right")]
    names = ("from_to", "decisions", "mean_probability", "share_right")
    facts = [dict(zip(names, row, strict=True)) for row in rows]
    return [Picture(chart), Table(head, rows)], error, cast(JsonValue, facts)


def worst(found: Answers, most: int = 20) -> Section:
    """The errors it is surest of: wrong labels in the data, or what it has not understood."""
    wrong = [number for number, hit in enumerate(found.hits) if not hit]
    wrong.sort(key=lambda number: -found.chances[number].max())
    texts = found.whole
    rows = [
        [texts[number][:400], found.right[number], found.said[number], float(found.chances[number].max())]
        for number in wrong[:most]
    ]
    return Section(
        name="worst",
        title=say("Worst errors"),
        said=[told_wrong(len(wrong))],
        parts=[Table([say("text"), say("right"), say("said"), say("probability")], rows)],
        facts=cast(
            JsonValue,
            [
                {"row": number, "text": texts[number], "right": found.right[number], "said": found.said[number]}
                | {"probability": float(found.chances[number].max())}
                for number in wrong[:most]
            ],
        ),
    )


def told_wrong(count: int) -> str:
    """How many rows are wrong, above the worst of them."""
    if not count:
        return say("No row is wrong.")
    return say(
        "{count} rows are wrong; these are the ones it was surest of. Look first whether their label is right.",
        count=f"{count:,}",
    )
