"""Drift: how far one checkpoint went from another, in its weights and in its answers."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, cast

from autogpt.core.schema import JsonValue
from autogpt.locale import say
from autogpt.studio.diagnose import charts
from autogpt.studio.diagnose.leaks import texts
from autogpt.studio.diagnose.pairs import Preferred
from autogpt.studio.diagnose.ranking import Ranking
from autogpt.studio.diagnose.reading import readings
from autogpt.studio.diagnose.section import Picture, Section, Table
from autogpt.studio.diagnose.subject import spread
from autogpt.studio.diagnose.weights import block, has_weights
from autogpt.studio.kind import Loaded, kind_of

if TYPE_CHECKING:
    from datasets import Dataset

LANGUAGE = ("causal-lm", "sft", "masked-lm")
_WRITING = ("seq2seq", "policy-gradient")
_ROWS = 2_000
_TEXTS = 200
"""Rows that are answered where an answer is written token by token."""


def drift(loaded: Loaded, other: Loaded, rows: "Dataset") -> Section:
    """The distance of each block's weights, and the rows that the two answer differently, among at most 2,000 (200
    where an answer is a text). Of language models, which give no answers: how surprised they are."""
    if loaded.checkpoint.task in LANGUAGE:
        return _surprise(loaded, other, rows)
    blocks = _distances(loaded, other)
    places = spread(len(rows), _TEXTS if loaded.checkpoint.task in _WRITING else _ROWS)
    rows = rows.select(places)
    now, before = (answered(model, rows) for model in (loaded, other))
    right = _right(rows)
    shown = _shown(rows)
    flips = [number for number, (a, b) in enumerate(zip(now, before, strict=True)) if a != b]
    judge = right_by(loaded)
    mended = sum(right is not None and judge(now[number], right[number]) for number in flips)
    broken = sum(right is not None and judge(before[number], right[number]) for number in flips)
    if right is not None:  # both may be right in other words
        both = sum(judge(now[number], right[number]) and judge(before[number], right[number]) for number in flips)
        mended, broken = mended - both, broken - both
    table = [
        [shown[number][:300], right[number][:200] if right else "", before[number][:200], now[number][:200]]
        for number in flips[:25]
    ]
    parts: list[Picture | Table] = [*_blocks(blocks)]
    names = [say("row"), say("right"), other.checkpoint.name, loaded.checkpoint.name]
    parts.append(Table(names, table, say("Rows that are answered differently")))
    said = [
        _moved_weights(blocks),
        say(
            "{flips} of {rows} answers changed against {name}.",
            flips=f"{len(flips):,}",
            rows=f"{len(now):,}",
            name=other.checkpoint.name,
        ),
    ]
    if right is not None:
        said.append(
            say("{mended} went from wrong to right, {broken} from right to wrong.", mended=mended, broken=broken)
        )
    return Section(
        name="drift",
        title=say("Against {name}", name=other.checkpoint.name),
        said=said,
        parts=parts,
        facts={
            "against": other.checkpoint.name,
            "blocks": {name: value for name, value in blocks},
            "flips": cast(JsonValue, [places[number] for number in flips]),
            "mended": mended,
            "broken": broken,
        },
        warnings=[
            say("More answers went from right to wrong ({broken}) than back ({mended}).", broken=broken, mended=mended)
        ]
        if broken > mended + 2
        else [],
    )


def _distances(loaded: Loaded, other: Loaded) -> list[tuple[str, float]]:
    if not (has_weights(loaded.network) and has_weights(other.network)):
        return []
    theirs = dict(other.network.named_parameters())
    moved: dict[str, float] = defaultdict(float)
    size: dict[str, float] = defaultdict(float)
    for name, parameter in loaded.network.named_parameters():
        old = theirs.get(name)
        if old is None or old.shape != parameter.shape:
            continue
        moved[block(name)] += float((parameter.detach() - old.detach()).pow(2).sum())
        size[block(name)] += float(old.detach().pow(2).sum())
    return [(name, math.sqrt(value / (size[name] or 1.0))) for name, value in moved.items()]


def answered(loaded: Loaded, rows: "Dataset") -> list[str]:
    """What is said to each row, without how sure it is: a label, tags, a text, what comes first, which is preferred."""
    match loaded.checkpoint.task:
        case "embedding" | "recommendation":
            found = Ranking.of(loaded, rows)
            return [first[0][0] if first else "" for first in found.first]
        case "preference" | "reward":
            pairs = Preferred.of(loaded, rows)
            said = dict(zip(pairs.rows, pairs.hits, strict=True))
            return [
                "" if row not in said else say("chosen") if said[row] else say("rejected") for row in range(len(rows))
            ]
        case task:
            return [_said(answer) for answer in kind_of(task).predict(loaded, rows)]


def right_by(loaded: Loaded) -> Callable[[str, str], bool]:
    """Whether an answer is right: for a model that learned from a verifier, what that says."""
    if loaded.checkpoint.task == "policy-gradient":
        from autogpt.studio.lm.verify import verifier_in

        verifier = verifier_in(loaded.checkpoint.options)
        return lambda said, right: verifier(said, right) >= 1
    return lambda said, right: said.strip() == right.strip()


def _surprise(loaded: Loaded, other: Loaded, rows: "Dataset") -> Section:
    """Of language models: the loss of each text in both, over the tokens that both read."""
    blocks = _distances(loaded, other)
    now, before = (
        {reading.encoded.row: sum(reading.losses) / len("".join(reading.pieces)) for reading in readings(model, rows)}
        for model in (loaded, other)
    )
    both = [row for row in now if row in before]
    change = {row: now[row] - before[row] for row in both}
    order = sorted(both, key=lambda row: -abs(change[row]))
    shown = _shown(rows.select(order[:25]))
    table = [[text[:300], before[row], now[row]] for text, row in zip(shown, order, strict=False)]
    better, worse = sum(value < 0 for value in change.values()), sum(value > 0 for value in change.values())
    means = [sum(side[row] for row in both) / max(len(both), 1) for side in (before, now)]
    return Section(
        name="drift",
        title=say("Against {name}", name=other.checkpoint.name),
        said=[
            _moved_weights(blocks),
            say(
                "Mean loss a character: {before} nats in {name}, {now} now. Of {rows} texts {better} became less "
                "surprising, {worse} more.",
                before=f"{means[0]:.3f}",
                name=other.checkpoint.name,
                now=f"{means[1]:.3f}",
                rows=f"{len(both):,}",
                better=f"{better:,}",
                worse=f"{worse:,}",
            ),
        ],
        parts=[
            *_blocks(blocks),
            Table([say("row"), other.checkpoint.name, loaded.checkpoint.name], table, say("Texts that changed most")),
        ],
        facts={
            "against": other.checkpoint.name,
            "blocks": {name: value for name, value in blocks},
            "before": means[0],
            "now": means[1],
            "better": better,
            "worse": worse,
        },
        warnings=[
            say(
                "It became worse on these rows: {now} nats a character instead of {before}.",
                now=f"{means[1]:.3f}",
                before=f"{means[0]:.3f}",
            )
        ]
        if means[1] > means[0] * 1.05
        else [],
    )


def _blocks(blocks: list[tuple[str, float]]) -> list[Picture]:
    told = say("Distance of the weights, divided by their size, by block")
    return [Picture(charts.bars(blocks), told)] if blocks else []


def _moved_weights(blocks: list[tuple[str, float]]) -> str:
    if not blocks:
        return say("The two have no weights of equal shape that could be compared.")
    name, value = max(blocks, key=lambda each: each[1])
    if not value:
        return say("Their weights are the same.")
    return say("The weights moved most in {block}: by {share} of their size.", block=name, share=f"{value:.1%}")


def _shown(rows: "Dataset") -> list[str]:
    """What a person knows each row by."""
    names = rows.column_names
    if "image" in names:
        return list(rows["image"])
    if "history" in names:
        return ["; ".join(history) for history in rows["history"]]
    return texts(rows)


def _said(answer: JsonValue) -> str:
    match answer:
        case {"label": str(label)}:
            return label
        case {"labels": list(labels)}:
            return _in_order(labels)
        case {"tags": list(tags)}:
            return " ".join(map(str, tags))
        case _:
            return str(answer)


def _in_order(labels: Iterable[object]) -> str:
    """Several labels of one row as one answer, in whatever order they were given."""
    return ", ".join(sorted(set(map(str, labels))))


def _right(rows: "Dataset") -> list[str] | None:
    names = rows.column_names
    if "label" in names:
        return list(rows["label"])
    if "tags" in names:
        return [" ".join(tags) for tags in rows["tags"]]
    if "labels" in names:
        return [_in_order(labels) for labels in rows["labels"]]
    if "rejected" in names:
        return [say("chosen")] * len(rows)
    return next((list(rows[name]) for name in ("target", "item", "text_pair", "answer") if name in names), None)
