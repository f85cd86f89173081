"""A LoRA adapter written for llama.cpp: base and adapter together answer like the merged model."""

import json
import math

import peft
import pytest
import torch
from engine import ask
from safetensors.torch import load_file, save_file
from small import clear_answers, language_model, load

from autogpt.core.errors import UsageError
from autogpt.studio.export.adapter import write_adapter
from autogpt.studio.export.export import export
from autogpt.studio.export.gguf import write_gguf
from autogpt.studio.export.verify import verify_adapter

COUNT = 40
EVERY = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def adapted(base, folder, **changes):
    """An adapter with random weights, saved; and the network it makes of the base."""
    config = peft.LoraConfig(
        **{"r": 4, "lora_alpha": 1, "target_modules": EVERY, "task_type": "CAUSAL_LM", "init_lora_weights": False}
        | changes
    )
    torch.manual_seed(3)
    network = peft.get_peft_model(load(base), config)
    network.save_pretrained(folder)
    return network.merge_and_unload().eval()


@pytest.mark.parametrize(
    ("family", "changes"),
    [
        ("llama", {}),
        ("qwen2", {}),
        (
            "llama",
            {"use_rslora": True, "rank_pattern": {"q_proj": 2}, "alpha_pattern": {r"layers\.1\.mlp\.up_proj": 2}},
        ),
    ],
)
def test_base_and_adapter_in_the_engine_answer_like_the_merged_model(tmp_path, family, changes):
    base = language_model(tmp_path / "base", family, "qwen2" if family == "qwen2" else "smollm")
    merged = adapted(base, tmp_path / "adapter", **changes)
    clear = clear_answers(merged, COUNT)
    file = write_gguf(base, tmp_path / "base.gguf", quant="f32")
    adapter = write_adapter(tmp_path / "adapter", tmp_path / "adapter.gguf")
    # Each token is asked for after those that came before it: one near tie must not change all that follows.
    places = [(prompt + answer[:place], [answer[place]]) for prompt, answer in clear for place in range(COUNT)]
    asked = [{"prompt": prompt, "count": 1} for prompt, _ in places]

    def alike(said):
        return sum(mine == other for mine, (_, other) in zip(said, places, strict=True)) / len(places)

    assert alike(ask(file, *asked, adapter=adapter)) > 0.95
    assert alike(ask(file, *asked)) < 0.7, "the base alone says something else"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"use_dora": True}, "DoRA cannot be written"),
        ({"target_modules": ["embed_tokens"]}, "'base_model.model.model.embed_tokens.base_layer.weight' has no place"),
        ({"modules_to_save": ["lm_head"]}, "has no place in a GGUF adapter"),
    ],
)
def test_an_adapter_that_llama_cpp_cannot_apply_is_refused(tmp_path, changes, message):
    base = language_model(tmp_path / "base")
    adapted(base, tmp_path / "adapter", **changes)
    with pytest.raises(UsageError, match=message):
        write_adapter(tmp_path / "adapter", tmp_path / "adapter.gguf")
    assert not (tmp_path / "adapter.gguf").exists()


def test_an_adapter_whose_base_is_gone_says_where_it_was(tmp_path):
    base = language_model(tmp_path / "base")
    adapted(base, tmp_path / "adapter")
    base.rename(tmp_path / "moved")
    with pytest.raises(UsageError, match=r"was trained on '.*base', which is not on this machine"):
        write_adapter(tmp_path / "adapter", tmp_path / "adapter.gguf")
    assert write_adapter(tmp_path / "adapter", tmp_path / "adapter.gguf", base=tmp_path / "moved").exists()


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("alpha", "says lora_alpha = None, where a number other than 0 is due"),
        ("zero", "says lora_alpha = 0, where a number other than 0 is due"),
        ("cut off", "is damaged or was cut off"),
        ("astray", "holds numbers that are not finite"),
    ],
)
def test_an_adapter_that_is_damaged_is_told_and_nothing_is_left(tmp_path, what, message):
    base, folder = language_model(tmp_path / "base"), tmp_path / "adapter"
    adapted(base, folder)
    config, weights = folder / "adapter_config.json", folder / "adapter_model.safetensors"
    match what:
        case "alpha" | "zero":
            config.write_text(
                json.dumps(json.loads(config.read_text()) | {"lora_alpha": 0 if what == "zero" else None})
            )
        case "cut off":
            weights.write_bytes(weights.read_bytes()[:-9])
        case _:
            found = load_file(weights)
            found[min(found)].view(-1)[3] = math.nan
            save_file(found, weights)
    with pytest.raises(UsageError, match=message):
        write_adapter(folder, tmp_path / "out" / "adapter.gguf")
    assert list(tmp_path.glob("out/*")) == []


@pytest.mark.parametrize("family", ["llama", "qwen2"])
def test_what_is_exported_was_asked_by_llama_cpp_on_its_base(tmp_path, family):
    base = language_model(tmp_path / "base", family, "qwen2" if family == "qwen2" else "smollm")
    adapted(base, tmp_path / "adapter")
    (found,) = export(tmp_path / "adapter", "adapter", tmp_path / "adapter.gguf").checks
    total, alike, alone = (found.numbers[name] for name in ("tokens", "alike", "alone"))
    assert (found.name, found.ok, total) == ("answers", True, 64)
    assert alike >= 0.95 * total
    assert alone < 0.75 * total
    assert found.said == (
        f"on its base, the same token is likeliest after {alike} of 64 tokens of greedy answers; "
        f"after {alone} without the adapter"
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["adapter", "adapter.gguf", "base"]


def test_an_adapter_file_of_other_weights_is_refused(tmp_path):
    base = language_model(tmp_path / "base")
    adapted(base, tmp_path / "adapter")
    plain = write_gguf(base, tmp_path / "base.gguf")
    # As if the scaling had been written wrongly.
    config = tmp_path / "adapter" / "adapter_config.json"
    right = config.read_text()
    config.write_text(json.dumps(json.loads(right) | {"lora_alpha": 4}))
    wrong = write_adapter(tmp_path / "adapter", tmp_path / "wrong.gguf")
    config.write_text(right)
    with pytest.raises(UsageError, match="is not the trained model, and is of no use: after"):
        verify_adapter(tmp_path / "adapter", base, wrong, plain)
