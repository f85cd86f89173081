"""Which precision is faster here: measured, since CPUs with and without AMX differ by a factor either way."""

import time
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from transformers import Trainer


def faster_precision(trainer: "Trainer") -> str:
    """'bf16' if a training step (forwards and backwards, one batch) takes less time under autocast, else 'fp32'.

    Leaves weights, gradients and random numbers as they were. Processor time is compared, since other work on the
    machine would decide otherwise.
    """
    import torch

    network = cast("torch.nn.Module", trainer.model)
    rows = cast(Any, trainer.train_dataset)
    first = [rows[at] for at in range(min(len(rows), trainer.args.per_device_train_batch_size))]
    with torch.random.fork_rng(devices=[]):
        batch = {name: value for name, value in trainer.data_collator(first).items() if name != "labels"}
        network.train()
        seconds = {"fp32": float("inf"), "bf16": float("inf")}
        for precision in ("fp32", "bf16", "fp32", "bf16"):
            began = time.process_time()
            with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
                outputs = network(**batch)
            outputs[0].float().square().mean().backward()
            seconds[precision] = min(seconds[precision], time.process_time() - began)
    network.zero_grad(set_to_none=True)
    return "bf16" if seconds["bf16"] < 0.95 * seconds["fp32"] else "fp32"
