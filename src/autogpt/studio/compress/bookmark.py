"""Bookmark: what the shrinking of a network goes on from when its process was killed, in a folder of its own.

`NAME.json` holds what was found once and must not be found otherwise; `teaching.pt` the teaching as it was after some
batch. Each is there whole or not at all. Who makes the folder removes it when the work is done.
"""

import hashlib
import json
import pickle
import time
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

import torch
from pydantic import ValidationError

from autogpt.core.errors import TryAgain, UsageError
from autogpt.core.schema import JsonValue, Value
from autogpt.studio.checkpoint import Checkpoint
from autogpt.studio.whole import put

if TYPE_CHECKING:
    from datasets import Dataset

TEACHING = "teaching.pt"
_EVERY = 30.0
"""Seconds of teaching that a kill may cost, but for the end of an epoch, which is always kept."""
_CHEAP = 20.0
"""So many times as long as writing took it goes on before it writes again."""


class Place(Value):
    """Where a teaching is, in an order of rows that hangs on nothing but the seed and the epoch."""

    epoch: int = 0
    row: int = 0
    """Rows of this epoch that were learned from."""
    total: float = 0.0
    """Sum of their losses."""
    losses: tuple[float, ...] = ()
    """Mean loss of each epoch that is over."""


class Stateful(Protocol):
    """An optimiser or a schedule."""

    def state_dict(self) -> dict[str, Any]: ...

    def load_state_dict(self, state_dict: dict[str, Any], /) -> Any: ...


V = TypeVar("V", bound=Value)


class Bookmark:
    """Keeps and finds what was kept. Without a folder it does neither.

    of: tells this work from any other, see `identity`. every: seconds between two writings, at the least.
    What was kept is not taken up silently if it is damaged or is of other work: reading it raises UsageError.
    """

    def __init__(
        self, folder: Path | None = None, of: str = "", *, every: float = _EVERY, teaching: str = TEACHING
    ) -> None:
        self._folder, self._of, self._every, self._teaching = folder, of, every, teaching
        self._written, self._cost = time.monotonic(), 0.0

    def again(self, number: int) -> "Bookmark":
        """One for another teaching after the first, of the same piece of work."""
        return Bookmark(self._folder, self._of, every=self._every, teaching=f"teaching-{number}.pt")

    def once(self, name: str, kind: type[V], find: Callable[[], V]) -> V:
        """The value that an attempt before this one found; if there was none, it is found and kept."""
        if self._folder is None:
            return find()
        path = self._folder / f"{name}.json"
        if not path.exists():
            value = find()
            told = json.dumps({"of": self._of, "value": value.model_dump(mode="json")})
            put(path, lambda file: file.write(told.encode()))
            return value
        try:
            kept: Any = json.loads(path.read_text("utf-8"))
            self._check(path, kept["of"])
            return kind.model_validate(kept["value"])
        except (ValueError, KeyError, TypeError, ValidationError):
            raise _damaged(path) from None

    @property
    def due(self) -> bool:
        """Whether it is time to write again."""
        return self._folder is not None and time.monotonic() - self._written >= max(self._every, _CHEAP * self._cost)

    def write(self, place: Place, weights: Mapping[str, torch.Tensor], parts: Mapping[str, Stateful]) -> None:
        """Keep a teaching as it is between two steps, with the state of chance."""
        if self._folder is None:
            return
        began = time.monotonic()
        state = {
            "of": self._of,
            "place": place.model_dump(mode="json"),
            "weights": {name: weight.detach() for name, weight in weights.items()},
            "parts": {name: part.state_dict() for name, part in parts.items()},
            "chance": torch.get_rng_state(),
        }
        put(self._folder / self._teaching, lambda file: torch.save(state, file))
        self._written = time.monotonic()
        self._cost = self._written - began

    def read(self, weights: Mapping[str, torch.Tensor], parts: Mapping[str, Stateful]) -> Place:
        """Put all back as it was when it was written last, in place; at the beginning, if nothing was."""
        if self._folder is None or not (path := self._folder / self._teaching).exists():
            return Place()
        state = _whole(path)
        self._check(path, state.get("of"))
        try:
            with torch.no_grad():
                for name, weight in weights.items():
                    weight.copy_(state["weights"][name])
            for name, part in parts.items():
                part.load_state_dict(state["parts"][name])
            torch.set_rng_state(state["chance"])
            return Place.model_validate(state["place"])
        except (KeyError, TypeError, ValueError, RuntimeError):
            raise _damaged(path) from None

    def _check(self, path: Path, of: object) -> None:
        if of != self._of:
            raise TryAgain(
                f"{str(path)!r} was kept while other rows, another model or other settings were at work; put them back "
                "as they were, or remove it and resume, and the work begins anew"
            )


def identity(teacher: Checkpoint, rows: "Dataset", *settings: JsonValue) -> str:
    """What tells a piece of work from others: the model it begins with, the rows, the settings. A SHA-256."""
    card = teacher.model_dump(mode="json", include={"name", "created", "shape"})
    digest = hashlib.sha256(json.dumps([card, settings], sort_keys=True).encode())
    for row in rows:
        digest.update(json.dumps(row, ensure_ascii=False, default=str).encode())
    return digest.hexdigest()


def _whole(path: Path) -> dict[str, Any]:
    """What the file holds. torch does not look at the checksums that it writes, so they are looked at here."""
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.testzip() is not None:
                raise _damaged(path)
        # weights_only: tensors, numbers and texts, nothing that runs.
        found = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise UsageError(f"{str(path)!r} cannot be read: {error.strerror or error}") from error
    except (zipfile.BadZipFile, pickle.UnpicklingError, EOFError, RuntimeError, ValueError, zlib.error):
        raise _damaged(path) from None  # NotImplementedError, of zips of a strange kind, is a RuntimeError
    if not isinstance(found, dict):
        raise _damaged(path)
    return cast(dict[str, Any], found)


def _damaged(path: Path) -> TryAgain:
    return TryAgain(
        f"{str(path)!r}, which the work was to go on from, is damaged; remove it and resume, and the work begins anew"
    )
