"""Reading: what a language model makes of the tokens of a text, one by one: its surprise and what it expected."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import torch

from autogpt.studio.diagnose.subject import spread
from autogpt.studio.kind import Loaded

if TYPE_CHECKING:
    from datasets import Dataset

TASKS = ("causal-lm", "sft", "seq2seq", "masked-lm")
_TEXTS = 100
_TOKENS = 20_000
"""Tokens that are asked for at most, over all texts; large networks are slow without a GPU."""
_HIDDEN = 48
"""Tokens of a text that are hidden, one at a time, from a network that fills in."""


@dataclass(frozen=True)
class Encoded:
    """A row as tokens."""

    row: int
    ids: list[int]
    """Of an encoder with a decoder: the target's."""
    asked: list[int]
    """Places in ids whose token is to be told: what it is trained for."""
    source: list[int] | None = None
    """What an encoder reads before."""


@dataclass(frozen=True)
class Reading:
    """What was made of a row. Lists beside `encoded.asked`."""

    encoded: Encoded
    pieces: list[str]
    """Stretches of the text, one for each token."""
    losses: list[float]
    """-log p of the right token, in nats."""
    chances: list[float]
    """Probability of the likeliest token."""
    said: list[int]
    """The likeliest token."""

    @property
    def hits(self) -> list[bool]:
        return [token == self.encoded.ids[place] for token, place in zip(self.said, self.encoded.asked, strict=True)]

    @property
    def mean(self) -> float:
        return sum(self.losses) / len(self.losses)


def readings(loaded: Loaded, rows: "Dataset", most: int = _TEXTS) -> list[Reading]:
    """Of rows at even distances, at most so many, and not more than 20,000 tokens."""
    found: list[Reading] = []
    tokens = 0
    for encoded in encode(loaded, rows, most):
        if tokens and tokens + len(encoded.asked) > _TOKENS:
            break
        tokens += len(encoded.asked)
        found.append(read(loaded, encoded))
    return found


def encode(loaded: Loaded, rows: "Dataset", most: int) -> Iterator[Encoded]:
    """Rows that have a token to be told."""
    for row in spread(len(rows), most):
        encoded = _encode(loaded, row, cast("dict[str, Any]", rows[row]))
        if encoded.asked:
            yield encoded


def read(loaded: Loaded, encoded: Encoded) -> Reading:
    """Losses and guesses at the places that are asked."""
    logits = _logits(loaded, encoded)
    gold = torch.tensor([encoded.ids[place] for place in encoded.asked])
    losses = torch.nn.functional.cross_entropy(logits, gold, reduction="none")
    chances, said = logits.softmax(-1).max(-1)
    pieces = pieces_of(loaded.tokenizer, encoded.ids)
    return Reading(encoded, pieces, losses.tolist(), chances.tolist(), said.tolist())


def pieces_of(tokenizer: Any, ids: Sequence[int]) -> list[str]:
    """The stretch of text of each token; together they read as the text. Of a character that takes several tokens the
    last one has it."""
    pieces: list[str] = []
    wordpiece = type(tokenizer.backend_tokenizer.model).__name__ == "WordPiece"
    waiting: list[int] = []
    for id, token in zip(ids, tokenizer.convert_ids_to_tokens(list(ids)), strict=True):
        if wordpiece:
            pieces.append(token[2:] if token.startswith("##") else f" {token}" if pieces else token)
            continue
        if token is not None and token.startswith("▁"):
            pieces.append(token.replace("▁", " "))
            continue
        waiting.append(id)
        text = str(tokenizer.decode(waiting))
        if text.endswith("\ufffd") and len(waiting) < 4:
            pieces.append("")
            continue
        pieces.append(text)
        waiting = []
    return pieces


def shown(tokenizer: Any, id: int) -> str:
    """One token for people: its spaces are seen."""
    return str(tokenizer.decode([id])).replace("\n", "⏎").replace(" ", "␣") or str(tokenizer.convert_ids_to_tokens(id))


def _encode(loaded: Loaded, row: int, values: dict[str, Any]) -> Encoded:
    tokenizer, most = cast(Any, loaded.tokenizer), loaded.checkpoint.max_length
    match loaded.checkpoint.task:
        case "sft":
            from autogpt.studio.lm.chat import chat_ids

            chat = [{name: value for name, value in one.items() if value is not None} for one in values["messages"]]
            ids, labels = chat_ids(tokenizer, chat)
            ids = ids[:most]
            return Encoded(row, ids, [place for place, label in enumerate(labels[:most]) if label != -100])
        case "seq2seq":
            source = tokenizer(values["source"], verbose=False)["input_ids"]
            target = tokenizer(text_target=values["target"], verbose=False)["input_ids"]
            source, target = _cut(source, most), _cut(target, most)
            return Encoded(row, target, list(range(len(target))), source)
        case "masked-lm":
            ids = tokenizer(values["text"], truncation=True, max_length=most)["input_ids"]
            special = set(tokenizer.all_special_ids)
            plain = [place for place, id in enumerate(ids) if id not in special]
            return Encoded(row, ids, [plain[at] for at in spread(len(plain), _HIDDEN)])
        case _:
            ids = tokenizer(values["text"], truncation=True, max_length=most)["input_ids"]
            return Encoded(row, ids, list(range(1, len(ids))))


def _logits(loaded: Loaded, encoded: Encoded) -> torch.Tensor:
    """(asked, vocabulary)"""
    network: Any = loaded.network
    network.eval()
    ids = torch.tensor([encoded.ids], device=network.device)
    with torch.inference_mode():
        if loaded.checkpoint.task == "masked-lm":
            return torch.cat([_hidden(loaded, encoded, places) for places in _stretches(encoded.asked, 16)])
        if encoded.source is not None:
            source = torch.tensor([encoded.source], device=network.device)
            logits = network(input_ids=source, decoder_input_ids=shifted(network, ids)).logits[0]
            return logits[encoded.asked].float().cpu()
        logits = network(input_ids=ids).logits[0]
        return logits[[place - 1 for place in encoded.asked]].float().cpu()


def shifted(network: Any, ids: torch.Tensor) -> torch.Tensor:
    """What a decoder is given to tell the ids: (1, tokens), one place later."""
    return network.prepare_decoder_input_ids_from_labels(ids)


def _hidden(loaded: Loaded, encoded: Encoded, places: Sequence[int]) -> torch.Tensor:
    """Each place hidden in a copy of its own (pseudo-likelihood, Salazar et al. 2020, arXiv:1910.14659)."""
    network: Any = loaded.network
    ids = torch.tensor([encoded.ids] * len(places))
    across = torch.arange(len(places))
    ids[across, torch.tensor(places)] = cast(int, loaded.tokenizer.mask_token_id)
    mask = torch.ones_like(ids)
    logits = network(input_ids=ids.to(network.device), attention_mask=mask.to(network.device)).logits
    return logits[across, torch.tensor(places)].float().cpu()


def _stretches(places: Sequence[int], size: int) -> list[Sequence[int]]:
    return [places[start : start + size] for start in range(0, len(places), size)]


def _cut(ids: list[int], most: int) -> list[int]:
    """The last one, which says that it ends, stays."""
    return ids if len(ids) <= most else [*ids[: most - 1], ids[-1]]
