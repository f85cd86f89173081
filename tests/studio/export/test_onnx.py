"""An encoder written as ONNX answers like the network it was made of, with ONNX Runtime and the tokenizer alone."""

import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest
import tokenizers
import torch
from tokenizers import models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    BertForTokenClassification,
    BertModel,
    PreTrainedTokenizerFast,
)

from autogpt.core.errors import UsageError
from autogpt.studio.checkpoint import Checkpoint
from autogpt.studio.evaluate import predict
from autogpt.studio.export.export import export
from autogpt.studio.export.onnx import differences
from autogpt.studio.export.onnxmodel import OnnxModel
from autogpt.studio.kind import Loaded
from autogpt.studio.model import load, save

TEXTS = ["Anna went to Paris.", "no", "a longer text, with " + "many words " * 60, "我在北京。"]
BIO = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")


def wordpiece():
    made = tokenizers.Tokenizer(models.WordPiece(unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=False)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    made.train_from_iterator(
        TEXTS * 2, trainers.WordPieceTrainer(vocab_size=120, special_tokens=special, show_progress=False)
    )
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    names = dict(zip(("pad_token", "unk_token", "cls_token", "sep_token"), special, strict=True))
    return PreTrainedTokenizerFast(tokenizer_object=made, **names)


def encoder(folder, task, labels):
    """A checkpoint of a random network whose answers vary from text to text."""
    torch.manual_seed(5)
    config = BertConfig(
        vocab_size=120,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=48,
        max_position_embeddings=64,
        initializer_range=0.4,
        num_labels=len(labels),
        id2label=dict(enumerate(labels)),
        label2id={label: number for number, label in enumerate(labels)},
    )
    auto = {"token-classification": BertForTokenClassification, "embedding": BertModel}.get(
        task, BertForSequenceClassification
    )
    if task == "multi-label":
        config.thresholds = [0.3, 0.6, 0.5]
    card = Checkpoint(
        name="tiny", task=task, labels=labels, base="none", max_length=48, created=datetime(2030, 1, 1, tzinfo=UTC)
    )
    save(Loaded(auto(config).eval(), wordpiece(), card), folder)
    return folder


@pytest.mark.parametrize(
    ("task", "labels"),
    [
        ("text-classification", ("bad", "fair", "good")),
        ("multi-label", ("bad", "fair", "good")),
        ("text-pair", ("no", "yes")),
        ("token-classification", BIO),
        ("embedding", ()),
    ],
)
def test_the_onnx_folder_answers_like_the_network(tmp_path, task, labels):
    folder = encoder(tmp_path / "model", task, labels)
    done = export(folder, "onnx", tmp_path / "onnx")
    paired = task in ("text-pair", "embedding")
    inputs = [{"text": text, "text_pair": TEXTS[0]} for text in TEXTS] if paired else TEXTS
    expected = predict(load(folder), inputs)
    off = differences(expected, OnnxModel(tmp_path / "onnx").predict(inputs, batch=3))
    assert max(off) < 1e-4
    assert len({json.dumps(answer) for answer in expected}) == len(inputs), "the answers tell the texts apart"
    assert done.checks[0].ok
    assert done.checks[0].numbers["max_abs_difference"] < 1e-4
    assert {path.name for path in done.paths} >= {"model.onnx", "tokenizer.json", "autogpt.json"}


def test_predicting_from_the_folder_needs_neither_torch_nor_transformers(tmp_path):
    export(encoder(tmp_path / "model", "token-classification", BIO), "onnx", tmp_path / "onnx")
    program = (
        "import sys; from pathlib import Path; from autogpt.studio.export.onnxmodel import OnnxModel\n"
        "print(len(OnnxModel(Path(sys.argv[1])).predict(['Anna went to Paris.'])))\n"
        "print(sorted({'torch', 'transformers', 'datasets'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "onnx")], capture_output=True, text=True, check=True
    )
    assert done.stdout.split("\n")[:2] == ["1", "[]"]


def test_a_file_that_answers_otherwise_is_refused_and_not_left_behind(tmp_path):
    folder = encoder(tmp_path / "model", "text-classification", ("bad", "fair", "good"))

    class Moody(torch.nn.Module):
        """Answers otherwise when it is traced than when it is asked, as networks with untraceable branches do."""

        def __init__(self, network):
            super().__init__()
            self.network = network
            self.config = network.config

        @property
        def device(self):
            return torch.device("cpu")

        def set_attn_implementation(self, name):
            self.network.set_attn_implementation(name)

        def forward(self, input_ids, attention_mask=None, token_type_ids=None):
            out = self.network(input_ids, attention_mask, token_type_ids)
            out.logits = out.logits + (1.0 if torch.jit.is_tracing() else 0.0) * torch.tensor([1.0, 0.0, 0.0])
            return out

    from autogpt.studio.export.onnx import write_onnx

    loaded = load(folder)
    loaded.network = Moody(loaded.network)
    with pytest.raises(UsageError, match="does not answer like the network"):
        write_onnx(loaded, tmp_path / "onnx")
    assert not list(tmp_path.glob("onnx*"))


def test_a_language_model_is_sent_to_gguf(tmp_path):
    folder = encoder(tmp_path / "model", "text-classification", ("a", "b"))
    card = json.loads((folder / "autogpt.json").read_text())
    loaded = load(folder)
    loaded.checkpoint = Checkpoint.model_validate(card | {"task": "sft"})
    from autogpt.studio.export.onnx import write_onnx

    with pytest.raises(UsageError, match="language models go to gguf"):
        write_onnx(loaded, tmp_path / "onnx")
