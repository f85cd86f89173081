"""Replies: what a model that learns from a verifier answers, and what the verifier makes of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from autogpt.core.schema import JsonValue
from autogpt.locale import say
from autogpt.studio.diagnose import attention as attending
from autogpt.studio.diagnose import charts
from autogpt.studio.diagnose.projection import mean_states
from autogpt.studio.diagnose.projection import projection as lie
from autogpt.studio.diagnose.reading import Encoded, Reading, read
from autogpt.studio.diagnose.section import Found, Picture, Section, Table
from autogpt.studio.diagnose.subject import spread
from autogpt.studio.kind import Loaded, kind_of
from autogpt.studio.lm.policy import prompts
from autogpt.studio.lm.verify import verifier_in

if TYPE_CHECKING:
    from datasets import Dataset

_PROMPTS = 200
"""Prompts that are answered."""


@dataclass(frozen=True)
class Replies:
    rows: Sequence[int]
    prompts: Sequence[str]
    expected: Sequence[str]
    said: Sequence[str]
    rewards: Sequence[float]
    encoded: Sequence[list[int]]
    """The prompts as tokens."""

    @classmethod
    def of(cls, loaded: Loaded, rows: "Dataset") -> "Replies":
        places = spread(len(rows), _PROMPTS)
        some = rows.select(places)
        verifier = verifier_in(loaded.checkpoint.options)
        said = [str(answer) for answer in kind_of(loaded.checkpoint.task).predict(loaded, some)]
        asked = prompts(loaded, some)
        return cls(
            rows=places,
            prompts=list(some["prompt"]),
            expected=list(some["answer"]),
            said=said,
            rewards=[float(verifier(one, answer)) for one, answer in zip(said, some["answer"], strict=True)],
            encoded=[list(asked[at]["input_ids"]) for at in range(len(asked))],
        )


def rewards(found: Replies) -> Section:
    """How the rewards are spread, and what is common to the replies."""
    counts, edges = np.histogram(found.rewards, bins=10, range=(min(0.0, *found.rewards), max(1.0, *found.rewards)))
    bars = [(f"{edges[at]:.1f} – {edges[at + 1]:.1f}", float(count)) for at, count in enumerate(counts)]
    solved = sum(one >= 1 for one in found.rewards)
    different = len(set(found.said))
    empty = sum(not reply.strip() for reply in found.said)
    return Section(
        name="rewards",
        title=say("Rewards"),
        said=[
            say(
                "Of {prompts} replies {solved} are fully right for the verifier; mean reward {mean}. {different} of "
                "the replies are different ones, {empty} are empty.",
                prompts=f"{len(found.rewards):,}",
                solved=f"{solved:,}",
                mean=f"{float(np.mean(found.rewards)):.3f}",
                different=f"{different:,}",
                empty=f"{empty:,}",
            ),
            say("Few different replies to many prompts are a sign that it found a reply the verifier likes."),
        ],
        parts=[Picture(charts.bars(bars), say("Replies by reward"))],
        facts={
            "replies": len(found.rewards),
            "solved": solved,
            "mean": float(np.mean(found.rewards)),
            "different": different,
            "empty": empty,
            "histogram": cast(JsonValue, counts.tolist()),
        },
        warnings=[
            say(
                "It gives the same few replies to all: {different} different ones to {prompts} prompts.",
                different=different,
                prompts=f"{len(found.said):,}",
            )
        ]
        if different < 0.5 * len(set(found.expected))
        else [],
    )


def worst(found: Replies, most: int = 20) -> Section:
    """The replies with the lowest reward."""
    order = sorted(range(len(found.said)), key=lambda number: found.rewards[number])
    wrong = [number for number in order if found.rewards[number] < 1]
    rows = [
        [found.prompts[n][:300], found.expected[n][:200], found.said[n][:300], found.rewards[n]] for n in wrong[:most]
    ]
    return Section(
        name="worst",
        title=say("Worst replies"),
        said=[
            say("Every reply is fully right.")
            if not wrong
            else say(
                "{count} replies are not fully right. Look first whether the verifier judges them as you would.",
                count=f"{len(wrong):,}",
            )
        ],
        parts=[Table([say("prompt"), say("expected"), say("reply"), say("reward")], rows)],
        facts=cast(
            JsonValue,
            [
                {"row": found.rows[n], "prompt": found.prompts[n], "expected": found.expected[n]}
                | {"said": found.said[n], "reward": found.rewards[n]}
                for n in wrong[:most]
            ],
        ),
    )


def readings(loaded: Loaded, found: Replies, most: int = 12) -> list[Reading]:
    """Prompts with the reply it gives, read token by token; replies without a token are left out."""
    told: list[Reading] = []
    for number in spread(len(found.said), most):
        reply = loaded.tokenizer(found.said[number], add_special_tokens=False, verbose=False)["input_ids"]
        ids = [*found.encoded[number], *cast("list[int]", reply)]
        if asked := list(range(len(found.encoded[number]), len(ids))):
            told.append(read(loaded, Encoded(found.rows[number], ids, asked)))
    return told


def attention(loaded: Loaded, found: Replies) -> Found:
    number = attending.middling(found.prompts)
    return attending.of_ids(loaded, found.encoded[number], found.prompts[number])


def projection(loaded: Loaded, found: Replies) -> Found:
    """Prompts, by whether they are solved."""
    return lie(
        mean_states(loaded, found.encoded),
        [say("solved") if reward >= 1 else say("not solved") for reward in found.rewards],
        [f"{prompt[:80]} → {said[:80]}" for prompt, said in zip(found.prompts, found.said, strict=True)],
        say("the mean states of prompts in the last layer"),
        say("Colours: whether its reply is fully right. Unsolved prompts that lie together have something in common."),
    )
