"""Pairs: which of two answers a model prefers, by how much, and whether length alone would choose the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch

from autogpt.core.errors import UsageError
from autogpt.core.schema import JsonValue
from autogpt.locale import say
from autogpt.studio.diagnose import charts
from autogpt.studio.diagnose.answers import reliability
from autogpt.studio.diagnose.integrated import integrate
from autogpt.studio.diagnose.moved import figures, moved
from autogpt.studio.diagnose.projection import mean_states
from autogpt.studio.diagnose.projection import projection as lie
from autogpt.studio.diagnose.reading import pieces_of
from autogpt.studio.diagnose.section import Found, LeftOut, Picture, Section, Table, Words
from autogpt.studio.diagnose.subject import spread
from autogpt.studio.kind import Loaded
from autogpt.studio.kinds.preference import Reward, encode_pairs, model_before
from autogpt.studio.lm.pairs import odds
from autogpt.studio.rows import Row, Rows

if TYPE_CHECKING:
    from datasets import Dataset
    from numpy.typing import NDArray

_PAIRS = 500
"""Pairs that are looked at; each is two texts for the network, four where the model from before is asked too."""
_LENGTHS = ((-np.inf, -0.5), (-0.5, -0.1), (-0.1, 0.1), (0.1, 0.5), (0.5, np.inf))
"""(chosen - rejected) / the longer of the two, in tokens of the answer."""
_FULL = 0.5


@dataclass(frozen=True)
class Preferred:
    """Pairs of answers with what the model makes of each pair."""

    prompts: Sequence[str]
    chosen: Sequence[str]
    rejected: Sequence[str]
    rows: Sequence[int]
    encoded: Sequence[Row]
    margins: "NDArray[np.float64]"
    """What decides: of a reward model chosen - rejected; of a language model the log-odds of the chosen answer, less
    those of the model from before where it is there."""
    plain: "NDArray[np.float64]"
    """Without the model from before."""
    scale: float
    """By which a margin becomes the log-odds of being chosen."""
    before: Any
    """The model from before, or None."""
    cut: int
    """Pairs that were left out, because an answer does not begin within the length that is read."""

    @classmethod
    def of(cls, loaded: Loaded, rows: "Dataset") -> "Preferred":
        places: list[int] = []
        encoded: list[Row] = []
        asked = spread(len(rows), _PAIRS)
        for row in asked:
            try:
                encoded.append(encode_pairs(loaded, rows.select([row]))[0])
            except UsageError:
                continue
            places.append(row)
        if not encoded:
            encode_pairs(loaded, rows)  # says why
        pairs, before, scale = Rows(encoded), None, 1.0
        if loaded.checkpoint.task == "reward":
            texts = [pair[side] for pair in encoded for side in ("input_ids", "rejected_ids")]
            rewards = np.array(Reward().rewards(loaded, texts, 16), np.float64)
            plain = margins = rewards[::2] - rewards[1::2]
        else:
            plain = margins = np.array(odds(loaded.network, loaded.tokenizer, pairs, 8), np.float64)
            before = model_before(loaded)
            recipe = loaded.checkpoint.recipe
            scale = float(str(recipe.options.get("beta", 0.1))) if recipe else 0.1
            if before is not None:
                margins = plain - np.array(odds(before, loaded.tokenizer, pairs, 8), np.float64)
        some = rows.select(places)
        return cls(
            prompts=list(some["prompt"]),
            chosen=list(some["chosen"]),
            rejected=list(some["rejected"]),
            rows=places,
            encoded=encoded,
            margins=margins,
            plain=plain,
            scale=scale,
            before=before,
            cut=len(asked) - len(places),
        )

    @property
    def hits(self) -> "NDArray[np.bool_]":
        return self.margins > 0


def margins(found: Preferred) -> Section:
    """How far the chosen answers lead."""
    counts, edges = np.histogram(found.margins, bins=12)
    bars = [(f"{edges[at]:.2f} – {edges[at + 1]:.2f}", float(count)) for at, count in enumerate(counts)]
    hits = int(found.hits.sum())
    said = [
        say(
            "Of {pairs} pairs {hits} are put right ({share}; guessing: 50%). Mean lead of the chosen answer {mean}, "
            "median {median}.",
            pairs=f"{len(found.margins):,}",
            hits=f"{hits:,}",
            share=f"{found.hits.mean():.1%}",
            mean=f"{found.margins.mean():.3f}",
            median=f"{np.median(found.margins):.3f}",
        )
    ]
    if found.before is not None:
        said.append(
            say(
                "The lead is counted from the model it was trained from, in nats: what training added. Without that, "
                "the chosen answer is the likelier one in {share} of the pairs.",
                share=f"{(found.plain > 0).mean():.1%}",
            )
        )
    if found.cut:
        said.append(
            say("{count} pairs are left out: an answer lies beyond the length that is read.", count=f"{found.cut:,}")
        )
    return Section(
        name="margins",
        title=say("Margins"),
        said=said,
        parts=[Picture(charts.bars(bars), say("Pairs by the lead of the chosen answer; below 0 it prefers the other"))],
        facts={
            "pairs": len(found.margins),
            "right": hits,
            "mean": float(found.margins.mean()),
            "median": float(np.median(found.margins)),
            "histogram": cast(JsonValue, counts.tolist()),
            "preferred_without_before": float((found.plain > 0).mean()),
            "left_out": found.cut,
        },
    )


def calibration(found: Preferred) -> Section:
    """Whether a large lead is right more often than a small one."""
    sure = 1 / (1 + np.exp(-np.clip(np.abs(found.margins) * found.scale, 0, 50)))
    parts, error, bins = reliability(sure, found.hits)
    return Section(
        name="calibration",
        title=say("Calibration"),
        said=[
            say(
                "A lead of m says that the answer is the better one with probability 1 / (1 + exp(-{scale} m)). It is "
                "right in {right} of the pairs, where it says {sure}: expected calibration error {error}.",
                scale=f"{found.scale:g}",
                right=f"{found.hits.mean():.1%}",
                sure=f"{sure.mean():.1%}",
                error=f"{error:.3f}",
            )
        ],
        parts=parts,
        facts={"ece": error, "pairs": len(sure), "bins": bins},
    )


def lengths(found: Preferred) -> Section:
    """Whether it goes by length: the commonest shortcut of what learns from preferences (Singhal et al. 2023)."""
    sizes = np.array([[_size(pair["labels"]), _size(pair["rejected_labels"])] for pair in found.encoded], np.float64)
    apart = (sizes[:, 0] - sizes[:, 1]) / np.maximum(sizes.max(1), 1)
    groups = [(apart > low) & (apart <= high) for low, high in _LENGTHS]
    names = [say("much shorter"), say("shorter"), say("about as long"), say("longer"), say("much longer")]
    table = [
        [name, int(inside.sum()), float(found.hits[inside].mean()) if inside.any() else say("none")]
        for name, inside in zip(names, groups, strict=True)
    ]
    differ = apart != 0
    longer = float((apart[differ] > 0).mean()) if differ.any() else 0.5
    agree = float(((found.margins > 0) == (apart > 0))[differ].mean()) if differ.any() else 0.5
    both = len(found.margins) > 2 and found.margins.std() > 0 and apart.std() > 0
    linked = float(np.corrcoef(found.margins, apart)[0, 1]) if both else 0.0
    sides = [found.hits[apart > 0.1], found.hits[apart < -0.1]]
    recalls = [float(side.mean()) if len(side) else 0.0 for side in sides]
    warned = min(map(len, sides)) >= 10 and abs(recalls[0] - recalls[1]) > 0.25
    return Section(
        name="shortcuts",
        title=say("Length as a shortcut"),
        said=[
            say(
                "Of the pairs that differ in length the chosen answer is the longer one in {longer}, and the model "
                "prefers the longer one in {agree}. Correlation of its lead with the difference in length {linked} (0: "
                "none).",
                longer=f"{longer:.1%}",
                agree=f"{agree:.1%}",
                linked=f"{linked:.2f}",
            ),
            say("A model that understands is as often right where the better answer is the shorter one."),
        ],
        parts=[Table([say("the chosen answer is"), say("pairs"), say("share right")], table)],
        facts={
            "pairs": [int(inside.sum()) for inside in groups],
            "chosen_longer": longer,
            "prefers_longer": agree,
            "correlation": linked,
            "right_if_longer": recalls[0],
            "right_if_shorter": recalls[1],
        },
        warnings=[
            say(
                "It goes by length: right in {longer} where the chosen answer is the longer one, in {shorter} where it "
                "is the shorter one.",
                longer=f"{recalls[0]:.0%}",
                shorter=f"{recalls[1]:.0%}",
            )
        ]
        if warned
        else [],
    )


def worst(found: Preferred, most: int = 15) -> Section:
    """The pairs it puts wrong by most."""
    wrong = [int(number) for number in np.argsort(found.margins) if not found.hits[number]]
    rows = [
        [found.prompts[n][:300], found.chosen[n][:300], found.rejected[n][:300], float(found.margins[n])]
        for n in wrong[:most]
    ]
    return Section(
        name="worst",
        title=say("Worst pairs"),
        said=[
            say("No pair is put wrong.")
            if not wrong
            else say(
                "{count} pairs are put wrong; these are the ones it was surest of. Look first whether the two answers "
                "stand the right way round.",
                count=f"{len(wrong):,}",
            )
        ],
        parts=[Table([say("prompt"), say("chosen"), say("rejected"), say("lead of the chosen one")], rows)],
        facts=cast(
            JsonValue,
            [
                {"row": found.rows[n], "prompt": found.prompts[n], "chosen": found.chosen[n]}
                | {"rejected": found.rejected[n], "margin": float(found.margins[n])}
                for n in wrong[:most]
            ],
        ),
    )


def attributions(loaded: Loaded, found: Preferred, examples: int) -> Section:
    """Pairs it puts wrong by most, then some it puts right: what speaks for each of the two answers."""
    first = {(found.prompts[n], found.chosen[n], found.rejected[n]): n for n in range(len(found.rows) - 1, -1, -1)}
    order = [int(number) for number in np.argsort(found.margins) if int(number) in first.values()]
    wrong = [n for n in order if not found.hits[n]][: (examples // 2 + 1) // 2]
    picked = [*wrong, *[n for n in order[::-1] if found.hits[n]][: max(1, examples // 2) - len(wrong)]]
    parts: list[Words] = []
    facts: list[JsonValue] = []
    for number in picked:
        for side, name in (("", say("chosen")), ("rejected", say("rejected"))):
            ids = found.encoded[number][f"{side}_ids" if side else "input_ids"]
            labels = found.encoded[number][f"{side}_labels" if side else "labels"]
            pieces, values, score, baseline = (
                rewarded(loaded, ids)
                if loaded.checkpoint.task == "reward"
                else credited(loaded, found.before, ids, labels)
            )
            most = max(_FULL, *map(abs, values))
            caption = _caption(loaded, found, name, score, baseline)
            shown = [(piece, value / most) for piece, value in zip(pieces, values, strict=True)]
            parts.append(Words(shown, caption))
            own: dict[str, JsonValue] = {"row": found.rows[number], "side": side or "chosen"}
            facts.append(figures(_Seen(values, score, baseline), {**own, "pieces": cast(JsonValue, pieces)}))
    return moved(_how_to_read(loaded, found), parts, facts)


def rewarded(loaded: Loaded, ids: list[int]) -> tuple[list[str], list[float], float, float]:
    """Pieces of a text, what each adds to its reward, the reward, and that of padding alone."""
    tokenizer, network = cast(Any, loaded.tokenizer), cast(Any, loaded.network)
    special = set(tokenizer.all_special_ids)
    end = len(ids) - 1  # the network answers at the last token that is no padding, so that one stays what it is

    def reward(batch: torch.Tensor) -> torch.Tensor:
        inputs = {"input_ids": batch, "attention_mask": torch.ones_like(batch)}
        if not hasattr(network, "score"):  # an encoder
            return network(**inputs).logits[:, 0].float()
        return network.score(network.base_model(**inputs).last_hidden_state[:, end])[:, 0].float()

    spoken = [id not in special for id in ids]
    asked = torch.tensor([ids], device=network.device)
    seen = integrate(network, reward, asked, spoken, tokenizer.pad_token_id or 0, batch=8)
    return pieces_of(tokenizer, ids), seen.values, seen.logit, seen.baseline


def credited(
    loaded: Loaded, before: Any, ids: list[int], labels: list[int]
) -> tuple[list[str], list[float], float, float]:
    """Pieces of a chat, by how much each token of the answer became likelier (nats; without the model from before: its
    log-probability), the log-probability of the answer, and the one before."""
    now = _log_likelihoods(loaded.network, ids, labels)
    then = _log_likelihoods(before, ids, labels) if before is not None else [0.0] * len(ids)
    values = [a - b for a, b in zip(now, then, strict=True)]
    return pieces_of(loaded.tokenizer, ids), values, sum(now), sum(then)


def projection(loaded: Loaded, found: Preferred) -> Found:
    """The states of chosen and rejected answers."""
    places = spread(len(found.encoded), 150)
    if not places:
        return LeftOut("projection", say("How they lie"), say("Fewer than three points say nothing."))
    texts = [found.encoded[n]["input_ids"] for n in places] + [found.encoded[n]["rejected_ids"] for n in places]
    names = [say("chosen")] * len(places) + [say("rejected")] * len(places)
    titles = [found.chosen[n][:120] for n in places] + [found.rejected[n][:120] for n in places]
    return lie(
        mean_states(loaded, texts),
        names,
        titles,
        say("the mean states of prompts with their answers in the last layer"),
        say("Colours: which of the two answers it is. Apart: it sees a difference of kind, such as style or length."),
    )


@dataclass(frozen=True)
class _Seen:
    values: Sequence[float]
    logit: float
    baseline: float


def _how_to_read(loaded: Loaded, found: Preferred) -> str:
    if loaded.checkpoint.task == "reward":
        return say(
            "Integrated gradients: green pieces raise the reward, red ones lower it; the numbers add up to the reward "
            "less that of padding alone."
        )
    if found.before is not None:
        return say(
            "What training did to each token of the two answers: green ones became likelier, red ones less likely. "
            "The numbers of the chosen answer less those of the rejected one are the lead, exactly."
        )
    return say(
        "The model from before is gone, so that what training did cannot be told: the redder a token, the less "
        "likely it is. The numbers of the chosen answer less those of the rejected one are the lead."
    )


def _caption(loaded: Loaded, found: Preferred, side: str, score: float, baseline: float) -> str:
    told: dict[str, object] = {"side": side, "score": f"{score:.2f}", "baseline": f"{baseline:.2f}"}
    if loaded.checkpoint.task == "reward":
        return say("{side}: reward {score}, of padding alone {baseline}.", **told)
    if found.before is not None:
        return say("{side}: log-probability {score}, {baseline} before training.", **told)
    return say("{side}: log-probability {score}.", **told)


def _log_likelihoods(network: Any, ids: list[int], labels: list[int]) -> list[float]:
    """Of each token of the answer; 0 elsewhere."""
    network.eval()
    with torch.inference_mode():
        asked = torch.tensor([ids], device=network.device)
        logits = network(input_ids=asked).logits[0, :-1].float().log_softmax(-1)
    return [0.0, *(float(logits[at, id]) if id != -100 else 0.0 for at, id in enumerate(labels[1:]))]


def _size(labels: Sequence[int]) -> int:
    return sum(label != -100 for label in labels)
