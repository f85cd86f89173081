"""Writes a LoRA adapter (PEFT folder) as a GGUF adapter, which llama.cpp puts on top of a base file when it loads."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autogpt.core.errors import UsageError
from autogpt.studio.export.family import Family, pair_rows, read_family
from autogpt.studio.export.weights import read_config, read_object
from autogpt.studio.intact import weights_intact
from autogpt.studio.report import Advance, OnAdvance
from autogpt.studio.whole import unfinished

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CONFIG, _WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
_PART = re.compile(r"(?:base_model\.model\.)?(.+)\.lora_(A|B)(?:\.default)?\.weight")


def write_adapter(
    folder: Path,
    target: Path,
    *,
    base: Path | None = None,
    on_advance: OnAdvance = lambda advance: None,
) -> Path:
    """Write the adapter in a PEFT folder as one GGUF file.

    base: the Hugging Face folder it was trained on; by default the one that its configuration names.
    LoRA (Hu et al. 2021, arXiv:2106.09685), also with rank-stabilised scaling and ranks that differ by layer.
    Raises UsageError for DoRA, for adapters of embeddings or whole layers, and for bases that are not llama or qwen2.
    """
    from gguf import GGUFWriter

    config = read_object(folder / _CONFIG, needed=True)
    family = read_family(read_config(base_of(folder, base)), folder)
    pairs = _pairs(folder, config, family)
    with unfinished(target) as part:
        writer = GGUFWriter(part, family.name)
        writer.add_string("general.type", "adapter")
        writer.add_string("general.name", folder.name)
        writer.add_string("adapter.type", "lora")
        writer.add_float32("adapter.lora.alpha", _alpha(config, folder))
        for done, pair in enumerate(pairs):
            on_advance(Advance(stage="export", done=done, total=len(pairs)))
            writer.add_tensor(f"{pair.name}.lora_a", pair.a)
            writer.add_tensor(f"{pair.name}.lora_b", pair.b)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        on_advance(Advance(stage="export", done=len(pairs), total=len(pairs)))
        return part.replace(target)


@dataclass(frozen=True)
class _Pair:
    """What is added to one weight: b @ a, times alpha / rank."""

    name: str
    a: "NDArray[Any]"
    """(rank, in), float32."""
    b: "NDArray[Any]"
    """(out, rank), float32."""


def _alpha(config: Mapping[str, Any], folder: Path) -> float:
    said = config.get("lora_alpha")
    if not isinstance(said, int | float) or not math.isfinite(said) or said == 0:
        raise UsageError(f"{str(folder / _CONFIG)!r} says lora_alpha = {said!r}, where a number other than 0 is due")
    return float(said)


def base_of(folder: Path, given: Path | None = None) -> Path:
    """The Hugging Face folder that an adapter was trained on: what is given, or what its configuration names.

    Raises UsageError if that is not on this machine.
    """
    named = read_object(folder / _CONFIG, needed=True).get("base_model_name_or_path")
    chosen = given or Path(str(named or ""))
    if not (chosen / "config.json").is_file():
        raise UsageError(
            f"the adapter {str(folder)!r} was trained on {str(chosen)!r}, which is not on this machine; give the "
            "Hugging Face folder of its base"
        )
    return chosen


def _pairs(folder: Path, config: Mapping[str, Any], family: Family) -> list[_Pair]:
    if config.get("peft_type") != "LORA" or config.get("use_dora"):
        kind = "DoRA" if config.get("use_dora") else config.get("peft_type")
        raise UsageError(f"{kind} cannot be written as a GGUF adapter; merge it into its base and export that as gguf")
    _alpha(config, folder)
    found = _read(folder)
    pairs: list[_Pair] = []
    for module in sorted({module for module, _ in found}):
        name = family.tensor_name(f"{module}.weight")
        if name in ("token_embd.weight", "output.weight" if family.tied else ""):
            raise UsageError(f"an adapter of {module!r} cannot be written to GGUF; merge it and export that as gguf")
        a, b = found.get((module, "A")), found.get((module, "B"))
        if a is None or b is None:
            raise UsageError(f"the adapter {str(folder)!r} is not whole: half of {module!r} is missing")
        if family.name == "llama" and ".attn_q." in name:
            b = pair_rows(b, family.heads)
        if family.name == "llama" and ".attn_k." in name:
            b = pair_rows(b, family.kv_heads)
        pairs.append(_Pair(name, a, b * _beyond(config, module, rank=a.shape[0])))
    if not pairs:
        raise UsageError(f"there are no LoRA weights in {str(folder / _WEIGHTS)!r}")
    return pairs


def _read(folder: Path) -> "dict[tuple[str, str], NDArray[Any]]":
    import numpy
    from safetensors import safe_open

    path = folder / _WEIGHTS
    if not path.is_file():
        raise UsageError(f"{str(folder)!r} holds no adapter: there is no {_WEIGHTS} in it")
    weights_intact(folder)
    found: dict[tuple[str, str], NDArray[Any]] = {}
    with safe_open(str(path), framework="pt") as file:
        for name in file.keys():  # noqa: SIM118 - not a dict
            match = _PART.fullmatch(name)
            if match is None:
                raise UsageError(
                    f"the adapter weight {name!r} has no place in a GGUF adapter; merge the adapter into its base and "
                    "export that as gguf"
                )
            found[match[1], match[2]] = weight = file.get_tensor(name).float().numpy()
            if not numpy.isfinite(weight).all():
                raise UsageError(f"the weight {name!r} holds numbers that are not finite: the training went astray")
    return found


def _beyond(config: Mapping[str, Any], module: str, *, rank: int) -> Any:
    """What the module's scaling is beyond alpha / rank, which is all that llama.cpp applies."""
    import numpy

    alpha = float(config["lora_alpha"])
    own = next((value for key, value in (config.get("alpha_pattern") or {}).items() if _fits(key, module)), alpha)
    scaling = own / (math.sqrt(rank) if config.get("use_rslora") else rank)
    return numpy.float32(scaling / (alpha / rank))


def _fits(key: str, module: str) -> bool:
    """Whether PEFT's pattern of layer names means this module."""
    return re.fullmatch(rf"(.*\.)?({key})", module) is not None
