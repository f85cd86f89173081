"""Drift: which answers went from wrong to right, and which back."""

from datetime import UTC, datetime

import tiny
from datasets import Dataset

from autogpt.studio.checkpoint import Checkpoint
from autogpt.studio.diagnose.drift import drift, right_by
from autogpt.studio.kind import Loaded
from autogpt.studio.model import begin
from autogpt.studio.recipe import Recipe


def test_several_labels_are_right_in_whatever_order_they_are_given(tmp_path):
    base = tiny.encoder(tmp_path / "base")
    now, before = (begin(Recipe(task="multi-label", base=str(base)), ("bad", "good"), base) for _ in range(2))
    now.network.config.thresholds, before.network.config.thresholds = [0.0, 0.0], [1.0, 1.0]  # all, and none
    rows = Dataset.from_dict({"text": ["a day"] * 4, "labels": [["good", "bad"], ["bad", "good"], ["good"], []]})
    facts = drift(now, before, rows).facts
    assert (len(facts["flips"]), facts["mended"], facts["broken"]) == (4, 2, 1)


def test_what_a_verifier_holds_for_right_counts_as_right():
    card = Checkpoint(
        name="p", task="policy-gradient", base="b", created=datetime.now(UTC),
        recipe=Recipe(task="policy-gradient", base="b", options={"verifier": "contains"}),
    )  # fmt: skip
    judge = right_by(Loaded(None, None, card))
    assert (judge("It is 4.", "4"), judge("It is 42.", "4")) == (True, False)
