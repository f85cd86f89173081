"""What somebody took so far, as a text that an encoder reads, and what is told of what comes next."""

from collections.abc import Collection, Sequence

NEWEST = 10
"""Items of a history that are read; older ones say less and cost as much."""
SHOWN = 10


def text_of(history: Sequence[str]) -> str:
    """The newest items, the newest first.

    >>> text_of(["a", "b"]), text_of([])
    ('b; a', '-')
    """
    return "; ".join(history[::-1][:NEWEST]) or "-"


def best_new(order: Sequence[int], items: Sequence[str], taken: Collection[str]) -> list[int]:
    """Of places among the items, the likeliest first, those that are told: what was taken is not recommended again."""
    return [place for place in order if items[place] not in taken][:SHOWN]
