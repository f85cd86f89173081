"""What the commands `autogpt studio ...` do: they go through `Studio`, and say what came of it."""

import json as json_
import secrets
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from autogpt.cli import render
from autogpt.cli.main import COMPLETE
from autogpt.cli.studio_jobs import Manner, studio, watch
from autogpt.cli.studio_progress import plain_note, shown
from autogpt.cli.studio_told import prepared_lines
from autogpt.core.errors import UsageError
from autogpt.core.paths import typed
from autogpt.locale import say, translate

if TYPE_CHECKING:
    from autogpt.core.schema import JsonValue
    from autogpt.studio_app import Feed, Prepared

__all__ = [
    "Given",
    "Manner",
    "bases",
    "diagnose",
    "evaluate",
    "export",
    "list_",
    "mix",
    "predict",
    "profile",
    "serve",
    "shrink",
    "train",
    "write",
]

_USUAL = "text-classification"
"""The task where neither the person nor the rows say one."""
Limit = tuple[float | None, float | None]
"""Seconds and megabytes."""


@dataclass(frozen=True)
class Given:
    """The data as it was typed."""

    sources: list[str] | None
    train: list[str] | None
    validation: list[str] | None
    test: list[str] | None
    columns: list[str] | None
    labels: str | None
    stop: bool = False
    private: bool = False
    cut: Sequence[str] = ()
    seed: int = 0
    dedupe: bool = False
    near: float = 0.9
    redact: bool = False
    against: list[str] | None = None
    encoding: str = ""

    def feed(self) -> "Feed":
        """Raises UsageError for what cannot be read."""
        from autogpt.studio_app import feed_of

        return feed_of(
            self.sources or [],
            splits={"train": self.train or [], "validation": self.validation or [], "test": self.test or []},
            columns=self.columns or [],
            labels=self.labels,
            cut=self.cut,
            stop=self.stop,
            private=self.private,
            seed=self.seed,
            dedupe=self.dedupe,
            near=None if self.near == 1 else self.near,
            redact=self.redact,
            against=list(self.against or []),
            encoding=self.encoding,
        )


def _task(feed: "Feed", task: str | None, manner: Manner, *, sure: bool = False) -> str:
    """The task that was typed, or what the rows are plainly for, which is told. sure: of several, none is chosen.

    Raises UsageError if nobody can say.
    """
    from autogpt.studio_app import tasks_for

    if task is not None:
        return task
    found, *others = tasks_for(feed) or (_USUAL,)
    if others and sure:
        raise UsageError(f"these rows may be for {', '.join((found, *others))}; say which with --task")
    if others:
        note = say("read as rows for {task}; they may be for {others}, too (--task)", task=found, others=others[0])
    else:
        note = say("read as rows for {task} (--task says otherwise)", task=found)
    if found != _USUAL and not (manner.quiet or manner.json):
        print(note, file=sys.stderr)
    return found


def profile(given: Given, task: str | None, page: Path | None, manner: Manner, overwrite: bool = False) -> int:
    from autogpt.core.text import columns
    from autogpt.studio_app import name_of

    app, feed = studio(), given.feed()
    task = _task(feed, task, manner)
    with shown(manner.quiet or manner.json) as view:
        found, paths = app.profile(feed, task, page, view.saw, overwrite=overwrite)
    if manner.json:
        print(found.model_dump_json())
        return COMPLETE
    for name, split in found.splits.items():
        counts = say(
            "{rows} rows, {median} words (95 %: {p95}), {languages}",
            rows=f"{split.rows:,}",
            median=split.lengths.median,
            p95=split.lengths.p95,
            languages=", ".join(f"{code} {share:.0%}" for code, share in list(split.languages.items())[:3]),
        )
        if not split.languages:  # of images
            counts = say("{rows} rows", rows=f"{split.rows:,}")
        print(f"{name_of(name)}{' ' * (12 - columns(name_of(name)))}{counts}")
    if found.labels:
        print(say("{count} labels: {names}", count=len(found.labels), names=render.line(", ".join(found.labels), 160)))
    print(say("{same} rows repeat another, {alike} nearly do", same=found.same, alike=found.alike))
    for warning in found.warnings:
        print(f"{render.BAD} {render.line(warning, 300)}")
    for path in paths:
        print(say("written: {path}", path=str(path)))
    return COMPLETE


