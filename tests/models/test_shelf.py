"""Fetching models: from small wheels in a local folder instead of PyPI, by the same pip."""

import hashlib
import json
import os
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from autogpt.core.errors import UsageError
from autogpt.models.shelf import SHELF, Known, Part, Progress, cached, fetch

PIECES = [bytes([number]) * (50_000 + number) for number in range(1, 4)]


def wheel(folder: Path, number: int, content: bytes) -> Path:
    """A wheel as pip wants it, with one data file."""
    name, version = f"toy_model_part{number}", "1.0"
    path = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}/data/part.bin", content)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture
def links(tmp_path: Path) -> Path:
    folder = tmp_path / "links"
    folder.mkdir()
    for number, piece in enumerate(PIECES, start=1):
        wheel(folder, number, piece)
    return folder


TOY = Known(
    name="toy",
    title="Toy",
    parts=tuple(
        Part(package=f"toy-model-part{n}", version="1.0", member=f"toy_model_part{n}/data/part.bin") for n in (1, 2, 3)
    ),
    size=sum(map(len, PIECES)),
    sha256=hashlib.sha256(b"".join(PIECES)).hexdigest(),
    licence="MIT",
    context=128,
)


def get(cache: Path, links: Path, said: list[Progress] | None = None, known: Known = TOY) -> Path:
    return fetch(
        known, cache, (said if said is not None else []).append, pip=["--no-index", "--find-links", str(links)]
    )


def test_a_model_is_fetched_part_by_part_and_verified(tmp_path, links):
    said: list[Progress] = []
    path = get(tmp_path / "cache", links, said)
    assert path.read_bytes() == b"".join(PIECES)
    assert [(p.what, p.part, p.parts, p.done) for p in said if p.what == "fetch"] == [
        ("fetch", 1, 3, 0),
        ("fetch", 2, 3, 50_001),
        ("fetch", 3, 3, 100_003),
    ]
    assert any(p.what == "verify" for p in said)
    left = {file.name for file in (tmp_path / "cache").iterdir()}
    assert left == {"toy.gguf", "toy.gguf.verified", "toy.gguf.lock"}


def test_the_second_time_nothing_is_asked_and_nothing_said(tmp_path, links):
    get(tmp_path / "cache", links)
    for file in links.iterdir():
        file.unlink()
    said: list[Progress] = []
    assert get(tmp_path / "cache", links, said).exists()
    assert said == []
    assert cached(TOY, tmp_path / "cache")


def test_an_interrupted_fetch_goes_on_where_it_stopped(tmp_path, links):
    (links / "toy_model_part3-1.0-py3-none-any.whl").rename(tmp_path / "part3.whl")
    with pytest.raises(UsageError, match="could not fetch toy-model-part3"):
        get(tmp_path / "cache", links)
    # What a crash left behind the last whole part does not count.
    with (tmp_path / "cache" / "toy.gguf.partial").open("ab") as partial:
        partial.write(b"half a part")
    (tmp_path / "part3.whl").rename(links / "toy_model_part3-1.0-py3-none-any.whl")
    for number in (1, 2):
        (links / f"toy_model_part{number}-1.0-py3-none-any.whl").unlink()
    said: list[Progress] = []
    assert get(tmp_path / "cache", links, said).read_bytes() == b"".join(PIECES)
    assert [p.part for p in said if p.what == "fetch"] == [3]


def test_without_a_network_the_message_says_what_to_do(tmp_path):
    with pytest.raises(UsageError) as raised:
        get(tmp_path / "cache", tmp_path)
    assert "Connect this machine to PyPI once" in str(raised.value)
    assert "--model /path/to/model.gguf" in str(raised.value)


def test_a_model_that_is_not_what_was_published_is_removed(tmp_path, links):
    wheel(links, 2, b"x" * len(PIECES[1]))
    with pytest.raises(UsageError, match="is damaged"):
        get(tmp_path / "cache", links)
    assert not (tmp_path / "cache" / "toy.gguf").exists()
    wheel(links, 2, PIECES[1])
    assert get(tmp_path / "cache", links).exists()


@pytest.mark.parametrize("spoil", ["longer", "not a zip", "without the piece"])
def test_a_part_that_is_not_what_was_published_is_refused(tmp_path, links, spoil):
    path = wheel(links, 3, PIECES[2] * 9 if spoil == "longer" else PIECES[2])
    if spoil == "without the piece":
        with zipfile.ZipFile(path) as archive:
            kept = {name: archive.read(name) for name in archive.namelist() if "data" not in name}
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in kept.items():
                archive.writestr(name, content)
    if spoil == "not a zip":
        path.write_bytes(b"PK no")
    with pytest.raises(UsageError, match="toy-model-part3"):
        get(tmp_path / "cache", links)
    assert not (tmp_path / "cache" / "toy.gguf").exists()


def test_a_file_changed_since_it_was_verified_is_verified_again(tmp_path, links):
    path = get(tmp_path / "cache", links)
    path.write_bytes(b"".join(PIECES)[:-1] + b"!")
    os.utime(path, ns=(1, 1))
    assert not cached(TOY, tmp_path / "cache")
    with pytest.raises(UsageError, match="is damaged"):
        get(tmp_path / "cache", links)


def test_a_file_put_there_by_hand_is_verified_and_taken(tmp_path):
    cache = tmp_path / "cache"
    cache.mkdir()
    (cache / "toy.gguf").write_bytes(b"".join(PIECES))
    assert get(cache, tmp_path) == cache / "toy.gguf"
    assert cached(TOY, cache)


def test_a_model_larger_than_the_disk_is_not_begun(tmp_path, links):
    huge = TOY.model_copy(update={"size": 10**18})
    with pytest.raises(UsageError, match="no room for toy"):
        get(tmp_path / "cache", links, known=huge)


def test_a_cache_that_cannot_be_used_is_named(tmp_path, links):
    (tmp_path / "file").write_text("I am no folder")
    with pytest.raises(UsageError, match="cannot be used"):
        get(tmp_path / "file" / "cache", links)


def test_two_that_fetch_at_once_fetch_once(tmp_path, links):
    said: list[list[Progress]] = [[], []]
    with ThreadPoolExecutor(2) as pool:
        paths = list(pool.map(lambda mine: get(tmp_path / "cache", links, mine), said))
    assert paths[0] == paths[1]
    assert sorted(len([p for p in mine if p.what == "fetch"]) for mine in said) == [0, 3]


def test_the_shelf_says_where_everything_comes_from():
    for known in SHELF.values():
        assert len(known.sha256) == 64
        assert known.size > 10_000_000
        assert json.loads(known.model_dump_json())["licence"] == "Apache-2.0"
    assert len(SHELF["qwen2.5-coder-1.5b"].parts) == 22
    assert sys.executable
