"""Networks with a head: a packaged or trained body, and the layers on top that a task needs."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autogpt.core.errors import UsageError

if TYPE_CHECKING:
    from torch import nn
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


def with_head(auto: Any, base: Path, labels: Sequence[str], **config: Any) -> "PreTrainedModel":
    """The network of an auto class over the folder. A head for the very same labels is kept, any other made anew.

    The attribute `fresh_head` says which, and `left_labels` what the head was for that had to go, if there was one.
    config: further entries of the network's configuration.
    Raises UsageError for a folder that such a network cannot be made of.
    """
    import torch
    from transformers import AutoConfig

    names = dict(enumerate(labels))
    try:
        old = AutoConfig.from_pretrained(base, local_files_only=True)
        new = AutoConfig.from_pretrained(
            base, local_files_only=True, id2label=names, label2id={label: id for id, label in names.items()}, **config
        )
        network, told = auto.from_pretrained(
            base,
            config=new,
            local_files_only=True,
            use_safetensors=True,
            ignore_mismatched_sizes=True,
            dtype=torch.float32,
            output_loading_info=True,
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise UsageError(f"{str(base)!r} cannot be loaded: {' '.join(str(error).split())[:300]}") from error
    before, misfits = _labels_in(old), {key for key, *_ in told["mismatched_keys"]}
    missing = {*told["missing_keys"], *misfits}
    prefix = f"{network.base_model_prefix}."
    heads = [module for name, module in network.named_children() if name != network.base_model_prefix]
    parts = {name for name, _ in network.named_parameters() if not name.startswith(prefix)}
    network.fresh_head = before != tuple(labels) or not missing.isdisjoint(parts)
    had_one = bool((parts - missing) | (parts & misfits))
    network.left_labels = before if network.fresh_head and had_one else ()
    if network.fresh_head:
        for head in heads:
            head.apply(_forget)
    return network


def in_order_of(base: Path, labels: Sequence[str]) -> tuple[str, ...]:
    """The labels in the order in which the folder's config has them, so that its head fits them; if it has others, or
    none, as they are given."""
    try:
        config = json.loads((base / "config.json").read_text("utf-8"))
        known = {int(id): str(label) for id, label in config["id2label"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return tuple(labels)
    ordered = tuple(known[id] for id in sorted(known))
    return ordered if len(ordered) == len(labels) and set(ordered) == set(labels) else tuple(labels)


def _labels_in(config: Any) -> tuple[str, ...]:
    known: dict[int, str] = config.id2label or {}
    return tuple(known[id] for id in sorted(known))


def _forget(module: "nn.Module") -> None:
    """Make a linear layer anew: one for other labels must not begin with what it knew of them.

    transformers' own initialisation leaves layers alone that it has loaded.
    """
    import torch

    if isinstance(module, torch.nn.Linear):
        with torch.no_grad():
            module.weight.normal_(0.0, 0.02)
            if module.bias is not None:  # pyright: ignore[reportUnnecessaryComparison] - None without bias
                module.bias.zero_()


def tokenizer_of(base: Path, max_length: int) -> "PreTrainedTokenizerBase":
    """The folder's tokenizer. Raises UsageError if there is none that works."""
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(base, local_files_only=True, use_fast=True)
    except (OSError, ValueError, KeyError) as error:
        raise UsageError(
            f"the tokenizer in {str(base)!r} cannot be loaded: {' '.join(str(error).split())[:300]}"
        ) from error
    if not tokenizer.is_fast:
        raise UsageError(f"the tokenizer in {str(base)!r} has no tokenizer.json; the studio needs a fast tokenizer")
    tokenizer.model_max_length = max(max_length, tokenizer.model_max_length)
    return tokenizer


def padding(network: "PreTrainedModel", tokenizer: "PreTrainedTokenizerBase") -> "PreTrainedTokenizerBase":
    """The tokenizer with a token to pad with, which the network knows: a decoder judges a row by its last other one."""
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    network.config.pad_token_id = tokenizer.pad_token_id
    return tokenizer


def plain(network: "PreTrainedModel") -> "PreTrainedModel":
    """The network itself, without the wrapper that PEFT puts around it."""
    return network.get_base_model() if hasattr(network, "peft_config") else network  # type: ignore[operator]


def last_linear(network: "PreTrainedModel") -> "nn.Linear":
    """The layer that gives the logits."""
    from torch import nn

    inner = plain(network)
    return [
        module
        for name, child in inner.named_children()
        if name != inner.base_model_prefix
        for module in child.modules()
        if isinstance(module, nn.Linear)
    ][-1]
