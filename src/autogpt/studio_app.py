"""What the doors of the studio can do. It knows where checkpoints, jobs and bases lie; the parts do the rest."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager as Block
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from autogpt.core.errors import UsageError
from autogpt.core.paths import typed
from autogpt.core.schema import JsonValue
from autogpt.locale import current, say
from autogpt.settings import Settings
from autogpt.studio import distributed, leftovers
from autogpt.studio import jobs as work
from autogpt.studio.bases import Base, bases
from autogpt.studio.checkpoint import CARD, Checkpoint, read_checkpoint
from autogpt.studio.compress.schemes import method_for
from autogpt.studio.data import written
from autogpt.studio.data.feed import Feed, Prepared, prepare
from autogpt.studio.data.guess import tasks_for
from autogpt.studio.data.room import check_report
from autogpt.studio.data.sources import from_root, split_of
from autogpt.studio.data.text import encoding_named
from autogpt.studio.extra import require
from autogpt.studio.given import pairs_of, settings_of, value_of
from autogpt.studio.jobs import Limits, Status
from autogpt.studio.kind import kind_of
from autogpt.studio.names import name_of
from autogpt.studio.options import check_names, check_options
from autogpt.studio.recipe import Recipe, read_recipe
from autogpt.studio.report import Advance, OnAdvance, Scores
from autogpt.studio.shrinkworks import DiagnoseOrder, ExportOrder, ShrinkOrder, check_against, check_rows, check_shrink
from autogpt.studio.table import ner_report
from autogpt.studio.tasks import task_named
from autogpt.studio.unknown import forgotten
from autogpt.studio.works import EvalOrder, TrainOrder, alone, as_before, assist, assist_job, begun, with_base

if TYPE_CHECKING:
    import subprocess

    from autogpt.checkpoints import Reachable
    from autogpt.studio.data.profile import Profile

__all__ = ["Advance", "Feed", "Kept", "Limits", "Prepared", "Status", "Studio", "encoding_named", "feed_of"]
__all__ += ["Scores", "forgotten", "limits_of", "name_of", "ner_report", "read_recipe", "settings_of", "tasks_for"]


@dataclass(frozen=True)
class Kept:
    """A checkpoint under AUTOGPT_HOME."""

    folder: Path
    checkpoint: Checkpoint
    bytes: int


class Studio:
    """What every door of the studio goes through. Sync."""

    def __init__(self, settings: Settings) -> None:
        self._home = settings.home
        self.checkpoints_folder = settings.home / "checkpoints"
        self.jobs_folder = settings.home / "jobs"
        self.cache = settings.cache / "studio"

    # Data

    def profile(
        self, feed: Feed, task: str, page: Path | None, on_advance: OnAdvance, *, overwrite: bool = False
    ) -> "tuple[Profile, Sequence[Path]]":
        """Look at the rows; with `page`, write what was seen there as HTML, and as JSON beside it."""
        require("datasets", "pyarrow", "numpy")
        return written.write_profile(feed, _task(task), page, on_advance, overwrite=overwrite)

    def write(
        self, feed: Feed, task: str, folder: Path, form: str, on_advance: OnAdvance, *, overwrite: bool = False
    ) -> tuple[Prepared, Sequence[Path]]:
        """Prepare the rows and write them to the folder, a file for each split; see `save`."""
        require("datasets", "pyarrow", "numpy")
        return written.write_rows(feed, _task(task), folder, form, on_advance, overwrite=overwrite)

    def mix(
        self,
        feeds: Sequence[Feed],
        weights: Sequence[float],
        task: str,
        folder: Path,
        form: str,
        on_advance: OnAdvance,
        **more: Any,
    ) -> tuple[Prepared, Sequence[Path]]:
        """Mix the rows of several feeds and write them to the folder; see `write_mix`."""
        require("datasets", "pyarrow", "numpy")
        return written.write_mix(feeds, weights, _task(task), folder, form, on_advance, **more)

    # Models

    def bases(self) -> list[Base]:
        """The models that a training can begin with by name."""
        return list(bases().values())

    def checkpoints(self) -> list[Kept]:
        """The checkpoints there are, the newest first; folders that are none, or damaged, are passed by."""
        from autogpt.checkpoints import checkpoints

        found = [
            Kept(folder, card, sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()))
            for folder, card in checkpoints(self._home)
        ]
        return sorted(found, key=lambda kept: kept.checkpoint.created, reverse=True)

    def damaged(self) -> list[tuple[Path, str]]:
        """The folders of checkpoints that cannot be read, each with what is wrong with it."""
        from autogpt.checkpoints import damaged

        return list(damaged(self._home))

    def checkpoint(self, name: str) -> Path:
        """The folder of a checkpoint by its name, or by its path. Raises UsageError if there is none."""
        for folder in (self.checkpoints_folder / name, typed(name)):
            if (folder / CARD).exists():
                return folder.absolute()
        raise UsageError(f"there is no checkpoint {name!r}; `autogpt studio list` shows those there are")

    def predict(
        self, name: str, inputs: Sequence[JsonValue], feed: Feed | None, on_prepared: Callable[[Prepared], None]
    ) -> Iterator[tuple[JsonValue, JsonValue]]:
        """Each input with the model's answer; inputs are those given, then the rows of the feed, of which is told."""
        require("torch", "transformers", "datasets")
        from autogpt.studio.evaluate import predict
        from autogpt.studio.model import load

        folder = self.checkpoint(name)
        task = read_checkpoint(folder).task
        asked: list[Any] = list(inputs)
        if feed is not None:
            corpus, prepared = prepare(feed, task, targets=False)
            on_prepared(prepared)
            for rows in corpus.splits.values():
                asked += list[Any](rows)
        loaded = load(folder)
        for start in range(0, len(asked), 256):
            some = asked[start : start + 256]
            yield from zip(some, predict(loaded, some), strict=True)

    # Jobs

    def train(
        self,
        feed: Feed,
        recipe: Mapping[str, JsonValue],
        name: str | None,
        limits: Limits,
        trials: int = 0,
        processes: int = 1,
    ) -> Path:
        """Write down a training; returns the job's folder. Raises UsageError for what can be seen to be wrong now.

        processes: that train together here; a launcher such as torchrun says itself how many.
        """
        order, before = self._training(feed, recipe, trials, processes, name)
        if before:
            if self.status(before).state == "running":  # what the launcher ended was only its watcher
                self.interrupt(before)
            return before
        order = order.model_copy(update={"out": self._new(name, order.recipe.task)})
        return work.submit(self.jobs_folder, "train", order.model_dump(mode="json"), limits)

    def assist(self, feed: Feed, recipe: Mapping[str, JsonValue], trials: int) -> None:
        """Take part in a training that the first of several processes writes down; see `works.assist`."""
        order, before = self._training(feed, recipe, trials, 1, None)
        if before:
            assist_job(before)
        else:
            assist(order)

    def helping(self) -> bool:
        """Whether torchrun, accelerate or mpirun began this process to help the first of several."""
        distributed.launched()
        return not distributed.first()

    def assist_again(self, folder: Path) -> None:
        """Take part in a training that the first of several processes takes up."""
        assist_job(folder)

    def _training(
        self, feed: Feed, recipe: Mapping[str, JsonValue], trials: int, processes: int, name: str | None
    ) -> tuple[TrainOrder, Path | None]:
        """The order but for where it writes, and the job with it that a launcher which begins anew goes on with."""
        processes, machines = distributed.places(processes)
        require("torch", "transformers", "datasets", "accelerate")
        task = _task(str(recipe["task"]))
        check_names(recipe, task)
        made = value_of(Recipe, {**recipe, "task": task}, say("the recipe"))
        check_options(made)
        made = with_base(made, self.checkpoints_folder)
        order = TrainOrder(
            feed=feed, recipe=made, out=Path(made.task), cache=self.cache, trials=trials, processes=processes,
            machines=machines,
        )  # fmt: skip
        alone(order, processes)
        return order, begun(self.jobs_folder, order, name) if distributed.restarted() else None

    def evaluate(self, name: str, feed: Feed, split: str, limits: Limits, metrics: Sequence[str] = ()) -> Path:
        """Write down an evaluation; returns the job's folder. metrics: the scores that are wanted; none: all."""
        require("torch", "transformers", "datasets")
        purpose = split_of(split)
        if not purpose:
            raise UsageError(f"{split!r} is no split; train, validation and test are")
        order = EvalOrder(feed=feed, checkpoint=self.checkpoint(name), split=purpose, metrics=tuple(metrics))
        return work.submit(self.jobs_folder, "evaluate", order.model_dump(mode="json"), limits)

    def shrink(
        self,
        kind: Literal["quantize", "prune", "distill"],
        name: str,
        feed: Feed,
        new_name: str | None,
        limits: Limits,
        *,
        method: str = "",
        sizes: Mapping[str, JsonValue] | None = None,
        lessons: Mapping[str, JsonValue] | None = None,
    ) -> Path:
        """Write down the making of a smaller checkpoint; returns the job's folder.

        sizes, lessons: see `shrinkworks.ShrinkOrder`; those that are None are as the part chooses.
        """
        require("torch", "transformers", "datasets")
        folder = self.checkpoint(name)
        if kind == "quantize":
            method = method_for(read_checkpoint(folder).task, method)
        order = ShrinkOrder(
            feed=feed,
            checkpoint=folder,
            out=self._new(new_name, f"{folder.name}-{kind}"),
            method=method,
            sizes=_said(sizes),
            lessons=_said(lessons),
        )
        check_shrink(kind, order)
        check_rows(kind, feed, read_checkpoint(folder).task, method)
        return work.submit(self.jobs_folder, kind, order.model_dump(mode="json"), limits)

    def offer(self, name: str, about: str, tool: str) -> str:
        """Let the agent call the checkpoint as a tool from now on; returns the tool's name. See `checkpoint_tools`."""
        from autogpt.checkpoint_tools import offer

        return offer(self._home, name, about, tool).tool

    def withdraw(self, name: str) -> None:
        """No longer let the agent call the checkpoint."""
        from autogpt.checkpoint_tools import withdraw

        withdraw(self._home, name)

    def export(self, name: str, form: str, target: Path, quant: str, base: Path | None, limits: Limits) -> Path:
        """Write down an export; returns the job's folder."""
        require("torch", "transformers", "datasets")
        from autogpt.studio.export.export import fits, known, place

        known(form)
        fits(folder := self.checkpoint(name), form)
        order = ExportOrder(
            checkpoint=folder,
            form=form,
            target=place(folder, form, typed(target).absolute(), quant),
            quant=quant,
            base=typed(base).absolute() if base else None,
        )
        return work.submit(self.jobs_folder, "export", order.model_dump(mode="json"), limits)

    def diagnose(self, name: str, feed: Feed, page: Path, against: str | None, limits: Limits) -> Path:
        """Write down a look into a checkpoint; returns the job's folder. Raises UsageError for what can be seen now."""
        require("torch", "transformers", "datasets", "captum", "sklearn")
        check_report(typed(page).absolute(), feed.named)
        order = DiagnoseOrder(
            feed=feed,
            checkpoint=self.checkpoint(name),
            target=typed(page).absolute(),
            against=self.checkpoint(against) if against else None,
            language=current(),
        )
        if order.against is not None:
            check_against(order.checkpoint, order.against)
        check_rows("diagnose", feed, read_checkpoint(order.checkpoint).task)
        return work.submit(self.jobs_folder, "diagnose", order.model_dump(mode="json"), limits)

    def serve(self, name: str, key: str, port: int, notify: Callable[[str], None]) -> "Block[Reachable]":
        """Let other programs on this machine ask a checkpoint until the block ends; see `serve_checkpoint`."""
        from autogpt.checkpoints import serve_checkpoint

        return serve_checkpoint(self._home, name, key=key, port=port, on_progress=lambda one: notify(str(one)))

    def start(self, folder: Path) -> "subprocess.Popen[bytes]":
        """Begin the next attempt at a job, in a process that lives on without this one."""
        as_before(folder)
        return work.start(folder)

    def jobs(self) -> list[Status]:
        return work.jobs(self.jobs_folder)

    def damaged_jobs(self) -> list[Path]:
        """The folders of jobs that cannot be read."""
        return work.damaged(self.jobs_folder)

    def job(self, name: str) -> Path:
        """The folder of a job by its id, the beginning of it, or 'last'."""
        return work.find(self.jobs_folder, name)

    def status(self, folder: Path) -> Status:
        return work.status(folder)

    def told(self, folder: Path) -> int:
        return work.told(folder)

    def follow(self, folder: Path, after: int | None = None) -> Iterator[Advance]:
        return work.follow(folder, after)

    def last_advance(self, folder: Path) -> Advance | None:
        return work.last_advance(folder)

    def cancel(self, folder: Path) -> Status:
        """End a job; it can be resumed."""
        return work.cancel(folder)

    def interrupt(self, folder: Path) -> Status:
        """Stop a job as Ctrl-C does."""
        return work.cancel(folder, "interrupted")

    def remove(self, folder: Path) -> None:
        """Delete what is kept of a job that is not at work, and what it left half made; what is whole stays."""
        leftovers.remove(folder)

    def log(self, folder: Path, lines: int) -> str:
        return work.log_tail(folder, lines)

    def _new(self, name: str | None, task: str) -> Path:
        """The folder of a checkpoint to be. A name is never taken twice."""
        if name is None:
            return leftovers.free_name(self.checkpoints_folder, self.jobs_folder, task)
        return leftovers.place(self.checkpoints_folder, self.jobs_folder, name)


