"""From an address to a Model: the one door into this part."""

import importlib.util
from collections.abc import Callable
from pathlib import Path

import anyio

from autogpt.core.contracts import Model
from autogpt.core.errors import MissingExtra, UsageError
from autogpt.core.schema import Value
from autogpt.models import shelf
from autogpt.models.embedded import Embedded
from autogpt.models.engine import EngineSpec
from autogpt.models.profile import profile_for
from autogpt.models.shelf import Progress

Notify = Callable[[Progress], None]

DEFAULT = "embedded"
_EMBEDDED = {"embedded": shelf.QWEN, **{f"embedded:{name}": known for name, known in shelf.SHELF.items()}}


class Choice(Value):
    """One way to name a model, for `autogpt models`."""

    address: str
    title: str
    ready: bool
    """Whether it answers without anything being fetched or set first."""
    needs: str = ""
    """What is missing, as something to do."""


async def open_model(
    address: str,
    *,
    cache: Path,
    runtime: Path,
    on_progress: Notify = lambda progress: None,
    idle_seconds: float = 600.0,
) -> Model:
    """Open the model at the address: `embedded`, `embedded:NAME`, or the path of a GGUF file.

    cache: folder for fetched model files; runtime: private folder for the engine's locks and key.
    Fetches and loads the model where that is needed. Raises UsageError for an address that means nothing or a file
    that is not there, MissingExtra with the command that mends it, ModelError when the engine cannot load the file.
    """
    if (known := _EMBEDDED.get(address)) is not None:
        _need_engine()
        path = await anyio.to_thread.run_sync(shelf.fetch, known, cache, on_progress)
        return await _embedded(known.name, path, runtime, on_progress, idle_seconds)
    if address.endswith(".gguf") or await anyio.Path(address).is_file():
        _need_engine()
        return await _embedded(Path(address).stem, _gguf(Path(address)), runtime, on_progress, idle_seconds)
    raise UsageError(f"no model is known as {address!r}; `autogpt models` lists what there is")


async def _embedded(name: str, path: Path, runtime: Path, on_progress: Notify, idle_seconds: float) -> Model:
    profile = profile_for(name)
    model = Embedded(
        name,
        EngineSpec(model=path, window=profile.window, idle_seconds=idle_seconds),
        profile,
        runtime,
        lambda: on_progress(Progress(what="load", name=name)),
    )
    await model.ready()
    return model


def _gguf(path: Path) -> Path:
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise UsageError(f"the model file {str(path)!r} cannot be read: {error.strerror}") from error
    if magic != b"GGUF":
        raise UsageError(f"{str(path)!r} is not a GGUF file; give a file that llama.cpp can load")
    return path


def _need_engine() -> None:
    if importlib.util.find_spec("xllamacpp") is None:
        raise MissingExtra("the embedded model needs its engine: pip install 'autogpt[local]'")
