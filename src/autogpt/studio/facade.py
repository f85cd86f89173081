"""The studio in a few lines of Python: load a data set and a model, train, evaluate, test, save, predict.

dataset = AutoGptDataset.load("conll2003", "ner", split="train")
model = AutoGpt.load("e5-small")
optimizer = AutoGptAdam(model.parameters(), lr=1e-4)
scheduler = AutoGptCyclicScheduler(optimizer, mode="triangular")
model.train(dataset, optimizer, scheduler, num_epochs=3)
model.eval(AutoGptDataset.load("conll2003", "ner", split="validation"), metrics=["f1"])
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, cast

import platformdirs
import torch
from datasets import Dataset
from torch import nn
from torch.optim import AdamW, Optimizer
from torch.optim.lr_scheduler import CyclicLR, LRScheduler

from autogpt.core.errors import UsageError
from autogpt.core.schema import JsonValue
from autogpt.studio import data
from autogpt.studio.bases import bases, find_base
from autogpt.studio.checkpoint import CARD, Checkpoint
from autogpt.studio.corpus import Corpus
from autogpt.studio.evaluate import evaluate, predict
from autogpt.studio.kind import Finishing, Loaded, kind_of
from autogpt.studio.metrics import named
from autogpt.studio.model import load, quiet, save
from autogpt.studio.recipe import Recipe
from autogpt.studio.report import Scores, Trained
from autogpt.studio.table import ner_report
from autogpt.studio.tasks import task_named
from autogpt.studio.train import run


class AutoGptDataset:
    """Rows for a task, of one split or of all."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus

    @classmethod
    def load(cls, path: str | Path, task: str, split: str | None = None, encoding: str = "") -> "AutoGptDataset":
        """Read a file, folder or URL.

        task: one of the studio's, or 'ner', 'classification', 'sentiment', 'intent'.
        split: 'train', 'validation' or 'test'; None: all there are. encoding: of text files; "": found out.
        Raises UsageError for what cannot be read, and for a split that is not there.
        """
        return cls(data.load(str(path), task_named(task), split=split, encoding=encoding))

    @property
    def task(self) -> str:
        return self.corpus.task

    @property
    def labels(self) -> tuple[str, ...]:
        return self.corpus.labels

    @property
    def rows(self) -> Dataset:
        """The rows of the only split, or of the one to train on."""
        splits = self.corpus.splits
        return splits["train"] if "train" in splits else next(iter(splits.values()))

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return cast(Iterator[dict[str, Any]], iter(self.rows))


class AutoGptAdam(AdamW):
    """Adam with decoupled weight decay (Loshchilov and Hutter 2019, arXiv:1711.05101)."""

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-4,
        weight_decay: float = 0.01,
        betas: tuple[float, float] = (0.9, 0.999),
    ) -> None:
        super().__init__(params, lr=lr, weight_decay=weight_decay, betas=betas)


