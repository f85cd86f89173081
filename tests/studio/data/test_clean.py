"""Splitting, mixing, cleaning and masking: what stays, what goes, and what is said of it."""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autogpt.core.errors import UsageError
from autogpt.studio.data import load
from autogpt.studio.data.clean import Dropped, decontaminate, dedupe, leakage
from autogpt.studio.data.redact import luhn, redact, redact_text
from autogpt.studio.data.split import cut, mix

TASK = "text-classification"


@pytest.fixture
def corpus_of(tmp_path):
    def make(rows: dict[str, list[tuple[str, str]]]):
        for split, pairs in rows.items():
            lines = [json.dumps({"text": text, "label": label}) for text, label in pairs]
            (tmp_path / f"{split}.jsonl").write_text("\n".join(lines))
        return load({split: tmp_path / f"{split}.jsonl" for split in rows}, TASK)

    return make


def test_cut_keeps_the_shares_of_labels_and_the_same_texts_together(corpus_of):
    rows = [(f"text {n}", "rare" if n % 10 == 0 else "often") for n in range(200)]
    rows += [("twin one", "often"), ("Twin ONE!", "often")] * 10
    whole = corpus_of({"train": rows})
    corpus = cut(whole, {"validation": 0.1, "test": 0.2}, seed=1)
    sizes = {split: len(part) for split, part in corpus.splits.items()}
    assert sizes == {"train": 154, "validation": 22, "test": 44}
    assert {split: part["label"][:].count("rare") for split, part in corpus.splits.items()} == {
        "train": 14,
        "validation": 2,
        "test": 4,
    }
    assert set(leakage(corpus).values()) == {0}
    again = cut(whole, {"validation": 0.1, "test": 0.2}, seed=1)
    assert [part["text"][:] for part in again.splits.values()] == [part["text"][:] for part in corpus.splits.values()]
    other = cut(whole, {"validation": 0.1, "test": 0.2}, seed=2)
    assert other.splits["test"]["text"][:] != corpus.splits["test"]["text"][:]


@pytest.mark.parametrize(
    ("shares", "told"),
    [
        ({"train": 0.5}, "'train' cannot be cut off"),
        ({"test": 1.0}, "shares are over 0 and together under 1"),
        ({"test": float("nan")}, "shares are over 0 and together under 1"),
        ({"test": 0.001}, "2 rows are too few to have some for 'test'"),
    ],
)
def test_shares_that_leave_nothing_are_refused(corpus_of, shares, told):
    with pytest.raises(UsageError, match=told):
        cut(corpus_of({"train": [("a", "x"), ("b", "y")]}), shares)


def test_load_can_cut(tmp_path):
    (tmp_path / "a.csv").write_text("text,label\n" + "".join(f"row {n},{n % 2}\n" for n in range(40)))
    sizes = {split: len(rows) for split, rows in load(tmp_path / "a.csv", TASK, split={"dev": 0.25}).splits.items()}
    assert sizes == {"train": 30, "validation": 10}


def test_mix_takes_by_weight_and_never_twice(corpus_of):
    big = corpus_of({"train": [(f"big {n}", "x") for n in range(100)], "test": [("t", "x")]})
    small = corpus_of({"train": [(f"small {n}", "y") for n in range(10)]})
    mixed = mix([big, small], [3, 1])
    texts = mixed.splits["train"]["text"][:]
    assert (len(texts), sum(text.startswith("small") for text in texts)) == (40, 10)
    assert (len(set(texts)), mixed.labels, len(mixed.splits["test"])) == (40, ("x", "y"), 1)
    assert len(mix([big, small]).splits["train"]) == 110
    with pytest.raises(UsageError, match="each of the 2 corpora needs a weight above 0"):
        mix([big, small], [1, 0])


LONG = "The quick brown fox jumps over the lazy dog while the sun sets behind the old grey mountains near the river"


def test_copies_and_near_copies_leave_the_training_rows(corpus_of):
    corpus = corpus_of(
        {
            "train": [("Hello, world", "a"), ("hello world!", "a"), (LONG, "b"), (LONG.replace("old", "odd"), "b"),
                      ("asked in the test", "a"), ("unlike any other", "a")],
            "test": [("Asked in the test.", "a"), ("asked in the test", "a")],
        }
    )  # fmt: skip
    assert leakage(corpus) == {"train in test": 2}
    cleaned, dropped = dedupe(corpus, near=0.8)
    assert cleaned.splits["train"]["text"][:] == ["Hello, world", LONG, "unlike any other"]
    assert len(cleaned.splits["test"]) == 2
    assert dropped == (
        Dropped(split="train", row=1, reason="same", like="train 0"),
        Dropped(split="train", row=3, reason="alike", like="train 2"),
        Dropped(split="train", row=4, reason="same", like="test 0"),
    )
    exact, _ = dedupe(corpus, near=None)
    assert len(exact.splits["train"]) == 4


def test_near_copies_are_found_among_many_and_others_are_left(corpus_of):
    chance = random.Random(0)
    words = ["".join(chance.choices("abcdefghijklmnop", k=7)) for _ in range(60)]
    rows = [(" ".join(chance.sample(words, 20)), "x") for _ in range(300)]
    copies = [(f"{text} end", label) for text, label in rows[:20]]
    kept, dropped = dedupe(corpus_of({"train": rows + copies}), near=0.9)
    assert [drop.like for drop in dropped if drop.row >= 300] == [f"train {n}" for n in range(20)]
    assert len(kept.splits["train"]) == 300


