"""Diagnosis: the front door; which questions are asked of which task, and the two files that come of it."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autogpt.core.errors import UsageError
from autogpt.core.schema import JsonValue, Value
from autogpt.locale import say
from autogpt.studio.diagnose import (
    answers,
    attribution,
    curves,
    drift,
    entities,
    language,
    leaks,
    named,
    page,
    several,
    shortcuts,
    weights,
)
from autogpt.studio.diagnose.section import Section
from autogpt.studio.evaluate import evaluate
from autogpt.studio.kind import Loaded
from autogpt.studio.report import Advance, OnAdvance, Scores
from autogpt.studio.whole import put

if TYPE_CHECKING:
    from datasets import Dataset

SINGLE = ("text-classification", "text-pair")
LANGUAGE = ("causal-lm", "sft")


class Diagnosis(Value):
    """What was found, and where it lies."""

    name: str
    task: str
    rows: int
    page: Path
    """One HTML file, for a person."""
    data: Path
    """One JSON file, for a program."""
    scores: Scores
    warnings: tuple[str, ...] = ()
    """What deserves attention, as sentences."""
    sections: Mapping[str, JsonValue] = {}
    """The facts of each section by its name."""


def diagnose(
    model: Loaded | Path,
    rows: "Dataset",
    target: Path,
    *,
    against: Loaded | Path | None = None,
    train: "Dataset | None" = None,
    examples: int = 6,
    on_advance: OnAdvance = lambda _: None,
) -> Diagnosis:
    """Ask a model on held-out rows all that tells good from lucky; write `target`.html and `target`.json.

    against: another checkpoint of the same task, such as the one it was made from, to tell how far it went.
    train: the rows it learned from; with them leaks are looked for. examples: texts that are looked at in detail.
    Raises UsageError for no rows, rows of another task, or two models of different tasks.
    """
    loaded = _loaded(model)
    other = _loaded(against) if against is not None else None
    if other is not None and other.checkpoint.task != loaded.checkpoint.task:
        raise UsageError(f"a model for {loaded.checkpoint.task} cannot be held against one for {other.checkpoint.task}")
    on_advance(Advance(stage="evaluate", total=len(rows)))
    scores = evaluate(loaded, rows, on_advance=on_advance)
    questions = _questions(loaded, rows, other, train, examples, scores)
    sections: list[Section] = []
    for done, question in enumerate(questions):
        on_advance(Advance(stage="diagnose", done=done, total=len(questions)))
        if (section := question()) is not None:
            sections.append(section)
    on_advance(Advance(stage="diagnose", done=len(questions), total=len(questions)))
    return _write(loaded, other, rows, scores, sections, target)


def _questions(
    loaded: Loaded, rows: "Dataset", other: Loaded | None, train: "Dataset | None", examples: int, scores: Scores
) -> Sequence[Callable[[], Section | None]]:
    task = loaded.checkpoint.task
    asked: list[Callable[[], Section | None]] = [lambda: answers.per_label(scores)]
    whole = weights.has_weights(loaded.network)
    if task in SINGLE:
        found = answers.Answers.of(loaded, rows)
        asked += [
            lambda: answers.confusion(found),
            lambda: answers.calibration(found),
            lambda: answers.worst(found),
            lambda: shortcuts.in_rows(found),
            lambda: shortcuts.in_model(loaded, rows, found),
        ]
        if whole:
            asked += [
                lambda: attribution.attributions(loaded, found, examples),
                lambda: attribution.attention(loaded, found.texts),
                lambda: attribution.projection(loaded, rows, found),
            ]
    elif task == "token-classification":
        spans = entities.Spans.of(loaded, rows)
        asked += [
            lambda: entities.types(spans),
            lambda: entities.worst(spans),
            lambda: entities.seen(spans, train),
        ]
        if whole:
            asked.append(lambda: named.attributions(loaded, spans, examples))
    elif task == "multi-label":
        marks = several.Marks.of(loaded, rows)
        asked += [
            lambda: several.confusion(marks),
            lambda: several.thresholds(marks),
            lambda: several.calibration(marks),
            lambda: several.worst(marks),
        ]
        if whole:
            asked += [
                lambda: several.attributions(loaded, marks, examples),
                lambda: attribution.attention(loaded, marks.texts),
            ]
    elif task in LANGUAGE:
        asked += [lambda: language.losses(loaded, rows, examples)]
    if train is not None:
        asked.append(lambda: leaks.leaks(rows, train))
    if other is not None:
        asked.append(lambda: drift.drift(loaded, other, rows))
    if whole:
        asked.append(lambda: weights.weights(loaded, rows))
    asked.append(lambda: curves.curves(loaded.folder))
    return asked


def _loaded(model: Loaded | Path) -> Loaded:
    from autogpt.studio.model import load

    return model if isinstance(model, Loaded) else load(model)


def _write(
    loaded: Loaded, other: Loaded | None, rows: "Dataset", scores: Scores, sections: Sequence[Section], target: Path
) -> Diagnosis:
    card = loaded.checkpoint
    made = datetime.now(UTC)
    values = ", ".join(f"{name} {value:.4g}" for name, value in scores.values.items())
    about = [
        say(
            "{task}, from {base}; {rows} held-out rows; {values}.",
            task=card.task,
            base=card.base,
            rows=f"{len(rows):,}",
            values=values,
        ),
        say("Made {when} UTC.", when=f"{made:%Y-%m-%d %H:%M}"),
    ]
    diagnosis = Diagnosis(
        name=card.name,
        task=card.task,
        rows=len(rows),
        page=target.with_name(f"{target.name}.html"),
        data=target.with_name(f"{target.name}.json"),
        scores=scores,
        warnings=tuple(warning for section in sections for warning in section.warnings),
        sections={section.name: section.facts for section in sections},
    )
    told: dict[str, Any] = diagnosis.model_dump(mode="json") | {
        "created": made.isoformat(),
        "labels": list(card.labels),
    }
    if other is not None:
        about.append(say("Held against {name}.", name=other.checkpoint.name))
    title = say("Diagnosis of {name}", name=card.name)
    text = json.dumps(told, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    put(diagnosis.page, lambda file: file.write(page.render(title, about, sections).encode()))
    put(diagnosis.data, lambda file: file.write(text.encode()))
    return diagnosis
