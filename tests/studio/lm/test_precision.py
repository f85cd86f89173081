"""The look for the faster precision: it costs no more memory than a step of training."""

import torch
from datasets import Dataset
from talk import base

from autogpt.studio.kind import kind_of
from autogpt.studio.model import begin
from autogpt.studio.precision import faster_precision
from autogpt.studio.recipe import Recipe


def test_only_the_logits_that_training_needs_are_computed(tmp_path):
    chats = [
        [{"role": "user", "content": "tell me of the room " * 5}, {"role": "assistant", "content": word}]
        for word in ("good", "bad", "lovely", "awful")
    ]
    rows = Dataset.from_list([{"messages": chat} for chat in chats])
    recipe = Recipe(task="sft", base=str(base(tmp_path / "base")), batch=4)
    loaded = begin(recipe, (), tmp_path)
    arguments = {"output_dir": str(tmp_path / "work"), "per_device_train_batch_size": 4, "use_cpu": True}
    trainer = kind_of("sft").trainer(loaded, rows, None, recipe, arguments)
    shapes: list[torch.Size] = []
    loaded.network.get_output_embeddings().register_forward_hook(lambda _, __, logits: shapes.append(logits.shape))
    before = {name: weights.clone() for name, weights in loaded.network.named_parameters()}
    chance = torch.get_rng_state()

    assert faster_precision(trainer) in ("fp32", "bf16")

    encoded = trainer.train_dataset
    tokens = sum(len(row["input_ids"]) for row in (encoded[at] for at in range(4)))
    labelled = sum(label != -100 for at in range(4) for label in encoded[at]["labels"])
    assert labelled < tokens / 4
    assert {shape[:-1].numel() for shape in shapes} <= {1, labelled}
    assert all(bool((weights == before[name]).all()) for name, weights in loaded.network.named_parameters())
    assert all(weights.grad is None for weights in loaded.network.parameters())
    assert torch.equal(torch.get_rng_state(), chance)
