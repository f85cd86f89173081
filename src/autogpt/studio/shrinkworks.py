"""Works that make a checkpoint smaller, or take it elsewhere. Run in a job's own process, like those in `works`."""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

from pydantic import Field

from autogpt.core.errors import UsageError
from autogpt.core.schema import JsonValue, Value
from autogpt.locale import Language, say, use
from autogpt.studio.checkpoint import read_checkpoint, sizes_on_disk
from autogpt.studio.compress.schemes import check_calibration
from autogpt.studio.data.feed import Feed, Prepared, prepare
from autogpt.studio.data.foresee import splits_of
from autogpt.studio.data.room import stem_of
from autogpt.studio.extra import require
from autogpt.studio.given import value_of
from autogpt.studio.whole import deliver
from autogpt.studio.work import Here
from autogpt.studio.works import order_of

if TYPE_CHECKING:
    from datasets import Dataset

    from autogpt.studio.compress.quantize import QuantMethod
    from autogpt.studio.compress.shrunk import Shrunk
    from autogpt.studio.corpus import Corpus


class ShrinkOrder(Value):
    """Arguments of the jobs 'quantize', 'prune' and 'distill'."""

    feed: Feed
    checkpoint: Path
    out: Path
    method: str = ""
    """Of quantising; see `compress.quantize.QuantMethod`. Of pruning: 'structure' or 'weights'."""
    sizes: Mapping[str, JsonValue] = {}
    """Of a pruned network (`prune.Cut`, or {"share"}) or a student (`distill.Student`)."""
    lessons: Mapping[str, JsonValue] = {}
    """How it recovers or learns (`teach.Lessons`)."""
    seconds: Annotated[float, Field(gt=0)] = 6.0
    """How long each speed is measured."""


class ExportOrder(Value):
    """Arguments of the job 'export'."""

    checkpoint: Path
    form: str
    target: Path
    quant: str = ""
    base: Path | None = None


class DiagnoseOrder(Value):
    """Arguments of the job 'diagnose'."""

    feed: Feed
    checkpoint: Path
    target: Path
    """The page; its JSON lies beside it."""
    against: Path | None = None
    language: Language = "en"
    """Of the page."""


def check_shrink(kind: str, order: ShrinkOrder) -> None:
    """See whether a checkpoint can be made smaller so, before a job is begun; the job looks again.

    kind: 'quantize', 'prune' or 'distill'. Raises UsageError for one that is quantised, whose task has no such
    networks, or that has fewer layers, heads or neurons than are to stay.
    """
    from autogpt.studio.compress.encoder import be_whole

    card = read_checkpoint(order.checkpoint)
    be_whole(order.checkpoint, card)
    if kind == "quantize":
        return
    require("torch", "transformers")
    from autogpt.studio.compress.distill import Student
    from autogpt.studio.compress.prune import Cut, check_share
    from autogpt.studio.compress.subject import subject
    from autogpt.studio.compress.teach import Lessons

    subject(card.task)
    value_of(Lessons, order.lessons, say("the training")).of(card.task)
    layers = sizes_on_disk(order.checkpoint, card)
    if kind == "prune" and order.method == "weights":
        check_share(float(cast(float, order.sizes.get("share", 0.5))))
    elif kind == "prune":
        cut = value_of(Cut, order.sizes, say("what stays"))
        if layers:
            cut.fits(order.checkpoint.name, len(layers))
    else:
        student = value_of(Student, order.sizes, say("the student"))
        if layers:
            student.fits(layers)


def check_rows(kind: str, feed: Feed, task: str, method: str = "") -> None:
    """See whether there will be the rows that a job wants, as far as can be told before they are read.

    kind: 'quantize', 'prune', 'distill' or 'diagnose'; method: see `ShrinkOrder`. Raises UsageError if there are none
    to measure on, or none to learn from or to calibrate by where it does that.
    """
    if (found := splits_of(feed, task)) is None:
        return
    _measured_on(found)
    check_calibration(method, given="train" in found)
    if kind in ("prune", "distill"):
        _learned_from(found)


def check_against(folder: Path, other: Path) -> None:
    """Raises UsageError for two checkpoints of different tasks."""
    one, two = read_checkpoint(folder).task, read_checkpoint(other).task
    if one != two:
        raise UsageError(f"a model for {one} cannot be held against one for {two}")


def quantize(arguments: Mapping[str, JsonValue], here: Here) -> JsonValue:
    """Write the checkpoint with smaller numbers; measure both on the held-out rows."""
    require("torch", "transformers", "onnxruntime", "torchao")
    from autogpt.studio.compress.quantize import quantize as shrink

    order, corpus, prepared = _begin(arguments, here)

    def make(part: Path) -> JsonValue:
        shrunk = shrink(
            order.checkpoint,
            cast("QuantMethod", order.method),
            part,
            rows=held_out(corpus),
            calibration=corpus.splits.get("train"),
            aside=set_aside(corpus),
            seconds=order.seconds,
            on_advance=here.on_advance,
        )
        return _told(shrunk, order.out, prepared)

    return deliver(order.out, here, make)


