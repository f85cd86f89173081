"""Bytes of a workspace file as text and back: encodings, byte order marks, line ends."""

import codecs
from dataclasses import dataclass
from itertools import islice

from autogpt.core.errors import ToolError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


_SAMPLE = 4_000
"""How many characters beyond ASCII are looked at to tell Chinese from a wrong guess."""


@dataclass(frozen=True)
class Text:
    """A text file's content and how it was written, so that an edit can keep that."""

    value: str
    """Lines end with a line feed alone, unless the file mixes line ends."""
    encoding: str = "utf-8"
    mark: bytes = b""
    newline: str = "\n"

    @property
    def note(self) -> str:
        """What the agent should know of the encoding; empty for UTF-8."""
        return "" if self.encoding == "utf-8" else f"decoded as {self.encoding}"

    def encode(self, value: str) -> bytes:
        """Other content, written the way this one was. Raises ToolError if its encoding cannot hold it."""
        if self.newline != "\n":
            value = value.replace("\r\n", "\n").replace("\n", self.newline)
        try:
            return self.mark + value.encode(self.encoding)
        except UnicodeEncodeError as error:
            raise ToolError(
                f"the file is in {self.encoding}, which has no {value[error.start]!r}; "
                "write it anew with write_file, which uses UTF-8"
            ) from None


def decode(data: bytes) -> Text | None:
    """Read bytes as text: byte order mark, then UTF-8, then GB 18030, then Windows-1252. None for binary content."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _text(data[len(mark) :].decode(encoding, "replace"), encoding, mark)
    if _is_binary(data):
        return None
    try:
        # A cut at the end of what was read may go through a character: that is not an error.
        return _text(codecs.getincrementaldecoder("utf-8")().decode(data), "utf-8")
    except UnicodeDecodeError:
        pass
    try:
        chinese = codecs.getincrementaldecoder("gb18030")().decode(data)
    except UnicodeDecodeError:
        chinese = ""
    if chinese and _is_plausibly_chinese(chinese):
        return _text(chinese, "gb18030")
    try:
        return _text(data.decode("cp1252"), "cp1252")
    except UnicodeDecodeError:
        return _text(data.decode("latin-1"), "latin-1")


def encode(value: str) -> bytes:
    """New content as UTF-8. Raises ToolError for half a surrogate pair."""
    try:
        return value.encode()
    except UnicodeEncodeError:
        raise ToolError(
            "the content holds half a surrogate pair, which is not text; write the character itself"
        ) from None


def _text(value: str, encoding: str, mark: bytes = b"") -> Text:
    windows = value.count("\r\n")
    if windows and windows == value.count("\n") == value.count("\r"):
        return Text(value.replace("\r\n", "\n"), encoding, mark, "\r\n")
    return Text(value, encoding, mark)


def _is_binary(data: bytes) -> bool:
    head = data[:8192]
    odd = sum(byte < 32 and byte not in b"\t\n\r\f\x1b\x08" for byte in head)
    return b"\0" in head or odd > len(head) // 20


def _is_plausibly_chinese(text: str) -> bool:
    """Whether most characters beyond ASCII are everyday ones (GB 2312): a wrong guess gives rare ones."""
    beyond = list(islice((char for char in text if ord(char) > 127), _SAMPLE))
    everyday = 0
    for char in beyond:
        try:
            char.encode("gb2312")
        except UnicodeEncodeError:
            continue
        everyday += 1
    return everyday >= 0.8 * len(beyond)
