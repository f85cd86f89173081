"""Networks with a head: a packaged or trained body, and the layers on top that a task needs."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autogpt.core.errors import UsageError

if TYPE_CHECKING:
    from torch import nn
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


def with_head(auto: Any, base: Path, labels: Sequence[str], **config: Any) -> "PreTrainedModel":
    """The network of an auto class over the folder. A head for the very same labels is kept, any other made anew.

    The attribute `fresh_head` says which. config: further entries of the network's configuration.
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
    missing = {*told["missing_keys"], *(key for key, *_ in told["mismatched_keys"])}
    known = list((old.id2label or {}).values()) == list(labels)
    heads = [module for name, module in network.named_children() if name != network.base_model_prefix]
    network.fresh_head = not known or any(not name.startswith(f"{network.base_model_prefix}.") for name in missing)
    if network.fresh_head:
        for head in heads:
            head.apply(_forget)
    return network


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
