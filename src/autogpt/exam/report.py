"""Renders exam reports as Markdown: success with intervals, cost of a solved task, failures by class, arms compared."""

import math
import random
from collections import Counter
from collections.abc import Callable, Sequence

from autogpt.exam.runner import Mark, Report

Rows = list[tuple[str, list[Mark]]]


def wilson(solved: int, total: int, z: float = 1.96) -> tuple[float, float]:
    """Interval for a success rate (Wilson 1927), shares from 0 to 1; 95 % with the default z. (0, 1) without trials."""
    if not total:
        return 0.0, 1.0
    rate = solved / total
    middle = rate + z * z / (2 * total)
    spread = z * math.sqrt(rate * (1 - rate) / total + z * z / (4 * total * total))
    scale = 1 + z * z / total
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def difference(left: Report, right: Report, *, draws: int = 4_000, seed: int = 0) -> tuple[float, float, float]:
    """Success of `left` minus `right` on the tasks both sat, in points, with a 95 % paired bootstrap interval."""
    other = {mark.task: mark.passed for mark in right.marks}
    pairs = [int(mark.passed) - int(other[mark.task]) for mark in left.marks if mark.task in other]
    if not pairs:
        return 0.0, -100.0, 100.0
    draw = random.Random(seed)  # noqa: S311 - a resampling, not a secret
    means = sorted(sum(draw.choices(pairs, k=len(pairs))) / len(pairs) for _ in range(draws))
    low, high = means[int(0.025 * draws)], means[int(0.975 * draws) - 1]
    return 100 * sum(pairs) / len(pairs), 100 * low, 100 * high


def render(report: Report) -> str:
    """The report of one arm as Markdown."""
    marks = list(report.marks)
    groups: Rows = [("all", marks)]
    groups += _by(marks, lambda mark: (mark.difficulty,), ("easy", "medium", "hard"))
    groups += _by(marks, lambda mark: (mark.language,), ("en", "zh"))
    groups += _by(marks, lambda mark: mark.tags, sorted({tag for mark in marks for tag in mark.tags}))
    lines = [f"## {report.arm} on {report.suite}", "", *_table("group", groups), ""]
    failed = [mark for mark in marks if not mark.passed]
    if failed:
        claimed = sum(mark.sat.outcome == "complete" for mark in failed)
        lines += [f"Failed: {len(failed)}, of which {claimed} were claimed to be complete.", ""]
        lines += ["| failure | tasks | which |", "|---|---:|---|"]
        for failure, count in Counter(mark.failure for mark in failed).most_common():
            which = ", ".join(mark.task for mark in failed if mark.failure == failure)
            lines.append(f"| {failure} | {count} | {which if len(which) <= 400 else which[:400] + ' ...'} |")
    else:
        lines.append("No task failed.")
    return "\n".join(lines) + "\n"


def compare(reports: Sequence[Report]) -> str:
    """Several arms on the same suites side by side as Markdown; differences are to the first arm of each suite."""
    lines: list[str] = []
    for suite in dict.fromkeys(report.suite for report in reports):
        arms = [report for report in reports if report.suite == suite]
        lines += [f"## {suite}", "", *_table("arm", [(report.arm, list(report.marks)) for report in arms]), ""]
        for report in arms[1:]:
            points, low, high = difference(report, arms[0])
            lines.append(
                f"- {report.arm} - {arms[0].arm}: {points:+.1f} points (95 %: {low:+.1f} to {high:+.1f}, paired)"
            )
        lines.append("")
    return "\n".join(lines)


def _by(marks: Sequence[Mark], names: Callable[[Mark], Sequence[str]], order: Sequence[str]) -> Rows:
    groups = [(name, [mark for mark in marks if name in names(mark)]) for name in order]
    return [(name, group) for name, group in groups if group]


def _table(title: str, groups: Rows) -> list[str]:
    """A task: the mean over all tasks. Per solved: all that was used, failures included, by the tasks solved."""
    lines = [
        f"| {title} | solved | of | % | 95 % "
        "| tokens a task | tokens per solved | s a task | s per solved | cached % |",
        "|---|---:|---:|---:|---|---:|---:|---:|---:|---:|",
    ]
    for name, marks in groups:
        solved, total = sum(mark.passed for mark in marks), len(marks)
        low, high = wilson(solved, total)
        tokens = sum(mark.sat.usage.tokens for mark in marks)
        seconds = sum(mark.sat.seconds for mark in marks)
        prompt = sum(mark.sat.usage.input_tokens for mark in marks)
        cached = sum(mark.sat.usage.cached_tokens for mark in marks)
        cells = [
            name,
            str(solved),
            str(total),
            f"{100 * solved / total:.0f}" if total else "-",
            f"{100 * low:.0f}-{100 * high:.0f}",
            f"{tokens / total:,.0f}" if total else "-",
            f"{tokens / solved:,.0f}" if solved else "-",
            f"{seconds / total:,.1f}" if total else "-",
            f"{seconds / solved:,.1f}" if solved else "-",
            f"{100 * cached / prompt:.0f}" if prompt else "-",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return lines
