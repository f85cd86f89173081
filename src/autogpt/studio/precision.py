"""Which precision is faster here: measured, since CPUs with and without AMX differ by a factor either way."""

import time
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from autogpt.studio.trainer import StudioTrainer


def faster_precision(trainer: "StudioTrainer") -> str:
    """'bf16' if a training step (forwards and backwards, one batch) takes less time under autocast, else 'fp32'.

    The step is the trainer's own, so that it holds no more memory than training does. Leaves weights, gradients and
    random numbers as they were. Processor time is compared, since other work on the machine would decide otherwise.
    Of several processes, the first decides for all.
    """
    import torch

    network = cast("torch.nn.Module", trainer.model)
    rows = cast(Any, trainer.train_dataset)
    first = [rows[at] for at in range(min(len(rows), trainer.args.per_device_train_batch_size))]
    with torch.random.fork_rng(devices=[]):
        batch = cast(Any, trainer.data_collator)(first)
        network.train()
        seconds = {"fp32": float("inf"), "bf16": float("inf")}
        for precision in ("fp32", "bf16", "fp32", "bf16"):
            began = time.process_time()
            with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
                loss = trainer.trial_loss(network, dict(batch))
            loss.backward()
            seconds[precision] = min(seconds[precision], time.process_time() - began)
            del loss
            network.zero_grad(set_to_none=True)
    return _agreed("bf16" if seconds["bf16"] < 0.95 * seconds["fp32"] else "fp32")


def _agreed(precision: str) -> str:
    import torch

    if not (torch.distributed.is_available() and torch.distributed.is_initialized()):
        return precision
    said = [precision]
    torch.distributed.broadcast_object_list(said, src=0)
    return said[0]
