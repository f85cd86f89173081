"""Tasks, metrics and export forms of an installed package are used like our own; what fails in one is told as its."""

import json
import random
import sys
import tarfile
from pathlib import Path

import pytest
import tiny
from plugin import install, lay

from autogpt import AutoGpt, AutoGptAdam, AutoGptDataset, UsageError
from autogpt.cli.main import run
from autogpt.core.errors import AutoGPTError
from autogpt.studio.export.export import export
from autogpt.studio.metrics import scored
from autogpt.studio.train import train


@pytest.fixture
def cli(tmp_path, monkeypatch, capsys):
    for name in ("AUTOGPT_HOME", "AUTOGPT_CACHE"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run(["studio", *arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    yield call
    for name in ("ratings", "broken"):
        sys.modules.pop(name, None)


@pytest.fixture
def reviews(tmp_path) -> Path:
    """Texts whose number is 5 with a good word and 1 with a bad one."""
    dice = random.Random(0)
    rows = ["text,rating"]
    for _ in range(96):
        stars, word = dice.choice(((5, "good"), (5, "lovely"), (1, "bad"), (1, "awful")))
        rows.append(f"{dice.choice(tiny.NAMES)} likes the {word} day in {dice.choice(tiny.PLACES)},{stars}")
    path = tmp_path / "reviews.csv"
    path.write_text("\n".join(rows) + "\n")
    return path


def test_the_example_works_from_the_rows_to_the_archive(cli, reviews, tmp_path, monkeypatch):
    install(tmp_path / "site", monkeypatch)
    base = str(tiny.encoder(tmp_path / "base"))
    code, out, err = cli("data", "profile", str(reviews), "-t", "text-rating", "--json")
    assert (code, json.loads(out)["splits"]["train"]["rows"]) == (0, 96), err
    code, _, err = cli("data", "split", str(reviews), "-t", "text-rating", "-o", "cut", "--quiet")
    assert (code, json.loads(Path("cut/test.jsonl").read_text().splitlines()[0]).keys()) == (0, {"text", "rating"}), err
    sizes = "--epochs 12 --batch 8 --learning-rate 0.003 --max-length 16 --set precision=fp32 --quiet".split()
    sizes += ["--set", "freeze_embeddings=false", "--set", "head_learning_rate=0.01", "--set", "options.doubt=0.1"]
    train = ("train", "cut", "-t", "text-rating", "--base", base, "--name", "stars", *sizes)
    code, out, err = cli(*train, "--metric", "within-one")
    assert code == 0, err
    assert "within-one 1.0000" in out
    code, out, err = cli("eval", "stars", "cut", "--metric", "within-one", "--metric", "r2", "--quiet")
    assert code == 0, err
    assert "10 rows: within-one 1.0000, r2 0." in out
    code, out, _ = cli(
        "predict", "stars", "Ann likes the awful day in Rome", "Bob likes the lovely day in Oslo", "--json"
    )
    bad, good = (json.loads(line)["output"]["rating"] for line in out.splitlines())
    assert bad < 2.5 < 3.5 < good
    code, _, err = cli("export", "stars", "-f", "archive", "-o", "stars.tar.gz", "--quiet")
    assert code == 0, err
    with tarfile.open("stars.tar.gz") as file:
        assert "stars/autogpt.json" in file.getnames()
    code, _, err = cli(*train[:7], "other", "--set", "options.dout=1")
    assert (code, "text-rating has no option 'dout'; did you mean doubt?" in err) == (2, True)


def test_the_example_works_from_python(tmp_path, reviews, monkeypatch, capsys):
    install(tmp_path / "site", monkeypatch)
    rows = AutoGptDataset.load(reviews, "text-rating")
    model = AutoGpt.load(tiny.encoder(tmp_path / "base"))
    model.train(rows, AutoGptAdam(model.parameters(), lr=3e-3), num_epochs=8, batch_size=8)
    found = model.eval(rows, metrics=["within-one", "r2"])
    assert found["within-one"] == 1
    assert model.predict(["Ann likes the awful day in Rome"])[0]["rating"] < 2.5
    model.save(tmp_path / "stars")
    again = AutoGpt.load(tmp_path / "stars")
    assert again.test(rows, metrics=["within-one", "r2"]) == found
    with pytest.raises(UsageError, match="there is no metric 'nope' for text-rating; there are: r2, loss, within-one"):
        again.eval(rows, metrics=["nope"])
    sys.modules.pop("ratings")


BROKEN = """
class Task:
    columns = ("text", "label")
    rates = network = trainer = score = None
    def predict(self, loaded, rows, batch=32):
        return 1 / 0
class Bare:
    pass
def fails(answers, rows):
    return answers[0]["nope"]
def wordy(answers, rows):
    return "much"
def half(folder, checkpoint, target, *, quant, on_advance):
    return target
"""


@pytest.fixture
def broken(tmp_path, monkeypatch):
    entries = {
        "autogpt.studio.tasks": {"failing": "broken:Task", "bare": "broken:Bare", "gone": "nowhere:Task"},
        "autogpt.studio.metrics": {"fails": "broken:fails", "wordy": "broken:wordy"},
        "autogpt.studio.exporters": {"half": "broken:half"},
    }
    lay(tmp_path / "site", monkeypatch, "broken", entries, {"broken.py": BROKEN})
    yield
    sys.modules.pop("broken", None)


def test_a_plug_in_that_fails_is_named_with_its_package_and_place(tmp_path, broken, cli, reviews):
    code, _, err = cli("data", "profile", str(reviews), "-t", "gone")
    assert code == 1
    told = "ModuleNotFoundError: No module named 'nowhere'; mend it, or uninstall the package"
    assert f"the plug-in 'gone' (broken) cannot be used, {told}" in err
    code, _, err = cli("data", "profile", str(reviews), "-t", "bare")
    assert (code, "the plug-in 'bare' (broken) has no `columns`" in err) == (1, True)
    code, _, err = cli("data", "profile", str(reviews), "-t", "nope")
    assert (code, "there are: text-classification" in err, "bare, failing, gone" in err) == (2, True, True)


def test_a_plug_in_that_exits_ends_nothing_without_a_word(tmp_path, monkeypatch, cli, reviews):
    lay(
        tmp_path / "site",
        monkeypatch,
        "leaver",
        {"autogpt.studio.tasks": {"leaves": "leaves:Task"}},
        {"leaves.py": "import sys\nsys.exit(0)\n"},
    )
    code, _, err = cli("data", "profile", str(reviews), "-t", "leaves")
    assert (code, "the plug-in 'leaves' (leaver) failed in line 2 of leaves.py, SystemExit: 0" in err) == (1, True), err


@pytest.mark.parametrize(
    ("entry", "code", "told"),
    [
        ("odd:Task", "\ndef x(:\n", "'odd' (odd) failed in line 2 of odd.py, SyntaxError: invalid syntax"),
        ("odd:Nope", "", "'odd' (odd) cannot be used, AttributeError: module 'odd' has no attribute 'Nope'"),
        ("odd:Task", "Task = 3", "'odd' (odd) is 3, where a class or a function is due"),
        (
            "odd:Task",
            "class Task:\n    def __init__(self, x):\n        pass\n",
            "'odd' (odd) cannot be used, TypeError: Task.__init__() missing 1 required positional argument: 'x'",
        ),
        (
            "odd:Task",
            "from json import loads\nclass Task:\n    def __init__(self):\n        loads('{')\n",
            "'odd' (odd) failed in line 4 of odd.py, JSONDecodeError: ",
        ),
    ],
)
def test_the_place_that_is_told_is_one_in_the_plug_in(tmp_path, monkeypatch, cli, reviews, entry, code, told):
    lay(tmp_path / "site", monkeypatch, "odd", {"autogpt.studio.tasks": {"odd": entry}}, {"odd.py": code})
    exit_code, _, err = cli("data", "profile", str(reviews), "-t", "odd")
    sys.modules.pop("odd", None)
    assert (exit_code, f"the plug-in {told}" in err, "Traceback" in err) == (1, True, False), err


def test_of_two_packages_with_one_name_none_is_taken(tmp_path, monkeypatch, cli, reviews):
    for name in ("one", "two"):
        lay(tmp_path / name, monkeypatch, name, {"autogpt.studio.tasks": {"twice": f"{name}:Task"}}, {})
    code, _, err = cli("data", "profile", str(reviews), "-t", "twice")
    assert (code, "'twice' is offered by several packages, one, two; uninstall all but one" in err) == (1, True), err


EXPORTS = """
from autogpt.studio.export.exported import describe
def whole(folder, checkpoint, target, *, quant, on_advance):
    target.mkdir()
    (target / "a.txt").write_text(checkpoint.name)
    return describe("whole", target, [target / "a.txt"], [])
def fails(folder, checkpoint, target, *, quant, on_advance):
    target.write_text("half")
    raise OSError("no room")
def astray(folder, checkpoint, target, *, quant, on_advance):
    other = target.with_suffix(".other")
    other.write_text("x")
    return describe("astray", target, [other], [])
"""


def test_what_a_plug_in_writes_is_there_whole_or_not_at_all(tmp_path, monkeypatch, cli):
    names = {"autogpt.studio.exporters": {name: f"exports:{name}" for name in ("whole", "fails", "astray")}}
    lay(tmp_path / "site", monkeypatch, "exports", names, {"exports.py": EXPORTS})
    model = AutoGpt.load(tiny.encoder(tmp_path / "base"))
    model.train(AutoGptDataset(tiny.opinions_corpus(16, 8)), num_epochs=1)
    model.save(tmp_path / "AUTOGPT_HOME" / "checkpoints" / "mood")
    done = model.export("python", "whole")
    assert (done.target, done.paths) == (Path("python"), (Path("python/a.txt"),))
    code, out, err = cli("export", "mood", "-f", "whole", "-o", "out", "--quiet")
    assert (code, out.split()[-1]) == (0, str(Path("out/a.txt").absolute())), err
    for form, told in (
        ("fails", "failed in line 9 of exports.py, OSError: no room"),
        ("astray", "the plug-in 'astray' (exports) did not write to its target alone ('other')"),
    ):
        code, _, err = cli("export", "mood", "-f", form, "-o", "other", "--quiet")
        assert (code, told in err) == (1, True), err
    assert sorted(path.name for path in Path.cwd().iterdir()) == ["out", "python"]
    Path("out/a.txt").write_text("mine")
    code, _, err = cli("export", "mood", "-f", "whole", "-o", "out", "--quiet")
    assert (code, "is there already; choose another name (-o)" in err) == (2, True), err
    with pytest.raises(UsageError, match="is there already"):
        model.export("out", "whole")
    assert Path("out/a.txt").read_text() == "mine"
    sys.modules.pop("exports", None)


def test_a_failing_metric_exporter_and_kind_are_no_bugs_of_ours(tmp_path, broken):
    from autogpt.studio.evaluate import predict
    from autogpt.studio.model import load

    corpus = tiny.opinions_corpus(16, 8)
    model = AutoGpt.load(tiny.encoder(tmp_path / "base"))
    data = AutoGptDataset(corpus)
    model.train(data, num_epochs=1)
    with pytest.raises(AutoGPTError, match=r"'fails' \(broken\) failed in line 10 of broken\.py, KeyError: 'nope'"):
        model.eval(data, metrics=["fails"])
    with pytest.raises(AutoGPTError, match=r"'wordy' \(broken\) returned 'much' where one finite number is"):
        model.eval(data, metrics=["wordy"])
    folder = model.save(tmp_path / "mood")
    with pytest.raises(AutoGPTError, match=r"'half' .* returned .* where an `Exported` is due"):
        export(folder, "half", tmp_path / "out")
    loaded = load(folder)
    loaded.checkpoint = loaded.checkpoint.model_copy(update={"task": "failing"})
    with pytest.raises(AutoGPTError, match=r"'failing' \(broken\) failed in line 6 of broken\.py, ZeroDivisionError"):
        predict(loaded, ["a good day"])


def test_the_metric_decides_which_weights_are_kept(tmp_path):
    """By loss the lowest is the best, whatever the accuracy says."""
    base = tiny.encoder(tmp_path / "base")
    settings = {"task": "text-classification", "base": str(base), "epochs": 4, "batch": 8, "precision": "fp32"}
    from autogpt.studio.recipe import Recipe

    recipe = Recipe(**settings, learning_rate=5e-3, metric="loss", options={"fit_head": False})
    told = train(recipe, tiny.opinions_corpus(48, 16), tmp_path / "out", cache=tmp_path)
    losses = {step: scores.values["loss"] for step, scores in told.evaluations}
    assert told.best_step == min(losses, key=losses.__getitem__)
    assert told.final.main == "loss"
    with pytest.raises(
        UsageError, match="there is no metric 'f2' for text-classification; there are: accuracy, f1_macro"
    ):
        train(recipe.model_copy(update={"metric": "f2"}), tiny.opinions_corpus(48, 16), tmp_path / "b", cache=tmp_path)
    no_proof = tiny.opinions_corpus(48, 16)
    no_proof.splits.pop("validation")
    with pytest.raises(UsageError, match="'loss' is measured on validation rows, and there are none"):
        train(recipe, no_proof, tmp_path / "c", cache=tmp_path)


def test_named_scores_alone_are_told(tmp_path):
    corpus = tiny.opinions_corpus(16, 8)
    model = AutoGpt.load(tiny.encoder(tmp_path / "base"))
    model.train(AutoGptDataset(corpus), num_epochs=1)
    scores = scored(model.loaded, corpus.splits["validation"], metrics=["macro_f1", "loss"])
    assert (list(scores.values), scores.main) == (["macro_f1", "loss"], "macro_f1")
