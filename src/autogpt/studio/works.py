"""Works: what each kind of job does, from its arguments to its result. Run in a job's own process (`work.py`)."""

import shutil
from collections.abc import Mapping
from itertools import chain, count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, TypeVar

from pydantic import Field, ValidationError

from autogpt.core.errors import UsageError
from autogpt.core.paths import typed
from autogpt.core.schema import JsonValue, Value, read_json
from autogpt.studio.bases import bases
from autogpt.studio.checkpoint import CARD, read_checkpoint, write_checkpoint
from autogpt.studio.corpus import Corpus
from autogpt.studio.data.feed import Feed, prepare
from autogpt.studio.data.keys import flat
from autogpt.studio.distributed import check_places, lost, others, world
from autogpt.studio.diverged import TrainingDiverged, rescued
from autogpt.studio.extra import require
from autogpt.studio.jobs import jobs, status
from autogpt.studio.kind import kind_of
from autogpt.studio.leftovers import WORK, clear, searched
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
    trials: Annotated[int, Field(ge=0, le=1_000)] = 0
    """Trainings with other settings, of which the best is kept; 0: one, with the recipe as it is."""
    processes: Annotated[int, Field(ge=1)] = 1
    """That train together, each with its share of every batch."""
    machines: Annotated[int, Field(ge=1)] = 1
    """They run on."""


class EvalOrder(Value):
    """Arguments of the job 'evaluate'."""

    feed: Feed
    checkpoint: Path
    split: str = "test"
    """Which rows; where there is only one split, that."""
    batch: int = 32
    metrics: tuple[str, ...] = ()
    """Scores that are wanted, by name; none: all of the task."""


def train(arguments: Mapping[str, JsonValue], here: Here) -> JsonValue:
    """Prepare the rows, train, then score the checkpoint on the test rows if there are any."""
    require("torch", "transformers", "datasets", "accelerate")
    from autogpt.studio.train import REPORT
    from autogpt.studio.train import train as train_on

    order = order_of(TrainOrder, arguments)
    # A checkpoint that is whole already was killed while it was being tested.
    whole = here.resume and is_whole(order.out)
    with others(1 if whole else order.processes, here.folder) as wait:
        corpus, prepared = prepare(order.feed, order.recipe.task, on_advance=here.on_advance)
        recipe = order.recipe
        if recipe.base == AUTO:
            recipe = recipe.model_copy(update={"base": base_for(corpus)})
        result: dict[str, JsonValue] = {"checkpoint": str(order.out), "prepared": prepared.model_dump(mode="json")}
        result["base"] = recipe.base
        if not here.resume:
            clear(order.out)  # of a job that failed
        wait()
        if order.trials and not whole:
            _search(order, recipe, corpus, here)
        elif not whole:
            try:
                train_on(recipe, corpus, order.out, cache=order.cache, on_advance=here.on_advance, resume=here.resume)
            except TrainingDiverged as error:
                raise _salvage(order.out, error) from None
            except RuntimeError as error:
                raise (lost(error) or error) from error
    clear(order.out)
    if order.trials:
        from autogpt.studio.search import RECIPE, read_search

        result["search"] = read_search(order.out).model_dump(mode="json")
        result["recipe_file"] = str(order.out / RECIPE)
    if "test" in corpus.splits:
        from autogpt.studio.evaluate import evaluate as score
        from autogpt.studio.model import load

        scores = score(load(order.out), corpus.splits["test"], order.recipe.batch * 2, here.on_advance)
        _note(order.out, "test", scores)
        result["test"] = scores.model_dump(mode="json")
    result["trained"] = read_json((order.out / REPORT).read_text("utf-8"))
    return result


def assist(order: TrainOrder, ready: Path | None = None) -> None:
    """The work of a process that is not the first, in a training in several.

    It computes its share of each batch and writes nothing: the job, and the checkpoint, are the first one's.
    ready: a file it makes when it has read its rows. Raises UsageError where the first would, and when it is gone.
    """
    require("torch", "transformers", "datasets", "accelerate")
    from autogpt.studio.train import train as train_on

    alone(order, world())
    corpus, _ = prepare(order.feed, order.recipe.task)
    if ready is not None:
        ready.touch()
    recipe = order.recipe
    if recipe.base == AUTO:
        recipe = recipe.model_copy(update={"base": base_for(corpus)})
    with TemporaryDirectory(prefix="autogpt-train-") as folder:
        try:
            train_on(recipe, corpus, Path(folder) / order.out.name, cache=order.cache)
        except RuntimeError as error:
            told = " ".join(str(error).split())[:200]
            raise UsageError(f"this process of the training lost the others ({told}); the first says why") from error


