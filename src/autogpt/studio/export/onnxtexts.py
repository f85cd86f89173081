"""Texts from exported ONNX graphs: what masks hide, and what an encoder-decoder makes of a source."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from autogpt.core.schema import JsonValue

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

ENCODER, DECODER = "encoder_model.onnx", "decoder_model.onnx"
"""As Optimum names them."""
_FILLS = 5


def fills(tokenizer: "Tokenizer", ids: Sequence[int], logits: "NDArray[Any]", mask: int) -> JsonValue:
    """For each mask in a text the likeliest tokens, as `MaskedLm.predict` tells them. logits: (tokens, words)."""
    import numpy

    found: list[JsonValue] = []
    for place in (at for at, id in enumerate(ids) if id == mask):
        row = logits[place].astype(numpy.float32)
        powers = numpy.exp(row - row.max())
        chances = powers / powers.sum()
        best = (-chances).argsort(kind="stable")[:_FILLS].tolist()
        found.append(
            [
                {
                    "token": str(tokenizer.decode([id], skip_special_tokens=False)).strip(),
                    "score": round(float(chances[id]), 6),
                }
                for id in best
            ]
        )
    return {"fills": found}


class Answering:
    """An encoder-decoder in two graphs; at each step the likeliest token."""

    def __init__(self, open_graph: Callable[[str], Any], tokenizer: "Tokenizer", config: Mapping[str, Any]) -> None:
        self._encoder, self._decoder = open_graph(ENCODER), open_graph(DECODER)
        self._tokenizer = tokenizer
        self._pad = int(config["pad_token_id"])
        self._start = int(config["decoder_start_token_id"])
        self._ends = {int(one) for one in config["eos_token_id"]}
        self._first, self._last = config["forced_bos_token_id"], config["forced_eos_token_id"]
        self._never = [int(one) for one in config["never"]]
        self._most = int(config["max_new_tokens"])

    def answers(self, texts: Sequence[str], longest: int, batch: int) -> list[JsonValue]:
        """One text for each source. longest: tokens of a source that are read, the one that ends it among them."""
        found: list[JsonValue] = []
        for start in range(0, len(texts), batch):
            sources = [list(one.ids) for one in self._tokenizer.encode_batch(list(texts[start : start + batch]))]
            cut = [ids if len(ids) <= longest else [*ids[: longest - 1], ids[-1]] for ids in sources]
            said = self._write(cut)
            found += [self._tokenizer.decode(ids, skip_special_tokens=True) for ids in said]
        return found

    def _write(self, sources: Sequence[Sequence[int]]) -> list[list[int]]:
        import numpy

        longest = max(len(ids) for ids in sources)
        ids = numpy.array([[*row, *[self._pad] * (longest - len(row))] for row in sources], numpy.int64)
        mask = numpy.array([[1] * len(row) + [0] * (longest - len(row)) for row in sources], numpy.int64)
        hidden = cast("NDArray[Any]", self._encoder.run(None, {"input_ids": ids, "attention_mask": mask})[0])
        said: list[list[int]] = [[self._start] for _ in sources]
        left = list(range(len(sources)))
        for step in range(self._most):
            given = numpy.array([said[row] for row in left], numpy.int64)
            if (forced := self._forced(step)) is not None:
                chosen = [forced] * len(left)
            else:
                feed = {
                    "input_ids": given,
                    "encoder_attention_mask": mask[left],
                    "encoder_hidden_states": hidden[left],
                }
                logits = cast("NDArray[Any]", self._decoder.run(None, feed)[0])[:, -1]
                logits[:, self._never] = -numpy.inf
                chosen = logits.argmax(-1).tolist()
            for row, token in zip(left, chosen, strict=True):
                said[row].append(int(token))
            left = [row for row in left if said[row][-1] not in self._ends]
            if not left:
                break
        return [tokens[1:] for tokens in said]

    def _forced(self, step: int) -> int | None:
        """The token that stands at a place whatever is likeliest, as BART's first and last."""
        if step == self._most - 1 and self._last is not None:
            return int(self._last)
        return int(self._first) if step == 0 and self._first is not None else None
