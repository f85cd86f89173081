"""Works: what each kind of job does, from its arguments to its result. Run in a job's own process (`work.py`)."""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from autogpt.core.errors import UsageError
from autogpt.core.schema import JsonValue, Value, read_json
from autogpt.studio.checkpoint import CARD, read_checkpoint, write_checkpoint
from autogpt.studio.data.feed import Feed, prepare
from autogpt.studio.extra import require
from autogpt.studio.recipe import Recipe
from autogpt.studio.report import Scores
from autogpt.studio.work import Here


class TrainOrder(Value):
    """Arguments of the job 'train'."""

    feed: Feed
    recipe: Recipe
    out: Path
    """Folder of the checkpoint to be."""
    cache: Path
    """Where packaged bases are kept."""


class EvalOrder(Value):
    """Arguments of the job 'evaluate'."""

    feed: Feed
    checkpoint: Path
    split: str = "test"
    """Which rows; where there is only one split, that."""
    batch: int = 32


def train(arguments: Mapping[str, JsonValue], here: Here) -> JsonValue:
    """Prepare the rows, train, then score the checkpoint on the test rows if there are any."""
    require("torch", "transformers", "datasets", "accelerate")
    from autogpt.studio.train import REPORT
    from autogpt.studio.train import train as train_on

    order = order_of(TrainOrder, arguments)
    corpus, prepared = prepare(order.feed, order.recipe.task, on_advance=here.on_advance)
    # A checkpoint that is whole already was killed while it was being tested.
    if not (here.resume and (order.out / CARD).exists() and (order.out / REPORT).exists()):
        train_on(order.recipe, corpus, order.out, cache=order.cache, on_advance=here.on_advance, resume=here.resume)
    result: dict[str, JsonValue] = {"checkpoint": str(order.out), "prepared": prepared.model_dump(mode="json")}
    if "test" in corpus.splits:
        from autogpt.studio.evaluate import evaluate as score
        from autogpt.studio.model import load

        scores = score(load(order.out), corpus.splits["test"], order.recipe.batch * 2, here.on_advance)
        _note(order.out, "test", scores)
        result["test"] = scores.model_dump(mode="json")
    result["trained"] = read_json((order.out / REPORT).read_text("utf-8"))
    return result


def evaluate(arguments: Mapping[str, JsonValue], here: Here) -> JsonValue:
    """Score a checkpoint on rows with known answers."""
    require("torch", "transformers", "datasets")
    from autogpt.studio.evaluate import evaluate as score
    from autogpt.studio.model import load
    from autogpt.studio.table import ner_report

    order = order_of(EvalOrder, arguments)
    checkpoint = read_checkpoint(order.checkpoint)
    corpus, prepared = prepare(order.feed, checkpoint.task, on_advance=here.on_advance)
    split = order.split if order.split in corpus.splits else next(iter(corpus.splits))
    if len(corpus.splits) > 1 and split != order.split:
        raise UsageError(f"there are no {order.split!r} rows, only {', '.join(corpus.splits)}; choose with --split")
    scores = score(load(order.checkpoint), corpus.splits[split], order.batch, here.on_advance)
    return {
        "split": split,
        "scores": scores.model_dump(mode="json"),
        "table": ner_report(scores) if scores.per_label else "",
        "prepared": prepared.model_dump(mode="json"),
    }


T = TypeVar("T", bound=Value)


def order_of(kind: type[T], arguments: Mapping[str, JsonValue]) -> T:
    """The arguments as a value. Raises UsageError for those that cannot be."""
    try:
        return kind.model_validate(dict(arguments))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"the job cannot be done: {where!r}: {first['msg']}") from None


def _note(folder: Path, split: str, scores: Scores) -> None:
    """Keep the scores on the checkpoint's card."""
    card = read_checkpoint(folder)
    new = {f"{split}/{name}": value for name, value in scores.values.items()}
    write_checkpoint(folder, card.model_copy(update={"scores": {**card.scores, **new}}))
