"""What becomes of a language model when it is written as GGUF: size, speed, and how often it still says the same.

    AUTOGPT_BENCH_DATA=/path/to/data python benchmarks/studio_export.py --model FOLDER [--rounds 5] [--tokens 48]
        [--prompts 12] [--passages 16] [--threads 1] [--quants f16 q8_0 q4_0 q4_k_m]

FOLDER is a Hugging Face folder of the family llama or qwen2. For each quant: seconds to export, bytes, tokens a second
of the engine the agent uses (median of rounds; in each round every file answers once, in shuffled order, so that drift
of the machine falls on all alike), agreement with transformers (along greedy answers of transformers in float32, the
share of places at which llama.cpp finds the same token likeliest, and how many of the answers it gives whole), and
perplexity over passages of 128 tokens of the UCI sentences, by llama.cpp. Of F16 also: how many of the numbers are,
bit for bit, those of FOLDER when transformers reads the file. Writes results/studio/export-MODEL.json, and export.md
out of all of these.
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
from itertools import islice
from pathlib import Path
from typing import Any

os.environ.setdefault("GOMP_SPINCOUNT", "400")
"""As the agent's engine and the studio's jobs have it: threads that spin while they wait take the core from others."""

RESULTS = Path(__file__).parent / "results" / "studio"

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


def greedy(folder: Path, tokens: int, prompts: int) -> list[tuple[list[int], list[int]]]:
    """Prompts and transformers' answers to them, as tokens."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    network = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    found: list[tuple[list[int], list[int]]] = []
    for text in PROMPTS[:prompts]:
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


