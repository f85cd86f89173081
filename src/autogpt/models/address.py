"""How a model is named in words: `openai:NAME`, `openai-compatible@URL#NAME`, `checkpoint:NAME`, a path."""

import re
from typing import Literal
from urllib.parse import urlsplit

from autogpt.core.errors import UsageError
from autogpt.core.schema import Value

Provider = Literal["openai", "anthropic", "google", "openai-compatible"]
KEY_NAMES: dict[Provider, tuple[str, ...]] = {
    "openai": ("OPENAI_API_KEY",),
    "anthropic": ("ANTHROPIC_API_KEY",),
    "google": ("GOOGLE_API_KEY", "GEMINI_API_KEY"),
    "openai-compatible": ("OPENAI_COMPATIBLE_API_KEY",),
}
"""Where each provider's key is looked for, in order; an OpenAI-compatible server on one's own machine needs none."""

CHECKPOINT = "checkpoint"
"""Before the name of a model of one's own, made in the studio: `checkpoint:NAME`."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_HOSTED = re.compile(r"(openai-compatible|openai|anthropic|google)(?:@([^#]+)(?:#(.*))?|:(.+))", re.DOTALL)


class HostedAddress(Value):
    """A model behind a provider's API."""

    provider: Provider
    model: str = ""
    """Empty: the only model that the server has."""
    url: str = ""
    """Empty: the provider's own."""

    def __str__(self) -> str:
        if self.url:
            return f"{self.provider}@{self.url}" + (f"#{self.model}" if self.model else "")
        return f"{self.provider}:{self.model}"


def read_hosted(address: str) -> HostedAddress | None:
    """Read `PROVIDER:MODEL` or `PROVIDER@URL#MODEL`; None if it begins with no provider.

    Raises UsageError for a URL that cannot be used, or a model that has to be named and is not.
    """
    provider = _provider(address)
    if provider is None:
        return None
    found = _HOSTED.fullmatch(address)
    model = ((found[3] or found[4]) or "").strip() if found else ""
    url = (found[2] or "").strip() if found else ""
    if url:
        _check_url(url, address)
    elif provider == "openai-compatible":
        raise UsageError(f"{address!r} lacks the server: openai-compatible@http://HOST:PORT/v1#MODEL")
    if not model and provider != "openai-compatible":
        raise UsageError(f"{address!r} lacks the model's name: {provider}:NAME")
    if not model.isprintable():
        raise UsageError(f"the model's name {model!r} holds characters that cannot be printed")
    return HostedAddress(provider=provider, model=model, url=url.rstrip("/"))


def read_checkpoint(address: str) -> str | None:
    """Read the name in `checkpoint:NAME`; None if it is another kind of address.

    Raises UsageError for what can be no checkpoint's name.
    """
    kind, colon, name = address.partition(":")
    if kind != CHECKPOINT or not (colon or address == CHECKPOINT):
        return None
    if not _NAME.fullmatch(name):
        raise UsageError(f"{address[:200]!r} names no checkpoint; write checkpoint:NAME (`autogpt models` lists them)")
    return name


def _provider(address: str) -> Provider | None:
    for name in KEY_NAMES:
        if address == name or address.startswith((f"{name}:", f"{name}@")):
            return name
    return None


def _check_url(url: str, address: str) -> None:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and (parts.port or 1)
    except ValueError:
        usable, parts = False, None
    if not usable or parts is None or not url.isascii() or not url.isprintable() or " " in url:
        raise UsageError(
            f"{address!r}: {url!r} is not a web address; write openai-compatible@http://HOST:PORT/v1#MODEL"
        )
    if parts.username or parts.password:
        raise UsageError("a key does not belong into the address: set OPENAI_COMPATIBLE_API_KEY instead")
