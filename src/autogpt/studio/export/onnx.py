"""Writes a network as an ONNX folder, and compares its answers with those of the trained network before it counts."""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from autogpt.core.errors import UsageError
from autogpt.core.schema import JsonValue
from autogpt.studio.checkpoint import write_checkpoint
from autogpt.studio.export.exported import Finding
from autogpt.studio.export.onnxmodel import GRAPH, OnnxModel
from autogpt.studio.kind import Loaded
from autogpt.studio.origin import handed_on
from autogpt.studio.report import Advance, OnAdvance
from autogpt.studio.whole import be_new, unfinished

if TYPE_CHECKING:
    from torch import nn

FITTING = (
    "text-classification",
    "multi-label",
    "text-pair",
    "token-classification",
    "masked-lm",
    "seq2seq",
    "embedding",
    "recommendation",
    "image-classification",
)
"""The tasks whose networks can be written."""

_TOLERANCE = 2e-3
"""Largest difference of a probability, or of a part of a vector of length 1, that rounding explains."""

_SAMPLES = (
    "This is a short sentence.",
    "Anna Schmidt moved from Berlin to New York in 1999, and she has worked for the United Nations ever since!",
    "bad",
    "今天天气很好，我和李明去了北京大学。",
    "A long one: " + "the quick brown fox jumps over the lazy dog, and " * 30 + "that is all.",
)


def write_onnx(
    loaded: Loaded, target: Path, on_advance: OnAdvance = lambda advance: None
) -> tuple[tuple[Path, ...], Finding]:
    """Write `model.onnx` (rows and tokens of any number) with tokenizer, labels and card to a folder; of an
    encoder-decoder two graphs, see `textgraph.write_text_graphs`.

    The folder is all that `OnnxModel` needs. Returns its files and the comparison of its answers with the network's.
    Raises UsageError for language models, and when the answers differ; nothing is left behind then.
    """
    task = loaded.checkpoint.task
    if task not in FITTING:
        raise UsageError(
            f"a model for {task!r} cannot be written as ONNX; language models go to gguf, all others to hf"
        )
    be_new(target)
    config = _config(loaded)
    with unfinished(target) as part:
        part.mkdir()
        on_advance(Advance(stage="export", total=2))
        _graph(loaded, part)
        loaded.tokenizer.save_pretrained(part)
        if task != "image-classification" and not (part / "tokenizer.json").is_file():
            raise UsageError(
                f"the tokenizer of {loaded.checkpoint.name!r} has no tokenizer.json, by which texts are cut without "
                "transformers; export it as hf"
            )
        (part / "config.json").write_text(json.dumps(config, indent=1), "utf-8")
        card = handed_on(loaded.checkpoint)
        write_checkpoint(part, card.model_copy(update={"shape": {}, "files": {}}))
        on_advance(Advance(stage="verify", done=1, total=2))
        finding = _compared(loaded, OnnxModel(part))
        if not finding.ok:
            raise UsageError(f"the ONNX file does not answer like the network, and is of no use: {finding.said}")
        part.replace(target)
    on_advance(Advance(stage="verify", done=2, total=2))
    return tuple(sorted(path for path in target.iterdir() if path.is_file())), finding


def _graph(loaded: Loaded, folder: Path) -> None:
    """A quantised network is a graph already; any other is traced."""
    from autogpt.studio.graph import OnnxNetwork, write_graph, write_pixel_graph

    network: Any = loaded.network
    file = folder / GRAPH
    if loaded.checkpoint.task == "seq2seq":
        from autogpt.studio.export.textgraph import write_text_graphs

        write_text_graphs(loaded, folder)
        return
    if isinstance(network, OnnxNetwork):
        shutil.copyfile(network.file, file)
        return
    if loaded.checkpoint.task == "image-classification":
        write_pixel_graph(network, cast(Any, loaded.tokenizer).size, file)
        return
    pooled = loaded.checkpoint.task in ("embedding", "recommendation")
    write_graph(cast(Any, _pooled(network)) if pooled else network, loaded.tokenizer, file)


