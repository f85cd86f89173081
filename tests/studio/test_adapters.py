"""Adapters on the tiny encoder: little is trained, much is learned, and what is saved answers alike."""

from pathlib import Path

import pytest
import tiny
import torch
from torch import nn

from autogpt.core.errors import UsageError
from autogpt.studio.evaluate import evaluate
from autogpt.studio.int8linear import Int8Linear
from autogpt.studio.kinds.classify import TextClassification
from autogpt.studio.kinds.tokens import TokenClassification
from autogpt.studio.model import load
from autogpt.studio.recipe import Lora, Recipe
from autogpt.studio.train import train


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Path:
    return tiny.encoder(tmp_path_factory.mktemp("tiny") / "base")


@pytest.mark.parametrize("method", ["lora", "dora", "qlora"])
def test_an_adapter_learns_is_merged_and_stays_usable_alone(tmp_path, base, method):
    from peft import PeftModel

    corpus = tiny.names_corpus()
    settings = {"epochs": 6, "batch": 8, "learning_rate": 1e-2, "head_learning_rate": 1e-2, "precision": "fp32"}
    recipe = Recipe(task=corpus.task, base=str(base), method=method, lora=Lora(rank=8), threads=1, **settings)
    trained = train(recipe, corpus, tmp_path / "names", cache=tmp_path)
    assert trained.trainable < trained.parameters / 2
    assert trained.final is not None
    assert trained.final.best > 0.8

    loaded = load(tmp_path / "names")
    assert not hasattr(loaded.network, "peft_config")
    assert evaluate(loaded, corpus.splits["validation"]).best == pytest.approx(trained.final.best, abs=0.02)

    fresh, _ = TokenClassification().network(base, corpus.labels, recipe)
    alone = PeftModel.from_pretrained(fresh, tmp_path / "names" / "adapter").eval()
    inputs = loaded.tokenizer("Ann lives in Paris", return_tensors="pt")
    with torch.no_grad():
        together, apart = loaded.network(**inputs).logits, alone(**inputs).logits
    torch.testing.assert_close(together, apart, atol=0.2 if method == "qlora" else 1e-3, rtol=0.05)


def test_an_adapter_for_classes_brings_all_that_lies_between_body_and_classes(tmp_path, base):
    from peft import PeftModel

    corpus = tiny.opinions_corpus(192)
    recipe = Recipe(
        task=corpus.task,
        base=str(base),
        method="lora",
        epochs=4,
        batch=8,
        learning_rate=1e-2,
        head_learning_rate=5e-3,
        precision="fp32",
        threads=1,
    )
    train(recipe, corpus, tmp_path / "m", cache=tmp_path)
    loaded = load(tmp_path / "m")
    fresh, _ = TextClassification().network(base, corpus.labels, recipe)
    alone = PeftModel.from_pretrained(fresh, tmp_path / "m" / "adapter").eval()
    inputs = loaded.tokenizer("Ann likes the lovely day in Rome", return_tensors="pt")
    with torch.no_grad():
        torch.testing.assert_close(loaded.network(**inputs).logits, alone(**inputs).logits, atol=1e-3, rtol=0.01)


def test_a_layer_in_8_bits_computes_nearly_the_same_and_passes_gradients_on():
    torch.manual_seed(0)
    linear = nn.Linear(64, 32)
    small = Int8Linear(linear)
    inputs = torch.randn(4, 64, requires_grad=True)
    torch.testing.assert_close(small(inputs), linear(inputs), atol=0.02, rtol=0.02)
    (ours,) = torch.autograd.grad(small(inputs).square().sum(), inputs)
    (theirs,) = torch.autograd.grad(small.as_float()(inputs).square().sum(), inputs)
    torch.testing.assert_close(ours, theirs)
    held = sum(buffer.numel() * buffer.element_size() for buffer in small.buffers())
    assert held < linear.weight.numel() * linear.weight.element_size() / 3


def test_a_module_that_is_not_there_is_named_with_those_that_are(tmp_path, base):
    recipe = Recipe(task="token-classification", base=str(base), method="lora", lora=Lora(modules=("q_proj",)))
    with pytest.raises(UsageError, match=r"no linear layer is named 'q_proj'; there are: dense, key, query, value"):
        train(recipe, tiny.names_corpus(), tmp_path / "x", cache=tmp_path)
