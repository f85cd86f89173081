"""Recommendation: what somebody took so far, and what comes next, are brought together by what the items are called."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from autogpt.core.errors import UsageError
from autogpt.core.schema import JsonValue
from autogpt.studio.kind import Loaded, Rates
from autogpt.studio.kinds.embed import Embedding
from autogpt.studio.kinds.history import best_new, text_of
from autogpt.studio.report import OnAdvance, Scores

if TYPE_CHECKING:
    from pathlib import Path

    import torch
    from datasets import Dataset
    from transformers import PreTrainedModel, PreTrainedTokenizerBase, Trainer

    from autogpt.studio.recipe import Recipe

_AT = (1, 5, 10)


class Recommendation:
    """One encoder reads a history (its newest items, the newest first) and each item's text; the nearest items come
    next (two towers, Covington et al. 2016, with shared weights). Items nobody took yet can be recommended by name.

    The items to choose from are the checkpoint's labels.
    """

    rates = Rates(body=1e-4, head=1e-4, adapter=5e-4)

    def network(
        self, base: "Path", labels: Sequence[str], recipe: "Recipe"
    ) -> "tuple[PreTrainedModel, PreTrainedTokenizerBase]":
        return Embedding().network(base, labels, recipe)

    def trainer(
        self,
        loaded: Loaded,
        train: "Dataset",
        validation: "Dataset | None",
        recipe: "Recipe",
        arguments: dict[str, Any],
        **more: Any,
    ) -> "Trainer":
        from datasets import Dataset

        pairs = Dataset.from_dict({"text": history_texts(train), "text_pair": list(train["item"])})
        return Embedding().trainer(loaded, pairs, None, recipe, arguments, **more)

    def predict(self, loaded: Loaded, rows: "Dataset", batch: int = 32) -> list[JsonValue]:
        """`{"items": [{"item", "score"}]}` for each history: the ten likeliest new items, with their cosines."""
        items = catalogue(loaded)
        likeness = self._likeness(loaded, rows, items, batch)
        answers: list[JsonValue] = []
        for at, history in enumerate(cast(list[list[str]], rows["history"])):
            taken = set(history)
            order = likeness[at].argsort(descending=True).tolist()
            best = best_new(order, items, taken)
            told = [{"item": items[place], "score": round(float(likeness[at, place]), 6)} for place in best]
            answers.append({"items": cast(JsonValue, told)})
        return answers

    def score(self, loaded: Loaded, rows: "Dataset", batch: int = 32, on_advance: OnAdvance = lambda _: None) -> Scores:
        """Mean reciprocal rank of the item that was taken, among all items not taken before, decides; also recall at
        1, 5 and 10. An item that is not in the catalogue counts as not found."""
        items = catalogue(loaded)
        likeness = self._likeness(loaded, rows, items, batch, on_advance)
        places = {item: at for at, item in enumerate(items)}
        ranks: list[float] = []
        pairs = zip(cast(list[list[str]], rows["history"]), cast(list[str], rows["item"]), strict=True)
        for at, (history, item) in enumerate(pairs):
            if item not in places:
                ranks.append(float("inf"))
                continue
            own = likeness[at, places[item]]
            # What was taken before is not recommended again, so it stands in nobody's way.
            before = [places[one] for one in set(history) - {item} if one in places]
            better = int((likeness[at] > own).sum()) - int((likeness[at, before] > own).sum())
            ranks.append(1.0 + better)
        values = {"mrr": sum(1 / rank for rank in ranks) / len(ranks)}
        values |= {f"recall@{most}": sum(rank <= most for rank in ranks) / len(ranks) for most in _AT}
        return Scores(rows=len(ranks), main="mrr", values=values)

    def _likeness(
        self, loaded: Loaded, rows: "Dataset", items: Sequence[str], batch: int, on_advance: OnAdvance = lambda _: None
    ) -> "torch.Tensor":
        """Cosines (rows, items)."""
        asked = Embedding().vectors(loaded, history_texts(rows), batch, on_advance)
        return asked @ Embedding().vectors(loaded, items, batch, on_advance).T


def history_texts(rows: "Dataset") -> list[str]:
    """What the encoder reads of each history: its newest items, the newest first."""
    return [text_of(history) for history in cast(list[list[str]], rows["history"])]


def catalogue(loaded: Loaded) -> list[str]:
    """The items to choose from. Raises UsageError if the checkpoint has none."""
    if not loaded.checkpoint.labels:
        raise UsageError(f"the checkpoint {loaded.checkpoint.name!r} has no items to choose from among its labels")
    return list(loaded.checkpoint.labels)