def _config(loaded: Loaded) -> dict[str, JsonValue]:
    config: Any = loaded.network.config
    told: dict[str, JsonValue] = {"model_type": str(config.model_type)}
    if loaded.checkpoint.task != "image-classification":
        told["pad_token_id"] = cast(JsonValue, loaded.tokenizer.pad_token_id or 0)
        told["unk_token_id"] = cast(JsonValue, loaded.tokenizer.unk_token_id or 0)
    if loaded.checkpoint.task == "masked-lm":
        told["mask_token_id"] = cast(JsonValue, loaded.tokenizer.mask_token_id)
    if loaded.checkpoint.task == "seq2seq":
        from autogpt.studio.export.textgraph import text_rules

        told |= text_rules(loaded)
    thresholds = getattr(config, "thresholds", None)
    if thresholds:
        told["thresholds"] = list(thresholds)
    return told


def _pooled(network: "nn.Module") -> "nn.Module":
    """The network with the mean of its tokens' vectors, scaled to length 1, in the place of logits."""
    import torch
    from torch import nn

    class Pooled(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body = network

        def set_attn_implementation(self, name: str) -> None:
            cast(Any, self.body).set_attn_implementation(name)

        def forward(
            self,
            input_ids: torch.Tensor,
            attention_mask: torch.Tensor,
            token_type_ids: torch.Tensor | None = None,
        ) -> SimpleNamespace:
            types = {} if token_type_ids is None else {"token_type_ids": token_type_ids}
            hidden = self.body(input_ids=input_ids, attention_mask=attention_mask, **types).last_hidden_state
            mask = attention_mask[..., None].to(hidden.dtype)
            mean = (hidden * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
            return SimpleNamespace(logits=nn.functional.normalize(mean, dim=-1))

    return Pooled()


def _compared(loaded: Loaded, model: OnnxModel) -> Finding:
    with TemporaryDirectory(prefix="autogpt-samples-") as folder:
        return _differing(loaded, model, _samples(loaded, Path(folder)))


def _samples(loaded: Loaded, folder: Path) -> Sequence[Any]:
    """Inputs that the task reads. folder: for images."""
    checkpoint = loaded.checkpoint
    match checkpoint.task:
        case "text-pair":
            return [{"text": one, "text_pair": other} for one, other in zip(_SAMPLES, _SAMPLES[::-1], strict=True)]
        case "recommendation":
            return [{"history": list(checkpoint.labels[at : at + 3])} for at in range(3)]
        case "masked-lm":
            mask = str(loaded.tokenizer.mask_token)
            return [one.replace(" ", f" {mask} ", 2) if " " in one else f"{one} {mask}" for one in _SAMPLES]
        case "image-classification":
            from PIL import Image

            for at, image in enumerate((Image.radial_gradient("L"), Image.linear_gradient("L"))):
                image.convert("RGB").save(folder / f"{at}.png")
            return [{"image": str(folder / f"{at}.png")} for at in range(2)]
        case _:
            return _SAMPLES


def _differing(loaded: Loaded, model: OnnxModel, inputs: Sequence[Any]) -> Finding:
    from autogpt.studio.evaluate import predict

    # A quantised graph scales activations by the batch: what stands beside a text changes its numbers a little.
    sizes = (1, 1) if loaded.checkpoint.shape.get("form") else (2, 3)
    off = differences(predict(loaded, inputs, sizes[0]), model.predict(inputs, batch=sizes[1]))
    worst = max(off, default=0.0)
    return Finding(
        name="outputs",
        ok=worst <= _TOLERANCE,
        said=f"on {len(inputs)} samples its numbers differ from the network's by at most {worst:.2g}",
        numbers={"texts": len(inputs), "max_abs_difference": min(worst, 1e9), "tolerance": _TOLERANCE},
    )


def differences(one: JsonValue, other: JsonValue) -> list[float]:
    """How far apart the numbers of two answers are; infinitely where anything else differs."""
    match one, other:
        case ((bool() | str() | None), _):
            return [] if one == other else [float("inf")]
        case ((int() | float()), (int() | float())):
            return [abs(one - other)]
        case list(), list() if len(one) == len(other):
            return [off for mine, theirs in zip(one, other, strict=True) for off in differences(mine, theirs)]
        case dict(), dict() if one.keys() == other.keys():
            return [off for name in one for off in differences(one[name], cast(Mapping[str, JsonValue], other)[name])]
        case _:
            return [float("inf")]
