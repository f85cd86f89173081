"""A language model written as GGUF answers, in the real engine, as it did in transformers."""

import json
import math
import re

import numpy
import pytest
import torch
from cyllama.llama import llama_cpp
from engine import ask
from gguf import GGUFReader, GGUFValueType, GGUFWriter
from gguf.quants import dequantize
from small import TEXTS, clear_answers, language_model, load
from transformers import AutoTokenizer

from autogpt.core.errors import UsageError
from autogpt.studio.export.gguf import write_gguf

COUNT = 48
LLAMA3 = {
    "rope_type": "llama3",
    "rope_theta": 1_000.0,
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 64,
}


@pytest.mark.parametrize(
    ("family", "cut", "changes"),
    [
        ("llama", "smollm", {}),
        ("llama", "gpt-2", {"tie_word_embeddings": True, "attention_bias": True, "head_dim": 32}),
        ("llama", "gpt-2", {"rope_parameters": LLAMA3}),
        ("llama", "smollm", {"rope_parameters": {"rope_type": "linear", "rope_theta": 10_000.0, "factor": 4.0}}),
        ("qwen2", "qwen2", {}),
        ("qwen2", "qwen2", {"tie_word_embeddings": False, "rope_theta": 1_000_000.0}),
    ],
)
def test_the_f16_file_answers_token_for_token_like_transformers(tmp_path, family, cut, changes):
    folder = language_model(tmp_path / "hf", family, cut, **changes)
    clear = clear_answers(load(folder), COUNT)
    file = write_gguf(folder, tmp_path / "f16.gguf")
    said = ask(file, *({"prompt": prompt, "count": COUNT} for prompt, _ in clear))
    assert said == [answer for _, answer in clear]


@pytest.mark.parametrize(
    ("family", "cut"),
    # For qwen2, transformers cuts as Qwen does whatever tokenizer.json says, and so must the engine.
    [("llama", "gpt-2"), ("llama", "smollm"), ("llama", "qwen2"), ("qwen2", "qwen2"), ("qwen2", "smollm")],
)
def test_the_engine_cuts_text_as_the_tokenizer_does_and_knows_the_chat_template(tmp_path, family, cut):
    folder = language_model(tmp_path / "hf", family, cut)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    texts = [*TEXTS, "<|im_start|>user\nHi<|im_end|>\n"]
    messages = [{"role": "user", "content": "Hi, 你好!"}]
    file = write_gguf(folder, tmp_path / "q8.gguf", quant="q8_0")
    *tokens, prompt = ask(file, *({"text": text} for text in texts), {"messages": messages})
    assert tokens == [tokenizer(text)["input_ids"] for text in texts]
    assert prompt == tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)


def test_metadata_taken_over_from_a_base_file_give_the_same_file_as_metadata_made(tmp_path):
    folder = language_model(tmp_path / "hf")
    made = write_gguf(folder, tmp_path / "made.gguf", name="tiny")
    taken = write_gguf(folder, tmp_path / "taken.gguf", base=made, name="ignored")
    assert told(taken) == told(made)
    clear = clear_answers(load(folder), COUNT, most=1)
    assert ask(taken, {"prompt": clear[0][0], "count": COUNT}) == [clear[0][1]]
    other = language_model(tmp_path / "other", hidden_size=128)
    with pytest.raises(UsageError, match=r"embedding_length = 64, the folder 128"):
        write_gguf(other, tmp_path / "other.gguf", base=made)


def told(file):
    reader = GGUFReader(file)
    fields = {key: field.contents() for key, field in reader.fields.items() if not key.startswith("GGUF.")}
    return fields, {tensor.name: tensor.data.tobytes() for tensor in reader.tensors}


@pytest.mark.parametrize(
    ("quant", "error"),
    [("f32", 0), ("f16", 0.0005), ("q8_0", 0.007), ("q6_k", 0.02), ("q5_k_m", 0.04), ("q4_k_m", 0.08), ("q4_0", 0.11)],
)
def test_a_smaller_file_holds_almost_the_same_weights_and_runs(tmp_path, quant, error):
    folder = language_model(tmp_path / "hf", "qwen2", "qwen2", hidden_size=256, intermediate_size=256)
    network = load(folder)
    file = write_gguf(folder, tmp_path / "out.gguf", quant=quant)
    for tensor in GGUFReader(file).tensors:
        if tensor.name == "blk.1.attn_k.weight":
            weight = network.model.layers[1].self_attn.k_proj.weight.detach().numpy()
            found = dequantize(tensor.data, tensor.tensor_type)
    assert numpy.sqrt(((found - weight) ** 2).mean()) <= error * weight.std()
    assert len(ask(file, {"prompt": [5, 6, 7], "count": 8})[0]) == 8


