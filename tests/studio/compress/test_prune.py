import learned
import pytest
import torch

from autogpt.core.errors import UsageError
from autogpt.studio.checkpoint import read_checkpoint
from autogpt.studio.compress.encoder import read_whole
from autogpt.studio.compress.importance import importance, least_needed, losses_without
from autogpt.studio.compress.prune import Cut, judge, prune, prune_weights
from autogpt.studio.compress.quantize import quantize
from autogpt.studio.compress.resize import blocks, keep_heads, keep_neurons, put_blocks, sizes
from autogpt.studio.compress.subject import subject
from autogpt.studio.compress.teach import Lessons
from autogpt.studio.corpus import Corpus
from autogpt.studio.evaluate import predict
from autogpt.studio.model import begin, load
from autogpt.studio.recipe import Recipe
from autogpt.studio.report import Advance
from autogpt.studio.train import train

QUICK = Lessons(epochs=1, learning_rate=1e-3)


def test_a_pruned_network_has_the_sizes_asked_for_loads_again_and_recovers(reviews, tmp_path):
    shrunk = prune(
        reviews,
        tmp_path / "small",
        train=learned.review_rows(200, 1),
        rows=learned.review_rows(100, 2),
        cut=Cut(heads=0.5, neurons=0.25, layers=2),
        lessons=QUICK,
        seconds=0.2,
    )

    loaded = load(tmp_path / "small")
    found = sizes(loaded.network)
    assert read_checkpoint(tmp_path / "small").shape == {"layers": found}
    assert sum(layer["heads"] for layer in found) == 4  # of 2 x 4
    assert sum(layer["neurons"] for layer in found) == pytest.approx(32, abs=4)  # of 2 x 64
    assert shrunk.after_parameters < shrunk.before_parameters
    assert shrunk.lost < 0.05


def test_by_default_two_thirds_of_the_layers_stay_whatever_their_number(tmp_path):
    assert [Cut().layers_of(whole) for whole in (1, 2, 6, 12)] == [1, 1, 4, 8]
    deep = learned.reviews(tmp_path / "deep", num_hidden_layers=3)
    rows = learned.review_rows(100, 2)

    shrunk = prune(deep, tmp_path / "small", train=learned.review_rows(200, 1), rows=rows, lessons=QUICK, seconds=0.2)

    assert len(blocks(load(tmp_path / "small").network)) == 2
    assert len(shrunk.extra["kept_layers"]) == 2
    assert min(shrunk.speeds[0].before_ms, shrunk.speeds[0].after_ms) > 0  # how fast, the benchmarks say
    assert all(0 < speed.share <= 1 for speed in shrunk.speeds)
    assert shrunk.lost < 0.05


def test_layers_are_left_out(names, tmp_path):
    shrunk = prune(
        names,
        tmp_path / "small",
        train=learned.name_rows(200, 1),
        rows=learned.name_rows(64, 2),
        cut=Cut(heads=1, neurons=1, layers=1),
        lessons=QUICK,
        seconds=0.2,
    )

    assert sizes(load(tmp_path / "small").network) == [{"heads": 4, "neurons": 64}]
    assert min(shrunk.speeds[1].before_ms, shrunk.speeds[1].after_ms) > 0  # how fast, the benchmarks say
    assert shrunk.after.best > 0.85


def test_a_pruned_network_can_be_quantised_too(reviews, tmp_path):
    rows = learned.review_rows(64, 2)
    cut = Cut(heads=0.5, neurons=0.5)
    prune(reviews, tmp_path / "small", train=rows, rows=rows, cut=cut, lessons=QUICK, seconds=0.1)

    for method in ("onnx-dynamic", "torch-dynamic"):
        shrunk = quantize(tmp_path / "small", method, tmp_path / method, rows=rows, seconds=0.1)
        assert shrunk.agreement > 0.95
        assert read_checkpoint(tmp_path / method).parents == ("small", "reviews")


def test_what_is_of_no_use_is_found_and_cut_without_a_change_of_the_answers(reviews):
    """A head and neurons whose output is multiplied by zero."""
    loaded = load(reviews)
    layer = blocks(loaded.network)[0]
    with torch.no_grad():
        layer.attention.output.dense.weight[:, 8:16] = 0  # the second of four heads of 8
        layer.output.dense.weight[:, 10:40] = 0
    rows = learned.review_rows(40, 2)
    before = predict(loaded, list(rows["text"]))

    heads, neurons = importance(loaded, rows)
    assert heads[0][1] == 0
    assert [place for place, score in enumerate(neurons[0]) if score == 0] == list(range(10, 40))
    keep_heads(layer, [0, 2, 3])
    keep_neurons(layer, torch.tensor([*range(10), *range(40, 64)]))

    after = predict(loaded, list(rows["text"]))
    assert [answer["score"] for answer in after] == pytest.approx([answer["score"] for answer in before], abs=1e-4)


