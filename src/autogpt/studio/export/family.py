"""The families of language models that GGUF export knows: how their networks are told to llama.cpp."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from autogpt.core.errors import UsageError
from autogpt.studio.export.weights import counted

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FAMILIES = {"llama": "LLAMA", "qwen2": "QWEN2"}


@dataclass(frozen=True)
class Family:
    """A network's numbers, by the words of its config.json."""

    name: str
    """'llama' or 'qwen2': the architecture as GGUF names it."""
    layers: int
    hidden: int
    inner: int
    heads: int
    kv_heads: int
    head_size: int
    context: int
    vocabulary: int
    epsilon: float
    rope_base: float
    rope: dict[str, Any]
    """Scaling of the rotary positions; empty when there is none."""
    tied: bool
    """Whether the output layer is the token embedding itself."""

    def tensor_name(self, name: str) -> str:
        """A weight's name in GGUF. Raises UsageError for a weight this family does not have."""
        import gguf

        names = gguf.get_tensor_name_map(getattr(gguf.MODEL_ARCH, _FAMILIES[self.name]), self.layers)
        found = names.get_name(name, try_suffixes=(".weight", ".bias"))
        if found is None:
            raise UsageError(
                f"the weight {name!r} has no place in a GGUF file of the family {self.name!r}; only plain "
                f"{', '.join(_FAMILIES)} models can be written"
            )
        return found

    def arrange(self, name: str, weight: "NDArray[Any]") -> "NDArray[Any]":
        """A weight's rows in the order llama.cpp wants; name: as GGUF names it.

        Transformers keeps the two halves of each rotary pair half a head apart, llama.cpp's `llama` side by side
        (Su et al. 2021, arXiv:2104.09864, pairs them so); its `qwen2` does as transformers does.
        """
        if self.name != "llama":
            return weight
        heads = {"attn_q": self.heads, "attn_k": self.kv_heads}.get(name.split(".")[2] if name.count(".") > 2 else "")
        return weight if heads is None else pair_rows(weight, heads)


def pair_rows(weight: "NDArray[Any]", heads: int) -> "NDArray[Any]":
    """(heads * 2 * half, ...) -> the same rows with each head's two halves interleaved."""
    half = weight.shape[0] // heads // 2
    return weight.reshape(heads, 2, half, *weight.shape[1:]).swapaxes(1, 2).reshape(weight.shape)


def read_family(config: dict[str, Any], folder: Path) -> Family:
    """Raises UsageError for a family that cannot be written, or one of its variants that llama.cpp cannot run."""
    kind = str(config.get("model_type"))
    if kind not in _FAMILIES:
        raise UsageError(
            f"{str(folder)!r} is of the family {kind!r}; GGUF can be written for {', '.join(_FAMILIES)}. "
            "Encoders go to ONNX"
        )
    told = config.get("rope_parameters") or config.get("rope_scaling") or {}
    if not isinstance(told, dict):
        raise UsageError(f"{str(folder / 'config.json')!r} says of rotary positions {told!r}, where an object is due")
    rope = dict(cast("dict[str, Any]", told))
    base = float(rope.pop("rope_theta", None) or config.get("rope_theta") or 10_000.0)
    rope_kind = str(rope.pop("rope_type", None) or rope.pop("type", None) or "default")
    if rope_kind not in ("default", "linear", "llama3"):
        raise UsageError(f"rotary positions scaled by {rope_kind!r} cannot be written to GGUF; linear and llama3 can")
    if config.get("use_sliding_window") or config.get("hidden_act", "silu") != "silu":
        raise UsageError("sliding windows and activations other than silu cannot be written to GGUF")
    heads, hidden = counted(config, "num_attention_heads", folder), counted(config, "hidden_size", folder)
    head_size = counted(config, "head_dim", folder) if config.get("head_dim") else hidden // heads
    if kind == "qwen2" and heads * head_size != hidden:
        raise UsageError("llama.cpp runs qwen2 with all its heads only; prune neurons and layers, and keep --heads 1")
    return Family(
        name=kind,
        layers=counted(config, "num_hidden_layers", folder),
        hidden=hidden,
        inner=counted(config, "intermediate_size", folder),
        heads=heads,
        kv_heads=counted(config, "num_key_value_heads", folder) if config.get("num_key_value_heads") else heads,
        head_size=head_size,
        context=counted(config, "max_position_embeddings", folder),
        vocabulary=counted(config, "vocab_size", folder),
        epsilon=float(config.get("rms_norm_eps", 1e-6)),
        rope_base=base,
        rope={} if rope_kind == "default" else {"rope_type": rope_kind, **rope},
        tied=bool(config.get("tie_word_embeddings", False)),
    )


def rope_factors(family: Family) -> "NDArray[Any] | None":
    """What llama.cpp divides each rotary frequency by, (head_size / 2,) in float32; None where it divides none.

    The piecewise scaling of Llama 3.1 (Dubey et al. 2024, arXiv:2407.21783), as transformers computes it.
    """
    import numpy

    if family.rope.get("rope_type") != "llama3":
        return None
    factor, old = float(family.rope["factor"]), float(family.rope["original_max_position_embeddings"])
    low, high = float(family.rope["low_freq_factor"]), float(family.rope["high_freq_factor"])
    factors: list[float] = []
    for place in range(0, family.head_size, 2):
        wave = 2 * math.pi * family.rope_base ** (place / family.head_size)
        if wave < old / high:
            factors.append(1.0)
        elif wave > old / low:
            factors.append(factor)
        else:
            smooth = (old / wave - low) / (high - low)
            factors.append(1 / ((1 - smooth) / factor + smooth))
    return numpy.array(factors, numpy.float32)
