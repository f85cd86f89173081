"""Search over settings: what is bad is ended early, the best is kept, a killed search goes on."""

import pytest
import tiny

from autogpt.core.errors import UsageError
from autogpt.studio.evaluate import evaluate
from autogpt.studio.model import load
from autogpt.studio.recipe import Recipe
from autogpt.studio.search import BEST, search


def test_the_best_of_several_trainings_is_kept(tmp_path):
    base = tiny.encoder(tmp_path / "base")
    corpus = tiny.names_corpus()
    settings = {"epochs": 4, "batch": 8, "freeze_embeddings": False, "precision": "fp32", "threads": 1}
    # Without a head start, a rate of next to nothing learns nothing.
    recipe = Recipe(task=corpus.task, base=str(base), options={"fit_head": False}, **settings)
    space = {"learning_rate": [1e-9, 2e-3], "head_learning_rate": [1e-9, 5e-3]}
    found = search(recipe, corpus, tmp_path / "search", cache=tmp_path, trials=5, space=space)
    assert len(found.trials) == 5
    assert found.score == max(trial.score or 0 for trial in found.trials)
    assert found.score > 0.7
    assert found.recipe.learning_rate == 2e-3
    assert "pruned" in {trial.ended for trial in found.trials}
    assert evaluate(load(tmp_path / "search" / BEST), corpus.splits["validation"]).best == found.score
    # Begun again, it knows what it has tried.
    again = search(recipe, corpus, tmp_path / "search", cache=tmp_path, trials=5, space=space)
    assert again == found
    # What was tried elsewhere says nothing of this.
    with pytest.raises(UsageError, match="holds a search with another recipe or space"):
        search(recipe, corpus, tmp_path / "search", cache=tmp_path, trials=6)


@pytest.mark.parametrize(
    ("space", "reason"),
    [
        ({"lerning_rate": (1e-5, 1e-3)}, "a recipe has no 'lerning_rate'"),
        ({"learning_rate": (1e-3, 1e-5)}, "give two numbers above 0"),
    ],
)
def test_a_space_that_makes_no_sense_is_refused(tmp_path, space, reason):
    with pytest.raises(UsageError, match=reason):
        search(
            Recipe(task="token-classification", base="x"),
            tiny.names_corpus(4, 4),
            tmp_path,
            cache=tmp_path,
            space=space,
        )
