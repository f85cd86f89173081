"""The end of a run: an honest outcome, what was made, and the evidence for each check."""

from collections.abc import Sequence

from autogpt.agent.adapt import best_step, harmed, snapshot_of
from autogpt.agent.agree import agreement, doubts, tried
from autogpt.agent.context import Context
from autogpt.agent.evaluate import hollow_of, judge, left_open, verdict_of
from autogpt.agent.founded import founded
from autogpt.core.check import CheckResult, Judged, describe
from autogpt.core.event import Delivered, Outcome, Restored
from autogpt.core.run import Run
from autogpt.core.task import Language
from autogpt.core.verdict import Verdict

_SAY: dict[Language, dict[str, str]] = {
    "en": {
        "complete": "Done: all {total} checks pass.",
        "only": "Done: the one check passes.",
        "partial": "Not finished: {passed} of {total} checks pass.",
        "unproven": "Made, but not proven: {passed} of {total} checks pass.",
        "capped": "Stopped at the limit ({why}): {passed} of {total} checks pass.",
        "failed": "Nothing useful came of it: none of {total} checks passes.",
        "blocked": "Cannot go on: {why}",
        "made": "Made or changed: {files}.",
        "missing": "Missing:",
        "back": "Put back, as they were to stay as they are: {files}.",
        "full": "The disk was full, so a file may be cut off: free some space and begin anew.",
        "unsure": "Not confirmed: {doubt}.",
        "said": "In its own words: {words}",
    },
    "zh": {
        "complete": "已完成：全部 {total} 项检查通过。",
        "partial": "未完成：{total} 项检查中有 {passed} 项通过。",
        "unproven": "已做出，但未经证实：{total} 项检查中有 {passed} 项通过。",
        "capped": "已到达上限（{why}）：{total} 项检查中有 {passed} 项通过。",
        "failed": "没有得到可用的结果：{total} 项检查均未通过。",
        "blocked": "无法继续：{why}",
        "made": "新建或修改的文件：{files}。",
        "missing": "尚缺：",
        "back": "以下文件本应保持原样，已恢复：{files}。",
        "full": "磁盘已满，文件可能不完整：请释放空间后重新开始。",
        "unsure": "未经证实：{doubt}。",
        "said": "它自己的说明：{words}",
    },
}


async def deliver(
    run: Run, ctx: Context, *, why: str = "", outcome: Outcome | None = None, error: str = "", first: str = ""
) -> Run:
    """Check everything once more as it lies in the folder, and end the run.

    why: the limit that was reached, or what stands in the way; empty if the work came to its own end.
    outcome: 'capped', 'blocked' or 'failed' where the loop knows; otherwise the checks say.
    first: the folder as the run found it. Files that were to stay as they are, and did not, are put back from it.
    """
    if outcome in ("capped", "blocked"):
        run = await _best(run, ctx)
    findings = run.verdict.findings if run.verdict else ()
    verdict = await judge(run.task.checks, findings, ctx, run)
    lost = harmed(verdict)
    if first and lost and await ctx.workspace.restore(first, lost):
        now = (await ctx.workspace.survey()).snapshot
        run = await ctx.record(run, Restored(snapshot=now, reason="files that were to stay as they are"))
        verdict = await judge(run.task.checks, findings, ctx, run)
    passes = verdict.decision == "done"
    hollow = await hollow_of(_kept(run), ctx)
    if passes and (
        more := (
            *_doubted(run),
            *tried(run),
            *agreement(run, hollow),
            *await founded(run, ctx),
            *await left_open(run, ctx),
        )
    ):
        verdict = verdict_of((*verdict.results, *more), findings)
    full = _met_a_full_disk(run)
    back = [path for path in lost if path not in harmed(verdict)]
    if verdict.decision == "done" and not back and not full:
        outcome = "complete"
    elif outcome is None or passes:
        outcome = "partial"  # what had to be put back was not made by a program that does what was asked
    artifacts = await ctx.workspace.artifacts([path for path in _kept(run) if path not in back])
    if outcome == "partial" and not artifacts and verdict.score == 0.0:
        outcome = "failed"
    paths = tuple(artifact.path for artifact in artifacts)
    summary = _summary(run, verdict, outcome, why, paths, hollow, back)
    return await ctx.record(
        run, Delivered(outcome=outcome, summary=summary, artifacts=artifacts, verdict=verdict, error=error)
    )


