"""Writes a language model as GGUF, the file llama.cpp runs: weights renamed, rearranged and made smaller."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

from autogpt.core.errors import MissingExtra, UsageError
from autogpt.studio.export.family import Family, read_family, rope_factors
from autogpt.studio.export.vocabulary import Entry, chat_template, vocabulary
from autogpt.studio.export.weights import Weights, open_weights, read_config
from autogpt.studio.report import Advance, OnAdvance
from autogpt.studio.whole import unfinished

if TYPE_CHECKING:
    from gguf import GGMLQuantizationType
    from numpy.typing import NDArray

Quant = Literal["f32", "f16", "q8_0", "q4_0", "q6_k", "q5_k_m", "q4_k_m"]

_FILE_TYPES = {"f32": 0, "f16": 1, "q4_0": 2, "q8_0": 7, "q4_k_m": 15, "q5_k_m": 17, "q6_k": 18}
"""llama.cpp's numbers for what a file mostly consists of (enum llama_ftype)."""
_BY_LLAMA = ("q6_k", "q5_k_m", "q4_k_m")
"""K-quants: the `gguf` package reads them only; llama.cpp itself makes them from F16."""
_LARGEST_F16 = 65_504.0


@dataclass(frozen=True)
class _Planned:
    """One tensor of the file to be."""

    name: str
    source: str
    """Its name in the folder; empty for the rotary factors, which have none."""
    shape: tuple[int, ...]
    kind: "GGMLQuantizationType"


def write_gguf(
    folder: Path,
    target: Path,
    *,
    quant: Quant = "f16",
    base: Path | None = None,
    name: str = "",
    plain: Path | None = None,
    on_advance: OnAdvance = lambda advance: None,
) -> Path:
    """Write the causal language model in a Hugging Face folder as one GGUF file.

    base: a GGUF file of the same architecture and tokenizer, whose metadata is taken over; without it the metadata is
    made from the folder's own files. plain: the same model as an F16 file, where that is there already.
    Layers whose rows do not divide into the blocks of a quant stay F16, vectors F32.
    Raises UsageError for what cannot be written, MissingExtra where K-quants lack `cyllama`. The file is there whole
    or not at all.
    """
    if quant not in get_args(Quant):
        raise UsageError(f"no GGUF quant is known as {quant!r}; there are: {', '.join(get_args(Quant))}")
    quantize = _quantizer() if quant in _BY_LLAMA else None
    with unfinished(target) as part:
        if quantize is None:
            _write(folder, part, quant, base, name or folder.name, on_advance)
        else:
            if plain is None:
                plain = part.with_name(f"{part.name}.f16")
                _write(folder, plain, "f16", base, name or folder.name, on_advance)
            on_advance(Advance(stage="quantize"))
            quantize(plain, part, _FILE_TYPES[quant])
        return part.replace(target)


def _write(folder: Path, file: Path, quant: str, base: Path | None, name: str, on_advance: OnAdvance) -> None:
    from gguf import GGUFWriter

    family = read_family(read_config(folder), folder)
    with open_weights(folder) as weights:
        planned = _plan(family, weights, quant)
        writer = GGUFWriter(file, family.name)
        metadata = _taken_over(base, family, folder) if base else _made(family, folder, name)
        for entry in (*metadata, *_always(quant)):
            writer.add_key_value(entry.key, entry.value, entry.kind, sub_type=entry.items)
        for one in planned:
            writer.add_tensor_info(one.name, one.shape, _float32(), _size(one), raw_dtype=one.kind)
        try:
            writer.write_header_to_file()
            writer.write_kv_data_to_file()
            writer.write_ti_data_to_file()
            for number, one in enumerate(planned):
                on_advance(Advance(stage="export", done=number, total=len(planned)))
                writer.write_tensor_data(_encoded(one, family, weights))
        finally:
            writer.close()
    on_advance(Advance(stage="export", done=len(planned), total=len(planned)))


def _plan(family: Family, weights: Weights, quant: str) -> tuple[_Planned, ...]:
    from gguf import GGMLQuantizationType as Kind

    planned: list[_Planned] = []
    for source in weights.names():
        if source.endswith(".rotary_emb.inv_freq") or (family.tied and source == "lm_head.weight"):
            continue
        name, shape = family.tensor_name(source), weights.shape(source)
        planned.append(_Planned(name, source, shape, _kind(name, shape, quant, family)))
    names = {one.name for one in planned}
    for needed in ("token_embd.weight", "output_norm.weight", *(() if family.tied else ("output.weight",))):
        if needed not in names:
            raise UsageError(f"the folder's weights are not whole: {needed!r} is missing; save the model anew")
    if (factors := rope_factors(family)) is not None:
        planned.append(_Planned("rope_freqs.weight", "", factors.shape, Kind.F32))
    return tuple(planned)


def _kind(name: str, shape: Sequence[int], quant: str, family: Family) -> "GGMLQuantizationType":
    from gguf import GGML_QUANT_SIZES
    from gguf import GGMLQuantizationType as Kind

    if len(shape) == 1 or quant == "f32":
        return Kind.F32
    # What turns into the next token's scores is kept finer than the rest, as llama.cpp does.
    scores = name == ("token_embd.weight" if family.tied else "output.weight")
    kind = {"f16": Kind.F16, "q8_0": Kind.Q8_0, "q4_0": Kind.Q8_0 if scores else Kind.Q4_0}[quant]
    return Kind.F16 if shape[-1] % GGML_QUANT_SIZES[kind][0] else kind


