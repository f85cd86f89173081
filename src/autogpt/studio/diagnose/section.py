"""Section: one question a diagnosis answers, in words, tables and pictures for people, and in facts for programs."""

from collections.abc import Sequence
from dataclasses import dataclass

from autogpt.core.schema import JsonValue
from autogpt.studio.kinds.pieces import gaps


@dataclass(frozen=True)
class Table:
    """Cells are shown as they are; numbers are aligned and rounded."""

    head: Sequence[str]
    rows: Sequence[Sequence[str | float | int]]
    caption: str = ""
    folded: bool = False
    """Shown on demand, since it is long."""


@dataclass(frozen=True)
class Picture:
    """An SVG made by `charts`, with its text escaped already."""

    svg: str
    caption: str = ""


@dataclass(frozen=True)
class Words:
    """A text whose pieces have weights from -1 (against) to 1 (for), shown as colours behind them."""

    pieces: Sequence[tuple[str, float]]
    caption: str = ""

    @classmethod
    def written(cls, words: Sequence[str], weights: Sequence[float], caption: str = "") -> "Words":
        """Words of a sentence with their weights, spaced as they are written; the space between two is coloured like
        both where they are alike."""
        pieces: list[tuple[str, float]] = []
        for at, (word, gap) in enumerate(zip(words, gaps(words), strict=True)):
            alike = at + 1 < len(words) and weights[at] == weights[at + 1]
            pieces += [(word + gap, weights[at])] if alike else [(word, weights[at]), (gap, 0.0)]
        return cls([piece for piece in pieces if piece[0]], caption)


@dataclass(frozen=True)
class Gallery:
    """Pictures side by side, each with its caption."""

    pictures: Sequence[Picture]
    wide: bool = False
    """Two in a line, rather than three."""


Part = Table | Picture | Words | Gallery


@dataclass(frozen=True)
class Section:
    name: str
    """Its key in the JSON."""
    title: str
    said: Sequence[str] = ()
    """Sentences: what was found, and what it means."""
    parts: Sequence[Part] = ()
    facts: JsonValue = None
    warnings: Sequence[str] = ()
    """What deserves attention; gathered at the top of the page."""


@dataclass(frozen=True)
class LeftOut:
    """A question that has no answer for this model."""

    name: str
    """The key its section would have."""
    title: str
    why: str
    """One sentence."""


Found = Section | LeftOut
