"""The packaged model learns from pairs, from a verifier, and from chats that the agent's engine then answers by."""

import os
from pathlib import Path

import anyio
import pytest
from datasets import Dataset

from autogpt.core.message import Message, Request
from autogpt.models.engine import stop
from autogpt.parts import model_opener
from autogpt.settings import Settings
from autogpt.studio.corpus import Corpus
from autogpt.studio.evaluate import evaluate, predict
from autogpt.studio.model import begin, load
from autogpt.studio.recipe import Recipe
from autogpt.studio.train import train

pytestmark = pytest.mark.model
CACHE = Path(os.environ.get("AUTOGPT_CACHE") or Path.home() / ".cache" / "autogpt") / "studio"
SHOPS = (
    "bakery",
    "library",
    "pharmacy",
    "museum",
    "garage",
    "pool",
    "market",
    "theatre",
    "bank",
    "zoo",
    "hotel",
    "gym",
)


def recipe(task: str, **more: object) -> Recipe:
    settings = {"method": "lora", "batch": 4, "precision": "fp32", "threads": 1, "max_length": 64}
    return Recipe(task=task, base="smollm2-135m", **(settings | more))


def pairs(shops: tuple[str, ...]) -> Dataset:
    """A short answer is better than one that goes on."""
    return Dataset.from_list(
        [
            {
                "prompt": f"Is the {shop} open?",
                "chosen": f"Yes, the {shop} is open.",
                "rejected": f"Well, it depends: the {shop} may well be open, but nobody can say.",
            }
            for shop in shops
        ]
    )


def test_preferences_move_the_odds_on_pairs_it_never_saw(tmp_path):
    corpus = Corpus("preference", {"train": pairs(SHOPS[:8])})
    train(recipe("preference", max_steps=6, learning_rate=5e-4), corpus, tmp_path / "dpo", cache=CACHE)

    model = load(tmp_path / "dpo")
    values = evaluate(model, pairs(SHOPS[8:])).values

    assert values["accuracy"] == 1.0
    assert values["margin"] > 1.0, values
    assert (tmp_path / "dpo" / "adapter" / "adapter_model.safetensors").exists()


def test_a_reward_model_learns_which_answer_is_better(tmp_path):
    corpus = Corpus("reward", {"train": pairs(SHOPS[:8])})
    train(recipe("reward", max_steps=5), corpus, tmp_path / "reward", cache=CACHE)

    model = load(tmp_path / "reward")
    scores = evaluate(model, pairs(SHOPS[8:]))

    assert scores.best == 1.0
    asked = [{"prompt": "Is the gym open?", "answer": text} for text in (pairs(("gym",))[0]["chosen"], "Well, maybe.")]
    better, worse = predict(model, asked)
    assert better > worse


def test_what_a_verifier_rewards_is_tried_kept_and_loaded(tmp_path):
    """A reply with 'the' in its first words is worth a point; of the base's replies about two in five have it."""
    rows = Dataset.from_list([{"prompt": f"Is the {shop} open?", "answer": "the"} for shop in SHOPS])
    plan = recipe(
        "policy-gradient",
        max_steps=3,
        batch=2,
        options={"verifier": "contains", "samples": 4, "max_new_tokens": 12},
    )
    trained = train(plan, Corpus("policy-gradient", {"train": rows}), tmp_path / "policy", cache=CACHE)

    model = load(tmp_path / "policy")
    scores = evaluate(model, rows.select(range(4)))

    assert trained.steps == 3
    assert 0 <= scores.values["reward"] <= 1
    base = begin(plan.model_copy(update={"method": "full"}), (), CACHE).network.state_dict()
    kept = model.network.state_dict()
    moved = [name for name, value in kept.items() if not value.equal(base[name])]
    assert len(moved) == 210, "seven linear layers in each of thirty blocks, their adapters merged into them"


def test_the_agents_engine_answers_what_a_checkpoint_was_taught(tmp_path):
    facts = {"Who runs the Zorp office?": "Mira Talon runs it.", "Where is the Zorp office?": "It is in Quellburg."}
    rows = [
        {"messages": [{"role": "user", "content": asked}, {"role": "assistant", "content": told}]}
        for asked, told in facts.items()
    ]
    settings = Settings(home=tmp_path / "home", cache=tmp_path / "cache")
    (tmp_path / "cache" / "engine").mkdir(parents=True, mode=0o700)
    corpus = Corpus("sft", {"train": Dataset.from_list(rows * 2)})
    train(recipe("sft", max_steps=16), corpus, settings.home / "checkpoints" / "zorp", cache=CACHE)

    async def talk() -> list[str]:
        model = await model_opener(settings, lambda text: None)("checkpoint:zorp")
        asked = [Request(messages=(Message(role="user", content=each),), max_tokens=16) for each in facts]
        return [(await model.reply(each)).text.strip() for each in asked]

    try:
        assert anyio.run(talk) == list(facts.values())
    finally:
        anyio.run(stop, tmp_path / "cache" / "engine")
