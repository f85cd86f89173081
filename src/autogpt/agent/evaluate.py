"""How the work stands: static analysis of new code, then the checks, run in the sandbox."""

from collections.abc import Sequence

from autogpt.agent import analysis
from autogpt.agent.act import perform
from autogpt.agent.agree import loose, probe
from autogpt.agent.context import Context
from autogpt.agent.credit import credit
from autogpt.agent.ladder import READY
from autogpt.agent.questions import asked
from autogpt.core.check import Check, CheckResult
from autogpt.core.contracts import Survey
from autogpt.core.event import Evaluated
from autogpt.core.plan import Item
from autogpt.core.run import Run, Step
from autogpt.core.verdict import Verdict


async def evaluate(run: Run, item: Item, ctx: Context) -> Run:
    """Judge the item's work so far; not while files are still to be written or tools still being called."""
    step = run.steps[-1]
    if not step.actions or _under_way(run, item, step):
        return run
    findings, dangers = _findings(step)
    broken = next((line for line in findings if "syntax" in line.lower()), None)
    if broken and step.strategy.format == "files":
        # A file that does not parse fails every check in the same way; its own error says it better.
        verdict = Verdict(decision="continue", findings=findings, dangers=dangers)
        return await ctx.record(run, Evaluated(verdict=verdict, item=item.name))
    verdict = (await judge(item.checks, findings, ctx)).model_copy(update={"dangers": dangers})
    run = await ctx.record(run, Evaluated(verdict=verdict, item=item.name))
    if verdict.decision == "done" and run.profile.small and loose(item) and step.strategy.name != READY.name:
        paths = [path for path in item.delivers if path] or _touched(run)
        run = await perform(run, probe(item, paths, step.number), ctx)
    return run


async def judge(checks: Sequence[Check], findings: tuple[str, ...], ctx: Context) -> Verdict:
    """Run the checks and make a verdict of them. No check at all is never 'done'."""
    results = await ctx.checker.check(checks)
    return verdict_of(results, findings)


def verdict_of(results: tuple[CheckResult, ...], findings: tuple[str, ...] = ()) -> Verdict:
    passed = sum(result.passed for result in results)
    done = bool(results) and passed == len(results)
    score = sum(credit(result) for result in results) / len(results) if results else 0.0
    return Verdict(decision="done" if done else "continue", score=score, results=results, findings=findings)


def _under_way(run: Run, item: Item, step: Step) -> bool:
    match step.strategy.format:
        case "files":
            if item.recipe == "fix":
                return False
            written = {s.target for s in run.attempt if s.actions}
            return not written.issuperset(item.delivers) and not any("syntax" in f.lower() for f in _findings(step)[0])
        case "native" | "schema":
            return not any(action.tool == "hand_in" for action in step.actions)
        case "answers":
            return asked(item, run) < len(item.questions)
        case "script" | "shell" | "function":
            return False


def _findings(step: Step) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What static analysis says of the code this step wrote or ran: errors, and calls worth a person's look."""
    found: list[str] = []
    dangers: list[str] = []
    for action in step.actions:
        match action.tool:
            case "write_file":
                path, text = str(action.args.get("path", "")), str(action.args.get("content", ""))
            case "run_python":
                path, text = "program.py", str(action.args.get("code", ""))
            case _:
                continue
        wrong = analysis.syntax_error(path, text)
        found += [wrong] if wrong else analysis.findings(path, text)
        dangers += [f"{path}: {line}" for line in analysis.dangerous(text, analysis.language(path, text))]
    return tuple(found[:20]), tuple(dangers[:20])


def suspicious(item: Item, survey: Survey) -> tuple[str, ...]:
    """What static analysis says of the files that are to be mended."""
    whole = [f for f in survey.files if f.path in item.delivers and len(f.head.encode()) >= f.size]
    return tuple(line for file in whole for line in analysis.findings(file.path, file.head))[:10]


def _touched(run: Run) -> list[str]:
    return sorted({path for step in run.attempt for seen in step.observations for path in seen.changed})
