"""Which tokens of a chat are learned, and that learning them the quick way is learning them the plain way."""

import pytest
import torch
from talk import base, chats, load, tokenizer

from autogpt.core.errors import UsageError
from autogpt.studio.lm.chat import chat_ids, prompt_ids
from autogpt.studio.lm.trainer import collate, label_logits

CHAT = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "The sea?"},
    {"role": "assistant", "content": "wide, and blue"},
    {"role": "user", "content": "海? wide, and blue?"},
    {"role": "assistant", "content": "很宽"},
]


def test_only_what_the_assistant_says_is_learned_with_the_token_that_ends_it():
    words = tokenizer()
    ids, labels = chat_ids(words, CHAT)
    assert words.decode(ids) == words.apply_chat_template(CHAT, tokenize=False).removesuffix("\n")
    assert len(labels) == len(ids)
    assert all(label in (token, -100) for token, label in zip(ids, labels, strict=True))
    learned = "".join(words.decode(label) if label != -100 else "/" for label in labels)
    assert [part for part in learned.split("/") if part] == ["wide, and blue<|im_end|>", "很宽<|im_end|>"]


def test_a_question_ends_where_the_assistant_begins():
    words = tokenizer()
    asked = words.apply_chat_template(CHAT[:-1], tokenize=False, add_generation_prompt=True)
    assert words.decode(prompt_ids(words, CHAT[:-1])) == words.decode(prompt_ids(words, CHAT)) == asked


def test_a_template_that_rewrites_earlier_turns_is_refused_not_learned_wrongly():
    words = tokenizer()
    words.chat_template = (
        "{% for message in messages %}<{{ message.role }}>{{ message.content if loop.last else '...' }}{% endfor %}"
    )
    with pytest.raises(UsageError, match="renders a turn otherwise when more turns follow"):
        chat_ids(words, CHAT)


def test_a_template_that_cannot_render_the_roles_says_so():
    words = tokenizer()
    words.chat_template = "{{ raise_exception('roles must alternate') }}"
    with pytest.raises(UsageError, match="cannot render a chat of user: roles must alternate"):
        prompt_ids(words, [{"role": "user", "content": "hi"}])


@pytest.mark.parametrize("system", ["", "You are brief and answer with what you know of the sea, 1234 ships and all."])
@pytest.mark.parametrize("share", [True, False])
def test_the_quick_loss_and_gradient_are_the_plain_ones(tmp_path, system, share):
    network = load(base(tmp_path / "hf"))
    words = tokenizer()
    encoded = [chat_ids(words, row["messages"]) for row in chats(6, 0, system)]
    batch = collate(words)([{"input_ids": ids, "labels": labels} for ids, labels in encoded])
    assert not bool(batch["attention_mask"].all())

    plain = network(**batch).loss
    plain.backward()
    expected = {name: weight.grad.clone() for name, weight in network.named_parameters()}
    network.zero_grad()
    outputs, targets = label_logits(network, batch, share=share)
    loss = torch.nn.functional.cross_entropy(outputs.logits, targets)
    loss.backward()
    assert len(targets) == sum(label != -100 for _, labels in encoded for label in labels)
    torch.testing.assert_close(loss, plain, rtol=1e-5, atol=1e-6)
    for name, weight in network.named_parameters():
        torch.testing.assert_close(weight.grad, expected[name], rtol=1e-4, atol=1e-6)


def test_a_shared_beginning_goes_through_the_network_once(tmp_path):
    network = load(base(tmp_path / "hf"))
    words = tokenizer()
    system = "You are brief and answer with what you know of the sea, 1234 ships and all."
    encoded = [chat_ids(words, row["messages"]) for row in chats(6, 0, system)]
    batch = collate(words)([{"input_ids": ids, "labels": labels} for ids, labels in encoded])
    seen: list[int] = []
    network.model.layers[0].register_forward_hook(lambda _, args, out: seen.append(args[0].shape[:2].numel()))
    label_logits(network, batch, share=False)
    label_logits(network, batch, share=True)
    plain, first, rest = seen
    assert plain == batch["input_ids"].numel()
    assert first + rest < 0.6 * plain
