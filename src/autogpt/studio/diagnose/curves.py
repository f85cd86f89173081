"""Curves: how the training went, read from the event files it left for TensorBoard."""

from pathlib import Path
from typing import cast

from autogpt.core.schema import JsonValue
from autogpt.locale import say
from autogpt.studio.diagnose import charts
from autogpt.studio.diagnose.section import Found, Gallery, LeftOut, Picture, Section


def curves(folder: Path | None) -> Found:
    """A chart for each number that was written down in `runs/` of the checkpoint; left out where there is none."""
    found = read_curves(folder / "runs") if folder is not None else {}
    if not found:
        why = say("The checkpoint's folder holds no record of its training (runs/).")
        return LeftOut("curves", say("How the training went"), why)
    names = sorted(
        (name for name in found if len(found[name]) > 1), key=lambda name: (not name.endswith("/loss"), name)
    )
    pictures = [
        Picture(charts.lines([(name, [(float(step), value) for step, value in found[name]])], x=say("step"), y=name))
        for name in names[:16]
    ]
    return Section(
        name="curves",
        title=say("How the training went"),
        said=[say("What was written down while it was trained, step by step. The loss should fall, and scores rise.")],
        parts=[Gallery(pictures, wide=True)] if pictures else [],
        facts=cast(JsonValue, {name: [list(point) for point in points] for name, points in found.items()}),
    )


def read_curves(folder: Path) -> dict[str, list[tuple[int, float]]]:
    """Steps and values by name from all event files in the folder and below it."""
    import math

    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    found: dict[str, list[tuple[int, float]]] = {}
    for path in sorted({file.parent for file in folder.rglob("events.out.tfevents.*")}):
        events = EventAccumulator(str(path), size_guidance={"scalars": 500, "images": 1, "tensors": 1, "histograms": 1})
        events.Reload()
        for name in cast("list[str]", events.Tags().get("scalars", [])):
            points = [(event.step, float(event.value)) for event in events.Scalars(name) if math.isfinite(event.value)]
            found.setdefault(name, []).extend(points)
    return found
