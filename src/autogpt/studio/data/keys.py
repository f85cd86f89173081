"""Keys of texts: what makes two texts the same, and how alike two are, for cleaning, splitting and profiles."""

import hashlib
import json
import os
import re
import unicodedata
import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from autogpt.studio.kind import columns_of, targets_of
from autogpt.studio.tasks import COLUMNS

if TYPE_CHECKING:
    from datasets import Dataset
    from numpy.typing import NDArray

IMAGE, HISTORY = "image", "history"
"""Columns of rows without a text that could be compared."""
_HASHES = 64
_BANDS = 16
_WORD = re.compile(r"[\u3400-\u9fff\u3040-\u30ff\uac00-\ud7af]|[^\W_]+")


def texts_of(rows: "Dataset", task: str) -> Iterator[str]:
    """What a model is shown of each row, as one text; of an image, none ('')."""
    if IMAGE in rows.column_names:
        yield from [""] * len(rows)
        return
    shown = ("label", "labels", "tags") if task in COLUMNS else targets_of(task)
    asked = [column for column in columns_of(task) if column not in shown] or list(columns_of(task))
    if task in ("seq2seq", "policy-gradient"):
        asked = asked[:1]
    if task == "preference" or task == "reward":
        asked = ["prompt", "chosen"]
    asked = [column for column in asked if column in rows.column_names]
    for start in range(0, len(rows), 1_000):
        some = cast(Mapping[str, Sequence[object]], rows[start : start + 1_000])
        for values in zip(*(some[column] for column in asked), strict=True):
            yield "\n".join(map(flat, values))


def keys_of(rows: "Dataset", task: str) -> Iterator[tuple[bytes, str | None]]:
    """For each row a key that is equal for rows that are the same, and its text; None where there is none to compare.

    Images are the same if their files hold the same bytes, rows of recommendation if they name the same things in the
    same order; everything else, if the texts say the same.
    """
    names = rows.column_names
    if IMAGE in names:
        yield from ((_key_of_file(path), None) for path in cast(Sequence[str], rows[IMAGE]))
    elif HISTORY in names:
        for row in cast(Iterator[Mapping[str, object]], rows):
            yield hashlib.blake2b(json.dumps([row[name] for name in names]).encode(), digest_size=12).digest(), None
    else:
        yield from ((key_of(text), text) for text in texts_of(rows, task))


def _key_of_file(path: str) -> bytes:
    try:
        told = os.stat(path)  # noqa: PTH116
        return _digest(path, told.st_mtime_ns, told.st_size)
    except OSError:  # gone since it was listed: it is itself only
        return hashlib.blake2b(path.encode("utf-8", "replace"), digest_size=12).digest()


@lru_cache(200_000)
def _digest(path: str, changed: int, size: int) -> bytes:
    """Of a file's bytes; read again when it was changed."""
    with open(path, "rb") as file:  # noqa: PTH123
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=12)).digest()


def flat(value: object) -> str:
    """A text, a list of texts, or messages, as one text."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return str(cast(Mapping[str, object], value).get("content", ""))
    return " ".join(flat(one) for one in cast(Sequence[object], value))


def normal(text: str) -> str:
    """The text without case, signs and spacing (NFKC first), so that only what it says is compared."""
    return " ".join(words(text))


def words(text: str) -> list[str]:
    """Words in small letters; of scripts without spaces, characters."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def key_of(text: str) -> bytes:
    """Equal for texts that say the same; texts without words are compared as they are."""
    return hashlib.blake2b((normal(text) or text).encode("utf-8", "replace"), digest_size=12).digest()


def grams(text: str, n: int) -> set[tuple[str, ...]]:
    """All runs of n words; of a shorter text, the text."""
    parts = words(text)
    return {tuple(parts[at : at + n]) for at in range(len(parts) - n + 1)} or ({tuple(parts)} if parts else set())


def shingles(text: str) -> "NDArray[Any]":
    """Hashes of the runs of five characters of the normalised text, of three where it is short. Shape (n,), uint64."""
    import numpy as np

    plain = normal(text)
    size = 5 if len(plain) > 20 else 3
    pieces = {plain[at : at + size] for at in range(max(1, len(plain) - size + 1))}
    return np.array([zlib.crc32(piece.encode()) for piece in sorted(pieces)], dtype=np.uint64)


class Likeness:
    """Finds texts that are nearly one it has seen: MinHash (Broder 1997) with banding, then the true Jaccard index.

    With 16 bands of 4 rows, a pair of Jaccard index 0.8 becomes a candidate with probability over 0.999, one of 0.3
    with 0.12; what is no pair is found out by the comparison that follows.
    """

    def __init__(self, threshold: float = 0.8, seed: int = 0) -> None:
        import numpy as np

        chance = np.random.default_rng(seed)
        # Odd multipliers modulo 2^64 (Dietzfelbinger et al. 1997); the upper 32 bits are used.
        self._multiply = chance.integers(1, 1 << 63, (_HASHES, 1), dtype=np.uint64) * np.uint64(2) + np.uint64(1)
        self._add = chance.integers(0, 1 << 63, (_HASHES, 1), dtype=np.uint64)
        self._threshold = threshold
        self._buckets: list[dict[bytes, list[int]]] = [{} for _ in range(_BANDS)]
        self._seen: list[NDArray[Any]] = []
        self._names: list[object] = []

    def find(self, text: str) -> object | None:
        """The name of a text that this one is nearly the same as, or None."""
        return self._find(found := shingles(text), self._bands(found))

    def find_or_add(self, text: str, name: object) -> object | None:
        """Likewise; a text that is like no other is remembered by the name."""
        found = shingles(text)
        bands = self._bands(found)
        twin = self._find(found, bands)
        if twin is None:
            for bucket, band in zip(self._buckets, bands, strict=True):
                bucket.setdefault(band, []).append(len(self._seen))
            self._seen.append(found)
            self._names.append(name)
        return twin

    def _find(self, found: "NDArray[Any]", bands: Sequence[bytes]) -> object | None:
        import numpy as np

        candidates = {at for bucket, band in zip(self._buckets, bands, strict=True) for at in bucket.get(band, ())}
        for at in sorted(candidates):
            other = self._seen[at]
            # Sets of very different size cannot be alike enough.
            if min(len(found), len(other)) < self._threshold * max(len(found), len(other)):
                continue
            both = len(np.intersect1d(found, other, assume_unique=True))
            if both >= self._threshold * (len(found) + len(other) - both):
                return self._names[at]
        return None

    def _bands(self, found: "NDArray[Any]") -> list[bytes]:
        # (hashes, shingles) -> the least of each hash
        least = ((self._multiply * found[None, :] + self._add) >> 32).min(axis=1)
        return [least[at : at + _HASHES // _BANDS].tobytes() for at in range(0, _HASHES, _HASHES // _BANDS)]
