"""Asks an exported language model whether it still answers as the trained one did."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autogpt.core.errors import UsageError
from autogpt.core.schema import JsonValue
from autogpt.studio.export.exported import Finding
from autogpt.studio.export.probe import can_probe, probe, probe_adapter, probe_both
from autogpt.studio.export.vocabulary import chat_template
from autogpt.studio.model import quiet
from autogpt.studio.report import Advance, OnAdvance

_TEXTS = (
    "The quick brown fox jumps over 13 lazy dogs.",
    "def add(a, b):\n    return a + b  # 12,345.67\n\n\n\tprint(add(2, 40))",
    "It's 7 o'clock; we'll go, they've GONE.   Three spaces, then\r\nthe end.",
    "今天天气很好，我们去公园。 Überraschung! naïve café, Привет мир 🙂👍🏽",
    '{"tool": "read_file", "args": {"path": "a_b-c.txt", "start": 10}}',
)
_QUESTIONS = ("What is the capital of France?", "Write a Python function that adds two numbers.")
_TOKENS = 32
_LEAST = 0.9
"""Share of equal tokens below which an F16 or F32 file is not the trained model: rounding turns only near ties."""


def verify_gguf(
    folder: Path, file: Path, *, exact: bool, on_advance: OnAdvance = lambda advance: None
) -> tuple[Finding, ...]:
    """Compare the file, run by llama.cpp, with the folder, run by transformers.

    Both must cut texts alike, and find the same token likeliest after every token of greedy answers. exact: F16 and
    F32, where the answers must agree too; of coarser quants the share that agrees is told.
    Raises UsageError for a file that is not what was trained.
    """
    if not can_probe():
        return (Finding(name="answers", ok=False, said="not compared: there is no llama.cpp here (package cyllama)"),)
    tokenizer, prompts = _asked(folder)
    on_advance(Advance(stage="verify", total=3))
    answers = _greedy(_network(folder), prompts)
    on_advance(Advance(stage="verify", done=1, total=3))
    told = probe(file, _TEXTS, [[*prompt, *answer[:-1]] for prompt, answer in zip(prompts, answers, strict=True)])
    on_advance(Advance(stage="verify", done=3, total=3))
    places = [after[len(prompt) - 1 :] for prompt, after in zip(prompts, told.likeliest, strict=True)]
    agreed = _agreed(answers, places)
    findings = (_tokens(tokenizer, told.tokens), agreed)
    for finding in findings:
        if not finding.ok and (finding.name == "tokenizer" or exact):
            raise UsageError(f"the exported file is not the trained model, and is of no use: {finding.said}")
    return findings


def verify_adapter(
    adapter: Path, base: Path, file: Path, plain: Path, *, on_advance: OnAdvance = lambda advance: None
) -> Finding:
    """Compare an adapter's file on its base, run by llama.cpp, with the adapter on its base, run by PEFT.

    adapter: the PEFT folder. base: the Hugging Face folder it was trained on; plain: the same as a GGUF file.
    Raises UsageError for a file that is not what was trained.
    """
    from peft import PeftModel

    _, prompts = _asked(base)
    on_advance(Advance(stage="verify", total=3))
    answers = _greedy(PeftModel.from_pretrained(_network(base), str(adapter)).eval(), prompts)
    on_advance(Advance(stage="verify", done=1, total=3))
    told = probe_adapter(plain, file, prompts, answers)
    on_advance(Advance(stage="verify", done=3, total=3))
    agreed, alone = _agreed(answers, told.adapted), _agreed(answers, told.alone)
    if not agreed.ok:
        raise UsageError(f"the exported file is not the trained model, and is of no use: {agreed.said}")
    numbers = {**agreed.numbers, "alone": alone.numbers["alike"]}
    said = (
        f"on its base, the same token is likeliest after {numbers['alike']} of {numbers['tokens']} tokens of greedy "
        f"answers; after {numbers['alone']} without the adapter"
    )
    return agreed.model_copy(update={"said": said, "numbers": numbers})


def beside_f16(folder: Path, plain: Path, small: Path, *, on_advance: OnAdvance = lambda advance: None) -> Finding:
    """What a quantised file brought and cost beside the same model in F16, both run by llama.cpp, in turns.

    Perplexity is told over the texts that tokenizers are compared on; the share of tokens, over the greedy answers of
    F16.
    """
    tokenizer, prompts = _asked(folder)
    texts = [list(tokenizer(text)["input_ids"]) for text in _TEXTS]
    on_advance(Advance(stage="verify"))
    found = probe_both(plain, small, prompts, texts)
    sizes = [path.stat().st_size for path in (plain, small)]
    pairs = (found.reading, found.writing)
    rates = [f"{one:,.0f}" for pair in pairs for one in reversed(pair)]
    said = (
        f"beside F16: {sizes[1] / 1e6:.1f} instead of {sizes[0] / 1e6:.1f} MB; "
        f"{rates[0]} instead of {rates[1]} tokens/s read, {rates[2]} instead of {rates[3]} written; "
        f"perplexity {found.perplexity[1]:.3f} instead of {found.perplexity[0]:.3f} over {found.tokens} tokens; "
        f"{found.alike} of {found.answered} greedy tokens the same"
    )
    names = ("f16", "small")
    numbers: dict[str, JsonValue] = {
        "bytes": dict[str, JsonValue](zip(names, sizes, strict=True)),
        "reading_tokens_per_second": dict[str, JsonValue](zip(names, found.reading, strict=True)),
        "writing_tokens_per_second": dict[str, JsonValue](zip(names, found.writing, strict=True)),
        "perplexity": dict[str, JsonValue](zip(names, found.perplexity, strict=True)),
        "tokens": found.tokens,
        "greedy_tokens": found.answered,
        "greedy_tokens_alike": found.alike,
    }
    return Finding(name="beside f16", ok=True, said=said, numbers=numbers)


def _asked(folder: Path) -> tuple[Any, list[list[int]]]:
    """The folder's tokenizer, and the questions as it cuts them."""
    from transformers import AutoTokenizer

    tokenizer: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    templated = bool(chat_template(folder))
    return tokenizer, [_prompt(tokenizer, question, templated=templated) for question in _QUESTIONS]


