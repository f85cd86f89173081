"""Models: begun from a base, loaded from a checkpoint, saved as one."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from autogpt.core.errors import TryAgain, UsageError
from autogpt.studio.bases import bases, find_base
from autogpt.studio.checkpoint import CARD, Checkpoint, read_checkpoint, write_checkpoint
from autogpt.studio.intact import intact
from autogpt.studio.kind import Loaded, kind_of
from autogpt.studio.network import in_order_of, tokenizer_of
from autogpt.studio.origin import licence_of
from autogpt.studio.recipe import Recipe
from autogpt.studio.report import Advance, OnAdvance

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


def begin(
    recipe: Recipe, labels: Sequence[str], cache: Path, on_advance: OnAdvance = lambda _: None, *, name: str = "model"
) -> Loaded:
    """The network a training starts with: the recipe's base with what the task puts on top, and adapters if it says so.

    cache: where packaged bases are kept. The same seed makes the same network.
    Raises UsageError for a base that is not there or does not fit the task.
    """
    from transformers import set_seed

    folder = find_base(recipe.base, cache, on_advance)
    on_advance(Advance(stage="load", total=1))
    set_seed(recipe.seed)
    packaged = bases().get(recipe.base)
    parent = read_checkpoint(folder) if packaged is None and (folder / CARD).exists() else None
    if parent is not None:
        intact(folder, parent)
    labels = in_order_of(folder, labels)
    with quiet():
        if parent is not None and parent.shrunk:
            network, tokenizer = _shrunk(folder, parent, labels)
        else:
            network, tokenizer = kind_of(recipe.task).network(folder, labels, recipe)
        if packaged is not None and hasattr(network, "left_labels"):
            cast(Any, network).left_labels = ()  # a head that comes with a base has learned nothing
        if recipe.method != "full":
            from autogpt.studio.adapters import adapt

            network = adapt(network, recipe)
    if recipe.freeze_embeddings and recipe.method == "full" and network.main_input_name == "input_ids":
        network.get_input_embeddings().requires_grad_(False)
    checkpoint = card_of(recipe, labels, network, folder, parent, name=name)
    on_advance(Advance(stage="load", done=1, total=1))
    return Loaded(network, tokenizer, checkpoint, folder)


def card_of(
    recipe: Recipe, labels: Sequence[str], network: object, folder: Path, parent: Checkpoint | None, *, name: str
) -> Checkpoint:
    """The card of a model that is about to be trained. parent: that of the checkpoint it begins from, if it is one."""
    packaged = bases().get(recipe.base)
    return Checkpoint(
        name=name,
        task=recipe.task,
        labels=tuple(labels),
        base=parent.base if parent else recipe.base,
        parents=(parent.name, *parent.parents) if parent else (),
        recipe=recipe,
        max_length=longest(network, recipe),
        shape=parent.shape if parent else {},
        created=datetime.now(UTC),
        licence=packaged.licence if packaged else parent.licence if parent else licence_of(folder),
        lessons=parent.lessons if parent else (),
    )


def load(folder: Path) -> Loaded:
    """The model in a checkpoint folder, ready to answer.

    Raises UsageError for a folder that is not a checkpoint, is not as it was saved, or cannot be loaded.
    """
    checkpoint = read_checkpoint(folder)
    intact(folder, checkpoint)
    recipe = checkpoint.recipe or Recipe(task=checkpoint.task, base=checkpoint.base)
    with quiet():
        if checkpoint.shrunk:  # pruned or quantised: not what the folder's config says
            from autogpt.studio.compress.rebuild import reader, rebuild

            network, tokenizer = rebuild(folder, checkpoint), reader(folder, checkpoint)
        else:
            network, tokenizer = kind_of(checkpoint.task).network(folder, checkpoint.labels, recipe)
    if getattr(network, "fresh_head", False):
        raise UsageError(
            f"{str(folder)!r} holds no head for the labels on its card ({', '.join(checkpoint.labels[:8])}): its "
            "config.json or weights were changed; put the folder back from a copy, or train anew"
        )
    network.eval()
    return Loaded(network, tokenizer, checkpoint, folder)


def _shrunk(
    folder: Path, parent: Checkpoint, labels: Sequence[str]
) -> "tuple[PreTrainedModel, PreTrainedTokenizerBase]":
    """A pruned network can be trained on, for the labels it has; a quantised one cannot."""
    from autogpt.studio.compress.rebuild import rebuild

    check_trainable(parent, labels)
    return rebuild(folder, parent), tokenizer_of(folder, parent.max_length)


def check_trainable(parent: Checkpoint, labels: Sequence[str]) -> None:
    """Raises UsageError for a checkpoint that is quantised, or pruned and for other labels."""
    if form := parent.shape.get("form"):
        raise UsageError(
            f"{parent.name!r} is quantised ({form}) and cannot be trained; begin from what it was made of, "
            f"{(parent.parents or ('its parent',))[0]!r}, and quantise the result"
        )
    if parent.shrunk and tuple(labels) != parent.labels:
        raise UsageError(
            f"the pruned {parent.name!r} can be trained on for its own labels only: {', '.join(parent.labels)}"
        )


def save(loaded: Loaded, folder: Path) -> Path:
    """Write a checkpoint: weights as safetensors, tokenizer, card. Adapters are merged into the weights first; what was
    trained of them is kept in `adapter/`, small enough to be shared alone.

    Raises UsageError if the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / CARD).unlink(missing_ok=True)  # until all is written, it is none
        with quiet():
            if hasattr(loaded.network, "peft_config"):
                from autogpt.studio.adapters import merge

                loaded.network = merge(loaded.network, folder / "adapter")
            loaded.network.save_pretrained(folder)
            loaded.tokenizer.save_pretrained(folder)
        write_checkpoint(folder, loaded.checkpoint.model_copy(update={"files": {}}))
    except OSError as error:
        raise TryAgain(f"the checkpoint cannot be written to {str(folder)!r}: {error.strerror or error}") from error
    loaded.folder = folder
    return folder


def longest(network: object, recipe: Recipe) -> int:
    """The recipe's length, or what the network has positions for: RoBERTa and its kin lose some to padding."""
    config = getattr(network, "config", None)
    positions = getattr(config, "max_position_embeddings", None)
    if not isinstance(positions, int):
        return recipe.max_length
    shifted = getattr(config, "model_type", "") in _SHIFTED
    return min(recipe.max_length, positions - ((getattr(config, "pad_token_id", 0) or 0) + 1) * shifted)


_SHIFTED = ("roberta", "xlm-roberta", "mpnet", "camembert", "longformer")


@contextmanager
def quiet() -> Generator[None]:
    """No progress bars and reports of transformers while weights are read and written; the studio says what matters."""
    from transformers.utils import logging

    level = logging.get_verbosity()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        logging.enable_progress_bar()
