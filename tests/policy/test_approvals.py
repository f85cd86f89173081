"""What a person is shown is what will happen; nothing in it hides or pretends."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogpt.core.effect import Approval, Call, Effects, Labels
from autogpt.policy.approvals import ascii_host, exact, grant, render

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def call(args: dict, to: tuple[str, ...] = (), tool: str = "send_mail") -> Call:
    return Call(run_id="r", tool=tool, version="2", args=args, effects=Effects(), destinations=to)


def test_the_whole_call_is_shown_line_by_line() -> None:
    asked = call({"to": ["a@b.example"], "body": "Dear 王,\n\npay 5 €"}, ("a@b.example", "bcc@c.example"))
    assert render(asked, Labels(untrusted=True, private=True)) == "\n".join(
        [
            "send_mail (version 2), effect: irreversible",
            "to: a@b.example",
            "to: bcc@c.example",
            "to:",
            '  | ["a@b.example"]',
            "body:",
            "  | Dear 王,",
            "  | ",
            "  | pay 5 €",
            "this run has seen: untrusted and private data",
            f"call: {asked.digest}",
        ]
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2Jcleared", r"\u{1b}[2Jcleared"),
        ("a\u202egpj.exe", r"a\u{202e}gpj.exe"),
        ("pay\u200bpal", r"pay\u{200b}pal"),
        ("tag\U000e0041", r"tag\u{e0041}"),
        ("join\u200d\ufe0f", r"join\u{200d}\u{fe0f}"),
        ("blank\u3164\u2800\u00a0", r"blank\u{3164}\u{2800}\u{a0}"),
        ("\u2028line", r"\u{2028}line"),
        ("back\\u{1b}", r"back\\u{1b}"),
        ("\r\x00\x85", r"\u{d}\u{0}\u{85}"),
        ("你好，世界 é ñ　emoji 😀", "你好，世界 é ñ　emoji 😀"),
    ],
)
def test_characters_that_act_or_hide_are_written_out(text: str, shown: str) -> None:
    assert exact(text) == shown


@given(st.dictionaries(st.text(), st.text() | st.lists(st.text())), st.lists(st.text(max_size=20)), st.text())
def test_nothing_in_a_call_can_act_or_pretend_to_be_a_line_of_ours(args: dict, to: list[str], tool: str) -> None:
    asked = call(args, tuple(to), tool)
    lines = render(asked, Labels()).split("\n")
    assert all(char.isprintable() or char == "\u3000" for line in lines for char in line)
    assert lines[-1] == f"call: {asked.digest}"
    assert sum(line.startswith("call: ") and line == lines[-1] for line in lines) == 1
    text = [line for value in args.values() for line in (value if isinstance(value, str) else "-").split("\n")]
    assert sum(line.startswith("  | ") for line in lines) == len(text)


@given(st.text(), st.text())
def test_different_texts_are_shown_differently(one: str, other: str) -> None:
    assert (exact(one) == exact(other)) == (one == other)


@pytest.mark.parametrize(
    ("host", "known_as"),
    [
        ("example.org", "example.org"),
        ("EXAMPLE.org", "example.org"),
        ("b\u00fccher.example", "xn--bcher-kva.example"),
        ("p\u0430ypal.com", "xn--pypal-4ve.com"),
        ("ｅｘａｍｐｌｅ．org", "example.org"),
        ("例子.中国", "xn--fsqu00a.xn--fiqs8s"),
        ("faß.de", "xn--fa-hia.de"),
        ("\x1f\x80.org", "xn--\\u{1f}-ba.org"),
        ("a\u200bb.org", "xn--ab-g1t.org"),
    ],
)
def test_hosts_are_shown_as_the_network_knows_them(host: str, known_as: str) -> None:
    assert ascii_host(host) == known_as


def test_a_look_alike_host_is_unmasked_wherever_it_stands() -> None:
    asked = call({"text": {"see": [1, "https://p\u0430ypal.com/login"]}}, ("mailto://me@p\u0430ypal.com:25/x",))
    lines = render(asked, Labels()).split("\n")
    assert lines[1] == "to: mailto://me@xn--pypal-4ve.com:25/x  (written mailto://me@p\u0430ypal.com:25/x)"
    assert "note: the host p\u0430ypal.com is really xn--pypal-4ve.com" in lines


def test_a_grant_is_for_one_call_for_a_day() -> None:
    assert grant("d", True, NOW) == Approval(digest="d", granted=True, expires=NOW + timedelta(days=1), used=False)
    assert not grant("d", False, NOW).granted
    with pytest.raises(ValueError, match="zone"):
        grant("d", True, NOW.replace(tzinfo=None))
