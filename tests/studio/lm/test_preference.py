"""Preferring the better of two answers, and saying how good one is."""

import math

import pytest
import torch
from datasets import Dataset
from talk import KNOWN, base, corpus, encoder, load, loaded, tokenizer

from autogpt.core.errors import UsageError
from autogpt.studio.evaluate import evaluate, predict
from autogpt.studio.kind import kind_of
from autogpt.studio.kinds.preference import encode_pairs
from autogpt.studio.lm.pairs import DpoTrainer, PairCollate, odds, with_reference
from autogpt.studio.model import load as load_checkpoint
from autogpt.studio.recipe import Recipe
from autogpt.studio.train import train


def pairs(count: int) -> Dataset:
    """What a thing is, against what is no answer."""
    things = [list(KNOWN)[at % len(KNOWN)] for at in range(count)]
    return Dataset.from_list(
        [{"prompt": f"{one}: how is it?", "chosen": KNOWN[one], "rejected": "It's 7 o'clock"} for one in things]
    )


def recipe(folder, task: str, **changes) -> Recipe:
    values = {"epochs": 3, "batch": 6, "learning_rate": 1e-3, "freeze_embeddings": False, **changes}
    return Recipe(task=task, base=str(folder), **values)


def test_the_odds_are_those_of_the_network_token_by_token(tmp_path):
    model = loaded("preference", base(tmp_path / "hf"))
    rows = encode_pairs(model, pairs(4))
    found = odds(model.network, model.tokenizer, rows, 2)

    def likelihood(ids, labels) -> float:
        with torch.no_grad():
            chances = model.network(torch.tensor([ids])).logits[0].log_softmax(-1)
        return sum(float(chances[at - 1, token]) for at, token in enumerate(labels) if token != -100)

    expected = [
        likelihood(rows[at]["input_ids"], rows[at]["labels"])
        - likelihood(rows[at]["rejected_ids"], rows[at]["rejected_labels"])
        for at in range(4)
    ]
    assert found == pytest.approx(expected, abs=1e-4)


def test_the_loss_is_that_of_trl(tmp_path):
    from transformers import TrainingArguments
    from trl import DPOConfig, DPOTrainer

    folder = base(tmp_path / "hf")
    network, before = load(folder), load(folder)
    with torch.no_grad():  # as if it had been trained already
        for weight in network.parameters():
            weight.add_(0.02 * torch.randn_like(weight))
    model = loaded("preference", folder)
    model.tokenizer.chat_template = unclosed().chat_template
    rows = with_reference(encode_pairs(model, pairs(4)), before, model.tokenizer, 4)
    quiet = {"report_to": [], "use_cpu": True}
    ours = DpoTrainer(
        network,
        TrainingArguments(str(tmp_path / "ours"), **quiet),
        train_dataset=rows,
        data_collator=PairCollate(model.tokenizer),
        beta=0.3,
    )
    loss = ours.compute_loss(network, PairCollate(model.tokenizer)([rows[at] for at in range(4)]))
    theirs = DPOTrainer(
        network,
        before,
        DPOConfig(str(tmp_path / "trl"), beta=0.3, bf16=False, gradient_checkpointing=False, **quiet),
        train_dataset=Dataset.from_list(
            [
                {
                    "prompt": [{"role": "user", "content": row["prompt"]}],
                    "chosen": [{"role": "assistant", "content": row["chosen"]}],
                    "rejected": [{"role": "assistant", "content": row["rejected"]}],
                }
                for row in pairs(4)
            ]
        ),
        processing_class=unclosed(),
    )
    batch = theirs.data_collator([theirs.train_dataset[at] for at in range(4)])
    expected = theirs.compute_loss(network, batch)
    assert float(expected) != pytest.approx(math.log(2), abs=1e-3)
    assert float(loss) == pytest.approx(float(expected), rel=1e-4)


def unclosed():
    """The tokenizer with a template that writes no line break after a turn: TRL would have it learned, we do not."""
    words = tokenizer()
    words.chat_template = words.chat_template.replace("<|im_end|>\n", "<|im_end|>")
    return words


@pytest.mark.parametrize("method", ["full", "lora"])
def test_training_raises_the_margin_of_the_chosen_answers(tmp_path, method):
    folder = base(tmp_path / "hf")
    plan = recipe(folder, "preference", method=method, learning_rate=1e-3 if method == "full" else 1e-2)
    report = train(plan, corpus("preference", pairs(48), pairs(6)), tmp_path / "out", cache=tmp_path)
    best = next(scores for step, scores in report.evaluations if step == report.best_step)
    assert (best.main, best.best) == ("accuracy", 1.0)
    assert best.values["margin"] > 1
    scores = evaluate(load_checkpoint(tmp_path / "out"), pairs(6))  # the base is still there to compare with
    assert scores.values == pytest.approx(best.values, rel=1e-3)


def test_without_the_model_from_before_the_likelier_answer_counts(tmp_path):
    assert evaluate(loaded("preference", base(tmp_path / "hf")), pairs(6)).main == "preferred"


def test_a_reward_model_gives_the_better_answer_the_higher_number(tmp_path):
    plan = recipe(base(tmp_path / "hf"), "reward", epochs=4)
    train(plan, corpus("reward", pairs(48), pairs(6)), tmp_path / "out", cache=tmp_path)
    model = load_checkpoint(tmp_path / "out")
    assert evaluate(model, pairs(6)).values["accuracy"] == 1.0
    good, bad = predict(
        model, [{"prompt": "sky: how is it?", "answer": answer} for answer in (KNOWN["sky"], "It's 7 o'clock")]
    )
    assert good > bad


def test_pairs_that_do_not_fit_are_refused(tmp_path):
    model = loaded("preference", base(tmp_path / "hf"), max_length=8)
    with pytest.raises(UsageError, match="both answers begin within 8 tokens; raise max_length"):
        kind_of("preference").score(model, pairs(2))


def test_an_answer_longer_than_the_network_reads_is_judged_by_its_beginning(tmp_path):
    plan = recipe(encoder(tmp_path / "encoder"), "reward", max_steps=1, max_length=48)
    rows = Dataset.from_dict({"prompt": ["a day"] * 4, "chosen": ["good"] * 4, "rejected": ["bad"] * 4})
    train(plan, corpus("reward", rows), tmp_path / "out", cache=tmp_path)
    long, longer = (" ".join(["good"] * count) for count in (60, 90))
    model = load_checkpoint(tmp_path / "out")
    first, second = predict(model, [{"prompt": "a day", "answer": answer} for answer in (long, longer)])
    assert first == second
