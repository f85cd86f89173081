"""How fast the studio's LoRA recipe trains, against a plain PEFT + Trainer script: tokens a second at equal loss.

    .venv/bin/python benchmarks/studio_lora.py [--rows 240] [--rounds 2] [--system]

Each arm runs in a process of its own, by turns, on the same rows, from the same weights, with the same adapters, rate,
batch and number of steps. Tokens are those of the rows; padding is not counted. Loss is of the held-out rows' answers,
computed by transformers' own loss for both arms. --system puts a list of tools before every question, as an agent does.
"""

import argparse
import json
import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

THINGS = ("pens", "lamps", "chairs", "maps", "ropes", "cups", "shirts", "bells", "tiles", "knives")
NOTES = (
    "The customer called twice.",
    "Deliver before noon if the weather allows.",
    "The invoice goes to the main office, not to the shop on the corner.",
    "He paid in cash.",
    "Packed by Maria on the second floor, checked by nobody, and put beside the door where the other parcels stand.",
    "Fragile.",
)
TOOLS = (
    "You answer questions about orders. Tools: read_file(path, start, lines), write_file(path, content), "
    "run_command(command, seconds), search_web(query), send_mail(to, subject, body), finish(summary)."
)
RANK, ALPHA, RATE, BATCH = 16, 32, 1e-3, 8


def rows(count: int, seed: int, system: bool) -> list[dict[str, Any]]:
    """Questions of 20 to 150 words about an order, and answers of a few."""
    dice = random.Random(seed)
    found = []
    for _ in range(count):
        order = {thing: dice.randint(2, 99) for thing in dice.sample(THINGS, dice.randint(2, 4))}
        notes = [dice.choice(NOTES) for _ in range(dice.choice((0, 1, 1, 2, 4, 8)))]
        asked = dice.choice(list(order))
        lines = [*(f"{many} {thing}" for thing, many in order.items()), *notes]
        question = f"Order {dice.randint(1000, 9999)}: {'; '.join(lines)}\nHow many {asked}?"
        chat = [
            {"role": "user", "content": question},
            {"role": "assistant", "content": f"item={asked} count={order[asked]}"},
        ]
        found.append({"messages": [{"role": "system", "content": TOOLS}, *chat] if system else chat})
    return found


def plain(base: Path, train: list[dict[str, Any]], out: Path, epochs: float) -> tuple[Any, Any, float, float]:
    """As the examples of PEFT do it: everything that is not about the task is left at its default."""
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM, AutoTokenizer, DataCollatorForSeq2Seq, Trainer, TrainingArguments

    tokenizer = AutoTokenizer.from_pretrained(base)
    network = get_peft_model(
        AutoModelForCausalLM.from_pretrained(base),
        LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules="all-linear", task_type="CAUSAL_LM"),
    )
    trainer = Trainer(
        network,
        TrainingArguments(
            str(out),
            per_device_train_batch_size=BATCH,
            num_train_epochs=epochs,
            learning_rate=RATE,
            report_to=[],
            save_strategy="no",
            disable_tqdm=True,
            use_cpu=True,
            seed=0,
        ),
        train_dataset=[encode(tokenizer, row) for row in train],
        data_collator=DataCollatorForSeq2Seq(tokenizer),
    )
    began, cpu = time.perf_counter(), time.process_time()
    trainer.train()
    return network, tokenizer, time.perf_counter() - began, time.process_time() - cpu


def recipe_of(base: Path, epochs: float, threads: int = 0) -> Any:
    from autogpt.studio.recipe import Lora, Recipe

    return Recipe(
        task="sft",
        base=str(base),
        method="lora",
        lora=Lora(rank=RANK, alpha=ALPHA),
        learning_rate=RATE,
        batch=BATCH,
        epochs=epochs,
        max_length=1024,
        precision="fp32",
        threads=threads,
    )


def ours(base: Path, train: list[dict[str, Any]], out: Path, epochs: float) -> tuple[Any, Any, float, float]:
    from datasets import Dataset

    from autogpt.studio.corpus import Corpus
    from autogpt.studio.model import begin
    from autogpt.studio.train import run

    recipe = recipe_of(base, epochs)
    loaded = begin(recipe, (), out)
    report = run(loaded, recipe, Corpus("sft", {"train": Dataset.from_list(train)}), out)
    return loaded.network, loaded.tokenizer, report.seconds, report.cpu_seconds


