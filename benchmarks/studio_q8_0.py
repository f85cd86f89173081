"""Where the cost of Q8_0 comes from: the weights alone, and the engine's rounding of what is multiplied by them.

    AUTOGPT_BENCH_DATA=/path/to/data OMP_NUM_THREADS=1 python benchmarks/studio_q8_0.py FOLDER [PASSAGES]

Perplexity over passages of 128 tokens of the UCI sentences, in transformers, of the folder as it is and rounded so.
"""

import sys
from pathlib import Path

import torch
from gguf import GGMLQuantizationType, quants
from studio_export import passages
from transformers import AutoModelForCausalLM

BLOCK = 32


def main(folder: Path, count: int = 16) -> None:
    rows = torch.tensor(passages(folder, count))
    network = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    plain = losses(network, rows)
    print(f"float32: {float(plain.mean().exp()):.3f}")
    for weight in network.parameters():
        if weight.ndim == 2:
            packed = quants.quantize(weight.detach().numpy(), GGMLQuantizationType.Q8_0)
            weight.data = torch.from_numpy(quants.dequantize(packed, GGMLQuantizationType.Q8_0).copy())
    network.tie_weights()
    print("weights in Q8_0:", told(plain, losses(network, rows)))
    for module in network.modules():
        if isinstance(module, torch.nn.Linear):
            module.register_forward_pre_hook(rounded)
    print("weights and what they multiply in Q8_0:", told(plain, losses(network, rows)))


def losses(network: torch.nn.Module, rows: torch.Tensor) -> torch.Tensor:
    """Of each token, in nats."""
    found: list[torch.Tensor] = []
    with torch.inference_mode():
        for some in rows.split(4):
            logits = network(some, use_cache=False).logits[:, :-1].flatten(0, 1)
            found.append(torch.nn.functional.cross_entropy(logits, some[:, 1:].flatten(), reduction="none"))
    return torch.cat(found)


def rounded(_: torch.nn.Module, inputs: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor]:
    """As ggml rounds them: 8 bits for each number and a scale in F16 for each block."""
    blocks = inputs[0].reshape(-1, BLOCK)
    scale = blocks.abs().amax(-1, keepdim=True) / 127
    numbers = torch.where(scale > 0, (blocks / scale).round(), torch.zeros_like(blocks))
    return ((numbers * scale.half().float()).reshape(inputs[0].shape),)


def told(plain: torch.Tensor, other: torch.Tensor) -> str:
    apart = other - plain
    spread = float(apart.std()) / len(apart) ** 0.5
    return f"{float(other.mean().exp()):.3f} ({float(apart.mean().exp()) - 1:+.3%}, standard error {spread:.3%})"


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
