"""What came of a job, as it is told: of the weights that were kept, in words that fit the numbers."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import tiny
from test_images import stripes

from autogpt.cli.studio_told import told
from autogpt.locale import use
from autogpt.studio.compress.shrunk import Shrunk, Speed
from autogpt.studio.corpus import Corpus
from autogpt.studio.data import load
from autogpt.studio.diagnose.measures import meaning
from autogpt.studio.jobs import Job, Status
from autogpt.studio.recipe import Recipe
from autogpt.studio.report import Scores, Trained
from autogpt.studio.train import train


def done(result: dict) -> list[str]:
    now = datetime.now(UTC)
    job = Job(id="j", kind="train", arguments={}, created=now)
    return told(Status(job=job, state="done", attempts=1, began=now, ended=now, result=result))


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Trained:
    """The more it learns the worse it gets: the validation rows have the labels the wrong way round."""
    folder = tmp_path_factory.mktemp("told")
    recipe = Recipe(
        task="text-classification", base=str(tiny.encoder(folder / "base")), epochs=8, batch=8, learning_rate=3e-3,
        head_learning_rate=1e-2, freeze_embeddings=False, precision="fp32", threads=1, options={"fit_head": False},
    )  # fmt: skip
    corpus = tiny.opinions_corpus(train=96)
    wrong = corpus.splits["validation"].map(lambda row: {"label": "bad" if row["label"] == "good" else "good"})
    corpus = Corpus(corpus.task, {**corpus.splits, "validation": wrong}, corpus.labels)
    return train(recipe, corpus, folder / "moods", cache=folder)


def test_the_scores_that_are_told_are_those_of_the_weights_that_were_kept(trained):
    last_step, last = trained.evaluations[-1]
    assert trained.best_step < last_step
    assert trained.final.best > last.best
    lines = done({"trained": trained.model_dump(mode="json")})
    epoch = trained.best_step / 12  # 96 rows, 8 a step
    best = f"kept: the weights of step {trained.best_step} of {trained.steps} (epoch {epoch:.1f})"
    assert lines[1] == f"{best}, the best on the validation rows"
    assert lines[2].startswith(f"validation, 24 rows: accuracy {trained.final.best:.4f}")


def test_images_are_counted_as_images(tmp_path):
    stripes(tmp_path / "data" / "train", 32, 0)
    recipe = Recipe(
        task="image-classification", base="small-resnet", max_steps=2, batch=16, precision="fp32", threads=1
    )
    trained = train(recipe, load(tmp_path / "data", recipe.task), tmp_path / "m", cache=tmp_path / "cache")
    assert (trained.tokens, trained.images_per_second > 0) == (0, True)
    line = done({"trained": trained.model_dump(mode="json")})[0]
    assert "images/s" in line
    assert "tokens" not in line


def test_what_became_slower_is_not_called_faster(tmp_path):
    scores = Scores(rows=9, main="accuracy", values={"accuracy": 1.0})
    shrunk = Shrunk(
        method="weights-int8", folder=tmp_path, before_bytes=10_000_000, after_bytes=20_000_000, before_parameters=1,
        after_parameters=1, threads=1, before=scores, after=scores, agreement=1, seconds=1,
        speeds=(
            Speed(batch=1, batches=9, tokens=8, unit="rows", count=1, before_ms=3, after_ms=5),
            Speed(batch=32, batches=9, tokens=8, unit="rows", count=32, before_ms=5, after_ms=4),
        ),
    )  # fmt: skip
    for text in ("\n".join(done({"shrunk": shrunk.model_dump(mode="json")})), shrunk.table()):
        assert "| batch 1, 8 tokens: rows/s | 333.3 | 200.0 | 0.60x the speed |" in text
        assert "| batch 32, 8 tokens: rows/s | 6,400.0 | 8,000.0 | 1.25x the speed |" in text
        assert "| size, MB | 10.0 | 20.0 | 2.00x larger |" in text


@pytest.mark.parametrize(("shares", "told"), [((0.9, 0.31), True), ((1.0, 0.8), False)])
def test_speeds_of_a_busy_machine_are_called_rough(tmp_path, shares, told):
    speeds = [
        Speed(batch=1, batches=9, tokens=8, count=1, before_ms=3, after_ms=5, share=share).model_dump(mode="json")
        for share in shares
    ]
    lines = done({"shrunk": {**_shrunk(tmp_path), "speeds": speeds}})
    busy = "✗ this machine was busy: a core was ours for 31% of the time, so the speeds are rough"
    assert [line for line in lines if "busy" in line] == [busy] * told


def _shrunk(folder: Path) -> dict[str, object]:
    scores = Scores(rows=9, main="f1", values={"f1": 1.0})
    return Shrunk(
        method="any", folder=folder, before_bytes=4, after_bytes=1, before_parameters=1, after_parameters=1, threads=1,
        before=scores, after=scores, agreement=1, seconds=1, speeds=(),
    ).model_dump(mode="json")  # fmt: skip


def test_what_stays_in_float_is_told_with_what_it_brings_and_costs(tmp_path):
    extra = {
        "products left in float": 24,
        "chosen on rows": 400,
        "ways": [{"floats": 12, "lost": 0.006, "chance": 0.005}, {"floats": 24, "lost": 0.002, "chance": 0.004}],
        "within": False,
        "slower": 1.31,
    }

    def told(**changes: object) -> list[str]:
        value = {**_shrunk(tmp_path), "extra": {**extra, **changes}}
        return [line for line in done({"shrunk": value}) if "float" in line]

    assert told() == [
        "24 products stay in float; of 400 rows set aside 0.20 points are lost so (by chance 0.40)",
        "with 12 in float: 0.60 (by chance 0.50); what was chosen takes 1.31 times as long",
        "that half a point or less is lost is not certain by these rows; with more in float it were slow",
    ]
    assert told(within=True) == told()[:2]
    assert told(ways=[]) == []


def test_how_long_a_pruned_network_recovered_is_told(tmp_path):
    result = {"shrunk": {**_shrunk(tmp_path), "extra": {"rounds": [0.5, 0.75, 0.7], "wanted": 0.74}}}
    told = "rounds of lessons: 3; on rows set aside it scores 0.7500, 0.7400 was wanted"
    assert done(result)[-1] == told


def test_scores_splits_and_averages_have_chinese_names_for_a_chinese_reader():
    found = {"好评": {"precision": 1.0, "recall": 0.5, "f1": 0.67, "support": 2.0}}
    found["macro avg"] = found["好评"]
    scores = Scores(rows=2, main="accuracy", values={"accuracy": 0.5, "f1_macro": 0.6, "mine": 1}, per_label=found)
    use("zh")
    try:
        lines = done({"split": "test", "scores": scores.model_dump(mode="json"), "table": "in English"})
    finally:
        use("en")
    assert lines[0] == "测试，2 行：准确率 0.5000, 宏平均 F1 0.6000, mine 1.0000"
    assert [line.split() for line in lines[1:] if line] == [
        ["精确率", "召回率", "f1", "支持数"],
        ["好评", "1.0000", "0.5000", "0.6700", "2"],
        ["宏平均", "1.0000", "0.5000", "0.6700", "2"],
    ]


def test_every_score_that_a_classifier_has_is_explained(trained):
    assert [name for name in trained.final.values if not meaning(name, "text-classification")] == []
