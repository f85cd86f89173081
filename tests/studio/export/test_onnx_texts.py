"""Masks and encoder-decoders as ONNX: texts of unequal length are answered like by the network they were made of."""

import json
import subprocess
import sys

import pytest
import torch
from test_hf_folder import TEXT, card, checkpoint, wordpiece
from transformers import BartConfig, BartForConditionalGeneration

from autogpt.core.errors import UsageError
from autogpt.studio.evaluate import predict
from autogpt.studio.export.export import export
from autogpt.studio.export.onnx import differences
from autogpt.studio.export.onnxmodel import OnnxModel
from autogpt.studio.kind import Loaded
from autogpt.studio.model import load, save

SOURCES = [TEXT, "no", f"{TEXT} {TEXT} {TEXT} " * 4, "Anna met Paul", {"source": "Paris"}]


def bart(folder, **rules):
    """It begins and ends its answers with tokens that stand fast, and never says one of the others."""
    torch.manual_seed(5)
    words = wordpiece()
    words.eos_token = "[SEP]"
    config = BartConfig(
        vocab_size=120, d_model=32, encoder_layers=1, decoder_layers=2, encoder_attention_heads=2,
        decoder_attention_heads=2, encoder_ffn_dim=48, decoder_ffn_dim=48, max_position_embeddings=200,
        decoder_start_token_id=3, eos_token_id=3, bos_token_id=2, pad_token_id=0, init_std=0.6,
    )  # fmt: skip
    network = BartForConditionalGeneration(config).eval()
    network.generation_config.update(forced_bos_token_id=7, forced_eos_token_id=3, bad_words_ids=[[40]], **rules)
    return save(Loaded(network, words, card("seq2seq")), folder)


def test_what_masks_hide_is_told_like_by_the_network(tmp_path):
    folder = checkpoint(tmp_path / "model", "masked-lm")
    done = export(folder, "onnx", tmp_path / "onnx")
    inputs = ["Anna [MASK] Paris", {"text": "[MASK] and [MASK] " * 40}, "nothing is hidden", ""]
    expected = predict(load(folder), inputs)
    assert len(expected[0]["fills"]) == 1
    assert max(differences(expected, OnnxModel(tmp_path / "onnx").predict(inputs, batch=2))) < 1e-4
    assert done.checks[0].ok
    with pytest.raises(UsageError, match="masked-lm reads a text, not"):
        OnnxModel(tmp_path / "onnx").predict([7])


def t5(folder):
    loaded = load(checkpoint(folder, "seq2seq"))
    torch.manual_seed(11)
    with torch.no_grad():
        for weight in loaded.network.parameters():
            weight.normal_(0, 0.4)
    return save(loaded, folder)


@pytest.mark.parametrize("family", ["t5", "bart"])
def test_an_encoder_decoder_writes_the_same_texts_in_two_graphs(tmp_path, family):
    folder = bart(tmp_path / "model") if family == "bart" else t5(tmp_path / "model")
    done = export(folder, "onnx", tmp_path / "onnx")
    assert {path.name for path in done.paths} >= {"encoder_model.onnx", "decoder_model.onnx", "tokenizer.json"}
    expected = predict(load(folder), SOURCES)
    assert len(set(expected)) > 2
    for batch in (1, 2, 32):
        assert OnnxModel(tmp_path / "onnx").predict(SOURCES, batch=batch) == expected
    assert done.checks[0].ok
    # With neither torch nor transformers.
    program = (
        "import sys, json; from pathlib import Path; from autogpt.studio.export.onnxmodel import OnnxModel\n"
        "print(json.dumps(OnnxModel(Path(sys.argv[1])).predict([sys.argv[2]])))\n"
        "assert not {'torch', 'transformers'} & sys.modules.keys()"
    )
    asked = [sys.executable, "-c", program, str(tmp_path / "onnx"), TEXT]
    said = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    assert json.loads(said) == expected[:1]
    (tmp_path / "onnx" / "decoder_model.onnx").unlink()
    with pytest.raises(UsageError, match=r"holds no decoder_model.onnx"):
        OnnxModel(tmp_path / "onnx")


def test_rules_that_the_graphs_do_not_hold_are_refused(tmp_path):
    folder = bart(tmp_path / "model", no_repeat_ngram_size=3)
    with pytest.raises(UsageError, match=r"rules that ONNX does not hold \(no_repeat_ngram_size\); export it as hf"):
        export(folder, "onnx", tmp_path / "onnx")
    assert not list(tmp_path.glob("onnx*"))
