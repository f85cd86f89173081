"""Text files of strangers: which encoding they are in, and their lines one by one, whatever is in them."""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from autogpt.core.errors import UsageError

LONGEST = 8_000_000
"""Bytes of a line at the most; a longer one is no row but a mistake, and is left out."""

_SAMPLE = 1 << 20
_MOST_SAMPLED = 64 << 20
_CJK = ((0x3000, 0x303F), (0x4E00, 0x9FFF), (0xFF00, 0xFFEF), (0x2010, 0x2026), (0x3400, 0x4DBF))


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    """Counted from 1."""
    text: str
    """Without the line break; empty if there is a fault."""
    fault: str = ""
    """Why the line cannot be read."""


def lines(path: Path, name: str) -> Iterator[Line]:
    """The lines of a text file, read once, whatever it is encoded in (see `encoding_of`). `.gz` files are unpacked.

    Only CR, LF and CRLF break a line: tokens may hold U+2028 or U+0085. name: how messages call the file.
    Raises UsageError for a file that is missing, cannot be opened or is not text.
    """
    encoding, breaks = _look(path, name)
    try:
        with open_binary(path, name) as file:
            if encoding.startswith("utf-16") or breaks == "\r":
                yield from _wide(file, encoding)
            else:
                yield from _narrow(file, encoding)
    except (OSError, EOFError, zlib.error) as error:
        raise UsageError(f"{name!r} cannot be read to its end: {error}") from None


def encoding_of(path: Path, name: str) -> str:
    """'utf-8-sig' (UTF-8, with a mark or not), 'utf-16' (by its mark), 'utf-16-le', 'utf-16-be' or 'gb18030'.

    GB 18030 is taken if the bytes are no UTF-8, are valid GB 18030, and nine of ten characters are Chinese then. Else
    it is UTF-8, and lines that are not are told one by one. Raises UsageError for what is no text.
    """
    return _look(path, name)[0]


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


def read_text(path: Path, name: str, most: int) -> str:
    """The whole text of a file. Raises UsageError if it is over `most` bytes, or not text in its encoding."""
    encoding = encoding_of(path, name)
    with open_binary(path, name) as file:
        try:
            data = file.read(most + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise UsageError(f"{name!r} cannot be read to its end: {error}") from None
    if len(data) > most:
        raise UsageError(f"{name!r} is larger than {most:,} bytes")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{name!r} is not {error.encoding} text: byte {error.start} is {data[error.start]:#04x}"
        ) from None


def _look(path: Path, name: str) -> tuple[str, str]:
    """Encoding, and the line break: a lone CR only if there is no LF at all."""
    sample = start_of(path, name)
    breaks = "\r" if b"\n" not in sample and b"\r" in sample else "\n"
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
    if not _decodes(data, "gb18030"):
        return False
    wide = [char for char in codecs.getincrementaldecoder("gb18030")().decode(data) if not char.isascii()]
    common = sum(any(low <= ord(char) <= high for low, high in _CJK) for char in wide)
    return common * 10 >= len(wide) * 9


def _narrow(file: BinaryIO, encoding: str) -> Iterator[Line]:
    """Encodings in which the byte LF always is a line break."""
    number = 0
    while raw := file.readline(LONGEST + 1):
        number += 1
        if len(raw) > LONGEST and not raw.endswith(b"\n"):
            while raw and not raw.endswith(b"\n"):
                raw = file.readline(LONGEST)
            yield Line(number, "", f"a line longer than {LONGEST:,} bytes")
            continue
        if number == 1:
            raw = raw.removeprefix(codecs.BOM_UTF8)
        yield _decoded(number, raw.removesuffix(b"\n").removesuffix(b"\r"), encoding)


def _decoded(number: int, raw: bytes, encoding: str) -> Line:
    if b"\0" in raw:
        return Line(number, "", "holds NUL bytes")
    try:
        return Line(number, raw.decode("utf-8" if encoding == "utf-8-sig" else encoding))
    except UnicodeDecodeError as error:
        title = "UTF-8" if encoding == "utf-8-sig" else encoding.upper()
        return Line(number, "", f"is not {title}: byte {error.start + 1} of the line is {raw[error.start]:#04x}")


def _wide(file: BinaryIO, encoding: str) -> Iterator[Line]:
    text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline=None)
    number = 0
    while line := text.readline(LONGEST + 1):
        number += 1
        if len(line) > LONGEST and not line.endswith("\n"):
            while line and not line.endswith("\n"):
                line = text.readline(LONGEST)
            yield Line(number, "", f"a line longer than {LONGEST:,} characters")
        elif "\ufffd" in line or "\0" in line:
            yield Line(number, "", f"is not {encoding.upper()} text")
        else:
            yield Line(number, line.removesuffix("\n"))
