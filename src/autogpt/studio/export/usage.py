"""How another program asks an exported Hugging Face folder: a few lines of Python for each task, to be copied."""

from collections.abc import Mapping
from typing import Any

from autogpt.studio.checkpoint import Checkpoint

FOLDER = "PATH/OF/THIS/FOLDER"
"""What stands in the lines for the folder."""

_PIPELINE = """from transformers import pipeline

ask = pipeline("{name}", "{folder}"{more})
"""
_TEXT = """print(ask("A text", truncation=True, max_length={length}))"""
_PAIR = """print(ask({{"text": "One text", "text_pair": "the other"}}, truncation=True, max_length={length}))"""
_SEVERAL = """scores = ask(["A text"], truncation=True, max_length={length})[0]
# Each label has a threshold of its own.
least = dict(zip(ask.model.config.id2label.values(), {thresholds}))
print([one for one in scores if one["score"] >= least[one["label"]]])"""
_MASK = """print(ask(f"A text with a {{ask.tokenizer.mask_token}} in it"))"""
_WRITE = """print(ask("Once upon a time", max_new_tokens=64, do_sample=False)[0]["generated_text"])"""
_CHAT = """said = ask([{{"role": "user", "content": "Hello!"}}], max_new_tokens=64, do_sample=False)
print(said[0]["generated_text"][-1]["content"])"""
_IMAGE = """print(ask("image.png"))"""
_REWARD = """import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

folder = "{folder}"
model, tokenizer = AutoModelForSequenceClassification.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
chat = [{{"role": "user", "content": "A question?"}}, {{"role": "assistant", "content": "An answer."}}]
text = tokenizer.apply_chat_template(chat, tokenize=False)
# It ends where the answer does; templates may put more behind it.
text = text[: text.rfind(tokenizer.eos_token) + len(tokenizer.eos_token)]
with torch.inference_mode():
    # Higher is better; numbers of different prompts cannot be compared.
    print(float(model(**tokenizer(text, add_special_tokens=False, return_tensors="pt")).logits[0, 0]))"""
_REWARD_PLAIN = """import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

folder = "{folder}"
model, tokenizer = AutoModelForSequenceClassification.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
with torch.inference_mode():
    # Higher is better; numbers of different prompts cannot be compared.
    print(float(model(**tokenizer("A question?", "An answer.", return_tensors="pt")).logits[0, 0]))"""
_SEQ2SEQ = """from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

folder = "{folder}"
model, tokenizer = AutoModelForSeq2SeqLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
asked = tokenizer("A text", truncation=True, max_length={length}, return_tensors="pt")
tokens = model.generate(**asked, max_new_tokens=128, do_sample=False, num_beams=1)
print(tokenizer.decode(tokens[0], skip_special_tokens=True))"""
_VECTORS = """import torch
from transformers import AutoModel, AutoTokenizer

folder = "{folder}"
model, tokenizer = AutoModel.from_pretrained(folder).eval(), AutoTokenizer.from_pretrained(folder)


def vectors(texts):
    inputs = tokenizer(texts, padding=True, truncation=True, max_length={length}, return_tensors="pt")
    with torch.inference_mode():
        states = model(**inputs).last_hidden_state
    # The mean over a text's tokens (not over padding), at length 1: products are then cosines.
    mask = inputs["attention_mask"][..., None].float()
    return torch.nn.functional.normalize((states * mask).sum(1) / mask.sum(1), dim=-1)


"""
_ALIKE = """one, other = vectors(["A text", "another text"])
print(float(one @ other))"""
_NEXT = """import json

items = json.load(open(f"{{folder}}/autogpt.json"))["labels"]  # what can be recommended
history = {history}  # what somebody took so far, the newest last
asked = vectors(["; ".join(history[::-1][:10])])[0]
order = (vectors(items) @ asked).argsort(descending=True)
print([items[place] for place in order if items[place] not in history][:10])"""
_BODY = """from transformers import AutoModel, AutoTokenizer

folder = "{folder}"
model, tokenizer = AutoModel.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)"""
_PEFT = """from peft import AutoPeftModelForCausalLM

model = AutoPeftModelForCausalLM.from_pretrained("{folder}")"""

_PIPED = {
    "text-classification": ("text-classification", "", _TEXT),
    "text-pair": ("text-classification", "", _PAIR),
    "multi-label": ("text-classification", ', top_k=None, function_to_apply="sigmoid"', _SEVERAL),
    "token-classification": ("token-classification", ', aggregation_strategy="first"', 'print(ask("A text"))'),
    "masked-lm": ("fill-mask", "", _MASK),
    "causal-lm": ("text-generation", "", _WRITE),
    **dict.fromkeys(("sft", "preference", "policy-gradient"), ("text-generation", "", _CHAT)),
    "image-classification": ("image-classification", "", _IMAGE),
}


def usage(checkpoint: Checkpoint, config: Mapping[str, Any], *, chats: bool) -> str:
    """The lines for a checkpoint's task. config: its config.json; chats: whether its tokenizer has a template."""
    if "peft_type" in config:
        text = _PEFT
    elif found := _PIPED.get(checkpoint.task):
        name, more, body = found
        text = _PIPELINE.replace("{name}", name).replace("{more}", more) + body
    else:
        text = {
            "reward": _REWARD if chats else _REWARD_PLAIN,
            "seq2seq": _SEQ2SEQ,
            "embedding": _VECTORS + _ALIKE,
            "recommendation": _VECTORS + _NEXT,
        }.get(checkpoint.task, _BODY)
    return text.format(
        folder=FOLDER,
        length=checkpoint.max_length,
        thresholds=config.get("thresholds") or [0.5] * len(checkpoint.labels),
        history=repr(list(checkpoint.labels[:2])),
    )