def _prompt(tokenizer: Any, question: str, *, templated: bool) -> list[int]:
    if not templated:
        return list(tokenizer(question)["input_ids"])
    messages = [{"role": "user", "content": question}]
    text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    return list(tokenizer(text, add_special_tokens=False)["input_ids"])


def _network(folder: Path) -> Any:
    from transformers import AutoModelForCausalLM

    with quiet():
        return AutoModelForCausalLM.from_pretrained(folder, local_files_only=True, dtype="auto").eval()


def _greedy(network: Any, prompts: Sequence[Sequence[int]]) -> list[list[int]]:
    import torch

    answers: list[list[int]] = []
    for prompt in prompts:
        past, given, said = None, torch.tensor([list(prompt)]), list[int]()
        with torch.inference_mode():
            while len(said) < _TOKENS:
                out = network(input_ids=given, cache=past, use_cache=True, logits_to_keep=1)
                past, token = out.cache, int(out.logits[0, -1].argmax())
                said.append(token)
                given = torch.tensor([[token]])
        answers.append(said)
    return answers


def _tokens(tokenizer: Any, told: Sequence[Sequence[int]]) -> Finding:
    ours = [list(tokenizer(text)["input_ids"]) for text in _TEXTS]
    wrong = [text for text, mine, other in zip(_TEXTS, ours, told, strict=True) if mine != list(other)]
    said = f"llama.cpp cuts {len(ours) - len(wrong)} of {len(ours)} texts as the tokenizer does"
    if wrong:
        said += f", but not {wrong[0]!r}"
    return Finding(
        name="tokenizer", ok=not wrong, said=said, numbers={"texts": len(ours), "alike": len(ours) - len(wrong)}
    )


def _agreed(answers: Sequence[Sequence[int]], likeliest: Sequence[Sequence[int]]) -> Finding:
    """likeliest: for each answer, the token that llama.cpp has in the place of each of its own."""
    pairs = [pair for both in zip(answers, likeliest, strict=True) for pair in zip(*both, strict=True)]
    alike = sum(mine == other for mine, other in pairs)
    return Finding(
        name="answers",
        ok=alike >= _LEAST * len(pairs),
        said=f"after {alike} of {len(pairs)} tokens of greedy answers the same token is likeliest",
        numbers={"tokens": len(pairs), "alike": alike},
    )
