"""Ranking: what is found for a text among all candidates, for embeddings and recommendations."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from autogpt.core.schema import JsonValue
from autogpt.locale import say
from autogpt.studio.diagnose import charts
from autogpt.studio.diagnose.section import Picture, Section, Table
from autogpt.studio.diagnose.subject import spread
from autogpt.studio.kind import Loaded
from autogpt.studio.kinds.embed import Embedding
from autogpt.studio.kinds.recommend import catalogue, history_texts

if TYPE_CHECKING:
    from datasets import Dataset
    from numpy.typing import NDArray

_QUERIES = 2_000
"""Rows that are looked at; each is held against every candidate."""
FIRST = 5
"""Candidates that are told of a query."""
_RANKS = ((1, 1), (2, 3), (4, 10), (11, 100))


@dataclass(frozen=True)
class Ranking:
    """Queries with their right candidate and its rank among all of them."""

    queries: Sequence[str]
    right: Sequence[str]
    candidates: Sequence[str]
    ranks: Sequence[int]
    """From 1; 0 where the right one is not among the candidates."""
    own: "NDArray[np.float64]"
    """Cosine with the right one; NaN where it is not among the candidates."""
    others: "NDArray[np.float64]"
    """Cosines with wrong ones, drawn at random."""
    first: Sequence[Sequence[tuple[str, float]]]
    """The first candidates of each query, with their cosines."""
    query_vectors: "NDArray[np.float64]"
    candidate_vectors: "NDArray[np.float64]"
    rows: Sequence[int]
    """Number of the row of each query."""

    @classmethod
    def of(cls, loaded: Loaded, rows: "Dataset") -> "Ranking":
        """As the kind scores it: items that were taken before stand in nobody's way."""
        places = spread(len(rows), _QUERIES)
        sample = rows.select(places)
        if loaded.checkpoint.task == "recommendation":
            queries, right, candidates = history_texts(sample), list(sample["item"]), catalogue(loaded)
            taken = [set(history) - {item} for history, item in zip(sample["history"], right, strict=True)]
        else:
            queries, right = list(sample["text"]), list(sample["text_pair"])
            candidates = list(dict.fromkeys(rows["text_pair"]))
            taken = [set[str]()] * len(queries)
        asked = Embedding().vectors(loaded, queries, 32)
        known = Embedding().vectors(loaded, candidates, 32)
        at = {text: number for number, text in enumerate(candidates)}
        dice = np.random.default_rng(0)
        ranks: list[int] = []
        own: list[float] = []
        others: list[float] = []
        first: list[list[tuple[str, float]]] = []
        for query, gold, before in zip(asked, right, taken, strict=True):
            likeness = (known @ query).double().numpy()
            hidden = [at[text] for text in before if text in at]
            likeness[hidden] = -np.inf
            place = at.get(gold)
            ranks.append(0 if place is None else 1 + int((likeness > likeness[place]).sum()))
            own.append(float("nan") if place is None else float(likeness[place]))
            wrong = [int(n) for n in dice.integers(0, len(candidates), 6) if n != place and n not in hidden]
            others += [float(likeness[n]) for n in wrong]
            best = np.argsort(-likeness, kind="stable")[:FIRST]
            first.append([(candidates[n], float(likeness[n])) for n in best if np.isfinite(likeness[n])])
        return cls(
            queries=queries,
            right=right,
            candidates=candidates,
            ranks=ranks,
            own=np.array(own),
            others=np.array(others),
            first=first,
            query_vectors=asked.double().numpy(),
            candidate_vectors=known.double().numpy(),
            rows=places,
        )

    @property
    def mrr(self) -> float:
        return sum(1 / rank for rank in self.ranks if rank) / len(self.ranks)


def likeness(found: Ranking) -> Section:
    """The cosines of what belongs together against those of what does not."""
    from sklearn.metrics import roc_auc_score

    own = found.own[np.isfinite(found.own)]
    low, high = float(min(own.min(initial=1), found.others.min(initial=1))), 1.0
    edges = np.linspace(min(low, 0.99), high, 21)
    series = [
        (name, list(zip(((edges[1:] + edges[:-1]) / 2).tolist(), _shares(values, edges), strict=True)))
        for name, values in ((say("belongs to it"), own), (say("does not"), found.others))
    ]
    both = len(own) > 0 and len(found.others) > 0
    labels = [1] * len(own) + [0] * len(found.others)
    apart = float(roc_auc_score(labels, np.concatenate([own, found.others]))) if both else 0.5
    mean, other = (float(values.mean()) if len(values) else 0.0 for values in (own, found.others))
    return Section(
        name="likeness",
        title=say("Likeness"),
        said=[
            say(
                "The cosine with what belongs to it is {own} in the mean, with what does not {other}. Of one right and "
                "one wrong candidate the right one is the nearer in {apart} of the cases (guessing: 50%).",
                own=f"{mean:.3f}",
                other=f"{other:.3f}",
                apart=f"{apart:.1%}",
            )
        ],
        parts=[Picture(charts.lines(series, x=say("cosine"), y=say("share")), say("How the cosines are spread"))],
        facts={"own": mean, "others": other, "auc": apart, "pairs": len(own), "wrong_pairs": len(found.others)},
        warnings=[
            say(
                "All texts lie in one corner: the mean cosine of texts that have nothing to do with each other is "
                "{other}. Ranks may be right; a fixed threshold for likeness is not to be had.",
                other=f"{other:.2f}",
            )
        ]
        if other > 0.85
        else [],
    )


