"""Builds pydantic-ai's model for a hosted address: keys, base address, an HTTP client that bounds the answer."""

import functools
import importlib.util
from collections.abc import AsyncIterator, Callable, Mapping

import httpx2
from pydantic_ai.models import Model as ProviderModel
from pydantic_ai.usage import RequestUsage

from autogpt.core.errors import MissingExtra, ModelBusy, ModelError, UsageError
from autogpt.core.message import Profile, Rates
from autogpt.core.schema import JsonValue, read_json
from autogpt.models.address import KEY_NAMES, HostedAddress
from autogpt.models.hosted import Hosted, UnusableAnswer
from autogpt.models.profile import HOSTED

MOST_BYTES = 32_000_000
"""Bytes of one answer: 128,000 tokens with their event envelopes stay well below."""

_COMPATIBLE = HOSTED.model_copy(update={"window": 32_768})
"""For a server of which nothing is known."""

_MODULES = {"openai": "openai", "openai-compatible": "openai", "anthropic": "anthropic", "google": "google.genai"}


async def open_hosted(address: HostedAddress, keys: Mapping[str, str]) -> Hosted:
    """Open a hosted model. keys: values by name, such as OPENAI_API_KEY.

    Raises MissingExtra, UsageError when the key is missing or the server has several models and none was named,
    ModelBusy or ModelError when an OpenAI-compatible server cannot be asked what it has.
    """
    key = key_for(address, keys)
    profile = HOSTED
    if address.provider == "openai-compatible":
        address, profile = await _discover(address, key)
    make = _maker(address, key)
    window = make().profile.get("context_window")
    if window and address.provider != "openai-compatible":
        profile = profile.model_copy(update={"window": window})
    profile = profile.model_copy(update={"rates": rates(address)})
    return Hosted(address, make, profile, key, functools.partial(price, address))


def key_for(address: HostedAddress, keys: Mapping[str, str]) -> str:
    """The key that the provider of this address is shown; empty for a server that may want none.

    Raises MissingExtra, UsageError when the key is missing.
    """
    if not _importable(_MODULES[address.provider]):
        raise MissingExtra(f"{address} needs the hosted providers: pip install 'autogpt[hosted]'")
    key = next((keys[name] for name in KEY_NAMES[address.provider] if keys.get(name)), "")
    if not key and address.provider != "openai-compatible":
        name = KEY_NAMES[address.provider][0]
        raise UsageError(f"{address} needs a key: export {name}=... (or use --model embedded, which needs none)")
    return key


def priced(address: HostedAddress) -> bool:
    """Whether the price of this model is known, so that its cost can be counted; of other servers it never is."""
    return price(address, RequestUsage(input_tokens=1_000_000)) > 0


def price(address: HostedAddress, usage: RequestUsage) -> float:
    """What so much use of this model costs in US dollars, by genai-prices; 0 where that is not known."""
    from genai_prices import calc_price

    if address.provider == "openai-compatible":
        return 0.0
    try:
        return float(calc_price(usage, model_ref=address.model, provider_id=address.provider).total_price)
    except (LookupError, ValueError):
        return 0.0


def rates(address: HostedAddress) -> Rates | None:
    """What this model's tokens cost; None where that is not known. As for a prompt of 100,000, where length counts."""
    some = 100_000
    asked = price(address, RequestUsage(input_tokens=some))
    answered = price(address, RequestUsage(input_tokens=some, output_tokens=some)) - asked
    return Rates(input_usd=asked * 1e6 / some, output_usd=answered * 1e6 / some) if asked > 0 else None


def _maker(address: HostedAddress, key: str) -> Callable[[], ProviderModel]:
    def make() -> ProviderModel:
        client = _client()
        url = address.url or None
        match address.provider:
            case "openai":
                from pydantic_ai.models.openai import OpenAIChatModel
                from pydantic_ai.providers.openai import OpenAIProvider

                return OpenAIChatModel(
                    address.model, provider=OpenAIProvider(api_key=key, base_url=url, http_client=client)
                )
            case "openai-compatible":
                from pydantic_ai.models.openai import OpenAIChatModel
                from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

                provider = OpenAICompatibleProvider(
                    "openai-compatible", base_url=address.url, api_key=key or "none", http_client=client
                )
                return OpenAIChatModel(address.model, provider=provider)
            case "anthropic":
                from pydantic_ai.models.anthropic import AnthropicModel
                from pydantic_ai.providers.anthropic import AnthropicProvider

                return AnthropicModel(
                    address.model, provider=AnthropicProvider(api_key=key, base_url=url, http_client=client)
                )
            case "google":
                from pydantic_ai.models.google import GoogleModel
                from pydantic_ai.providers.google import GoogleProvider

                return GoogleModel(
                    address.model, provider=GoogleProvider(api_key=key, base_url=url, http_client=client)
                )

    return make


