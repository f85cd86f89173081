"""Options: the settings of a recipe that one task's kind alone has, each with what holds where nothing is said."""

from collections.abc import Mapping
from difflib import get_close_matches

from autogpt.core.errors import UsageError
from autogpt.core.schema import JsonValue
from autogpt.studio.kind import kind_of
from autogpt.studio.lm.verify import verifier_of
from autogpt.studio.recipe import Recipe
from autogpt.studio.tasks import COLUMNS

_CLASSES: Mapping[str, JsonValue] = {"fit_head": True, "class_weights": "none"}
_WRITES: Mapping[str, JsonValue] = {"max_new_tokens": 128, "temperature": 0.0, "top_p": 1.0}

OPTIONS: Mapping[str, Mapping[str, JsonValue]] = {
    "text-classification": _CLASSES,
    "text-pair": _CLASSES,
    "token-classification": _CLASSES,
    "multi-label": {"fit_head": True},
    "causal-lm": {"pack": True, **_WRITES},
    "sft": _WRITES,
    "preference": {"beta": 0.1, "reference": "", **_WRITES},
    "policy-gradient": {
        "verifier": "exact",
        "advantage": "rloo",
        "samples": 8,
        "temperature": 1.0,
        "max_new_tokens": 64,
    },
    "seq2seq": {"max_new_tokens": 128},
    "embedding": {"temperature": 0.05},
    # Trained as an embedding.
    "recommendation": {"temperature": 0.05},
    "image-classification": {"mirror": True},
}
"""By task; what each does stands at its kind."""
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "class_weights": ("none", "sqrt", "balanced"),
    "advantage": ("rloo", "grpo"),
}
_LEAST: Mapping[str, int] = {"samples": 2}
"""Of one reply nothing can be told: there is no other to hold it against."""


def options_of(task: str) -> Mapping[str, JsonValue]:
    """The options of a task with their defaults; a plug-in's kind says its own. Raises UsageError for no task."""
    return OPTIONS.get(task, {}) if task in COLUMNS else dict(getattr(kind_of(task), "options", {}))


def check_options(recipe: Recipe) -> None:
    """Raises UsageError for an option that the recipe's task does not have, or a value that it cannot have."""
    known = options_of(recipe.task)
    for name, value in recipe.options.items():
        if not known:
            raise UsageError(f"{recipe.task} has no options, so {f'options.{name}'!r} cannot be set")
        if name not in known:
            if near := get_close_matches(name, known, 3, 0.5):
                raise UsageError(f"{recipe.task} has no option {name!r}; did you mean {', '.join(near)}?")
            raise UsageError(f"{recipe.task} has no option {name!r}; there are: {', '.join(known)}")
        match known[name]:
            case bool():
                fits = isinstance(value, bool)
            case int():
                fits = isinstance(value, int) and not isinstance(value, bool) and value >= 1
            case float():
                fits = isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
            case str():
                fits = isinstance(value, str)
            case _:
                fits = True
        if not fits:
            usual = str(known[name]).lower() if isinstance(known[name], bool) else repr(known[name])
            raise UsageError(f"{f'options.{name}'!r} cannot be {value!r}; it is such as {usual}")
        if recipe.task in COLUMNS:
            _check_value(name, value)


def _check_value(name: str, value: JsonValue) -> None:
    """Raises UsageError for a value of the right type that nothing can be done with."""
    if name == "verifier":
        verifier_of(str(value))
    if (choices := _CHOICES.get(name)) and value not in choices:
        raise UsageError(f"{f'options.{name}'!r} cannot be {value!r}; it can be {', '.join(choices)}")
    if isinstance(value, int) and value < _LEAST.get(name, value):
        raise UsageError(f"{f'options.{name}'!r} cannot be {value!r}; it must be {_LEAST[name]} or more")


def check_names(given: Mapping[str, JsonValue], task: str) -> None:
    """Raises UsageError for an option of the task that was given as a setting of the recipe itself."""
    for name, value in given.items():
        if name not in Recipe.model_fields and name in options_of(task):
            raise UsageError(f"{name!r} is an option of {task}: --set options.{name}={value}")
