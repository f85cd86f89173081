"""Training: a recipe and a corpus in, a checkpoint and a report out; after a kill it is taken up again."""

import json
import resource
import shutil
import sys
import time
from collections.abc import Sized
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from autogpt.core.errors import TryAgain, UsageError
from autogpt.studio.corpus import Corpus
from autogpt.studio.distributed import checkpoint_for_all, first, meet, world
from autogpt.studio.diverged import TrainingDiverged
from autogpt.studio.kind import Finishing, Loaded, Rates, blaming, kind_of
from autogpt.studio.leftovers import WORK
from autogpt.studio.metrics import scored
from autogpt.studio.model import begin, quiet, save
from autogpt.studio.options import check_options
from autogpt.studio.origin import learned
from autogpt.studio.recipe import Recipe
from autogpt.studio.report import Advance, OnAdvance, Trained
from autogpt.studio.unknown import unknown_labels
from autogpt.studio.whole import put

if TYPE_CHECKING:
    from datasets import Dataset
    from torch import nn
    from transformers import Trainer

    from autogpt.studio.watch import Watch

GOOD = "good"
"""A checkpoint in the work folder of a training that diverged: the best weights before."""
REPORT = "train.json"


def train(
    recipe: Recipe,
    corpus: Corpus,
    out: Path,
    *,
    cache: Path,
    on_advance: OnAdvance = lambda _: None,
    resume: bool = False,
) -> Trained:
    """Train the recipe's base on the corpus's "train" rows and write the best model to the folder `out`.

    The best is the one with the best score on the "validation" rows, the last one where there are none. Beside the
    checkpoint lie `train.json` (the report) and `runs/` (curves for TensorBoard).
    cache: where packaged bases are kept. resume: take up what an earlier call with the same recipe, corpus and folder
    left when it was killed; the rest of the curve is the same as without the kill.
    Under `accelerate launch` or torchrun each process takes its share of every batch and the first writes.
    Raises UsageError for a corpus or base that does not fit the recipe, and for a folder that is in use;
    TrainingDiverged if the numbers become none, and then leaves the best weights before in `.training/good`, if any.
    """
    kind = kind_of(recipe.task)
    check_corpus(recipe, corpus)
    loaded = begin(recipe, corpus.labels, cache, on_advance, name=out.name)
    try:
        trained = run(loaded, recipe, corpus, out, on_advance=on_advance, resume=resume)
    except TrainingDiverged as error:
        if error.kept and first():
            save(loaded, out / WORK / GOOD)
        raise
    if not first():
        return trained
    if validation := corpus.splits.get("validation"):
        if isinstance(kind, Finishing):
            kind.finish(loaded, validation)
        best = scored(loaded, validation, recipe.batch * 2, on_advance, main=recipe.metric)
        trained = trained.model_copy(update={"final": best})
        scores = {f"validation/{name}": value for name, value in best.values.items()}
        loaded.checkpoint = loaded.checkpoint.model_copy(update={"scores": scores})
    save(loaded, out)
    # Last of all and whole: who finds it finds a training that is over.
    put(out / REPORT, lambda file: file.write(trained.model_dump_json(indent=1).encode() + b"\n"))
    shutil.rmtree(out / WORK, ignore_errors=True)
    return trained


