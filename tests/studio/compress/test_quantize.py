from pathlib import Path

import learned
import onnx
import pytest
from datasets import Dataset

from autogpt.core.errors import UsageError
from autogpt.studio.checkpoint import read_checkpoint, sha256_of
from autogpt.studio.compress.quantize import quantize
from autogpt.studio.evaluate import predict
from autogpt.studio.model import load

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