def test_q8_0_is_byte_for_byte_what_llama_cpp_itself_makes_of_the_f16_file(tmp_path):
    folder = language_model(tmp_path / "hf", "qwen2", "qwen2")
    load(folder).half().float().save_pretrained(folder)  # what F16 holds exactly, so that both begin with the same
    ours = write_gguf(folder, tmp_path / "ours.gguf", quant="q8_0")
    params = llama_cpp.LlamaModelQuantizeParams()
    params.ftype, params.nthread = 7, 1
    plain = write_gguf(folder, tmp_path / "f16.gguf")
    llama_cpp.model_quantize(str(plain), str(tmp_path / "theirs.gguf"), params)
    assert told(ours)[1] == told(tmp_path / "theirs.gguf")[1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model_type": "gpt_neox"}, "of the family 'gpt_neox'"),
        ({"rope_parameters": {"rope_type": "yarn", "rope_theta": 1e4, "factor": 2.0}}, "'yarn' cannot be written"),
        ({"vocab_size": 300}, "tokens, the network only 300 embeddings"),
    ],
)
def test_what_the_engine_could_not_run_is_refused_before_anything_is_written(tmp_path, change, message):
    folder = language_model(tmp_path / "hf")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | change))
    with pytest.raises(UsageError, match=re.escape(message)):
        write_gguf(folder, tmp_path / "out" / "f16.gguf")
    assert list(tmp_path.glob("out/*")) == []


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        (
            "config.json",
            {"num_attention_heads": None},
            "says num_attention_heads = None, where a whole number above 0 is due",
        ),
        ("config.json", {"num_key_value_heads": "two"}, "says num_key_value_heads = 'two', where a whole number"),
        ("config.json", {"rope_parameters": "x"}, "says of rotary positions 'x', where an object is due"),
        ("model.safetensors", b"no weights", "model.safetensors' is damaged or was cut off"),
        ("model.safetensors.index.json", b"[]", "holds no JSON object"),
        ("model.safetensors.index.json", b'{"weight_map": {"a": "../x"}}', "does not say which files hold the weights"),
        ("tokenizer.json", b"{}", "cannot be loaded: KeyError"),
    ],
)
def test_a_folder_that_is_damaged_is_told(tmp_path, file, content, message):
    folder = language_model(tmp_path / "hf")
    if isinstance(content, dict):
        content = json.dumps(json.loads((folder / file).read_text()) | content).encode()
    (folder / file).write_bytes(content)
    with pytest.raises(UsageError, match=re.escape(message)):
        write_gguf(folder, tmp_path / "f16.gguf")
    assert {path.name for path in tmp_path.iterdir()} == {"hf"}


def base_with(base, file, **entries):
    """A GGUF file of metadata alone, like that of `base` but for some entries."""
    reader, writer = GGUFReader(base), GGUFWriter(file, "llama")
    for key, field in reader.fields.items():
        if not key.startswith("GGUF.") and key not in ("general.architecture", *entries):
            kinds = field.types
            writer.add_key_value(key, field.contents(), kinds[0], sub_type=kinds[-1] if len(kinds) > 1 else None)
    for key, (value, kind) in entries.items():
        writer.add_key_value(key, value, kind)
    writer.data_alignment = entries.get("general.alignment", (32,))[0]
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    writer.close()
    return file


def test_of_a_base_file_only_what_holds_for_the_new_one_is_taken_over(tmp_path):
    folder = language_model(tmp_path / "hf")
    made = write_gguf(folder, tmp_path / "made.gguf", name="tiny")
    other = base_with(
        made,
        tmp_path / "base.gguf",
        **{
            "general.alignment": (256, GGUFValueType.UINT32),
            "split.count": (3, GGUFValueType.UINT16),
            "quantize.imatrix.file": ("x", GGUFValueType.STRING),
            "llama.rope.freq_base": (77.0, GGUFValueType.FLOAT32),
            "llama.attention.head_count_kv": (4, GGUFValueType.UINT32),
        },
    )
    assert told(write_gguf(folder, tmp_path / "taken.gguf", base=other)) == told(made)
    (tmp_path / "short.gguf").write_bytes(made.read_bytes()[:2_000])
    with pytest.raises(UsageError, match="cannot be read as GGUF"):
        write_gguf(folder, tmp_path / "out.gguf", base=tmp_path / "short.gguf")


@pytest.mark.parametrize(("ends", "told_there"), [(5, 5), ([2, 5], 5), (2, None), (None, None)])
def test_a_second_token_that_ends_an_answer_is_told(tmp_path, ends, told_there):
    folder = language_model(tmp_path / "hf")
    (folder / "generation_config.json").write_text(json.dumps({"eos_token_id": ends}))
    fields, _ = told(write_gguf(folder, tmp_path / "out.gguf"))
    assert (fields["tokenizer.ggml.eos_token_id"], fields.get("tokenizer.ggml.eot_token_id")) == (2, told_there)


def test_a_network_that_went_astray_is_refused(tmp_path):
    folder = language_model(tmp_path / "hf")
    network = load(folder)
    with torch.no_grad():
        network.model.layers[1].mlp.up_proj.weight[0, 0] = math.nan
    network.save_pretrained(folder)
    with pytest.raises(UsageError, match=r"up_proj.weight' holds numbers that are not finite"):
        write_gguf(folder, tmp_path / "f16.gguf")
    assert list(tmp_path.glob("*.gguf*")) == []


def test_a_tokenizer_that_cuts_text_in_an_unknown_way_needs_a_base_file(tmp_path):
    folder = language_model(tmp_path / "hf")
    made = json.loads((folder / "tokenizer.json").read_text())
    made["pre_tokenizer"]["pretokenizers"][0]["individual_digits"] = False
    (folder / "tokenizer.json").write_text(json.dumps(made))
    with pytest.raises(UsageError, match=r"no name for .*Digits.*base GGUF file"):
        write_gguf(folder, tmp_path / "f16.gguf")
