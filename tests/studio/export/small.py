"""Small language models with random weights, saved as Hugging Face folders."""

from pathlib import Path
from typing import Any

import tokenizers
import torch
from tokenizers import decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

TEXTS = [
    "The sea is wide and blue, and 1234 ships sail on it.",
    "def add(a, b):\n    return a + b\n\n\nprint(add(2, 40))",
    "It's 7 o'clock; we'll go, they've gone.   Three spaces,\ttab.\r\nEnd.",
    "海很宽，天很蓝。Überraschung! naïve café 🙂👩‍👩‍👧",
]
ENDS = (0, 2)
"""Tokens at which the engine ends an answer; asked not to, it never chooses them."""
TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
QWEN2_PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
CUTS = {
    "gpt-2": pre_tokenizers.ByteLevel(add_prefix_space=False),
    "smollm": pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    ),
    "qwen2": pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(tokenizers.Regex(QWEN2_PATTERN), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    ),
}


def tokenizer(cut: str = "smollm") -> PreTrainedTokenizerFast:
    """Byte-level BPE of 400 tokens, learned from a few lines."""
    made = tokenizers.Tokenizer(models.BPE())
    made.pre_tokenizer = CUTS[cut]
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
        show_progress=False,
    )
    made.train_from_iterator(TEXTS * 3, trainer)
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=made, bos_token="<|im_start|>", eos_token="<|im_end|>", pad_token="<|endoftext|>"
    )
    wrapped.chat_template = TEMPLATE
    return wrapped


def language_model(folder: Path, family: str = "llama", cut: str = "smollm", **changes: Any) -> Path:
    """A network of two layers. Weights are drawn so wide that the likeliest token is well ahead of the next."""
    torch.manual_seed(7)
    numbers: dict[str, Any] = {
        "vocab_size": 416,
        "hidden_size": 64,
        "intermediate_size": 96,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 512,
        "tie_word_embeddings": family == "qwen2",
        "initializer_range": 0.3,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "pad_token_id": 0,
        **changes,
    }
    network = (
        LlamaForCausalLM(LlamaConfig(**numbers)) if family == "llama" else Qwen2ForCausalLM(Qwen2Config(**numbers))
    )
    with torch.no_grad():
        for name, weight in network.named_parameters():
            if name.endswith("bias"):
                weight.normal_(0, 0.5)
    network.save_pretrained(folder)
    tokenizer(cut).save_pretrained(folder)
    return folder


def clear_answers(network: torch.nn.Module, count: int, most: int = 3) -> list[tuple[list[int], list[int]]]:
    """Prompts with what transformers answers to them at temperature 0, `count` tokens each.

    Of many random prompts, those whose answers are clearest: at each token the likeliest is well ahead of the next,
    so that F16 rounding (three digits) cannot turn the order of the two.
    """
    width = network.config.vocab_size
    prompts = torch.randint(3, 390, (64, 12), generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        out = network.generate(
            prompts,
            attention_mask=torch.ones_like(prompts),
            max_new_tokens=count,
            min_new_tokens=count,
            do_sample=False,
            eos_token_id=None,
            suppress_tokens=list(ENDS),
            output_scores=True,
            return_dict_in_generate=True,
        )
    logits = torch.stack(out.scores, 1)  # (prompts, count, width)
    logits[..., list(ENDS)] = 0
    assert logits.shape[1:] == (count, width)
    top = logits.topk(2).values
    lead = ((top[..., 0] - top[..., 1]) / logits.std(-1)).min(-1).values  # the smallest of each answer
    best = lead.argsort(descending=True)[:most].tolist()
    assert float(lead[best[-1]]) > 0.005
    return [(prompts[one].tolist(), out.sequences[one, prompts.shape[1] :].tolist()) for one in best]


def load(folder: Path) -> torch.nn.Module:
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
