"""Search: several trainings with different settings; what does not look promising is ended early (Optuna)."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from pydantic import ValidationError

from autogpt.core.errors import MissingExtra, TryAgain, UsageError
from autogpt.core.schema import JsonValue, Value
from autogpt.studio.corpus import Corpus
from autogpt.studio.diverged import TrainingDiverged
from autogpt.studio.kind import kind_of
from autogpt.studio.leftovers import WORK
from autogpt.studio.recipe import Recipe
from autogpt.studio.report import Advance, OnAdvance
from autogpt.studio.train import REPORT, train
from autogpt.studio.whole import put

if TYPE_CHECKING:
    import optuna

Range = tuple[float, float] | list[JsonValue]
"""Two numbers: between them, by their logarithm. A list: one of these."""

BEST = "best"
FOUND = "search.json"
"""In the best checkpoint: all that was tried."""
RECIPE = "recipe.json"
"""In the best checkpoint: the recipe it was trained by, for `autogpt studio train --recipe`."""
_TRIED = "search.json"


class Trial(Value):
    """One training of a search."""

    number: int
    settings: Mapping[str, JsonValue]
    scores: tuple[float, ...] = ()
    """On the validation rows, one after the other."""
    score: float | None
    """The best on the validation rows so far; None if it never got to one."""
    ended: Literal["complete", "pruned", "diverged"]
    """pruned: ended early, being below the median of the others. diverged: its numbers became none."""


class Found(Value):
    """What came of a search."""

    recipe: Recipe
    """The best; its checkpoint lies in the search's folder under `best`."""
    score: float
    trials: tuple[Trial, ...]


class _Tried(Value):
    """What a search that was killed goes on from: each trial is chosen from this, and from nothing else."""

    recipe: Recipe
    """What all trials change."""
    space: Mapping[str, list[JsonValue]]
    trials: tuple[Trial, ...] = ()

    @property
    def best(self) -> Trial | None:
        """The first of those with the best score; None while none was trained to its end."""
        whole = (one for one in self.trials if one.ended == "complete")
        return max(whole, key=lambda one: cast(float, one.score), default=None)


class _Scores(Value):
    """The scores of a trial that is not over, by the step of the training."""

    by_step: Mapping[int, float] = {}


def search(
    recipe: Recipe,
    corpus: Corpus,
    out: Path,
    *,
    cache: Path,
    trials: int = 12,
    space: Mapping[str, Range] | None = None,
    on_advance: OnAdvance = lambda _: None,
) -> Found:
    """Train `trials` times with settings chosen by what the earlier ones scored (TPE), and keep the best checkpoint.

    space: names of recipe fields (or `options.NAME`) and their range; by default both learning rates, from a fourth to
    four times what the kind was measured to need. A training whose score after an evaluation is below the median of
    the earlier ones at that point is ended. A search that was killed goes on, to the same result, when it is begun
    again in the same folder. Raises UsageError without validation rows, for settings a recipe does not have, or for a
    folder with another search in it.
    """
    if "validation" not in corpus.splits:
        raise UsageError("a search compares scores on validation rows, and there are none; split some off first")
    ranges = space or _rates(recipe)
    _check(recipe, ranges)
    tried = _tried(out, recipe, ranges)
    on_advance(Advance(stage="search", done=len(tried.trials), total=trials))
    while (number := len(tried.trials)) < trials:
        study = _study(tried, ranges, trials)
        trial = study.ask()
        chosen = {name: _choose(trial, name, bounds) for name, bounds in ranges.items()}
        done = _train(trial, chosen, with_settings(recipe, chosen), corpus, out / f"trial-{number}", cache, on_advance)
        tried = tried.model_copy(update={"trials": (*tried.trials, done)})
        put(out / _TRIED, lambda file, tried=tried: file.write(tried.model_dump_json(indent=1).encode()))
        _sweep(out, tried)
        on_advance(Advance(stage="search", done=number + 1, total=trials))
    if (best := tried.best) is None:
        raise UsageError("every trial diverged; search among lower learning rates (--learning-rate sets their middle)")
    if (folder := out / f"trial-{best.number}").exists():
        shutil.rmtree(out / BEST, ignore_errors=True)
        folder.replace(out / BEST)
    return Found(recipe=with_settings(recipe, best.settings), score=cast(float, best.score), trials=tried.trials)


def keep(found: Found, folder: Path) -> None:
    """Write into the best checkpoint what was tried, and the best recipe."""
    put(folder / FOUND, lambda file: file.write(found.model_dump_json(indent=1).encode()))
    put(folder / RECIPE, lambda file: file.write(found.recipe.model_dump_json(indent=1).encode()))


def read_search(folder: Path) -> Found:
    """The search that a checkpoint came of: every trial with its settings, its scores and how it ended.

    Raises UsageError for a checkpoint that was trained without a search.
    """
    try:
        return Found.model_validate_json((folder / FOUND).read_text("utf-8"))
    except (OSError, ValidationError):
        raise UsageError(f"{str(folder)!r} holds nothing of a search; it was trained without --trials") from None


def with_settings(recipe: Recipe, settings: Mapping[str, Any]) -> Recipe:
    """The recipe with these fields changed; `options.NAME` changes one of its options."""
    fields = {name: value for name, value in settings.items() if not name.startswith("options.")}
    options = {name.removeprefix("options."): value for name, value in settings.items() if name.startswith("options.")}
    return Recipe.model_validate(recipe.model_dump() | fields | {"options": {**recipe.options, **options}})


