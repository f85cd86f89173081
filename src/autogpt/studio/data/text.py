"""Text files of strangers: which encoding they are in, and their lines one by one, whatever is in them."""

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from autogpt.core.errors import UsageError

LONGEST = 8_000_000
"""Bytes of a line at the most; a longer one is no row but a mistake, and is left out."""

_SAMPLE = 1 << 20
_MOST_SAMPLED = 64 << 20
_HAN, _HANGUL, _ENOUGH = 0xB0, 0xC8, 12
"""The row in which Chinese characters begin; the last one of Hangul; after how many different ones a text has others
(the chance that Chinese stays within these rows is about a half for each)."""
_DAILY = {
    "euc_kr": ((0xA1, 0xA3), (0xB0, 0xC8)),
    "big5": ((0xA1, 0xC6),),
    "cp932": ((0x81, 0x83), (0x88, 0x97)),
    "gb18030": ((0xA1, 0xA3), (0xB0, 0xD7)),
}
"""First bytes of marks, kana, Hangul and of the characters in daily use, which each of these encodings has first. Where
two fit, that which fewer bytes are valid in goes before."""
_MOSTLY, _HARDLY = 0.8, 0.4
_CJK = ((0x3000, 0x303F), (0x4E00, 0x9FFF), (0xFF00, 0xFFEF), (0x2010, 0x2026), (0x3400, 0x4DBF))


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    """Counted from 1."""
    text: str
    """Without the line break; empty if there is a fault."""
    fault: str = ""
    """Why the line cannot be read."""


def lines(path: Path, name: str, encoding: str = "") -> Iterator[Line]:
    """The lines of a text file, read once, whatever it is encoded in (see `encoding_of`). `.gz` files are unpacked.

    Only CR, LF and CRLF break a line: tokens may hold U+2028 or U+0085. name: how messages call the file.
    encoding: what it is in; "": found out.
    Raises UsageError for a file that is missing, cannot be opened or is not text.
    """
    told = encoding
    encoding, breaks = (encoding, _break(start_of(path, name))) if encoding else _look(path, name)
    try:
        with open_binary(path, name) as file:
            if breaks == "\r" or not _LF_IS_LF.match(encoding):
                yield from _wide(file, encoding)
            else:
                yield from _narrow(file, encoding, "" if told else _likely(path, name))
    except (OSError, EOFError, zlib.error) as error:
        raise UsageError(f"{name!r} cannot be read to its end: {error}") from None


_LF_IS_LF = re.compile(r"utf-8|gb|big5|cp(?:125|932|949|950|437|85|866)|shift|euc|latin|iso8859|ascii|koi8|mac")
"""Encodings, as `codecs` calls them, in which the byte 10 is a line break and nothing else."""
_LIKELY = ("cp1252", "gb18030", "big5", "cp932", "euc_kr", "cp1251", "cp1250", "utf_16")


def encoding_named(name: str) -> str:
    """Python's own name of an encoding of text: 'gb18030' of 'GB-18030'; '' of ''. Raises UsageError for none."""
    if not name:
        return ""
    for spelt in (name, re.sub(r"[\W_]", "", name)):  # GB-18030
        with suppress(LookupError, ValueError, UnicodeError):
            "".encode(spelt)  # what codecs knows that is no text, such as base64, fails here
            return codecs.lookup(spelt).name
    raise UsageError(
        f"no encoding is known as {name!r}; there are utf-8, utf-16, gb18030, big5, shift_jis, euc-kr, cp1252 "
        "and others"
    )


def encoding_of(path: Path, name: str) -> str:
    """'utf-8-sig' (UTF-8, with a mark or not), 'utf-16', 'utf-32' (by a mark), 'utf-16-le', 'utf-16-be' or 'gb18030'.

    GB 18030 is taken if the bytes are no UTF-8, are valid GB 18030, and read like Chinese then: nine of ten characters
    are Chinese, four of five of them in daily use (GB 2312). Else it is UTF-8, and lines that are not are told one by
    one. Raises UsageError for what is no text.
    """
    return _look(path, name)[0]