def run(
    loaded: Loaded,
    recipe: Recipe,
    corpus: Corpus,
    out: Path,
    *,
    on_advance: OnAdvance = lambda _: None,
    resume: bool = False,
    optimizers: tuple[Any, Any] = (None, None),
) -> Trained:
    """The training proper: changes the network in `loaded`, keeps the best weights, writes no checkpoint.

    optimizers: an optimiser and a scheduler to use in place of the recipe's.
    Raises UsageError for training or validation rows with no label that the network knows, TrainingDiverged if the
    numbers become none; the network then has the best weights before, if any.
    """
    import torch

    from autogpt.studio.optimizers import AutoGptCyclicScheduler
    from autogpt.studio.watch import Watch, latest

    if recipe.threads:
        torch.set_num_threads(recipe.threads)
    work = _room(out, recipe, resume)
    meet()
    found = checkpoint_for_all(latest(work) if resume and first() else None, work)
    if found and hasattr(loaded.network, "fresh_head"):
        cast(Any, loaded.network).fresh_head = False  # what it had learned is read from the checkpoint
    kind = kind_of(recipe.task)
    check_options(recipe)
    lessons = (learned(corpus), *loaded.checkpoint.lessons)
    loaded.checkpoint = loaded.checkpoint.model_copy(update={"lessons": lessons})
    rows, validation = corpus.splits["train"], corpus.splits.get("validation")
    for split in filter(None, (rows, validation)):
        unknown_labels(recipe.task, loaded.checkpoint.labels, split)
    _check_metric(loaded, validation, recipe)
    on_advance(Advance(stage="prepare", total=len(rows)))
    began, cpu = time.perf_counter(), time.process_time()
    watch = Watch(loaded, validation, recipe, out, on_advance)
    watch.left_labels = tuple(getattr(loaded.network, "left_labels", ()))
    cast(Any, loaded.network).left_labels = ()  # from here on the head is its own
    prepared = optimizers if optimizers[0] is not None else (_optimizer(loaded.network, recipe, kind.rates), None)
    more: dict[str, Any] = {"callbacks": [watch], "optimizers": prepared}
    trainer = _trainer(loaded, corpus, recipe, _arguments(recipe, work), found, **more)
    if isinstance(optimizers[1], AutoGptCyclicScheduler):
        optimizers[1].fit(trainer.args.max_steps)
    watch.precision = "bf16" if trainer.args.bf16 else "fp32"
    counting = loaded.network.register_forward_pre_hook(watch.see, with_kwargs=True)
    prepared_at = time.perf_counter()
    try:
        with quiet(), blaming(recipe.task):
            trainer.train(resume_from_checkpoint=str(found) if found else None)
    except (TrainingDiverged, RuntimeError) as error:
        # A reply cannot be drawn from chances that are no numbers, which torch says in its own way.
        fault = error if isinstance(error, TrainingDiverged) else watch.divergence(trainer.state)
        if fault is None:
            raise
        if watch.best_step:
            fault.kept = watch.best_step
            watch.take_best(0)
        raise fault from None
    finally:
        counting.remove()
        watch.close()
        # Under autocast the trainer has wrapped the network for good: it is to answer as it will when it is loaded.
        trainer.accelerator.unwrap_model(loaded.network, keep_fp32_wrapper=False)
    watch.training = time.perf_counter() - prepared_at - watch.evaluating
    watch.take_best(trainer.state.global_step)
    watch.sum_up()
    return _report(trainer, watch, time.perf_counter() - began, time.process_time() - cpu)


def check_corpus(recipe: Recipe, corpus: Corpus) -> None:
    """Raises UsageError for a corpus of another task, without rows to train on, or with nothing to tell apart."""
    if corpus.task != recipe.task:
        raise UsageError(f"the corpus is for {corpus.task!r}, the recipe for {recipe.task!r}")
    if "train" not in corpus.splits or not len(corpus.splits["train"]):
        raise UsageError(f"the corpus has no rows to train on; its splits are: {', '.join(corpus.splits) or 'none'}")
    if recipe.task in ("text-classification", "text-pair", "image-classification") and len(corpus.labels) < 2:
        raise UsageError(f"there is nothing to tell apart: the only label is {', '.join(corpus.labels) or 'missing'!r}")


def _check_metric(loaded: Loaded, validation: "Dataset | None", recipe: Recipe) -> None:
    """A metric that there is not is told before the training rather than after its first epoch."""
    import torch

    if not recipe.metric:
        return
    if validation is None or not len(validation):
        raise UsageError(
            f"the metric {recipe.metric!r} is measured on validation rows, and there are none; "
            "cut some off first (--cut validation=0.1)"
        )
    with torch.random.fork_rng(devices=[]):
        scored(loaded, validation.select(range(min(2, len(validation)))), recipe.batch, main=recipe.metric)


def _room(out: Path, recipe: Recipe, resume: bool) -> Path:
    """The work folder, with the recipe in it; what another training left there is not silently taken up or lost."""
    work = out / WORK
    kept = work / "recipe.json"
    if not first():
        return work
    try:
        if resume and kept.exists() and Recipe.model_validate_json(kept.read_text("utf-8")) != recipe:
            raise UsageError(f"what was begun in {str(out)!r} had another recipe; resume with that one, or start anew")
        if not resume:
            shutil.rmtree(work, ignore_errors=True)
            shutil.rmtree(out / "runs", ignore_errors=True)
        work.mkdir(parents=True, exist_ok=True)
        put(kept, lambda file: file.write(recipe.model_dump_json(indent=1).encode()))
    except OSError as error:
        raise TryAgain(f"{str(out)!r} cannot be written to: {error.strerror or error}") from error
    return work


def _trainer(
    loaded: Loaded, corpus: Corpus, recipe: Recipe, arguments: dict[str, Any], found: Path | None, **more: Any
) -> "Trainer":
    """The kind's trainer, in the precision that is asked for or faster, and with the number of steps there are."""
    from transformers import PrinterCallback

    kind, rows, validation = kind_of(recipe.task), corpus.splits["train"], corpus.splits.get("validation")
    trainer = kind.trainer(loaded, rows, validation, recipe, arguments, **more)
    if _precision(recipe, trainer, found) == "bf16":
        trainer.accelerator.native_amp = False
        trainer = kind.trainer(loaded, rows, validation, recipe, arguments | {"bf16": True}, **more)
    _plan(trainer, recipe)
    trainer.remove_callback(PrinterCallback)
    return trainer


