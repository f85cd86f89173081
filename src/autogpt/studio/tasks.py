"""The tasks the studio knows by name, and the columns their rows have."""

TASKS = (
    "text-classification",
    "multi-label",
    "token-classification",
    "text-pair",
    "causal-lm",
    "sft",
    "masked-lm",
    "preference",
    "reward",
    "policy-gradient",
    "seq2seq",
    "embedding",
    "image-classification",
    "recommendation",
)
"""The tasks of the house; installed plug-ins add others."""

COLUMNS: dict[str, tuple[str, ...]] = {
    "text-classification": ("text", "label"),
    "multi-label": ("text", "labels"),
    "token-classification": ("tokens", "tags"),
    "text-pair": ("text", "text_pair", "label"),
    "causal-lm": ("text",),
    "sft": ("messages",),
    "masked-lm": ("text",),
    "preference": ("prompt", "chosen", "rejected"),
    "reward": ("prompt", "chosen", "rejected"),
    "policy-gradient": ("prompt", "answer"),
    "seq2seq": ("source", "target"),
    "embedding": ("text", "text_pair"),
    "image-classification": ("image", "label"),
    "recommendation": ("history", "item"),
}
"""Columns of a row. text, text_pair, label, source, target, prompt, chosen, rejected, answer, item: str. labels,
tokens, tags (BIO), history: list[str]. messages: list of {"role", "content"}. image: path of a file."""

TARGETS = frozenset({"label", "labels", "tags", "target", "answer", "chosen", "rejected", "item"})
"""Columns a model answers with; the others are what it is asked."""

OTHER_NAMES = {
    "ner": "token-classification",
    "classification": "text-classification",
    "sentiment": "text-classification",
    "intent": "text-classification",
    "chat": "sft",
    "dpo": "preference",
    "grpo": "policy-gradient",
    "rloo": "policy-gradient",
    "translation": "seq2seq",
    "summarisation": "seq2seq",
    "summarization": "seq2seq",
}
"""What else people call a task."""


def task_named(name: str) -> str:
    """The studio's name for a task; a name it does not know comes back as it is, for plug-ins may."""
    return OTHER_NAMES.get(name.strip().lower(), name)
