"""Nothing of the person's is written over: not the source by any name it has, and no file they did not give away."""

import os
from pathlib import Path

import pytest

from autogpt.cli.main import run
from autogpt.core.errors import UsageError
from autogpt.studio.data import load
from autogpt.studio.data.page import write_page
from autogpt.studio.data.profile import profile
from autogpt.studio.data.save import save

ROWS = "text,label\n" + "".join(f"row {n} of mine,{n % 2}\n" for n in range(40))


@pytest.fixture
def mine(tmp_path, monkeypatch) -> Path:
    """A folder of the person's own, with the source in it and a file that has nothing to do with it."""
    for name in ("AUTOGPT_HOME", "AUTOGPT_CACHE"):
        monkeypatch.setenv(name, str(tmp_path / name))
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "train.csv").write_text(ROWS)
    (folder / "notes.txt").write_text("years of work")
    monkeypatch.chdir(folder)
    return folder


def content(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.rglob("*") if path.is_file()}


def studio(*arguments: str) -> int:
    return run(["studio", "data", *arguments, "--quiet"])


@pytest.mark.parametrize("overwrite", [[], ["--overwrite"]])
@pytest.mark.parametrize("target", [".", "../mine", "link", "sub/.."])
@pytest.mark.parametrize("command", ["split", "clean", "convert"])
def test_the_source_stays_as_it_is_whatever_its_folder_is_called(mine, capsys, command, target, overwrite):
    (mine / "link").symlink_to(mine)
    (mine / "sub").mkdir()
    before = content(mine)
    assert studio(command, "train.csv", "-o", target, "-f", "csv", *overwrite) == 2
    assert content(mine) == before
    told = capsys.readouterr().err
    assert "is read from, so it is not written over" in told
    assert told.count("\n") == 1


@pytest.mark.parametrize("tie", [os.symlink, os.link])
def test_a_link_to_the_source_is_the_source(mine, tie, capsys):
    (mine / "out").mkdir()
    tie(mine / "train.csv", mine / "out" / "train.csv")
    assert studio("convert", "train.csv", "-o", "out", "-f", "csv", "--overwrite") == 2
    assert "'out/train.csv' is read from, so it is not written over" in capsys.readouterr().err
    assert (mine / "train.csv").read_text() == (mine / "out" / "train.csv").read_text() == ROWS


def test_exam_texts_and_files_of_a_source_folder_are_not_written_over_either(mine):
    (mine / "exam").mkdir()
    (mine / "exam" / "train.jsonl").write_text('{"text": "a question of the exam"}\n')
    assert studio("clean", "train.csv", "-o", "exam", "--against", "exam", "--overwrite") == 2
    assert studio("convert", str(mine), "-o", str(mine), "-f", "csv", "--overwrite") == 2
    assert (mine / "exam" / "train.jsonl").read_text() == '{"text": "a question of the exam"}\n'
    assert (mine / "train.csv").read_text() == ROWS


def test_a_folder_with_files_in_it_is_left_alone_unless_it_is_given_away(mine, capsys):
    (mine / "out").mkdir()
    (mine / "out" / "train.jsonl").write_text("mine")
    (mine / "out" / "other.txt").write_text("mine, too")
    assert studio("convert", "train.csv", "-o", "out") == 2
    assert "the folder 'out' is not empty; choose another, or say --overwrite" in capsys.readouterr().err
    assert content(mine / "out") == {"train.jsonl": "mine", "other.txt": "mine, too"}
    assert studio("convert", "train.csv", "-o", "out", "--overwrite") == 0
    assert (mine / "out" / "train.jsonl").read_text().startswith('{"text": "row 0 of mine"')
    assert (mine / "out" / "other.txt").read_text() == "mine, too"


def test_a_link_in_a_folder_that_was_given_away_is_replaced_and_not_followed(mine):
    (mine / "out").mkdir()
    (mine / "out" / "train.jsonl").symlink_to(mine / "notes.txt")
    assert studio("convert", "train.csv", "-o", "out", "--overwrite") == 0
    assert (mine / "notes.txt").read_text() == "years of work"


def test_what_would_be_read_with_the_new_rows_is_told(mine, capsys):
    assert studio("split", "train.csv", "-o", "out", "--cut", "test=0.2") == 0
    assert studio("convert", "train.csv", "-o", "out", "--overwrite") == 2
    assert "'out/test.jsonl' would stay as it is beside the new files" in capsys.readouterr().err


def test_a_target_that_is_no_folder_is_told(mine, capsys):
    assert studio("convert", "train.csv", "-o", "notes.txt") == 2
    assert "it is no folder" in capsys.readouterr().err
    assert studio("convert", "train.csv", "-o", "notes.txt/sub") == 2
    assert (mine / "notes.txt").read_text() == "years of work"


def test_a_folder_that_is_named_like_a_file_is_not_made(mine, capsys):
    assert studio("convert", "train.csv", "-o", "rows.jsonl") == 2
    assert "'rows.jsonl' is named like a file; -o names a folder" in capsys.readouterr().err
    assert not (mine / "rows.jsonl").exists()


def test_the_files_come_to_be_together_or_not_at_all(tmp_path):
    """Of two splits the second cannot be written: a token with a tag too few."""
    from datasets import Dataset

    from autogpt.studio.corpus import Corpus

    good = Dataset.from_list([{"tokens": ["a"], "tags": ["O"]}])
    bad = Dataset.from_list([{"tokens": ["a", "b"], "tags": ["O"]}])
    with pytest.raises(ValueError, match="shorter"):
        save(Corpus("token-classification", {"train": good, "test": bad}), tmp_path / "out", "conll")
    assert content(tmp_path / "out") == {}


def test_a_page_and_the_json_beside_it_replace_nothing_unasked(mine, capsys):
    (mine / "rows.json").write_text('[{"text": "a", "label": "x"}]')
    for overwrite in ([], ["--overwrite"]):
        assert studio("profile", "rows.json", "-o", "rows.html", *overwrite) == 2
        assert (mine / "rows.json").read_text() == '[{"text": "a", "label": "x"}]'
    assert studio("profile", "train.csv", "-o", "page.json") == 2
    assert "give one that ends in .html" in capsys.readouterr().err
    assert studio("profile", "train.csv", "-o", "page.html") == 0
    assert studio("profile", "train.csv", "-o", "page.html") == 2
    assert studio("profile", "train.csv", "-o", "page.html", "--overwrite") == 0
    with pytest.raises(UsageError, match=r"page\.html' is there already"):
        write_page(profile(load(mine / "train.csv", "text-classification")), mine / "page.html")