def passages(folder: Path, count: int) -> list[list[int]]:
    """So many runs of 128 tokens of real sentences, one sentence after another."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    lines: list[str] = []
    for path in sorted((Path(os.environ["AUTOGPT_BENCH_DATA"]) / "uci_sentiment").glob("*.tsv")):
        lines += [line.rpartition("\t")[0].strip() for line in path.read_text("utf-8").split("\n")]
    random.Random(0).shuffle(lines)
    tokens = tokenizer(" ".join(islice(lines, count * 16)), add_special_tokens=False)["input_ids"]
    return [tokens[at : at + 128] for at in range(0, count * 128, 128)]


def perplexities(files: dict[str, Path], sequences: list[list[int]]) -> dict[str, float]:
    from autogpt.studio.export.probe import probe_both

    found: dict[str, float] = {}
    for quant, file in files.items():
        if quant != "f16":
            found["f16"], found[quant] = probe_both(files["f16"], file, [sequences[0][:8]], sequences).perplexity
    return found


def unchanged(folder: Path, file: Path) -> tuple[int, int]:
    """Numbers of the folder that transformers reads out of the file, bit for bit; and all of them."""
    import torch
    from safetensors import safe_open
    from transformers import AutoModelForCausalLM

    # In float32, where every number of either has a place: read in 16 bits, both would be rounded alike.
    network = AutoModelForCausalLM.from_pretrained(file.parent, gguf_file=file.name, dtype=torch.float32)
    read = network.state_dict()
    same = all_ = 0
    for path in folder.glob("*.safetensors"):
        with safe_open(path, "pt") as weights:
            names: list[str] = weights.keys()  # it is no mapping
            for name in names:
                value = weights.get_tensor(name).to(read[name].dtype)
                same += int((value == read[name]).sum())
                all_ += value.numel()
    return same, all_


def measure(args: argparse.Namespace) -> dict[str, Any]:
    from autogpt.studio.export.gguf import write_gguf

    with tempfile.TemporaryDirectory() as folder:
        files: dict[str, Path] = {}
        seconds: dict[str, float] = {}
        for quant in args.quants:
            began = time.process_time()
            files[quant] = write_gguf(args.model, Path(folder) / f"{quant}.gguf", quant=quant)
            seconds[quant] = time.process_time() - began
            say(quant, "written")
        same, numbers = unchanged(args.model, files["f16"])
        say("f16", f"{same:,} of {numbers:,} numbers unchanged")
        answers = greedy(args.model, args.tokens, args.prompts)
        alike = {quant: agreement(file, answers) for quant, file in files.items()}
        say("agreement", alike)
        lost = perplexities(files, passages(args.model, args.passages))
        say("perplexity", lost)
        fast = speeds(files, args.rounds, args.threads, args.tokens)
        return {
            "model": args.model.name,
            "at": date.today().isoformat(),
            "command": f"--model {args.model.name} --rounds {args.rounds} --tokens {args.tokens} "
            f"--prompts {args.prompts} --passages {args.passages} --threads {args.threads}"
            + ("" if tuple(args.quants) == QUANTS else f" --quants {' '.join(args.quants)}"),
            "answers": len(answers),
            "tokens": args.tokens,
            "passages": args.passages,
            "unchanged": same,
            "numbers": numbers,
            "quants": {
                quant: {
                    "export_cpu_seconds": seconds[quant],
                    "bytes": file.stat().st_size,
                    "same_tokens": alike[quant][0],
                    "same_answers": alike[quant][1],
                    "perplexity": lost[quant],
                    **fast[quant],
                }
                for quant, file in files.items()
            },
        }


def say(what: str, said: object) -> None:
    print(what, said, file=sys.stderr, flush=True)


def render() -> str:
    lines = [
        "# Language models as GGUF",
        "",
        "One run each on a shared virtual machine of 2 cores, other work beside it, which leaves processor time as",
        "the measure of speed: seconds of one thread for an answer to a prompt of about 210 tokens, the median of the",
        "rounds, in each of which every file answers once. same token: along greedy answers of transformers in",
        "float32, the share of places at which llama.cpp finds the same token likeliest. Perplexity: by llama.cpp,",
        "over passages of 128 tokens of the UCI sentences.",
    ]
    for path in sorted(RESULTS.glob("export-*.json")):
        said = json.loads(path.read_text("utf-8"))
        lines += [
            "",
            f"## {said['model']}",
            "",
            f"{said['at']}, `python benchmarks/studio_export.py {said['command']}`. {said['answers']} answers of "
            f"{said['tokens']} tokens, {said['passages']} passages. Read out of the F16 file by transformers, "
            f"{said['unchanged']:,} of {said['numbers']:,} numbers are those of the folder, bit for bit.",
            "",
            "| quant | export CPU-s | MB | CPU-s an answer | same token | same answer | perplexity |",
            "|---|---|---|---|---|---|---|",
        ]
        plain = said["quants"]["f16"]
        for quant, of in said["quants"].items():
            lines.append(
                f"| {quant} | {of['export_cpu_seconds']:.1f} | {of['bytes'] / 1e6:.0f} "
                f"| {of['cpu']:.2f} ({plain['cpu'] / of['cpu']:.2f}x the speed) "
                f"| {of['same_tokens']:.1%} | {of['same_answers']} of {said['answers']} "
                f"| {of['perplexity']:.3f} ({of['perplexity'] / plain['perplexity'] - 1:+.2%}) |"
            )
    return "\n".join([*lines, *QWEN2, *Q8_0]) + "\n"


Q8_0 = (
    "",
    "## What Q8_0 costs, and why",
    "",
    "SmolLM2-135M, 16 passages (2,032 tokens), 27 November 2026, `python benchmarks/studio_q8_0.py`: perplexity",
    "in float32 80.73; with our Q8_0 weights, read back and used in float32, +0.35 % (standard error 0.13",
    "points); and with what goes into each linear layer rounded to 8 bits in blocks of 32, as llama.cpp does",
    "beside Q8_0 weights, +0.73 % (0.24 points). So half of the cost is the weights', half the engine's rounding.",
    "Our Q8_0 file holds, byte for byte, what llama.cpp's own quantiser (`cyllama`) makes of our F16 file:",
    "143,025,408 of 143,025,408 bytes of tensors.",
)

QWEN2 = (
    "",
    "## A small qwen2",
    "",
    "A network of 4 layers with 792,704 numbers and a vocabulary of 416 (that of tests/studio/export/small.py),",
    "trained for 128 steps on the docstrings of Python's library (loss 3.14), its numbers rounded to F16, 27",
    "November 2026. Read out of the F16 file by transformers, 792,704 of 792,704 numbers are the folder's, bit",
    "for bit; along 12 greedy answers of 48 tokens llama.cpp finds the same token likeliest at all 576 places,",
    "with F16 and with Q8_0. It has learned little, and repeats itself: the tests do the same with random weights",
    "whose likeliest token is well ahead.",
    "",
    "## Qwen2.5-Coder-1.5B",
    "",
    "The packaged model as a folder, 27 November 2026, `python benchmarks/studio_export.py --model",
    "qwen2.5-coder-1.5b --quants f16 q8_0 --prompts 4 --tokens 16 --rounds 1 --passages 1`. Read out of the F16 file",
    "by transformers, 1,777,088,000 of 1,777,088,000 numbers are those of the folder, bit for bit (compared in",
    "float32); along 4 greedy answers of 16 tokens llama.cpp finds the same token likeliest at all 64 places, with F16",
    "and with Q8_0. Perplexity and speeds were not waited for.",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, help="without it export.md is written anew from what was measured")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tokens", type=int, default=48)
    parser.add_argument("--prompts", type=int, default=len(PROMPTS))
    parser.add_argument("--passages", type=int, default=16)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--quants", nargs="+", choices=QUANTS, default=QUANTS, metavar="QUANT")
    parser.add_argument("--engine", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.engine:
        engine()
        return
    RESULTS.mkdir(parents=True, exist_ok=True)
    if args.model is not None:
        said = measure(args)
        (RESULTS / f"export-{args.model.name}.json").write_text(json.dumps(said, indent=1) + "\n", "utf-8")
    report = render()
    print(report)
    (RESULTS / "export.md").write_text(report, "utf-8")


if __name__ == "__main__":
    main()
