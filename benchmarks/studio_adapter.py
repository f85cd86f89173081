"""A LoRA adapter that has learned something, as a GGUF adapter: does llama.cpp say with it what PEFT says?

    OMP_NUM_THREADS=1 python benchmarks/studio_adapter.py [--rows 96] [--prompts 12] [--tokens 16]

The adapter is trained on the chats of studio_lora.py, with its settings. Asked are questions that it has not seen:
PEFT, in float32, answers greedily, and llama.cpp is asked at each place of these answers which token is likeliest, with
the adapter on the base in F16, and without it. Where they differ, it is told how far PEFT's two tokens are apart.
Writes results/studio/adapter.json, and adapter.md out of it.
"""

import argparse
import json
import os
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
from datasets import Dataset
from studio_lora import RANK, recipe_of, rows

RESULTS = Path(__file__).parent / "results" / "studio"
BASE = "smollm2-135m"


def main() -> None:
    args = _arguments()
    torch.set_num_threads(1)
    said = measure(args)
    (RESULTS / "adapter.json").write_text(json.dumps(said, indent=1) + "\n", "utf-8")
    report = render(said)
    (RESULTS / "adapter.md").write_text(report, "utf-8")
    print(report)


def measure(args: argparse.Namespace) -> dict[str, Any]:
    from autogpt.studio.bases import find_base
    from autogpt.studio.corpus import Corpus
    from autogpt.studio.export.export import export
    from autogpt.studio.export.gguf import write_gguf
    from autogpt.studio.export.probe import probe_adapter
    from autogpt.studio.train import train

    base = find_base(BASE, args.cache)
    recipe = recipe_of(base, 1, threads=1)
    chats = rows(args.rows, 0, False)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "orders"
        began = time.process_time()
        train(recipe, Corpus("sft", {"train": Dataset.from_list(chats)}, ()), folder, cache=args.cache)
        taught = time.process_time() - began
        began = time.process_time()
        exported = export(folder, "adapter", Path(made) / "orders.gguf")
        (file,) = exported.paths
        wrote = time.process_time() - began
        plain = write_gguf(base, Path(made) / "base.gguf")
        prompts, answers, gaps = peft_says(base, folder, rows(args.prompts, 1, False), args.tokens)
        told = probe_adapter(plain, file, prompts, answers)
        size = file.stat().st_size
    return {
        "at": date.today().isoformat(),
        "command": f"--rows {args.rows} --prompts {args.prompts} --tokens {args.tokens}",
        "rows": args.rows,
        "train_cpu_seconds": round(taught),
        "export_cpu_seconds": round(wrote),
        "bytes": size,
        "checks": [one.said for one in exported.checks],
        "places": sum(map(len, answers)),
        "adapted": alike(answers, told.adapted),
        "alone": alike(answers, told.alone),
        "whole": sum(tuple(mine) == other for mine, other in zip(answers, told.adapted, strict=True)),
        "answers": len(answers),
        "apart": [
            float(logits[mine] - logits[other])
            for answer, others, places in zip(answers, told.adapted, gaps, strict=True)
            for mine, other, logits in zip(answer, others, places, strict=True)
            if mine != other
        ],
    }


def peft_says(
    base: Path, folder: Path, chats: list[dict[str, Any]], tokens: int
) -> tuple[list[list[int]], list[list[int]], list[list[torch.Tensor]]]:
    """Prompts, so many tokens of greedy answers to them, and the logits that each of these was chosen by."""
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base)
    network = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    network = PeftModel.from_pretrained(network, str(folder / "adapter")).eval()
    prompts, answers, logits = [], [], []
    for chat in chats:
        text = tokenizer.apply_chat_template(chat["messages"][:-1], tokenize=False, add_generation_prompt=True)
        prompt = list(tokenizer(text, add_special_tokens=False)["input_ids"])
        said, seen = list[int](), list[torch.Tensor]()
        with torch.inference_mode():
            while len(said) < tokens:
                last = network(input_ids=torch.tensor([[*prompt, *said]]), use_cache=False).logits[0, -1]
                said.append(int(last.argmax()))
                seen.append(last)
        prompts.append(prompt)
        answers.append(said)
        logits.append(seen)
    return prompts, answers, logits


def alike(answers: list[list[int]], others: tuple[tuple[int, ...], ...]) -> int:
    return sum(mine == other for both in zip(answers, others, strict=True) for mine, other in zip(*both, strict=True))


def render(said: dict[str, Any]) -> str:
    apart = ", ".join(f"{gap:.3f}" for gap in said["apart"])
    where = f" Where they differ, PEFT's two logits are {apart} apart." if apart else ""
    lines = (
        "# A trained LoRA adapter as GGUF",
        "",
        f"{said['at']}, `OMP_NUM_THREADS=1 python benchmarks/studio_adapter.py {said['command']}`, seed 0, one run.",
        f"SmolLM2-135M-Instruct, rank {RANK} on all linear layers, {said['rows']} chats of studio_lora.py, one pass:",
        f"{said['train_cpu_seconds']} s of the processor to train, {said['export_cpu_seconds']} s to write and to ask; "
        f"{said['bytes'] / 1e6:.1f} MB.",
        "",
        f"{said['answers']} greedy answers of PEFT (float32) to questions that were not trained on, "
        f"{said['places']} tokens in all:",
        "",
        "| llama.cpp, base in F16 | same token likeliest | whole answers |",
        "|---|---|---|",
        f"| with the adapter | {said['adapted']} of {said['places']} | {said['whole']} of {said['answers']} |",
        f"| without it | {said['alone']} of {said['places']} | |",
        "",
        f"What `export` itself found: {' '.join(said['checks'])}.{where}",
    )
    return "\n".join(lines) + "\n"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=96)
    parser.add_argument("--prompts", type=int, default=12)
    parser.add_argument("--tokens", type=int, default=16)
    home = Path(os.environ.get("AUTOGPT_CACHE") or Path.home() / ".cache" / "autogpt")
    parser.add_argument("--cache", type=Path, default=home / "studio")
    return parser.parse_args()


if __name__ == "__main__":
    main()
