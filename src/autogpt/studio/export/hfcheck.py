"""Loads an exported Hugging Face folder as a stranger would, with transformers alone, and compares what it answers."""

import gc
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from autogpt.core.errors import UsageError
from autogpt.studio.checkpoint import Checkpoint
from autogpt.studio.export.exported import Finding
from autogpt.studio.intact import weights_intact

if TYPE_CHECKING:
    from torch import Tensor

AUTO = {
    **dict.fromkeys(
        ("text-classification", "multi-label", "text-pair", "reward"), "AutoModelForSequenceClassification"
    ),
    "token-classification": "AutoModelForTokenClassification",
    "masked-lm": "AutoModelForMaskedLM",
    **dict.fromkeys(("causal-lm", "sft", "preference", "policy-gradient"), "AutoModelForCausalLM"),
    "seq2seq": "AutoModelForSeq2SeqLM",
    **dict.fromkeys(("embedding", "recommendation"), "AutoModel"),
    "image-classification": "AutoModelForImageClassification",
}
"""The class of transformers by which a person loads a task's model."""
_TEXTS = (
    "This is a short sentence.",
    "Anna Schmidt moved from Berlin to New York in 1999, and she has worked for the United Nations ever since!",
    "bad",
    "今天天气很好，我和李明去了北京大学。",
)
_TOLERANCE = 1e-3
"""Largest difference of an output, relative to the largest output, that rounding explains."""


def verify_folder(folder: Path, target: Path, checkpoint: Checkpoint) -> Finding:
    """Compare the outputs of the checkpoint in `folder`, as the studio loads it, with those of the folder `target`.

    The two are in memory one after the other. Raises UsageError where transformers cannot load `target`, or it does
    not answer like the checkpoint.
    """
    if checkpoint.task not in AUTO:
        return Finding(
            name="outputs", ok=False, said=f"not compared: nobody knows how transformers loads {checkpoint.task}"
        )
    ours = _studio(folder)
    gc.collect()
    theirs = _stranger(target, checkpoint, [ids for ids, _ in ours])
    pairs = [(mine, other) for (_, mine), other in zip(ours, theirs, strict=True)]
    if any(mine.shape != other.shape for mine, other in pairs):
        raise UsageError("the exported folder is of no use: its answers are of another shape than the checkpoint's")
    if any(not (mine.isfinite().all() and other.isfinite().all()) for mine, other in pairs):
        raise UsageError("the model answers with numbers that are not finite: the training went astray")
    worst = max(float((mine - other).abs().max() / mine.abs().max().clamp(min=1)) for mine, other in pairs)
    if worst > _TOLERANCE:
        raise UsageError(
            f"the exported folder does not answer like the checkpoint, and is of no use: on {len(pairs)} samples its "
            f"numbers differ by up to {worst:.2g}"
        )
    return Finding(
        name="outputs",
        ok=True,
        said=f"transformers loads it, and on {len(pairs)} samples its numbers differ by at most {worst:.2g}",
        numbers={"samples": len(pairs), "max_difference": worst, "tolerance": _TOLERANCE},
    )


def _studio(folder: Path) -> "list[tuple[Sequence[int], Tensor]]":
    """The token ids of each sample (none for an image), and the outputs for it (tokens, width) or (width,)."""
    from autogpt.studio.model import load

    loaded = load(folder)
    if loaded.checkpoint.task == "image-classification":
        import torch

        pixels: Any = loaded.tokenizer
        given = [{"pixel_values": torch.from_numpy(pixels.values(_picture(pixels.size)[None]))}]
    else:
        given = [_tokens(loaded.tokenizer, text, loaded.checkpoint) for text in _TEXTS]
    return [(_ids(inputs), _ask(loaded.network, inputs)) for inputs in given]


def _stranger(target: Path, checkpoint: Checkpoint, ids: Sequence[Sequence[int]]) -> "list[Tensor]":
    """The outputs for the samples, which must be cut into these tokens."""
    import torch
    import transformers

    from autogpt.studio.model import quiet

    weights_intact(target)
    auto: Any = getattr(transformers, AUTO[checkpoint.task])
    try:
        with quiet():
            network, told = auto.from_pretrained(
                target, local_files_only=True, dtype=torch.float32, output_loading_info=True
            )
            if checkpoint.task == "image-classification":
                processor = transformers.AutoImageProcessor.from_pretrained(target, local_files_only=True)
                size = cast(Mapping[str, int], processor.size)["height"]
                return [_ask(network.eval(), dict(processor(_picture(size), return_tensors="pt")))]
            tokenizer = transformers.AutoTokenizer.from_pretrained(target, local_files_only=True)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise UsageError(
            f"transformers cannot load the exported folder, which is of no use: {' '.join(str(error).split())[:300]}"
        ) from error
    if lost := sorted({*told["missing_keys"], *(key for key, *_ in told["mismatched_keys"])} - _made_anew(network)):
        raise UsageError(f"the exported folder is of no use: transformers finds no weights in it for {lost[0]!r}")
    given = [_tokens(tokenizer, text, checkpoint) for text in _TEXTS]
    if [_ids(inputs) for inputs in given] != list(ids):
        raise UsageError("the exported folder is of no use: its tokenizer cuts texts otherwise than the checkpoint's")
    return [_ask(network.eval(), inputs) for inputs in given]


def _ids(inputs: "dict[str, Any]") -> Sequence[int]:
    return inputs["input_ids"][0].tolist() if "input_ids" in inputs else []


def _made_anew(network: Any) -> set[str]:
    """Weights that are another one under a second name, and so not in the files."""
    return set(getattr(network, "_tied_weights_keys", None) or ())


def _tokens(tokenizer: Any, text: str, checkpoint: Checkpoint) -> "dict[str, Any]":
    second = {"text_pair": "The other one."} if checkpoint.task == "text-pair" else {}
    made = tokenizer(text, **second, truncation=True, max_length=checkpoint.max_length, return_tensors="pt")
    return {name: made[name] for name in ("input_ids", "attention_mask", "token_type_ids") if name in made}


def _ask(network: Any, inputs: "dict[str, Any]") -> "Tensor":
    import torch

    if getattr(network.config, "is_encoder_decoder", False):
        inputs = {name: value for name, value in inputs.items() if name != "token_type_ids"}
        begin = network.config.decoder_start_token_id or 0
        inputs["decoder_input_ids"] = torch.tensor([[begin]])
    with torch.inference_mode():
        out = network(**inputs)
    found = out.logits if hasattr(out, "logits") else out.last_hidden_state
    return found[0].float().cpu()


def _picture(size: int) -> Any:
    """(size, size, 3) bytes of which no two rows or columns are alike."""
    import numpy

    rows, columns, channels = numpy.ogrid[:size, :size, :3]
    return ((rows * 7 + columns * 13 + channels * 61 + rows * columns) % 256).astype(numpy.uint8)
