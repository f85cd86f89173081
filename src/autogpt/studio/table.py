"""Scores as a table for people: precision, recall, F1 and support of each label and their averages."""

from autogpt.core.text import columns
from autogpt.studio.names import name_of
from autogpt.studio.report import Scores

_AVERAGES = ("micro avg", "macro avg", "weighted avg")
_COLUMNS = ("precision", "recall", "f1", "support")


def ner_report(scores: Scores) -> str:
    """The table in plain text, in the person's language. Without labels: the scores by name.

    >>> found = {"PER": {"precision": 1.0, "recall": 0.5, "f1": 2 / 3, "support": 3}}
    >>> print(ner_report(Scores(rows=2, main="f1", values={"f1": 2 / 3}, per_label=found)).strip())
    precision    recall        f1   support
               PER     1.0000    0.5000    0.6667         3
    """
    if not scores.per_label:
        return "\n".join(f"{_right(name_of(name), 14)} {value:10.4f}" for name, value in scores.values.items())
    labels = [label for label in scores.per_label if label not in _AVERAGES]
    width = max(14, *map(columns, labels)) if labels else 14
    lines = [" " * width + "".join(_right(name_of(name), 11 if name == "precision" else 10) for name in _COLUMNS)]
    for label in (*labels, *(average for average in _AVERAGES if average in scores.per_label)):
        if label == _AVERAGES[0] and labels:
            lines.append("")
        row = scores.per_label[label]
        numbers = "".join(f"{row.get(name, 0.0):{11 if name == 'precision' else 10}.4f}" for name in _COLUMNS[:-1])
        shown = name_of(label) if label in _AVERAGES else label
        lines.append(f"{_right(shown, width)}{numbers}{int(row.get('support', 0)):>10,}")
    return "\n".join(lines)


def _right(text: str, width: int) -> str:
    return " " * (width - columns(text)) + text
