"""One model endpoint for all arms: our engine, or any OpenAI-compatible server."""

import contextlib
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from pathlib import Path

from autogpt.core.contracts import Model
from autogpt.core.errors import UsageError
from autogpt.models import engine
from autogpt.models.address import read_hosted
from autogpt.models.engine import EngineSpec, lease
from autogpt.models.open import open_model
from autogpt.models.profile import profile_for
from autogpt.models.shelf import QWEN, SHELF


@dataclass(frozen=True)
class Endpoint:
    model: Model
    address: str
    """As `--model` takes it."""
    url: str
    """Base URL of the OpenAI-compatible API, ending in /v1."""
    key: str
    name: str


@contextlib.asynccontextmanager
async def endpoint(
    address: str, cache: Path, runtime: Path, keys: Mapping[str, str], *, peers: bool
) -> AsyncGenerator[Endpoint]:
    """Open the model and, for peers, keep its server up. Raises UsageError for a model without a URL.

    peers: whether an arm speaks to the server itself and takes no lease on it. Held for all of a comparison, one would
    make whoever wants another model wait, and our own runs, whose requests come after that one, with him.
    """
    model = await open_model(address, cache=cache, runtime=runtime, keys=keys)
    hosted = read_hosted(address)
    if hosted is not None:
        if not hosted.url:
            raise UsageError(f"the peers need a URL: use openai-compatible@URL#MODEL instead of {address!r}")
        key = keys.get("OPENAI_COMPATIBLE_API_KEY") or "none"
        yield Endpoint(model, address, hosted.url, key, hosted.model or model.name)
        return
    running = engine.running(runtime)
    if running is None:
        raise UsageError(f"the engine for {address!r} is not running any more; try again")
    if not peers:
        yield Endpoint(model, address, f"{running.address}/v1", running.key, "local")
        return
    # The very spec that open_model used, so that the lease is on its engine and replaces nothing.
    spec = EngineSpec(model=_file(address, cache), window=profile_for(model.name).window, idle_seconds=600.0)
    async with lease(spec, runtime) as leased:
        if leased.fingerprint != running.fingerprint:
            raise UsageError("the benchmark started another engine than the product does: see benchmarks/endpoint.py")
        yield Endpoint(model, address, f"{leased.address}/v1", leased.key, "local")


def _file(address: str, cache: Path) -> Path:
    if address.endswith(".gguf"):
        return Path(address)
    known = SHELF.get(address.partition(":")[2], QWEN)
    return cache / known.filename
