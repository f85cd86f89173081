"""Foresee: which splits a feed will bring, as far as names, options and first rows tell before all is read."""

from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from autogpt.core.errors import UsageError
from autogpt.studio.data import forms
from autogpt.studio.data.columns import SPLIT, plain
from autogpt.studio.data.feed import Feed
from autogpt.studio.data.fetch import is_url, scheme_of
from autogpt.studio.data.raw import Raw
from autogpt.studio.data.sources import IMAGES, Piece, pieces, split_of

_MOST = 100
"""Files whose first row is looked at; of more, nothing is foretold."""


def splits_of(feed: Feed, task: str) -> frozenset[str] | None:
    """The splits that rows will be in, if all goes well; None where only reading can tell.

    That is so of URLs, of files whose rows name their split themselves, and of what cannot be read: `load` tells why.
    """
    if any(is_url(source) or scheme_of(source) for source in feed.named):
        return None
    try:
        with TemporaryDirectory(prefix="autogpt-data-") as nothing:
            given = chain(pieces(feed.sources, Path(nothing)), pieces(feed.splits, Path(nothing)))
            found = list(islice(given, _MOST + 1))
        if len(found) > _MOST or any(_says_itself(piece, task, feed) for piece in found):
            return None
    except UsageError:
        return None
    return frozenset([*(piece.split or "train" for piece in found), *map(split_of, feed.cut)])


def _says_itself(piece: Piece, task: str, feed: Feed) -> bool:
    if piece.suffix in IMAGES:
        return False
    first = next(iter(forms.read(piece, task, feed.columns, feed.encoding).rows), None)
    return isinstance(first, Raw) and any(plain(name) in SPLIT for name in first.values)
