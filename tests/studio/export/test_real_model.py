"""SmolLM2-135M itself: written to GGUF from its Hugging Face folder, asked in the engine the agent uses."""

import os
from pathlib import Path

import platformdirs
import pytest
import torch
from engine import ask
from small import load
from transformers import AutoTokenizer

from autogpt.models.shelf import SMOLLM, fetch
from autogpt.studio.export.gguf import write_gguf
from autogpt.studio.lm.convert import convert_gguf

pytestmark = pytest.mark.model

COUNT = 48


@pytest.fixture(scope="module")
def gguf():
    cache = Path(os.environ.get("AUTOGPT_CACHE") or platformdirs.user_cache_path("autogpt", appauthor=False))
    return fetch(SMOLLM, cache, lambda progress: None)


def test_the_f16_file_answers_token_for_token_like_transformers_with_and_without_a_base_file(gguf, tmp_path):
    folder = convert_gguf(gguf, tmp_path / "smollm")
    tokenizer, network = AutoTokenizer.from_pretrained(folder), load(folder)
    messages = [[{"role": "user", "content": text}] for text in ("写一个故事。", "Explain why the sky is blue.")]
    shown = [tokenizer.apply_chat_template(one, tokenize=False, add_generation_prompt=True) for one in messages]
    prompts = [tokenizer(text, add_special_tokens=False)["input_ids"] for text in shown]
    expected = []
    for prompt in prompts:
        given = torch.tensor([prompt])
        out = network.generate(given, attention_mask=torch.ones_like(given), max_new_tokens=COUNT, do_sample=False)
        expected.append(out[0, len(prompt) :].tolist())
    assert [len(answer) for answer in expected] == [COUNT, COUNT], "neither answer ends before"
    asked = [{"prompt": prompt, "count": COUNT, "ends": True} for prompt in prompts]
    asked += [*({"text": text} for text in shown), *({"messages": one} for one in messages)]
    for base in (None, gguf):
        file = write_gguf(folder, tmp_path / "f16.gguf", base=base)
        assert ask(file, *asked, window=2_048) == [*expected, *prompts, *shown]
