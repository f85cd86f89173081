"""Secrets do not get through, in whatever common dress."""

import base64
import json
import urllib.parse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogpt.policy.secrets import Redactor

secret = st.text(min_size=8, max_size=40) | st.text(st.characters(codec="ascii"), min_size=8, max_size=40)
DRESS = {
    "plain": lambda value, pad: pad + value + pad,
    "json": lambda value, pad: json.dumps({"k": pad + value + pad}),
    "json, unescaped": lambda value, pad: json.dumps({"k": pad + value + pad}, ensure_ascii=False),
    "base64": lambda value, pad: base64.b64encode((pad + value + pad).encode()).decode(),
    "base64url": lambda value, pad: base64.urlsafe_b64encode((pad + value + pad).encode()).decode().rstrip("="),
    "hex": lambda value, pad: (pad + value).encode().hex(),
    "HEX": lambda value, pad: (value + pad).encode().hex().upper(),
    "url": lambda value, pad: urllib.parse.quote(pad + value + pad),
    "url, lower case": lambda value, pad: lowered(urllib.parse.quote(value, safe="")),
    "form": lambda value, pad: urllib.parse.urlencode({"q": pad + value}),
}


def lowered(quoted: str) -> str:
    pieces = quoted.split("%")
    return "%".join([pieces[0], *(piece[:2].lower() + piece[2:] for piece in pieces[1:])])


@pytest.mark.parametrize("dress", DRESS)
@given(value=secret, pad=st.text(st.sampled_from("ab c1"), max_size=4))
def test_a_known_value_is_found_in_every_usual_encoding_at_any_offset(dress: str, value: str, pad: str) -> None:
    redactor = Redactor([value, "another-value", "short"])
    text = DRESS[dress](value, pad)
    assert redactor.finds(text)
    assert "[secret]" in redactor.clean(text)
    assert not redactor.finds(redactor.clean(text)) or value in "[secret]"


def test_what_is_around_a_secret_stays() -> None:
    redactor = Redactor(["correct horse battery", "tiny", ""])
    assert redactor.clean("say 'correct horse battery' and tiny") == "say '[secret]' and tiny"
    assert redactor.clean("nothing here: 中文 \x1b") == "nothing here: 中文 \x1b"
    assert not redactor.finds("nothing here")
    assert repr(redactor) == "Redactor()"


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("key sk-abcdefghijklmnop1234 end", "key [secret] end"),
        ("sk-ant-api03-" + "x" * 40, "[secret]"),
        ("AKIAIOSFODNN7EXAMPLE", "[secret]"),
        ("ghp_" + "a" * 36, "[secret]"),
        ("Authorization: Bearer abcdef0123456789==", "Authorization: Bearer [secret]"),
        ("postgres://me:pa55word@host/db", "postgres://[secret]@host/db"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcdefghijkl", "[secret]"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----!", "[secret]!"),
        ("task-force sk-short https://example.org:443/a@b", "task-force sk-short https://example.org:443/a@b"),
    ],
)
def test_common_kinds_of_keys_are_known_by_their_form(text: str, cleaned: str) -> None:
    assert Redactor([]).clean(text) == cleaned
    assert Redactor([]).finds(text) == (text != cleaned)


def test_long_text_made_to_be_slow_is_not() -> None:
    redactor = Redactor(["x" * 30])
    for piece in ("://a", "-----BEGIN A PRIVATE KEY-----", "eyJa.", "sk-", "x" * 29 + "y", "bearer "):
        text = piece * (400_000 // len(piece))
        assert len(redactor.clean(text)) <= len(text)
