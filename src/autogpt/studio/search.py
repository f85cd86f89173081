"""Search: several trainings with different settings; what does not look promising is ended early (Optuna)."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from autogpt.core.errors import MissingExtra, UsageError
from autogpt.core.schema import JsonValue, Value
from autogpt.studio.corpus import Corpus
from autogpt.studio.kind import kind_of
from autogpt.studio.recipe import Recipe
from autogpt.studio.report import Advance, OnAdvance
from autogpt.studio.train import train

if TYPE_CHECKING:
    import optuna

Range = tuple[float, float] | list[JsonValue]
"""Two numbers: between them, by their logarithm. A list: one of these."""

BEST = "best"
_JOURNAL = "search.log"


class Trial(Value):
    """One training of a search."""

    number: int
    settings: Mapping[str, JsonValue]
    score: float | None
    """The best on the validation rows so far; None if it never got to one."""
    ended: Literal["complete", "pruned"]


class Found(Value):
    """What came of a search."""

    recipe: Recipe
    """The best; its checkpoint lies in the search's folder under `best`."""
    score: float
    trials: tuple[Trial, ...]


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
    the earlier ones at that point is ended. A search that was killed goes on when it is begun again in the same folder.
    Raises UsageError without validation rows, or for settings a recipe does not have.
    """
    if "validation" not in corpus.splits:
        raise UsageError("a search compares scores on validation rows, and there are none; split some off first")
    ranges = space or _rates(recipe)
    _check(recipe, ranges)
    out.mkdir(parents=True, exist_ok=True)
    study = _study(out, recipe.seed, trials)
    import optuna

    def attempt(trial: "optuna.Trial") -> float:
        chosen = with_settings(recipe, {name: _choose(trial, name, bounds) for name, bounds in ranges.items()})
        folder = out / f"trial-{trial.number}"

        evaluations = 0

        def watched(advance: Advance) -> None:
            nonlocal evaluations
            on_advance(advance)
            if advance.stage == "evaluate" and advance.score is not None:
                evaluations += 1
                trial.report(advance.score, evaluations)
                if trial.should_prune():
                    raise optuna.TrialPruned

        try:
            trained = train(chosen, corpus, folder, cache=cache, on_advance=watched)
            score = trained.final.best if trained.final else 0.0
            if score > max((one.value or 0.0 for one in study.get_trials(states=[_complete()])), default=-1.0):
                shutil.rmtree(out / BEST, ignore_errors=True)
                folder.replace(out / BEST)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return score

    while (left := trials - sum(one.state.is_finished() for one in study.trials)) > 0:
        study.optimize(attempt, n_trials=1)
        on_advance(Advance(stage="search", done=trials - left + 1, total=trials))
    best = study.best_trial
    told = tuple(_told(one) for one in study.trials if one.state.is_finished())
    return Found(recipe=with_settings(recipe, best.params), score=cast(float, best.value), trials=told)


def with_settings(recipe: Recipe, settings: Mapping[str, Any]) -> Recipe:
    """The recipe with these fields changed; `options.NAME` changes one of its options."""
    fields = {name: value for name, value in settings.items() if not name.startswith("options.")}
    options = {name.removeprefix("options."): value for name, value in settings.items() if name.startswith("options.")}
    return Recipe.model_validate(recipe.model_dump() | fields | {"options": {**recipe.options, **options}})


def _study(out: Path, seed: int, trials: int) -> "optuna.Study":
    try:
        import optuna
        from optuna.storages import JournalStorage
        from optuna.storages.journal import JournalFileBackend
    except ImportError as error:
        raise MissingExtra(f"a search needs {error.name}: pip install 'autogpt[studio]'") from None
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna.create_study(
        study_name="search",
        direction="maximize",
        storage=JournalStorage(JournalFileBackend(str(out / _JOURNAL))),
        load_if_exists=True,
        sampler=optuna.samplers.TPESampler(seed=seed, n_startup_trials=max(2, trials // 4)),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=2),
    )


def _told(trial: "optuna.trial.FrozenTrial") -> Trial:
    reached = trial.value if trial.value is not None else max(trial.intermediate_values.values(), default=None)
    return Trial(
        number=trial.number,
        settings=cast(Mapping[str, JsonValue], trial.params),
        score=reached,
        ended="complete" if trial.state == _complete() else "pruned",
    )


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


def _complete() -> Any:
    from optuna.trial import TrialState

    return TrialState.COMPLETE
