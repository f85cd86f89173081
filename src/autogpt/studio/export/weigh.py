"""Weighs two GGUF files of one model against each other by llama.cpp, in the process of `probe`, which it may end."""

import math
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from autogpt.core.schema import Value

_ROUNDS = 3
_WRITTEN = 32
"""Tokens of each greedy answer."""


class Weighed(Value):
    """What came out; each pair is of the plain file and the small one."""

    reading: tuple[float, float]
    """Tokens in a second, all at once."""
    writing: tuple[float, float]
    """Tokens in a second, one after another."""
    perplexity: tuple[float, float]
    """Over all tokens of the sequences that have one before them."""
    tokens: int
    """How many those are."""
    answered: int
    """Tokens of the plain file's greedy answers."""
    alike: int
    """Of these, those that the small file holds the likeliest too, after the same tokens."""


def weigh(plain: str, small: str, prompts: Sequence[Sequence[int]], sequences: Sequence[Sequence[int]]) -> Weighed:
    """Both files read the sequences and answer the prompts. Times are medians of three rounds, taken in turns."""
    # The binding carries no types.
    from cyllama.llama import llama_cpp

    binding: Any = llama_cpp
    binding.llama_backend_init()

    class Model(binding.LlamaModel):
        @property
        def n_vocab(self) -> int:
            """The binding (0.2.18) asks its model for it when it hands out logits, and does not find it there."""
            return int(self.get_vocab().n_vocab)

    params = binding.LlamaModelParams()
    params.n_gpu_layers = 0
    models = [Model(file, params) for file in (plain, small)]
    read, written = [list[float](), list[float]()], [list[float](), list[float]()]
    longest = max([*prompts, *sequences], key=len)
    answers = [_answer(binding, models[0], prompt)[0] for prompt in prompts]
    for _ in range(_ROUNDS):
        for place, model in enumerate(models):
            read[place].append(len(longest) / _timed(lambda model=model: _Reader(binding, model, longest)))
            said, seconds = _answer(binding, model, prompts[0])
            written[place].append(len(said) / seconds)
    losses = [sum(_loss(_Reader(binding, model, one), one) for one in sequences) for model in models]
    tokens = sum(max(0, len(one) - 1) for one in sequences)
    likeliest = [
        _Reader(binding, models[1], [*prompt, *answer[:-1]]).likeliest(len(prompt) - 1)
        for prompt, answer in zip(prompts, answers, strict=True)
    ]
    pairs = [pair for both in zip(answers, likeliest, strict=True) for pair in zip(*both, strict=True)]
    return Weighed(
        reading=(statistics.median(read[0]), statistics.median(read[1])),
        writing=(statistics.median(written[0]), statistics.median(written[1])),
        perplexity=(_perplexity(losses[0], tokens), _perplexity(losses[1], tokens)),
        tokens=tokens,
        answered=len(pairs),
        alike=sum(one == other for one, other in pairs),
    )


def threads() -> int:
    """How many threads llama.cpp may have: as many as OpenMP was told, or as processors that are ours to use."""
    told = os.environ.get("OMP_NUM_THREADS", "")
    ours = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return min(ours, int(told)) if told.isdigit() and int(told) else ours


class _Reader:
    """A context that has read some tokens at once, with logits at each."""

    def __init__(self, binding: Any, model: Any, tokens: Sequence[int], room: int = 0) -> None:
        params = binding.LlamaContextParams()
        params.n_ctx = params.n_batch = params.n_ubatch = max(64, len(tokens) + room)
        params.n_threads = params.n_threads_batch = threads()
        self._binding, self._count = binding, len(tokens)
        self._context = binding.LlamaContext(model, params)
        self._read(tokens, 0)
        # Not by the logits, which come as a list of floats: that would be timed too.
        self._sampler = binding.LlamaSampler(binding.LlamaSamplerChainParams())
        self._sampler.add_greedy()

    def likeliest(self, first: int) -> list[int]:
        """The likeliest next token at each place from the first on."""
        return [int(self._sampler.sample(self._context, place)) for place in range(first, self._count)]

    def logits(self, place: int) -> list[float]:
        return list(self._context.get_logits_ith(place))

    def write(self, count: int) -> list[int]:
        """So many tokens, each the likeliest."""
        said = [int(self._sampler.sample(self._context, self._count - 1))]
        while len(said) < count:
            self._read([said[-1]], self._count + len(said) - 1)
            said.append(int(self._sampler.sample(self._context, 0)))
        return said

    def _read(self, tokens: Sequence[int], start: int) -> None:
        batch = self._binding.LlamaBatch(n_tokens=len(tokens), embd=0, n_seq_max=1)
        for place, token in enumerate(tokens):
            batch.add(token, start + place, [0], True)
        self._context.decode(batch)


def _answer(binding: Any, model: Any, prompt: Sequence[int]) -> tuple[list[int], float]:
    """A greedy answer, and the seconds that writing it took."""
    reader = _Reader(binding, model, prompt, room=_WRITTEN)
    began = time.perf_counter()
    said = reader.write(_WRITTEN)
    return said, time.perf_counter() - began


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _loss(reader: _Reader, tokens: Sequence[int]) -> float:
    """The sum of -log(probability) of each token after those before it, in nats."""
    import numpy

    total = 0.0
    for place, token in enumerate(tokens[1:]):
        logits = numpy.array(reader.logits(place))
        most = float(logits.max())
        total += most + math.log(float(numpy.exp(logits - most).sum())) - float(logits[token])
    return total


def _perplexity(loss: float, tokens: int) -> float:
    return math.exp(min(loss / max(1, tokens), 700.0))
