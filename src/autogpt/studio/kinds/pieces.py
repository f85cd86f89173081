"""Words to the pieces a network reads, each word on its own, so that every piece knows its word."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from transformers import PreTrainedTokenizerBase

_UNSPACED = r"\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
"""Chinese and Japanese: characters and their punctuation, written without spaces."""
_WORDS = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+(?:['’\-.][^\W{_UNSPACED}]+)*|[^\s\w]", re.UNICODE)


def split_words(text: str) -> list[str]:
    """Words and marks of a text; Chinese and Japanese by the character.

    >>> split_words("Ann's in Paris, 我在北京。")
    ["Ann's", 'in', 'Paris', ',', '我', '在', '北', '京', '。']
    """
    return _WORDS.findall(text)


def join_words(words: Sequence[str]) -> str:
    """As they are written: no spaces between Chinese or Japanese words."""
    return "".join(word if glued else f" {word}" for word, glued in zip(words, glue(words), strict=True)).strip()


def gaps(words: Sequence[str]) -> list[str]:
    """What stands behind each word: a space, or nothing between Chinese or Japanese words and at the end.

    >>> gaps(["in", "北", "京"])
    [' ', '', '']
    """
    return [*("" if glued else " " for glued in glue(words)[1:]), *([""] if words else [])]


def glue(words: Sequence[str]) -> list[bool]:
    """For each word, whether it follows the one before without a space."""
    unspaced = re.compile(f"[{_UNSPACED}]")
    return [
        bool(at and word and words[at - 1] and unspaced.match(word) and unspaced.match(words[at - 1][-1]))
        for at, word in enumerate(words)
    ]


@dataclass(frozen=True)
class Window:
    """A stretch of a sentence that the network can read at once."""

    ids: list[int]
    """With the tokens that open and close a text."""
    places: list[int]
    """Where each word of the stretch has its first piece in ids."""
    start: int
    """Number of the first word."""
    keep: range
    """Numbers of the words this window answers for; those at its rim are seen better by its neighbour."""


class Pieces:
    """Splits words by a fast tokenizer, as they would be split in running text.

    Tokenizers that mark a word's beginning by a space (SentencePiece, byte-level) would mark it before every Chinese
    word too, where no text they learned from has one; there the unmarked split is taken.
    """

    def __init__(self, tokenizer: "PreTrainedTokenizerBase") -> None:
        serialised = cast(Any, tokenizer).backend_tokenizer.to_str()
        self._spaced = _marking(serialised, True)
        self._glued = _marking(serialised, False)
        self._unknown = cast("int | None", tokenizer.unk_token_id) or 0
        whole, plain = (
            cast(list[int], tokenizer("a", add_special_tokens=with_)["input_ids"]) for with_ in (True, False)
        )
        at = next(at for at in range(len(whole)) if whole[at : at + len(plain)] == plain)
        self._head, self._tail = whole[:at], whole[at + len(plain) :]
        self.rim = len(self._head), len(self._tail)
        """How many tokens open and close a text."""
        self._bare = cast("int | None", tokenizer.convert_tokens_to_ids("▁"))
        self._known: dict[tuple[str, bool], list[int]] = {}

    def of(self, words: Sequence[str]) -> list[list[int]]:
        """The pieces of each word, at least one and at most 24 (a longer word is an address or a slip)."""
        return [self._pieces(word, glued) for word, glued in zip(words, glue(words), strict=True)]

    def _pieces(self, word: str, glued: bool) -> list[int]:
        key = (word, glued)
        if key not in self._known:
            if len(self._known) > 200_000:
                self._known.clear()
            backend = self._glued if glued else self._spaced
            self._known[key] = backend.encode(word, add_special_tokens=False).ids[:24] or [self._unknown]
        return self._known[key]

    def windows(self, words: Sequence[str], most: int) -> Iterator[Window]:
        """Stretches of at most `most` tokens that overlap by a quarter and together answer for every word."""
        pieces = self.of(words)
        room = most - len(self._head) - len(self._tail)
        start, answered = 0, 0
        while answered < len(words) or (not words and start == 0):
            end, size = start, 0
            while end < len(words) and (size + len(pieces[end]) <= room or end == start):
                size += len(pieces[end])
                end += 1
            if end <= answered < len(words):
                start += 1  # the overlap alone fills the window
                continue
            # A last quarter of the words is left to the next window, where more stands to their right.
            until = len(words) if end == len(words) else max(answered + 1, end - (end - start) // 4)
            yield self._window(pieces[start:end], start, range(answered, until), room)
            if not words:
                return
            answered = until
            start = max(start + 1, until - (end - start) // 4)

    def _window(self, pieces: Sequence[list[int]], start: int, keep: range, room: int) -> Window:
        ids = list(self._head)
        places: list[int] = []
        for piece in pieces:
            # A space that stands alone says nothing of the word.
            places.append(len(ids) + (len(piece) > 1 and piece[0] == self._bare))
            ids += piece[:room]
        return Window([*ids, *self._tail], places, start, keep)


@lru_cache(maxsize=4)
def _marking(serialised: str, space: bool) -> "Tokenizer":
    """The same tokenizer, always or never marking a space before a text."""
    from tokenizers import Tokenizer

    def change(part: Any) -> Any:
        if isinstance(part, list):
            return [change(item) for item in part]
        if not isinstance(part, dict):
            return part
        changed = {name: change(value) for name, value in part.items()}
        match changed.get("type"):
            case "Metaspace":
                changed.pop("add_prefix_space", None)
                return changed | {"prepend_scheme": "always" if space else "never"}
            case "ByteLevel":
                return changed | {"add_prefix_space": space}
            case _:
                return changed

    value = json.loads(serialised)
    value |= {"pre_tokenizer": change(value["pre_tokenizer"]), "truncation": None, "padding": None}
    return Tokenizer.from_str(json.dumps(value))
