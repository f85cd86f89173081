"""Writes an encoder-decoder as two ONNX graphs, under the names and with the inputs that Optimum gives them."""

import copy
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import torch
from torch import nn

from autogpt.core.errors import UsageError
from autogpt.core.schema import JsonValue
from autogpt.studio.export.onnxtexts import DECODER, ENCODER
from autogpt.studio.graph import OPSET
from autogpt.studio.kind import Loaded

_RULES: Mapping[str, object] = {
    **dict.fromkeys(("no_repeat_ngram_size", "encoder_no_repeat_ngram_size", "min_length", "min_new_tokens"), 0),
    **dict.fromkeys(("repetition_penalty", "encoder_repetition_penalty"), 1.0),
    **dict.fromkeys(("begin_suppress_tokens", "sequence_bias", "exponential_decay_length_penalty"), None),
}
"""Rules by which transformers changes what is likeliest, with the values that change nothing."""


def text_rules(loaded: Loaded) -> dict[str, JsonValue]:
    """How an answer begins and ends, for the export's config.json.

    Raises UsageError for a network that answers by further rules, which the export would answer without.
    """
    rules: Any = cast(Any, loaded.network).generation_config
    further = [name for name, neutral in _RULES.items() if getattr(rules, name, None) not in (None, neutral)]
    bad = cast("list[list[int]]", rules.bad_words_ids or [])
    if any(len(words) != 1 for words in bad):
        further.append("bad_words_ids")
    if further or loaded.tokenizer.clean_up_tokenization_spaces:
        names = ", ".join([*further, *(["clean_up_tokenization_spaces"] if not further else [])])
        raise UsageError(
            f"{loaded.checkpoint.name!r} answers by rules that ONNX does not hold ({names}); export it as hf"
        )
    config: Any = loaded.network.config
    start = rules.decoder_start_token_id
    start = getattr(config, "decoder_start_token_id", None) if start is None else start
    ends = rules.eos_token_id
    options = loaded.checkpoint.options
    return {
        "decoder_start_token_id": int(rules.bos_token_id if start is None else start),
        "eos_token_id": list(cast("list[int]", ends)) if isinstance(ends, list) else [] if ends is None else [ends],
        "forced_bos_token_id": rules.forced_bos_token_id,
        "forced_eos_token_id": rules.forced_eos_token_id,
        "never": [*(words[0] for words in bad), *(rules.suppress_tokens or [])],
        "max_new_tokens": int(str(options.get("max_new_tokens", 128))),
    }


def write_text_graphs(loaded: Loaded, folder: Path) -> None:
    """Write `encoder_model.onnx` (input_ids, attention_mask -> last_hidden_state) and `decoder_model.onnx` (input_ids,
    encoder_attention_mask, encoder_hidden_states -> logits), rows and tokens of any number."""
    network: Any = copy.deepcopy(loaded.network).eval()
    network.set_attn_implementation("eager")
    network.config.use_cache = False
    # Rows of unequal length, and other numbers of tokens on both sides, so that no size is taken for another.
    ids = torch.tensor([[5, 6, 7, 8, 9], [5, 6, 7, 0, 0]])
    mask = torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]])
    answer = torch.tensor([[1, 2, 3], [1, 2, 4]])
    with torch.inference_mode():
        hidden = _Encoder(network)(ids, mask)
    tokens = {0: "rows", 1: "tokens"}
    _write(
        _Encoder(network),
        {"input_ids": ids, "attention_mask": mask},
        ("last_hidden_state", tokens),
        {"input_ids": tokens, "attention_mask": tokens},
        folder / ENCODER,
    )
    steps = {0: "rows", 1: "steps"}
    _write(
        _Decoder(network),
        {"input_ids": answer, "encoder_attention_mask": mask, "encoder_hidden_states": hidden.clone()},
        ("logits", steps),
        {"input_ids": steps, "encoder_attention_mask": tokens, "encoder_hidden_states": tokens},
        folder / DECODER,
    )


def _write(
    part: nn.Module,
    inputs: Mapping[str, torch.Tensor],
    output: tuple[str, Mapping[int, str]],
    axes: Mapping[str, Mapping[int, str]],
    file: Path,
) -> None:
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")  # the exporter's word on its age, and on constants of the tracer
        torch.onnx.export(
            part,
            tuple(inputs.values()),
            file,
            input_names=list(inputs),
            output_names=[output[0]],
            dynamic_axes={**axes, output[0]: output[1]},
            opset_version=OPSET,
            dynamo=False,
        )


class _Encoder(nn.Module):
    def __init__(self, network: Any) -> None:
        super().__init__()
        self._encoder: Any = network.get_encoder()

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        return self._encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state


class _Decoder(nn.Module):
    """The whole answer so far goes in at each step: no keys and values are kept between steps."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self._network = network

    def forward(
        self, input_ids: torch.Tensor, encoder_attention_mask: torch.Tensor, encoder_hidden_states: torch.Tensor
    ) -> torch.Tensor:
        from transformers.modeling_outputs import BaseModelOutput

        return self._network(
            encoder_outputs=BaseModelOutput(last_hidden_state=cast(Any, encoder_hidden_states)),
            attention_mask=encoder_attention_mask,
            decoder_input_ids=input_ids,
            use_cache=False,
        ).logits
