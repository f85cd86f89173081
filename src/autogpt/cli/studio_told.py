"""What came of the studio's work, line by line, in the person's language."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from autogpt.cli import render
from autogpt.core.text import printable
from autogpt.locale import say, translate

if TYPE_CHECKING:
    from autogpt.core.schema import JsonValue
    from autogpt.studio_app import Status


_BUSY = 0.7
"""Of the time: where a measurement had a core for less, some of its batches waited much longer than others."""


def told(status: "Status") -> list[str]:
    """What came of a job, line by line."""
    from autogpt.studio_app import Scores, ner_report

    result = status.result if isinstance(status.result, dict) else {}
    lines: list[str] = []
    if isinstance(prepared := result.get("prepared"), dict):
        lines += prepared_lines(prepared)
    if isinstance(search := result.get("search"), dict):
        lines += _trials(search, str(result.get("recipe_file")))
    if isinstance(trained := result.get("trained"), dict):
        lines += [*_left(trained), *_cut(trained), _effort(trained), *_kept(trained)]
        if not trained.get("final") and not result.get("test"):
            unproven = say("no row was held out, so nothing says how good it is; --cut test=0.2 holds some out")
            lines.append(f"{render.BAD} {unproven}")
    for name in ("test", "scores"):
        if isinstance(scores := result.get(name), dict):
            lines += _scores(name if name != "scores" else str(result.get("split", "")), scores)
    if isinstance(shrunk := result.get("shrunk"), dict):
        lines += _shrunk(shrunk)
    elif result.get("table"):
        # Anew, in the person's language. Its labels are a stranger's text.
        table = ner_report(Scores.model_validate(result["scores"]))
        lines += [printable(line) for line in table.splitlines()]
    if isinstance(checks := result.get("checks"), list):
        lines += [render.line(translate(str(check.get("said"))), 300) for check in checks if isinstance(check, dict)]
    if isinstance(warnings := result.get("warnings"), list):
        lines += [f"{render.BAD} {render.line(str(warning), 300)}" for warning in warnings]
    if isinstance(paths := result.get("paths"), list):
        lines += [say("written: {path}", path=str(path)) for path in paths]
    if isinstance(path := result.get("checkpoint"), str):
        lines.append(say("checkpoint: {path}", path=path))
    return lines or [say("done")]


def _trials(search: "Mapping[str, JsonValue]", recipe: str) -> list[str]:
    """Every trial of a search, the best first; those without a score last."""
    trials = cast("Sequence[Mapping[str, JsonValue]]", search.get("trials") or [])
    lines: list[str] = []
    for trial in sorted(trials, key=lambda one: (one.get("ended") != "complete", -_number(one, "score"))):
        score = f"{_number(trial, 'score'):.4f}" if trial.get("score") is not None else "-"
        settings = cast("Mapping[str, JsonValue]", trial.get("settings") or {})
        told = ", ".join(
            f"{name} {value:.3g}" if isinstance(value, float) else f"{name} {value}" for name, value in settings.items()
        )
        match trial.get("ended"):
            case "complete":
                ended = ""
            case "pruned":
                ended = say("ended early")
            case _:
                ended = say("diverged")
        number = int(_number(trial, "number")) + 1
        lines.append(
            say("trial {number}: score {score}, {settings} {ended}", number=number, score=score,
                settings=render.line(told, 200), ended=ended).rstrip()
        )  # fmt: skip
    return [*lines, say("the best settings: {path}; `autogpt studio train --recipe {path}` takes them", path=recipe)]


def _left(trained: "Mapping[str, JsonValue]") -> list[str]:
    """That the head it began with was for other labels."""
    from autogpt.studio_app import forgotten

    before = cast("Sequence[str]", trained.get("left_labels") or ())
    return [f"{render.BAD} {render.line(forgotten(before), 300)}"] if before else []


def _cut(trained: "Mapping[str, JsonValue]") -> list[str]:
    """That rows were longer than the recipe allows."""
    told: list[str] = []
    if count := int(_number(trained, "cut_rows")):
        told.append(
            say("{count} training rows are longer than max_length: what lies beyond was not read (--max-length)",
                count=f"{count:,}")
        )  # fmt: skip
    if count := int(_number(trained, "left_rows")):
        told.append(
            say("{count} training rows were left out: their answers lie beyond max_length (--max-length)",
                count=f"{count:,}")
        )  # fmt: skip
    return [f"{render.BAD} {one}" for one in told]


def _effort(trained: "Mapping[str, JsonValue]") -> str:
    """How long a training took, and how much it used."""
    figures = {
        "steps": trained.get("steps"),
        "seconds": f"{_number(trained, 'seconds'):.0f}",
        "memory": f"{_number(trained, 'peak_bytes') / 1e6:,.0f}",
    }
    if _number(trained, "images_per_second"):
        rate = f"{_number(trained, 'images_per_second'):,.0f}"
        return say("trained {steps} steps in {seconds} s, {rate} images/s, {memory} MB at most", rate=rate, **figures)
    rate = f"{_number(trained, 'tokens_per_second'):,.0f}"
    return say("trained {steps} steps in {seconds} s, {rate} tokens/s, {memory} MB at most", rate=rate, **figures)


def _kept(trained: "Mapping[str, JsonValue]") -> list[str]:
    """Which weights were kept, and their scores on the validation rows: seldom those of the last evaluation."""
    if not isinstance(final := trained.get("final"), dict):
        return []
    step, steps = _number(trained, "best_step"), max(1.0, _number(trained, "steps"))
    return [
        say(
            "kept: the weights of step {step} of {steps} (epoch {epoch}), the best on the validation rows",
            step=f"{step:.0f}",
            steps=f"{steps:.0f}",
            epoch=f"{_number(trained, 'epochs') * step / steps:.1f}",
        ),
        *_scores("validation", final),
    ]


def _number(values: "Mapping[str, JsonValue]", name: str) -> float:
    value = values.get(name)
    return float(value) if isinstance(value, int | float) else 0.0


def prepared_lines(prepared: "Mapping[str, JsonValue]") -> list[str]:
    """What was done to the rows."""
    from autogpt.studio_app import name_of

    rows = cast("Mapping[str, int]", prepared.get("rows") or {})
    taken = cast("Sequence[tuple[str, int]]", prepared.get("taken") or ())
    lines = [say("{count} training rows from {source}", count=f"{count:,}", source=name) for name, count in taken]
    lines += [say("rows: {counts}", counts=", ".join(f"{name_of(name)} {count:,}" for name, count in rows.items()))]
    assumed = cast("Mapping[str, str]", prepared.get("assumed") or {})
    for encoding in dict.fromkeys(assumed.values()):
        files = [file for file, held in assumed.items() if held == encoding]
        told = say(
            "{count} files read as {encoding} by their content, first {file}; --encoding names another",
            count=len(files),
            encoding=encoding.upper(),
            file=render.line(files[0], 120),
        )
        lines.append(told)
    gone = sum(int(_number(prepared, name)) for name in ("same", "alike", "exam"))
    if gone:
        lines.append(say("{count} rows left out as copies or exam texts", count=gone))
    if masked := cast("Mapping[str, int]", prepared.get("redacted") or {}):
        lines.append(
            say("masked: {kinds}", kinds=", ".join(f"{count} {translate(kind)}" for kind, count in masked.items()))
        )
    if rejected := int(_number(prepared, "rejected")):
        first = cast("Sequence[str]", prepared.get("rejected_first") or [""])[0]
        lines.append(
            say(
                "{count} malformed rows left out, first {first}",
                count=rejected,
                first=render.line(translate(first), 200),
            )
        )
    for name, count in cast("Mapping[str, int]", prepared.get("leaks") or {}).items():
        one, _, other = name.partition(" in ")
        warning = say(
            "{count} rows of {split} are also in {other}: scores on them prove nothing.",
            count=count,
            split=name_of(one),
            other=name_of(other),
        )
        lines.append(f"{render.BAD} {warning}")
    return lines


def _shrunk(shrunk: "Mapping[str, JsonValue]") -> list[str]:
    """What a compression cost and brought, as a table (in Markdown, for it goes into reports)."""
    from autogpt.studio_app import name_of

    before, after = (cast("Mapping[str, JsonValue]", shrunk[name]) for name in ("before", "after"))
    main = str(before["main"])
    scores = [_number(cast("Mapping[str, JsonValue]", each["values"]), main) for each in (before, after)]
    size = [_number(shrunk, name) for name in ("before_bytes", "after_bytes")]
    lines = [
        say("| {method}, {rows} rows, threads: {threads} | before | after | ratio |",
            method=name_of(str(shrunk["method"])), rows=before["rows"], threads=shrunk["threads"]),
        "|---|---|---|---|",
        say("| size, MB | {before} | {after} | {change} |", before=f"{size[0] / 1e6:.1f}",
            after=f"{size[1] / 1e6:.1f}", change=_size_change(size[0] / max(size[1], 1))),
    ]  # fmt: skip
    speeds = cast("Sequence[Mapping[str, JsonValue]]", shrunk["speeds"])
    lines += [_speed(speed) for speed in speeds]
    change = f"{100 * (scores[1] - scores[0]):+.2f}"
    lines.append(
        say("| {name} | {before} | {after} | {change} points |", name=name_of(main), before=f"{scores[0]:.4f}",
            after=f"{scores[1]:.4f}", change=change)
    )  # fmt: skip
    told = [cast("Mapping[str, float]", each["values"]).get("perplexity") for each in (before, after)]
    if told[0] is not None and told[1] is not None:
        lines.append(
            say("| perplexity | {before} | {after} | {change} |", before=f"{told[0]:.3f}", after=f"{told[1]:.3f}",
                change=f"{told[1] - told[0]:+.3f}")
        )  # fmt: skip
    lines.append(say("answers that are the same: {share}", share=f"{_number(shrunk, 'agreement'):.1%}"))
    if (share := min((cast("float", speed.get("share", 1.0)) for speed in speeds), default=1.0)) < _BUSY:
        rough = say("this machine was busy: a core was ours for {share} of the time, so the speeds are rough",
                    share=f"{share:.0%}")  # fmt: skip
        lines.append(f"{render.BAD} {rough}")
    extra = cast("Mapping[str, JsonValue]", shrunk.get("extra") or {})
    if left := extra.get("layers in int8"):
        four = extra.get("layers in int4")
        lines.append(say("{four} layers are in int4, {eight} that do not divide for it in int8", four=four, eight=left))
    if rounds := cast("Sequence[float]", extra.get("rounds") or []):
        lines.append(
            say("rounds of lessons: {count}; on rows set aside it scores {score}, {wanted} was wanted",
                count=len(rounds), score=f"{max(rounds):.4f}", wanted=f"{extra['wanted']:.4f}")
        )  # fmt: skip
    return lines + _in_float(extra)


def _in_float(extra: "Mapping[str, JsonValue]") -> list[str]:
    """What an int8 graph leaves in float, why, and what that costs."""
    ways = cast("Sequence[Mapping[str, float]]", extra.get("ways") or [])
    if not ways:
        return []
    count = extra["products left in float"]
    chosen = next(way for way in ways if way["floats"] == count)
    lines = [
        say("{count} products stay in float; of {rows} rows set aside {lost} points are lost so (by chance {chance})",
            count=count, rows=extra["chosen on rows"], **_points(chosen)),
    ]  # fmt: skip
    if slower := extra.get("slower"):
        lines.append(
            say("with {count} in float: {lost} (by chance {chance}); what was chosen takes {times} times as long",
                count=int(ways[0]["floats"]), times=slower, **_points(ways[0]))
        )  # fmt: skip
    if not extra["within"]:
        lines.append(
            say("that half a point or less is lost is not certain by these rows; with more in float it were slow")
        )
    return lines


def _points(way: "Mapping[str, float]") -> dict[str, str]:
    return {"lost": f"{100 * way['lost']:.2f}", "chance": f"{100 * way['chance']:.2f}"}


def _speed(speed: "Mapping[str, JsonValue]") -> str:
    """How much goes through the network in a second, before and after."""
    times = [max(_number(speed, name), 1e-9) for name in ("before_ms", "after_ms")]
    count = _number(speed, "count") or _number(speed, "batch")
    figures = {
        "batch": speed["batch"],
        "before": f"{1e3 * count / times[0]:,.1f}",
        "after": f"{1e3 * count / times[1]:,.1f}",
        "ratio": f"{times[0] / times[1]:.2f}",
    }
    match speed.get("unit"):
        case "tokens":
            return say("| reading, batch {batch}: tokens/s | {before} | {after} | {ratio}x the speed |", **figures)
        case "new tokens":
            return say("| writing, batch {batch}: tokens/s | {before} | {after} | {ratio}x the speed |", **figures)
        case "images":
            return say("| batch {batch}: images/s | {before} | {after} | {ratio}x the speed |", **figures)
        case _:
            return say(
                "| batch {batch}, {tokens} tokens: rows/s | {before} | {after} | {ratio}x the speed |",
                tokens=f"{_number(speed, 'tokens'):.0f}",
                **figures,
            )


def _size_change(ratio: float) -> str:
    if ratio < 1:
        return say("{ratio}x larger", ratio=f"{1 / max(ratio, 1e-9):.2f}")
    return say("{ratio}x smaller", ratio=f"{ratio:.2f}")


def _scores(split: str, scores: "Mapping[str, JsonValue]") -> list[str]:
    from autogpt.studio_app import name_of

    values = cast("Mapping[str, float]", scores.get("values") or {})
    figures = ", ".join(f"{name_of(name)} {value:.4f}" for name, value in values.items())
    lines = [say("{split}, {rows} rows: {figures}", split=name_of(split), rows=scores.get("rows"), figures=figures)]
    if count := int(_number(scores, "unknown_rows")):
        names = render.line(", ".join(map(str, cast("Sequence[str]", scores.get("unknown_labels") or []))), 160)
        told = say(
            "{count} rows have labels the model does not know ({names}): counted as wrong", count=count, names=names
        )
        lines.append(f"{render.BAD} {told}")
    if count := int(_number(scores, "cut_rows")):
        told = say("{count} rows are longer than the model reads: what lies beyond does not count", count=f"{count:,}")
        lines.append(f"{render.BAD} {told}")
    if count := int(_number(scores, "left_rows")):
        told = say(
            "{count} rows more are not scored: their answers lie beyond what the model reads", count=f"{count:,}"
        )
        lines.append(f"{render.BAD} {told}")
    return lines
