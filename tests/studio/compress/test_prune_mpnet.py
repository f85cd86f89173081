"""MPNet's layers share one position bias with a column for each head: what is left of them keeps to its own."""

import learned
import pytest
import torch

from autogpt.studio.checkpoint import read_checkpoint
from autogpt.studio.compress.distill import Student, distill
from autogpt.studio.compress.importance import importance
from autogpt.studio.compress.prune import Cut, prune
from autogpt.studio.compress.quantize import quantize
from autogpt.studio.compress.resize import blocks, keep_heads, keep_layers, keep_neurons, sizes
from autogpt.studio.compress.teach import Lessons
from autogpt.studio.evaluate import evaluate, predict
from autogpt.studio.export.export import export
from autogpt.studio.kind import Loaded
from autogpt.studio.model import load, save

QUICK = Lessons(epochs=2, learning_rate=1e-3)
CUT = Cut(heads=0.5, neurons=0.5, layers=2)


@pytest.fixture(scope="module")
def mpnet(tmp_path_factory):
    return learned.reviews_by_mpnet(tmp_path_factory.mktemp("models") / "mpnet")


def test_heads_that_do_nothing_are_cut_one_after_another_without_a_change(mpnet):
    loaded = load(mpnet)
    layer = blocks(loaded.network)[1]
    with torch.no_grad():
        layer.attention.attn.o.weight[:, :8] = 0  # the first and the third of four heads of 8
        layer.attention.attn.o.weight[:, 16:24] = 0
        layer.output.dense.weight[:, 10:40] = 0
    rows = learned.review_rows(40, 2)
    before = predict(loaded, list(rows["text"]))

    heads, neurons = importance(loaded, rows)
    assert [place for place, score in enumerate(heads[1]) if score == 0] == [0, 2]
    assert [place for place, score in enumerate(neurons[1]) if score == 0] == list(range(10, 40))
    keep_heads(layer, [1, 2, 3])
    keep_heads(layer, [0, 2])
    keep_neurons(layer, torch.tensor([*range(10), *range(40, 64)]))

    after = predict(loaded, list(rows["text"]))
    assert [answer["score"] for answer in after] == pytest.approx([answer["score"] for answer in before], abs=1e-5)


def test_it_is_pruned_read_again_quantised_pruned_further_and_handed_on(mpnet, tmp_path):
    rows = learned.review_rows(100, 2)
    more = {"train": learned.review_rows(200, 1), "rows": rows, "lessons": QUICK, "seconds": 0.1}

    shrunk = prune(mpnet, tmp_path / "small", cut=CUT, **more)

    loaded = load(tmp_path / "small")
    assert read_checkpoint(tmp_path / "small").shape == {"layers": sizes(loaded.network)}
    assert sum(layer["heads"] for layer in sizes(loaded.network)) == 4  # of 2 x 4
    assert shrunk.lost < 0.05
    assert evaluate(loaded, rows).best == shrunk.after.best
    assert quantize(tmp_path / "small", "onnx-dynamic", tmp_path / "int8", rows=rows, seconds=0.1).agreement > 0.95
    assert prune(tmp_path / "small", tmp_path / "smaller", cut=Cut(layers=1), **more).lost < 0.05
    done = export(tmp_path / "smaller", "hf", tmp_path / "out")
    assert done.checks[-1].numbers["max_difference"] < 1e-4


def test_a_plain_folder_holds_each_head_where_its_column_of_the_bias_is(mpnet, tmp_path):
    loaded = load(mpnet)
    keep_layers(loaded.network, [0, 2])
    for layer, heads in zip(blocks(loaded.network), ([3], [1, 2]), strict=True):
        keep_heads(layer, heads)
    card = loaded.checkpoint.model_copy(update={"shape": {"layers": sizes(loaded.network)}})

    save(Loaded(loaded.network, loaded.tokenizer, card), tmp_path / "small")
    texts = list(learned.review_rows(30, 2)["text"])
    before = predict(load(tmp_path / "small"), texts)

    export(tmp_path / "small", "hf", tmp_path / "out")

    after = predict(load(tmp_path / "out"), texts)
    assert [answer["score"] for answer in after] == pytest.approx([answer["score"] for answer in before], abs=1e-5)


def test_a_student_begins_with_its_layers(mpnet, tmp_path):
    shrunk = distill(
        mpnet,
        tmp_path / "student",
        train=learned.review_rows(200, 1),
        rows=learned.review_rows(100, 2),
        student=Student(layers=1, heads=2, neurons=32),
        lessons=QUICK,
        seconds=0.1,
    )

    assert sizes(load(tmp_path / "student").network) == [{"heads": 2, "neurons": 32}]
    assert shrunk.lost < 0.05
