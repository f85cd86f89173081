"""Asks llama.cpp what a base says with an adapter on top and without, in the process of `probe`, which it may end."""

import secrets
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from autogpt.core.schema import Value
from autogpt.studio.export.weigh import threads

if TYPE_CHECKING:
    import httpx

_SECONDS = 600.0
"""For one token, with the prompt read first."""


class Adapted(Value):
    """What came out: for each prompt, the likeliest token after it and after each token of its answer but the last."""

    adapted: tuple[tuple[int, ...], ...]
    """With the adapter."""
    alone: tuple[tuple[int, ...], ...]
    """Without it."""


def ask_adapted(base: str, adapter: str, prompts: Sequence[Sequence[int]], answers: Sequence[Sequence[int]]) -> Adapted:
    """Both say what is likeliest after the same tokens, so that one near tie does not change all that follows."""
    import httpx

    # By name, because the binding carries no types. cyllama's (0.2.18) loads adapters, but does not apply them.
    binding: Any = import_module("xllamacpp")
    params = binding.CommonParams()
    params.model.path, params.n_parallel = base, 1
    params.n_ctx = 16 + max(len(prompt) + len(answer) for prompt, answer in zip(prompts, answers, strict=True))
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads()
    params.verbosity, params.cache_ram_mib, params.fit_params, params.warmup = 0, 0, False, False
    params.hostnames, params.port, params.ui, params.api_keys = ["127.0.0.1"], 0, False, [key := secrets.token_hex(16)]
    # What is asked about is the file, not the rounding of the memory.
    params.cache_type_k = params.cache_type_v = binding.ggml_type.GGML_TYPE_F32
    params.lora_adapters = [binding.CommonAdapterLoraInfo(adapter, 1.0)]
    server = binding.Server(params)  # held by name: it ends when nobody holds it

    def likeliest(scale: float) -> tuple[tuple[int, ...], ...]:
        return tuple(
            tuple(_next(client, [*prompt, *answer[:place]], scale) for place in range(len(answer)))
            for prompt, answer in zip(prompts, answers, strict=True)
        )

    headers = {"Authorization": f"Bearer {key}"}
    # trust_env=False: past a proxy that the environment names.
    with httpx.Client(base_url=server.listening_address, headers=headers, trust_env=False, timeout=_SECONDS) as client:
        return Adapted(adapted=likeliest(1.0), alone=likeliest(0.0))


def _next(client: "httpx.Client", tokens: Sequence[int], scale: float) -> int:
    """The likeliest token after these. scale: how much of the adapter is applied."""
    asked = {"prompt": list(tokens), "n_predict": 1, "temperature": 0, "return_tokens": True}
    answer = client.post("/completion", json={**asked, "lora": [{"id": 0, "scale": scale}]})
    return int(answer.raise_for_status().json()["tokens"][0])
