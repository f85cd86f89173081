"""Language: how surprised a language model is by each token, and by which texts most."""

import math
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch

from autogpt.core.schema import JsonValue
from autogpt.locale import say
from autogpt.studio.diagnose import charts
from autogpt.studio.diagnose.section import Picture, Section, Table, Words
from autogpt.studio.kind import Loaded

if TYPE_CHECKING:
    from datasets import Dataset


def losses(loaded: Loaded, rows: "Dataset", examples: int, most: int = 100) -> Section:
    """The loss of each token (nats), its mean by place in the text, and the texts with the highest mean."""
    told = [token_losses(loaded, text) for text in _texts(loaded, rows.select(range(min(len(rows), most))))]
    told = [each for each in told if each[1]]
    every = np.array([value for _, values in told for value in values])
    if not len(every):
        return Section(name="losses", title=say("Losses"), said=[say("No text is longer than one token.")], facts={})
    means = [float(np.mean(values)) for _, values in told]
    order = sorted(range(len(told)), key=lambda number: -means[number])
    longest = max(len(values) for _, values in told)
    width = max(1, longest // 24)
    places = [
        (float(start), float(np.mean(inside)))
        for start in range(0, longest, width)
        if (inside := [value for _, values in told for value in values[start : start + width]])
    ]
    mean = float(every.mean())
    counts, edges = np.histogram(every, bins=12)
    spread = [(f"{edges[at]:.1f} – {edges[at + 1]:.1f}", float(count)) for at, count in enumerate(counts)]
    most_seen = max(1.0, float(np.quantile(every, 0.98)))
    return Section(
        name="losses",
        title=say("Losses"),
        said=[
            say(
                "{tokens} tokens of {texts} texts: mean loss {mean} nats, perplexity {perplexity}; half of the tokens "
                "cost less than {median}.",
                tokens=f"{len(every):,}",
                texts=f"{len(told):,}",
                mean=f"{mean:.3f}",
                perplexity=f"{math.exp(min(mean, 50)):.2f}",
                median=f"{float(np.median(every)):.3f}",
            )
        ],
        parts=[
            Picture(
                charts.lines([(say("mean loss"), places)], x=say("token"), y=say("nats")),
                say("Mean loss by place in the text"),
            ),
            Picture(charts.bars(spread), say("Tokens by loss, nats")),
            *(
                Words(
                    [(told[number][0][0], 0.0)]
                    + [
                        (piece, -min(1.0, value / most_seen))
                        for piece, value in zip(told[number][0][1:], told[number][1], strict=True)
                    ],
                    say("Mean loss {mean}; the redder, the less expected.", mean=f"{means[number]:.3f}"),
                )
                for number in order[:examples]
            ),
            Table(
                [say("text"), say("tokens"), say("mean loss")],
                [["".join(told[n][0])[:200], len(told[n][1]), means[n]] for n in order[:20]],
                say("Worst texts"),
                folded=True,
            ),
        ],
        facts={
            "mean": mean,
            "median": float(np.median(every)),
            "tokens": len(every),
            "by_place": cast(JsonValue, [list(point) for point in places]),
            "worst": cast(JsonValue, [{"row": n, "text": "".join(told[n][0]), "mean": means[n]} for n in order[:20]]),
        },
    )


def token_losses(loaded: Loaded, text: str) -> tuple[list[str], list[float]]:
    """The pieces of a text, and the loss of each but the first (nats)."""
    tokenizer = loaded.tokenizer
    encoded = tokenizer(text, truncation=True, max_length=loaded.checkpoint.max_length, return_tensors="pt")
    ids = cast(torch.Tensor, encoded["input_ids"]).to(loaded.network.device)
    pieces = [str(tokenizer.decode([id])) for id in ids[0].tolist()]
    if ids.shape[1] < 2:
        return pieces, []
    loaded.network.eval()
    with torch.inference_mode():
        logits = cast(Any, loaded.network)(input_ids=ids).logits[0, :-1].float()
    values = torch.nn.functional.cross_entropy(logits, ids[0, 1:], reduction="none")
    return pieces, values.tolist()


def _texts(loaded: Loaded, rows: "Dataset") -> list[str]:
    if "messages" not in rows.column_names:
        return list(rows["text"])
    tokenizer: Any = loaded.tokenizer
    return [tokenizer.apply_chat_template(chat, tokenize=False) for chat in rows["messages"]]
