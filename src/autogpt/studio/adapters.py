"""Adapters: few new weights beside the frozen ones (LoRA, DoRA), also over a base that is held in 8 bits (QLoRA)."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from autogpt.core.errors import UsageError
from autogpt.studio.network import plain

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from autogpt.studio.recipe import Recipe


def adapt(network: "PreTrainedModel", recipe: "Recipe") -> "PreTrainedModel":
    """The network with adapters on its linear layers; they alone are trained, and a classifier's head as a whole.

    lora: Hu et al. 2021, arXiv:2106.09685. dora: Liu et al. 2024, arXiv:2402.09353. qlora: Dettmers et al. 2023,
    arXiv:2305.14314, here with the frozen weights in int8: a quarter of their memory, at more work in each step.
    Raises UsageError for modules the network does not have.
    """
    from peft import LoraConfig, get_peft_model
    from torch import nn

    heads = _heads(network)
    output = network.get_output_embeddings()
    inner = {
        name
        for name, module in network.named_modules()
        if isinstance(module, nn.Linear)
        and module is not output
        and not any(name == head or name.startswith(f"{head}.") for head in heads)
    }
    wanted = recipe.lora.modules
    targets = {name for name in inner if not wanted or name.rpartition(".")[2] in wanted or name in wanted}
    if not targets:
        there = sorted({name.rpartition(".")[2] for name in inner})
        raise UsageError(f"no linear layer is named {' or '.join(map(repr, wanted))}; there are: {', '.join(there)}")
    if recipe.method == "qlora":
        from autogpt.studio.int8linear import hold_in_int8

        hold_in_int8(network, targets)
    fresh = getattr(network, "fresh_head", False)
    config = LoraConfig(
        r=recipe.lora.rank,
        lora_alpha=cast(int, recipe.lora.alpha),
        lora_dropout=recipe.lora.dropout,
        target_modules=sorted(targets),
        modules_to_save=sorted(heads) or None,
        use_dora=recipe.method == "dora",
    )
    adapted: Any = get_peft_model(network, config)
    adapted.fresh_head = fresh
    return adapted


def merge(network: "PreTrainedModel", folder: Path) -> "PreTrainedModel":
    """The plain network with what the adapters learned added to its weights; the adapters alone go into `folder`.

    They can be put onto the same base by PEFT, and are a hundredth of its size.
    """
    from autogpt.studio.int8linear import hold_in_float

    adapted: Any = network
    base = plain(network).config
    adapted.save_pretrained(folder, safe_serialization=True)
    hold_in_float(adapted)
    merged = adapted.merge_and_unload()
    merged.config = base
    return merged


def _heads(network: "PreTrainedModel") -> list[str]:
    """The parts on top of the body, without a language model's output layer, which is the embeddings' twin."""
    from torch import nn

    output = network.get_output_embeddings()
    if not hasattr(network, network.base_model_prefix):
        return []  # T5 and its kin are their own body
    heads = [
        name
        for name, module in network.named_children()
        if name != network.base_model_prefix
        and any(isinstance(part, nn.Linear) for part in module.modules())
        and all(part is not output for part in module.modules())
    ]
    # Few bases bring the layer between body and classifier along; an adapter without it would answer at random.
    if heads and getattr(getattr(network, network.base_model_prefix), "pooler", None) is not None:
        heads.append(f"{network.base_model_prefix}.pooler")
    return heads
