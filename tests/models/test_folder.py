"""Hugging Face folders: what is refused and why; and, where transformers is installed, a tiny real network."""

import importlib.util
import json
from pathlib import Path

import anyio
import pytest

from autogpt.core.errors import ContextFull, MissingExtra, ModelError, UsageError
from autogpt.core.message import Message, Request
from autogpt.models.folder import open_folder
from autogpt.models.open import check, open_model

HAS_TRANSFORMERS = all(importlib.util.find_spec(name) is not None for name in ("transformers", "torch"))


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "holds no model"),
        ({"config.json": "{not json"}, "cannot be read"),
        ({"config.json": "[]", "m.safetensors": ""}, "holds no safetensors"),
        ({"config.json": "{}", "m.safetensors": ""}, "holds no tokenizer"),
        ({"config.json": "{}", "pytorch_model.bin": "pickle"}, "other weight files can run code"),
    ],
)
def test_a_folder_that_is_no_model_says_why(tmp_path, files, words):
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    with pytest.raises(UsageError, match=words):
        anyio.run(lambda: open_model(str(tmp_path), cache=tmp_path, runtime=tmp_path / "run"))
    with pytest.raises(UsageError, match=words):
        check(str(tmp_path), {})


@pytest.mark.skipif(HAS_TRANSFORMERS, reason="says what is missing only where it is missing")
def test_without_transformers_the_command_that_installs_it_is_named(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"")
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(MissingExtra, match=r"pip install 'autogpt\[studio\]'"):
        open_folder(tmp_path)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A llama of two layers with random weights, and a tokenizer of single bytes."""
    pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    tokenizers = pytest.importorskip("tokenizers")
    folder = tmp_path_factory.mktemp("tiny")
    vocabulary = {chr(code): code for code in range(128)} | {"<end>": 128}
    inner = tokenizers.Tokenizer(tokenizers.models.BPE(vocabulary, [], unk_token="?"))
    inner.add_special_tokens(["<end>"])
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=inner, eos_token="<end>", unk_token="?")
    tokenizer.chat_template = (
        "{% for message in messages %}{{ message.role }}:{{ message.content }}<end>{% endfor %}"
        "{% if add_generation_prompt %}assistant:{% endif %}"
    )
    tokenizer.save_pretrained(folder)
    transformers.set_seed(1)
    config = transformers.LlamaConfig(
        vocab_size=129,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=256,
        eos_token_id=128,
        bos_token_id=None,
        pad_token_id=None,
    )
    transformers.LlamaForCausalLM(config).save_pretrained(folder)
    return folder


def asking(**more: object) -> Request:
    return Request.model_validate({"messages": [Message(role="user", content="Hi")], "max_tokens": 20, **more})


def test_a_folder_answers_like_any_model(tiny):
    model = anyio.run(lambda: open_model(str(tiny), cache=tiny, runtime=tiny))
    pieces: list[str] = []
    reply = anyio.run(model.reply, asking(prefill="x = "), pieces.append)
    assert reply.text == "x = " + "".join(pieces)
    assert reply == anyio.run(model.reply, asking(prefill="x = ")).model_copy(update={"usage": reply.usage})
    assert reply.usage.input_tokens == len("user:Hi?assistant:x = ")
    assert model.profile.window == 256
    assert anyio.run(model.count, asking().messages) == len("user:Hi?assistant:")


def test_nothing_is_shown_while_it_is_loaded(tiny, capfd):
    open_folder(tiny)
    assert capfd.readouterr() == ("", "")


def test_it_is_asked_as_later_versions_of_transformers_want_it(tiny, outdated):
    anyio.run(open_folder(tiny).reply, asking())
    assert outdated() == []


def test_a_seed_decides_at_a_temperature(tiny):
    model = open_folder(tiny)
    one, same, other = (anyio.run(model.reply, asking(temperature=1.0, seed=seed)).text for seed in (1, 1, 2))
    assert one == same != other


def test_what_the_folder_cannot_do_is_refused(tiny):
    model = open_folder(tiny)
    with pytest.raises(ContextFull):
        anyio.run(model.reply, asking(max_tokens=250))
    with pytest.raises(ModelError, match="grammar"):
        anyio.run(model.reply, asking(output_schema={"type": "object"}))


def test_code_in_the_folder_is_not_run(tiny, tmp_path):
    for file in tiny.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    config = json.loads((tmp_path / "config.json").read_text())
    config |= {"model_type": "evil", "auto_map": {"AutoConfig": "evil.Config", "AutoModelForCausalLM": "evil.Model"}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()")
    with pytest.raises(UsageError, match="cannot be loaded"):
        open_folder(tmp_path)
    assert not (tmp_path / "ran").exists()
