"""The studio in a few lines of Python: load a data set and a model, train, evaluate, shrink, explain, export, serve.

dataset = AutoGptDataset.load("names/", "ner", split="train")
model = AutoGpt.load("e5-small")
optimizer = AutoGptAdam(model.parameters(), lr=1e-4)
scheduler = AutoGptCyclicScheduler(optimizer, mode="triangular")
model.train(dataset, optimizer, scheduler, num_epochs=3)
model.eval(AutoGptDataset.load("names/", "ner", split="validation"), metrics=["f1"])
"""

import os
import warnings
from collections.abc import Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal, cast

import platformdirs
import torch
from datasets import Dataset
from torch import nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from autogpt.core.errors import UsageError
from autogpt.core.hush import hush
from autogpt.core.paths import typed
from autogpt.core.schema import JsonValue
from autogpt.studio import data
from autogpt.studio.bases import bases, find_base
from autogpt.studio.checkpoint import CARD
from autogpt.studio.corpus import Corpus
from autogpt.studio.data.room import stem_of
from autogpt.studio.evaluate import evaluate, predict
from autogpt.studio.kind import Finishing, Loaded, kind_of
from autogpt.studio.metrics import named
from autogpt.studio.model import card_of, check_trainable, load, quiet, save
from autogpt.studio.network import in_order_of
from autogpt.studio.optimizers import AutoGptAdam, AutoGptCyclicScheduler, adopt, join
from autogpt.studio.recipe import Recipe
from autogpt.studio.report import Scores, Trained
from autogpt.studio.serve import Serving, serve_predictions
from autogpt.studio.shrinkworks import held_out, set_aside, training_rows, unseen
from autogpt.studio.table import ner_report
from autogpt.studio.tasks import task_named
from autogpt.studio.train import check_corpus, run
from autogpt.studio.unknown import forgotten

if TYPE_CHECKING:
    from autogpt.studio.compress.distill import Student
    from autogpt.studio.compress.prune import Cut
    from autogpt.studio.compress.quantize import QuantMethod
    from autogpt.studio.compress.shrunk import Shrunk
    from autogpt.studio.compress.teach import Lessons
    from autogpt.studio.diagnose.diagnosis import Diagnosis
    from autogpt.studio.export.exported import Exported

__all__ = ["AutoGpt", "AutoGptAdam", "AutoGptCyclicScheduler", "AutoGptDataset"]


