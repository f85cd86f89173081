"""Learning from a verifier: what it is worth to it becomes likelier."""

import pytest
import torch
from datasets import Dataset
from talk import KNOWN, base, corpus, loaded

from autogpt.core.errors import UsageError
from autogpt.studio.evaluate import evaluate
from autogpt.studio.kind import kind_of
from autogpt.studio.lm.chat import prompt_ids
from autogpt.studio.lm.generate import replies
from autogpt.studio.lm.policy import by_spread, leave_one_out
from autogpt.studio.lm.verify import offering, verifier_of
from autogpt.studio.model import load
from autogpt.studio.recipe import Recipe
from autogpt.studio.train import train

THINGS = ("sea", "sky", "ship")


def questions() -> Dataset:
    """One answer is right for all, so that a network of two layers learns it in seconds."""
    return Dataset.from_list([{"prompt": f"{one}: how is it?", "answer": KNOWN["sky"]} for one in THINGS] * 8)


def unsure(folder, tmp_path):
    """A model that answers each question with one of three answers, one time in three the right one."""
    rows = [
        {"messages": [{"role": "user", "content": f"{one}: how is it?"}, {"role": "assistant", "content": KNOWN[said]}]}
        for one in THINGS
        for said in THINGS
    ]
    plan = Recipe(task="sft", base=str(folder), epochs=40, batch=9, learning_rate=3e-3, freeze_embeddings=False)
    train(plan, corpus("sft", Dataset.from_list(rows * 4)), tmp_path / "unsure", cache=tmp_path)
    return tmp_path / "unsure"


def test_the_right_answer_becomes_likely_by_being_tried(tmp_path):
    folder = unsure(base(tmp_path / "hf"), tmp_path)
    plan = Recipe(
        task="policy-gradient",
        base=str(folder),
        max_steps=16,
        batch=6,
        learning_rate=2e-3,
        freeze_embeddings=False,
        precision="fp32",
        options={"samples": 6, "max_new_tokens": 6},
    )
    report = train(plan, corpus("policy-gradient", questions(), questions()), tmp_path / "out", cache=tmp_path)
    assert report.tokens > 0
    before, after = (share_right(where) for where in (folder, tmp_path / "out"))
    assert before < 0.45 < 0.6 < after
    assert evaluate(load(tmp_path / "out"), questions()).values == {"reward": 1.0, "solved": 1.0}


def share_right(folder) -> float:
    """How often it says the right thing when it draws."""
    model = loaded("policy-gradient", folder)
    prompts = [prompt_ids(model.tokenizer, [{"role": "user", "content": row["prompt"]}]) for row in questions()] * 4
    torch.manual_seed(0)
    said = replies(model, prompts, 96, do_sample=True, max_new_tokens=6)
    return sum(text == KNOWN["sky"] for text in said) / len(said)


def test_replies_that_all_earn_the_same_teach_nothing_and_that_is_said(tmp_path):
    rows = Dataset.from_list([{"prompt": "how is it?", "answer": "nothing it would ever say"}] * 6)
    plan = Recipe(
        task="policy-gradient",
        base=str(base(tmp_path / "hf")),
        max_steps=2,
        batch=3,
        freeze_embeddings=False,
        precision="fp32",
        options={"samples": 3, "max_new_tokens": 4},
    )
    with pytest.raises(UsageError, match="nothing was learned: give easier prompts"):
        train(plan, corpus("policy-gradient", rows), tmp_path / "out", cache=tmp_path)
    assert not (tmp_path / "out" / "autogpt.json").exists()


def test_a_verifier_is_offered_by_whoever_can_run_it(tmp_path):
    model = loaded("policy-gradient", base(tmp_path / "hf"), options={"verifier": "python", "max_new_tokens": 3})
    with pytest.raises(UsageError, match="no verifier is known as 'python'; there are: exact, contains, regex"):
        evaluate(model, questions())
    with offering(python=lambda reply, answer: 0.25):
        assert evaluate(model, questions()).values == {"reward": 0.25, "solved": 0.0}


@pytest.mark.parametrize(
    ("name", "reply", "answer", "worth"),
    [
        ("exact", " 42\n", "42", 1),
        ("exact", "It is 42", "42", 0),
        ("contains", "It is 42.", "42", 1),
        ("contains", "It is 422.", "42", 0),
        ("contains", "f(x) = (x)", "(x)", 1),
        ("regex", "42 pens\n", r"\d+ pens", 1),
        ("regex", "I say 42 pens", r"\d+ pens", 0),
    ],
)
def test_what_a_reply_is_worth(name, reply, answer, worth):
    assert verifier_of(name)(reply, answer) == worth


def test_a_pattern_that_is_none_is_named():
    with pytest.raises(UsageError, match=r"the answer '\(' is not a pattern"):
        verifier_of("regex")("a", "(")