def _task(name: str) -> str:
    """The studio's name for a task. Raises UsageError for one that nobody knows."""
    task = task_named(name)
    kind_of(task)
    return task


def feed_of(
    sources: Sequence[str],
    *,
    splits: Mapping[str, Sequence[str]],
    columns: Sequence[str],
    labels: str | None,
    cut: Sequence[str],
    stop: bool,
    against: Sequence[str] = (),
    **more: JsonValue,
) -> Feed:
    """A feed from what was typed. columns, cut: 'name=value'. Raises UsageError for what cannot be read."""
    encoding_named(str(more.get("encoding", "")))
    if not sources and not any(splits.values()):
        raise UsageError("there is no data; name a file, a folder or a URL")
    shares: dict[str, JsonValue] = {}
    for name, share in pairs_of(cut, "--cut"):
        try:
            shares[name] = float(share)
        except ValueError:
            raise UsageError(f"{share!r} is no share; --cut {name}=0.1 cuts off a tenth") from None
    given: dict[str, JsonValue] = {
        "sources": list(map(from_root, sources)),
        "splits": {split: list(map(from_root, named)) for split, named in splits.items() if named},
        "against": list(map(from_root, against)),
        "columns": dict(pairs_of(columns, "--column")),
        "labels": [label.strip() for label in labels.split(",")] if labels else [],
        "cut": shares,
        "on_bad": "stop" if stop else "skip",
    }
    return value_of(Feed, given | more, say("the data"))


def limits_of(seconds: float | None, megabytes: float | None) -> Limits:
    """Limits of a job. Raises UsageError for some that nothing can keep."""
    memory = round(megabytes * 1e6) if megabytes is not None else None
    return value_of(Limits, {"seconds": seconds, "memory_bytes": memory}, say("the limits"))


def _said(values: Mapping[str, JsonValue] | None) -> dict[str, JsonValue]:
    return {name: value for name, value in (values or {}).items() if value is not None}
