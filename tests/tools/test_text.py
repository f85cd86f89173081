import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogpt.core.errors import ToolError
from autogpt.tools.text import Text, decode, encode


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", Text("")),
        ("héllo 中文".encode(), Text("héllo 中文")),
        (codecs.BOM_UTF8 + b"x", Text("x", "utf-8", codecs.BOM_UTF8)),
        (codecs.BOM_UTF16_LE + "中x".encode("utf-16-le"), Text("中x", "utf-16-le", codecs.BOM_UTF16_LE)),
        (codecs.BOM_UTF16_BE + "中x".encode("utf-16-be"), Text("中x", "utf-16-be", codecs.BOM_UTF16_BE)),
        ("会议在三点开始。".encode("gb18030"), Text("会议在三点开始。", "gb18030")),
        ("naïve café, déjà vu".encode("cp1252"), Text("naïve café, déjà vu", "cp1252")),
        ("“quoted” – 5 €".encode("cp1252"), Text("“quoted” – 5 €", "cp1252")),
        (b"caf\xe9 \x81", Text("café \x81", "latin-1")),
        (b"a\r\nb\r\n", Text("a\nb\n", newline="\r\n")),
        (b"a\r\nb\n", Text("a\r\nb\n")),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", None),
        (bytes(range(1, 32)) * 3, None),
        ("中".encode()[:2], Text("")),
    ],
)
def test_bytes_are_read_as_the_text_they_are(data, text):
    assert decode(data) == text


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), max_size=200))
def test_text_that_is_read_and_written_back_gives_the_same_bytes(value):
    for mark, encoding in ((b"", "utf-8"), (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le")):
        data = mark + value.encode(encoding)
        text = decode(data)
        if text is not None and (mark or not value.startswith("\ufeff")):
            assert text.encode(text.value) == data


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_binary(data):
    text = decode(data)
    assert text is None or isinstance(text.value, str)


def test_text_that_an_encoding_cannot_hold_is_refused_with_advice():
    text = decode("naïve café".encode("cp1252"))
    assert text is not None
    with pytest.raises(ToolError, match="write_file"):
        text.encode("中")
    with pytest.raises(ToolError, match="surrogate"):
        encode("\ud800")
