"""Languages of texts, guessed from their script and their most common words; enough for a profile, not for one word."""

import re
from collections import Counter
from collections.abc import Iterable

_SCRIPTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u3400-\u9fff]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("hi", re.compile("[\u0900-\u097f]")),
)
_COMMON: dict[str, frozenset[str]] = {
    "en": frozenset(
        "the of and to in is that it for was on are with as i this be at have from or not you my what how can when "
        "do there we they will your but if me so very good no all just".split()
    ),
    "de": frozenset(
        "der die das und ist nicht ich ein eine zu den mit sich auf für im es dem von wie wir sie war auch".split()
    ),
    "fr": frozenset("le la les des et est un une que pour dans pas je vous nous sur qui avec ce il du au plus".split()),
    "es": frozenset("el la los las de que y en un una es por con no para se lo como más su mi pero del".split()),
    "it": frozenset("il lo la gli di che è un una per non con si sono del della come anche ma mi più".split()),
    "pt": frozenset("o os as de que e em um uma é por com não para se como mais do da no na mas muito".split()),
    "nl": frozenset("de het een en van is dat niet ik je op te zijn met voor er aan maar ook wat".split()),
}
_WORD = re.compile(r"[^\W\d_]+")


def language_of(text: str) -> str:
    """A code of ISO 639-1, or 'other' where nothing speaks for one.

    >>> language_of("我想去故宫"), language_of("what is the time"), language_of("12 + 30")
    ('zh', 'en', 'other')
    """
    letters = sum(char.isalpha() for char in text)
    if not letters:
        return "other"
    for code, script in _SCRIPTS:
        # Japanese is written with Chinese characters too, hence the low bar for its own.
        if len(script.findall(text)) >= letters * (0.1 if code == "ja" else 0.3):
            return code
    found = [word.casefold() for word in _WORD.findall(text)]
    votes = {code: sum(word in common for word in found) for code, common in _COMMON.items()}
    best = max(votes, key=lambda code: votes[code])
    return best if votes[best] else "other"


def languages(texts: Iterable[str], most: int = 2_000) -> dict[str, float]:
    """The share of each language among the texts, the most common first; of the first `most` texts."""
    counts = Counter(language_of(text) for text, _ in zip(texts, range(most), strict=False))
    total = sum(counts.values())
    return {code: round(count / total, 4) for code, count in counts.most_common()}