def test_a_reply_is_measured_against_the_others_to_the_same_prompt():
    rewards = torch.tensor([[1.0, 0.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0]])
    expected = torch.tensor([[1.0, -1 / 3, -1 / 3, -1 / 3], [0.0, 0.0, 0.0, 0.0]])
    torch.testing.assert_close(leave_one_out(rewards), expected)


def test_by_their_spread_a_prompt_where_few_replies_fail_counts_as_much_as_any():
    rewards = torch.tensor([[1.0, 0.0, 0.0, 0.0], [0.2, 0.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0]])
    expected = torch.tensor([[1.5, -0.5, -0.5, -0.5], [1.5, -0.5, -0.5, -0.5], [0.0, 0.0, 0.0, 0.0]])
    torch.testing.assert_close(by_spread(rewards), expected, rtol=1e-2, atol=1e-2)


@pytest.mark.parametrize(("advantage", "weigh"), [("rloo", leave_one_out), ("grpo", by_spread)])
def test_the_loss_is_weighed_by_the_advantage_that_was_asked_for(tmp_path, advantage, weigh):
    options = {"samples": 4, "max_new_tokens": 4, "verifier": "length", "advantage": advantage}
    model = loaded("policy-gradient", base(tmp_path / "hf"), options=options)
    arguments = {"output_dir": str(tmp_path / "out"), "report_to": [], "use_cpu": True}
    with offering(length=lambda reply, answer: float(len(reply))):
        trainer = kind_of("policy-gradient").trainer(model, questions(), None, model.checkpoint.recipe, arguments)
    batch = trainer.data_collator([trainer.train_dataset[0]])
    torch.manual_seed(3)
    loss, told = trainer.compute_loss(model.network, batch, return_outputs=True)

    torch.manual_seed(3)
    prompt = trainer.train_dataset[0]["input_ids"]
    drawn = trainer._draw([prompt] * 4)
    weights = weigh(told["rewards"].view(1, 4))[0]
    assert bool(weights.any())
    each = trainer._surrogate(model.network, trainer._batch(prompt, drawn), weights)
    torch.testing.assert_close(loss, each / sum(map(len, drawn)))


def test_replies_are_drawn_from_the_policy_that_is_learned_whatever_the_base_says_of_generation(tmp_path):
    model = loaded("policy-gradient", base(tmp_path / "hf"), options={"samples": 4, "max_new_tokens": 4})
    model.network.generation_config.update(top_p=1e-6, repetition_penalty=9.0, min_p=0.9)
    arguments = {"output_dir": str(tmp_path / "out"), "report_to": [], "use_cpu": True}
    trainer = kind_of("policy-gradient").trainer(model, questions(), None, model.checkpoint.recipe, arguments)
    torch.manual_seed(3)
    drawn = trainer._draw([trainer.train_dataset[0]["input_ids"]] * 64)
    counts = torch.tensor([reply[0] for reply in drawn]).bincount(minlength=416).float() / 64
    with torch.no_grad():
        chances = model.network(torch.tensor([trainer.train_dataset[0]["input_ids"]])).logits[0, -1].softmax(-1)
    # What was drawn is as likely as 64 fair draws are; of a policy that always says the likeliest it would be far off.
    likeliest = int(chances.argmax())
    assert float(counts[likeliest]) < 5 * float(chances[likeliest]) + 0.1
    assert len(set(map(tuple, drawn))) > 32


def test_the_gradient_is_that_of_the_log_likelihood_weighed_by_the_advantage(tmp_path):

    plan = {"samples": 4, "max_new_tokens": 4}
    model = loaded("policy-gradient", base(tmp_path / "hf"), options=plan)
    arguments = {"output_dir": str(tmp_path / "out"), "report_to": [], "use_cpu": True}
    with offering(length=lambda reply, answer: float(len(reply))):
        recipe = model.checkpoint.recipe.model_copy(update={"options": {**plan, "verifier": "length"}})
        trainer = kind_of("policy-gradient").trainer(model, questions(), None, recipe, arguments)
    batch = trainer.data_collator([trainer.train_dataset[0]])
    torch.manual_seed(3)
    trainer.compute_loss(model.network, batch).backward()
    found = model.network.model.norm.weight.grad.clone()

    torch.manual_seed(3)
    prompt = trainer.train_dataset[0]["input_ids"]
    drawn = trainer._draw([prompt] * 4)
    texts = model.tokenizer.batch_decode(drawn, skip_special_tokens=True)
    rewards = [len(text) for text in texts]
    model.network.zero_grad()
    total = 0
    for reply, reward in zip(drawn, rewards, strict=True):
        others = (sum(rewards) - reward) / 3
        chances = model.network(torch.tensor([prompt + reply])).logits[0].log_softmax(-1)
        likelihood = sum(chances[len(prompt) - 1 + at, token] for at, token in enumerate(reply))
        total = total - (reward - others) * likelihood
    (total / sum(len(reply) for reply in drawn)).backward()
    assert len(set(rewards)) > 1
    torch.testing.assert_close(found, model.network.model.norm.weight.grad, rtol=1e-3, atol=1e-5)
