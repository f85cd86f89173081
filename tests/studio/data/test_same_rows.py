"""What makes rows the same that have no text: the bytes of an image, the names of what was taken and what came next."""

import pytest
from PIL import Image

from autogpt.studio.data import load
from autogpt.studio.data.clean import dedupe, leakage
from autogpt.studio.data.feed import Feed, prepare
from autogpt.studio.data.profile import profile
from autogpt.studio.data.split import cut
from autogpt.studio.diagnose.leaks import leaks


@pytest.fixture
def pictures(tmp_path):
    """Eight images of their own in train, two in test, and two copies: one under another label, one in test."""
    root = tmp_path / "pictures"
    for number in range(10):
        folder = root / ("test" if number > 7 else "train") / ("light" if number % 2 else "dark")
        folder.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (4, 4), (number * 20, 0, 0)).save(folder / f"138{number:08}.png")  # like phone numbers
    one, other = root / "train" / "dark" / "13800000000.png", root / "train" / "light" / "13800000001.png"
    (root / "train" / "light" / "again.png").write_bytes(one.read_bytes())
    (root / "test" / "light" / "leaked.png").write_bytes(other.read_bytes())
    return root


def test_copied_images_are_found_by_their_bytes_and_others_are_not(pictures):
    corpus = load(pictures, "image-classification")
    assert leakage(corpus) == {"train in test": 1}
    found = profile(corpus)
    assert (found.same, found.alike, found.conflicts, found.secrets) == (2, 0, 1, {})
    cleaned, dropped = dedupe(corpus)
    assert [(drop.split, drop.reason) for drop in dropped] == [("train", "same")] * 2
    assert {name: len(rows) for name, rows in cleaned.splits.items()} == {"train": 7, "test": 3}
    section = leaks(corpus.splits["test"], corpus.splits["train"])
    assert len(section.facts["exact"]) == 1
    assert section.facts["near"] == []
    assert section.facts["share"] == pytest.approx(1 / 3)


def test_exam_images_leave_the_training_rows(pictures, tmp_path):
    exam = tmp_path / "exam"
    exam.mkdir()
    (exam / "q.png").write_bytes((pictures / "train" / "dark" / "13800000002.png").read_bytes())
    corpus, told = prepare(Feed(sources=(str(pictures),), against=(str(exam),)), "image-classification")
    assert (told.exam, len(corpus.splits["train"])) == (1, 8)


def test_copies_of_an_image_go_together_when_rows_are_cut_off(pictures):
    rows = load(pictures / "train", "image-classification")
    for seed in range(4):
        assert leakage(cut(rows, {"test": 0.4}, seed))["train in test"] == 0


@pytest.fixture
def taken(tmp_path):
    """What people took: most of it the same few things, as it is, in other orders."""
    rows = ["history,item"]
    rows += [f'"[""a"", ""b"", ""t{n}""]",c' for n in range(8)]
    (tmp_path / "train.csv").write_text("\n".join([*rows, '"[""b"", ""a""]",c']) + "\n")
    (tmp_path / "test.csv").write_text('history,item\n"[""a"", ""b"", ""t0""]",c\n"[""a"", ""b""]",c\n')
    return tmp_path


def test_rows_of_recommendation_are_the_same_only_if_all_of_them_is(taken):
    corpus = load(taken, "recommendation")
    assert leakage(corpus) == {"train in test": 1}
    _, dropped = dedupe(corpus)
    assert [(drop.row, drop.reason, drop.like) for drop in dropped] == [(0, "same", "test 0")]
    section = leaks(corpus.splits["test"], corpus.splits["train"])
    assert (section.facts["exact"], section.facts["near"]) == ([[0, 0]], [])


def test_exam_rows_of_recommendation_leave_the_training_rows(taken, tmp_path):
    exam = tmp_path / "exam" / "asked.csv"
    exam.parent.mkdir()
    exam.write_text('history,item\n"[""a"", ""b"", ""t3""]",c\n')
    corpus, told = prepare(Feed(sources=(str(taken / "train.csv"),), against=(str(exam),)), "recommendation")
    assert (told.exam, len(corpus.splits["train"])) == (1, 8)


def test_items_are_names_and_keep_their_digits(tmp_path):
    (tmp_path / "a.csv").write_text('history,item\n"[""13800138000""]",13900139000\n')
    corpus, told = prepare(Feed(sources=(str(tmp_path / "a.csv"),), redact=True), "recommendation")
    assert (corpus.splits["train"][0], told.redacted) == ({"history": ["13800138000"], "item": "13900139000"}, {})
    assert profile(corpus).secrets == {}


def test_what_is_nearly_the_same_is_not_told_as_the_same(tmp_path):
    from datasets import Dataset

    texts = [f"the quick brown fox number {n} jumps over the lazy dog near the old river bank" for n in range(3)]
    rows = Dataset.from_dict({"text": [f"{text}!" for text in texts[:1]] + [f"{texts[1]}s"], "label": ["x", "x"]})
    section = leaks(rows, Dataset.from_dict({"text": texts, "label": ["x"] * 3}))
    assert section.warnings == [
        "1 held-out rows (50.0%) are also in the training rows: the score flatters.",
        "1 held-out rows (50.0%) are nearly the same as training rows: the score may flatter.",
    ]