async def _best(run: Run, ctx: Context) -> Run:
    """A run cut off in the middle leaves the best state it had, not the last."""
    item = run.item
    best = best_step(run, item.name) if item else None
    if best is None or best.verdict is None:
        return run
    # A later attempt began with the folder put back, and may have been cut off before it was judged.
    anew = any(s.fresh or s.strategy.format in ("script", "query") for s in run.steps if s.number > best.number)
    if not anew and run.verdict and run.verdict.score >= best.verdict.score:
        return run
    snapshot = snapshot_of(best)
    if snapshot is None:
        return run
    await ctx.workspace.restore(snapshot)
    return await ctx.record(run, Restored(snapshot=snapshot, reason=f"step {best.number} came furthest"))


_WHOLE: dict[Language, str] = {"en": "the answer is whole, and one to the task", "zh": "回答是完整的，并且针对任务"}


def _doubted(run: Run) -> tuple[CheckResult, ...]:
    """A failing check for every item whose best answer passes all checks and was not taken for done all the same."""
    told: list[str] = []
    for item in run.plan.items if run.plan else ():
        judged = [s.verdict for s in run.steps if s.item == item.name and s.verdict]
        best = best_step(run, item.name)
        if best is None or best.verdict is None or any(verdict.decision == "done" for verdict in judged):
            continue
        if all(result.passed for result in best.verdict.results):
            told += best.verdict.findings[:1]
    check = Judged(question=_WHOLE[run.task.language], source="agent")
    return tuple(CheckResult(check=check, passed=False, evidence=text) for text in told)


def _met_a_full_disk(run: Run) -> bool:
    """Whether the last program wrote to a full disk: what it left may be half of what it should be."""
    seen = [one for step in run.steps for one in step.observations if one.tool in ("run_python", "run_command")]
    return bool(seen) and not seen[-1].ok and "No space left on device" in seen[-1].content


def _kept(run: Run) -> tuple[str, ...]:
    return tuple(path for path in run.changed if not path.endswith((".pyc", "/")) and "__pycache__" not in path)[:200]


def _summary(
    run: Run,
    verdict: Verdict,
    outcome: Outcome,
    why: str,
    paths: Sequence[str],
    hollow: Sequence[str],
    back: Sequence[str],
) -> str:
    say = _SAY[run.task.language]
    passed, total = sum(r.passed for r in verdict.results), len(verdict.results)
    open_only = all(r.check.kind == "judged" and r.check.source == "agent" for r in verdict.failing)
    told = "unproven" if outcome == "partial" and verdict.failing and open_only else outcome
    told = "only" if (told, total) == ("complete", 1) and "only" in say else told
    first = say.get(told, say["partial"]).format(passed=passed, total=total, why=why)
    lines = [
        first.replace("none of 1 checks passes", "its check fails").replace(" of 1 checks pass", " of 1 check passes")
    ]
    lines += [say[key].format(files=_some(files)) for key, files in (("made", paths), ("back", back)) if files]
    if verdict.failing:
        lines.append(say["missing"])
        lines += [f"- {describe(r.check)}: {_line(r.evidence)}" for r in verdict.failing[:10]]
    if _met_a_full_disk(run):
        lines.append(say["full"])
    if outcome == "complete":
        lines += [say["unsure"].format(doubt=doubt) for doubt in doubts(run, hollow)]
    if words := _own_words(run):
        lines.append(say["said"].format(words=words))
    return "\n".join(lines)


def _some(paths: Sequence[str]) -> str:
    return ", ".join(paths[:12]) + (f" (+{len(paths) - 12})" if len(paths) > 12 else "")


def _line(text: str) -> str:
    return " ".join(text.split())[:200]


def _own_words(run: Run) -> str:
    said = [
        str(action.args.get("summary", "")) for step in run.steps for action in step.actions if action.tool == "hand_in"
    ]
    return said[-1][:1_000] if said else ""
