"""Encoders of two layers that learn a made-up task in a few seconds, as checkpoint folders, and the rows for it."""

import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    BertForTokenClassification,
    MPNetConfig,
    MPNetForSequenceClassification,
    PreTrainedTokenizerFast,
)

from autogpt.studio.checkpoint import Checkpoint
from autogpt.studio.compress.encoder import encoder_kind, gold, loss
from autogpt.studio.kind import Loaded
from autogpt.studio.model import save
from autogpt.studio.rows import Collate

GOOD = "great lovely bright excellent warm tasty clever".split()
BAD = "awful dull broken cold boring bitter stupid".split()
PLAIN = "the film a meal was and it in town this place with some food we had our evening phone there".split()
PEOPLE = "anna bruno carla dario elena".split()
PLACES = "paris oslo lima rome cairo".split()
TAGS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")


def review_rows(count: int, seed: int) -> Dataset:
    """Plain words with one or two that say it, of 5 to 14 words."""
    dice = random.Random(seed)
    rows: list[dict[str, str]] = []
    for _ in range(count):
        label = dice.choice(("bad", "good"))
        words = dice.choices(PLAIN, k=dice.randint(4, 12))
        for _ in range(dice.randint(1, 2)):
            words.insert(dice.randrange(len(words)), dice.choice(GOOD if label == "good" else BAD))
        rows.append({"text": " ".join(words), "label": label})
    return Dataset.from_list(rows)


def name_rows(count: int, seed: int) -> Dataset:
    """Plain words with a person of one or two words and sometimes a place."""
    dice = random.Random(seed)
    rows: list[dict[str, list[str]]] = []
    for _ in range(count):
        words: list[str] = []
        tags: list[str] = []
        for kind, pool in dice.sample([("PER", PEOPLE), ("LOC", PLACES), ("", PLAIN), ("", PLAIN)], k=3):
            for place, word in enumerate(
                dice.choices(pool, k=dice.randint(1, 2) if kind == "PER" else 1 if kind else 4)
            ):
                words.append(word)
                tags.append("O" if not kind else f"{'I' if place else 'B'}-{kind}")
        rows.append({"tokens": words, "tags": tags})
    return Dataset.from_list(rows)


def reviews(folder: Path, **changes: Any) -> Path:
    torch.manual_seed(0)
    network = BertForSequenceClassification(_config(("bad", "good"), **changes))
    return _learn(network, "text-classification", ("bad", "good"), review_rows(400, 1), folder)


def reviews_by_mpnet(folder: Path) -> Path:
    """The same by an MPNet, whose layers share a bias with a column for each head: far apart here, so that it counts
    which head goes by which."""
    config = MPNetConfig(**_numbers(("bad", "good")), num_attention_heads=4, num_hidden_layers=3)
    torch.manual_seed(0)
    network = MPNetForSequenceClassification(config)
    torch.nn.init.normal_(network.mpnet.encoder.relative_attention_bias.weight)
    return _learn(network, "text-classification", ("bad", "good"), review_rows(400, 1), folder)


def names(folder: Path, **changes: Any) -> Path:
    torch.manual_seed(0)
    network = BertForTokenClassification(_config(TAGS, **changes))
    return _learn(network, "token-classification", TAGS, name_rows(400, 1), folder)


def word_tokenizer() -> PreTrainedTokenizerFast:
    words = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        *PLAIN,
        *GOOD,
        *BAD,
        *PEOPLE,
        *PLACES,
        *"abcdefghijklmnopqrstuvwxyz",
    ]
    made = Tokenizer(models.WordPiece({word: id for id, word in enumerate(words)}, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer()
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=made,
        unk_token="[UNK]",
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
        model_max_length=64,
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
    )


def _config(labels: tuple[str, ...], **changes: Any) -> BertConfig:
    return BertConfig(**({"num_attention_heads": 4, "num_hidden_layers": 2} | _numbers(labels) | changes))


def _numbers(labels: tuple[str, ...]) -> dict[str, Any]:
    return {
        "vocab_size": 100,
        "hidden_size": 32,
        "intermediate_size": 64,
        "max_position_embeddings": 64,
        "hidden_dropout_prob": 0.0,
        "attention_probs_dropout_prob": 0.0,
        "id2label": dict(enumerate(labels)),
        "label2id": {label: id for id, label in enumerate(labels)},
    }


def _learn(network: Any, task: str, labels: tuple[str, ...], rows: Dataset, folder: Path) -> Path:
    card = Checkpoint(
        name=folder.name, task=task, labels=labels, base="made on the spot", max_length=48, created=datetime.now(UTC)
    )
    loaded = Loaded(network, word_tokenizer(), card)
    encoded = encoder_kind(task).encode(loaded, rows, card.max_length)
    collate = Collate(loaded.tokenizer, gold)
    optimizer = torch.optim.AdamW(loaded.network.parameters(), lr=3e-3)
    loaded.network.train()
    for epoch in range(4):
        order = torch.randperm(len(encoded), generator=torch.Generator().manual_seed(epoch)).tolist()
        for start in range(0, len(order), 16):
            batch = collate([encoded[place] for place in order[start : start + 16]])
            labels_of = batch.pop("labels")
            optimizer.zero_grad()
            loss(loaded.network(**batch).logits, labels_of).backward()
            optimizer.step()
    loaded.network.eval()
    return save(loaded, folder)