def test_what_an_exam_asks_is_taken_out(corpus_of):
    texts = [f"before {LONG} after", "the lazy dog sleeps", "写一个函数来反转字符串", "short one"]
    corpus = corpus_of({"train": [(text, "a") for text in texts]})
    cleaned, dropped = decontaminate(corpus, [LONG, "请写一个函数来反转字符串，然后返回", "Short one."])
    assert cleaned.splits["train"]["text"][:] == ["the lazy dog sleeps"]
    assert [(drop.row, drop.reason) for drop in dropped] == [(0, "exam"), (2, "exam"), (3, "exam")]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("key sk-abcdefghijklmnop1234 end", "key [secret] end"),
        ("AKIAIOSFODNN7EXAMPLE", "[secret]"),
        ("https://bob:hunter22@x.org/", "https://[secret]@x.org/"),
        ("?token=abcdef123&x=1", "?token=[secret]&x=1"),
        ("write to jo.doe+x@mail.example.com.", "write to [e-mail]."),
        ("card 4111 1111 1111 1111, thanks", "card [card], thanks"),
        ("card 4111 1111 1111 1112", "card 4111 1111 1111 1112"),
        ("身份证11010519491231002X。", "身份证[id]。"),
        ("身份证110105194912310021", "身份证110105194912310021"),
        ("电话13800138000吗", "电话[phone]吗"),
        ("call +44 20 7946 0958 now", "call [phone] now"),
        ("call (212) 555-0123", "call [phone]"),
        ("SSN 078-05-1120", "SSN [id]"),
        ("IBAN DE89 3704 0044 0532 0130 00", "IBAN [account]"),
        ("IBAN DE88 3704 0044 0532 0130 00", "IBAN DE88 3704 0044 0532 0130 00"),
        ("in 2024, 3.14159265358979 and 1234567890", "in 2024, 3.14159265358979 and 1234567890"),
        ("at 1764230000010 ms", "at 1764230000010 ms"),
        ("2024-01-02 10:00, v1.2.3, 192.168.0.1", "2024-01-02 10:00, v1.2.3, 192.168.0.1"),
    ],
)
def test_secrets_are_masked_and_numbers_without_a_valid_checksum_stay(text, masked):
    assert redact_text(text) == masked


@given(st.text(max_size=200))
def test_masking_ends_and_is_stable(text):
    once = redact_text(text)
    assert redact_text(once) == once


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "part", ["password:", "eyJaaaaaaaaaa-", "a@b-", "AB12 ", "-----BEGIN A PRIVATE KEY-----", "1 "]
)
def test_masking_takes_time_in_proportion_to_the_text(part):
    redact_text(part * (300_000 // len(part)))  # minutes where each start of a secret is sought to the end of the text


def test_luhn_notices_each_wrong_digit():
    good = "4539578763621486"
    assert luhn(good)
    assert not any(
        luhn(good[:at] + str((int(digit) + step) % 10) + good[at + 1 :])
        for at, digit in enumerate(good)
        for step in range(1, 10)
    )


def test_a_corpus_is_masked_in_its_texts_alone(corpus_of, tmp_path):
    corpus, counts = redact(corpus_of({"train": [("mail a@b.co", "a@b.co"), ("fine", "x")]}))
    assert [tuple(row.values()) for row in corpus.splits["train"]] == [("mail [e-mail]", "a@b.co"), ("fine", "x")]
    assert counts == {"e-mail": 1}
    (tmp_path / "chat.jsonl").write_text('{"prompt": "I am a@b.co", "completion": "hi a@b.co"}')
    chats, counts = redact(load(tmp_path / "chat.jsonl", "sft"))
    assert [message["content"] for message in chats.splits["train"][0]["messages"]] == ["I am [e-mail]", "hi [e-mail]"]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("password: hunter22", "password: [secret]"),
        ("DB_PASSWORD: hunter22", "DB_PASSWORD: [secret]"),
        ("AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG", "AWS_SECRET_ACCESS_KEY=[secret]"),
        ("export OPENAI_API_KEY = 'abcd1234efgh'", "export OPENAI_API_KEY = '[secret]'"),
        ("Authorization: Basic dXNlcjpwYXNz", "Authorization: Basic [secret]"),
        ("npm_abcdefghijklmnopqrstuvwxyz0123456789", "[secret]"),
        ("123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1", "[secret]"),
        ("Password：Tr0ub4dor&3 is it", "Password：[secret] is it"),
        ("password: opensesame", "password: [secret]"),
        ('{"api_key": "abcd1234efgh"}', '{"api_key": "[secret]"}'),
        ("api_key=sk12345678 and on", "api_key=[secret] and on"),
        ("the API key = 9f8e7d6c5b4a", "the API key = [secret]"),
        ("密码：mima2024", "密码：[secret]"),
        ("client_secret: a1b2c3d4e5", "client_secret: [secret]"),
        ("password=[secret]", "password=[secret]"),
        ("your password: must be changed soon", "your password: must be changed soon"),
        ("the password is long", "the password is long"),
        ("password: ****", "password: ****"),
    ],
)
def test_what_follows_the_name_of_a_secret_is_masked(text, masked):
    assert redact_text(text) == masked