def write(given: Given, task: str | None, folder: Path, form: str, manner: Manner, overwrite: bool = False) -> int:
    app, feed = studio(), given.feed()
    task = _task(feed, task, manner)
    with shown(manner.quiet or manner.json) as view:
        prepared, paths = app.write(feed, task, folder, form, view.saw, overwrite=overwrite)
    return _written(prepared, paths, manner)


def mix(
    given: Sequence[Given],
    weights: Sequence[float],
    task: str | None,
    folder: Path,
    form: str,
    seed: int,
    manner: Manner,
    overwrite: bool,
) -> int:
    app, feeds = studio(), [one.feed() for one in given]
    task = _task(feeds[0], task, manner) if feeds else _USUAL
    with shown(manner.quiet or manner.json) as view:
        prepared, paths = app.mix(feeds, weights, task, folder, form, view.saw, seed=seed, overwrite=overwrite)
    return _written(prepared, paths, manner)


def _written(prepared: "Prepared", paths: Sequence[Path], manner: Manner) -> int:
    told = prepared.model_dump(mode="json")
    if manner.json:
        print(json_.dumps({**told, "files": [str(path) for path in paths]}, ensure_ascii=False))
        return COMPLETE
    for line in prepared_lines(told):
        print(line)
    for path in paths:
        print(say("written: {path}", path=str(path)))
    return COMPLETE


def train(
    given: Given,
    recipe: "Mapping[str, JsonValue]",
    more: Sequence[str],
    name: str | None,
    limit: Limit,
    manner: Manner,
    trials: int = 0,
    recipe_file: Path | None = None,
    processes: int = 1,
) -> int:
    """recipe: the settings that were typed; they go before those of the file."""
    from autogpt.studio_app import limits_of, read_recipe, settings_of

    app = studio()
    helping = app.helping()
    kept = read_recipe(typed(recipe_file)) if recipe_file is not None else {}
    asked: dict[str, JsonValue] = {"base": "auto", **kept, **recipe}
    for key, value in settings_of(more).items():  # --set options.x=1 leaves the other options of the file
        held = asked.get(key)
        asked[key] = {**held, **value} if isinstance(held, dict) and isinstance(value, dict) else value
    feed = given.feed()
    task = asked.get("task")
    silent = Manner(quiet=helping or manner.quiet or manner.json)
    asked["task"] = _task(feed, None, silent, sure=True) if task is None else task
    if helping:
        app.assist(feed, asked, trials)
        return COMPLETE
    return watch(app, app.train(feed, asked, name, limits_of(*limit), trials, processes), manner)


def evaluate(
    checkpoint: str, given: Given, split: str, limit: Limit, manner: Manner, metrics: Sequence[str] = ()
) -> int:
    from autogpt.studio_app import limits_of

    app = studio()
    return watch(app, app.evaluate(checkpoint, given.feed(), split, limits_of(*limit), metrics), manner)


def shrink(
    kind: 'Literal["quantize", "prune", "distill"]',
    checkpoint: str,
    given: Given,
    name: str | None,
    limit: Limit,
    manner: Manner,
    *,
    method: str = "",
    sizes: "Mapping[str, JsonValue] | None" = None,
    lessons: "Mapping[str, JsonValue] | None" = None,
) -> int:
    from autogpt.studio_app import limits_of

    app = studio()
    folder = app.shrink(
        kind, checkpoint, given.feed(), name, limits_of(*limit), method=method, sizes=sizes, lessons=lessons
    )
    return watch(app, folder, manner)


def diagnose(checkpoint: str, given: Given, page: Path, against: str | None, limit: Limit, manner: Manner) -> int:
    from autogpt.studio_app import limits_of

    app = studio()
    return watch(app, app.diagnose(checkpoint, given.feed(), page, against, limits_of(*limit)), manner)


def export(
    checkpoint: str, form: str, target: Path, quant: str, base: Path | None, limit: Limit, manner: Manner
) -> int:
    from autogpt.studio_app import limits_of

    app = studio()
    return watch(app, app.export(checkpoint, form, target, quant, base, limits_of(*limit)), manner)


def tool(checkpoint: str, about: str, name: str, withdraw: bool) -> int:
    """Offer a checkpoint to the agent as a tool, or no longer."""
    if withdraw:
        studio().withdraw(checkpoint)
        print(say("the agent no longer calls {name}", name=checkpoint))
        return COMPLETE
    print(say("the agent can call {name}", name=studio().offer(checkpoint, about, name)))
    return COMPLETE


