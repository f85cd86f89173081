"""Tells llama.cpp how a tokenizer cuts text: byte-level BPE with its merges, special tokens and chat template."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from autogpt.core.errors import UsageError
from autogpt.studio.export.weights import read_object

if TYPE_CHECKING:
    from gguf import GGUFValueType


@dataclass(frozen=True)
class Entry:
    """One line of a GGUF file's metadata."""

    key: str
    value: Any
    kind: "GGUFValueType"
    items: "GGUFValueType | None" = None
    """The type of an array's items."""


_GPT2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"
_LETTERS = "[^\\r\\n\\p{L}\\p{N}]?\\p{L}+"
_REST = " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
_ENDINGS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
_PATTERNS = {
    _GPT2: "gpt-2",
    f"{_ENDINGS}|{_LETTERS}|\\p{{N}}|{_REST}": "qwen2",
    f"{_ENDINGS}|{_LETTERS}|\\p{{N}}{{1,3}}|{_REST}": "llama-bpe",
}
"""llama.cpp has each way to cut text into words built in, under a name."""

_SPECIAL = {"bos": "bos", "eos": "eos", "unk": "unknown", "sep": "seperator", "pad": "padding"}
"""Roles of tokens in tokenizer_config.json, and in GGUF keys (the misspelling is the format's)."""


def vocabulary(folder: Path, rows: int) -> tuple[Entry, ...]:
    """The metadata of the folder's tokenizer.

    rows: of the embedding; a tokenizer with fewer tokens is filled up with unused ones.
    Raises UsageError for a tokenizer that is not byte-level BPE, or cuts words in a way llama.cpp has no name for.
    """
    from gguf import GGUFValueType as T

    tokenizer = _load(folder)
    # Not tokenizer.json: for some families (qwen2) transformers puts parts of its own in the place of what it says.
    told = cast(Mapping[str, Any], json.loads(tokenizer.backend_tokenizer.to_str()))
    tokens, kinds = _tokens(told, rows, folder)
    ids = {token: number for number, token in enumerate(tokens)}
    entries = [
        Entry("tokenizer.ggml.model", "gpt2", T.STRING),
        Entry("tokenizer.ggml.pre", _way(told, folder), T.STRING),
        Entry("tokenizer.ggml.tokens", tokens, T.ARRAY, T.STRING),
        Entry("tokenizer.ggml.token_type", kinds, T.ARRAY, T.INT32),
        Entry("tokenizer.ggml.merges", _merges(told), T.ARRAY, T.STRING),
        Entry("tokenizer.ggml.add_space_prefix", False, T.BOOL),
        *(
            Entry(f"tokenizer.ggml.{name}_token_id", ids[text], T.UINT32)
            for role, name in _SPECIAL.items()
            if (text := getattr(tokenizer, f"{role}_token", None)) in ids
        ),
        *(Entry(f"tokenizer.ggml.add_{role}_token", adds, T.BOOL) for role, adds in _added(tokenizer).items()),
        *_further_end(folder, tokenizer.eos_token_id),
    ]
    if template := chat_template(folder):
        entries.append(Entry("tokenizer.chat_template", template, T.STRING))
    return tuple(entries)


def chat_template(folder: Path) -> str:
    """The template by which messages become text; empty when the folder has none."""
    if (folder / "chat_template.jinja").exists():
        return (folder / "chat_template.jinja").read_text("utf-8")
    told = read_object(folder / "tokenizer_config.json").get("chat_template")
    if isinstance(told, list):
        told = next((one.get("template") for one in told if one.get("name") == "default"), "")
    return told if isinstance(told, str) else ""


