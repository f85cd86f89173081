"""Measures: the scores of the held-out rows, each with what it means, for whoever did not train the model."""

from autogpt.locale import say
from autogpt.studio.diagnose.section import Section, Table
from autogpt.studio.names import name_of
from autogpt.studio.report import Scores


def measures(scores: Scores, split: int, task: str) -> Section:
    """Every score with its meaning; the one that decides first. split: how many rows there were."""
    names = [scores.main, *(name for name in scores.values if name != scores.main)]
    table = [
        [name_of(name), float(scores.values[name]), meaning(name, task)] for name in names if name in scores.values
    ]
    return Section(
        name="scores",
        title=say("Scores"),
        said=[
            say(
                "On {rows} rows that were held out from the training. The first score, {name}, is the one that decides "
                "which model is the better.",
                rows=f"{split:,}",
                name=name_of(scores.main),
            )
        ],
        parts=[Table([say("score"), say("value"), say("meaning")], table)],
        facts={name: float(value) for name, value in scores.values.items()},
        warnings=[
            say(
                "{count} rows have labels the model does not know ({names}): counted as wrong",
                count=f"{scores.unknown_rows:,}",
                names=", ".join(scores.unknown_labels),
            )
        ]
        if scores.unknown_rows
        else [],
    )


def meaning(name: str, task: str) -> str:
    """What a score of a task says, in a sentence; nothing for scores of plug-ins."""
    if name == "accuracy" and task == "token-classification":
        return say("Share of words with the right tag. Most are outside all names: it is high even if none is found.")
    if name.startswith("recall@"):
        return say("Share of rows where the right item is among so many first ones.")
    told = {
        "accuracy": say("Share of answers that are right."),
        "f1": say("Harmonic mean of precision and recall; 1 is perfect."),
        "f1_macro": say("Mean of the F1 of all labels, rare ones counting as much as common ones."),
        "f1_weighted": say("Mean of the F1 of all labels, each counting by its rows."),
        "precision": say("Share of what it found that is right."),
        "recall": say("Share of what is there that it found."),
        "loss": say("Mean surprise at the right answer, in nats; 0 is perfect."),
        "likelihood": say("Geometric mean of the probability it gave to each right token."),
        "perplexity": say("Among how many equally likely tokens it wavers, on average; 1 is perfect."),
        "exact": say("Share of answers that are the expected ones to the letter."),
        "rouge_l": say("Words in common with the expected answer, in its order; 1 is perfect."),
        "bleu": say("Word sequences in common with the expected answers; 1 is perfect."),
        "mrr": say("Mean of 1 / rank of the right one; 1: always first, 0.5: on average second."),
        "top1": say("Share of rows whose right one comes first."),
        "spearman": say("Rank correlation of its likeness with the given scores; 1 is the same order."),
        "margin": say("Mean lead of the chosen answer over the rejected one; below 0 it prefers the wrong ones."),
        "preferred": say("Share of pairs whose chosen answer it holds for likelier; guessing gives 0.5."),
        "reward": say("Mean of what the verifier gives its answers."),
        "solved": say("Share of answers that the verifier calls fully right."),
    }
    return told.get(name, "")
