"""The watch over a training: evaluates, keeps the best, stops early, draws curves, keeps what resuming needs."""

import json
import math
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pydantic import ValidationError
from transformers import TrainerCallback

from autogpt.studio.distributed import collected, handed
from autogpt.studio.diverged import TrainingDiverged, diverged, finite
from autogpt.studio.kind import Loaded
from autogpt.studio.leftovers import WORK
from autogpt.studio.metrics import scored
from autogpt.studio.recipe import Recipe
from autogpt.studio.report import Advance, OnAdvance, Scores

if TYPE_CHECKING:
    from datasets import Dataset
    from torch.utils.tensorboard import SummaryWriter

PROGRESS = "progress.json"
_BEST = "best.safetensors"
_MOST_ROWS = 3_000
"""Validation rows that are asked during training, from all over them; the final score is of all."""


def latest(work: Path) -> Path | None:
    """The newest checkpoint of a killed training that is whole: what is written last is there."""
    found = [path for path in work.glob("checkpoint-*") if (path / PROGRESS).is_file()]
    return max(found, key=lambda path: int(path.name.rpartition("-")[2]), default=None)


class Watch(TrainerCallback):
    """One for each training, of whatever kind. Evaluates after each epoch, saves ten times in all."""

    def __init__(
        self, loaded: Loaded, validation: "Dataset | None", recipe: Recipe, out: Path, on_advance: OnAdvance
    ) -> None:
        self.loaded = loaded
        self.precision = "fp32"
        self.tokens = self.tokens_now = self.images_now = 0
        self.losses: list[tuple[int, float]] = []
        self.evaluations: list[tuple[int, Scores]] = []
        self.training = self.evaluating = 0.0
        self.best_step = 0
        self.stopped = False
        self.resumed_from = 0
        self.left_labels: tuple[str, ...] = ()
        self._rows = _some(validation) if validation else None
        self._recipe = recipe
        self._out = out
        self._work = out / WORK
        self._say = on_advance
        self._writer: SummaryWriter | None = None
        self._since_best = 0
        self._rate = 0.0

    def see(self, network: Any, inputs: Any, named: Mapping[str, Any]) -> None:
        """A hook before each pass through the network: count the tokens, or images, it learns from."""
        import torch

        mask, pixels = named.get("attention_mask"), named.get("pixel_values")
        if network.training and isinstance(pixels, torch.Tensor):
            self.images_now += len(pixels)
        if network.training and isinstance(mask, torch.Tensor):
            count = int(mask.sum())
            self.tokens += count
            self.tokens_now += count

    def on_train_begin(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        from torch.utils.tensorboard import SummaryWriter

        self.resumed_from = state.global_step
        groups = more["optimizer"].param_groups if more.get("optimizer") else []
        self._rate = max((float(group.get("initial_lr", group["lr"])) for group in groups), default=0.0)
        if self.resumed_from:
            said = json.loads((self._work / f"checkpoint-{state.global_step}" / PROGRESS).read_text("utf-8"))
            self.tokens = said["tokens"]
            self.losses = [(int(step), float(loss)) for step, loss in said["losses"]]
            self.evaluations = [(int(step), Scores.model_validate(scores)) for step, scores in said["evaluations"]]
            self.best_step, self._since_best = said["best_step"], said["since_best"]
        if state.is_world_process_zero:
            purge = self.resumed_from + 1 if self.resumed_from else None
            self._writer = SummaryWriter(str(self._out / "runs"), purge_step=purge)

    def on_step_end(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        step, total = state.global_step, state.max_steps
        each = max(1, round(total / max(1.0, self._recipe.epochs if not self._recipe.max_steps else 4)))
        due = self._rows is not None and (step == total or (step % each == 0 and total - step > each // 3))
        control.should_save = step < total and (due or step % max(1, total // 10) == 0)
        # Losses are averaged since the last log, and a training that is taken up has lost what was before:
        # so the average ends where a checkpoint is written.
        control.should_log = control.should_save or due or step == total or step % max(1, total // 200) == 0
        self._say(Advance(stage="train", done=step, total=total, loss=self.losses[-1][1] if self.losses else None))
        if (due or step == total) and not finite(self.loaded.network):
            raise diverged(step, total, self._rate)
        if due:
            self._evaluate(step, total, control)

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float] | None = None, **more: Any) -> None:
        if not logs or "loss" not in logs:
            return
        if not math.isfinite(float(logs["loss"])):
            raise diverged(state.global_step, state.max_steps, self._rate)
        self.losses.append((state.global_step, float(logs["loss"])))
        for name in ("loss", "learning_rate", "grad_norm"):
            if self._writer and name in logs:
                self._writer.add_scalar(f"train/{name}", float(logs[name]), state.global_step)

    def on_save(self, args: Any, state: Any, control: Any, **more: Any) -> None:
        """The last file of a checkpoint: with it, it is whole."""
        folder = self._work / f"checkpoint-{state.global_step}"
        # Each process draws its own random numbers, and has kept them where only it may look.
        drawn = collected({file.name: file.read_bytes() for file in folder.glob(f"rng_state_{args.process_index}.pth")})
        if not state.is_world_process_zero:
            return
        for name, content in (item for one in drawn for item in one.items()):
            (folder / name).write_bytes(content)
        if self._writer:
            self._writer.flush()
        said = {
            "precision": self.precision,
            "tokens": self.tokens,
            "losses": self.losses,
            "evaluations": [(step, scores.model_dump(mode="json")) for step, scores in self.evaluations],
            "best_step": self.best_step,
            "since_best": self._since_best,
        }
        part = folder / f"{PROGRESS}.new"
        part.write_text(json.dumps(said), "utf-8")
        part.replace(folder / PROGRESS)

    def close(self) -> None:
        """Write the curves out, also of a training that failed."""
        if self._writer:
            self._writer.close()

    def divergence(self, state: Any) -> TrainingDiverged | None:
        """The error to raise if the network's weights are no numbers any more."""
        if finite(self.loaded.network):
            return None
        return diverged(state.global_step, state.max_steps, self._rate)

    def take_best(self, last: int) -> None:
        """Put the best weights back into the network, if they are not those it has."""
        from safetensors.torch import load_file

        from autogpt.studio.trainer import restore

        best = self._work / f"{self.best_step}-{_BEST}"
        if self.best_step not in (0, last) and best.exists():
            restore(self.loaded.network, load_file(best))
        self.best_step = self.best_step or last

    def sum_up(self) -> None:
        """Count what all processes learned from, each of its share of the batches."""
        counts = collected((self.tokens, self.tokens_now, self.images_now))
        if counts:
            self.tokens, self.tokens_now, self.images_now = (sum(one) for one in zip(*counts, strict=True))

    def _evaluate(self, step: int, total: int, control: Any) -> None:
        import torch

        began = time.perf_counter()
        was_training = self.loaded.network.training
        rows = cast("Dataset", self._rows)
        with torch.random.fork_rng(devices=[]):
            try:
                scores = scored(self.loaded, rows, self._recipe.batch * 2, self._say, main=self._recipe.metric)
            except ValidationError as error:  # weights that are numbers still, but too large for what is made of them
                if any(one["type"] != "finite_number" for one in error.errors()):
                    raise
                raise diverged(step, total, self._rate) from None
        self.loaded.network.train(was_training)
        scores = handed(scores)  # another machine may count otherwise in the last digit; all must stop at the same step
        self.evaluations.append((step, scores))
        for name, value in scores.values.items():
            if self._writer:
                self._writer.add_scalar(f"validation/{name}", value, step)
        self._say(Advance(stage="evaluate", done=len(rows), total=len(rows), score=scores.best))
        self._keep(step, scores, control)
        self.evaluating += time.perf_counter() - began

    def _keep(self, step: int, scores: Scores, control: Any) -> None:
        before = [earlier.best for _, earlier in self.evaluations[:-1]]
        if before and scores.best <= max(before):
            self._since_best += 1
            if self._recipe.patience and self._since_best >= self._recipe.patience:
                self.stopped = control.should_training_stop = True
            return
        self._since_best = 0
        if self._writer is None:  # another process keeps them
            self.best_step = step
            return
        from safetensors.torch import save_file

        from autogpt.studio.trainer import learned

        part = self._work / f"{_BEST}.new"
        save_file(learned(self.loaded.network), part)
        part.replace(self._work / f"{step}-{_BEST}")
        # The one before may be what the last whole checkpoint speaks of; older ones are spoken of no more.
        for old in sorted(self._work.glob(f"*-{_BEST}"), key=lambda path: path.stat().st_mtime)[:-3]:
            old.unlink()
        self.best_step = step


def _some(rows: "Dataset") -> "Dataset":
    """Rows at even distances: the first ones of a file, or of a folder for each class, may be all of one label."""
    count, most = len(rows), min(len(rows), _MOST_ROWS)
    return rows.select([at * count // most for at in range(most)])