class AutoGptDataset:
    """Rows for a task, of one split or of all."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus

    @classmethod
    def load(cls, path: str | Path, task: str, split: str | None = None, encoding: str = "") -> "AutoGptDataset":
        """Read a file, folder or URL.

        task: one of the studio's, or 'ner', 'classification', 'sentiment', 'intent'.
        split: 'train', 'validation' or 'test'; None: all there are. encoding: of text files; "": found out.
        Malformed rows are left out with a warning. Raises UsageError for what cannot be read, and for a split that is
        not there.
        """
        corpus = data.load(str(path), task_named(task), split=split, encoding=encoding)
        if corpus.rejected:
            first = corpus.rejected[0]
            told = f"{len(corpus.rejected):,} malformed rows left out, first {first.file}:{first.line}: {first.reason}"
            warnings.warn(told, stacklevel=2)
        return cls(corpus)

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

    def __repr__(self) -> str:
        counts = ", ".join(f"{split} {len(rows):,}" for split, rows in self.corpus.splits.items())
        left_out = f", {len(self.corpus.rejected):,} malformed left out" if self.corpus.rejected else ""
        return f"<AutoGptDataset {self.task}: {counts}{left_out}>"

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return cast(Iterator[dict[str, Any]], iter(self.rows))


class AutoGpt:
    """A model: a packaged base that gets its head when it is trained, or a checkpoint that has one."""

    def __init__(self, folder: Path, base: str, loaded: Loaded | None, body: nn.Module) -> None:
        self.loaded = loaded
        self._folder, self._base, self._body = folder, base, body
        self._whole = loaded is not None
        """Whether the folder holds the model as it is now."""

    @classmethod
    def load(cls, path: str | Path, cache: Path | None = None) -> "AutoGpt":
        """A packaged base by name (`e5-small`), a Hugging Face folder, or a checkpoint.

        Raises UsageError for anything else.
        """
        hush()
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

        Without an optimiser and scheduler the studio's recipe for the task is used. Rows with other labels than the
        model had get it a new head, and a warning.
        Raises UsageError for numbers that make no training, TrainingDiverged if the loss becomes no number.
        """
        if num_epochs <= 0 or batch_size < 1:
            raise UsageError(
                f"num_epochs={num_epochs!r} and batch_size={batch_size!r} make no training; the one is over 0, the "
                "other 1 or more"
            )
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
        check_corpus(recipe, corpus)
        loaded = self._with_head(recipe, dataset.labels, optimizer, scheduler)
        self._whole = False
        with TemporaryDirectory(prefix="autogpt-train-") as work:
            trained = run(loaded, recipe, corpus, Path(work), optimizers=(optimizer, scheduler))
        if trained.left_labels:
            warnings.warn(forgotten(trained.left_labels), stacklevel=2)
        kind = kind_of(recipe.task)
        if isinstance(kind, Finishing) and "validation" in splits:
            kind.finish(loaded, splits["validation"])
        return trained

    def eval(self, dataset: AutoGptDataset, metrics: Sequence[str] = ()) -> dict[str, float]:
        """Print the report on the data set and return the scores, all or those named in `metrics`; plug-ins add theirs.

        Of a data set with several splits the rows to train on are meant; `test` asks for those that are held out.
        Raises UsageError for a metric there is not, and for a model that was not trained yet.
        """
        scores = evaluate(self._trained(), dataset.rows, metrics=metrics)
        print(ner_report(scores))
        return dict(scores.values) if metrics else named(scores)

    def test(self, dataset: AutoGptDataset, metrics: Sequence[str] = ()) -> dict[str, float]:
        """The same on the test rows; on the validation rows, or on all, of a data set that has no such."""
        splits = dataset.corpus.splits
        held = next((name for name in ("test", "validation") if name in splits), "")
        rows = {held: splits[held]} if held else splits
        return self.eval(AutoGptDataset(Corpus(dataset.task, rows, dataset.labels)), metrics)

    def scores(self, dataset: AutoGptDataset) -> Scores:
        """The same as a value."""
        return evaluate(self._trained(), dataset.rows)

    def predict(self, inputs: str | Sequence[Any]) -> list[JsonValue]:
        """One answer for each input."""
        return predict(self._trained(), [inputs] if isinstance(inputs, str) else inputs)

    def save(self, path: str | Path) -> Path:
        """Write a checkpoint folder that `AutoGpt.load` and transformers read."""
        self._folder = save(self._trained(), typed(path))
        self._whole = True
        return self._folder

    def export(
        self, path: str | Path, form: str = "hf", *, quant: str = "", base: str | Path | None = None
    ) -> "Exported":
        """Write the model for other programs: `hf`, `onnx`, `gguf` or `adapter`; see `export.export`.

        Raises UsageError for what cannot be exported.
        """
        from autogpt.studio.export.export import export

        with self._on_disk() as folder:
            return export(folder, form, _path(path), quant=quant, base=_path(base) if base else None)

    def quantize(
        self,
        path: str | Path,
        dataset: AutoGptDataset,
        method: "QuantMethod | Literal['']" = "",
        *,
        seconds: float = 6.0,
    ) -> "Shrunk":
        """Write the model with smaller numbers to the new folder `path`; measure both on the held-out rows.

        dataset: with test or validation rows; onnx-static looks at its training rows, and onnx-dynamic chooses by its
        validation rows, or without these by its training rows, how much stays in float. method: "" for the fastest of
        the kind of model. seconds: how long each speed is measured. Print `.table()` of what comes back;
        `AutoGpt.load(path)` answers. Raises UsageError as the CLI does.
        """
        from autogpt.studio.compress.quantize import quantize

        corpus = dataset.corpus
        with self._on_disk() as folder:
            return quantize(
                folder,
                method,
                _path(path),
                rows=held_out(corpus),
                calibration=corpus.splits.get("train"),
                aside=set_aside(corpus),
                seconds=seconds,
            )

    def prune(
        self,
        path: str | Path,
        dataset: AutoGptDataset,
        cut: "Cut | None" = None,
        lessons: "Lessons | None" = None,
        *,
        seconds: float = 6.0,
    ) -> "Shrunk":
        """Take heads, neurons and layers out, let the rest recover on the training rows, write it to `path`.

        cut: what stays; lessons: how it recovers; both as measured best if not given. dataset: with train and test (or
        validation) rows. Raises UsageError as the CLI does.
        """
        from autogpt.studio.compress.prune import prune

        train, rows = training_rows(dataset.corpus), held_out(dataset.corpus)
        with self._on_disk() as folder:
            aside = unseen(dataset.corpus)
            return prune(
                folder, _path(path), train=train, rows=rows, cut=cut, lessons=lessons, aside=aside, seconds=seconds
            )

    def distill(
        self,
        path: str | Path,
        dataset: AutoGptDataset,
        student: "Student | None" = None,
        lessons: "Lessons | None" = None,
        *,
        seconds: float = 6.0,
    ) -> "Shrunk":
        """Teach a smaller network (by default of half the layers) the model's answers, and write it to `path`."""
        from autogpt.studio.compress.distill import distill

        train, rows = training_rows(dataset.corpus), held_out(dataset.corpus)
        with self._on_disk() as folder:
            return distill(
                folder, _path(path), train=train, rows=rows, student=student, lessons=lessons, seconds=seconds
            )

    def diagnose(
        self, page: str | Path, dataset: AutoGptDataset, against: "AutoGpt | str | Path | None" = None
    ) -> "Diagnosis":
        """Ask the model on held-out rows all that tells good from lucky; write `page` as HTML, with JSON beside it.

        against: another model of the same task, to tell how far this one went from it.
        """
        from autogpt.studio.diagnose.diagnosis import diagnose

        other = against._trained() if isinstance(against, AutoGpt) else _path(against) if against else None
        target = stem_of(_path(page))
        target.parent.mkdir(parents=True, exist_ok=True)
        train = dataset.corpus.splits.get("train")
        return diagnose(self._trained(), held_out(dataset.corpus), target, against=other, train=train)

    def serve(self, key: str, port: int = 0) -> AbstractContextManager[Serving]:
        """Answer other programs on this machine until the `with` block ends, at the doors of `autogpt studio serve`.

        `POST /predict`, and of OpenAI's API `/v1/embeddings`, `/v1/completions` and `/v1/chat/completions` as far as
        the model can; `.address` and `.doors` of what the block gets tell. key: what callers send as
        `Authorization: Bearer KEY`, at least 16 characters. port: 0 for any that is free.
        """
        from autogpt.studio.torchmodel import TorchModel

        model = TorchModel(self._trained())
        card = model.checkpoint
        return serve_predictions(model.predict, key=key, name=card.name, task=card.task, port=port, writer=model.writer)

    @contextmanager
    def _on_disk(self) -> Generator[Path]:
        """A folder with the model as it is now."""
        if self._whole:
            yield self._folder
            return
        with TemporaryDirectory(prefix="autogpt-model-") as folder:
            loaded = self._trained()
            kept = loaded.folder
            yield save(loaded, Path(folder) / loaded.checkpoint.name)
            loaded.folder = kept

    def _trained(self) -> Loaded:
        if self.loaded is None:
            raise UsageError(f"{self._base!r} has no head yet; train it first, or load a checkpoint")
        return self.loaded

    def _with_head(
        self, recipe: Recipe, labels: Sequence[str], optimizer: Optimizer | None, scheduler: LRScheduler | None
    ) -> Loaded:
        """The model with a head for these labels; weights that the optimiser knows stay the same objects."""
        parent = self.loaded.checkpoint if self.loaded else None
        labels = in_order_of(self._folder, labels)
        if self.loaded and parent and parent.task == recipe.task and set(parent.labels) == set(labels):
            check_trainable(parent, parent.labels)
            return self.loaded
        if parent:
            check_trainable(parent, labels)
        from transformers import set_seed

        set_seed(recipe.seed)
        with quiet():
            network, tokenizer = kind_of(recipe.task).network(self._folder, labels, recipe)
        network.get_input_embeddings().requires_grad_(False)
        adopt(network, self._body)
        if optimizer is not None:
            rates = kind_of(recipe.task).rates
            join(network, optimizer, scheduler, rates.head / rates.body)
        self._body = network
        if getattr(network, "fresh_head", False):
            before = parent.labels if parent else () if self._base in bases() else network.left_labels
            cast(Any, network).left_labels = before
        card = card_of(recipe, labels, network, self._folder, parent, name=Path(self._base).name)
        self.loaded = Loaded(network, tokenizer, card, self._folder)
        return self.loaded


def _path(path: str | Path) -> Path:
    return typed(path)
