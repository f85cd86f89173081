"""The profile says what is in a corpus and what is wrong with it, on a page that hostile text cannot leave."""

import json
from html.parser import HTMLParser

import pytest

from autogpt.studio.data import load
from autogpt.studio.data.language import language_of
from autogpt.studio.data.page import page, write_page
from autogpt.studio.data.profile import profile

TASK = "text-classification"
HOSTILE = "</pre><script>alert(1)</script><img src=x onerror=alert(2)> \u202e\u0007 mail a@b.co"


@pytest.fixture
def corpus(tmp_path):
    train = [(HOSTILE, "<b>x</b>"), ("one two three", "a"), ("One two, three!", "b")]
    train += [(f"row {n}", "a") for n in range(50)]
    test = [("one two three", "a"), ("nothing of it", "a")]
    for name, rows in (("train", train), ("test", test)):
        lines = [json.dumps({"text": text, "label": label}) for text, label in rows]
        (tmp_path / f"{name}.jsonl").write_text("\n".join([*lines, "<i>broken</i>"]))
    return load([tmp_path / "train.jsonl", tmp_path / "test.jsonl"], TASK)


def test_a_profile_counts_rows_labels_copies_leaks_conflicts_and_secrets(corpus):
    found = profile(corpus)
    assert {name: split.rows for name, split in found.splits.items()} == {"train": 53, "test": 2}
    assert dict(found.splits["train"].labels) == {"<b>x</b>": 1, "a": 51, "b": 1}
    assert found.splits["test"].missing_labels == ("<b>x</b>", "b")
    assert (found.same, dict(found.leakage), found.conflicts) == (2, {"train in test": 1}, 1)
    assert (dict(found.secrets), found.rejected_count) == ({"e-mail": 1}, 2)
    assert (found.splits["train"].lengths.least, found.splits["train"].lengths.median) == (2, 2)
    assert sum(count for _, count in found.splits["train"].lengths.histogram) == 53
    told = "\n".join(found.warnings)
    assert "1 rows of train are also in test" in told
    assert "1 e-mail; mask them first" in told
    assert "out of balance: 51 rows of one label, 1 of <b>x</b>" in told
    assert "train.jsonl:54: not JSON" in told


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.seen.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_the_page_is_whole_in_itself_and_shows_data_as_text_only(corpus, tmp_path):
    path, beside = write_page(profile(corpus), tmp_path / "out" / "profile.html")
    html = path.read_text()
    tags = Tags()
    tags.feed(html)
    assert tags.seen <= set("html head meta title style body h1 h2 h3 p table tr th td span pre".split())
    assert tags.attributes <= {"lang", "charset", "http-equiv", "content", "class", "style"}
    assert "&lt;script&gt;alert(1)" in html
    assert not {"\u202e", "\u0007"} & set(html)
    assert "a@b.co" not in html
    assert "default-src 'none'" in html
    assert json.loads(beside.read_text())["splits"]["train"]["rows"] == 53


def test_entities_are_counted_by_kind(tmp_path):
    (tmp_path / "train.conll").write_text("Bo\tB-PER\nLi\tI-PER\n,\tO\nX\tB-PER\n\nRome\tB-LOC\n")
    found = profile(load(tmp_path / "train.conll", "token-classification"))
    assert dict(found.splits["train"].labels) == {"LOC": 1, "PER": 2}
    assert "There is nothing to prove a model on" in found.warnings[0]
    assert "PER" in page(found)


def test_things_to_recommend_are_counted_wherever_they_stand(tmp_path):
    (tmp_path / "train.jsonl").write_text('{"history": ["a", "b"], "item": "c"}\n' * 30)
    (tmp_path / "test.jsonl").write_text('{"history": ["a"], "item": "d"}\n')
    found = profile(load([tmp_path / "train.jsonl", tmp_path / "test.jsonl"], "recommendation"))
    assert dict(found.splits["train"].labels) == {"a": 30, "b": 30, "c": 30, "d": 0}
    assert found.splits["train"].missing_labels == ("d",)
    assert not any("out of balance" in warning for warning in found.warnings)


def test_tags_that_name_no_entities_are_counted_by_their_names(tmp_path):
    rows = "the DET\ncat NOUN\nor CCONJ\n\nthe DET\nOK INTJ\n"
    (tmp_path / "train.conll").write_text(rows)
    found = profile(load(tmp_path / "train.conll", "token-classification"))
    assert dict(found.splits["train"].labels) == {"CCONJ": 1, "DET": 2, "INTJ": 1, "NOUN": 1}
    assert found.splits["train"].missing_labels == ()


def test_images_have_no_length_in_words(corpus, tmp_path):
    from PIL import Image

    for name in ("cat", "dog"):
        (tmp_path / name).mkdir()
        Image.new("RGB", (4, 4)).save(tmp_path / name / "1.png")
    assert "Length in words" not in page(profile(load(tmp_path, "image-classification")))
    assert "Length in words" in page(profile(corpus))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("我想去北京的故宫看看", "zh"),
        ("これは日本語の文章です", "ja"),
        ("where is my card", "en"),
        ("das ist nicht gut und ich weiß es", "de"),
        ("je ne sais pas pour vous", "fr"),
        ("Это хорошая книга", "ru"),
        ("1 + 1 = 2", "other"),
    ],
)
def test_languages_are_guessed(text, code):
    assert language_of(text) == code
