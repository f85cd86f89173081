import json
import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import learned
import pytest
from datasets import Dataset
from transformers import GPT2Config, GPT2LMHeadModel

from autogpt.core.errors import UsageError
from autogpt.studio.checkpoint import Checkpoint
from autogpt.studio.compress.quantize import quantize
from autogpt.studio.diagnose.diagnosis import diagnose
from autogpt.studio.diagnose.language import losses
from autogpt.studio.diagnose.reading import readings
from autogpt.studio.kind import Loaded


class Reader(HTMLParser):
    """All tags with their attributes, and all text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_classifier_is_asked_everything_and_both_files_say_the_same(reviews, tmp_path):
    found = diagnose(
        reviews, learned.review_rows(120, 2), tmp_path / "out", against=reviews, train=learned.review_rows(200, 1)
    )

    told = json.loads(found.data.read_text("utf-8"))
    assert list(told["sections"]) == [
        *("scores", "labels", "confusion", "calibration", "worst", "shortcuts", "robustness"),
        *("attributions", "attention", "projection", "leaks", "drift", "weights"),
    ]
    assert list(told["left_out"]) == ["curves"]
    assert sum(map(sum, told["sections"]["confusion"]["counts"])) == 120
    assert sum(tenth["decisions"] for tenth in told["sections"]["calibration"]["bins"]) == 120
    assert told["sections"]["drift"]["flips"] == []
    assert set(told["sections"]["drift"]["blocks"].values()) == {0.0}
    page = Reader(found.page.read_text("utf-8"))
    ids = {attributes.get("id") for _, attributes in page.tags}
    assert set(told["sections"]) <= ids


def test_a_page_needs_nothing_but_itself_and_hostile_text_stays_text(reviews, tmp_path):
    hostile = '<script>alert(1)</script> "><img src=http://x.example/y onerror=alert(2)> 这部电影很好'
    rows = learned.review_rows(60, 2).to_list()
    rows += [{"text": f"{hostile} {word}", "label": label} for word in ("great", "awful") for label in ("good", "bad")]

    found = diagnose(reviews, Dataset.from_list(rows), tmp_path / "out")

    raw = found.page.read_text("utf-8")
    page = Reader(raw)
    assert hostile in page.text
    assert {tag for tag, _ in page.tags} & {"script", "iframe", "link", "object", "img", "form"} == set()
    leads = [
        value or "" for _, attributes in page.tags for name, value in attributes.items() if name in ("href", "src")
    ]
    assert all(value.startswith(("#", "data:image/png;base64,")) for value in leads)
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert not re.search(r"url\(|@import", raw)


def test_a_tagger_is_asked_about_its_entities(names, tmp_path):
    rows = learned.name_rows(60, 2).to_list()
    odd = next(number for number, row in enumerate(rows) if "B-PER" in row["tags"] and "B-LOC" not in row["tags"])
    rows[odd]["tags"] = [tag.replace("PER", "LOC") for tag in rows[odd]["tags"]]

    found = diagnose(names, Dataset.from_list(rows), tmp_path / "out", train=learned.name_rows(200, 1))

    assert list(found.sections) == [
        *("scores", "labels", "entities", "calibration", "worst", "remembered"),
        *("attributions", "attention", "projection", "leaks", "weights"),
    ]
    assert list(found.left_out) == ["drift", "curves"]
    assert found.sections["entities"]["LOC"]["wrong type"] == 1
    [worst] = [sentence for sentence in found.sections["worst"] if sentence["row"] == odd]
    assert [kind for *_, kind in worst["right"]] == ["LOC"]
    assert [kind for *_, kind in worst["said"]] == ["PER"]


def test_a_language_model_is_asked_where_it_is_surprised():
    """Of a network whose logits are all equal every token costs ln(words)."""
    network = GPT2LMHeadModel(GPT2Config(vocab_size=100, n_positions=64, n_embd=16, n_layer=1, n_head=2)).eval()
    for parameter in network.parameters():
        parameter.data.zero_()
    card = Checkpoint(name="flat", task="causal-lm", base="none", created=datetime.now(UTC))
    rows = Dataset.from_list([{"text": "we had some food"}, {"text": "anna in paris"}])

    model = Loaded(network, learned.word_tokenizer(), card)
    section = losses(model, readings(model, rows), examples=2)

    assert section.facts["mean"] == pytest.approx(4.60517, abs=1e-4)
    assert section.facts["tokens"] == 5 + 4


def test_a_quantised_model_is_asked_what_needs_no_weights(reviews, tmp_path):
    rows = learned.review_rows(60, 2)
    quantize(reviews, "onnx-dynamic", tmp_path / "small", rows=rows, seconds=0.1)

    found = diagnose(tmp_path / "small", rows, tmp_path / "out", against=reviews)

    assert "weights" not in found.sections
    assert "attributions" not in found.sections
    assert "quantised or a graph" in found.left_out["attributions"]
    assert found.sections["drift"]["blocks"] == {}


def test_labels_the_model_does_not_know_are_told_and_break_nothing(reviews, names, tmp_path):
    rows = learned.review_rows(20, 2).to_list()
    rows[3]["label"] = "so-so"
    found = diagnose(reviews, Dataset.from_list(rows), tmp_path / "out")
    assert "1 rows have labels the model does not know (so-so): counted as wrong" in found.warnings
    assert len(found.sections["projection"]["points"]) == 20
    assert found.sections["weights"]["classifier.weight"]["gradient"] > 0

    with pytest.raises(UsageError, match="knows the labels of none of the 1 rows: they have so-so"):
        diagnose(reviews, Dataset.from_list([{"text": "a film", "label": "so-so"}]), tmp_path / "strange")

    tagged = learned.name_rows(8, 2).to_list()
    tagged[0]["tags"] = ["B-ORG", *tagged[0]["tags"][1:]]
    odd = diagnose(names, Dataset.from_list(tagged), tmp_path / "odd")
    assert odd.sections["entities"]["ORG"].get("right", 0) == 0


def test_models_of_different_tasks_are_not_held_against_each_other(reviews, names, tmp_path):
    with pytest.raises(UsageError, match="text-classification cannot be held against one for token-classification"):
        diagnose(reviews, learned.review_rows(8, 2), tmp_path / "out", against=names)
