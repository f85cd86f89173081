"""A pruned network goes on recovering while that pays, and keeps the best it was."""

import learned
import pytest
import torch

from autogpt.studio.compress.bookmark import Bookmark
from autogpt.studio.compress.prune import Cut, prune
from autogpt.studio.compress.recover import recover
from autogpt.studio.compress.resize import keep_layers
from autogpt.studio.compress.teach import Lessons
from autogpt.studio.evaluate import evaluate
from autogpt.studio.kind import Loaded
from autogpt.studio.model import load
from autogpt.studio.report import Advance

ASIDE = learned.review_rows(150, 5)
TRAIN = learned.review_rows(100, 2)


def halved(folder) -> Loaded:
    """The network with one of its two layers, which says the contrary of what it was taught."""
    loaded = load(folder)
    keep_layers(loaded.network, [1])
    with torch.no_grad():
        loaded.network.classifier.weight *= -0.05
    return loaded


def recovered(folder, rate: float, bookmark: Bookmark | None = None, say=lambda _: None, aside=ASIDE):
    after = halved(folder)
    lessons = Lessons(epochs=1, learning_rate=rate)
    said = recover(after, load(folder), TRAIN, lessons, [1], aside, bookmark or Bookmark(), say)
    return said, after


def test_it_learns_on_while_it_has_lost_too_much_and_a_round_still_helps(dropping):
    said, after = recovered(dropping, 1e-3)

    first, second, third = said["rounds"]
    assert first < second < third
    assert (said["epochs"], len(said["losses"])) == (3, 3)
    assert evaluate(after, ASIDE).best == third


def test_one_round_is_enough_where_it_is(dropping):
    said, _ = recovered(dropping, 5e-3)

    assert (len(said["rounds"]), said["rounds"][0] >= said["wanted"], said["epochs"]) == (1, True, 1)


def test_a_round_that_brings_nothing_is_the_last_and_is_taken_back(dropping):
    said, after = recovered(dropping, 1e-9)

    one, _ = recovered(dropping, 1e-9, aside=None)
    assert (len(said["rounds"]), len(one["losses"]), "rounds" in one) == (2, 1, False)
    assert said["rounds"][1] <= said["rounds"][0] == evaluate(after, ASIDE).best


class Stopped(Exception):
    pass


@pytest.mark.parametrize("step", [3, 8, 16])  # of rounds of 7 steps each
def test_a_recovery_stopped_in_any_round_ends_with_the_same_scores_and_weights(dropping, tmp_path, step):
    taken = 0

    def stop(advance: Advance) -> None:
        nonlocal taken
        taken += advance.stage == "train"
        if taken == step:
            raise Stopped

    said, after = recovered(dropping, 1e-3)
    with pytest.raises(Stopped):
        recovered(dropping, 1e-3, Bookmark(tmp_path / "state", "this", every=0.0), stop)

    again, same = recovered(dropping, 1e-3, Bookmark(tmp_path / "state", "this", every=0.0))

    assert again == said
    weights = after.network.state_dict()
    assert all(torch.equal(weights[name], value) for name, value in same.network.state_dict().items())


@pytest.mark.parametrize(("lessons", "rounds"), [(Lessons(learning_rate=1e-9), True), (Lessons(epochs=1), False)])
def test_who_says_how_long_it_is_to_learn_gets_that(reviews, tmp_path, lessons, rounds):
    shrunk = prune(
        reviews,
        tmp_path / "small",
        train=TRAIN,
        rows=learned.review_rows(50, 3),
        aside=ASIDE,
        cut=Cut(layers=1),
        lessons=lessons,
        seconds=0.02,
    )

    assert ("rounds" in shrunk.extra) is rounds