def encode(tokenizer: Any, row: dict[str, Any]) -> dict[str, list[int]]:
    prompt = tokenizer.apply_chat_template(row["messages"][:-1], tokenize=False, add_generation_prompt=True)
    asked = tokenizer(prompt, add_special_tokens=False)["input_ids"]
    answer = tokenizer(f"{row['messages'][-1]['content']}<|im_end|>", add_special_tokens=False)["input_ids"]
    ids = asked + answer
    return {"input_ids": ids, "attention_mask": [1] * len(ids), "labels": [-100] * len(asked) + answer}


def held_out_loss(network: Any, tokenizer: Any, held_out: list[dict[str, Any]]) -> float:
    """Nats for each token of the answers."""
    import torch

    network.eval()
    total = count = 0.0
    for row in held_out:
        batch = {name: torch.tensor([value]) for name, value in encode(tokenizer, row).items()}
        answers = int((batch["labels"] != -100).sum())
        with torch.inference_mode():
            total += float(network(**batch).loss) * answers
        count += answers
    return total / count


def arm(name: str, base: Path, count: int, system: bool, epochs: float) -> None:
    train, held_out = rows(count, 0, system), rows(60, 1, system)
    with tempfile.TemporaryDirectory() as folder:
        network, tokenizer, seconds, cpu = {"plain": plain, "ours": ours}[name](base, train, Path(folder), epochs)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    tokens = sum(len(encode(tokenizer, row)["input_ids"]) for row in train) * epochs
    told = {"arm": name, "tokens": tokens, "seconds": seconds, "cpu": cpu, "peak": peak}
    told["loss"] = held_out_loss(network, tokenizer, held_out)
    print(json.dumps(told), flush=True)


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--rows", type=int, default=240)
    reader.add_argument("--epochs", type=float, default=1)
    reader.add_argument("--rounds", type=int, default=2)
    reader.add_argument("--system", action="store_true")
    reader.add_argument("--arm", choices=("plain", "ours"))
    reader.add_argument("--base", type=Path)
    told = reader.parse_args()
    if told.base is None:
        from autogpt.studio.bases import find_base

        home = Path(os.environ.get("AUTOGPT_CACHE") or Path.home() / ".cache" / "autogpt")
        told.base = find_base("smollm2-135m", home / "studio")
    if told.arm:
        arm(told.arm, told.base, told.rows, told.system, told.epochs)
        return
    command = [sys.executable, __file__, "--rows", str(told.rows), "--epochs", str(told.epochs), "--base", told.base]
    command += ["--system"] if told.system else []
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, {told.rows} rows, seed 0")
    print(
        "| arm | tokens | seconds | tokens/s | tokens/CPU-s | peak MB | held-out loss |\n|---|---|---|---|---|---|---|"
    )
    seen: dict[str, list[dict[str, float]]] = {"plain": [], "ours": []}
    for _ in range(told.rounds):
        for name in seen:
            done = subprocess.run([*command, "--arm", name], check=True, capture_output=True, text=True)
            one = json.loads(done.stdout.splitlines()[-1])
            seen[name].append(one)
            print(
                f"| {name} | {one['tokens']:.0f} | {one['seconds']:.1f} | {one['tokens'] / one['seconds']:.1f} "
                f"| {one['tokens'] / one['cpu']:.1f} | {one['peak'] / 1e6:.0f} | {one['loss']:.4f} |",
                flush=True,
            )
    ratio = {
        key: sum(one[key] for one in seen["plain"]) / sum(one[key] for one in seen["ours"])
        for key in ("seconds", "cpu", "peak")
    }
    print(
        f"ours against plain: {ratio['seconds']:.2f}x tokens/s, {ratio['cpu']:.2f}x tokens/CPU-s, "
        f"{1 / ratio['peak']:.2f}x the peak memory"
    )


if __name__ == "__main__":
    main()
