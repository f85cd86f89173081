"""A program that swaps a folder for a link to the outside, again and again, while the host works on the same folder."""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from autogpt.core.contracts import Program
from autogpt.core.errors import ToolError
from autogpt.sandbox import open_sandbox
from autogpt.sandbox.workspace import Folder

SWAPPER = """
import ctypes, os
libc = ctypes.CDLL(None)
os.makedirs("real"), open("real/x", "w").write("inside"), os.makedirs("real/deep"), open("real/deep/x", "w").close()
os.symlink({outside!r}, "link")
open("file", "w").write("inside")
os.symlink({outside!r} + "/x", "filelink")
open("begun", "w").close()
while True:
    for one, other in {pairs}:
        libc.syscall(316, -100, one.encode(), -100, other.encode(), 2)  # renameat2(2), RENAME_EXCHANGE
    for name in ("real", "link") if len({pairs}) > 1 else ():
        try:
            if not os.path.islink(name):
                os.makedirs(name + "/deep", exist_ok=True)
                open(name + "/x", "a").write("inside")
        except OSError:
            pass
"""


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "work").mkdir()
    place = tmp_path / "outside"
    (place / "deep").mkdir(parents=True)
    (place / "x").write_text("the key")
    (place / "deep" / "x").write_text("the key")
    (place / "x").chmod(0o640)
    before = _picture(place)
    yield place
    assert _picture(place) == before


@contextlib.asynccontextmanager
async def _swapping(work: Path, outside: Path, *pairs: tuple[str, str]) -> AsyncIterator[None]:
    code = SWAPPER.format(outside=str(outside), pairs=pairs)
    swapping = asyncio.create_task(open_sandbox().run(Program(argv=("python3", "-c", code), seconds=100), str(work)))
    while not (work / "begun").exists():
        assert not swapping.done(), swapping.result()
        await asyncio.sleep(0.02)
    yield
    assert not swapping.done(), swapping.result()
    swapping.cancel()
    await asyncio.wait({swapping})


def _picture(place: Path) -> dict[str, tuple[int, int, str]]:
    return {
        str(path.relative_to(place)): (info.st_mode, info.st_uid, path.read_text() if path.is_file() else "")
        for path in (place, *place.rglob("*"))
        if (info := path.lstat())
    }


@pytest.mark.anyio
async def test_whatever_is_swapped_meanwhile_the_host_neither_reads_nor_changes_what_is_outside(
    tmp_path: Path, outside: Path
) -> None:
    folder = Folder(tmp_path / "work", tmp_path / "keep")
    async with _swapping(tmp_path / "work", outside, ("real", "link"), ("file", "filelink")):
        tried = await asyncio.to_thread(_work_on, folder, time.monotonic() + 5)
    # Both states were met: else nothing was raced.
    assert min(tried["read"].values()) > 5
    with contextlib.closing(sqlite3.connect(tmp_path / "keep" / "snapshots.sqlite")) as kept:
        bodies = [body for (body,) in kept.execute("SELECT body FROM contents")]
    assert bodies
    assert b"the key" not in bodies


@pytest.mark.anyio
async def test_a_snapshot_is_taken_of_a_link_that_becomes_a_file_meanwhile(tmp_path: Path, outside: Path) -> None:
    folder = Folder(tmp_path / "work", tmp_path / "keep")
    async with _swapping(tmp_path / "work", outside, ("file", "filelink")):
        until = time.monotonic() + 4
        taken: set[str] = set()
        while time.monotonic() < until:
            taken.add(await asyncio.to_thread(folder.snapshot))
    assert len(taken) > 1, "several states were met"


def _work_on(folder: Folder, until: float) -> dict[str, dict[bool, int]]:
    first = folder.snapshot()
    tried: dict[str, dict[bool, int]] = {}

    def attempt(name: str, work: object, *args: object) -> None:
        counts = tried.setdefault(name, {True: 0, False: 0})
        try:
            assert callable(work)
            found = work(*args)
        except ToolError:
            counts[False] += 1
        else:
            counts[True] += 1
            assert found != b"the key"

    while time.monotonic() < until:
        enough = min(until, time.monotonic() + 1)
        while time.monotonic() < enough:
            for path in ("real/x", "link/x", "file", "real/deep/x"):
                attempt("read", folder.read, path)
                attempt("write", folder.write, path, b"written")
            attempt("make", folder.write, "real/new/deeper/y", b"written")
            attempt("list", folder.list, "real")
            attempt("move", folder.move, "real/x", "link/z")
            attempt("remove", folder.remove, "real/deep")
            attempt("remove", folder.remove, "link/new")
            attempt("snapshot", folder.snapshot)
        attempt("restore", folder.restore, first)
    return tried
