"""What to do next: go on, repair, draw another sample, change the strategy, ask, or hand over."""

from autogpt.agent import small
from autogpt.agent.agree import loose, second_opinion_due, settled
from autogpt.agent.context import Context
from autogpt.agent.credit import tested
from autogpt.agent.functions import FORMAT, fruitless
from autogpt.agent.ladder import ON, OURS, ladder, second_opinion
from autogpt.agent.stuck import stuck
from autogpt.core.event import Adapted, Answered, Asked, Planned, Restored
from autogpt.core.plan import Item
from autogpt.core.run import Run, Step
from autogpt.core.strategy import Strategy
from autogpt.core.verdict import Verdict

_ASK = {
    "en": "I am stuck on this: {goal}\nStill failing:\n{failing}\n"
    "What should I know or do differently? (empty: stop here)",
    "zh": "我在这里卡住了：{goal}\n仍未通过：\n{failing}\n我应该知道什么，或换什么做法？（留空：到此为止）",
}


async def adapt(run: Run, item: Item, ctx: Context) -> Run:
    """Decide what follows this turn, and record why."""
    step = run.steps[-1]
    move = next_move(run, item, stronger=ctx.stronger is not None)
    if move.change == "hand_over" and ctx.attended and not _advised(run):
        return await _ask(run, item, ctx)
    run = await ctx.record(run, move)
    if move.change == "next_item":
        chosen = settled(run, item.name) or step
        run = await _settle(run, chosen, ctx)
        if run.plan:
            run = await ctx.record(run, Planned(plan=run.plan.mark(item.name, "done")))
    elif move.change == "hand_over":
        run = await _give_up(run, item, ctx)
    return run


async def _give_up(run: Run, item: Item, ctx: Context) -> Run:
    """Leave the item as its best step left it."""
    best = best_step(run, item.name)
    run = await _settle(run, best, ctx) if best else run
    return await ctx.record(run, Planned(plan=run.plan.mark(item.name, "failed"))) if run.plan else run


def next_move(run: Run, item: Item, *, stronger: bool) -> Adapted:
    """The pure part: what the steps so far say should come next."""
    step = run.steps[-1]
    strategy = step.strategy
    verdict = step.verdict
    second = strategy.name == "second opinion"
    if verdict and verdict.decision == "done":
        return _done(run, item, strategy)
    if second or (settled(run, item.name, most=99) is None and _had_success(run, item.name)):
        return _done(run, item, strategy)
    if verdict is None and step.actions:
        return Adapted(change="go_on", reason="more to write or to do")
    pattern = stuck(run)
    if pattern and strategy.format in ("native", "schema") and not _told_of_circles(run, item):
        return Adapted(change="repair", reason="told that it goes in circles", stuck=pattern)
    if not pattern and run.repairs < strategy.repairs:
        return Adapted(
            change="repair", reason="with the evidence of what fails" if step.actions else "no action could be read"
        )
    if strategy.format == FORMAT and fruitless(run, item) >= _IN_VAIN:
        return _next_strategy(run, item, pattern, stronger=stronger)
    if step.sample + 1 < strategy.samples:
        return Adapted(change="sample", reason="another sample; the checks select", stuck=pattern, strategy=strategy)
    return _next_strategy(run, item, pattern, stronger=stronger)


def _told_of_circles(run: Run, item: Item) -> bool:
    """Whether the present strategy was told before: with tools once, for what was done so far is lost with it."""
    here = [s for s in run.attempt_on(item.name) if s.strategy.name == run.steps[-1].strategy.name]
    return any(step.change and step.change.stuck for step in here)


_IN_VAIN = 4
"""How many single functions are written on end without one more check passing, before another way is tried."""


def _had_success(run: Run, item: str) -> bool:
    return bool(_began(run, item))


def _advised(run: Run) -> bool:
    """Whether a person was asked about being stuck before; once is enough."""
    return any(step.change and step.change.change == "replan" for step in run.steps)


def _began(run: Run, item: str) -> str:
    """The format of the first answer that passed all checks."""
    good = (s for s in run.steps if s.item == item and s.verdict and s.verdict.decision == "done")
    return next((step.strategy.format for step in good), "")


