import json
from pathlib import Path

import learned
import onnx
import pytest
import torch
from datasets import Dataset

from autogpt.core.errors import UsageError
from autogpt.studio.checkpoint import read_checkpoint, sha256_of
from autogpt.studio.compress.dynamic import Told, chosen, units
from autogpt.studio.compress.quantize import quantize
from autogpt.studio.corpus import Corpus
from autogpt.studio.evaluate import predict
from autogpt.studio.model import load, save
from autogpt.studio.shrinkworks import set_aside

METHODS = ("onnx-dynamic", "onnx-static", "torch-dynamic", "weights-int8", "weights-int4")


@pytest.mark.parametrize("method", METHODS)
def test_a_quantised_folder_loads_again_and_answers_like_the_model_it_was_made_of(reviews, tmp_path, method):
    rows = learned.review_rows(96, 2)

    shrunk = quantize(
        reviews, method, tmp_path / "small", rows=rows, calibration=learned.review_rows(60, 3), seconds=0.2
    )

    loaded = load(tmp_path / "small")
    before, after = (predict(model, list(rows["text"])) for model in (load(reviews), loaded))
    alike = sum(a["label"] == b["label"] for a, b in zip(before, after, strict=True)) / len(before)
    assert alike == shrunk.agreement >= 0.97
    assert shrunk.before.best > 0.95
    assert shrunk.lost < 0.04
    assert [speed.batch for speed in shrunk.speeds] == [1, 32]
    assert read_checkpoint(tmp_path / "small").parents == ("reviews",)


@pytest.mark.parametrize("method", ["onnx-dynamic", "torch-dynamic"])
def test_tags_of_words_survive_quantisation(names, tmp_path, method):
    shrunk = quantize(names, method, tmp_path / "small", rows=learned.name_rows(64, 2), seconds=0.2)

    assert shrunk.before.best > 0.9
    assert shrunk.agreement >= 0.95
    assert predict(load(tmp_path / "small"), ["we had anna in paris"])[0]["tags"] == ["O", "O", "B-PER", "O", "B-LOC"]


def test_of_a_tagger_what_ends_each_feed_forward_part_stays_in_float(names, reviews, tmp_path):
    def floats(folder: Path, rows: Dataset) -> list[tuple[int, ...]]:
        quantize(folder, "onnx-dynamic", tmp_path / folder.name, rows=rows, seconds=0.02)
        graph = onnx.load(tmp_path / folder.name / "model.onnx").graph
        sizes = {tensor.name: tuple(tensor.dims) for tensor in graph.initializer}
        return [sizes[node.input[1]] for node in graph.node if node.op_type == "MatMul" and node.input[1] in sizes]

    assert floats(names, learned.name_rows(8, 2)) == [(64, 32), (64, 32)]
    assert floats(reviews, learned.review_rows(8, 2)) == []


def test_ranges_are_set_by_rows_from_all_over_the_training_rows(reviews, tmp_path):
    """Rows are often sorted by their label: the first ones would speak for one class alone."""
    train, rows = learned.review_rows(400, 3).sort("label"), learned.review_rows(8, 2)

    def graph(name: str, calibration: Dataset) -> str:
        made = quantize(reviews, "onnx-static", tmp_path / name, rows=rows, calibration=calibration, seconds=0.02)
        return sha256_of(made.folder / "model.onnx")

    assert graph("all", train) == graph("half", train.select(range(0, 400, 2)))


def test_int8_weights_take_a_quarter_of_the_space_where_they_are_most_of_the_model(tmp_path):
    wide = learned.reviews(tmp_path / "wide", hidden_size=128, intermediate_size=512)

    shrunk = quantize(wide, "onnx-dynamic", tmp_path / "small", rows=learned.review_rows(64, 2), seconds=0.2)

    assert shrunk.before_bytes / shrunk.after_bytes > 3


def test_the_same_work_gives_the_same_graph_whatever_the_clock_says(reviews, tmp_path):
    rows = learned.review_rows(64, 2)

    first, second = (
        quantize(reviews, "onnx-dynamic", tmp_path / name, rows=rows, seconds=seconds)
        for name, seconds in (("one", 0.05), ("two", 0.3))
    )

    assert sha256_of(first.folder / "model.onnx") == sha256_of(second.folder / "model.onnx")
    assert (first.extra, first.agreement) == (second.extra, second.agreement)


@pytest.mark.parametrize(
    ("method", "said"),
    [("onnx-static", "onnx-static needs calibration rows"), ("onnx-dynamic", "is there already")],
)
def test_what_cannot_be_quantised_is_said_before_anything_is_written(reviews, tmp_path, method, said):
    target = tmp_path / "small"
    if "already" in said:
        target.mkdir()

    with pytest.raises(UsageError, match=said):
        quantize(reviews, method, target, rows=learned.review_rows(8, 2))

    assert sorted(path.name for path in tmp_path.iterdir()) == (["small"] if target.exists() else [])