def assumed(path: Path, name: str) -> str:
    """The encoding if it was concluded from the content alone, without a mark; "" for UTF-8 and what is marked.

    Raises UsageError for what is no text.
    """
    encoding = encoding_of(path, name)
    return encoding if encoding in ("gb18030", "utf-16-le", "utf-16-be") else ""


def open_binary(path: Path, name: str) -> BinaryIO:
    """Open a file for reading; `.gz` is unpacked on the way. Raises UsageError with the reason if that cannot be."""
    try:
        if path.suffix == ".gz":
            return cast(BinaryIO, gzip.open(path, "rb"))
        return path.open("rb")
    except FileNotFoundError:
        raise UsageError(f"there is no file {name!r}") from None
    except IsADirectoryError:
        raise UsageError(f"{name!r} is a folder, not a file") from None
    except OSError as error:
        raise UsageError(f"{name!r} cannot be read: {error.strerror or error}") from None


def start_of(path: Path, name: str, size: int = _SAMPLE) -> bytes:
    """The first bytes of a file. Raises UsageError if it cannot be read."""
    with open_binary(path, name) as file:
        try:
            return file.read(size)
        except (OSError, EOFError, zlib.error) as error:
            raise UsageError(f"{name!r} cannot be read: {error}") from None


def read_text(path: Path, name: str, most: int, encoding: str = "") -> str:
    """The whole text of a file, without a byte order mark. encoding: see `lines`.

    Raises UsageError if it is over `most` bytes, or not text in its encoding.
    """
    likely = "" if encoding else _likely(path, name)
    encoding = encoding or encoding_of(path, name)
    with open_binary(path, name) as file:
        try:
            data = file.read(most + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise UsageError(f"{name!r} cannot be read to its end: {error}") from None
    if len(data) > most:
        raise UsageError(f"{name!r} is larger than {most:,} bytes")
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = f"{data[error.start]:#04x}"
        if likely:
            raise UsageError(
                f"{name!r} is not {_title(encoding)} text: line {line} holds the byte {byte}; "
                f"it may be --encoding {likely}"
            ) from None
        raise UsageError(
            f"{name!r} is not {_title(encoding)} text: line {line} holds the byte {byte}; "
            "name its encoding (--encoding)"
        ) from None


def _look(path: Path, name: str) -> tuple[str, str]:
    """Encoding, and the line break: a lone CR only if there is no LF at all."""
    sample = start_of(path, name)
    breaks = _break(sample)
    if sample.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32", breaks
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", breaks
    if sample.count(0) * 5 > len(sample):
        even, odd = sample[::2].count(0), sample[1::2].count(0)
        if max(even, odd) > 3 * min(even, odd) + 1:
            return ("utf-16-be" if even > odd else "utf-16-le"), breaks
        raise UsageError(f"{name!r} is not a text file: it is full of NUL bytes")
    if sample.isascii() and len(sample) == _SAMPLE:
        sample = _beyond_ascii(path, name)
    return ("utf-8-sig" if _decodes(sample, "utf-8") or not _chinese(sample) else "gb18030"), breaks


def _break(sample: bytes) -> str:
    return "\r" if b"\n" not in sample and b"\r" in sample else "\n"


def _likely(path: Path, name: str) -> str:
    """The encoding that a file which is not UTF-8 is likely in; "" where nothing speaks for one."""
    sample = start_of(path, name, 200_000)
    if _decodes(sample, "utf-8"):
        sample = _beyond_ascii(path, name)[:200_000]
    from charset_normalizer import from_bytes

    odd = b"\n".join(line for line in sample.splitlines() if not line.isascii())
    if not odd or _decodes(odd, "utf-8"):
        return ""
    found = from_bytes(odd, cp_isolation=[*_LIKELY])
    least = min((one.chaos for one in found), default=0.0)
    # Of those that look as good, the most usual.
    fit = {name for one in found if one.chaos <= least for name in one.could_be_from_charset}
    likely = next((name for name in _LIKELY if name in fit), "")
    if likely not in _DAILY:
        return likely
    # Of two bytes each, a few characters read as some text in any of these; but as text in daily use in one alone.
    shares = {name: _daily(odd, name) for name in _DAILY}
    best = max(shares, key=shares.__getitem__)
    if shares[best] >= _MOSTLY:
        return best
    others = [name for name in _LIKELY if name in fit and name not in _DAILY]
    return others[0] if others and shares[likely] < _HARDLY else likely


def _daily(data: bytes, encoding: str) -> float:
    """The share of characters beyond ASCII that are in daily use in the encoding; 0 if it is another one."""
    try:
        wide = [char.encode(encoding) for char in data.decode(encoding) if not char.isascii()]
    except UnicodeError:
        return 0.0
    rows = _DAILY[encoding]
    return sum(len(held) == 2 and any(low <= held[0] <= high for low, high in rows) for held in wide) / max(
        1, len(wide)
    )


def _title(encoding: str) -> str:
    return "UTF-8" if encoding in ("utf-8-sig", "utf-8") else encoding.upper()


def _beyond_ascii(path: Path, name: str) -> bytes:
    """The first megabyte that says something about the encoding."""
    with open_binary(path, name) as file:
        for _ in range(_MOST_SAMPLED // _SAMPLE):
            sample = file.read(_SAMPLE)
            if not sample.isascii():
                # A megabyte may begin within a character; a line does not.
                return sample[sample.find(b"\n") + 1 :]
            if not sample:
                break
    return b""


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(data, final=False)
    except UnicodeDecodeError:
        return False
    return True


def _chinese(data: bytes) -> bool:
    """Any two bytes are some character of GB 18030: "résumé" in Latin-1 is a rare one between letters. So they must be
    those that Chinese is written with. Hangul of EUC-KR are as well, but of the first 25 rows of GB 2312 alone."""
    if not _decodes(data, "gb18030"):
        return False
    wide = [char for char in codecs.getincrementaldecoder("gb18030")().decode(data) if not char.isascii()]
    common = sum(any(low <= ord(char) <= high for low, high in _CJK) for char in wide)
    daily = [held for char in wide if (held := char.encode("gb2312", "ignore"))]
    han = {held for held in daily if held[0] >= _HAN}  # each once: two Chinese labels of a thousand rows are two
    korean = len(han) >= _ENOUGH and max(han)[0] <= _HANGUL
    return common * 10 >= len(wide) * 9 and len(daily) * 5 >= len(wide) * 4 and not korean


def _narrow(file: BinaryIO, encoding: str, likely: str) -> Iterator[Line]:
    """Encodings in which the byte LF always is a line break."""
    number = 0
    while raw := file.readline(LONGEST + 1):
        number += 1
        if len(raw) > LONGEST and not raw.endswith(b"\n"):
            while raw and not raw.endswith(b"\n"):
                raw = file.readline(LONGEST)
            fault = f"a line longer than {LONGEST:,} bytes"
            yield Line(number, "", fault)
            continue
        if number == 1:
            raw = raw.removeprefix(codecs.BOM_UTF8)
        yield _decoded(number, raw.removesuffix(b"\n").removesuffix(b"\r"), encoding, likely)


def _decoded(number: int, raw: bytes, encoding: str, likely: str) -> Line:
    if b"\0" in raw:
        fault = "holds NUL bytes"
        return Line(number, "", fault)
    try:
        return Line(number, raw.decode("utf-8" if encoding == "utf-8-sig" else encoding))
    except UnicodeDecodeError as error:
        place, byte = error.start + 1, f"{raw[error.start]:#04x}"
        fault = f"is not {_title(encoding)}: byte {place} of the line is {byte}"
        if likely:
            fault = f"is not {_title(encoding)}: byte {place} of the line is {byte}; it may be --encoding {likely}"
        return Line(number, "", fault)


def _wide(file: BinaryIO, encoding: str) -> Iterator[Line]:
    text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline=None)
    number = 0
    while line := text.readline(LONGEST + 1):
        number += 1
        if number == 1:
            line = line.removeprefix("\ufeff")
        if len(line) > LONGEST and not line.endswith("\n"):
            while line and not line.endswith("\n"):
                line = text.readline(LONGEST)
            fault = f"a line longer than {LONGEST:,} characters"
            yield Line(number, "", fault)
        elif "\ufffd" in line or "\0" in line:
            fault = f"is not {_title(encoding)} text"
            yield Line(number, "", fault)
        else:
            yield Line(number, line.removesuffix("\n"))
