"""A language model written as GGUF answers, in the real engine, as it did in transformers."""

import math

import pytest
from engine import ask
from small import TEXTS, greedy, language_model
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
    tokenizer = AutoTokenizer.from_pretrained(folder)
    prompts = [tokenizer(text)["input_ids"] for text in TEXTS]
    file = write_gguf(folder, tmp_path / "f16.gguf")
    said = ask(file, *({"prompt": prompt, "count": COUNT} for prompt in prompts), *({"text": text} for text in TEXTS))
    assert said == [*(greedy(folder, prompt, COUNT) for prompt in prompts), *prompts]
