"""Which splits a feed will bring is known before its rows are read, or it is said that nobody knows."""

import pytest

from autogpt.studio.data.feed import Feed
from autogpt.studio.data.foresee import splits_of


@pytest.mark.parametrize(
    ("feed", "splits"),
    [
        ({"sources": ["rows.csv"]}, {"train"}),
        ({"sources": ["rows.csv"], "cut": {"test": 0.2}}, {"train", "test"}),
        ({"sources": ["rows.csv", "dev.jsonl"]}, {"train", "validation"}),
        ({"sources": ["rows.csv"], "splits": {"test": ["marked.csv"]}}, None),
        ({"splits": {"validation": ["rows.csv"]}}, {"validation"}),
        ({"sources": ["marked.csv"]}, None),
        ({"sources": ["parted.csv"]}, None),
        ({"sources": ["parts.json"]}, None),
        ({"sources": ["rows.csv", "https://example.org/test.csv"]}, None),
        ({"sources": ["nothing.csv"]}, None),
        ({"sources": ["pictures"]}, {"train", "test"}),
    ],
)
def test_splits_are_told_beforehand(tmp_path, monkeypatch, feed, splits):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rows.csv").write_text("text,label\none,a\ntwo,b\n")
    (tmp_path / "dev.jsonl").write_text('{"text": "three", "label": "a"}\n')
    (tmp_path / "marked.csv").write_text("text,label,split\none,a,train\ntwo,b,test\n")
    (tmp_path / "parted.csv").write_text("text,label,Partition\none,a,train\ntwo,b,test\n")
    (tmp_path / "parts.json").write_text('{"train": [["one", "a"]], "test": [["two", "b"]]}')
    for name in ("train", "test"):
        (tmp_path / "pictures" / name / "cat").mkdir(parents=True)
        (tmp_path / "pictures" / name / "cat" / "1.png").write_bytes(b"no image yet")

    assert splits_of(Feed.model_validate(feed), "text-classification") == splits
