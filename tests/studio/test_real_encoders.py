"""The packaged encoders learn from few rows; a minute or two each."""

import os
from pathlib import Path

import pytest
from datasets import Dataset

from autogpt.studio.corpus import Corpus
from autogpt.studio.evaluate import predict
from autogpt.studio.model import load
from autogpt.studio.recipe import Recipe
from autogpt.studio.train import train

pytestmark = pytest.mark.model
CACHE = Path(os.environ.get("AUTOGPT_CACHE") or Path.home() / ".cache" / "autogpt") / "studio"
PEOPLE = ("Anna Schmidt", "王芳", "John Carter", "李明", "Maria Lopez", "赵丽")
PLACES = ("Berlin", "北京", "Chicago", "上海", "Madrid", "广州")


def tagged(text: str, person: str, place: str) -> dict[str, list[str]]:
    """A template with {p} and {l} filled in, by words (Chinese by the character)."""
    row: dict[str, list[str]] = {"tokens": [], "tags": []}
    for part in text.split(" "):
        name, label = {"{p}": (person, "PER"), "{l}": (place, "LOC")}.get(part, (part, ""))
        words = name.split(" ") if name.isascii() else list(name)
        row["tokens"] += words
        row["tags"] += ["O"] * len(words) if not label else [f"B-{label}", *[f"I-{label}"] * (len(words) - 1)]
    return row


def test_e5_finds_names_it_never_saw_in_two_languages(tmp_path):
    english = ("Yesterday {p} flew to {l} .", "In {l} the rain kept {p} at home .", "{p} sells flowers in {l} .")
    chinese = ("昨天 {p} 去了 {l} 。", "{p} 在 {l} 工作 。", "{l} 的天气让 {p} 很高兴 。")
    rows = [
        tagged(text, person, place)
        for texts, at in ((english, 0), (chinese, 1))
        for text in texts
        for person in PEOPLE[at::2]
        for place in PLACES[at::2]
    ]
    corpus = Corpus(
        "token-classification", {"train": Dataset.from_list(rows)}, ("O", "B-LOC", "I-LOC", "B-PER", "I-PER")
    )
    train(
        Recipe(task=corpus.task, base="e5-small", epochs=6, batch=8, precision="fp32"),
        corpus,
        tmp_path / "names",
        cache=CACHE,
    )
    answers = predict(load(tmp_path / "names"), ["Peter Novak sells flowers in Lisbon .", "昨天刘强去了南京。"])
    english, chinese = [[(span["text"], span["label"]) for span in answer["spans"]] for answer in answers]
    assert chinese == [("刘强", "PER"), ("南京", "LOC")]
    # From nine sentences it may not know yet how long a foreign name is.
    assert english[0][0].startswith("Peter")
    assert english[0][1] == "PER"
    assert english[-1] == ("Lisbon", "LOC")


def test_minilm_learns_intents_from_eight_examples_each(tmp_path):
    intents = {
        "balance": (
            "How much money do I have?",
            "Show me my balance",
            "What is left on my account?",
            "My funds please",
        ),
        "card": ("My card is lost", "I cannot find my credit card", "Someone stole my card", "Block the card I lost"),
        "hours": ("When do you open?", "Are you open on Sunday?", "What are your opening hours?", "When do you close?"),
    }
    rows = [
        {"text": text, "label": label} for label, texts in intents.items() for text in (*texts, *map(str.lower, texts))
    ]
    corpus = Corpus("text-classification", {"train": Dataset.from_list(rows)}, tuple(intents))
    train(
        Recipe(task=corpus.task, base="minilm", epochs=4, batch=8, precision="fp32"),
        corpus,
        tmp_path / "m",
        cache=CACHE,
    )
    asked = ["Tell me how much I own", "a thief took my bank card", "until what time can I visit you?"]
    assert [answer["label"] for answer in predict(load(tmp_path / "m"), asked)] == ["balance", "card", "hours"]


def test_mpnet_tells_moods_apart_that_are_said_in_other_words(tmp_path):
    """100 rows; the test rows share hardly a word with them."""
    liked = ("loved", "enjoyed", "adored", "praised", "recommend")
    hated = ("hated", "regret", "disliked", "despised", "cannot stand")
    things = ("book", "meal", "film", "trip", "song", "hotel", "game", "class", "show", "walk")
    rows = [
        {"text": f"We {word} the {thing}.", "label": label}
        for label, words in (("good", liked), ("bad", hated))
        for word in words
        for thing in things
    ]
    corpus = Corpus("text-classification", {"train": Dataset.from_list(rows)}, ("bad", "good"))
    train(
        Recipe(task=corpus.task, base="mpnet", epochs=1, batch=10, precision="fp32", threads=1, max_length=32),
        corpus,
        tmp_path / "moods",
        cache=CACHE,
    )
    asked = {
        "What a wonderful concert it was": "good",
        "Delicious cake, I want more": "good",
        "The staff made us feel at home": "good",
        "It broke after a day and nobody helped": "bad",
        "A waste of money": "bad",
        "The soup was cold and the waiter rude": "bad",
    }
    assert [answer["label"] for answer in predict(load(tmp_path / "moods"), list(asked))] == list(asked.values())
