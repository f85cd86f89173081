"""Nearness: what brings a text near to what is found for it: meaning, shared letters, or that it is common."""

from collections import Counter
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch

from autogpt.core.schema import JsonValue
from autogpt.locale import say
from autogpt.studio.contrast import Side, mean_state
from autogpt.studio.diagnose import charts
from autogpt.studio.diagnose.integrated import Integrated, integrate
from autogpt.studio.diagnose.moved import figures, moved
from autogpt.studio.diagnose.projection import MOST
from autogpt.studio.diagnose.projection import projection as lie
from autogpt.studio.diagnose.ranking import FIRST, Ranking, not_first
from autogpt.studio.diagnose.reading import pieces_of
from autogpt.studio.diagnose.section import Found, LeftOut, Picture, Section, Words
from autogpt.studio.diagnose.subject import spread
from autogpt.studio.kind import Loaded

if TYPE_CHECKING:
    from datasets import Dataset

_FULL = 0.05
"""A piece that moved the cosine by so much has the full colour."""


def shared_words(found: Ranking) -> Section:
    """What a search by shared words alone would reach: an embedding that does no better has learned no meaning."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    places = spread(len(found.queries), 500)
    vectors: Any = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True)
    known = vectors.fit_transform([text or "-" for text in found.candidates])
    asked = vectors.transform([found.queries[place] or "-" for place in places])
    at = {text: number for number, text in enumerate(found.candidates)}
    total = 0.0
    for row, place in enumerate(places):
        scores = (known @ asked[row].T).toarray()[:, 0]
        gold = at.get(found.right[place])
        # Of equal ones the right one stands in the middle.
        if gold is not None:
            above, equal = int((scores > scores[gold]).sum()), int((scores == scores[gold]).sum())
            total += 1 / (1 + above + (equal - 1) / 2)
    mrr = total / max(len(places), 1)
    ours = sum(1 / found.ranks[place] for place in places if found.ranks[place]) / max(len(places), 1)
    bars = [(say("by shared letters"), mrr), (say("the model"), ours)]
    return Section(
        name="shortcuts",
        title=say("What shared letters alone would find"),
        said=[
            say(
                "On {rows} queries a search by shared stretches of letters has a mean reciprocal rank of {mrr}, the "
                "model {ours}. What it has above that is what it understands.",
                rows=f"{len(places):,}",
                mrr=f"{mrr:.3f}",
                ours=f"{ours:.3f}",
            )
        ],
        parts=[Picture(charts.bars(bars), say("Mean reciprocal rank"))],
        facts={"letters": mrr, "model": ours, "queries": len(places)},
        warnings=[
            say(
                "The model finds no more ({ours}) than a search by shared letters ({mrr}), which needs no model.",
                ours=f"{ours:.2f}",
                mrr=f"{mrr:.2f}",
            )
        ]
        if ours < mrr + 0.02 and mrr < 0.95
        else [],
    )


def popularity(found: Ranking, train: "Dataset | None") -> Found:
    """What always recommending the commonest items would reach, and whether rare items are found as well."""
    if train is None:
        why = say("There are no training rows to look into; give them too (--train).")
        return LeftOut("shortcuts", say("Common and rare items"), why)
    taken = Counter(str(item) for item in train["item"])
    order = {item: rank for rank, (item, _) in enumerate(taken.most_common(), 1)}
    guess = sum(1 / order[item] for item in found.right if item in order) / len(found.right)
    half = len(found.right) // 2
    by_count = sorted(range(len(found.right)), key=lambda number: -taken[found.right[number]])
    groups = {"common": by_count[:half], "rare": by_count[half:]}
    ten = {
        name: sum(1 <= found.ranks[number] <= 10 for number in numbers) / max(len(numbers), 1)
        for name, numbers in groups.items()
    }
    shown = {text for first in found.first for text, _ in first}
    coverage = len(shown) / max(len(found.candidates), 1)
    bars = [(say("commonest first"), guess), (say("the model"), found.mrr)]
    return Section(
        name="shortcuts",
        title=say("Common and rare items"),
        said=[
            say(
                "Always the commonest items first has a mean reciprocal rank of {guess}, the model {mrr}. Among its "
                "first ten it finds {common} of the commoner half of what was taken, and {rare} of the rarer half.",
                guess=f"{guess:.3f}",
                mrr=f"{found.mrr:.3f}",
                common=f"{ten['common']:.1%}",
                rare=f"{ten['rare']:.1%}",
            ),
            say(
                "{share} of all items come up among the first {first} of some query.",
                share=f"{coverage:.0%}",
                first=FIRST,
            ),
        ],
        parts=[Picture(charts.bars(bars), say("Mean reciprocal rank"))],
        facts={"commonest": guess, "model": found.mrr, "first_ten": cast(JsonValue, ten), "coverage": coverage},
        warnings=[
            say(
                "Recommending the commonest items to everybody ({guess}) is as good as the model ({mrr}).",
                guess=f"{guess:.2f}",
                mrr=f"{found.mrr:.2f}",
            )
        ]
        if found.mrr < guess + 0.01
        else [],
    )


def attributions(loaded: Loaded, found: Ranking, examples: int) -> Found:
    """Which pieces of a query bring it near: to what wrongly came first, and to what rightly did."""
    wrong = [number for number in not_first(found) if found.first[number]][: (examples + 1) // 2]
    right = [number for number, rank in enumerate(found.ranks) if rank == 1]
    right = [right[place] for place in spread(len(right), examples - len(wrong))]
    parts: list[Words] = []
    facts: list[JsonValue] = []
    vectors = dict(zip(found.candidates, found.candidate_vectors, strict=True))
    for number in [*wrong, *right]:
        first, cosine = found.first[number][0]
        pieces, seen = near(loaded, found.queries[number], torch.tensor(vectors[first], dtype=torch.float32))
        most = max(_FULL, *map(abs, seen.values))
        mark = say("right") if first == found.right[number] else say("wrong, it is {label}", label=found.right[number])
        parts.append(
            Words(
                [(piece, value / most) for piece, value in zip(pieces, seen.values, strict=True)],
                say(
                    "Found “{candidate}” ({mark}); cosine {cosine}, of padding alone {baseline}.",
                    candidate=first[:120],
                    mark=mark,
                    cosine=f"{cosine:.3f}",
                    baseline=f"{seen.baseline:.3f}",
                ),
            )
        )
        own: dict[str, JsonValue] = {
            "row": found.rows[number],
            "found": first,
            "right": found.right[number],
            "pieces": cast(JsonValue, pieces),
        }
        facts.append(figures(seen, own))
    if not parts:
        return LeftOut("attributions", say("What moved the answer"), say("No query found anything."))
    return moved(
        say(
            "Integrated gradients: green pieces bring the query nearer to what came first, red ones away from it. The "
            "numbers add up to the cosine less that of padding alone."
        ),
        parts,
        facts,
    )


def near(loaded: Loaded, text: str, vector: torch.Tensor) -> tuple[list[str], Integrated]:
    """The pieces of a text, and how much each adds to its cosine with the vector (of length 1)."""
    tokenizer, network = cast(Any, loaded.tokenizer), cast(Any, loaded.network)
    ids = tokenizer(text, truncation=True, max_length=loaded.checkpoint.max_length)["input_ids"]
    special = set(tokenizer.all_special_ids)

    def cosine(batch: torch.Tensor) -> torch.Tensor:
        inputs = {"input_ids": batch, "attention_mask": torch.ones_like(batch)}
        return mean_state(network, inputs) @ vector.to(network.device)

    asked = Side(loaded.tokenizer)([ids])["input_ids"].to(network.device)
    spoken = [id not in special for id in ids]
    return pieces_of(tokenizer, ids), integrate(network, cosine, asked, spoken, tokenizer.pad_token_id or 0)


def projection(loaded: Loaded, found: Ranking) -> Found:
    """Queries and candidates in one space; recommended items by how they fare."""
    if loaded.checkpoint.task == "recommendation":
        hits = {item for item, rank in zip(found.right, found.ranks, strict=True) if 1 <= rank <= 10}
        asked = set(found.right)
        places = spread(len(found.candidates), MOST)
        groups = [
            say("found in the first ten")
            if item in hits
            else say("never found")
            if item in asked
            else say("not asked for")
            for item in (found.candidates[place] for place in places)
        ]
        return lie(
            found.candidate_vectors[places],
            groups,
            [found.candidates[place][:120] for place in places],
            say("the vectors of items"),
            say("Colours: whether an item was found where it was right. Items side by side are recommended together."),
        )
    asked_at, known_at = spread(len(found.queries), MOST // 2), spread(len(found.candidates), MOST // 2)
    return lie(
        np.concatenate([found.query_vectors[asked_at], found.candidate_vectors[known_at]]),
        [say("first texts")] * len(asked_at) + [say("second texts")] * len(known_at),
        [found.queries[n][:120] for n in asked_at] + [found.candidates[n][:120] for n in known_at],
        say("the vectors of first and second texts"),
        say("The two colours should lie mixed: a text of one beside the one of the other that belongs to it."),
    )
