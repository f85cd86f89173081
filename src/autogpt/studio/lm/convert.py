"""GGUF to a Hugging Face folder, so that a model made to be run can be trained."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autogpt.core.errors import UsageError
from autogpt.studio.report import Advance, OnAdvance

if TYPE_CHECKING:
    import torch
    from gguf import GGUFReader
    from transformers import PreTrainedConfig, PreTrainedTokenizerBase

_LLAMA3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
    r"|\s+(?!\S)|\s+"
)
_QWEN2 = _LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")
_SPLITS = {"llama-bpe": _LLAMA3, "qwen2": _QWEN2, "deepseek-r1-qwen": _QWEN2, "smollm": "", "gpt-2": ""}
"""How text is cut before byte pairs are merged, by llama.cpp's name for it; empty: the way of GPT-2."""


def convert_gguf(gguf: Path, target: Path, on_advance: OnAdvance = lambda _: None) -> Path:
    """Write the llama or qwen2 model in a GGUF file as a Hugging Face folder; does nothing if `target` is there.

    Weights are dequantised and kept as float16 (vectors as float32); they load as float32. The tokenizer cuts text
    just as llama.cpp does, and the chat template comes along. The folder appears whole or not at all.
    Needs about 1 GB of memory for a model of 135 M, 5.6 GB for one of 1.5 B.
    Raises UsageError for a file that is not such a model.
    """
    import torch
    from transformers import AutoModelForCausalLM, GenerationConfig

    if (target / "config.json").exists():
        return target
    reader, config = _read(gguf)
    tokenizer = _tokenizer(gguf, reader)
    config.pad_token_id = tokenizer.pad_token_id
    with torch.device("meta"):
        network = AutoModelForCausalLM.from_config(config)
    weights = dict(_weights(reader, config, set(network.state_dict()), on_advance))
    if config.tie_word_embeddings:
        weights["lm_head.weight"] = weights["model.embed_tokens.weight"]
    try:
        network.load_state_dict(weights, assign=True)
    except RuntimeError as error:
        raise UsageError(f"{str(gguf)!r} does not hold the weights its header promises: {error}") from None
    network.tie_weights()
    network.generation_config = GenerationConfig(
        bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id
    )
    part = target.with_name(f"{target.name}.new")
    shutil.rmtree(part, ignore_errors=True)
    network.save_pretrained(part)
    # Half precision is for the disk alone: a CPU computes faster in float32.
    config.dtype = torch.float32
    config.save_pretrained(part)
    tokenizer.save_pretrained(part)
    part.replace(target)
    return target


def _read(gguf: Path) -> "tuple[GGUFReader, PreTrainedConfig]":
    from gguf import GGUFReader
    from transformers import AutoConfig

    try:
        reader = GGUFReader(gguf)
    except FileNotFoundError:
        raise UsageError(f"there is no file {str(gguf)!r}") from None
    except (ValueError, IndexError) as error:
        raise UsageError(f"{str(gguf)!r} is not a GGUF file: {error}") from None
    architecture = _text(reader, "general.architecture")
    if architecture not in ("llama", "qwen2"):
        raise UsageError(f"{str(gguf)!r} is of the family {architecture!r}; 'llama' and 'qwen2' can be converted")
    if (scaling := _text(reader, f"{architecture}.rope.scaling.type")) not in ("", "none"):
        raise UsageError(f"{str(gguf)!r} stretches its positions ({scaling!r}), which cannot be converted")
    config: Any = AutoConfig.from_pretrained(gguf.parent, gguf_file=gguf.name)
    config.architectures = [{"llama": "LlamaForCausalLM", "qwen2": "Qwen2ForCausalLM"}[architecture]]
    return reader, config


def _weights(
    reader: "GGUFReader", config: "PreTrainedConfig", names: set[str], on_advance: OnAdvance
) -> "Iterator[tuple[str, torch.Tensor]]":
    """Each weight under the name the network has for it."""
    import torch
    from gguf import MODEL_ARCH, MODEL_ARCH_NAMES, dequantize, get_tensor_name_map

    settings: Any = config
    family = _text(reader, "general.architecture")
    arch = next(arch for arch in MODEL_ARCH if MODEL_ARCH_NAMES[arch] == family)
    known = get_tensor_name_map(arch, settings.num_hidden_layers)
    ours = {known.get_name(name, try_suffixes=(".weight", ".bias")): name for name in names}
    for done, tensor in enumerate(reader.tensors):
        on_advance(Advance(stage="convert", done=done, total=len(reader.tensors)))
        name = ours.get(tensor.name)
        if name is None:
            raise UsageError(f"the GGUF file has {tensor.name!r}, which a plain {family} has not")
        values = torch.from_numpy(dequantize(tensor.data, tensor.tensor_type).copy())
        if family == "llama" and ".self_attn.q_proj." in name:
            values = _neighbours_apart(values, settings.num_attention_heads)
        if family == "llama" and ".self_attn.k_proj." in name:
            values = _neighbours_apart(values, settings.num_key_value_heads)
        yield name, values if values.ndim == 1 else values.half()


def _neighbours_apart(values: "torch.Tensor", heads: int) -> "torch.Tensor":
    """Undo llama.cpp's order of q and k: it turns neighbouring dimensions, transformers the two halves of a head."""
    size = values.shape[0] // heads
    return values.reshape(heads, size // 2, 2, *values.shape[1:]).swapaxes(1, 2).reshape(values.shape).contiguous()


def _tokenizer(gguf: Path, reader: "GGUFReader") -> "PreTrainedTokenizerBase":
    from tokenizers import Regex
    from tokenizers import pre_tokenizers as pre
    from transformers import AutoTokenizer

    tokenizer: Any = AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    if _text(reader, "tokenizer.ggml.model") != "gpt2":
        return tokenizer
    # transformers takes GPT-2's cut for most families; wrong for digits, and a model trained on other
    # tokens than it is served is a worse model.
    way = _text(reader, "tokenizer.ggml.pre")
    if way not in _SPLITS:
        raise UsageError(f"{str(gguf)!r} cuts text the way {way!r}; known are: {', '.join(_SPLITS)}")
    if pattern := _SPLITS[way]:
        first = pre.Split(Regex(pattern), behavior="isolated")
        cut = pre.Sequence([first, pre.ByteLevel(add_prefix_space=False, use_regex=False)])
    elif way == "smollm":
        cut = pre.Sequence([pre.Digits(individual_digits=True), pre.ByteLevel(add_prefix_space=False)])
    else:
        cut = pre.ByteLevel(add_prefix_space=False)
    tokenizer.backend_tokenizer.pre_tokenizer = cut
    return tokenizer


def _text(reader: "GGUFReader", key: str) -> str:
    field = reader.fields.get(key)
    return str(field.contents()) if field else ""