def prune(arguments: Mapping[str, JsonValue], here: Here) -> JsonValue:
    """Take heads, neurons and layers out, or set weights to zero, and let the rest recover.

    After a kill the recovery goes on where it was, to the same weights.
    """
    require("torch", "transformers")
    from autogpt.studio.compress.prune import Cut, prune_weights
    from autogpt.studio.compress.prune import prune as shrink
    from autogpt.studio.compress.teach import Lessons

    order, corpus, prepared = _begin(arguments, here)
    lessons = order_of(Lessons, order.lessons) if order.lessons else None
    train, rows = training_rows(corpus), held_out(corpus)

    def make(part: Path) -> JsonValue:
        more: Any = {
            "lessons": lessons,
            "seconds": order.seconds,
            "work": here.state,
            "on_advance": here.on_advance,
        }
        if order.method == "weights":
            share = float(cast(float, order.sizes.get("share", 0.5)))
            shrunk = prune_weights(order.checkpoint, part, train=train, rows=rows, share=share, **more)
        else:
            cut = order_of(Cut, order.sizes)
            shrunk = shrink(order.checkpoint, part, train=train, rows=rows, cut=cut, aside=unseen(corpus), **more)
        return _told(shrunk, order.out, prepared)

    return deliver(order.out, here, make)


def distill(arguments: Mapping[str, JsonValue], here: Here) -> JsonValue:
    """Teach a smaller network the checkpoint's answers. After a kill it goes on where it was, to the same weights."""
    require("torch", "transformers")
    from autogpt.studio.compress.distill import Student
    from autogpt.studio.compress.distill import distill as shrink
    from autogpt.studio.compress.teach import Lessons

    order, corpus, prepared = _begin(arguments, here)
    train, rows = training_rows(corpus), held_out(corpus)

    def make(part: Path) -> JsonValue:
        shrunk = shrink(
            order.checkpoint,
            part,
            train=train,
            rows=rows,
            student=order_of(Student, order.sizes),
            lessons=order_of(Lessons, order.lessons) if order.lessons else None,
            seconds=order.seconds,
            work=here.state,
            on_advance=here.on_advance,
        )
        return _told(shrunk, order.out, prepared)

    return deliver(order.out, here, make)


def diagnose(arguments: Mapping[str, JsonValue], here: Here) -> JsonValue:
    """Look into a checkpoint on held-out rows; write what was seen as a page and as JSON."""
    require("torch", "transformers", "captum", "sklearn")
    from autogpt.studio.diagnose.diagnosis import diagnose as look

    order = order_of(DiagnoseOrder, arguments)
    use(order.language)  # this process does nothing else
    task = read_checkpoint(order.checkpoint).task
    corpus, prepared = prepare(order.feed, task, on_advance=here.on_advance)
    page = stem_of(order.target)
    page.parent.mkdir(parents=True, exist_ok=True)
    found = look(
        order.checkpoint,
        held_out(corpus),
        page,
        against=order.against,
        train=corpus.splits.get("train"),
        on_advance=here.on_advance,
    )
    return {
        "prepared": prepared.model_dump(mode="json"),
        "split": "test" if "test" in corpus.splits else "validation",
        "scores": found.scores.model_dump(mode="json"),
        "warnings": list(found.warnings),
        "paths": [str(found.page), str(found.data)],
    }


def export(arguments: Mapping[str, JsonValue], here: Here) -> JsonValue:
    """Write the checkpoint for other programs, and check that it answers the same there."""
    require("torch", "transformers")
    from autogpt.studio.export.export import export as write
    from autogpt.studio.export.exported import Exported

    order = order_of(ExportOrder, arguments)

    def make(target: Path) -> Exported:
        return write(
            order.checkpoint, order.form, target, quant=order.quant, base=order.base, on_advance=here.on_advance
        )

    def make_there(part: Path) -> JsonValue:
        exported = make(part)
        paths = tuple(
            order.target / path.relative_to(part) if path.is_relative_to(part) else path
            for path in exported.paths  # of a file it is "."
        )
        return exported.model_copy(update={"target": order.target, "paths": paths}).model_dump(mode="json")

    return deliver(order.target, here, make_there)


def _begin(arguments: Mapping[str, JsonValue], here: Here) -> "tuple[ShrinkOrder, Corpus, Prepared]":
    order = order_of(ShrinkOrder, arguments)
    task = read_checkpoint(order.checkpoint).task
    corpus, prepared = prepare(order.feed, task, on_advance=here.on_advance)
    return order, corpus, prepared


def held_out(corpus: "Corpus") -> "Dataset":
    """The rows to measure on. Raises UsageError if there are none."""
    return corpus.splits[_measured_on(corpus.splits)]


def training_rows(corpus: "Corpus") -> "Dataset":
    """The rows to recover on. Raises UsageError if there are none."""
    return corpus.splits[_learned_from(corpus.splits)]


def unseen(corpus: "Corpus") -> "Dataset | None":
    """Rows that nobody learns from or measures on: those for validation where there are rows for testing."""
    return corpus.splits.get("validation") if "test" in corpus.splits else None


def set_aside(corpus: "Corpus") -> "Dataset | None":
    """The rows to choose by, which are not those to measure on: unseen ones if there are such, else for training."""
    return corpus.splits.get("train") if (rows := unseen(corpus)) is None else rows


def _measured_on(splits: Collection[str]) -> str:
    for name in ("test", "validation"):
        if name in splits:
            return name
    raise UsageError("there are no test or validation rows to measure on; give some, or cut them off (--cut test=0.2)")


def _learned_from(splits: Collection[str]) -> str:
    if "train" not in splits:
        raise UsageError(f"there are no training rows to recover on, only {', '.join(sorted(splits))}")
    return "train"


def _told(shrunk: "Shrunk", out: Path, prepared: Prepared) -> JsonValue:
    """out: where it lies in the end."""
    return {
        "checkpoint": str(out),
        "prepared": prepared.model_dump(mode="json"),
        "shrunk": shrunk.model_copy(update={"folder": out}).model_dump(mode="json"),
        "table": shrunk.table(),
    }