def assist_job(folder: Path, ready: Path | None = None) -> None:
    """The same for a job that is there already; nothing for one of another kind, or with nothing left to train."""
    job = status(folder).job
    if job.kind == "train" and not is_whole((order := order_of(TrainOrder, job.arguments)).out):
        assist(order, ready)


def begun(jobs_folder: Path, order: TrainOrder, name: str | None) -> Path | None:
    """The newest job with this order (but for where it writes, if nobody named it) that did not come to its end."""
    for one in jobs(jobs_folder):
        if one.job.kind == "train" and one.state != "done":
            was = order_of(TrainOrder, one.job.arguments)
            if was.model_copy(update={"out": order.out}) == order and name in (None, was.out.name):
                return jobs_folder / one.job.id
    return None


def as_before(folder: Path) -> None:
    """Raises UsageError for a training that was begun in other processes than can be begun from here."""
    job = status(folder).job
    if job.kind == "train":
        order = order_of(TrainOrder, job.arguments)
        check_places(folder.name, order.processes, order.machines)


def alone(order: TrainOrder, processes: int) -> None:
    """Raises UsageError for what is learned in one process only."""
    if order.trials and processes > 1:
        raise UsageError(
            "a search runs in one process; start it without --processes, torchrun or accelerate, or leave --trials out"
        )
    if order.recipe.task == "policy-gradient" and processes > 1:
        raise UsageError(
            "policy gradients are learned in one process; start it without --processes, torchrun or accelerate"
        )


def is_whole(out: Path) -> bool:
    """Whether the folder holds all that a training makes."""
    from autogpt.studio.train import REPORT

    return (out / CARD).exists() and (out / REPORT).exists()


def _salvage(out: Path, error: TrainingDiverged) -> TrainingDiverged:
    """Keep the best weights from before as a checkpoint of their own; whatever else was made is of no use."""
    from autogpt.studio.train import GOOD

    good = out / WORK / GOOD
    if (good / CARD).exists():
        name = f"{out.name}-step-{error.kept}"
        names = chain([name], (f"{name}-{number}" for number in count(2)))
        folder = next(path for path in map(out.with_name, names) if not path.exists())
        write_checkpoint(good, read_checkpoint(good).model_copy(update={"name": folder.name}))
        good.replace(folder)
        error = rescued(error, folder.name)
    shutil.rmtree(out, ignore_errors=True)
    return error


def _search(order: TrainOrder, recipe: Recipe, corpus: Corpus, here: Here) -> None:
    """Try settings, and put the best checkpoint where it is wanted. Goes on where it was stopped."""
    from autogpt.studio.search import BEST, keep, search

    best = searched(order.out) / BEST
    found = search(recipe, corpus, best.parent, cache=order.cache, trials=order.trials, on_advance=here.on_advance)
    card = read_checkpoint(best)
    write_checkpoint(best, card.model_copy(update={"name": order.out.name}))
    keep(found, best)
    best.replace(order.out)


AUTO = "auto"
"""The base that fits the task and the language of the rows."""
_CHATS = ("causal-lm", "sft", "preference", "reward", "policy-gradient")


def base_for(corpus: Corpus) -> str:
    """The packaged base for such rows. Raises UsageError where none is packaged."""
    from autogpt.studio.encoders import suggest_base

    if suggested := getattr(kind_of(corpus.task), "base", None):
        return str(suggested)
    if corpus.task in _CHATS:
        return "smollm2-135m"
    if corpus.task == "image-classification":
        return "small-resnet"
    check_packaged(corpus.task)
    rows = next(iter(corpus.splits.values()))
    column = next((name for name in ("text", "tokens", "item") if name in rows.column_names), rows.column_names[0])
    return suggest_base(map(flat, rows[:500][column]), corpus.task, quick=True)


def with_base(recipe: Recipe, checkpoints: Path) -> Recipe:
    """The recipe with its base as it will be found, also where that is named like one of the checkpoints.

    Raises UsageError for a base that is none, and for a task that none is packaged for.
    """
    if recipe.base == AUTO:
        check_packaged(recipe.task)
    elif recipe.base not in bases() and not typed(recipe.base).is_dir():
        if not (checkpoints / recipe.base / CARD).exists():
            raise UsageError(f"{recipe.base!r} is no base; give one of {', '.join(bases())}, a checkpoint or a folder")
        return recipe.model_copy(update={"base": str(checkpoints / recipe.base)})
    return recipe


def check_packaged(task: str) -> None:
    """Raises UsageError for a task that no packaged base is for."""
    if task == "seq2seq":
        raise UsageError("no encoder-decoder is packaged; give the folder of one with --base")


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
    loaded = load(order.checkpoint)
    scores = score(loaded, corpus.splits[split], order.batch, here.on_advance, metrics=order.metrics)
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
