"""Events as lines a person reads; the same for live progress, `show` and `replay`."""

import re
from collections.abc import Sequence
from datetime import timedelta

from autogpt.core.action import PROBE
from autogpt.core.check import CheckResult, describe
from autogpt.core.event import (
    Adapted,
    Answered,
    Asked,
    Decided,
    Delivered,
    Entry,
    Evaluated,
    Joined,
    Observed,
    Planned,
    Replied,
    Restored,
    Split,
    Started,
    Turned,
    Understood,
)
from autogpt.core.message import Usage
from autogpt.core.plan import Plan, own_part
from autogpt.core.run import Run
from autogpt.core.text import printable
from autogpt.locale import say, say_count, translate

GOOD, BAD, OPEN = "✓", "✗", "·"


def line(text: str, most: int = 160) -> str:
    """Hostile text as one harmless line of at most `most` characters."""
    flat = re.sub(r"\s+", " ", printable(text)).strip()
    return flat if len(flat) <= most else flat[: most - 1] + "…"


def outcome(name: str) -> str:
    match name:
        case "complete":
            return say("complete")
        case "partial":
            return say("partial")
        case "capped":
            return say("limit reached")
        case "blocked":
            return say("blocked")
        case "cancelled":
            return say("cancelled")
        case "waiting":
            return say("waiting for a person")
        case "running":
            return say("running")
        case "stopped":
            return say("stopped")
        case _:
            return say("failed")


def change(name: str) -> str:
    match name:
        case "repair":
            return say("repair")
        case "strategy":
            return say("another strategy")
        case "replan":
            return say("new plan")
        case "next_item":
            return say("next item")
        case "ask":
            return say("ask a person")
        case "hand_over":
            return say("hand over")
        case _:
            return say("go on")


def tell(entry: Entry) -> list[str]:
    """What the event means, in a line or a few; empty for what only an audit needs."""
    event = entry.event
    match event:
        case Started(task=task, workspace=workspace, model=model, parent=parent):
            return [
                *([say("Part or fork of run {id}", id=line(parent))] if parent else []),
                say("Goal: {goal}", goal=line(own_part(task.goal))),
                say("Workspace: {path}   Model: {model}", path=line(workspace), model=line(model)),
            ]
        case Understood(task=task, notes=notes):
            checks = [f"  {OPEN} {line(translate(describe(check)))}" for check in task.checks]
            return [say("Understood. Done means:"), *checks, *(f"  {line(note)}" for note in notes)]
        case Planned(plan=plan):
            return _items(plan) if len(plan.items) > 1 else []
        case Asked(question=question, choices=choices):
            offered = f" [{' / '.join(line(choice, 40) for choice in choices)}]" if choices else ""
            return [say("Question: {question}", question=line(question, 1_000) + offered)]
        case Answered(answer=answer):
            return [say("Answer: {answer}", answer=line(answer, 1_000))]
        case Turned(item=item, strategy=strategy):
            way = line(translate(strategy.name))
            return [say("Next step, for {item}: {strategy}", item=line(translate(item)), strategy=way)]
        case Replied(reply=reply):
            used = reply.usage
            return [
                "  "
                + say(
                    "model: {input} tokens in ({cached} cached), {output} out, {seconds} s",
                    input=used.input_tokens,
                    cached=used.cached_tokens,
                    output=used.output_tokens,
                    seconds=f"{used.model_seconds:.1f}",
                )
            ]
        case Decided(tool=tool, decision=decision):
            if decision.kind == "allow":
                return []
            return [f"  {line(tool)}: {decision.kind} ({line(decision.rule)}) {line(decision.reason)}"]
        case Observed(action=action, observation=seen):
            if action.id.startswith(PROBE):
                return ["  " + say("noted what came of it, to compare with another attempt")]
            mark = GOOD if seen.ok else BAD
            changed = f" → {', '.join(line(path, 60) for path in seen.changed[:5])}" if seen.changed else ""
            return [f"  {mark} {line(action.tool)}{changed}: {line(seen.content, 120)}"]
        case Evaluated(verdict=verdict):
            return [*results(verdict.results), *(f"  ! {line(finding)}" for finding in verdict.findings[:5])]
        case Adapted(reason=reason):
            return [f"  → {change(event.change)}: {line(translate(reason))}"]
        case Split(items=items):
            return [say("Side by side: {items}", items=", ".join(line(item) for item in items))]
        case Joined(item=item, run=run, steps=steps, reason=reason):
            told = {"item": line(item), "outcome": outcome(event.outcome), "steps": steps, "id": line(run)}
            came = say_count(
                steps,
                "{item}: {outcome}, {steps} step (run {id})",
                "{item}: {outcome}, {steps} steps (run {id})",
                **told,
            )
            return [
                f"  {GOOD if event.outcome == 'complete' else BAD} {came}",
                *([f"    {line(translate(reason), 400)}"] if reason else []),
            ]
        case Restored(reason=reason):
            return ["  " + say("Workspace put back: {reason}", reason=line(translate(reason)))]
        case Delivered(summary=summary, artifacts=artifacts):
            files = [f"  {line(artifact.path)} ({artifact.size:,} B)" for artifact in artifacts]
            error = [f"  {line(event.error, 400)}"] if event.error else []
            return [*_told(event.outcome, summary), *error, *files]