def _plan(trainer: "Trainer", recipe: Recipe) -> None:
    """How many steps there are is known once the rows are encoded: texts are packed into blocks or cut into windows."""
    per_step = recipe.batch * recipe.accumulate * world()
    rows = len(cast("Sized", trainer.train_dataset))
    steps = recipe.max_steps or max(1, round(-(-rows // per_step) * recipe.epochs))
    trainer.args.max_steps, trainer.args.warmup_steps = steps, round(steps * recipe.warmup)


def _arguments(recipe: Recipe, work: Path) -> dict[str, Any]:
    """For TrainingArguments. Evaluation, the best weights, early stopping and curves are the watch's, for all kinds."""
    import torch

    schedules = {"linear": "linear", "cosine": "cosine", "constant": "constant_with_warmup"}
    return {
        "output_dir": str(work),
        "per_device_train_batch_size": recipe.batch,
        "per_device_eval_batch_size": recipe.batch * 2,
        "gradient_accumulation_steps": recipe.accumulate,
        "num_train_epochs": recipe.epochs,
        "learning_rate": recipe.learning_rate or 1e-4,
        "lr_scheduler_type": schedules[recipe.schedule],
        "weight_decay": recipe.weight_decay,
        "max_grad_norm": recipe.max_grad_norm,
        "seed": recipe.seed,
        "data_seed": recipe.seed,
        "save_strategy": "no",  # the watch says when
        "eval_strategy": "no",
        "logging_strategy": "no",
        "logging_nan_inf_filter": False,  # a loss that is no number is to be seen
        "save_total_limit": 2,
        "report_to": [],
        "disable_tqdm": True,
        "remove_unused_columns": False,
        "dataloader_pin_memory": torch.cuda.is_available(),
        "use_cpu": not torch.cuda.is_available(),
        "ddp_find_unused_parameters": False,
        "ddp_backend": None if torch.cuda.is_available() or world() == 1 else "gloo",
    }


def _optimizer(network: "nn.Module", recipe: Recipe, rates: Rates) -> Any:
    """AdamW with its own rate for new layers and adapters, and no decay on biases and norms."""
    import torch

    prefix = f"{getattr(network, 'base_model_prefix', '')}."
    headless = not hasattr(network, prefix[:-1])  # an encoder for vectors is its own body
    adapted = recipe.method != "full"
    body = recipe.learning_rate or (rates.adapter if adapted else rates.body)
    head = recipe.head_learning_rate or rates.head
    groups: dict[tuple[float, float], list[Any]] = {}
    for name, weights in network.named_parameters():
        if weights.requires_grad:
            new = (adapted and "modules_to_save" in name) or (not adapted and not name.startswith(prefix))
            rate = head if new and not headless and not getattr(network, "_tied_weights_keys", None) else body
            decay = recipe.weight_decay if weights.ndim > 1 else 0.0
            groups.setdefault((rate, decay), []).append(weights)
    if not groups:
        raise UsageError("nothing is left to train: every weight is frozen")
    parameters = [{"params": weights, "lr": rate, "weight_decay": decay} for (rate, decay), weights in groups.items()]
    return torch.optim.AdamW(parameters, lr=body, fused=True)


def _precision(recipe: Recipe, trainer: "Trainer", found: Path | None) -> str:
    """fp32 or bf16. A training that is taken up keeps to what it began with."""
    import torch

    if found is not None:
        return str(json.loads((found / "progress.json").read_text("utf-8"))["precision"])
    if recipe.precision != "auto":
        return recipe.precision
    if torch.cuda.is_available():
        return "bf16" if torch.cuda.is_bf16_supported() else "fp32"
    from autogpt.studio.precision import faster_precision
    from autogpt.studio.trainer import StudioTrainer

    if not isinstance(trainer, StudioTrainer):
        return "fp32"  # of a plug-in: what a step of it is nobody knows
    return faster_precision(trainer)


def _report(trainer: "Trainer", watch: "Watch", seconds: float, cpu: float) -> Trained:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    weights = list(watch.loaded.network.parameters())
    return Trained(
        steps=trainer.state.global_step,
        epochs=float(trainer.state.epoch or 0),
        seconds=round(seconds, 3),
        cpu_seconds=round(cpu, 3),
        tokens=watch.tokens,
        tokens_per_second=round(watch.tokens_now / max(watch.training, 1e-9), 2),
        images_per_second=round(watch.images_now / max(watch.training, 1e-9), 2),
        peak_bytes=peak,
        parameters=sum(one.numel() for one in weights),
        trainable=sum(one.numel() for one in weights if one.requires_grad),
        losses=tuple(watch.losses),
        evaluations=tuple(watch.evaluations),
        best_step=watch.best_step,
        stopped_early=watch.stopped,
        resumed_from=watch.resumed_from,
        cut_rows=int(getattr(trainer.train_dataset, "cut", 0)),
        left_rows=int(getattr(trainer.train_dataset, "left", 0)),
        left_labels=watch.left_labels,
        extra={"precision": watch.precision},
    )