def test_a_quantised_model_is_not_quantised_again(reviews, tmp_path):
    rows = learned.review_rows(16, 2)
    quantize(reviews, "torch-dynamic", tmp_path / "small", rows=rows, seconds=0.2)

    with pytest.raises(
        UsageError, match=r"quantised already \(torch-int8\); begin from what it was made of, 'reviews'"
    ):
        quantize(tmp_path / "small", "onnx-dynamic", tmp_path / "smaller", rows=rows)


def spoiled(folder: Path, target: Path) -> Path:
    """Much the same model, whose feed-forward parts each have a neuron that is ten thousand times as loud as the others
    and is listened to as much less: in 8 bits nothing is left of the others, which counts, for these are far from 0."""
    loaded = load(folder)
    with torch.no_grad():
        for layer in loaded.network.bert.encoder.layer:
            begin, end = layer.intermediate.dense, layer.output.dense
            begin.bias += 20
            end.bias -= 20 * end.weight.sum(1)
            begin.weight[0] *= 1e4
            begin.bias[0] *= 1e4
            end.weight[:, 0] *= 1e-4
    return save(loaded, target)


def test_as_much_stays_in_float_as_the_rows_set_aside_need(reviews, tmp_path):
    folder, rows = spoiled(reviews, tmp_path / "spoiled"), learned.review_rows(96, 2)

    blind = quantize(folder, "onnx-dynamic", tmp_path / "blind", rows=rows, seconds=0.02)
    guarded = quantize(
        folder, "onnx-dynamic", tmp_path / "guarded", rows=rows, aside=learned.review_rows(200, 3), seconds=0.02
    )

    assert (blind.lost > 0.05, blind.extra) == (True, {})
    assert (guarded.lost, guarded.extra["products left in float"], guarded.extra["within"]) == (0, 2, True)
    first, second = guarded.extra["ways"]
    assert (first["floats"], first["lost"] > 0.05, second["floats"]) == (0, True, 2)
    assert guarded.extra["slower"] > 0


def test_of_rows_set_aside_that_nothing_is_lost_on_all_is_in_int8(reviews, tmp_path):
    aside = learned.review_rows(64, 3)

    shrunk = quantize(reviews, "onnx-dynamic", tmp_path / "small", rows=aside, aside=aside, seconds=0.02)

    assert shrunk.extra == {
        "products left in float": 0,
        "chosen on rows": 64,
        "ways": [{"floats": 0, "lost": 0.0, "chance": 0.0}],
        "within": True,
    }


@pytest.mark.parametrize(
    ("task", "labels", "answer", "count"),
    [
        ("token-classification", ("O", "B-X", "I-X"), {"tags": ["O", "O"], "spans": []}, 0),
        ("token-classification", ("O", "B-X", "I-X"), {"tags": ["B-X", "I-X"], "spans": [{"start": 0, "end": 2}]}, 1),
        ("token-classification", ("NOUN", "VERB"), {"tags": ["NOUN", "NOUN"], "spans": []}, 2),
        ("multi-label", ("a", "b"), {"labels": ["a", "b"]}, 2),
        ("text-classification", ("a", "b"), {"label": "a"}, 1),
    ],
)
def test_chance_is_by_what_may_be_right_or_wrong_in_an_answer(task, labels, answer, count):
    assert len(units(task, labels, json.dumps(answer))) == count


@pytest.mark.parametrize(
    ("ways", "best"),
    [
        ([(0.001, 0.003)], 0),
        ([(0.02, 0.01), (0.001, 0.003)], 1),
        ([(0.0, 0.009), (0.003, 0.007)], 1),
        ([(0.009, 0.006), (0.006, 0.007)], 0),
    ],
)
def test_a_way_within_the_bound_is_taken_or_else_that_whose_answers_changed_least(ways, best):
    assert chosen([Told(floats=place, lost=lost, chance=chance) for place, (lost, chance) in enumerate(ways)]) == best


def test_rows_to_choose_by_are_never_those_to_report_on():
    rows = Dataset.from_dict({"text": ["a"]})
    other = Dataset.from_dict({"text": ["b"]})

    def of(*names: str) -> Dataset | None:
        return set_aside(Corpus("text-classification", {name: other if name == "train" else rows for name in names}))

    assert of("train", "validation", "test") is rows
    assert of("train", "validation") is other
    assert of("train", "test") is other
    assert of("test") is None
