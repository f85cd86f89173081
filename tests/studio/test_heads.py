"""Heads: kept for the labels they were trained for, in whatever order these come; a new one is never made silently."""

import warnings

import pytest
import tiny
import torch

from autogpt import AutoGpt, AutoGptDataset, UsageError
from autogpt.cli.studio_told import told
from autogpt.studio.checkpoint import read_checkpoint, write_checkpoint
from autogpt.studio.corpus import Corpus
from autogpt.studio.jobs import Job, Status
from autogpt.studio.model import begin, load
from autogpt.studio.recipe import Recipe
from autogpt.studio.train import train


@pytest.fixture(scope="module")
def moods(tmp_path_factory):
    model = AutoGpt.load(tiny.encoder(tmp_path_factory.mktemp("base")))
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a base without a head has none to lose
        assert model.train(AutoGptDataset(tiny.opinions_corpus(32, 8)), num_epochs=1).left_labels == ()
    return model.save(tmp_path_factory.mktemp("saved") / "moods")


def other_labels(rows: int = 16) -> Corpus:
    corpus = tiny.opinions_corpus(rows, 8)
    renamed = {name: split.map(lambda row: {"label": row["label"] * 2}) for name, split in corpus.splits.items()}
    return Corpus(corpus.task, renamed, ("badbad", "goodgood"))


def test_labels_in_another_order_go_on_with_the_head_there_is(moods):
    begun = begin(Recipe(task="text-classification", base=str(moods)), ("good", "bad"), moods)
    assert begun.checkpoint.labels == ("bad", "good")
    torch.testing.assert_close(begun.network.classifier.weight, load(moods).network.classifier.weight)
    again = AutoGpt.load(moods)
    corpus = tiny.opinions_corpus(16, 8)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        again.train(AutoGptDataset(Corpus(corpus.task, corpus.splits, ("good", "bad"))), num_epochs=1)
    assert again.loaded.checkpoint.labels == ("bad", "good")


def test_a_head_that_is_made_anew_for_other_labels_is_told(moods, tmp_path):
    recipe = Recipe(task="text-classification", base=str(moods), epochs=1, precision="fp32")
    trained = train(recipe, other_labels(), tmp_path / "other", cache=tmp_path)
    assert trained.left_labels == ("bad", "good")
    job = Job(id="1", kind="train", arguments={}, created="2026-01-01T00:00:00Z")
    result = {"trained": trained.model_dump(mode="json")}
    lines = told(Status(job=job, state="done", attempts=1, result=result))
    assert "has a head for other labels (bad, good): it was made anew" in lines[0]


def test_python_warns_of_a_head_that_is_made_anew_and_keeps_what_was_learned_before(moods):
    model = AutoGpt.load(moods)
    before = model.loaded.checkpoint.lessons
    with pytest.warns(UserWarning, match=r"has a head for other labels \(bad, good\)"):
        model.train(AutoGptDataset(other_labels()), num_epochs=1)
    lessons = model.loaded.checkpoint.lessons
    assert (len(before), len(lessons), lessons[1:]) == (1, 2, before)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # the head is its own now
        model.train(AutoGptDataset(other_labels()), num_epochs=1)


def test_a_checkpoint_whose_head_is_for_other_labels_than_its_card_says_answers_nothing(moods, tmp_path):
    model = AutoGpt.load(moods)
    folder = model.save(tmp_path / "odd")
    write_checkpoint(folder, read_checkpoint(folder).model_copy(update={"labels": ("bad", "fair")}))
    with pytest.raises(UsageError, match=r"holds no head for the labels on its card \(bad, fair\)"):
        load(folder)
