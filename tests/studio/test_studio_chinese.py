"""autogpt --lang zh studio: nothing that a Chinese reader is told is left in English."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tiny import encoder

from autogpt.cli.main import run

NAMES = ("autogpt", "studio", "jobs", "train", "micro", "macro", "weighted", "avg", "f1", "precision", "recall", "pip")
NAMES += (
    "support",
    "loss",
    "accuracy",
    "text",
    "classification",
    "token",
    "multi",
    "label",
    "gradient",
    "layer",
    "UNK",
)


@pytest.fixture
def say(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("AUTOGPT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("AUTOGPT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("AUTOGPT_CONFIG", str(tmp_path / "own.toml"))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    def call(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        code = run(["--lang", "zh", "studio", *arguments])
        told = capsys.readouterr()
        return code, told.out + told.err

    yield call
    run(["--lang", "en", "studio", "list"])


class Text(HTMLParser):
    """The texts of a page, each element's on a line of its own."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._silent = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent = tag in ("style", "pre")

    def handle_endtag(self, tag: str) -> None:
        self._silent = False

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.lines.append(data)


def english(text: str) -> list[str]:
    """Lines that hold two English words in a row, leaving out paths, commands, options and names of scores."""
    plain = re.sub(r"`[^`]*`|'[^']*'|\S*[/_=.]\S*|--?\w[\w-]*", " . ", text)
    found = []
    for line in plain.splitlines():
        words = [word for word in re.findall(r"[A-Za-z]{3,}(?: [A-Za-z]{2,})+", line)]
        if any(set(word.split()) - set(NAMES) for word in words):
            found.append(line)
    return found


def test_english_is_seen_where_it_is():
    assert english("2 labels: a, b\nthere are no jobs\n没有作业：autogpt\nmacro avg 0.5") == ["there are no jobs"]


def test_a_chinese_reader_reads_chinese_all_the_way(say, tmp_path):
    rows = [
        f"{place}{mood}{number},{label}"
        for number in range(12)
        for place in ("一", "二")
        for mood, label in (("好", "好评"), ("差", "差评"))
    ]
    Path("rows.csv").write_text("text,label\n" + "\n".join(rows) + "\n写信给 a@b.co,好评\n只有一列\n")
    base = str(encoder(tmp_path / "base"))
    sizes = ["--base", base, "--epochs", "1", "--max-length", "16", "--set", "precision=fp32"]

    told = [
        say("data", "profile", "rows.csv", "-o", "page.html"),
        say("train", "rows.csv", "--cut", "test=0.3", "--cut", "validation=0.2", "--name", "m", *sizes),
        say("list"),
        say("bases"),
        say("jobs", "list"),
        say("jobs", "show", "last"),
        say("eval", "m", "rows.csv"),
        say("predict", "m", "一好"),
        say("diagnose", "m", "rows.csv", "--cut", "test=0.3", "-o", "look.html"),
        say("quantize", "m", "rows.csv", "--cut", "test=0.3"),
        say("export", "m", "-f", "onnx", "-o", "onnx"),
        say("tool", "m", "--about", "说明评价的好坏。"),
    ]
    refused = [
        say("data", "profile", "rows.csv", "--stop-on-bad"),
        say("train", "nothing.csv", "--base", base),
        say("train", "rows.csv", "--base", "nope"),
        say("train", "rows.csv", "--base", base, "--epochs", "-1"),
        say("eval", "nope", "rows.csv"),
        say("quantize", "m", "rows.csv", "--method", "x"),
        say("export", "m", "-f", "gguf", "-o", "x.gguf"),
        say("jobs", "show", "nope"),
    ]

    assert [code for code, _ in told] == [0] * len(told)
    assert all(code for code, _ in refused)
    pages = [line for page in ("page.html", "look.html") for line in Text(Path(page).read_text("utf-8")).lines]
    assert english("\n".join([*(text for _, text in [*told, *refused]), *pages])) == []
    assert "m 的诊断" in pages
    assert "重复、泄漏、机密" in pages
