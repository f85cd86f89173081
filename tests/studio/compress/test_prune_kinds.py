"""Language models and embeddings made smaller by structure, by weight, and by a teacher."""

import pytest
import taught
import torch
from small import language_model
from small import load as small_load

from autogpt.core.errors import UsageError
from autogpt.studio.checkpoint import read_checkpoint
from autogpt.studio.compress.distill import Student, distill
from autogpt.studio.compress.importance import importance
from autogpt.studio.compress.prune import Cut, prune, prune_weights
from autogpt.studio.compress.resize import blocks, keep_heads, keep_layers, keep_neurons, settle, sizes
from autogpt.studio.compress.teach import Lessons
from autogpt.studio.evaluate import evaluate, predict
from autogpt.studio.export.export import export
from autogpt.studio.model import load

QUICK = Lessons(epochs=3, learning_rate=2e-3, batch=8)


@pytest.fixture(scope="module")
def chat(tmp_path_factory):
    return taught.teach("sft", tmp_path_factory.mktemp("sft"), num_hidden_layers=3)


@pytest.fixture(scope="module")
def meanings(tmp_path_factory):
    return taught.teach("embedding", tmp_path_factory.mktemp("embedding"))


def test_a_pruned_language_model_recovers_and_is_a_plain_folder_that_goes_to_gguf(chat, tmp_path):
    shrunk = prune(
        chat.folder,
        tmp_path / "small",
        train=chat.train,
        rows=chat.rows,
        cut=Cut(heads=0.5, neurons=0.5, layers=2),
        lessons=QUICK,
        seconds=0.05,
    )

    loaded = load(tmp_path / "small")
    assert sizes(loaded.network) == [{"heads": 1, "neurons": 48}] * 2
    config = loaded.network.config
    assert (config.num_attention_heads, config.num_key_value_heads, config.head_dim) == (2, 1, 16)
    assert read_checkpoint(tmp_path / "small").shape == {}
    assert shrunk.after_parameters < 0.75 * shrunk.before_parameters
    assert evaluate(loaded, chat.rows).best == pytest.approx(shrunk.after.best, abs=1e-6)
    assert shrunk.lost < 0.15
    assert predict(loaded, ["Tell me, the sky?"]) == ["blue"]
    done = export(tmp_path / "small", "gguf", tmp_path / "small.gguf")
    assert all(check.ok for check in done.checks)


def test_a_group_of_heads_that_does_nothing_is_found_and_cut_without_a_change(chat):
    loaded = load(chat.folder)
    layer = blocks(loaded.network)[0]
    with torch.no_grad():
        layer.self_attn.o_proj.weight[:, :32] = 0  # the first two of four heads of 16, which share keys and values
        # Their keys and values may hold anything.
        layer.self_attn.k_proj.weight[:16] *= 3
    ids = torch.randint(3, 390, (2, 12), generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        before = loaded.network(input_ids=ids, use_cache=False).logits

    heads, _ = importance(loaded, chat.rows)
    assert heads[0][0] == 0 < heads[0][1]
    keep_heads(layer, [1])

    with torch.inference_mode():
        assert torch.allclose(loaded.network(input_ids=ids, use_cache=False).logits, before, atol=1e-4)


@pytest.mark.parametrize("family", ["llama", "qwen2"])
def test_what_is_left_of_a_decoder_says_the_same_when_transformers_reads_it(tmp_path, family):
    network = small_load(language_model(tmp_path / "hf", family, "qwen2", num_hidden_layers=3))
    keep_layers(network, [0, 2])
    for layer in blocks(network):
        keep_heads(layer, [1])
        keep_neurons(layer, torch.arange(10, 58))
    settle(network)
    ids = torch.randint(3, 390, (2, 12), generator=torch.Generator().manual_seed(0))

    network.save_pretrained(tmp_path / "small")

    again = small_load(tmp_path / "small")
    assert sizes(again) == [{"heads": 1, "neurons": 48}] * 2
    with torch.inference_mode():
        assert torch.allclose(again(input_ids=ids).logits, network(input_ids=ids).logits, atol=1e-5)


def test_weights_of_a_language_model_set_to_zero_stay_zero(chat, tmp_path):
    prune_weights(
        chat.folder, tmp_path / "sparse", train=chat.train, rows=chat.rows, share=0.5, lessons=QUICK, seconds=0.05
    )

    linears = [one for one in blocks(load(tmp_path / "sparse").network).modules() if hasattr(one, "in_features")]
    zeros = sum(int((one.weight == 0).sum()) for one in linears) / sum(one.weight.numel() for one in linears)
    assert zeros == pytest.approx(0.5, abs=0.01)


def test_a_student_of_a_language_model_learns_its_teachers_answers(chat, tmp_path):
    shrunk = distill(
        chat.folder,
        tmp_path / "student",
        train=chat.train,
        rows=chat.rows,
        student=Student(layers=1, neurons=64),
        lessons=Lessons(epochs=10, learning_rate=3e-3, batch=8),
        seconds=0.05,
    )

    assert sizes(load(tmp_path / "student").network) == [{"heads": 2, "neurons": 64}]
    assert shrunk.agreement > 0.8
    assert min(shrunk.speeds[2].before_ms, shrunk.speeds[2].after_ms) > 0  # how fast, the benchmarks say


def test_an_embedding_is_pruned_and_finds_its_pairs(meanings, tmp_path):
    shrunk = prune(
        meanings.folder,
        tmp_path / "small",
        train=meanings.train,
        rows=meanings.rows,
        cut=Cut(heads=0.5, neurons=0.5, layers=2),
        lessons=QUICK,
        seconds=0.05,
    )

    loaded = load(tmp_path / "small")
    assert read_checkpoint(tmp_path / "small").shape == {"layers": sizes(loaded.network)}
    assert sum(layer["heads"] for layer in sizes(loaded.network)) == 4  # of 2 x 4
    assert evaluate(loaded, meanings.rows).best == pytest.approx(shrunk.after.best, abs=1e-6)
    assert shrunk.lost < 0.15
    assert shrunk.after_parameters < shrunk.before_parameters


def test_a_kind_that_cannot_be_pruned_is_told_what_else_there_is(tmp_path):
    made = taught.teach("reward", tmp_path)

    with pytest.raises(UsageError, match="'reward' cannot be pruned or distilled, but quantised; this works for"):
        prune(made.folder, tmp_path / "small", train=made.train, rows=made.rows)


def test_heads_of_qwen2_that_llama_cpp_would_miss_are_refused(tmp_path):
    folder = language_model(
        tmp_path / "hf", "qwen2", "qwen2", num_attention_heads=2, num_key_value_heads=1, head_dim=16
    )

    with pytest.raises(UsageError, match="with all its heads only"):
        export(folder, "gguf", tmp_path / "out.gguf")