def test_the_layer_that_does_nothing_goes_first(reviews):
    loaded = load(reviews)
    for part in (blocks(loaded.network)[0].attention.output, blocks(loaded.network)[0].output):
        torch.nn.init.zeros_(part.dense.weight)
        torch.nn.init.zeros_(part.dense.bias)

    assert least_needed(loaded, learned.review_rows(40, 2), keep=1) == [1]
    assert len(blocks(loaded.network)) == 2


@pytest.mark.parametrize("make", [lambda at: learned.reviews(at, num_hidden_layers=3), learned.reviews_by_mpnet])
def test_what_a_layer_left_out_costs_is_what_the_whole_network_without_it_loses(tmp_path, make):
    loaded = load(make(tmp_path / "deep"))
    network, layers, topic = loaded.network.eval(), list(blocks(loaded.network)), subject("text-classification")
    torch.manual_seed(0)  # so wide that each layer counts
    for weight in blocks(network).parameters():
        torch.nn.init.normal_(weight, std=0.5)
    rows = topic.rows(loaded, learned.review_rows(30, 2))
    batch = topic.collate(loaded)([rows[at] for at in range(30)])
    expected: list[float] = []
    for out in range(3):
        put_blocks(network, [layer for place, layer in enumerate(layers) if place != out])
        with torch.inference_mode():
            expected.append(float(topic.ask(network, batch).loss))

    assert losses_without(topic, network, layers, range(3), batch) == pytest.approx(dict(enumerate(expected)), rel=1e-5)
    assert losses_without(topic, network, layers, [1], batch) == pytest.approx({1: expected[1]}, rel=1e-5)
    assert losses_without(topic, network, layers, [0], batch) == pytest.approx({0: expected[0]}, rel=1e-5)
    assert len({round(loss, 3) for loss in expected}) == 3


def test_how_far_judging_has_come_is_told_in_steps_known_beforehand(tmp_path):
    deep = learned.reviews(tmp_path / "deep", num_hidden_layers=3)
    told: list[Advance] = []

    judge(read_whole(deep), learned.review_rows(100, 2), Cut(layers=1), told.append)

    # 100 rows are 7 batches of 16; two layers go.
    steps = [("layers", done, 14) for done in range(15)] + [("importance", done, 7) for done in range(8)]
    assert [(one.stage, one.done, one.total) for one in told] == steps


def test_weights_set_to_zero_stay_zero_through_recovery(reviews, tmp_path):
    rows = learned.review_rows(100, 2)

    shrunk = prune_weights(reviews, tmp_path / "sparse", train=rows, rows=rows, share=0.6, lessons=QUICK, seconds=0.1)

    weights = [
        module.weight
        for module in blocks(load(tmp_path / "sparse").network).modules()
        if hasattr(module, "in_features")
    ]
    zeros = sum(int((weight == 0).sum()) for weight in weights) / sum(weight.numel() for weight in weights)
    assert zeros == pytest.approx(0.6, abs=0.01)
    assert shrunk.after_bytes == pytest.approx(shrunk.before_bytes, rel=0.01)  # it saves nothing, and says so


def test_a_network_cannot_keep_more_layers_than_it_has(reviews, tmp_path):
    rows = learned.review_rows(8, 2)

    with pytest.raises(UsageError, match="has 2 layers, 3 cannot be kept of them"):
        prune(reviews, tmp_path / "small", train=rows, rows=rows, cut=Cut(layers=3))


def test_a_pruned_network_is_trained_on_a_quantised_one_is_not(reviews, tmp_path):
    rows = learned.review_rows(64, 2)
    prune(reviews, tmp_path / "small", train=rows, rows=rows, cut=Cut(neurons=0.5), lessons=QUICK, seconds=0.1)
    recipe = Recipe(task="text-classification", base=str(tmp_path / "small"), epochs=1, max_length=48)
    corpus = Corpus("text-classification", {"train": rows}, ("bad", "good"))

    train(recipe, corpus, tmp_path / "further", cache=tmp_path)

    assert sizes(load(tmp_path / "further").network) == sizes(load(tmp_path / "small").network)
    assert read_checkpoint(tmp_path / "further").parents == ("small", "reviews")
    quantize(tmp_path / "small", "torch-dynamic", tmp_path / "packed", rows=rows, seconds=0.1)
    with pytest.raises(UsageError, match=r"'packed' is quantised \(torch-int8\) and cannot be trained"):
        begin(recipe.model_copy(update={"base": str(tmp_path / "packed")}), ("bad", "good"), tmp_path)
