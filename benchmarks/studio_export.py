"""What becomes of a language model when it is written as GGUF: size, speed, and how often it still says the same.

    python benchmarks/studio_export.py --model FOLDER [--rounds 5] [--tokens 48] [--threads 1] [--out REPORT.md]

FOLDER is a Hugging Face folder of the family llama or qwen2. For each quant: seconds to export, bytes, tokens a second
of the engine the agent uses (median of rounds; in each round every file answers once, in shuffled order, so that drift
of the machine falls on all alike), and agreement with transformers: along greedy answers of transformers in float32,
the share of places at which llama.cpp finds the same token likeliest, and how many of the answers it gives whole.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

QUANTS = ("f16", "q8_0", "q4_0", "q4_k_m")
PROMPTS = (
    "What is the capital of France?",
    "Write a Python function that adds two numbers.",
    "Explain in one sentence why the sky is blue.",
    "Name three animals that live in the sea.",
    "Translate 'good morning' into Spanish.",
    "List the files in a folder with bash.",
    "What is 12 times 7?",
    "Write a haiku about autumn.",
    "Who wrote Romeo and Juliet?",
    "Give me a JSON object with a name and an age.",
    "How do I boil an egg?",
    "Summarise: The train was late, so we took the bus.",
)


def engine() -> None:
    """The child: load the model, time one answer for each line read."""
    import xllamacpp

    told = json.loads(sys.stdin.readline())
    params = xllamacpp.CommonParams()
    params.model.path, params.n_ctx, params.n_parallel = told["file"], 1024, 1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = told["threads"]
    params.verbosity, params.cache_ram_mib, params.fit_params = 0, 0, False
    server = xllamacpp.Server(params)
    print("{}", flush=True)
    for line in sys.stdin:
        before = sum(os.times()[:2])
        said = server.handle_completions(json.loads(line))
        timings = (said if isinstance(said, dict) else json.loads(said))["timings"]
        print(json.dumps({**timings, "cpu": sum(os.times()[:2]) - before}), flush=True)


def start(file: Path, threads: int) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, __file__, "--engine"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"GOMP_SPINCOUNT": "400"},
        text=True,
    )
    told(process, {"file": str(file), "threads": threads})
    return process


def told(process: subprocess.Popen[str], what: dict[str, Any]) -> dict[str, Any]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(what) + "\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline())


def speeds(files: dict[str, Path], rounds: int, threads: int, tokens: int) -> dict[str, dict[str, float]]:
    """Medians by quant."""
    engines = {name: start(file, threads) for name, file in files.items()}
    samples: dict[str, list[dict[str, Any]]] = {name: [] for name in files}
    dice = random.Random(1)
    try:
        for number in range(rounds):
            for name in dice.sample(list(engines), len(engines)):
                prompt = f"{number} " + "The sea is wide and blue, and many ships sail on it. " * 16
                asked = {"prompt": prompt, "n_predict": tokens, "temperature": 0, "ignore_eos": True}
                samples[name].append(told(engines[name], {**asked, "cache_prompt": False}))
    finally:
        for process in engines.values():
            process.kill()
            process.wait()
    return {
        name: {
            key: statistics.median(sample[key] for sample in some)
            for key in ("predicted_per_second", "prompt_per_second", "cpu")
        }
        for name, some in samples.items()
    }


def greedy(folder: Path, tokens: int) -> list[tuple[list[int], list[int]]]:
    """Prompts and transformers' answers to them, as tokens."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    network = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    found: list[tuple[list[int], list[int]]] = []
    for text in PROMPTS:
        messages = [{"role": "user", "content": text}]
        shown = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        given = tokenizer(shown, add_special_tokens=False, return_tensors="pt")
        with torch.inference_mode():
            out = network.generate(
                **given,
                max_new_tokens=tokens,
                min_new_tokens=tokens,
                do_sample=False,
                eos_token_id=None,
                pad_token_id=0,
            )
        size = given["input_ids"].shape[1]
        found.append((out[0, :size].tolist(), out[0, size:].tolist()))
    return found


def agreement(file: Path, answers: list[tuple[list[int], list[int]]]) -> tuple[float, int]:
    from autogpt.studio.export.probe import probe

    likeliest = probe(file, (), [[*prompt, *answer[:-1]] for prompt, answer in answers]).likeliest
    alike = [
        [mine == other for mine, other in zip(answer, places[len(prompt) - 1 :], strict=True)]
        for (prompt, answer), places in zip(answers, likeliest, strict=True)
    ]
    return sum(map(sum, alike)) / sum(map(len, alike)), sum(map(all, alike))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tokens", type=int, default=48)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--engine", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.engine:
        engine()
        return
    from autogpt.studio.export.gguf import write_gguf

    if args.model is None:
        sys.exit("give --model FOLDER, a Hugging Face folder of the family llama or qwen2")
    with tempfile.TemporaryDirectory() as folder:
        files: dict[str, Path] = {}
        seconds: dict[str, float] = {}
        for quant in QUANTS:
            began = time.process_time()
            files[quant] = write_gguf(args.model, Path(folder) / f"{quant}.gguf", quant=quant)
            seconds[quant] = time.process_time() - began
        answers = greedy(args.model, args.tokens)
        alike = {quant: agreement(file, answers) for quant, file in files.items()}
        fast = speeds(files, args.rounds, args.threads, args.tokens)
        lines = [
            f"# {args.model.name} as GGUF",
            "",
            f"{date.today()}, {len(PROMPTS)} prompts x {args.tokens} tokens, {args.rounds} rounds, "
            f"{args.threads} thread(s), {os.cpu_count()} cores. Command: `python benchmarks/studio_export.py "
            f"--model {args.model.name} --rounds {args.rounds} --tokens {args.tokens} --threads {args.threads}`.",
            "",
            "| quant | export CPU s | MB | tokens/s | prompt tokens/s | CPU s an answer | same token | same answer |",
            "|---|---|---|---|---|---|---|---|",
        ]
        for quant, file in files.items():
            share, whole = alike[quant]
            speed = fast[quant]
            lines.append(
                f"| {quant} | {seconds[quant]:.1f} | {file.stat().st_size / 1e6:.0f} "
                f"| {speed['predicted_per_second']:.1f} | {speed['prompt_per_second']:.0f} | {speed['cpu']:.1f} "
                f"| {share:.1%} | {whole} of {len(answers)} |"
            )
    report = "\n".join(lines) + "\n"
    print(report)
    if args.out:
        args.out.parent.mkdir(parents=True, exist_ok=True)
        args.out.write_text(report, "utf-8")


if __name__ == "__main__":
    main()
