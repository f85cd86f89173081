"""Asks llama.cpp itself, in a process of its own, how a GGUF file cuts text and which tokens it finds likeliest.

`python -m autogpt.studio.export.probe` reads a JSON object on stdin and writes one on stdout. A file that llama.cpp
cannot take ends that process (it aborts), and not ours.
"""

import contextlib
import ctypes
import importlib.util
import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from autogpt.core.errors import UsageError
from autogpt.core.schema import Value
from autogpt.studio.export.adapted import Adapted, ask_adapted
from autogpt.studio.export.weigh import Weighed, threads, weigh

_SET_DEATH_SIGNAL = 1
"""prctl(2)."""


class Probed(Value):
    """What llama.cpp said."""

    tokens: tuple[tuple[int, ...], ...]
    """The tokens of each text."""
    likeliest: tuple[tuple[int, ...], ...]
    """For each sequence of tokens: the likeliest next token at each place, the one after the last included."""


def can_probe() -> bool:
    """Whether llama.cpp is here (package `cyllama`)."""
    return importlib.util.find_spec("cyllama") is not None


def probe(file: Path, texts: Sequence[str] = (), sequences: Sequence[Sequence[int]] = ()) -> Probed:
    """Raises UsageError when llama.cpp cannot load or run the file."""
    told = {"file": str(file), "texts": list(texts), "sequences": [list(one) for one in sequences]}
    return Probed.model_validate_json(_in_a_process(told, file))


def probe_both(
    plain: Path, small: Path, prompts: Sequence[Sequence[int]], sequences: Sequence[Sequence[int]]
) -> Weighed:
    """Two files of one model held against each other, in turns; see `weigh.weigh`.

    Raises UsageError when llama.cpp cannot load or run one of them.
    """
    both = [[list(one) for one in some] for some in (prompts, sequences)]
    told = {"plain": str(plain), "small": str(small), "prompts": both[0], "sequences": both[1]}
    return Weighed.model_validate_json(_in_a_process(told, small))


def can_adapt() -> bool:
    """Whether there is a llama.cpp here that applies adapters (package `xllamacpp`)."""
    return importlib.util.find_spec("xllamacpp") is not None


def probe_adapter(
    base: Path, adapter: Path, prompts: Sequence[Sequence[int]], answers: Sequence[Sequence[int]]
) -> Adapted:
    """What a base says with an adapter on top and without; see `adapted.ask_adapted`.

    Raises UsageError when llama.cpp cannot load or run them.
    """
    both = [[list(one) for one in some] for some in (prompts, answers)]
    told = {"base": str(base), "adapter": str(adapter), "prompts": both[0], "answers": both[1]}
    return Adapted.model_validate_json(_in_a_process(told, adapter))


def _in_a_process(told: Mapping[str, Any], file: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "autogpt.studio.export.probe", str(os.getpid())],
        input=json.dumps(told),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        raise UsageError(f"llama.cpp cannot run {str(file)!r}: {' / '.join(lines[-3:])[:500]}")
    return done.stdout.splitlines()[-1]


def main() -> None:
    """The process that asks."""
    _end_with(int(sys.argv[1]))
    told = json.loads(sys.stdin.read())
    code = 1
    try:
        _answer(told)
        code = 0
    except Exception:  # told by the exit code and on stderr, which `_in_a_process` reads
        traceback.print_exc()
    sys.stderr.flush()
    os._exit(code)  # threads of llama.cpp would be waited for


def _answer(told: dict[str, Any]) -> None:
    # llama.cpp and its binding write to stdout as they please.
    with os.fdopen(os.dup(1), "w") as out:
        os.dup2(2, 1)
        with contextlib.redirect_stdout(sys.stderr):
            if "small" in told:
                said = weigh(told["plain"], told["small"], told["prompts"], told["sequences"]).model_dump_json()
            elif "adapter" in told:
                asked = (told["base"], told["adapter"], told["prompts"], told["answers"])
                said = ask_adapted(*asked).model_dump_json()
            else:
                said = json.dumps(_ask(told["file"], told["texts"], told["sequences"]))
        out.write(said + "\n")


def _end_with(parent: int) -> None:
    """Be killed when the process that asked is gone, or go on for minutes with nobody to tell."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it was gone before
        os._exit(1)


def _ask(file: str, texts: list[str], sequences: list[list[int]]) -> dict[str, list[list[int]]]:
    # The binding carries no types.
    from cyllama.llama import llama_cpp

    binding: Any = llama_cpp
    binding.llama_backend_init()
    params = binding.LlamaModelParams()
    params.n_gpu_layers = 0
    model = binding.LlamaModel(file, params)
    vocabulary = model.get_vocab()
    return {
        "tokens": [list(vocabulary.tokenize(text, True, True)) for text in texts],
        "likeliest": [_likeliest(binding, model, one) for one in sequences],
    }


def _likeliest(binding: Any, model: Any, tokens: list[int]) -> list[int]:
    params = binding.LlamaContextParams()
    params.n_ctx = params.n_batch = max(64, len(tokens))
    params.n_threads = params.n_threads_batch = threads()
    context = binding.LlamaContext(model, params)
    batch = binding.LlamaBatch(n_tokens=len(tokens), embd=0, n_seq_max=1)
    for place, token in enumerate(tokens):
        batch.add(token, place, [0], True)
    context.decode(batch)
    # Not by the logits: the binding (0.2.18) cannot hand out those of any place.
    sampler = binding.LlamaSampler(binding.LlamaSamplerChainParams())
    sampler.add_greedy()
    return [int(sampler.sample(context, place)) for place in range(len(tokens))]


if __name__ == "__main__":
    main()