def serve(checkpoint: str, port: int, key_file: Path | None, json: bool) -> int:
    """Until Ctrl-C. The key is never an argument: other users of the machine can read those."""
    if key_file is None:
        key = secrets.token_urlsafe(24)
    else:
        try:
            key = key_file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"the key file {str(key_file)!r} cannot be read: {error}") from None
    note = plain_note()
    with studio().serve(checkpoint, key, port, note) as serving:
        if json:
            print(json_.dumps({"url": serving.url, "model": serving.model, "key": key}), flush=True)
        else:
            print(say("{model} is at {url}", model=serving.model, url=" ".join((serving.url, *serving.more))))
            if key_file is None:
                print(say("key: {key}", key=key))
            print(say("Ctrl-C ends it"), flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return COMPLETE
    return COMPLETE


def predict(checkpoint: str, texts: Sequence[str], given: Given, json: bool) -> int:
    asked: list[JsonValue] = [_asked(text) for text in texts]
    feed = given.feed() if given.sources else None
    if not asked and feed is None:
        asked = [_asked(line.rstrip("\r\n")) for line in _stdin(given.encoding) if line.strip()]
    if not asked and feed is None:
        raise UsageError("there is nothing to ask; give texts, --input FILE, or lines on stdin")

    def on_prepared(prepared: "Prepared") -> None:
        if prepared.rejected or prepared.assumed:
            for line in prepared_lines(prepared.model_dump(mode="json")):
                print(line, file=sys.stderr)

    for question, answer in studio().predict(checkpoint, asked, feed, on_prepared):
        if json:
            print(json_.dumps({"input": question, "output": answer}, ensure_ascii=False))
        else:
            print(f"{render.line(_flat(answer), 400)}\t{render.line(_flat(question), 200)}")
    return COMPLETE


def _stdin(encoding: str) -> Iterator[str]:
    from autogpt.studio_app import encoding_named

    told = encoding_named(encoding or "utf-8")
    for number, line in enumerate(getattr(sys.stdin, "buffer", sys.stdin), 1):
        try:
            yield line.decode(told) if isinstance(line, bytes) else line
        except UnicodeDecodeError:
            raise UsageError(
                f"line {number} of what is typed is not {told.upper()}; name its encoding (--encoding)"
            ) from None


def _asked(text: str) -> "JsonValue":
    """A JSON object is a row with columns; anything else is a text."""
    if text.lstrip().startswith("{"):
        try:
            return cast("JsonValue", json_.loads(text))
        except ValueError:
            return text
    return text


def _flat(value: "JsonValue") -> str:
    """The label with its probability; else JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and isinstance(label := value.get("label"), str):
        score = value.get("score", value.get("probability"))
        return f"{label} {score:.3f}" if isinstance(score, float) else label
    return json_.dumps(value, ensure_ascii=False)


def list_(json: bool) -> int:
    found, broken = studio().checkpoints(), studio().damaged()
    # Beside the list, not in it: programs read the one, people both.
    for _, why in broken:
        print(f"{render.BAD} {render.line(translate(why), 400)}", file=sys.stderr)
    if json:
        told = [
            {"folder": str(one.folder), "bytes": one.bytes, **one.checkpoint.model_dump(mode="json")} for one in found
        ]
        print(json_.dumps(told, ensure_ascii=False))
        return COMPLETE
    for one in found:
        card = one.checkpoint
        proven = sorted(card.scores.items(), key=lambda score: not score[0].startswith("test/"))
        scores = ", ".join(f"{name} {value:.3f}" for name, value in proven[:2])
        print(f"{one.folder.name:<28} {card.task:<22} {card.base[-24:]:<24} {one.bytes / 1e6:>7,.0f} MB  {scores}")
    if not found and not broken:
        print(say("there are no checkpoints yet; `autogpt studio train` makes one"))
    return COMPLETE


def bases(json: bool) -> int:
    found = studio().bases()
    if json:
        told = [
            {"name": base.name, "title": base.title, "licence": base.licence, "bytes": base.size, "about": base.about}
            for base in found
        ]
        print(json_.dumps(told, ensure_ascii=False))
        return COMPLETE
    for base in found:
        about = translate(base.about or base.title)
        print(f"{base.name:<22} {base.size / 1e6:>6,.0f} MB  {base.licence:<11} {about}")
    return COMPLETE
