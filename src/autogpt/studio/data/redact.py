"""Redact: secrets and personal numbers in training text are masked, so that no model can learn to say them.

It finds what has a form or a checksum, and what follows a name such as `password:`. It does not find names, addresses,
passwords in prose, or what is split over several tokens or rows.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, cast

from autogpt.locale import say
from autogpt.studio.corpus import Corpus
from autogpt.studio.data.load import dataset
from autogpt.studio.data.split import changed

if TYPE_CHECKING:
    from datasets import Dataset

_KEPT = ("label", "labels", "tags", "image", "history", "item")
_KEYS = (
    r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[^-]{0,20000}(?:-----END [A-Z ]{0,40}PRIVATE KEY-----)?"
    r"|\b(?:sk|pk|rk)-[A-Za-z0-9_-]{16,}"  # OpenAI, Anthropic, OpenRouter
    r"|\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,}"  # Stripe
    r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"  # Amazon
    r"|\bLTAI[0-9A-Za-z]{12,20}\b"  # Alibaba Cloud
    r"|\bAIza[0-9A-Za-z_-]{35}"  # Google
    r"|\bgh[opsur]_[A-Za-z0-9]{20,}|\bgithub_pat_[A-Za-z0-9_]{20,}"
    r"|\bglpat-[A-Za-z0-9_-]{20,}|\bhf_[A-Za-z0-9]{20,}|\bxox[abeoprs]-[A-Za-z0-9-]{10,}|\bpypi-[A-Za-z0-9_-]{20,}"
    r"|\bnpm_[A-Za-z0-9]{30,}|\bya29\.[A-Za-z0-9_-]{20,}|\bSG\.[A-Za-z0-9_-]{16,40}\.[A-Za-z0-9_-]{30,}"
    r"|\b\d{8,10}:AA[A-Za-z0-9_-]{33}"  # Telegram
    r"|(?<=Authorization: Basic )[A-Za-z0-9+/]{8,}={0,2}"
    r"|\beyJ[A-Za-z0-9_-]{10,1000}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"  # JSON Web Token (RFC 7519)
    r"|(?<=://)[^\s/:@]{1,200}:[^\s/@]{1,200}(?=@)"  # user:password in a URL
    r"|(?<=[Bb]earer )[A-Za-z0-9._~+/-]{16,}=*"  # RFC 6750
    r"|(?i:(?<=password=)|(?<=passwd=)|(?<=api_key=)|(?<=apikey=)|(?<=secret=)|(?<=token=))[^\s&\"']{6,}"
)


def luhn(digits: str) -> bool:
    """The check digit of bank cards (ISO/IEC 7812-1).

    >>> luhn("4111111111111111"), luhn("4111111111111112")
    (True, False)
    """
    total = 0
    for at, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + at % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _card(text: str) -> bool:
    digits = re.sub(r"\D", "", text)
    # Times in milliseconds begin with 1, and every tenth of them has the right check digit.
    return 13 <= len(digits) <= 19 and digits[0] not in "01" and len(set(digits)) > 1 and luhn(digits)


def _chinese_id(text: str) -> bool:
    """The check character of a resident identity number (GB 11643-1999)."""
    total = sum(int(digit) * (2 ** (17 - at) % 11) for at, digit in enumerate(text[:17]))
    month, day = int(text[10:12]), int(text[12:14])
    return "10X98765432"[total % 11] == text[17].upper() and 1 <= month <= 12 and 1 <= day <= 31


def _iban(text: str) -> bool:
    """ISO 13616: the number with its head moved to its end is 1 modulo 97."""
    plain = re.sub(r"\s", "", text)
    return 15 <= len(plain) <= 34 and int("".join(str(int(char, 36)) for char in plain[4:] + plain[:4])) % 97 == 1


def _phone(text: str) -> bool:
    return 10 <= len(re.sub(r"\D", "", text)) <= 15


def _ssn(text: str) -> bool:
    area, group, serial = text.split("-")
    return area not in ("000", "666") and area < "900" and group != "00" and serial != "0000"


def _always(text: str) -> bool:
    return True


_NAMED = re.compile(
    # What is before the name may be a part of it, as in DB_PASSWORD.
    r"(?im)(?:password|passwd|pwd|passphrase|api[ _-]?key|(?:client|app)[ _-]?secret"
    r"|(?:secret|access|private|account)[ _-]?key|(?:access|auth|refresh|bearer|api|bot|session)[ _-]?token"
    r"|(?:github|gitlab|slack|hf|npm)_token|密码|口令|密钥)[\"']?[ \t]{0,3}[:=：][ \t]{0,3}[\"']?"
    # A word of letters alone is one if it ends there: 'password: must be changed' has none.
    r"(?P<value>(?=[^\s\"',;]{0,200}[\d!@#$%^&+_~?-])[^\s\"',;<>\[\]{}*]{4,}|[^\W\d_]{4,}(?=[\"',;.}]?[ \t]*$|[\"'}]))"
)
"""What follows a name of a secret, as in settings and mails."""

_FINDERS: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("secret", re.compile(_KEYS), _always),
    ("secret", _NAMED, _always),
    ("e-mail", re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"), _always),
    ("id", re.compile(r"(?<!\d)[1-8]\d{5}(?:19|20)\d{9}[\dXx](?![\dXx])"), _chinese_id),
    ("id", re.compile(r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])"), _ssn),
    ("account", re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b"), _iban),
    ("card", re.compile(r"(?<![\d.])\d(?:[ -]?\d){12,18}(?![\d.]*\d)"), _card),
    ("phone", re.compile(r"(?<![\d.])(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)"), _always),
    ("phone", re.compile(r"(?<![\w.])(?<!\d )(?:\+|00)[1-9]\d{0,2}(?:[ ./-]?\(?\d{1,4}\)?){2,6}(?!\d)"), _phone),
    ("phone", re.compile(r"(?<![\w.])\(?[2-9]\d{2}\)?[ .-][2-9]\d{2}[.-]\d{4}(?!\d)"), _always),
)


def secret(kind: str) -> str:
    """What people call a kind of what is masked."""
    match kind:
        case "secret":
            return say("secret")
        case "e-mail":
            return say("e-mail")
        case "id":
            return say("id")
        case "account":
            return say("account")
        case "card":
            return say("card")
        case "phone":
            return say("phone")
        case _:
            return kind


def redact_text(text: str, counts: Counter[str] | None = None) -> str:
    """The text with each secret replaced by its kind: '[secret]', '[e-mail]', '[id]', '[account]', '[card]', '[phone]'.

    counts: is told how many of each were found.
    """
    for kind, form, holds in _FINDERS:

        def mask(found: re.Match[str], kind: str = kind, holds: Callable[[str], bool] = holds) -> str:
            if not holds(found[0]):
                return found[0]
            if counts is not None:
                counts[kind] += 1
            if "value" in found.re.groupindex:
                return f"{found[0][: found.start('value') - found.start()]}[{kind}]"
            return f"[{kind}]"

        text = form.sub(mask, text)
    return text


def redact(corpus: Corpus) -> tuple[Corpus, Mapping[str, int]]:
    """The corpus with secrets masked in all texts, and how many of each kind there were. Labels, tags and items stay.

    Tokens are looked at one by one, so that their tags stay beside them.
    """
    counts: Counter[str] = Counter()

    def masked(value: object) -> object:
        if isinstance(value, str):
            return redact_text(value, counts)
        if isinstance(value, list):
            return [masked(one) for one in cast(list[object], value)]
        if isinstance(value, dict):
            fields = cast(dict[str, object], value)
            return {name: masked(one) if name == "content" else one for name, one in fields.items()}
        return value

    splits = {name: _changed(rows, masked) for name, rows in corpus.splits.items()}
    return changed(corpus, splits), dict(counts)


def _changed(rows: "Dataset", masked: Callable[[object], object]) -> "Dataset":
    import pyarrow as pa

    schema = rows.features.arrow_schema
    batches: list[pa.RecordBatch] = []
    for start in range(0, len(rows), 1_000):
        some = cast(dict[str, list[object]], rows[start : start + 1_000])
        new = {name: values if name in _KEPT else masked(values) for name, values in some.items()}
        batches.append(pa.RecordBatch.from_pydict(new, schema=schema))
    return dataset(pa.Table.from_batches(batches, schema))
