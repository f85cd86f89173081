"""A whole run as Markdown to read."""

import json
from collections.abc import Callable, Mapping, Sequence

from pydantic import JsonValue

from autogpt.core.check import describe
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
from autogpt.core.plan import own_part
from autogpt.core.run import Run
from autogpt.core.text import printable

Translate = Callable[[str], str]
"""From what the loop says in English to the language of the report."""

_CHANGES = {
    "repair": "修正",
    "strategy": "换一种做法",
    "replan": "新的计划",
    "next_item": "下一项",
    "ask": "询问用户",
    "hand_over": "交出",
    "go_on": "继续",
}


def as_markdown(run: Run, entries: Sequence[Entry], translate: Translate = str) -> str:
    """A report for people: goal, outcome with evidence, plan, then step by step. Model and tool text stays inert."""
    zh = run.task.language == "zh"
    cost = f", ${run.usage.cost_usd:.4f}" if run.usage.cost_usd else ""
    lines = [
        f"# {_line(own_part(run.task.goal), 120)}",
        "",
        f"- {'运行' if zh else 'Run'}: `{run.id}`",
        f"- {'结果' if zh else 'Outcome'}: **{run.outcome or ('未结束' if zh else 'not over')}**",
        f"- {'模型' if zh else 'Model'}: `{_line(run.model)}`",
        f"- {'工作目录' if zh else 'Workspace'}: `{_line(run.workspace)}`",
        f"- {'步数' if zh else 'Steps'}: {len(run.steps) + run.extra_steps}, "
        f"{run.usage.tokens:,} {'个词元' if zh else 'tokens'}{cost}",
        *_when(entries, zh),
        *([f"- {'来自运行' if zh else 'Part or fork of run'}: `{_line(run.parent)}`"] if run.parent else []),
        "",
        f"## {'目标' if zh else 'Goal'}",
        "",
        _block(run.task.goal),
    ]
    if run.summary:
        lines += [f"## {'总结' if zh else 'Summary'}", "", _quote(run.summary), ""]
    if run.verdict is not None and run.verdict.results:
        lines += [f"## {'检查' if zh else 'Checks'}", ""]
        for result in run.verdict.results:
            lines.append(f"- [{'x' if result.passed else ' '}] {_inline(translate(describe(result.check)))}")
            if result.evidence:
                lines += ["", _indent(_block(translate(result.evidence)))]
        lines.append("")
    if run.artifacts:
        lines += [f"## {'文件' if zh else 'Files'}", ""]
        lines += [f"- `{_line(a.path)}` ({a.size:,} B, sha256 `{a.sha256[:16]}`)" for a in run.artifacts] + [""]
    lines += [f"## {'经过' if zh else 'What happened'}", ""]
    steps = 0
    for entry in entries:
        steps += isinstance(entry.event, Turned)
        lines += _told(entry, steps, zh, translate)
    return "\n".join(lines).rstrip() + "\n"


def _when(entries: Sequence[Entry], zh: bool) -> list[str]:
    """When the run began, and how long it took to its end, or has taken so far."""
    if not entries:
        return []
    began = entries[0].at
    end = next((entry.at for entry in entries if isinstance(entry.event, Delivered)), entries[-1].at)
    return [
        f"- {'开始' if zh else 'Started'}: {began:%Y-%m-%d %H:%M:%S} UTC",
        f"- {'用时' if zh else 'Time'}: {(end - began).total_seconds():.0f} s",
    ]


def _told(entry: Entry, step: int, zh: bool, translate: Translate) -> list[str]:
    """step: the number of the step that the entry is in or begins, as `fork --step` counts."""
    match entry.event:
        case Turned(item=item, strategy=strategy):
            head = f"第 {step} 步" if zh else f"Step {step}"
            return ["", f"### {head}: {_inline(item)} ({_inline(strategy.name)})", ""]
        case Replied(reply=reply):
            called = [f"{action.tool}({_arguments(action.args)})" for action in reply.actions]
            return [_block("\n".join([reply.text, *called] if reply.text.strip() else called))]
        case Observed(action=action, observation=seen):
            told = [f"`{_line(action.tool)}` {'✓' if seen.ok else '✗'}", "", _block(seen.content)]
            return [*told, _block(seen.diff, "diff")] if seen.diff else told
        case Evaluated(verdict=verdict):
            return [
                *(
                    f"- {'✓' if result.passed else '✗'} {_inline(translate(describe(result.check)))}"
                    for result in verdict.results
                ),
                *(f"- ! {_inline(finding)}" for finding in verdict.findings),
                "",
            ]
        case Adapted(change=change, reason=reason):
            named = _CHANGES.get(change, change) if zh else change.replace("_", " ")
            return [f"→ {named}: {_inline(translate(reason))}", ""]
        case Asked(question=question):
            return [_quote(f"? {question}"), ""]
        case Answered(answer=answer):
            return [_quote(f"! {answer}"), ""]
        case Planned(plan=plan) if len(plan.items) > 1:
            return [*(f"{number}. {_inline(own_part(item.goal))}" for number, item in enumerate(plan.items, 1)), ""]
        case Decided(decision=decision, tool=tool) if decision.kind != "allow":
            return [f"{_inline(tool)}: {decision.kind} ({_inline(decision.rule)}) {_inline(decision.reason)}", ""]
        case Joined(run=run, item=item, outcome=outcome, reason=reason):
            told = f"{_inline(item)} (`{_line(run)}`): {outcome}"
            return [told + (f", {_inline(translate(reason))}" if reason else ""), ""]
        case Restored(reason=reason):
            return [f"↶ {_inline(translate(reason))}", ""]
        case Started() | Understood() | Planned() | Decided() | Split() | Delivered():
            return []


def _arguments(args: Mapping[str, JsonValue]) -> str:
    """The arguments of a call, as they were given; a text of several lines stands as such."""
    told = [
        f"{name}={value}"
        if isinstance(value, str) and "\n" in value
        else f"{name}={json.dumps(value, ensure_ascii=False)}"
        for name, value in args.items()
    ]
    return ", ".join(told)


def _line(text: str, most: int = 300) -> str:
    flat = " ".join(printable(text).split()).replace("`", "'")
    return flat if len(flat) <= most else flat[: most - 1] + "…"


def _inline(text: str) -> str:
    """One line in which nothing is markup: no image or link of a hostile text is ever fetched by a viewer."""
    return "".join(f"\\{char}" if char in "\\`*_{}[]<>()#+!|&" else char for char in _line(text))


def _quote(text: str) -> str:
    return "\n".join(f"> {_inline(part)}" for part in text.splitlines() or [""])


def _block(text: str, language: str = "") -> str:
    """A fenced block that its content cannot leave."""
    shown = printable(text).rstrip("\n")
    longest = max((len(run) for run in "".join(c if c == "`" else " " for c in shown).split()), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{shown}\n{fence}\n"


def _indent(text: str) -> str:
    return "\n".join(f"  {part}" if part else part for part in text.splitlines())
