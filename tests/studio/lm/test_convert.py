"""A model made to be run becomes one that can be trained: the same answers, the same tokens."""

import os
import sys
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from autogpt.core.errors import UsageError
from autogpt.studio.bases import find_base
from autogpt.studio.export.gguf import write_gguf
from autogpt.studio.lm.convert import convert_gguf
from autogpt.studio.report import Advance

sys.path.insert(0, str(Path(__file__).parents[1] / "export"))
from small import TEXTS, language_model, load


@pytest.mark.parametrize(
    ("family", "cut", "changes"),
    [
        ("llama", "smollm", {}),
        ("llama", "qwen2", {"tie_word_embeddings": True}),
        ("qwen2", "qwen2", {}),
        ("qwen2", "qwen2", {"tie_word_embeddings": False}),
    ],
)
def test_what_was_written_as_gguf_comes_back_with_the_same_logits_tokens_and_template(tmp_path, family, cut, changes):
    folder = language_model(tmp_path / "hf", family, cut, **changes)
    file = write_gguf(folder, tmp_path / "f16.gguf")
    said: list[Advance] = []
    back = convert_gguf(file, tmp_path / "back", said.append)
    before, after = load(folder), load(back)
    tokens = torch.randint(3, 400, (4, 20), generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        for weight in before.parameters():
            if weight.ndim > 1:
                weight.copy_(weight.half())
        torch.testing.assert_close(after(tokens).logits, before(tokens).logits, rtol=1e-4, atol=1e-4)
    assert AutoModelForCausalLM.from_pretrained(back).dtype == torch.float32
    old, new = AutoTokenizer.from_pretrained(folder), AutoTokenizer.from_pretrained(back)
    texts = [*TEXTS, "x = [\n    1, 22,\n\t\t333]", "<|im_start|>user\nhi<|im_end|>"]
    assert [new(text)["input_ids"] for text in texts] == [old(text)["input_ids"] for text in texts]
    assert new.chat_template == old.chat_template
    assert (new.eos_token, new.pad_token) == (old.eos_token, old.pad_token)
    assert said[-1].done == said[-1].total - 1


def test_a_folder_that_is_there_is_left_alone(tmp_path):
    folder = language_model(tmp_path / "hf")
    assert convert_gguf(tmp_path / "no such.gguf", folder) == folder


def test_what_cannot_be_converted_is_refused_and_leaves_nothing(tmp_path):
    stretched = language_model(
        tmp_path / "hf", rope_parameters={"rope_type": "linear", "rope_theta": 10_000.0, "factor": 4.0}
    )
    file = write_gguf(stretched, tmp_path / "stretched.gguf")
    with pytest.raises(UsageError, match="stretches its positions"):
        convert_gguf(file, tmp_path / "back")
    (tmp_path / "text.gguf").write_text("hello, this is no model at all")
    with pytest.raises(UsageError, match="is not a GGUF file"):
        convert_gguf(tmp_path / "text.gguf", tmp_path / "back")
    with pytest.raises(UsageError, match="there is no file"):
        convert_gguf(tmp_path / "none.gguf", tmp_path / "back")
    assert not (tmp_path / "back").exists()


@pytest.mark.model
def test_the_packaged_model_answers_like_the_engine_that_runs_its_gguf():
    from engine import ask

    home = Path(os.environ.get("AUTOGPT_CACHE") or Path.home() / ".cache" / "autogpt")
    folder = find_base("smollm2-135m", home / "studio")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    network = AutoModelForCausalLM.from_pretrained(folder)
    messages = [{"role": "user", "content": "Why is the sky blue?"}]
    prompt = tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_dict=False)
    texts = ["x = [\n    1, 22,\n\t\t333]  # 3.14", "中文测试，你好。", "It's 7 o'clock;   1,000,000 €5"]
    asked = [{"text": text} for text in texts] + [{"prompt": prompt, "count": 20}]
    *tokens, answer = ask(home / "smollm2-135m.gguf", *asked)
    assert tokens == [tokenizer(text)["input_ids"] for text in texts]
    said = network.generate(torch.tensor([prompt]), max_new_tokens=20, do_sample=False)[0, len(prompt) :]
    assert answer == said.tolist()
