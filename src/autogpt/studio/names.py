"""Names: what scores, averages, splits and ways to shrink are called in the person's language.

Files and programs keep the English ones, which are what `--metric` takes; what is usual in all languages (F1, BLEU,
ROUGE-L) stays as it is.
"""

from autogpt.locale import say


def name_of(identifier: str) -> str:
    """The name for people; what is not known, such as a plug-in's score, as it is.

    >>> name_of("accuracy"), name_of("recall@10"), name_of("mine")
    ('accuracy', 'recall@10', 'mine')
    """
    if identifier.startswith("recall@"):
        return say("recall@{count}", count=identifier.removeprefix("recall@"))
    told = {
        "accuracy": say("accuracy"),
        "precision": say("precision"),
        "recall": say("recall"),
        "support": say("support"),
        "f1_micro": say("f1_micro"),
        "f1_macro": say("f1_macro"),
        "f1_weighted": say("f1_weighted"),
        "micro avg": say("micro avg"),
        "macro avg": say("macro avg"),
        "weighted avg": say("weighted avg"),
        "loss": say("loss"),
        "likelihood": say("likelihood"),
        "perplexity": say("perplexity"),
        "exact": say("exact"),
        "mrr": say("mrr"),
        "top1": say("top1"),
        "spearman": say("spearman"),
        "margin": say("margin"),
        "preferred": say("preferred"),
        "reward": say("reward"),
        "solved": say("solved"),
        "train": say("train"),
        "validation": say("validation"),
        "test": say("test"),
        "pruned": say("pruned"),
        "distilled": say("distilled"),
        "weights set to zero": say("weights set to zero"),
    }
    return told.get(identifier, identifier)
