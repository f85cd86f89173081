"""SmolLM2-135M itself: written to GGUF from its Hugging Face folder, asked in the engine the agent uses."""

import os
from pathlib import Path

import platformdirs
import pytest
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


@pytest.mark.parametrize("with_base", [False, True])
def test_the_f16_file_answers_token_for_token_like_transformers(gguf, tmp_path, with_base):
    folder = convert_gguf(gguf, tmp_path / "smollm")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    messages = [[{"role": "user", "content": text}] for text in ("What is the capital of France?", "写一个故事。")]
    shown = [tokenizer.apply_chat_template(one, tokenize=False, add_generation_prompt=True) for one in messages]
    prompts = [tokenizer(text, add_special_tokens=False)["input_ids"] for text in shown]
    network = load(folder)
    expected = []
    for prompt in prompts:
        given = tokenizer(tokenizer.decode(prompt), add_special_tokens=False, return_tensors="pt")
        out = network.generate(
            **given, max_new_tokens=COUNT, min_new_tokens=COUNT, do_sample=False, eos_token_id=None, pad_token_id=2
        )
        expected.append(out[0, len(prompt) :].tolist())
    file = write_gguf(folder, tmp_path / "f16.gguf", base=gguf if with_base else None)
    asked = [{"prompt": prompt, "count": COUNT} for prompt in prompts]
    said = ask(
        file, *asked, *({"text": text} for text in shown), *({"messages": one} for one in messages), window=2_048
    )
    assert said == [*expected, *prompts, *shown]
