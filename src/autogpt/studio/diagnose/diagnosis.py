"""Diagnosis: the front door; the questions are asked, and the answers written as a page and as JSON."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autogpt.core.errors import UsageError
from autogpt.core.schema import JsonValue, Value
from autogpt.locale import say
from autogpt.studio.diagnose import page
from autogpt.studio.diagnose.questions import questions
from autogpt.studio.diagnose.section import LeftOut, Section
from autogpt.studio.diagnose.subject import Subject
from autogpt.studio.diagnose.weights import has_weights
from autogpt.studio.evaluate import evaluate
from autogpt.studio.kind import Loaded
from autogpt.studio.names import name_of
from autogpt.studio.report import Advance, OnAdvance, Scores
from autogpt.studio.whole import put

if TYPE_CHECKING:
    from datasets import Dataset


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
    left_out: Mapping[str, str] = {}
    """Sections this model has none of, by name, with a sentence why."""


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
    subject = Subject(loaded, rows, train, other, examples, scores, has_weights(loaded.network))
    on_advance(Advance(stage="diagnose", done=0, total=1))
    asked = questions(subject)
    sections: list[Section] = []
    omitted: list[LeftOut] = []
    for done, question in enumerate(asked):
        on_advance(Advance(stage="diagnose", done=done, total=len(asked)))
        match question():
            case Section() as section:
                sections.append(section)
            case LeftOut() as missing:
                omitted.append(missing)
    on_advance(Advance(stage="diagnose", done=len(asked), total=len(asked)))
    return _write(subject, sections, omitted, target)


def _loaded(model: Loaded | Path) -> Loaded:
    from autogpt.studio.model import load

    return model if isinstance(model, Loaded) else load(model)


def _write(subject: Subject, sections: Sequence[Section], omitted: Sequence[LeftOut], target: Path) -> Diagnosis:
    card, scores = subject.loaded.checkpoint, subject.scores
    made = datetime.now(UTC)
    values = ", ".join(f"{name_of(name)} {value:.4g}" for name, value in scores.values.items())
    about = [
        say(
            "{task}, from {base}; {rows} held-out rows; {values}.",
            task=card.task,
            base=card.base,
            rows=f"{len(subject.rows):,}",
            values=values,
        ),
        say("Made {when} UTC.", when=f"{made:%Y-%m-%d %H:%M}"),
    ]
    diagnosis = Diagnosis(
        name=card.name,
        task=card.task,
        rows=len(subject.rows),
        page=target.with_name(f"{target.name}.html"),
        data=target.with_name(f"{target.name}.json"),
        scores=scores,
        warnings=tuple(warning for section in sections for warning in section.warnings),
        sections={section.name: section.facts for section in sections},
        left_out={missing.name: missing.why for missing in omitted},
    )
    told: dict[str, Any] = diagnosis.model_dump(mode="json") | {
        "created": made.isoformat(),
        "labels": list(card.labels),
    }
    if subject.other is not None:
        about.append(say("Held against {name}.", name=subject.other.checkpoint.name))
    title = say("Diagnosis of {name}", name=card.name)
    text = json.dumps(told, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    put(diagnosis.page, lambda file: file.write(page.render(title, about, sections, omitted).encode()))
    put(diagnosis.data, lambda file: file.write(text.encode()))
    return diagnosis
