"""Models that are no labelling encoders: language models, embeddings, recommendation, rewards, translation, images."""

import learned
import pytest
import taught
import torch

from autogpt.core.errors import UsageError
from autogpt.studio.checkpoint import read_checkpoint
from autogpt.studio.compress.int4linear import Int4Linear
from autogpt.studio.compress.quantize import quantize
from autogpt.studio.evaluate import evaluate, predict
from autogpt.studio.model import load
from autogpt.studio.tasks import COLUMNS


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Each is taught when it is first asked for."""
    found = {}

    def model(task):
        if task not in found:
            found[task] = taught.teach(task, tmp_path_factory.mktemp(task))
        return found[task]

    return model


@pytest.mark.parametrize("method", ["torch-dynamic", "weights-int8", "weights-int4"])
@pytest.mark.parametrize("task", taught.TASKS)
def test_every_kind_loads_again_scores_as_told_and_answers_alike(models, tmp_path, task, method):
    made = models(task)

    shrunk = quantize(made.folder, method, tmp_path / "small", rows=made.rows, seconds=0.05)

    loaded = load(tmp_path / "small")
    assert evaluate(loaded, made.rows).best == pytest.approx(shrunk.after.best, abs=1e-6)
    assert evaluate(load(made.folder), made.rows).best == pytest.approx(shrunk.before.best, abs=1e-6)
    assert shrunk.lost < (0.12 if method == "weights-int4" else 0.06)
    assert shrunk.agreement > (0.75 if method == "weights-int4" else 0.9)
    columns = [name for name in COLUMNS[task] if name not in ("target", "item")]
    asked = {name: made.rows[0][name] for name in columns}
    if task == "reward":
        asked = {"prompt": asked["prompt"], "answer": asked["chosen"]}
    assert len(predict(loaded, [asked])) == 1
    assert read_checkpoint(tmp_path / "small").parents[0] == task
    assert all(one > 0 for speed in shrunk.speeds for one in speed.per_second)
    writes = task in ("causal-lm", "sft", "preference", "policy-gradient", "seq2seq")
    assert [speed.unit for speed in shrunk.speeds] == (["tokens", "tokens", "new tokens"] if writes else ["rows"] * 2)


def test_a_language_model_is_smaller_and_its_perplexity_is_told_before_and_after(tmp_path):
    made = taught.teach("sft", tmp_path, hidden_size=128, intermediate_size=256, num_hidden_layers=3)
    sizes = {}
    for method in ("weights-int8", "weights-int4"):
        shrunk = quantize(made.folder, method, tmp_path / method, rows=made.rows, seconds=0.05)
        sizes[method] = shrunk.after_bytes / shrunk.before_bytes
        assert shrunk.after.values["perplexity"] == pytest.approx(shrunk.before.values["perplexity"], rel=0.1)
        assert shrunk.after_parameters == shrunk.before_parameters
    # A tenth of the weights are the vocabulary's, which stay as they are.
    assert sizes["weights-int4"] < 0.26 < sizes["weights-int8"] < 0.37
    assert predict(load(tmp_path / "weights-int8"), ["Tell me, the sky?"]) == ["blue"]


def test_the_answers_after_int4_are_those_of_its_weights_and_layers_that_do_not_divide_are_int8(models, tmp_path):
    made = taught.teach("causal-lm", tmp_path, intermediate_size=80)

    shrunk = quantize(made.folder, "weights-int4", tmp_path / "small", rows=made.rows, seconds=0.05)

    assert shrunk.extra == {"layers in int4": 12, "layers in int8": 2}  # the way down has 80 inputs
    network = load(tmp_path / "small").network
    packed = [module for module in network.modules() if isinstance(module, Int4Linear)]
    plain = load(made.folder).network.model.layers[0].self_attn.q_proj
    small = packed[0]
    rows = torch.randn(3, 5, 64)
    with torch.inference_mode():
        expected = rows @ small.weight().T
        assert torch.allclose(small(rows), expected, atol=0.02 * float(expected.std()))
    step = plain.weight.abs().unflatten(1, (-1, 32)).amax(-1, keepdim=True) / 7.5
    apart = (small.weight() - plain.weight).unflatten(1, (-1, 32)).abs()
    assert bool((apart <= 0.55 * step + 0.01 * step.max()).all())


def test_a_network_too_narrow_for_groups_is_told_what_to_take(tmp_path):
    made = taught.teach("causal-lm", tmp_path, hidden_size=24, intermediate_size=40, num_attention_heads=2)

    with pytest.raises(UsageError, match=r"divides into groups of 32 .*choose weights-int8"):
        quantize(made.folder, "weights-int4", tmp_path / "small", rows=made.rows, seconds=0.05)

    assert not (tmp_path / "small").exists()


def test_images_are_quantised_with_their_convolutions(tmp_path):
    made = taught.teach("image-classification", tmp_path)

    shrunk = quantize(made.folder, "", tmp_path / "small", rows=made.rows, calibration=made.train, seconds=0.1)

    assert (shrunk.method, shrunk.extra) == ("onnx-static", {"calibration images": 60})
    assert shrunk.before.best > 0.9
    assert shrunk.agreement > 0.9
    assert shrunk.before_bytes / shrunk.after_bytes > 2
    assert [speed.unit for speed in shrunk.speeds] == ["images", "images"]
    loaded = load(tmp_path / "small")
    assert evaluate(loaded, made.rows).best == shrunk.after.best
    assert predict(loaded, [made.rows[0]["image"]])[0]["label"] == made.rows[0]["label"]
    with pytest.raises(UsageError, match=r"weights of ResNetForImageClassification are in linear layers.*onnx-static"):
        quantize(made.folder, "torch-dynamic", tmp_path / "other", rows=made.rows)


def test_images_read_by_attention_take_int8_too(tmp_path):
    made = taught.teach("image-classification", tmp_path, attention=True)

    shrunk = quantize(made.folder, "torch-dynamic", tmp_path / "small", rows=made.rows, seconds=0.1)

    assert shrunk.agreement > 0.9
    assert evaluate(load(tmp_path / "small"), made.rows).best == shrunk.after.best


@pytest.mark.parametrize(
    ("task", "method", "said"),
    [
        ("sft", "onnx-dynamic", "'sft' cannot be quantised by 'onnx-dynamic'; it can by torch-dynamic, weights-int8"),
        ("embedding", "onnx-static", "'embedding' cannot be quantised by 'onnx-static'; it can by torch-dynamic"),
        ("sft", "int3", "'int3' is no way to quantise; onnx-dynamic, onnx-static"),
    ],
)
def test_a_scheme_that_a_kind_cannot_take_is_refused_with_those_it_can(models, tmp_path, task, method, said):
    made = models(task)

    with pytest.raises(UsageError, match=said):
        quantize(made.folder, method, tmp_path / "small", rows=made.rows)

    assert list(tmp_path.iterdir()) == []


def test_without_a_method_the_fastest_of_the_kind_is_taken(models, reviews, tmp_path):
    made = models("sft")

    for folder, rows, method in (
        (made.folder, made.rows, "torch-dynamic"),
        (reviews, learned.review_rows(32, 2), "onnx-dynamic"),
    ):
        assert quantize(folder, "", tmp_path / method, rows=rows, seconds=0.05).method == method
