"""What a diagnosis says of every kind of model: nothing empty, and its figures are those of the scores."""

import json
from html.parser import HTMLParser
from pathlib import Path

import kinds
import numpy as np
import pytest
import talk
import tiny
from datasets import Dataset

from autogpt.locale import use
from autogpt.studio.diagnose import nearness, pairs, photos, tagging, tokenwise
from autogpt.studio.diagnose.answers import Answers
from autogpt.studio.diagnose.diagnosis import Diagnosis, diagnose
from autogpt.studio.diagnose.entities import Spans
from autogpt.studio.diagnose.moved import moved
from autogpt.studio.diagnose.ranking import Ranking
from autogpt.studio.diagnose.reading import Encoded, encode, pieces_of, read
from autogpt.studio.kind import Loaded

OF_ALL = {"scores", "weights", "leaks", "drift"}
INSIDE = {"attributions", "attention", "projection"}
EXPECTED = {
    "image-classification": INSIDE | {"labels", "confusion", "calibration", "worst", "shortcuts", "robustness"},
    "token-classification": INSIDE | {"labels", "entities", "calibration", "worst", "remembered"},
    "embedding": INSIDE | {"ranks", "likeness", "worst", "shortcuts"},
    "recommendation": INSIDE | {"ranks", "likeness", "worst", "shortcuts"},
    "masked-lm": INSIDE | {"losses", "confusion", "calibration"},
    "causal-lm": INSIDE | {"losses", "confusion", "calibration"},
    "sft": INSIDE | {"losses", "confusion", "calibration"},
    "seq2seq": INSIDE | {"losses", "confusion", "calibration"},
    "preference": INSIDE | {"margins", "calibration", "worst", "shortcuts"},
    "reward": INSIDE | {"margins", "calibration", "worst", "shortcuts"},
    "policy-gradient": INSIDE | {"rewards", "worst"},
}
QUESTIONS = {"labels", "confusion", "calibration", "shortcuts", *INSIDE, "leaks", "drift", "weights", "curves"}
TAGS = ("O", "B-LOC", "I-LOC", "B-PER", "I-PER")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Loaded, Dataset]]:
    """A model of each task, and rows for it."""
    here = tmp_path_factory.mktemp("kinds")
    encoder, chat, t5 = tiny.encoder(here / "encoder"), talk.base(here / "chat"), talk.t5(here / "t5")
    vit = kinds.vision(here / "vit", "vit")
    few = {"options": {"max_new_tokens": 4}}
    return {
        "image-classification": (
            kinds.untrained("image-classification", vit, ("bright", "dark")),
            kinds.pictures(here / "pictures", 24),
        ),
        "token-classification": (kinds.untrained("token-classification", encoder, TAGS), tiny.sentences(20, 3)),
        "embedding": (kinds.untrained("embedding", encoder), kinds.text_pairs()),
        "recommendation": (kinds.untrained("recommendation", encoder, kinds.ITEMS), kinds.histories()),
        "masked-lm": (kinds.untrained("masked-lm", encoder), kinds.sentences()),
        "causal-lm": (kinds.untrained("causal-lm", chat, options={"pack": False}), talk.texts(6, 0)),
        "sft": (kinds.untrained("sft", chat, max_length=96), talk.chats(8, 0)),
        "seq2seq": (kinds.untrained("seq2seq", t5, **few), kinds.translations()),
        "preference": (kinds.untrained("preference", chat, max_length=96), kinds.preferences()),
        "reward": (kinds.untrained("reward", chat, max_length=96), kinds.preferences()),
        "policy-gradient": (kinds.untrained("policy-gradient", chat, max_length=96, **few), kinds.prompts()),
    }


@pytest.fixture(scope="module")
def found(models, tmp_path_factory) -> dict[str, Diagnosis]:
    """Each held against itself."""
    out = tmp_path_factory.mktemp("out")
    return {
        task: diagnose(loaded, rows, out / task, against=loaded, train=rows, examples=2)
        for task, (loaded, rows) in models.items()
    }