def _items(plan: Plan) -> list[str]:
    marks = {"done": f" {GOOD}", "failed": f" {BAD}", "open": ""}
    items = [f"  {n}.{marks[item.status]} {line(own_part(item.goal))}" for n, item in enumerate(plan.items, 1)]
    return [say("Plan: {reason}", reason=line(translate(plan.reason))), *items]


def results(found: Sequence[CheckResult]) -> list[str]:
    """One line a check, with the evidence of those that fail."""
    lines: list[str] = []
    for result in found:
        lines.append(f"  {GOOD if result.passed else BAD} {line(translate(describe(result.check)))}")
        if not result.passed and result.evidence:
            lines.append(f"      {line(translate(result.evidence))}")
    return lines


def usage(used: Usage, seconds: float) -> str:
    """Tokens, cost and time in a line."""
    told = say("{tokens} tokens", tokens=f"{used.tokens:,}")
    if used.input_tokens:
        told += say(" ({share} % of the prompt cached)", share=round(100 * used.cached_tokens / used.input_tokens))
    if used.cost_usd:
        told += f", ${used.cost_usd:.4f}"
    return f"{told}, {timedelta(seconds=round(seconds))}"


def took(entries: Sequence[Entry]) -> float:
    """Wall-clock seconds from a run's first event to its end, or to its last event so far."""
    end = next((entry for entry in entries if entry.event.kind == "delivered"), entries[-1] if entries else None)
    return (end.at - entries[0].at).total_seconds() if end is not None else 0.0


def summary(run: Run, entries: Sequence[Entry]) -> list[str]:
    """The end of a run: outcome, checks with evidence, files, what it used."""
    return [
        *_told(run.outcome or "failed", run.summary),
        *_rest(run, entries),
    ]


def _told(name: str, summary: str) -> list[str]:
    """The outcome and the summary; what is missing is left to the list of checks, which has it with the evidence."""
    lines: list[str] = []
    missing = False
    for part in summary.splitlines():
        missing = part in ("Missing:", "尚缺：") or (missing and part.startswith("- "))
        if not missing and part.strip():
            lines.append(line(part, 600))
    word, first = outcome(name).capitalize(), lines[0] if lines else ""
    if name == "complete":
        first = re.sub(r"^(?:Done: |已完成：)", "", first)  # which is that very word
    more = lines[1:9] + (["…"] if len(lines) > 9 else [])
    return [f"{word}: {first}", *(f"  {part}" for part in more)]


def _rest(run: Run, entries: Sequence[Entry]) -> list[str]:
    """What follows the summary: the checks with their evidence, files, what was used."""
    last, steps = took(entries), len(run.steps) + run.extra_steps
    return [
        *results(run.verdict.results if run.verdict else ()),
        *(f"  {line(artifact.path)} ({artifact.size:,} B)" for artifact in run.artifacts),
        say("Workspace: {path}", path=line(run.workspace)),
        say_count(
            steps,
            "Run {id}: {steps} step, {usage}",
            "Run {id}: {steps} steps, {usage}",
            id=run.id,
            steps=steps,
            usage=usage(run.usage, last),
        ),
    ]


def standing(run: Run, entries: Sequence[Entry]) -> list[str]:
    """Where the run stands, for the end of `show`."""
    if run.over:
        return ["", *_rest(run, entries)]
    if run.question is not None:
        return ["", say('waits for an answer: autogpt answer {id} "..."', id=run.id)]
    return ["", say("not over; go on with: autogpt resume {id}", id=run.id)]
