"""Writing while somebody listens: texts of a language model or encoder-decoder as they come, in a manner asked for."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

import torch

from autogpt.core.errors import UsageError
from autogpt.core.schema import Value
from autogpt.studio.kind import Loaded, kind_of
from autogpt.studio.lm.chat import Message, prompt_ids
from autogpt.studio.lm.generate import NEW_TOKENS, room
from autogpt.studio.options import OPTIONS
from autogpt.studio.rows import in_batches

if TYPE_CHECKING:
    from autogpt.studio.kinds.seq2seq import Seq2Seq

WRITING = ("causal-lm", "sft", "preference", "policy-gradient", "seq2seq")
"""Tasks whose models write texts."""
_AT_ONCE = 8
"""Texts written side by side."""
_HALF = "\ufffd"
"""What stands for a character whose bytes are not all there yet."""

OnText = Callable[[int, str], None]
"""on_text(prompt, text): the next piece of what is written to the prompt of this number."""


@dataclass(frozen=True)
class Manner:
    """How a text is to be written. None: as the checkpoint's recipe says."""

    max_tokens: int | None = None
    stop: tuple[str, ...] = ()
    """Texts before which it ends."""
    temperature: float | None = None
    """0: always the likeliest token."""
    top_p: float | None = None
    seed: int | None = None
    """The same seed draws the same tokens."""


class Written(Value):
    """What was written to one prompt."""

    text: str
    finish: Literal["stop", "length"]
    """Whether it came to its end (or a stop text), or to as many tokens as it may have."""
    prompt_tokens: int
    tokens: int
    """New ones, the end token included."""


def prompt_of_text(loaded: Loaded, text: str) -> list[int]:
    """Token ids of a text to go on with, or of a source to write a target for."""
    task = loaded.checkpoint.task
    if task == "seq2seq":
        from datasets import Dataset

        kind = cast("Seq2Seq", kind_of(task))
        return list(kind.encode(loaded, Dataset.from_list([{"source": text}]))[0]["input_ids"])
    begin = cast(int, loaded.tokenizer.bos_token_id or loaded.tokenizer.eos_token_id)
    return list(loaded.tokenizer(text, verbose=False)["input_ids"]) or [begin]


def prompt_of_chat(loaded: Loaded, messages: Sequence[Message]) -> list[int]:
    """Token ids of a chat up to where the assistant speaks. Raises UsageError for a chat its template cannot render."""
    if not loaded.tokenizer.chat_template:
        raise UsageError(f"{loaded.checkpoint.name!r} has no chat template; ask it at /v1/completions")
    return prompt_ids(loaded.tokenizer, messages)


def write(
    loaded: Loaded, prompts: Sequence[Sequence[int]], manner: Manner, on_text: OnText = lambda at, text: None
) -> list[Written]:
    """Write to each prompt, given as token ids. What `on_text` raises ends it.

    Raises UsageError for a prompt that leaves no room for an answer.
    """
    # An encoder-decoder counts its answer anew, from the token it begins with.
    longest = 1 if loaded.checkpoint.task == "seq2seq" else max(len(prompt) for prompt in prompts)
    usual = OPTIONS.get(loaded.checkpoint.task, {}).get("max_new_tokens", NEW_TOKENS)
    wanted = manner.max_tokens or int(str(_option(loaded, "max_new_tokens", usual)))
    most = room(loaded, longest, wanted)
    found: list[Written | None] = [None] * len(prompts)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(secrets.randbits(63) if manner.seed is None else manner.seed)
        for places in in_batches([len(prompt) for prompt in prompts], _AT_ONCE):
            rows = [_Row(loaded, place, manner.stop, on_text) for place in places]
            _generate(loaded, [prompts[place] for place in places], manner, most, rows)
            for place, row in zip(places, rows, strict=True):
                found[place] = row.written(len(prompts[place]))
    return cast(list[Written], found)


