"""A tiny encoder with a tokenizer of its own, made on the spot, and small corpora it can learn."""

import random
from collections.abc import Sequence
from pathlib import Path

from datasets import Dataset

from autogpt.studio.corpus import Corpus

NAMES = ("Ann", "Bob", "Cleo", "Dan", "Eve", "Finn")
PLACES = ("Paris", "Rome", "Oslo", "Lima", "Cairo")
WORDS = (
    "lives",
    "in",
    "met",
    "with",
    "likes",
    "a",
    "good",
    "bad",
    "awful",
    "lovely",
    "day",
    "trip",
    "to",
    "and",
    "the",
)
TOPICS = {"good": ("good", "lovely"), "bad": ("bad", "awful")}


def encoder(folder: Path, *, width: int = 32, layers: int = 2, seed: int = 0) -> Path:
    """A randomly made cased BERT with a WordPiece tokenizer over the words above and single letters."""
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    letters = [chr(code) for code in range(33, 127)]
    vocabulary = [*special, *letters, *(f"##{letter}" for letter in letters), *NAMES, *PLACES, *WORDS, "一", "二", "三"]
    ids = {word: id for id, word in enumerate(dict.fromkeys(vocabulary))}
    backend = Tokenizer(models.WordPiece(ids, unk_token="[UNK]"))
    backend.normalizer = normalizers.BertNormalizer(lowercase=False)
    backend.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    backend.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", ids["[CLS]"]), ("[SEP]", ids["[SEP]"])],
    )
    names = ("pad_token", "unk_token", "cls_token", "sep_token", "mask_token")
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=backend, **dict(zip(names, special, strict=True)))
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(ids),
        hidden_size=width,
        num_hidden_layers=layers,
        num_attention_heads=4,
        intermediate_size=2 * width,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def sentences(count: int, seed: int) -> Dataset:
    """Words with BIO tags: people live in, or travel to, places."""
    dice = random.Random(seed)
    rows: list[dict[str, Sequence[str]]] = []
    for _ in range(count):
        person = dice.sample(NAMES, dice.choice((1, 2)))
        place = dice.choice(PLACES)
        verb = dice.choice((("lives", "in"), ("likes", "the", "trip", "to"), ("met", "with", "Bob", "in")))
        tags = ["O" if word not in NAMES else "B-PER" for word in verb]
        rows.append(
            {
                "tokens": [*person, *verb, place],
                "tags": ["B-PER", *["I-PER"] * (len(person) - 1), *tags, "B-LOC"],
            }
        )
    return Dataset.from_list(rows)


def opinions(count: int, seed: int) -> Dataset:
    """Texts that are good or bad by one word."""
    dice = random.Random(seed)
    rows = []
    for _ in range(count):
        label = dice.choice(tuple(TOPICS))
        rows.append(
            {
                "text": f"{dice.choice(NAMES)} likes the {dice.choice(TOPICS[label])} day in {dice.choice(PLACES)}",
                "label": label,
            }
        )
    return Dataset.from_list(rows)


def names_corpus(train: int = 96, validation: int = 24) -> Corpus:
    return Corpus(
        "token-classification",
        {"train": sentences(train, 0), "validation": sentences(validation, 1)},
        ("O", "B-LOC", "I-LOC", "B-PER", "I-PER"),
    )


def opinions_corpus(train: int = 96, validation: int = 24) -> Corpus:
    return Corpus(
        "text-classification", {"train": opinions(train, 0), "validation": opinions(validation, 1)}, ("bad", "good")
    )
