"""Profile: what is in a corpus, in numbers and examples, before anybody trains on it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from autogpt.core.schema import JsonValue, Value
from autogpt.locale import say, translate
from autogpt.studio.corpus import Corpus, Rejected
from autogpt.studio.data.clean import dedupe, leakage
from autogpt.studio.data.conll import is_bio
from autogpt.studio.data.keys import IMAGE, keys_of, texts_of, words
from autogpt.studio.data.language import languages
from autogpt.studio.data.redact import redact_text, secret

if TYPE_CHECKING:
    from datasets import Dataset

_EXAMPLES = 5
_LONGEST = 300
_SHOWN_REJECTED = 100
_EDGES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)


class Lengths(Value):
    """Of texts, in words (characters, in Chinese and Japanese)."""

    least: int
    median: int
    p95: int
    most: int
    histogram: tuple[tuple[int, int], ...]
    """(up to so many words, so many rows); the last bar holds all longer ones, too."""


class SplitProfile(Value):
    rows: int
    lengths: Lengths
    languages: Mapping[str, float]
    """Shares by ISO 639-1 code; a guess from the first 2,000 rows."""
    labels: Mapping[str, int]
    """Rows with each label; for tags, entities of each kind. In the order of the corpus's labels."""
    missing_labels: tuple[str, ...]
    """Labels of the corpus that no row here has."""
    examples: tuple[Mapping[str, JsonValue], ...]
    """Rows from all over the split, secrets masked, long texts cut."""


class Profile(Value):
    """What is in a corpus, and what may be wrong with it."""

    task: str
    sources: tuple[str, ...]
    labels: tuple[str, ...]
    splits: Mapping[str, SplitProfile]
    same: int
    """Rows that repeat another, of the same or an earlier split (test before validation before train)."""
    alike: int
    """Rows that nearly do: Jaccard index of character 5-grams of 0.9 or more."""
    leakage: Mapping[str, int]
    """Rows of a split that are in an earlier one, too, such as 'train in test'."""
    conflicts: int
    """Texts that appear with different labels."""
    secrets: Mapping[str, int]
    """What `redact` would mask, by kind."""
    rejected_count: int
    rejected: tuple[Rejected, ...]
    """The first hundred."""
    warnings: tuple[str, ...] = ()
    """What to look at before training, one sentence each."""


def profile(corpus: Corpus) -> Profile:
    """Look at every row of the corpus. Costs about a second of one core for 10,000 short texts."""
    _, dropped = dedupe(corpus, within_test=True)
    secrets: Counter[str] = Counter()
    for rows in corpus.splits.values():
        for _, text in keys_of(rows, corpus.task):
            redact_text(text or "", secrets)
    found = Profile(
        task=corpus.task,
        sources=corpus.sources,
        labels=corpus.labels,
        splits={name: _of_split(rows, corpus) for name, rows in corpus.splits.items()},
        same=sum(drop.reason == "same" for drop in dropped),
        alike=sum(drop.reason == "alike" for drop in dropped),
        leakage=leakage(corpus),
        conflicts=_conflicts(corpus),
        secrets=dict(secrets),
        rejected_count=len(corpus.rejected),
        rejected=corpus.rejected[:_SHOWN_REJECTED],
    )
    return found.model_copy(update={"warnings": tuple(_warnings(found))})