def _train(
    trial: "optuna.Trial",
    chosen: Mapping[str, Any],
    recipe: Recipe,
    corpus: Corpus,
    folder: Path,
    cache: Path,
    on_advance: OnAdvance,
) -> Trial:
    """One training, or the rest of it: its scores so far lie beside its folder."""
    import optuna

    kept = folder.with_suffix(".json")
    scores = dict(_Scores.model_validate_json(kept.read_text("utf-8")).by_step) if kept.exists() else {}
    for place, score in enumerate(scores.values(), 1):
        trial.report(score, place)
    step = 0

    def watched(advance: Advance) -> None:
        nonlocal step
        on_advance(advance)
        if advance.stage == "train":
            step = advance.done
        if advance.stage != "evaluate" or advance.score is None or step in scores:
            return
        scores[step] = advance.score
        told = _Scores(by_step=scores).model_dump_json()
        put(kept, lambda file: file.write(told.encode()))
        trial.report(advance.score, len(scores))
        if trial.should_prune():
            raise optuna.TrialPruned

    try:
        if scores and trial.should_prune():
            raise optuna.TrialPruned
        if (folder / REPORT).exists():  # over, but not written down; what it would go on from may be half removed
            shutil.rmtree(folder / WORK, ignore_errors=True)
            shutil.rmtree(folder)
        trained = train(recipe, corpus, folder, cache=cache, on_advance=watched, resume=True)
        score, ended = trained.final.best if trained.final else 0.0, "complete"
    except optuna.TrialPruned:
        score, ended = max(scores.values(), default=None), "pruned"
    except TrainingDiverged:
        score, ended = max(scores.values(), default=None), "diverged"
    number = int(folder.name.rpartition("-")[2])
    return Trial(number=number, settings=chosen, scores=tuple(scores.values()), score=score, ended=ended)


def _tried(out: Path, recipe: Recipe, ranges: Mapping[str, Range]) -> _Tried:
    """What was tried here before."""
    out.mkdir(parents=True, exist_ok=True)
    path, fresh = out / _TRIED, _Tried(recipe=recipe, space={name: [*bounds] for name, bounds in ranges.items()})
    if not path.exists():
        return fresh
    try:
        tried = _Tried.model_validate_json(path.read_text("utf-8"))
    except ValidationError:
        raise TryAgain(f"{str(path)!r} is damaged; remove it and resume, and the search begins anew") from None
    if (tried.recipe, tried.space) != (recipe, fresh.space):
        raise UsageError(
            f"{str(out)!r} holds a search with another recipe or space; go on with those, or choose another"
        )
    return tried


def _sweep(out: Path, tried: _Tried) -> None:
    """Remove what the trials that are over left, but for the best."""
    for one in tried.trials:
        (out / f"trial-{one.number}.json").unlink(missing_ok=True)
        if one != tried.best:
            shutil.rmtree(out / f"trial-{one.number}", ignore_errors=True)


def _study(tried: _Tried, ranges: Mapping[str, Range], trials: int) -> "optuna.Study":
    """Made anew for each trial, so that it chooses alike whether the search was killed before or not."""
    try:
        import optuna
    except ImportError as error:
        raise MissingExtra(f"a search needs {error.name}: pip install 'autogpt[studio]'") from None
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    seed = (tried.recipe.seed * 1_009 + len(tried.trials)) % 2**32
    study = optuna.create_study(
        direction="maximize",
        sampler=optuna.samplers.TPESampler(seed=seed, n_startup_trials=max(2, trials // 4), constant_liar=False),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=2),
    )
    distributions = {name: _distribution(bounds) for name, bounds in ranges.items()}
    pruned = optuna.trial.TrialState.PRUNED
    states = {"complete": optuna.trial.TrialState.COMPLETE, "pruned": pruned, "diverged": pruned}
    for one in tried.trials:
        study.add_trial(
            optuna.trial.create_trial(
                state=states[one.ended],
                value=_worth(one),
                params=dict(one.settings),
                distributions=distributions,
                # Pruned without a score is what the sampler holds the worst.
                intermediate_values={} if one.ended == "diverged" else dict(enumerate(one.scores, 1)),
            )
        )
    return study


def _worth(trial: Trial) -> float | None:
    """What the sampler is told of a trial."""
    if trial.ended == "pruned":
        return next(reversed(trial.scores), None)
    return trial.score if trial.ended == "complete" else None


def _distribution(bounds: Range) -> "optuna.distributions.BaseDistribution":
    from optuna.distributions import CategoricalDistribution, FloatDistribution

    if isinstance(bounds, tuple):
        return FloatDistribution(*bounds, log=True)
    return CategoricalDistribution(cast(Any, bounds))


def _rates(recipe: Recipe) -> dict[str, Range]:
    rates = kind_of(recipe.task).rates
    body = recipe.learning_rate or (rates.body if recipe.method == "full" else rates.adapter)
    head = recipe.head_learning_rate or rates.head
    return {"learning_rate": (body / 4, body * 4), "head_learning_rate": (head / 4, head * 4)}


def _check(recipe: Recipe, ranges: Mapping[str, Range]) -> None:
    for name, bounds in ranges.items():
        if not name.startswith("options.") and name not in Recipe.model_fields:
            raise UsageError(f"a recipe has no {name!r}; it has {', '.join(Recipe.model_fields)}")
        if not bounds or (isinstance(bounds, tuple) and not 0 < bounds[0] < bounds[1]):
            raise UsageError(f"{name} is to be searched in {bounds!r}; give two numbers above 0, or a list of choices")
        for value in bounds:
            with_settings(recipe, {name: value})


def _choose(trial: "optuna.Trial", name: str, bounds: Range) -> Any:
    if isinstance(bounds, tuple):
        return trial.suggest_float(name, *bounds, log=True)
    return trial.suggest_categorical(name, cast(Any, bounds))
