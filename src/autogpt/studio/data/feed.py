"""Feed: where rows come from and what is done to them before use, as a value a job can keep and repeat."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import Field

from autogpt.core.schema import Value
from autogpt.studio.corpus import Corpus
from autogpt.studio.data.clean import decontaminate, dedupe
from autogpt.studio.data.columns import wanted
from autogpt.studio.data.keys import HISTORY, IMAGE, keys_of, texts_of
from autogpt.studio.data.load import load
from autogpt.studio.data.redact import redact
from autogpt.studio.data.split import cut
from autogpt.studio.report import Advance, OnAdvance


class Feed(Value):
    """Everything `prepare` does, in this order: load, dedupe, decontaminate, redact, cut."""

    sources: tuple[str, ...] = ()
    """Files, folders, URLs, whose names and folders say their split."""
    splits: Mapping[str, tuple[str, ...]] = {}
    """Sources of one split each, whatever they are called."""
    only: str | None = None
    """Load this split alone."""
    columns: Mapping[str, str] = {}
    labels: tuple[str, ...] = ()
    encoding: str = ""
    """Of text files; "": found out."""
    on_bad: Literal["skip", "stop"] = "skip"
    private: bool = False
    """Whether URLs may lead to this machine or a local network."""
    dedupe: bool = False
    near: Annotated[float, Field(gt=0, le=1)] | None = 0.9
    """From which Jaccard index rows count as copies; None: only if they say the same."""
    against: tuple[str, ...] = ()
    """Files of texts that must not be trained on (exams); any form that has a text in it."""
    redact: bool = False
    cut: Mapping[str, float] = {}
    """Shares of the training rows that become 'validation' and 'test'."""
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0

    @property
    def named(self) -> tuple[str, ...]:
        """All files, folders and URLs that are read from."""
        return (*self.sources, *(source for sources in self.splits.values() for source in sources), *self.against)


class Prepared(Value):
    """What was done to the rows."""

    rows: Mapping[str, int]
    """By split, at the end."""
    same: int = 0
    alike: int = 0
    exam: int = 0
    """Rows taken out because an exam's text is in them."""
    redacted: Mapping[str, int] = {}
    rejected: int = 0
    rejected_first: tuple[str, ...] = ()
    """The first ten, as 'file:line: reason', or 'file: reason'."""
    assumed: Mapping[str, str] = {}
    """The encoding of files whose content alone spoke for it, by file; another can be named."""
    taken: tuple[tuple[str, int], ...] = ()
    """Of a mix: training rows from each source."""
    leaks: Mapping[str, int] = {}
    """Of a mix: rows of a split that are in an earlier one, too, such as 'train in test'."""


def prepare(
    feed: Feed, task: str, *, targets: bool = True, on_advance: OnAdvance = lambda _: None
) -> tuple[Corpus, Prepared]:
    """Load the rows and do to them what the feed says. targets: whether rows need labels and other answers.

    Raises UsageError for sources that cannot be used, see `load`.
    """
    sources = {**feed.splits}
    parts = [
        load(
            given,
            task,
            on_bad=feed.on_bad,
            columns=feed.columns,
            split=feed.only,
            labels=feed.labels,
            targets=targets,
            private=feed.private,
            encoding=feed.encoding,
            on_advance=on_advance,
        )
        for given in (feed.sources, sources)
        if given
    ]
    corpus = parts[0] if len(parts) == 1 else _joined(parts)
    told: dict[str, int] = {}
    if feed.dedupe:
        on_advance(Advance(stage="clean"))
        corpus, dropped = dedupe(corpus, near=feed.near)
        told |= {reason: sum(drop.reason == reason for drop in dropped) for reason in ("same", "alike")}
    if feed.against:
        corpus, told["exam"] = _without(corpus, feed)
    redacted: Mapping[str, int] = {}
    if feed.redact:
        corpus, redacted = redact(corpus)
    if feed.cut:
        corpus = cut(corpus, feed.cut, feed.seed)
    return corpus, Prepared(
        rows={name: len(rows) for name, rows in corpus.splits.items()},
        redacted=redacted,
        assumed=corpus.assumed,
        rejected=len(corpus.rejected),
        rejected_first=tuple(f"{row.where}: {row.reason}" for row in corpus.rejected[:10]),
        same=told.get("same", 0),
        alike=told.get("alike", 0),
        exam=told.get("exam", 0),
    )


def _without(corpus: Corpus, feed: Feed) -> tuple[Corpus, int]:
    """The corpus without what the exam asks (its texts, or, where rows have no text, its rows), and how many those are.

    Rows of the exam that cannot be read are told like others: what they ask may still be among the training rows.
    """
    columns = wanted(corpus.task)
    how: dict[str, Any] = {"private": feed.private, "encoding": feed.encoding, "on_bad": feed.on_bad}
    if IMAGE in columns or HISTORY in columns:
        asked = load(feed.against, corpus.task, targets=HISTORY in columns, **how)
        keys = (key for rows in asked.splits.values() for key, _ in keys_of(rows, corpus.task))
        corpus, out = decontaminate(corpus, (), keys=keys)
    else:
        asked = load(feed.against, "masked-lm", **how)
        texts = (text for rows in asked.splits.values() for text in texts_of(rows, "masked-lm"))
        corpus, out = decontaminate(corpus, texts)
    return replace(corpus, rejected=(*corpus.rejected, *asked.rejected)), len(out)


def _joined(parts: list[Corpus]) -> Corpus:
    """All rows of both, in their order."""
    from datasets import concatenate_datasets

    from autogpt.studio.data.split import changed, united

    names = dict.fromkeys(name for part in parts for name in part.splits)
    splits = {
        name: concatenate_datasets([part.splits[name] for part in parts if name in part.splits]) for name in names
    }
    return changed(
        parts[0],
        splits,
        labels=united(parts),
        rejected=tuple(row for part in parts for row in part.rejected),
        sources=tuple(source for part in parts for source in part.sources),
        assumed={file: encoding for part in parts for file, encoding in part.assumed.items()},
    )
