"""Shows a person exactly what a call would do, and turns the answer into an approval of that call alone."""

import re
import unicodedata
from collections.abc import Generator
from datetime import datetime

from pydantic import JsonValue

from autogpt.core.effect import Approval, Call, Labels
from autogpt.core.schema import canonical_json
from autogpt.policy.decide import LIFETIME

__all__ = ["ascii_host", "exact", "grant", "render"]

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Letters, marks and spaces that show as nothing, or as an ordinary space, though their category says otherwise.
_BLANK = frozenset("\u00a0\u034f\u115f\u1160\u1680\u17b4\u17b5\u2800\u3164\uffa0") | {
    chr(c) for c in range(0x2000, 0x2011)
}
_VARIATION = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef\u180b-\u180f]")
_HOST = re.compile(r"(?:://(?:[^\s/@]*@)?|@)([^\s/@:?#,;<>\"'()\[\]]+)")


def render(call: Call, labels: Labels) -> str:
    """The call as text for a person to judge: tool, effect, true destinations, every argument in full, labels.

    Nothing in it can act on a terminal, hide, reorder or imitate the lines around it: characters that show as nothing
    are written out, every line of an argument is marked, hosts are in ASCII (RFC 5891). Cap nothing: what is not
    shown is not approved.
    """
    lines = [f"{exact(call.tool)} (version {exact(call.version)}), effect: {call.effects.effect}"]
    lines += [f"to: {_destination(where)}" for where in call.destinations]
    for name, value in call.args.items():
        lines.append(f"{exact(name)}:")
        lines += [f"  | {exact(line)}" for line in _text(value).split("\n")]
    for host in dict.fromkeys(_foreign_hosts(call.args)):
        lines.append(f"note: the host {exact(host)} is really {ascii_host(host)}")
    seen = [word for word, is_so in (("untrusted", labels.untrusted), ("private", labels.private)) if is_so]
    lines.append(f"this run has seen: {' and '.join(seen)} data" if seen else "this run has seen no untrusted data")
    lines.append(f"call: {call.digest}")
    return "\n".join(lines)


def grant(digest: str, yes: bool, now: datetime) -> Approval:
    """A person's answer to the call of that digest: for one use, within 24 hours. now: with a zone."""
    if now.tzinfo is None:
        raise ValueError("an approval needs a time with a zone")
    return Approval(digest=digest, granted=yes, expires=now + LIFETIME)


def exact(text: str) -> str:
    r"""The text on one line, with each character that acts, hides or shows as nothing written as '\u{...}'."""
    return "".join(_shown(char) for char in text)


def _shown(char: str) -> str:
    if char == "\\":
        return "\\\\"
    if unicodedata.category(char) in _HIDDEN or char in _BLANK or _VARIATION.match(char):
        return f"\\u{{{ord(char):x}}}"
    return char


def ascii_host(host: str) -> str:
    """The host as the network knows it, label by label in Punycode (RFC 3492)."""
    return ".".join(_label(label) for label in re.split("[.\u3002\uff0e\uff61]", host))


def _label(label: str) -> str:
    # NFKC and lower case first, as resolvers do: full-width or circled letters are ordinary ones in disguise.
    plain = unicodedata.normalize("NFKC", label).lower()
    return exact(plain if plain.isascii() else "xn--" + plain.encode("punycode").decode("ascii"))


def _destination(where: str) -> str:
    if where.isascii():
        return exact(where)
    # The host is what follows the last '@' or '//' up to '/', ':' or the end.
    head, host, tail = re.fullmatch(r"(.*?//(?:[^/]*@)?|.*@|)([^/:]*)(.*)", where, re.DOTALL).groups()  # type: ignore[union-attr]
    return f"{exact(head)}{ascii_host(host)}{exact(tail)}  (written {exact(where)})"


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else canonical_json(value)


def _foreign_hosts(value: JsonValue) -> Generator[str]:
    """Hosts in web and mail addresses, anywhere in the arguments, that are not plain ASCII."""
    match value:
        case str():
            yield from (host for host in _HOST.findall(value) if not host.isascii())
        case list():
            for inner in value:
                yield from _foreign_hosts(inner)
        case dict():
            for inner in value.values():
                yield from _foreign_hosts(inner)
        case _:
            pass
