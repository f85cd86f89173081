"""A training whose numbers become none: it ends at once, says what to try, and passes nothing off as a model."""

import json
import math

import pytest
import tiny
import torch
from torch.optim.lr_scheduler import LambdaLR

from autogpt import AutoGpt, AutoGptAdam, AutoGptDataset
from autogpt.cli.main import run
from autogpt.core.errors import UsageError
from autogpt.studio.diverged import TrainingDiverged
from autogpt.studio.evaluate import evaluate
from autogpt.studio.model import load
from autogpt.studio.recipe import Recipe
from autogpt.studio.search import read_search, search


@pytest.fixture
def cli(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("AUTOGPT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("AUTOGPT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.chdir(tmp_path)
    rows = [f"{row['text']},{row['label']}" for row in tiny.opinions(120, 0)]
    (tmp_path / "rows.csv").write_text("text,label\n" + "\n".join(rows) + "\n")
    tiny.encoder(tmp_path / "base")

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run(["studio", *arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    return call


TRAIN = ["train", "rows.csv", "--base", "base", "--max-length", "16", "--batch", "8", "--quiet", "--name", "m"]
TRAIN += ["--set", "precision=fp32", "--set", "freeze_embeddings=false"]


@pytest.mark.parametrize("cut", ["validation=0.2", "test=0.2"])
def test_a_rate_far_too_high_ends_the_training_and_leaves_nothing(cli, cut, tmp_path):
    code, out, err = cli(*TRAIN, "--cut", cut, "--learning-rate", "1e30")
    assert (code, out) == (1, "")
    assert "the training diverged at step" in err
    assert "Try a lower learning rate than 1e+30 (--learning-rate 1e+29)" in err
    assert json.loads(cli("list", "--json")[1]) == []
    assert list((tmp_path / "home" / "checkpoints").iterdir()) == []


def test_the_best_weights_before_are_a_checkpoint_of_their_own(cli, tmp_path):
    # Decay turned into growth: each step doubles the weights, and after some epochs no number holds them.
    more = ["--set", "weight_decay=3000", "--set", "schedule=constant", "--epochs", "10", "--learning-rate", "0.001"]
    code, _, err = cli(*TRAIN, "--cut", "validation=0.2", *more)
    assert code == 1, err
    (kept,) = json.loads(cli("list", "--json")[1])
    assert f"are the checkpoint '{kept['name']}'" in err
    assert kept["name"].startswith("m-step-")
    code, _, err = cli("eval", kept["name"], "rows.csv", "--quiet")
    assert code == 0, err
    assert cli("predict", kept["name"], "Bob likes the good day in Rome")[0] == 0
    # The name is free for the next try.
    code, _, err = cli(*TRAIN, "--cut", "validation=0.2", "--epochs", "1")
    assert code == 0, err


def test_a_search_is_told_trial_by_trial_and_its_best_recipe_trains_again(cli, tmp_path):
    more = ["--epochs", "1", "--cut", "validation=0.2", "--cut", "test=0.1"]
    code, out, err = cli(*TRAIN, *more, "--trials", "2")
    assert code == 0, err
    folder = tmp_path / "home" / "checkpoints" / "m"
    found = read_search(folder)
    assert [line.split(":")[0] for line in out.splitlines() if line.startswith("trial")] == [
        f"trial {one.number + 1}" for one in sorted(found.trials, key=lambda one: -one.score)
    ]
    assert load(folder).checkpoint.recipe == found.recipe
    job = json.loads(cli("jobs", "show", "last", "--json")[1])
    assert [one["settings"] for one in job["result"]["search"]["trials"]] == [
        dict(one.settings) for one in found.trials
    ]
    again = ["train", "rows.csv", "--recipe", str(folder / "recipe.json"), "--name", "again", "--seed", "5", "--quiet"]
    code, _, err = cli(*again)
    assert code == 0, err
    recipe = load(tmp_path / "home" / "checkpoints" / "again").checkpoint.recipe
    assert recipe == found.recipe.model_copy(update={"seed": 5})
    (tmp_path / "bad.json").write_text("[1]")
    assert "is no recipe" in cli("train", "rows.csv", "--recipe", "bad.json")[2]
    assert "cannot be read" in cli("train", "rows.csv", "--recipe", "none.json")[2]


def test_from_python_the_model_has_the_best_weights_before(tmp_path):
    tiny.encoder(tmp_path / "base")
    corpus = tiny.opinions_corpus()
    model = AutoGpt.load(tmp_path / "base")
    optimizer = AutoGptAdam(model.parameters(), lr=1e-3)
    scheduler = LambdaLR(optimizer, lambda step: 1.0 if step < 30 else 1e36)
    with pytest.raises(TrainingDiverged) as told:
        model.train(AutoGptDataset(corpus), optimizer, scheduler, num_epochs=4, batch_size=8)
    assert 0 < told.value.kept <= 24
    assert told.value.step > 24
    model.save(tmp_path / "m")
    scores = evaluate(load(tmp_path / "m"), corpus.splits["validation"])
    assert scores.values["loss"] < 5


def test_a_search_goes_on_after_a_trial_that_diverged(tmp_path):
    tiny.encoder(tmp_path / "base")
    recipe = Recipe(
        task="text-classification", base=str(tmp_path / "base"), epochs=1, batch=8, precision="fp32", threads=1,
        freeze_embeddings=False,
    )  # fmt: skip
    space = {"learning_rate": [1e30, 1e-3]}
    found = search(recipe, tiny.opinions_corpus(), tmp_path / "s", cache=tmp_path, trials=4, space=space)
    assert {trial.ended for trial in found.trials} == {"complete", "diverged"}
    assert found.recipe.learning_rate == 1e-3


def test_a_model_that_went_astray_is_told_when_it_is_scored(tmp_path):
    model = AutoGpt.load(tiny.encoder(tmp_path / "base"))
    data = AutoGptDataset(tiny.opinions_corpus(16, 8))
    model.train(data, num_epochs=1)
    folder = model.save(tmp_path / "made")
    loaded = load(folder)
    with torch.no_grad():
        loaded.network.classifier.bias[0] = math.nan
    with pytest.raises(UsageError, match="answers with numbers that are not finite: the training went astray"):
        evaluate(loaded, tiny.opinions_corpus(8, 8).splits["validation"])
