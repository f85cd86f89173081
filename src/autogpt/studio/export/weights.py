"""Reads the weights of a Hugging Face folder one at a time, so that a model need not fit into memory twice."""

import json
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from autogpt.core.errors import UsageError
from autogpt.studio.intact import weights_intact

if TYPE_CHECKING:
    from torch import Tensor

_ONE = "model.safetensors"
_INDEX = "model.safetensors.index.json"


@dataclass(frozen=True)
class Weights:
    """The tensors of a folder by name; each is read from the disk when it is asked for."""

    files: Mapping[str, Any]
    """The open safetensors file of each name."""

    def names(self) -> tuple[str, ...]:
        return tuple(self.files)

    def shape(self, name: str) -> tuple[int, ...]:
        return tuple(self.files[name].get_slice(name).get_shape())

    def read(self, name: str) -> "Tensor":
        """In the precision it was saved in; numpy has no bfloat16, hence torch."""
        return self.files[name].get_tensor(name)


@contextmanager
def open_weights(folder: Path) -> Generator[Weights]:
    """Open one file or several with an index.

    Raises UsageError for a folder without safetensors, and for files that are damaged.
    """
    from safetensors import safe_open

    names = [_ONE]
    if (folder / _INDEX).exists():
        index = read_object(folder / _INDEX).get("weight_map")
        names = sorted({str(name) for name in cast(Mapping[str, object], index).values()}) if index else []
        if not names or any(Path(name).name != name for name in names):
            raise UsageError(f"{str(folder / _INDEX)!r} does not say which files hold the weights; save the model anew")
    weights_intact(folder)
    with ExitStack() as stack:
        files: dict[str, Any] = {}
        for name in names:
            path = folder / name
            if not path.is_file():
                raise UsageError(
                    f"{str(path)!r} is missing: give a Hugging Face folder with safetensors; other weight files can "
                    "run code and are not read"
                )
            file = stack.enter_context(safe_open(str(path), framework="pt"))
            files |= dict.fromkeys(file.keys(), file)
        yield Weights(files)


def read_config(folder: Path) -> dict[str, Any]:
    """The folder's config.json. Raises UsageError when there is none."""
    return read_object(folder / "config.json", needed=True)


def counted(config: Mapping[str, Any], key: str, folder: Path) -> int:
    """A whole number above 0 that config.json holds. Raises UsageError where it holds none."""
    said = config.get(key)
    if not isinstance(said, int) or said < 1:
        raise UsageError(f"{str(folder / 'config.json')!r} says {key} = {said!r}, where a whole number above 0 is due")
    return said


def read_object(path: Path, *, needed: bool = False) -> dict[str, Any]:
    """A file with one JSON object; empty when there is no such file. Raises UsageError when it cannot be read."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        if not needed:
            return {}
        raise UsageError(f"{str(path.parent)!r} is no Hugging Face folder: there is no {path.name} in it") from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{str(path)!r} cannot be read: {error}") from error
    if not isinstance(found, dict):
        raise UsageError(f"{str(path)!r} holds no JSON object")
    return cast(dict[str, Any], found)