def _of_split(rows: "Dataset", corpus: Corpus) -> SplitProfile:
    counts = _label_counts(rows)
    entities = corpus.task == "token-classification" and is_bio(corpus.labels)
    names = [label[2:] if entities else label for label in corpus.labels]
    names = [name for name in dict.fromkeys(names) if name]
    step = max(1, len(rows) // _EXAMPLES)
    shown = [cast(dict[str, object], rows[at]) for at in range(0, len(rows), step)][:_EXAMPLES]
    return SplitProfile(
        rows=len(rows),
        lengths=_lengths([len(words(text)) for text in texts_of(rows, corpus.task)]),
        languages=languages(texts_of(rows, corpus.task)) if IMAGE not in rows.column_names else {},
        labels={name: counts[name] for name in names or sorted(counts)},
        missing_labels=tuple(name for name in names if not counts[name]),
        examples=tuple({name: _short(value) for name, value in row.items()} for row in shown),
    )


def _lengths(counts: Sequence[int]) -> Lengths:
    ordered = sorted(counts)
    histogram = Counter(next((edge for edge in _EDGES if count <= edge), _EDGES[-1]) for count in ordered)
    return Lengths(
        least=ordered[0],
        median=ordered[len(ordered) // 2],
        p95=ordered[min(len(ordered) - 1, len(ordered) * 95 // 100)],
        most=ordered[-1],
        histogram=tuple((edge, histogram[edge]) for edge in _EDGES),
    )


def _label_counts(rows: "Dataset") -> Counter[str]:
    names = rows.column_names
    if "label" in names:
        return Counter(cast(list[str], rows["label"]))
    if "labels" in names:
        return Counter(label for labels in cast(list[list[str]], rows["labels"]) for label in labels)
    if "tags" in names:
        tags = [tag for row in cast(list[list[str]], rows["tags"]) for tag in row]
        if not is_bio(set(tags)):
            return Counter(tags)
        return Counter(tag[2:] for tag in tags if tag.startswith("B-"))
    if "history" in names and "item" in names:  # what was had once can be recommended
        histories = cast(list[list[str]], rows["history"])
        return Counter(cast(list[str], rows["item"])) + Counter(one for history in histories for one in history)
    return Counter()


def _conflicts(corpus: Corpus) -> int:
    seen: dict[bytes, set[str]] = {}
    for rows in corpus.splits.values():
        if "label" in rows.column_names:
            labels = cast(list[str], rows["label"])
            for (key, _), label in zip(keys_of(rows, corpus.task), labels, strict=True):
                seen.setdefault(key, set()).add(label)
    return sum(len(labels) > 1 for labels in seen.values())


def _short(value: object) -> JsonValue:
    if isinstance(value, str):
        masked = redact_text(value)
        return masked if len(masked) <= _LONGEST else masked[:_LONGEST] + "…"
    if isinstance(value, list):
        return [_short(one) for one in cast(list[object], value)[:60]]
    if isinstance(value, dict):
        return {str(name): _short(one) for name, one in cast(dict[object, object], value).items()}
    return str(value)


def _warnings(found: Profile) -> list[str]:
    told: list[str] = []
    if "train" not in found.splits:
        told.append(say("There are no training rows."))
    if "test" not in found.splits and "validation" not in found.splits:
        told.append(say("There is nothing to prove a model on; cut some rows off first (--cut validation=0.1)."))
    for name, count in found.leakage.items():
        if count:
            one, _, other = name.partition(" in ")
            told.append(
                say(
                    "{count} rows of {split} are also in {other}: scores on them prove nothing.",
                    count=count,
                    split=one,
                    other=other,
                )
            )
    if found.conflicts:
        told.append(say("{count} texts appear with different labels.", count=found.conflicts))
    for name, split in found.splits.items():
        most, least = max(split.labels.values(), default=0), min(split.labels.values(), default=0)
        if split.missing_labels:
            missing = ", ".join(split.missing_labels[:10])
            told.append(say("{split} has no row with {labels}.", split=name, labels=missing))
        elif found.task != "recommendation" and most > 20 * max(1, least):
            rare = min(split.labels, key=lambda label: split.labels[label])
            told.append(
                say(
                    "{split} is out of balance: {most} rows of one label, {least} of {rare}.",
                    split=name,
                    most=most,
                    least=least,
                    rare=rare,
                )
            )
    if found.secrets:
        kinds = ", ".join(f"{count} {secret(kind)}" for kind, count in found.secrets.items())
        told.append(say("There are secrets or personal data: {kinds}; mask them first (--redact).", kinds=kinds))
    if found.rejected_count:
        first = found.rejected[0]
        where, why = first.where, translate(first.reason)
        told.append(
            say(
                "{count} rows were left out; the first, {where}: {why}.",
                count=found.rejected_count,
                where=where,
                why=why,
            )
        )
    return told