def ranks(found: Ranking) -> Section:
    """How far down the right one stands."""
    counts = [sum(low <= rank <= high for rank in found.ranks) for low, high in _RANKS]
    beyond, missing = sum(rank > 100 for rank in found.ranks), sum(rank == 0 for rank in found.ranks)
    names = ["1", "2 – 3", "4 – 10", "11 – 100", say("beyond"), say("not among them")]
    bars = [(name, float(count)) for name, count in zip(names, [*counts, beyond, missing], strict=True)]
    chance = float(np.mean([1 / place for place in range(1, len(found.candidates) + 1)]))
    keys = ("1", "2-3", "4-10", "11-100", "beyond", "missing")
    return Section(
        name="ranks",
        title=say("Hits by rank"),
        said=[
            say(
                "Of {rows} queries {first} find the right one first and {ten} among the first ten of {candidates} "
                "candidates. Mean reciprocal rank {mrr}, where guessing would give {chance}.",
                rows=f"{len(found.ranks):,}",
                first=f"{counts[0]:,}",
                ten=f"{sum(counts[:3]):,}",
                candidates=f"{len(found.candidates):,}",
                mrr=f"{found.mrr:.3f}",
                chance=f"{chance:.3f}",
            )
        ],
        parts=[Picture(charts.bars(bars), say("Queries by the rank of the right one"))],
        facts={
            "counts": dict(zip(keys, [*counts, beyond, missing], strict=True)),
            "mrr": found.mrr,
            "chance": chance,
            "candidates": len(found.candidates),
            "queries": len(found.ranks),
        },
        warnings=[
            say(
                "{count} of {rows} right items are not among those the model can choose from.",
                count=f"{missing:,}",
                rows=f"{len(found.ranks):,}",
            )
        ]
        if missing > 0.05 * len(found.ranks)
        else [],
    )


def worst(found: Ranking, most: int = 20) -> Section:
    """The queries whose right one stands lowest, with what was ranked above it."""
    wrong = not_first(found)
    table: list[list[str | float | int]] = []
    facts: list[JsonValue] = []
    for number in wrong[:most]:
        own = float(found.own[number]) if found.ranks[number] else 0.0
        above = [one for one in found.first[number] if one[1] > own or not found.ranks[number]][:3]
        told = "\n".join(f"{text[:120]} ({cosine:.3f})" for text, cosine in above)
        rank = found.ranks[number]
        shown = f"{rank:,}" if rank else say("not among them")
        table.append([found.queries[number][:300], found.right[number][:300], shown, own, told])
        facts.append(
            {
                "row": found.rows[number],
                "query": found.queries[number],
                "right": found.right[number],
                "rank": rank,
                "cosine": own,
                "above": [[text, cosine] for text, cosine in above],
            }
        )
    head = [say("query"), say("right"), say("rank"), say("cosine"), say("ranked above it")]
    return Section(
        name="worst",
        title=say("Worst queries"),
        said=[
            say("Every query finds the right one first.")
            if not wrong
            else say(
                "{count} queries do not find the right one first; these are the ones where it stands lowest. Look "
                "whether what stands above is not right as well.",
                count=f"{len(wrong):,}",
            )
        ],
        parts=[Table(head, table)],
        facts=facts,
    )


def not_first(found: Ranking) -> list[int]:
    """Queries that do not find the right one first, the worst ones first."""
    wrong = [number for number, rank in enumerate(found.ranks) if rank != 1]
    return sorted(wrong, key=lambda number: -(found.ranks[number] or len(found.candidates) + 1))


def _shares(values: "NDArray[np.float64]", edges: "NDArray[np.float64]") -> list[float]:
    counts, _ = np.histogram(np.clip(values, edges[0], edges[-1]), bins=edges)
    return (counts / max(len(values), 1)).tolist()
