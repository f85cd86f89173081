"""A whole run as Markdown to read."""

from collections.abc import Sequence

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
from autogpt.core.run import Run
from autogpt.core.text import printable


def as_markdown(run: Run, entries: Sequence[Entry]) -> str:
    """A report for people: goal, outcome with evidence, plan, then turn by turn. Model and tool text stays inert."""
    zh = run.task.language == "zh"
    lines = [
        f"# {_line(run.task.goal, 120)}",
        "",
        f"- {'运行' if zh else 'Run'}: `{run.id}`",
        f"- {'结果' if zh else 'Outcome'}: **{run.outcome or ('未结束' if zh else 'not over')}**",
        f"- {'模型' if zh else 'Model'}: `{_line(run.model)}`",
        f"- {'工作目录' if zh else 'Workspace'}: `{_line(run.workspace)}`",
        f"- {'步数' if zh else 'Steps'}: {len(run.steps) + run.extra_steps}, "
        f"{run.usage.tokens:,} {'个词元' if zh else 'tokens'}, ${run.usage.cost_usd:.4f}",
        *(
            [f"- {'用时' if zh else 'Time'}: {(entries[-1].at - entries[0].at).total_seconds():.0f} s"]
            if entries
            else []
        ),
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
            lines.append(f"- [{'x' if result.passed else ' '}] {_inline(describe(result.check))}")
            if result.evidence:
                lines += ["", _indent(_block(result.evidence))]
        lines.append("")
    if run.artifacts:
        lines += [f"## {'文件' if zh else 'Files'}", ""]
        lines += [f"- `{_line(a.path)}` ({a.size:,} B, sha256 `{a.sha256[:16]}`)" for a in run.artifacts] + [""]
    lines += [f"## {'经过' if zh else 'What happened'}", ""]
    for entry in entries:
        lines += _told(entry)
    return "\n".join(lines).rstrip() + "\n"


def _told(entry: Entry) -> list[str]:
    match entry.event:
        case Turned(item=item, strategy=strategy):
            return ["", f"### {entry.seq}. {_inline(item)}: {_inline(strategy.name)}", ""]
        case Replied(reply=reply):
            return [_block(reply.text)]
        case Observed(action=action, observation=seen):
            told = [f"`{_line(action.tool)}` {'✓' if seen.ok else '✗'}", "", _block(seen.content)]
            return [*told, _block(seen.diff, "diff")] if seen.diff else told
        case Evaluated(verdict=verdict):
            return [
                *(f"- {'✓' if result.passed else '✗'} {_inline(describe(result.check))}" for result in verdict.results),
                *(f"- ! {_inline(finding)}" for finding in verdict.findings),
                "",
            ]
        case Adapted(change=change, reason=reason):
            return [f"→ {change}: {_inline(reason)}", ""]
        case Asked(question=question):
            return [_quote(f"? {question}"), ""]
        case Answered(answer=answer):
            return [_quote(f"! {answer}"), ""]
        case Planned(plan=plan) if len(plan.items) > 1:
            return [*(f"{number}. {_inline(item.goal)}" for number, item in enumerate(plan.items, 1)), ""]
        case Decided(decision=decision, tool=tool) if decision.kind != "allow":
            return [f"{_inline(tool)}: {decision.kind} ({_inline(decision.rule)}) {_inline(decision.reason)}", ""]
        case Joined(run=run, item=item, outcome=outcome, reason=reason):
            told = f"{_inline(item)} (`{_line(run)}`): {outcome}"
            return [told + (f", {_inline(reason)}" if reason else ""), ""]
        case Restored(reason=reason):
            return [f"↶ {_inline(reason)}", ""]
        case Started() | Understood() | Planned() | Decided() | Split() | Delivered():
            return []


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
