"""How much a text has in common with the one that was expected: ROUGE-L and BLEU."""

import math
import re
from collections import Counter
from collections.abc import Sequence

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|\w+|[^\w\s]")
"""A word, a sign, or one character of a script that does not part words."""


def words(text: str) -> list[str]:
    """Words in lower case; each Chinese or Japanese character is one."""
    return _WORD.findall(text.lower())


def rouge_l(said: str, expected: str) -> float:
    """F1 of the longest common subsequence of words (Lin 2004); 1 for two empty texts.

    >>> rouge_l("the cat sat", "the cat on the mat sat")
    0.6666666666666666
    """
    ours, theirs = words(said), words(expected)
    if not ours or not theirs:
        return float(ours == theirs)
    row = [0] * (len(theirs) + 1)
    for word in ours:
        before = 0  # of the row above, one to the left
        for at, other in enumerate(theirs, start=1):
            before, row[at] = row[at], before + 1 if word == other else max(row[at], row[at - 1])
    return 2 * row[-1] / (len(ours) + len(theirs))


def bleu(said: Sequence[str], expected: Sequence[str]) -> float:
    """BLEU of a corpus: geometric mean of the precision of 1 to 4 words in a row, less for what is too short
    (Papineni et al. 2002). Unsmoothed, one reference each; 0 if no four words in a row are right.

    >>> bleu(["the cat sat on the mat"], ["the cat sat on the mat"])
    1.0
    """
    hits, counts = [0] * 4, [0] * 4
    long = short = 0
    for one, other in zip(said, expected, strict=True):
        ours, theirs = words(one), words(other)
        short, long = short + len(ours), long + len(theirs)
        for size in range(1, 5):
            found, there = _runs(ours, size), _runs(theirs, size)
            hits[size - 1] += sum((found & there).values())
            counts[size - 1] += sum(found.values())
    if not all(hits):
        return 0.0
    precision = math.exp(sum(math.log(hit / count) for hit, count in zip(hits, counts, strict=True)) / 4)
    return precision * min(1.0, math.exp(1 - long / short))


def _runs(text: Sequence[str], size: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(text[at : at + size]) for at in range(len(text) - size + 1))