def _client() -> httpx2.AsyncClient:
    return httpx2.AsyncClient(
        timeout=180.0, headers={"Accept-Encoding": "identity"}, event_hooks={"response": [_bound]}
    )


async def _bound(response: httpx2.Response) -> None:
    """Let no answer be read that is too long to be one; compressed ones could unfold to anything."""
    if response.has_redirect_location:
        # Not followed: what the model is shown goes to the address that the person named, and to no other.
        where = response.headers["location"][:200]
        raise UnusableAnswer(
            f"it sends us on to {where!r} (status {response.status_code}), which is not followed; if that is the right "
            "address, name it instead"
        )
    if response.headers.get("content-encoding", "identity") != "identity":
        raise UnusableAnswer("the answer came compressed, which was not asked for; its size cannot be bounded")
    stream = response.stream
    if isinstance(stream, httpx2.AsyncByteStream):
        response.stream = _BoundedStream(stream)


class _BoundedStream(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self._stream:
            size += len(chunk)
            if size > MOST_BYTES:
                raise UnusableAnswer(f"the answer is longer than {MOST_BYTES / 1e6:.0f} MB and was not read on")
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


async def _discover(address: HostedAddress, key: str) -> tuple[HostedAddress, Profile]:
    """Ask the server for its models: the only one if none was named, and the context window if it tells."""
    try:
        listed = await _models(address, key)
    except ModelError:
        # Not every server can list; what was named may well be there.
        if address.model:
            return address, _COMPATIBLE
        raise
    names = [name for entry in listed if isinstance(name := entry.get("id"), str)]
    if not address.model and len(names) != 1:
        shown = ", ".join(names[:10]) or "none"
        raise UsageError(f"{address} has several models; name one: {address}#NAME. It has: {shown}")
    model = address.model or names[0]
    windows = [window for entry in listed if entry.get("id") == model and (window := _window(entry))]
    return address.model_copy(update={"model": model}), _within(windows[0]) if windows else _COMPATIBLE


def _within(window: int) -> Profile:
    """The profile for a window of so many tokens: an answer takes a quarter of it at most, or no prompt would fit."""
    most = max(1, min(_COMPATIBLE.step_tokens, window // 4))
    return _COMPATIBLE.model_copy(update={"window": window, "step_tokens": most})


async def _models(address: HostedAddress, key: str) -> list[dict[str, JsonValue]]:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        async with _client() as client:
            answer = await client.get(f"{address.url}/models", headers=headers, timeout=15.0)
    except httpx2.TransportError as error:
        told = f"{type(error).__name__} {error}".strip()
        raise ModelBusy(f"{address} cannot be reached ({told}); is the server running?") from error
    except UnusableAnswer as error:
        raise ModelError(f"{address} gave no answer that can be used: {error}") from error
    if answer.status_code in (401, 403):
        raise ModelError(f"{address} wants a key: export {KEY_NAMES[address.provider][0]}=...")
    try:
        said = read_json(answer.text)
    except UsageError:
        said = None
    data = said.get("data") if isinstance(said, dict) else None
    if answer.is_error or not isinstance(data, list):
        raise ModelError(f"{address} does not list its models (status {answer.status_code}); name one: {address}#NAME")
    return [entry for entry in data if isinstance(entry, dict)]


def _window(entry: dict[str, JsonValue]) -> int | None:
    """The context window as vLLM, LM Studio or OpenRouter, and llama.cpp say it, in that order."""
    meta = entry.get("meta")
    told = [entry.get("max_model_len"), entry.get("context_length")]
    told += [meta.get("n_ctx"), meta.get("n_ctx_train")] if isinstance(meta, dict) else []
    return next((number for number in told if isinstance(number, int) and number > 0), None)


def _importable(module: str) -> bool:
    try:
        return importlib.util.find_spec("pydantic_ai") is not None and importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False