def _done(run: Run, item: Item, strategy: Strategy) -> Adapted:
    done = run.steps[-1].verdict
    holds = done is not None and done.decision == "done"
    # Two queries that are alike prove little (right in 40 of 52 cases), so that a program that broke is drawn again.
    other = second_opinion(strategy, _began(run, item.name) if holds else "") if strategy.name not in OURS else None
    open_ = run.profile.small and loose(item) and settled(run, item.name) is None
    if open_ and other and second_opinion_due(run, item.name):
        if (strategy.name, strategy.format) == (other.name, other.format):
            return Adapted(change="sample", reason="one more second opinion", strategy=other)
        return Adapted(
            change="strategy", reason="all checks pass, but little is pinned down: a second opinion", strategy=other
        )
    return Adapted(change="next_item", reason="all checks pass" if holds else "an earlier answer passes all checks")


def _next_strategy(run: Run, item: Item, pattern: str, *, stronger: bool) -> Adapted:
    steps = ladder(run.profile, item, stronger=stronger)
    # Only forward: the functions, where none could be blamed, were written as a whole file at once.
    last = max((at for at, s in enumerate(steps) if s.name in run.tried), default=-1)
    left = [s for s in steps[last + 1 :] if not s.decompose or len(item.delivers) > 1]
    if not small.by_small_changes(run, item.name):
        left = [s for s in left if s.name != ON.name]
    if left:
        return Adapted(change="strategy", reason=left[0].name, stuck=pattern, strategy=left[0])
    return Adapted(change="hand_over", reason="every strategy was tried", stuck=pattern)


def best_step(run: Run, item: str) -> Step | None:
    """The judged step that came furthest; the latest of equals. That a file was changed at all counts least."""
    return max(_judged(run, item), key=_how_far, default=None)


def _judged(run: Run, item: str) -> list[Step]:
    return [s for s in run.steps if s.item == item and s.verdict and s.verdict.results and snapshot_of(s)]


def _how_far(step: Step) -> tuple[int, float, float, int]:
    """What came furthest; nothing has come far that harmed files which were to be left alone."""
    verdict = step.verdict
    return (
        (-len(harmed(verdict)), tested(verdict), verdict.score, step.number) if verdict else (0, 0.0, 0.0, step.number)
    )


def harmed(verdict: Verdict) -> tuple[str, ...]:
    """Files that are lost or changed although they were to stay as they are."""
    lost = [result.check for result in verdict.failing if result.check.kind == "file_unchanged"]
    return tuple(check.path for check in lost if not check.like)


def progress(run: Run, item: Item) -> tuple[str, Verdict] | None:
    """Where the mending of code has come to: the best state of the folder, if it is better than the first, and its
    verdict; of equals the first, which has least of what was tried in vain. Each strategy mends on from there, for what
    one has mended another need not mend again."""
    before = run.before.get(item.name)
    best = max(_judged(run, item.name), key=lambda step: tested(step.verdict) if step.verdict else 0.0, default=None)
    if item.recipe != "fix" or before is None or best is None or best.verdict is None:
        return None
    snapshot = snapshot_of(best)
    return (snapshot, best.verdict) if snapshot and tested(best.verdict) > tested(before) else None


def snapshot_of(step: Step) -> str | None:
    """The workspace as the step left it."""
    return next((o.snapshot for o in reversed(step.observations) if o.snapshot), None)


async def _settle(run: Run, chosen: Step, ctx: Context) -> Run:
    """Leave the folder as the chosen step left it."""
    if chosen.number == run.steps[-1].number:
        return run
    snapshot = snapshot_of(chosen)
    if not snapshot:
        return run
    await ctx.workspace.restore(snapshot)
    return await ctx.record(run, Restored(snapshot=snapshot, reason=f"the answer of step {chosen.number} is taken"))


async def _ask(run: Run, item: Item, ctx: Context) -> Run:
    failing = run.verdict.failing if run.verdict else ()
    lines = "\n".join(f"- {r.evidence[:300] or r.check.kind}" for r in failing[:5])
    asked = Asked(
        id=f"stuck-{run.events}",
        question=_ASK[run.task.language].format(goal=item.goal[:300], failing=lines or "-"),
        about="stuck",
    )
    run, answer, waited = await ctx.ask(run, asked)
    run = await ctx.record(run, Answered(id=asked.id, answer=answer, waited=waited))
    if not answer.strip():
        run = await ctx.record(run, Adapted(change="hand_over", reason="the person said to stop"))
        return await _give_up(run, item, ctx)
    return await ctx.record(run, Adapted(change="replan", reason="go on with the person's advice"))