class AutoGptCyclicScheduler(CyclicLR):
    """A learning rate that rises and falls between two bounds (Smith 2017, arXiv:1506.01186).

    mode: 'triangular' (equal peaks), 'triangular2' (each half as high) or 'exp_range' (falling by gamma each step).
    max_lr: the optimiser's own rate if not given. base_lr: a tenth of it.
    step_size_up: steps from low to high; if not given, two whole cycles fit into the training.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        mode: Literal["triangular", "triangular2", "exp_range"] = "triangular",
        *,
        base_lr: float | None = None,
        max_lr: float | None = None,
        step_size_up: int | None = None,
        gamma: float = 1.0,
    ) -> None:
        peaks = [max_lr if max_lr is not None else float(group["lr"]) for group in optimizer.param_groups]
        lows = [base_lr if base_lr is not None else peak / 10 for peak in peaks]
        self._fits = step_size_up is None
        super().__init__(
            optimizer, lows, peaks, step_size_up=step_size_up or 100, mode=mode, gamma=gamma, cycle_momentum=False
        )

    def fit(self, steps: int) -> None:
        """Let two cycles fill a training of so many steps, unless the length was chosen."""
        if self._fits:
            self.total_size, self.step_ratio = max(2.0, steps / 2), 0.5


class AutoGpt:
    """A model: a packaged base that gets its head when it is trained, or a checkpoint that has one."""

    def __init__(self, folder: Path, base: str, loaded: Loaded | None, body: nn.Module) -> None:
        self.loaded = loaded
        self._folder, self._base, self._body = folder, base, body

    @classmethod
    def load(cls, path: str | Path, cache: Path | None = None) -> "AutoGpt":
        """A packaged base by name (`e5-small`), a Hugging Face folder, or a checkpoint.

        Raises UsageError for anything else.
        """
        from transformers import AutoModel

        # The door for Python programs: here, as at the command line, the environment says where the cache is.
        home = cache or Path(
            os.environ.get("AUTOGPT_CACHE") or platformdirs.user_cache_path("autogpt", appauthor=False)
        )
        folder = find_base(str(path), home / "studio" if cache is None else home)
        if (folder / CARD).exists():
            loaded = load(folder)
            return cls(folder, str(path), loaded, loaded.network)
        with quiet():
            body = AutoModel.from_pretrained(folder, local_files_only=True, use_safetensors=True, dtype=torch.float32)
        body.get_input_embeddings().requires_grad_(False)
        return cls(folder, str(path), None, body)

    def parameters(self) -> list[nn.Parameter]:
        """What an optimiser is to change. A head that is made later joins the optimiser then."""
        return [weights for weights in self._body.parameters() if weights.requires_grad]

    def train(
        self,
        dataset: AutoGptDataset,
        optimizer: Optimizer | None = None,
        scheduler: LRScheduler | None = None,
        num_epochs: float = 3,
        *,
        validation: AutoGptDataset | None = None,
        batch_size: int = 16,
        seed: int = 0,
        metric: str = "",
        patience: int = 0,
    ) -> Trained:
        """Train on the data set; with a validation split or data set, the best epoch is kept, otherwise the last.

        metric: the score that says which is best; "": the task's own. patience: epochs without a better one after
        which it stops early; 0: never.

        Without an optimiser and scheduler the studio's recipe for the task is used.
        """
        splits = {"train": dataset.rows}
        if held := validation.rows if validation else dataset.corpus.splits.get("validation"):
            splits["validation"] = held
        corpus = Corpus(dataset.task, splits, dataset.labels)
        recipe = Recipe(
            task=dataset.task,
            base=self._base,
            epochs=num_epochs,
            batch=batch_size,
            seed=seed,
            metric=metric,
            patience=patience,
        )
        loaded = self._with_head(recipe, dataset.labels, optimizer, scheduler)
        steps = max(1, round(-(-len(dataset) // batch_size) * num_epochs))
        if isinstance(scheduler, AutoGptCyclicScheduler):
            scheduler.fit(steps)
        with TemporaryDirectory(prefix="autogpt-train-") as work:
            trained = run(loaded, recipe, corpus, Path(work), optimizers=(optimizer, scheduler))
        kind = kind_of(recipe.task)
        if isinstance(kind, Finishing) and "validation" in splits:
            kind.finish(loaded, splits["validation"])
        return trained

    def eval(self, dataset: AutoGptDataset, metrics: Sequence[str] = ()) -> dict[str, float]:
        """Print the report on the data set and return the scores, all or those named in `metrics`; plug-ins add theirs.

        Raises UsageError for a metric there is not, and for a model that was not trained yet.
        """
        scores = evaluate(self._trained(), dataset.rows, metrics=metrics)
        print(ner_report(scores))
        return dict(scores.values) if metrics else named(scores)

    def test(self, dataset: AutoGptDataset, metrics: Sequence[str] = ()) -> dict[str, float]:
        """The same on the test rows, if the data set has such."""
        test = dataset.corpus.splits.get("test")
        rows = {"test": test} if test is not None else dataset.corpus.splits
        return self.eval(AutoGptDataset(Corpus(dataset.task, rows, dataset.labels)), metrics)

    def scores(self, dataset: AutoGptDataset) -> Scores:
        """The same as a value."""
        return evaluate(self._trained(), dataset.rows)

    def predict(self, inputs: str | Sequence[Any]) -> list[JsonValue]:
        """One answer for each input."""
        return predict(self._trained(), [inputs] if isinstance(inputs, str) else inputs)

    def save(self, path: str | Path) -> Path:
        """Write a checkpoint folder that `AutoGpt.load` and transformers read."""
        return save(self._trained(), Path(path).expanduser())

    def _trained(self) -> Loaded:
        if self.loaded is None:
            raise UsageError(f"{self._base!r} has no head yet; train it first, or load a checkpoint")
        return self.loaded

    def _with_head(
        self, recipe: Recipe, labels: Sequence[str], optimizer: Optimizer | None, scheduler: LRScheduler | None
    ) -> Loaded:
        """The model with a head for these labels; weights that the optimiser knows stay the same objects."""
        if (
            self.loaded
            and self.loaded.checkpoint.task == recipe.task
            and self.loaded.checkpoint.labels == tuple(labels)
        ):
            return self.loaded
        from transformers import set_seed

        set_seed(recipe.seed)
        with quiet():
            network, tokenizer = kind_of(recipe.task).network(self._folder, labels, recipe)
        network.get_input_embeddings().requires_grad_(False)
        _adopt(network, self._body)
        if optimizer is not None:
            rates = kind_of(recipe.task).rates
            _join(network, optimizer, scheduler, rates.head / rates.body)
        self._body = network
        packaged = bases().get(self._base)
        parent = self.loaded.checkpoint if self.loaded else None
        self.loaded = Loaded(
            network,
            tokenizer,
            Checkpoint(
                name=Path(self._base).name,
                task=recipe.task,
                labels=tuple(labels),
                base=parent.base if parent else self._base,
                parents=(parent.name, *parent.parents) if parent else (),
                recipe=recipe,
                max_length=recipe.max_length,
                created=datetime.now(UTC),
                licence=packaged.licence if packaged else parent.licence if parent else "",
            ),
            self._folder,
        )
        return self.loaded


def _adopt(network: Any, body: nn.Module) -> None:
    """Put the body's weights, as the same objects, into the network where it has them under the same name."""
    known = dict(body.named_parameters())
    prefix = f"{network.base_model_prefix}."
    for name, _ in list(network.named_parameters()):
        old = known.get(name, known.get(name.removeprefix(prefix)))
        if old is not None and old.shape == network.get_parameter(name).shape:
            module, _, last = name.rpartition(".")
            network.get_submodule(module).register_parameter(last, old)


def _join(network: nn.Module, optimizer: Optimizer, scheduler: LRScheduler | None, faster: float) -> None:
    """Give the optimiser the weights it does not know yet, with so many times the rate of the others."""
    known = {id(weights) for group in optimizer.param_groups for weights in group["params"]}
    fresh = [weights for weights in network.parameters() if weights.requires_grad and id(weights) not in known]
    if not fresh:
        return
    first = optimizer.param_groups[0]
    group = {name: value for name, value in first.items() if name != "params"}
    rate = float(group.get("initial_lr", group["lr"])) * faster
    group |= {"params": fresh, "lr": float(group["lr"]) * faster, "initial_lr": rate}
    optimizer.add_param_group(group)
    if scheduler is None:
        return
    for name in ("base_lrs", "max_lrs"):
        if isinstance(rates := getattr(scheduler, name, None), list):
            rates.append(rates[0] * faster)
    # What the scheduler answers when asked for the current rates, before its next step.
    cast(Any, scheduler)._last_lr = [float(one["lr"]) for one in optimizer.param_groups]
