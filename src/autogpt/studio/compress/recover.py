"""Recover: a pruned network learns in rounds, as long as rows set aside say that it pays; the best state is kept."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from autogpt.core.schema import JsonValue
from autogpt.studio.compress.bookmark import Bookmark
from autogpt.studio.compress.encoder import TASKS
from autogpt.studio.compress.teach import Lessons, teach
from autogpt.studio.diagnose.subject import sampled
from autogpt.studio.kind import Loaded, kind_of
from autogpt.studio.report import OnAdvance

if TYPE_CHECKING:
    from datasets import Dataset

BOUND = 0.01
"""Of the score: a network that has lost no more on the rows set aside has recovered."""
_ROUNDS = 3
_MOST = 1_000
"""Rows set aside that are looked at."""


def recover(
    after: Loaded,
    before: Loaded,
    train: "Dataset",
    lessons: Lessons,
    matched: Sequence[int],
    aside: "Dataset | None",
    bookmark: Bookmark,
    on_advance: OnAdvance,
) -> dict[str, JsonValue]:
    """Teach `after`, in place, what `before` knows. Returns the losses of the epochs, and the score of each round.

    aside: rows with labels that it neither learns from nor is reported on. On these it is scored after a round of
    lessons; while it has lost more than a point and a round still brings something, there is another at half the rate,
    three at most. None, or another network than an encoder with labels: one round.
    """
    losses = teach(after, train, lessons, teacher=before, matched=matched, bookmark=bookmark, on_advance=on_advance)
    said: dict[str, JsonValue] = {"epochs": lessons.epochs, "losses": list[JsonValue](losses)}
    if aside is None or not len(aside) or not lessons.epochs or before.checkpoint.task not in TASKS:
        return said
    kind, rows = kind_of(before.checkpoint.task), sampled(aside, _MOST)
    goal = kind.score(before, rows).best - BOUND
    scores = [kind.score(after, rows).best]
    while scores[-1] < goal and len(scores) < _ROUNDS:
        kept = {name: value.clone() for name, value in after.network.state_dict().items()}
        another = lessons.model_copy(
            update={
                "learning_rate": lessons.learning_rate / 2 ** len(scores),
                "seed": lessons.seed + len(scores),
            }
        )
        losses += teach(
            after,
            train,
            another,
            teacher=before,
            matched=matched,
            bookmark=bookmark.again(len(scores) + 1),
            on_advance=on_advance,
        )
        scores.append(kind.score(after, rows).best)
        if scores[-1] <= scores[-2]:
            after.network.load_state_dict(kept)
            break
    return {
        "epochs": lessons.epochs * len(scores),
        "losses": list[JsonValue](losses),
        "rounds": list[JsonValue](scores),
        "wanted": goal,
    }