class Sections(HTMLParser):
    """The text and the number of pictures, tables and coloured texts of each section of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text: dict[str, str] = {}
        self.shown: dict[str, int] = {}
        self.leads: list[str] = []
        self._at = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.leads += [told[name] or "" for name in ("href", "src") if name in told]
        if tag == "section":
            self._at = told["id"] or ""
            self.text[self._at], self.shown[self._at] = "", 0
        if self._at and (tag in ("svg", "table") or told.get("class") == "words"):
            self.shown[self._at] += 1

    def handle_endtag(self, tag: str) -> None:
        self._at = "" if tag == "section" else self._at

    def handle_data(self, data: str) -> None:
        if self._at:
            self.text[self._at] += data


@pytest.mark.parametrize("task", EXPECTED)
def test_every_kind_has_every_section_that_means_something_and_says_why_others_are_left_out(found, task):
    told = json.loads(found[task].data.read_text("utf-8"))
    page = Sections(found[task].page.read_text("utf-8"))

    assert set(told["sections"]) == EXPECTED[task] | OF_ALL
    own = {"confusion", "shortcuts"} if task == "token-classification" else set()  # entities, remembered
    assert set(told["left_out"]) == QUESTIONS - set(told["sections"]) - own
    assert all(why.endswith(".") and why in page.text["left_out"] for why in told["left_out"].values())
    # A sentence in each, and something to look at in each that has a finding.
    assert {name for name in told["sections"] if len(page.text[name]) < 25} == set()
    assert {name for name in told["sections"] if not page.shown[name]} <= {"leaks", "worst", "confusion"}
    assert all(facts not in (None, [], {}) or name == "worst" for name, facts in told["sections"].items())
    assert [lead for lead in page.leads if not lead.startswith(("#", "data:image/"))] == []
    assert found[task].page.stat().st_size < 1_000_000


@pytest.mark.parametrize("task", [task for task in EXPECTED if task != "policy-gradient"])
def test_every_loss_has_gradients_and_a_model_is_no_way_off_itself(found, task):
    sections = found[task].sections
    assert max(tensor["gradient"] for tensor in sections["weights"].values()) > 0
    assert set(sections["drift"]["blocks"].values()) == {0.0}
    assert sections["drift"].get("flips", []) == []
    assert sections["drift"].get("before") == sections["drift"].get("now")


def test_every_row_is_counted_once(found):
    facts = {task: one.sections for task, one in found.items()}

    def decided(task: str) -> int:
        return sum(tenth["decisions"] for tenth in facts[task]["calibration"]["bins"])

    assert decided("image-classification") == 24
    assert sum(map(sum, facts["image-classification"]["confusion"]["counts"])) == 24
    assert decided("token-classification") == facts["token-classification"]["calibration"]["words"]
    for task in ("embedding", "recommendation"):
        assert sum(facts[task]["ranks"]["counts"].values()) == found[task].rows
    for task in ("masked-lm", "causal-lm", "sft", "seq2seq"):
        assert decided(task) == facts[task]["losses"]["tokens"] == facts[task]["confusion"]["tokens"]
    for task in ("preference", "reward"):
        assert decided(task) == sum(facts[task]["margins"]["histogram"]) == found[task].rows
        assert sum(facts[task]["shortcuts"]["pairs"]) == found[task].rows
    assert sum(facts["policy-gradient"]["rewards"]["histogram"]) == found["policy-gradient"].rows


def test_what_the_sections_say_is_what_was_scored(found):
    facts = {task: one.sections for task, one in found.items()}
    scores = {task: one.scores.values for task, one in found.items()}

    for task in ("embedding", "recommendation"):
        assert facts[task]["ranks"]["mrr"] == pytest.approx(scores[task]["mrr"], abs=1e-3)
    assert facts["recommendation"]["ranks"]["counts"]["missing"] == 1
    for task in ("sft", "seq2seq"):
        assert facts[task]["losses"]["mean"] == pytest.approx(scores[task]["loss"], rel=1e-3)
        assert facts[task]["calibration"]["accuracy"] == pytest.approx(scores[task]["accuracy"], abs=1e-6)
    for task, name in (("preference", "preferred"), ("reward", "accuracy")):
        assert facts[task]["margins"]["right"] / found[task].rows == pytest.approx(scores[task][name])
    assert facts["reward"]["margins"]["mean"] == pytest.approx(scores["reward"]["margin"], abs=1e-4)
    assert facts["policy-gradient"]["rewards"]["mean"] == pytest.approx(scores["policy-gradient"]["reward"])


@pytest.mark.parametrize("task", [task for task in EXPECTED if task not in ("preference", "image-classification")])
def test_what_the_pieces_add_is_the_difference_they_explain(found, task):
    explained = found[task].sections["attributions"]
    assert len(explained) >= 2
    for one in explained:
        difference = one["logit"] - one["baseline"]
        told = sum(one["values"]) + one["rest"]
        assert told == pytest.approx(difference, abs=max(0.03 * abs(difference), 0.01))
        assert one["missing"] == pytest.approx(difference - told, abs=1e-3)


def test_numbers_that_do_not_add_up_are_told_to_be_rough():
    facts = [{"logit": 2.0, "baseline": 1.0, "missing": missing} for missing in (0.01, -0.4)]
    assert moved("Green.", [], facts).said == [
        "Green.",
        "In 1 of 2 texts the numbers miss their sum by more than a tenth: read these roughly.",
    ]


def test_pixels_add_up_to_the_difference_of_the_logits(found):
    for one in found["image-classification"].sections["attributions"]:
        difference = one["logit"] - one["baseline"]
        assert sum(map(sum, one["regions"])) == pytest.approx(difference, abs=max(0.03 * abs(difference), 0.01))


def test_what_training_did_to_the_tokens_of_a_pair_is_its_margin(tmp_path):
    """The base is the model from before; the trained one is another."""
    import torch

    base = talk.base(tmp_path / "chat")
    loaded = kinds.untrained("preference", base, max_length=96, options={"reference": str(base)})
    with torch.no_grad():
        for weight in loaded.network.parameters():
            weight.add_(0.02 * torch.randn_like(weight))
    seen = pairs.Preferred.of(loaded, kinds.preferences())

    explained = pairs.attributions(loaded, seen, 4).facts

    assert seen.before is not None
    margin = dict(zip(seen.rows, seen.margins, strict=True))
    for chosen, rejected in zip(explained[::2], explained[1::2], strict=True):
        assert sum(chosen["values"]) - sum(rejected["values"]) == pytest.approx(margin[chosen["row"]], abs=1e-3)


def test_what_is_ranked_above_is_nearer_than_the_right_one(found):
    for task in ("embedding", "recommendation"):
        worst = found[task].sections["worst"]
        assert [one["rank"] or 10_000 for one in worst] == sorted(
            (one["rank"] or 10_000 for one in worst), reverse=True
        )
        for one in worst:
            assert one["above"]
            assert one["rank"] == 0 or all(cosine > one["cosine"] for _, cosine in one["above"])


def test_light_that_gives_the_label_away_is_found_and_a_convolution_has_no_attention(tmp_path):
    rows = kinds.pictures(tmp_path / "pictures", 60)
    loaded = kinds.untrained("image-classification", kinds.vision(tmp_path / "net", "resnet"), ("bright", "dark"))
    seen = Answers.of(loaded, rows)

    section = photos.in_rows(loaded, seen)

    assert section.facts["surface"]["light"] > 0.95
    assert section.facts["surface"]["colour"] < 0.8
    told = "The label can be told from light and contrast alone"
    assert any(warning.startswith(told) for warning in section.warnings)
    assert photos.attention(loaded, seen).why == "The network has no attention: it is convolutional."


def test_a_model_that_goes_by_length_is_called_so():
    count = 24
    longer = np.array([number % 2 == 0 for number in range(count)])
    encoded = [
        {"labels": [-100, *[5] * (9 if one else 3)], "rejected_labels": [-100, *[5] * (3 if one else 9)]}
        for one in longer
    ]
    margins = np.where(longer, 2.0, -2.0)
    texts = [""] * count
    seen = pairs.Preferred(texts, texts, texts, range(count), encoded, margins, margins, 1.0, None, 0)

    section = pairs.lengths(seen)

    assert section.facts["prefers_longer"] == 1.0
    assert section.facts["chosen_longer"] == 0.5
    assert section.warnings == [
        "It goes by length: right in 100% where the chosen answer is the longer one, in 0% where it is the shorter one."
    ]


def test_an_item_that_all_take_is_found_without_a_model():
    """Of eight queries all ask for the commonest item, which the model puts last."""
    train = Dataset.from_dict({"item": ["a"] * 9 + ["b"]})
    first = [[("b", 0.9), ("a", 0.1)]] * 8
    own, vectors = np.full(8, 0.1), np.zeros((8, 2))
    seen = Ranking(["q"] * 8, ["a"] * 8, ["a", "b"], [2] * 8, own, own, first, vectors, vectors[:2], range(8))

    section = nearness.popularity(seen, train)

    assert (section.facts["commonest"], section.facts["model"]) == (1.0, 0.5)
    assert section.warnings == ["Recommending the commonest items to everybody (1.00) is as good as the model (0.50)."]


def test_calibration_of_a_tagger_counts_what_it_calls_an_entity():
    spans = Spans(
        words=[["a", "b", "c", "d"]],
        right=[],
        said=[],
        tags=[["B-PER", "O", "O", "B-LOC"]],
        said_tags=[["B-PER", "B-PER", "O", "O"]],
        chances=[[0.9, 0.9, 0.95, 0.6]],
    )

    facts = tagging.calibration(spans, bio=True).facts

    assert (facts["words"], facts["all_words"]) == (2, 4)
    assert facts["ece"] == pytest.approx(0.4)  # 0.9 sure, one of two right
    assert facts["types"]["PER"]["share_right"] == 0.5


def test_tags_that_name_no_entities_are_asked_about_word_by_word(tmp_path):
    rows = tiny.sentences(12, 3).to_list()
    kinds_of = {True: "NOUN", False: "X"}
    rows = [{**row, "tags": [kinds_of[word[0].isupper()] for word in row["tokens"]]} for row in rows]
    loaded = kinds.untrained("token-classification", tiny.encoder(tmp_path / "base"), ("NOUN", "X"))

    seen = diagnose(loaded, Dataset.from_list(rows), tmp_path / "out", examples=2)

    words = sum(len(row["tokens"]) for row in rows)
    assert sum(map(sum, seen.sections["confusion"]["counts"])) == words
    assert sum(tenth["decisions"] for tenth in seen.sections["calibration"]["bins"]) == words
    assert set(seen.sections) >= INSIDE
    assert "entities" not in seen.sections


def test_a_token_is_explained_by_what_stands_before_it_only(models):
    loaded, rows = models["sft"]
    encoded = next(iter(encode(loaded, rows, 1)))
    place = encoded.asked[1]

    seen = tokenwise.why(loaded, encoded, place, encoded.ids[place])

    assert "".join(seen.pieces) == "".join(pieces_of(loaded.tokenizer, encoded.ids[:place]))
    told = read(loaded, encoded)
    assert seen.logit == pytest.approx(-told.losses[1], abs=1e-4)


def test_a_character_of_several_tokens_is_shown_once(models):
    tokenizer = models["causal-lm"][0].tokenizer
    text = "naïve 🙂 海很宽 é"
    pieces = pieces_of(tokenizer, tokenizer(text)["input_ids"])
    assert "".join(pieces) == text
    assert "\ufffd" not in "".join(pieces)


def test_hidden_words_are_asked_one_by_one(models):
    """The loss of a place is that of the network with just that place hidden."""
    import torch

    loaded, rows = models["masked-lm"]
    encoded = next(iter(encode(loaded, rows, 1)))
    told = read(loaded, encoded)
    place = encoded.asked[2]
    ids = torch.tensor([encoded.ids])
    ids[0, place] = loaded.tokenizer.mask_token_id
    with torch.no_grad():
        chances = loaded.network(input_ids=ids).logits[0, place].log_softmax(-1)
    assert told.losses[2] == pytest.approx(-float(chances[encoded.ids[place]]), abs=1e-4)
    assert isinstance(told.encoded, Encoded)


def test_a_page_of_another_kind_is_chinese_too(models, tmp_path: Path):
    loaded, rows = models["seq2seq"]
    use("zh")
    try:
        seen = diagnose(loaded, rows, tmp_path / "out", examples=1)
    finally:
        use("en")
    page = Sections(seen.page.read_text("utf-8"))
    assert "对数概率" in page.text["attributions"]
    assert "未包含" in page.text["left_out"]
    assert "没有可比较的另一个检查点" in seen.left_out["drift"]
