"""Drift: how far one checkpoint went from another, in its weights and in its answers."""

import math
from collections import defaultdict
from typing import TYPE_CHECKING, cast

from autogpt.core.schema import JsonValue
from autogpt.locale import say
from autogpt.studio.diagnose import charts
from autogpt.studio.diagnose.leaks import texts
from autogpt.studio.diagnose.section import Picture, Section, Table
from autogpt.studio.diagnose.weights import block, has_weights
from autogpt.studio.kind import Loaded, kind_of

if TYPE_CHECKING:
    from datasets import Dataset


def drift(loaded: Loaded, other: Loaded, rows: "Dataset") -> Section:
    """The distance of each block's weights, and every row that the two answer differently."""
    blocks = _distances(loaded, other)
    kind = kind_of(loaded.checkpoint.task)
    now, before = (_plain(kind.predict(model, rows)) for model in (loaded, other))
    right = _right(rows)
    shown = texts(rows)
    flips = [number for number, (a, b) in enumerate(zip(now, before, strict=True)) if a != b]
    mended = sum(right is not None and now[number] == right[number] for number in flips)
    broken = sum(right is not None and before[number] == right[number] for number in flips)
    table = [
        [shown[number][:300], right[number][:200] if right else "", before[number][:200], now[number][:200]]
        for number in flips[:25]
    ]
    parts: list[Picture | Table] = []
    if blocks:
        parts.append(Picture(charts.bars(blocks), say("Distance of the weights, divided by their size, by block")))
    names = [say("row"), say("right"), other.checkpoint.name, loaded.checkpoint.name]
    parts.append(Table(names, table, say("Rows that are answered differently")))
    said = [
        say(
            "{flips} of {rows} answers changed against {name}.",
            flips=f"{len(flips):,}",
            rows=f"{len(now):,}",
            name=other.checkpoint.name,
        )
    ]
    if right is not None:
        said.append(
            say("{mended} went from wrong to right, {broken} from right to wrong.", mended=mended, broken=broken)
        )
    if not blocks:
        said.append(say("The two have no weights of equal shape that could be compared."))
    return Section(
        name="drift",
        title=say("Against {name}", name=other.checkpoint.name),
        said=said,
        parts=parts,
        facts={
            "against": other.checkpoint.name,
            "blocks": {name: value for name, value in blocks},
            "flips": cast(JsonValue, flips),
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


def _plain(answers: list[JsonValue]) -> list[str]:
    """What is said, without how sure it is."""
    return [_said(answer) for answer in answers]


def _said(answer: JsonValue) -> str:
    match answer:
        case {"label": str(label)}:
            return label
        case {"labels": list(labels)}:
            return ", ".join(map(str, labels))
        case {"tags": list(tags)}:
            return " ".join(map(str, tags))
        case _:
            return str(answer)


def _right(rows: "Dataset") -> list[str] | None:
    names = rows.column_names
    if "label" in names:
        return list(rows["label"])
    if "tags" in names:
        return [" ".join(tags) for tags in rows["tags"]]
    if "labels" in names:
        return [", ".join(labels) for labels in rows["labels"]]
    return None
