"""The studio in a few lines of Python, to the letter."""

from pathlib import Path

import pytest
import tiny

from autogpt import AutoGpt, AutoGptAdam, AutoGptCyclicScheduler, AutoGptDataset, UsageError


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


def test_what_is_not_there_is_said(tmp_path, conll):
    model = AutoGpt.load(tiny.encoder(tmp_path / "base"))
    held = AutoGptDataset.load(conll, "ner", split="validation")
    with pytest.raises(UsageError, match="has no head yet; train it first"):
        model.eval(held)
    model.train(held, num_epochs=1)
    with pytest.raises(UsageError, match="there is no metric 'bleu' for token-classification; there are: f1"):
        model.eval(held, metrics=["bleu"])
