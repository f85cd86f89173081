"""Artifacts are kept by content and verified when read."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogpt.core.errors import JournalError, UsageError
from autogpt.store.blobs import Blobs


@given(st.binary(max_size=2_000))
def test_what_is_put_is_got_under_its_hash(tmp_path_factory, content: bytes) -> None:
    blobs = Blobs(tmp_path_factory.mktemp("blobs"))
    name = blobs.put(content)
    assert (name, blobs.put(content), blobs.get(name)) == (hashlib.sha256(content).hexdigest(), name, content)


def test_damage_is_noticed_and_mended_by_putting_again(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    name = blobs.put(b"content")
    (tmp_path / name[:2] / name).write_bytes(b"altered!")
    with pytest.raises(JournalError, match="is damaged on disk"):
        blobs.get(name)
    assert blobs.get(blobs.put(b"content")) == b"content"


@pytest.mark.parametrize("name", ["", "x", "../../../etc/passwd", "A" * 64, "0" * 63, "0" * 64])
def test_what_was_never_kept_is_the_askers_mistake(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="artifact"):
        Blobs(tmp_path).get(name)


def test_nothing_is_left_lying_when_it_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "blobs").write_text("a file is in the way")
    with pytest.raises(JournalError, match="cannot be kept in"):
        Blobs(tmp_path / "blobs").put(b"content")
    assert [path.name for path in tmp_path.iterdir()] == ["blobs"]