def _generate(
    loaded: Loaded, prompts: Sequence[Sequence[int]], manner: Manner, most: int, rows: "Sequence[_Row]"
) -> None:
    from transformers import StoppingCriteriaList

    network: Any = loaded.network
    # Encoders are filled up on the right; a decoder goes on where the row ends.
    encodes = loaded.checkpoint.task == "seq2seq"
    longest = max(len(prompt) for prompt in prompts)
    pad = cast(int, loaded.tokenizer.pad_token_id or 0)
    gaps = [longest - len(prompt) for prompt in prompts]
    if encodes:
        ids = [[*prompt, *[pad] * gap] for prompt, gap in zip(prompts, gaps, strict=True)]
        mask = [[1] * len(prompt) + [0] * gap for prompt, gap in zip(prompts, gaps, strict=True)]
        ends = network.generation_config.eos_token_id
    else:
        ids = [[*[pad] * gap, *prompt] for prompt, gap in zip(prompts, gaps, strict=True)]
        mask = [[0] * gap + [1] * len(prompt) for prompt, gap in zip(prompts, gaps, strict=True)]
        ends = loaded.tokenizer.eos_token_id
    known: set[int] = set(cast(list[int], ends)) if isinstance(ends, list) else set() if ends is None else {int(ends)}
    begin = 1 if encodes else longest

    def over(tokens: torch.Tensor, scores: object, **more: object) -> torch.Tensor:
        """Called after each token; says which rows are done."""
        done = [row.hear(new, known) for row, new in zip(rows, tokens[:, begin:].tolist(), strict=True)]
        return torch.tensor(done, device=tokens.device)

    temperature = _temperature(loaded, manner)
    how: dict[str, Any] = {"do_sample": False}
    if temperature > 0:
        top_p = manner.top_p if manner.top_p is not None else float(str(_option(loaded, "top_p", 1.0)))
        how = {"do_sample": True, "temperature": temperature, "top_p": top_p, "top_k": 0}
    network.eval()
    with torch.inference_mode():
        network.generate(
            input_ids=torch.tensor(ids).to(network.device),
            attention_mask=torch.tensor(mask).to(network.device),
            pad_token_id=pad,
            eos_token_id=ends,
            max_new_tokens=most,
            num_beams=1,
            stopping_criteria=StoppingCriteriaList([cast(Any, over)]),
            **how,
        )
    for row in rows:
        row.close()


class _Row:
    """One text while it grows."""

    def __init__(self, loaded: Loaded, place: int, stop: Sequence[str], on_text: OnText) -> None:
        self._decode = loaded.tokenizer.decode
        self._place, self._stop, self._on_text = place, stop, on_text
        self._ids: list[int] = []
        self._text = ""
        """As far as it is told."""
        self._finish: Literal["stop", "length"] | None = None

    def hear(self, ids: list[int], ends: set[int]) -> bool:
        """Take the tokens there are by now, and tell what is sure; returns whether it is over."""
        if self._finish is None:
            self._ids = ids
            text = str(self._decode(ids, skip_special_tokens=True))
            ended = ids[-1] in ends
            cut = min((at for stop in self._stop if (at := text.find(stop)) >= 0), default=-1)
            if cut >= 0 or ended:
                self._finish = "stop"
                self._tell(text[:cut] if cut >= 0 else text)
            else:
                # A half of a character, and what may be the beginning of a stop text, wait for the next token.
                self._tell(text[: len(text) - _begun(text, self._stop)].rstrip(_HALF))
        return self._finish is not None

    def close(self) -> None:
        """No further token comes."""
        if self._finish is None:
            self._finish = "length"
            self._tell(str(self._decode(self._ids, skip_special_tokens=True)))

    def written(self, prompt_tokens: int) -> Written:
        assert self._finish is not None
        return Written(text=self._text, finish=self._finish, prompt_tokens=prompt_tokens, tokens=len(self._ids))

    def _tell(self, text: str) -> None:
        new, self._text = text[len(self._text) :], text
        if new:
            self._on_text(self._place, new)


def _begun(text: str, stops: Sequence[str]) -> int:
    """How many characters at the end of a text may be the beginning of a stop text.

    >>> _begun("one, tw", ["two", "three"]), _begun("one", ["two"])
    (2, 0)
    """
    sizes = (size for stop in stops for size in range(1, min(len(stop), len(text) + 1)) if text.endswith(stop[:size]))
    return max(sizes, default=0)


def _temperature(loaded: Loaded, manner: Manner) -> float:
    if manner.temperature is not None:
        return manner.temperature
    # The one a policy is trained at explores; its answers are the likeliest.
    learned = loaded.checkpoint.task == "policy-gradient"
    return 0.0 if learned else float(str(_option(loaded, "temperature", 0.0)))


def _option(loaded: Loaded, name: str, usual: object) -> object:
    return loaded.checkpoint.recipe.options.get(name, usual) if loaded.checkpoint.recipe else usual