def _tokens(told: Mapping[str, Any], rows: int, folder: Path) -> tuple[list[str], list[int]]:
    from gguf import TokenType

    model = told.get("model") or {}
    if model.get("type") != "BPE" or model.get("byte_fallback") or not _byte_level(told):
        raise UsageError(
            f"the tokenizer in {str(folder)!r} is {model.get('type')}, and not byte-level BPE: it cannot be written to "
            "GGUF from its own files; export with a base GGUF file that has the same tokenizer"
        )
    found: dict[int, tuple[str, int]] = {
        number: (text, int(TokenType.NORMAL)) for text, number in model["vocab"].items()
    }
    for added in told.get("added_tokens") or []:
        kind = TokenType.CONTROL if added.get("special") else TokenType.USER_DEFINED
        found[int(added["id"])] = (added["content"], int(kind))
    if max(found) >= rows:
        raise UsageError(
            f"the tokenizer in {str(folder)!r} has {max(found) + 1:,} tokens, the network only {rows:,} embeddings: "
            "resize the network (resize_token_embeddings) and train it on"
        )
    unused = int(TokenType.UNUSED)
    filled = [found.get(number, (f"[PAD{number}]", unused)) for number in range(rows)]
    return [text for text, _ in filled], [kind for _, kind in filled]


def _merges(told: Mapping[str, Any]) -> list[str]:
    # A token of byte-level BPE has no space in it: U+0120 stands for the byte.
    return [pair if isinstance(pair, str) else " ".join(pair) for pair in told["model"].get("merges") or []]


def _steps(told: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    first = told.get("pre_tokenizer") or {}
    return list(first.get("pretokenizers") or [first])


def _byte_level(told: Mapping[str, Any]) -> bool:
    return any(step.get("type") == "ByteLevel" for step in _steps(told))


def _way(told: Mapping[str, Any], folder: Path) -> str:
    """The name that llama.cpp has for the way the tokenizer cuts text into words."""
    steps = _steps(told)
    kinds = [step.get("type") for step in steps]
    prefixed = any(step.get("add_prefix_space") for step in steps)
    if not prefixed and kinds == ["ByteLevel"] and steps[0].get("use_regex", True):
        return "gpt-2"
    if not prefixed and kinds == ["Digits", "ByteLevel"] and steps[0].get("individual_digits"):
        return "smollm"
    if not prefixed and kinds == ["Split", "ByteLevel"] and not steps[1].get("use_regex", True):
        pattern = str((steps[0].get("pattern") or {}).get("Regex"))
        if name := _PATTERNS.get(pattern):
            return name
    raise UsageError(
        f"the tokenizer in {str(folder)!r} cuts text in a way that llama.cpp has no name for "
        f"({json.dumps(told.get('pre_tokenizer'))[:200]}); export with a base GGUF file that has the same tokenizer"
    )


def _added(tokenizer: Any) -> dict[str, bool]:
    """Whether the tokenizer puts its first and last token around a text of its own accord."""
    ids = tokenizer("a")["input_ids"]
    return {
        "bos": len(ids) > 1 and ids[0] == tokenizer.bos_token_id,
        "eos": len(ids) > 1 and ids[-1] == tokenizer.eos_token_id,
    }


def _further_end(folder: Path, own: int | None) -> tuple[Entry, ...]:
    """A second token at which generation ends, where the folder names one."""
    from gguf import GGUFValueType as T

    ends: Any = read_object(folder / "generation_config.json").get("eos_token_id")
    others = [end for end in (ends if isinstance(ends, list) else [ends]) if isinstance(end, int) and end != own]
    return (Entry("tokenizer.ggml.eot_token_id", others[0], T.UINT32),) if others else ()


def _load(folder: Path) -> Any:  # transformers leaves the type of what it holds open
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except Exception as error:  # tokenizers raises no narrower one, and a file that is not whole may bring up any
        raise UsageError(
            f"the tokenizer in {str(folder)!r} cannot be loaded: {type(error).__name__}: {error}"
        ) from error
    if not tokenizer.is_fast:
        raise UsageError(f"the tokenizer in {str(folder)!r} has no tokenizer.json, which GGUF is written from")
    return tokenizer
