"""What came of the studio's work, line by line, in the person's language."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from autogpt.cli import render
from autogpt.core.text import printable
from autogpt.locale import say, translate

if TYPE_CHECKING:
    from autogpt.core.schema import JsonValue
    from autogpt.studio_app import Status


def told(status: "Status") -> list[str]:
    """What came of a job, line by line."""
    result = status.result if isinstance(status.result, dict) else {}
    lines: list[str] = []
    if isinstance(prepared := result.get("prepared"), dict):
        lines += prepared_lines(prepared)
    if isinstance(trained := result.get("trained"), dict):
        lines.append(
            say(
                "trained {steps} steps in {seconds} s, {rate} tokens/s, {memory} MB at most",
                steps=trained.get("steps"),
                seconds=f"{_number(trained, 'seconds'):.0f}",
                rate=f"{_number(trained, 'tokens_per_second'):,.0f}",
                memory=f"{_number(trained, 'peak_bytes') / 1e6:,.0f}",
            )
        )
        if (evaluations := trained.get("evaluations")) and isinstance(evaluations, list):
            # (step, scores); the last are those of the weights that were kept.
            lines += _scores("validation", cast("list[list[dict[str, JsonValue]]]", evaluations)[-1][1])
    for name in ("test", "scores"):
        if isinstance(scores := result.get(name), dict):
            lines += _scores(name if name != "scores" else str(result.get("split", "")), scores)
    if isinstance(shrunk := result.get("shrunk"), dict):
        lines += _shrunk(shrunk)
    elif isinstance(table := result.get("table"), str):
        # Its labels are a stranger's text.
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


def _number(values: "Mapping[str, JsonValue]", name: str) -> float:
    value = values.get(name)
    return float(value) if isinstance(value, int | float) else 0.0


def prepared_lines(prepared: "Mapping[str, JsonValue]") -> list[str]:
    rows = cast("Mapping[str, int]", prepared.get("rows") or {})
    lines = [say("rows: {counts}", counts=", ".join(f"{name} {count:,}" for name, count in rows.items()))]
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
    return lines


def _shrunk(shrunk: "Mapping[str, JsonValue]") -> list[str]:
    """What a compression cost and brought, as a table (in Markdown, for it goes into reports)."""
    before, after = (cast("Mapping[str, JsonValue]", shrunk[name]) for name in ("before", "after"))
    main = str(before["main"])
    scores = [_number(cast("Mapping[str, JsonValue]", each["values"]), main) for each in (before, after)]
    size = [_number(shrunk, name) for name in ("before_bytes", "after_bytes")]
    lines = [
        say("| {method}, {rows} rows, threads: {threads} | before | after | ratio |", method=shrunk["method"],
            rows=before["rows"], threads=shrunk["threads"]),
        "|---|---|---|---|",
        say("| size, MB | {before} | {after} | {ratio}x smaller |", before=f"{size[0] / 1e6:.1f}",
            after=f"{size[1] / 1e6:.1f}", ratio=f"{size[0] / max(size[1], 1):.2f}"),
    ]  # fmt: skip
    lines += [_speed(speed) for speed in cast("Sequence[Mapping[str, JsonValue]]", shrunk["speeds"])]
    change = f"{100 * (scores[1] - scores[0]):+.2f}"
    lines.append(
        say("| {name} | {before} | {after} | {change} points |", name=main, before=f"{scores[0]:.4f}",
            after=f"{scores[1]:.4f}", change=change)
    )  # fmt: skip
    told = [cast("Mapping[str, float]", each["values"]).get("perplexity") for each in (before, after)]
    if told[0] is not None and told[1] is not None:
        lines.append(
            say("| perplexity | {before} | {after} | {change} |", before=f"{told[0]:.3f}", after=f"{told[1]:.3f}",
                change=f"{told[1] - told[0]:+.3f}")
        )  # fmt: skip
    lines.append(say("answers that are the same: {share}", share=f"{_number(shrunk, 'agreement'):.1%}"))
    extra = cast("Mapping[str, JsonValue]", shrunk.get("extra") or {})
    if left := extra.get("layers in int8"):
        four = extra.get("layers in int4")
        lines.append(say("{four} layers are in int4, {eight} that do not divide for it in int8", four=four, eight=left))
    return lines


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


def _scores(split: str, scores: "Mapping[str, JsonValue]") -> list[str]:
    values = cast("Mapping[str, float]", scores.get("values") or {})
    figures = ", ".join(f"{name} {value:.4f}" for name, value in values.items())
    return [say("{split}, {rows} rows: {figures}", split=split, rows=scores.get("rows"), figures=figures)]
