"""Shortcuts: labels that can be told from length, marks or one word, and answers that need no more than that."""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from autogpt.core.schema import JsonValue
from autogpt.locale import say
from autogpt.studio.diagnose import charts
from autogpt.studio.diagnose.answers import Answers
from autogpt.studio.diagnose.section import Picture, Section, Table
from autogpt.studio.diagnose.subject import spread
from autogpt.studio.kind import Loaded, kind_of
from autogpt.studio.kinds.pieces import split_words

if TYPE_CHECKING:
    from datasets import Dataset

_GAIN = 0.35
"""Share of the guesser's errors that a surface feature must take away to be called a shortcut."""


def in_rows(found: Answers) -> Section:
    """What the right label can be told from without reading: features of the surface, and single words.

    Features: logistic regression, accuracy in five-fold cross-validation. Words: the rule "has it or has it not".
    """
    labels = found.right
    count = Counter(labels)
    guess = count.most_common(1)[0][1] / len(labels)
    texts = found.whole
    surface = [[name, fitted(_features(texts, columns), labels, guess)] for name, columns in _SURFACE.items()]
    rules = word_rules(texts, labels)[:15]
    warnings = [
        say(
            "The label can be told from {feature} alone: accuracy {accuracy}, guessing the commonest label {guess}.",
            feature=_name(cast(str, name)),
            accuracy=f"{accuracy:.2f}",
            guess=f"{guess:.2f}",
        )
        for name, accuracy in surface
        if gain(cast(float, accuracy), guess) > _GAIN
    ]
    warnings += [
        say(
            "The word {word} alone gives the label away: in {n} of {rows} rows, {share} of them {label}; accuracy of "
            "that rule {accuracy}, guessing {guess}.",
            word=repr(word),
            n=f"{n:,}",
            rows=f"{len(labels):,}",
            share=f"{share:.0%}",
            label=label,
            accuracy=f"{accuracy:.2f}",
            guess=f"{guess:.2f}",
        )
        for word, label, n, share, accuracy in rules
        if gain(accuracy, guess) > _GAIN
    ]
    head = [say("word"), say("label"), say("rows with it")]
    head += [say("share of the label among them"), say("accuracy of the rule")]
    return Section(
        name="shortcuts",
        title=say("Shortcuts in the data"),
        said=[
            say(
                "Guessing the commonest label is right in {guess} of the rows. What comes far above that without "
                "reading the text, a model learns first, and it fails where the shortcut is missing.",
                guess=f"{guess:.1%}",
            )
        ],
        parts=[
            Picture(
                charts.bars([(say("guessing"), guess), *((_name(str(name)), float(value)) for name, value in surface)])
            ),
            Table(
                head,
                [list(rule) for rule in rules],
                say("Words that tell most"),
            ),
        ],
        facts={
            "guessing": guess,
            "surface": {str(name): float(value) for name, value in surface},
            "words": cast(
                JsonValue,
                [dict(zip(("word", "label", "rows", "share", "accuracy"), rule, strict=True)) for rule in rules],
            ),
        },
        warnings=warnings,
    )


def in_model(loaded: Loaded, rows: "Dataset", found: Answers, most: int = 500, seed: int = 0) -> Section:
    """How often it is right when part of the text is taken away or shuffled."""
    from datasets import Dataset

    places = spread(len(rows), most)
    sample = rows.select(places)
    kind = kind_of(loaded.checkpoint.task)
    dice = random.Random(seed)  # noqa: S311 - shuffles words
    table = cast("list[dict[str, Any]]", sample.to_list())
    changes: dict[str, Callable[[str], str]] = {
        "first quarter only": lambda text: _stretch(text, 0, 0.25),
        "last quarter only": lambda text: _stretch(text, 0.75, 1),
        "words shuffled": lambda text: _shuffled(text, dice),
        "without marks": lambda text: re.sub(r"[^\w\s]", "", text),
        "in lower case": str.lower,
        "nothing at all": lambda _: ".",
    }
    shares: dict[str, float] = {"as it is": float(found.hits[places].mean())}
    asked = {name: [{**row, "text": change(row["text"])} for row in table] for name, change in changes.items()}
    if "text_pair" in sample.column_names:
        asked["nothing at all"] = [{**row, "text": ".", "text_pair": "."} for row in table]
        asked["first text only"] = [{**row, "text_pair": "."} for row in table]
        asked["second text only"] = [{**row, "text": "."} for row in table]
    for name, changed in asked.items():
        answers = kind.predict(loaded, Dataset.from_list(changed))
        shares[name] = sum(
            cast(dict[str, Any], answer)["label"] == label
            for answer, label in zip(answers, sample["label"], strict=True)
        ) / len(sample)
    whole = shares["as it is"]
    warnings = [*_one_sided(shares)]
    if shares["without marks"] < whole - 0.1:
        warnings.append(
            say(
                "Without punctuation it is right in {less} instead of {whole} of the rows.",
                less=f"{shares['without marks']:.0%}",
                whole=f"{whole:.0%}",
            )
        )
    return Section(
        name="robustness",
        title=say("What the answers need"),
        said=[
            say(
                "Share of {rows} rows with the right answer. As good on a quarter of the text, or on shuffled words, "
                "means that it goes by single words; as good on nothing, that it guesses.",
                rows=f"{len(sample):,}",
            )
        ],
        parts=[Picture(charts.bars([(_name(name), value) for name, value in shares.items()]))],
        facts=cast(JsonValue, shares),
        warnings=warnings,
    )