def _size(one: _Planned) -> int:
    """Bytes of the tensor in the file."""
    from gguf import GGML_QUANT_SIZES

    block, size = GGML_QUANT_SIZES[one.kind]
    count = 1
    for length in one.shape:
        count *= length
    return count // block * size


def _encoded(one: _Planned, family: Family, weights: Weights) -> "NDArray[Any]":
    import numpy
    from gguf import GGMLQuantizationType as Kind
    from gguf import quants

    if not one.source:
        return cast("NDArray[Any]", rope_factors(family))
    values = family.arrange(one.name, weights.read(one.source).float().numpy())
    most = float(numpy.abs(values).max(initial=0.0))
    if not numpy.isfinite(most):
        raise UsageError(f"the weight {one.source!r} holds numbers that are not finite: the training went astray")
    if one.kind == Kind.F16 and most > _LARGEST_F16:
        raise UsageError(f"the weight {one.source!r} reaches {most:,.0f}, too large for F16; choose f32 or q8_0")
    return quants.quantize(numpy.ascontiguousarray(values), one.kind)


def _float32() -> Any:
    import numpy

    return numpy.dtype(numpy.float32)


def _always(quant: str) -> tuple[Entry, ...]:
    from gguf import GGML_QUANT_VERSION
    from gguf import GGUFValueType as T

    return (
        Entry("general.file_type", _FILE_TYPES[quant], T.UINT32),
        Entry("general.quantization_version", GGML_QUANT_VERSION, T.UINT32),
    )


def _made(family: Family, folder: Path, name: str) -> tuple[Entry, ...]:
    """Metadata from the folder's own files."""
    from gguf import GGUFValueType as T

    return (
        Entry("general.type", "model", T.STRING),
        Entry("general.name", name, T.STRING),
        *_network(family),
        *vocabulary(folder, family.vocabulary),
    )


def _network(family: Family) -> tuple[Entry, ...]:
    """The numbers of the network."""
    from gguf import GGUFValueType as T

    own = family.name
    numbers = {
        "vocab_size": family.vocabulary,
        "context_length": family.context,
        "embedding_length": family.hidden,
        "block_count": family.layers,
        "feed_forward_length": family.inner,
        "attention.head_count": family.heads,
        "attention.head_count_kv": family.kv_heads,
        "attention.key_length": family.head_size,
        "attention.value_length": family.head_size,
        "rope.dimension_count": family.head_size,
    }
    scaled = family.rope.get("rope_type") == "linear"
    return (
        *(Entry(f"{own}.{key}", value, T.UINT32) for key, value in numbers.items()),
        Entry(f"{own}.rope.freq_base", family.rope_base, T.FLOAT32),
        Entry(f"{own}.attention.layer_norm_rms_epsilon", family.epsilon, T.FLOAT32),
        *((Entry(f"{own}.rope.scaling.type", "linear", T.STRING),) if scaled else ()),
        *((Entry(f"{own}.rope.scaling.factor", float(family.rope["factor"]), T.FLOAT32),) if scaled else ()),
    )


def _taken_over(base: Path, family: Family, folder: Path) -> tuple[Entry, ...]:
    """Metadata of a base file, but for the numbers of the network, and the chat template where the folder has one.

    Raises UsageError for a base whose network or vocabulary has other sizes than the folder's.
    """
    from gguf import GGUFReader
    from gguf import GGUFValueType as T

    try:
        fields = GGUFReader(base).fields
    except (OSError, ValueError, IndexError, KeyError) as error:  # of files that end too early
        raise UsageError(f"the base {str(base)!r} cannot be read as GGUF: {error}") from error
    told = {key: field.contents() for key, field in fields.items()}
    expected: dict[str, object] = {
        "general.architecture": family.name,
        f"{family.name}.block_count": family.layers,
        f"{family.name}.embedding_length": family.hidden,
        f"{family.name}.feed_forward_length": family.inner,
        f"{family.name}.attention.head_count": family.heads,
    }
    for key, value in expected.items():
        if told.get(key) != value:
            raise UsageError(f"the base {str(base)!r} says {key} = {told.get(key)!r}, the folder {value!r}")
    if len(cast(list[str], told.get("tokenizer.ggml.tokens") or [])) != family.vocabulary:
        raise UsageError(
            f"the base {str(base)!r} has another vocabulary than the folder ({family.vocabulary:,} tokens)"
        )
    # How its own bytes lie, and how they were made, does not hold for the new file.
    ours = ("general.architecture", "general.file_type", "general.quantization_version", "general.alignment")
    other = ("GGUF.", "split.", "quantize.", f"{family.name}.")
    entries = [
        Entry(key, told[key], field.types[0], field.types[-1] if len(field.types) > 1 else None)
        for key, field in fields.items()
        if key not in ours and not key.startswith(other)
    ]
    entries += _network(family)
    template = chat_template(folder)
    if not template:
        return tuple(entries)
    kept = [entry for entry in entries if entry.key != "tokenizer.chat_template"]
    return (*kept, Entry("tokenizer.chat_template", template, T.STRING))


def _quantizer() -> Any:
    try:
        from cyllama.llama import llama_cpp
    except ImportError as error:
        raise MissingExtra(
            "K-quants are made by llama.cpp itself: pip install cyllama (Linux on x86-64), or choose q8_0 or q4_0"
        ) from error

    def quantize(source: Path, target: Path, file_type: int) -> None:
        params = llama_cpp.LlamaModelQuantizeParams()
        params.ftype, params.nthread = file_type, 0
        llama_cpp.disable_logging()
        llama_cpp.model_quantize(str(source), str(target), params)

    return quantize
