"""The studio in a few lines of Python, to the letter."""

import json
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
import tiny

from autogpt import AutoGpt, AutoGptAdam, AutoGptCyclicScheduler, AutoGptDataset, UsageError
from autogpt.studio.compress.distill import Student
from autogpt.studio.compress.prune import Cut
from autogpt.studio.compress.teach import Lessons


@pytest.fixture(scope="module")
def conll(tmp_path_factory) -> Path:
    """A folder as CoNLL's are: train, dev and test; a sentence ends at a line that holds nothing or white space."""
    folder = tmp_path_factory.mktemp("conll")
    for seed, split in enumerate(("train", "dev", "test")):
        rows = tiny.sentences(120 if split == "train" else 24, seed)
        text = "\n\t\n".join(
            "\n".join(f"{word}\t{tag}" for word, tag in zip(row["tokens"], row["tags"], strict=True)) for row in rows
        )
        (folder / f"{split}.conll").write_text(text + "\n")
    return folder


def test_names_from_a_conll_folder_in_a_few_lines(tmp_path, conll, capsys):
    dataset = AutoGptDataset.load(conll, "ner", split="train")
    held = AutoGptDataset.load(conll, "ner", split="validation")
    assert (len(dataset), len(held)) == (120, 24)
    assert dataset.labels == ("O", "B-LOC", "I-LOC", "B-PER", "I-PER")

    model = AutoGpt.load(tiny.encoder(tmp_path / "base"))
    optimizer = AutoGptAdam(model.parameters(), lr=3e-3)
    scheduler = AutoGptCyclicScheduler(optimizer, mode="triangular")
    trained = model.train(dataset, optimizer, scheduler, num_epochs=6, batch_size=8)
    assert trained.steps == 90
    # The rate of the head, made when the labels were known, swings with the others, ten times as high.
    assert [round(group["lr"] / optimizer.param_groups[0]["lr"]) for group in optimizer.param_groups] == [1, 10]

    assert set(model.eval(held, metrics=["f1", "precision"])) == {"f1", "precision"}
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].split() == ["precision", "recall", "f1", "support"]
    assert [line.rsplit(maxsplit=4)[0].strip() for line in printed if line][1:] == [
        "LOC",
        "PER",
        "micro avg",
        "macro avg",
        "weighted avg",
    ]
    before = model.test(AutoGptDataset.load(conll, "ner"), metrics=["f1"])
    assert before["f1"] > 0.9

    model.save(tmp_path / "names")
    again = AutoGpt.load(tmp_path / "names")
    assert again.test(AutoGptDataset.load(conll, "ner", split="test"), metrics=["f1"]) == before
    (answer,) = again.predict("Ann lives in Rome")
    assert [(span["text"], span["label"]) for span in answer["spans"]] == [("Ann", "PER"), ("Rome", "LOC")]


def test_rows_that_are_left_out_are_told(tmp_path):
    (tmp_path / "names.conll").write_text("Ann B-PER\nsleeps O\n\nHe\nsaw O\n\nBob B-PER\n")
    with pytest.warns(UserWarning, match=r"1 malformed rows left out, first .*names.conll:4: 2 columns were expected"):
        dataset = AutoGptDataset.load(tmp_path / "names.conll", "ner")
    assert repr(dataset) == "<AutoGptDataset token-classification: train 2, 1 malformed left out>"


def test_what_is_not_there_is_said(tmp_path, conll):
    model = AutoGpt.load(tiny.encoder(tmp_path / "base"))
    held = AutoGptDataset.load(conll, "ner", split="validation")
    with pytest.raises(UsageError, match="has no head yet; train it first"):
        model.eval(held)
    model.train(held, num_epochs=1)
    with pytest.raises(UsageError, match="num_epochs=0 and batch_size=16 make no training"):
        model.train(held, num_epochs=0)
    with pytest.raises(UsageError, match="'square' is no mode of a cyclic rate; triangular, triangular2"):
        AutoGptCyclicScheduler(AutoGptAdam(model.parameters()), mode="square")
    with pytest.raises(UsageError, match="there is no metric 'bleu' for token-classification; there are: f1"):
        model.eval(held, metrics=["bleu"])


def test_no_test_is_made_on_the_rows_it_learned_from_while_others_are_held_out(tmp_path, conll):
    model = AutoGpt.load(tiny.encoder(tmp_path / "base"))
    whole = AutoGptDataset.load(conll, "ner")
    model.train(whole, num_epochs=1, batch_size=8)
    whole.corpus.splits.pop("test")
    held = AutoGptDataset.load(conll, "ner", split="validation")
    learned = AutoGptDataset.load(conll, "ner", split="train")
    assert model.test(whole) == model.eval(held) != model.eval(learned)


def test_what_the_command_line_does_with_a_model_python_does_too(tmp_path, conll):
    whole = AutoGptDataset.load(conll, "ner")
    model = AutoGpt.load(tiny.encoder(tmp_path / "base"))
    model.train(whole, num_epochs=1, batch_size=8)

    # Not saved yet: what is shrunk and exported is the model as it is in memory.
    quantised = model.quantize(tmp_path / "int8", whole, seconds=0.05)
    assert quantised.before.best == model.scores(AutoGptDataset.load(conll, "ner", split="test")).best
    assert AutoGpt.load(tmp_path / "int8").predict("Ann lives in Rome")[0]["tags"]
    pruned = model.prune(tmp_path / "pruned", whole, Cut(layers=1), Lessons(epochs=1), seconds=0.05)
    assert pruned.after_parameters < pruned.before_parameters
    student = model.distill(tmp_path / "student", whole, Student(layers=1), Lessons(epochs=1), seconds=0.05)
    assert AutoGpt.load(tmp_path / "student").loaded.checkpoint.parents[0] == model.loaded.checkpoint.name
    assert student.after_parameters == pytest.approx(pruned.before_parameters * 0.6, rel=0.3)
    found = model.diagnose(tmp_path / "look" / "page.html", whole)
    assert (tmp_path / "look" / "page.html").read_text("utf-8").startswith("<!doctype html>")
    assert found.scores.rows == 24
    exported = model.export(tmp_path / "onnx", "onnx")
    assert exported.paths[0].is_file()

    question = json.dumps({"inputs": ["Ann lives in Rome"]}).encode()
    with model.serve("a-key-of-many-letters") as serving:
        headers = {"Authorization": "Bearer a-key-of-many-letters", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{serving.address}/predict", question, headers)
        with urllib.request.urlopen(request) as answer:
            assert json.load(answer)["answers"] == model.predict("Ann lives in Rome")

    with pytest.raises(UsageError, match="there are no test or validation rows to measure on"):
        model.quantize(tmp_path / "x", AutoGptDataset.load(conll, "ner", split="train"))
    with pytest.raises(UsageError, match="no form is known as 'xls'"):
        model.export(tmp_path / "y", "xls")


def test_a_program_is_told_nothing_that_concerns_only_the_makers_of_libraries(tmp_path):
    tiny.encoder(tmp_path / "base")
    program = f"from autogpt import AutoGpt; AutoGpt.load({str(tmp_path / 'base')!r})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")
