"""Keeps secrets out of what is shown, logged or sent: the loaded ones in any usual encoding, others by their form."""

import base64
import json
import re
import urllib.parse
from collections.abc import Iterable

__all__ = ["Redactor"]

_SHORTEST = 8
_MARK = "[secret]"
_FORMS = re.compile(
    r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[^-]{0,20000}(?:-----END [A-Z ]{0,40}PRIVATE KEY-----)?"
    r"|\b(?:sk|pk|rk)-[A-Za-z0-9_-]{16,}"  # OpenAI, Anthropic, OpenRouter
    r"|\b(?:sk|rk)_live_[A-Za-z0-9]{16,}"  # Stripe
    r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"  # Amazon
    r"|\bAIza[0-9A-Za-z_-]{35}"  # Google
    r"|\bgh[opsur]_[A-Za-z0-9]{20,}|\bgithub_pat_[A-Za-z0-9_]{20,}"
    r"|\bglpat-[A-Za-z0-9_-]{20,}|\bhf_[A-Za-z0-9]{20,}|\bxox[abeoprs]-[A-Za-z0-9-]{10,}|\bpypi-[A-Za-z0-9_-]{20,}"
    r"|\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"  # JSON Web Token (RFC 7519)
    r"|(?<=://)[^\s/:@]{1,200}:[^\s/@]{1,200}(?=@)"  # user:password in a URL
    r"|(?<=[Bb]earer )[A-Za-z0-9._~+/-]{16,}=*"  # RFC 6750
)


class Redactor:
    """Knows secret values; those under 8 characters are left out, because they are parts of ordinary text.

    Finds a value as it is, in JSON, URL-encoded, in hexadecimal, and in Base64 at any offset of a longer text. Does
    not find one that was encrypted, compressed, split up or spelt backwards: it is the last net, not the wall.
    """

    def __init__(self, values: Iterable[str]) -> None:
        forms = {form for value in values if len(value) >= _SHORTEST for form in _forms(value)}
        longest_first = sorted(forms, key=lambda form: (-len(form), form))
        self._known = re.compile("|".join(longest_first)) if longest_first else None

    def clean(self, text: str) -> str:
        """The text with every secret in it replaced by '[secret]'."""
        if self._known is not None:
            text = self._known.sub(_MARK, text)
        return _FORMS.sub(_MARK, text)

    def finds(self, text: str) -> bool:
        """Whether there is a secret in the text."""
        return (self._known is not None and self._known.search(text) is not None) or _FORMS.search(text) is not None

    def __repr__(self) -> str:
        return "Redactor()"


def _forms(value: str) -> set[str]:
    """Patterns of all the ways in which the value may stand in a text."""
    raw = value.encode("utf-8", "surrogatepass")
    forms = {re.escape(value)}
    for ascii_only in (True, False):
        forms.add(re.escape(json.dumps(value, ensure_ascii=ascii_only)[1:-1]))
    for quoted in (urllib.parse.quote(raw, safe=""), urllib.parse.quote(raw), urllib.parse.quote_plus(raw)):
        forms.add(re.sub(r"%[0-9A-F]{2}", lambda found: f"(?i:{found[0]})", re.escape(quoted)))
    forms.add(f"(?i:{raw.hex()})")
    forms |= {re.escape(piece) for piece in _base64(raw)}
    return forms


def _base64(raw: bytes) -> set[str]:
    """What Base64 (RFC 4648, both alphabets) shows of the bytes at each offset, without what neighbours decide."""
    found: set[str] = set()
    for offset in range(3):
        code = base64.b64encode(b"\0" * offset + raw).decode().rstrip("=")
        first = -(-offset * 8 // 6)
        last = (offset + len(raw)) * 8 // 6
        piece = code[first:last]
        found |= {piece, piece.replace("+", "-").replace("/", "_")}
    return found