def _one_sided(shares: dict[str, float]) -> list[str]:
    """A pair whose label one of its texts gives away asks for no comparison (Gururangan et al. 2018)."""
    whole = shares["as it is"]
    return [
        say(
            "With the {which} alone it is right in {less} of the rows, with both in {whole}: it hardly compares them.",
            which=_name(name),
            less=f"{shares[name]:.0%}",
            whole=f"{whole:.0%}",
        )
        for name in ("first text only", "second text only")
        if name in shares and shares[name] > whole - 0.05 and whole > shares["nothing at all"] + 0.1
    ]


_SURFACE = {
    "length": (0, 1),
    "punctuation": (2, 3, 4, 5),
    "capitals and digits": (6, 7),
    "length, punctuation, capitals, digits": (0, 1, 2, 3, 4, 5, 6, 7),
}


def _name(fact: str) -> str:
    """What a fact is called on the page."""
    match fact:
        case "length":
            return say("length")
        case "punctuation":
            return say("punctuation")
        case "capitals and digits":
            return say("capitals and digits")
        case "length, punctuation, capitals, digits":
            return say("length, punctuation, capitals, digits")
        case "as it is":
            return say("as it is")
        case "first quarter only":
            return say("first quarter only")
        case "last quarter only":
            return say("last quarter only")
        case "words shuffled":
            return say("words shuffled")
        case "without marks":
            return say("without marks")
        case "in lower case":
            return say("in lower case")
        case "first text only":
            return say("first text only")
        case "second text only":
            return say("second text only")
        case _:
            return say("nothing at all")


def _features(texts: Sequence[str], columns: Sequence[int]) -> "np.ndarray[Any, np.dtype[np.float64]]":
    def measure(text: str) -> list[float]:
        size = max(len(text), 1)
        marks = sum(not char.isalnum() and not char.isspace() for char in text)
        return [
            np.log1p(len(text)),
            np.log1p(len(text.split())),
            marks / size,
            float(text.count("!") + text.count("！")),
            float(text.count("?") + text.count("？")),
            float(text.rstrip()[-1:].isalnum()),
            sum(map(str.isupper, text)) / size,
            sum(map(str.isdigit, text)) / size,
        ]

    return np.array([measure(text) for text in texts])[:, list(columns)]


def fitted(features: "np.ndarray[Any, np.dtype[np.float64]]", labels: Sequence[str], guess: float) -> float:
    """Accuracy in cross-validation; of guessing where a label is too rare to be split."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    rarest = min(Counter(labels).values())
    if rarest < 2 or len(set(labels)) < 2:
        return guess
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=300))
    return float(cross_val_score(model, features, list(labels), cv=min(5, rarest)).mean())


def word_rules(texts: Sequence[str], labels: Sequence[str]) -> list[tuple[str, str, int, float, float]]:
    """Word, label, rows with the word, share of the label among them, accuracy of the rule; the best first."""
    total = Counter(labels)
    with_: dict[str, Counter[str]] = defaultdict(Counter)
    for text, label in zip(texts, labels, strict=True):
        for word in {word.casefold() for word in split_words(text)}:
            with_[word][label] += 1
    least = max(5, len(labels) // 100)
    found: list[tuple[str, str, int, float, float]] = []
    for word, counts in with_.items():
        n = counts.total()
        if n < least:
            continue
        label, hits = counts.most_common(1)[0]
        rest = max(total[other] - counts[other] for other in total)
        found.append((word, label, n, hits / n, (hits + rest) / len(labels)))
    return sorted(found, key=lambda rule: (-rule[4], -rule[3], rule[0]))


def gain(accuracy: float, guess: float) -> float:
    return (accuracy - guess) / max(1 - guess, 1e-9)


def _stretch(text: str, start: float, end: float) -> str:
    words = text.split()
    if len(words) < 4 and len(text) > 8:  # written without spaces
        return text[int(start * len(text)) : max(1, int(end * len(text)))]
    return " ".join(words[int(start * len(words)) : max(1, int(end * len(words)))]) or "."


def _shuffled(text: str, dice: random.Random) -> str:
    words = split_words(text)
    dice.shuffle(words)
    return " ".join(words)
