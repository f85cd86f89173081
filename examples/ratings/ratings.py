"""A plug-in for the studio: the task of giving a text a number, a metric for it, and a form to export any model in."""

import tarfile

import torch

from autogpt.core.errors import UsageError
from autogpt.studio.export.exported import describe
from autogpt.studio.kinds.classify import TextClassification
from autogpt.studio.report import Scores


class TextRating(TextClassification):
    """A number for a text, such as the stars of a review. A classifier's network with one output, and another loss."""

    columns = ("text", "rating")
    targets = ("rating",)
    options = {"doubt": 0.0}  # noqa: RUF012 - read, never changed
    base = "minilm"
    problem = "regression"

    def network(self, base, labels, recipe):
        network, tokenizer = super().network(base, ("rating",), recipe)
        network.fresh_head = False  # there are no classes to fit a head to
        return network, tokenizer

    def gold(self, rows, ids):
        return [_number(rating) for rating in rows["rating"]]

    def loss(self, loaded, rows, recipe):
        """The square of the error; errors up to the option `doubt` cost nothing."""
        doubt = recipe.options.get("doubt", 0.0)

        def loss_of(logits, labels):
            error = (logits.float().squeeze(-1) - labels).abs()  # (rows,)
            return (error - doubt).clamp(min=0).square().sum()

        return loss_of

    def predict(self, loaded, rows, batch=32):
        """`{"rating"}` for each row."""
        answers = [None] * len(rows)
        for place, logits in self.logits(loaded, rows, batch):
            answers[place] = {"rating": round(float(logits[0]), 4)}
        return answers

    def score(self, loaded, rows, batch=32, on_advance=lambda _: None):
        """The share of the ratings' variance that the answers explain decides."""
        said = torch.tensor([answer["rating"] for answer in self.predict(loaded, rows, batch)])
        gold = torch.tensor(self.gold(rows, {}))
        error, spread = (said - gold).square().mean(), gold.var(correction=0)
        values = {"r2": float(1 - error / spread.clamp(min=1e-9)), "loss": float(error)}
        return Scores(rows=len(rows), main="r2", values=values)


def within_one(answers, rows):
    """The share of the answers that are off by one at most."""
    if "rating" not in rows.column_names:
        raise UsageError("within-one measures ratings; this task has none")
    right = [
        abs(answer["rating"] - _number(rating)) <= 1 for answer, rating in zip(answers, rows["rating"], strict=True)
    ]
    return sum(right) / len(right)


def archive(folder, checkpoint, target, *, quant, on_advance):
    """The checkpoint as one .tar.gz file."""
    with tarfile.open(target, "x:gz") as file:
        file.add(folder, arcname=checkpoint.name)
    return describe("archive", target, [target], [])


def _number(rating):
    try:
        return float(rating)
    except ValueError:
        raise UsageError(f"a rating is a number, not {rating!r}") from None
